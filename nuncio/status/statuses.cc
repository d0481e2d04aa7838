#include "nuncio/status/statuses.h"

#include <algorithm>
#include <map>
#include <optional>

#include "nuncio/base/text.h"
#include "nuncio/base/utf8.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/resource/kinds.h"

namespace nuncio::status {
namespace {

using ByObject = std::map<Name, std::vector<const ir::Finding*>>;

// Errors that say: what the object names is not there, or is not usable.
constexpr std::array kOfReferences = {code::kSecretMissing,     code::kSecretInvalid,  code::kTlsContextMissing,
                                      code::kResolverMissing,   code::kServiceInvalid, code::kServiceMissing,
                                      code::kServicePortMissing};
// Found behind the translation: the object itself was taken.
constexpr std::array kOfEnvoy = {code::kEnvoyInvalid, code::kEnvoyRefused};
// Why nothing comes from an object that is taken as it is.
constexpr std::array kOfNoUse = {code::kMappingUnreachable, code::kHostUnused, code::kListenerUnused};
// Kinds that nothing in Envoy's configuration is named after: what they say is part of others.
constexpr std::array<std::string_view, 4> kInOthers = {"Module", "KubernetesServiceResolver",
                                                       "KubernetesEndpointResolver", "TLSContext"};
constexpr std::array<std::string_view, 6> kUnbuilt = {"AuthService", "RateLimitService", "TracingService",
                                                      "LogService",  "DevPortal",        "ConsulResolver"};

template <typename List>
bool Contains(const List& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// "secret-missing" -> "SecretMissing".
std::string ReasonOf(std::string_view code) {
  std::string out;
  bool upper = true;
  for (const char c : code) {
    if (c == '-') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

// At most kMessageBytes of it, cut between two characters.
std::string Bounded(std::string text) {
  if (text.size() <= kMessageBytes) return text;
  return text.substr(0, CutBetweenCharacters(text, kMessageBytes - 3)) + "...";
}

std::string Sentence(const ir::Finding& finding) {
  return finding.field.empty() ? finding.message : Cat(finding.field, ": ", finding.message);
}

std::string Sentences(const std::vector<const ir::Finding*>& findings) {
  std::string out;
  for (const ir::Finding* finding : findings) out += Cat(out.empty() ? "" : "; ", Sentence(*finding));
  return Bounded(std::move(out));
}

Condition False(const std::vector<const ir::Finding*>& findings) {
  return {Truth::kFalse, ReasonOf(findings.front()->code), Sentences(findings)};
}

// The findings of one object, by what they are about.
struct Sorted {
  std::vector<const ir::Finding*> errors, references, envoy, advice, unused;
  explicit Sorted(const std::vector<const ir::Finding*>& findings) {
    for (const ir::Finding* finding : findings) {
      if (finding->severity != ir::Severity::kError) {
        advice.push_back(finding);
        if (Contains(kOfNoUse, finding->code)) unused.push_back(finding);
      } else if (Contains(kOfEnvoy, finding->code)) {
        envoy.push_back(finding);
      } else {
        (Contains(kOfReferences, finding->code) ? references : errors).push_back(finding);
      }
    }
  }
};

// One object, as far as its status is concerned.
struct Subject {
  Name name;
  std::string uid;
  int64_t generation = 0;
  const resource::AmbassadorId* ids = nullptr;
  bool decoded = true;
  bool built = true;
};

template <typename Take>
void Each(const store::Snapshot& snapshot, const Take& take) {
  const auto each = [&](std::string_view kind, const auto& objects, bool built) {
    for (const auto& object : objects) {
      const resource::Meta& meta = object->meta;
      if (meta.uid.empty()) continue;
      take(Subject{
          {std::string(kind), meta.ns, meta.name}, meta.uid, meta.generation, &object->ambassador_id, true, built});
    }
  };
  each("Listener", snapshot.listeners, true);
  each("Host", snapshot.hosts, true);
  each("Mapping", snapshot.mappings, true);
  each("TCPMapping", snapshot.tcp_mappings, true);
  each("TLSContext", snapshot.tls_contexts, true);
  each("Module", snapshot.modules, true);
  each("KubernetesServiceResolver", snapshot.service_resolvers, true);
  each("KubernetesEndpointResolver", snapshot.endpoint_resolvers, true);
  for (const auto& object : snapshot.unbuilt) {
    if (Contains(kUnbuilt, object->kind)) each(object->kind, std::array{object}, false);
  }
}

class Writer {
 public:
  explicit Writer(const Inputs& inputs) : inputs_(inputs) {
    for (const ir::Findings* findings : {&inputs.findings, &inputs.refused}) {
      for (const ir::Finding& finding : *findings) {
        by_object_[{finding.object.kind, finding.object.ns, finding.object.name}].push_back(&finding);
      }
    }
    if (inputs.acknowledged.snapshot != nullptr) acknowledged_ = VersionsOf(*inputs.acknowledged.snapshot);
  }

  std::vector<ObjectStatus> Write() {
    std::map<Name, Subject> subjects;
    Each(inputs_.snapshot, [&](Subject subject) {
      if (IsMine(*subject.ids)) subjects.emplace(subject.name, std::move(subject));
    });
    for (const store::SourceProblem& problem : inputs_.snapshot.problems) AddRefused(problem, subjects);
    std::vector<ObjectStatus> out;
    out.reserve(subjects.size());
    for (const auto& [name, subject] : subjects) out.push_back(StatusOf(subject));
    return out;
  }

 private:
  bool IsMine(const resource::AmbassadorId& ids) const {
    if (ids.empty()) return inputs_.ambassador_id == "default";
    return Contains(ids, inputs_.ambassador_id) || Contains(ids, "_automatic_");
  }

  // An object of which this generation could not be read. An earlier one may serve, and then stands in `subjects`.
  void AddRefused(const store::SourceProblem& problem, std::map<Name, Subject>& subjects) const {
    if (problem.error.weight != FieldErrors::Weight::kError || problem.key.name.empty()) return;
    if (problem.generation == 0 && problem.uid.empty()) return;
    if (!Contains(kUnbuilt, problem.kind) && !IsOurs(problem.kind)) return;
    Subject& subject = subjects[{problem.kind, problem.key.ns, problem.key.name}];
    subject.name = {problem.kind, problem.key.ns, problem.key.name};
    subject.uid = problem.uid;
    subject.generation = problem.generation;
    subject.decoded = false;
  }

  static bool IsOurs(std::string_view kind_name) {
#define NUNCIO_IS(type, kind, group, version, table) \
  if (kind_name == kind && std::string_view(group) == "getambassador.io") return true;
    NUNCIO_KINDS(NUNCIO_IS)
#undef NUNCIO_IS
    return false;
  }

  Condition Programmed(const Subject& subject, const ObjectStatus& status, const Sorted& findings) const {
    if (status.of(Type::kAccepted).truth == Truth::kFalse) {
      const auto at = acknowledged_.find(subject.name);
      const bool serves = !subject.decoded && at != acknowledged_.end();
      return serves ? Condition{Truth::kFalse, "LastGoodServes",
                                "An earlier version of the object is served until this one is repaired."}
                    : Condition{Truth::kFalse, status.of(Type::kAccepted).reason, status.of(Type::kAccepted).message};
    }
    if (!findings.envoy.empty()) return False(findings.envoy);
    const auto at = acknowledged_.find(subject.name);
    if (at == acknowledged_.end() || at->second != Version(subject.uid, subject.generation)) {
      return {Truth::kUnknown, "Pending", "Envoy has not acknowledged it yet."};
    }
    const std::string& kind = std::get<0>(subject.name);
    if (!Contains(kInOthers, kind) && inputs_.acknowledged.in_envoy->count(subject.name) == 0) {
      if (!findings.references.empty()) return False(findings.references);
      if (!findings.unused.empty()) return False(findings.unused);
      return {Truth::kFalse, "NotInUse", "No request gets to it: no listener and no route of Envoy comes from it."};
    }
    return {Truth::kTrue, "Programmed", "Envoy has acknowledged it."};
  }

  // Emissary's own fields (emissary reference 4.10). Always written, so that what they said before goes.
  static void AddFields(ObjectStatus& status) {
    const Condition& programmed = status.of(Type::kProgrammed);
    const Condition& references = status.of(Type::kResolvedRefs);
    const Truth truth = programmed.truth;
    std::string reason;
    if (truth != Truth::kTrue) reason = Cat(programmed.reason, ": ", programmed.message);
    if (truth == Truth::kTrue && references.truth == Truth::kFalse) {
      reason = Cat(references.reason, ": ", references.message);
    }
    if (status.kind == "Mapping") {
      status.fields = {{"reason", std::move(reason)}, {"state", truth == Truth::kTrue ? "Running" : "Inactive"}};
    } else if (status.kind == "Host") {
      const char* state = truth == Truth::kTrue ? "Ready" : truth == Truth::kFalse ? "Error" : "Pending";
      status.fields = {{"errorReason", truth == Truth::kUnknown ? "" : std::move(reason)}, {"state", state}};
    }
  }

  ObjectStatus StatusOf(const Subject& subject) const {
    const auto at = by_object_.find(subject.name);
    const Sorted findings(at == by_object_.end() ? std::vector<const ir::Finding*>() : at->second);
    ObjectStatus status;
    std::tie(status.kind, status.key.ns, status.key.name) = subject.name;
    status.uid = subject.uid;
    status.generation = subject.generation;
    Condition& accepted = status.of(Type::kAccepted);
    if (!findings.errors.empty()) {
      accepted = False(findings.errors);
    } else if (!subject.built) {
      accepted = {Truth::kFalse, ReasonOf(code::kNotBuilt),
                  "This version of nuncio does not act on objects of this kind."};
    } else {
      accepted = {Truth::kTrue, "Accepted", findings.advice.empty() ? "" : Sentences(findings.advice)};
    }
    Condition& references = status.of(Type::kResolvedRefs);
    if (!findings.references.empty()) {
      references = False(findings.references);
    } else if (!subject.decoded) {
      references = {Truth::kUnknown, accepted.reason, "The object could not be read."};
    } else {
      references = {Truth::kTrue, "ResolvedRefs", ""};
    }
    status.of(Type::kProgrammed) = Programmed(subject, status, findings);
    AddFields(status);
    return status;
  }

  const Inputs& inputs_;
  ByObject by_object_;
  std::map<Name, Version> acknowledged_;
};

}  // namespace

std::map<Name, Version> VersionsOf(const store::Snapshot& snapshot) {
  std::map<Name, Version> versions;
  Each(snapshot, [&](Subject subject) {
    versions.emplace(std::move(subject.name), Version(std::move(subject.uid), subject.generation));
  });
  return versions;
}

std::vector<ObjectStatus> StatusesOf(const Inputs& inputs) { return Writer(inputs).Write(); }

}  // namespace nuncio::status
