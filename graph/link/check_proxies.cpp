// Findings about whole proxies, once everything about them is known.
#include <fmt/format.h>

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
  const bool has_servers =
      from.is_backend() && (to.server_count != 0 || from.kind == config::ProxyKind::backend);
  need(has_servers, to.timeouts.connect, "connect");
  need(has_servers, to.timeouts.server, "server");
  if (missing.empty()) return;
  linking.report(codes::missing_timeouts, from.span,
                 fmt::format("{} has no timeouts for {}", describe(from), missing));
}

void check_binds(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (from.kind != config::ProxyKind::frontend || to.listener_count != 0 || !from.binds.empty()) return;
  linking.report(codes::no_bind, from.span, fmt::format("{} has no 'bind' line", describe(from)));
}

}  // namespace

void check_proxies(Linking& linking) {
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) {
    const config::Proxy& from = *linking.proxies[i];
    const Proxy& to = linking.out[i];
    check_mode(linking, from, to);
    if (to.disabled || linking.sink.has_errors()) continue;  // as HAProxy: only when everything else is right
    check_timeouts(linking, from, to);
    check_binds(linking, from, to);
  }
}

}  // namespace shunt::graph
