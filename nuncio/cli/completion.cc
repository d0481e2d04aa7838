#include "nuncio/cli/completion.h"

#include <iostream>
#include <memory>
#include <sstream>

namespace nuncio::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  # bash: now, and in every new shell
  source <(nuncio completion bash)
  nuncio completion bash > /etc/bash_completion.d/nuncio

  # zsh
  nuncio completion zsh > "${fpath[1]}/_nuncio"

  # fish
  nuncio completion fish > ~/.config/fish/completions/nuncio.fish)";

struct Flag {
  std::vector<std::string> names;  // "-o", "--output"
  std::string description;
  bool takes_value = false;
  std::vector<std::string> words;  // that its value is one of; empty: a file
};

struct Command {
  std::string name;
  std::string description;
  std::vector<Flag> flags;
  std::vector<std::string> words;  // that its argument is one of
  bool takes_file = false;
};

// "a|b|c" is a choice of words (AddChoice); anything else says what the value is.
std::vector<std::string> Words(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  std::vector<std::string> words;
  if (type.find('|') == std::string::npos) return words;
  std::istringstream stream(type);
  for (std::string word; std::getline(stream, word, '|');) words.push_back(word);
  return words;
}

Flag DescribeFlag(const CLI::Option& option) {
  Flag flag{.description = option.get_description(), .takes_value = option.get_type_size() != 0};
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  if (flag.takes_value) flag.words = Words(option);
  return flag;
}

Command DescribeCommand(const CLI::App& app) {
  Command command{.name = app.get_name(), .description = app.get_description()};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) {
      command.flags.push_back(DescribeFlag(*option));
      continue;
    }
    command.words = Words(*option);
    command.takes_file = command.words.empty();
  }
  return command;
}

std::vector<Command> DescribeCommands(const CLI::App& program) {
  std::vector<Command> commands;
  for (const CLI::App* app : program.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); })) {
    commands.push_back(DescribeCommand(*app));
  }
  return commands;
}

std::string Joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string Names(const std::vector<Command>& commands, const char* separator) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  return Joined(names, separator);
}

std::string AllFlags(const Command& command) {
  std::vector<std::string> names;
  for (const Flag& flag : command.flags) names.insert(names.end(), flag.names.begin(), flag.names.end());
  return Joined(names, " ");
}

// For single quotes, in which these shells take everything else as it is.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

// In zsh's _arguments, brackets and colons have a meaning of their own.
std::string ZshText(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string ZshFlag(const Flag& flag, const std::string& name) {
  std::string spec = name + "[" + ZshText(flag.description) + "]";
  if (flag.takes_value) spec += flag.words.empty() ? ":value:_files" : ":value:(" + Joined(flag.words, " ") + ")";
  return Quoted(spec);
}

int PrintCompletion(const CLI::App& program, const std::string& shell) {
  std::cout << (shell == "bash"  ? BashCompletion(program)
                : shell == "zsh" ? ZshCompletion(program)
                                 : FishCompletion(program));
  return 0;
}

}  // namespace

std::string BashCompletion(const CLI::App& program) {
  const std::vector<Command> commands = DescribeCommands(program);
  std::ostringstream out;
  out << "# bash completion for nuncio: source <(nuncio completion bash)\n"
         "_nuncio() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= words= i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in "
      << Names(commands, "|")
      << ") command=${COMP_WORDS[i]}; break ;; esac\n  done\n  case \"$command $previous\" in\n";
  for (const Command& command : commands) {
    for (const Flag& flag : command.flags) {
      if (!flag.takes_value) continue;
      std::vector<std::string> cases;
      for (const std::string& name : flag.names) cases.push_back("\"" + command.name + " " + name + "\"");
      out << "    " << Joined(cases, "|") << ") ";
      out << (flag.words.empty() ? "COMPREPLY=($(compgen -f -- \"$word\")); return"
                                 : "words=" + Quoted(Joined(flag.words, " ")))
          << " ;;\n";
    }
  }
  out << "    *) case $command in\n      '') words='" << Names(commands, " ") << " --help' ;;\n";
  for (const Command& command : commands) {
    const std::string nothing = command.takes_file ? "COMPREPLY=($(compgen -f -- \"$word\")); return"
                                                   : "words=" + Quoted(Joined(command.words, " "));
    out << "      " << command.name << ") if [[ $word == -* ]]; then words=" << Quoted(AllFlags(command)) << "; else "
        << nothing << "; fi ;;\n";
  }
  out << "    esac ;;\n  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
         "complete -o filenames -F _nuncio nuncio\n";
  return out.str();
}

std::string ZshCompletion(const CLI::App& program) {
  const std::vector<Command> commands = DescribeCommands(program);
  std::ostringstream out;
  out << "#compdef nuncio\n# zsh completion for nuncio: put it into a folder of $fpath as _nuncio\n"
         "_nuncio() {\n  local -a commands=(\n";
  for (const Command& command : commands) {
    out << "    " << Quoted(ZshText(command.name) + ":" + ZshText(command.description)) << "\n";
  }
  out << "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
         "  local command=${words[2]}\n  shift words\n  (( CURRENT-- ))\n  case $command in\n";
  for (const Command& command : commands) {
    out << "    " << command.name << ") _arguments";
    for (const Flag& flag : command.flags) {
      for (const std::string& name : flag.names) out << " \\\n      " << ZshFlag(flag, name);
    }
    if (!command.words.empty()) out << " \\\n      " << Quoted("1:argument:(" + Joined(command.words, " ") + ")");
    if (command.takes_file) out << " \\\n      '1:manifests:_files'";
    out << " ;;\n";
  }
  out << "  esac\n}\nif [[ $funcstack[1] == _nuncio ]]; then _nuncio \"$@\"; else compdef _nuncio nuncio; fi\n";
  return out.str();
}

std::string FishCompletion(const CLI::App& program) {
  std::ostringstream out;
  out << "# fish completion for nuncio: nuncio completion fish | source\n";
  for (const Command& command : DescribeCommands(program)) {
    out << "complete -c nuncio -f -n __fish_use_subcommand -a " << command.name << " -d " << Quoted(command.description)
        << "\n";
    const std::string here = "complete -c nuncio -n '__fish_seen_subcommand_from " + command.name + "'";
    if (!command.words.empty()) out << here << " -f -a " << Quoted(Joined(command.words, " ")) << "\n";
    if (!command.takes_file && command.words.empty()) out << here << " -f\n";
    for (const Flag& flag : command.flags) {
      out << here;
      for (const std::string& name : flag.names) {
        out << (name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1));
      }
      if (flag.takes_value) out << (flag.words.empty() ? " -r -F" : " -x -a " + Quoted(Joined(flag.words, " ")));
      out << " -d " << Quoted(flag.description) << "\n";
    }
  }
  return out.str();
}

void AddCompletion(CLI::App& program, Invocation& invocation) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand("completion", "Print a script that completes nuncio's command line");
  command->footer(kExamples);
  AddChoice(*command, "SHELL", *shell, {"bash", "zsh", "fish"}, "Shell to print it for")->required();
  command->callback([shell, &program, &invocation] {
    invocation.action = [shell, &program] { return PrintCompletion(program, *shell); };
  });
}

}  // namespace nuncio::cli
