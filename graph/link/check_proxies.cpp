// Findings about whole proxies, once everything about them is known.
#include <fmt/core.h>

#include <algorithm>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

void check_mode(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (to.mode != Mode::http || to.disabled) return;
  auto& found =
      linking.report(codes::unsupported, from.name.span,
                     fmt::format("{} is in HTTP mode, which is valid HAProxy that this build can't execute",
                                 describe(from)));
  if (from.settings.mode) found.notes.push_back({"the mode is set here", from.settings.mode->span});
}

void check_timeouts(Linking& linking, const config::Proxy& from, const Proxy& to) {
  std::string missing;
  const auto need = [&](bool wanted, const std::optional<Milliseconds>& timeout, std::string_view name) {
    if (wanted && !timeout) missing += fmt::format("{}'{}'", missing.empty() ? "" : ", ", name);
  };
  need(from.is_frontend(), to.timeouts.client, "client");
  const bool has_servers = from.is_backend() && to.server_count != 0;
  need(has_servers, to.timeouts.connect, "connect");
  need(has_servers, to.timeouts.server, "server");
  if (missing.empty()) return;
  linking.report(codes::missing_timeouts, from.span,
                 fmt::format("{} has no timeouts for {}", describe(from), missing));
}

void check_binds(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (!from.is_frontend() || to.listener_count != 0 || !from.binds.empty()) return;
  linking.report(codes::no_bind, from.span, fmt::format("{} has no 'bind' line", describe(from)));
}

void check_servers(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (from.kind != config::ProxyKind::listen || to.server_count == 0 || to.default_backend == to.id) return;
  linking.report(codes::unused_servers, from.settings.default_backend->span,
                 fmt::format("{} never uses its servers, because 'default_backend' always comes before them",
                             describe(from)));
}

void check_logs(Linking& linking, const config::Proxy& from, const Proxy& to) {
  const config::Inherited& settings = from.settings;
  if (!from.is_frontend() || !to.logs.empty() || settings.other_log) return;
  if (!settings.log_format && !settings.log_sd) return;
  linking.report(codes::log_without_target,
                 settings.log_format ? settings.log_format->span : settings.log_sd->span,
                 fmt::format("the log format has no effect in {}, which has no log target", describe(from)));
}

// ---- HTTP lines in TCP proxies, and the other way round

// Which lines HAProxy speaks of; others it passes over in silence.
bool is_spoken_of(const config::Note& note) {
  constexpr std::string_view lines[] = {"cookie",        "http-after-response", "http-request",
                                        "http-response", "monitor-uri",         "redirect"};
  if (!note.before.empty())
    return note.before == "option" || note.before == "stats" || note.before == "balance";
  return std::ranges::find(lines, note.name) != std::end(lines);
}

void check_http_only(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (to.mode == Mode::http || from.settings.other_mode) return;
  bool stats_said = false;
  for (const config::Note& note : from.settings.http_only) {
    const bool stats = note.before == "stats";
    const bool balance = note.before == "balance";
    if (!is_spoken_of(note) || (stats && stats_said) || (balance && !from.is_backend())) continue;
    stats_said = stats_said || stats;
    const std::string name = note.before.empty() || stats ? std::string(stats ? note.before : note.name)
                                                          : fmt::format("{} {}", note.before, note.name);
    linking.report(codes::needs_http_mode, note.span,
                   fmt::format("'{}' {} in {}, which is not in HTTP mode", name,
                               balance ? "falls back to round robin" : "is ignored", describe(from)));
  }
}

void check_target_mode(Linking& linking, const config::Proxy& from, const config::Text& name,
                       std::string_view keyword) {
  const auto found = linking.backends.find(name.value);
  if (found == linking.backends.end()) return;
  const config::Proxy& target = *linking.proxies[found->second];
  const Proxy& out = linking.out[found->second];
  if (out.mode == Mode::http || out.disabled || target.settings.other_mode) return;
  linking
      .report(codes::mode_conflict, from.name.span,
              fmt::format("{}, in HTTP mode, uses {} in TCP mode by '{}'", describe(from), describe(target),
                          keyword))
      .notes = {{"it is named here", name.span}, {"this is the backend", target.name.span}};
}

// A TCP frontend may lead to an HTTP backend, but not the reverse.
void check_targets(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (to.mode != Mode::http || !from.is_frontend() || from.settings.other_mode) return;
  if (from.settings.default_backend)
    check_target_mode(linking, from, *from.settings.default_backend, "default_backend");
  for (const config::SwitchRule& rule : from.switches)
    if (!rule.computed) check_target_mode(linking, from, rule.backend, "use_backend");
}

