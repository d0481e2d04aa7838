#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/route.h"

namespace nuncio::envoy {

// Without `append` the value takes the place of what is there.
void SetHeader(const std::string& name, const std::string& value, bool append, pb::HeaderValueOption* proto);

// `Proto` is a Route or a VirtualHost.
template <typename Proto>
void SetRequestHeaderEdits(const ir::HeaderEdits& edits, Proto* proto) {
  for (const auto& header : edits.add) {
    SetHeader(header.name, header.value, header.append, proto->add_request_headers_to_add());
  }
  for (const auto& name : edits.remove) proto->add_request_headers_to_remove(name);
}

template <typename Proto>
void SetResponseHeaderEdits(const ir::HeaderEdits& edits, Proto* proto) {
  for (const auto& header : edits.add) {
    SetHeader(header.name, header.value, header.append, proto->add_response_headers_to_add());
  }
  for (const auto& name : edits.remove) proto->add_response_headers_to_remove(name);
}

}  // namespace nuncio::envoy
