#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nuncio/translate/emissary/hosts.h"
#include "nuncio/translate/emissary/tls_contexts.h"

namespace nuncio::translate::emissary {

// The Hosts and TLSContexts of an instance, with their Secrets found and checked.
struct Terminations {
  TlsContexts contexts;
  std::vector<ActiveHost> hosts;
};

// Resolves Hosts and TLSContexts. Remembers what they came to, as long as none of them, of the Secrets and of the
// Modules changes and no certificate comes to its date: parsing 10,000 certificates takes longer than everything else.
// Not thread-safe; lives as long as the process.
class HostTranslator {
 public:
  // The secrets that are needed are added to the model. What is returned stays where it is until `round()` is another.
  const Terminations& Translate(Context& context);
  // Counts how often the Hosts were resolved.
  uint64_t round() const { return round_; }

 private:
  struct Inputs {
    store::Snapshot tables;  // Hosts, TLSContexts, Secrets and Modules, and problems with Hosts
    Options options;         // `now` is 0
    ModuleSettings module;
    bool operator==(const Inputs&) const = default;
  };
  static Inputs InputsOf(const Context& context);
  bool Holds(const Inputs& inputs, int64_t now) const;
  void Resolve(Context& context, Inputs inputs);

  std::optional<Inputs> inputs_;
  int64_t resolved_at_ = 0;
  std::optional<int64_t> holds_until_;
  ir::Findings findings_;
  std::vector<ir::SecretPtr> secrets_;
  Terminations terminations_;
  uint64_t round_ = 0;
};

}  // namespace nuncio::translate::emissary
