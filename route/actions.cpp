// The table of actions of tcp-request and tcp-response rules.
#include "route/actions.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "fetchers/captures.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/tables_view.hpp"
#include "fetchers/variables.hpp"

namespace shunt::route {
namespace {

using fetchers::Endpoint;
using fetchers::Family;
using fetchers::Sample;
using fetchers::SampleType;
using graph::ActionKind;

struct Call {
  const graph::Graph& graph;
  const graph::Action& action;
  fetchers::Context& context;
  Changes* session;

  // An expression without a value changes nothing; it does not wait for one either.
  [[nodiscard]] bool evaluate(SampleType type, Sample& out) const {
    return graph.program.expressions().evaluate(action.expression, context, type, out).found;
  }
  [[nodiscard]] std::optional<std::int64_t> number() const {
    if (action.number) return action.number;
    Sample sample;
    return evaluate(SampleType::sint, sample) ? std::optional(sample.integer) : std::nullopt;
  }
};

constexpr auto next = ActionEffect::next_rule;

ActionEffect accept(const Call&) { return ActionEffect::accept; }
ActionEffect reject(const Call&) { return ActionEffect::reject; }
ActionEffect close(const Call&) { return ActionEffect::close_server; }
ActionEffect nothing(const Call&) { return next; }

ActionEffect vanish(const Call& call) {
  call.session->vanish_with(call.action.number);
  return ActionEffect::vanish;
}

// ---- variables and captures

// Unless a condition of the action stands against it.
void store(const Call& call, const Sample& value) {
  fetchers::Context& context = call.context;
  if (call.action.conditions != 0) {
    Sample old;
    const bool set = context.variables->get(call.action.variable, old, *context.scratch);
    if (!fetchers::may_be_set(call.action.conditions, call.action.variable, set ? &old : nullptr, value))
      return;
  }
  context.variables->set(call.action.variable, value);
}

void set_formatted(const Call& call) {
  std::string text;
  fetchers::write(*call.action.format, call.graph.program.expressions(), call.context, text);
  Sample sample;
  sample.set_string(text);
  store(call, sample);
}

ActionEffect set_var(const Call& call) {
  if (call.action.format) {
    set_formatted(call);
    return next;
  }
  Sample sample;
  if (call.graph.program.expressions().evaluate(call.action.expression, call.context, sample).found)
    store(call, sample);
  return next;
}

ActionEffect unset_var(const Call& call) {
  call.context.variables->unset(call.action.variable);
  return next;
}

ActionEffect capture(const Call& call) {
  Sample sample;
  if (call.context.captures != nullptr && call.evaluate(SampleType::str, sample))
    call.context.captures->store(fetchers::Message::request, call.action.slot, sample.text);
  return next;
}

// ---- addresses

// The port stays where there is one.
void change_address(const Call& call, const Endpoint& old, void (Changes::*set)(const Endpoint&)) {
  Sample sample;
  if (!call.evaluate(SampleType::addr, sample)) return;
  const bool has_port = old.family == Family::ipv4 || old.family == Family::ipv6;
  const Family family = sample.type == SampleType::ipv4 ? Family::ipv4 : Family::ipv6;
  (call.session->*set)(
      {.family = family, .port = has_port ? old.port : std::uint16_t{0}, .address = sample.address});
}

// An end without a port becomes 0.0.0.0 with one.
void change_port(const Call& call, Endpoint end, void (Changes::*set)(const Endpoint&)) {
  const auto port = call.number();
  if (!port) return;
  if (end.family != Family::ipv4 && end.family != Family::ipv6) end = {.family = Family::ipv4};
  end.port = static_cast<std::uint16_t>(*port);
  (call.session->*set)(end);
}

ActionEffect set_src(const Call& call) {
  change_address(call, call.context.client->source(), &Changes::set_source);
  return next;
}
ActionEffect set_src_port(const Call& call) {
  change_port(call, call.context.client->source(), &Changes::set_source);
  return next;
}
ActionEffect set_dst(const Call& call) {
  change_address(call, call.context.client->destination(), &Changes::set_destination);
  return next;
}
ActionEffect set_dst_port(const Call& call) {
  change_port(call, call.context.client->destination(), &Changes::set_destination);
  return next;
}

// ---- the session

template <PacketOption option>
ActionEffect set_packet_option(const Call& call) {
  if (const auto value = call.number())
    call.session->set_packet_option(option, static_cast<std::uint32_t>(*value));
  return next;
}

ActionEffect set_log_level(const Call& call) {
  call.session->set_log_level(*call.action.number);
  return next;
}

ActionEffect set_priority_class(const Call& call) {
  constexpr std::int64_t most = 2047;
  if (const auto value = call.number())
    call.session->set_priority_class(static_cast<std::int32_t>(std::clamp(*value, -most, most)));
  return next;
}

ActionEffect set_priority_offset(const Call& call) {
  constexpr std::int64_t most = 524287;
  if (const auto value = call.number())
    call.session->set_priority_offset(static_cast<std::int32_t>(std::clamp(*value, -most, most)));
  return next;
}

// What is out of range changes nothing.
ActionEffect set_retries(const Call& call) {
  const auto value = call.number();
  if (value && *value >= 0 && *value <= 100) call.session->set_retries(static_cast<std::uint32_t>(*value));
  return next;
}

ActionEffect expect_proxy(const Call& call) {
  call.session->expect_proxy_header();
  return next;
}
ActionEffect expect_netscaler_cip(const Call& call) {
  call.session->expect_netscaler_header();
  return next;
}

// ---- stick tables

// A key that can still become another one is waited for.
ActionEffect track(const Call& call) {
  Sample key;
  const fetchers::Fetched found =
      call.graph.program.expressions().evaluate(call.action.expression, call.context, key);
  if (found.may_change && !call.context.final) return ActionEffect::wait;
  if (found.found) call.session->track(call.action.slot, call.action.table, key, *call.context.scratch);
  return next;
}

void ask(const Call& call, fetchers::TableWish wish, fetchers::TableData data, std::uint64_t operand) {
  fetchers::TablesView* const tables =
      call.context.stream != nullptr ? call.context.stream->tables() : nullptr;
  if (tables == nullptr) return;
  const fetchers::TableQuestion question{
      .wish = wish, .data = data, .index = call.action.index, .slot = call.action.slot, .operand = operand};
  static_cast<void>(tables->ask(question, *call.context.scratch));
}

template <fetchers::TableWish wish, fetchers::TableData data>
ActionEffect change_counter(const Call& call) {
  const bool counts = wish == fetchers::TableWish::increment;
  const auto operand = counts ? std::optional<std::int64_t>(0) : call.number();
  if (operand) ask(call, wish, data, static_cast<std::uint32_t>(*operand));
  return next;
}

struct Row {
  ActionKind kind;
  ActionEffect (*run)(const Call&);
};

using Wish = fetchers::TableWish;
using Data = fetchers::TableData;

constexpr std::array rows = {
    Row{ActionKind::accept, accept},
    Row{ActionKind::reject, reject},
    Row{ActionKind::set_var, set_var},
    Row{ActionKind::unset_var, unset_var},
    Row{ActionKind::capture, capture},
    Row{ActionKind::close, close},
    Row{ActionKind::expect_netscaler_cip, expect_netscaler_cip},
    Row{ActionKind::expect_proxy, expect_proxy},
    Row{ActionKind::set_bc_mark, set_packet_option<PacketOption::server_mark>},
    Row{ActionKind::set_bc_tos, set_packet_option<PacketOption::server_tos>},
    Row{ActionKind::set_dst, set_dst},
    Row{ActionKind::set_dst_port, set_dst_port},
    Row{ActionKind::set_fc_mark, set_packet_option<PacketOption::client_mark>},
    Row{ActionKind::set_fc_tos, set_packet_option<PacketOption::client_tos>},
    Row{ActionKind::set_log_level, set_log_level},
    Row{ActionKind::set_nice, nothing},
    Row{ActionKind::set_priority_class, set_priority_class},
    Row{ActionKind::set_priority_offset, set_priority_offset},
    Row{ActionKind::set_retries, set_retries},
    Row{ActionKind::set_src, set_src},
    Row{ActionKind::set_src_port, set_src_port},
    Row{ActionKind::silent_drop, vanish},
    Row{ActionKind::do_resolve, nothing},  // Session::begin_asking
    Row{ActionKind::track_sc, track},
    Row{ActionKind::sc_inc_gpc, change_counter<Wish::increment, Data::gpc>},
    Row{ActionKind::sc_inc_gpc0, change_counter<Wish::increment, Data::gpc0>},
    Row{ActionKind::sc_inc_gpc1, change_counter<Wish::increment, Data::gpc1>},
    Row{ActionKind::sc_add_gpc, change_counter<Wish::add, Data::gpc>},
    Row{ActionKind::sc_set_gpt, change_counter<Wish::set, Data::gpt>},
    Row{ActionKind::sc_set_gpt0, change_counter<Wish::set, Data::gpt0>},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].kind) != i) return false;
  return true;
}
static_assert(rows.size() == graph::action_kind_count && in_order(),
              "one function per action kind, in their order");

}  // namespace

ActionEffect run_action(const graph::Graph& graph, const graph::Action& action, fetchers::Context& context,
                        Changes* session) {
  return rows[static_cast<std::size_t>(action.kind)].run({graph, action, context, session});
}

void set_first_values(const graph::Graph& graph, const fetchers::ProcessView& process,
                      fetchers::ProcessVariables& shared) {
  fetchers::Scratch scratch;
  fetchers::Variables variables(&shared);
  for (const graph::Action& action : graph.first_values) {
    scratch.reset();
    fetchers::Context context;
    context.scratch = &scratch;
    context.variables = &variables;
    context.process = &process;
    context.date = std::chrono::system_clock::now();
    static_cast<void>(run_action(graph, action, context, nullptr));
  }
}

}  // namespace shunt::route
