#pragma once

#include <string>
#include <string_view>

namespace nuncio::envoy {

// Appends a length-delimited field of protobuf's wire format: a message within a message, whose bytes are known.
// REQUIRES: `value` is shorter than 2 GiB, as every message is.
void AppendField(int number, std::string_view value, std::string& bytes);

}  // namespace nuncio::envoy
