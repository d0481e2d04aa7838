#pragma once

#include <memory>
#include <string>

#include "nuncio/cli/commands.h"
#include "nuncio/pipeline/generation.h"
#include "nuncio/translate/options.h"

namespace nuncio::cli {

// What the commands that look at manifests once have in common: the manifests, and on whose behalf they are read.
struct Manifests {
  std::string path;  // a folder, a file, or "-" for standard input
  translate::Options options;
  std::vector<std::string> complaints;  // about the environment
  std::shared_ptr<const void> spool;    // keeps what came from standard input where findings say that it is
};

// Adds the argument and the options. Environment variables are the defaults; one that cannot be read is complained
// about on standard error when the command runs.
void AddManifests(CLI::App& command, Manifests& manifests);

// Reads and translates. Null, with the reason on standard error, when there is nothing to read.
pipeline::GenerationPtr BuildOnce(Manifests& manifests);

size_t CountObjects(const store::Snapshot& snapshot);

// What to call the file that a finding names: as one reaches it from the working directory.
std::string NameOfFile(const Manifests& manifests, const std::string& file);

}  // namespace nuncio::cli
