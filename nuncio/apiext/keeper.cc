#include "nuncio/apiext/keeper.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "nuncio/apiext/webhook_server.h"
#include "nuncio/base/json_member.h"
#include "nuncio/base/log.h"
#include "nuncio/base/text.h"
#include "nuncio/kube/target.h"
#include "nuncio/resource/conversion.h"

namespace nuncio::apiext {
namespace {

// Definitions come with their schemas.
constexpr size_t kMostBytes = 64 << 20;

const Json& Member(const Json& object, const char* field) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto at = object.find(field);
  return at == object.end() ? kNone : *at;
}

std::string Base64(const std::string& text) { return absl::Base64Escape(text); }

// A value of a Secret's data; empty for what is no base64.
std::string DataOf(const Json& secret, const char* field) {
  std::string out;
  return absl::Base64Unescape(TextMember(Member(secret, "data"), field), &out) ? out : "";
}

std::string Failure(const char* what, const absl::StatusOr<kube::Fetch::Answer>& answer) {
  if (!answer.ok()) return Cat(what, ": ", std::string(answer.status().message()));
  return Cat(what, ": status ", answer->head.status, ": ", answer->body.substr(0, 300));
}

bool IsStatus(const absl::StatusOr<kube::Fetch::Answer>& answer, int status) {
  return answer.ok() && answer->head.status == status;
}

}  // namespace

std::optional<Json> PatchOf(const Json& definition, const KeeperOptions& options, const std::string& authority) {
  const Json& spec = Member(definition, "spec");
  const Json& conversion = Member(spec, "conversion");
  if (TextMember(spec, "group") != resource::kEmissaryGroup || Member(spec, "versions").size() < 2) return std::nullopt;
  if (TextMember(conversion, "strategy") != "Webhook") return std::nullopt;
  const Json client = {
      {"caBundle", Base64(authority)},
      {"service", {{"name", options.service}, {"namespace", options.ns}, {"path", kWebhookPath}, {"port", 443}}}};
  const Json& webhook = Member(conversion, "webhook");
  const Json versions = Json::array({"v1"});
  if (Member(webhook, "clientConfig") == client && Member(webhook, "conversionReviewVersions") == versions) {
    return std::nullopt;
  }
  Json wanted = {{"conversionReviewVersions", versions}, {"clientConfig", client}};
  // A merge patch takes away with null; `url` and `service` exclude each other.
  if (Member(webhook, "clientConfig").contains("url")) wanted["clientConfig"]["url"] = nullptr;
  return Json{{"spec", {{"conversion", {{"strategy", "Webhook"}, {"webhook", std::move(wanted)}}}}}};
}

Keeper::Keeper(kube::Loop& loop, KeeperOptions options, std::function<void(const Pair&)> on_authority)
    : options_(std::move(options)), on_authority_(std::move(on_authority)), fetch_(loop), again_(loop) {}

void Keeper::Send(const std::string& method, std::string path, std::string body,
                  std::function<void(const Answer&)> done) {
  kube::Request request;
  request.method = method;
  request.path = std::move(path);
  request.compressed = true;
  request.content_type = method == "PATCH" ? "application/merge-patch+json" : body.empty() ? "" : "application/json";
  request.body = std::move(body);
  fetch_.Start(std::move(request), kMostBytes, std::move(done));
}

void Keeper::Rest(std::string trouble, bool ready) {
  if (trouble != trouble_ && !trouble.empty()) log::Warning(trouble);
  trouble_ = std::move(trouble);
  ready_ = ready;
  again_.Set(kInterval, [this] { AskSecret(); });
}

void Keeper::AskSecret() {
  Send("GET", Cat("/api/v1/namespaces/", options_.ns, "/secrets/", options_.secret), "",
       [this](const Answer& answer) { OnSecret(answer); });
}

