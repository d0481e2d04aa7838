#include "nuncio/translate/translate.h"

#include "absl/strings/str_cat.h"
#include "nuncio/translate/emissary/emissary.h"
#include "nuncio/translate/model_builder.h"
#include "nuncio/translate/prune.h"
#include "nuncio/translate/report.h"

namespace nuncio::translate {
namespace {

// What the source could not take becomes a finding like any other, so that it is told in one place.
void ReportProblems(const store::Snapshot& snapshot, Report& report) {
  for (const store::SourceProblem& problem : snapshot.problems) {
    const ir::Origin origin{problem.kind, problem.key.ns, problem.key.name, problem.source.file, problem.source.line};
    if (problem.error.weight == FieldErrors::Weight::kWarning) {
      report.Warning(origin, problem.code, problem.error.path, problem.error.message);
      continue;
    }
    const char* consequence = problem.last_good_serves ? "; the last good version serves until it is repaired" : "";
    report.Error(origin, problem.code, problem.error.path, absl::StrCat(problem.error.message, consequence));
  }
}

}  // namespace

struct Translator::State {
  ModelPool pool;
  emissary::Translator emissary;
  Pruner pruner;
  store::SnapshotPtr last;  // so that no new object gets the address of one that is remembered
};

Translator::Translator() : state_(std::make_unique<State>()) {}
Translator::~Translator() = default;

Translation Translator::Translate(store::SnapshotPtr snapshot, const Options& options) {
  ModelBuilder builder(state_->pool);
  Report report;
  ReportProblems(*snapshot, report);
  state_->emissary.Translate(*snapshot, options, builder, report);
  Translation translation{builder.Take(), {}, report.holds_until()};
  state_->pool.Sweep();
  state_->pruner.Prune(translation.model);
  translation.findings = report.Take();
  state_->last = std::move(snapshot);
  return translation;
}

Translation Translate(const store::Snapshot& snapshot, const Options& options) {
  return Translator().Translate(std::make_shared<const store::Snapshot>(snapshot), options);
}

}  // namespace nuncio::translate
