// Running a graph as a process: the order of a start, each step with its own refusal.
#include "runtime/process.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "parser/process_environment.hpp"
#include "runtime/daemonize.hpp"
#include "runtime/file_watcher.hpp"
#include "runtime/keeper.hpp"
#include "runtime/limits.hpp"
#include "runtime/listening_sockets.hpp"
#include "runtime/log_faults.hpp"
#include "runtime/log_ring.hpp"
#include "runtime/make_generation.hpp"
#include "runtime/messages.hpp"
#include "runtime/pidfile.hpp"
#include "runtime/privileges.hpp"
#include "runtime/reader.hpp"
#include "runtime/server_errors.hpp"
#include "runtime/stats_socket.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {
namespace {

// A step of the start: an empty text is success, anything else has been said and ends it.
using Step = Result<void, std::string>;

// Everything that a run holds, in the order in which it is made; destroyed in the reverse one.
class Process {
 public:
  Process(std::unique_ptr<graph::Loaded> loaded, const RunOptions& options);
  int run();

 private:
  Step start();
  Step raise_limits();
  [[nodiscard]] std::vector<BindFinding> try_sockets();
  Step open_sockets();
  void report(const BindFinding& finding) const;
  Step check_limits() const;
  Step take_generation();
  Step put_paths_in_place();
  Step open_pidfile();
  Step go_to_background();
  Step start_keeper();
  void make_workers();
  Step give_up_privileges();
  void say_ready();
  int serve();
  [[nodiscard]] bool background() const;
  [[nodiscard]] bool without_terminal() const;

