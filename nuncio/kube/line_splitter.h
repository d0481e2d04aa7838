#pragma once

#include <string>
#include <string_view>

namespace nuncio::kube {

// Takes a body apart into lines as it comes. Not thread-safe.
//
// Invariant: only whole lines come out. What stands after the last line feed, and a line longer than the limit, never
// do: a watch that breaks off in the middle of an event has not delivered it.
class LineSplitter {
 public:
  explicit LineSplitter(size_t longest) : longest_(longest) {}

  // Calls take(line) for each line that `data` completes, without its line feed, and too_long() for each that is over
  // the limit, once, as soon as that is known. Stops, and forgets what is left, when take returns false.
  template <typename Take, typename TooLong>
  void Feed(std::string_view data, const Take& take, const TooLong& too_long) {
    while (!data.empty()) {
      const size_t end = data.find('\n');
      const std::string_view piece = data.substr(0, end);
      if (!skipping_ && partial_.size() + piece.size() > longest_) {
        skipping_ = true;
        partial_ = {};
        too_long();
      }
      if (end == std::string_view::npos) {
        if (!skipping_) partial_.append(piece);
        return;
      }
      data.remove_prefix(end + 1);
      if (std::exchange(skipping_, false)) continue;
      bool go_on = true;
      if (partial_.empty()) {
        if (!piece.empty()) go_on = take(piece);
      } else {
        std::string line = std::exchange(partial_, {});
        line.append(piece);
        go_on = take(std::string_view(line));
      }
      if (!go_on) return;
    }
  }
  void Clear() {
    partial_ = {};
    skipping_ = false;
  }

 private:
  const size_t longest_;
  std::string partial_;
  bool skipping_ = false;
};

}  // namespace nuncio::kube
