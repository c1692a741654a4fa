// Sends log lines to the targets of a configuration without ever blocking.
#include "runtime/log_sender.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "runtime/log_faults.hpp"
#include "runtime/log_framing.hpp"
#include "runtime/log_output.hpp"
#include "runtime/log_ring.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

using graph::LogLevel;
using graph::LogTarget;

constexpr std::size_t flush_at = 16U << 10;

// Lines are gathered, so that a fault shows later than the line that it concerns.
struct Descriptor {
  DescriptorOutput output;
  unsigned logger = 0;  // of the last line
};

// Whether it is this message's turn.
bool is_drawn(const graph::LogSample& sample) {
  const auto number = sample.counter->fetch_add(1, std::memory_order_relaxed) % sample.size + 1;
  return std::ranges::any_of(
      sample.ranges, [number](const auto& range) { return number >= range.first && number <= range.second; });
}

}  // namespace

struct LogSender::Data {
  std::string hostname, line;
  LogClock clock;
  pid_t pid = ::getpid();
  std::size_t gathered = 0;  // bytes since the last flush
  std::vector<Descriptor> descriptors;
  std::vector<UnixDatagramOutput> paths;
  std::vector<std::shared_ptr<LogRing>> rings;
  UniqueFd udp4, udp6;
  LogFaults* faults = nullptr;
  const LogRings* all_rings = nullptr;
  bool prepared = false;

  Descriptor& output(int descriptor);
  UnixDatagramOutput& output(const std::string& path);
  int udp(int family);
  void open(const LogTarget& target);
  int deliver(const LogTarget& target, unsigned logger);
  int deliver_udp(const LogTarget& target);
  int gather(int descriptor, unsigned logger);
  LogRing* find_ring(std::string_view name);
  int keep(const LogTarget& target, LogLevel level, const LogOrigin& origin, std::string_view message);
  void report(unsigned logger, int error) const;
};

// The functions that deliver a line return 0, or the error for which it is lost.

void LogSender::Data::report(unsigned logger, int error) const {
  if (faults != nullptr && error != 0) faults->report(logger, error);
}

Descriptor& LogSender::Data::output(int descriptor) {
  const auto known = std::find_if(descriptors.begin(), descriptors.end(),
                                  [&](const auto& each) { return each.output.descriptor() == descriptor; });
  return known != descriptors.end() ? *known
                                    : descriptors.emplace_back(Descriptor{DescriptorOutput(descriptor)});
}

UnixDatagramOutput& LogSender::Data::output(const std::string& path) {
  const auto known =
      std::find_if(paths.begin(), paths.end(), [&](const auto& output) { return output.path() == path; });
  return known != paths.end() ? *known : paths.emplace_back(path);
}

