#pragma once

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace nuncio::envoy {

struct Verdict {
  int status = -1;
  std::string output;
};

// What `envoy --mode validate` says to a bootstrap.
inline Verdict Judge(const std::string& bootstrap) {
  std::string folder = (std::filesystem::temp_directory_path() / "nuncio-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return {};
  const std::string file = folder + "/bootstrap.json";
  std::ofstream(file) << bootstrap;
  const std::string command = std::string(NUNCIO_ENVOY_BINARY) +
                              " --mode validate --disable-hot-restart --concurrency 1 -l warning -c " + file + " 2>&1";
  Verdict verdict;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[4096];
  while (pipe != nullptr && fgets(buffer, sizeof buffer, pipe) != nullptr) verdict.output += buffer;
  if (pipe != nullptr) verdict.status = WEXITSTATUS(pclose(pipe));
  std::filesystem::remove_all(folder);
  return verdict;
}

}  // namespace nuncio::envoy
