#include "nuncio/envoy/header_edits.h"

#include "envoy/config/core/v3/base.pb.h"

namespace nuncio::envoy {

void SetHeader(const std::string& name, const std::string& value, bool append, pb::HeaderValueOption* proto) {
  proto->mutable_header()->set_key(name);
  proto->mutable_header()->set_value(value);
  if (!append) proto->set_append_action(pb::HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
}

}  // namespace nuncio::envoy
