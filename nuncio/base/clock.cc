#include "nuncio/base/clock.h"

#include <algorithm>
#include <chrono>

namespace nuncio {
namespace {

// Far moments are waited for in steps: a date in the year 9999 is none that the library can count to.
constexpr int64_t kLongestWait = 24 * 60 * 60;

class MachineClock : public Clock {
 public:
  int64_t Now() override { return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()); }
  void WaitUntil(int64_t moment, std::condition_variable& wake, std::unique_lock<std::mutex>& lock) override {
    wake.wait_until(lock, std::chrono::system_clock::from_time_t(std::min(moment, Now() + kLongestWait)));
  }
};

}  // namespace

Clock& SystemClock() {
  static MachineClock clock;
  return clock;
}

}  // namespace nuncio
