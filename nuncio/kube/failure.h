#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "nuncio/kube/decode.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// Why a list or a watch did not give what it should, by what is to be done about it.
struct Failure {
  enum class Kind {
    kExpired,      // 410: the version is too old; list again
    kUnreached,    // the version is newer than this server knows (a backup was restored); list again
    kTooMany,      // 429, or 503 with Retry-After: wait as told
    kForbidden,    // 403: ask seldom
    kAbsent,       // 404: the server has no such kind; ask seldom
    kUnsupported,  // 400, 405, 422, 501: this way of asking is not understood
    kServer,       // anything else that the server says
    kConnection,   // no answer, or one that broke off
    kGarbled,      // an answer that is not what it should be
  };
  Kind kind = Kind::kServer;
  std::string message;
  std::optional<Duration> retry_after;
};

// From an answer that is no 200, or an ERROR event; `head` has the answer's Retry-After.
Failure FailureOf(const ServerStatus& status, std::optional<Duration> retry_after = std::nullopt);
// From the end of a request, a decoder (DataLoss) or discovery (FailedPrecondition); not ok. A body over the limit of
// Fetch is garbled.
Failure FailureOf(const absl::Status& status);

}  // namespace nuncio::kube
