#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace nuncio::app {

struct Command {
  std::vector<std::string> argv;         // argv[0] is looked up on PATH when it holds no slash
  std::vector<std::string> environment;  // "NAME=value", in addition to this process's
  std::vector<int> keep_open;            // descriptors that it inherits, besides the first three
};

// Starts a child that the kernel kills (SIGKILL) when this process dies, by whatever cause. It is the leader of a
// process group of its own, in this session: what a terminal sends on Ctrl-C reaches this process only, which then ends
// its children in order. It starts with no signal blocked and with all of them at their defaults.
//
// The kernel forgets the order to kill at an exec of a program with file capabilities or the set-user-ID bit.
// Precondition: this process has one thread; the kernel takes the death of the thread for the death of the parent.
// Errors: it cannot be executed (NotFound, PermissionDenied...), no process or descriptor is left.
absl::StatusOr<pid_t> Start(const Command& command);

// Whether a signal, with the code of its siginfo, comes from a key: SIGINT as a terminal sends it. kill(2) leaves
// another code (sigaction(2), "si_code").
bool IsKeyPress(int signal, int code);

// "exited with status 1", "was killed by SIGSEGV (core dumped)": of a status from waitpid.
std::string DescribeEnd(int wait_status);

}  // namespace nuncio::app
