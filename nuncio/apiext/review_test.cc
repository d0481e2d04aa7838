#include "nuncio/apiext/review.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nuncio/base/json.h"
#include "nuncio/base/text.h"

namespace nuncio::apiext {
namespace {

std::string Question(const std::string& desired, const std::string& objects) {
  return Cat(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{"uid":"u-1",)",
             R"("desiredAPIVersion":")", desired, R"(","objects":)", objects, "}}");
}

std::string Object(const std::string& kind, const std::string& version, const std::string& spec) {
  return Cat(R"({"apiVersion":"getambassador.io/)", version, R"(","kind":")", kind,
             R"(","metadata":{"name":"x","namespace":"n","uid":"o-1"},"spec":)", spec, "}");
}

Json Response(const std::string& question) {
  const ReviewAnswer answer = AnswerReview(question);
  EXPECT_EQ(answer.status, 200) << answer.body;
  const Json review = Json::parse(answer.body);
  EXPECT_EQ(review["apiVersion"], "apiextensions.k8s.io/v1");
  EXPECT_EQ(review["kind"], "ConversionReview");
  EXPECT_EQ(review["response"]["uid"], "u-1");
  return review["response"];
}

TEST(Review, ConvertsEveryObjectInItsOrder) {
  const Json response = Response(Question(
      "getambassador.io/v3alpha1",
      Cat("[", Object("Mapping", "v2", R"({"host":"h","service":"s","tls":true})"), ",",
          Object("Mapping", "v3alpha1", R"({"hostname":"k"})"), ",", Object("Host", "v2", R"({"selector":{}})"), "]")));
  EXPECT_EQ(response["result"]["status"], "Success");
  const Json& objects = response["convertedObjects"];
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(objects[0]["apiVersion"], "getambassador.io/v3alpha1");
  EXPECT_EQ(objects[0]["metadata"]["uid"], "o-1");
  EXPECT_EQ(objects[0]["spec"]["hostname"], "h");
  EXPECT_EQ(objects[0]["spec"]["service"], "https://s");
  EXPECT_EQ(objects[1]["spec"], Json::parse(R"({"hostname":"k"})"));
  EXPECT_EQ(objects[2]["spec"], Json::parse(R"({"mappingSelector":{}})"));
}

TEST(Review, ConvertsBackAndBetweenOldVersions) {
  const Json back = Response(Question("getambassador.io/v1", Cat("[", Object("Mapping", "v3alpha1", "{}"), "]")));
  EXPECT_EQ(back["convertedObjects"][0]["spec"]["host"], "_skip_mapping_with_empty_host_");
  const Json old = Response(
      Question("getambassador.io/v2", Cat("[", Object("Mapping", "v1", R"({"ambassador_id":"a","hostname":5})"), "]")));
  EXPECT_EQ(old["convertedObjects"][0]["apiVersion"], "getambassador.io/v2");
  EXPECT_EQ(old["convertedObjects"][0]["spec"], Json::parse(R"({"ambassador_id":"a","hostname":5})"));
  EXPECT_EQ(Response(Question("getambassador.io/v2", "[]"))["convertedObjects"], Json::array());
}

TEST(Review, FailsWholeWhenThereIsNoSuchVersion) {
  for (const auto& [desired, object] : {std::pair{"getambassador.io/v1", Object("Host", "v2", "{}")},
                                        std::pair{"getambassador.io/v0", Object("Mapping", "v2", "{}")},
                                        std::pair{"example.com/v2", Object("Mapping", "v2", "{}")},
                                        std::pair{"getambassador.io/v2", Object("Filter", "v3alpha1", "{}")},
                                        std::pair{"getambassador.io/v2", std::string("5")}}) {
    const Json response = Response(Question(desired, Cat("[", Object("Module", "v2", "{}"), ",", object, "]")));
    EXPECT_EQ(response["result"]["status"], "Failure") << desired;
    EXPECT_NE(response["result"]["message"], "");
    EXPECT_FALSE(response.contains("convertedObjects"));
  }
}

TEST(Review, CutsLongNamesAnywhere) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\u00e4";
  for (const char* shift : {"", "x"}) {
    const Json response = Response(Question("getambassador.io/v2", Cat("[", Object(shift + name, "v2", "{}"), "]")));
    EXPECT_EQ(response["result"]["status"], "Failure");
  }
}

TEST(Review, RefusesWhatIsNoReview) {
  for (const char* body :
       {"", "{", "[]", "{}", R"({"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"ConversionReview"})",
        R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview"})",
        R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{"objects":5}})"}) {
    EXPECT_EQ(AnswerReview(body).status, 400) << body;
  }
  EXPECT_EQ(AnswerReview(std::string(200'000, '[')).status, 400);
}

}  // namespace
}  // namespace nuncio::apiext
