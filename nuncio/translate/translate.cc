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

Translation Translate(const store::Snapshot& snapshot, const Options& options) {
  ModelBuilder builder;
  Report report;
  ReportProblems(snapshot, report);
  emissary::TranslateEmissary(snapshot, options, builder, report);
  Translation translation{builder.Take(), {}, report.holds_until()};
  Prune(translation.model);
  translation.findings = report.Take();
  return translation;
}

}  // namespace nuncio::translate
