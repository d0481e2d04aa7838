#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "nuncio/resource/decode.h"
#include "nuncio/store/snapshot.h"

namespace nuncio::store {

// What the files of a source hold, as tables that are kept up to date file by file. Not thread-safe; the snapshots are.
//
// Invariants:
// - An object that is read anew and means the same keeps its pointer, so that what was derived from it stays valid;
// then
//   the line in its Meta is the one where it stood when its meaning last changed. Problems carry the present line.
// - An object that no longer decodes keeps its last good version, while its file still has it. So does a Secret whose
//   certificate and key no longer belong together, because they are often written one after the other.
// - Of several definitions of one object, the one that comes first by (file, place in the file) serves, in whatever
// order
//   the files were read; each other one has a "duplicate" problem.
class Store {
 public:
  // Replaces what the file holds. Costs what is in this file.
  void PutFile(const std::string& file, std::vector<resource::Decoded> objects);
  // The file cannot be read or parsed: what it held stays in place, and this problem replaces its others.
  void PutFault(const std::string& file, SourceProblem problem);
  void RemoveFile(const std::string& file);
  bool HoldsObjects(const std::string& file) const;

  // Costs one pointer for each object.
  SnapshotPtr Snapshot() const;

 private:
  // Where a definition stands: the file and its ordinal among the file's objects.
  struct Place {
    std::string file;
    size_t ordinal = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Definition {
    resource::Object object;
    resource::Source source;
  };
  using Definitions = std::map<Place, Definition>;
  struct File {
    std::map<resource::Identity, std::set<size_t>> ordinals;
    std::vector<SourceProblem> problems;
  };

  void Add(const resource::Identity& id, Place place, Definition definition);
  // Takes away what one file defines of the object.
  Definitions Withdraw(const resource::Identity& id, const std::string& file);
  void Serve(const resource::Identity& id);
  void AddDuplicates(std::vector<SourceProblem>& problems) const;

  std::map<std::string, File> files_;
  std::map<resource::Identity, Definitions> definitions_;
  std::set<resource::Identity> contested_;  // more than one definition
  std::set<std::string> faulty_;            // files with problems
  // Sorted as Snapshot::unbuilt is, group last: two groups may have a kind of the same name.
  std::map<std::tuple<std::string, resource::ObjectKey, std::string>, std::shared_ptr<const resource::UnbuiltObject>>
      unbuilt_;
  store::Snapshot tables_;  // `unbuilt` and `problems` stay empty
};

}  // namespace nuncio::store
