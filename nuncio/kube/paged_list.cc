#include "nuncio/kube/paged_list.h"

#include "nuncio/base/text.h"

namespace nuncio::kube {

void PagedList::Start() {
  page_objects_ = kPageObjects;
  restarts_ = 0;
  AskFor("");
}

void PagedList::AskFor(const std::string& continue_token) {
  std::vector<std::pair<std::string, std::string>> query;
  if (page_objects_ != 0) query.emplace_back("limit", Cat(page_objects_));
  if (!continue_token.empty()) query.emplace_back("continue", continue_token);
  Request request;
  request.path = PathOf(kind_, scope_, query);
  if (scope_.metadata_only) request.accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  request.compressed = true;
  fetch_.Start(
      std::move(request), page_objects_ == 0 ? kWholeBytes : kPageBytes,
      [this, continue_token](const absl::StatusOr<Fetch::Answer>& answer) { Answered(continue_token, answer); });
}

void PagedList::Restart() {
  listener_.OnRestart();
  if (++restarts_ > 1) page_objects_ = 0;
  AskFor("");
}

void PagedList::Answered(const std::string& asked, const absl::StatusOr<Fetch::Answer>& answer) {
  if (answer.status().code() == absl::StatusCode::kResourceExhausted && page_objects_ > 1) {
    page_objects_ /= 2;
    return AskFor(asked);
  }
  if (!answer.ok()) return Fail(FailureOf(answer.status()));
  bytes_ += answer->body.size();
  if (answer->head.status != 200) {
    const Failure failure = FailureOf(decoder_.ReadStatus(answer->head.status, answer->body), answer->head.retry_after);
    if (failure.kind == Failure::Kind::kExpired && page_objects_ != 0) return Restart();
    return Fail(failure);
  }
  absl::StatusOr<Page> page = decoder_.ReadPage(kind_, answer->body);
  if (!page.ok()) return Fail(FailureOf(page.status()));
  for (Item& item : page->items) listener_.OnItem(std::move(item));
  if (page->continue_token.empty()) return listener_.OnListEnd(std::nullopt, page->resource_version);
  AskFor(page->continue_token);
}

}  // namespace nuncio::kube
