// The steps of a reload up to its installation; each may end it with nothing changed.
#include "runtime/reloader.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

#include "graph/tls_renewal.hpp"
#include "parser/outside_record.hpp"
#include "runtime/limits.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/make_generation.hpp"

namespace shunt::runtime {
namespace {

struct Setting {
  std::string_view name;
  bool (*differs)(const graph::Global& a, const graph::Global& b);
};

template <auto member>
bool differs(const graph::Global& a, const graph::Global& b) {
  return a.*member != b.*member;
}
template <auto member>
bool tunable_differs(const graph::Global& a, const graph::Global& b) {
  return a.tune.*member != b.tune.*member;
}
bool threads_differ(const graph::Global& a, const graph::Global& b) {
  return thread_count(a.nbthread) != thread_count(b.nbthread);
}

using graph::Global;
using graph::Tunables;
constexpr Setting settings[] = {
    {"nbthread", threads_differ},
    {"user or uid", differs<&Global::uid>},
    {"group or gid", differs<&Global::gid>},
    {"chroot", differs<&Global::chroot>},
    {"daemon", differs<&Global::daemon>},
    {"pidfile", differs<&Global::pidfile>},
    {"ssl-provider or ssl-propquery", differs<&Global::tls_library>},
    {"ulimit-n", differs<&Global::ulimit_n>},
    {"tune.bufsize", tunable_differs<&Tunables::bufsize>},
    {"tune.maxrewrite", tunable_differs<&Tunables::maxrewrite>},
    {"tune.pipesize", tunable_differs<&Tunables::pipesize>},
    {"maxpipes", tunable_differs<&Tunables::maxpipes>},
};

// Paths of log sockets that the files name now.
std::set<std::string> log_paths(const graph::Graph& graph) {
  std::set<std::string> paths;
  const auto add = [&paths](const std::vector<graph::LogTarget>& targets) {
    for (const graph::LogTarget& target : targets)
      if (target.kind == graph::LogTarget::Kind::unix_datagram) paths.insert(target.path);
  };
  add(graph.global.logs);
  for (const graph::Proxy& proxy : graph.proxies) add(proxy.logs);
  return paths;
}

// One reload. Every step returns whether the next one is to follow.
class Attempt {
 public:
  Attempt(const Reloader::Parts& parts, const Generation& current, const StatsSockets& stats)
      : parts_(parts), current_(current), stats_(stats) {}

  ReloadOutcome run() {
    if (!(begin() && repeat() && make() && open_listeners() && open_stats() && let_clients_in())) {
      outcome_.generation.reset();
      return std::move(outcome_);
    }
    open_logs();
    if (!graph::watched_places(*generation().tls_state).empty()) outcome_.watcher = reader_->watch();
    for (const std::string_view name : settings_that_stay(current_.graph->global, generation().graph->global))
      outcome_.warnings.push_back(fmt::format(
          "'{}' has changed in the configuration: it stays as it is until the next restart.", name));
    return std::move(outcome_);
  }

 private:
  bool begin();
  bool repeat();
  bool make();
  bool open_listeners();
  bool open_stats();
  bool let_clients_in();
  void open_logs();
  bool take(const ReaderClient::Sockets& answer, const BindFinding& where);
  bool fail(std::string text) {
    outcome_.alerts.push_back(std::move(text));
    return false;
  }
  [[nodiscard]] Generation& generation() { return *outcome_.generation; }

