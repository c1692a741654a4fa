// A section of proxies: its settings, lists and rules.
#include <algorithm>

#include "graph/dump/lines.hpp"
#include "graph/names.hpp"

namespace shunt::graph::config {
namespace {

std::string condition_text(const std::optional<parser::ConditionTree>& tree,
                           const parser::SourceSet& sources) {
  if (!tree) return {};
  return fmt::format(" {}", sources.text(tree->span));
}

// Prints one section.
class SectionDump {
 public:
  SectionDump(std::string& text, const parser::SourceSet& sources, const Proxy& proxy)
      : text_(text), sources_(sources), proxy_(proxy), to_(text, proxy.body) {}

  void run() {
    head();
    const Inherited& own = proxy_.settings;
    if (own.mode && to_.own(own.mode->span))
      to_.raw(fmt::format("    mode {}\n", names::of(own.mode->value)));
    to_.line("description", proxy_.description);
    to_.line("id", proxy_.id);
    if (own.disabled && to_.own(own.disabled->span))
      to_.raw(own.disabled->value ? "    disabled\n" : "    enabled\n");
    limits(own);
    timeouts(own.timeouts);
    options(own);
    logs(own);
    to_.line("tcp-request inspect-delay", own.inspect_delay);
    to_.line("tcp-response inspect-delay", own.response_inspect_delay);
    for (const Bind& bind : proxy_.binds) write_bind(text_, bind);
    rules();
    to_.line("default_backend", own.default_backend);
    default_server(own);
    for (const Server& server : proxy_.servers) write_server(text_, server);
  }

 private:
  void head() {
    to_.raw(fmt::format("{}{}{}", names::of(proxy_.kind), proxy_.name.value.empty() ? "" : " ",
                        proxy_.name.value));
    if (!proxy_.from.value.empty()) to_.raw(fmt::format(" from {}", proxy_.from.value));
    to_.raw("\n");
  }

  void limits(const Inherited& own) {
    to_.line("maxconn", own.maxconn);
    to_.line("backlog", own.backlog);
    to_.line("retries", own.retries);
    to_.line("fullconn", own.fullconn);
    to_.line("rate-limit sessions", own.session_rate);
    balance(own);
  }

  void balance(const Inherited& own) {
    to_.line("hash-balance-factor", own.hash_balance_factor);
    if (own.hash_type && to_.own(own.hash_type->span)) {
      const HashType& type = own.hash_type->value;
      to_.raw(fmt::format("    hash-type {} {}{}\n", type.consistent ? "consistent" : "map-based",
                          names::of(type.function), type.avalanche ? " avalanche" : ""));
    }
    if (own.affinity && to_.own(own.affinity->span))
      to_.raw(fmt::format("    hash-preserve-affinity {}\n", names::of(own.affinity->value)));
    if (own.balance && to_.own(own.balance->span)) to_.raw(fmt::format("    balance {}\n", algorithm(own)));
  }

  [[nodiscard]] std::string algorithm(const Inherited& own) const {
    const Balance& balance = own.balance->value;
    switch (balance.kind) {
      case BalanceKind::random: return fmt::format("random({})", balance.draws);
      case BalanceKind::hash: return fmt::format("hash {}", sources_.text(own.balance_key->span));
      case BalanceKind::rdp_cookie: return std::string(sources_.text(own.balance->span));
      default: return std::string(names::of(balance.kind));
    }
  }

  void timeouts(const TimeoutSettings& own) {
    to_.line("timeout connect", own.connect);
    to_.line("timeout client", own.client);
    to_.line("timeout client-fin", own.client_fin);
    to_.line("timeout server", own.server);
    to_.line("timeout server-fin", own.server_fin);
    to_.line("timeout queue", own.queue);
    to_.line("timeout tunnel", own.tunnel);
    to_.line("timeout check", own.check);
  }

  void options(const Inherited& own) {
    constexpr std::string_view prefixes[] = {"no ", "", "default "};
    for (std::size_t i = 0; i < option_count; ++i) {
      const auto& option = own.options[i];
      if (!option || !to_.own(option->span)) continue;
      const auto id = static_cast<OptionId>(i);
      const bool interval = id == OptionId::redispatch && own.redispatch_interval != -1;
      to_.raw(fmt::format("    {}option {}{}\n", prefixes[static_cast<std::size_t>(option->value)],
                          names::of(id), interval ? fmt::format(" {}", own.redispatch_interval) : ""));
    }
  }

  void logs(const Inherited& own) {
    if (own.logs_cleared && to_.own(own.logs_cleared->span)) to_.raw("    no log\n");
    for (const LogLine& log : own.logs) write_log(to_, log);
    to_.line("log-tag", own.log_tag);
    to_.line("load-server-state-from-file", own.load_server_state);
    to_.line("server-state-file-name", own.server_state_file);
    if (!own.log_format || !to_.own(own.log_format->span)) return;
    const LogFormatLine& format = own.log_format->value;
    if (format.kind == LogFormatLine::Kind::tcplog) to_.raw("    option tcplog\n");
    if (format.kind == LogFormatLine::Kind::http) to_.raw("    option httplog\n");
    if (format.kind == LogFormatLine::Kind::custom)
      to_.raw(fmt::format("    log-format {}\n", quoted(format.text)));
  }

