// Bind lines: addresses that stand twice, and who may send PROXY headers to them.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "analysis/lint/addresses.hpp"
#include "analysis/lint/families.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

// ---- addresses

// Parameters that make two sockets of one address different ones, or shared on purpose.
bool is_divided(const parser::SourceSet& sources, const config::Bind& bind) {
  constexpr std::string_view words[] = {" interface ", " process ", " thread ", " namespace ", " shards "};
  const std::string_view text = sources.text(bind.span);
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool is_disabled(const Proxy& proxy) {
  return proxy.said->settings.disabled && proxy.said->settings.disabled->value;
}

void judge_addresses(const Model& model, Findings& findings) {
  std::unordered_map<std::string, Span> seen;
  for (const Proxy& proxy : model.proxies) {
    if (is_disabled(proxy)) continue;
    for (const config::Bind& bind : proxy.said->binds) {
      if (is_divided(*model.sources, bind)) continue;
      for (const auto& address : bind.addresses) {
        if (address.value.datagram) continue;
        for (const std::string& key : bind_keys(address.value)) {
          const auto [at, fresh] = seen.emplace(key, address.span);
          if (fresh) continue;
          findings
              .report(
                  codes::same_address_twice, address.span,
                  fmt::format("{} listens on an address that stands on a bind line above", proxy.describe()))
              .notes.push_back({"the same address", at->second});
          break;
        }
      }
    }
  }
}

// ---- PROXY headers from anyone

bool reads_peer(const Rule& rule) {
  for (const Conjunction& all : rule.condition.alternatives)
    for (const Term& term : all)
      if (term.acl != nullptr)
        for (const Test& test : term.acl->tests)
          if (test.sample.fetch == "src" || test.sample.fetch == "fc_src") return true;
  return false;
}

bool is_guarded(const Proxy& proxy) {
  for (const List list : {List::connection, List::session, List::content})
    for (const Rule* rule : proxy.all_of(list)) {
      // Behind the header `src` is what the header says.
      const bool decides = rule->action == "accept" || rule->action == "reject" ||
                           rule->action == "silent-drop" || rule->action == "expect-proxy";
      if (decides && list == List::connection && reads_peer(*rule)) return true;
      if (decides && list != List::connection && reads_peer(*rule)) {
        for (const auto& all : rule->condition.alternatives)
          for (const Term& term : all)
            if (term.acl != nullptr)
              for (const Test& test : term.acl->tests)
                if (test.sample.fetch == "fc_src") return true;
      }
    }
  return false;
}

bool from_outside(const config::Bind& bind) {
  return std::ranges::any_of(bind.addresses, [](const auto& address) {
    const bool ip = address.value.any || address.value.family == parser::AddressFamily::ipv4 ||
                    address.value.family == parser::AddressFamily::ipv6;
    return ip && !is_loopback(address.value);
  });
}

bool on_abstract_socket(const config::Bind& bind) {
  return std::ranges::any_of(bind.addresses, [](const auto& address) {
    return address.value.family == parser::AddressFamily::abstract_socket;
  });
}

void judge_headers(const Proxy& proxy, Findings& findings) {
  for (const config::Bind& bind : proxy.said->binds) {
    const auto& accept = bind.parameters.accept_proxy;
    if (!accept || !accept->value) continue;
    if (on_abstract_socket(bind))
      findings.report(
          codes::forgeable_abstract_socket, accept->span,
          fmt::format("every local user may connect to this abstract socket of {} and claim any client "
                      "address",
                      proxy.describe()));
    if (from_outside(bind) && !is_guarded(proxy))
      findings.report(
          codes::open_accept_proxy, accept->span,
          fmt::format("whoever reaches this bind of {} may claim any client address", proxy.describe()));
  }
}

}  // namespace

void lint_binds(const LintInput& input, Findings& findings) {
  judge_addresses(input.model, findings);
  for (const Proxy& proxy : input.model.proxies)
    if (!is_disabled(proxy)) judge_headers(proxy, findings);
}

}  // namespace shunt::analysis
