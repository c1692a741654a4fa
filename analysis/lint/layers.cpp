// Fetches that can never have a value where their rule is reached, and TLS on the wrong layer.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "analysis/lint/families.hpp"
#include "analysis/lint/fetch_kinds.hpp"
#include "analysis/lint/waits.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

class LayerJudge {
 public:
  LayerJudge(const LintInput& input, const Proxy& proxy, Findings& findings)
      : input_(input), proxy_(proxy), findings_(findings), layer_(input.model.layers[proxy.id]) {}

  void judge() {
    if (input_.model.frontends_of[proxy_.id].empty()) return;
    for (std::size_t list = 0; list < list_count; ++list) {
      if (skipped(static_cast<List>(list))) continue;
      for (const Rule& rule : proxy_.rules[list])
        for_each_sample(rule, [&](const Sample& sample, Span user) { judge(sample, user); });
    }
    for (const Sample& sample : proxy_.samples) judge(sample, sample.span);
  }

 private:
  // HAProxy itself says that HTTP rules are ignored in TCP mode.
  [[nodiscard]] bool skipped(List list) const {
    const bool http_rules = list == List::http_request || list == List::http_response ||
                            list == List::http_after || list == List::redirects;
    return list == List::connection || (http_rules && !proxy_.http());
  }

  void judge(const Sample& sample, Span user) {
    if (reads_hello(sample) && !layer_.hello)
      report(codes::hello_behind_tls, sample, user, "behind binds that have taken TLS off");
    if (reads_front_tls(sample) && !layer_.decrypted)
      report(codes::tls_fetch_without_tls, sample, user, "because no bind that leads here terminates TLS");
    if (reads_http(sample) && proxy_.surely_tcp() && !http_is_awaited(input_.model, proxy_))
      report(codes::http_fetch_in_tcp, sample, user, "in TCP mode, where nothing waits for an HTTP request");
  }

  void report(const codes::Code& code, const Sample& sample, Span user, std::string_view why) {
    const Span span = sample.name_span.known() ? sample.name_span : user;
    if (!said_.insert({span.file, span.begin}).second) return;
    auto& finding = findings_.report(
        code, span, fmt::format("'{}' has no value in {}, {}", sample.fetch, proxy_.describe(), why));
    if (code.name == codes::hello_behind_tls.name) finding.notes.push_back({"write " + instead(sample)});
    if (user.known() && (user.file != span.file || user.begin > span.end || user.end < span.begin))
      finding.notes.push_back({"it is used here", user});
  }

  static std::string instead(const Sample& sample) {
    if (sample.fetch == "req.ssl_sni") return "ssl_fc_sni";
    if (sample.fetch == "req.ssl_alpn") return "ssl_fc_alpn";
    if (sample.fetch == "req.ssl_ver") return "ssl_fc_protocol";
    if (sample.fetch == "req.ssl_hello_type") return "ssl_fc";
    return "an ssl_fc_ fetch";
  }

  const LintInput& input_;
  const Proxy& proxy_;
  Findings& findings_;
  Layer layer_;
  std::set<std::pair<parser::FileId, std::uint32_t>> said_;
};

// ---- TLS inside TLS

bool is_set(const config::Maybe<bool>& setting) { return setting && setting->value; }

void report_nested(const config::Server& server, std::string_view why, Findings& findings) {
  findings.report(codes::tls_inside_tls, server.span,
                  fmt::format("server '{}' would wrap TLS in TLS: {}", server.name.value, why));
}

// The inner bind waits for a hello that never comes, since the outer one has taken TLS off.
void judge_hops(const Model& model, const Proxy& proxy, Findings& findings) {
  for (const std::uint32_t id : model.hops_of[proxy.id]) {
    const Hop& hop = model.hops[id];
    const config::Server& server = proxy.said->servers[hop.server];
    const Proxy& target = model.proxies[hop.target];
    const config::Bind& bind = target.said->binds[hop.bind];
    const bool reached = !model.frontends_of[proxy.id].empty();
    if (!reached || !is_set(bind.parameters.ssl)) continue;
    if (is_set(server.parameters.ssl) || model.layers[proxy.id].hello) continue;
    findings
        .report(codes::tls_inside_tls, server.span,
                fmt::format("server '{}' sends decrypted bytes to a bind that terminates TLS once more",
                            server.name.value))
        .notes.push_back({"this bind", bind.span});
  }
}

