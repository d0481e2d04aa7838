#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "nuncio/base/test_certificates.h"
#include "nuncio/base/text.h"

namespace nuncio::translate {

// A Secret manifest; `entries` are "key", "value" by turns.
inline std::string SecretManifest(std::string_view name, std::initializer_list<std::string_view> entries,
                                  std::string_view ns = "default", std::string_view type = "Opaque") {
  std::string data;
  bool is_key = true;
  for (const std::string_view entry : entries) {
    std::string quoted;
    for (const char c : entry) quoted += c == '\n' ? "\\n" : std::string(1, c);
    data += Cat("\"", quoted, is_key ? "\": " : "\", ");
    is_key = !is_key;
  }
  return Cat("---\n{apiVersion: v1, kind: Secret, type: ", type, ", metadata: {name: ", name, ", namespace: ", ns,
             "}, stringData: {", data, "}}\n");
}

inline std::string TlsSecret(std::string_view name, std::string_view ns = "default",
                             const TestPair& pair = SomePair()) {
  return SecretManifest(name, {"tls.crt", pair.chain, "tls.key", pair.key}, ns, "kubernetes.io/tls");
}

}  // namespace nuncio::translate
