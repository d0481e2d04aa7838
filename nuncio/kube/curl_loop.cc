#include "nuncio/kube/curl_loop.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "nuncio/base/check.h"
#include "nuncio/base/log.h"
#include "nuncio/kube/credentials.h"
#include "nuncio/kube/curl_transfer.h"
#include "nuncio/kube/exec_plugin.h"
#include "nuncio/kube/fetch.h"
#include "nuncio/kube/timers.h"

namespace nuncio::kube {
namespace {

// API servers allow about a hundred on a connection; what is more waits, or opens another one.
constexpr long kMostStreams = 250;
constexpr long kMostConnections = 8;
constexpr Duration kLongestSleep{60'000};
constexpr size_t kVersionBytes = 64 << 10;

void StartCurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  NUNCIO_CHECK(started == CURLE_OK);
}

std::unique_ptr<CURLM, MultiFree> NewMulti() {
  std::unique_ptr<CURLM, MultiFree> multi(curl_multi_init());
  NUNCIO_CHECK(multi != nullptr);
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, kMostStreams);
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, kMostConnections);
  return multi;
}

}  // namespace

struct CurlLoop::State {
  State(CurlLoop& owner, ClientConfig config, std::string agent, Patience wanted)
      : credentials(std::move(config)),
        user_agent(std::move(agent)),
        patience(wanted),
        multi(NewMulti()),
        random(std::random_device{}()),
        probe(owner),
        last_byte(owner.Now()),
        loop(owner) {}

  void StartWaiting(Time now);
  void RunExec();
  void OnExec(const absl::StatusOr<ExecCredential>& credential);
  void Deliver();
  void Finish(Id id, const absl::Status& status);
  void TakeDone();
  void EndLate(Time now);
  void ProbeSilence(Time now);
  void GiveUpConnections();
  Duration Sleep(Time now);
  void RunPosted();

  Credentials credentials;
  const std::string user_agent;
  const Patience patience;
  std::unique_ptr<CURLM, MultiFree> multi;
  Id last_id = 0;
  std::map<Id, std::unique_ptr<CurlTransfer>> transfers;  // in curl's hands
  std::map<Id, std::unique_ptr<CurlTransfer>> waiting;    // for credentials
  Timers timers;
  std::mt19937_64 random;
  Fetch probe;
  Time last_byte;
  TransportCounters counters;

  std::thread exec;
  bool exec_running = false;
  std::atomic<bool> stop{false};
  std::mutex mutex;  // of `posted`, and of the exchange of `multi`
  std::vector<std::function<void()>> posted;
  CurlLoop& loop;
};

// Hands over to curl what has the credentials that it needs.
void CurlLoop::State::StartWaiting(Time now) {
  if (waiting.empty()) return;
  if (credentials.NeedsExec(absl::Now())) return RunExec();
  const absl::Status status = credentials.Refresh(now);
  for (auto& [id, transfer] : std::exchange(waiting, {})) {
    CurlTransfer& here = *transfers.emplace(id, std::move(transfer)).first->second;
    if (!status.ok()) {
      Finish(id, status);
      continue;
    }
    here.Prepare(credentials, user_agent, counters.connections);
    ++counters.requests;
    curl_multi_add_handle(multi.get(), here.easy());
  }
}

void CurlLoop::State::RunExec() {
  if (std::exchange(exec_running, true)) return;
  if (exec.joinable()) exec.join();
  exec = std::thread([this] {
    auto credential = RunExecPlugin(credentials.config(), stop);
    loop.Post([this, credential = std::move(credential)] { OnExec(credential); });
  });
}

void CurlLoop::State::OnExec(const absl::StatusOr<ExecCredential>& credential) {
  exec_running = false;
  if (credential.ok()) return credentials.OnExec(*credential);
  const absl::Status status = absl::UnauthenticatedError(credential.status().message());
  for (auto& [id, transfer] : std::exchange(waiting, {})) {
    transfers.emplace(id, std::move(transfer));
    Finish(id, status);
  }
}

