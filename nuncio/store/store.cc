#include "nuncio/store/store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "nuncio/base/text.h"
#include "nuncio/resource/secret_pair.h"
#include "nuncio/store/problem_code.h"

namespace nuncio::store {
namespace {

using resource::Decoded;
using resource::Identity;
using resource::Object;
using resource::Outcome;

#define NUNCIO_TABLE(type, kind, group, version, table) \
  Table<resource::type>& TableOf(Snapshot& tables, const resource::type*) { return tables.table; }
NUNCIO_KINDS(NUNCIO_TABLE)
#undef NUNCIO_TABLE

// The same but for where it stands.
bool MeansTheSame(const Object& fresh, const Object& old) {
  return fresh.index() == old.index() && std::visit(
                                             [&](const auto& object) {
                                               using Pointer = std::decay_t<decltype(object)>;
                                               const auto& other = *std::get<Pointer>(old);
                                               auto moved = *object;
                                               moved.meta.source = other.meta.source;
                                               return moved == other;
                                             },
                                             fresh);
}

std::string_view CodeOf(Outcome outcome, const FieldErrors::Entry& entry) {
  if (entry.weight == FieldErrors::Weight::kWarning) return problem::kUnknownField;
  if (outcome == Outcome::kUnknownKind) return problem::kUnknownKind;
  if (outcome == Outcome::kUnsupportedVersion) return problem::kUnsupportedVersion;
  return problem::kSchema;
}

void AddProblems(const Decoded& decoded, bool last_good_serves, std::vector<SourceProblem>& out) {
  for (const FieldErrors::Entry& entry : decoded.problems) {
    const bool error = entry.weight == FieldErrors::Weight::kError;
    out.push_back({decoded.id.kind, decoded.id.key, decoded.source, entry, error && last_good_serves,
                   std::string(CodeOf(decoded.outcome, entry)), decoded.uid, decoded.generation});
  }
}

// A Secret that keeps its last good version although it decodes.
bool IsHalfRotated(const Object& fresh, const Object& old) {
  using Secret = std::shared_ptr<const resource::Secret>;
  const auto* now = std::get_if<Secret>(&fresh);
  const auto* before = std::get_if<Secret>(&old);
  return now != nullptr && before != nullptr && resource::IsHalfRotated(**before, **now);
}

// Takes the object away, so that its place is the last good version's.
SourceProblem Refuse(Decoded& decoded) {
  const auto& secret = *std::get<std::shared_ptr<const resource::Secret>>(*decoded.object);
  const FieldErrors::Entry error{FieldErrors::Weight::kError, "data", resource::ProblemOfPair(secret)};
  decoded.object.reset();
  return {decoded.id.kind, decoded.id.key,    decoded.source, error, true, std::string(problem::kSecretInvalid),
          decoded.uid,     decoded.generation};
}

// The first of the earlier definitions that is not yet taken; two of one object in one file pair up in their order.
template <typename Definitions>
auto TakeFirst(std::map<Identity, Definitions>& earlier, const Identity& id) {
  auto at = earlier.find(id);
  using Node = decltype(at->second.extract(at->second.begin()));
  return at == earlier.end() || at->second.empty() ? Node() : at->second.extract(at->second.begin());
}

}  // namespace

void Store::Serve(const Identity& id) {
  const auto at = definitions_.find(id);
  const bool gone = at == definitions_.end();
  if (!gone && at->second.size() > 1) {
    contested_.insert(id);
  } else {
    contested_.erase(id);
  }
  if (!gone) {
    std::visit(
        [&](const auto& object) {
          using T = typename std::decay_t<decltype(object)>::element_type;
          if constexpr (std::is_same_v<T, const resource::UnbuiltObject>) {
            unbuilt_[{id.kind, id.key, id.group}] = object;
          } else {
            TableOf(tables_, object.get()).Put(object);
          }
        },
        at->second.begin()->second.object);
  } else if (unbuilt_.erase({id.kind, id.key, id.group}) == 0) {
#define NUNCIO_ERASE(type, kind_name, group_name, version, table) \
  if (id.kind == kind_name && id.group == group_name) tables_.table.Erase(id.key);
    NUNCIO_KINDS(NUNCIO_ERASE)
#undef NUNCIO_ERASE
  }
}

void Store::Add(const Identity& id, Place place, Definition definition) {
  files_[place.file].ordinals[id].insert(place.ordinal);
  definitions_[id].insert_or_assign(std::move(place), std::move(definition));
}

Store::Definitions Store::Withdraw(const Identity& id, const std::string& file) {
  Definitions taken;
  const auto at = definitions_.find(id);
  if (at == definitions_.end()) return taken;
  for (auto each = at->second.lower_bound({file, 0}); each != at->second.end() && each->first.file == file;) {
    taken.insert(at->second.extract(each++));
  }
  if (at->second.empty()) definitions_.erase(at);
  return taken;
}

void Store::PutFile(const std::string& file, std::vector<Decoded> objects) {
  std::set<Identity> touched;
  std::map<Identity, Definitions> earlier;
  for (const auto& [id, ordinals] : files_[file].ordinals) {
    earlier[id] = Withdraw(id, file);
    touched.insert(id);
  }
  files_[file] = {};
  std::vector<SourceProblem> problems;
  for (size_t ordinal = 0; ordinal < objects.size(); ++ordinal) {
    Decoded& decoded = objects[ordinal];
    auto before = TakeFirst(earlier, decoded.id);
    if (!before.empty() && decoded.object && IsHalfRotated(*decoded.object, before.mapped().object)) {
      problems.push_back(Refuse(decoded));
    }
    const bool keep = !before.empty() && (!decoded.object || MeansTheSame(*decoded.object, before.mapped().object));
    AddProblems(decoded, !decoded.object && keep, problems);
    if (!decoded.object && !keep) continue;
    Object object = keep ? std::move(before.mapped().object) : *std::move(decoded.object);
    Add(decoded.id, {file, ordinal}, {std::move(object), decoded.source});
    touched.insert(decoded.id);
  }
  for (const Identity& id : touched) Serve(id);
  problems.empty() ? faulty_.erase(file) : (faulty_.insert(file), 0);
  files_[file].problems = std::move(problems);
}

void Store::PutFault(const std::string& file, SourceProblem problem) {
  problem.last_good_serves = HoldsObjects(file);
  files_[file].problems = {std::move(problem)};
  faulty_.insert(file);
}

void Store::RemoveFile(const std::string& file) {
  PutFile(file, {});
  files_.erase(file);
}

bool Store::HoldsObjects(const std::string& file) const {
  const auto at = files_.find(file);
  return at != files_.end() && !at->second.ordinals.empty();
}

void Store::AddDuplicates(std::vector<SourceProblem>& problems) const {
  for (const Identity& id : contested_) {
    const Definitions& definitions = definitions_.at(id);
    const resource::Source& first = definitions.begin()->second.source;
    for (auto at = std::next(definitions.begin()); at != definitions.end(); ++at) {
      const std::string message = Cat("is defined at ", first.file, ":", first.line,
                                      " already, and that definition serves; remove one of the two");
      problems.push_back({id.kind,
                          id.key,
                          at->second.source,
                          {FieldErrors::Weight::kError, "", message},
                          false,
                          std::string(problem::kDuplicate)});
    }
  }
}

SnapshotPtr Store::Snapshot() const {
  auto snapshot = std::make_shared<store::Snapshot>(tables_);
  for (const auto& [key, object] : unbuilt_) snapshot->unbuilt.push_back(object);
  std::vector<SourceProblem>& problems = snapshot->problems;
  for (const std::string& file : faulty_) {
    const std::vector<SourceProblem>& here = files_.at(file).problems;
    problems.insert(problems.end(), here.begin(), here.end());
  }
  AddDuplicates(problems);
  const auto order = [](const SourceProblem& p) {
    return std::tie(p.source, p.error.path, p.error.message, p.kind, p.key, p.code);
  };
  std::sort(problems.begin(), problems.end(),
            [&](const SourceProblem& a, const SourceProblem& b) { return order(a) < order(b); });
  return snapshot;
}

}  // namespace nuncio::store
