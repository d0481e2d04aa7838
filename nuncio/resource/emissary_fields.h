#pragma once

#include <array>
#include <cstdint>

#include "nuncio/base/record.h"
#include "nuncio/resource/emissary_common.h"

namespace nuncio::resource {

// Field tables of the parts that several kinds of getambassador.io/v3alpha1 share (emissary reference 1.0 and 1.1;
// words and ranges are those of the CRD schemas). Included by the decoders only.

inline constexpr int64_t kMaxUint32 = UINT32_MAX;
// Longer than any timeout can mean, and far from where a conversion of units could overflow.
inline constexpr int64_t kYearInMs = int64_t{365} * 24 * 3600 * 1000;

// v3alpha1 has a list; a single string, as older versions allow, is read too.
void LoadAmbassadorId(const Json& json, AmbassadorId& out, FieldErrors& errors);
template <typename Owner>
constexpr auto AmbassadorIdField() {
  return CustomField<Owner>{
      "ambassador_id",
      [](const Json& json, Owner& out, FieldErrors& errors) { LoadAmbassadorId(json, out.ambassador_id, errors); },
      false, "ambassadorId"};
}

// Around the spec of each kind: what every object has, read elsewhere (metadata) or not at all.
template <typename... Entries>
constexpr auto Kind(Entries... entries) {
  return Record(Known("apiVersion"), Known("kind"), Known("metadata"), Known("status"), Group("spec", entries...));
}

inline constexpr std::array<std::string_view, 2> kPriorities = {"default", "high"};
inline constexpr std::array<std::string_view, 6> kRetryConditions = {
    "5xx", "gateway-error", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes"};
inline constexpr std::array<std::string_view, 4> kBalancerPolicies = {"round_robin", "ring_hash", "maglev",
                                                                      "least_request"};

constexpr auto FieldsOf(const LabelSelector*) {
  return Record(Optional("matchLabels", &LabelSelector::match_labels),
                Present("matchExpressions", &LabelSelector::has_match_expressions));
}
constexpr auto FieldsOf(const AddedHeader*) {
  return Record(Optional("value", &AddedHeader::value), Optional("append", &AddedHeader::append),
                Known("v2Representation"));
}
constexpr auto FieldsOf(const CircuitBreaker*) {
  return Record(Optional("priority", &CircuitBreaker::priority).OneOf(kPriorities),
                Optional("max_connections", &CircuitBreaker::max_connections).In(0, kMaxUint32),
                Optional("max_pending_requests", &CircuitBreaker::max_pending_requests).In(0, kMaxUint32),
                Optional("max_requests", &CircuitBreaker::max_requests).In(0, kMaxUint32),
                Optional("max_retries", &CircuitBreaker::max_retries).In(0, kMaxUint32));
}
constexpr auto FieldsOf(const Cors*) {
  return Record(Optional("origins", &Cors::origins), Optional("methods", &Cors::methods),
                Optional("headers", &Cors::headers), Optional("exposed_headers", &Cors::exposed_headers),
                Optional("credentials", &Cors::credentials), Optional("max_age", &Cors::max_age),
                Known("v2CommaSeparatedOrigins"));
}
constexpr auto FieldsOf(const RetryPolicy*) {
  return Record(Optional("retry_on", &RetryPolicy::retry_on).OneOf(kRetryConditions),
                Optional("num_retries", &RetryPolicy::num_retries).In(0, kMaxUint32),
                Optional("per_try_timeout", &RetryPolicy::per_try_timeout));
}
constexpr auto FieldsOf(const LoadBalancerCookie*) {
  return Record(Required("name", &LoadBalancerCookie::name), Optional("path", &LoadBalancerCookie::path),
                Optional("ttl", &LoadBalancerCookie::ttl));
}
constexpr auto FieldsOf(const LoadBalancer*) {
  return Record(Required("policy", &LoadBalancer::policy).OneOf(kBalancerPolicies),
                Optional("cookie", &LoadBalancer::cookie), Optional("header", &LoadBalancer::header),
                Optional("source_ip", &LoadBalancer::source_ip));
}
constexpr auto FieldsOf(const KeepAlive*) {
  return Record(Optional("probes", &KeepAlive::probes).In(0, kMaxUint32),
                Optional("idle_time", &KeepAlive::idle_time).In(0, kMaxUint32),
                Optional("interval", &KeepAlive::interval).In(0, kMaxUint32));
}
constexpr auto FieldsOf(const RegexRewrite*) {
  return Record(Optional("pattern", &RegexRewrite::pattern), Optional("substitution", &RegexRewrite::substitution));
}

}  // namespace nuncio::resource
