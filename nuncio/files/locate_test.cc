#include "nuncio/files/locate.h"

#include <gtest/gtest.h>

#include "nuncio/files/temp_folder.h"

namespace nuncio::files {
namespace {

TEST(Locate, FindsTheLineOfAField) {
  TempFolder folder;
  const std::string file = folder
                               .Write("a.yaml", R"(# 1
kind: Other
spec:
  x: 1
---
kind: Listener
spec:
  hostBinding:
    namespace:
      from: ALL
  add_request_headers:
    x-a:
      value: 1
    x.b: {value: 2}
  rules:
  - a: 1
  - b: 2
    c: {d: 3}
---
apiVersion: v1
kind: List
items:
- kind: A
  spec:
    p: 1
- kind: B
  spec:
    p: 2
)")
                               .native();
  const struct {
    int line;
    std::string_view field;
    int want;
  } kCases[] = {
      {6, "", 6},
      {6, "spec", 7},
      {6, "spec.hostBinding.namespace.from", 10},
      {6, "spec.hostBinding.namespace.absent", 9},
      {6, "spec.absent", 7},
      {6, "absent", 6},
      {6, "spec.add_request_headers[x-a].value", 13},
      {6, "spec.add_request_headers[x.b].value", 14},
      {6, "spec.rules[1].c.d", 18},
      {6, "spec.rules[0]", 16},
      {6, "spec.rules[7]", 15},
      {2, "spec.x", 4},
      {23, "spec.p", 25},
      {26, "spec.p", 28},
      {99, "spec.x", 99},
      {6, "spec.rules[", 15},
      {6, "..[][", 6},
  };
  FieldLocator locator;
  for (const auto& [line, field, want] : kCases) {
    EXPECT_EQ(LineOf({file, line}, field), want) << line << " " << field;
    EXPECT_EQ(locator.LineOf({file, line}, field), want) << line << " " << field;
  }
  EXPECT_EQ(LineOf({"/does/not/exist.yaml", 5}, "spec"), 5);
  EXPECT_EQ(LineOf({"", 0}, "spec"), 0);
}

TEST(Locate, FindsTheLineInJson) {
  TempFolder folder;
  const std::string file = folder.Write("a.json", "{\n \"spec\": {\n  \"a\": [1,\n   {\"b\": 2}]}}\n").native();
  EXPECT_EQ(LineOf({file, 1}, "spec.a[1].b"), 4);
  EXPECT_EQ(LineOf({file, 1}, "spec.a"), 3);
}

}  // namespace
}  // namespace nuncio::files
