#include "nuncio/apiext/serving.h"

#include "nuncio/base/log.h"
#include "nuncio/base/text.h"

namespace nuncio::apiext {

std::vector<std::string> NamesOf(const std::string& service, const std::string& ns) {
  return {service, Cat(service, ".", ns), Cat(service, ".", ns, ".svc"), Cat(service, ".", ns, ".svc.cluster.local")};
}

void Serving::Use(const Pair& authority) {
  authority_ = authority;
  Renew();
}

void Serving::Renew() {
  const absl::StatusOr<Pair> pair = MakeServerPair(authority_, names_, wall_clock_());
  if (!pair.ok()) {
    // What it had before goes on serving; the keeper replaces an authority that is none.
    log::Error(Cat("no certificate can be made: the authority ", std::string(pair.status().message())));
    return;
  }
  server_.SetPair(*pair);
  renewal_.Set(std::chrono::seconds(kServerLife * 2 / 3), [this] { Renew(); });
}

}  // namespace nuncio::apiext
