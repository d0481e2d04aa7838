#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// Takes one line of the head of an HTTP answer into `head`; a status line (of a proxy, "100 Continue") begins it anew.
// Retry-After may be seconds or a date, which `now` makes seconds of; longer than an hour is an hour.
void TakeHeaderLine(std::string_view line, absl::Time now, Head& head);

}  // namespace nuncio::kube
