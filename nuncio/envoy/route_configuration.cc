#include "nuncio/envoy/route_configuration.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "absl/strings/ascii.h"
#include "envoy/config/route/v3/route.pb.h"
#include "nuncio/envoy/names.h"
#include "nuncio/envoy/serialize.h"
#include "nuncio/envoy/wire.h"

namespace nuncio::envoy {
namespace {

using Hosts = SharedList<ir::VirtualHostPtr>;

// Envoy compares domains without case and refuses a table that holds one twice.
using Domains = std::unordered_set<std::string>;

// Takes the domains of the host, and returns the numbers of those that are taken already.
std::vector<size_t> Conflicts(const ir::VirtualHost& host, Domains& taken) {
  std::vector<size_t> conflicts;
  for (size_t i = 0; i < host.domains.size(); ++i) {
    if (!taken.insert(absl::AsciiStrToLower(host.domains[i])).second) conflicts.push_back(i);
  }
  return conflicts;
}

bool HaveSameDomains(const Hosts& a, const Hosts& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x == y || x->domains == y->domains; });
}

Origins OriginsOf(Hosts hosts, std::vector<ir::Origin> more) {
  return Origins([hosts = std::move(hosts), more = std::move(more)] {
    std::vector<ir::Origin> origins = ir::WithOriginsOf(hosts, more);
    std::unordered_set<const ir::Route*> seen;
    for (const ir::VirtualHostPtr& host : hosts) {
      for (const ir::RoutePtr& route : host->routes) {
        if (!seen.insert(route.get()).second) continue;
        origins.insert(origins.end(), route->origins.begin(), route->origins.end());
      }
    }
    return origins;
  });
}

}  // namespace

// Puts one table together, with what the last one has of it: hosts come in the order of their names in both.
class RouteConfigurations::Writer {
 public:
  // REQUIRES: `last` was judged in the epoch of `known`, or is empty.
  Writer(Table& last, std::string head, VirtualHostBytes& host_bytes, uint64_t round, const References& known,
         Refusals& refusals)
      : last_(last),
        bytes_(std::move(head)),
        host_bytes_(host_bytes),
        round_(round),
        known_(known),
        refusals_(refusals) {
    if (last.made != nullptr) bytes_.reserve(last.made->bytes.size() + last.made->bytes.size() / 64);
  }

  void Write(const Hosts& hosts) {
    parts_.reserve(hosts.size());
    // Where nothing was left out there was no conflict; the same domains have none now.
    const bool no_conflicts = last_.whole && HaveSameDomains(last_.hosts, hosts);
    Domains taken;
    for (const ir::VirtualHostPtr& host : hosts) {
      const std::vector<size_t> conflicts = no_conflicts ? std::vector<size_t>{} : Conflicts(*host, taken);
      Part* before = FindBefore(host);
      if (before != nullptr && !before->whole) before = nullptr;
      if (before != nullptr && last_.hosts[last_at_] == host && conflicts.empty()) {
        Keep(*before);
      } else {
        Add(*host, conflicts, before);
      }
    }
    CopyKept();
  }

  bool whole() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.whole; });
  }
  std::string TakeBytes() {
    // It lives as long as the table: what the first one grew by too much is given back.
    if (bytes_.capacity() - bytes_.size() > bytes_.size() / 8) bytes_.shrink_to_fit();
    return std::move(bytes_);
  }
  std::vector<Part> TakeParts() { return std::move(parts_); }

 private:
  // The host of this name in the last table, at `last_at_`; null when there is none.
  Part* FindBefore(const ir::VirtualHostPtr& host) {
    const Hosts& hosts = last_.hosts;
    while (last_at_ < hosts.size() && hosts[last_at_] != host && hosts[last_at_]->name < host->name) ++last_at_;
    const bool found = last_at_ < hosts.size() && (hosts[last_at_] == host || hosts[last_at_]->name == host->name);
    return found ? &last_.parts[last_at_] : nullptr;
  }

  // Copied later, in one piece with its neighbours.
  void Keep(Part& before) {
    if (before.begin != kept_end_ || kept_begin_ == kept_end_) {
      CopyKept();
      kept_begin_ = before.begin;
    }
    kept_end_ = before.end;
    const size_t begin = End();
    parts_.push_back({begin, begin + (before.end - before.begin), before.header, true, std::move(before.routes)});
  }

  void CopyKept() {
    if (kept_begin_ != kept_end_) bytes_.append(last_.made->bytes, kept_begin_, kept_end_ - kept_begin_);
    kept_begin_ = kept_end_ = 0;
  }

  void Add(const ir::VirtualHost& host, const std::vector<size_t>& conflicts, const Part* before) {
    CopyKept();
    VirtualHostBytes::Earlier earlier;
    if (before != nullptr) {
      const size_t content = before->begin + before->header;
      earlier = {last_.hosts[last_at_].get(),
                 std::string_view(last_.made->bytes).substr(content, before->end - content), &before->routes};
    }
    VirtualHostBytes::Made made = host_bytes_.Make(host, conflicts, earlier, round_, known_, refusals_);
    const size_t begin = bytes_.size();
    if (!made.bytes.empty()) AppendField(pb::RouteConfiguration::kVirtualHostsFieldNumber, made.bytes, bytes_);
    parts_.push_back(
        {begin, bytes_.size(), bytes_.size() - begin - made.bytes.size(), made.whole, std::move(made.marks)});
  }

  // Where the next part begins, once what is kept is copied.
  size_t End() const { return parts_.empty() ? bytes_.size() : parts_.back().end; }

  Table& last_;
  size_t last_at_ = 0;
  size_t kept_begin_ = 0, kept_end_ = 0;  // of the last table's bytes
  std::string bytes_;
  std::vector<Part> parts_;
  VirtualHostBytes& host_bytes_;
  const uint64_t round_;
  const References& known_;
  Refusals& refusals_;
};

ResourcePtr RouteConfigurations::Make(const ir::Listener& listener, const ir::FilterChain& chain,
                                      const ir::RouteTable& table, const References& known, Refusals& refusals) {
  static_assert(pb::RouteConfiguration::kNameFieldNumber < pb::RouteConfiguration::kVirtualHostsFieldNumber);
  pb::RouteConfiguration head;
  head.set_name(RouteConfigurationName(listener, table));
  Table& last = tables_[head.name()];
  if (last.epoch != known.epoch) last = {};
  last.round = round_;
  if (last.whole && last.hosts == table.virtual_hosts && last.origins == chain.origins) return last.made;
  Writer writer(last, Serialize(head), host_bytes_, round_, known, refusals);
  writer.Write(table.virtual_hosts);
  const bool whole = writer.whole();
  std::string bytes = writer.TakeBytes();
  std::string version = VersionOf(bytes);
  auto made = std::make_shared<const Resource>(
      Resource{head.name(), std::move(bytes), std::move(version), OriginsOf(table.virtual_hosts, chain.origins)});
  last = {table.virtual_hosts, writer.TakeParts(), chain.origins, whole, known.epoch, std::move(made), round_};
  return last.made;
}

void RouteConfigurations::Sweep() {
  std::erase_if(tables_, [&](const auto& each) { return each.second.round != round_; });
  host_bytes_.Sweep();
  ++round_;
}

}  // namespace nuncio::envoy
