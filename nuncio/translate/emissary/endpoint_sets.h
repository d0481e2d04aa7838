#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nuncio/ir/finding.h"
#include "nuncio/ir/upstream.h"
#include "nuncio/translate/emissary/endpoints.h"
#include "nuncio/translate/model_builder.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate::emissary {

// That something sends requests to a port of a Service.
struct EndpointUse {
  std::string set;                             // the name of the EndpointSet
  const resource::Service* service = nullptr;  // null: there is none, and the set is empty
  int64_t port = 0;
  std::shared_ptr<const ir::Origin> origin;  // who uses it
};
using EndpointUses = std::vector<EndpointUse>;

// Makes the endpoint sets of a model. Remembers those of the last one: a set whose Service and EndpointSlices are the
// same objects is the same set. Not thread-safe; lives as long as the process.
class EndpointSets {
 public:
  // Adds the set of every use. REQUIRES: the slices, and the Services of the uses, live until the next call has ended,
  // so that a pointer stands for one object.
  void Add(const std::vector<const EndpointUse*>& uses, const store::Table<resource::EndpointSlice>& slices,
           ModelBuilder& builder, Report& report);

 private:
  struct Entry {
    const resource::Service* service = nullptr;
    std::vector<const resource::EndpointSlice*> slices;
    ir::EndpointSetPtr set;
    ir::Findings findings;
    bool used = false;
  };
  void Make(const EndpointUse& use, Entry& entry) const;

  store::Table<resource::EndpointSlice> slices_;
  EndpointIndex index_{slices_};
  std::map<std::string, Entry> entries_;
};

}  // namespace nuncio::translate::emissary
