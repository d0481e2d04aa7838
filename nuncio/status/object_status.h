#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nuncio/resource/meta.h"
#include "nuncio/status/load_balancer.h"

namespace nuncio::status {

// What is said of every object, in the order in which it is written. The types are those of the Gateway API
// (https://gateway-api.sigs.k8s.io/geps/gep-1364/).
//
// Accepted: the object is taken as it is; warnings and notices are in its message.
// Programmed: Envoy has acknowledged a configuration that holds this generation of the object, and refuses none of it.
// ResolvedRefs: what the object names is there.
enum class Type { kAccepted, kProgrammed, kResolvedRefs };
inline constexpr std::array<Type, 3> kTypes = {Type::kAccepted, Type::kProgrammed, Type::kResolvedRefs};
inline constexpr std::array<std::string_view, 3> kTypeNames = {"Accepted", "Programmed", "ResolvedRefs"};

enum class Truth : uint8_t { kUnknown, kTrue, kFalse };
inline constexpr std::array<std::string_view, 3> kTruthNames = {"Unknown", "True", "False"};

struct Condition {
  Truth truth = Truth::kUnknown;
  std::string reason;   // CamelCase, never empty
  std::string message;  // at most kMessageBytes
  bool operator==(const Condition&) const = default;
};
inline constexpr size_t kMessageBytes = 2048;

// The status that one object is to have: of a kind of getambassador.io, or an Ingress, which has addresses alone.
struct ObjectStatus {
  std::string kind;
  resource::ObjectKey key;
  std::string uid;         // empty: not known, of an object that did not decode
  int64_t generation = 0;  // that this is said of; 0: not known
  std::array<Condition, kTypes.size()> conditions;
  // Emissary's own fields, by name: of a Mapping `state` and `reason`, of a Host `state` and `errorReason`.
  std::vector<std::pair<std::string, std::string>> fields;
  LoadBalancerAddresses addresses;  // of an Ingress

  const Condition& of(Type type) const { return conditions[static_cast<size_t>(type)]; }
  Condition& of(Type type) { return conditions[static_cast<size_t>(type)]; }
  bool operator==(const ObjectStatus&) const = default;
};

}  // namespace nuncio::status
