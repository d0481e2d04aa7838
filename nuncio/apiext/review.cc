#include "nuncio/apiext/review.h"

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "nuncio/base/json_member.h"
#include "nuncio/base/text.h"
#include "nuncio/base/yaml.h"
#include "nuncio/resource/conversion.h"

namespace nuncio::apiext {
namespace {

constexpr char kApiVersion[] = "apiextensions.k8s.io/v1";
// Of a name in a message.
constexpr size_t kLongestName = 300;

YamlLimits Limits() {
  YamlLimits limits;
  limits.bytes = kMostReviewBytes;
  limits.string_bytes = kMostReviewBytes;
  limits.nodes = 20'000'000;
  limits.marked_depth = 0;
  return limits;
}

std::string Text(const Json& object, const char* field) { return TextMember(object, field).substr(0, kLongestName); }

// "v2", of "getambassador.io/v2"; empty for another group.
std::string VersionIn(const std::string& api_version) {
  const std::string prefix = Cat(resource::kEmissaryGroup, "/");
  return api_version.starts_with(prefix) ? api_version.substr(prefix.size()) : "";
}

absl::StatusOr<Json> ConvertOne(Json object, const std::string& to_api_version) {
  const std::string kind = Text(object, "kind");
  const std::string from_api_version = Text(object, "apiVersion");
  const std::string from = VersionIn(from_api_version);
  const std::string to = VersionIn(to_api_version);
  if (!resource::HasVersion(kind, from) || !resource::HasVersion(kind, to)) {
    return absl::InvalidArgumentError(Cat("there is no conversion of ", kind, " from ", from_api_version, " to ",
                                          to_api_version, " (", Text(object.value("metadata", Json()), "namespace"),
                                          "/", Text(object.value("metadata", Json()), "name"), ")"));
  }
  return resource::Convert(std::move(object), kind, from, to);
}

Json Response(Json objects, const std::string& desired) {
  Json converted = Json::array();
  for (Json& object : objects) {
    absl::StatusOr<Json> one =
        object.is_object() ? ConvertOne(std::move(object), desired) : absl::InvalidArgumentError("an object is none");
    if (!one.ok()) return {{"result", {{"status", "Failure"}, {"message", std::string(one.status().message())}}}};
    converted.push_back(*std::move(one));
  }
  return {{"convertedObjects", std::move(converted)}, {"result", {{"status", "Success"}}}};
}

ReviewAnswer Refused(const std::string& why) { return {400, Cat(why, "\n")}; }

}  // namespace

ReviewAnswer AnswerReview(std::string_view body) {
  YamlStream stream = ReadJson(body, Limits());
  if (stream.error.has_value()) return Refused(stream.error->message);
  if (stream.documents.size() != 1) return Refused("no ConversionReview");
  Json& review = stream.documents.front().value;
  if (Text(review, "kind") != "ConversionReview" || Text(review, "apiVersion") != kApiVersion) {
    return Refused(Cat("no ConversionReview of ", kApiVersion));
  }
  const auto request = review.find("request");
  if (request == review.end() || !request->is_object()) return Refused("a ConversionReview without a request");
  const auto objects = request->find("objects");
  if (objects != request->end() && !objects->is_array() && !objects->is_null()) return Refused("objects is no list");
  const bool none = objects == request->end() || objects->is_null();
  Json response = Response(none ? Json::array() : std::move(*objects), Text(*request, "desiredAPIVersion"));
  response["uid"] = Text(*request, "uid");
  const Json answer = {{"apiVersion", kApiVersion}, {"kind", "ConversionReview"}, {"response", std::move(response)}};
  // A name that was cut may end within a character.
  return {200, answer.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace nuncio::apiext
