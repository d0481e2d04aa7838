#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "nuncio/base/json.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// Which Lease (coordination.k8s.io/v1) is competed for, and as whom.
struct LeaseOptions {
  std::string ns;
  std::string name;
  std::string identity;                    // unique among all that compete: the Pod's name and UID
  std::function<int64_t()> wall_clock_us;  // Unix time in µs, of what is written; deadlines are the loop's
};

// "nuncio-<AMBASSADOR_ID>", or a digest in its place where it is no name of an object.
std::string LeaseNameOf(const std::string& ambassador_id);

// Competes for a Lease, and tells whether it is held. Belongs to the thread of its loop.
//
// Invariants: nobody else holds it while leading() says so, as long as clocks run at the same speed: it is given up by
// kRenewWithin after the last renewal was sent, which no other takes from it before kDuration has passed. The clocks
// themselves are never compared: how old another one's renewal is counts from when it was first seen here.
// The numbers are those of Kubernetes' own components.
class Lease {
 public:
  static constexpr Duration kDuration{15'000};
  static constexpr Duration kRenewWithin{10'000};
  static constexpr Duration kRetry{2'000};  // and up to a fifth more, by chance

  // `on_change`: leading() is another now.
  Lease(Loop& loop, LeaseOptions options, std::function<void()> on_change);

  // After Release: without effect.
  void Start() {
    if (!released_) Ask();
  }
  // Gives it up, if it is held, so that the next one need not wait, and competes no more. `done` once the server knows,
  // or does not answer.
  void Release(std::function<void()> done);

  bool leading() const { return leading_; }
  uint64_t transitions() const { return transitions_; }  // times that it was won
  // Why it makes no progress, for people; empty while it does.
  const std::string& trouble() const { return trouble_; }

 private:
  void Ask();
  void OnLease(const absl::StatusOr<Fetch::Answer>& answer);
  Request WriteOf(const std::string& method, const Json& lease, Duration answer) const;
  void Write(const std::string& method, Json lease);
  void OnWritten(const absl::StatusOr<Fetch::Answer>& answer);
  void Observe(const Json& lease);
  Json Fresh(const Json& before) const;
  void SetLeading(bool leading);
  void GiveBack();
  void AskAgain();
  void Fail(std::string trouble);
  std::string Path(bool of_all) const;

  Loop& loop_;
  const LeaseOptions options_;
  const std::function<void()> on_change_;
  Fetch fetch_;
  Timer again_;
  Timer expired_;

  bool leading_ = false;
  bool released_ = false;
  bool writing_ = false;
  std::function<void()> on_released_;
  uint64_t transitions_ = 0;
  std::string trouble_;
  std::string observed_;  // holder and time of the renewal that was seen last
  Time observed_at_;      // when it was first seen
  Time sent_at_;          // the request that is under way
  std::string held_;      // the Lease as the server has it since our last renewal, as JSON
};

}  // namespace nuncio::kube
