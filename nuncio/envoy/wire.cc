#include "nuncio/envoy/wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>

namespace nuncio::envoy {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

void AppendFieldHeader(int number, size_t size, std::string& bytes) {
  constexpr size_t kVarintBytes = 5;  // the most that 32 bits take
  std::array<uint8_t, 2 * kVarintBytes> start;
  uint8_t* end = WireFormatLite::WriteTagToArray(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, start.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(size), end);
  bytes.append(start.data(), end);
}

void AppendField(int number, std::string_view value, std::string& bytes) {
  AppendFieldHeader(number, value.size(), bytes);
  bytes += value;
}

}  // namespace nuncio::envoy
