// The row of a keyword table: one name of the configuration language, where it may stand and how it is read.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fetchers/rows.hpp"

namespace shunt::graph {

struct Reading;  // graph/read/reading.hpp
struct Family;
using fetchers::Status;

// Where a word stands, as bits: section kinds, then kinds of lines below a section.
namespace in {
inline constexpr std::uint32_t global = 1u << 0;
inline constexpr std::uint32_t anonymous_defaults = 1u << 1;
inline constexpr std::uint32_t named_defaults = 1u << 2;
inline constexpr std::uint32_t frontend = 1u << 3;
inline constexpr std::uint32_t listen = 1u << 4;
inline constexpr std::uint32_t backend = 1u << 5;
inline constexpr std::uint32_t server_line = 1u << 6;
inline constexpr std::uint32_t default_server_line = 1u << 7;
inline constexpr std::uint32_t connection_rules = 1u << 8;
inline constexpr std::uint32_t session_rules = 1u << 9;
inline constexpr std::uint32_t request_rules = 1u << 10;
inline constexpr std::uint32_t response_rules = 1u << 11;
inline constexpr std::uint32_t http_request_rules = 1u << 20;
inline constexpr std::uint32_t http_response_rules = 1u << 21;
inline constexpr std::uint32_t http_after_rules = 1u << 22;
inline constexpr std::uint32_t quic_rules = 1u << 23;
inline constexpr std::uint32_t http_checks = 1u << 24;
inline constexpr std::uint32_t tcp_checks = 1u << 25;
inline constexpr std::uint32_t defaults = anonymous_defaults | named_defaults;
inline constexpr std::uint32_t front = frontend | listen;  // what a proxy with clients has
inline constexpr std::uint32_t back = backend | listen;    // what a proxy with servers has
inline constexpr std::uint32_t proxies = front | back;
inline constexpr std::uint32_t everywhere = 0xffffffff;
}  // namespace in

enum class RowMode : std::uint8_t { any, tcp, http };

// Words that may stand before a keyword.
enum class Prefix : std::uint8_t { plain = 0, no = 1, default_ = 2 };
inline constexpr std::uint8_t takes_no = 1;
inline constexpr std::uint8_t takes_default = 2;
inline constexpr std::uint8_t takes_default_since_3 = 4;  // 2.6 stumbles over it

inline constexpr std::uint8_t any_number = 0xff;

// The function that stores what a keyword says. `given` exists because comparing an address of a template
// function with null is no constant expression for GCC 12 under -fsanitize=undefined.
struct Lower {
  using Function = void (*)(Reading& reading);
  constexpr Lower() = default;
  constexpr Lower(Function f) : function(f), given(true) {}
  void operator()(Reading& reading) const { function(reading); }

  Function function = nullptr;
  bool given = false;
};

// The table of the next word; `given` for the same reason as in Lower.
struct Words {
  constexpr Words() = default;
  constexpr Words(const Family* f) : family(f), given(true) {}

  const Family* family = nullptr;
  bool given = false;
};

// What a second line of the same setting does. HAProxy says so in all cases but the first.
enum class Repeat : std::uint8_t { replaces, replaces_aloud, first_holds, refused };

struct Row {
  std::string_view name;
  std::uint32_t places = in::everywhere;  // where it is valid
  std::uint32_t later_places = 0;         // where it is valid since HAProxy `later_since`
  std::string_view later_since = {};
  std::uint32_t ignored = 0;           // where it is ignored with a warning; elsewhere it is an error
  bool ignored_unread = false;         // there not even its words are judged
  bool ignored_fails = false;          // there HAProxy 3.5 adds an error to the warning
  std::uint32_t ignored_before_3 = 0;  // of `places`: where it was ignored up to HAProxy 3.2
  bool fatal = false;                  // an error on its line ends HAProxy's reading
  RowMode mode = RowMode::any;         // http: without effect in a TCP proxy
  std::uint8_t min_args = 0;           // words after the name
  std::uint8_t max_args = any_number;
  std::uint8_t prefixes = 0;  // takes_no | takes_default
  Status status = Status::runs;
  std::string_view since = {};
  std::string_view deprecated_in = {};
  std::string_view removed_in = {};
  std::string_view advice = {};  // removed/deprecated: what to write instead; unsupported: the reason
  Lower lower = {};              // empty unless it runs (or `words` says how to go on)
  bool parenthesised = false;    // "set-var(txn.x)": the name ends at the parenthesis
  Words words = {};              // the next word is a name of this family ("option", "timeout")
  // What follows the name, checked before anything is lowered (graph/read/argument_syntax.hpp). The counts
  // above are then not needed.
  std::string_view syntax = {};
  Repeat repeat = Repeat::replaces;
  std::string_view setting = {};  // what is set, where several names set one thing; empty: the name
  Words parameters = {};          // behind the syntax: any number of names of this family ("stick-table")
  std::string_view documentation = {};
};

// One table: all names that can stand at one spot.
struct Family {
  std::string_view name;  // "bind parameter", as messages say it
  std::span<const Row> rows;
  std::span<const std::uint16_t> sorted;  // row numbers in order of their names

  [[nodiscard]] const Row* find(std::string_view wanted) const;
  [[nodiscard]] std::optional<std::string_view> nearest(std::string_view wanted, std::uint32_t place) const;
};

template <std::size_t N>
consteval std::array<std::uint16_t, N> sort_rows(const std::array<Row, N>& rows) {
  std::array<std::uint16_t, N> order = {};
  for (std::size_t i = 0; i < N; ++i) order[i] = static_cast<std::uint16_t>(i);
  std::ranges::sort(order, {}, [&](std::uint16_t i) { return rows[i].name; });
  return order;
}

template <std::size_t N>
consteval bool names_are_unique(const std::array<Row, N>& rows) {
  const auto order = sort_rows(rows);
  return std::ranges::adjacent_find(order, {}, [&](std::uint16_t i) { return rows[i].name; }) == order.end();
}

// Two files' rows as one table.
template <std::size_t N, std::size_t M>
consteval std::array<Row, N + M> join_rows(const std::array<Row, N>& a, const std::array<Row, M>& b) {
  std::array<Row, N + M> rows = {};
  std::ranges::copy(a, rows.begin());
  std::ranges::copy(b, rows.begin() + N);
  return rows;
}

// A row that is read but cannot be executed needs a reason, one that runs a function, and every row its
// sentence.
template <std::size_t N>
consteval bool rows_are_complete(const std::array<Row, N>& rows) {
  return std::ranges::all_of(rows, [](const Row& row) {
    if (row.documentation.empty() || row.min_args > row.max_args) return false;
    if (row.status == Status::runs || row.status == Status::deprecated)
      return row.lower.given || row.words.given || row.parameters.given;
    return row.status == Status::no_effect || !row.advice.empty();
  });
}

}  // namespace shunt::graph

// Defines the family NAME over the array ROWS and proves that its names are unique and its rows complete.
#define SHUNT_FAMILY(NAME, TITLE, ROWS)                                                   \
  static_assert(::shunt::graph::names_are_unique(ROWS), "a name stands twice in " #ROWS); \
  static_assert(::shunt::graph::rows_are_complete(ROWS), "an incomplete row in " #ROWS);  \
  static constexpr auto ROWS##_sorted = ::shunt::graph::sort_rows(ROWS);                  \
  constexpr ::shunt::graph::Family NAME { .name = TITLE, .rows = ROWS, .sorted = ROWS##_sorted }
