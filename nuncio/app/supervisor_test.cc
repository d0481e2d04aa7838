#include "nuncio/app/supervisor.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/temporary_folder.h"

namespace nuncio::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kPatienceMs = 60'000;

// Lines that children write to a pipe: the events that a test waits for.
class Events {
 public:
  Events() {
    EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(silence_, O_CLOEXEC), 0);
  }
  ~Events() {
    for (const int end : {ends_[0], ends_[1], silence_[0], silence_[1]}) close(end);
  }
  int writer() const { return ends_[1]; }
  // Nothing comes from here: a shell that reads it waits, without a process of its own to wait for.
  int silence() const { return silence_[0]; }

  // Where Envoy says where its admin interface is.
  std::string admin_address_file() const { return (folder_.path() / "admin").string(); }

  // The next line, or "" when none comes.
  std::string Next() {
    std::string line;
    for (char letter = 0; letter != '\n';) {
      pollfd readable = {ends_[0], POLLIN, 0};
      if (poll(&readable, 1, kPatienceMs) != 1 || read(ends_[0], &letter, 1) != 1) return "";
      if (letter != '\n') line += letter;
    }
    return line;
  }

 private:
  int ends_[2];
  int silence_[2];
  const TemporaryFolder folder_;
};

Command Shell(const std::string& script, std::vector<int> keep_open) {
  return {{"/bin/sh", "-c", script}, {}, std::move(keep_open)};
}

// Tells "control <pid>" and its settings, then does nothing until a signal comes.
Command FakeControlPlane(const Events& events, int settings) {
  // No shell: one that begins to read just when a signal comes runs its trap when the read ends, which is never.
  constexpr char kScript[] = R"(
import os, signal, sys
events, settings = map(int, sys.argv[1:])
signals = {signal.SIGUSR1, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
os.write(events, b"control %d\n" % os.getpid())
os.write(settings, b"admin_port=1234\n")
while signal.sigwait(signals) == signal.SIGUSR1:
    os.write(events, b"drain-heard\n")
os.write(events, b"control-ends\n")
)";
  return {{"/usr/bin/python3", "-ISc", kScript, absl::StrCat(events.writer()), absl::StrCat(settings)},
          {},
          {events.writer(), settings}};
}

// Tells "envoy <admin port> <pid>".
Command FakeEnvoy(const Events& events, const Settings& told) {
  return Shell(absl::StrCat("echo envoy ", told.admin_port, " $$ >/dev/fd/", events.writer(), "; exec sleep 1000"),
               {events.writer()});
}