bool always_hello(const Condition& condition) {
  if (!condition.given || condition.unless) return false;
  return std::ranges::all_of(condition.alternatives, [](const Conjunction& all) {
    return std::ranges::any_of(all, [](const Term& term) {
      return !term.negated && term.acl != nullptr && !term.acl->tests.empty() &&
             std::ranges::all_of(term.acl->tests, [](const Test& test) {
               return reads_hello(test.sample) && !test.patterns.empty();
             });
    });
  });
}

// By backend: whether each way in demands a hello that has passed through.
using Ways = std::unordered_map<std::string_view, bool>;

Ways ways_in(const Model& model) {
  Ways ways;
  const auto add = [&](std::string_view name, bool hello) {
    const auto [at, fresh] = ways.emplace(name, hello);
    at->second = at->second && hello;
  };
  for (const Proxy& proxy : model.proxies) {
    if (!proxy.said->is_frontend()) continue;
    if (proxy.said->is_backend()) add(proxy.said->name.value, false);
    if (proxy.said->settings.default_backend) add(proxy.said->settings.default_backend->value, false);
    const bool passes = proxy.tcp() && !model.layers[proxy.id].decrypted;
    for (const Rule* rule : proxy.all_of(List::switches))
      add(rule->action, passes && always_hello(rule->condition));
  }
  return ways;
}

void judge_passing(const Model& model, const Proxy& proxy, const Ways& ways, Findings& findings) {
  const auto way = ways.find(proxy.said->name.value);
  if (model.computed_backends || way == ways.end() || !way->second || !proxy.tcp()) return;
  for (const config::Server& server : proxy.said->servers)
    if (is_set(server.parameters.ssl))
      report_nested(server, "only clients that speak TLS themselves come here, and nothing takes it off",
                    findings);
}

// ---- HTTP/2 on TCP binds

bool offers_both(const std::string& alpn) {
  return alpn.find(std::string("\x02") + "h2") != std::string::npos &&
         alpn.find("http/1") != std::string::npos;
}

bool reads_alpn(const Model& model, const Proxy& frontend) {
  bool found = false;
  for (const auto& list : frontend.rules)
    for (const Rule& rule : list)
      for_each_sample(rule,
                      [&](const Sample& sample, Span) { found = found || sample.fetch == "ssl_fc_alpn"; });
  (void)model;
  return found;
}

// A PROXY header of version 2 tells the server what was agreed on.
bool tells_alpn(const Proxy& backend) {
  return !backend.said->servers.empty() &&
         std::ranges::all_of(backend.said->servers, [](const config::Server& server) {
           const auto& parameters = server.parameters;
           return parameters.alpn || parameters.proto ||
                  (parameters.header && (parameters.header->value & graph::proxy_header::v2) != 0);
         });
}

bool some_backend_tells(const Model& model, const Proxy& frontend) {
  const auto& name = frontend.said->settings.default_backend;
  if (tells_alpn(frontend)) return true;
  if (!name) return false;
  const auto found = model.backends.find(name->value);
  return found != model.backends.end() && tells_alpn(*found->second);
}

void judge_alpn(const Model& model, const Proxy& frontend, Findings& findings) {
  if (!frontend.tcp()) return;
  for (const config::Bind& bind : frontend.said->binds) {
    const auto& parameters = bind.parameters;
    if (!is_set(parameters.ssl) || !parameters.alpn || !offers_both(parameters.alpn->value)) continue;
    if (reads_alpn(model, frontend) || some_backend_tells(model, frontend)) return;
    findings.report(
        codes::h2_on_tcp_bind, parameters.alpn->span,
        fmt::format("{} is in TCP mode and offers HTTP/2 beside HTTP/1; its servers can't know which "
                    "of them a client has chosen",
                    frontend.describe()));
  }
}

}  // namespace

void lint_layers(const LintInput& input, Findings& findings) {
  const Ways ways = ways_in(input.model);
  for (const Proxy& proxy : input.model.proxies) {
    if (proxy.said->kind == config::ProxyKind::defaults) continue;
    LayerJudge(input, proxy, findings).judge();
    judge_hops(input.model, proxy, findings);
    judge_passing(input.model, proxy, ways, findings);
    judge_alpn(input.model, proxy, findings);
  }
}

}  // namespace shunt::analysis
