#include "nuncio/kube/secret_gate.h"

#include <algorithm>
#include <utility>

#include "nuncio/base/text.h"
#include "nuncio/resource/secret_names.h"
#include "nuncio/store/problem_code.h"

namespace nuncio::kube {
namespace {

std::vector<resource::ObjectKey> NamedBy(const std::vector<resource::Decoded>& objects) {
  std::vector<resource::ObjectKey> names;
  for (const resource::Decoded& decoded : objects) {
    if (!decoded.object.has_value()) continue;
    const std::vector<resource::ObjectKey> some = resource::SecretsNamedBy(*decoded.object);
    names.insert(names.end(), some.begin(), some.end());
  }
  return names;
}

}  // namespace

SecretGate::SecretGate(store::Store& store, std::vector<resource::ObjectKey> always) : store_(store) { Count(always); }

void SecretGate::Count(const Keys& names) {
  for (const resource::ObjectKey& name : names) ++names_[name];
}

void SecretGate::Discount(const Keys& names) {
  for (const resource::ObjectKey& name : names) {
    const auto at = names_.find(name);
    if (--at->second != 0) continue;
    names_.erase(at);
    unnamed_.insert(name);
  }
}

// Null when there is none.
const resource::ObjectKey* SecretGate::FirstUnread(const Keys& names) const {
  if (unread_ == nullptr) return nullptr;
  const auto at = std::find_if(names.begin(), names.end(), unread_);
  return at == names.end() ? nullptr : &*at;
}

void SecretGate::Store(const std::string& file, std::vector<resource::Decoded> objects, Keys names) {
  const auto at = in_store_.find(file);
  const bool last_good_stays =
      std::any_of(objects.begin(), objects.end(), [](const auto& decoded) { return !decoded.object.has_value(); });
  store_.PutFile(file, std::move(objects));
  Count(names);
  if (at == in_store_.end()) {
    if (!names.empty()) in_store_.emplace(file, std::move(names));
  } else if (last_good_stays) {
    at->second.insert(at->second.end(), names.begin(), names.end());
  } else {
    Discount(std::exchange(at->second, std::move(names)));
    if (at->second.empty()) in_store_.erase(at);
  }
}

void SecretGate::StopWaiting(const std::string& file) {
  const auto at = waiting_.find(file);
  if (at == waiting_.end()) return;
  Discount(at->second.names);
  waiting_.erase(at);
}

bool SecretGate::Put(const std::string& file, std::vector<resource::Decoded> objects, Time now) {
  Keys names = NamedBy(objects);
  const bool waits = FirstUnread(names) != nullptr;
  if (waits) {
    Count(names);
    StopWaiting(file);
    waiting_[file] = {std::move(objects), std::move(names), now, ""};
  } else {
    Store(file, std::move(objects), std::move(names));
    StopWaiting(file);
  }
  return !waits;
}

void SecretGate::PutFault(const std::string& file, store::SourceProblem problem) {
  StopWaiting(file);
  store_.PutFault(file, std::move(problem));
}

void SecretGate::Remove(const std::string& file) {
  StopWaiting(file);
  store_.RemoveFile(file);
  const auto at = in_store_.find(file);
  if (at == in_store_.end()) return;
  Discount(at->second);
  in_store_.erase(at);
}

std::optional<Time> SecretGate::LetIn() {
  std::optional<Time> oldest;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (FirstUnread(at->second.names) != nullptr) {
      ++at;
      continue;
    }
    Waiting ready = std::move(at->second);
    const std::string file = at->first;
    at = waiting_.erase(at);
    oldest = std::min(oldest.value_or(ready.since), ready.since);
    const Keys names = ready.names;
    Store(file, std::move(ready.objects), std::move(ready.names));
    Discount(names);
  }
  return oldest;
}

std::set<resource::ObjectKey> SecretGate::Wanted() const {
  std::set<resource::ObjectKey> wanted;
  for (const auto& [file, waiting] : waiting_) {
    for (const resource::ObjectKey& name : waiting.names) {
      if (unread_ != nullptr && unread_(name)) wanted.insert(name);
    }
  }
  return wanted;
}

bool SecretGate::Complain(const std::function<std::string(const resource::ObjectKey&)>& why) {
  bool news = false;
  for (auto& [file, waiting] : waiting_) {
    const resource::ObjectKey* secret = FirstUnread(waiting.names);
    if (secret == nullptr) continue;
    const std::string reason = why(*secret);
    const std::string text = Cat("waits for Secret ", secret->ns, "/", secret->name, ", which has not been read yet",
                                 reason.empty() ? "" : ": ", reason);
    if (std::exchange(waiting.complaint, text) == text) continue;
    const resource::Decoded& first = waiting.objects.front();
    store::SourceProblem problem;
    problem.kind = first.id.kind;
    problem.key = first.id.key;
    problem.error = {FieldErrors::Weight::kError, "", text};
    problem.code = store::problem::kUnreadable;
    problem.uid = first.uid;
    problem.generation = first.generation;
    store_.PutFault(file, std::move(problem));
    news = true;
  }
  return news;
}

std::set<resource::ObjectKey> SecretGate::TakeUnnamed() {
  std::set<resource::ObjectKey> unnamed = std::exchange(unnamed_, {});
  std::erase_if(unnamed, [this](const resource::ObjectKey& name) { return IsNamed(name); });
  return unnamed;
}

}  // namespace nuncio::kube
