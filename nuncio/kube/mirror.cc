#include "nuncio/kube/mirror.h"

#include <algorithm>
#include <tuple>

#include "nuncio/base/log.h"
#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

using Phase = Reflector::Phase;

constexpr char kEmissary[] = "getambassador.io";

// A definition becomes served a moment after it was made; several often come together.
constexpr Duration kSoon{200};
// Where definitions may not be watched.
constexpr Duration kSeldom{60'000};
// A kind that is defined and yet not served: the API server has just started, or the definition is broken. Then it must
// not hold up the others for ever.
constexpr Duration kPatience{30'000};
// Without definitions to tell, absence has to be seen several times: an API server that starts serves kinds one by one.
constexpr int kTimesUnserved = 3;

// What a gateway never uses is left on the server: Helm keeps each release in Secrets, of up to 1 MiB each.
constexpr char kSecretTypes[] =
    "type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token,type!=kubernetes.io/dockerconfigjson,"
    "type!=kubernetes.io/dockercfg,type!=bootstrap.kubernetes.io/token";

bool IsSecret(const ServedKind& kind) { return kind.group.empty() && kind.kind == "Secret"; }

// Those whose objects name Secrets (resource/secret_names.h).
bool NamesSecrets(const ServedKind& kind) {
  return kind.group == kEmissary && (kind.kind == "Host" || kind.kind == "TLSContext" || kind.kind == "Module");
}

bool IsEssential(const ServedKind& kind) {
  return kind.group == kEmissary || IsSecret(kind) || (kind.group.empty() && kind.kind == "Service") ||
         (kind.group == "discovery.k8s.io" && kind.kind == "EndpointSlice");
}

bool IsRefused(const Reflector& reflector) {
  return reflector.phase() == Phase::kForbidden || reflector.phase() == Phase::kAbsent;
}

}  // namespace

Mirror::Mirror(Loop& loop, Selection selection, ObjectObserver* observer)
    : loop_(loop),
      selection_(std::move(selection)),
      observer_(observer),
      outage_(loop),
      gate_(store_, selection_.secrets),
      decoder_([this](const resource::ObjectKey& secret) { return gate_.IsNamed(secret); }),
      definitions_(loop, outage_, decoder_, [this] { OnDefinitions(); }),
      discovery_(loop, [this](const absl::StatusOr<ServedKinds>& served) { OnDiscovery(served); }),
      check_again_(loop),
      unreached_(loop, outage_),
      no_definitions_(gate_, "apiextensions.k8s.io", "CustomResourceDefinition", [] {}),
      secrets_(loop, outage_, gate_, decoder_) {}

Mirror::~Mirror() = default;

Scope Mirror::ScopeOf(const ServedKind& kind) const {
  Scope scope;
  if (!kind.namespaced) return scope;
  scope.ns = selection_.single_namespace;
  scope.label_selector = selection_.label_selector;
  scope.field_selector = selection_.field_selector;
  if (IsSecret(kind)) {
    scope.field_selector = Cat(kSecretTypes, scope.field_selector.empty() ? "" : ",", scope.field_selector);
  }
  return scope;
}

void Mirror::CheckAgain(Duration delay) {
  unreached_.Stop();
  check_again_.Set(delay, [this] { discovery_.Check(); });
}

bool Mirror::HasVanished(Followed& followed, const ServedKinds& served) const {
  const ServedKind& kind = followed.reflector->kind();
  const bool is_served = std::any_of(served.kinds.begin(), served.kinds.end(), [&](const ServedKind& each) {
    return each.group == kind.group && each.kind == kind.kind;
  });
  if (is_served || served.unknown_groups.count(kind.group) != 0) {
    followed.times_unserved = 0;
    return false;
  }
  ++followed.times_unserved;
  if (definitions_.known()) return definitions_.names().count(Cat(kind.plural, ".", kind.group)) == 0;
  return followed.times_unserved >= kTimesUnserved;
}

// A definition without its kind, or a kind about which nothing is known.
bool Mirror::Lacks() const {
  if (!served_.unknown_groups.empty()) return true;
  return std::any_of(definitions_.names().begin(), definitions_.names().end(), [&](const std::string& name) {
    // Not every kind of a wanted group is wanted; those of Emissary are.
    return name.ends_with(Cat(".", kEmissary)) &&
           std::none_of(served_.kinds.begin(), served_.kinds.end(),
                        [&](const ServedKind& kind) { return Cat(kind.plural, ".", kind.group) == name; });
  });
}

bool Mirror::MayHaveDefinitions() const { return selection_.single_namespace.empty() && !definitions_.denied(); }

void Mirror::FollowServed() {
  for (const ServedKind& kind : Choose(served_, definitions_.storage())) {
    const bool is_settled =
        kind.group != kEmissary || !MayHaveDefinitions() || definitions_.IsSettled(Cat(kind.plural, ".", kind.group));
    if (is_settled) Follow(kind);
  }
  JudgeDefinitions();
}

void Mirror::OnDefinitions() {
  // Before discovery it is of no use, and discovery is under way.
  if (discovered_) FollowServed();
  CheckAgain(kSoon);
}

void Mirror::Follow(const ServedKind& kind) {
  if (!kind.namespaced && !selection_.single_namespace.empty()) return;
  const Name name = {kind.group, kind.kind};
  Followed& followed = followed_[name];
  if (followed.reflector != nullptr && followed.reflector->kind() == kind) {
    if (followed.reflector->phase() == Phase::kAbsent) followed.reflector->RetryNow();
    return;
  }
  if (followed.feed == nullptr) {
    ObjectObserver* const observer = kind.group == kEmissary ? observer_ : nullptr;
    followed.feed = std::make_unique<Feed>(
        gate_, kind.group, kind.kind, [this, name] { OnState(name); }, observer);
  }
  if (observer_ != nullptr) observer_->OnKind(kind);
  followed.reflector = std::make_unique<Reflector>(loop_, outage_, decoder_, kind, ScopeOf(kind), *followed.feed);
  followed.started = !IsSecret(kind);
  if (followed.started) return followed.reflector->Start();
  secrets_.Follow(kind, *followed.feed);
}

// Only when it is known which are wanted.
void Mirror::StartSecrets() {
  const auto secrets = followed_.find({"", "Secret"});
  if (secrets == followed_.end() || secrets->second.started) return;
  for (const auto& [name, followed] : followed_) {
    if (NamesSecrets(followed.reflector->kind()) && !Settled(*followed.reflector)) return;
  }
  secrets->second.started = true;
  secrets->second.reflector->Start();
}

void Mirror::OnDiscoveryFailure(const absl::Status& status) {
  const bool again = !trouble_.empty();
  const std::string trouble(status.message());
  if (std::exchange(trouble_, trouble) != trouble) log::Warning(Cat("kinds cannot be discovered: ", trouble));
  const Duration delay = backoff_.Next(loop_.Now(), loop_.Random());
  const auto check = [this](bool) { discovery_.Check(); };
  check_again_.Stop();
  if (FailureOf(status).kind != Failure::Kind::kConnection) return unreached_.Pause(delay, check);
  unreached_.Set(again ? delay : Duration(0), check);
}

void Mirror::OnDiscovery(const absl::StatusOr<ServedKinds>& served) {
  if (!served.ok()) return OnDiscoveryFailure(served.status());
  trouble_.clear();
  if (!std::exchange(discovered_, true)) {
    discovered_at_ = loop_.Now();
    if (selection_.single_namespace.empty()) definitions_.Start();
  }
  served_ = *served;
  FollowServed();
  for (auto at = followed_.begin(); at != followed_.end();) {
    if (!HasVanished(at->second, *served)) {
      ++at;
      continue;
    }
    log::Info(Cat(at->first.second, " (", at->first.first, ") is not served any more"));
    if (IsSecret(at->second.reflector->kind())) secrets_.Unfollow();
    at->second.reflector.reset();
    at->second.feed->Clear();
    if (const auto changed = at->second.feed->TakeChanged())
      vanished_ = std::min(vanished_.value_or(*changed), *changed);
    at = followed_.erase(at);
  }
  if (Lacks()) {
    CheckAgain(backoff_.Next(loop_.Now(), loop_.Random()));
  } else if (!definitions_.known() && (definitions_.denied() || !selection_.single_namespace.empty())) {
    CheckAgain(kSeldom);
  }
  JudgeDefinitions();
}

void Mirror::JudgeDefinitions() {
  const bool any =
      std::any_of(followed_.begin(), followed_.end(), [](const auto& each) { return each.first.first == kEmissary; });
  no_definitions_.SetProblem(any ? ""
                                 : "the API server serves no kind of getambassador.io; install the "
                                   "CustomResourceDefinitions, they are watched for");
}

void Mirror::OnState(const Name& name) { refreshed_.push_back(name); }

bool Mirror::Settled(const Reflector& reflector) const {
  return reflector.synced() || (!IsEssential(reflector.kind()) && IsRefused(reflector));
}

std::string Mirror::Waiting() const {
  if (published_) return "";
  if (!discovered_) return Cat("the API server's kinds", trouble_.empty() ? "" : ": ", trouble_);
  if (MayHaveDefinitions() && !definitions_.AllSettled()) {
    const std::string& trouble = definitions_.reflector().trouble();
    return Cat("the CustomResourceDefinitions", trouble.empty() ? "" : ": ", trouble);
  }
  if (Lacks() && loop_.Now() - discovered_at_ < kPatience) return "kinds that are defined and not served yet";
  std::string kinds, trouble;
  for (const auto& [name, followed] : followed_) {
    if (Settled(*followed.reflector)) continue;
    kinds += Cat(kinds.empty() ? "" : ", ", name.second);
    if (trouble.empty()) trouble = followed.reflector->trouble();
  }
  if (kinds.empty()) std::tie(kinds, trouble) = secrets_.Waiting();
  return Cat(kinds, trouble.empty() ? "" : ": ", trouble);
}

std::optional<Time> Mirror::TakeChanged() {
  std::optional<Time> oldest = std::exchange(vanished_, std::nullopt);
  if (const auto changed = secrets_.TakeChanged()) oldest = std::min(oldest.value_or(*changed), *changed);
  const auto add = [&](Feed& feed) {
    const std::optional<Time> changed = feed.TakeChanged();
    if (changed.has_value()) oldest = std::min(oldest.value_or(*changed), *changed);
  };
  add(no_definitions_);
  for (auto& [name, followed] : followed_) add(*followed.feed);
  return oldest;
}

std::optional<Mirror::Change> Mirror::Turn() {
  for (const Name& name : std::exchange(refreshed_, {})) {
    const auto at = followed_.find(name);
    if (at == followed_.end() || at->second.reflector == nullptr) continue;
    const Reflector& reflector = *at->second.reflector;
    const bool denied = reflector.phase() == Phase::kForbidden;
    at->second.feed->SetProblem(
        denied ? Cat(reflector.trouble(), "; grant list and watch of it to nuncio's ServiceAccount") : "");
    const bool is_due = discovery_.running() || check_again_.running() || unreached_.running();
    if (reflector.phase() == Phase::kAbsent && !is_due) CheckAgain(kSoon);
  }
  StartSecrets();
  secrets_.Settle();
  if ((!published_ && !Waiting().empty()) || secrets_.Holds()) return std::nullopt;
  const std::optional<Time> changed = TakeChanged();
  if (std::exchange(published_, true) && !changed.has_value()) return std::nullopt;
  return Change{store_.Snapshot(), changed.value_or(loop_.Now())};
}

std::vector<KindReport> Mirror::Report() const {
  std::vector<KindReport> out;
  for (const auto& [name, followed] : followed_) {
    const Reflector& reflector = *followed.reflector;
    out.push_back({reflector.kind(), reflector.phase(), reflector.synced(), followed.feed->objects(),
                   reflector.trouble(), reflector.counters()});
  }
  return out;
}

}  // namespace nuncio::kube
