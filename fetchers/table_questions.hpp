// What fetches and converters ask stick tables, and what of the answer becomes their value.
#pragma once
#include "fetchers/rows.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/tables_view.hpp"

namespace shunt::fetchers::tables {

// A datum or another fact of an entry, and how it is shown.
struct Ask {
  TableWish wish = TableWish::read;
  TableData data = TableData::gpc0;
  std::uint8_t shift = 0;  // kilobytes
  bool indexed = false;    // the first argument is the place in an array
};

// What the names behind "sc_", "src_" and "table_" ask.
namespace ask {
inline constexpr Ask bytes_in_rate{.data = TableData::bytes_in_rate};
inline constexpr Ask bytes_out_rate{.data = TableData::bytes_out_rate};
inline constexpr Ask clr_gpc{.wish = TableWish::clear, .data = TableData::gpc, .indexed = true};
inline constexpr Ask clr_gpc0{.wish = TableWish::clear, .data = TableData::gpc0};
inline constexpr Ask clr_gpc1{.wish = TableWish::clear, .data = TableData::gpc1};
inline constexpr Ask conn_cnt{.data = TableData::conn_cnt};
inline constexpr Ask conn_cur{.data = TableData::conn_cur};
inline constexpr Ask conn_rate{.data = TableData::conn_rate};
inline constexpr Ask glitch_cnt{.data = TableData::glitch_cnt};
inline constexpr Ask glitch_rate{.data = TableData::glitch_rate};
inline constexpr Ask gpc{.data = TableData::gpc, .indexed = true};
inline constexpr Ask gpc0{.data = TableData::gpc0};
inline constexpr Ask gpc0_rate{.data = TableData::gpc0_rate};
inline constexpr Ask gpc1{.data = TableData::gpc1};
inline constexpr Ask gpc1_rate{.data = TableData::gpc1_rate};
inline constexpr Ask gpc_rate{.data = TableData::gpc_rate, .indexed = true};
inline constexpr Ask gpt{.data = TableData::gpt, .indexed = true};
inline constexpr Ask gpt0{.data = TableData::gpt0};
inline constexpr Ask http_err_cnt{.data = TableData::http_err_cnt};
inline constexpr Ask http_err_rate{.data = TableData::http_err_rate};
inline constexpr Ask http_fail_cnt{.data = TableData::http_fail_cnt};
inline constexpr Ask http_fail_rate{.data = TableData::http_fail_rate};
inline constexpr Ask http_req_cnt{.data = TableData::http_req_cnt};
inline constexpr Ask http_req_rate{.data = TableData::http_req_rate};
inline constexpr Ask inc_gpc{.wish = TableWish::increment, .data = TableData::gpc, .indexed = true};
inline constexpr Ask inc_gpc0{.wish = TableWish::increment, .data = TableData::gpc0};
inline constexpr Ask inc_gpc1{.wish = TableWish::increment, .data = TableData::gpc1};
inline constexpr Ask kbytes_in{.data = TableData::bytes_in_cnt, .shift = 10};
inline constexpr Ask kbytes_out{.data = TableData::bytes_out_cnt, .shift = 10};
inline constexpr Ask server_id{.data = TableData::server_id};
inline constexpr Ask sess_cnt{.data = TableData::sess_cnt};
inline constexpr Ask sess_rate{.data = TableData::sess_rate};
inline constexpr Ask trackers{.wish = TableWish::trackers};
inline constexpr Ask updt_conn_cnt{.wish = TableWish::count, .data = TableData::conn_cnt};
}  // namespace ask

[[nodiscard]] inline TablesView* of(const Context& context) {
  return context.stream != nullptr ? context.stream->tables() : nullptr;
}

// Nothing: the fetch has no value. An entry that isn't there counts 0; what isn't stored has no value, but an
// increment of it is 0.
[[nodiscard]] inline std::optional<std::int64_t> value_of(const Ask& ask, const TableAnswer& answer) {
  if (!answer.entry) return 0;
  if (answer.stored || ask.wish >= TableWish::trackers) return answer.value >> ask.shift;
  return ask.wish == TableWish::increment ? std::optional<std::int64_t>(0) : std::nullopt;
}

}  // namespace shunt::fetchers::tables
