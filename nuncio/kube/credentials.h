#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "nuncio/kube/config.h"
#include "nuncio/kube/exec_plugin.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// What a request is to carry now. Files (the token of a Pod, which the kubelet renews each hour; certificates and
// authorities that rotate) are read again when they are a minute old, or distrusted. Belongs to the thread of its loop.
class Credentials {
 public:
  static constexpr Duration kFresh{60'000};
  static constexpr Duration kLeastBetweenReads{1'000};

  struct Pems {
    std::string authority, certificate, key;
    bool operator==(const Pems&) const = default;
  };

  explicit Credentials(ClientConfig config) : config_(std::move(config)) {}

  const ClientConfig& config() const { return config_; }
  // Reads what has to be read. A file that is there no more keeps what it said: a rotation may be under way. Errors
  // (Unauthenticated): one that could never be read.
  absl::Status Refresh(Time now);
  // They were refused: 401, or a handshake that failed. The next Refresh reads all of it again, within reason.
  void Distrust();

  // The exec plugin has to be run before the next request.
  bool NeedsExec(absl::Time now) const;
  void OnExec(const ExecCredential& credential);

  // The value of the header; empty: none.
  std::string Authorization() const;
  // Of now.
  const Pems& pems() const { return pems_; }
  uint64_t reads() const { return reads_; }  // of files, that brought something new

 private:
  absl::Status Read(const FileOrText& from, std::string& to);

  const ClientConfig config_;
  bool distrusted_ = true;
  bool exec_distrusted_ = false;
  Time read_at_;
  bool read_ = false;
  std::string token_;
  Pems pems_;
  ExecCredential exec_;
  bool executed_ = false;
  uint64_t reads_ = 0;
};

}  // namespace nuncio::kube
