#include "nuncio/base/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <string>
#include <vector>

namespace nuncio {
namespace {

// A hostile name is not worth comparing.
constexpr size_t kLongest = 64;

std::string Folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '_' && c != '-') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// How many insertions, deletions, replacements and swaps of neighbours lead from one to the other.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string_view Nearest(std::string_view text, std::span<const std::string_view> names) {
  if (text.size() > kLongest) return {};
  const std::string folded = Folded(text);
  std::string_view best;
  size_t least = folded.size() < 4 ? 2 : 3;  // one slip in a short word, two in a longer one
  for (const std::string_view name : names) {
    const size_t distance = Distance(folded, Folded(name));
    if (distance >= least) continue;
    least = distance;
    best = name;
  }
  return best;
}

}  // namespace nuncio
