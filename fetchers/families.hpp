// The families of rows of this room, one function each; rows.cpp lists them all, and a new family is added
// there.
#pragma once
#include <algorithm>
#include <span>

#include "fetchers/rows.hpp"

namespace shunt::fetchers {

// Proves at compile time that a family is in order and names nothing twice.
template <class Rows>
[[nodiscard]] consteval bool sorted_and_unique(const Rows& rows) {
  return std::adjacent_find(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
           return left.name >= right.name;
         }) == rows.end();
}

using FetchRows = std::span<const FetchRow>;
using ConverterRows = std::span<const ConverterRow>;

[[nodiscard]] FetchRows acl_fetches();           // acl_fetches.cpp
[[nodiscard]] FetchRows capture_fetches();       // capture_rows.cpp
[[nodiscard]] FetchRows certificate_fetches();   // certificate_fetches.cpp
[[nodiscard]] FetchRows connection_fetches();    // connection_fetches.cpp
[[nodiscard]] FetchRows constant_fetches();      // constant_fetches.cpp
[[nodiscard]] FetchRows counter_fetches();       // counter_fetches.cpp
[[nodiscard]] FetchRows http_fetches();          // http_fetches.cpp
[[nodiscard]] FetchRows http_request_fetches();  // http_request_fetches.cpp
[[nodiscard]] FetchRows payload_fetches();       // payload_fetches.cpp
[[nodiscard]] FetchRows process_fetches();       // process_fetches.cpp
[[nodiscard]] FetchRows proxy_fetches();         // proxy_fetches.cpp
[[nodiscard]] FetchRows rdp_fetches();           // rdp_fetches.cpp
[[nodiscard]] FetchRows server_fetches();        // server_fetches.cpp
[[nodiscard]] FetchRows socket_fetches();        // socket_fetches.cpp
[[nodiscard]] FetchRows state_fetches();         // state_fetches.cpp
[[nodiscard]] FetchRows stream_fetches();        // stream_fetches.cpp
[[nodiscard]] FetchRows tls_captured_fetches();  // tls_captured_fetches.cpp
[[nodiscard]] FetchRows tls_fetches();           // tls_fetches.cpp
[[nodiscard]] FetchRows tls_hello_fetches();     // tls_hello_fetches.cpp
[[nodiscard]] FetchRows tls_server_fetches();    // tls_server_fetches.cpp

[[nodiscard]] FetchRows variable_fetches();  // variable_fetches.cpp

[[nodiscard]] ConverterRows arithmetic_converters();  // arithmetic_converters.cpp
[[nodiscard]] ConverterRows capture_converters();     // capture_rows.cpp
[[nodiscard]] ConverterRows crypto_converters();      // crypto_converters.cpp
[[nodiscard]] ConverterRows date_converters();        // date_converters.cpp
[[nodiscard]] ConverterRows edit_converters();        // edit_converters.cpp
[[nodiscard]] ConverterRows encoding_converters();    // encoding_converters.cpp
[[nodiscard]] ConverterRows fix_converters();         // fix_converters.cpp
[[nodiscard]] ConverterRows forwarded_converters();   // forwarded_converters.cpp
[[nodiscard]] ConverterRows hash_converters();        // hash_converters.cpp
[[nodiscard]] ConverterRows json_converters();        // json_converters.cpp
[[nodiscard]] ConverterRows jwt_converters();         // jwt_converters.cpp
[[nodiscard]] ConverterRows later_converters();       // later_converters.cpp
[[nodiscard]] ConverterRows map_converters();         // map_converters.cpp
[[nodiscard]] ConverterRows mqtt_converters();        // mqtt_converters.cpp
[[nodiscard]] ConverterRows number_converters();      // number_converters.cpp
[[nodiscard]] ConverterRows packet_converters();      // packet_converters.cpp
[[nodiscard]] ConverterRows proxy_converters();       // proxy_converters.cpp
[[nodiscard]] ConverterRows regex_converters();       // regex_converters.cpp
[[nodiscard]] ConverterRows stream_converters();      // stream_converters.cpp
[[nodiscard]] ConverterRows table_converters();       // table_converters.cpp
[[nodiscard]] ConverterRows text_converters();        // text_converters.cpp
[[nodiscard]] ConverterRows url_converters();         // url_converters.cpp
[[nodiscard]] ConverterRows variable_converters();    // variable_converters.cpp

// Names whose arguments, type or places were others in older versions; no part of the tables.
[[nodiscard]] FetchRows older_fetches();         // older_forms.cpp
[[nodiscard]] ConverterRows older_converters();  // older_forms.cpp

}  // namespace shunt::fetchers
