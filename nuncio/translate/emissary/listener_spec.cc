#include "nuncio/translate/emissary/listener_spec.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "nuncio/ir/finding_code.h"
#include "nuncio/translate/emissary/selection.h"

namespace nuncio::translate::emissary {
namespace {

using Stack = std::vector<resource::ProtocolLayer>;
using resource::ProtocolLayer;

// HTTP/2 numbers streams with 31 bits (RFC 9113, 5.1.1), and Envoy takes no more.
constexpr int64_t kMostStreams = 2147483647;

// One run over one Listener. Every function reports what is wrong and returns false when it cannot be used.
class Reading {
 public:
  Reading(Context& context, const resource::Listener& listener)
      : context_(context), listener_(listener), origin_(OriginOf("Listener", listener.meta)) {}

  std::optional<ListenerSpec> Run() {
    spec_.origins = {origin_};
    spec_.name = VisitKey(listener_.meta);
    spec_.ns = listener_.meta.ns;
    spec_.address = context_.options.bind_address;
    spec_.security_model = listener_.security_model;
    if (!Port() || !Layers() || !Binding()) return std::nullopt;
    StatPrefix();
    Numbers();
    return std::move(spec_);
  }

 private:
  bool Error(std::string field, std::string message) {
    context_.report.Error(origin_, code::kListenerInvalid, std::move(field),
                          absl::StrCat(message, "; the Listener is left out"));
    return false;
  }
  void Warning(std::string field, std::string message) {
    context_.report.Warning(origin_, code::kListenerInvalid, std::move(field), std::move(message));
  }

  bool Port() {
    if (listener_.port < 1 || listener_.port > 65535) return Error("spec.port", "must be from 1 to 65535");
    spec_.port = static_cast<uint16_t>(listener_.port);
    return true;
  }

  std::optional<Stack> StackOf() {
    static const std::map<resource::ListenerProtocol, Stack> kStacks = {
        {resource::ListenerProtocol::kHttp, {ProtocolLayer::kHttp, ProtocolLayer::kTcp}},
        {resource::ListenerProtocol::kHttps, {ProtocolLayer::kTls, ProtocolLayer::kHttp, ProtocolLayer::kTcp}},
        {resource::ListenerProtocol::kHttpProxy, {ProtocolLayer::kProxy, ProtocolLayer::kHttp, ProtocolLayer::kTcp}},
        {resource::ListenerProtocol::kHttpsProxy,
         {ProtocolLayer::kTls, ProtocolLayer::kProxy, ProtocolLayer::kHttp, ProtocolLayer::kTcp}},
        {resource::ListenerProtocol::kTcp, {ProtocolLayer::kTcp}},
        {resource::ListenerProtocol::kTls, {ProtocolLayer::kTls, ProtocolLayer::kTcp}}};
    if (!listener_.protocol_stack.empty()) {
      if (listener_.protocol) {
        context_.report.Error(origin_, code::kListenerInvalid, "spec.protocol",
                              "cannot go with protocolStack, which is used; remove one of them");
      }
      return listener_.protocol_stack;
    }
    if (!listener_.protocol) {
      Error("spec", "needs a protocol or a protocolStack");
      return std::nullopt;
    }
    const auto at = kStacks.find(*listener_.protocol);
    if (at != kStacks.end()) return at->second;
    Error("spec.protocol", "UDP stands for no stack; use protocolStack: [TLS, HTTP, UDP]");
    return std::nullopt;
  }

  bool Layers() {
    const auto stack = StackOf();
    if (!stack) return false;
    const auto has = [&](ProtocolLayer layer) {
      return std::find(stack->begin(), stack->end(), layer) != stack->end();
    };
    spec_.http = has(ProtocolLayer::kHttp);
    spec_.tls = has(ProtocolLayer::kTls);
    spec_.proxy = has(ProtocolLayer::kProxy);
    if (stack->back() == ProtocolLayer::kTcp) return true;
    if (stack->back() != ProtocolLayer::kUdp) return Error("spec.protocolStack", "must end with TCP or UDP");
    spec_.transport = ir::Listener::Transport::kQuic;
    if (!spec_.http) return Error("spec.protocolStack", "must have HTTP above UDP");
    if (!spec_.tls) return Error("spec.protocolStack", "must have TLS above UDP, as HTTP/3 has no cleartext");
    return true;
  }

