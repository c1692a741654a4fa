// One job for all certificates that share a response, each with its date; a few at a time are under way.
#include "runtime/ocsp_updates.hpp"

#include <fmt/core.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "graph/pki/ocsp.hpp"
#include "runtime/http_exchange.hpp"
#include "runtime/ocsp_request.hpp"
#include "runtime/ocsp_schedule.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
namespace pki = graph::pki;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds exchange_limit{10'000};
constexpr std::size_t most_at_once = 4;

// How an update ends, as its line in the log has it.
struct Outcome {
  int number;
  std::string_view text;
};
constexpr Outcome successful{1, "Update successful"};
constexpr Outcome http_error{2, "HTTP error"};
constexpr Outcome wrong_type{3, "Wrong content type"};
constexpr Outcome refused{4, "OCSP response check failure"};

struct Job {
  std::vector<CertificatePtr> certificates = {};
  std::shared_ptr<X509> issuer = {};
  std::string request = {};
  std::vector<std::pair<std::string, HttpPlace>> responders = {};
  std::size_t turn = 0;  // whose of these
  std::shared_ptr<const StapledAnswer> answer = {};
  std::int64_t made = 0;  // that answer
  bool revoked = false;
  Clock::time_point due = {};
  std::uint32_t failures = 0, successes = 0, failed_in_a_row = 0;
  std::unique_ptr<HttpExchange> exchange = {};  // null: none is under way

  [[nodiscard]] const std::string& path() const { return certificates.front()->path; }
};

// By what responses call the certificate.
using Jobs = std::map<std::string, Job>;

}  // namespace

struct OcspUpdates::Data {
  Data(asio::io_context& context, Effects given) : io(context), effects(std::move(given)), timer(context) {}

  void adopt(const graph::TlsState& state);
  void add(Jobs& next, const graph::Fetched& fetched);
  [[nodiscard]] Job fresh_job(const graph::Fetched& fetched, std::string request,
                              const std::vector<std::string>& responders) const;
  void set_date(const std::string& id, Job& job, std::int64_t seconds);
  void complain_once(const std::string& path, std::string_view why);
  void look();
  void begin(const std::string& id, Job& job);
  void take(const std::string& id, Result<HttpAnswer, HttpFault> outcome);
  // These say in how many seconds it is asked for again.
  [[nodiscard]] std::int64_t judge(Job& job, const HttpAnswer& answer);
  [[nodiscard]] std::int64_t accept(Job& job, pki::OcspAnswer answer);
  [[nodiscard]] std::int64_t fail(Job& job, const Outcome& outcome, std::string_view why);
  void report(const Job& job, const Outcome& outcome) const;

  asio::io_context& io;
  Effects effects;
  asio::steady_timer timer;
  graph::FetchingDelays delays = {};
  std::optional<parser::Address> proxy = {};
  Jobs jobs = {};
  std::set<std::pair<Clock::time_point, std::string>> dates = {};  // of the jobs that aren't under way
  std::set<std::string> complaints = {};
  std::vector<CertificatePtr> left = {};  // what no job is about any more
  std::size_t under_way = 0;
  bool stopped = false;
};

// ---- which certificates

void OcspUpdates::Data::adopt(const graph::TlsState& state) {
  const graph::config::ResponseFetching& settings = state.defaults.fetching;
  delays = graph::fetching_delays(settings);
  proxy = settings.proxy ? std::optional(settings.proxy->value) : std::nullopt;
  std::set<CertificatePtr> before(left.begin(), left.end());
  for (const auto& [id, job] : jobs) before.insert(job.certificates.begin(), job.certificates.end());
  Jobs next;
  for (const graph::Fetched& fetched : graph::fetched_certificates(state)) add(next, fetched);
  jobs = std::move(next);
  dates.clear();
  under_way = 0;
  for (auto& [id, job] : jobs) {
    std::vector<CertificatePtr> fresh;
    for (const CertificatePtr& each : job.certificates)
      if (before.erase(each) == 0) fresh.push_back(each);
    if (job.answer && !fresh.empty()) effects.staple(fresh, job.answer);
    if (job.exchange)
      ++under_way;
    else
      dates.emplace(job.due, id);
  }
  left.assign(before.begin(), before.end());
  look();
}

void OcspUpdates::Data::add(Jobs& next, const graph::Fetched& fetched) {
  const std::string& path = fetched.certificate->path;
  X509* const leaf = fetched.certificate->leaf.get();
  const std::vector<std::string> responders = pki::responders_of(leaf);
  if (responders.empty()) return;  // as most that are self-signed: nothing to complain of
  if (!fetched.issuer) return complain_once(path, "its issuer is not known");
  auto question = pki::question_about(leaf, fetched.issuer.get());
  if (!question) return complain_once(path, question.error().message);
  const std::string id = question.value().id;
  if (const auto known = next.find(id); known != next.end())
    return known->second.certificates.push_back(fetched.certificate);
  if (auto before = jobs.extract(id)) {
    before.mapped().certificates = {fetched.certificate};
    before.mapped().issuer = fetched.issuer;
    next.insert(std::move(before));
    return;
  }
  Job job = fresh_job(fetched, std::move(question.value().request), responders);
  if (job.responders.empty()) return complain_once(path, "it names no responder that speaks HTTP");
  next.emplace(id, std::move(job));
}

