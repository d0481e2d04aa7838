#include "nuncio/store/store.h"

#include <algorithm>
#include <optional>
#include <string_view>
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

// What the file held, by identity and in the order of the file.
template <typename Definition>
using Earlier = std::map<Identity, std::vector<Definition>>;

// The first that is not yet taken; two of one object in one file pair up in their order.
template <typename Definition>
std::optional<Definition> TakeFirst(Earlier<Definition>& earlier, const Identity& id) {
  const auto at = earlier.find(id);
  if (at == earlier.end() || at->second.empty()) return std::nullopt;
  std::optional<Definition> first(std::move(at->second.front()));
  at->second.erase(at->second.begin());
  return first;
}

using IdentityView = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;

IdentityView ViewOf(const Object& object) {
  return std::visit(
      [](const auto& pointer) -> IdentityView {
        using T = std::remove_const_t<typename std::decay_t<decltype(pointer)>::element_type>;
        const resource::Meta& meta = pointer->meta;
        if constexpr (std::is_same_v<T, resource::UnbuiltObject>) {
          return {pointer->group, pointer->kind, meta.ns, meta.name};
        } else {
          return {resource::kGroupOf<T>, resource::kKindOf<T>, meta.ns, meta.name};
        }
      },
      object);
}

IdentityView ViewOf(const Identity& id) { return {id.group, id.kind, id.key.ns, id.key.name}; }

Identity IdentityOf(const Object& object) {
  const auto& [group, kind, ns, name] = ViewOf(object);
  return {std::string(group), std::string(kind), {std::string(ns), std::string(name)}};
}

}  // namespace

bool Store::Order::operator()(const Definition& a, const Definition& b) const {
  const IdentityView x = ViewOf(a.object), y = ViewOf(b.object);
  return std::tie(x, *a.file, a.ordinal) < std::tie(y, *b.file, b.ordinal);
}

bool Store::Order::operator()(const Definition& a, const Identity& b) const { return ViewOf(a.object) < ViewOf(b); }

bool Store::Order::operator()(const Identity& a, const Definition& b) const { return ViewOf(a) < ViewOf(b.object); }

std::pair<const Shared<std::string>, Store::File>& Store::EntryOf(const std::string& file,
                                                                  const std::vector<Decoded>& objects) {
  const auto at = files_.find(file);
  if (at != files_.end()) return *at;
  const bool shared = !objects.empty() && *objects.front().source.file == file;
  return *files_.try_emplace(shared ? objects.front().source.file : Shared<std::string>(file)).first;
}

void Store::Serve(const Identity& id) {
  const auto [first, last] = definitions_.equal_range(id);
  if (first != last && std::next(first) != last) {
    contested_.insert(id);
  } else {
    contested_.erase(id);
  }
  if (first != last) {
    std::visit(
        [&](const auto& object) {
          using T = typename std::decay_t<decltype(object)>::element_type;
          if constexpr (std::is_same_v<T, const resource::UnbuiltObject>) {
            unbuilt_[{id.kind, id.key, id.group}] = object;
          } else {
            TableOf(tables_, object.get()).Put(object);
          }
        },
        first->object);
  } else if (unbuilt_.erase({id.kind, id.key, id.group}) == 0) {
#define NUNCIO_ERASE(type, kind_name, group_name, version, table) \
  if (id.kind == kind_name && id.group == group_name) tables_.table.Erase(id.key);
    NUNCIO_KINDS(NUNCIO_ERASE)
#undef NUNCIO_ERASE
  }
}

void Store::PutFile(const std::string& file, std::vector<Decoded> objects) {
  auto& [name, held] = EntryOf(file, objects);
  std::set<Identity> touched;
  Earlier<Definition> earlier;
  for (const Definitions::iterator each : std::exchange(held, {})) {
    const Identity& id = *touched.insert(IdentityOf(each->object)).first;
    earlier[id].push_back(std::move(definitions_.extract(each).value()));
  }
  held.reserve(objects.size());
  std::vector<SourceProblem> problems;
  for (size_t ordinal = 0; ordinal < objects.size(); ++ordinal) {
    Decoded& decoded = objects[ordinal];
    std::optional<Definition> before = TakeFirst(earlier, decoded.id);
    if (before && decoded.object && IsHalfRotated(*decoded.object, before->object)) {
      problems.push_back(Refuse(decoded));
    }
    const bool keep = before && (!decoded.object || MeansTheSame(*decoded.object, before->object));
    AddProblems(decoded, !decoded.object && keep, problems);
    if (!decoded.object && !keep) continue;
    Object object = keep ? std::move(before->object) : *std::move(decoded.object);
    held.push_back(definitions_.insert({std::move(object), decoded.source, &*name, ordinal}).first);
    touched.insert(decoded.id);
  }
  for (const Identity& id : touched) Serve(id);
  if (problems.empty()) {
    problems_.erase(file);
  } else {
    problems_[file] = std::move(problems);
  }
}

void Store::PutFault(const std::string& file, SourceProblem problem) {
  problem.last_good_serves = HoldsObjects(file);
  problems_[file] = {std::move(problem)};
}

void Store::RemoveFile(const std::string& file) {
  PutFile(file, {});
  files_.erase(files_.find(file));
}

bool Store::HoldsObjects(const std::string& file) const {
  const auto at = files_.find(file);
  return at != files_.end() && !at->second.empty();
}

void Store::AddDuplicates(std::vector<SourceProblem>& problems) const {
  for (const Identity& id : contested_) {
    const auto [first, last] = definitions_.equal_range(id);
    for (auto at = std::next(first); at != last; ++at) {
      const std::string message = Cat("is defined at ", *first->source.file, ":", first->source.line,
                                      " already, and that definition serves; remove one of the two");
      problems.push_back({id.kind,
                          id.key,
                          at->source,
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
  for (const auto& [file, here] : problems_) problems.insert(problems.end(), here.begin(), here.end());
  AddDuplicates(problems);
  const auto order = [](const SourceProblem& p) {
    return std::tie(p.source, p.error.path, p.error.message, p.kind, p.key, p.code);
  };
  std::sort(problems.begin(), problems.end(),
            [&](const SourceProblem& a, const SourceProblem& b) { return order(a) < order(b); });
  return snapshot;
}

}  // namespace nuncio::store