void CurlLoop::State::Finish(Id id, const absl::Status& status) {
  const auto at = transfers.find(id);
  if (at == transfers.end()) return;
  const std::unique_ptr<CurlTransfer> transfer = std::move(at->second);
  transfers.erase(at);
  curl_multi_remove_handle(multi.get(), transfer->easy());
  transfer->receiver().OnEnd(status);
}

void CurlLoop::State::Deliver() {
  std::vector<Id> ids;
  for (const auto& [id, transfer] : transfers) ids.push_back(id);
  for (const Id id : ids) {
    const auto alive = [&] { return transfers.count(id) != 0; };
    if (!alive()) continue;
    CurlTransfer& transfer = *transfers.at(id);
    last_byte = std::max(last_byte, transfer.last_byte());
    if (transfer.TakeHead()) {
      if (transfer.head().status == 401) {
        ++counters.unauthorized;
        credentials.Distrust();
      }
      transfer.receiver().OnHead(transfer.head());
    }
    if (!alive()) continue;
    const std::string data = transfer.TakeData();
    if (!data.empty()) transfer.receiver().OnData(data);
  }
}

void CurlLoop::State::TakeDone() {
  std::vector<std::pair<Id, absl::Status>> done;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode result = message->data.result;
    for (const auto& [id, transfer] : transfers) {
      if (transfer->easy() != message->easy_handle) continue;
      done.emplace_back(id, transfer->StatusOf(result));
    }
    const bool handshake = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CERTPROBLEM ||
                           result == CURLE_SSL_CONNECT_ERROR || result == CURLE_RECV_ERROR;
    if (handshake) credentials.Distrust();
  }
  for (const auto& [id, status] : done) Finish(id, status);
}

void CurlLoop::State::EndLate(Time now) {
  std::vector<Id> late;
  bool silent = false;
  for (const auto& [id, transfer] : transfers) {
    if (transfer->deadline() > now) continue;
    late.push_back(id);
    silent = silent || (!transfer->has_head() && last_byte <= transfer->began());
  }
  for (const auto& [id, transfer] : waiting) {
    if (transfer->deadline() <= now) late.push_back(id);
  }
  for (const Id id : late) {
    if (const auto at = waiting.find(id); at != waiting.end()) {
      transfers.emplace(id, std::move(at->second));
      waiting.erase(at);
    }
    Finish(id, absl::DeadlineExceededError("the API server does not answer in time"));
  }
  if (silent) GiveUpConnections();
}

void CurlLoop::State::ProbeSilence(Time now) {
  if (transfers.empty() || probe.running() || now - last_byte < patience.silence) return;
  Request request;
  request.path = "/version";
  request.until_head = request.until_end = patience.answer;
  last_byte = now;
  // Whatever the answer is, it is one.
  probe.Start(std::move(request), kVersionBytes, [this](const absl::StatusOr<Fetch::Answer>& answer) {
    if (!answer.ok()) GiveUpConnections();
  });
}

// curl keeps a connection that it believes in, whatever becomes of its transfers; so all of it begins anew.
void CurlLoop::State::GiveUpConnections() {
  if (transfers.empty()) return;
  ++counters.dead_connections;
  probe.Cancel();
  std::map<Id, std::unique_ptr<CurlTransfer>> lost = std::exchange(transfers, {});
  for (const auto& [id, transfer] : lost) curl_multi_remove_handle(multi.get(), transfer->easy());
  {
    std::lock_guard lock(mutex);
    multi = NewMulti();
  }
  for (auto& [id, transfer] : lost) {
    // Back in its place, so that Cancel finds it until it has ended.
    transfers.emplace(id, std::move(transfer));
  }
  for (const auto& [id, transfer] : lost) {
    Finish(id, absl::UnavailableError("the connection to the API server does not answer any more"));
  }
}

