// What fetches may know of proxies and servers, answered from the shared state.
#pragma once
#include "fetchers/context.hpp"
#include "fetchers/proxies_view.hpp"
#include "route/state.hpp"

namespace shunt::route {

// Milliseconds of one of a proxy's limits.
[[nodiscard]] std::optional<std::int64_t> timeout_of(const graph::Proxy& proxy, fetchers::TimeoutKind kind);

// `graph` and `state` must outlive the view. Ids outside the graph answer 0. Rates are those at `*now`.
class StateProxiesView final : public fetchers::ProxiesView {
 public:
  StateProxiesView(const graph::Graph& graph, const State& state, const Time* now = nullptr)
      : graph_(graph), state_(state), now_(now) {}

  [[nodiscard]] std::uint32_t usable_servers(std::uint32_t backend) const override;
  [[nodiscard]] std::uint32_t frontend_connections(std::uint32_t frontend) const override;
  [[nodiscard]] std::uint32_t backend_connections(std::uint32_t backend) const override;
  [[nodiscard]] std::uint32_t listener_connections(std::uint32_t listener) const override;
  [[nodiscard]] std::uint32_t frontend_session_rate(std::uint32_t frontend) const override;
  [[nodiscard]] std::uint32_t backend_session_rate(std::uint32_t backend) const override;
  [[nodiscard]] std::uint32_t queued(std::uint32_t backend) const override;
  [[nodiscard]] std::int64_t free_connections(std::uint32_t backend) const override;
  [[nodiscard]] std::int64_t free_slots(std::uint32_t backend) const override;
  [[nodiscard]] fetchers::ServerFacts server(std::uint32_t server) const override;
  [[nodiscard]] std::optional<std::uint32_t> frontend_named(std::string_view wanted) const override;
  [[nodiscard]] std::optional<std::uint32_t> backend_named(std::string_view wanted) const override;
  [[nodiscard]] std::optional<std::uint32_t> server_named(std::uint32_t backend,
                                                          std::string_view wanted) const override;
  [[nodiscard]] std::string_view name(std::uint32_t proxy) const override;
  [[nodiscard]] std::uint32_t number(std::uint32_t proxy) const override;
  [[nodiscard]] std::string_view default_backend(std::uint32_t frontend) const override;
  [[nodiscard]] std::optional<std::int64_t> timeout(std::uint32_t proxy,
                                                    fetchers::TimeoutKind kind) const override;
  [[nodiscard]] std::uint32_t retries(std::uint32_t backend) const override;

 private:
  [[nodiscard]] const graph::Proxy* find(std::uint32_t proxy) const {
    return proxy < graph_.proxies.size() ? &graph_.proxies[proxy] : nullptr;
  }
  [[nodiscard]] std::optional<std::uint32_t> named(std::string_view wanted, bool graph::Proxy::* side) const;
  [[nodiscard]] Time now() const { return now_ != nullptr ? *now_ : Clock::now(); }

  const graph::Graph& graph_;
  const State& state_;
  const Time* now_;
};

}  // namespace shunt::route
