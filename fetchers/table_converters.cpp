// Converters that look a value up in a stick table: known by name and judged, not executed yet.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array rows = {
    later("in_table", {.required = 1, .types = {ArgumentType::table}}, SampleType::any, SampleType::boolean,
          "Whether the value is a key of a table."),
    later("table_bytes_in_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Bytes received per period of the key in a table."),
    later("table_bytes_out_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Bytes sent per period of the key in a table."),
    later("table_clr_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::any, SampleType::sint, "Zeroes gpc[idx]; returns the old value; creates the entry.",
          "3.2"),
    later("table_clr_gpc0", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Same for gpc0.", "3.2"),
    later("table_clr_gpc1", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Same for gpc1.", "3.2"),
    later("table_conn_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Connections counted of the key in a table."),
    later("table_conn_cur", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Connections at the moment of the key in a table."),
    later("table_conn_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Connections per period of the key in a table."),
    later("table_expire", {.required = 1, .types = {ArgumentType::table, ArgumentType::sint}},
          SampleType::any, SampleType::sint, "Remaining milliseconds of the key in a table."),
    later("table_glitch_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Stored glitch count of the key, 0 if absent.", "3.0"),
    later("table_glitch_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Stored glitch rate, 0 if absent.", "3.0"),
    later("table_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}}, SampleType::any,
          SampleType::sint, "A general counter by number of the key in a table."),
    later("table_gpc0", {.required = 1, .types = {ArgumentType::table}}, SampleType::any, SampleType::sint,
          "The first general counter of the key in a table."),
    later("table_gpc0_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Increments of the first general counter per period of the key in a table."),
    later("table_gpc1", {.required = 1, .types = {ArgumentType::table}}, SampleType::any, SampleType::sint,
          "The second general counter of the key in a table."),
    later("table_gpc1_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Increments of the second general counter per period of the key in a table."),
    later("table_gpc_rate", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::any, SampleType::sint,
          "Increments of a general counter per period of the key in a table."),
    later("table_gpt", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}}, SampleType::any,
          SampleType::sint, "A general tag by number of the key in a table."),
    later("table_gpt0", {.required = 1, .types = {ArgumentType::table}}, SampleType::any, SampleType::sint,
          "The first general tag of the key in a table."),
    later("table_http_err_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Client HTTP errors of the key in a table."),
    later("table_http_err_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Client HTTP errors per period of the key in a table."),
    later("table_http_fail_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Server HTTP failures of the key in a table."),
    later("table_http_fail_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Server HTTP failures per period of the key in a table."),
    later("table_http_req_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "HTTP requests of the key in a table."),
    later("table_http_req_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "HTTP requests per period of the key in a table."),
    later("table_idle", {.required = 1, .types = {ArgumentType::table, ArgumentType::sint}}, SampleType::any,
          SampleType::sint, "Milliseconds since the last use of the key in a table."),
    later("table_inc_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
          SampleType::any, SampleType::sint, "Increments gpc[idx]; returns the new value; creates the entry.",
          "3.2"),
    later("table_inc_gpc0", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Same for gpc0.", "3.2"),
    later("table_inc_gpc1", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Same for gpc1.", "3.2"),
    later("table_kbytes_in", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Kilobytes received of the key in a table."),
    later("table_kbytes_out", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Kilobytes sent of the key in a table."),
    later("table_server_id", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "The stored server number of the key in a table."),
    later("table_sess_cnt", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Sessions of the key in a table."),
    later("table_sess_rate", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Sessions per period of the key in a table."),
    later("table_trackers", {.required = 1, .types = {ArgumentType::table}}, SampleType::any,
          SampleType::sint, "Streams tracking the entry of the key in a table."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows table_converters() { return rows; }

}  // namespace shunt::fetchers
