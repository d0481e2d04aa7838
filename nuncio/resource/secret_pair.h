#pragma once

#include <string>

#include "nuncio/resource/core.h"

namespace nuncio::resource {

// The certificate and its key in a Secret: tls.crt and tls.key, or cert-chain.pem and key.pem as Istio writes them.
struct PairEntries {
  const char* chain = "tls.crt";
  const char* key = "tls.key";
};

PairEntries PairEntriesOf(const Secret& secret);

// Null when the Secret has no such entry, or an empty one.
const std::string* EntryOf(const Secret& secret, const std::string& name);

// What keeps the two from being used together, in words that a user can act on; empty: nothing.
std::string ProblemOfPair(const Secret& secret);

// Whether a Secret that held a usable pair holds the entries of one that is not: somebody has written one and has yet
// to write the other. A Secret without the entries means something else than it did, and is no such case.
bool IsHalfRotated(const Secret& before, const Secret& now);

}  // namespace nuncio::resource
