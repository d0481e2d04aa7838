#include "nuncio/cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nuncio/base/json.h"

namespace nuncio::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Output {
  int status = -1;
  std::string out;
  std::string err;
};

Output Call(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"nuncio"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  Output output;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  output.status = Main(static_cast<int>(argv.size()), argv.data());
  output.out = testing::internal::GetCapturedStdout();
  output.err = testing::internal::GetCapturedStderr();
  return output;
}

TEST(Program, WrongCommandLinesSayWhatIsWrongAndWhereHelpIs) {
  struct Case {
    std::vector<std::string> arguments;
    std::string complaint;
    std::string hint;
  };
  for (const Case& c : std::vector<Case>{
           {{"chek"}, "error: unknown command \"chek\" for \"nuncio\"; did you mean \"check\"?", "See 'nuncio --help'"},
           {{"--verbose"}, "error: unknown flag: --verbose", "See 'nuncio --help'"},
           {{"check", "--verbose", "x"}, "error: unknown flag: --verbose", "See 'nuncio check --help'"},
           {{"check", "a", "b"}, "error: unexpected argument \"b\" for \"nuncio check\"", "See 'nuncio check --help'"},
           {{"check"}, "error: DIR is required", "See 'nuncio check --help'"},
           {{"check", "x", "-o", "xml"}, "\"xml\" is none of text|json|github", "See 'nuncio check --help'"},
           {{"translate", "x", "--ir", "--static"},
            "choose one of --ir, --findings and --static",
            "'nuncio translate --help'"},
           {{"run", "--manifests", "x", "--drain-time", "soon"}, "--drain-time", "See 'nuncio run --help'"},
           {{"run", "--manifests", "x", "--admin-port", "70000"}, "--admin-port", "See 'nuncio run --help'"},
       }) {
    SCOPED_TRACE(c.complaint);
    const Output output = Call(c.arguments);
    EXPECT_EQ(output.status, 1);
    EXPECT_EQ(output.out, "");
    EXPECT_THAT(output.err, AllOf(StartsWith("error: "), HasSubstr(c.complaint), HasSubstr(c.hint)));
  }
}

TEST(Program, HelpIsAnAnswerNotAnError) {
  for (const char* command : {"run", "translate", "check", "version", "completion"}) {
    const Output output = Call({command, "--help"});
    EXPECT_EQ(output.status, 0);
    EXPECT_EQ(output.err, "");
    EXPECT_THAT(output.out,
                AllOf(HasSubstr(std::string("Usage: nuncio ") + command + " [OPTIONS]"), HasSubstr("Examples:")));
  }
  EXPECT_EQ(Call({}).status, 0);
  EXPECT_THAT(Call({}).out, HasSubstr("Examples:"));
}

TEST(Program, Version) {
  const Json version = Json::parse(Call({"version", "-o", "json"}).out);
  EXPECT_TRUE(version.contains("nuncio"));
  EXPECT_TRUE(version.contains("envoy"));
  EXPECT_THAT(Call({"version"}).out, StartsWith("nuncio " + version["nuncio"].get<std::string>() + "\n"));
}

class ManifestsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "nuncio-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
};

constexpr char kListener[] = R"(apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: web}
spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}
)";
constexpr char kMapping[] = R"(apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: quote}
spec: {hostname: "*", prefix: /quote/, service: quote}
)";
constexpr char kBroken[] = R"(apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: broken}
spec:
  hostname: "*"
  prefix: /broken/
  service: quote
  timeout_ms: soon
)";

TEST_F(ManifestsTest, NothingThere) {
  const Output missing = Call({"check", (folder_ / "nowhere").string()});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("does not exist"));
  const Output empty = Call({"check", folder_.string()});
  EXPECT_EQ(empty.status, 1);
  EXPECT_THAT(empty.err, HasSubstr("there is no object in"));
}

TEST_F(ManifestsTest, CheckIsQuietAboutWhatIsRight) {
  Write("a.yaml", std::string(kListener) + "---\n" + kMapping);
  const Output output = Call({"check", folder_.string()});
  EXPECT_EQ(output.status, 0) << output.out;
  EXPECT_EQ(output.out, "no findings in 2 objects\n");
}

TEST_F(ManifestsTest, CheckNamesFileAndLineOfTheFieldAndFails) {
  Write("a.yaml", kListener);
  const std::string file = Write("b.yaml", std::string(kMapping) + "---\n" + kBroken);
  const Output output = Call({"check", folder_.string()});
  EXPECT_EQ(output.status, 1);
  EXPECT_THAT(output.out, HasSubstr(file + ":13: error: Mapping default/broken: spec.timeout_ms: "));
  const Json json = Json::parse(Call({"check", folder_.string(), "-o", "json"}).out);
  EXPECT_EQ(json["summary"]["errors"], 1);
  EXPECT_EQ(json["findings"][0]["line"], 13);
  EXPECT_EQ(json["findings"][0]["file"], file);
}

TEST_F(ManifestsTest, OneFileAlone) {
  Write("other.yaml", kBroken);
  const std::string file = Write("a.yaml", std::string(kListener) + "---\n" + kMapping);
  EXPECT_EQ(Call({"check", file}).out, "no findings in 2 objects\n");
}

TEST_F(ManifestsTest, TranslateDependsOnNothingButTheObjects) {
  const std::string one = Write("one.yaml", std::string(kListener) + "---\n" + kMapping);
  const std::string other = Write("other.yaml", std::string(kMapping) + "---\n" + kListener);
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--ir"}, {"--static"}, {"-o", "json"}}) {
    std::vector<std::string> a = {"translate", one};
    std::vector<std::string> b = {"translate", other};
    a.insert(a.end(), flags.begin(), flags.end());
    b.insert(b.end(), flags.begin(), flags.end());
    EXPECT_EQ(Call(a).status, 0);
    EXPECT_NE(Call(a).out, "");
    EXPECT_EQ(Call(a).out, Call(b).out);
  }
}

TEST_F(ManifestsTest, TranslateMentionsErrorsBesideItsAnswer) {
  const std::string file = Write("a.yaml", std::string(kListener) + "---\n" + kMapping + "---\n" + kBroken);
  const Output output = Call({"translate", file});
  EXPECT_EQ(output.status, 0);
  EXPECT_THAT(output.err, HasSubstr("warning: 1 error, see 'nuncio check " + file + "'"));
}

}  // namespace
}  // namespace nuncio::cli
