#include "nuncio/translate/emissary/host_translator.h"

#include <utility>

namespace nuncio::translate::emissary {
namespace {

// `now`, with the pointer of `before` wherever the two are equal. Both are sorted by id.
std::vector<ir::SecretPtr> KeepEqual(std::vector<ir::SecretPtr> before, std::vector<ir::SecretPtr> now) {
  auto old = before.begin();
  for (ir::SecretPtr& secret : now) {
    while (old != before.end() && (*old)->id < secret->id) ++old;
    if (old != before.end() && **old == *secret) secret = *old;
  }
  return now;
}

}  // namespace

HostTranslator::Inputs HostTranslator::InputsOf(const Context& context) {
  const store::Snapshot& all = context.snapshot;
  Inputs inputs{{}, context.options, context.module};
  inputs.options.now = 0;
  inputs.tables.hosts = all.hosts;
  inputs.tables.tls_contexts = all.tls_contexts;
  inputs.tables.secrets = all.secrets;
  inputs.tables.modules = all.modules;
  for (const store::SourceProblem& problem : all.problems) {
    if (problem.kind == "Host") inputs.tables.problems.push_back(problem);
  }
  return inputs;
}

bool HostTranslator::Holds(const Inputs& inputs, int64_t now) const {
  if (!inputs_ || !(*inputs_ == inputs) || (now == 0) != (resolved_at_ == 0)) return false;
  return now >= resolved_at_ && (!holds_until_ || now < *holds_until_);
}

void HostTranslator::Resolve(Context& context, Inputs inputs) {
  inputs_ = std::move(inputs);
  resolved_at_ = context.options.now;
  ++round_;
  Report report;
  ModelBuilder builder = context.builder.ForPart();
  EndpointUses none;
  Context part{inputs_->tables, context.options, inputs_->module, builder, none, report};
  terminations_.contexts = ResolveTlsContexts(part);
  terminations_.hosts = ResolveHosts(part, terminations_.contexts);
  secrets_ = KeepEqual(std::move(secrets_), builder.Take().secrets);
  holds_until_ = report.holds_until();
  findings_ = report.Take();
}

const Terminations& HostTranslator::Translate(Context& context) {
  if (Inputs inputs = InputsOf(context); !Holds(inputs, context.options.now)) Resolve(context, std::move(inputs));
  context.report.Add(findings_);
  if (holds_until_) context.report.HoldsUntil(*holds_until_);
  context.builder.AddSecrets(secrets_);
  return terminations_;
}

}  // namespace nuncio::translate::emissary
