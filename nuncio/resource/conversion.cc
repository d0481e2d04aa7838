#include "nuncio/resource/conversion.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "nuncio/base/record.h"
#include "nuncio/base/text.h"
#include "nuncio/resource/conversion_fields.h"

namespace nuncio::resource {
namespace {

constexpr std::array<std::string_view, 3> kAllVersions = {kHubVersion, "v2", "v1"};

// A field that has another name in v2 than in v3alpha1, or none.
struct Renaming {
  std::string_view kind;
  std::string_view parent;  // the object of the spec that it is in; "": the spec
  std::string_view v2;      // "": v2 has no such field
  std::string_view hub;
  bool by_hand = false;  // it takes more than another name
};
constexpr Renaming kRenamings[] = {
    {"AuthService", "", "v3StatsName", "stats_name"},
    {"AuthService", "", "v3CircuitBreakers", "circuit_breakers"},
    {"AuthService", "", "", "v2ExplicitTLS"},
    {"Host", "", "selector", "mappingSelector"},
    {"Host", "tls", "v3CRLSecret", "crl_secret"},
    {"LogService", "", "v3ProtocolVersion", "protocol_version"},
    {"LogService", "", "v3StatsName", "stats_name"},
    {"Mapping", "", "host", "hostname", true},
    {"Mapping", "", "v3StatsName", "stats_name"},
    {"Mapping", "", "v3health_checks", "health_checks"},
    {"Mapping", "", "", "v2ExplicitTLS"},
    {"Mapping", "", "", "v2BoolHeaders"},
    {"Mapping", "", "", "v2BoolQueryParameters"},
    {"RateLimitService", "", "v3StatsName", "stats_name"},
    {"RateLimitService", "", "v3GRPC", "grpc"},
    {"RateLimitService", "", "", "v2ExplicitTLS"},
    {"TCPMapping", "", "v3StatsName", "stats_name"},
    {"TCPMapping", "", "", "v2ExplicitTLS"},
    {"TLSContext", "", "v3CRLSecret", "crl_secret"},
    {"TracingService", "", "v3StatsName", "stats_name"},
    {"TracingService", "", "v3CustomTags", "custom_tags"},
    {"TracingService", "config", "v3PropagationModes", "propagation_modes"},
};

constexpr BoolMap kHeaders = {"headers", "regex_headers", "v2BoolHeaders"};
constexpr BoolMap kQueryParameters = {"query_parameters", "regex_query_parameters", "v2BoolQueryParameters"};
constexpr const char* kAddedHeaders[] = {"add_request_headers", "add_response_headers"};
constexpr const char* kRemovedHeaders[] = {"remove_request_headers", "remove_response_headers"};

void MappingToHub(Json& spec) {
  MappingHostToHub(spec);
  TlsToHub(spec, "service", ServiceScheme::kRemembered);
  BoolMapToHub(spec, kHeaders);
  BoolMapToHub(spec, kQueryParameters);
  for (const char* field : kAddedHeaders) AddedHeadersToHub(spec, field);
  for (const char* field : kRemovedHeaders) ListToHub(spec, field);
  CorsToHub(spec);
  LabelsToHub(spec);
}

void MappingFromHub(Json& spec) {
  MappingHostFromHub(spec);
  TlsFromHub(spec, "service", ServiceScheme::kRemembered);
  BoolMapFromHub(spec, kHeaders);
  BoolMapFromHub(spec, kQueryParameters);
  for (const char* field : kAddedHeaders) AddedHeadersFromHub(spec, field);
  CorsFromHub(spec);
  LabelsFromHub(spec);
}

// What is particular to a kind, beside ids and names of fields.
struct KindRow {
  std::string_view kind;
  size_t versions;  // of kAllVersions, from its beginning
  void (*to_hub)(Json& spec) = [](Json&) {};
  void (*from_hub)(Json& spec) = [](Json&) {};
};
constexpr KindRow kKinds[] = {
    {"AuthService", 3, [](Json& spec) { TlsToHub(spec, "auth_service", ServiceScheme::kRemembered); },
     [](Json& spec) { TlsFromHub(spec, "auth_service", ServiceScheme::kRemembered); }},
    {"ConsulResolver", 3},
    {"DevPortal", 3},
    {"Host", 2},
    {"KubernetesEndpointResolver", 3},
    {"KubernetesServiceResolver", 3},
    {"Listener", 1},
    {"LogService", 3},
    {"Mapping", 3, MappingToHub, MappingFromHub},
    {"Module", 3},
    {"RateLimitService", 3, [](Json& spec) { TlsToHub(spec, "service", ServiceScheme::kRemembered); },
     [](Json& spec) { TlsFromHub(spec, "service", ServiceScheme::kRemembered); }},
    {"TCPMapping", 3, [](Json& spec) { TlsToHub(spec, "service", ServiceScheme::kNone); },
     [](Json& spec) { TlsFromHub(spec, "service", ServiceScheme::kNone); }},
    {"TLSContext", 3},
    {"TracingService", 3, TagHeadersToHub, TagHeadersFromHub},
};

const KindRow* Find(std::string_view kind) {
  const auto at =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindRow& row) { return row.kind == kind; });
  return at == std::end(kKinds) ? nullptr : at;
}

