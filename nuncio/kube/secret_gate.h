#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nuncio/kube/loop.h"
#include "nuncio/resource/decode.h"
#include "nuncio/store/store.h"

namespace nuncio::kube {

// The way into the store. It knows which Secrets the objects in the store name: only their data are held. An object
// that names a Secret which exists and is not held waits here until it is, and its earlier version serves meanwhile; so
// a Secret that exists is never taken for one that is missing. Belongs to one thread.
class SecretGate {
 public:
  // `always` are named by no object and wanted all the same.
  SecretGate(store::Store& store, std::vector<resource::ObjectKey> always);

  // Those of store::Store. `now` is when the objects came. False when they have to wait.
  bool Put(const std::string& file, std::vector<resource::Decoded> objects, Time now);
  void PutFault(const std::string& file, store::SourceProblem problem);
  void Remove(const std::string& file);

  // Whether an object names it, or `always` does: its data are wanted.
  bool IsNamed(const resource::ObjectKey& secret) const { return names_.contains(secret); }
  // Says whether a Secret exists whose data are not held. Until there is somebody to say that, nothing waits.
  void SetUnread(std::function<bool(const resource::ObjectKey&)> unread) { unread_ = std::move(unread); }

  // Lets in what need not wait any more. When the oldest change came that the store has got by that; nullopt: none.
  std::optional<Time> LetIn();
  bool IsWaited() const { return !waiting_.empty(); }
  size_t waiting() const { return waiting_.size(); }
  // Named by what waits, and unread.
  std::set<resource::ObjectKey> Wanted() const;
  // Says of every object that waits that it does. `why` says what is wrong with a Secret; empty: nothing is known. True
  // when there is news.
  bool Complain(const std::function<std::string(const resource::ObjectKey&)>& why);
  // Secrets that something named and nothing names now, since the last call.
  std::set<resource::ObjectKey> TakeUnnamed();

 private:
  using Keys = std::vector<resource::ObjectKey>;
  struct Waiting {
    std::vector<resource::Decoded> objects;
    Keys names;
    Time since;
    std::string complaint;
  };

  const resource::ObjectKey* FirstUnread(const Keys& names) const;
  void Store(const std::string& file, std::vector<resource::Decoded> objects, Keys names);
  void StopWaiting(const std::string& file);
  void Count(const Keys& names);
  void Discount(const Keys& names);

  store::Store& store_;
  std::function<bool(const resource::ObjectKey&)> unread_;
  std::map<resource::ObjectKey, size_t> names_;  // how many name it, in the store and waiting
  std::map<std::string, Keys> in_store_;         // of the files that name any
  std::map<std::string, Waiting> waiting_;
  std::set<resource::ObjectKey> unnamed_;
};

}  // namespace nuncio::kube
