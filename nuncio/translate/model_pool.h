#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "nuncio/ir/model.h"

namespace nuncio::translate {

// An upstream, whose own list of origins is empty, and one object that it is there for.
struct UpstreamUse {
  ir::UpstreamPtr upstream;
  std::shared_ptr<const ir::Origin> origin;
};

// What the last model was made of, so that the next one holds the same pointer wherever it says the same. It does not
// decide what a model says: with an empty pool an equal one comes out. Not thread-safe; lives as long as the process.
class ModelPool {
 public:
  // The one that is equal but for its origins. REQUIRES: the id is a digest of the rest.
  ir::UpstreamPtr Intern(ir::Upstream upstream);
  // The upstreams of a model, each with the origins of its uses, sorted by id. REQUIRES: all come from Intern().
  std::vector<ir::UpstreamPtr> WithOrigins(const std::vector<const UpstreamUse*>& uses);

  // Ends a model: what it did not ask for is dropped, unless something still holds it.
  void Sweep();

 private:
  using OriginList = std::vector<std::shared_ptr<const ir::Origin>>;
  struct Entry {
    ir::UpstreamPtr bare;
    ir::UpstreamPtr complete;
    OriginList origins;  // of `complete`, in the order of its uses
    OriginList sorted;   // the same
    uint64_t round = 0;
  };
  struct Gathered {
    Entry* entry = nullptr;
    std::vector<const std::shared_ptr<const ir::Origin>*> origins;
  };
  static bool Follow(Entry& entry, const std::vector<const std::shared_ptr<const ir::Origin>*>& now);
  static void Complete(Gathered& gathered);

  std::map<ir::UpstreamId, Entry> upstreams_;
  uint64_t round_ = 1;
};

}  // namespace nuncio::translate
