#include "nuncio/translate/emissary/host_glob.h"

#include <gtest/gtest.h>

namespace nuncio::translate::emissary {
namespace {

TEST(HostGlobs, OverlapWhenSomeNameSatisfiesBoth) {
  const struct {
    const char* a;
    const char* b;
    bool want;
  } kCases[] = {
      {"a.com", "a.com", true},
      {"a.com", "b.com", false},
      {"*", "a.com", true},
      {"*", "*", true},
      {"*", "*.com", true},
      {"*.com", "a.com", true},
      {"*.com", "a.b.com", true},
      {"*.com", ".com", false},  // the star takes one character at least
      {"*a.com", "a.com", false},
      {"*a.com", "ba.com", true},
      {"*.a.com", "*.com", true},
      {"*.a.com", "*.b.com", false},
      {"*.com", "*.org", false},
      {"a.*", "a.com", true},
      {"a.*", "a.", false},
      {"a.*", "b.com", false},
      {"a.*", "a.b.*", true},
      {"a.*", "b.*", false},
      {"a.*", "*.com", true},
      {"*.com", "a.*", true},
      {"*.a.*", "*.a.*", true},
      {"*.a.*", "b.a.c", false},
      {"a.*.com", "a.*.com", true},
      {"a.*.com", "a.b.com", false},
      {"a.com:80", "a.com", false},
      {"a.com:80", "a.com:80", true},
      {"*:80", "a.com:80", true},
      {"", "a.com", false},
      {"*", "", true},
      {".a.com", "*.a.com", false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(HostGlobsOverlap(test.a, test.b), test.want) << test.a << " and " << test.b;
    EXPECT_EQ(HostGlobsOverlap(test.b, test.a), test.want) << test.b << " and " << test.a;
  }
}

}  // namespace
}  // namespace nuncio::translate::emissary
