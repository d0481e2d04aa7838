#include "nuncio/envoy/overload.h"

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/extensions/resource_monitors/downstream_connections/v3/downstream_connections.pb.h"
#include "envoy/extensions/resource_monitors/fixed_heap/v3/fixed_heap.pb.h"
#include "nuncio/envoy/scalars.h"
#include "nuncio/envoy/serialize.h"

namespace nuncio::envoy {
namespace {

namespace monitors = ::envoy::extensions::resource_monitors;
using ::envoy::config::overload::v3::OverloadManager;

constexpr char kHeap[] = "envoy.resource_monitors.fixed_heap";
constexpr char kConnections[] = "envoy.resource_monitors.global_downstream_max_connections";

void AddAction(const char* name, double threshold, OverloadManager* manager) {
  auto* action = manager->add_actions();
  action->set_name(name);
  auto* trigger = action->add_triggers();
  trigger->set_name(kHeap);
  trigger->mutable_threshold()->set_value(threshold);
}

}  // namespace

void SetOverloadManager(const BootstrapOptions& options, pb::Bootstrap* proto) {
  auto* manager = proto->mutable_overload_manager();
  *manager->mutable_refresh_interval() = MakeDuration(std::chrono::milliseconds(250));

  monitors::downstream_connections::v3::DownstreamConnectionsConfig connections;
  connections.set_max_active_downstream_connections(static_cast<int64_t>(options.max_downstream_connections));
  auto* monitor = manager->add_resource_monitors();
  monitor->set_name(kConnections);
  Pack(connections, monitor->mutable_typed_config());
  if (options.max_heap_bytes == 0) return;

  monitors::fixed_heap::v3::FixedHeapConfig heap;
  heap.set_max_heap_size_bytes(options.max_heap_bytes);
  monitor = manager->add_resource_monitors();
  monitor->set_name(kHeap);
  Pack(heap, monitor->mutable_typed_config());
  AddAction("envoy.overload_actions.shrink_heap", 0.95, manager);
  AddAction("envoy.overload_actions.stop_accepting_requests", 0.98, manager);
}

}  // namespace nuncio::envoy
