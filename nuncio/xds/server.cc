#include "nuncio/xds/server.h"

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "envoy/service/discovery/v3/ads.grpc.pb.h"
#include "nuncio/base/log.h"
#include "nuncio/xds/delta_session.h"
#include "nuncio/xds/socket.h"
#include "nuncio/xds/sotw_session.h"
#include "nuncio/xds/state.h"
#include "nuncio/xds/timer.h"

namespace nuncio::xds {
namespace {

using ::envoy::service::discovery::v3::AggregatedDiscoveryService;

// 30,000 names with their versions, in the first request after a reconnect, are 3 MB.
constexpr int kMaxRequestBytes = 64 << 20;

Time Now() { return std::chrono::steady_clock::now(); }

// What gRPC has to say is a line of the log as any other.
void LogForGrpc(gpr_log_func_args* args) {
  const std::string line = absl::StrCat("gRPC: ", args->message);
  if (args->severity == GPR_LOG_SEVERITY_ERROR) {
    log::Error(line);
  } else {
    log::Debug(line);
  }
}

bool Parse(grpc::ByteBuffer& buffer, google::protobuf::Message& message) {
  const grpc::Status status =
      grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&buffer, &message);
  return status.ok();
}

// The bytes of a resource, where they lie. The slice keeps it alive.
grpc::Slice SliceOf(const envoy::ResourcePtr& resource) {
  auto* held = new envoy::ResourcePtr(resource);
  char* bytes = const_cast<char*>(resource->bytes.data());  // gRPC does not write to what it sends
  return {bytes, resource->bytes.size(), [](void* each) { delete static_cast<envoy::ResourcePtr*>(each); }, held};
}

grpc::ByteBuffer BufferOf(const Outgoing& response) {
  std::vector<grpc::Slice> slices;
  for (const Outgoing::Piece& piece : response.pieces()) {
    if (!piece.bytes.empty()) slices.emplace_back(piece.bytes);
    if (piece.resource != nullptr) slices.push_back(SliceOf(piece.resource));
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

// A gRPC stream around a session. Responses are made when the stream can take one, so that nothing queues here: while
// Envoy reads slowly, changes are merged. Locks: its own, then the state's. It owns, or shares, all that Wake touches
// but the state, whose owner calls it: Wake is safe when the stream has ended, and its server with it.
template <typename Session>
class Reactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public Stream {
 public:
  static Reactor* Start(Cache::State& state, std::shared_ptr<Timer::Bell> bell) {
    auto reactor = std::shared_ptr<Reactor>(new Reactor(state, std::move(bell)));
    reactor->self_ = reactor;
    state.Join(reactor, Now());
    reactor->StartRead(&reactor->read_);
    state.Publish();
    return reactor.get();
  }

  Client& client() override { return session_.client(); }

  void Wake() override {
    {
      std::lock_guard lock(mutex_);
      WriteNext();
    }
    bell_->Ring();
  }

  void OnReadDone(bool ok) override {
    {
      std::lock_guard lock(mutex_);
      typename Session::Request request;
      if (ok && Parse(read_, request)) {
        {
          std::lock_guard state_lock(state_.mutex);
          session_.OnRequest(request, Now());
        }
        WriteNext();
        this->StartRead(&read_);
      } else {
        ended_ = true;
        FinishIfIdle();
      }
    }
    bell_->Ring();
    state_.Publish();
  }

  void OnWriteDone(bool ok) override {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      written_.Clear();
      if (!ok) broken_ = true;  // the read fails as well, and ends the stream
      WriteNext();
      FinishIfIdle();
    }
    bell_->Ring();
    state_.Publish();
  }

  void OnDone() override {
    state_.Leave(self_);
    state_.Publish();
    self_.reset();  // deletes this, unless somebody is in Wake
  }

 private:
  Reactor(Cache::State& state, std::shared_ptr<Timer::Bell> bell)
      : state_(state), bell_(std::move(bell)), session_(state.shared, state.limits) {}

  // Under the lock. One write at a time; none after the end.
  void WriteNext() {
    if (writing_ || ended_ || broken_) return;
    {
      std::lock_guard state_lock(state_.mutex);
      const std::optional<Outgoing> response = session_.Next(Now());
      if (!response.has_value()) return;
      written_ = BufferOf(*response);
    }
    writing_ = true;
    this->StartWrite(&written_);
  }

  void FinishIfIdle() {
    if (!ended_ || writing_ || finished_) return;
    finished_ = true;
    this->Finish(grpc::Status::OK);
  }

  Cache::State& state_;
  const std::shared_ptr<Timer::Bell> bell_;
  std::mutex mutex_;
  Session session_;  // under the state's lock
  grpc::ByteBuffer read_, written_;
  bool writing_ = false, ended_ = false, broken_ = false, finished_ = false;
  std::shared_ptr<Reactor> self_;
};

// Both methods as bytes: what is sent is never copied into a message.
using RawService = AggregatedDiscoveryService::WithRawCallbackMethod_StreamAggregatedResources<
    AggregatedDiscoveryService::WithRawCallbackMethod_DeltaAggregatedResources<AggregatedDiscoveryService::Service>>;
using RawReactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

class AdsServer final : public Server, private RawService {
 public:
  explicit AdsServer(Cache& cache)
      : state_(cache.state()),
        timer_([this] { return state_.NextDeadline(Now()); },
               [this] {
                 state_.WakeAll();
                 state_.Publish();
               }) {}
  ~AdsServer() override {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  absl::Status Listen(const std::string& path) {
    auto socket = Socket::Listen(path, [this](const std::string& hidden) {
      grpc::ServerBuilder builder;
      int bound = -1;
      builder.AddListeningPort(absl::StrCat("unix:", hidden), grpc::InsecureServerCredentials(), &bound);
      builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
      builder.RegisterService(this);
      server_ = builder.BuildAndStart();
      if (server_ == nullptr || bound < 0) return absl::UnavailableError(absl::StrCat("cannot listen at ", hidden));
      return absl::OkStatus();
    });
    if (!socket.ok()) return socket.status();
    socket_ = *std::move(socket);
    return absl::OkStatus();
  }

 private:
  RawReactor* StreamAggregatedResources(grpc::CallbackServerContext*) override {
    return Reactor<SotwSession>::Start(state_, timer_.bell());
  }
  RawReactor* DeltaAggregatedResources(grpc::CallbackServerContext*) override {
    return Reactor<DeltaSession>::Start(state_, timer_.bell());
  }

  Cache::State& state_;
  Timer timer_;
  std::unique_ptr<Socket> socket_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Cache& cache, const std::string& socket_path) {
  gpr_set_log_function(LogForGrpc);
  auto server = std::make_unique<AdsServer>(cache);
  if (absl::Status status = server->Listen(socket_path); !status.ok()) return status;
  return server;
}

}  // namespace nuncio::xds
