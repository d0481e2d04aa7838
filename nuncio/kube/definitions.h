#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "nuncio/kube/decode.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/reads.h"
#include "nuncio/kube/reflector.h"

namespace nuncio::kube {

// The CustomResourceDefinitions of wanted groups ("mappings.getambassador.io"): when kinds come and go, and in which
// version the server stores those of getambassador.io. All definitions of a cluster are watched, but only as metadata,
// since they may be tens of megabytes; the few that are ours are read by name whenever they change. Belongs to the
// thread of its loop.
class Definitions final : private Sink {
 public:
  // `on_change`: something below changed.
  Definitions(Loop& loop, Outage& outage, Decoder& decoder, std::function<void()> on_change);

  // Without it they are never known.
  void Start() { reflector_.Start(); }
  // All names are known.
  bool known() const { return reflector_.synced(); }
  // The server denies them: kinds have to be looked for by asking again and again.
  bool denied() const {
    return !reflector_.synced() &&
           (reflector_.phase() == Reflector::Phase::kForbidden || reflector_.phase() == Reflector::Phase::kAbsent);
  }
  // Nothing is to be expected about the version in which the kind of that name is stored: it is known, or cannot be
  // had, or there is no definition.
  bool IsSettled(const std::string& name) const;
  bool AllSettled() const;
  const std::set<std::string>& names() const { return names_; }
  // By name; those that are known.
  const std::map<std::string, std::string>& storage() const { return storage_; }
  const Reflector& reflector() const { return reflector_; }

 private:
  void OnListBegin() override { seen_.clear(); }
  void OnListEnd() override;
  void OnPut(Item item) override;
  void OnDelete(const Item& item) override;
  void OnState() override { on_change_(); }
  bool OnRead(const Item& item);
  bool Forget(const std::string& name);

  const std::function<void()> on_change_;
  std::set<std::string> names_, seen_;
  std::map<std::string, std::string> versions_;  // of the resource, as last read or being read
  std::map<std::string, std::string> storage_;
  Reflector reflector_;
  Reads reads_;
};

}  // namespace nuncio::kube