  bool Binding() {
    const auto& selector = listener_.bind_selector;
    const bool has_selector = selector && (!selector->match_labels.empty() || selector->has_match_expressions);
    if (!listener_.bind_namespace && !has_selector) {
      return Error("spec.hostBinding", "needs a namespace or a selector");
    }
    if (has_selector && selector->has_match_expressions) {
      return Error("spec.hostBinding.selector", "may hold matchLabels only");
    }
    if (has_selector) spec_.host_labels = selector->match_labels;
    spec_.every_namespace = listener_.bind_namespace == resource::NamespaceFrom::kAll;
    if (listener_.bind_namespace == resource::NamespaceFrom::kSelector) {
      context_.report.Error(origin_, code::kNotSupported, "spec.hostBinding.namespace.from",
                            "SELECTOR is not supported, as in Emissary; SELF is used: write SELF or ALL");
    }
    return true;
  }

  void StatPrefix() {
    const char* transport = spec_.transport == ir::Listener::Transport::kTcp ? "tcp" : "udp";
    if (!listener_.stats_prefix.empty()) {
      spec_.stat_prefix = listener_.stats_prefix;
    } else if (spec_.http) {
      spec_.stat_prefix = spec_.tls ? "ingress_https" : "ingress_http";
    } else {
      spec_.stat_prefix = absl::StrCat("ingress_", spec_.tls ? "tls" : transport, "_", spec_.port);
    }
  }

  void Numbers() {
    if (listener_.l7_depth < 0 || listener_.l7_depth > UINT32_MAX) {
      Warning("spec.l7Depth", "must not be negative; 0 is used");
    } else {
      spec_.l7_depth = static_cast<uint32_t>(listener_.l7_depth);
    }
    const auto& streams = listener_.http2_max_concurrent_streams;
    if (streams && (*streams < 1 || *streams > kMostStreams)) {
      Warning("spec.http2MaxConcurrentStreams", absl::StrCat("must be from 1 to ", kMostStreams, "; it is ignored"));
    } else if (streams) {
      spec_.http2_max_concurrent_streams = static_cast<uint32_t>(*streams);
    }
  }

  Context& context_;
  const resource::Listener& listener_;
  const ir::Origin origin_;
  ListenerSpec spec_;
};

}  // namespace

std::vector<ListenerSpec> ReadListeners(Context& context) {
  std::vector<ListenerSpec> specs;
  std::map<std::tuple<ir::Listener::Transport, std::string, uint16_t>, ir::Origin> taken;
  for (const resource::Listener* listener : Mine(context.snapshot.listeners, context.options.ambassador_id)) {
    auto spec = Reading(context, *listener).Run();
    if (!spec) continue;
    const auto [at, is_new] = taken.try_emplace({spec->transport, spec->address, spec->port}, spec->origins.front());
    if (is_new) {
      specs.push_back(*std::move(spec));
      continue;
    }
    context.report.Error(spec->origins.front(), code::kListenerConflict, "spec.port",
                         absl::StrCat("is that of Listener ", at->second.ns, "/", at->second.name,
                                      " too, which is used; the Listener is left out"));
  }
  return specs;
}

ListenerSpec StandInFor(const TcpMappingGroup& group) {
  ListenerSpec spec;
  spec.origins = group.origins;
  // A Listener's name never holds a slash.
  spec.name = absl::StrCat("tcpmapping/", group.address, "/", group.port);
  spec.address = group.address;
  spec.port = group.port;
  spec.tls = !group.host.empty();
  spec.security_model = resource::SecurityModel::kSecure;
  spec.stat_prefix = absl::StrCat("ingress_", spec.tls ? "tls" : "tcp", "_", spec.port);
  return spec;
}

bool Takes(const ListenerSpec& listener, const ActiveHost& host, bool strict_selectors) {
  if (!listener.http) return false;
  if (!listener.every_namespace && listener.ns != host.ns) return false;
  return SelectorMatches(listener.host_labels, host.labels, strict_selectors);
}

}  // namespace nuncio::translate::emissary
