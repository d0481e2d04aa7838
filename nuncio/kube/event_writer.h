#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/status_writer.h"

namespace nuncio::kube {

// Tells transitions as Events (events.k8s.io/v1), for `kubectl describe`. Belongs to the thread of its loop.
//
// Best effort: what the server does not take is lost, and so is what is too much: for each object at most kBurst, and
// then one in kRefill. One that came already within kSeries is counted, not repeated.
class EventWriter {
 public:
  static constexpr Duration kSeries{360'000};
  static constexpr Duration kRefill{60'000};
  static constexpr int kBurst = 5;
  static constexpr size_t kMostQueued = 256;

  struct Options {
    std::string instance;  // who reports: the Pod's name
    std::function<int64_t()> wall_clock_us;
  };
  struct Counters {
    uint64_t written = 0;
    uint64_t dropped = 0;
  };

  EventWriter(Loop& loop, Options options) : loop_(loop), options_(std::move(options)), fetch_(loop), pause_(loop) {}

  void Add(const Transition& transition);
  // Nothing is written from here on, until it leads.
  void SetLeading(bool leading);
  Counters counters() const { return counters_; }

 private:
  using Identity = std::tuple<std::string, std::string, std::string>;  // UID, reason, note
  struct Series {
    std::string ns, name;
    int64_t count = 1;
    Time last;
  };
  struct Budget {
    int left = kBurst;
    Time since;
  };

  bool Allowed(const std::string& uid);
  void Forget();
  void Next();

  Loop& loop_;
  const Options options_;
  Fetch fetch_;
  Timer pause_;
  bool leading_ = false;
  std::deque<Request> queue_;
  std::map<Identity, Series> series_;
  std::map<std::string, Budget> budgets_;  // by UID
  Counters counters_;
};

}  // namespace nuncio::kube
