// The sets of places that fetches share: where in a connection's life each source of data can be read.
#pragma once
#include "fetchers/rows.hpp"

namespace shunt::fetchers::places {

inline constexpr std::uint32_t request_rules =
    bits(Place::fe_tcp_content, Place::fe_http_request, Place::fe_set_backend, Place::be_tcp_content,
         Place::be_http_request, Place::be_set_server, Place::be_server_connect);
inline constexpr std::uint32_t response_rules =
    bits(Place::be_tcp_response, Place::be_http_response, Place::fe_http_response);

inline constexpr std::uint32_t request_buffer = request_rules;
inline constexpr std::uint32_t response_buffer = response_rules | bits(Place::be_check);
inline constexpr std::uint32_t either_buffer = request_rules | response_buffer;
// Facts that are learned from the request and kept until the log line is written.
inline constexpr std::uint32_t kept_request = request_rules | response_rules | bits(Place::fe_log_end);
inline constexpr std::uint32_t client_tls = kept_request | bits(Place::tcp_session);
inline constexpr std::uint32_t frontend_facts = client_tls | bits(Place::tcp_connection);
inline constexpr std::uint32_t client_connection = frontend_facts | bits(Place::be_check);
inline constexpr std::uint32_t process_state = client_connection | bits(Place::cli);
inline constexpr std::uint32_t anywhere = process_state | bits(Place::config);
// Known from the moment the backend, or the server, is chosen.
inline constexpr std::uint32_t backend_facts =
    bits(Place::be_tcp_content, Place::be_http_request, Place::be_set_server, Place::be_server_connect) |
    response_rules | bits(Place::fe_log_end, Place::be_check);
inline constexpr std::uint32_t server_facts =
    bits(Place::be_server_connect) | response_rules | bits(Place::fe_log_end, Place::be_check);
inline constexpr std::uint32_t response_progress =
    bits(Place::be_set_server, Place::be_server_connect) | response_rules | bits(Place::fe_log_end);
inline constexpr std::uint32_t server_connection = response_rules | bits(Place::fe_log_end, Place::be_check);
inline constexpr std::uint32_t response_head = response_rules | bits(Place::fe_log_end, Place::be_check);

}  // namespace shunt::fetchers::places
