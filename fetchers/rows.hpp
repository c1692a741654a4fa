// Rows of the tables of fetches and converters: name, signature, class, status, function. Everything else is
// derived from them.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fetchers/context.hpp"
#include "fetchers/sample.hpp"
#include "fetchers/variables.hpp"

namespace shunt::fetchers {

// How far this build is with a name of the language (DESIGN, "Status").
enum class Status : std::uint8_t { runs, no_effect, deprecated, removed, unsupported };

// pure: a function of bytes and addresses. Only pure chains may be shared, folded, fused or dropped.
enum class Purity : std::uint8_t { pure, reads_state, writes_state };

// Where a rule stands, as bits: what HAProxy's `-dKsmp` matrix calls use points.
enum class Place : std::uint32_t {
  tcp_connection = 1u << 0,  // tcp-request connection
  tcp_session = 1u << 1,     // tcp-request session
  fe_tcp_content = 1u << 2,  // tcp-request content in a frontend
  fe_http_request = 1u << 3,
  fe_set_backend = 1u << 4,  // use_backend
  be_tcp_content = 1u << 5,
  be_http_request = 1u << 6,
  be_set_server = 1u << 7,      // use-server, stick, balance expressions
  be_server_connect = 1u << 8,  // sni, source
  be_tcp_response = 1u << 9,
  be_http_response = 1u << 10,
  fe_http_response = 1u << 11,
  fe_log_end = 1u << 12,  // log formats
  be_check = 1u << 13,
  config = 1u << 14,  // evaluated when the file is read
  cli = 1u << 15,
};

// operand: an integer or the name of a variable that holds one (`add(txn.n)`). field_number: "1.2.3". sink:
// where `debug` writes to.
enum class ArgumentType : std::uint8_t {
  none,
  sint,
  str,
  ipv4,
  ipv6,
  mask4,
  mask6,
  time,
  size,
  frontend,
  backend,
  server,
  userlist,
  table,
  regex,
  variable,
  map,
  ssl,
  pattern,
  operand,
  field_number,
  sink
};

class Lookup;  // fetchers/lookup.hpp

// One compiled argument.
struct ArgumentValue {
  ArgumentType type = ArgumentType::none;
  std::int64_t integer = 0;
  std::string text = {};
  std::array<std::uint8_t, 16> address = {};
  VariableRef variable = {};
  std::uint32_t reference = 0xffffffff;  // id that the linker puts in the place of a name
  std::shared_ptr<const void> compiled =
      {};                          // what the row's check made of the text: a regular expression, a key, ...
  const Lookup* lookup = nullptr;  // what the program puts in the place of a map or of ACLs; it owns it
};
using Arguments = std::span<const ArgumentValue>;

// What a row's own check of its arguments may use, and what it says.
struct ArgumentCheck {
  VariableNames& names;
  int language = 305;        // 206 is that of HAProxy 2.6
  std::string error = {};    // of a check that returned false
  std::string warning = {};  // of one that returned true

  bool fail(std::string text) { return error = std::move(text), false; }
};

inline constexpr std::size_t max_arguments = 12;

struct ArgumentSignature {
  std::uint8_t required = 0;                           // the first ones must be there
  std::array<ArgumentType, max_arguments> types = {};  // ends at the first `none`
  bool (*check)(std::span<ArgumentValue> arguments, ArgumentCheck& check) = nullptr;
  std::uint8_t may_be_empty = max_arguments;  // from here on even a required one may be empty
};

using FetchFunction = Fetched (*)(Context& context, Arguments arguments, Sample& out);
using ConvertFunction = bool (*)(Context& context, Arguments arguments, Sample& sample);

// The bits of a set of places.
template <class... Places>
[[nodiscard]] constexpr std::uint32_t bits(Places... places) {
  return (static_cast<std::uint32_t>(places) | ... | 0u);
}

struct FetchRow {
  std::string_view name;
  ArgumentSignature arguments = {};
  SampleType out = SampleType::str;
  std::uint32_t places = 0;  // bits of Place where it can have a value
  Purity purity = Purity::pure;
  Status status = Status::runs;
  FetchFunction function = nullptr;  // null unless it runs
  std::string_view since = {};       // "2.9" when it came after 2.6
  std::string_view removed_in = {};
  std::string_view documentation = {};
  bool several = false;  // can have more than one value at a time: ACLs look at each (Fetched::more)
  // The row that this name stands for (`req_len` is `req.len`); empty: itself. `payload` is `req.payload`,
  // but `res.payload` where the response is inspected. Function, places and arguments are then those of this
  // row's own declaration; only the identity (text, sharing) and the function come from the other.
  std::string_view same_as = {};
  std::string_view same_as_in_response = {};
  bool constant = false;  // depends on its arguments only, so it may be computed when the file is read
};

struct ConverterRow {
  std::string_view name;
  ArgumentSignature arguments = {};
  SampleType in = SampleType::any;
  SampleType out = SampleType::any;  // `same as in` is any
  Purity purity = Purity::pure;
  Status status = Status::runs;
  ConvertFunction function = nullptr;
  std::string_view since = {};
  std::string_view removed_in = {};
  std::string_view documentation = {};
};

inline constexpr int newest_language = 305;
// "2.6" is 206; empty is 0.
[[nodiscard]] constexpr int language_number(std::string_view version) {
  int major = 0, minor = 0;
  bool behind_dot = false;
  for (const char c : version) {
    if (c == '.')
      behind_dot = true;
    else
      (behind_dot ? minor : major) = (behind_dot ? minor : major) * 10 + (c - '0');
  }
  return major * 100 + minor;
}
template <class Row>
[[nodiscard]] constexpr bool is_known(const Row& row, int language) {
  return language_number(row.since) <= language &&
         (row.removed_in.empty() || language < language_number(row.removed_in));
}

[[nodiscard]] std::span<const FetchRow> fetch_rows();          // sorted by name
[[nodiscard]] std::span<const ConverterRow> converter_rows();  // sorted by name
[[nodiscard]] const FetchRow* find_fetch(std::string_view name);
[[nodiscard]] const ConverterRow* find_converter(std::string_view name);
// The same as a version of the language has it: null for a name that came later, the older form of one that
// changed.
[[nodiscard]] const FetchRow* find_fetch(std::string_view name, int language);
[[nodiscard]] const ConverterRow* find_converter(std::string_view name, int language);
// The row that really runs for `row` at `place` (follows `same_as`).
[[nodiscard]] const FetchRow& resolve(const FetchRow& row, Place place);
[[nodiscard]] inline bool usable_at(const FetchRow& row, Place place) {
  return (row.places & bits(place)) != 0;
}
// What the fetch reads, as HAProxy names it in messages: "request buffer", "client-side connection", ...
[[nodiscard]] std::string_view source_name(const FetchRow& row);
[[nodiscard]] std::string_view type_name(ArgumentType type);  // "integer", "IPv4 address", ... as in messages

}  // namespace shunt::fetchers
