#include "nuncio/diag/health_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "nuncio/base/text.h"

namespace nuncio::diag {
namespace {

Answer OnlyAlive(const std::string& path) {
  if (path == "/alive") return {200, "text/plain", "alive\n"};
  return {};
}

std::unique_ptr<HealthServer> Started() {
  auto server = HealthServer::Start({"127.0.0.1"}, OnlyAlive);
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

TEST(HealthServerTest, AnswersByPathAndMethod) {
  const auto server = Started();
  struct Case {
    const char* method;
    const char* path;
    int status;
    const char* body;
  };
  for (const Case& c : {
           Case{"GET", "/alive", 200, "alive\n"},
           Case{"GET", "/alive?verbose=1", 200, "alive\n"},
           Case{"HEAD", "/alive", 200, ""},
           Case{"GET", "/", 404, ""},
           Case{"POST", "/alive", 405, ""},
           Case{"DELETE", "/alive", 405, ""},
       }) {
    SCOPED_TRACE(std::string(c.method) + " " + c.path);
    httplib::Client client("127.0.0.1", server->port());
    client.set_read_timeout(60);
    httplib::Request request;
    request.method = c.method;
    request.path = c.path;
    if (request.method == "POST") request.body = "x";
    const httplib::Result result = client.send(request);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, c.status);
    EXPECT_EQ(result->body, c.body);
    EXPECT_EQ(result->get_header_value("Connection"), "close");
  }
}

TEST(HealthServerTest, ALongRequestLineIsRefused) {
  const auto server = Started();
  httplib::Client client("127.0.0.1", server->port());
  const httplib::Result result = client.Get("/" + std::string(100'000, 'a'));
  EXPECT_TRUE(!result || result->status >= 400);
}

TEST(HealthServerTest, APortThatIsTakenIsAnError) {
  const auto first = Started();
  const auto second = HealthServer::Start({"127.0.0.1", IpFamily::kAny, first->port()}, OnlyAlive);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().message(),
            Cat("cannot listen on 127.0.0.1 port ", first->port(), ": Address already in use"));
}

}  // namespace
}  // namespace nuncio::diag
