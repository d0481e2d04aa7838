#include "nuncio/kube/credentials.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace nuncio::kube {
namespace {

// Time for a request to arrive with a credential that is about to expire.
constexpr absl::Duration kBeforeExpiry = absl::Seconds(10);

}  // namespace

absl::Status Credentials::Read(const FileOrText& from, std::string& to) {
  std::string fresh = CurrentText(from);
  if (!from.file.empty() && fresh.empty()) {
    if (!to.empty()) return absl::OkStatus();
    return absl::UnauthenticatedError(absl::StrCat(from.file.native(), " cannot be read, or is empty"));
  }
  if (fresh != to) ++reads_;
  to = std::move(fresh);
  return absl::OkStatus();
}

absl::Status Credentials::Refresh(Time now) {
  const Duration age = read_ ? std::chrono::duration_cast<Duration>(now - read_at_) : Duration::max();
  if (age < kLeastBetweenReads || (age < kFresh && !distrusted_)) return absl::OkStatus();
  for (const auto& [from, to] :
       {std::pair{&config_.token, &token_}, std::pair{&config_.authority, &pems_.authority},
        std::pair{&config_.certificate, &pems_.certificate}, std::pair{&config_.key, &pems_.key}}) {
    if (const absl::Status status = Read(*from, *to); !status.ok()) return status;
  }
  if (executed_ && !exec_.certificate.empty()) {
    pems_.certificate = exec_.certificate;
    pems_.key = exec_.key;
  }
  read_ = true;
  read_at_ = now;
  distrusted_ = false;
  return absl::OkStatus();
}

void Credentials::Distrust() {
  distrusted_ = true;
  exec_distrusted_ = true;
}

bool Credentials::NeedsExec(absl::Time now) const {
  return config_.exec.has_value() && (!executed_ || exec_distrusted_ || now + kBeforeExpiry >= exec_.expires);
}

void Credentials::OnExec(const ExecCredential& credential) {
  exec_ = credential;
  executed_ = true;
  exec_distrusted_ = false;
  read_ = false;
}

std::string Credentials::Authorization() const {
  const std::string token(absl::StripAsciiWhitespace(executed_ ? exec_.token : token_));
  if (!token.empty()) return absl::StrCat("Bearer ", token);
  if (config_.username.empty()) return "";
  return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(config_.username, ":", config_.password)));
}

}  // namespace nuncio::kube
