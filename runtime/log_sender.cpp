// Sends log lines to the targets of a configuration without ever blocking.
#include "runtime/log_sender.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <ctime>

#include "runtime/log_framing.hpp"
#include "runtime/log_output.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

using graph::LogTarget;

constexpr std::size_t flush_at = 16U << 10;

}  // namespace

struct LogSender::Data {
  std::string hostname, line;
  LogClock clock;
  pid_t pid = ::getpid();
  std::size_t gathered = 0;  // bytes since the last flush
  std::vector<DescriptorOutput> descriptors;
  std::vector<UnixDatagramOutput> paths;
  UniqueFd udp4, udp6;

  DescriptorOutput& output(int descriptor);
  UnixDatagramOutput& output(const std::string& path);
  int udp(int family);
  void open(const LogTarget& target);
  bool deliver(const LogTarget& target);
  bool deliver_udp(const LogTarget& target);
};

DescriptorOutput& LogSender::Data::output(int descriptor) {
  const auto known = std::find_if(descriptors.begin(), descriptors.end(),
                                  [&](const auto& output) { return output.descriptor() == descriptor; });
  return known != descriptors.end() ? *known : descriptors.emplace_back(descriptor);
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
  }
}

bool LogSender::Data::deliver_udp(const LogTarget& target) {
  const SocketAddress address = to_socket_address(target.endpoint);
  if (address.size == 0) return false;
  return ::sendto(udp(address.family()), line.data(), line.size(), MSG_NOSIGNAL, address.get(),
                  address.size) >= 0;
}

bool LogSender::Data::deliver(const LogTarget& target) {
  switch (target.kind) {
    case LogTarget::Kind::descriptor: gathered += line.size(); return output(target.descriptor).add(line);
    case LogTarget::Kind::unix_datagram: return output(target.path).send(line);
    case LogTarget::Kind::udp: return deliver_udp(target);
  }
  return false;
}

LogSender::LogSender() : data_(std::make_unique<Data>()) {}

LogSender::~LogSender() { flush(); }

void LogSender::prepare(const graph::Graph& graph) {
  ::tzset();  // the zone's file cannot be read from a chroot
  data_->pid = ::getpid();
  for (const LogTarget& target : graph.global.logs) data_->open(target);
  for (const graph::Proxy& proxy : graph.proxies) {
    for (const LogTarget& target : proxy.logs) data_->open(target);
  }
  if (graph.global.log_send_hostname) set_hostname(*graph.global.log_send_hostname);
}

void LogSender::set_hostname(std::string_view hostname) { data_->hostname = hostname; }

void LogSender::send(const std::vector<LogTarget>& targets, graph::LogLevel level, std::string_view tag,
                     std::string_view message) {
  if (targets.empty()) return;
  data_->clock.set(std::chrono::system_clock::now());
  for (const LogTarget& target : targets) {
    const auto admitted = admitted_level(target, level);
    if (!admitted) continue;
    frame_log_line(target, *admitted, {data_->hostname, tag, data_->pid}, data_->clock, message, data_->line);
    if (!data_->deliver(target)) ++lost_;
  }
  if (data_->gathered >= flush_at) flush();
}

void LogSender::flush() {
  data_->gathered = 0;
  for (DescriptorOutput& output : data_->descriptors) lost_ += output.flush();
}

}  // namespace shunt::runtime
