#include "nuncio/app/envoy_admin.h"

#include <gtest/gtest.h>

namespace nuncio::app {
namespace {

TEST(EnvoyAdminTest, ActiveWorkCountsRequestsAndConnectionsWithoutHttp) {
  struct Case {
    const char* name;
    const char* stats;
    uint64_t want;
  };
  for (const Case& c : {
           Case{"nothing", "", 0},
           Case{"the admin's own request is not a client's",
                "http.admin.downstream_rq_active: 1\nhttp.admin.downstream_cx_active: 1\n"
                "listener.admin.downstream_cx_active: 1\nlistener.admin.main_thread.downstream_cx_active: 1\n",
                0},
           Case{"idle keep-alive connections are no work",
                "http.ingress_http.downstream_rq_active: 0\nhttp.ingress_http.downstream_cx_active: 5\n"
                "listener.0.0.0.0_8080.downstream_cx_active: 5\nlistener.0.0.0.0_8080.worker_0.downstream_cx_active: "
                "5\n",
                0},
           Case{"requests of two listeners",
                "http.ingress_http.downstream_rq_active: 2\nhttp.ingress_https.downstream_rq_active: 1\n"
                "http.ingress_http.downstream_cx_active: 2\nlistener.0.0.0.0_8080.downstream_cx_active: 2\n",
                3},
           Case{"TCP connections beside HTTP ones",
                "http.ingress_http.downstream_rq_active: 1\nhttp.ingress_http.downstream_cx_active: 3\n"
                "listener.0.0.0.0_8080.downstream_cx_active: 3\nlistener.0.0.0.0_6789.downstream_cx_active: 2\n",
                3},
       }) {
    EXPECT_EQ(ActiveWorkIn(c.stats), c.want) << c.name;
  }
}

TEST(EnvoyAdminTest, AStatIsFoundByItsWholeName) {
  EXPECT_EQ(StatIn("cluster_manager.warming_clusters: 3\n", "cluster_manager.warming_clusters"), 3u);
  EXPECT_EQ(StatIn("cluster_manager.warming_clusters: 3\n", "warming_clusters"), std::nullopt);
  EXPECT_EQ(StatIn("h: No recorded values\n", "h"), std::nullopt);
}

TEST(EnvoyAdminTest, AnEnvoyThatIsNotThereHasNothingToSay) {
  const EnvoyAdmin admin(testing::TempDir() + "/no-such-file");
  EXPECT_FALSE(admin.Ready());
  EXPECT_FALSE(admin.Post("/healthcheck/fail"));
  EXPECT_EQ(admin.WarmingClusters(), std::nullopt);
  EXPECT_EQ(admin.ActiveWork(), std::nullopt);
}

}  // namespace
}  // namespace nuncio::app
