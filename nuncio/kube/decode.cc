#include "nuncio/kube/decode.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

namespace dom = simdjson::dom;

// Far above what the API server stores, and far below what the stack of a recursive reader bears.
constexpr int kDeepest = 100;
constexpr size_t kMessageBytes = 512;

absl::Status NotAnEvent(std::string_view what) { return absl::DataLossError(Cat("the API server sent ", what)); }

std::string_view Text(const dom::object& object, std::string_view field) {
  std::string_view text;
  return object[field].get(text) == simdjson::SUCCESS ? text : std::string_view();
}
std::string String(const dom::object& object, std::string_view field) { return std::string(Text(object, field)); }

std::optional<dom::object> Object(const dom::object& object, std::string_view field) {
  dom::object inner;
  if (object[field].get(inner) != simdjson::SUCCESS) return std::nullopt;
  return inner;
}

// False when it is nested too deep.
bool Copy(const dom::element& from, int depth, Json& to) {
  if (depth > kDeepest) return false;
  switch (from.type()) {
    case dom::element_type::OBJECT: {
      to = Json::object();
      for (const auto [key, value] : dom::object(from)) {
        if (!Copy(value, depth + 1, to[std::string(key)])) return false;
      }
      return true;
    }
    case dom::element_type::ARRAY: {
      to = Json::array();
      for (const dom::element value : dom::array(from)) {
        if (!Copy(value, depth + 1, to.emplace_back())) return false;
      }
      return true;
    }
    case dom::element_type::STRING:
      to = std::string(std::string_view(from));
      return true;
    case dom::element_type::INT64:
      to = int64_t(from);
      return true;
    case dom::element_type::UINT64:
      to = uint64_t(from);
      return true;
    case dom::element_type::DOUBLE:
      to = double(from);
      return true;
    case dom::element_type::BOOL:
      to = bool(from);
      return true;
    case dom::element_type::NULL_VALUE:
      to = nullptr;
      return true;
  }
  return true;
}

// They repeat the object, or change with every heartbeat.
bool IsNoise(std::string_view annotation) {
  constexpr std::array kNoise = {std::string_view("kubectl.kubernetes.io/last-applied-configuration"),
                                 std::string_view("endpoints.kubernetes.io/last-change-trigger-time"),
                                 std::string_view("control-plane.alpha.kubernetes.io/leader"),
                                 std::string_view("deployment.kubernetes.io/revision")};
  return std::find(kNoise.begin(), kNoise.end(), annotation) != kNoise.end();
}

bool CopyMeta(const dom::object& metadata, Json& to) {
  to = Json::object();
  for (const char* field : {"name", "namespace", "uid", "creationTimestamp", "generation", "labels"}) {
    dom::element value;
    if (metadata[field].get(value) == simdjson::SUCCESS && !Copy(value, 2, to[field])) return false;
  }
  dom::element annotations;
  if (metadata["annotations"].get(annotations) != simdjson::SUCCESS) return true;
  dom::object by_name;
  if (annotations.get(by_name) != simdjson::SUCCESS) return Copy(annotations, 2, to["annotations"]);
  Json& kept = to["annotations"] = Json::object();
  for (const auto [name, value] : by_name) {
    if (!IsNoise(name) && !Copy(value, 3, kept[std::string(name)])) return false;
  }
  if (kept.empty()) to.erase("annotations");
  return true;
}

// Of a CustomResourceDefinition, of which schemas are nearly all, what says how its versions are kept.
Json VersionsOf(const dom::object& definition) {
  Json versions = Json::array();
  const std::optional<dom::object> spec = Object(definition, "spec");
  dom::array listed;
  if (!spec.has_value() || (*spec)["versions"].get(listed) != simdjson::SUCCESS) return versions;
  for (const dom::element element : listed) {
    dom::object version;
    if (element.get(version) != simdjson::SUCCESS) continue;
    bool storage = false;
    if (version["storage"].get(storage) != simdjson::SUCCESS) storage = false;
    versions.push_back({{"name", String(version, "name")}, {"storage", storage}});
  }
  return versions;
}

