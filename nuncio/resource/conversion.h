#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nuncio/base/field_errors.h"
#include "nuncio/base/json.h"

namespace nuncio::resource {

// The versions of getambassador.io (emissary reference 1.13). v3alpha1 is the hub: everything is read in it, and every
// conversion leads through it. v1 has the fields of v2. Pure functions of JSON: a manifest, an object of an API server
// and one that a conversion webhook is asked for go through the same ones.
//
// They are total: a value of an unexpected type stays where it is, so that whoever reads the result says what is wrong
// with it, and a conversion webhook, which must answer for every object there is, loses nothing.

inline constexpr std::string_view kEmissaryGroup = "getambassador.io";
inline constexpr std::string_view kHubVersion = "v3alpha1";

// The versions in which a kind of the group exists, newest first; empty: there is no such kind.
std::span<const std::string_view> VersionsOf(std::string_view kind);
bool HasVersion(std::string_view kind, std::string_view version);

// An object in v3alpha1. Warnings, at the path in the object as it was written, for what its version does not have or
// ignores. REQUIRES: `object` is a JSON object, and HasVersion(kind, version) for its kind and the version it is in.
Json ToHub(Json object, std::string_view kind, std::string_view version, FieldErrors& errors);

// The reverse: an object of v3alpha1 in `version`. What it means there, and what ToHub makes of it, is the same.
// REQUIRES: `object` is a JSON object; HasVersion(kind, version).
Json FromHub(Json object, std::string_view kind, std::string_view version);

// From any version into any other, warnings left out. What is the same in both stays untouched: v1 and v2 differ in
// nothing but the name. REQUIRES: as above, for both versions.
Json Convert(Json object, std::string_view kind, std::string_view from, std::string_view to);

// The path ("spec.stats_name") of a field of v3alpha1 as `version` has it ("spec.v3StatsName").
std::string PathIn(std::string_view version, std::string_view kind, const std::string& path);

}  // namespace nuncio::resource
