// Settings of a proxy that need no other proxy: mode, limits, timeouts, options, logs.
#include <fmt/core.h>
#include <algorithm>
#include <utility>

#include "fetchers/log_aliases.hpp"
#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

using config::LogFormatLine;
using config::OptionId;

Timeouts timeouts_of(const config::TimeoutSettings& from) {
  // 0 stands for "no limit" in HAProxy.
  const auto take = [](const config::Maybe<Milliseconds>& setting) -> std::optional<Milliseconds> {
    if (!setting || setting->value.count() == 0) return std::nullopt;
    return setting->value;
  };
  return {.client = take(from.client),
          .server = take(from.server),
          .connect = take(from.connect),
          .queue = take(from.queue),
          .tunnel = take(from.tunnel),
          .client_fin = take(from.client_fin),
          .server_fin = take(from.server_fin),
          .check = take(from.check)};
}

// Parts of a second count as a whole one [seen].
std::uint32_t seconds_of(const config::Maybe<Milliseconds>& setting) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(value_or(setting, Milliseconds{0}));
  return static_cast<std::uint32_t>(whole.count());
}

ProxyOptions options_of(const config::Inherited& from) {
  const ProxyOptions standard;
  const auto get = [&](OptionId id, bool otherwise = false) {
    const auto& option = from.options[static_cast<std::size_t>(id)];
    if (!option || option->value == config::OptionValue::standard) return otherwise;
    return option->value == config::OptionValue::on;
  };
  return {.dontlognull = get(OptionId::dontlognull),
          .dontlog_normal = get(OptionId::dontlog_normal),
          .logasap = get(OptionId::logasap),
          .log_separate_errors = get(OptionId::log_separate_errors),
          .tcpka_client = get(OptionId::tcpka) || get(OptionId::clitcpka),
          .tcpka_server = get(OptionId::tcpka) || get(OptionId::srvtcpka),
          .nolinger = get(OptionId::nolinger),
          .redispatch = get(OptionId::redispatch),
          .abortonclose = get(OptionId::abortonclose),
          .independent_streams = get(OptionId::independent_streams),
          .splice_request = get(OptionId::splice_request),
          .splice_response = get(OptionId::splice_response),
          .splice_auto = get(OptionId::splice_auto),
          .smart_accept = get(OptionId::smart_accept, standard.smart_accept),
          .smart_connect = get(OptionId::smart_connect, standard.smart_connect),
          .log_health_checks = get(OptionId::log_health_checks),
          .allbackups = get(OptionId::allbackups),
          .persist = get(OptionId::persist),
          .client_probes = {.count = value_or(from.client_probe_count, 0u),
                            .idle = seconds_of(from.client_probe_idle),
                            .interval = seconds_of(from.client_probe_interval)},
          .server_probes = {.count = value_or(from.server_probe_count, 0u),
                            .idle = seconds_of(from.server_probe_idle),
                            .interval = seconds_of(from.server_probe_interval)},
          .redispatch_interval = from.redispatch_interval};
}

const std::optional<fetchers::LogFormat>& tcplog(Linking& linking) {
  if (!linking.tcplog) {
    const parser::Word text{.value = fetchers::tcplog_format, .span = {}, .origin = {}};
    if (const auto tree = parser::parse_log_format(text, linking.sink)) {
      linking.tcplog = fetchers::compile_log_format(*tree, fetchers::Place::fe_log_end,
                                                    linking.program.expressions(), linking.sink);
    }
  }
  return linking.tcplog;
}

// Up to HAProxy 2.6 aliases of HTTP logs were refused in TCP mode.
void check_aliases(Linking& linking, const parser::LogFormatTree& tree, const Proxy& to) {
  if (language_of(linking.options.target) >= 300) return;
  for (const parser::LogFormatItem& item : tree.items) {
    const auto* alias =
        item.kind == parser::LogFormatItem::Kind::alias ? fetchers::find_log_alias(item.text) : nullptr;
    const bool later = item.text == "OG";  // came with 3.x
    if (alias == nullptr || alias->mode != fetchers::AliasMode::http || (to.mode == Mode::http && !later))
      continue;
    linking.report(codes::bad_argument, item.span, fmt::format("'%{}' is for HTTP mode only", item.text));
    return;
  }
}

std::optional<fetchers::LogFormat> format_of(Linking& linking, const config::Maybe<parser::Word>& format,
                                             const Proxy& to) {
  if (!format) return std::nullopt;
  const auto tree = parser::parse_log_format(format->value, linking.sink);
  if (!tree) return std::nullopt;
  check_aliases(linking, *tree, to);
  return fetchers::compile_log_format(*tree, fetchers::Place::fe_log_end, linking.program.expressions(),
                                      linking.sink);
}

