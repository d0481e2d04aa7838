#include "nuncio/resource/secret_pair.h"

#include "nuncio/base/certificates.h"
#include "nuncio/base/text.h"

namespace nuncio::resource {
namespace {

std::string Text(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

const std::string* EntryOf(const Secret& secret, const std::string& name) {
  const auto at = secret.data.find(name);
  return at == secret.data.end() || at->second.empty() ? nullptr : &at->second;
}

PairEntries PairEntriesOf(const Secret& secret) {
  const bool is_istio = EntryOf(secret, "tls.crt") == nullptr && EntryOf(secret, "cert-chain.pem") != nullptr;
  return is_istio ? PairEntries{"cert-chain.pem", "key.pem"} : PairEntries{};
}

std::string ProblemOfPair(const Secret& secret) {
  const PairEntries entries = PairEntriesOf(secret);
  const std::string* chain = EntryOf(secret, entries.chain);
  const std::string* key = EntryOf(secret, entries.key);
  if (chain == nullptr) return Cat("has no ", entries.chain);
  if (key == nullptr) return Cat("has no ", entries.key);
  if (const auto validity = CheckChain(*chain); !validity.ok()) return Cat(entries.chain, " ", Text(validity.status()));
  if (const auto status = CheckKey(*key); !status.ok()) return Cat(entries.key, " ", Text(status));
  if (const auto status = CheckKeyBelongs(*chain, *key); !status.ok()) return Cat(entries.chain, " ", Text(status));
  return "";
}

bool IsHalfRotated(const Secret& before, const Secret& now) {
  const PairEntries entries = PairEntriesOf(before);
  if (!now.data.contains(entries.chain) || !now.data.contains(entries.key)) return false;
  return !ProblemOfPair(now).empty() && ProblemOfPair(before).empty();
}

}  // namespace nuncio::resource
