#include "nuncio/translate/emissary/group_index.h"

#include <gtest/gtest.h>

#include <random>

namespace nuncio::translate::emissary {
namespace {

// The index finds what trying every group finds.
TEST(GroupIndex, AgreesWithTryingEveryGroup) {
  const std::vector<std::string> names = {"a.com", "b.com", "x.a.com", "*", "*.com", "*.a.com", "a.*", "a.com:80"};
  std::mt19937 random(7);
  const auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
  const auto labels = [&] {
    resource::StringMap map;
    for (const char* key : {"x", "y"}) {
      if (pick(2) == 0) map[key] = std::to_string(pick(2));
    }
    return map;
  };
  std::vector<MappingGroup> groups(200);
  for (MappingGroup& group : groups) {
    group.scope = static_cast<MappingGroup::HostScope>(pick(4));
    group.host_glob = names[pick(names.size())];
    group.labels = labels();
  }
  MappingGroups pointers;
  for (const MappingGroup& group : groups) pointers.push_back(&group);
  for (const bool strict : {true, false}) {
    const GroupIndex index(pointers, strict);
    for (int i = 0; i < 100; ++i) {
      ActiveHost host;
      host.hostname = names[pick(names.size())];
      if (pick(2) == 0) host.mapping_selector = labels();
      std::vector<size_t> want;
      for (size_t g = 0; g < groups.size(); ++g) {
        if (Takes(host, groups[g], strict)) want.push_back(g);
      }
      EXPECT_EQ(index.TakenBy(host), want) << host.hostname << " strict " << strict;
    }
  }
}

}  // namespace
}  // namespace nuncio::translate::emissary
