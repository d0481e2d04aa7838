#include "nuncio/kube/secrets.h"

#include "nuncio/base/text.h"

namespace nuncio::kube {

void Secrets::Follow(const ServedKind& kind, Feed& feed) {
  feed_ = &feed;
  gate_.SetUnread([&feed](const resource::ObjectKey& key) { return feed.IsUnread(key); });
  // Another version than the known one is not taken: the watch is about to bring a newer one, or the end of the Secret,
  // and may yet bring an older one before.
  reads_.emplace(loop_, outage_, decoder_, kind,
                 Reads::Calls{[&feed](Item item) { return feed.OnRead(std::move(item)); }});
}

void Secrets::Unfollow() {
  gate_.SetUnread(nullptr);
  reads_.reset();
  feed_ = nullptr;
}

void Secrets::Settle() {
  if (const std::optional<Time> since = gate_.LetIn()) Changed(*since);
  if (feed_ == nullptr) return;
  for (const resource::ObjectKey& key : gate_.TakeUnnamed()) feed_->Forget(key);
  reads_->Want(gate_.Wanted());
}

bool Secrets::Holds() {
  if (!gate_.IsWaited()) {
    held_since_.reset();
    hold_.Stop();
    return false;
  }
  if (!held_since_.has_value()) {
    held_since_ = loop_.Now();
    hold_.Set(kHold, [] {});  // the loop turns, and this is asked again
  }
  if (loop_.Now() - *held_since_ < kHold) return true;
  const auto why = [this](const resource::ObjectKey& secret) { return reads_->TroubleOf(secret); };
  if (gate_.Complain(why)) Changed(loop_.Now());
  return false;
}

std::pair<std::string, std::string> Secrets::Waiting() const {
  const std::set<resource::ObjectKey> wanted = gate_.Wanted();
  if (wanted.empty()) return {};
  const resource::ObjectKey& first = *wanted.begin();
  return {Cat("Secret ", first.ns, "/", first.name), reads_->TroubleOf(first)};
}

}  // namespace nuncio::kube
