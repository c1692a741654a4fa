// Servers that are our own binds: PROXY headers on both sides, and circles.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "analysis/lint/addresses.hpp"
#include "analysis/lint/families.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

const config::Server& server_of(const Model& model, const Hop& hop) {
  return model.proxies[hop.proxy].said->servers[hop.server];
}
const config::Bind& bind_of(const Model& model, const Hop& hop) {
  return model.proxies[hop.target].said->binds[hop.bind];
}

// ---- PROXY headers

bool sends(const config::Server& server) {
  return server.parameters.header && server.parameters.header->value != 0;
}

bool expects_by_rule(const Proxy& proxy) {
  return std::ranges::any_of(proxy.all_of(List::connection),
                             [](const Rule* rule) { return rule->action == "expect-proxy"; });
}

void judge_headers(const Model& model, Findings& findings) {
  std::set<const config::Server*> said;
  for (const Hop& hop : model.hops) {
    const config::Server& server = server_of(model, hop);
    const config::Bind& bind = bind_of(model, hop);
    const Proxy& target = model.proxies[hop.target];
    const bool expected = bind.parameters.accept_proxy && bind.parameters.accept_proxy->value;
    const bool sent = sends(server);
    if (sent == expected || expects_by_rule(target) || !said.insert(&server).second) continue;
    const codes::Code& code = sent ? codes::send_proxy_unread : codes::accept_proxy_unsent;
    const std::string message =
        sent ? fmt::format("server '{}' gets a PROXY header, but {} doesn't expect one there",
                           server.name.value, target.describe())
             : fmt::format("server '{}' gets no PROXY header, but {} waits for one there", server.name.value,
                           target.describe());
    findings.report(code, server.span, message).notes.push_back({"the bind that it leads to", bind.span});
  }
}

// ---- circles

// Frontends and the hops out of the backends that they reach, by depth-first search.
class Circles {
 public:
  Circles(const Model& model, Findings& findings) : model_(model), findings_(findings) {
    out_.resize(model.proxies.size());
    for (const Hop& hop : model.hops)
      for (const std::uint32_t from : model.named_from[hop.proxy]) out_[from].push_back(&hop);
  }

  void find() {
    colours_.resize(out_.size());
    for (std::uint32_t at = 0; at < out_.size(); ++at)
      if (colours_[at] == white && !out_[at].empty()) visit(at);
  }

 private:
  enum Colour : std::uint8_t { white, grey, black };
  struct Step {
    std::uint32_t proxy;
    std::size_t next = 0;
  };

  void visit(std::uint32_t first) {
    std::vector<Step> path{{first}};
    colours_[first] = grey;
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == out_[step.proxy].size()) {
        colours_[step.proxy] = black;
        path.pop_back();
        continue;
      }
      const Hop& hop = *out_[step.proxy][step.next++];
      if (colours_[hop.target] == grey) report(hop, hop.target == step.proxy);
      if (colours_[hop.target] != white) continue;
      colours_[hop.target] = grey;
      path.push_back({hop.target});
    }
  }

  void report(const Hop& hop, bool itself) {
    const config::Server& server = server_of(model_, hop);
    if (!said_.insert(&server).second) return;
    const codes::Code& code = itself ? codes::server_is_own_bind : codes::frontend_loop;
    const Proxy& target = model_.proxies[hop.target];
    // Other binds of the same frontend may mean that the circle is left somewhere.
    const bool certain = !itself || target.said->binds.size() == 1;
    findings_
        .report(certain ? code.severity : parser::Severity::notice, code, server.span,
                itself ? fmt::format("server '{}' is a bind of {}, from which its connections come",
                                     server.name.value, target.describe())
                       : fmt::format(
                             "server '{}' leads back to {}, from which its connections come through other "
                             "frontends",
                             server.name.value, target.describe()))
        .notes.push_back({"this bind", bind_of(model_, hop).span});
  }

  const Model& model_;
  Findings& findings_;
  std::vector<std::vector<const Hop*>> out_;
  std::vector<Colour> colours_;
  std::set<const config::Server*> said_;
};

// ---- names that nobody binds

// A path is likely meant to be ours only if one of ours is left without a server.
bool has_lonely_socket(const Model& model) {
  std::set<const config::Bind*> met;
  for (const Hop& hop : model.hops) met.insert(&bind_of(model, hop));
  for (const Proxy& proxy : model.proxies)
    for (const config::Bind& bind : proxy.said->binds)
      for (const auto& address : bind.addresses)
        if (address.value.family == parser::AddressFamily::unix_path && !met.contains(&bind)) return true;
  return false;
}

bool has_prefix(const Model& model) {
  return std::ranges::any_of(model.config->syntax.sections, [](const parser::Section& section) {
    return std::ranges::any_of(section.lines,
                               [](const Line& line) { return line.words[0].value == "unix-bind"; });
  });
}

void judge_names(const Model& model, Findings& findings) {
  const bool paths = has_lonely_socket(model) && !has_prefix(model);
  std::set<const config::Server*> met;
  for (const Hop& hop : model.hops) met.insert(&server_of(model, hop));
  for (const Proxy& proxy : model.proxies) {
    for (const config::Server& server : proxy.said->servers) {
      const parser::Address& address = server.address.value;
      if (!is_local_socket(address) || met.contains(&server)) continue;
      if (address.family == parser::AddressFamily::unix_path && !paths) continue;
      findings.report(
          codes::nobody_binds, server.address.span,
          fmt::format("no bind line of these files has the name '{}'", parser::to_string(address)));
    }
  }
}

}  // namespace

void lint_hops(const LintInput& input, Findings& findings) {
  judge_headers(input.model, findings);
  Circles(input.model, findings).find();
  judge_names(input.model, findings);
}

}  // namespace shunt::analysis
