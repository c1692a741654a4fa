// Forking and waiting for programs that check servers.
#include "runtime/external_check.hpp"

#include <fmt/core.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/close_range.h>
#include <csignal>

namespace shunt::runtime {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

// In the child. Nothing of ours but its arguments is left to it; it is looked for in its own PATH.
[[noreturn]] void become(char* const* arguments, char** environment) {
  constexpr int not_started = 255;
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (const int number :
       {SIGPIPE, SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGQUIT, SIGTTIN, SIGTTOU, SIGCHLD})
    std::signal(number, SIG_DFL);
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  environ = environment;
  ::execvp(arguments[0], arguments);
  ::_exit(not_started);
}

bool is_local(const graph::Server& server) {
  return server.address.family == parser::AddressFamily::unix_path ||
         server.address.family == parser::AddressFamily::abstract_socket;
}

}  // namespace

ExternalCommand external_command(const graph::CheckProgram& program, const graph::Graph& graph,
                                 const graph::Server& server, const fetchers::Endpoint& at,
                                 std::uint32_t connections) {
  constexpr std::string_view none = "NOT_USED";
  const graph::Proxy& proxy = graph.proxies[server.backend];
  const bool local = is_local(server);
  const std::string address = local ? server.address.host : fetchers::to_string(at);
  const std::string port = local ? std::string() : std::to_string(at.port);
  const auto or_none = [&](const std::string& text) { return text.empty() ? std::string(none) : text; };
  ExternalCommand command;
  command.arguments = {program.command, or_none(program.proxy_address), or_none(program.proxy_port), address,
                       or_none(port)};
  if (program.keeps_environment)
    for (char** each = environ; *each != nullptr; ++each) command.environment.emplace_back(*each);
  const auto add = [&](std::string_view name, const std::string& value) {
    command.environment.push_back(fmt::format("{}={}", name, value));
  };
  add("PATH", program.path);
  add("HAPROXY_PROXY_NAME", proxy.name);
  add("HAPROXY_PROXY_ID", std::to_string(proxy.number));
  add("HAPROXY_PROXY_ADDR", program.proxy_address);
  add("HAPROXY_PROXY_PORT", program.proxy_port);
  add("HAPROXY_SERVER_NAME", server.name);
  add("HAPROXY_SERVER_ID", std::to_string(server.number));
  add("HAPROXY_SERVER_ADDR", address);
  add("HAPROXY_SERVER_PORT", port);
  add("HAPROXY_SERVER_MAXCONN", std::to_string(server.maxconn));
  add("HAPROXY_SERVER_CURCONN", std::to_string(connections));
  add("HAPROXY_SERVER_SSL", server.tls && server.tls->sessions ? "1" : "0");
  add("HAPROXY_SERVER_PROTO", "tcp");
  return command;
}

void ExternalCheck::run(const ExternalCommand& command, std::chrono::milliseconds limit, Done done) {
  reap(true);
  done_ = std::move(done);
  const std::vector<char*> arguments = pointers(command.arguments);
  std::vector<char*> environment = pointers(command.environment);
  pid_ = ::fork();
  if (pid_ == 0) become(arguments.data(), environment.data());
  const int watched = pid_ < 0 ? -1 : static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (watched < 0) {
    reap(true);
    return finish(CheckStatus::socket_error, 0);
  }
  process_.assign(watched);
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->running()) self->finish(CheckStatus::external_timed_out, 0);
  });
  await_end();
}

void ExternalCheck::await_end() {
  process_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error && self->running()) self->ended();
                      });
}

void ExternalCheck::ended() {
  int status = 0;
  const pid_t found = ::waitpid(pid_, &status, WNOHANG);
  if (found == 0) return await_end();
  pid_ = 0;
  if (found < 0) return finish(CheckStatus::socket_error, errno);  // somebody has SIGCHLD ignored
  const std::int64_t code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  finish(code == 0 ? CheckStatus::external_passed : CheckStatus::external_failed, code);
}

// One that is late is asked to end, and made to before the next one starts.
void ExternalCheck::finish(CheckStatus status, std::int64_t code) {
  timer_.cancel();
  if (process_.is_open()) process_.close();
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  reap(false);
  if (const Done done = std::exchange(done_, {})) done(status, code);
}

void ExternalCheck::reap(bool by_force) {
  if (pid_ <= 0) return;
  if (by_force) ::kill(pid_, SIGKILL);
  if (::waitpid(pid_, nullptr, by_force ? 0 : WNOHANG) != 0) pid_ = 0;
}

void ExternalCheck::stop() {
  done_ = {};
  timer_.cancel();
  if (process_.is_open()) process_.close();
  reap(true);
}

}  // namespace shunt::runtime
