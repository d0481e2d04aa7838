#include "nuncio/kube/feed.h"

#include <nlohmann/json.hpp>

#include "nuncio/base/digest.h"
#include "nuncio/base/text.h"
#include "nuncio/resource/decode.h"
#include "nuncio/store/problem_code.h"

namespace nuncio::kube {
namespace {

uint64_t DigestOf(std::string_view bytes) { return std::stoull(Digest(bytes), nullptr, 16); }

}  // namespace

Feed::Feed(SecretGate& gate, std::string group, std::string kind, std::function<void()> on_state,
           ObjectObserver* observer)
    : gate_(gate),
      group_(std::move(group)),
      kind_(std::move(kind)),
      on_state_(std::move(on_state)),
      observer_(observer) {}

// No two objects have the same: a slash stands in neither name.
std::string Feed::FileOf(const resource::ObjectKey& key) const {
  return Cat(kind_, ".", group_, "/", key.ns, "/", key.name);
}

void Feed::Changed() {
  if (!changed_.has_value()) changed_ = std::chrono::steady_clock::now();
}

Feed::Objects::iterator Feed::Remove(Objects::iterator at) {
  if (observer_ != nullptr) observer_->OnGone(kind_, at->first);
  gate_.Remove(FileOf(at->first));
  Changed();
  if (at->second.held) --held_;
  return objects_.erase(at);
}

// What was known before.
Feed::Known Feed::Learn(const resource::ObjectKey& key, const Known& fresh) {
  const Known before = std::exchange(objects_[key], fresh);
  held_ += (fresh.held ? 1 : 0) - (before.held ? 1 : 0);
  return before;
}

void Feed::SetProblem(const std::string& problem) {
  if (std::exchange(problem_, problem) == problem) return;
  const std::string file = Cat(kind_, ".", group_);
  if (problem.empty()) {
    gate_.Remove(file);
  } else {
    store::SourceProblem out;
    out.kind = kind_;
    out.error = {FieldErrors::Weight::kError, "", problem};
    out.code = store::problem::kUnreadable;
    out.of_kind = true;
    gate_.PutFault(file, std::move(out));
  }
  Changed();
}

void Feed::Clear() {
  for (auto at = objects_.begin(); at != objects_.end();) at = Remove(at);
  OnListBegin();
  SetProblem("");
}

void Feed::OnListBegin() {
  ++list_;
  if (!std::exchange(nameless_refused_, false)) return;
  gate_.Remove(FileOf({}));
  Changed();
}

void Feed::OnListEnd() {
  for (auto at = objects_.begin(); at != objects_.end();) {
    at = at->second.list == list_ ? std::next(at) : Remove(at);
  }
}

void Feed::Refuse(const Item& item) {
  store::SourceProblem problem;
  problem.kind = kind_;
  problem.key = item.key;
  problem.error = {FieldErrors::Weight::kError, "", item.refusal};
  problem.uid = item.uid;
  problem.code = store::problem::kSchema;
  gate_.PutFault(FileOf(item.key), std::move(problem));
  Changed();
}

void Feed::Take(Item item, uint32_t list) {
  if (item.key.name.empty()) {
    nameless_refused_ = true;
    return Refuse(item);
  }
  if (observer_ != nullptr) observer_->OnObject(kind_, item);
  Known fresh = {DigestOf(item.uid), DigestOf(item.resource_version), 0, list, true};
  if (!item.refusal.empty()) {
    // Seen, whatever it is now; and the next version is news.
    Learn(item.key, fresh);
    return Refuse(item);
  }
  fresh.held = !item.object.is_null();
  if (fresh.held) fresh.object = DigestOf(item.object.dump());
  const Known before = Learn(item.key, fresh);
  const bool is_same = before.uid == fresh.uid && before.object == fresh.object;
  if (before.held && (before.uid != fresh.uid || !fresh.held)) {
    gate_.Remove(FileOf(item.key));
    Changed();
  }
  if (!fresh.held || (before.held && is_same)) return;
  YamlDocument document;
  document.value = std::move(item.object);
  if (gate_.Put(FileOf(item.key), resource::Decode(document, ""), std::chrono::steady_clock::now())) Changed();
}

void Feed::OnPut(Item item) { Take(std::move(item), list_); }

bool Feed::OnRead(Item item) {
  const auto at = objects_.find(item.key);
  const bool is_known = at != objects_.end() && at->second.uid == DigestOf(item.uid) &&
                        at->second.version == DigestOf(item.resource_version);
  // It was not seen in a list by this.
  if (is_known) Take(std::move(item), at->second.list);
  return is_known;
}

bool Feed::IsUnread(const resource::ObjectKey& key) const {
  const auto at = objects_.find(key);
  return at != objects_.end() && !at->second.held;
}

void Feed::Forget(const resource::ObjectKey& key) {
  const auto at = objects_.find(key);
  if (at == objects_.end() || !at->second.held) return;
  gate_.Remove(FileOf(key));
  Changed();
  at->second.held = false;
  --held_;
}

void Feed::OnDelete(const Item& item) {
  const auto at = objects_.find(item.key);
  // The end of an earlier object of this name says nothing about the present one.
  if (at != objects_.end() && (item.uid.empty() || at->second.uid == DigestOf(item.uid))) Remove(at);
}

}  // namespace nuncio::kube
