// The types of data that entries of stick tables hold: one row each, in the order in which they are shown.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::fetchers {

// Numbered as HAProxy's peers protocol numbers them.
enum class TableData : std::uint8_t {
  server_id,
  gpt0,
  gpc0,
  gpc0_rate,
  conn_cnt,
  conn_rate,
  conn_cur,
  sess_cnt,
  sess_rate,
  http_req_cnt,
  http_req_rate,
  http_err_cnt,
  http_err_rate,
  bytes_in_cnt,
  bytes_in_rate,
  bytes_out_cnt,
  bytes_out_rate,
  gpc1,
  gpc1_rate,
  server_key,
  http_fail_cnt,
  http_fail_rate,
  gpt,
  gpc,
  gpc_rate,
  glitch_cnt,
  glitch_rate
};
inline constexpr std::size_t table_data_count = 27;

// number: 32 bits; total: 64 bits; rate: a counter over a sliding period; name: one of a table's names.
enum class TableCell : std::uint8_t { number, total, rate, name };

struct TableDataRow {
  TableData data;
  std::string_view name;
  TableCell cell = TableCell::number;
  std::string_view element = {};  // of an array: what the name of each element begins with
  std::string_view suffix = {};   // ... and ends with
};

inline constexpr std::array<TableDataRow, table_data_count> table_data_rows = {{
    {TableData::server_id, "server_id"},
    {TableData::gpt0, "gpt0"},
    {TableData::gpc0, "gpc0"},
    {TableData::gpc0_rate, "gpc0_rate", TableCell::rate},
    {TableData::conn_cnt, "conn_cnt"},
    {TableData::conn_rate, "conn_rate", TableCell::rate},
    {TableData::conn_cur, "conn_cur"},
    {TableData::sess_cnt, "sess_cnt"},
    {TableData::sess_rate, "sess_rate", TableCell::rate},
    {TableData::http_req_cnt, "http_req_cnt"},
    {TableData::http_req_rate, "http_req_rate", TableCell::rate},
    {TableData::http_err_cnt, "http_err_cnt"},
    {TableData::http_err_rate, "http_err_rate", TableCell::rate},
    {TableData::bytes_in_cnt, "bytes_in_cnt", TableCell::total},
    {TableData::bytes_in_rate, "bytes_in_rate", TableCell::rate},
    {TableData::bytes_out_cnt, "bytes_out_cnt", TableCell::total},
    {TableData::bytes_out_rate, "bytes_out_rate", TableCell::rate},
    {TableData::gpc1, "gpc1"},
    {TableData::gpc1_rate, "gpc1_rate", TableCell::rate},
    {TableData::server_key, "server_key", TableCell::name},
    {TableData::http_fail_cnt, "http_fail_cnt"},
    {TableData::http_fail_rate, "http_fail_rate", TableCell::rate},
    {TableData::gpt, "gpt", TableCell::number, "gpt"},
    {TableData::gpc, "gpc", TableCell::number, "gpc"},
    {TableData::gpc_rate, "gpc_rate", TableCell::rate, "gpc", "_rate"},
    {TableData::glitch_cnt, "glitch_cnt"},
    {TableData::glitch_rate, "glitch_rate", TableCell::rate},
}};

[[nodiscard]] constexpr const TableDataRow& row_of(TableData data) {
  return table_data_rows[static_cast<std::size_t>(data)];
}
[[nodiscard]] constexpr std::optional<TableData> table_data_named(std::string_view name) {
  for (const TableDataRow& row : table_data_rows)
    if (row.name == name) return row.data;
  return std::nullopt;
}

static_assert([] {
  for (std::size_t i = 0; i < table_data_count; ++i)
    if (static_cast<std::size_t>(table_data_rows[i].data) != i) return false;
  return true;
}());

}  // namespace shunt::fetchers
