#include "nuncio/kube/writer.h"

#include "absl/time/clock.h"
#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

int64_t WallClockUs() { return absl::ToUnixMicros(absl::Now()); }
int64_t WallClock() { return absl::ToUnixSeconds(absl::Now()); }

// The API server takes 128 bytes.
std::string FieldManagerOf(const std::string& ambassador_id) { return Cat("nuncio-", ambassador_id).substr(0, 128); }

}  // namespace

Writer::Writer(Loop& loop, WriterOptions options)
    : options_(std::move(options)),
      events_(loop, {options_.pod_name, WallClockUs}),
      statuses_(loop, {FieldManagerOf(options_.ambassador_id), WallClock},
                [this](const Transition& transition) { events_.Add(transition); }),
      lease_(loop,
             {options_.ns, LeaseNameOf(options_.ambassador_id), Cat(options_.pod_name, "_", options_.pod_uid),
              WallClockUs},
             [this] { OnLease(); }) {}

void Writer::Start() {
  if (options_.enabled) lease_.Start();
}

void Writer::OnLease() {
  statuses_.SetLeading(lease_.leading());
  events_.SetLeading(lease_.leading());
  if (options_.on_leading) options_.on_leading(lease_.leading());
}

void Writer::Release(std::function<void()> done) { lease_.Release(std::move(done)); }

WriterReport Writer::Report() const {
  return {options_.enabled, lease_.leading(), lease_.transitions(), statuses_.counters(), events_.counters()};
}

}  // namespace nuncio::kube
