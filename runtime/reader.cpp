// Both ends of the conversation with the reader.
#include "runtime/reader.hpp"

#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "parser/outside_record.hpp"
#include "runtime/descriptor_message.hpp"
#include "runtime/file_watcher.hpp"
#include "runtime/log_output.hpp"
#include "runtime/memory_file.hpp"
#include "runtime/open_listener.hpp"
#include "runtime/stats_socket.hpp"

namespace shunt::runtime {
namespace {

// ---- the reader

void send(int socket, std::string_view bytes, int descriptor = -1) {
  static_cast<void>(send_message(socket, bytes.substr(0, largest_message), descriptor));
}

void send_findings(int socket, const std::vector<BindFinding>& findings) {
  for (const BindFinding& finding : findings)
    send(socket, fmt::format("{} {}", finding.fatal ? "alert" : "warning", finding.message));
}

std::size_t number(std::string_view& text) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(std::min(static_cast<std::size_t>(read.ptr - text.data()) + 1, text.size()));
  return read.ec == std::errc() ? value : static_cast<std::size_t>(-1);
}

std::string only_at_a_start(const parser::Address& address) {
  return fmt::format("alert cannot use file descriptor (it can only be taken over at a start) for [{}]",
                     parser::to_string(address));
}

// What a request may touch.
struct Desk {
  int socket;
  const graph::Graph& graph;
  FreshPaths& paths;
};

void open_listener(const Desk& desk, std::string_view arguments) {
  const auto& [socket, graph, paths] = desk;
  const std::size_t id = number(arguments), threads = number(arguments);
  if (id >= graph.listeners.size()) return;
  std::vector<BindFinding> findings;
  const graph::Listener& listener = graph.listeners[id];
  if (listener.address.family == parser::AddressFamily::inherited)
    return send(socket, only_at_a_start(listener.address));
  const auto opened = runtime::open_listener(
      graph, listener, static_cast<std::uint32_t>(std::min<std::size_t>(threads, 4096)), paths, findings);
  send_findings(socket, findings);
  if (any_fatal(findings)) return;
  for (const UniqueFd& fd : opened) send(socket, "socket", fd.get());
}

void open_stats(const Desk& desk, std::string_view arguments) {
  const auto& [socket, graph, paths] = desk;
  const std::size_t place = number(arguments);
  if (place >= graph.global.stats_sockets.size()) return;
  const graph::StatsSocket& line = graph.global.stats_sockets[place];
  if (line.address.family == parser::AddressFamily::inherited)
    return send(socket, only_at_a_start(line.address));
  const auto opened = open_stats_socket(line, paths);
  if (!opened) return send(socket, "alert " + opened.error());
  send(socket, "socket", opened.value().get());
}

// Only the paths that the files name.
void open_log(const Desk& desk, std::string_view path) {
  const auto& [socket, graph, paths] = desk;
  const auto names = [path](const std::vector<graph::LogTarget>& targets) {
    return std::ranges::any_of(targets, [path](const graph::LogTarget& target) {
      return target.kind == graph::LogTarget::Kind::unix_datagram && target.path == path;
    });
  };
  const bool named =
      names(graph.global.logs) || std::ranges::any_of(graph.proxies, names, &graph::Proxy::logs);
  UnixDatagramOutput output{std::string(path)};
  if (named && output.open() == 0) send(socket, "socket", output.descriptor());
}

void put_in_place(const Desk& desk, std::string_view) {
  const auto placed = desk.paths.put_in_place();
  if (!placed) send(desk.socket, "alert " + placed.error());
}

void keep(const Desk& desk, std::string_view) { desk.paths.keep(); }

struct Request {
  std::string_view name;
  void (*serve)(const Desk& desk, std::string_view arguments);
};
constexpr Request requests[] = {{"listener ", open_listener},
                                {"stats ", open_stats},
                                {"log ", open_log},
                                {"place", put_in_place},
                                {"keep", keep}};

void serve_request(const Desk& desk, std::string_view text) {
  for (const Request& request : requests)
    if (text.starts_with(request.name)) request.serve(desk, text.substr(request.name.size()));
  send(desk.socket, "end");
}

// At the descriptor limit of the process the message comes without it.
void take_socket(UniqueFd socket, ReaderClient::Sockets& answer) {
  if (socket)
    answer.descriptors.push_back(std::move(socket));
  else if (answer.findings.empty())
    answer.findings.push_back({.message = "cannot take over a socket that was opened (Too many open files)"});
}

}  // namespace

