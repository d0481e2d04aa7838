#include "nuncio/base/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"

namespace nuncio {
namespace {

// A Secret cannot be larger (Kubernetes documentation, "Secrets": 1 MiB).
constexpr size_t kMaxPemBytes = 1 << 20;

constexpr int kMinRsaBits = 2048;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_CRL* crl) const { X509_CRL_free(crl); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using X509Ptr = std::unique_ptr<X509, Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using CrlPtr = std::unique_ptr<X509_CRL, Free>;

// Without it OpenSSL asks on the terminal for the passphrase of an encrypted key.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::StatusOr<BioPtr> Open(std::string_view pem) {
  if (pem.empty()) return absl::InvalidArgumentError("is empty");
  if (pem.size() > kMaxPemBytes) return absl::InvalidArgumentError("is larger than 1 MiB");
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Whether reading stopped because nothing more was there, as opposed to something that cannot be read.
bool AtEnd() {
  const unsigned long error = ERR_peek_last_error();
  const bool at_end = error == 0 || ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return at_end;
}

template <typename Ptr, typename Read>
absl::StatusOr<std::vector<Ptr>> ReadAll(std::string_view pem, const char* what, Read read) {
  auto bio = Open(pem);
  if (!bio.ok()) return bio.status();
  ERR_clear_error();
  std::vector<Ptr> all;
  while (Ptr one{read(bio->get(), nullptr, NoPassphrase, nullptr)}) all.push_back(std::move(one));
  if (!AtEnd()) {
    return absl::InvalidArgumentError(absl::StrCat("holds a ", what, " (number ", all.size() + 1, ") that is damaged"));
  }
  if (all.empty()) return absl::InvalidArgumentError(absl::StrCat("holds no PEM ", what));
  return all;
}

absl::StatusOr<std::vector<X509Ptr>> ReadChain(std::string_view pem) {
  return ReadAll<X509Ptr>(pem, "certificate", PEM_read_bio_X509);
}

absl::StatusOr<KeyPtr> ReadKey(std::string_view pem) {
  auto bio = Open(pem);
  if (!bio.ok()) return bio.status();
  KeyPtr key(PEM_read_bio_PrivateKey(bio->get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) return absl::InvalidArgumentError("holds no unencrypted PEM private key that can be read");
  return key;
}

absl::Status CheckKind(const EVP_PKEY& key) {
  std::array<char, 40> curve{};
  switch (EVP_PKEY_get_base_id(&key)) {
    case EVP_PKEY_RSA:
      if (EVP_PKEY_get_bits(&key) >= kMinRsaBits) return absl::OkStatus();
      return absl::InvalidArgumentError(
          absl::StrCat("is an RSA key of ", EVP_PKEY_get_bits(&key), " bits; Envoy takes ", kMinRsaBits, " or more"));
    case EVP_PKEY_EC:
      EVP_PKEY_get_group_name(&key, curve.data(), curve.size(), nullptr);
      for (const std::string_view known : {"prime256v1", "secp384r1", "secp521r1", "P-256", "P-384", "P-521"}) {
        if (known == curve.data()) return absl::OkStatus();
      }
      return absl::InvalidArgumentError(
          absl::StrCat("is a key over the curve ", curve.data(), "; Envoy takes P-256, P-384 and P-521"));
    case EVP_PKEY_ED25519:
      return absl::OkStatus();
    default:
      return absl::InvalidArgumentError("is neither an RSA nor an ECDSA nor an Ed25519 key; Envoy takes no other");
  }
}

int64_t UnixTime(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<int64_t>(timegm(&parts)) : 0;
}

}  // namespace

absl::StatusOr<Validity> CheckChain(std::string_view chain_pem) {
  const auto chain = ReadChain(chain_pem);
  if (!chain.ok()) return chain.status();
  Validity validity{INT64_MIN, INT64_MAX};
  for (const X509Ptr& certificate : *chain) {
    validity.not_before = std::max(validity.not_before, UnixTime(X509_get0_notBefore(certificate.get())));
    validity.not_after = std::min(validity.not_after, UnixTime(X509_get0_notAfter(certificate.get())));
  }
  return validity;
}

absl::Status CheckKey(std::string_view key_pem) {
  const auto key = ReadKey(key_pem);
  return key.ok() ? CheckKind(**key) : key.status();
}

absl::Status CheckKeyBelongs(std::string_view chain_pem, std::string_view key_pem) {
  const auto chain = ReadChain(chain_pem);
  if (!chain.ok()) return chain.status();
  const auto key = ReadKey(key_pem);
  if (!key.ok()) return key.status();
  const bool belongs = X509_check_private_key(chain->front().get(), key->get()) == 1;
  ERR_clear_error();
  if (belongs) return absl::OkStatus();
  return absl::InvalidArgumentError("belongs to another key; the certificate and its key must be renewed together");
}

absl::Status CheckRevocations(std::string_view crl_pem) {
  return ReadAll<CrlPtr>(crl_pem, "certificate revocation list", PEM_read_bio_X509_CRL).status();
}

}  // namespace nuncio
