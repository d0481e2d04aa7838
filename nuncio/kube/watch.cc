#include "nuncio/kube/watch.h"

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

// The server ends a watch after a time of our choosing, so that not all clients come back at once (client-go: 5 to 10
// minutes). A server that does not is gone, whatever the connection looks like.
constexpr double kShortestSeconds = 300;
constexpr Duration kGrace{15'000};
constexpr size_t kRefusalBytes = 64 << 10;

}  // namespace

void Watch::StartWithInitialEvents() {
  Start({{"sendInitialEvents", "true"}, {"resourceVersionMatch", "NotOlderThan"}});
}

void Watch::StartFrom(const std::string& resource_version) { Start({{"resourceVersion", resource_version}}); }

void Watch::Start(std::vector<std::pair<std::string, std::string>> query) {
  Stop();
  const auto seconds = static_cast<int64_t>(kShortestSeconds * (1 + loop_.Random()));
  query.insert(query.begin(), {{"watch", "1"}, {"allowWatchBookmarks", "true"}});
  query.emplace_back("timeoutSeconds", Cat(seconds));
  Request request;
  request.path = PathOf(kind_, scope_, query);
  if (scope_.metadata_only) request.accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  request.until_end = std::chrono::seconds(seconds) + kGrace;
  head_ = {};
  refusal_.clear();
  request_ = loop_.Send(std::move(request), *this);
}

void Watch::Stop() {
  if (request_ != 0) loop_.Cancel(request_);
  request_ = 0;
  lines_.Clear();
}

void Watch::End(const std::optional<Failure>& failure) {
  Stop();
  listener_.OnWatchEnd(failure);
}

void Watch::OnHead(const Head& head) {
  head_ = head;
  if (head.status == 200) listener_.OnWatchOpen();
}

void Watch::OnData(std::string_view data) {
  bytes_ += data.size();
  if (head_.status != 200) {
    refusal_.append(data.substr(0, kRefusalBytes - std::min(kRefusalBytes, refusal_.size())));
    return;
  }
  lines_.Feed(
      data, [this](std::string_view line) { return Take(line); }, [this] { listener_.OnHugeEvent(); });
}

bool Watch::Take(std::string_view line) {
  absl::StatusOr<Event> event = decoder_.ReadEvent(kind_, line);
  if (!event.ok()) {
    End(FailureOf(event.status()));
    return false;
  }
  if (event->type == Event::Type::kError) {
    End(FailureOf(event->status));
    return false;
  }
  const Loop::Id before = request_;
  listener_.OnEvent(*std::move(event));
  return request_ == before;
}

void Watch::OnEnd(const absl::Status& status) {
  request_ = 0;
  if (!status.ok()) return End(FailureOf(status));
  if (head_.status == 200) return End(std::nullopt);
  End(FailureOf(decoder_.ReadStatus(head_.status, refusal_), head_.retry_after));
}

}  // namespace nuncio::kube
