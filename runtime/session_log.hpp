// The log lines of sessions: at the end with a log format, at the begin without one, and the error line.
#pragma once
#include "route/session.hpp"
#include "runtime/thread_context.hpp"

namespace shunt::runtime {

// "Connect from ..." for a frontend without a log format, when its content phase begins.
void log_begin(ThreadContext& thread, const route::Session& session);
// `thread.log_line` to the logs of a proxy.
void send_line(ThreadContext& thread, const graph::Proxy& proxy, graph::LogLevel level,
               std::string_view structured_data = {});
// The session's line or its error's, as session.log_kind() says.
// `server_fd`: the connected socket towards the server, or -1.
void log_end(ThreadContext& thread, const route::Session& session, int server_fd);

}  // namespace shunt::runtime
