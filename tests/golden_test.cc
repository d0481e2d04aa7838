// Manifests and what they come to: every case below tests/golden, compared with what is kept there. With
// NUNCIO_UPDATE_GOLDEN=1 what is kept is written anew instead (`make golden`); read the difference before committing
// it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "nuncio/resource/secret_names.h"
#include "tests/golden_case.h"

namespace nuncio::golden {
namespace {

class Golden : public testing::TestWithParam<Case> {};

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

void Check(const std::filesystem::path& file, const std::string& text) {
  if (std::getenv("NUNCIO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(file)) << file << ": missing, run `make golden`";
  EXPECT_EQ(text, ReadText(file)) << file << ": run `make golden` and read what changed";
}

// Everything that must not depend on the order of objects, or on the files that they are in.
void ExpectSame(const pipeline::Generation& want, const pipeline::Generation& got) {
  EXPECT_EQ(ModelText(want), ModelText(got));
  EXPECT_EQ(FindingsWithoutPlaces(want), FindingsWithoutPlaces(got));
  for (const envoy::ResourceType type : envoy::kAllResourceTypes) {
    ASSERT_EQ(want.config->of(type).size(), got.config->of(type).size());
    for (size_t i = 0; i < want.config->of(type).size(); ++i) {
      EXPECT_EQ(want.config->of(type)[i]->name, got.config->of(type)[i]->name);
      EXPECT_EQ(want.config->of(type)[i]->bytes, got.config->of(type)[i]->bytes);
      EXPECT_EQ(want.config->of(type)[i]->version, got.config->of(type)[i]->version);
    }
  }
}

std::set<resource::ObjectKey> NamedBy(const resource::Object& object) {
  const std::vector<resource::ObjectKey> names = resource::SecretsNamedBy(object);
  return {names.begin(), names.end()};
}

TEST_P(Golden, Matches) {
  const std::string text = ReadText(GetParam().folder / "in.yaml");
  ASSERT_TRUE(text.starts_with("# ")) << "the first line says what the case proves";
  const pipeline::GenerationPtr generation = Build(text);
  Check(GetParam().folder / "ir.yaml", ModelText(*generation));
  Check(GetParam().folder / "envoy.yaml", EnvoyText(*generation));
  Check(GetParam().folder / "findings.yaml", FindingsText(*generation, text));
}

TEST_P(Golden, DoesNotDependOnOrder) {
  const std::string text = ReadText(GetParam().folder / "in.yaml");
  if (IsOrdered(text)) return;
  const pipeline::GenerationPtr generation = Build(text);
  for (const uint32_t seed : {1, 2, 3}) {
    SCOPED_TRACE(seed);
    ExpectSame(*generation, *BuildShuffled(text, seed));
  }
}

// What a cluster's source leaves out of memory (resource/secret_names.h).
TEST_P(Golden, SecretsThatNothingNamesMakeNoDifference) {
  const std::string text = ReadText(GetParam().folder / "in.yaml");
  const pipeline::GenerationPtr generation = Build(text);
  const translate::Options options = OptionsOf(text);
  std::set<resource::ObjectKey> named = {{options.ambassador_namespace, resource::kFallbackSecret}};
#define NUNCIO_COLLECT(type, kind, group, version, table) \
  for (const auto& object : generation->snapshot->table) named.merge(NamedBy(object));
  NUNCIO_KINDS(NUNCIO_COLLECT)
#undef NUNCIO_COLLECT
  auto fewer = std::make_shared<store::Snapshot>(*generation->snapshot);
  for (const auto& secret : generation->snapshot->secrets) {
    if (!named.contains(secret->meta.key())) fewer->secrets.Erase(secret->meta.key());
  }
  ExpectSame(*generation, *pipeline::Build(fewer, options, 1));
}

INSTANTIATE_TEST_SUITE_P(, Golden, testing::ValuesIn(FindCases()), NameOf);

}  // namespace
}  // namespace nuncio::golden
