#pragma once

#include <google/protobuf/duration.pb.h>

#include <chrono>

namespace nuncio::envoy {

// Also of negative durations: protobuf wants seconds and nanoseconds of the same sign, as C++ division gives them.
inline google::protobuf::Duration MakeDuration(std::chrono::milliseconds duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(duration.count() / 1000);
  proto.set_nanos(static_cast<int32_t>(duration.count() % 1000) * 1'000'000);
  return proto;
}

}  // namespace nuncio::envoy
