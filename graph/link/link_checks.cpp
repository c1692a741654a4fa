// Programs of checks, by the option that chooses the kind, and the mails of a proxy.
#include "graph/link/link_checks.hpp"

#include <algorithm>

#include "graph/link/check_scripts.hpp"
#include "graph/link/check_steps.hpp"
#include "graph/names.hpp"
#include "graph/proxy_section.hpp"
#include "graph/server_checks.hpp"
#include "graph/tls_renewal.hpp"
#include "parser/address.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::Line;
using parser::Word;
using Lines = std::vector<const Line*>;

// Lines with this keyword; those of `defaults` where the proxy has none of its own.
Lines rules_of(const config::Config& config, const config::Proxy& proxy, std::string_view keyword) {
  for (const config::Proxy* each = &proxy; each != nullptr; each = each->defaults) {
    const parser::Section* const section = section_of(config, *each);
    Lines lines;
    if (section != nullptr)
      for (const Line& line : section->lines)
        if (line.keyword() == keyword && line.words.size() > 1) lines.push_back(&line);
    if (!lines.empty()) return lines;
  }
  return {};
}

bool is_switch(const Line& line) {
  return line.words[1] == "disable-on-404" || line.words[1] == "send-state";
}

// The lines of the HTTP check, `option httpchk` among them; those of `defaults` where the proxy has none of
// its own.
Lines httpchk_lines(const config::Config& config, const config::Proxy& proxy) {
  for (const config::Proxy* each = &proxy; each != nullptr; each = each->defaults) {
    const parser::Section* const section = section_of(config, *each);
    Lines lines;
    if (section != nullptr)
      for (const Line& line : section->lines)
        if (line.words.size() > 1 && ((line.keyword() == "http-check" && !is_switch(line)) ||
                                      (line.keyword() == "option" && line.words[1] == "httpchk")))
          lines.push_back(&line);
    if (!lines.empty()) return lines;
  }
  return {};
}

// All of them, those of `defaults` first.
Lines settings_of(const config::Config& config, const config::Proxy& proxy, std::string_view keyword) {
  Lines lines = proxy.defaults == nullptr ? Lines{} : settings_of(config, *proxy.defaults, keyword);
  if (const parser::Section* const section = section_of(config, proxy))
    for (const Line& line : section->lines)
      if (line.keyword() == keyword && line.words.size() > 1) lines.push_back(&line);
  return lines;
}

// What stands behind the name of the option that chose the check.
std::span<const Word> option_words(const config::Config& config, const config::Proxy& proxy) {
  const parser::Span chosen = proxy.settings.check->span;
  for (const Line* line : settings_of(config, proxy, "option"))
    if (line->span.file == chosen.file && line->span.begin <= chosen.begin && chosen.begin < line->span.end)
      return line->words.subspan(2);
  return {};
}

bool has_rule(const Lines& lines, std::string_view rule) {
  return std::ranges::any_of(lines, [&](const Line* line) { return line->words[1] == rule; });
}

CheckProgram scripted(Linking& linking, const config::Proxy& from, std::string_view option) {
  const bool http = option == "httpchk", tcp = option == "tcp-check";
  CheckSteps steps(linking, from, http);
  CheckProgram program{.kind = http ? CheckKind::http : tcp ? CheckKind::tcp : CheckKind::protocol};
  if (http) {
    const Lines switches = settings_of(linking.config, from, "http-check");
    program.disable_on_404 = has_rule(switches, "disable-on-404");
    program.send_state = has_rule(switches, "send-state");
  }
  for (const Line* line : http  ? httpchk_lines(linking.config, from)
                          : tcp ? rules_of(linking.config, from, "tcp-check")
                                : Lines{})
    if (line->keyword() == "option")
      apply_httpchk(steps.first_request(), line->words.subspan(2));
    else
      steps.add(line->words.subspan(1));
  if (!http && !tcp) std::ignore = add_script(steps, option, option_words(linking.config, from));
  program.steps = std::move(steps).take();
  return program;
}

// ---- external

void set_listener(const Linking& linking, const Proxy& proxy, CheckProgram& program) {
  if (!proxy.is_frontend) return;
  for (std::uint32_t i = 0; i < proxy.listener_count; ++i) {
    const parser::Address& address = linking.listeners[proxy.first_listener + i].address;
    if (address.family == parser::AddressFamily::unix_path) {
      program.proxy_address = address.host;
      return;
    }
    if (const auto end = Resolver(true).resolve(address); end && end->family != fetchers::Family::none) {
      program.proxy_address = fetchers::to_string(*end);
      program.proxy_port = std::to_string(end->port);
      return;
    }
  }
}

