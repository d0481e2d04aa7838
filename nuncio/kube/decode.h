#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nuncio/base/json.h"
#include "nuncio/kube/loop.h"
#include "nuncio/kube/target.h"
#include "nuncio/resource/meta.h"

namespace nuncio::kube {

// An object as the API server sent it, without what a gateway never reads: managedFields, status, the annotations that
// repeat the object or count heartbeats. `object` is null when only its name matters, for a Secret that is not wanted,
// and when `refusal` says why it cannot be taken.
struct Item {
  resource::ObjectKey key;
  std::string uid;
  std::string resource_version;
  Json object;
  Json status;  // of kinds of getambassador.io; null: none
  std::string refusal;
};

// A v1 Status: why the server did not do what was asked.
struct ServerStatus {
  int code = 0;
  std::string reason;
  std::string message;
  std::optional<Duration> retry_after;
  // The version asked for is one that this server has not reached: it was restored, or lags behind another one.
  bool too_large_resource_version = false;
};

struct Event {
  enum class Type { kAdded, kModified, kDeleted, kBookmark, kError, kOther };
  Type type = Type::kOther;
  Item item;
  int64_t written_at = 0;           // the newest time in managedFields, in s since 1970; 0: none
  bool initial_events_end = false;  // of a bookmark: everything that there was has been sent
  ServerStatus status;              // of an error
};

struct Page {
  std::string resource_version;
  std::string continue_token;  // empty: the last page
  std::vector<Item> items;
};

// Reads what an API server sends. Keeps a buffer between calls; belongs to one thread.
class Decoder {
 public:
  // `wants_secret` says of which Secrets the data are wanted; nullptr: of all.
  explicit Decoder(std::function<bool(const resource::ObjectKey&)> wants_secret = nullptr);
  ~Decoder();

  // One line of a watch of `kind`. Errors (DataLoss): not JSON, or no event.
  absl::StatusOr<Event> ReadEvent(const ServedKind& kind, std::string_view line);
  // Errors (DataLoss): not JSON, or no list.
  absl::StatusOr<Page> ReadPage(const ServedKind& kind, std::string_view body);
  // Never fails: a body that is no Status yields its beginning as the message.
  ServerStatus ReadStatus(int http_status, std::string_view body);

 private:
  struct Parser;
  const std::function<bool(const resource::ObjectKey&)> wants_secret_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace nuncio::kube