// What stands beside the certificate is good for a while.
Job OcspUpdates::Data::fresh_job(const graph::Fetched& fetched, std::string request,
                                 const std::vector<std::string>& responders) const {
  Job job{.certificates = {fetched.certificate}, .issuer = fetched.issuer, .request = std::move(request)};
  for (const std::string& uri : responders)
    if (auto place = HttpPlace::read(uri)) job.responders.emplace_back(uri, std::move(*place));
  const std::int64_t until = fetched.certificate->stapled_until;
  const std::time_t now = std::time(nullptr);
  job.due = Clock::now() + std::chrono::seconds(until > now ? until_next(delays, now, until) : 0);
  return job;
}

void OcspUpdates::Data::complain_once(const std::string& path, std::string_view why) {
  std::string line = fmt::format("No OCSP response is fetched for the certificate '{}': {}.", path, why);
  const auto [said, fresh] = complaints.insert(std::move(line));
  if (fresh) effects.warn(*said);
}

// ---- when

void OcspUpdates::Data::set_date(const std::string& id, Job& job, std::int64_t seconds) {
  job.due = Clock::now() + std::chrono::seconds(seconds);
  dates.emplace(job.due, id);
}

void OcspUpdates::Data::look() {
  timer.cancel();
  const Clock::time_point now = Clock::now();
  while (!stopped && under_way < most_at_once && !dates.empty()) {
    const auto& [due, id] = *dates.begin();
    if (due > now) break;
    begin(id, jobs.at(id));
    dates.erase(dates.begin());
  }
  if (stopped || under_way >= most_at_once || dates.empty()) return;
  timer.expires_at(dates.begin()->first);
  timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) look();
  });
}

// ---- one update

void OcspUpdates::Data::begin(const std::string& id, Job& job) {
  ++under_way;
  job.turn %= job.responders.size();
  job.exchange = std::make_unique<HttpExchange>(
      io, ocsp_request(job.responders[job.turn].second, job.request, proxy), exchange_limit,
      [this, id](Result<HttpAnswer, HttpFault> outcome) { take(id, std::move(outcome)); });
}

void OcspUpdates::Data::take(const std::string& id, Result<HttpAnswer, HttpFault> outcome) {
  const auto found = jobs.find(id);
  if (stopped || found == jobs.end()) return;
  Job& job = found->second;
  --under_way;
  job.exchange.reset();
  set_date(id, job, outcome ? judge(job, outcome.value()) : fail(job, http_error, outcome.error().message));
  look();
}

std::int64_t OcspUpdates::Data::judge(Job& job, const HttpAnswer& answer) {
  constexpr int ok = 200;
  if (answer.status() != ok)
    return fail(job, http_error, fmt::format("the responder answers with status {}", answer.status()));
  if (answer.content_type() != "application/ocsp-response")
    return fail(job, wrong_type, "the answer is no 'application/ocsp-response'");
  auto read = pki::read_answer(answer.body(), job.certificates.front()->leaf.get(), job.issuer.get(),
                               std::time(nullptr));
  if (!read) return fail(job, refused, read.error().message);
  return accept(job, std::move(read).value());
}

// What is older than the one that is there comes from a cache that lags behind.
std::int64_t OcspUpdates::Data::accept(Job& job, pki::OcspAnswer answer) {
  const std::time_t now = std::time(nullptr);
  ++job.successes;
  job.failed_in_a_row = 0;
  report(job, successful);
  const std::int64_t wait = until_next(delays, now, answer.until);
  if (answer.made < job.made) return wait;
  job.made = answer.made;
  // One that doesn't say how long it counts is not used for ever.
  const std::int64_t until = answer.until != 0 ? answer.until : now + delays.longest;
  job.answer = std::make_shared<const StapledAnswer>(StapledAnswer{std::move(answer.der), until});
  effects.staple(job.certificates, job.answer);
  if (!std::exchange(job.revoked, answer.revoked) && answer.revoked)
    effects.warn(fmt::format("The certificate '{}' has been revoked, its OCSP responder says.", job.path()));
  return wait;
}

std::int64_t OcspUpdates::Data::fail(Job& job, const Outcome& outcome, std::string_view why) {
  ++job.failures;
  const std::int64_t wait = until_retry(delays, ++job.failed_in_a_row);
  const std::string& uri = job.responders[job.turn++].first;
  report(job, outcome);
  effects.warn(
      fmt::format("No OCSP response for the certificate '{}' from '{}', the next attempt is in {} s: "
                  "{}.",
                  job.path(), uri, wait, why));
  return wait;
}

void OcspUpdates::Data::report(const Job& job, const Outcome& outcome) const {
  effects.report(fmt::format("<OCSP-UPDATE> {} {} \"{}\" {} {}", job.path(), outcome.number, outcome.text,
                             job.failures, job.successes));
}

// ----

OcspUpdates::OcspUpdates(asio::io_context& io, Effects effects)
    : data_(std::make_unique<Data>(io, std::move(effects))) {}

OcspUpdates::~OcspUpdates() = default;

void OcspUpdates::adopt(const graph::TlsState& state) { data_->adopt(state); }

void OcspUpdates::forget_others() {
  if (!data_->left.empty()) data_->effects.staple(data_->left, nullptr);
  data_->left.clear();
}

void OcspUpdates::stop() {
  data_->stopped = true;
  data_->timer.cancel();
  data_->jobs.clear();
}

}  // namespace shunt::runtime