CheckProgram external(const Linking& linking, const config::Proxy& from, const Proxy& to) {
  CheckProgram program{.kind = CheckKind::external};
  program.command = value_or(from.settings.external_command, std::string());
  program.path = value_or(from.settings.external_path, std::string());
  set_listener(linking, to, program);
  for (const parser::Section& section : linking.config.syntax.sections)
    if (section.head.keyword() == "global")
      for (const parser::Line& line : section.lines)
        if (line.keyword() == "external-check" && line.words.size() > 1) program.keeps_environment = true;
  return program;
}

// ---- mails

const parser::Section* mailers_named(const Linking& linking, std::string_view name) {
  for (const parser::Section& section : linking.config.syntax.sections)
    if (section.head.keyword() == "mailers" && section.head.words.size() > 1 && section.head.words[1] == name)
      return &section;
  return nullptr;
}

void read_mailers(Linking& linking, const parser::Section& section, MailAlerts& alerts) {
  for (const parser::Line& line : section.lines) {
    const auto& words = line.words;
    if (words.size() < 3) continue;
    if (words[0] == "timeout" && words[1] == "mail")
      if (const auto time = parser::parse_time(words[2].value)) alerts.timeout = time.value();
    if (words[0] != "mailer") continue;
    const auto address = parser::parse_address(words[2].value);
    const auto end = address ? linking.resolver.resolve(address.value()) : std::nullopt;
    if (end) alerts.servers.push_back(*end);
  }
}

// Nothing where a sender, a recipient or the servers are missing.
std::shared_ptr<const MailAlerts> mails_of(Linking& linking, const config::Proxy& from) {
  auto alerts = std::make_shared<MailAlerts>();
  const parser::Section* servers = nullptr;
  for (const Line* line : settings_of(linking.config, from, "email-alert")) {
    if (line->words.size() < 3) continue;
    const std::string_view name = line->words[1].value, value = line->words[2].value;
    if (name == "from") alerts->from = value;
    if (name == "to") alerts->to = value;
    if (name == "myhostname") alerts->host = value;
    if (name == "mailers") servers = mailers_named(linking, value);
    const auto level = std::ranges::find(names::log_levels, value);
    if (name == "level" && level != std::end(names::log_levels))
      alerts->level = static_cast<LogLevel>(level - std::begin(names::log_levels));
  }
  if (servers == nullptr || alerts->from.empty() || alerts->to.empty()) return nullptr;
  read_mailers(linking, *servers, *alerts);
  return alerts;
}

}  // namespace

bool checks_open_tls(const config::Config& config, const config::Proxy& proxy) {
  const auto& option = proxy.settings.check;
  if (!option || (option->value != "tcp-check" && option->value != "httpchk")) return false;
  const Lines lines = rules_of(config, proxy, option->value == "httpchk" ? "http-check" : "tcp-check");
  return std::ranges::any_of(lines, [](const Line* line) { return connects_by_tls(line->words.subspan(1)); });
}

namespace {

// The way of checks through a SOCKS proxy leads to plain connections only.
void judge_servers(Linking& linking, const config::Proxy& from) {
  for (const config::Server& server : from.servers)
    if (value_or(server.parameters.check, false) && server.parameters.check_by_socks4)
      refuse_in_checks(linking, server.parameters.check_by_socks4->span,
                       "'check-via-socks4' with an option for scripts");
}

}  // namespace

void link_checks(Linking& linking) {
  auto checks = std::make_shared<ServerChecks>();
  checks->programs.resize(linking.proxies.size());
  checks->mails.resize(linking.proxies.size());
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) {
    const config::Proxy& from = *linking.proxies[i];
    checks->mails[i] = mails_of(linking, from);
    if (!from.is_backend() || !from.settings.check) continue;
    const std::string_view option = from.settings.check->value;
    judge_servers(linking, from);
    checks->programs[i] = std::make_shared<const CheckProgram>(option == "external-check"
                                                                   ? external(linking, from, linking.out[i])
                                                                   : scripted(linking, from, option));
  }
  linking.tls->checks = std::move(checks);
}

}  // namespace shunt::graph
