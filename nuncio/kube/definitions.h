#pragma once

#include <functional>
#include <set>
#include <string>

#include "nuncio/kube/decode.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/reflector.h"

namespace nuncio::kube {

// The names of the CustomResourceDefinitions of wanted groups ("mappings.getambassador.io"), which tell when kinds come
// and go. Only metadata is read. Belongs to the thread of its loop.
class Definitions final : private Sink {
 public:
  // `on_change`: a name came or went, or whether it can be known is known now.
  Definitions(Loop& loop, Outage& outage, Decoder& decoder, std::function<void()> on_change);

  // Without it they are never known.
  void Start() { reflector_.Start(); }
  // They are all known.
  bool known() const { return reflector_.synced(); }
  // The server denies them: kinds have to be looked for by asking again and again.
  bool denied() const {
    return !reflector_.synced() &&
           (reflector_.phase() == Reflector::Phase::kForbidden || reflector_.phase() == Reflector::Phase::kAbsent);
  }
  const std::set<std::string>& names() const { return names_; }
  const Reflector& reflector() const { return reflector_; }

 private:
  void OnListBegin() override { seen_.clear(); }
  void OnListEnd() override;
  void OnPut(Item item) override;
  void OnDelete(const Item& item) override;
  void OnState() override { on_change_(); }

  const std::function<void()> on_change_;
  std::set<std::string> names_, seen_;
  Reflector reflector_;
};

}  // namespace nuncio::kube
