#include "nuncio/kube/lease.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nuncio/base/digest.h"
#include "nuncio/base/json_member.h"
#include "nuncio/base/log.h"
#include "nuncio/base/text.h"
#include "nuncio/kube/micro_time.h"

namespace nuncio::kube {
namespace {

constexpr size_t kMostBytes = 256 << 10;
// A request that takes longer is asked again, while there is time for that.
constexpr Duration kAnswer{5'000};
constexpr Duration kReleaseAnswer{1'500};

bool IsName(const std::string& text) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), good) && text.back() != '-';
}

int64_t Number(const Json& object, const char* field) {
  const auto at = object.find(field);
  return at != object.end() && at->is_number_integer() ? at->get<int64_t>() : 0;
}

Json SpecOf(const Json& lease) {
  const auto at = lease.find("spec");
  return at != lease.end() && at->is_object() ? *at : Json::object();
}

std::string Beginning(const std::string& body) { return body.substr(0, 300); }

}  // namespace

std::string LeaseNameOf(const std::string& ambassador_id) {
  return Cat("nuncio-", IsName(ambassador_id) ? ambassador_id : Digest(ambassador_id));
}

Lease::Lease(Loop& loop, LeaseOptions options, std::function<void()> on_change)
    : loop_(loop),
      options_(std::move(options)),
      on_change_(std::move(on_change)),
      fetch_(loop),
      again_(loop),
      expired_(loop) {}

std::string Lease::Path(bool of_all) const {
  const std::string all = Cat("/apis/coordination.k8s.io/v1/namespaces/", options_.ns, "/leases");
  return of_all ? all : Cat(all, "/", options_.name);
}

void Lease::SetLeading(bool leading) {
  if (!leading) expired_.Stop();
  if (std::exchange(leading_, leading) == leading) return;
  if (leading) ++transitions_;
  log::Info(Cat(leading ? "this replica" : "another replica, or none,", " writes status from now on (Lease ",
                options_.ns, "/", options_.name, ")"));
  on_change_();
}

void Lease::AskAgain() {
  if (released_) return;
  const double stretch = 1 + loop_.Random() * 0.2;
  again_.Set(Duration(static_cast<Duration::rep>(static_cast<double>(kRetry.count()) * stretch)), [this] { Ask(); });
}

void Lease::Fail(std::string trouble) {
  if (trouble_ != trouble) log::Warning(Cat("the Lease ", options_.ns, "/", options_.name, ": ", trouble));
  trouble_ = std::move(trouble);
  AskAgain();
}

void Lease::Ask() {
  // As long as nobody else wrote it, it is renewed without being read.
  if (leading_ && !held_.empty()) return Write("PUT", Fresh(Json::parse(held_)));
  Request request;
  request.path = Path(false);
  request.until_head = request.until_end = kAnswer;
  fetch_.Start(std::move(request), kMostBytes, [this](const auto& answer) { OnLease(answer); });
}

void Lease::OnLease(const absl::StatusOr<Fetch::Answer>& answer) {
  if (!answer.ok()) return Fail(std::string(answer.status().message()));
  if (answer->head.status == 404) return Write("POST", Fresh(Json::object()));
  if (answer->head.status != 200) return Fail(Cat("status ", answer->head.status, ": ", Beginning(answer->body)));
  const Json lease = Json::parse(answer->body, nullptr, false);
  if (!lease.is_object()) return Fail("the API server sent no Lease");
  Observe(lease);
  const Json spec = SpecOf(lease);
  const std::string holder = TextMember(spec, "holderIdentity");
  if (holder == options_.identity || holder.empty()) return Write("PUT", Fresh(lease));
  SetLeading(false);
  // Its own duration, but not without bounds: whoever wrote it.
  const Duration duration =
      std::clamp<Duration>(std::chrono::seconds(std::min<int64_t>(Number(spec, "leaseDurationSeconds"), 3600)), kRetry,
                           std::chrono::hours(1));
  if (loop_.Now() - observed_at_ >= duration) return Write("PUT", Fresh(lease));
  trouble_.clear();
  AskAgain();
}

