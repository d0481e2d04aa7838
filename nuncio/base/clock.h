#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace nuncio {

// The time of day, and waiting for one. Thread-safe. For what is a matter of dates; how long something takes is the
// steady clock's.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t Now() = 0;  // Unix time in s
  // Until somebody notifies `wake`, or that moment has come, or for no reason: the caller looks. `lock` is held.
  virtual void WaitUntil(int64_t moment, std::condition_variable& wake, std::unique_lock<std::mutex>& lock) = 0;
};

// The machine's. It notices when the machine's clock is set.
Clock& SystemClock();

}  // namespace nuncio
