#pragma once

#include <compare>
#include <memory>
#include <string>
#include <vector>

#include "nuncio/base/field_errors.h"
#include "nuncio/resource/core.h"
#include "nuncio/resource/edge.h"
#include "nuncio/resource/mapping.h"
#include "nuncio/resource/meta.h"
#include "nuncio/resource/module.h"
#include "nuncio/store/table.h"

namespace nuncio::store {

// Something that the source could not take as it is: a file that does not parse, an object with field errors, the same
// object twice. `kind`, `ns` and `name` are empty when they could not be read.
struct SourceProblem {
  std::string kind;
  resource::ObjectKey key;
  resource::Source source;
  FieldErrors::Entry error;       // path, message, and whether the object is unusable
  bool last_good_serves = false;  // an earlier version of the object is in its table in place of this one
  std::string code;               // one of store/problem_code.h
  std::string uid;                // of the version that could not be taken; empty outside of a cluster
  int64_t generation = 0;         // likewise
  bool of_kind = false;           // it concerns no object, but what is known of the kind; what was known stays

  bool operator==(const SourceProblem&) const = default;
};

// There is an object that could not be taken, whatever it was meant to do.
inline bool HidesAnObject(const SourceProblem& problem) {
  return problem.error.weight == FieldErrors::Weight::kError && !problem.of_kind;
}

// Everything that the source holds, at one moment. Immutable once made, free to share between threads.
// Invariant: every object in a table decoded without an error; a problem's object stands in a table only when the
// problem is a warning, an earlier version serves in its place, or another definition does ("duplicate").
struct Snapshot {
  Table<resource::Listener> listeners;
  Table<resource::Host> hosts;
  Table<resource::Mapping> mappings;
  Table<resource::TcpMapping> tcp_mappings;
  Table<resource::TlsContext> tls_contexts;
  Table<resource::Module> modules;
  Table<resource::KubernetesServiceResolver> service_resolvers;
  Table<resource::KubernetesEndpointResolver> endpoint_resolvers;
  Table<resource::Service> services;
  Table<resource::Secret> secrets;
  Table<resource::EndpointSlice> endpoint_slices;
  Table<resource::Namespace> namespaces;
  std::vector<std::shared_ptr<const resource::UnbuiltObject>> unbuilt;  // sorted by (kind, namespace, name)
  std::vector<SourceProblem> problems;                                  // sorted by source, then path

  // The same objects, not merely equal ones, with the same problems.
  bool operator==(const Snapshot&) const = default;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace nuncio::store
