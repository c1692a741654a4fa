// Settings that have no effect, or promise more than the process can hold.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "analysis/lint/families.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

bool is_set(const config::Maybe<bool>& setting) { return setting && setting->value; }

bool lies_in(const Span& inner, const Span& outer) {
  return inner.known() && inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end;
}

// ---- check options without check

bool is_checked(const config::ServerParameters& parameters) {
  return is_set(parameters.check) || is_set(parameters.agent_check) || parameters.track.has_value();
}

// The first of the line's own parameters that only checks read.
std::optional<Span> check_parameter(const config::Server& server) {
  const config::ServerParameters& all = server.parameters;
  std::optional<Span> first;
  const auto look_at = [&](const auto& setting) {
    if (!setting || !lies_in(setting->span, server.span)) return;
    if (!first || setting->span.begin < first->begin) first = setting->span;
  };
  look_at(all.inter), look_at(all.fastinter), look_at(all.downinter), look_at(all.rise), look_at(all.fall);
  look_at(all.port), look_at(all.address), look_at(all.check_send_proxy), look_at(all.check_sni);
  look_at(all.check_alpn), look_at(all.check_ssl);
  return first;
}

void judge_server(const config::Server& server, Findings& findings) {
  if (is_checked(server.parameters)) return;
  const auto span = check_parameter(server);
  if (!span) return;
  findings.report(
      codes::check_options_unused, *span,
      fmt::format("server '{}' is not checked, so this setting has no effect", server.name.value));
}

bool has_word(const Proxy& proxy, std::string_view word) {
  return std::ranges::any_of(proxy.section->lines, [&](const Line& line) {
    return line.words[0].value.find("server") != std::string_view::npos &&
           std::ranges::any_of(line.words, [&](const Word& each) { return each.value == word; });
  });
}

const Line* check_option(const Proxy& proxy) {
  constexpr std::string_view options[] = {"httpchk",        "tcp-check",   "ssl-hello-chk", "smtpchk",
                                          "mysql-check",    "pgsql-check", "redis-check",   "ldap-check",
                                          "external-check", "spop-check"};
  for (const std::string_view name : options)
    if (const Line* line = proxy.own_line("option", name)) return line;
  return nullptr;
}

void judge_checks(const Proxy& proxy, Findings& findings) {
  for (const config::Server& server : proxy.said->servers) judge_server(server, findings);
  const Line* option = check_option(proxy);
  if (option == nullptr || proxy.said->servers.empty() || !proxy.said->is_backend()) return;
  if (std::ranges::any_of(proxy.said->servers, [](const auto& each) { return is_checked(each.parameters); }))
    return;
  if (has_word(proxy, "check") || has_word(proxy, "track") ||
      (proxy.defaults != nullptr && has_word(*proxy.defaults, "check")))
    return;
  findings.report(codes::check_options_unused, option->span,
                  fmt::format("no server of {} is checked, so this option has no effect", proxy.describe()));
}

// ---- maxconn

void judge_global_maxconn(const LintInput& input, Findings& findings) {
  const config::Global& global = input.model.config->global;
  if (!global.maxconn) return;
  // Each connection has two sockets.
  const std::uint64_t needed = std::uint64_t{global.maxconn->value} * 2;
  if (global.ulimit_n) {
    if (needed <= global.ulimit_n->value) return;
    findings
        .report(codes::maxconn_above_limits, global.maxconn->span,
                fmt::format("{} connections need {} descriptors, but 'ulimit-n' allows {}",
                            global.maxconn->value, needed, global.ulimit_n->value))
        .notes.push_back({"the limit", global.ulimit_n->span});
  } else if (input.options.descriptors && needed > *input.options.descriptors) {
    findings.report(parser::Severity::notice, codes::maxconn_above_limits, global.maxconn->span,
                    fmt::format("{} connections need {} descriptors, but here a process may open {}",
                                global.maxconn->value, needed, *input.options.descriptors));
  }
}

void judge_proxy_maxconn(const LintInput& input, const Proxy& proxy, Span& said, Findings& findings) {
  const auto& all = input.model.config->global.maxconn;
  const auto& own = proxy.said->settings.maxconn;
  if (!all || !own || !proxy.said->is_frontend() || own->value <= all->value || own->span == said) return;
  said = own->span;
  findings
      .report(parser::Severity::notice, codes::maxconn_above_limits, own->span,
              fmt::format("{} allows {} connections, the whole process only {}", proxy.describe(), own->value,
                          all->value))
      .notes.push_back({"the limit of the process", all->span});
}

// ---- options without effect

// HAProxy speaks of most lines that need HTTP mode; of these it doesn't.
bool is_passed_over(const Line& line) {
  constexpr std::string_view first[] = {"compression",           "http-reuse", "http-check", "capture",
                                        "http-send-name-header", "errorfile",  "errorloc",   "errorloc302",
                                        "errorloc303",           "errorfiles", "http-error"};
  constexpr std::string_view timeouts[] = {"http-request", "http-keep-alive", "tarpit"};
  if (line.words[0].value == "timeout")
    return line.words.size() > 1 && std::ranges::find(timeouts, line.words[1].value) != std::end(timeouts);
  return std::ranges::find(first, line.words[0].value) != std::end(first);
}

void judge_options(const Proxy& proxy, Findings& findings) {
  if (!proxy.surely_tcp() || proxy.said->kind == config::ProxyKind::defaults) return;
  for (const Line& line : proxy.section->lines) {
    if (!is_passed_over(line)) continue;
    // http-check rules are for checks, which speak HTTP in TCP proxies, too.
    if (line.words[0].value == "http-check" && proxy.has_line("option", "httpchk")) continue;
    const bool two = line.words.size() > 1 && line.words[0].value == "timeout";
    findings.report(
        codes::option_without_effect, line.span,
        fmt::format("'{}{}{}' has no effect in {}, which is in TCP mode", line.words[0].value, two ? " " : "",
                    two ? line.words[1].value : std::string_view(), proxy.describe()));
  }
}

}  // namespace

void lint_settings(const LintInput& input, Findings& findings) {
  judge_global_maxconn(input, findings);
  Span said;
  for (const Proxy& proxy : input.model.proxies) {
    judge_checks(proxy, findings);
    judge_proxy_maxconn(input, proxy, said, findings);
    judge_options(proxy, findings);
  }
}

}  // namespace shunt::analysis