void Lease::Observe(const Json& lease) {
  const Json spec = SpecOf(lease);
  const std::string now = Cat(TextMember(spec, "holderIdentity"), " ", TextMember(spec, "renewTime"));
  if (std::exchange(observed_, now) != now) observed_at_ = loop_.Now();
}

// The Lease as it is to be, held by us as of now.
Json Lease::Fresh(const Json& before) const {
  Json lease = before;
  const Json spec = SpecOf(before);
  const std::string now = MicroTime(options_.wall_clock_us());
  const bool mine = TextMember(spec, "holderIdentity") == options_.identity;
  lease["apiVersion"] = "coordination.k8s.io/v1";
  lease["kind"] = "Lease";
  lease["metadata"]["name"] = options_.name;
  lease["metadata"]["namespace"] = options_.ns;
  lease["metadata"].erase("managedFields");
  Json fresh = spec;
  fresh["holderIdentity"] = options_.identity;
  fresh["leaseDurationSeconds"] = std::chrono::duration_cast<std::chrono::seconds>(kDuration).count();
  fresh["renewTime"] = now;
  if (!mine || TextMember(spec, "acquireTime").empty()) fresh["acquireTime"] = now;
  fresh["leaseTransitions"] = Number(spec, "leaseTransitions") + (mine || spec.empty() ? 0 : 1);
  lease["spec"] = std::move(fresh);
  return lease;
}

Request Lease::WriteOf(const std::string& method, const Json& lease, Duration answer) const {
  Request request;
  request.method = method;
  request.path = Path(method == "POST");
  request.content_type = "application/json";
  request.body = lease.dump();
  request.until_head = request.until_end = answer;
  return request;
}

void Lease::Write(const std::string& method, Json lease) {
  Request request = WriteOf(method, lease, kAnswer);
  sent_at_ = loop_.Now();
  writing_ = true;
  fetch_.Start(std::move(request), kMostBytes, [this](const auto& answer) { OnWritten(answer); });
}

void Lease::OnWritten(const absl::StatusOr<Fetch::Answer>& answer) {
  // Whatever became of it: what the server has now is not known for sure.
  held_.clear();
  writing_ = false;
  if (released_) {
    if (answer.ok() && answer->head.status == 200) held_ = answer->body;
    return GiveBack();
  }
  if (!answer.ok()) return Fail(std::string(answer.status().message()));
  const int status = answer->head.status;
  if (status == 409 || status == 404) {
    // Another one was faster, or it was deleted: look again. Who it is decides whether this one still leads.
    trouble_.clear();
    return AskAgain();
  }
  if (status != 200 && status != 201) return Fail(Cat("status ", status, ": ", Beginning(answer->body)));
  // What it holds counts from when it was asked for. An answer that took too long is none.
  const Duration left = kRenewWithin - std::chrono::duration_cast<Duration>(loop_.Now() - sent_at_);
  if (left <= Duration(0)) return Fail("the API server is too slow");
  trouble_.clear();
  const Json lease = Json::parse(answer->body, nullptr, false);
  if (lease.is_object()) {
    Observe(lease);
    held_ = answer->body;
  }
  expired_.Set(left, [this] {
    held_.clear();
    SetLeading(false);
  });
  SetLeading(true);
  AskAgain();
}

void Lease::Release(std::function<void()> done) {
  released_ = true;
  on_released_ = std::move(done);
  again_.Stop();
  expired_.Stop();
  if (std::exchange(leading_, false)) on_change_();
  // A renewal that is under way comes first: after it the server has another version of the Lease.
  if (!writing_) GiveBack();
}

void Lease::GiveBack() {
  const std::string held = std::exchange(held_, "");
  const Json before = Json::parse(held, nullptr, false);
  if (!before.is_object()) {
    fetch_.Cancel();
    return std::exchange(on_released_, nullptr)();
  }
  Json lease = Fresh(before);
  lease["spec"]["holderIdentity"] = "";
  lease["spec"]["leaseDurationSeconds"] = 1;
  fetch_.Start(WriteOf("PUT", lease, kReleaseAnswer), kMostBytes,
               [this](const auto&) { std::exchange(on_released_, nullptr)(); });
}

}  // namespace nuncio::kube
