#include "nuncio/apiext/serving.h"

#include <gtest/gtest.h>

#include "nuncio/base/certificates.h"
#include "nuncio/base/test_certificates.h"
#include "nuncio/kube/fake_loop.h"

namespace nuncio::apiext {
namespace {

class Recorder : public WebhookServer {
 public:
  void SetPair(const Pair& pair) override { pairs.push_back(pair); }
  uint16_t port() const override { return 0; }
  std::vector<Pair> pairs;
};

TEST(Serving, RenewsItsCertificateInTime) {
  int64_t now = 1'800'000'000;
  kube::FakeLoop world;
  Recorder server;
  Serving serving(
      world, NamesOf("webhook", "edge"), [&] { return now; }, server);
  const Pair authority = MakeAuthority(now, {});
  serving.Use(authority);
  ASSERT_EQ(server.pairs.size(), 1u);
  EXPECT_EQ(world.AdvanceToNextTimer(), std::chrono::seconds(kServerLife * 2 / 3));
  ASSERT_EQ(server.pairs.size(), 2u);
  EXPECT_NE(server.pairs[0], server.pairs[1]);
  now += kDay;
  serving.Use(MakeAuthority(now, authority));
  ASSERT_EQ(server.pairs.size(), 3u) << "at once with another authority";
  EXPECT_EQ(CheckChain(server.pairs[2].certificate)->not_after, now + kServerLife);
  serving.Use({"x", "y"});
  EXPECT_EQ(server.pairs.size(), 3u);
}

}  // namespace
}  // namespace nuncio::apiext
