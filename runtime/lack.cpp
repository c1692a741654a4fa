// The table of lacks, in the order of the enumeration.
#include "runtime/lack.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <iterator>

#include "runtime/session_log.hpp"
#include "runtime/thread_context.hpp"

namespace shunt::runtime {
namespace {

struct Row {
  Lack lack;
  std::string_view error;
  graph::LogLevel level = graph::LogLevel::emerg;
  std::string_view line = {};  // {0}: the proxy's name, {1}: how many sockets the process may have
};

constexpr std::string_view full_process =
    "Proxy {0} reached process FD limit (maxsock={1}). Please check 'ulimit-n' and restart.";
constexpr std::string_view full_system =
    "Proxy {0} reached system FD limit (maxsock={1}). Please check system tunables.";
constexpr std::string_view no_memory =
    "Proxy {0} reached system memory limit (maxsock={1}). Please check system tunables.";
constexpr std::string_view not_bound = "Cannot bind to source address before connect() for backend {0}.";
constexpr std::string_view foreign_not_bound =
    "Cannot bind to tproxy source address before connect() for backend {0}.";
constexpr std::string_view in_use = "Connect() failed for backend {0}: local address already in use.";
constexpr std::string_view no_ports = "Connect() failed for backend {0}: no free ports.";

constexpr std::array rows = {
    Row{.lack = Lack::other, .error = "General socket error"},
    Row{.lack = Lack::process_descriptors, .error = "Too many sockets on the process", .line = full_process},
    Row{.lack = Lack::system_descriptors, .error = "Too many sockets on the system", .line = full_system},
    Row{.lack = Lack::memory, .error = "Out of system buffers", .line = no_memory},
    Row{.lack = Lack::source_address, .error = "Can't bind to source address", .line = not_bound},
    Row{.lack = Lack::foreign_address, .error = "Can't bind to source address", .line = foreign_not_bound},
    Row{.lack = Lack::source_range, .error = "Source port range exhausted", .line = not_bound},
    Row{.lack = Lack::source_ports,
        .error = "Out of local source ports on the system",
        .level = graph::LogLevel::err,
        .line = no_ports},
    Row{.lack = Lack::source_in_use,
        .error = "Local source address already in use",
        .level = graph::LogLevel::err,
        .line = in_use},
    Row{.lack = Lack::tls_memory, .error = "Out of memory when initializing an SSL connection"},
};

consteval bool in_order() {
  for (std::size_t index = 0; index < rows.size(); ++index)
    if (rows[index].lack != static_cast<Lack>(index)) return false;
  return true;
}
static_assert(in_order());

const Row& row_of(Lack lack) { return rows[static_cast<std::size_t>(lack)]; }

}  // namespace

Lack lack_at_socket(int error) {
  switch (error) {
    case EMFILE: return Lack::process_descriptors;
    case ENFILE: return Lack::system_descriptors;
    case ENOBUFS:
    case ENOMEM: return Lack::memory;
    default: return Lack::other;
  }
}

Lack lack_at_connect(int error) {
  if (error == EADDRINUSE) return Lack::source_in_use;
  bool const no_port = error == EAGAIN || error == EADDRNOTAVAIL;
  return no_port ? Lack::source_ports : Lack::other;
}

std::string_view error_text(Lack lack) { return row_of(lack).error; }

void log_lack(ThreadContext& thread, const graph::Proxy& proxy, Lack lack) {
  Row const& row = row_of(lack);
  if (row.line.empty()) return;
  thread.log_line.clear();
  fmt::format_to(std::back_inserter(thread.log_line), fmt::runtime(row.line), proxy.name,
                 thread.counters->most_sockets);
  send_line(thread, proxy, row.level);
}

}  // namespace shunt::runtime
