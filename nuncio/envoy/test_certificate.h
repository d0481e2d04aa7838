#pragma once

#include <string>

namespace nuncio::envoy {

// A self-signed certificate and its key, made once for a test program. P-256, valid for a day.
struct TestCertificate {
  std::string chain_pem;
  std::string key_pem;
};
const TestCertificate& MadeCertificate();

}  // namespace nuncio::envoy
