#include "nuncio/ir/tls_parameters.h"

#include <algorithm>
#include <utility>

namespace nuncio::ir {
namespace {

constexpr std::string_view kSuites[] = {"3DES",
                                        "AES",
                                        "AES128",
                                        "AES128-GCM-SHA256",
                                        "AES128-SHA",
                                        "AES256",
                                        "AES256-GCM-SHA384",
                                        "AES256-SHA",
                                        "AESGCM",
                                        "ALL",
                                        "CHACHA20",
                                        "DES-CBC3-SHA",
                                        "ECDH",
                                        "ECDHE",
                                        "ECDHE-ECDSA-AES128-GCM-SHA256",
                                        "ECDHE-ECDSA-AES128-SHA",
                                        "ECDHE-ECDSA-AES128-SHA256",
                                        "ECDHE-ECDSA-AES256-GCM-SHA384",
                                        "ECDHE-ECDSA-AES256-SHA",
                                        "ECDHE-ECDSA-CHACHA20-POLY1305",
                                        "ECDHE-PSK-AES128-CBC-SHA",
                                        "ECDHE-PSK-AES256-CBC-SHA",
                                        "ECDHE-PSK-CHACHA20-POLY1305",
                                        "ECDHE-RSA-AES128-GCM-SHA256",
                                        "ECDHE-RSA-AES128-SHA",
                                        "ECDHE-RSA-AES128-SHA256",
                                        "ECDHE-RSA-AES256-GCM-SHA384",
                                        "ECDHE-RSA-AES256-SHA",
                                        "ECDHE-RSA-CHACHA20-POLY1305",
                                        "ECDSA",
                                        "EECDH",
                                        "FIPS",
                                        "HIGH",
                                        "PSK",
                                        "PSK-AES128-CBC-SHA",
                                        "PSK-AES256-CBC-SHA",
                                        "RSA",
                                        "SHA",
                                        "SHA1",
                                        "SSLv3",
                                        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                                        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                                        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                        "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA",
                                        "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA",
                                        "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
                                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                                        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                        "TLS_PSK_WITH_AES_128_CBC_SHA",
                                        "TLS_PSK_WITH_AES_256_CBC_SHA",
                                        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                                        "TLS_RSA_WITH_AES_128_CBC_SHA",
                                        "TLS_RSA_WITH_AES_128_GCM_SHA256",
                                        "TLS_RSA_WITH_AES_256_CBC_SHA",
                                        "TLS_RSA_WITH_AES_256_GCM_SHA384",
                                        "TLSv1",
                                        "aECDSA",
                                        "aPSK",
                                        "aRSA",
                                        "kECDHE",
                                        "kEECDH",
                                        "kPSK",
                                        "kRSA"};

// {what it may be called, its one name}
constexpr std::pair<std::string_view, std::string_view> kCurves[] = {
    {"P-256", "P-256"},        {"prime256v1", "P-256"}, {"P-384", "P-384"},   {"secp384r1", "P-384"},
    {"P-521", "P-521"},        {"secp521r1", "P-521"},  {"X25519", "X25519"}, {"X25519MLKEM768", "X25519MLKEM768"},
    {"MLKEM1024", "MLKEM1024"}};

bool IsName(std::string_view name) {
  return std::find(std::begin(kSuites), std::end(kSuites), name) != std::end(kSuites);
}

}  // namespace

bool IsCipherSuite(std::string_view element) {
  if (!element.starts_with('[') || !element.ends_with(']')) return IsName(element);
  element = element.substr(1, element.size() - 2);
  for (size_t bar = element.find('|'); bar != std::string_view::npos; bar = element.find('|')) {
    if (!IsName(element.substr(0, bar))) return false;
    element.remove_prefix(bar + 1);
  }
  return IsName(element);
}

std::span<const std::string_view> CipherSuites() { return kSuites; }

std::string_view CurveOf(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kCurves), std::end(kCurves), [&](const auto& each) { return each.first == name; });
  return found == std::end(kCurves) ? "" : found->second;
}

}  // namespace nuncio::ir