Item ReadItem(const ServedKind& kind, const dom::object& object,
              const std::function<bool(const resource::ObjectKey&)>& wants_secret) {
  Item item;
  const std::optional<dom::object> metadata = Object(object, "metadata");
  if (!metadata.has_value()) {
    item.refusal = "has no metadata";
    return item;
  }
  item.key = {kind.namespaced ? String(*metadata, "namespace") : "", String(*metadata, "name")};
  item.uid = String(*metadata, "uid");
  item.resource_version = String(*metadata, "resourceVersion");
  const bool is_secret = kind.group.empty() && kind.kind == "Secret";
  if (is_secret && wants_secret != nullptr && !wants_secret(item.key)) return item;
  if (kind.kind == "CustomResourceDefinition") {
    item.object["spec"]["versions"] = VersionsOf(object);
    return item;
  }
  Json copy = Json::object();
  // The items of a list do not repeat what they are.
  copy["apiVersion"] = kind.group.empty() ? kind.version : Cat(kind.group, "/", kind.version);
  copy["kind"] = kind.kind;
  bool shallow = CopyMeta(*metadata, copy["metadata"]);
  for (const auto [name, value] : object) {
    if (name == "status" && kind.group == "getambassador.io" && !Copy(value, 1, item.status)) item.status = nullptr;
    if (name == "metadata" || name == "status" || name == "apiVersion" || name == "kind") continue;
    shallow = shallow && Copy(value, 1, copy[std::string(name)]);
  }
  if (shallow) {
    item.object = std::move(copy);
  } else {
    item.refusal = Cat("is nested deeper than ", kDeepest, " levels");
  }
  return item;
}

// "Too large resource version: 9, current: 5" comes as a Timeout, with a cause in servers since 1.17.
bool IsTooLargeVersion(const dom::object& status, std::string_view message) {
  if (message.find("Too large resource version") != std::string_view::npos) return true;
  const std::optional<dom::object> details = Object(status, "details");
  dom::array causes;
  if (!details.has_value() || (*details)["causes"].get(causes) != simdjson::SUCCESS) return false;
  return std::any_of(causes.begin(), causes.end(), [](const dom::element& cause) {
    dom::object fields;
    return cause.get(fields) == simdjson::SUCCESS && Text(fields, "reason") == "ResourceVersionTooLarge";
  });
}

ServerStatus StatusOf(const dom::object& status) {
  ServerStatus out;
  int64_t number = 0;
  if (status["code"].get(number) == simdjson::SUCCESS) out.code = static_cast<int>(number);
  out.reason = String(status, "reason");
  out.message = std::string(Text(status, "message").substr(0, kMessageBytes));
  out.too_large_resource_version = IsTooLargeVersion(status, out.message);
  const std::optional<dom::object> details = Object(status, "details");
  if (details.has_value() && (*details)["retryAfterSeconds"].get(number) == simdjson::SUCCESS && number > 0) {
    out.retry_after = std::chrono::seconds(std::min<int64_t>(number, 3600));
  }
  return out;
}

Event::Type TypeOf(std::string_view type) {
  if (type == "ADDED") return Event::Type::kAdded;
  if (type == "MODIFIED") return Event::Type::kModified;
  if (type == "DELETED") return Event::Type::kDeleted;
  if (type == "BOOKMARK") return Event::Type::kBookmark;
  if (type == "ERROR") return Event::Type::kError;
  return Event::Type::kOther;
}

int64_t WrittenAt(const dom::object& object) {
  int64_t newest = 0;
  const std::optional<dom::object> metadata = Object(object, "metadata");
  dom::array managers;
  if (!metadata.has_value() || (*metadata)["managedFields"].get(managers) != simdjson::SUCCESS) return 0;
  for (const dom::element element : managers) {
    dom::object manager;
    absl::Time time;
    if (element.get(manager) != simdjson::SUCCESS) continue;
    const std::string_view text = Text(manager, "time");
    if (!absl::ParseTime(absl::RFC3339_full, {text.data(), text.size()}, &time, nullptr)) continue;
    newest = std::max(newest, absl::ToUnixSeconds(time));
  }
  return newest;
}

