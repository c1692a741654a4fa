// Mails as programs of the checks' machine.
#include "runtime/mail_sender.hpp"

#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>

#include "parser/host_name.hpp"
#include "runtime/process_facts.hpp"
#include "runtime/tls/outgoing_tls.hpp"

namespace shunt::runtime {
namespace {

using graph::CheckExpect;
using graph::CheckStep;

constexpr std::size_t most_waiting = 1000;  // at a server; a mail more is lost

// "Sun, 22 Nov 2026 08:26:29 +0000 (UTC)"
std::string mail_date(std::time_t now) {
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[64];
  const std::size_t size = std::strftime(text, sizeof(text), "%a, %d %b %Y %T %z (%Z)", &local);
  return std::string(text, size);
}

CheckStep answer(std::string_view code) {
  auto regex = acl::Regex::compile(fmt::format("^{}[- \r]", code), false);
  CheckExpect expect{.kind = CheckExpect::Kind::regex, .least = 4};
  if (regex) expect.regex = std::move(regex.value());
  return {.what = std::move(expect)};
}

CheckStep line(std::string text) { return {.what = graph::CheckSend{.bytes = std::move(text) + "\r\n"}}; }

bool same(const fetchers::Endpoint& a, const fetchers::Endpoint& b) {
  return a.family == b.family && a.port == b.port && a.address == b.address;
}

}  // namespace

graph::CheckProgram mail_program(const graph::MailAlerts& alerts, const std::string& host,
                                 std::string_view said, std::time_t now) {
  if (said.ends_with('.')) said.remove_suffix(1);
  graph::CheckProgram program{.kind = graph::CheckKind::protocol};
  auto& steps = program.steps;
  steps.push_back({.what = graph::CheckConnect{}});
  steps.push_back(answer("220"));
  const auto ask = [&](std::string text, std::string_view code) {
    steps.push_back(line(std::move(text)));
    steps.push_back(answer(code));
  };
  ask(fmt::format("HELO {}", host), "250");
  ask(fmt::format("MAIL FROM:<{}>", alerts.from), "250");
  ask(fmt::format("RCPT TO:<{}>", alerts.to), "250");
  ask("DATA", "354");
  ask(fmt::format("From: {}\r\nTo: {}\r\nDate: {}\r\nSubject: [HAProxy Alert] {}\r\n\r\n{}\r\n\r\n.",
                  alerts.from, alerts.to, mail_date(now), said, said),
      "250");
  ask("QUIT", "221");
  return program;
}

MailSender::Box& MailSender::box_at(const fetchers::Endpoint& endpoint) {
  const auto found =
      std::ranges::find_if(boxes_, [&](const Box& box) { return same(box.endpoint, endpoint); });
  if (found != boxes_.end()) return *found;
  boxes_.push_back({.endpoint = endpoint, .runner = std::make_shared<ScriptRunner>(io_, tls_tools_)});
  return boxes_.back();
}

void MailSender::send(const std::shared_ptr<const graph::MailAlerts>& alerts, std::string_view line) {
  const std::string host = alerts->host.empty() ? parser::host_name() : alerts->host;
  for (const fetchers::Endpoint& server : alerts->servers) {
    Box& box = box_at(server);
    if (box.mails.size() >= most_waiting) continue;
    box.mails.push_back({mail_program(*alerts, host, line, std::time(nullptr)), alerts->timeout});
    if (!box.runner->running()) deliver(box);
  }
}

// A mail that fails is lost, as HAProxy's are: its server will be up or down again.
void MailSender::deliver(Box& box) {
  if (box.mails.empty()) return;
  context_.scratch = &scratch_;
  ScriptSurroundings surroundings{.address = to_socket_address(box.endpoint), .port = box.endpoint.port};
  surroundings.open_socket = [](int family) {
    return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  };
  surroundings.connect_limit = box.mails.front().limit;
  box.runner->run(box.mails.front().program, CheckTools{.pool = pool_, .context = context_},
                  std::move(surroundings), [self = shared_from_this(), &box](const CheckConclusion&) {
                    box.mails.pop_front();
                    self->deliver(box);
                  });
}

}  // namespace shunt::runtime
