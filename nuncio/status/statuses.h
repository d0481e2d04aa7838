#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "nuncio/base/shared.h"
#include "nuncio/ir/finding.h"
#include "nuncio/status/object_status.h"
#include "nuncio/store/snapshot.h"

namespace nuncio::status {

// Kind, namespace and name.
using Name = std::tuple<std::string, std::string, std::string>;

// UID and generation: the same for as long as what the user wrote is the same.
using Version = std::pair<std::string, int64_t>;

// Of every object that has a status.
std::map<Name, Version> VersionsOf(const store::Snapshot& snapshot);

// What was acknowledged by Envoy: the objects, and those that a listener or a table of routes came from.
struct Acknowledged {
  store::SnapshotPtr snapshot;  // null: nothing yet
  Shared<std::set<Name>> in_envoy;
};

struct Inputs {
  const store::Snapshot& snapshot;   // the newest
  const ir::Findings& findings;      // of the newest
  const ir::Findings& refused;       // by Envoy, now (code::kEnvoyRefused)
  const Acknowledged& acknowledged;  // what Envoy acknowledged last
  const std::string& ambassador_id;
};

// The status of every object of getambassador.io that this instance takes, sorted by kind, namespace and name; objects
// that did not decode among them. A pure function.
//
// Left out: what is for another AMBASSADOR_ID, and what stands in an annotation or a file, which has no status (known
// by its missing UID).
std::vector<ObjectStatus> StatusesOf(const Inputs& inputs);

}  // namespace nuncio::status
