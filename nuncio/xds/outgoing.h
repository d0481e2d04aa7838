#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/envoy/config.h"

namespace nuncio::xds {

// A response as the bytes that go to Envoy, in pieces: a large resource is sent from where it lies, without being
// copied. Not thread-safe.
class Outgoing {
 public:
  // Bytes, and after them those of a resource if there is one.
  struct Piece {
    std::string bytes;
    envoy::ResourcePtr resource;
  };

  // `fields` are fields of the response, as protobuf writes them. REQUIRES of all: they are shorter than 2 GiB.
  void Append(std::string_view fields);
  // A field `number` of the response that is the resource in an Any.
  void AppendAny(int number, std::string_view type_url, const envoy::ResourcePtr& resource);
  // A field `number` of the response that is a message: `fields`, and a field `inner` that is the resource in an Any.
  void AppendWrapped(int number, std::string_view fields, int inner, std::string_view type_url,
                     const envoy::ResourcePtr& resource);

  const std::vector<Piece>& pieces() const { return pieces_; }
  size_t size() const { return size_; }
  // All of it in one string.
  std::string Join() const;

 private:
  void AppendValue(const envoy::ResourcePtr& resource);

  std::vector<Piece> pieces_;
  size_t size_ = 0;
};

}  // namespace nuncio::xds
