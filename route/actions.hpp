// Running the actions of tcp-request and tcp-response rules: one function per action kind.
#pragma once
#include "fetchers/context.hpp"
#include "fetchers/process_view.hpp"
#include "graph/graph.hpp"

namespace shunt::route {

// What an action means for the list it stands in.
// `wait`: its value may still come; then the action is run again, its condition is not.
enum class ActionEffect : std::uint8_t { next_rule, accept, reject, close_server, vanish, wait };

enum class PacketOption : std::uint8_t { client_mark, client_tos, server_mark, server_tos };

// A session as its rules change it.
class Changes {
 public:
  virtual void set_source(const fetchers::Endpoint& source) = 0;
  virtual void set_destination(const fetchers::Endpoint& destination) = 0;
  virtual void set_packet_option(PacketOption option, std::uint32_t value) = 0;
  virtual void set_log_level(std::int64_t level) = 0;  // graph::LogLevel, or graph::silent_level
  virtual void set_priority_class(std::int32_t value) = 0;
  virtual void set_priority_offset(std::int32_t milliseconds) = 0;
  virtual void set_retries(std::uint32_t count) = 0;
  virtual void expect_proxy_header() = 0;
  virtual void expect_netscaler_header() = 0;
  // Nothing happens where that counter tracks something already.
  virtual void track(std::uint32_t counter, graph::TableId table, const fetchers::Sample& key,
                     fetchers::Scratch& scratch) = 0;
  virtual void vanish_with(std::optional<std::int64_t> ttl) = 0;  // how far the reset may go, if any is sent

 protected:
  ~Changes() = default;
};

// `session`: null where there is none, and then only variables are changed.
[[nodiscard]] ActionEffect run_action(const graph::Graph& graph, const graph::Action& action,
                                      fetchers::Context& context, Changes* session);

// Process variables that the file gives a value, in their order.
void set_first_values(const graph::Graph& graph, const fetchers::ProcessView& process,
                      fetchers::ProcessVariables& variables);

}  // namespace shunt::route
