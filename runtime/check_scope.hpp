// What formats and expressions of one server's check can see.
#pragma once
#include <optional>
#include <string>

#include "fetchers/connection_view.hpp"
#include "fetchers/context.hpp"
#include "fetchers/log_record.hpp"
#include "fetchers/process_view.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/variables.hpp"
#include "route/proxies_view.hpp"
#include "runtime/generation.hpp"

namespace shunt::runtime {

class CheckScope {
 public:
  // `generation` and `server` must outlive it.
  CheckScope(const Generation& generation, const graph::Server& server);

  // For a new run: variables are gone, there is no connection.
  [[nodiscard]] fetchers::Context& begin();
  void connected(const fetchers::Endpoint& here, const fetchers::Endpoint& there);
  [[nodiscard]] const fetchers::ExpressionPool& pool() const {
    return generation_.graph->program.expressions();
  }
  // The value of x-haproxy-server-state. `health`: "UP 1/3".
  [[nodiscard]] std::string state_header(const std::string& health) const;

 private:
  [[nodiscard]] fetchers::Endpoint where() const;  // the server is, now

  struct Ends final : fetchers::ConnectionView {
    fetchers::Endpoint here = {}, there = {};
    [[nodiscard]] fetchers::Endpoint source() const override { return here; }
    [[nodiscard]] fetchers::Endpoint destination() const override { return there; }
  };
  struct Process final : fetchers::ProcessView {
    std::string host = {};
    [[nodiscard]] std::uint32_t pid() const override;
    [[nodiscard]] std::string_view hostname() const override { return host; }
    [[nodiscard]] std::optional<std::string_view> environment(const char* name) const override;
  };
  struct Stream final : fetchers::StreamView {
    std::uint32_t of_backend = 0, of_server = 0;
    [[nodiscard]] std::uint32_t backend() const override { return of_backend; }
    [[nodiscard]] std::uint32_t server() const override { return of_server; }
  };

  const Generation& generation_;
  const graph::Server& server_;
  route::StateProxiesView proxies_;
  Process process_ = {};
  Ends ends_ = {};
  Stream stream_ = {};
  fetchers::LogRecord record_ = {};
  fetchers::Scratch scratch_{4096};
  std::optional<fetchers::Variables> variables_ = {};
  fetchers::Context context_ = {};
};

}  // namespace shunt::runtime
