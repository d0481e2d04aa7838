#include "nuncio/base/digest.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"

namespace nuncio {

std::string Digest(std::string_view bytes) {
  return absl::StrCat(absl::Hex(XXH3_128bits(bytes.data(), bytes.size()).low64, absl::kZeroPad16));
}

}  // namespace nuncio
