#include "nuncio/files/locate.h"

#include <algorithm>
#include <utility>

#include "nuncio/files/manifest_file.h"

namespace nuncio::files {
namespace {

// "spec.a[x.y][2].b" is spec, a, x.y, 2, b.
std::vector<std::string> Segments(std::string_view field) {
  std::vector<std::string> out;
  while (!field.empty()) {
    if (field.front() == '.') {
      field.remove_prefix(1);
      continue;
    }
    const bool bracket = field.front() == '[';
    const size_t end = std::min(bracket ? field.find(']') : field.find_first_of(".["), field.size());
    out.emplace_back(field.substr(bracket ? 1 : 0, bracket ? end - 1 : end));
    field.remove_prefix(std::min(end + (bracket ? 1 : 0), field.size()));
  }
  return out;
}

const LineTree* Member(const LineTree& tree, std::string_view name) {
  const auto at = tree.members.find(name);
  return at == tree.members.end() ? nullptr : &at->second;
}

// The object whose first line this is: a document, or an item of a List.
const LineTree* ObjectAt(const LineTree& tree, int line, int depth) {
  const LineTree* items = depth < 4 ? Member(tree, "items") : nullptr;
  if (items != nullptr) {
    for (const auto& [index, item] : items->members) {
      if (const LineTree* found = ObjectAt(item, line, depth + 1)) return found;
    }
  }
  return tree.line == line ? &tree : nullptr;
}

}  // namespace

const std::vector<YamlDocument>& FieldLocator::Documents(const std::string& file) {
  const auto [at, fresh] = files_.try_emplace(file);
  if (!fresh) return at->second;
  if (const absl::StatusOr<std::string> text = ReadManifest(file); text.ok()) {
    YamlLimits limits;
    limits.marked_depth = limits.depth;
    at->second = ParseManifest(file, *text, limits).documents;
  }
  return at->second;
}

int FieldLocator::LineOf(const resource::Source& source, std::string_view field) {
  if (source.file->empty()) return source.line;
  const LineTree* at = nullptr;
  for (const YamlDocument& document : Documents(source.file)) {
    if ((at = ObjectAt(document.lines, source.line, 0)) != nullptr) break;
  }
  if (at == nullptr) return source.line;
  for (const std::string& segment : Segments(field)) {
    const LineTree* member = Member(*at, segment);
    if (member == nullptr) break;
    at = member;
  }
  return at->line;
}

int LineOf(const resource::Source& source, std::string_view field) { return FieldLocator().LineOf(source, field); }

}  // namespace nuncio::files
