#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "nuncio/pipeline/generation.h"
#include "nuncio/translate/options.h"

namespace nuncio::golden {

// One folder of tests/golden: manifests, and what they come to.
struct Case {
  std::filesystem::path folder;
  std::string name;  // "<area>/<case>"

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

// Every folder of tests/golden that holds an in.yaml, sorted by name.
std::vector<Case> FindCases();

std::string ReadText(const std::filesystem::path& file);

// What the manifests of a case are translated with: the first document when its kind is GoldenOptions, defaults
// otherwise.
translate::Options OptionsOf(const std::string& text);

// Whether the case is about the order of its objects (`ordered: true` in its GoldenOptions): two definitions of one
// object.
bool IsOrdered(const std::string& text);

// Builds the manifests as they stand, as a file of the name in.yaml.
pipeline::GenerationPtr Build(const std::string& text);
// The same objects, each in a file of its own, in an order that the seed decides.
pipeline::GenerationPtr BuildShuffled(const std::string& text, uint32_t seed);

// The four texts that a case keeps. Findings are those of a file in.yaml, each with the line of its field.
std::string ModelText(const pipeline::Generation& generation);
std::string EnvoyText(const pipeline::Generation& generation);
std::string FindingsText(const pipeline::Generation& generation, const std::string& manifests);
// Without files and lines, which differ when the same objects stand elsewhere.
std::string FindingsWithoutPlaces(const pipeline::Generation& generation);

}  // namespace nuncio::golden
