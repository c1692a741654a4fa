// The table of the words that describe a client.
#include "cli/client_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "analysis/capture_file.hpp"
#include "analysis/described_connection.hpp"
#include "cli/eval_options.hpp"
#include "cli/option_words.hpp"

namespace shunt::cli {
namespace {

using analysis::ClientDescription;
using analysis::HelloDescription;
using analysis::TextError;

template <class Value>
ClientFault take(Result<Value, TextError> result, auto& target) {
  if (!result) return result.assume_error().message;
  target = std::move(result).assume_value();
  return std::nullopt;
}

HelloDescription& hello_of(ClientDescription& client) {
  if (!client.hello) client.hello.emplace();
  return *client.hello;
}

ClientFault set_to(ClientDescription& client, std::string_view text) {
  return client.to = text, std::nullopt;
}
ClientFault set_from(ClientDescription& client, std::string_view text) {
  return take(analysis::parse_endpoint(text), client.from);
}
ClientFault set_tls(ClientDescription& client, std::string_view) { return hello_of(client), std::nullopt; }
ClientFault set_sni(ClientDescription& client, std::string_view name) {
  hello_of(client).sni = std::string(name);
  return std::nullopt;
}
ClientFault set_alpn(ClientDescription& client, std::string_view list) {
  hello_of(client).alpn = analysis::split_alpn(list);
  if (can_be_built(*client.hello)) return std::nullopt;
  return "names of protocols have 1 to 255 bytes";
}
ClientFault set_versions(ClientDescription& client, std::string_view text) {
  return take(analysis::parse_tls_versions(text), hello_of(client).versions);
}
ClientFault set_suites(ClientDescription& client, std::string_view text) {
  return take(analysis::parse_tls_suites(text), hello_of(client).suites);
}
ClientFault set_bytes(ClientDescription& client, std::string_view text) {
  return take(analysis::decode_bytes(text), client.bytes);
}
ClientFault set_hex(ClientDescription& client, std::string_view text) {
  return take(analysis::decode_hex(text), client.bytes);
}
ClientFault set_file(ClientDescription& client, std::string_view path) {
  return take(read_file(std::string(path)), client.bytes);
}
ClientFault set_inside(ClientDescription& client, std::string_view text) {
  return take(analysis::decode_bytes(text), client.inside);
}
ClientFault set_silent(ClientDescription& client, std::string_view) {
  return client.silent = true, std::nullopt;
}
ClientFault set_header(ClientDescription& client, std::string_view text) {
  return take(analysis::parse_header(text), client.header);
}
ClientFault set_segments(ClientDescription& client, std::string_view text) {
  return take(analysis::parse_segments(text), client.segments);
}
ClientFault set_end(ClientDescription& client, std::string_view text) {
  return take(analysis::parse_offset(text), client.ends);
}
ClientFault set_certificate(ClientDescription& client, std::string_view) {
  return client.shows_certificate = true, std::nullopt;
}
ClientFault add_down(ClientDescription& client, std::string_view names) {
  for (std::string& name : analysis::split_alpn(names)) client.down.push_back(std::move(name));
  return std::nullopt;
}
ClientFault set_capture(ClientDescription& client, std::string_view path) {
  std::string bytes;
  if (ClientFault fault = take(read_file(std::string(path)), bytes)) return fault;
  auto captured = analysis::read_capture(bytes);
  if (!captured) return captured.assume_error().message;
  analysis::CapturedStream& stream = captured.assume_value();
  client.pieces = std::move(stream.pieces);
  if (stream.ends) client.ends = stream.ends;
  if (!client.from) client.from = stream.from;
  if (client.to.empty())
    client.to = stream.to.family == fetchers::Family::ipv6
                    ? fmt::format("[{}]:{}", to_string(stream.to), stream.to.port)
                    : fmt::format("{}:{}", to_string(stream.to), stream.to.port);
  return std::nullopt;
}

constexpr auto rows = std::to_array<ClientOption>({
    {"--to", "ADDRESS|FRONTEND", set_to,
     "the bind: :443, 192.0.2.1:443, abns@x, /path, or a frontend's name"},
    {"--from", "ADDRESS[:PORT]", set_from, "the client (198.51.100.7:50000)"},
    {"--tls", "", set_tls, "it sends a ClientHello"},
    {"--sni", "NAME", set_sni, "... with this server name"},
    {"--alpn", "NAME,...", set_alpn, "... with these protocols"},
    {"--tls-versions", "1.2,1.3", set_versions, "... with these versions (1.3 and 1.2)"},
    {"--tls-ciphers", "SUITE,...", set_suites, "... with these cipher suites, by number (0xc02f) or name"},
    {"--bytes", "TEXT", set_bytes, "it sends this; escapes \\r \\n \\t \\\\ \\xHH"},
    {"--hex", "DIGITS", set_hex, "it sends these bytes"},
    {"--hello", "FILE", set_file, "it sends what the file holds, a ClientHello or anything else"},
    {"--pcap", "FILE", set_capture, "it sends what the first TCP stream of a capture has, at its times"},
    {"--inside", "TEXT", set_inside, "what it says inside TLS that a bind of the file terminates"},
    {"--client-certificate", "", set_certificate, "it has a certificate that is taken to be good"},
    {"--proxy-header", "v1|v2|local[:FROM[>TO]]", set_header, "it begins with a PROXY header"},
    {"--silent", "", set_silent, "it sends nothing (but a PROXY header)"},
    {"--segment", "SIZE@TIME,...", set_segments, "what it sends arrives in these pieces: 517@0ms,rest@40ms"},
    {"--close-after", "TIME", set_end, "it has finished sending then"},
    {"--down", "BACKEND/SERVER,...", add_down, "servers that are down"},
});

}  // namespace

const ClientOption* find_client_option(std::string_view name) {
  const auto* found = std::ranges::find(rows, name, &ClientOption::name);
  return found == rows.end() ? nullptr : found;
}

const ClientOption* find_client_flag(std::string_view flag) {
  const auto* found = std::ranges::find(rows, flag, &ClientOption::flag);
  return found == rows.end() ? nullptr : found;
}

ClientFault apply_client_flag(const ClientOption& option, ClientDescription& client, std::string_view value) {
  const ClientFault fault = option.apply(client, value);
  return fault ? ClientFault(fmt::format("option '{}': {}", option.flag, *fault)) : std::nullopt;
}

std::vector<std::string_view> client_option_names() {
  std::vector<std::string_view> names;
  for (const ClientOption& row : rows) names.push_back(row.name());
  return names;
}

ClientFault judge_client(const ClientDescription& client) {
  const int sources = int{client.hello.has_value()} + int{client.bytes.has_value()} +
                      int{client.pieces.has_value()} + int{client.silent};
  if (sources > 1) return "a client sends TLS, or given bytes, or a capture, or is silent: only one of them";
  if (client.pieces && (client.header || !client.segments.empty()))
    return "a capture has its own beginning and times";
  return std::nullopt;
}

std::string client_options_usage() {
  std::string text;
  for (const ClientOption& row : rows)
    text += fmt::format("  {:40}{}\n", with_value(row.flag, row.value), row.help);
  return text;
}

std::vector<std::string_view> client_option_flags() {
  std::vector<std::string_view> flags;
  for (const ClientOption& row : rows) flags.push_back(row.flag);
  return flags;
}

}  // namespace shunt::cli
