// What one finished (or running) stream offers to log formats. Filled by `route`, formatted here.
#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "fetchers/endpoint.hpp"

namespace shunt::fetchers {

// Times are milliseconds as they are printed, -1 where the step was never reached. queue_ms counts from
// accept (with the one millisecond that HAProxy adds in TCP mode), connect_ms from the choice of the server.
struct LogRecord {
  Endpoint client;                                         // %ci %cp
  Endpoint client_destination;                             // %fi %fp
  Endpoint server;                                         // %si %sp
  Endpoint server_source;                                  // %bi %bp
  std::uint32_t listener_id = 0;                           // for UNIX clients: "unix:ID"
  std::chrono::system_clock::time_point accept_date = {};  // %t
  std::string_view frontend;                               // %f; %ft appends '~' when frontend_tls
  bool frontend_tls = false;
  std::string_view backend;                                         // %b
  std::string_view server_name;                                     // %s; "<NOSRV>" where none
  std::int64_t handshake_ms = 0;                                    // %Th
  std::int64_t queue_ms = -1;                                       // %Tw
  std::int64_t connect_ms = -1;                                     // %Tc
  std::int64_t total_ms = 0;                                        // %Tt
  std::uint64_t bytes_to_client = 0;                                // %B
  std::uint64_t bytes_to_server = 0;                                // %U
  char termination[2] = {'-', '-'};                                 // %ts
  std::uint32_t actconn = 0, feconn = 0, beconn = 0, srv_conn = 0;  // %ac %fc %bc %sc
  std::uint32_t retries = 0;                                        // %rc
  bool redispatched = false;                                        // '+' before %rc
  std::uint32_t srv_queue = 0, backend_queue = 0;                   // %sq %bq
  bool as_soon_as_possible = false;                                 // logasap: '+' before %Tt and %B
  std::string_view unique_id = {};                                  // %ID
  std::uint64_t request_counter = 0;                                // %rt
  std::uint64_t frontend_log_counter = 0;                           // %lc
  std::uint32_t pid = 0;                                            // %pid
  std::string_view host = {};                                       // %H
  std::string_view tls_version = {};                                // %sslv
  std::string_view tls_cipher = {};                                 // %sslc
};

}  // namespace shunt::fetchers
