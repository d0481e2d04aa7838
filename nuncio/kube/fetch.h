#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// One request whose answer is wanted whole. Ends with its owner; a new Start cancels the one before.
class Fetch final : private Receiver {
 public:
  struct Answer {
    Head head;
    std::string body;
  };
  // An answer with any HTTP status, or why there is none: what Receiver::OnEnd says, ResourceExhausted for a body over
  // the limit.
  using Done = std::function<void(absl::StatusOr<Answer>)>;

  explicit Fetch(Loop& loop) : loop_(loop) {}
  ~Fetch() override { Cancel(); }
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

  // At most `limit` bytes of body. `done` may start the next one.
  void Start(Request request, size_t limit, Done done) {
    Cancel();
    answer_ = {};
    limit_ = limit;
    done_ = std::move(done);
    id_ = loop_.Send(std::move(request), *this);
  }
  void Cancel() {
    if (id_ != 0) loop_.Cancel(id_);
    id_ = 0;
  }
  bool running() const { return id_ != 0; }

 private:
  void OnHead(const Head& head) override { answer_.head = head; }
  void OnData(std::string_view data) override {
    if (answer_.body.size() + data.size() <= limit_) {
      answer_.body.append(data);
      return;
    }
    Cancel();
    Finish(absl::ResourceExhaustedError("the answer of the API server is larger than this client takes"));
  }
  void OnEnd(const absl::Status& status) override {
    id_ = 0;
    if (status.ok()) {
      Finish(std::move(answer_));
    } else {
      Finish(status);
    }
  }
  void Finish(absl::StatusOr<Answer> answer) {
    // The callback may start a new request, which replaces `done_`.
    const Done done = std::move(done_);
    done(std::move(answer));
  }

  Loop& loop_;
  Loop::Id id_ = 0;
  size_t limit_ = 0;
  Answer answer_;
  Done done_;
};

}  // namespace nuncio::kube
