#include "nuncio/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "nuncio/cli/program.h"

namespace nuncio::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class BashCompletionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "nuncio-completion-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ / "nuncio.bash") << BashCompletion(*program_);
    std::ofstream(folder_ / "a.yaml");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What bash offers for the last of the words.
  std::set<std::string> Complete(const std::vector<std::string>& words) {
    std::ofstream script(folder_ / "complete.bash");
    script << "cd " << folder_.string() << "\nsource ./nuncio.bash\nCOMP_WORDS=(";
    for (const std::string& word : words) script << " '" << word << "'";
    script << ")\nCOMP_CWORD=" << words.size() - 1 << "\n_nuncio\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    script.close();
    const std::string text = Output("bash --norc " + (folder_ / "complete.bash").string());
    std::set<std::string> offered;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) offered.insert(line);
    }
    return offered;
  }

 private:
  static std::string Output(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    std::string text;
    char buffer[1024];
    while (pipe != nullptr && fgets(buffer, sizeof(buffer), pipe) != nullptr) text += buffer;
    if (pipe != nullptr) pclose(pipe);
    return text;
  }

  Invocation invocation_;
  std::unique_ptr<CLI::App> program_ = MakeProgram(invocation_);
  std::filesystem::path folder_;
};

TEST_F(BashCompletionTest, Commands) {
  EXPECT_THAT(Complete({"nuncio", ""}),
              UnorderedElementsAre("run", "translate", "check", "apiext", "version", "completion", "--help"));
  EXPECT_THAT(Complete({"nuncio", "ch"}), UnorderedElementsAre("check"));
  EXPECT_THAT(Complete({"nuncio", "control"}), IsEmpty());
}

TEST_F(BashCompletionTest, FlagsOfACommand) {
  EXPECT_THAT(Complete({"nuncio", "check", "--o"}), UnorderedElementsAre("--output"));
  EXPECT_THAT(Complete({"nuncio", "run", "--man"}), UnorderedElementsAre("--manifests"));
  EXPECT_THAT(Complete({"nuncio", "check", "--man"}), IsEmpty());
}

TEST_F(BashCompletionTest, WordsOfAFlagAndOfAnArgument) {
  EXPECT_THAT(Complete({"nuncio", "check", "-o", ""}), UnorderedElementsAre("text", "json", "github"));
  EXPECT_THAT(Complete({"nuncio", "translate", "--output", "y"}), UnorderedElementsAre("yaml"));
  EXPECT_THAT(Complete({"nuncio", "completion", ""}), UnorderedElementsAre("bash", "zsh", "fish"));
}

TEST_F(BashCompletionTest, FilesWhereAFileIsMeant) {
  EXPECT_THAT(Complete({"nuncio", "check", "a"}), UnorderedElementsAre("a.yaml"));
  EXPECT_THAT(Complete({"nuncio", "run", "--manifests", ""}), Contains("a.yaml"));
}

// The other shells are not installed everywhere: what they are told is looked at, not run.
TEST(Completion, OtherShellsKnowCommandsFlagsAndWords) {
  Invocation invocation;
  const std::unique_ptr<CLI::App> program = MakeProgram(invocation);
  const std::string zsh = ZshCompletion(*program);
  EXPECT_THAT(zsh, HasSubstr("#compdef nuncio"));
  EXPECT_THAT(zsh, HasSubstr("'--output[Form of the output]:value:(text json github)'"));
  EXPECT_THAT(zsh, Not(HasSubstr("control-plane")));
  const std::string fish = FishCompletion(*program);
  EXPECT_THAT(fish, HasSubstr("'__fish_seen_subcommand_from check' -s o -l output -x -a 'text json github'"));
  EXPECT_THAT(fish, Not(HasSubstr("control-plane")));
}

}  // namespace
}  // namespace nuncio::cli
