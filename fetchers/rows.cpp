// Lists all families of fetches and converters and looks names up in them.
#include "fetchers/rows.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array fetch_families = {
    acl_fetches,     capture_fetches,      certificate_fetches,  connection_fetches, constant_fetches,
    counter_fetches, http_fetches,         http_request_fetches, payload_fetches,    process_fetches,
    proxy_fetches,   rdp_fetches,          server_fetches,       socket_fetches,     state_fetches,
    stream_fetches,  tls_captured_fetches, tls_fetches,          tls_hello_fetches,  tls_server_fetches,
    variable_fetches};
constexpr std::array converter_families = {
    arithmetic_converters, capture_converters, crypto_converters,    date_converters,   edit_converters,
    encoding_converters,   fix_converters,     forwarded_converters, hash_converters,   json_converters,
    jwt_converters,        later_converters,   map_converters,       mqtt_converters,   number_converters,
    packet_converters,     proxy_converters,   regex_converters,     stream_converters, table_converters,
    text_converters,       url_converters,     variable_converters};

template <class Row, class Families>
std::vector<Row> merge(const Families& families) {
  std::vector<Row> all;
  for (const auto family : families) all.insert(all.end(), family().begin(), family().end());
  std::ranges::sort(all, {}, &Row::name);
  return all;
}

template <class Row>
const Row* find(std::span<const Row> rows, std::string_view name) {
  const auto found = std::ranges::lower_bound(rows, name, {}, &Row::name);
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

template <class Row>
const Row* of_language(std::span<const Row> rows, std::span<const Row> older, std::string_view name,
                       int language) {
  if (const Row* before = find(older, name); before != nullptr && is_known(*before, language)) return before;
  const Row* row = find(rows, name);
  return row != nullptr && is_known(*row, language) ? row : nullptr;
}

struct SourceName {
  std::uint32_t places;
  std::string_view name;
};
// First match wins: from the places a fetch has, what it must be reading.
constexpr std::array source_names = {
    SourceName{places::anywhere, "internal state"},
    SourceName{places::process_state, "internal state"},
    SourceName{places::client_connection, "client-side connection"},
    SourceName{places::frontend_facts, "client address"},
    SourceName{places::client_tls, "client-side connection"},
    SourceName{places::either_buffer, "request buffer,response buffer"},
    SourceName{places::kept_request, "HTTP request headers"},
    SourceName{places::request_buffer, "request buffer"},
    SourceName{places::response_buffer, "response buffer"},
    SourceName{places::response_head, "HTTP response headers"},
    SourceName{places::backend_facts, "backend"},
    SourceName{places::server_facts, "server"},
    SourceName{places::response_progress, "response analysis"},
};

constexpr std::array<std::string_view, 22> argument_type_names = {"end of arguments",
                                                                  "integer",
                                                                  "string",
                                                                  "IPv4 address",
                                                                  "IPv6 address",
                                                                  "IPv4 mask",
                                                                  "IPv6 mask",
                                                                  "delay",
                                                                  "size",
                                                                  "frontend",
                                                                  "backend",
                                                                  "server",
                                                                  "user list",
                                                                  "table",
                                                                  "regex",
                                                                  "variable",
                                                                  "map",
                                                                  "ssl",
                                                                  "pattern",
                                                                  "string",
                                                                  "Protocol buffers field number",
                                                                  "string"};

}  // namespace

std::span<const FetchRow> fetch_rows() {
  static const std::vector<FetchRow> rows = merge<FetchRow>(fetch_families);
  return rows;
}

std::span<const ConverterRow> converter_rows() {
  static const std::vector<ConverterRow> rows = merge<ConverterRow>(converter_families);
  return rows;
}

const FetchRow* find_fetch(std::string_view name) { return find(fetch_rows(), name); }
const ConverterRow* find_converter(std::string_view name) { return find(converter_rows(), name); }

const FetchRow* find_fetch(std::string_view name, int language) {
  return of_language(fetch_rows(), older_fetches(), name, language);
}
const ConverterRow* find_converter(std::string_view name, int language) {
  return of_language(converter_rows(), older_converters(), name, language);
}

const FetchRow& resolve(const FetchRow& row, Place place) {
  const bool response = (places::response_buffer & bits(place)) != 0;
  const std::string_view name =
      response && !row.same_as_in_response.empty() ? row.same_as_in_response : row.same_as;
  const FetchRow* target = name.empty() ? nullptr : find_fetch(name);
  return target ? *target : row;
}

std::string_view source_name(const FetchRow& row) {
  const auto found = std::ranges::find(source_names, row.places, &SourceName::places);
  return found != source_names.end() ? found->name : "internal state";
}

std::string_view type_name(ArgumentType type) { return argument_type_names[static_cast<std::size_t>(type)]; }

}  // namespace shunt::fetchers
