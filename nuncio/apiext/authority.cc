#include "nuncio/apiext/authority.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "nuncio/apiext/pem.h"
#include "nuncio/base/certificates.h"
#include "nuncio/base/check.h"
#include "nuncio/base/text.h"

namespace nuncio::apiext {
namespace {

// Clocks of API servers may be behind.
constexpr int64_t kClockSkew = 3600;
constexpr char kEnd[] = "-----END CERTIFICATE-----\n";

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

Pair PemOf(X509* certificate, EVP_PKEY* key) {
  const Bio first(BIO_new(BIO_s_mem())), second(BIO_new(BIO_s_mem()));
  NUNCIO_CHECK(PEM_write_bio_X509(first.get(), certificate) == 1);
  NUNCIO_CHECK(PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {TextOf(first.get()), TextOf(second.get())};
}

std::string FirstOf(const std::string& chain) {
  const size_t end = chain.find(kEnd);
  return end == std::string::npos ? chain : chain.substr(0, end + sizeof(kEnd) - 1);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  NUNCIO_CHECK(extension != nullptr);
  NUNCIO_CHECK(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void SetSerial(X509* certificate) {
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_new());
  NUNCIO_CHECK(BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
  NUNCIO_CHECK(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

// Without extensions and signature.
Certificate Unsigned(EVP_PKEY* key, const std::string& name, int64_t now, int64_t life) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  SetSerial(certificate.get());
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now - kClockSkew);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now + life);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

absl::Status CheckPair(const Pair& pair) {
  if (absl::StatusOr<Validity> chain = CheckChain(FirstOf(pair.certificate)); !chain.ok()) return chain.status();
  if (absl::Status key = CheckKey(pair.key); !key.ok()) return key;
  return CheckKeyBelongs(FirstOf(pair.certificate), pair.key);
}

}  // namespace

Pair MakeAuthority(int64_t now, const Pair& before) {
  const Key key(EVP_EC_gen("P-256"));
  NUNCIO_CHECK(key != nullptr);
  const Certificate certificate = Unsigned(key.get(), "nuncio conversion webhook authority", now, kAuthorityLife);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  NUNCIO_CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
  Pair pair = PemOf(certificate.get(), key.get());
  const absl::StatusOr<Validity> old = CheckChain(FirstOf(before.certificate));
  if (old.ok() && old->not_after > now) pair.certificate += FirstOf(before.certificate);
  return pair;
}

absl::StatusOr<Pair> MakeServerPair(const Pair& authority, std::span<const std::string> names, int64_t now) {
  if (absl::Status usable = CheckPair(authority); !usable.ok()) return usable;
  const Certificate issuer = ReadCertificate(authority.certificate);
  const Key issuer_key = ReadKey(authority.key);
  if (issuer == nullptr || issuer_key == nullptr) return absl::InvalidArgumentError("cannot be read");
  const Key key(EVP_EC_gen("P-256"));
  NUNCIO_CHECK(key != nullptr);
  const Certificate certificate = Unsigned(key.get(), "nuncio conversion webhook", now, kServerLife);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  std::string alternatives;
  for (const std::string& name : names) alternatives += Cat(alternatives.empty() ? "DNS:" : ",DNS:", name);
  AddExtension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  AddExtension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
  AddExtension(certificate.get(), issuer.get(), NID_subject_alt_name, alternatives);
  if (X509_get0_subject_key_id(issuer.get()) != nullptr) {
    AddExtension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  }
  if (X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) == 0) {
    return absl::InvalidArgumentError("has a key that cannot sign");
  }
  return PemOf(certificate.get(), key.get());
}

absl::Status CheckAuthority(const Pair& authority, int64_t now) {
  if (absl::Status usable = CheckPair(authority); !usable.ok()) return usable;
  if (X509_check_ca(ReadCertificate(authority.certificate).get()) == 0) {
    return absl::InvalidArgumentError("is no authority's certificate");
  }
  const absl::StatusOr<Validity> validity = CheckChain(FirstOf(authority.certificate));
  if (validity->not_after - now < kAuthorityLeft) return absl::InvalidArgumentError("expires soon");
  return absl::OkStatus();
}

}  // namespace nuncio::apiext
