#include "nuncio/base/utf8.h"

#include <cstdint>

namespace nuncio {
namespace {

// What may follow a lead byte: how many bytes, and the range of the first of them.
struct Sequence {
  size_t continuation = 0;
  uint8_t least = 0x80;
  uint8_t most = 0xbf;
};

bool SequenceOf(uint8_t lead, Sequence& out) {
  if (lead >= 0xc2 && lead <= 0xdf) return out = {1}, true;
  if (lead == 0xe0) return out = {2, 0xa0, 0xbf}, true;
  if (lead == 0xed) return out = {2, 0x80, 0x9f}, true;
  if (lead >= 0xe1 && lead <= 0xef) return out = {2}, true;
  if (lead == 0xf0) return out = {3, 0x90, 0xbf}, true;
  if (lead >= 0xf1 && lead <= 0xf3) return out = {3}, true;
  if (lead == 0xf4) return out = {3, 0x80, 0x8f}, true;
  return false;
}

}  // namespace

size_t ValidUtf8Prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<uint8_t>(text[at]);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    Sequence sequence;
    if (!SequenceOf(lead, sequence) || at + sequence.continuation >= text.size()) return at;
    for (size_t i = 1; i <= sequence.continuation; ++i) {
      const auto byte = static_cast<uint8_t>(text[at + i]);
      const bool first = i == 1;
      if (byte < (first ? sequence.least : 0x80) || byte > (first ? sequence.most : 0xbf)) return at;
    }
    at += sequence.continuation + 1;
  }
  return at;
}

size_t CutBetweenCharacters(std::string_view text, size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<uint8_t>(text[most]) & 0xc0) == 0x80) --most;
  return most;
}

}  // namespace nuncio
