// Fetches of stick tables and of what they count: of tracked entries, of the client's address, of whole
// tables.
#include <array>

#include "fetchers/connection_view.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/table_questions.hpp"

namespace shunt::fetchers {
namespace {

using tables::Ask;
namespace ask = tables::ask;

constexpr std::uint32_t by_argument = 0xffffffff;

// The arguments of a fetch, from the first one that was not read yet.
struct Rest {
  Arguments all;
  std::size_t next = 0;

  std::uint32_t number() { return static_cast<std::uint32_t>(all[next++].integer); }
  // The last one, if it is given.
  [[nodiscard]] std::uint32_t table() const { return next < all.size() ? all[next].reference : by_argument; }
};

Fetched answer(const Ask& ask, const TableAnswer& found, Sample& out) {
  const auto value = found.subject ? tables::value_of(ask, found) : std::nullopt;
  return value ? integer(*value, out) : Fetched{};
}

// "sc0_..." or "sc_...(0)": the index in an array comes first, then the counter, then the table.
TableQuestion question_of(std::uint32_t slot, const Ask& ask, Arguments arguments) {
  Rest rest{arguments};
  TableQuestion question{.wish = ask.wish, .data = ask.data};
  if (ask.indexed) question.index = rest.number();
  question.slot = slot == by_argument ? rest.number() : slot;
  question.table = rest.table();
  return question;
}

template <std::uint32_t slot, const Ask& ask>
Fetched of_slot(Context& context, Arguments arguments, Sample& out) {
  TablesView* const view = tables::of(context);
  if (view == nullptr) return {};
  return answer(ask, view->ask(question_of(slot, ask, arguments), *context.scratch), out);
}

template <const Ask& ask>
Fetched of_source(Context& context, Arguments arguments, Sample& out) {
  TablesView* const view = tables::of(context);
  if (view == nullptr || context.client == nullptr) return {};
  const Endpoint source = context.client->source();
  if (source.family != Family::ipv4 && source.family != Family::ipv6) return {};
  Sample address;
  address.type = source.family == Family::ipv4 ? SampleType::ipv4 : SampleType::ipv6;
  address.address = source.address;
  Rest rest{arguments};
  TableQuestion question{.wish = ask.wish, .data = ask.data, .key = &address};
  if (ask.indexed) question.index = rest.number();
  question.table = rest.table();
  return answer(ask, view->ask(question, *context.scratch), out);
}

template <std::uint32_t slot>
Fetched tracked(Context& context, Arguments arguments, Sample& out) {
  TablesView* const view = tables::of(context);
  const TableQuestion question = question_of(slot, ask::trackers, arguments);
  return boolean(view != nullptr && view->ask(question, *context.scratch).entry, out);
}

template <std::uint32_t slot>
Fetched key(Context& context, Arguments arguments, Sample& out) {
  TablesView* const view = tables::of(context);
  const std::uint32_t number = slot == by_argument ? static_cast<std::uint32_t>(arguments[0].integer) : slot;
  return {.found = view != nullptr && view->key(number, out, *context.scratch)};
}

Fetched entries(Context& context, Arguments arguments, Sample& out) {
  TablesView* const view = tables::of(context);
  return view != nullptr ? integer(view->entries(arguments[0].reference), out) : Fetched{};
}
Fetched free_entries(Context& context, Arguments arguments, Sample& out) {
  TablesView* const view = tables::of(context);
  return view != nullptr ? integer(view->free_entries(arguments[0].reference), out) : Fetched{};
}

constexpr FetchRow writes(std::string_view name, ArgumentSignature arguments, SampleType out,
                          std::uint32_t places, FetchFunction function, std::string_view text,
                          std::string_view since = {}) {
  FetchRow row = reads(name, arguments, out, places, function, text, since);
  row.purity = Purity::writes_state;
  return row;
}

constexpr std::array rows = {
    reads("sc0_bytes_in_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::bytes_in_rate>, "Bytes received per period, of the entry tracked in slot 0."),
    reads("sc0_bytes_out_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::bytes_out_rate>, "Bytes sent per period, of the entry tracked in slot 0."),
    writes("sc0_clr_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<0, ask::clr_gpc0>,
           "Clears the first general counter, yields what it was, of the entry tracked in slot 0."),
    writes("sc0_clr_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<0, ask::clr_gpc1>,
           "Clears the second general counter, yields what it was, of the entry tracked in slot 0."),
    reads("sc0_conn_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::conn_cnt>, "Connections counted, of the entry tracked in slot 0."),
    reads("sc0_conn_cur", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::conn_cur>, "Connections at the moment, of the entry tracked in slot 0."),
    reads("sc0_conn_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::conn_rate>, "Connections per period, of the entry tracked in slot 0."),
    reads("sc0_get_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::gpc0>, "The first general counter, of the entry tracked in slot 0."),
    reads("sc0_get_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::gpc1>, "The second general counter, of the entry tracked in slot 0."),
    reads("sc0_get_gpt0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::gpt0>, "The first general tag, of the entry tracked in slot 0."),
    reads("sc0_glitch_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::glitch_cnt>, "Protocol glitches, of the entry tracked in slot 0.", "3.0"),
    reads("sc0_glitch_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::glitch_rate>, "Protocol glitches per period, of the entry tracked in slot 0.",
          "3.0"),
    reads("sc0_gpc0_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::gpc0_rate>,
          "Increments of the first general counter per period, of the entry tracked in slot 0."),
    reads("sc0_gpc1_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::gpc1_rate>,
          "Increments of the second general counter per period, of the entry tracked in slot 0."),
    reads("sc0_http_err_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::http_err_cnt>, "Client HTTP errors, of the entry tracked in slot 0."),
    reads("sc0_http_err_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::http_err_rate>, "Client HTTP errors per period, of the entry tracked in slot 0."),
    reads("sc0_http_fail_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::http_fail_cnt>, "Server HTTP failures, of the entry tracked in slot 0."),
    reads("sc0_http_fail_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::http_fail_rate>,
          "Server HTTP failures per period, of the entry tracked in slot 0."),
    reads("sc0_http_req_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::http_req_cnt>, "HTTP requests, of the entry tracked in slot 0."),
    reads("sc0_http_req_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::http_req_rate>, "HTTP requests per period, of the entry tracked in slot 0."),
    writes("sc0_inc_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<0, ask::inc_gpc0>,
           "Increments the first general counter, yields the new value, of the entry tracked in slot 0."),
    writes("sc0_inc_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<0, ask::inc_gpc1>,
           "Increments the second general counter, yields the new value, of the entry tracked in slot 0."),
    reads("sc0_kbytes_in", {.types = {ArgumentType::table}}, SampleType::sint, places::client_connection,
          of_slot<0, ask::kbytes_in>, "Kilobytes received, of the entry tracked in slot 0."),
    reads("sc0_kbytes_out", {.types = {ArgumentType::table}}, SampleType::sint, places::client_connection,
          of_slot<0, ask::kbytes_out>, "Kilobytes sent, of the entry tracked in slot 0."),
    reads("sc0_key", {}, SampleType::any, places::process_state, key<0>,
          "The key, of the entry tracked in slot 0.", "3.2"),
    reads("sc0_sess_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::sess_cnt>, "Sessions, of the entry tracked in slot 0."),
    reads("sc0_sess_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::sess_rate>, "Sessions per period, of the entry tracked in slot 0."),
    reads("sc0_tracked", {.types = {ArgumentType::table}}, SampleType::boolean, places::process_state,
          tracked<0>, "Whether an entry is tracked, of the entry tracked in slot 0."),
    reads("sc0_trackers", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<0, ask::trackers>, "Streams tracking the entry, of the entry tracked in slot 0."),
    reads("sc1_bytes_in_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::bytes_in_rate>, "Bytes received per period, of the entry tracked in slot 1."),
    reads("sc1_bytes_out_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::bytes_out_rate>, "Bytes sent per period, of the entry tracked in slot 1."),
    writes("sc1_clr_gpc", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<1, ask::clr_gpc>,
           "Clears a general counter by number, yields what it was, of the entry tracked in slot 1."),
    writes("sc1_clr_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<1, ask::clr_gpc0>,
           "Clears the first general counter, yields what it was, of the entry tracked in slot 1."),
    writes("sc1_clr_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<1, ask::clr_gpc1>,
           "Clears the second general counter, yields what it was, of the entry tracked in slot 1."),
    reads("sc1_conn_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::conn_cnt>, "Connections counted, of the entry tracked in slot 1."),
    reads("sc1_conn_cur", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::conn_cur>, "Connections at the moment, of the entry tracked in slot 1."),
    reads("sc1_conn_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::conn_rate>, "Connections per period, of the entry tracked in slot 1."),
    reads("sc1_get_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::gpc0>, "The first general counter, of the entry tracked in slot 1."),
    reads("sc1_get_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::gpc1>, "The second general counter, of the entry tracked in slot 1."),
    reads("sc1_get_gpt0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::gpt0>, "The first general tag, of the entry tracked in slot 1."),
    reads("sc1_glitch_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::glitch_cnt>, "Protocol glitches, of the entry tracked in slot 1.", "3.0"),
    reads("sc1_glitch_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::glitch_rate>, "Protocol glitches per period, of the entry tracked in slot 1.",
          "3.0"),
    reads("sc1_gpc0_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::gpc0_rate>,
          "Increments of the first general counter per period, of the entry tracked in slot 1."),
    reads("sc1_gpc1_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::gpc1_rate>,
          "Increments of the second general counter per period, of the entry tracked in slot 1."),
    reads("sc1_http_err_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::http_err_cnt>, "Client HTTP errors, of the entry tracked in slot 1."),
    reads("sc1_http_err_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::http_err_rate>, "Client HTTP errors per period, of the entry tracked in slot 1."),
    reads("sc1_http_fail_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::http_fail_cnt>, "Server HTTP failures, of the entry tracked in slot 1."),
    reads("sc1_http_fail_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::http_fail_rate>,
          "Server HTTP failures per period, of the entry tracked in slot 1."),
    reads("sc1_http_req_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::http_req_cnt>, "HTTP requests, of the entry tracked in slot 1."),
    reads("sc1_http_req_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::http_req_rate>, "HTTP requests per period, of the entry tracked in slot 1."),
    writes("sc1_inc_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<1, ask::inc_gpc0>,
           "Increments the first general counter, yields the new value, of the entry tracked in slot 1."),
    writes("sc1_inc_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<1, ask::inc_gpc1>,
           "Increments the second general counter, yields the new value, of the entry tracked in slot 1."),
    reads("sc1_kbytes_in", {.types = {ArgumentType::table}}, SampleType::sint, places::client_connection,
          of_slot<1, ask::kbytes_in>, "Kilobytes received, of the entry tracked in slot 1."),
    reads("sc1_kbytes_out", {.types = {ArgumentType::table}}, SampleType::sint, places::client_connection,
          of_slot<1, ask::kbytes_out>, "Kilobytes sent, of the entry tracked in slot 1."),
    reads("sc1_key", {}, SampleType::any, places::process_state, key<1>,
          "The key, of the entry tracked in slot 1.", "3.2"),
    reads("sc1_sess_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::sess_cnt>, "Sessions, of the entry tracked in slot 1."),
    reads("sc1_sess_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::sess_rate>, "Sessions per period, of the entry tracked in slot 1."),
    reads("sc1_tracked", {.types = {ArgumentType::table}}, SampleType::boolean, places::process_state,
          tracked<1>, "Whether an entry is tracked, of the entry tracked in slot 1."),
    reads("sc1_trackers", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<1, ask::trackers>, "Streams tracking the entry, of the entry tracked in slot 1."),
    reads("sc2_bytes_in_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::bytes_in_rate>, "Bytes received per period, of the entry tracked in slot 2."),
    reads("sc2_bytes_out_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::bytes_out_rate>, "Bytes sent per period, of the entry tracked in slot 2."),
    writes("sc2_clr_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<2, ask::clr_gpc0>,
           "Clears the first general counter, yields what it was, of the entry tracked in slot 2."),
    writes("sc2_clr_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<2, ask::clr_gpc1>,
           "Clears the second general counter, yields what it was, of the entry tracked in slot 2."),
    reads("sc2_conn_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::conn_cnt>, "Connections counted, of the entry tracked in slot 2."),
    reads("sc2_conn_cur", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::conn_cur>, "Connections at the moment, of the entry tracked in slot 2."),
    reads("sc2_conn_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::conn_rate>, "Connections per period, of the entry tracked in slot 2."),
    reads("sc2_get_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::gpc0>, "The first general counter, of the entry tracked in slot 2."),
    reads("sc2_get_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::gpc1>, "The second general counter, of the entry tracked in slot 2."),
    reads("sc2_get_gpt0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::gpt0>, "The first general tag, of the entry tracked in slot 2."),
    reads("sc2_glitch_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::glitch_cnt>, "Protocol glitches, of the entry tracked in slot 2.", "3.0"),
    reads("sc2_glitch_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::glitch_rate>, "Protocol glitches per period, of the entry tracked in slot 2.",
          "3.0"),
    reads("sc2_gpc0_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::gpc0_rate>,
          "Increments of the first general counter per period, of the entry tracked in slot 2."),
    reads("sc2_gpc1_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::gpc1_rate>,
          "Increments of the second general counter per period, of the entry tracked in slot 2."),
    reads("sc2_http_err_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::http_err_cnt>, "Client HTTP errors, of the entry tracked in slot 2."),
    reads("sc2_http_err_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::http_err_rate>, "Client HTTP errors per period, of the entry tracked in slot 2."),
    reads("sc2_http_fail_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::http_fail_cnt>, "Server HTTP failures, of the entry tracked in slot 2."),
    reads("sc2_http_fail_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::http_fail_rate>,
          "Server HTTP failures per period, of the entry tracked in slot 2."),
    reads("sc2_http_req_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::http_req_cnt>, "HTTP requests, of the entry tracked in slot 2."),
    reads("sc2_http_req_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::http_req_rate>, "HTTP requests per period, of the entry tracked in slot 2."),
    writes("sc2_inc_gpc0", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<2, ask::inc_gpc0>,
           "Increments the first general counter, yields the new value, of the entry tracked in slot 2."),
    writes("sc2_inc_gpc1", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
           of_slot<2, ask::inc_gpc1>,
           "Increments the second general counter, yields the new value, of the entry tracked in slot 2."),
    reads("sc2_kbytes_in", {.types = {ArgumentType::table}}, SampleType::sint, places::client_connection,
          of_slot<2, ask::kbytes_in>, "Kilobytes received, of the entry tracked in slot 2."),
    reads("sc2_kbytes_out", {.types = {ArgumentType::table}}, SampleType::sint, places::client_connection,
          of_slot<2, ask::kbytes_out>, "Kilobytes sent, of the entry tracked in slot 2."),
    reads("sc2_key", {}, SampleType::any, places::process_state, key<2>,
          "The key, of the entry tracked in slot 2.", "3.2"),
    reads("sc2_sess_cnt", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::sess_cnt>, "Sessions, of the entry tracked in slot 2."),
    reads("sc2_sess_rate", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::sess_rate>, "Sessions per period, of the entry tracked in slot 2."),
    reads("sc2_tracked", {.types = {ArgumentType::table}}, SampleType::boolean, places::process_state,
          tracked<2>, "Whether an entry is tracked, of the entry tracked in slot 2."),
    reads("sc2_trackers", {.types = {ArgumentType::table}}, SampleType::sint, places::process_state,
          of_slot<2, ask::trackers>, "Streams tracking the entry, of the entry tracked in slot 2."),
    reads("sc_bytes_in_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::bytes_in_rate>,
          "Bytes received per period, of the entry tracked in the given slot."),
    reads("sc_bytes_out_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::bytes_out_rate>,
          "Bytes sent per period, of the entry tracked in the given slot."),
    writes("sc_clr_gpc",
           {.required = 2, .types = {ArgumentType::sint, ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<by_argument, ask::clr_gpc>,
           "Clears a general counter by number, yields what it was, of the entry tracked in the given slot."),
    writes("sc_clr_gpc0", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<by_argument, ask::clr_gpc0>,
           "Clears the first general counter, yields what it was, of the entry tracked in the given slot."),
    writes("sc_clr_gpc1", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<by_argument, ask::clr_gpc1>,
           "Clears the second general counter, yields what it was, of the entry tracked in the given slot."),
    reads("sc_conn_cnt", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::conn_cnt>,
          "Connections counted, of the entry tracked in the given slot."),
    reads("sc_conn_cur", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::conn_cur>,
          "Connections at the moment, of the entry tracked in the given slot."),
    reads("sc_conn_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::conn_rate>,
          "Connections per period, of the entry tracked in the given slot."),
    reads("sc_get_gpc",
          {.required = 2, .types = {ArgumentType::sint, ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpc>,
          "A general counter by number, of the entry tracked in the given slot."),
    reads("sc_get_gpc0", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpc0>,
          "The first general counter, of the entry tracked in the given slot."),
    reads("sc_get_gpc1", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpc1>,
          "The second general counter, of the entry tracked in the given slot."),
    reads("sc_get_gpt",
          {.required = 2, .types = {ArgumentType::sint, ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpt>,
          "A general tag by number, of the entry tracked in the given slot."),
    reads("sc_get_gpt0", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpt0>,
          "The first general tag, of the entry tracked in the given slot."),
    reads("sc_glitch_cnt", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::glitch_cnt>,
          "Protocol glitches, of the entry tracked in the given slot.", "3.0"),
    reads("sc_glitch_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::glitch_rate>,
          "Protocol glitches per period, of the entry tracked in the given slot.", "3.0"),
    reads("sc_gpc0_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpc0_rate>,
          "Increments of the first general counter per period, of the entry tracked in the given slot."),
    reads("sc_gpc1_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpc1_rate>,
          "Increments of the second general counter per period, of the entry tracked in the given slot."),
    reads("sc_gpc_rate",
          {.required = 2, .types = {ArgumentType::sint, ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::gpc_rate>,
          "Increments of a general counter per period, of the entry tracked in the given slot."),
    reads("sc_http_err_cnt", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::http_err_cnt>,
          "Client HTTP errors, of the entry tracked in the given slot."),
    reads("sc_http_err_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::http_err_rate>,
          "Client HTTP errors per period, of the entry tracked in the given slot."),
    reads("sc_http_fail_cnt", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::http_fail_cnt>,
          "Server HTTP failures, of the entry tracked in the given slot."),
    reads("sc_http_fail_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::http_fail_rate>,
          "Server HTTP failures per period, of the entry tracked in the given slot."),
    reads("sc_http_req_cnt", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::http_req_cnt>,
          "HTTP requests, of the entry tracked in the given slot."),
    reads("sc_http_req_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::http_req_rate>,
          "HTTP requests per period, of the entry tracked in the given slot."),
    writes("sc_inc_gpc",
           {.required = 2, .types = {ArgumentType::sint, ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<by_argument, ask::inc_gpc>,
           "Increments a general counter by number, yields the new value, of the entry tracked in the given "
           "slot."),
    writes("sc_inc_gpc0", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<by_argument, ask::inc_gpc0>,
           "Increments the first general counter, yields the new value, of the entry tracked in the given "
           "slot."),
    writes("sc_inc_gpc1", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::process_state, of_slot<by_argument, ask::inc_gpc1>,
           "Increments the second general counter, yields the new value, of the entry tracked in the given "
           "slot."),
    reads("sc_kbytes_in", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::client_connection, of_slot<by_argument, ask::kbytes_in>,
          "Kilobytes received, of the entry tracked in the given slot."),
    reads("sc_kbytes_out", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::client_connection, of_slot<by_argument, ask::kbytes_out>,
          "Kilobytes sent, of the entry tracked in the given slot."),
    reads("sc_key", {.required = 1, .types = {ArgumentType::sint}}, SampleType::any, places::process_state,
          key<by_argument>, "The key, of the entry tracked in the given slot.", "3.2"),
    reads("sc_sess_cnt", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::sess_cnt>,
          "Sessions, of the entry tracked in the given slot."),
    reads("sc_sess_rate", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::sess_rate>,
          "Sessions per period, of the entry tracked in the given slot."),
    reads("sc_tracked", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::boolean, places::process_state, tracked<by_argument>,
          "Whether an entry is tracked, of the entry tracked in the given slot."),
    reads("sc_trackers", {.required = 1, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::process_state, of_slot<by_argument, ask::trackers>,
          "Streams tracking the entry, of the entry tracked in the given slot."),
    reads("src_bytes_in_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::bytes_in_rate>,
          "Bytes received per period, of the client's address in a table."),
    reads("src_bytes_out_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::bytes_out_rate>,
          "Bytes sent per period, of the client's address in a table."),
    writes("src_clr_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
           SampleType::sint, places::client_connection, of_source<ask::clr_gpc>,
           "Clears a general counter by number, yields what it was, of the client's address in a table."),
    writes("src_clr_gpc0", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
           places::client_connection, of_source<ask::clr_gpc0>,
           "Clears the first general counter, yields what it was, of the client's address in a table."),
    writes("src_clr_gpc1", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
           places::client_connection, of_source<ask::clr_gpc1>,
           "Clears the second general counter, yields what it was, of the client's address in a table."),
    reads("src_conn_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::conn_cnt>,
          "Connections counted, of the client's address in a table."),
    reads("src_conn_cur", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::conn_cur>,
          "Connections at the moment, of the client's address in a table."),
    reads("src_conn_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::conn_rate>,
          "Connections per period, of the client's address in a table."),
    reads("src_get_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::client_connection, of_source<ask::gpc>,
          "A general counter by number, of the client's address in a table."),
    reads("src_get_gpc0", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::gpc0>,
          "The first general counter, of the client's address in a table."),
    reads("src_get_gpc1", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::gpc1>,
          "The second general counter, of the client's address in a table."),
    reads("src_get_gpt", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::client_connection, of_source<ask::gpt>,
          "A general tag by number, of the client's address in a table."),
    reads("src_get_gpt0", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::gpt0>,
          "The first general tag, of the client's address in a table."),
    reads("src_glitch_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::glitch_cnt>,
          "Protocol glitches, of the client's address in a table.", "3.0"),
    reads("src_glitch_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::glitch_rate>,
          "Protocol glitches per period, of the client's address in a table.", "3.0"),
    reads("src_gpc0_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::gpc0_rate>,
          "Increments of the first general counter per period, of the client's address in a table."),
    reads("src_gpc1_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::gpc1_rate>,
          "Increments of the second general counter per period, of the client's address in a table."),
    reads("src_gpc_rate", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::sint, places::client_connection, of_source<ask::gpc_rate>,
          "Increments of a general counter per period, of the client's address in a table."),
    reads("src_http_err_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::http_err_cnt>,
          "Client HTTP errors, of the client's address in a table."),
    reads("src_http_err_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::http_err_rate>,
          "Client HTTP errors per period, of the client's address in a table."),
    reads("src_http_fail_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::http_fail_cnt>,
          "Server HTTP failures, of the client's address in a table."),
    reads("src_http_fail_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::http_fail_rate>,
          "Server HTTP failures per period, of the client's address in a table."),
    reads("src_http_req_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::http_req_cnt>,
          "HTTP requests, of the client's address in a table."),
    reads("src_http_req_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::http_req_rate>,
          "HTTP requests per period, of the client's address in a table."),
    writes(
        "src_inc_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}}, SampleType::sint,
        places::client_connection, of_source<ask::inc_gpc>,
        "Increments a general counter by number, yields the new value, of the client's address in a table."),
    writes("src_inc_gpc0", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
           places::client_connection, of_source<ask::inc_gpc0>,
           "Increments the first general counter, yields the new value, of the client's address in a table."),
    writes(
        "src_inc_gpc1", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
        places::client_connection, of_source<ask::inc_gpc1>,
        "Increments the second general counter, yields the new value, of the client's address in a table."),
    reads("src_kbytes_in", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::kbytes_in>,
          "Kilobytes received, of the client's address in a table."),
    reads("src_kbytes_out", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::kbytes_out>,
          "Kilobytes sent, of the client's address in a table."),
    reads("src_sess_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::sess_cnt>,
          "Sessions, of the client's address in a table."),
    reads("src_sess_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::client_connection, of_source<ask::sess_rate>,
          "Sessions per period, of the client's address in a table."),
    writes("src_updt_conn_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
           places::client_connection, of_source<ask::updt_conn_cnt>,
           "Counts a connection of the client's address in a table and yields the count."),
    reads("table_avl", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::process_state, free_entries, "The free entries of a table."),
    reads("table_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::sint,
          places::process_state, entries, "The entries of a table."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows counter_fetches() { return rows; }

}  // namespace shunt::fetchers
