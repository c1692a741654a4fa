// Parameters of bind and server lines: numbers that must be unique, names that others define, odd cases.
#include "graph/read/bind_settings.hpp"

#include <fmt/core.h>

#include "graph/read/global_lines.hpp"
#include "graph/read/setters.hpp"

namespace shunt::graph {

using config::BindParameters;
using config::ServerParameters;

void read_bind_id(Reading& reading) {
  if (reading.bind->parameters.id) {
    reading.report(codes::duplicate_id, reading.span(), "the line gives its listener a second 'id'")
        .notes.push_back({"first given here", reading.bind->parameters.id->span});
    return;
  }
  const auto& addresses = reading.bind->addresses;
  const bool several = addresses.size() > 1 ||
                       (addresses.size() == 1 && addresses[0].value.port_end > addresses[0].value.port);
  if (several) {
    reading.report(codes::bad_argument, reading.span(),
                   "'id' belongs to one listener, but this line makes several");
    return;
  }
  set_loose_number<&BindParameters::id>(reading);
}

void read_certificate(Reading& reading) {
  reading.bind->parameters.certificates.push_back(
      {.name = {std::string(reading.arguments[0].value), reading.span()}});
}

void read_default_certificate(Reading& reading) {
  reading.bind->parameters.certificates.push_back(
      {.name = {std::string(reading.arguments[0].value), reading.span()}, .is_default = true});
}

void read_bind_user(Reading& reading) {
  if (!reading.state.assume_files) set_user<&BindParameters::uid>(reading);
}
void read_bind_group(Reading& reading) {
  if (!reading.state.assume_files) set_group<&BindParameters::gid>(reading);
}

void set_no_strict_sni(Reading& reading) { reading.bind->parameters.strict_sni = {false, reading.span()}; }

void need_reverse_address(Reading& reading) {
  need_experimental(reading);
  const auto words = reading.line->words;
  if (words.size() > 1 && words[1].value.starts_with("rhttp@")) return;
  reading.report(codes::bad_argument, reading.span(), "'nbconn' belongs to a bind on rhttp@");
}

void read_check_address(Reading& reading) {
  const auto address = read_address(reading, reading.arguments[0]);
  if (!address) return;
  if (address->datagram || address->family == parser::AddressFamily::inherited) {
    reading.report(codes::bad_address, reading.arguments[0].span,
                   "'addr' expects an address that can be connected to");
    return;
  }
  reading.server->address = {*address, reading.span()};
}

// The row's syntax has judged the address.
void read_socks4(Reading& reading) {
  if (const auto address = read_address(reading, reading.arguments[0]))
    reading.server->socks4 = {*address, reading.span()};
}

// HAProxy says that default-server doesn't take an id, and reads on.
void read_server_id(Reading& reading) {
  if (reading.place == in::default_server_line) {
    reading.state.sink.report(parser::Severity::warning, codes::wrong_section, reading.keyword.span,
                              "'id' is ignored on default-server lines");
    return;
  }
  if (reading.arguments.empty() ||
      static_cast<std::int32_t>(parser::leading_integer(reading.arguments[0].value)) < 1) {
    reading.report(codes::bad_number, reading.span(), "'id' expects a number from 1 on");
    return;
  }
  set_loose_number<&ServerParameters::id>(reading);
}

// Without a value at the end of the line the weight is 0 in HAProxy.
void read_weight(Reading& reading) {
  if (!reading.arguments.empty()) return set_loose_number<&ServerParameters::weight>(reading);
  reading.server->weight = {0, reading.span()};
}

// On default-server lines the section is looked for only when a server takes it over.
void read_resolvers(Reading& reading) {
  const parser::Word nothing{.value = {}, .span = reading.keyword.span};
  const auto& name = reading.arguments.empty() ? nothing : reading.arguments[0];
  reading.server->resolvers = {std::string(name.value), name.span};
}

void read_server_sslv3(Reading& reading) { store<&ServerParameters::sslv3_only>(reading, true); }

// set-proxy-v2-tlv-fmt(TYPE): 0 to 255, also as 0x20.
void check_tlv_type(Reading& reading) {
  std::string_view text = reading.keyword.value;
  const std::size_t open = std::min(text.find('('), text.size());
  text.remove_prefix(std::min(open + 1, text.size()));
  const std::size_t close = std::min(text.find(')'), text.size());
  const std::string number(text.substr(0, close));
  char* end = nullptr;
  const unsigned long value = std::strtoul(number.c_str(), &end, 0);
  if (!number.empty() && *end == '\0' && value <= 255 && close + 1 == text.size()) return;
  reading.report(codes::bad_argument, reading.keyword.span,
                 fmt::format("{} expects a type from 0 to 255 in parentheses", reading.quoted()));
}

void refuse_usesrc(Reading& reading) {
  reading.report(codes::bad_argument, reading.keyword.span, "'usesrc' stands only behind 'source'");
}

}  // namespace shunt::graph
