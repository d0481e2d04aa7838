#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "nuncio/kube/credentials.h"
#include "nuncio/kube/loop.h"

namespace nuncio::kube {

// CURL and CURLM are the same type to the compiler.
struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiFree {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One request in libcurl's hands. What curl hands over is kept until Deliver, because neither requests nor timers may
// begin or end within its callbacks.
class CurlTransfer {
 public:
  CurlTransfer(Request request, Receiver& receiver, Time now);

  // Fills in where to, how and who, as of now. Before curl gets it. `connections` counts those that it opens.
  void Prepare(const Credentials& credentials, const std::string& user_agent, uint64_t& connections);

  CURL* easy() const { return easy_.get(); }
  Receiver& receiver() const { return receiver_; }
  const Head& head() const { return head_; }
  // Until when its head, or its end, has to be there.
  Time deadline() const;
  bool has_head() const { return head_complete_; }
  Time began() const { return began_; }
  // When bytes of it came last.
  Time last_byte() const { return last_byte_; }
  uint64_t bytes() const { return bytes_; }

  // What came since the last call. Each is handed over once.
  bool TakeHead();
  std::string TakeData() { return std::exchange(data_, {}); }
  // What the end is to be told as.
  absl::Status StatusOf(CURLcode result) const;

 private:
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  void SetAddress(const ClientConfig& config);
  void SetTls(const ClientConfig& config, const Credentials::Pems& pems);

  const Request request_;
  Receiver& receiver_;
  const Time began_;
  std::unique_ptr<CURL, EasyFree> easy_;
  std::unique_ptr<curl_slist, ListFree> headers_, connect_to_;
  char error_[CURL_ERROR_SIZE] = "";
  Head head_;
  bool head_complete_ = false, head_taken_ = false;
  std::string data_;
  Time last_byte_;
  uint64_t bytes_ = 0;
};

}  // namespace nuncio::kube
