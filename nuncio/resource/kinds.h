#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "nuncio/resource/core.h"
#include "nuncio/resource/edge.h"
#include "nuncio/resource/mapping.h"
#include "nuncio/resource/module.h"

namespace nuncio::resource {

// The one list of the kinds that are read in full: type, kind, API group, version, table of store::Snapshot.
#define NUNCIO_KINDS(KIND)                                                                                           \
  KIND(Listener, "Listener", "getambassador.io", "v3alpha1", listeners)                                              \
  KIND(Host, "Host", "getambassador.io", "v3alpha1", hosts)                                                          \
  KIND(Mapping, "Mapping", "getambassador.io", "v3alpha1", mappings)                                                 \
  KIND(TcpMapping, "TCPMapping", "getambassador.io", "v3alpha1", tcp_mappings)                                       \
  KIND(TlsContext, "TLSContext", "getambassador.io", "v3alpha1", tls_contexts)                                       \
  KIND(Module, "Module", "getambassador.io", "v3alpha1", modules)                                                    \
  KIND(KubernetesServiceResolver, "KubernetesServiceResolver", "getambassador.io", "v3alpha1", service_resolvers)    \
  KIND(KubernetesEndpointResolver, "KubernetesEndpointResolver", "getambassador.io", "v3alpha1", endpoint_resolvers) \
  KIND(Service, "Service", "", "v1", services)                                                                       \
  KIND(Secret, "Secret", "", "v1", secrets)                                                                          \
  KIND(Namespace, "Namespace", "", "v1", namespaces)                                                                 \
  KIND(EndpointSlice, "EndpointSlice", "discovery.k8s.io", "v1", endpoint_slices)

// One decoded object of any kind; UnbuiltObject for a kind that is known by name only.
#define NUNCIO_POINTER(type, ...) std::shared_ptr<const type>,
using Object = std::variant<NUNCIO_KINDS(NUNCIO_POINTER) std::shared_ptr<const UnbuiltObject>>;
#undef NUNCIO_POINTER

// The kind's name and API group as manifests write them.
template <typename T>
inline constexpr std::string_view kKindOf = "";
template <typename T>
inline constexpr std::string_view kGroupOf = "";
#define NUNCIO_NAME(type, kind, group, ...)               \
  template <>                                             \
  inline constexpr std::string_view kKindOf<type> = kind; \
  template <>                                             \
  inline constexpr std::string_view kGroupOf<type> = group;
NUNCIO_KINDS(NUNCIO_NAME)
#undef NUNCIO_NAME

}  // namespace nuncio::resource
