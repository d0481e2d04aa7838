#include "nuncio/cli/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nuncio::cli {
namespace {

using ir::Severity;
using ::testing::HasSubstr;
using ::testing::StartsWith;

LocatedFinding Located(Severity severity, std::string message) {
  return {{severity, "secret-missing", {"Host", "default", "a", "/x/a.yaml", 1}, "spec.tlsSecret", std::move(message)},
          "manifests/a.yaml",
          7};
}

TEST(FindingsAsText, OneLineForEachThatEditorsCanFollow) {
  EXPECT_EQ(FindingsAsText({Located(Severity::kError, "Create the Secret.")}, 14, false),
            "manifests/a.yaml:7: error: Host default/a: spec.tlsSecret: Create the Secret. [secret-missing]\n"
            "\n"
            "1 error in 14 objects\n");
}

TEST(FindingsAsText, WithoutFileFieldOrObject) {
  LocatedFinding finding{{Severity::kWarning, "listener-missing", {}, "", "Nothing is served."}, "", 0};
  EXPECT_THAT(FindingsAsText({finding}, 0, false), StartsWith("warning: Nothing is served. [listener-missing]\n"));
}

TEST(FindingsAsText, ColourOnlyWhenAskedFor) {
  const std::vector<LocatedFinding> findings = {Located(Severity::kError, "m")};
  EXPECT_EQ(FindingsAsText(findings, 1, false).find('\033'), std::string::npos);
  EXPECT_THAT(FindingsAsText(findings, 1, true), HasSubstr("\033[1;31merror:\033[0m"));
}

TEST(FindingsAsText, ANameCannotSteerTheTerminal) {
  const std::string text = FindingsAsText({Located(Severity::kError, "\033[2J\nfake:1: error")}, 1, false);
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST(SummaryOf, CountsInWords) {
  struct Case {
    FindingCounts counts;
    size_t objects;
    const char* want;
  };
  for (const Case& c : {Case{{0, 0, 0}, 3, "no findings in 3 objects"}, Case{{1, 0, 0}, 1, "1 error in 1 object"},
                        Case{{2, 1, 0}, 9, "2 errors and 1 warning in 9 objects"},
                        Case{{2, 1, 3}, 9, "2 errors, 1 warning and 3 notices in 9 objects"}}) {
    EXPECT_EQ(SummaryOf(c.counts, c.objects), c.want);
  }
}

TEST(FindingsAsJson, CarriesTheReachableFileAndTheFieldsLine) {
  const Json json = FindingsAsJson({Located(Severity::kNotice, "m")}, 2);
  EXPECT_EQ(json["findings"][0]["file"], "manifests/a.yaml");
  EXPECT_EQ(json["findings"][0]["line"], 7);
  EXPECT_EQ(json["summary"], Json({{"errors", 0}, {"warnings", 0}, {"notices", 1}, {"objects", 2}}));
}

TEST(FindingsAsGithub, EscapesWhatWouldEndThePropertyOrTheCommand) {
  LocatedFinding finding = Located(Severity::kError, "100% of\r\nit: yes, all");
  finding.file = "a,b:c%.yaml";
  EXPECT_THAT(FindingsAsGithub({finding}, 1), StartsWith("::error file=a%2Cb%3Ac%25.yaml,line=7,title=secret-missing::"
                                                         "Host default/a: spec.tlsSecret: 100%25 of  it: yes, all\n"));
}

}  // namespace
}  // namespace nuncio::cli
