#include "nuncio/kube/source.h"

#include <sys/utsname.h>

#include <future>
#include <mutex>
#include <thread>

#include "nuncio/base/log.h"
#include "nuncio/base/text.h"
#include "nuncio/base/version.h"

namespace nuncio::kube {
namespace {

constexpr Duration kReleaseWithin{2'000};

// "nuncio/0.1 (linux/x86_64) source": who asks, for the API server's audit log and its priorities.
std::string UserAgent() {
  utsname name{};
  uname(&name);
  return Cat("nuncio/", kVersion, " (linux/", name.machine, ") source");
}

}  // namespace

struct Source::State {
  State(ClientConfig config, Selection selection, WriterOptions options, Observer& wanted)
      : server(config.server),
        loop(std::move(config), UserAgent()),
        writer(loop, std::move(options)),
        mirror(loop, std::move(selection), writer.observer()),
        observer(wanted) {}

  void Run();
  void Turn();
  void Complain(const std::string& waiting);

  const std::string server;
  CurlLoop loop;
  Writer writer;
  Mirror mirror;
  Observer& observer;
  std::string told = "?";
  std::string complained;  // the trouble that the log knows of

  mutable std::mutex mutex;
  SourceReport report;  // of `mutex`
  std::thread thread;
};

void Source::State::Turn() {
  std::optional<Mirror::Change> change = mirror.Turn();
  const std::string waiting = mirror.Waiting();
  if (told != waiting) {
    observer.OnWaiting(waiting.empty() ? "" : Cat("waiting for ", waiting));
    told = waiting;
  }
  Complain(waiting);
  SourceReport fresh = {waiting, mirror.Report(), mirror.waiting_objects(), loop.counters(), writer.Report()};
  {
    std::lock_guard lock(mutex);
    report = std::move(fresh);
  }
  if (change.has_value()) observer.OnSnapshot(*std::move(change));
}

// Waiting passes in a moment as a rule; what holds it up is worth a line, once.
void Source::State::Complain(const std::string& waiting) {
  const size_t colon = waiting.find(": ");
  const std::string trouble = colon == std::string::npos ? "" : waiting.substr(colon);
  if (trouble.empty() || std::exchange(complained, trouble) == trouble) return;
  log::Warning(Cat("waiting for ", waiting));
}

void Source::State::Run() {
  log::Info(Cat("following the API server ", server));
  mirror.Start();
  loop.Run([this] { observer.OnBusy(); },
           [this] {
             Turn();
             observer.OnIdle();
           });
}

Source::Source(ClientConfig config, Selection selection, WriterOptions writer, Observer& observer)
    : state_(std::make_unique<State>(std::move(config), std::move(selection), std::move(writer), observer)) {
  state_->thread = std::thread([this] { state_->Run(); });
}

Source::~Source() {
  state_->loop.Stop();
  state_->thread.join();
}

void Source::Compete() {
  state_->loop.Post([this] { state_->writer.Start(); });
}

void Source::SetStatuses(std::vector<status::ObjectStatus> wanted) {
  auto shared = std::make_shared<std::vector<status::ObjectStatus>>(std::move(wanted));
  state_->loop.Post([this, shared] { state_->writer.SetStatuses(std::move(*shared)); });
}

void Source::Release() {
  auto released = std::make_shared<std::promise<void>>();
  state_->loop.Post([this, released] { state_->writer.Release([released] { released->set_value(); }); });
  released->get_future().wait_for(kReleaseWithin);
}

SourceReport Source::Report() const {
  std::lock_guard lock(state_->mutex);
  return state_->report;
}

}  // namespace nuncio::kube
