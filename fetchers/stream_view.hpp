// The stream that is being decided or has ended, as fetches see it.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/proxies_view.hpp"

namespace shunt::fetchers {

class TablesView;  // fetchers/tables_view.hpp

// Milliseconds as log lines print them, -1 where the step was never reached.
struct StreamTimes {
  std::int64_t handshake = 0;
  std::int64_t queue = -1;
  std::int64_t connect = -1;
  std::int64_t total = 0;
};

// Time that passed after the connection to the server stood (%Td).
[[nodiscard]] std::int64_t data_ms(const StreamTimes& times);
// Time without the handshakes (%Ta).
[[nodiscard]] std::int64_t active_ms(const StreamTimes& times);

struct StreamBytes {
  std::uint64_t from_client = 0, to_server = 0, from_server = 0, to_client = 0;
};

// Where the last rule stands that ended a list.
struct RuleOrigin {
  std::string_view file = {};  // empty: no such rule
  std::uint32_t line = 0;
};

// What one routing decision is made of beside its bytes: timers, timeouts, retries, its end.
class StreamView {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  virtual ~StreamView() = default;
  [[nodiscard]] virtual std::string_view unique_id() const { return {}; }
  [[nodiscard]] virtual std::uint32_t retries() const { return 0; }
  [[nodiscard]] virtual bool redispatched() const { return false; }
  [[nodiscard]] virtual StreamTimes times() const { return {}; }
  [[nodiscard]] virtual StreamBytes bytes() const { return {}; }
  [[nodiscard]] virtual std::chrono::system_clock::time_point accept_date() const { return {}; }
  [[nodiscard]] virtual std::string_view termination() const { return "--"; }
  [[nodiscard]] virtual RuleOrigin last_rule() const { return {}; }
  // The rule that was waited for when the stream ended.
  [[nodiscard]] virtual RuleOrigin waiting_rule() const { return {}; }
  // A chosen backend and server; `none` before that.
  [[nodiscard]] virtual std::uint32_t backend() const { return none; }
  [[nodiscard]] virtual std::uint32_t server() const { return none; }
  [[nodiscard]] virtual std::uint32_t listener() const { return none; }
  [[nodiscard]] virtual std::uint32_t listener_number() const { return 0; }
  [[nodiscard]] virtual std::string_view listener_name() const { return {}; }
  // The limit in force, which a rule may have changed. Milliseconds.
  [[nodiscard]] virtual std::optional<std::int64_t> timeout(TimeoutKind) const { return std::nullopt; }
  [[nodiscard]] virtual std::uint64_t number() const { return 0; }  // of all streams of the process
  [[nodiscard]] virtual std::uint32_t calls() const { return 0; }   // how often it was looked after
  [[nodiscard]] virtual bool client_aborted() const { return false; }
  [[nodiscard]] virtual bool server_aborted() const { return false; }
  [[nodiscard]] virtual std::uint32_t places_in_server_queue() const { return 0; }   // %sq
  [[nodiscard]] virtual std::uint32_t places_in_backend_queue() const { return 0; }  // %bq
  [[nodiscard]] virtual std::int64_t priority_class() const { return 0; }
  [[nodiscard]] virtual std::int64_t priority_offset() const { return 0; }
  // Stick tables; null: there are none. Fetches may write there.
  [[nodiscard]] virtual TablesView* tables() const { return nullptr; }
};

}  // namespace shunt::fetchers
