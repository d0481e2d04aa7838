#pragma once

#include <string>
#include <unordered_map>

#include "nuncio/envoy/references.h"
#include "nuncio/envoy/refusals.h"
#include "nuncio/ir/route.h"

namespace nuncio::envoy {

// The routes of one model as Envoy gets them. 10,000 virtual hosts may share a route: it is made, judged and serialized
// once. Not thread-safe; one per Generate. REQUIRES: the arguments outlive this and do not change, but for refusals
// that are added.
class RouteBytes {
 public:
  RouteBytes(const References& known, Refusals& refusals) : known_(known), refusals_(refusals) {}

  // The serialized message. Null when Envoy would refuse it; that is reported once. Valid as long as this is.
  const std::string* Get(const ir::RoutePtr& route);

 private:
  const References& known_;
  Refusals& refusals_;
  // The keys are held by the model. Empty: refused, for no route is empty: it has a match.
  std::unordered_map<const ir::Route*, std::string> made_;
};

}  // namespace nuncio::envoy
