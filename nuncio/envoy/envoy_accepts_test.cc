#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nuncio/envoy/bootstrap.h"
#include "nuncio/envoy/generate.h"
#include "nuncio/envoy/render.h"
#include "nuncio/envoy/test_envoy.h"
#include "nuncio/envoy/test_model.h"

namespace nuncio::envoy {
namespace {

TEST(Envoy, AcceptsEveryPartOfTheModel) {
  const Generated generated = Generate(RichModel());
  EXPECT_TRUE(generated.findings.empty()) << generated.findings.front().message;
  const Verdict verdict = Judge(ToStaticBootstrap(*generated.config).dump());
  EXPECT_EQ(verdict.status, 0) << verdict.output;
  // The one that is used knowingly (cluster.cc).
  std::string output = verdict.output;
  while (output.find("respect_dns_ttl") != std::string::npos) output.erase(0, output.find("respect_dns_ttl") + 15);
  EXPECT_EQ(output.find("Using deprecated option"), std::string::npos) << verdict.output;
}

TEST(Envoy, AcceptsTheBootstrap) {
  for (const bool delta : {true, false}) {
    BootstrapOptions options;
    options.ads_socket = "/run/nuncio/ads.sock";
    options.delta = delta;
    options.max_heap_bytes = uint64_t{1} << 30;
    const Verdict verdict = Judge(BootstrapJson(options));
    EXPECT_EQ(verdict.status, 0) << verdict.output;
    EXPECT_EQ(verdict.output.find("deprecated"), std::string::npos) << verdict.output;
  }
}

// The judge must be able to say no.
TEST(Envoy, RefusesWhatTheValidatorRefuses) {
  auto bootstrap = ToStaticBootstrap(*Generate(RichModel()).config);
  bootstrap["static_resources"]["clusters"][0]["connect_timeout"] = "0s";
  const Verdict verdict = Judge(bootstrap.dump());
  EXPECT_NE(verdict.status, 0);
  EXPECT_NE(verdict.output.find("ConnectTimeout"), std::string::npos) << verdict.output;
}

}  // namespace
}  // namespace nuncio::envoy
