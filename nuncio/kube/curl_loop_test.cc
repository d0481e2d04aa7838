// Against a server that speaks HTTP/2 over TLS and misbehaves as asked: tests/support/fake_api_server.py.
#include "nuncio/kube/curl_loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "nuncio/base/json.h"
#include "nuncio/kube/fetch.h"

namespace nuncio::kube {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// The server, for as long as it lives. Its standard input is the life line.
class FakeServer {
 public:
  FakeServer() {
    std::string name = (fs::temp_directory_path() / "nuncio-kube-XXXXXX").native();
    folder = mkdtemp(name.data());
    int to[2], from[2];
    EXPECT_EQ(pipe2(to, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(from, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    std::string program = "/usr/bin/python3", script = NUNCIO_SOURCE_DIR "/tests/support/fake_api_server.py";
    std::string place = folder.native();
    char* arguments[] = {program.data(), script.data(), place.data(), nullptr};
    EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    life_ = to[1];
    FILE* out = fdopen(from[0], "r");
    EXPECT_EQ(std::fscanf(out, "%d", &port), 1) << "the fake API server did not start";
    std::fclose(out);
  }
  ~FakeServer() {
    close(life_);
    waitpid(pid_, nullptr, 0);
    fs::remove_all(folder);
  }

  ClientConfig Config() const {
    ClientConfig config;
    config.server = "https://127.0.0.1:" + std::to_string(port);
    config.authority.file = folder / "ca.crt";
    return config;
  }
  fs::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / "next", std::ios::binary) << text;
    fs::rename(folder / "next", folder / name);
    return folder / name;
  }
  std::string Read(const std::string& name) const {
    std::ifstream in(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder;
  int port = 0;

 private:
  pid_t pid_ = 0;
  int life_ = -1;
};

// One request and all that was heard of it.
class Call final : public Receiver {
 public:
  Call(CurlLoop& loop, Request request, std::function<void()> changed = {}) : changed_(std::move(changed)) {
    loop.Post([this, &loop, request = std::move(request)] { id = loop.Send(request, *this); });
  }
  void OnHead(const Head& got) override { head = got; }
  void OnData(std::string_view data) override {
    body.append(data);
    if (changed_) changed_();
  }
  void OnEnd(const absl::Status& got) override {
    end = got;
    if (changed_) changed_();
  }

  Loop::Id id = 0;
  Head head;
  std::string body;
  std::optional<absl::Status> end;

 private:
  const std::function<void()> changed_;
};

class CurlLoopTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new FakeServer; }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static Request Get(const std::string& path) {
    Request request;
    request.path = path;
    request.until_head = std::chrono::seconds(60);
    request.until_end = std::chrono::seconds(60);
    return request;
  }
  // Runs until `done`. Requests end at their deadlines, so this does too.
  static void RunUntil(CurlLoop& loop, const std::function<bool()>& done) {
    loop.Run([] {},
             [&] {
               if (done()) loop.Stop();
             });
  }
  // The whole answer to one request over a loop of its own.
  static absl::StatusOr<Fetch::Answer> Ask(CurlLoop& loop, Request request) {
    Call call(loop, std::move(request));
    RunUntil(loop, [&] { return call.end.has_value(); });
    if (!call.end->ok()) return *call.end;
    return Fetch::Answer{call.head, call.body};
  }
  static Json Echo(CurlLoop& loop) {
    const auto answer = Ask(loop, Get("/echo"));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? Json::parse(answer->body) : Json();
  }

  // Tries with more and more patience until `attempt` says that it was enough for this machine, on which what ought to
  // come in time may not.
  static void EachPatience(const std::function<bool(Duration)>& attempt) {
    for (Duration patience(100); patience < std::chrono::seconds(30); patience *= 2) {
      if (attempt(patience) || HasFailure()) return;
    }
  }

  static FakeServer* server_;
};
FakeServer* CurlLoopTest::server_ = nullptr;

TEST_F(CurlLoopTest, SaysWhoItIsAndWhatItWants) {
  ClientConfig config = server_->Config();
  config.token.text = "secret\n";
  config.certificate.file = server_->folder / "client.crt";
  config.key.file = server_->folder / "client.key";
  CurlLoop loop(config, "nuncio/1 (linux/amd64) source");
  Request request = Get("/echo?fieldSelector=a%21%3Db&x=..%2F");
  request.accept = "application/json;as=Table";
  request.if_none_match = "\"7\"";
  const auto answer = Ask(loop, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const Json seen = Json::parse(answer->body);
  EXPECT_EQ(seen["path"], "/echo?fieldSelector=a%21%3Db&x=..%2F");
  EXPECT_EQ(seen["headers"]["authorization"], "Bearer secret");
  EXPECT_EQ(seen["headers"]["user-agent"], "nuncio/1 (linux/amd64) source");
  EXPECT_EQ(seen["headers"]["accept"], "application/json;as=Table");
  EXPECT_EQ(seen["headers"]["if-none-match"], "\"7\"");
  EXPECT_FALSE(seen["headers"].contains("accept-encoding")) << "a watch is not worth compressing";
  EXPECT_EQ(seen["client"], "the client");
}

TEST_F(CurlLoopTest, ManyRequestsShareOneConnection) {
  CurlLoop loop(server_->Config(), "test");
  std::vector<std::unique_ptr<Call>> streams;
  size_t open = 0;
  for (int i = 0; i < 90; ++i) streams.push_back(std::make_unique<Call>(loop, Get("/stream"), [&] { ++open; }));
  RunUntil(loop, [&] { return open == streams.size(); });
  const Json seen = [&] {
    Call call(loop, Get("/echo"));
    RunUntil(loop, [&] { return call.end.has_value(); });
    return Json::parse(call.body);
  }();
  EXPECT_EQ(loop.counters().connections, 1u);
  EXPECT_EQ(loop.counters().requests, 91u);
  for (const auto& stream : streams) {
    EXPECT_FALSE(stream->end.has_value());
    loop.Cancel(stream->id);
  }
}

TEST_F(CurlLoopTest, WhatIsCanceledIsNotHeardOfAgain) {
  CurlLoop loop(server_->Config(), "test");
  Call stream(loop, Get("/stream"));
  RunUntil(loop, [&] { return !stream.body.empty(); });
  loop.Cancel(stream.id);
  EXPECT_EQ(Echo(loop)["method"], "GET");
  EXPECT_FALSE(stream.end.has_value());
  EXPECT_EQ(stream.body, "one\n");
}

TEST_F(CurlLoopTest, AnswersThatBreakOffAreErrorsAndHaltWhereTheyDid) {
  struct Case {
    const char* path;
    bool ok;
  };
  for (const Case& c : {Case{"/half", true}, Case{"/reset", false}, Case{"/cut", false}}) {
    CurlLoop loop(server_->Config(), "test");
    Call call(loop, Get(c.path));
    RunUntil(loop, [&] { return call.end.has_value(); });
    EXPECT_EQ(call.end->ok(), c.ok) << c.path << *call.end;
    // What came before the break may be lost with it; nothing is made up.
    EXPECT_THAT(std::string("one\ntw"), ::testing::StartsWith(call.body)) << c.path;
    if (c.ok) {
      EXPECT_EQ(call.body, "one\ntw");
    }
    EXPECT_EQ(Echo(loop)["method"], "GET") << c.path << ": the next request is as good as any";
  }
}

TEST_F(CurlLoopTest, AfterGoawayWhatIsUnderWayGoesOnAndTheRestMoves) {
  CurlLoop loop(server_->Config(), "test");
  Call stream(loop, Get("/stream"));
  RunUntil(loop, [&] { return !stream.body.empty(); });
  const int before = Echo(loop)["connection"];
  ASSERT_TRUE(Ask(loop, Get("/goaway")).ok());
  EXPECT_GT(Echo(loop)["connection"], before);
  EXPECT_FALSE(stream.end.has_value());
  loop.Cancel(stream.id);
}

TEST_F(CurlLoopTest, CompressedWhereAskedForAndNoHalfAnswerPassesForAWholeOne) {
  CurlLoop loop(server_->Config(), "test");
  Request request = Get("/gzip");
  request.compressed = true;
  const auto answer = Ask(loop, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->body, "a body that was compressed");
  request.path = "/gzip-cut";
  const auto cut = Ask(loop, request);
  EXPECT_TRUE(!cut.ok() || cut->body != "a body that was compressed");
}

TEST_F(CurlLoopTest, RetryAfterIsRead) {
  CurlLoop loop(server_->Config(), "test");
  const auto answer = Ask(loop, Get("/busy"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->head.status, 429);
  EXPECT_EQ(answer->head.retry_after, std::chrono::seconds(7));
}

TEST_F(CurlLoopTest, DeadlinesEndARequestAlone) {
  bool in_time = false;
  EachPatience([&](Duration patience) {
    CurlLoop loop(server_->Config(), "test");
    Call stream(loop, Get("/stream"));
    RunUntil(loop, [&] { return !stream.body.empty(); });
    Request late_head = Get("/mute");
    late_head.until_head = patience;
    Call mute(loop, late_head);
    // Something else comes meanwhile, so the connection is not at fault.
    Call alive(loop, Get("/echo"));
    RunUntil(loop, [&] { return mute.end.has_value(); });
    EXPECT_EQ(mute.end->code(), absl::StatusCode::kDeadlineExceeded);
    if (!alive.end.has_value() || !alive.end->ok()) return false;
    Request late_end = Get("/stream");
    late_end.until_end = patience;
    Call endless(loop, late_end);
    RunUntil(loop, [&] { return endless.end.has_value(); });
    EXPECT_EQ(endless.end->code(), absl::StatusCode::kDeadlineExceeded);
    if (endless.body.empty()) return false;
    EXPECT_EQ(endless.body, "one\n");
    EXPECT_FALSE(stream.end.has_value());
    EXPECT_EQ(loop.counters().dead_connections, 0u);
    loop.Cancel(stream.id);
    return in_time = true;
  });
  EXPECT_TRUE(in_time);
}

TEST_F(CurlLoopTest, AConnectionThatIsSilentButAliveIsKept) {
  CurlLoop loop(server_->Config(), "test", {.silence = Duration(150), .answer = std::chrono::seconds(60)});
  Call stream(loop, Get("/stream"));
  // The stream, and twice the question whether the server is there.
  RunUntil(loop, [&] { return loop.counters().requests >= 3; });
  EXPECT_FALSE(stream.end.has_value());
  EXPECT_EQ(loop.counters().dead_connections, 0u);
  EXPECT_EQ(loop.counters().connections, 1u);
  loop.Cancel(stream.id);
}

TEST_F(CurlLoopTest, AHalfOpenConnectionIsGivenUp) {
  bool in_time = false;
  EachPatience([&](Duration patience) {
    CurlLoop loop(server_->Config(), "test", {.silence = patience, .answer = patience});
    Call stream(loop, Get("/stream"));
    RunUntil(loop, [&] { return !stream.body.empty() || stream.end.has_value(); });
    if (stream.end.has_value()) return false;
    Call silent(loop, Get("/silent"));
    RunUntil(loop, [&] { return stream.end.has_value() && silent.end.has_value(); });
    EXPECT_EQ(stream.end->code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(stream.end->message()), HasSubstr("does not answer any more"));
    EXPECT_EQ(loop.counters().dead_connections, 1u);
    const auto answer = Ask(loop, Get("/echo"));
    if (!answer.ok()) return false;
    EXPECT_EQ(loop.counters().connections, 2u) << "over a new connection";
    return in_time = true;
  });
  EXPECT_TRUE(in_time);
}

TEST_F(CurlLoopTest, ATokenThatWasRenewedIsReadAfter401) {
  ClientConfig config = server_->Config();
  config.token.file = server_->Write("token", "old");
  CurlLoop loop(config, "test");
  EXPECT_EQ(Ask(loop, Get("/token"))->head.status, 401);
  server_->Write("token", "good");
  // Files are read once a second at most, however many requests are refused.
  const Time end = loop.Now() + std::chrono::seconds(60);
  int status = 0;
  while (status != 200 && loop.Now() < end) status = Ask(loop, Get("/token"))->head.status;
  EXPECT_EQ(status, 200);
  EXPECT_GE(loop.counters().unauthorized, 1u);
  fs::remove(server_->folder / "token");
  EXPECT_EQ(Ask(loop, Get("/token"))->head.status, 200) << "one that is not there for a moment is kept";
}

TEST_F(CurlLoopTest, OnlyTheAuthorityThatIsNamedIsTrusted) {
  ClientConfig config = server_->Config();
  config.authority.file = server_->folder / "other-ca.crt";
  CurlLoop loop(config, "test");
  const auto refused = Ask(loop, Get("/echo"));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("certificate"));
  config.authority = {};
  CurlLoop system(config, "test");
  EXPECT_FALSE(Ask(system, Get("/echo")).ok());
  config.insecure_skip_tls_verify = true;
  CurlLoop careless(config, "test");
  EXPECT_TRUE(Ask(careless, Get("/echo")).ok());
}

TEST_F(CurlLoopTest, AServerIsKnownByTheNameThatIsAskedFor) {
  ClientConfig config = server_->Config();
  config.tls_server_name = "api.test";
  CurlLoop loop(config, "test");
  EXPECT_EQ(Echo(loop)["method"], "GET");
  config.tls_server_name = "another.test";
  CurlLoop wrong(config, "test");
  EXPECT_FALSE(Ask(wrong, Get("/echo")).ok());
}

TEST_F(CurlLoopTest, AnAuthorityThatRotatesIsFollowed) {
  ClientConfig config = server_->Config();
  config.authority.file = server_->Write("rotating.crt", server_->Read("ca.crt"));
  {
    CurlLoop loop(config, "test");
    ASSERT_TRUE(Ask(loop, Get("/rotate")).ok());
    Call stream(loop, Get("/stream"));
    RunUntil(loop, [&] { return !stream.body.empty(); });
    ASSERT_TRUE(Ask(loop, Get("/goaway")).ok());
    EXPECT_FALSE(Ask(loop, Get("/echo")).ok()) << "the new certificate is of an authority that is not known yet";
    server_->Write("rotating.crt", server_->Read("ca.crt") + server_->Read("other-ca.crt"));
    const Time end = loop.Now() + std::chrono::seconds(60);
    bool ok = false;
    while (!ok && loop.Now() < end) ok = Ask(loop, Get("/echo")).ok();
    EXPECT_TRUE(ok);
    EXPECT_FALSE(stream.end.has_value()) << "what was under way is not disturbed";
    loop.Cancel(stream.id);
    ASSERT_TRUE(Ask(loop, Get("/rotate")).ok());
  }
}

TEST_F(CurlLoopTest, AnExecPluginHandsOutTheToken) {
  ClientConfig config = server_->Config();
  ExecPlugin exec;
  exec.api_version = "client.authentication.k8s.io/v1";
  exec.command = "/bin/sh";
  const std::string count = (server_->folder / "count").native();
  exec.environment["TOKEN"] = "good";
  exec.arguments = {"-c", "echo x >>" + count +
                              R"(; echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
                              R"("status":{"token":"'$TOKEN'"}}')"};
  config.exec = exec;
  CurlLoop loop(config, "test");
  Call first(loop, Get("/token")), second(loop, Get("/token"));
  RunUntil(loop, [&] { return first.end.has_value() && second.end.has_value(); });
  EXPECT_EQ(first.head.status, 200) << *first.end;
  EXPECT_EQ(second.head.status, 200);
  EXPECT_EQ(server_->Read("count"), "x\n") << "once for both";

  config.exec->arguments = {"-c", "exit 3"};
  CurlLoop failing(config, "test");
  const auto answer = Ask(failing, Get("/token"));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("/bin/sh failed"));
}

TEST_F(CurlLoopTest, WhatIsNotThereIsUnavailable) {
  ClientConfig config = server_->Config();
  config.server = "https://127.0.0.1:1";
  CurlLoop loop(config, "test");
  EXPECT_EQ(Ask(loop, Get("/echo")).status().code(), absl::StatusCode::kUnavailable);
  config.token.file = server_->folder / "no-such-token";
  CurlLoop nameless(config, "test");
  const auto answer = Ask(nameless, Get("/echo"));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("no-such-token"));
}

TEST_F(CurlLoopTest, OtherThreadsWakeIt) {
  CurlLoop loop(server_->Config(), "test");
  std::atomic<int> calls = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop.Post([&] { ++calls; });
    loop.Post([&] { loop.Stop(); });
  });
  loop.Run([] {}, [] {});
  other.join();
  EXPECT_EQ(calls, 100);
}

}  // namespace
}  // namespace nuncio::kube