void link_log_format(Linking& linking, const config::Proxy& from, Proxy& to) {
  if (to.disabled) return;
  if (from.is_frontend()) {
    to.structured_data = format_of(linking, from.settings.log_sd, to);
    to.error_log_format = format_of(linking, from.settings.error_log, to);
  }
  const auto& line = from.settings.log_format;
  if (!line || !from.is_frontend()) return;
  switch (line->value.kind) {
    case LogFormatLine::Kind::simple: return;
    case LogFormatLine::Kind::http:
      if (to.mode == Mode::http) return;  // refused as a whole
      linking.report(
          codes::http_log_in_tcp, line->span,
          fmt::format("an HTTP log format is of no use in {}, which is in TCP mode; 'option tcplog' is used",
                      describe(from)));
      [[fallthrough]];
    case LogFormatLine::Kind::tcplog: to.log_format = tcplog(linking); return;
    case LogFormatLine::Kind::custom: break;
  }
  check_aliases(linking, *line->value.tree, to);
  to.log_format = fetchers::compile_log_format(*line->value.tree, fetchers::Place::fe_log_end,
                                               linking.program.expressions(), linking.sink);
}

// Judged as the row of the line says; what is wrong was reported there.
void link_unique_id(Linking& linking, const config::Proxy& from, Proxy& to) {
  const auto& format = from.settings.unique_id_format;
  if (!format || !from.is_frontend() || to.disabled) return;
  parser::DiagnosticSink judged;
  to.unique_id_format = fetchers::compile_log_format(*format->value, fetchers::Place::fe_http_request,
                                                     linking.program.expressions(), judged);
}

// `log global` in the defaults and in the section does not double the lines [seen].
void link_logs(Linking& linking, const config::Proxy& from, Proxy& to) {
  bool global_taken = false;
  for (const config::LogLine& line : from.settings.logs) {
    if (line.global) {
      if (!std::exchange(global_taken, true))
        to.logs.insert(to.logs.end(), linking.global.logs.begin(), linking.global.logs.end());
    } else if (auto target = link_log(linking, line)) {
      to.logs.push_back(std::move(*target));
    }
  }
  to.log_tag = value_or(from.settings.log_tag, linking.global.log_tag);
  link_unique_id(linking, from, to);
  linking.sink.judge_the_whole(true);  // HAProxy compiles formats when all is read
  link_log_format(linking, from, to);
  linking.sink.judge_the_whole(false);
}

// What is wrong with these expressions is told elsewhere, at the place where HAProxy does.
std::optional<fetchers::ExpressionId> compile_quietly(Linking& linking, const config::Proxy& from,
                                                      const parser::ExpressionTree& tree) {
  if (!from.is_backend()) return std::nullopt;
  parser::DiagnosticSink unheard;
  const auto at = std::ranges::find(linking.proxies, &from);
  fetchers::ExpressionPool& pool = linking.program.expressions();
  pool.set_owner(static_cast<std::uint32_t>(at - linking.proxies.begin()));
  const auto compiled = pool.compile(tree, fetchers::Place::be_set_server, unheard);
  return unheard.has_errors() ? std::nullopt : compiled;
}

Balance balance_of(Linking& linking, const config::Proxy& from) {
  const config::Inherited& settings = from.settings;
  Balance balance = value_or(settings.balance, Balance{});
  balance.hash = value_or(settings.hash_type, HashType{});
  balance.factor = value_or(settings.hash_balance_factor, 0u);
  balance.affinity = value_or(settings.affinity, Affinity::always);
  if (settings.balance_key) balance.key = compile_quietly(linking, from, *settings.balance_key);
  return balance;
}

void link_one(Linking& linking, const config::Proxy& from, Proxy& to) {
  const config::Inherited& settings = from.settings;
  linking.program.expressions().set_owner(to.id);
  to.disabled = value_or(settings.disabled, false);
  to.mode = value_or(settings.mode, Mode::tcp);
  to.timeouts = timeouts_of(settings.timeouts);
  to.options = options_of(settings);
  to.maxconn = from.is_frontend() ? value_or(settings.maxconn, 0u) : 0;
  to.session_rate = from.is_frontend() ? value_or(settings.session_rate, 0u) : 0;
  to.backlog = value_or(settings.backlog, 0u);
  to.retries = value_or(settings.retries, to.retries);
  to.balance = balance_of(linking, from);
  if (settings.persistence) to.persistence = compile_quietly(linking, from, *settings.persistence);
  const auto delay = [](const config::Maybe<Milliseconds>& setting) { return optional_of(setting); };
  to.inspect_delay = delay(settings.inspect_delay);
  if (settings.inspect_delay) to.inspect_delay_span = settings.inspect_delay->span;
  to.response_inspect_delay = delay(settings.response_inspect_delay);
  link_logs(linking, from, to);
}

}  // namespace

void link_settings(Linking& linking) {
  for (std::size_t i = 0; i < linking.proxies.size(); ++i)
    link_one(linking, *linking.proxies[i], linking.out[i]);
}

}  // namespace shunt::graph
