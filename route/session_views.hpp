// What fetches see of a session: its stream and its server's side. One of each per thread, pointed at the
// session that evaluates.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "fetchers/connection_view.hpp"
#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {
class TlsView;  // fetchers/tls_view.hpp
}

namespace shunt::graph {
struct Action;  // graph/graph.hpp
}

namespace shunt::route {

class Session;

// What only the owner of the sockets can tell. Nothing where there is none.
class Sockets {
 public:
  virtual ~Sockets() = default;
  [[nodiscard]] virtual std::optional<fetchers::TcpFacts> client_facts() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<fetchers::TcpFacts> server_facts() const { return std::nullopt; }
  [[nodiscard]] virtual std::size_t saved_syn(std::span<char> /*room*/) const { return 0; }
  virtual void mark_client(std::uint32_t /*mark*/) const {}
  virtual void set_client_tos(std::uint8_t /*tos*/) const {}
  // Our end of the connection to the server.
  [[nodiscard]] virtual fetchers::Endpoint server_source() const { return {}; }
  // null: no TLS towards the server.
  [[nodiscard]] virtual const fetchers::TlsView* server_tls() const { return nullptr; }
};

class StreamFacts final : public fetchers::StreamView {
 public:
  void look_at(const Session& session) { session_ = &session; }

  [[nodiscard]] std::string_view unique_id() const override;
  [[nodiscard]] std::uint32_t retries() const override;
  [[nodiscard]] bool redispatched() const override;
  [[nodiscard]] fetchers::StreamTimes times() const override;
  [[nodiscard]] fetchers::StreamBytes bytes() const override;
  [[nodiscard]] std::chrono::system_clock::time_point accept_date() const override;
  [[nodiscard]] std::string_view termination() const override;
  [[nodiscard]] fetchers::RuleOrigin last_rule() const override;
  [[nodiscard]] fetchers::RuleOrigin waiting_rule() const override;
  [[nodiscard]] std::uint32_t backend() const override;
  [[nodiscard]] std::uint32_t server() const override;
  [[nodiscard]] std::uint32_t listener() const override;
  [[nodiscard]] std::uint32_t listener_number() const override;
  [[nodiscard]] std::string_view listener_name() const override;
  [[nodiscard]] std::optional<std::int64_t> timeout(fetchers::TimeoutKind kind) const override;
  [[nodiscard]] std::uint64_t number() const override;
  [[nodiscard]] std::uint32_t calls() const override;
  [[nodiscard]] bool client_aborted() const override;
  [[nodiscard]] bool server_aborted() const override;
  [[nodiscard]] std::uint32_t places_in_server_queue() const override;
  [[nodiscard]] std::uint32_t places_in_backend_queue() const override;
  [[nodiscard]] std::int64_t priority_class() const override;
  [[nodiscard]] std::int64_t priority_offset() const override;
  [[nodiscard]] fetchers::TablesView* tables() const override;

 private:
  [[nodiscard]] fetchers::RuleOrigin origin(const graph::Action* rule) const;

  const Session* session_ = nullptr;
};

class ServerSide final : public fetchers::ConnectionView {
 public:
  void look_at(const Session& session) { session_ = &session; }

  [[nodiscard]] fetchers::Endpoint source() const override;
  [[nodiscard]] fetchers::Endpoint destination() const override;
  [[nodiscard]] std::optional<fetchers::TcpFacts> tcp_facts() const override;
  [[nodiscard]] bool exists() const override;
  [[nodiscard]] std::uint32_t error() const override;

 private:
  const Session* session_ = nullptr;
};

}  // namespace shunt::route
