#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/ir/tls.h"
#include "nuncio/translate/emissary/context.h"

namespace nuncio::translate::emissary {

// A TLSContext (or what a Host or the `tls` Module says in place of one) with its secrets found and checked.
struct TlsSettings {
  ir::Origin origin;
  std::string name;
  std::vector<std::string> hosts;           // non-empty: for termination
  std::optional<ir::SecretId> certificate;  // already in the model
  std::optional<ir::SecretId> trust;
  std::string certificate_owner;  // "secret <ns>/<name>" or "file <path>": equal for the same material
  std::optional<bool> cert_required;
  std::vector<std::string> alpn;
  ir::TlsParameters parameters;
  std::string sni;
  bool operator==(const TlsSettings&) const = default;
};

// Every usable context by name. Those that failed have a finding and are absent.
class TlsContexts {
 public:
  void Add(TlsSettings settings) { by_name_.try_emplace(settings.name, std::move(settings)); }
  const TlsSettings* Find(const std::string& name) const {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : &at->second;
  }
  auto begin() const { return by_name_.begin(); }
  auto end() const { return by_name_.end(); }
  bool operator==(const TlsContexts&) const = default;

 private:
  std::map<std::string, TlsSettings> by_name_;
};

// Every TLSContext and what the deprecated `tls` Module says in place of one (reference 1.5, 1.6). Of two with one name
// the first keeps it; the other is known as "<name>.<namespace>".
TlsContexts ResolveTlsContexts(Context& context);

ir::DownstreamTls DownstreamTlsOf(const TlsSettings& settings);
ir::UpstreamTls UpstreamTlsOf(const TlsSettings& settings);

}  // namespace nuncio::translate::emissary