  void rules() {
    for (const AclLine& acl : proxy_.acls) {
      to_.raw("    acl");
      for (const parser::Word& word : acl.words) to_.raw(fmt::format(" {}", quoted(word.value)));
      to_.raw("\n");
    }
    slots("request", proxy_.checked.request_captures);
    slots("response", proxy_.checked.response_captures);
    tcp_rules("tcp-request connection", proxy_.connection_rules);
    tcp_rules("tcp-request session", proxy_.session_rules);
    tcp_rules("tcp-request content", proxy_.request_rules);
    tcp_rules("tcp-response content", proxy_.response_rules);
    persistence();
    write_stick_rules(text_, sources_, proxy_);
    for (const SwitchRule& rule : proxy_.switches) {
      to_.raw(fmt::format("    use_backend {}{}\n", quoted(rule.backend.value),
                          condition_text(rule.condition, sources_)));
    }
  }

  // A rule that captures has a slot of its own.
  void slots(std::string_view message, const std::vector<std::uint32_t>& lengths) {
    for (std::uint32_t slot = 0; slot < lengths.size(); ++slot) {
      const auto takes_it = [&](const TcpRule& rule) {
        return message == "request" && rule.action == ActionKind::capture && rule.slot == slot;
      };
      if (std::ranges::none_of(proxy_.request_rules, takes_it))
        to_.raw(fmt::format("    declare capture {} len {}\n", message, lengths[slot]));
    }
  }

  void persistence() {
    for (const PersistRule& rule : proxy_.force_persist)
      to_.raw(fmt::format("    force-persist{}\n", condition_text(rule.condition, sources_)));
    for (const PersistRule& rule : proxy_.ignore_persist)
      to_.raw(fmt::format("    ignore-persist{}\n", condition_text(rule.condition, sources_)));
    for (const ServerRule& rule : proxy_.server_rules)
      to_.raw(fmt::format("    use-server {}{}\n", quoted(rule.server.value),
                          condition_text(rule.condition, sources_)));
  }

  static std::string number_text(const TcpRule& rule) {
    switch (rule.action) {
      case ActionKind::capture: return fmt::format(" len {}", *rule.number);
      case ActionKind::silent_drop: return fmt::format(" rst-ttl {}", *rule.number);
      case ActionKind::set_log_level:
        return fmt::format(" {}", *rule.number == silent_level
                                      ? "silent"
                                      : names::log_levels[static_cast<std::size_t>(*rule.number)]);
      default: return fmt::format(" {}", *rule.number);
    }
  }

  static std::string action_text(const TcpRule& rule) {
    switch (rule.action) {
      case ActionKind::track_sc: return fmt::format("track-sc{}", rule.slot);
      case ActionKind::sc_inc_gpc0:
      case ActionKind::sc_inc_gpc1:
      case ActionKind::sc_set_gpt0: return fmt::format("{}({})", names::of(rule.action), rule.slot);
      case ActionKind::sc_inc_gpc:
      case ActionKind::sc_add_gpc:
      case ActionKind::sc_set_gpt:
        return fmt::format("{}({},{})", names::of(rule.action), rule.index, rule.slot);
      default: return std::string(rule.format ? "set-var-fmt" : names::of(rule.action));
    }
  }

  void tcp_rules(std::string_view set, const std::vector<TcpRule>& rules) {
    for (const TcpRule& rule : rules) {
      to_.raw(fmt::format("    {} {}", set, action_text(rule)));
      if (rule.action == ActionKind::do_resolve)
        to_.raw(fmt::format("({},{}{})", rule.variable.value, rule.format_text,
                            rule.number ? fmt::format(",ipv{}", *rule.number) : ""));
      else if (!rule.variable.value.empty())
        to_.raw(fmt::format("({})", rule.variable.value));
      if (rule.action == ActionKind::expect_proxy || rule.action == ActionKind::expect_netscaler_cip)
        to_.raw(" layer4");
      if (rule.expression) to_.raw(fmt::format(" {}", sources_.text(rule.expression->span)));
      if (rule.action == ActionKind::track_sc) to_.raw(fmt::format(" table {}", quoted(rule.table)));
      if (rule.number && rule.action != ActionKind::do_resolve) to_.raw(number_text(rule));
      if (rule.format) to_.raw(fmt::format(" {}", quoted(rule.format_text)));
      to_.raw(condition_text(rule.condition, sources_) + '\n');
    }
  }

  void default_server(const Inherited& own) {
    if (proxy_.kind != ProxyKind::defaults) return;
    std::string parameters;
    Writer line(parameters, proxy_.body);
    write_server_settings(line, own.default_server);
    if (!parameters.empty()) to_.raw(fmt::format("    default-server{}\n", parameters));
  }

  std::string& text_;
  const parser::SourceSet& sources_;
  const Proxy& proxy_;
  Writer to_;
};

}  // namespace

void write_section(std::string& text, const parser::SourceSet& sources, const Proxy& proxy) {
  SectionDump(text, sources, proxy).run();
}

}  // namespace shunt::graph::config
