// Kinds of arguments of global, bind and server lines: C integers, threads and processors, TLS files and
// lists.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "graph/read/reading.hpp"

namespace shunt::graph::kinds {

// Each checks the word at the front and returns 1, or 0 when it has reported.
using Words = std::span<const parser::Word>;

// As C's atol, wrapped to 32 bits (4294967296 is 0), then within "low..high".
std::size_t int32(Reading&, Words, std::string_view bounds);
std::size_t uint32(Reading&, Words, std::string_view bounds);
std::size_t digits(Reading&, Words, std::string_view);       // a whole number; since 3.0 with a unit
std::size_t bytes(Reading&, Words, std::string_view);        // anything in 2.6, later a size
std::size_t poll_events(Reading&, Words, std::string_view);  // up to 1000000 since 3.3
std::size_t ring_size(Reading&, Words, std::string_view);    // at least 1024, with a unit since 3.0
std::size_t loose(Reading&, Words, std::string_view);        // anything in 2.6, later a whole number
std::size_t list(Reading&, Words, std::string_view);         // "a,b": words of the comma list in a comma list
std::size_t letters(Reading&, Words, std::string_view);      // as machine names have
std::size_t range(Reading&, Words, std::string_view);  // all, odd, even, N, N-M within "low..high"; lists too
std::size_t cpu_map(Reading&, Words, std::string_view);           // [auto:]RANGE[/RANGE]
std::size_t cpus(Reading&, Words, std::string_view);              // 0-3,5
std::size_t statuses(Reading&, Words, std::string_view);          // [+-]LOW[-HIGH],...
std::size_t process_variable(Reading&, Words, std::string_view);  // proc.x
std::size_t directory(Reading&, Words, std::string_view);
std::size_t magnitude(Reading&, Words, std::string_view high);  // 1..high, or its negative
std::size_t error_ids(Reading&, Words, std::string_view);   // all, 1-94 separated by commas; names since 2.8
std::size_t thread_set(Reading&, Words, std::string_view);  // [GROUP/]RANGE
std::size_t processes(Reading&, Words, std::string_view);   // process 1[/THREADS]
std::size_t network_namespace(Reading&, Words, std::string_view);  // exists
std::size_t networks(Reading&, Words, std::string_view);           // ADDRESS[/BITS],...
std::size_t init_addr(Reading&, Words, std::string_view);
std::size_t host(Reading&, Words, std::string_view);            // an address or a name that resolves
std::size_t source_address(Reading&, Words, std::string_view);  // port or port range allowed
std::size_t usesrc(Reading&, Words, std::string_view);          // client, clientip, hdr_ip(...), an address
std::size_t crt_list(Reading&, Words, std::string_view);        // the file with all that it names

std::size_t ca_file(Reading&, Words, std::string_view);
std::size_t crl_file(Reading&, Words, std::string_view);
std::size_t certificate(Reading&, Words, std::string_view);  // with its key, as `crt` reads it
std::size_t dh_file(Reading&, Words, std::string_view);
std::size_t ticket_keys(Reading&, Words, std::string_view);
std::size_t provider(Reading&, Words, std::string_view);
std::size_t property_query(Reading&, Words, std::string_view);
std::size_t ciphers(Reading&, Words, std::string_view);
std::size_t ciphersuites(Reading&, Words, std::string_view);
std::size_t curves(Reading&, Words, std::string_view);
std::size_t signature_algorithms(Reading&, Words, std::string_view);

}  // namespace shunt::graph::kinds
