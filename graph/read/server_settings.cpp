// Server names, protocol lists, values of PROXY headers, and the defaults of TLS towards servers.
#include "graph/read/server_settings.hpp"

#include <algorithm>
#include <cstdlib>

#include "graph/names.hpp"
#include "graph/read/bind_settings.hpp"
#include "graph/read/expression_words.hpp"
#include "graph/read/tls_settings.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

// What an option stands for: the facts of TLS need the frame that `ssl` makes.
std::uint16_t bits_of(std::string_view option) {
  const auto* const found = std::ranges::find(names::header_options, option);
  if (found == std::end(names::header_options)) return 0;
  const auto bit = static_cast<std::uint16_t>(proxy_header::ssl << (found - names::header_options));
  const bool in_frame = bit > proxy_header::ssl && bit < proxy_header::authority;
  return in_frame ? bit | proxy_header::ssl : bit;
}

void set_protocols(Reading& reading, config::Maybe<std::string>& setting) {
  if (auto wire = read_alpn(reading)) setting = {std::move(*wire), reading.span()};
}

}  // namespace

void set_server_alpn(Reading& reading) { set_protocols(reading, reading.server->alpn); }
void set_check_alpn(Reading& reading) { set_protocols(reading, reading.server->check_alpn); }

void set_no_verify_host(Reading& reading) { reading.server->verify_host = {std::string(), reading.span()}; }

// The row's syntax has judged the words.
void read_server_name(Reading& reading) {
  parser::DiagnosticSink judged;
  auto tree = parse_expression_words(reading.arguments, judged);
  if (!tree) return;
  std::string text;
  for (const parser::Word& word : reading.arguments)
    text += (text.empty() ? "" : " ") + std::string(word.value);
  reading.server->sni = {std::move(text), reading.span()};
  reading.server->sni_tree = std::make_shared<const parser::ExpressionTree>(std::move(*tree));
}

void read_header_options(Reading& reading) {
  auto& header = reading.server->header;
  unsigned bits = header ? header->value : 0u;
  std::string_view list = reading.arguments[0].value;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    bits |= bits_of(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  header = {static_cast<std::uint16_t>(bits), reading.span()};
}

void read_header_value(Reading& reading) {
  check_tlv_type(reading);
  parser::DiagnosticSink judged;
  const parser::Word& word = reading.arguments[0];
  auto tree = parser::parse_log_format(word, judged);
  if (!tree) return;
  const std::string_view name = reading.keyword.value;
  const std::size_t open = std::min(name.find('('), name.size() - 1);
  const std::string type(name.substr(open + 1));
  config::HeaderValue value{.type = static_cast<std::uint8_t>(std::strtoul(type.c_str(), nullptr, 0)),
                            .format = std::make_shared<const parser::LogFormatTree>(std::move(*tree)),
                            .text = std::string(word.value)};
  reading.server->own_values.push_back({std::move(value), reading.span()});
}

void read_server_tls_options(Reading& reading) {
  Reading inner = reading;
  inner.place = in::server_line;
  inner.server = &reading.global().server_tls;
  read_parameters(inner, server_family, reading.arguments);
}

void read_server_verify(Reading& reading) {
  reading.global().trusts_servers = {reading.arguments[0] == "none", reading.span()};
}

}  // namespace shunt::graph
