#include "nuncio/kube/status_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nuncio/base/log.h"
#include "nuncio/base/text.h"

namespace nuncio::kube {
namespace {

using status::Truth;
using status::Type;

constexpr size_t kMostBytes = 8 << 20;

// What a v1 Status says; the body itself when it is none.
std::string MessageOf(const std::string& body) {
  const Json status = Json::parse(body, nullptr, false);
  const bool told = status.is_object() && status.contains("message") && status["message"].is_string();
  return (told ? status["message"].get<std::string>() : body).substr(0, 500);
}

bool IsApplyConflict(const std::string& body) { return body.find("FieldManagerConflict") != std::string::npos; }
// With another installation of this program, which has as much right to the object.
bool IsWithOurOwn(const std::string& body) { return MessageOf(body).find("\"nuncio-") != std::string::npos; }

int64_t GenerationOf(const Item& item) {
  if (!item.object.is_object()) return 0;
  const auto metadata = item.object.find("metadata");
  if (metadata == item.object.end() || !metadata->is_object()) return 0;
  const auto generation = metadata->find("generation");
  return generation != metadata->end() && generation->is_number_integer() ? generation->get<int64_t>() : 0;
}

std::string Text(const std::string& kind, const resource::ObjectKey& key) {
  return Cat(kind, " ", key.ns, "/", key.name);
}

}  // namespace

StatusWriter::StatusWriter(Loop& loop, Options options, std::function<void(Transition)> on_transition)
    : loop_(loop),
      options_(std::move(options)),
      on_transition_(std::move(on_transition)),
      filled_at_(loop.Now()),
      wake_(loop) {}

StatusWriter::Counters StatusWriter::counters() const {
  Counters counters = counters_;
  counters.pending = due_.size() + later_.size() + flights_.size();
  return counters;
}

bool StatusWriter::Needs(const Entry& entry) const {
  if (!leading_ || entry.wanted == nullptr || entry.in_flight) return false;
  if (!entry.wanted->uid.empty() && entry.wanted->uid != entry.uid) return false;
  // The server is ahead: what is to be said of that generation comes in a moment.
  if (entry.wanted->generation < entry.generation) return false;
  return entry.digest != entry.seen.digest && entry.digest != entry.given_up;
}

void StatusWriter::Forget(Entries::iterator at) {
  due_.erase({~at->second.order, &at->first});
  later_.erase({at->second.not_before, &at->first});
}

// Puts it where it belongs: due, due later, or neither. REQUIRES: Forget came before a change of order or not_before.
void StatusWriter::Consider(Entries::iterator at) {
  Forget(at);
  if (!Needs(at->second)) return;
  if (at->second.not_before > loop_.Now()) {
    later_.emplace(at->second.not_before, &at->first);
  } else {
    due_.emplace(~at->second.order, &at->first);
  }
}

void StatusWriter::SetLeading(bool leading) {
  leading_ = leading;
  if (leading) return;
  for (const auto& [name, flight] : flights_) entries_[name].in_flight = false;
  flights_.clear();
  due_.clear();
  later_.clear();
  for (auto& [name, entry] : entries_) entry.wanted = nullptr;
  wanted_.clear();
  wake_.Stop();
}

void StatusWriter::SetWanted(std::vector<status::ObjectStatus> wanted) {
  if (!leading_) return;
  due_.clear();
  later_.clear();
  for (auto& [name, entry] : entries_) entry.wanted = nullptr;
  wanted_ = std::move(wanted);
  ++order_;
  for (status::ObjectStatus& status : wanted_) {
    const auto at = entries_.find({status.kind, status.key});
    if (at == entries_.end()) continue;  // gone by now
    Entry& entry = at->second;
    if (status.generation == 0) status.generation = entry.generation;
    entry.wanted = &status;
    const uint64_t digest = status::DigestOf(status);
    if (std::exchange(entry.digest, digest) != digest) {
      entry.order = order_;
      entry.pause = kBetweenWrites;
      entry.given_up = 0;
    }
    Consider(at);
  }
  Pump();
}

void StatusWriter::OnKind(const ServedKind& kind) {
  if (kind.group == "getambassador.io") kinds_[kind.kind] = kind;
}

// Between bad and good an object is pending while Envoy takes its time, which is neither.
void StatusWriter::See(Entry& entry, status::Seen seen) const {
  entry.seen = std::move(seen);
  const Truth programmed = entry.seen.conditions[static_cast<size_t>(Type::kProgrammed)].truth;
  if (programmed != Truth::kUnknown) entry.was_bad = programmed == Truth::kFalse;
}

void StatusWriter::OnObject(const std::string& kind, const Item& item) {
  const auto at = entries_.try_emplace({kind, item.key}).first;
  Entry& entry = at->second;
  Forget(at);
  if (entry.uid != item.uid) {
    entry.given_up = 0;
    entry.was_bad = false;
  }
  entry.uid = item.uid;
  entry.generation = GenerationOf(item);
  See(entry, status::SeenOf(kind, item.status));
  Consider(at);
  Pump();
}

void StatusWriter::OnGone(const std::string& kind, const resource::ObjectKey& key) {
  const auto at = entries_.find({kind, key});
  if (at == entries_.end()) return;
  Forget(at);
  flights_.erase(at->first);
  entries_.erase(at);
}

void StatusWriter::PauseAll(Duration delay) { paused_until_ = std::max(paused_until_, loop_.Now() + delay); }

// Writes as much as it may, and comes back when it may write more.
void StatusWriter::Pump() {
  const Time now = loop_.Now();
  const double passed = std::chrono::duration<double>(now - filled_at_).count();
  tokens_ = std::min(kBurst, tokens_ + passed * kPerSecond);
  filled_at_ = now;
  while (!later_.empty() && later_.begin()->first <= now) Consider(entries_.find(*later_.begin()->second));
  if (now >= paused_until_) {
    while (!due_.empty() && flights_.size() < kMostInFlight && tokens_ >= 1) {
      tokens_ -= 1;
      Write(entries_.find(*due_.begin()->second));
    }
  }
  Time next = Time::max();
  if (!later_.empty()) next = later_.begin()->first;
  if (!due_.empty() && now < paused_until_) {
    next = std::min(next, paused_until_);
  } else if (!due_.empty() && tokens_ < 1) {
    next = std::min(next, now + Duration(static_cast<Duration::rep>(1'000 / kPerSecond)));
  }
  if (next == Time::max()) return wake_.Stop();
  wake_.Set(std::max(Duration(1), std::chrono::ceil<Duration>(next - now)), [this] { Pump(); });
}

void StatusWriter::Write(Entries::iterator at) {
  Forget(at);
  Entry& entry = at->second;
  const auto kind = kinds_.find(at->first.first);
  if (kind == kinds_.end()) return;
  auto flight = std::make_unique<Flight>(loop_);
  flight->status = *entry.wanted;
  // So that what was meant for an object is not said of a later one of its name.
  if (flight->status.uid.empty()) flight->status.uid = entry.uid;
  flight->api_version = Cat(kind->second.group, "/", kind->second.version);
  flight->before = entry.seen;
  flight->was_bad = entry.was_bad;
  Request request;
  request.method = "PATCH";
  request.path =
      Cat("/apis/", flight->api_version, "/namespaces/", Encoded(at->first.second.ns), "/", kind->second.plural, "/",
          Encoded(at->first.second.name), "/status?fieldManager=", Encoded(options_.field_manager),
          "&force=", entry.force ? "true" : "false");
  request.content_type = "application/apply-patch+yaml";
  request.body = status::ApplyBody(flight->status, flight->api_version,
                                   status::After(flight->status, entry.seen, options_.wall_clock()));
  entry.in_flight = true;
  const Name name = at->first;
  Fetch& fetch = flight->fetch;
  flights_[name] = std::move(flight);
  fetch.Start(std::move(request), kMostBytes, [this, name](const auto& answer) { OnAnswer(name, answer); });
}

void StatusWriter::OnAnswer(const Name& name, const absl::StatusOr<Fetch::Answer>& answer) {
  const auto at = entries_.find(name);
  const auto flying = flights_.find(name);
  if (at == entries_.end() || flying == flights_.end()) return;
  const std::unique_ptr<Flight> flight = std::move(flying->second);
  flights_.erase(flying);
  Entry& entry = at->second;
  Forget(at);
  entry.in_flight = false;
  const int status = answer.ok() ? answer->head.status : 0;
  if (status != 200) {
    // Not at once, whatever it is.
    entry.not_before = loop_.Now() + kBetweenWrites;
    ++(status == 409 ? counters_.conflicts : status == 429 ? counters_.throttled : counters_.failures);
  }
  if (status == 200) {
    OnTaken(entry, *flight, answer->body);
  } else if (status == 409) {
    OnConflict(entry, *flight, answer->body);
  } else if (status == 404) {
    // Gone, which the watch will tell; or a kind without a status.
    entry.given_up = status::DigestOf(flight->status);
  } else if (status == 403) {
    OnDenied(MessageOf(answer->body));
  } else if (status == 400 || status == 422 ||
             (status == 500 && !answer->head.retry_after.has_value() &&
              answer->body.find("not declared in schema") != std::string::npos)) {
    GiveUp(entry, *flight, MessageOf(answer->body));
  } else {
    const bool told = answer.ok() && answer->head.retry_after.has_value();
    PauseAll(told ? *answer->head.retry_after : backoff_.Next(loop_.Now(), loop_.Random()));
  }
  Consider(at);
  Pump();
}

// An API server that starts denies everything to everybody until it has read its rules.
void StatusWriter::OnDenied(const std::string& message) {
  if (!denied_since_.has_value()) denied_since_ = loop_.Now();
  if (loop_.Now() - *denied_since_ < kDeniedAtFirst) return PauseAll(kDeniedAtFirst);
  if (!std::exchange(told_denied_, true)) log::Warning(Cat("status cannot be written: ", message));
  PauseAll(kForbidden);
}

void StatusWriter::OnTaken(Entry& entry, const Flight& flight, const std::string& body) {
  ++counters_.writes;
  denied_since_.reset();
  told_denied_ = false;
  const uint64_t digest = status::DigestOf(flight.status);
  // Written before, and yet it had to be written again: somebody else is at it.
  const bool undone = std::exchange(entry.written, digest) == digest;
  entry.pause = undone ? std::min(entry.pause * 2, kLongestBetweenWrites) : kBetweenWrites;
  entry.not_before = loop_.Now() + entry.pause;
  const Json object = Json::parse(body, nullptr, false);
  if (object.is_object() && object.contains("status")) See(entry, status::SeenOf(flight.status.kind, object["status"]));
  if (entry.seen.digest != digest)
    return GiveUp(entry, flight, "the API server keeps something else than what it was given");
  Tell(flight, entry);
}

void StatusWriter::OnConflict(Entry& entry, const Flight& flight, const std::string& body) {
  if (!IsApplyConflict(body)) return;  // of another UID: the watch brings the object as it is now
  if (IsWithOurOwn(body)) {
    if (entry.seen.generation == 0 || entry.seen.generation >= entry.generation) {
      entry.behind_since.reset();
      return GiveUp(entry, flight, Cat("another installation writes it: ", MessageOf(body)));
    }
    const Time now = loop_.Now();
    if (!entry.behind_since.has_value()) entry.behind_since = now;
    entry.not_before = *entry.behind_since + kAbandoned;
    if (entry.not_before > now) return;
    log::Info(Cat("the installation that wrote the status of ", Text(flight.status.kind, flight.status.key),
                  " does so no more: taken over"));
  }
  entry.behind_since.reset();
  entry.force = true;
  entry.not_before = loop_.Now();
}

void StatusWriter::GiveUp(Entry& entry, const Flight& flight, const std::string& why) {
  log::Warning(Cat("the status of ", Text(flight.status.kind, flight.status.key), " is left as it is: ", why));
  entry.given_up = status::DigestOf(flight.status);
}

void StatusWriter::Tell(const Flight& flight, const Entry& entry) {
  const auto became = [&](Type type, Truth truth) {
    const status::Seen::Since& before = flight.before.conditions[static_cast<size_t>(type)];
    const bool news = before.time == 0 ? truth == Truth::kFalse : before.truth != truth;
    return news && flight.status.of(type).truth == truth;
  };
  Transition transition{flight.status, flight.api_version, entry.uid, false, Type::kProgrammed};
  for (const Type type : {Type::kProgrammed, Type::kAccepted, Type::kResolvedRefs}) {
    if (!became(type, Truth::kFalse)) continue;
    transition.type = type;
    return on_transition_(std::move(transition));
  }
  if (!flight.was_bad || !became(Type::kProgrammed, Truth::kTrue)) return;
  transition.good = true;
  on_transition_(std::move(transition));
}

}  // namespace nuncio::kube
