#include "nuncio/translate/emissary/host_glob.h"

namespace nuncio::translate::emissary {
namespace {

// `glob` starts with a star.
bool SuffixGlobOverlaps(std::string_view glob, std::string_view other) {
  const std::string_view suffix = glob.substr(1);
  const std::string_view rest = other.substr(1);  // behind its star, or behind the one character the star must eat
  if (other.starts_with('*') && rest.size() < suffix.size()) return suffix.ends_with(rest);
  return rest.ends_with(suffix);
}

// `glob` ends with a star.
bool PrefixGlobOverlaps(std::string_view glob, std::string_view other) {
  const std::string_view prefix = glob.substr(0, glob.size() - 1);
  const std::string_view rest = other.substr(0, other.size() - 1);
  if (other.ends_with('*') && rest.size() < prefix.size()) return prefix.starts_with(rest);
  return rest.starts_with(prefix);
}

}  // namespace

bool HostGlobsOverlap(std::string_view a, std::string_view b) {
  if (a == b || a == "*" || b == "*") return true;
  if (a.empty() || b.empty() || a.front() == '.' || b.front() == '.') return false;
  const bool a_starts = a.front() == '*', a_ends = a.back() == '*';
  const bool b_starts = b.front() == '*', b_ends = b.back() == '*';
  if ((a_starts && a_ends) || (b_starts && b_ends)) return false;
  if ((a_starts && b_ends) || (a_ends && b_starts)) return true;
  if (a_starts) return SuffixGlobOverlaps(a, b);
  if (b_starts) return SuffixGlobOverlaps(b, a);
  if (a_ends) return PrefixGlobOverlaps(a, b);
  if (b_ends) return PrefixGlobOverlaps(b, a);
  return false;
}

}  // namespace nuncio::translate::emissary
