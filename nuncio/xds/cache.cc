#include "nuncio/xds/cache.h"

#include <algorithm>
#include <utility>

#include "nuncio/xds/state.h"

namespace nuncio::xds {
namespace {

Time Now() { return std::chrono::steady_clock::now(); }

bool SameButCounters(Progress a, const Progress& b) {
  a.responses = b.responses, a.acks = b.acks, a.nacks = b.nacks, a.bytes_sent = b.bytes_sent;
  return a == b;
}

}  // namespace

void Cache::State::Join(std::shared_ptr<Stream> stream, Time now) {
  std::lock_guard lock(mutex);
  if (config != nullptr) stream->client().OnConfig(config, generation, now);
  streams.insert(std::move(stream));
}

void Cache::State::Leave(const std::shared_ptr<Stream>& stream) {
  std::lock_guard lock(mutex);
  streams.erase(stream);
}

void Cache::State::WakeAll() {
  std::vector<std::shared_ptr<Stream>> all;
  {
    std::lock_guard lock(mutex);
    all.assign(streams.begin(), streams.end());
  }
  for (const std::shared_ptr<Stream>& stream : all) stream->Wake();
}

void Cache::State::NoteStreams() {
  if (streams.empty()) return;
  uint64_t least_sent = generation, least_acknowledged = generation;
  for (const std::shared_ptr<Stream>& stream : streams) {
    least_sent = std::min(least_sent, stream->client().sent());
    least_acknowledged = std::min(least_acknowledged, stream->client().acknowledged());
  }
  sent = std::max(sent, least_sent);
  acknowledged = std::max(acknowledged, least_acknowledged);
}

Progress Cache::State::Read() const {
  Progress progress;
  progress.latest = generation;
  progress.sent = sent;
  progress.acknowledged = acknowledged;
  progress.connected = !streams.empty();
  for (const std::shared_ptr<Stream>& stream : streams) {
    progress.awaiting_warm = std::max(progress.awaiting_warm, stream->client().awaiting_warm());
  }
  progress.responses = shared.responses;
  progress.acks = shared.acks;
  progress.nacks = shared.nacks;
  progress.bytes_sent = shared.bytes_sent;
  progress.refusals = shared.refusals.List();
  return progress;
}

void Cache::State::Publish() {
  std::unique_lock lock(mutex);
  if (publishing) return;  // whoever publishes looks again before it ends
  publishing = true;
  for (;;) {
    NoteStreams();
    Progress now = Read();
    if (SameButCounters(now, published)) break;
    published = now;
    lock.unlock();
    if (on_progress) on_progress(now);
    lock.lock();
  }
  publishing = false;
}

std::optional<Time> Cache::State::NextDeadline(Time now) {
  std::lock_guard lock(mutex);
  std::optional<Time> next;
  for (const std::shared_ptr<Stream>& stream : streams) {
    const std::optional<Time> wanted = stream->client().NextDeadline(now);
    if (wanted.has_value() && (!next.has_value() || *wanted < *next)) next = wanted;
  }
  return next;
}

Cache::Cache(std::function<void(const Progress&)> on_progress) : Cache(std::move(on_progress), Limits{}) {}

Cache::Cache(std::function<void(const Progress&)> on_progress, const Limits& limits)
    : state_(std::make_unique<State>(std::move(on_progress), limits)) {}

Cache::~Cache() = default;

void Cache::Set(envoy::ConfigPtr config, uint64_t generation) {
  {
    std::lock_guard lock(state_->mutex);
    // A pointer of the clients' own: when the last of them lets go of it, none is on its way to this configuration.
    state_->config = envoy::ConfigPtr(config.get(), [config](const envoy::Config*) {});
    state_->generation = generation;
    state_->shared.refusals.OnConfig(state_->config);
    for (const auto& stream : state_->streams) stream->client().OnConfig(state_->config, generation, Now());
  }
  state_->WakeAll();
  state_->Publish();
}

void Cache::OnWarm(uint64_t token) {
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& stream : state_->streams) stream->client().OnWarm(token);
  }
  state_->WakeAll();
  state_->Publish();
}

Progress Cache::progress() const {
  std::lock_guard lock(state_->mutex);
  state_->NoteStreams();
  return state_->Read();
}

}  // namespace nuncio::xds
