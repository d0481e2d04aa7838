#include "nuncio/kube/reads.h"

#include <algorithm>
#include <utility>

#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

// Twice what an object may have (Watch::kLongestEvent), for base64 and the list around it.
constexpr size_t kMostBytes = 16 << 20;

}  // namespace

void Reads::Want(const std::set<resource::ObjectKey>& keys) {
  std::erase_if(reads_, [&](const auto& read) { return !keys.contains(read.first); });
  for (const resource::ObjectKey& key : keys) {
    std::unique_ptr<Read>& read = reads_[key];
    if (read == nullptr) read = std::make_unique<Read>(loop_, outage_);
  }
  StartSome();
}

void Reads::WantAnew(const resource::ObjectKey& key) {
  reads_[key] = std::make_unique<Read>(loop_, outage_);
  StartSome();
}

void Reads::Drop(const resource::ObjectKey& key) {
  reads_.erase(key);
  StartSome();
}

std::string Reads::TroubleOf(const resource::ObjectKey& key) const {
  const auto at = reads_.find(key);
  return at == reads_.end() ? "" : at->second->trouble;
}

void Reads::StartSome() {
  auto running =
      std::count_if(reads_.begin(), reads_.end(), [](const auto& read) { return read.second->fetch.running(); });
  for (const auto& [key, read] : reads_) {
    if (running == kAtOnce) return;
    if (read->done || read->fetch.running() || read->pause.running()) continue;
    Start(key, *read);
    ++running;
  }
}

void Reads::Start(const resource::ObjectKey& key, Read& read) {
  Scope scope;
  scope.ns = key.ns;
  scope.field_selector = Cat("metadata.name=", key.name);
  Request request;
  request.path = PathOf(kind_, scope, {});
  request.compressed = true;
  read.fetch.Start(std::move(request), kMostBytes,
                   [this, &key, &read](const absl::StatusOr<Fetch::Answer>& answer) { Answered(key, read, answer); });
}

void Reads::Answered(const resource::ObjectKey& key, Read& read, const absl::StatusOr<Fetch::Answer>& answer) {
  if (!answer.ok()) {
    Again(read, FailureOf(answer.status()));
  } else if (answer->head.status != 200) {
    Again(read, FailureOf(decoder_.ReadStatus(answer->head.status, answer->body), answer->head.retry_after));
  } else if (absl::StatusOr<Page> page = decoder_.ReadPage(kind_, answer->body); !page.ok()) {
    Again(read, FailureOf(page.status()));
  } else {
    const auto at =
        std::find_if(page->items.begin(), page->items.end(), [&](const Item& item) { return item.key == key; });
    read.done = at != page->items.end() && calls_.take(std::move(*at));
    if (!read.done) Again(read, {Failure::Kind::kServer, "it is changing", std::nullopt});
  }
  StartSome();
}

void Reads::Again(Read& read, const Failure& failure) {
  read.trouble = failure.message;
  const Duration delay =
      std::max(read.backoff.Next(loop_.Now(), loop_.Random()), failure.retry_after.value_or(Duration(0)));
  const auto start = [this](bool) { StartSome(); };
  if (failure.kind == Failure::Kind::kConnection) {
    read.pause.Set(delay, start);
  } else {
    read.pause.Pause(delay, start);
  }
  if (calls_.on_failure != nullptr) calls_.on_failure();
}

}  // namespace nuncio::kube
