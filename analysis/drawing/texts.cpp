// Short forms for people; the whole line of the file stands beside them where it is asked for.
#include "analysis/drawing/texts.hpp"

#include <fmt/core.h>

#include "analysis/raw_line.hpp"
#include "graph/names.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis::drawing {
namespace {

using graph::Milliseconds;

struct Unit {
  std::int64_t size;
  std::string_view name;
};
constexpr Unit units[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1000, "s"}, {1, "ms"}};

std::string patterns_of(const acl::Program& program, const acl::AclTest& test, bool& ignore_case) {
  std::string text;
  for (const std::uint32_t id : test.pattern_sets) {
    const acl::PatternSet& set = program.pattern_set(id);
    ignore_case = ignore_case || set.options().ignore_case;
    for (const acl::PatternText& entry : set.entries()) {
      if (text.size() > 400) return text + " …";
      text += fmt::format("{}{}", text.empty() ? "" : " ", entry.text);
    }
  }
  return text;
}

// The method that an expression has without -m is not worth a word.
bool is_usual(acl::MatchMethod method) {
  using enum acl::MatchMethod;
  return method == str || method == integer || method == ip || method == boolean;
}

void add_test(const acl::Program& program, const acl::AclTest& test, Comparison& comparison) {
  bool ignore_case = false;
  const std::string patterns = patterns_of(program, test, ignore_case);
  comparison.subject += program.expressions().text(test.expression);
  if (!is_usual(test.method)) comparison.subject += fmt::format(" -m {}", acl::method_name(test.method));
  if (ignore_case) comparison.subject += " -i";
  if (!patterns.empty())
    comparison.patterns += fmt::format("{}{}", comparison.patterns.empty() ? "" : " ", patterns);
}

void add(std::vector<Fact>& facts, std::string_view name, std::string value) {
  if (!value.empty()) facts.push_back({std::string(name), std::move(value)});
}
void add(std::vector<Fact>& facts, std::string_view name, const std::optional<Milliseconds>& time) {
  if (time) facts.push_back({std::string(name), text_of(*time)});
}
void add(std::vector<Fact>& facts, std::string_view name, std::uint32_t number) {
  if (number != 0) facts.push_back({std::string(name), text_of(std::size_t{number})});
}

std::string names_of(const graph::TlsBind& tls, const graph::Graph& graph) {
  std::string text;
  for (const graph::TlsCertificate& one : tls.certificates) {
    if (text.size() > 300) return text + " …";
    const auto& own = (*graph.certificates)[one.id].names;
    text += fmt::format("{}{}", text.empty() ? "" : "; ", joined(one.names ? *one.names : own, ", "));
  }
  return text;
}

void add_timeouts(std::vector<Fact>& facts, const graph::Proxy& proxy, bool front) {
  if (front) {
    add(facts, "timeout client", proxy.timeouts.client);
    add(facts, "timeout client-fin", proxy.timeouts.client_fin);
    return;
  }
  add(facts, "timeout connect", proxy.timeouts.connect);
  add(facts, "timeout server", proxy.timeouts.server);
  add(facts, "timeout server-fin", proxy.timeouts.server_fin);
  add(facts, "timeout queue", proxy.timeouts.queue);
  add(facts, "timeout tunnel", proxy.timeouts.tunnel);
  add(facts, "timeout check", proxy.timeouts.check);
}

}  // namespace

std::string text_of(Milliseconds time) {
  for (const Unit& unit : units)
    if (time.count() != 0 && time.count() % unit.size == 0)
      return fmt::format("{} {}", time.count() / unit.size, unit.name);
  return "0";
}

std::string text_of(std::size_t count) {
  std::string text = fmt::format("{}", count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", text_of(count), noun, count == 1 ? "" : "s");
}

std::string written(std::string_view line, unsigned without) {
  std::string text;
  for (const std::string_view word : split_raw(line).words) {
    if (without > 0) {
      --without;
      continue;
    }
    text += fmt::format("{}{}", text.empty() ? "" : " ", word);
  }
  for (char& c : text)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  return text;
}

Comparison comparison_of(const acl::Program& program, acl::ConditionId condition) {
  Comparison comparison;
  if (condition == acl::always) return comparison;
  const acl::Condition& from = program.condition(condition);
  if (from.unless) comparison.subject = "unless ";
  for (const auto& alternative : from.alternatives) {
    if (&alternative != &from.alternatives.front()) comparison.subject += " or ";
    for (const acl::Term& term : alternative) {
      if (&term != &alternative.front()) comparison.subject += ' ';
      if (term.negated) comparison.subject += '!';
      for (const acl::AclTest& test : program.acl(term.acl).tests) {
        if (&test != &program.acl(term.acl).tests.front()) comparison.subject += '/';
        add_test(program, test, comparison);
      }
    }
  }
  return comparison;
}

std::vector<std::string> tags_of(const graph::Listener& listener) {
  std::vector<std::string> tags;
  if (listener.accept_proxy) tags.emplace_back("reads PROXY header");
  if (listener.tls) tags.emplace_back("ends TLS");
  if (listener.tls && listener.tls->client.mode == graph::VerifyClient::required)
    tags.emplace_back("client certificate");
  if (listener.tls && !listener.tls->alpn.empty())
    tags.push_back(graph::names::alpn_list(listener.tls->alpn));
  return tags;
}

std::vector<std::string> tags_of(const graph::Server& server) {
  std::vector<std::string> tags;
  if (server.tls && server.tls->sessions) tags.emplace_back("TLS");
  if (server.send_proxy == graph::SendProxy::v1) tags.emplace_back("PROXY v1");
  if (server.send_proxy == graph::SendProxy::v2) tags.emplace_back("PROXY v2");
  if (server.check.enabled) tags.emplace_back("check");
  if (server.backup) tags.emplace_back("backup");
  if (server.disabled) tags.emplace_back("disabled");
  if (server.weight != 1) tags.push_back(fmt::format("weight {}", server.weight));
  return tags;
}

std::vector<Fact> facts_of(const graph::Listener& listener, const graph::Graph& graph) {
  std::vector<Fact> facts;
  add(facts, "name", listener.name);
  if (listener.tls) {
    add(facts, "certificates for", names_of(*listener.tls, graph));
    add(facts, "TLS from", listener.tls->min_version);
    add(facts, "TLS up to", listener.tls->max_version);
    add(facts, "ALPN", graph::names::alpn_list(listener.tls->alpn));
    if (listener.tls->strict_sni) add(facts, "unknown names", std::string("refused (strict-sni)"));
  }
  add(facts, "maxconn", listener.maxconn);
  add(facts, "interface", listener.interface);
  if (listener.unix_socket.mode) add(facts, "mode", fmt::format("{:o}", *listener.unix_socket.mode));
  return facts;
}

std::vector<Fact> facts_of(const graph::Proxy& proxy, bool front, const graph::Graph& graph) {
  std::vector<Fact> facts;
  add(facts, "mode", std::string(graph::names::of(proxy.mode)));
  if (!front) {
    add(facts, "balance", std::string(graph::names::of(proxy.balance.kind)));
    if (proxy.balance.key) add(facts, "balance on", graph.program.expressions().text(*proxy.balance.key));
    add(facts, "retries", proxy.retries);
  }
  if (front || !proxy.is_frontend) add(facts, "maxconn", proxy.maxconn);
  if (proxy.request_rules != acl::no_rules) add(facts, "inspect-delay", proxy.inspect_delay);
  add_timeouts(facts, proxy, front);
  return facts;
}

}  // namespace shunt::analysis::drawing
