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
  const bool has_servers = from.is_backend() && to.server_count != 0;
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

void check_servers(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (from.kind != config::ProxyKind::listen || to.server_count == 0 || to.default_backend == to.id) return;
  linking.report(codes::unused_servers, from.settings.default_backend->span,
                 fmt::format("{} never uses its servers, because 'default_backend' always comes before them",
                             describe(from)));
}

void check_logs(Linking& linking, const config::Proxy& from, const Proxy& to) {
  if (!from.is_frontend() || !from.settings.log_format || !to.logs.empty()) return;
  linking.report(codes::log_without_target, from.settings.log_format->span,
                 fmt::format("the log format has no effect in {}, which has no log target", describe(from)));
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
    check_servers(linking, from, to);
    check_logs(linking, from, to);
  }
}

}  // namespace shunt::graph
