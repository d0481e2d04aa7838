#include "nuncio/translate/emissary/cluster_name.h"

#include <openssl/sha.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace nuncio::translate::emissary {
namespace {

constexpr size_t kLongest = 60;
constexpr size_t kKept = 40;
constexpr size_t kDigestLength = 16;

}  // namespace

std::string Sha1(std::string_view bytes) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), sizeof(digest)});
}

std::string StatName(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

std::string ClusterName(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!part.empty()) absl::StrAppend(&joined, joined.empty() ? "" : "_", part);
  }
  const std::string name = StatName(joined);
  if (name.size() <= kLongest) return name;
  const std::string digest = absl::AsciiStrToUpper(Sha1(name).substr(0, kDigestLength));
  return absl::StrCat(name.substr(0, kKept), "-", digest, "-0");
}

}  // namespace nuncio::translate::emissary
