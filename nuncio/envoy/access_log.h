#pragma once

#include "nuncio/envoy/protos.h"
#include "nuncio/ir/listener.h"

namespace nuncio::envoy {

pb::AccessLog MakeAccessLog(const ir::AccessLog& log);

}  // namespace nuncio::envoy
