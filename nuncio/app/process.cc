#include "nuncio/app/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace nuncio::app {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const Command& command) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  variables.insert(variables.end(), command.environment.begin(), command.environment.end());
  return variables;
}

[[noreturn]] void Tell(int report) {
  const int error = errno;
  // When even this cannot be written, the parent sees an exit with 127.
  if (write(report, &error, sizeof(error)) < 0) _exit(127);
  _exit(127);
}

// In the child, between fork and exec.
[[noreturn]] void Become(char* const* argv, char* const* environment, const std::vector<int>& keep_open, pid_t parent,
                         int report) {
  setpgid(0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Tell(report);
  // The parent may have died before the line above: then nobody will tell.
  if (getppid() != parent) _exit(127);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int descriptor : keep_open) fcntl(descriptor, F_SETFD, 0);
  execvpe(argv[0], argv, environment);
  Tell(report);
}

absl::Status Failure(const std::string& what, int error) { return absl::ErrnoToStatus(error, what); }

}  // namespace

absl::StatusOr<pid_t> Start(const Command& command) {
  const std::vector<std::string> environment = Environment(command);
  const std::vector<char*> argv = Pointers(command.argv);
  const std::vector<char*> envp = Pointers(environment);
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return Failure("pipe", errno);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) Become(argv.data(), envp.data(), command.keep_open, parent, report[1]);
  const int fork_error = errno;
  close(report[1]);
  int exec_error = 0;
  ssize_t got = 0;
  // An exec closes the pipe: nothing to read means that it went well.
  while (child > 0 && (got = read(report[0], &exec_error, sizeof(exec_error))) < 0 && errno == EINTR) {
  }
  close(report[0]);
  if (child < 0) return Failure("fork", fork_error);
  if (got == sizeof(exec_error)) {
    waitpid(child, nullptr, 0);
    return Failure(absl::StrCat("cannot execute ", command.argv[0]), exec_error);
  }
  return child;
}

bool IsKeyPress(int signal, int code) { return signal == SIGINT && code == SI_KERNEL; }

std::string DescribeEnd(int wait_status) {
  if (WIFEXITED(wait_status)) return absl::StrCat("exited with status ", WEXITSTATUS(wait_status));
  if (WIFSIGNALED(wait_status)) {
    const char* name = sigabbrev_np(WTERMSIG(wait_status));
    const std::string signal =
        name != nullptr ? absl::StrCat("SIG", name) : absl::StrCat("signal ", WTERMSIG(wait_status));
    return absl::StrCat("was killed by ", signal, WCOREDUMP(wait_status) ? " (core dumped)" : "");
  }
  return "ended";
}

}  // namespace nuncio::app
