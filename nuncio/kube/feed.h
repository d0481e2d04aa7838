#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "nuncio/kube/object_observer.h"
#include "nuncio/kube/reflector.h"
#include "nuncio/kube/secret_gate.h"

namespace nuncio::kube {

// One kind's way from a reflector to the gate of the store. Belongs to the reflector's thread.
//
// Invariants: an event that says nothing new (sent twice, or with another status, other managedFields, another
// heartbeat) does not touch the store. Of a Secret without data it is remembered that there is one. What a list began
// and did not end takes nothing away. An object that comes back under its name with another UID is another object:
// nothing of the old one is kept.
class Feed final : public Sink {
 public:
  // `on_state` hears of OnState.
  // `observer`, if there is one, hears of all objects.
  Feed(SecretGate& gate, std::string group, std::string kind, std::function<void()> on_state,
       ObjectObserver* observer = nullptr);

  // When the store changed since the last call, for the first time; nullopt: it did not.
  std::optional<Time> TakeChanged() { return std::exchange(changed_, std::nullopt); }
  // That are in the store, or refused.
  size_t objects() const { return held_; }
  // There is an object of that name, and nothing more is known of it.
  bool IsUnread(const resource::ObjectKey& key) const;
  // From now on only its name is known.
  void Forget(const resource::ObjectKey& key);
  // An object that was asked for by name. False, and nothing else, when another version of it is the known one.
  bool OnRead(Item item);

  // What is wrong with the kind as a whole, and what to do about it; empty: nothing.
  void SetProblem(const std::string& problem);
  // The kind is gone, and all its objects with it.
  void Clear();

  void OnListBegin() override;
  void OnListEnd() override;
  void OnPut(Item item) override;
  void OnDelete(const Item& item) override;
  void OnState() override { on_state_(); }

 private:
  struct Known {
    uint64_t uid = 0;  // digests
    uint64_t version = 0;
    uint64_t object = 0;
    uint32_t list = 0;  // the one that it was last seen in, or since
    bool held = false;  // more than its name
  };
  using Objects = std::map<resource::ObjectKey, Known>;

  std::string FileOf(const resource::ObjectKey& key) const;
  Objects::iterator Remove(Objects::iterator at);
  Known Learn(const resource::ObjectKey& key, const Known& fresh);
  void Take(Item item, uint32_t list);
  void Refuse(const Item& item);
  void Changed();

  SecretGate& gate_;
  const std::string group_, kind_;
  const std::function<void()> on_state_;
  ObjectObserver* const observer_;
  Objects objects_;
  size_t held_ = 0;
  uint32_t list_ = 0;
  std::string problem_;
  bool nameless_refused_ = false;
  std::optional<Time> changed_;
};

}  // namespace nuncio::kube
