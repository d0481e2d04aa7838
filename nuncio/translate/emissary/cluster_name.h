#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nuncio::translate::emissary {

// SHA1 in lower-case hexadecimal digits.
std::string Sha1(std::string_view bytes);

// The name under which dashboards know a cluster (emissary reference 3.6): the parts that are not empty, joined by "_",
// every character outside [0-9A-Za-z_] a "_". One of more than 60 characters keeps its first 40 and a digest of the
// whole. Not injective by itself: an upstream's discriminator makes up for it, so the index at the end is always 0.
std::string ClusterName(const std::vector<std::string>& parts);

// Characters outside [0-9A-Za-z_] become "_".
std::string StatName(std::string_view text);

}  // namespace nuncio::translate::emissary
