#include "nuncio/cli/manifests.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "nuncio/app/options.h"
#include "nuncio/files/directory.h"

namespace nuncio::cli {
namespace {

namespace fs = std::filesystem;

// Ends with the value, and everything in it with the folder.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "nuncio-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

store::SnapshotPtr ReadFolder(const fs::path& path) {
  files::ManifestDirectory directory(path);
  directory.ReadAll();
  return directory.Snapshot();
}

store::SnapshotPtr ReadStandardInput(Manifests& manifests) {
  const auto folder = std::make_shared<const TemporaryFolder>();
  manifests.spool = folder;
  std::ofstream(folder->path() / "stdin.yaml", std::ios::binary) << std::cin.rdbuf();
  return ReadFolder(folder->path());
}

// Null, with the reason on standard error, when there is nothing at the path.
store::SnapshotPtr ReadPath(Manifests& manifests) {
  if (manifests.path == "-") return ReadStandardInput(manifests);
  const fs::path path = manifests.path;
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (!fs::exists(status)) {
    std::cerr << "error: the path \"" << manifests.path << "\" does not exist\n";
    return nullptr;
  }
  if (fs::is_directory(status)) return ReadFolder(path);
  // One file of a folder that is otherwise not looked at.
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  files::ManifestDirectory directory(folder);
  directory.Refresh({.paths = {folder / path.filename()}});
  return directory.Snapshot();
}

}  // namespace

size_t CountObjects(const store::Snapshot& snapshot) {
  return snapshot.listeners.size() + snapshot.hosts.size() + snapshot.mappings.size() + snapshot.tcp_mappings.size() +
         snapshot.tls_contexts.size() + snapshot.modules.size() + snapshot.service_resolvers.size() +
         snapshot.endpoint_resolvers.size() + snapshot.services.size() + snapshot.secrets.size() +
         snapshot.endpoint_slices.size() + snapshot.namespaces.size() + snapshot.unbuilt.size();
}

void AddManifests(CLI::App& command, Manifests& manifests) {
  manifests.options = app::OptionsFromEnvironment(app::ProcessEnvironment, manifests.complaints).translate;
  command.add_option("DIR", manifests.path, "Folder of manifests, or one file, or - for standard input")
      ->required()
      ->type_name("");
  command.add_option("--ambassador-id", manifests.options.ambassador_id, "Read the objects of this ID [AMBASSADOR_ID]")
      ->type_name("ID");
  command
      .add_option("--ambassador-namespace", manifests.options.ambassador_namespace,
                  "Namespace that nuncio itself is in [AMBASSADOR_NAMESPACE]")
      ->type_name("NAMESPACE");
}

pipeline::GenerationPtr BuildOnce(Manifests& manifests) {
  for (const std::string& complaint : manifests.complaints) std::cerr << "warning: " << complaint << "\n";
  store::SnapshotPtr snapshot = ReadPath(manifests);
  if (snapshot == nullptr) return nullptr;
  if (CountObjects(*snapshot) == 0 && snapshot->problems.empty()) {
    std::cerr << "error: there is no object in \"" << manifests.path
              << "\" that nuncio reads; it looks into files that end in .yaml, .yml or .json\n";
    return nullptr;
  }
  translate::Options options = manifests.options;
  options.now = std::time(nullptr);
  return pipeline::Build(std::move(snapshot), options, 1);
}

std::string NameOfFile(const Manifests& manifests, const std::string& file) {
  if (manifests.path == "-" && !file.empty()) return "<stdin>";
  return fs::path(file).lexically_normal().string();
}

}  // namespace nuncio::cli
