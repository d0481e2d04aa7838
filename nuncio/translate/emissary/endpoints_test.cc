#include "nuncio/translate/emissary/endpoints.h"

#include <gtest/gtest.h>

#include "nuncio/translate/emissary/test_manifests.h"

namespace nuncio::translate::emissary {
namespace {

// "address:port" of each endpoint of the port 80 of Service s.
std::string Endpoints(const std::string& ports, const std::string& slices) {
  const store::Snapshot snapshot = SnapshotOf(Service("s", "ports: [" + ports + "]") + slices);
  const resource::Service& service = *snapshot.services.Find({"default", "s"});
  const EndpointIndex index(snapshot.endpoint_slices);
  std::string text;
  for (const ir::Endpoint& e : EndpointsOf(*FindPort(service, 80), index.SlicesOf(service.meta.key()))) {
    text += Cat(text.empty() ? "" : " ", e.address, ":", e.port);
  }
  return text;
}

TEST(Endpoints, AreFoundThroughThePort) {
  const std::string one = "endpoints: [{addresses: [10.0.0.1]}]";
  struct Case {
    const char* what;
    const char* ports;
    std::string slice;
    const char* want;
  };
  const Case cases[] = {
      {"by name", "{name: web, port: 80, targetPort: 8080}", "ports: [{name: other, port: 1}, {name: web, port: 8080}]",
       "10.0.0.1:8080"},
      {"both unnamed", "{port: 80, targetPort: 8080}", "ports: [{port: 8081}]", "10.0.0.1:8081"},
      {"by the target's number", "{name: web, port: 80, targetPort: 8080}", "ports: [{port: 8080}]", "10.0.0.1:8080"},
      {"by the target's name", "{name: web, port: 80, targetPort: http}", "ports: [{name: http, port: 8082}]",
       "10.0.0.1:8082"},
      {"no such port", "{name: web, port: 80, targetPort: 8080}", "ports: [{name: other, port: 9}]", ""},
      {"UDP of the same name", "{name: web, port: 80}", "ports: [{name: web, port: 80, protocol: UDP}]", ""},
      {"every port", "{name: web, port: 80, targetPort: 8080}", "ports: [{name: web}]", "10.0.0.1:8080"},
  };
  for (const Case& c : cases) EXPECT_EQ(Endpoints(c.ports, Slice("s", "a", c.slice + ", " + one)), c.want) << c.what;
}

TEST(Endpoints, AreReadyOnesElseThoseThatStillServe) {
  struct Case {
    const char* endpoints;
    const char* want;
  };
  const Case cases[] = {
      {"{addresses: [10.0.0.2]}, {addresses: [10.0.0.1], conditions: {ready: true}}", "10.0.0.1:80 10.0.0.2:80"},
      {"{addresses: [10.0.0.1], conditions: {ready: false}}", ""},
      {"{addresses: [10.0.0.1], conditions: {ready: false, serving: true, terminating: true}}", "10.0.0.1:80"},
      {"{addresses: [10.0.0.1], conditions: {ready: false, serving: false, terminating: true}}", ""},
      {"{addresses: [10.0.0.1], conditions: {ready: false, terminating: true}}", "10.0.0.1:80"},
      {"{addresses: [10.0.0.1], conditions: {ready: false, serving: true}}", ""},
      {"{addresses: [10.0.0.1], conditions: {ready: false, serving: true, terminating: true}}, {addresses: [10.0.0.2]}",
       "10.0.0.2:80"},
      {"{addresses: [10.0.0.1]}, {addresses: [10.0.0.1, not-an-address]}", "10.0.0.1:80"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Endpoints("{port: 80}", Slice("s", "a", Cat("ports: [{port: 80}], endpoints: [", c.endpoints, "]"))),
              c.want);
  }
}

TEST(Endpoints, ComeFromEverySliceOfTheService) {
  EXPECT_EQ(
      Endpoints("{port: 80}", Slice("s", "b", "ports: [{port: 80}], endpoints: [{addresses: [10.0.0.1]}]") +
                                  Slice("s", "a", "ports: [{port: 80}], endpoints: [{addresses: [10.0.0.2]}]") +
                                  Slice("s", "a", "ports: [{port: 80}], endpoints: [{addresses: [10.0.0.3]}]", "x") +
                                  Slice("t", "c", "ports: [{port: 80}], endpoints: [{addresses: [10.0.0.4]}]")),
      "10.0.0.1:80 10.0.0.2:80");
}

}  // namespace
}  // namespace nuncio::translate::emissary