SupervisorPlan PlanWith(const Events& events) {
  SupervisorPlan plan;
  plan.control_plane = [&events](int settings) { return FakeControlPlane(events, settings); };
  plan.envoy = [&events](const Settings& told) { return FakeEnvoy(events, told); };
  plan.explain_envoy = [](const Settings&) {};
  plan.admin_address_file = events.admin_address_file();
  plan.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(10), std::chrono::milliseconds(60'000)};
  return plan;
}

// A supervisor in a process of its own, as it is meant to be, in the foreground of a terminal.
class Parent {
 public:
  explicit Parent(const SupervisorPlan& plan) {
    int process_side = -1;
    EXPECT_EQ(openpty(&terminal_, &process_side, nullptr, nullptr, nullptr), 0);
    pid_ = fork();
    if (pid_ != 0) {
      close(process_side);
      return;
    }
    if (setsid() < 0 || ioctl(process_side, TIOCSCTTY, 0) != 0) _exit(2);
    const absl::Status status = Supervisor(plan).Run();
    _exit(status.ok() ? 0 : 1);
  }
  ~Parent() {
    close(terminal_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  void Signal(int signal) { kill(pid_, signal); }
  void PressCtrlC() { EXPECT_EQ(write(terminal_, "\x03", 1), 1); }
  int Wait() {
    int status = -1;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int terminal_ = -1;
};

pid_t PidIn(const std::string& event) {
  const std::vector<std::string> words = absl::StrSplit(event, ' ');
  return std::stoi(words.back());
}

// Waits for the end of a process that is nobody's child here.
bool Ends(pid_t pid) {
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return errno == ESRCH;
  pollfd ended = {descriptor, POLLIN, 0};
  const bool ends = poll(&ended, 1, kPatienceMs) == 1;
  close(descriptor);
  return ends;
}

TEST(SupervisorTest, EnvoyStartsWithWhatTheControlPlaneTells) {
  Events events;
  Parent parent(PlanWith(events));
  EXPECT_THAT(events.Next(), StartsWith("control "));
  EXPECT_THAT(events.Next(), StartsWith("envoy 1234 "));
}

TEST(SupervisorTest, EnvoyStartsWithTheDefaultsWhenTheControlPlaneSaysNothing) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.control_plane = [](int) { return Shell("exec sleep 1000", {}); };
  plan.settings_wait = std::chrono::milliseconds(1);
  Parent parent(plan);
  EXPECT_THAT(events.Next(), StartsWith("envoy 8001 "));
}

TEST(SupervisorTest, WhatIsToldAfterEnvoyStartedIsForItsNextStart) {
  Events events;
  int gate[2];
  ASSERT_EQ(pipe2(gate, O_CLOEXEC), 0);
  SupervisorPlan plan = PlanWith(events);
  plan.control_plane = [&](int settings) {
    return Shell(absl::StrCat("read go </dev/fd/", gate[0], "; echo admin_port=1234 >/dev/fd/", settings,
                              "; echo told $$ >/dev/fd/", events.writer(), "; exec sleep 1000"),
                 {events.writer(), gate[0], settings});
  };
  plan.settings_wait = std::chrono::milliseconds(1);
  Parent parent(plan);
  const std::string first = events.Next();
  EXPECT_THAT(first, StartsWith("envoy 8001 "));
  ASSERT_EQ(write(gate[1], "go\ngo\n", 6), 6);
  const std::string told = events.Next();
  EXPECT_THAT(told, StartsWith("told "));
  // A round of the supervisor later there is still one Envoy.
  kill(PidIn(told), SIGKILL);
  EXPECT_THAT(events.Next(), StartsWith("told "));
  kill(PidIn(first), SIGKILL);
  EXPECT_THAT(events.Next(), StartsWith("envoy 1234 "));
  close(gate[0]);
  close(gate[1]);
}

TEST(SupervisorTest, EitherChildIsRestartedAndTheOtherLivesOn) {
  Events events;
  Parent parent(PlanWith(events));
  const pid_t control = PidIn(events.Next());
  const pid_t envoy = PidIn(events.Next());

  kill(control, SIGKILL);
  const std::string control_again = events.Next();
  EXPECT_THAT(control_again, StartsWith("control "));
  EXPECT_NE(PidIn(control_again), control);
  EXPECT_EQ(kill(envoy, 0), 0) << "Envoy must not notice";

  kill(envoy, SIGSEGV);
  EXPECT_THAT(events.Next(), StartsWith("envoy 1234 "));
  EXPECT_EQ(kill(PidIn(control_again), 0), 0);
}

TEST(SupervisorTest, AChildThatEndsAtOnceIsStartedAgainAndAgain) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.envoy = [&events](const Settings&) {
    return Shell(absl::StrCat("echo try >/dev/fd/", events.writer(), "; exit 1"), {events.writer()});
  };
  plan.explain_envoy = [&events](const Settings& settings) {
    dprintf(events.writer(), "explained %d\n", settings.admin_port);
  };
  Parent parent(plan);
  EXPECT_THAT(events.Next(), StartsWith("control "));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(events.Next(), "try");
    EXPECT_EQ(events.Next(), "explained 1234");
  }
}

TEST(SupervisorTest, AProgramThatDoesNotExistIsTriedAgain) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.envoy = [&events](const Settings&) -> absl::StatusOr<Command> {
    dprintf(events.writer(), "asked\n");
    return Command{{"/no/such/envoy"}, {}, {}};
  };
  Parent parent(plan);
  EXPECT_THAT(events.Next(), StartsWith("control "));
  EXPECT_EQ(events.Next(), "asked");
  EXPECT_EQ(events.Next(), "asked");
}

TEST(SupervisorTest, DeathBySigkillLeavesNoOrphan) {
  Events events;
  Parent parent(PlanWith(events));
  const pid_t control = PidIn(events.Next());
  const pid_t envoy = PidIn(events.Next());
  parent.Signal(SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(parent.Wait()));
  EXPECT_TRUE(Ends(control));
  EXPECT_TRUE(Ends(envoy));
}

TEST(SupervisorTest, AnEnvoyWithoutAnswerIsStoppedAtOnceAndTheExitIsClean) {
  Events events;
  Parent parent(PlanWith(events));
  const pid_t control = PidIn(events.Next());
  const pid_t envoy = PidIn(events.Next());
  parent.Signal(SIGTERM);
  const int status = parent.Wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(Ends(control));
  EXPECT_TRUE(Ends(envoy));
}

TEST(SupervisorTest, AChildThatIgnoresSigtermIsKilled) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.stop_wait = std::chrono::milliseconds(50);
  plan.envoy = [&events](const Settings&) {
    return Shell(absl::StrCat("trap '' TERM; echo envoy $$ >/dev/fd/", events.writer(),
                              "; while :; do read nothing </dev/fd/", events.silence(), "; done"),
                 {events.writer(), events.silence()});
  };
  Parent parent(plan);
  events.Next();
  const pid_t envoy = PidIn(events.Next());
  parent.Signal(SIGTERM);
  EXPECT_EQ(parent.Wait(), 0);
  EXPECT_TRUE(Ends(envoy));
}

// A thread for each connection, but the first is served by the thread that accepts it: what the library makes on first
// use is then there before any other thread, which ThreadSanitizer can see, though the library is not instrumented.
class Threads : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> serve) override {
    if (std::exchange(is_first_, false)) return serve();
    threads_.emplace_back(std::move(serve));
  }
  void shutdown() override {
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  bool is_first_ = true;
  std::vector<std::thread> threads_;
};