// The object that a renamed field is in, if it is one.
Json* ParentOf(const Renaming& renaming, Json& spec) {
  if (renaming.parent.empty()) return &spec;
  const auto at = spec.find(std::string(renaming.parent));
  return at == spec.end() || !at->is_object() ? nullptr : &*at;
}

void Move(Json& object, std::string_view from, std::string_view to) {
  const auto at = object.find(std::string(from));
  if (at == object.end()) return;
  Json value = std::move(*at);
  object.erase(at);
  object[std::string(to)] = std::move(value);
}

template <typename Call>
void ForRenamings(std::string_view kind, Json& spec, Call call) {
  for (const Renaming& renaming : kRenamings) {
    if (renaming.kind != kind) continue;
    if (Json* parent = ParentOf(renaming, spec)) call(renaming, *parent);
  }
}

std::string Segment(std::string_view parent) { return parent.empty() ? "" : Cat(".", parent); }

// Names that only v3alpha1 has mean nothing in v2 (Emissary drops them), and must not begin to.
void DropNamesOfHub(std::string_view kind, std::string_view version, Json& spec, FieldErrors& errors) {
  FieldErrors::Scope in_spec(errors, ".spec");
  ForRenamings(kind, spec, [&](const Renaming& renaming, Json& parent) {
    if (parent.erase(std::string(renaming.hub)) == 0) return;
    FieldErrors::Scope field(errors, Cat(Segment(renaming.parent), ".", renaming.hub));
    errors.AddWarning(Cat("is not a field of ", kEmissaryGroup, "/", version,
                          renaming.v2.empty() ? "" : Cat("; there it is called \"", renaming.v2, "\""),
                          " (it is one of ", kHubVersion, ")"));
  });
}

void WarnOfIgnored(std::string_view kind, const Json& spec, FieldErrors& errors) {
  if (kind != "TracingService" || FindMember(spec, "tag_headers") == nullptr || !spec.contains("v3CustomTags")) return;
  FieldErrors::Scope field(errors, ".spec.tag_headers");
  errors.AddWarning("has no effect beside v3CustomTags; remove one of the two");
}

Json* SpecOf(Json& object) {
  const auto spec = object.find("spec");
  return spec == object.end() || !spec->is_object() ? nullptr : &*spec;
}

}  // namespace

std::span<const std::string_view> VersionsOf(std::string_view kind) {
  const KindRow* row = Find(kind);
  return std::span(kAllVersions).first(row == nullptr ? 0 : row->versions);
}

bool HasVersion(std::string_view kind, std::string_view version) {
  const std::span<const std::string_view> versions = VersionsOf(kind);
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

Json ToHub(Json object, std::string_view kind, std::string_view version, FieldErrors& errors) {
  if (version == kHubVersion) return object;
  object["apiVersion"] = Cat(kEmissaryGroup, "/", kHubVersion);
  Json* spec = SpecOf(object);
  if (spec == nullptr) return object;
  DropNamesOfHub(kind, version, *spec, errors);
  WarnOfIgnored(kind, *spec, errors);
  IdsToHub(*spec);
  ForRenamings(kind, *spec, [](const Renaming& renaming, Json& parent) {
    if (!renaming.by_hand && !renaming.v2.empty()) Move(parent, renaming.v2, renaming.hub);
  });
  Find(kind)->to_hub(*spec);
  return object;
}

Json FromHub(Json object, std::string_view kind, std::string_view version) {
  if (version == kHubVersion) return object;
  object["apiVersion"] = Cat(kEmissaryGroup, "/", version);
  Json* spec = SpecOf(object);
  if (spec == nullptr) return object;
  IdsFromHub(*spec);
  Find(kind)->from_hub(*spec);
  ForRenamings(kind, *spec, [](const Renaming& renaming, Json& parent) {
    if (!renaming.by_hand && !renaming.v2.empty()) Move(parent, renaming.hub, renaming.v2);
  });
  return object;
}

Json Convert(Json object, std::string_view kind, std::string_view from, std::string_view to) {
  if (from == to) return object;
  if (from != kHubVersion && to != kHubVersion) {
    object["apiVersion"] = Cat(kEmissaryGroup, "/", to);
    return object;
  }
  FieldErrors unused;
  return FromHub(ToHub(std::move(object), kind, from, unused), kind, to);
}

std::string PathIn(std::string_view version, std::string_view kind, const std::string& path) {
  if (version == kHubVersion) return path;
  for (const Renaming& renaming : kRenamings) {
    if (renaming.kind != kind || renaming.v2.empty()) continue;
    const std::string place = Cat("spec", Segment(renaming.parent), ".");
    const std::string name = Cat(place, renaming.hub);
    if (!path.starts_with(name)) continue;
    const std::string rest = path.substr(name.size());
    if (rest.empty() || rest.front() == '.' || rest.front() == '[') return Cat(place, renaming.v2, rest);
  }
  return path;
}

}  // namespace nuncio::resource
