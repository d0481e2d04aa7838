#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nuncio/apiext/authority.h"
#include "nuncio/base/json.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/loop.h"

namespace nuncio::apiext {

// Where the authority is kept, and which service the API server is to ask.
struct KeeperOptions {
  std::string ns;
  std::string service;
  std::string secret = "emissary-ingress-webhook-ca";
  std::string label_selector;   // of the CustomResourceDefinitions; empty: all of the group
  bool keeps_authority = true;  // makes and renews it; otherwise it is only read
  bool keeps_definitions = true;
  std::function<int64_t()> wall_clock;  // Unix time in s
};

// The merge patch that makes a CustomResourceDefinition ask the webhook; nullopt when it is none that has to (another
// group, one version, no webhook) or does already. Pure.
std::optional<Json> PatchOf(const Json& definition, const KeeperOptions& options, const std::string& authority);

// Keeps the authority in its Secret, and the definitions of getambassador.io pointing to the webhook with it: looks
// every 10 s, writes what is not as it should be. Belongs to the thread of its loop.
//
// Any number of replicas may do so at once without electing one of them: the first to create the Secret wins, a write
// to it names the version that it replaces, and what is written to definitions is the same from all of them.
class Keeper {
 public:
  static constexpr kube::Duration kInterval{10'000};

  // `on_authority`: another one is there, the first or a new one.
  Keeper(kube::Loop& loop, KeeperOptions options, std::function<void(const Pair&)> on_authority);

  void Start() { AskSecret(); }
  // There is an authority, and at the last look every definition had it.
  bool ready() const { return ready_; }
  // Why not, or what goes wrong, for people; empty when nothing does.
  const std::string& trouble() const { return trouble_; }

 private:
  using Answer = absl::StatusOr<kube::Fetch::Answer>;
  void Send(const std::string& method, std::string path, std::string body, std::function<void(const Answer&)> done);
  void AskSecret();
  void OnSecret(const Answer& answer);
  void WriteAuthority(const Json& before, const Pair& authority);
  void Use(Pair authority);
  void AskDefinitions();
  void OnDefinitions(const Answer& answer);
  void PatchNext();
  void Rest(std::string trouble, bool ready);

  const KeeperOptions options_;
  const std::function<void(const Pair&)> on_authority_;
  kube::Fetch fetch_;
  kube::Timer again_;
  Pair authority_;
  std::vector<std::pair<std::string, std::string>> patches_;  // bodies, by name of the definition, the next one last
  std::string patch_trouble_;
  std::string trouble_;
  bool ready_ = false;
};

}  // namespace nuncio::apiext
