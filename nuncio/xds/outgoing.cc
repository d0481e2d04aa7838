#include "nuncio/xds/outgoing.h"

#include <google/protobuf/any.pb.h>

#include "nuncio/envoy/wire.h"

namespace nuncio::xds {
namespace {

using google::protobuf::Any;

constexpr size_t kWorthAPiece = 4096;  // bytes; less is copied sooner than handed over

// An Any up to its value.
std::string AnyHead(std::string_view type_url, size_t value_size) {
  std::string head;
  envoy::AppendField(Any::kTypeUrlFieldNumber, type_url, head);
  envoy::AppendFieldHeader(Any::kValueFieldNumber, value_size, head);
  return head;
}

}  // namespace

void Outgoing::Append(std::string_view fields) {
  if (pieces_.empty() || pieces_.back().resource != nullptr) pieces_.emplace_back();
  pieces_.back().bytes += fields;
  size_ += fields.size();
}

void Outgoing::AppendValue(const envoy::ResourcePtr& resource) {
  if (resource->bytes.size() < kWorthAPiece) return Append(resource->bytes);
  pieces_.back().resource = resource;
  size_ += resource->bytes.size();
}

void Outgoing::AppendAny(int number, std::string_view type_url, const envoy::ResourcePtr& resource) {
  const std::string any = AnyHead(type_url, resource->bytes.size());
  std::string head;
  envoy::AppendFieldHeader(number, any.size() + resource->bytes.size(), head);
  Append(head + any);
  AppendValue(resource);
}

void Outgoing::AppendWrapped(int number, std::string_view fields, int inner, std::string_view type_url,
                             const envoy::ResourcePtr& resource) {
  const std::string any = AnyHead(type_url, resource->bytes.size());
  std::string wrapper(fields);
  envoy::AppendFieldHeader(inner, any.size() + resource->bytes.size(), wrapper);
  wrapper += any;
  std::string head;
  envoy::AppendFieldHeader(number, wrapper.size() + resource->bytes.size(), head);
  Append(head + wrapper);
  AppendValue(resource);
}

std::string Outgoing::Join() const {
  std::string joined;
  for (const Piece& piece : pieces_) {
    joined += piece.bytes;
    if (piece.resource != nullptr) joined += piece.resource->bytes;
  }
  return joined;
}

}  // namespace nuncio::xds
