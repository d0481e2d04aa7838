#pragma once

#include <string>

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

// The routes arrive by RDS under the name `route_configuration`.
pb::HttpConnectionManager MakeHttpConnectionManager(const ir::Listener& listener,
                                                    const std::string& route_configuration);

}  // namespace nuncio::envoy
