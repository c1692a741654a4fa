// The steps of a reload up to its installation; each may end it with nothing changed.
#include "runtime/reloader.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "graph/tls_renewal.hpp"
#include "parser/outside_record.hpp"
#include "runtime/limits.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/make_generation.hpp"
#include "runtime/signals_blocked.hpp"

namespace shunt::runtime {
namespace {

struct Setting {
  std::string_view name;
  bool (*differs)(const graph::Global& running, const graph::Global& read);
  void (*keep)(const graph::Global& running, graph::Global& read);
};

template <auto member>
constexpr Setting setting(std::string_view name) {
  return {
      name,
      [](const graph::Global& running, const graph::Global& read) { return running.*member != read.*member; },
      [](const graph::Global& running, graph::Global& read) { read.*member = running.*member; }};
}
template <auto member>
constexpr Setting tunable(std::string_view name) {
  return {
      name,
      [](const graph::Global& running, const graph::Global& read) {
        return running.tune.*member != read.tune.*member;
      },
      [](const graph::Global& running, graph::Global& read) { read.tune.*member = running.tune.*member; }};
}
bool threads_differ(const graph::Global& running, const graph::Global& read) {
  return thread_count(running.nbthread) != thread_count(read.nbthread);
}

using graph::Global;
using graph::Tunables;
constexpr Setting settings[] = {
    {"nbthread", threads_differ,
     [](const Global& running, Global& read) { read.nbthread = running.nbthread; }},
    setting<&Global::uid>("user or uid"),
    setting<&Global::gid>("group or gid"),
    setting<&Global::chroot>("chroot"),
    setting<&Global::daemon>("daemon"),
    setting<&Global::pidfile>("pidfile"),
    setting<&Global::tls_library>("ssl-provider or ssl-propquery"),
    setting<&Global::ulimit_n>("ulimit-n"),
    tunable<&Tunables::bufsize>("tune.bufsize"),
    tunable<&Tunables::maxrewrite>("tune.maxrewrite"),
    tunable<&Tunables::pipesize>("tune.pipesize"),
    tunable<&Tunables::maxpipes>("maxpipes"),
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
  Attempt(const Reloader::Parts& parts, const Generation& current, const StatsSockets::Identities& stats,
          Conversation& conversation)
      : parts_(parts), current_(current), stats_(stats), conversation_(conversation) {}
  ~Attempt() { conversation_.end(); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  ReloadOutcome run() {
    if (!(begin() && repeat() && make() && open_listeners() && open_stats() && let_clients_in())) {
      outcome_.generation.reset();
      return std::move(outcome_);
    }
    open_logs();
    const bool patterns = parts_.watching == Watching::patterns_too;
    if (!WatchedFiles(generation().tls_state, *generation().graph, patterns).places().empty())
      outcome_.watcher = reader_->watch(patterns);
    for (const std::string_view name : stays_)
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
  const StatsSockets::Identities& stats_;
  Conversation& conversation_;
  std::optional<ReaderClient> reader_;
  std::string record_;
  std::unique_ptr<graph::Loaded> loaded_;
  std::vector<std::string_view> stays_;
  ReloadOutcome outcome_;
};

bool Attempt::begin() {
  auto socket = parts_.keeper.begin_reading();
  if (!socket) return fail("Cannot read the configuration again: " + socket.error().message());
  reader_.emplace(std::move(socket).value());
  if (!conversation_.begin(*reader_)) return fail("Cannot read the configuration again: the process stops.");
  auto reading = reader_->receive_reading();
  if (!reading)
    return fail("Cannot read the configuration again: the reading process failed, or took five minutes.");
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
  // Sizes that sessions read in the graph must be those of the buffers that there are.
  // Nobody else has the graph yet, and it was not made as a constant.
  stays_ = keep_settings(current_.graph->global, const_cast<graph::Global&>(loaded_->graph->global));
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
  for (const std::size_t place : StatsSockets::missing(stats_, *generation().graph)) {
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

std::vector<std::string_view> keep_settings(const graph::Global& running, graph::Global& read) {
  std::vector<std::string_view> names;
  for (const Setting& each : settings) {
    if (!each.differs(running, read)) continue;
    names.push_back(each.name);
    each.keep(running, read);
  }
  return names;
}

bool Conversation::begin(ReaderClient& reader) {
  const std::lock_guard lock(guard_);
  reader_ = &reader;
  return !cancelled_;
}

void Conversation::end() {
  const std::lock_guard lock(guard_);
  reader_ = nullptr;
}

void Conversation::cancel() {
  const std::lock_guard lock(guard_);
  cancelled_ = true;
  if (reader_ != nullptr) reader_->hang_up();
}

void Reloader::cancel() { conversation_.cancel(); }

Reloader::~Reloader() {
  cancel();
  if (thread_.joinable()) thread_.join();
}

void Reloader::begin(std::shared_ptr<const Generation> current, const StatsSockets& stats, Then then) {
  if (thread_.joinable()) thread_.join();
  const SignalsBlocked blocked;
  thread_ =
      std::thread([this, current = std::move(current), open = stats.identities(), then = std::move(then)] {
        then(Attempt(parts_, *current, open, conversation_).run());
      });
}

}  // namespace shunt::runtime
