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

Feed::Feed(store::Store& store, std::string group, std::string kind, std::function<void()> on_state,
           ObjectObserver* observer)
    : store_(store),
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
  store_.RemoveFile(FileOf(at->first));
  Changed();
  return objects_.erase(at);
}

void Feed::SetProblem(const std::string& problem) {
  if (std::exchange(problem_, problem) == problem) return;
  const std::string file = Cat(kind_, ".", group_);
  if (problem.empty()) {
    store_.RemoveFile(file);
  } else {
    store::SourceProblem out;
    out.kind = kind_;
    out.error = {FieldErrors::Weight::kError, "", problem};
    out.code = store::problem::kUnreadable;
    store_.PutFault(file, std::move(out));
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
  store_.RemoveFile(FileOf({}));
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
  store_.PutFault(FileOf(item.key), std::move(problem));
  Changed();
}

void Feed::OnPut(Item item) {
  if (item.key.name.empty()) {
    nameless_refused_ = true;
    return Refuse(item);
  }
  if (observer_ != nullptr) observer_->OnObject(kind_, item);
  const auto at = objects_.find(item.key);
  if (!item.refusal.empty()) {
    // Seen, whatever it is now; and the next version is news.
    Known& known = at != objects_.end() ? at->second : objects_[item.key];
    known = {DigestOf(item.uid), 0, list_};
    return Refuse(item);
  }
  if (item.object.is_null()) {
    if (at != objects_.end()) Remove(at);
    return;
  }
  const Known fresh = {DigestOf(item.uid), DigestOf(item.object.dump()), list_};
  if (at != objects_.end()) {
    const Known before = std::exchange(at->second, fresh);
    if (before.uid == fresh.uid && before.object == fresh.object) return;
    if (before.uid != fresh.uid) store_.RemoveFile(FileOf(item.key));
  } else {
    objects_.emplace(item.key, fresh);
  }
  YamlDocument document;
  document.value = std::move(item.object);
  store_.PutFile(FileOf(item.key), resource::Decode(document, ""));
  Changed();
}

void Feed::OnDelete(const Item& item) {
  const auto at = objects_.find(item.key);
  // The end of an earlier object of this name says nothing about the present one.
  if (at != objects_.end() && (item.uid.empty() || at->second.uid == DigestOf(item.uid))) Remove(at);
}

}  // namespace nuncio::kube
