#pragma once

#include <string>

#include "nuncio/kube/decode.h"
#include "nuncio/kube/target.h"
#include "nuncio/resource/meta.h"

namespace nuncio::kube {

// Hears of the objects of getambassador.io as the server has them, status included, which nothing else reads. On the
// thread of the mirror.
class ObjectObserver {
 public:
  virtual ~ObjectObserver() = default;
  // The kind is followed in this version from now on.
  virtual void OnKind(const ServedKind& kind) = 0;
  virtual void OnObject(const std::string& kind, const Item& item) = 0;
  virtual void OnGone(const std::string& kind, const resource::ObjectKey& key) = 0;
};

}  // namespace nuncio::kube
