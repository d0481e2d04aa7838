#include "nuncio/kube/target.h"

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::string Encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string PathOf(const ServedKind& kind, const Scope& scope,
                   const std::vector<std::pair<std::string, std::string>>& query) {
  std::string path = kind.group.empty() ? Cat("/api/", kind.version) : Cat("/apis/", kind.group, "/", kind.version);
  if (kind.namespaced && !scope.ns.empty()) path += Cat("/namespaces/", Encoded(scope.ns));
  path += Cat("/", kind.plural);
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    path += separator;
    path += Cat(name, "=", Encoded(value));
    separator = '&';
  };
  if (!scope.label_selector.empty()) add("labelSelector", scope.label_selector);
  if (!scope.field_selector.empty()) add("fieldSelector", scope.field_selector);
  for (const auto& [name, value] : query) add(name, value);
  return path;
}

}  // namespace nuncio::kube