bool EndsInitialEvents(const dom::object& object) {
  const std::optional<dom::object> metadata = Object(object, "metadata");
  if (!metadata.has_value()) return false;
  const std::optional<dom::object> annotations = Object(*metadata, "annotations");
  return annotations.has_value() && Text(*annotations, "k8s.io/initial-events-end") == "true";
}

}  // namespace

struct Decoder::Parser {
  // Deeper than what an API server parses (10,000), so that an object that is too deep for us is refused by itself and
  // does not make the answer around it unreadable.
  static constexpr size_t kParsedDepth = 11'000;
  // A buffer that one huge answer needed is not kept.
  static constexpr size_t kKept = 4 << 20;

  dom::parser parser = Fresh();

  static dom::parser Fresh() {
    dom::parser fresh;
    if (fresh.allocate(64 << 10, kParsedDepth) != simdjson::SUCCESS) throw std::bad_alloc();
    return fresh;
  }

  void Shrink() {
    if (parser.capacity() > kKept) parser = Fresh();
  }

  simdjson::error_code Read(std::string_view text, dom::object& out) {
    dom::element root;
    if (const auto error = parser.parse(text.data(), text.size()).get(root)) return error;
    return root.get(out);
  }
};

Decoder::Decoder(std::function<bool(const resource::ObjectKey&)> wants_secret)
    : wants_secret_(std::move(wants_secret)), parser_(std::make_unique<Parser>()) {}
Decoder::~Decoder() = default;

absl::StatusOr<Event> Decoder::ReadEvent(const ServedKind& kind, std::string_view line) {
  dom::object root;
  if (const auto error = parser_->Read(line, root)) {
    return NotAnEvent(Cat("a line in a watch that is no JSON object: ", simdjson::error_message(error)));
  }
  const std::optional<dom::object> object = Object(root, "object");
  if (!object.has_value()) return NotAnEvent("an event without an object");
  Event event;
  event.type = TypeOf(Text(root, "type"));
  if (event.type == Event::Type::kError) {
    event.status = StatusOf(*object);
  } else if (event.type == Event::Type::kBookmark) {
    event.initial_events_end = EndsInitialEvents(*object);
    if (const auto metadata = Object(*object, "metadata")) {
      event.item.resource_version = String(*metadata, "resourceVersion");
    }
  } else {
    event.item = ReadItem(kind, *object, wants_secret_);
    event.written_at = WrittenAt(*object);
  }
  return event;
}

absl::StatusOr<Page> Decoder::ReadPage(const ServedKind& kind, std::string_view body) {
  dom::object root;
  if (const auto error = parser_->Read(body, root)) {
    return NotAnEvent(Cat("a list that is no JSON object: ", simdjson::error_message(error)));
  }
  const std::optional<dom::object> metadata = Object(root, "metadata");
  if (!metadata.has_value()) return NotAnEvent("a list without metadata");
  Page page;
  page.resource_version = String(*metadata, "resourceVersion");
  page.continue_token = String(*metadata, "continue");
  if (page.resource_version.empty()) return NotAnEvent("a list without a resourceVersion");
  dom::array items;
  if (root["items"].get(items) != simdjson::SUCCESS) return page;  // "items": null is an empty list
  for (const dom::element element : items) {
    dom::object object;
    if (element.get(object) == simdjson::SUCCESS) page.items.push_back(ReadItem(kind, object, wants_secret_));
  }
  parser_->Shrink();
  return page;
}

ServerStatus Decoder::ReadStatus(int http_status, std::string_view body) {
  ServerStatus out;
  dom::object root;
  if (parser_->Read(body, root) == simdjson::SUCCESS && Text(root, "kind") == "Status") {
    out = StatusOf(root);
  } else {
    out.message = std::string(body.substr(0, kMessageBytes));
  }
  out.code = http_status;
  return out;
}

}  // namespace nuncio::kube