void serve_reader(int socket, const ReadConfiguration& read, pid_t pid) {
  parser::OutsideRecorder recorder(parser::machine());
  Rereading reading;
  {
    const parser::OutsideScope scope(recorder);
    reading = read(pid);
  }
  ::alarm(0);
  ::prctl(PR_SET_PDEATHSIG, 0);  // from here on the other end's silence is what ends it, in order
  const UniqueFd file = in_memory(
      fmt::format("{} {}{}", reading.text.size(), reading.text, reading.good ? recorder.record() : ""));
  send(socket, reading.good ? "good" : "bad", file.get());
  FreshPaths paths;  // undone where the reload ends otherwise
  while (reading.good) {
    const auto request = receive_message(socket);
    if (!request || request.assume_value().bytes.empty()) return;
    if (const auto& text = request.assume_value().bytes; text.starts_with("watch"))
      return serve_watcher(socket, {reading.loaded->tls, *reading.loaded->graph, text == "watch all"});
    serve_request({socket, *reading.loaded->graph, paths}, request.assume_value().bytes);
  }
}

std::optional<ReaderClient::Reading> ReaderClient::receive_reading() {
  const auto message = receive_message(socket_.get());
  if (!message || !message.assume_value().descriptor) return std::nullopt;
  const std::string all = contents_of(message.assume_value().descriptor.get());
  std::string_view rest = all;
  const std::size_t size = number(rest);
  if (size > rest.size()) return std::nullopt;
  return Reading{.good = message.assume_value().bytes == "good",
                 .text = std::string(rest.substr(0, size)),
                 .record = std::string(rest.substr(size))};
}

ReaderClient::Sockets ReaderClient::ask(const std::string& request) {
  Sockets answer;
  const auto failed = [&answer](std::string_view why) {
    answer.descriptors.clear();
    answer.findings.push_back({.message = std::string(why)});
  };
  if (send_message(socket_.get(), request))
    return failed("the process that opens sockets is gone"), std::move(answer);
  while (true) {
    auto message = receive_message(socket_.get());
    if (!message || message.assume_value().bytes.empty())
      return failed("the process that opens sockets is gone"), std::move(answer);
    const std::string_view text = message.assume_value().bytes;
    if (text == "end") return answer;
    if (text == "socket") {
      take_socket(std::move(message.assume_value().descriptor), answer);
      continue;
    }
    const std::size_t blank = std::min(text.find(' '), text.size());
    if (blank == text.size()) continue;
    answer.findings.push_back(
        {.message = std::string(text.substr(blank + 1)), .fatal = text.substr(0, blank) == "alert"});
  }
}

ReaderClient::Sockets ReaderClient::listener(graph::ListenerId listener, std::uint32_t threads) {
  return ask(fmt::format("listener {} {}", listener, threads));
}
UniqueFd ReaderClient::watch(bool with_patterns) {
  return send_message(socket_.get(), with_patterns ? "watch all" : "watch") ? UniqueFd() : std::move(socket_);
}
ReaderClient::Sockets ReaderClient::stats(std::size_t place) { return ask(fmt::format("stats {}", place)); }
ReaderClient::Sockets ReaderClient::log(const std::string& path) { return ask("log " + path); }
std::vector<BindFinding> ReaderClient::put_in_place() { return ask("place").findings; }
void ReaderClient::hang_up() { ::shutdown(socket_.get(), SHUT_RDWR); }
void ReaderClient::keep() { static_cast<void>(ask("keep")); }

}  // namespace shunt::runtime