Duration CurlLoop::State::Sleep(Time now) {
  {
    std::lock_guard lock(mutex);
    if (!posted.empty()) return Duration(0);
  }
  Time wake = now + kLongestSleep;
  if (const auto next = timers.Next()) wake = std::min(wake, *next);
  for (const auto* each : {&transfers, &waiting}) {
    for (const auto& [id, transfer] : *each) wake = std::min(wake, transfer->deadline());
  }
  if (!transfers.empty()) wake = std::min(wake, last_byte + patience.silence);
  if (!waiting.empty() && !exec_running) return Duration(0);
  return std::max(Duration(0), std::chrono::ceil<Duration>(wake - now));
}

void CurlLoop::State::RunPosted() {
  std::vector<std::function<void()>> calls;
  {
    std::lock_guard lock(mutex);
    calls.swap(posted);
  }
  for (const std::function<void()>& call : calls) call();
}

CurlLoop::CurlLoop(ClientConfig config, std::string user_agent)
    : CurlLoop(std::move(config), std::move(user_agent), Patience{}) {}

CurlLoop::CurlLoop(ClientConfig config, std::string user_agent, Patience patience)
    : state_((StartCurl(), std::make_unique<State>(*this, std::move(config), std::move(user_agent), patience))) {}

CurlLoop::~CurlLoop() {
  state_->stop = true;
  if (state_->exec.joinable()) state_->exec.join();
  state_->probe.Cancel();
  for (const auto& [id, transfer] : state_->transfers) {
    curl_multi_remove_handle(state_->multi.get(), transfer->easy());
  }
}

void CurlLoop::Run(const std::function<void()>& begin, const std::function<void()>& end) {
  State& state = *state_;
  while (!state.stop) {
    begin();
    state.RunPosted();
    state.timers.Fire(Now());
    state.StartWaiting(Now());
    int running = 0;
    curl_multi_perform(state.multi.get(), &running);
    state.Deliver();
    state.TakeDone();
    state.EndLate(Now());
    state.ProbeSilence(Now());
    end();
    if (state.stop) break;
    curl_multi_poll(state.multi.get(), nullptr, 0, static_cast<int>(state.Sleep(Now()).count()), nullptr);
  }
  state.stop = false;
}

void CurlLoop::Stop() {
  std::lock_guard lock(state_->mutex);
  state_->stop = true;
  curl_multi_wakeup(state_->multi.get());
}

void CurlLoop::Post(std::function<void()> call) {
  std::lock_guard lock(state_->mutex);
  state_->posted.push_back(std::move(call));
  curl_multi_wakeup(state_->multi.get());
}

Loop::Id CurlLoop::Send(Request request, Receiver& receiver) {
  state_->waiting.emplace(++state_->last_id, std::make_unique<CurlTransfer>(std::move(request), receiver, Now()));
  return state_->last_id;
}

void CurlLoop::Cancel(Id request) {
  state_->waiting.erase(request);
  const auto at = state_->transfers.find(request);
  if (at == state_->transfers.end()) return;
  curl_multi_remove_handle(state_->multi.get(), at->second->easy());
  state_->transfers.erase(at);
}

Loop::Id CurlLoop::After(Duration delay, std::function<void()> call) {
  state_->timers.Add(++state_->last_id, Now() + delay, std::move(call));
  return state_->last_id;
}

void CurlLoop::CancelTimer(Id timer) { state_->timers.Remove(timer); }

int64_t CurlLoop::UnixMs() const { return absl::ToUnixMillis(absl::Now()); }

double CurlLoop::Random() { return std::uniform_real_distribution<double>()(state_->random); }

TransportCounters CurlLoop::counters() const {
  TransportCounters counters = state_->counters;
  counters.credential_reads = state_->credentials.reads();
  return counters;
}

}  // namespace nuncio::kube
