#pragma once

#include <string>

#include "nuncio/kube/source.h"

namespace nuncio::app {

// What the Kubernetes source measures of itself, in the text exposition format of Prometheus.
std::string MetricsText(const kube::SourceReport& report);

}  // namespace nuncio::app
