#pragma once

#include <string>
#include <string_view>

namespace nuncio::apiext {

// The most bytes of a question. An API server asks for all objects of a page of a list at once.
inline constexpr size_t kMostReviewBytes = 128 << 20;

struct ReviewAnswer {
  int status = 200;  // of HTTP
  std::string body;  // JSON, or what is wrong with the question
};

// What the webhook answers to a ConversionReview (apiextensions.k8s.io/v1; Kubernetes documentation, "Versions in
// CustomResourceDefinitions", "Webhook request and response"). Pure: the answer follows from the question alone.
// One object that cannot be converted fails the whole review, as the protocol has it; that is one of a kind or version
// that does not exist, never one whose fields are wrong.
ReviewAnswer AnswerReview(std::string_view body);

}  // namespace nuncio::apiext
