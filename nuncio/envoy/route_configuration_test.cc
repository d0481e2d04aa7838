#include "nuncio/envoy/route_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "nuncio/base/text.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/refusals.h"

namespace nuncio::envoy {
namespace {

// A table that changes at random: hosts come, go and change, and routes within them, some of which Envoy would refuse.
class ChangingTable {
 public:
  explicit ChangingTable(unsigned seed) : random_(seed) {
    for (int i = 0; i < 12; ++i) ChangeHost();
  }

  void Change() {
    for (size_t i = Below(3) + 1; i > 0; --i) Below(6) == 0 ? ChangeHost() : ChangeRoutes();
  }

  ir::RouteTable Table() const {
    std::vector<ir::VirtualHostPtr> hosts;
    for (const auto& [name, host] : hosts_) hosts.push_back(host);
    return {"table", hosts};
  }

 private:
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  void ChangeHost() {
    const std::string name = Cat("h", Below(20), ".example.com");
    if (hosts_.contains(name) && Below(2) == 0) {
      hosts_.erase(name);
      return;
    }
    ir::VirtualHost host;
    host.name = name;
    // Now and then one that is taken, be it by a host before it or after it.
    host.domains = {name, Cat("shared", Below(40), ".example.com")};
    const size_t routes = Below(4) == 0 ? 200 : Below(6);
    for (size_t i = 0; i < routes; ++i) host.routes.push_back(Route());
    hosts_[name] = std::make_shared<const ir::VirtualHost>(std::move(host));
  }

  void ChangeRoutes() {
    if (hosts_.empty()) return ChangeHost();
    auto& pointer = std::next(hosts_.begin(), static_cast<long>(Below(hosts_.size())))->second;
    auto host = std::make_shared<ir::VirtualHost>(*pointer);
    auto& routes = host->routes;
    for (size_t i = Below(4); i > 0; --i) {
      const auto at = routes.begin() + static_cast<long>(Below(routes.size() + 1));
      switch (Below(4)) {
        case 0:
          routes.insert(at, Route());
          break;
        case 1:  // one, or many in a row
          routes.erase(at, Below(2) == 0 || routes.end() - at < 30 ? std::min(at + 1, routes.end()) : at + 30);
          break;
        case 2:
          if (at != routes.end()) *at = Route();
          break;
        default:
          if (at != routes.end()) std::iter_swap(routes.begin(), at);
      }
    }
    pointer = std::move(host);
  }

  ir::RoutePtr Route() {
    ir::Route route;
    route.match.path.value = Cat("/", made_++, std::string(Below(200), 'x'));
    ir::Forward forward;
    forward.upstream = {Below(1000) == 0 ? "missing" : Below(50) == 0 ? "comes-and-goes" : "up", "0"};
    route.action = forward;
    route.origins = {ir::Origin{"Mapping", "default", Cat("m", made_), "", 0}};
    return std::make_shared<const ir::Route>(std::move(route));
  }

  std::mt19937 random_;
  size_t made_ = 0;
  std::map<std::string, ir::VirtualHostPtr> hosts_;
};

// `there` says whether one of the clusters is.
References Known(bool there, uint64_t epoch) {
  References known;
  known.clusters.insert(ClusterName({"up", "0"}));
  if (there) known.clusters.insert(ClusterName({"comes-and-goes", "0"}));
  known.epoch = epoch;
  return known;
}

struct Outcome {
  std::string bytes;
  std::string version;
  std::vector<ir::Origin> origins;
  ir::Findings findings;
  bool operator==(const Outcome&) const = default;
};

Outcome Make(RouteConfigurations& routes, const ir::RouteTable& table, const References& known) {
  ir::Listener listener;
  listener.name = "main";
  ir::FilterChain chain;
  chain.name = "table";
  Refusals refusals;
  const ResourcePtr made = routes.Make(listener, chain, table, known, refusals);
  routes.Sweep();
  return {made->bytes, made->version, made->origins.List(), refusals.Take()};
}

class RouteConfigurationsRemember : public testing::TestWithParam<unsigned> {};

TEST_P(RouteConfigurationsRemember, AndMakeWhatIsMadeOfNothing) {
  ChangingTable changing(GetParam());
  RouteConfigurations remembering;
  uint64_t epoch = 1;
  bool there = true, refused = false;
  for (int step = 0; step < 40; ++step) {
    if (step % 10 == 9) {
      epoch += there ? 1 : 0;
      there = !there;
    }
    const References known = Known(there, epoch);
    const ir::RouteTable table = changing.Table();
    RouteConfigurations fresh;
    const Outcome want = Make(fresh, table, known);
    ASSERT_EQ(Make(remembering, table, known), want) << "step " << step;
    refused = refused || !want.findings.empty();
    if (step % 7 != 0) changing.Change();
  }
  EXPECT_TRUE(refused);  // else the changes are too tame
}

INSTANTIATE_TEST_SUITE_P(Seeds, RouteConfigurationsRemember, testing::Range(1u, 9u));

}  // namespace
}  // namespace nuncio::envoy
