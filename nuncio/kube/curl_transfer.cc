#include "nuncio/kube/curl_transfer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nuncio/base/check.h"
#include "nuncio/base/text.h"
#include "nuncio/kube/http_head.h"

namespace nuncio::kube {
namespace {

constexpr long kConnectMs = 10'000;
// A host that went away without a word: the kernel asks after 30 s of silence, and gives up on bytes that are not
// acknowledged for 45 s.
constexpr long kKeepAliveSeconds = 30, kKeepAliveInterval = 5;
constexpr unsigned kUnacknowledgedMs = 45'000;

void SetBlob(CURL* easy, CURLoption option, const std::string& text) {
  if (text.empty()) return;
  curl_blob blob = {const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

int OnSocket(void* connections, curl_socket_t socket, curlsocktype) {
  ++*static_cast<uint64_t*>(connections);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs, sizeof(kUnacknowledgedMs));
  return CURL_SOCKOPT_OK;
}

struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  std::string out = text;
  curl_free(text);
  return out;
}

}  // namespace

CurlTransfer::CurlTransfer(Request request, Receiver& receiver, Time now)
    : request_(std::move(request)), receiver_(receiver), began_(now), easy_(curl_easy_init()), last_byte_(now) {
  NUNCIO_CHECK(easy_ != nullptr);
}

size_t CurlTransfer::OnHeader(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::string_view line(data, size * count);
  transfer.last_byte_ = std::chrono::steady_clock::now();
  if (line == "\r\n") {
    // Of "100 Continue" it is not the last.
    transfer.head_complete_ = transfer.head_.status >= 200;
  } else if (!transfer.head_complete_) {
    TakeHeaderLine(line, absl::Now(), transfer.head_);
  }
  return size * count;
}

size_t CurlTransfer::OnBody(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.last_byte_ = std::chrono::steady_clock::now();
  transfer.bytes_ += size * count;
  transfer.data_.append(data, size * count);
  return size * count;
}

void CurlTransfer::SetAddress(const ClientConfig& config) {
  std::string server = config.server;
  if (!config.tls_server_name.empty() && absl::StartsWith(server, "https://")) {
    // curl takes the name to verify from the address: so that gets the name, and a note where it really is.
    const std::unique_ptr<CURLU, UrlFree> url(curl_url());
    if (curl_url_set(url.get(), CURLUPART_URL, server.c_str(), 0) == CURLUE_OK) {
      const std::string host = Part(url.get(), CURLUPART_HOST), port = Part(url.get(), CURLUPART_PORT);
      connect_to_.reset(curl_slist_append(nullptr, absl::StrCat("::", host, ":", port).c_str()));
      curl_easy_setopt(easy(), CURLOPT_CONNECT_TO, connect_to_.get());
      curl_url_set(url.get(), CURLUPART_HOST, config.tls_server_name.c_str(), 0);
      server = absl::StrCat("https://", config.tls_server_name, ":", port);
      const std::string path = Part(url.get(), CURLUPART_PATH);
      if (path != "/") server += path;
    }
  }
  curl_easy_setopt(easy(), CURLOPT_URL, (server + request_.path).c_str());
  curl_easy_setopt(easy(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy(), CURLOPT_PROTOCOLS_STR, "http,https");
  if (!config.proxy_url.empty()) curl_easy_setopt(easy(), CURLOPT_PROXY, config.proxy_url.c_str());
  curl_easy_setopt(easy(), CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void CurlTransfer::SetTls(const ClientConfig& config, const Credentials::Pems& pems) {
  curl_easy_setopt(easy(), CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (config.insecure_skip_tls_verify) {
    curl_easy_setopt(easy(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy(), CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (!pems.authority.empty()) {
    // This one and no other: without it curl trusts the system's beside it.
    curl_easy_setopt(easy(), CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(easy(), CURLOPT_CAPATH, nullptr);
    SetBlob(easy(), CURLOPT_CAINFO_BLOB, pems.authority);
  }
  SetBlob(easy(), CURLOPT_SSLCERT_BLOB, pems.certificate);
  SetBlob(easy(), CURLOPT_SSLKEY_BLOB, pems.key);
}

void CurlTransfer::Prepare(const Credentials& credentials, const std::string& user_agent, uint64_t& connections) {
  SetAddress(credentials.config());
  SetTls(credentials.config(), credentials.pems());
  curl_easy_setopt(easy(), CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  // A second watch waits for the first one's connection instead of opening its own.
  curl_easy_setopt(easy(), CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy(), CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(easy(), CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy(), CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  curl_easy_setopt(easy(), CURLOPT_TCP_KEEPINTVL, kKeepAliveInterval);
  curl_easy_setopt(easy(), CURLOPT_SOCKOPTFUNCTION, OnSocket);
  curl_easy_setopt(easy(), CURLOPT_SOCKOPTDATA, &connections);
  curl_easy_setopt(easy(), CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy(), CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy(), CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy(), CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy(), CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy(), CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy(), CURLOPT_USERAGENT, user_agent.c_str());
  if (request_.compressed) curl_easy_setopt(easy(), CURLOPT_ACCEPT_ENCODING, "gzip");
  if (request_.method != "GET") curl_easy_setopt(easy(), CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  curl_slist* headers = curl_slist_append(nullptr, absl::StrCat("Accept: ", request_.accept).c_str());
  const std::string authorization = credentials.Authorization();
  if (!authorization.empty()) {
    headers = curl_slist_append(headers, absl::StrCat("Authorization: ", authorization).c_str());
  }
  if (!request_.body.empty()) {
    // Not copied: the request lives as long as the transfer.
    curl_easy_setopt(easy(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy(), CURLOPT_POSTFIELDS, request_.body.c_str());
    headers = curl_slist_append(headers, absl::StrCat("Content-Type: ", request_.content_type).c_str());
    headers = curl_slist_append(headers, "Expect:");
  }
  if (!request_.if_none_match.empty()) {
    headers = curl_slist_append(headers, absl::StrCat("If-None-Match: ", request_.if_none_match).c_str());
  }
  headers_.reset(headers);
  curl_easy_setopt(easy(), CURLOPT_HTTPHEADER, headers);
}

Time CurlTransfer::deadline() const {
  const Time end = began_ + request_.until_end;
  return head_complete_ ? end : std::min(end, began_ + request_.until_head);
}

bool CurlTransfer::TakeHead() { return head_complete_ && !std::exchange(head_taken_, true); }

absl::Status CurlTransfer::StatusOf(CURLcode result) const {
  if (result == CURLE_OK && head_complete_) return absl::OkStatus();
  if (result == CURLE_OK) return absl::UnavailableError("the API server closed the connection without an answer");
  return absl::UnavailableError(
      absl::StrCat("no connection to the API server: ", error_[0] != '\0' ? error_ : curl_easy_strerror(result)));
}

}  // namespace nuncio::kube
