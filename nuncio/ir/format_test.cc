#include "nuncio/ir/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nuncio/ir/test_formats.h"

namespace nuncio::ir {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST(Format, WhatEnvoyTakesIsTaken) {
  for (const auto format : kGoodFormats) {
    for (const FormatUse use : {FormatUse::kHeader, FormatUse::kAccessLog}) {
      EXPECT_EQ(FormatProblem(format, use), std::nullopt) << format;
    }
  }
}

TEST(Format, WhatEnvoyRefusesIsRefused) {
  for (const auto format : kBadFormats) {
    EXPECT_NE(FormatProblem(format, FormatUse::kHeader), std::nullopt) << format;
    EXPECT_NE(FormatProblem(format, FormatUse::kAccessLog), std::nullopt) << format;
  }
}

// An Envoy ends, with all its connections, when it is given one of these.
TEST(Format, WhatEndsEnvoyNeverReachesIt) {
  for (const char* format : {"%COALESCE(16)%", "%COALESCE(null)%", "%COALESCE(\"a\")%", "a %COALESCE(true):3%"}) {
    EXPECT_THAT(FormatProblem(format, FormatUse::kHeader), Optional(HasSubstr("COALESCE is not taken"))) << format;
  }
  EXPECT_THAT(FormatProblem("%CEL(request.path)%", FormatUse::kHeader), Optional(HasSubstr("CEL is not taken")));
}

TEST(Format, WhatEnvoyRewritesInHeadersIsNotTakenThere) {
  EXPECT_THAT(FormatProblem("%%PER_REQUEST_STATE(a:b)", FormatUse::kHeader), Optional(HasSubstr("obsolete")));
}

TEST(Format, SaysWhatIsWrong) {
  const auto problem = [](std::string_view format) {
    return FormatProblem(format, FormatUse::kHeader).value_or("none");
  };
  EXPECT_EQ(problem("100%"),
            "must hold commands such as %REQ(x-id)%: the % at byte 3 begins none; write %% for a percent sign");
  EXPECT_EQ(problem("%PROTOCOLL%"),
            "must hold commands that Envoy takes: PROTOCOLL is no command of Envoy; did you mean PROTOCOL?");
  EXPECT_EQ(problem("%REQ(a b)%"), "must hold commands that Envoy takes: REQ takes the name of a header, not \"a b\"");
  EXPECT_EQ(problem("%PATH(x)%"), "must hold commands that Envoy takes: PATH takes WQ, NQ, not \"x\"");
  EXPECT_EQ(problem("%BYTES_SENT(x)%"),
            "must hold commands that Envoy takes: BYTES_SENT takes neither a parameter nor a length");
}

}  // namespace
}  // namespace nuncio::ir
