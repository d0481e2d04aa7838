// The real Envoy takes what every golden case comes to: each one through `envoy --mode validate`.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "nuncio/envoy/render.h"
#include "tests/golden_case.h"
#include "tests/temporary_folder.h"

namespace nuncio::golden {
namespace {

class GoldenEnvoy : public testing::TestWithParam<Case> {};

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

std::string EnvoyPath() {
  const char* path = std::getenv("ENVOY_PATH");
  return path != nullptr ? path : NUNCIO_ENVOY_BINARY;
}

struct Answer {
  int status = -1;
  std::string output;
};

Answer Validate(const std::filesystem::path& bootstrap) {
  const std::string command = EnvoyPath() +
                              " --mode validate --disable-hot-restart --concurrency 1 --log-level error -c " +
                              bootstrap.string() + " 2>&1";
  Answer answer;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return answer;
  char buffer[4096];
  for (size_t got = 0; (got = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) answer.output.append(buffer, got);
  const int status = pclose(pipe);
  answer.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return answer;
}

TEST_P(GoldenEnvoy, Accepts) {
  const pipeline::GenerationPtr generation = Build(ReadText(GetParam().folder / "in.yaml"));
  const TemporaryFolder folder;
  const std::filesystem::path bootstrap = folder.path() / "bootstrap.json";
  std::ofstream(bootstrap) << envoy::ToStaticBootstrap(*generation->config).dump(1);
  const Answer answer = Validate(bootstrap);
  EXPECT_EQ(answer.status, 0) << answer.output;
}

INSTANTIATE_TEST_SUITE_P(, GoldenEnvoy, testing::ValuesIn(FindCases()), NameOf);

}  // namespace
}  // namespace nuncio::golden
