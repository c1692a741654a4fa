// Levels and forms as HAProxy has them: info, or err for a failed session under `option log-separate-errors`.
#include "runtime/session_log.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <ctime>
#include <iterator>

#include "fetchers/log_aliases.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

std::string_view tag_of(const ThreadContext& thread, const graph::Proxy& frontend) {
  return frontend.log_tag.empty() ? std::string_view(thread.graph().global.log_tag) : frontend.log_tag;
}

fetchers::LogRecord record_of(ThreadContext& thread, const route::Session& session) {
  fetchers::LogRecord record;
  session.fill(record, thread.engine.now());
  record.pid = static_cast<std::uint32_t>(::getpid());
  record.host = thread.hostname;
  return record;
}

bool is_error(const fetchers::LogRecord& record) {
  return record.termination[0] != '-' || record.retries != 0;
}

// A UNIX client is shown as "unix" with the listener's number for its port.
void append_client(std::string& line, const fetchers::Endpoint& client, std::uint32_t listener) {
  bool const local =
      client.family == fetchers::Family::unix_socket || client.family == fetchers::Family::none;
  fmt::format_to(std::back_inserter(line), "{}:{}", local ? "unix" : fetchers::to_string(client),
                 local ? listener : client.port);
}

void append_date(std::string& line, std::chrono::system_clock::time_point date) {
  std::time_t const seconds = std::chrono::system_clock::to_time_t(date);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  auto const milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(date.time_since_epoch()).count() % 1000;
  fmt::format_to(std::back_inserter(line), "{:%d/%b/%Y:%H:%M:%S}.{:03}", local, milliseconds);
}

// The text of `log-format-sd`, if the frontend has one.
std::string structured_data(ThreadContext& thread, const graph::Proxy& frontend, fetchers::Context& context) {
  std::string text;
  if (frontend.structured_data)
    fetchers::write(*frontend.structured_data, thread.graph().program.expressions(), context, text);
  return text;
}

void log_error_as_written(ThreadContext& thread, const route::Session& session,
                          const fetchers::LogRecord& record, graph::LogLevel level) {
  graph::Proxy const& frontend = session.frontend();
  fetchers::Context context = session.log_context(record);
  thread.log_line.clear();
  fetchers::write(*frontend.error_log_format, thread.graph().program.expressions(), context, thread.log_line);
  send_line(thread, frontend, level, structured_data(thread, frontend, context));
}

void log_error(ThreadContext& thread, const route::Session& session) {
  graph::Proxy const& frontend = session.frontend();
  graph::Listener const& listener = session.listener();
  fetchers::LogRecord const record = record_of(thread, session);
  graph::LogLevel const level =
      frontend.options.log_separate_errors ? graph::LogLevel::err : graph::LogLevel::info;
  if (frontend.error_log_format) return log_error_as_written(thread, session, record, level);
  std::string& line = thread.log_line;
  line.clear();
  append_client(line, record.client, record.listener_id);
  line += " [";
  append_date(line, record.accept_date);
  fmt::format_to(std::back_inserter(line), "] {}/{}: {}", frontend.name,
                 listener.name.empty() ? std::to_string(listener.number) : listener.name,
                 session.error_text());
  send_line(thread, frontend, level);
}

// %bi and %bp cost a system call, so they are looked up only where the format asks for them.
bool asks_for_own_address(const fetchers::LogFormat& format) {
  auto const rows = fetchers::log_aliases();
  for (auto const& item : format.items) {
    if (item.kind != fetchers::LogFormat::Item::Kind::alias) continue;
    std::string_view const name = rows[item.alias].name;
    if (name == "bi" || name == "bp") return true;
  }
  return false;
}

void log_session(ThreadContext& thread, const route::Session& session, int server_fd) {
  graph::Proxy const& frontend = session.frontend();
  fetchers::LogRecord record = record_of(thread, session);
  record.frontend_log_counter =
      thread.generation->state->proxy(frontend.id).log_lines.fetch_add(1, std::memory_order_relaxed);
  if (server_fd >= 0 && asks_for_own_address(*frontend.log_format))
    record.server_source = to_endpoint(local_address(server_fd));
  fetchers::Context context = session.log_context(record);
  thread.log_line.clear();
  fetchers::write(*frontend.log_format, thread.graph().program.expressions(), context, thread.log_line);
  bool const separate = frontend.options.log_separate_errors && is_error(record);
  graph::LogLevel const usual = separate ? graph::LogLevel::err : graph::LogLevel::info;
  send_line(thread, frontend, session.log_level().value_or(usual),
            structured_data(thread, frontend, context));
}

}  // namespace

void send_line(ThreadContext& thread, const graph::Proxy& proxy, graph::LogLevel level,
               std::string_view structured_data) {
  thread.log.send(proxy.logs, level, tag_of(thread, proxy), thread.log_line, structured_data);
}

void log_begin(ThreadContext& thread, const route::Session& session) {
  graph::Proxy const& frontend = session.frontend();
  if (frontend.log_format || frontend.logs.empty()) return;
  fetchers::LogRecord const record = record_of(thread, session);
  std::string& line = thread.log_line;
  line = "Connect ";
  if (record.client.family != fetchers::Family::unix_socket) {  // such a client has no name of its own
    line += "from ";
    append_client(line, record.client, record.listener_id);
    line += ' ';
  }
  line += "to ";
  append_client(line, record.client_destination, record.listener_id);
  fmt::format_to(std::back_inserter(line), " ({}/{})", frontend.name,
                 frontend.mode == graph::Mode::http ? "HTTP" : "TCP");
  send_line(thread, frontend, graph::LogLevel::info);
}

void log_end(ThreadContext& thread, const route::Session& session, int server_fd) {
  graph::Proxy const& frontend = session.frontend();
  if (frontend.logs.empty() || !frontend.log_format) return;
  switch (session.log_kind()) {
    case route::LogKind::nothing: return;
    case route::LogKind::error: return log_error(thread, session);
    case route::LogKind::session: return log_session(thread, session, server_fd);
  }
}

}  // namespace shunt::runtime
