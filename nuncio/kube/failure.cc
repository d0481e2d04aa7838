#include "nuncio/kube/failure.h"

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

using Kind = Failure::Kind;

Kind KindOf(const ServerStatus& status, bool told_when) {
  if (status.too_large_resource_version) return Kind::kUnreached;
  switch (status.code) {
    case 400:
    case 405:
    case 422:
    case 501:
      return Kind::kUnsupported;
    case 403:
      return Kind::kForbidden;
    case 404:
      return Kind::kAbsent;
    case 410:
      return Kind::kExpired;
    case 429:
      return Kind::kTooMany;
    case 503:
      return told_when ? Kind::kTooMany : Kind::kServer;
    default:
      return status.reason == "Expired" || status.reason == "Gone" ? Kind::kExpired : Kind::kServer;
  }
}

Kind KindOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kFailedPrecondition:
      return Kind::kServer;
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kResourceExhausted:
      return Kind::kGarbled;
    default:
      return Kind::kConnection;
  }
}

}  // namespace

Failure FailureOf(const ServerStatus& status, std::optional<Duration> retry_after) {
  if (!retry_after.has_value()) retry_after = status.retry_after;
  const std::string what = status.message.empty() ? status.reason : status.message;
  return {KindOf(status, retry_after.has_value()),
          Cat("the API server answers ", status.code, what.empty() ? "" : ": ", what), retry_after};
}

Failure FailureOf(const absl::Status& status) {
  return {KindOf(status.code()), std::string(status.message()), std::nullopt};
}

}  // namespace nuncio::kube