void Keeper::OnSecret(const Answer& answer) {
  const std::string name = Cat("the Secret ", options_.ns, "/", options_.secret);
  const int64_t now = options_.wall_clock();
  if (IsStatus(answer, 404)) {
    if (options_.keeps_authority) return WriteAuthority(Json::object(), MakeAuthority(now, {}));
    return Rest(Cat(name, " is not there"), false);
  }
  if (!IsStatus(answer, 200)) return Rest(Failure(name.c_str(), answer), ready_);
  const Json secret = Json::parse(answer->body, nullptr, false);
  if (!secret.is_object()) return Rest(Cat(name, ": the API server sent none"), ready_);
  Pair pair = {DataOf(secret, "tls.crt"), DataOf(secret, "tls.key")};
  const absl::Status usable = CheckAuthority(pair, now);
  if (usable.ok()) return Use(std::move(pair));
  if (!options_.keeps_authority) return Rest(Cat(name, ": tls.crt ", std::string(usable.message())), false);
  log::Info(Cat(name, " gets a new authority: tls.crt ", std::string(usable.message())));
  WriteAuthority(secret, MakeAuthority(now, pair));
}

void Keeper::WriteAuthority(const Json& before, const Pair& authority) {
  Json secret = before;
  const bool is_new = before.empty();
  secret["apiVersion"] = "v1";
  secret["kind"] = "Secret";
  if (is_new) secret["type"] = "kubernetes.io/tls";
  secret["metadata"]["name"] = options_.secret;
  secret["metadata"]["namespace"] = options_.ns;
  secret["metadata"].erase("managedFields");
  secret["data"]["tls.crt"] = Base64(authority.certificate);
  secret["data"]["tls.key"] = Base64(authority.key);
  const std::string all = Cat("/api/v1/namespaces/", options_.ns, "/secrets");
  Send(is_new ? "POST" : "PUT", is_new ? all : Cat(all, "/", options_.secret), secret.dump(),
       [this, authority](const Answer& answer) {
         if (IsStatus(answer, 200) || IsStatus(answer, 201)) return Use(authority);
         // Another replica was faster: its authority is the one.
         if (IsStatus(answer, 409)) return AskSecret();
         Rest(Failure("the authority cannot be written", answer), ready_);
       });
}

void Keeper::Use(Pair authority) {
  if (authority != authority_) {
    authority_ = std::move(authority);
    on_authority_(authority_);
  }
  AskDefinitions();
}

void Keeper::AskDefinitions() {
  std::string path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  if (!options_.label_selector.empty()) path += Cat("?labelSelector=", kube::Encoded(options_.label_selector));
  Send("GET", std::move(path), "", [this](const Answer& answer) { OnDefinitions(answer); });
}

void Keeper::OnDefinitions(const Answer& answer) {
  if (!IsStatus(answer, 200)) return Rest(Failure("CustomResourceDefinitions", answer), ready_);
  const Json list = Json::parse(answer->body, nullptr, false);
  const Json& items = Member(list, "items");
  patches_.clear();
  patch_trouble_.clear();
  for (const Json& definition : items.is_array() ? items : Json::array()) {
    std::optional<Json> patch = PatchOf(definition, options_, authority_.certificate);
    if (patch.has_value()) patches_.emplace_back(TextMember(Member(definition, "metadata"), "name"), patch->dump());
  }
  if (!patches_.empty() && !options_.keeps_definitions) {
    return Rest(Cat("the CustomResourceDefinition ", patches_.front().first, " has another caBundle or service"),
                false);
  }
  PatchNext();
}

void Keeper::PatchNext() {
  if (patches_.empty()) return Rest(patch_trouble_, patch_trouble_.empty());
  const auto [name, patch] = std::move(patches_.back());
  patches_.pop_back();
  Send("PATCH", Cat("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/", name), patch,
       [this, named = Cat("the CustomResourceDefinition ", name)](const Answer& answer) {
         if (IsStatus(answer, 200)) {
           log::Info(Cat(named, " asks the webhook ", options_.ns, "/", options_.service, " from now on"));
         } else {
           patch_trouble_ = Failure(named.c_str(), answer);
         }
         PatchNext();
       });
}

}  // namespace nuncio::apiext
