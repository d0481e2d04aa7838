#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <string>

namespace nuncio {

// Certificates that tests make for themselves. P-256, self-signed.
struct TestPair {
  std::string chain;
  std::string key;
  std::string revocations;  // an empty list, signed by the key
};

inline std::string PemOf(int (*write)(BIO*, const void*), const void* object) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get(), object);
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio.get(), &data));
  return {data, size};
}

inline std::string RevocationsOf(X509* issuer, EVP_PKEY* key) {
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> crl(X509_CRL_new(), X509_CRL_free);
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer));
  X509_CRL_set1_lastUpdate(crl.get(), X509_get0_notBefore(issuer));
  X509_CRL_set1_nextUpdate(crl.get(), X509_get0_notAfter(issuer));
  X509_CRL_sign(crl.get(), key, EVP_sha256());
  return PemOf([](BIO* bio, const void* o) { return PEM_write_bio_X509_CRL(bio, static_cast<const X509_CRL*>(o)); },
               crl.get());
}

// Valid in [not_before, not_after], Unix time in s.
inline TestPair MakePair(int64_t not_before = 1'000, int64_t not_after = 4'000'000'000) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), not_before);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), not_after);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  return {PemOf([](BIO* bio, const void* o) { return PEM_write_bio_X509(bio, static_cast<const X509*>(o)); },
                certificate.get()),
          PemOf(
              [](BIO* bio, const void* o) {
                return PEM_write_bio_PrivateKey(bio, static_cast<const EVP_PKEY*>(o), nullptr, nullptr, 0, nullptr,
                                                nullptr);
              },
              key.get()),
          RevocationsOf(certificate.get(), key.get())};
}

// Made once for the program.
inline const TestPair& SomePair() {
  static const TestPair pair = MakePair();
  return pair;
}

}  // namespace nuncio