// ---- external checks

void check_external(Linking& linking, const config::Proxy& from) {
  const config::Inherited& settings = from.settings;
  if (!settings.check || settings.check->value != "external-check") {
    for (const auto* each : {&settings.external_command, &settings.external_path}) {
      if (*each)
        linking.report(codes::unused_setting, (*each)->span,
                       fmt::format("'external-check' is ignored in {}, which lacks 'option external-check'",
                                   describe(from)));
    }
    return;
  }
  std::string missing;
  if (!has_global_line(linking.config, "external-check")) missing = "'external-check' in global";
  if (!settings.external_command)
    missing += fmt::format("{}'external-check command'", missing.empty() ? "" : " and ");
  if (!missing.empty())
    linking.report(codes::incomplete_check, settings.check->span,
                   fmt::format("'option external-check' of {} needs {}", describe(from), missing));
  if (!has_global_line(linking.config, "insecure-fork-wanted"))
    linking.report(codes::unused_setting, settings.check->span,
                   "'option external-check' will likely fail without 'insecure-fork-wanted' in global");
}

}  // namespace

bool has_global_line(const config::Config& config, std::string_view keyword) {
  for (const parser::Section& section : config.syntax.sections) {
    if (section.head.keyword() != "global") continue;
    const auto says = [&](const parser::Line& line) { return line.keyword() == keyword; };
    if (std::ranges::any_of(section.lines, says)) return true;
  }
  return false;
}

namespace {

// `stats auth` makes rules of its own.
void check_statistics(Linking& linking) {
  for (const parser::Section& section : linking.config.syntax.sections) {
    const parser::Line *password = nullptr, *rule = nullptr;
    for (const parser::Line& line : section.lines) {
      if (line.words.size() < 2 || line.words[0] != "stats") continue;
      if (line.words[1] == "auth" || line.words[1] == "realm") password = &line;
      if (line.words[1] == "http-request") rule = &line;
    }
    if (password == nullptr || rule == nullptr || section.head.keyword() == "defaults") continue;
    linking
        .report(codes::incompatible, rule->span,
                "'stats http-request' can't stand beside 'stats auth' and 'stats realm'")
        .notes.push_back({"which stands here", password->span});
  }
}

// Programs are started by the master. Up to 3.2; later there are none.
void check_programs(Linking& linking) {
  if (linking.options.target != Target::haproxy_2_6 || linking.options.master_worker) return;
  const auto is_program = [](const config::Definition& each) {
    return each.kind == config::Definition::Kind::program;
  };
  const auto program = std::ranges::find_if(linking.config.definitions, is_program);
  if (program == linking.config.definitions.end() || has_global_line(linking.config, "master-worker")) return;
  linking.report(codes::incompatible, program->span,
                 "'program' sections need 'master-worker' in global, or the flag -W");
}

void check_buffers(Linking& linking) {
  constexpr std::uint32_t limit = 256u << 20;
  const auto& size = linking.config.global.bufsize;
  if (!size || size->value < limit) return;
  const auto is_http = [](const Proxy& proxy) { return proxy.mode == Mode::http && !proxy.disabled; };
  if (std::ranges::none_of(linking.out, is_http)) return;
  linking.report(codes::bad_number, size->span,
                 "'tune.bufsize' must be below 256 MB when there is a proxy in HTTP mode");
}

}  // namespace

void check_proxies(Linking& linking) {
  check_buffers(linking);
  check_programs(linking);
  check_statistics(linking);
  std::vector<std::size_t> started;
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) {
    const config::Proxy& from = *linking.proxies[i];
    const Proxy& to = linking.out[i];
    check_mode(linking, from, to);
    if (to.disabled || linking.sink.has_line_errors()) continue;  // as HAProxy: only when every line is right
    started.push_back(i);
  }
  for (const std::size_t i : started) {
    const config::Proxy& from = *linking.proxies[i];
    const Proxy& to = linking.out[i];
    check_targets(linking, from, to);
    check_external(linking, from);
    check_http_only(linking, from, to);
    check_timeouts(linking, from, to);
    check_binds(linking, from, to);
    check_servers(linking, from, to);
    check_logs(linking, from, to);
  }
}

}  // namespace shunt::graph