  RunOptions options_;
  std::unique_ptr<graph::Loaded> loaded_;
  std::shared_ptr<const graph::Graph> graph_;
  Messages messages_;
  std::uint32_t threads_;
  std::uint32_t maxconn_ = 0;
  std::uint64_t descriptors_needed_ = 0;
  bool older_paused_ = false;
  std::shared_ptr<ListeningSockets> sockets_;  // until they are the generation's
  std::unique_ptr<StatsSockets> stats_;
  FreshPaths paths_;
  std::shared_ptr<const Generation> generation_;
  std::optional<Pidfile> pidfile_;
  DaemonParent parent_;
  std::optional<Keeper> keeper_;
  Notifier notifier_;
  LogFaults log_faults_{messages_};
  LogRings log_rings_;
  LogSender log_{&log_faults_, &log_rings_};
  ProcessCounters counters_;
  ServerErrors errors_;
  NameRequests names_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

std::string notify_address(const RunOptions& options) {
  const auto address = options.notify ? parser::process_environment::get("NOTIFY_SOCKET") : std::nullopt;
  return std::string(address.value_or(""));
}

Process::Process(std::unique_ptr<graph::Loaded> loaded, const RunOptions& options)
    : options_(options),
      loaded_(std::move(loaded)),
      graph_(std::move(loaded_->graph)),
      messages_(options.quiet && !options.verbose),
      threads_(thread_count(graph_->global.nbthread)),
      notifier_(notify_address(options)) {}

bool Process::background() const {
  if (options_.foreground || options_.debug || options_.master_worker) return false;
  return options_.daemon || graph_->global.daemon;
}

// A daemon's and a quiet process's standard streams lead nowhere, `log stdout` included.
bool Process::without_terminal() const { return background() || (options_.quiet && !options_.verbose); }

Step Process::raise_limits() {
  const graph::Global& global = graph_->global;
  const DescriptorNeed need{options_.maxconn.value_or(global.maxconn), global.ulimit_n,
                            fixed_descriptors(*graph_, threads_), global.tune.maxpipes};
  const DescriptorPlan plan = plan_descriptors(need, hard_descriptor_limit());
  maxconn_ = plan.maxconn;
  descriptors_needed_ = plan.needed;
  counters_.most_sockets = plan.needed;
  if (need.maxconn == 0 && options_.verbose) {
    messages_.plain(fmt::format("Note: setting global.maxconn to {}.", maxconn_));
  }
  const auto limit = raise_descriptor_limit(plan.descriptors);
  if (!limit) return success();
  const std::string text =
      fmt::format("[haproxy.main()] Cannot raise FD limit to {}, limit is {}.", plan.descriptors, *limit);
  if (global.strict_limits) return text;
  messages_.warning(text);
  return success();
}

// A limit that `ulimit-n` set, or that could not be raised, may be too low for `maxconn`.
Step Process::check_limits() const {
  const std::uint64_t limit = descriptor_limit();
  if (limit >= descriptors_needed_) return success();
  const std::string text = fmt::format(
      "[haproxy.main()] FD limit ({}) too low for maxconn={}/maxsock={}. Please raise 'ulimit-n' to {} or "
      "more to avoid any trouble.",
      limit, maxconn_, descriptors_needed_, descriptors_needed_);
  if (graph_->global.strict_limits) return text;
  messages_.alert(text);
  return success();
}

std::vector<BindFinding> Process::try_sockets() {
  std::vector<BindFinding> findings;
  paths_.undo();
  stats_ = StatsSockets::open(*graph_, paths_, findings);
  sockets_ = ListeningSockets::open(*graph_, threads_, paths_, findings);
  return findings;
}

// Older processes that hold an address are asked for it, and get a moment to let it go.
Step Process::open_sockets() {
  std::vector<BindFinding> findings = try_sockets();
  for (int tries = 10; any_fatal(findings) && options_.older.any() && tries > 0; --tries) {
    older_paused_ = true;
    options_.older.pause();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    findings = try_sockets();
  }
  sort_as_haproxy(findings);
  for (const BindFinding& finding : findings) report(finding);
  if (!any_fatal(findings)) return success();
  return std::string("[haproxy.main()] Some protocols failed to start their listeners! Exiting.");
}

void Process::report(const BindFinding& finding) const {
  const std::string text = binding_text(loaded_->sources, *graph_, finding);
  if (finding.fatal)
    messages_.alert(text);
  else
    messages_.warning(text);
}

Step Process::take_generation() {
  auto made = make_generation(graph_, nullptr, counters_, threads_);
  if (!made) return describe(made.assume_error(), loaded_->sources, *graph_);
  std::shared_ptr<Generation> generation = std::move(made).assume_value();
  generation->sockets = std::move(sockets_);
  generation->tls_state = loaded_->tls;
  generation_ = std::move(generation);
  return success();
}

// From here on clients find this process, so what else is likely to fail comes before.
Step Process::put_paths_in_place() {
  BOOST_OUTCOME_TRY(paths_.put_in_place());
  paths_.keep();
  return success();
}

// As HAProxy: only a daemon and the master-worker mode write one.
Step Process::open_pidfile() {
  const std::string& path = options_.pidfile ? *options_.pidfile : graph_->global.pidfile;
  if (path.empty() || (!background() && !options_.master_worker)) return success();
  BOOST_OUTCOME_TRY(auto file, Pidfile::open(path));
  pidfile_ = std::move(file);
  return success();
}

Step Process::go_to_background() {
  if (background()) {
    BOOST_OUTCOME_TRY(auto parent, fork_daemon());
    parent_ = std::move(parent);
  }
  if (without_terminal()) {
    messages_.keep_terminal();  // what still fails is said
    close_standard_streams();
  }
  if (pidfile_) pidfile_->write(::getpid());
  return success();
}

Step Process::start_keeper() {
  KeeperChildren children;
  if (options_.watch_files)
    children.watch = [this](int socket) {
      serve_watcher(socket, {loaded_->tls, *graph_, options_.watch_patterns});
    };
  if (options_.read_again)
    children.read_again = [this, pid = ::getpid()](int socket) {
      serve_reader(socket, options_.read_again, pid);
    };
  auto keeper = Keeper::start(children);
  if (!keeper) return fmt::format("[haproxy.main()] Cannot fork the keeper: {}", keeper.error().message());
  keeper_.emplace(std::move(keeper).value());
  return success();
}

// Before privileges are dropped: each worker opens its log sockets and pipes.
void Process::make_workers() {
  log_rings_.adopt(graph_->rings);
  log_.prepare(*graph_);
  for (std::uint32_t number = 0; number < threads_; ++number) {
    WorkerOptions options;
    options.number = number;
    options.generation = generation_;
    options.counters = &counters_;
    options.errors = &errors_;
    options.names = &names_;
    options.log_faults = &log_faults_;
    options.log_rings = &log_rings_;
    options.maxconn = maxconn_;
    options.connects_inside = options_.connects_inside;
    workers_.push_back(std::make_unique<Worker>(options));
  }
}

Step Process::give_up_privileges() {
  const graph::Global& global = graph_->global;
  auto dropped = drop_privileges({global.chroot, global.uid, global.gid});
  if (!dropped) return "[haproxy.main()] " + dropped.error();
  return success();
}

void Process::say_ready() {
  if (options_.master_worker) messages_.notice("Loading success.");
  notifier_.ready(::getpid());
  options_.older.end();
  parent_.ready();
  if (without_terminal()) messages_.silence();
}

Step Process::start() {
  BOOST_OUTCOME_TRY(raise_limits());
  BOOST_OUTCOME_TRY(open_sockets());
  BOOST_OUTCOME_TRY(check_limits());
  BOOST_OUTCOME_TRY(take_generation());
  BOOST_OUTCOME_TRY(open_pidfile());
  BOOST_OUTCOME_TRY(put_paths_in_place());
  BOOST_OUTCOME_TRY(go_to_background());
  BOOST_OUTCOME_TRY(start_keeper());
  make_workers();
  return give_up_privileges();
}

// The process ends by the signal itself, as HAProxy does, so that a shell or a manager sees it; HAProxy's
// master, which runs in the same process here, reports an ordered end as success.
[[noreturn]] void end_by_signal(int number, bool master_worker) {
  if (master_worker) std::_Exit(number == SIGTERM ? 0 : 128 + number);
  ::signal(number, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, number);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(number);
  std::_Exit(128 + number);
}

// The first generation is the supervisor's from here on: it goes when a reload has replaced it.
int Process::serve() {
  Supervisor::Parts parts{.generation = std::exchange(generation_, nullptr),
                          .workers = workers_,
                          .stats = *stats_,
                          .log = log_,
                          .rings = log_rings_,
                          .messages = messages_,
                          .notifier = notifier_,
                          .errors = errors_,
                          .names = names_,
                          .master_worker = options_.master_worker,
                          .replaces_others = options_.older.any(),
                          .maxconn = options_.maxconn};
  if (options_.watch_files) parts.watch.emplace(*keeper_, options_.watch_patterns);
  if (options_.read_again)
    parts.reload.emplace(*keeper_, options_.read_again, counters_, threads_,
                         options_.watch_patterns ? Watching::patterns_too : Watching::certificates);
  Supervisor supervisor(std::move(parts));
  say_ready();
  loaded_.reset();
  graph_.reset();
  const int number = supervisor.run();
  if (number != 0) {
    notifier_.stopping();
    end_by_signal(number, options_.master_worker);
  }
  return 0;
}

int Process::run() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);  // whoever started us may have ignored it: then nobody could wait for a child
  const Step started = start();
  if (!started) {
    if (older_paused_) options_.older.resume();
    messages_.alert(started.error());
    return 1;
  }
  return serve();
}

}  // namespace

int run(std::unique_ptr<graph::Loaded> loaded, const RunOptions& options) {
  return Process(std::move(loaded), options).run();
}

}  // namespace shunt::runtime
