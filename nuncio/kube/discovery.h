#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/target.h"

namespace nuncio::kube {

// What an API server serves of the wanted kinds (resource::WantedVersion): those that can be listed and watched.
struct ServedKinds {
  std::vector<ServedKind> kinds;         // each in all its versions, those of a kind in the server's order
  std::set<std::string> unknown_groups;  // whose own server does not answer: nothing is known about their kinds
  bool operator==(const ServedKinds&) const = default;
};

// A kind in one version, as the server told.
struct Offer {
  ServedKind kind;
  bool watchable = false;
};

// The kinds, sorted, each in the version to ask for. Of getambassador.io that is the one in which the server stores it
// (`storage`, by "mappings.getambassador.io"), if it is read here: then the server has nothing to convert, and needs no
// webhook for that. Otherwise it is the one that is read without converting it, or else the first.
std::vector<ServedKind> Choose(const ServedKinds& served, const std::map<std::string, std::string>& storage);

// An APIGroupDiscoveryList (v2 or v2beta1). Errors (InvalidArgument): it is none.
absl::StatusOr<std::vector<Offer>> ReadAggregatedDiscovery(std::string_view body,
                                                           std::set<std::string>& unknown_groups);

// Asks the server once for what it serves: in two requests where the server can (aggregated discovery, on since
// Kubernetes 1.27), one for each wanted group and version otherwise. Belongs to the thread of its loop.
class Discovery {
 public:
  // Errors: what Fetch has, and FailedPrecondition: the server answers, and not what was asked for.
  using Done = std::function<void(absl::StatusOr<ServedKinds>)>;

  Discovery(Loop& loop, Done done) : fetch_(loop), done_(std::move(done)) {}
  // Begins anew when it is under way.
  void Check();
  bool running() const { return fetch_.running(); }

 private:
  struct Question {
    std::string path;
    std::string group;  // of one group and version; empty: of all
    bool aggregated = false;
  };
  void AskNext();
  void Answered(const Question& question, const absl::StatusOr<Fetch::Answer>& answer);
  // Adds to offers, or further questions. False when the body is not what was asked for.
  bool Take(const Question& question, const std::string& body);

  Fetch fetch_;
  const Done done_;
  std::deque<Question> questions_;
  std::vector<Offer> offers_;
  std::set<std::string> unknown_groups_;
};

}  // namespace nuncio::kube
