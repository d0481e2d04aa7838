#include "nuncio/translate/emissary/mapping_match.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "nuncio/base/text.h"

namespace nuncio::translate::emissary {
namespace {

constexpr char kAuthority[] = ":authority";

void AppendAll(const resource::StringMap& pairs, bool regex, std::vector<NamedMatch>& out) {
  for (const auto& [name, value] : pairs) out.push_back({name, value, regex});
}

size_t Characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

// Emissary writes a value that is empty as "*" here.
std::string_view WeighedValue(const NamedMatch& match) { return match.value.empty() ? "*" : match.value; }

size_t LengthOf(const std::vector<NamedMatch>& matches) {
  size_t sum = 0;
  for (const NamedMatch& match : matches) {
    sum += Characters(match.name) + Characters(WeighedValue(match)) + (match.regex ? 1 : 0);
  }
  return sum;
}

// Big-endian: bytes then compare as the numbers do.
void AppendNumber(uint64_t number, std::string& key) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
}

// The end compares below every byte of a longer text; a NUL in the text is written so that it compares above the end.
void AppendText(std::string_view text, std::string& key) {
  for (const char c : text) {
    key += c;
    if (c == '\0') key += '\1';
  }
  key.append(2, '\0');
}

ir::StringMatch ValueMatchOf(const NamedMatch& match) {
  return {match.regex ? ir::StringMatch::Kind::kRegex : ir::StringMatch::Kind::kExact, std::string(match.value), false};
}

ir::StringMatch HostMatchOf(const NamedMatch& match) {
  if (!match.regex && match.value.starts_with('*'))
    return {ir::StringMatch::Kind::kSuffix, std::string(match.value.substr(1)), false};
  if (!match.regex && match.value.ends_with('*')) {
    return {ir::StringMatch::Kind::kPrefix, std::string(match.value.substr(0, match.value.size() - 1)), false};
  }
  return ValueMatchOf(match);
}

}  // namespace

MappingHost HostOf(const resource::Mapping& mapping) {
  if (!mapping.hostname.empty()) return {MappingHost::Kind::kGlob, mapping.hostname, "hostname"};
  if (!mapping.host->empty()) {
    const bool regex = mapping.host_regex.value_or(false);
    return {regex ? MappingHost::Kind::kRegex : MappingHost::Kind::kGlob, *mapping.host, "host"};
  }
  if (const auto at = mapping.headers->find(kAuthority); at != mapping.headers->end()) {
    return {MappingHost::Kind::kGlob, at->second, "headers[':authority']"};
  }
  return {};
}

RequestMatches RequestMatchesOf(const resource::Mapping& mapping, const MappingHost& host) {
  RequestMatches matches;
  for (const auto& [name, value] : *mapping.headers) {
    if (name != kAuthority) matches.headers.push_back({name, value, false});
  }
  AppendAll(mapping.regex_headers, true, matches.headers);
  if (host.kind != MappingHost::Kind::kNone) {
    matches.headers.push_back({kAuthority, host.value, host.kind == MappingHost::Kind::kRegex});
  }
  if (!mapping.method->empty()) {
    matches.headers.push_back({":method", *mapping.method, mapping.method_regex.value_or(false)});
  }
  AppendAll(mapping.query_parameters, false, matches.query);
  AppendAll(mapping.regex_query_parameters, true, matches.query);
  return matches;
}

ir::PathMatch PathMatchOf(const resource::Mapping& mapping) {
  ir::PathMatch match{ir::PathMatch::Kind::kPrefix, mapping.prefix, mapping.case_sensitive.value_or(true)};
  if (mapping.prefix_exact.value_or(false)) match.kind = ir::PathMatch::Kind::kExact;
  if (mapping.prefix_regex.value_or(false)) match.kind = ir::PathMatch::Kind::kRegex;
  return match;
}

std::vector<ir::HeaderMatch> HeaderMatchesOf(const RequestMatches& matches) {
  std::vector<ir::HeaderMatch> out;
  for (const NamedMatch& match : matches.headers) {
    const bool is_host = match.name == kAuthority;
    if (is_host && !match.regex && match.value == "*") continue;
    out.push_back({std::string(match.name), is_host ? HostMatchOf(match) : ValueMatchOf(match), false});
  }
  return out;
}

std::vector<ir::QueryMatch> QueryMatchesOf(const RequestMatches& matches) {
  std::vector<ir::QueryMatch> out;
  for (const NamedMatch& match : matches.query) out.push_back({std::string(match.name), ValueMatchOf(match)});
  return out;
}

std::string RouteWeightOf(const resource::Mapping& mapping, const RequestMatches& matches) {
  std::string key;
  // The sign bit turned over puts negative numbers first.
  AppendNumber(static_cast<uint64_t>(mapping.precedence.value_or(0)) ^ (uint64_t{1} << 63), key);
  AppendNumber(Characters(mapping.prefix), key);
  AppendNumber(LengthOf(matches.headers), key);
  AppendNumber(LengthOf(matches.query), key);
  AppendText(mapping.prefix, key);
  AppendText(mapping.method->empty() ? "GET" : *mapping.method, key);
  for (const std::vector<NamedMatch>* list : {&matches.headers, &matches.query}) {
    for (const NamedMatch& match : *list) AppendText(Cat(match.name, "-", WeighedValue(match)), key);
  }
  key.shrink_to_fit();
  return key;
}

}  // namespace nuncio::translate::emissary