int LogSender::Data::udp(int family) {
  UniqueFd& socket = family == AF_INET6 ? udp6 : udp4;
  if (!socket) socket.reset(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return socket.get();
}

void LogSender::Data::open(const LogTarget& target) {
  switch (target.kind) {
    case LogTarget::Kind::descriptor: output(target.descriptor); break;
    case LogTarget::Kind::unix_datagram: output(target.path).open(); break;
    case LogTarget::Kind::udp: udp(to_socket_address(target.endpoint).family()); break;
    case LogTarget::Kind::ring: break;
  }
}

int LogSender::Data::deliver_udp(const LogTarget& target) {
  const SocketAddress address = to_socket_address(target.endpoint);
  if (address.size == 0) return EAFNOSUPPORT;
  const auto sent =
      ::sendto(udp(address.family()), line.data(), line.size(), MSG_NOSIGNAL, address.get(), address.size);
  return sent >= 0 ? 0 : errno;
}

int LogSender::Data::gather(int descriptor, unsigned logger) {
  Descriptor& to = output(descriptor);
  gathered += line.size();
  to.logger = logger;
  return to.output.add(line) ? 0 : EAGAIN;
}

int LogSender::Data::deliver(const LogTarget& target, unsigned logger) {
  switch (target.kind) {
    case LogTarget::Kind::descriptor: return gather(target.descriptor, logger);
    case LogTarget::Kind::unix_datagram: return output(target.path).send(line);
    case LogTarget::Kind::udp: return deliver_udp(target);
    case LogTarget::Kind::ring: break;
  }
  return 0;
}

LogRing* LogSender::Data::find_ring(std::string_view name) {
  const auto known =
      std::ranges::find(rings, name, [](const auto& ring) { return std::string_view(ring->name()); });
  if (known != rings.end()) return known->get();
  if (all_rings == nullptr) return nullptr;
  std::shared_ptr<LogRing> found = all_rings->find(name);
  return found ? rings.emplace_back(std::move(found)).get() : nullptr;
}

// A line of its own says how many had no place before this one.
int LogSender::Data::keep(const LogTarget& target, LogLevel level, const LogOrigin& origin,
                          std::string_view message) {
  LogRing* const known = find_ring(target.path);
  if (known == nullptr) return 0;  // one that nobody reads
  LogRing& ring = *known;
  if (const auto lost = ring.take_lost(); lost != 0) {
    const std::string word = fmt::format("{} event{} dropped", lost, lost == 1 ? "" : "s");
    frame_ring_line(target, LogLevel::notice, origin, clock, word, ring.longest(), line);
    if (!ring.add(line)) {
      ring.lose(lost + 1);
      return EAGAIN;
    }
  }
  frame_ring_line(target, level, origin, clock, message, ring.longest(), line);
  if (ring.add(line)) return 0;
  ring.lose(1);
  return EAGAIN;
}

LogSender::LogSender(LogFaults* faults, const LogRings* rings) : data_(std::make_unique<Data>()) {
  data_->faults = faults;
  data_->all_rings = rings;
}

LogSender::~LogSender() { flush(); }

void LogSender::prepare(const graph::Graph& graph) {
  if (!std::exchange(data_->prepared, true)) ::tzset();  // the zone's file cannot be read from a chroot
  data_->pid = ::getpid();
  if (data_->all_rings != nullptr) data_->rings = data_->all_rings->all();
  for (const LogTarget& target : graph.global.logs) data_->open(target);
  for (const graph::Proxy& proxy : graph.proxies) {
    for (const LogTarget& target : proxy.logs) data_->open(target);
  }
  set_hostname(graph.global.log_send_hostname.value_or(std::string()));  // a reload may take it away
}

void LogSender::use_socket(const std::string& path, int socket) {
  UniqueFd copy(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (UnixDatagramOutput& output = data_->output(path); copy && !output.is_connected())
    output.connected(std::move(copy));
}

void LogSender::set_hostname(std::string_view hostname) { data_->hostname = hostname; }

void LogSender::send(const std::vector<LogTarget>& targets, LogLevel level, std::string_view tag,
                     std::string_view message, std::string_view structured_data) {
  if (targets.empty()) return;
  data_->clock.set(std::chrono::system_clock::now());
  unsigned logger = 0;
  for (const LogTarget& target : targets) {
    const auto admitted = admitted_level(target, level);
    if (!admitted || (target.sample && !is_drawn(*target.sample))) continue;
    const LogOrigin origin{data_->hostname, tag, data_->pid, structured_data};
    ++logger;
    const bool kept = target.kind == LogTarget::Kind::ring;
    if (!kept) frame_log_line(target, *admitted, origin, data_->clock, message, data_->line);
    const int error = kept ? data_->keep(target, *admitted, origin, message) : data_->deliver(target, logger);
    if (error == 0) continue;
    ++lost_;
    data_->report(logger, error);
  }
  if (data_->gathered >= flush_at) flush();
}

void LogSender::flush() {
  data_->gathered = 0;
  for (Descriptor& descriptor : data_->descriptors) {
    const DescriptorOutput::Loss loss = descriptor.output.flush();
    lost_ += loss.lines;
    data_->report(descriptor.logger, loss.error);
  }
}

}  // namespace shunt::runtime
