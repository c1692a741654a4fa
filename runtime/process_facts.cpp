// Counters, clocks and system calls behind fetches of the process.
#include "runtime/process_facts.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

#include "parser/process_environment.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/unique_fd.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {
namespace {

std::chrono::nanoseconds read_clock(int clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return {};
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

std::uint32_t ProcessFacts::connections() const { return state_.connections.load(std::memory_order_relaxed); }

bool ProcessFacts::stopping() const { return counters_.stopping.load(std::memory_order_relaxed); }

std::chrono::seconds ProcessFacts::uptime() const {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                          counters_.started);
}

std::uint32_t ProcessFacts::pid() const { return static_cast<std::uint32_t>(::getpid()); }

std::optional<std::string_view> ProcessFacts::environment(const char* name) const {
  return parser::process_environment::get(name);
}

// Only an address of this machine can be bound to.
bool ProcessFacts::is_local(const fetchers::Endpoint& end) const {
  if (end.family == fetchers::Family::unix_socket) return true;
  fetchers::Endpoint any_port = end;
  any_port.port = 0;
  SocketAddress const address = to_socket_address(any_port);
  if (address.size == 0) return false;
  UniqueFd const fd(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return fd.get() >= 0 && ::bind(fd.get(), address.get(), address.size) == 0;
}

std::uint32_t ProcessFacts::look(Usage& usage, int clock, std::uint32_t processors) {
  auto const now = std::chrono::steady_clock::now();
  auto const passed = now - usage.looked;
  if (passed < std::chrono::seconds(1)) return usage.percent;
  std::chrono::nanoseconds const used = read_clock(clock);
  auto const share = 100 * (used - usage.used) / (passed * processors);
  usage = {.looked = now,
           .used = used,
           .percent = static_cast<std::uint32_t>(std::clamp<std::int64_t>(share, 0, 100))};
  return usage.percent;
}

std::uint32_t ProcessFacts::thread_usage() const { return look(of_thread_, CLOCK_THREAD_CPUTIME_ID, 1); }

std::uint32_t ProcessFacts::process_usage() const {
  auto const processors = static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  return look(of_process_, CLOCK_PROCESS_CPUTIME_ID, processors);
}

}  // namespace shunt::runtime
