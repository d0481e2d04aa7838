#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nuncio::envoy {

// Length-delimited fields of protobuf's wire format, such as messages within messages, whose bytes are known.
// REQUIRES of both: the value is shorter than 2 GiB, as every message is.

// What stands before the value: its number and its size in bytes.
void AppendFieldHeader(int number, size_t size, std::string& bytes);
void AppendField(int number, std::string_view value, std::string& bytes);

}  // namespace nuncio::envoy
