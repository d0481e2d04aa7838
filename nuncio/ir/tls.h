#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nuncio/ir/finding.h"

namespace nuncio::ir {

enum class TlsVersion { kTls10, kTls11, kTls12, kTls13 };

struct TlsParameters {
  std::optional<TlsVersion> minimum;
  std::optional<TlsVersion> maximum;
  std::vector<std::string> cipher_suites;
  std::vector<std::string> ecdh_curves;

  auto operator<=>(const TlsParameters&) const = default;
};

// The identity of a piece of TLS material: derived from the object and keys that hold it, not from its content, so that
// a rotated certificate is the same material with new bytes.
struct SecretId {
  std::string value;
  auto operator<=>(const SecretId&) const = default;
};

// Bytes, or a path that Envoy itself reads and watches. Exactly one is set.
struct PemSource {
  std::string inline_pem;
  std::string path;
  auto operator<=>(const PemSource&) const = default;
};

struct CertificateMaterial {
  PemSource chain;
  PemSource key;
  auto operator<=>(const CertificateMaterial&) const = default;
};

struct TrustMaterial {
  std::optional<PemSource> authorities;
  std::optional<PemSource> revocations;
  auto operator<=>(const TrustMaterial&) const = default;
};

// Travels by SDS only: its bytes touch no listener, cluster or route.
// Invariant: inline PEM has been parsed, and an inline key belongs to its certificate.
struct Secret {
  SecretId id;
  std::variant<CertificateMaterial, TrustMaterial> material;
  std::vector<Origin> origins;

  auto operator<=>(const Secret&) const = default;
};

using SecretPtr = std::shared_ptr<const Secret>;

struct DownstreamTls {
  std::optional<SecretId> certificate;
  std::optional<SecretId> trust;  // client certificates are verified against it
  std::optional<bool> require_client_certificate;
  std::vector<std::string> alpn;
  TlsParameters parameters;

  auto operator<=>(const DownstreamTls&) const = default;
};

struct UpstreamTls {
  std::optional<SecretId> certificate;
  std::optional<SecretId> trust;  // unset: the server is not verified
  std::string sni;                // empty: none is sent
  std::vector<std::string> alpn;
  TlsParameters parameters;

  auto operator<=>(const UpstreamTls&) const = default;
};

}  // namespace nuncio::ir
