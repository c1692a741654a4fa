// Converters that look a value up in a stick table.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/table_questions.hpp"

namespace shunt::fetchers {
namespace {

using tables::Ask;
namespace ask = tables::ask;

// Without a subject: what comes in can't be a key of the table, and there is no value.
TableAnswer look_up(const Context& context, const Sample& key, TableQuestion question) {
  TablesView* const view = tables::of(context);
  question.key = &key;
  return view != nullptr ? view->ask(question, *context.scratch) : TableAnswer{};
}

template <const Ask& ask>
bool datum(Context& context, Arguments arguments, Sample& sample) {
  const ArgumentValue& table = arguments[ask.indexed ? 1 : 0];
  TableQuestion question{.wish = ask.wish, .data = ask.data, .table = table.reference};
  if (ask.indexed) question.index = static_cast<std::uint32_t>(arguments[0].integer);
  const TableAnswer answer = look_up(context, sample, question);
  const auto value = answer.subject ? tables::value_of(ask, answer) : std::nullopt;
  if (value) sample.set_integer(*value);
  return value.has_value();
}

bool in_table(Context& context, Arguments arguments, Sample& sample) {
  const TableQuestion question{.wish = TableWish::trackers, .table = arguments[0].reference};
  const TableAnswer answer = look_up(context, sample, question);
  sample.set_boolean(answer.entry);
  return answer.subject;
}

// HAProxy counts the one that asks, too [seen].
bool trackers(Context& context, Arguments arguments, Sample& sample) {
  const TableQuestion question{.wish = TableWish::trackers, .table = arguments[0].reference};
  const TableAnswer answer = look_up(context, sample, question);
  sample.set_integer(answer.entry ? answer.value + 1 : 0);
  return answer.subject;
}

// Without an entry there is only the default.
template <TableWish wish>
bool time(Context& context, Arguments arguments, Sample& sample) {
  const TableQuestion question{.wish = wish, .table = arguments[0].reference};
  const TableAnswer answer = look_up(context, sample, question);
  const bool has_default = answer.subject && arguments.size() > 1 && arguments[1].type == ArgumentType::sint;
  if (answer.entry)
    sample.set_integer(answer.value);
  else if (has_default)
    sample.set_integer(arguments[1].integer);
  return answer.entry || has_default;
}

constexpr ConverterRow looks_up(std::string_view name, ArgumentSignature arguments, ConvertFunction function,
                                std::string_view text, std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .in = SampleType::any,
          .out = name == "in_table" ? SampleType::boolean : SampleType::sint,
          .purity = Purity::reads_state,
          .function = function,
          .since = since,
          .documentation = text};
}
constexpr ConverterRow changes(std::string_view name, ArgumentSignature arguments, ConvertFunction function,
                               std::string_view text, std::string_view since = {}) {
  ConverterRow row = looks_up(name, arguments, function, text, since);
  row.purity = Purity::writes_state;
  return row;
}

constexpr std::array rows = {
    looks_up("in_table", {.required = 1, .types = {ArgumentType::table}}, in_table,
             "Whether the value is a key of a table."),
    looks_up("table_bytes_in_rate", {.required = 1, .types = {ArgumentType::table}},
             datum<ask::bytes_in_rate>, "Bytes received per period of the key in a table."),
    looks_up("table_bytes_out_rate", {.required = 1, .types = {ArgumentType::table}},
             datum<ask::bytes_out_rate>, "Bytes sent per period of the key in a table."),
    changes("table_clr_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
            datum<ask::clr_gpc>, "Zeroes gpc[idx]; returns the old value; creates the entry.", "3.2"),
    changes("table_clr_gpc0", {.required = 1, .types = {ArgumentType::table}}, datum<ask::clr_gpc0>,
            "Same for gpc0.", "3.2"),
    changes("table_clr_gpc1", {.required = 1, .types = {ArgumentType::table}}, datum<ask::clr_gpc1>,
            "Same for gpc1.", "3.2"),
    looks_up("table_conn_cnt", {.required = 1, .types = {ArgumentType::table}}, datum<ask::conn_cnt>,
             "Connections counted of the key in a table."),
    looks_up("table_conn_cur", {.required = 1, .types = {ArgumentType::table}}, datum<ask::conn_cur>,
             "Connections at the moment of the key in a table."),
    looks_up("table_conn_rate", {.required = 1, .types = {ArgumentType::table}}, datum<ask::conn_rate>,
             "Connections per period of the key in a table."),
    looks_up("table_expire", {.required = 1, .types = {ArgumentType::table, ArgumentType::sint}},
             time<TableWish::remaining>, "Remaining milliseconds of the key in a table."),
    looks_up("table_glitch_cnt", {.required = 1, .types = {ArgumentType::table}}, datum<ask::glitch_cnt>,
             "Stored glitch count of the key, 0 if absent.", "3.0"),
    looks_up("table_glitch_rate", {.required = 1, .types = {ArgumentType::table}}, datum<ask::glitch_rate>,
             "Stored glitch rate, 0 if absent.", "3.0"),
    looks_up("table_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
             datum<ask::gpc>, "A general counter by number of the key in a table."),
    looks_up("table_gpc0", {.required = 1, .types = {ArgumentType::table}}, datum<ask::gpc0>,
             "The first general counter of the key in a table."),
    looks_up("table_gpc0_rate", {.required = 1, .types = {ArgumentType::table}}, datum<ask::gpc0_rate>,
             "Increments of the first general counter per period of the key in a table."),
    looks_up("table_gpc1", {.required = 1, .types = {ArgumentType::table}}, datum<ask::gpc1>,
             "The second general counter of the key in a table."),
    looks_up("table_gpc1_rate", {.required = 1, .types = {ArgumentType::table}}, datum<ask::gpc1_rate>,
             "Increments of the second general counter per period of the key in a table."),
    looks_up("table_gpc_rate", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
             datum<ask::gpc_rate>, "Increments of a general counter per period of the key in a table."),
    looks_up("table_gpt", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
             datum<ask::gpt>, "A general tag by number of the key in a table."),
    looks_up("table_gpt0", {.required = 1, .types = {ArgumentType::table}}, datum<ask::gpt0>,
             "The first general tag of the key in a table."),
    looks_up("table_http_err_cnt", {.required = 1, .types = {ArgumentType::table}}, datum<ask::http_err_cnt>,
             "Client HTTP errors of the key in a table."),
    looks_up("table_http_err_rate", {.required = 1, .types = {ArgumentType::table}},
             datum<ask::http_err_rate>, "Client HTTP errors per period of the key in a table."),
    looks_up("table_http_fail_cnt", {.required = 1, .types = {ArgumentType::table}},
             datum<ask::http_fail_cnt>, "Server HTTP failures of the key in a table."),
    looks_up("table_http_fail_rate", {.required = 1, .types = {ArgumentType::table}},
             datum<ask::http_fail_rate>, "Server HTTP failures per period of the key in a table."),
    looks_up("table_http_req_cnt", {.required = 1, .types = {ArgumentType::table}}, datum<ask::http_req_cnt>,
             "HTTP requests of the key in a table."),
    looks_up("table_http_req_rate", {.required = 1, .types = {ArgumentType::table}},
             datum<ask::http_req_rate>, "HTTP requests per period of the key in a table."),
    looks_up("table_idle", {.required = 1, .types = {ArgumentType::table, ArgumentType::sint}},
             time<TableWish::idle>, "Milliseconds since the last use of the key in a table."),
    changes("table_inc_gpc", {.required = 2, .types = {ArgumentType::sint, ArgumentType::table}},
            datum<ask::inc_gpc>, "Increments gpc[idx]; returns the new value; creates the entry.", "3.2"),
    changes("table_inc_gpc0", {.required = 1, .types = {ArgumentType::table}}, datum<ask::inc_gpc0>,
            "Same for gpc0.", "3.2"),
    changes("table_inc_gpc1", {.required = 1, .types = {ArgumentType::table}}, datum<ask::inc_gpc1>,
            "Same for gpc1.", "3.2"),
    looks_up("table_kbytes_in", {.required = 1, .types = {ArgumentType::table}}, datum<ask::kbytes_in>,
             "Kilobytes received of the key in a table."),
    looks_up("table_kbytes_out", {.required = 1, .types = {ArgumentType::table}}, datum<ask::kbytes_out>,
             "Kilobytes sent of the key in a table."),
    looks_up("table_server_id", {.required = 1, .types = {ArgumentType::table}}, datum<ask::server_id>,
             "The stored server number of the key in a table."),
    looks_up("table_sess_cnt", {.required = 1, .types = {ArgumentType::table}}, datum<ask::sess_cnt>,
             "Sessions of the key in a table."),
    looks_up("table_sess_rate", {.required = 1, .types = {ArgumentType::table}}, datum<ask::sess_rate>,
             "Sessions per period of the key in a table."),
    looks_up("table_trackers", {.required = 1, .types = {ArgumentType::table}}, trackers,
             "Streams tracking the entry of the key in a table."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows table_converters() { return rows; }

}  // namespace shunt::fetchers