  const Reloader::Parts& parts_;
  const Generation& current_;
  const StatsSockets& stats_;
  std::optional<ReaderClient> reader_;
  std::string record_;
  std::unique_ptr<graph::Loaded> loaded_;
  ReloadOutcome outcome_;
};

bool Attempt::begin() {
  auto socket = parts_.keeper.begin_reading();
  if (!socket) return fail("Cannot read the configuration again: " + socket.error().message());
  reader_.emplace(std::move(socket).value());
  auto reading = reader_->receive_reading();
  if (!reading) return fail("Cannot read the configuration again: the reading process failed.");
  outcome_.text = std::move(reading->text);
  record_ = std::move(reading->record);
  return reading->good;
}

// What the reader found good is read once more here, from what it has read.
bool Attempt::repeat() {
  parser::OutsideReplay replay(std::move(record_));
  Rereading again;
  {
    const parser::OutsideScope scope(replay);
    again = parts_.read(::getpid());
  }
  loaded_ = std::move(again.loaded);
  if (again.good && replay.complete()) return true;
  return fail("Cannot read the configuration again: two readings of the same files differ.");
}

bool Attempt::make() {
  const std::shared_ptr<const graph::Graph> graph(std::move(loaded_->graph));
  auto made = make_generation(graph, &current_, parts_.counters, parts_.threads);
  if (made) {
    outcome_.generation = std::move(made).assume_value();
    outcome_.generation->tls_state = loaded_->tls;
    return true;
  }
  return fail(describe(made.assume_error(), loaded_->sources, *graph));
}

// False: something of it ends the reload.
bool Attempt::take(const ReaderClient::Sockets& answer, const BindFinding& where) {
  for (const BindFinding& finding : answer.findings) {
    BindFinding told = where;
    told.message = finding.message;
    (finding.fatal ? outcome_.alerts : outcome_.warnings)
        .push_back(binding_text(loaded_->sources, *generation().graph, told));
  }
  return !any_fatal(answer.findings) && !answer.descriptors.empty();
}

bool Attempt::open_listeners() {
  bool sound = true;
  const auto open = [&](const graph::Listener& listener) {
    ReaderClient::Sockets answer = reader_->listener(listener.id, parts_.threads);
    sound = take(answer, {.span = listener.span, .listener = listener.id}) && sound;
    return std::move(answer.descriptors);
  };
  auto next = ListeningSockets::next(*generation().graph, *current_.sockets, open);
  if (!next || !sound) return fail("Some protocols failed to start their listeners!");
  generation().sockets = std::move(next);
  return true;
}

bool Attempt::open_stats() {
  bool sound = true;
  for (const std::size_t place : stats_.missing(*generation().graph)) {
    ReaderClient::Sockets answer = reader_->stats(place);
    sound = take(answer, {.span = generation().graph->global.stats_sockets[place].span}) && sound;
    if (sound) outcome_.stats.emplace(place, std::move(answer.descriptors.front()));
  }
  return sound || fail("Some protocols failed to start their listeners!");
}

// Nobody has been able to connect to anything new so far.
bool Attempt::let_clients_in() {
  std::vector<BindFinding> findings = reader_->put_in_place();
  for (const BindFinding& finding : findings) outcome_.alerts.push_back(finding.message);
  if (!findings.empty()) return fail("Some protocols failed to start their listeners!");
  if (generation().sockets->begin_listening(*current_.sockets, findings)) {
    reader_->keep();
    return true;
  }
  for (const BindFinding& finding : findings)
    outcome_.alerts.push_back(binding_text(loaded_->sources, *generation().graph, finding));
  return fail("Some protocols failed to start their listeners!");
}

// A log target that isn't there is no fault, as at a start.
void Attempt::open_logs() {
  const std::set<std::string> known = log_paths(*current_.graph);
  for (const std::string& path : log_paths(*generation().graph)) {
    if (known.contains(path)) continue;
    ReaderClient::Sockets answer = reader_->log(path);
    if (!answer.descriptors.empty())
      generation().log_sockets.emplace(path,
                                       std::make_shared<UniqueFd>(std::move(answer.descriptors.front())));
  }
}

}  // namespace

std::vector<std::string_view> settings_that_stay(const graph::Global& running, const graph::Global& read) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings)
    if (setting.differs(running, read)) names.push_back(setting.name);
  return names;
}

Reloader::~Reloader() {
  if (thread_.joinable()) thread_.join();
}

// Signals are the main thread's.
void Reloader::begin(std::shared_ptr<const Generation> current, const StatsSockets& stats, Then then) {
  if (thread_.joinable()) thread_.join();
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this, current = std::move(current), &stats, then = std::move(then)] {
    then(reload(*current, stats));
  });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ReloadOutcome Reloader::reload(const Generation& current, const StatsSockets& stats) {
  return Attempt(parts_, current, stats).run();
}

}  // namespace shunt::runtime
