#include "nuncio/translate/emissary/mapping_routes.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/group_policy.h"
#include "nuncio/translate/emissary/traffic_shares.h"

namespace nuncio::translate::emissary {
namespace {

constexpr uint32_t kWhole = 100;

ir::Route RouteFor(const Context& context, const UsableMapping& usable) {
  const RequestMatches matches = usable.matches();
  ir::Route route;
  route.match = {PathMatchOf(*usable.mapping), HeaderMatchesOf(matches), QueryMatchesOf(matches), {}};
  route.regex_max_program_size = context.module.regex_max_size;
  route.origins = {usable.origin};
  return route;
}

BackendRequest RequestOf(const UsableMapping& usable) { return BackendOf(*usable.mapping, usable.origin); }

ir::Redirect RedirectOf(const UsableMapping& usable) {
  const resource::MappingRedirect& fields = *usable.mapping->redirect;
  ir::Redirect redirect;
  redirect.host = usable.redirect_host;
  if (fields.path_redirect) {
    redirect.path = ir::PathRewrite{*fields.path_redirect};
  } else if (fields.prefix_redirect) {
    redirect.path = ir::PrefixRewrite{*fields.prefix_redirect};
  } else if (fields.regex_redirect) {
    redirect.path = ir::RegexRewrite{fields.regex_redirect->pattern, fields.regex_redirect->substitution};
  }
  redirect.status = static_cast<uint32_t>(fields.redirect_response_code.value_or(301));
  return redirect;
}

decltype(ir::Forward::path_rewrite) PathRewriteOf(const resource::Mapping& mapping, const GroupPolicy& policy) {
  if (policy.regex_rewrite) return ir::RegexRewrite{policy.regex_rewrite->pattern, policy.regex_rewrite->substitution};
  const std::string rewrite = mapping.rewrite.value_or("/");
  if (rewrite.empty()) return std::monostate{};
  return ir::PrefixRewrite{rewrite};
}

ir::Forward ForwardOf(const Context& context, const resource::Mapping& mapping, const GroupPolicy& policy) {
  ir::Forward forward;
  forward.path_rewrite = PathRewriteOf(mapping, policy);
  if (!mapping.host_rewrite->empty()) {
    forward.host_rewrite = ir::HostRewriteLiteral{*mapping.host_rewrite};
  } else if (mapping.auto_host_rewrite.value_or(false)) {
    forward.host_rewrite = ir::HostRewriteAuto{};
  }
  forward.timeout = context.module.request_timeout;
  if (mapping.timeout_ms) forward.timeout = std::chrono::milliseconds(*mapping.timeout_ms);
  if (mapping.idle_timeout_ms) forward.idle_timeout = std::chrono::milliseconds(*mapping.idle_timeout_ms);
  forward.priority = policy.priority;
  forward.retry = policy.retry;
  forward.cors = policy.cors;
  forward.hash = policy.hash;
  forward.upgrades = policy.upgrades;
  return forward;
}

// Where Linkerd sends the request on: this Mapping's own service, whatever the client or another member says.
void AddLinkerdHeader(const Context& context, const UsableMapping& usable, ir::HeaderEdits& edits) {
  if (!usable.mapping->add_linkerd_headers.value_or(context.module.add_linkerd_headers)) return;
  ServiceName service = usable.backend->service;
  service.scheme.clear();
  service.port = usable.backend->port;
  edits.add.push_back({"l5d-dst-override", service.ToString(), false});
}

std::vector<ir::Mirror> MirrorsOf(Context& context, const GroupedMappings& group) {
  if (group.shadow == nullptr) return {};
  const int64_t weight = group.shadow->mapping->weight.value_or(kWhole);
  if (weight < 0 || weight > kWhole) {
    context.report.Error(*group.shadow->origin, code::kWeightInvalid, "spec.weight",
                         "must be from 0 to 100; nothing is mirrored");
    return {};
  }
  const ir::UpstreamId id = AddBackend(context, RequestOf(*group.shadow), *group.shadow->backend);
  return {ir::Mirror{id, static_cast<uint32_t>(weight), ""}};
}

TrafficShares Shares(Context& context, const GroupedMappings& group) {
  std::vector<std::optional<int64_t>> weights;
  for (const UsableMapping* member : group.members) weights.push_back(member->mapping->weight);
  TrafficShares result = ShareTraffic(weights);
  for (const size_t member : result.out_of_range) {
    context.report.Error(*group.members[member]->origin, code::kWeightInvalid, "spec.weight",
                         "must be from 0 to 100; this Mapping gets no requests");
  }
  for (const size_t member : result.above_hundred) {
    context.report.Error(*group.members[member]->origin, code::kWeightInvalid, "spec.weight",
                         "takes the weights of the Mappings for these requests above 100; it gets what is left");
  }
  return result;
}

}  // namespace

std::vector<ir::RoutePtr> RoutesOf(Context& context, const GroupedMappings& group) {
  if (group.members.empty()) {
    context.report.Warning(*group.shadow->origin, code::kMappingUnreachable, "spec.shadow",
                           "no Mapping without shadow matches these requests, so nothing is mirrored");
    return {};
  }
  if (const UsableMapping& only = *group.members.front(); only.is_redirect()) {
    ir::Route route = RouteFor(context, only);
    route.match.query.clear();  // CheckMapping tells the user
    route.action = RedirectOf(only);
    return {std::make_shared<const ir::Route>(std::move(route))};
  }
  const GroupPolicy policy = GroupPolicyOf(context, group);
  const TrafficShares shares = Shares(context, group);
  const std::vector<ir::Mirror> mirrors = shares.shares.empty() ? std::vector<ir::Mirror>{} : MirrorsOf(context, group);
  std::vector<ir::RoutePtr> routes;
  for (const TrafficShare& share : shares.shares) {
    const UsableMapping& member = *group.members[share.member];
    ir::Route route = RouteFor(context, member);
    ir::Forward forward = ForwardOf(context, *member.mapping, policy);
    forward.upstream = AddBackend(context, RequestOf(member), *member.backend);
    forward.mirrors = mirrors;
    if (group.shadow != nullptr) route.origins.push_back(group.shadow->origin);
    if (share.threshold < kWhole) {
      route.match.share = ir::Share{share.threshold, absl::StrCat("routing.traffic_shift.", forward.upstream->name)};
    }
    ir::HeaderEdits request_headers = policy.request_headers;
    AddLinkerdHeader(context, member, request_headers);
    route.request_headers = std::move(request_headers);
    route.response_headers = policy.response_headers;
    route.action = std::move(forward);
    std::sort(route.origins.begin(), route.origins.end());
    routes.push_back(std::make_shared<const ir::Route>(std::move(route)));
  }
  return routes;
}

}  // namespace nuncio::translate::emissary