// An Envoy's admin interface that reports a number of active requests and tells what it is asked to do. The first thing
// that it is asked it answers once `idle` is there, if that is given.
class FakeAdmin {
 public:
  FakeAdmin(const Events& events, const std::string& address_file, std::future<void> idle = {})
      : idle_(std::move(idle)) {
    server_.Post("/healthcheck/fail", [&events, this](const httplib::Request&, httplib::Response&) {
      if (idle_.valid()) idle_.wait();
      dprintf(events.writer(), "fail-healthcheck\n");
    });
    server_.Post("/drain_listeners", [&events](const httplib::Request&, httplib::Response&) {
      dprintf(events.writer(), "drain-listeners\n");
    });
    server_.Get("/stats", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(absl::StrCat("http.x.downstream_rq_active: ", active.load(), "\n"), "text/plain");
    });
    server_.new_task_queue = [] { return new Threads; };
    const int port = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    EXPECT_TRUE(httplib::Client("127.0.0.1", port).Get("/stats"));
    std::ofstream(address_file) << "127.0.0.1:" << port;
  }
  ~FakeAdmin() {
    server_.stop();
    thread_.join();
  }

  std::atomic<int> active = 1;

 private:
  const std::future<void> idle_;
  httplib::Server server_;
  std::thread thread_;
};

TEST(SupervisorTest, SigtermAnnouncesThenClosesThenWaitsForTheLastRequest) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.drain_time = std::chrono::milliseconds(1);
  plan.drain_grace = std::chrono::milliseconds(600'000);
  Parent parent(plan);
  events.Next();
  const pid_t envoy = PidIn(events.Next());
  FakeAdmin admin(events, plan.admin_address_file);
  parent.Signal(SIGTERM);
  EXPECT_EQ(events.Next(), "fail-healthcheck");
  // The control plane hears of it beside what Envoy is told.
  const std::vector<std::string> both = {events.Next(), events.Next()};
  EXPECT_THAT(both, testing::UnorderedElementsAre("drain-heard", "drain-listeners"));
  EXPECT_EQ(kill(envoy, 0), 0) << "a request is in flight";
  admin.active = 0;
  EXPECT_EQ(events.Next(), "control-ends");
  EXPECT_EQ(parent.Wait(), 0);
}

TEST(SupervisorTest, AnEnvoyThatIsBusyIsDrainedAllTheSame) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.drain_time = std::chrono::milliseconds(600'000);
  plan.drain_grace = std::chrono::milliseconds(600'000);
  Parent parent(plan);
  events.Next();
  events.Next();
  std::promise<void> idle;
  FakeAdmin admin(events, plan.admin_address_file, idle.get_future());
  parent.Signal(SIGTERM);
  EXPECT_EQ(events.Next(), "drain-heard");
  parent.PressCtrlC();
  EXPECT_EQ(events.Next(), "drain-listeners") << "it goes on";
  idle.set_value();
  EXPECT_EQ(events.Next(), "fail-healthcheck");
  parent.PressCtrlC();
  EXPECT_EQ(events.Next(), "control-ends");
  EXPECT_EQ(parent.Wait(), 0);
}

TEST(SupervisorTest, EachFurtherCtrlCEndsAPhase) {
  Events events;
  SupervisorPlan plan = PlanWith(events);
  plan.drain_time = std::chrono::milliseconds(600'000);
  plan.drain_grace = std::chrono::milliseconds(600'000);
  Parent parent(plan);
  events.Next();
  events.Next();
  FakeAdmin admin(events, plan.admin_address_file);
  parent.PressCtrlC();
  EXPECT_EQ(events.Next(), "fail-healthcheck");
  EXPECT_EQ(events.Next(), "drain-heard");
  parent.PressCtrlC();
  EXPECT_EQ(events.Next(), "drain-listeners");
  parent.PressCtrlC();
  EXPECT_EQ(events.Next(), "control-ends");
  EXPECT_EQ(parent.Wait(), 0);
}

TEST(ProcessTest, ATerminalsSigintIsAKeyPress) {
  struct Case {
    const char* name;
    int signal;
    int code;
    bool want;
  };
  for (const Case& c :
       {Case{"Ctrl-C", SIGINT, SI_KERNEL, true}, Case{"kill -INT, or passed on", SIGINT, SI_USER, false},
        Case{"kill -TERM", SIGTERM, SI_USER, false}, Case{"a parent's death", SIGTERM, SI_KERNEL, false},
        Case{"the terminal went", SIGHUP, SI_KERNEL, false}}) {
    EXPECT_EQ(IsKeyPress(c.signal, c.code), c.want) << c.name;
  }
}

TEST(ProcessTest, EndsAreDescribed) {
  EXPECT_EQ(DescribeEnd(W_EXITCODE(1, 0)), "exited with status 1");
  EXPECT_EQ(DescribeEnd(W_EXITCODE(0, SIGKILL)), "was killed by SIGKILL");
}

}  // namespace
}  // namespace nuncio::app
