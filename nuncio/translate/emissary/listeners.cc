#include "nuncio/translate/emissary/listeners.h"

#include <utility>

namespace nuncio::translate::emissary {

// The virtual hosts of the Hosts that are `changed`, made anew. A table without a change stays the same list.
void ListenerTranslator::Fill(const std::vector<ActiveHost>& hosts, const std::vector<bool>& changed,
                              const MappingGroups& groups) {
  for (LaidOutListener& laid_out : listeners_) {
    for (const LaidOutListener::Table& table : laid_out.tables) {
      auto& service = std::get<ir::HttpService>(laid_out.listener.chains[table.chain].service);
      SharedList<ir::VirtualHostPtr>& last = service.routes.virtual_hosts;
      std::vector<ir::VirtualHostPtr> now(last.begin(), last.end());
      now.resize(table.hosts.size());
      bool same = now.size() == last.size();
      for (size_t i = 0; i < table.hosts.size(); ++i) {
        const size_t host = table.hosts[i];
        if (!changed[host]) continue;
        ir::VirtualHostPtr made = virtual_hosts_.Get(table.serving, hosts[host], groups, taken_.groups_of(host));
        same = same && made == now[i];
        now[i] = std::move(made);
      }
      if (!same) last = std::move(now);
    }
  }
}

void ListenerTranslator::Translate(Context& context, const Terminations& terminations, uint64_t hosts_round,
                                   const MappingTranslator& mappings, const std::vector<TcpMappingGroup>& tcp_groups) {
  const std::vector<ActiveHost>& hosts = terminations.hosts;
  const MappingGroups& groups = mappings.groups();
  Inputs inputs{context.snapshot.listeners, context.options, context.module, tcp_groups};
  inputs.options.now = 0;
  virtual_hosts_.Begin(hosts_round);
  bool anew = taken_.Update(hosts, hosts_round, groups, mappings.layout(), context.options.strict_label_selectors);
  if (inputs_ != inputs) anew = true;
  std::vector<bool> changed(hosts.size(), anew);
  if (anew) {
    inputs_ = std::move(inputs);
    Report report;
    // Nothing but Listeners can be read, as nothing else is followed.
    store::Snapshot readable;
    readable.listeners = inputs_->listeners;
    Context part{readable, inputs_->options, inputs_->module, context.builder, context.endpoints, report};
    Reached reached{false, std::vector<bool>(hosts.size()), std::vector<bool>(groups.size())};
    listeners_ = LayOutListeners(part, terminations, taken_, inputs_->tcp_groups, reached);
    unreached_ = FindUnreached(reached, hosts, groups);
    findings_ = report.Take();
  } else {
    for (const size_t group : mappings.remade()) {
      for (const uint32_t host : taken_.hosts_of(group)) changed[host] = true;
    }
  }
  Fill(hosts, changed, groups);
  if (anew) virtual_hosts_.Sweep();
  context.report.Add(findings_);
  ReportUnreached(context, unreached_, groups);
  for (const LaidOutListener& laid_out : listeners_) context.builder.AddListener(laid_out.listener);
}

}  // namespace nuncio::translate::emissary
