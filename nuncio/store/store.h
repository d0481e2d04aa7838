#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "nuncio/base/shared.h"
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
  // An object as it stands in a file. There may be tens of thousands: none repeats the object's identity.
  struct Definition {
    resource::Object object;
    resource::Source source;
    const std::string* file = nullptr;  // a key of files_
    size_t ordinal = 0;                 // among the file's objects
  };
  // By identity, then by place.
  struct Order {
    using is_transparent = void;
    bool operator()(const Definition& a, const Definition& b) const;
    bool operator()(const Definition& a, const resource::Identity& b) const;
    bool operator()(const resource::Identity& a, const Definition& b) const;
  };
  using Definitions = std::set<Definition, Order>;
  using File = std::vector<Definitions::iterator>;  // its definitions, in its order
  struct ByText {
    using is_transparent = void;
    bool operator()(const std::string& a, const std::string& b) const { return a < b; }
  };

  // The file's entry, with a name that is shared with what was read from it.
  std::pair<const Shared<std::string>, File>& EntryOf(const std::string& file,
                                                      const std::vector<resource::Decoded>& objects);
  void Serve(const resource::Identity& id);
  void AddDuplicates(std::vector<SourceProblem>& problems) const;

  std::map<Shared<std::string>, File, ByText> files_;
  Definitions definitions_;
  std::map<std::string, std::vector<SourceProblem>> problems_;  // by file
  std::set<resource::Identity> contested_;                      // more than one definition
  // Sorted as Snapshot::unbuilt is, group last: two groups may have a kind of the same name.
  std::map<std::tuple<std::string, resource::ObjectKey, std::string>, std::shared_ptr<const resource::UnbuiltObject>>
      unbuilt_;
  store::Snapshot tables_;  // `unbuilt` and `problems` stay empty
};

}  // namespace nuncio::store
