#include "nuncio/diag/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nuncio::diag {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

xds::Refusal RefusedListener(std::vector<ir::Origin> origins, bool has_last_good) {
  xds::Refusal refusal;
  refusal.type = envoy::ResourceType::kListener;
  refusal.name = "0.0.0.0:8080";
  refusal.version = "2";
  refusal.error = "partial wildcards are not supported\n";
  refusal.origins = std::move(origins);
  refusal.has_last_good = has_last_good;
  return refusal;
}

TEST(RefusalsTest, EveryObjectOfTheResourceIsTold) {
  const ir::Origin host{"Host", "default", "web", "hosts.yaml", 3};
  const ir::Origin listener{"Listener", "default", "http", "listeners.yaml", 1};
  const ir::Findings findings = FindingsOf({RefusedListener({listener, host}, true)});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].object, host);
  EXPECT_EQ(findings[1].object, listener);
  for (const ir::Finding& finding : findings) {
    EXPECT_EQ(finding.severity, ir::Severity::kError);
    EXPECT_EQ(finding.code, "envoy-refused");
    EXPECT_THAT(finding.message,
                AllOf(HasSubstr("listener \"0.0.0.0:8080\""), HasSubstr("(partial wildcards are not supported);"),
                      HasSubstr("goes on serving"), HasSubstr("one of 2")));
  }
}

TEST(RefusalsTest, OnlySuspectsAreTold) {
  std::vector<ir::Origin> origins;
  for (const char* name : {"a", "b", "c"}) origins.push_back({"Mapping", "default", name, "", 0});
  for (const size_t count : {1, 2}) {
    const std::vector<ir::Origin> suspects(origins.begin(), origins.begin() + static_cast<ptrdiff_t>(count));
    const ir::Findings findings =
        FindingsOf({RefusedListener(origins, true)}, [&](const xds::Refusal&) { return suspects; });
    ASSERT_EQ(findings.size(), count);
    EXPECT_EQ(findings[0].object, origins[0]);
    EXPECT_THAT(findings[0].message, HasSubstr(count == 1 ? "Of the 3 objects that went into it, this one alone is new"
                                                          : "this one and 1 more are new or changed"));
  }
}

TEST(RefusalsTest, SaysWhenNothingServesInItsPlace) {
  const ir::Findings findings = FindingsOf({RefusedListener({{"Host", "default", "web", "", 0}}, false)});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].message, AllOf(HasSubstr("nothing serves"), Not(HasSubstr("one of"))));
}

TEST(RefusalsTest, AResourceThatNobodyOwnsIsNotSilent) {
  const ir::Findings findings = FindingsOf({RefusedListener({}, true)});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].object, ir::Origin{});
}

TEST(RefusalsTest, NothingRefusedNothingFound) { EXPECT_THAT(FindingsOf({}), IsEmpty()); }

}  // namespace
}  // namespace nuncio::diag
