// TLS settings: versions, tickets, ALPN.
#include "graph/read/tls_settings.hpp"

#include "graph/pki/certificate_store.hpp"
#include "graph/read/alpn_wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

namespace shunt::graph {
namespace {

constexpr std::string_view versions[] = {"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"};

// A line's own settings, or the defaults in `global`.
config::TlsVersions& versions_of(Reading& reading) {
  if (reading.server != nullptr) return reading.server->versions;
  return reading.bind != nullptr ? reading.bind->parameters.versions : reading.global().tls.versions;
}

template <class Value>
void put(Reading& reading, config::Maybe<Value> config::BindParameters::* own,
         config::Maybe<Value> config::TlsDefaults::* shared, Value value) {
  auto& setting = reading.bind != nullptr ? reading.bind->parameters.*own : reading.global().tls.*shared;
  setting = {std::move(value), reading.span()};
}

}  // namespace

std::optional<std::string> alpn_wire(std::string_view list) {
  std::string wire;
  while (true) {
    const auto comma = std::min(list.find(','), list.size());
    if (comma > 255) return std::nullopt;
    if (comma != 0) {
      wire += static_cast<char>(comma);
      wire += list.substr(0, comma);
    }
    if (comma == list.size()) return wire;
    list.remove_prefix(comma + 1);
  }
}

std::string_view version_name(std::size_t version) { return versions[version]; }

std::optional<std::string> read_alpn(Reading& reading) {
  const auto& word = reading.arguments[0];
  auto wire = alpn_wire(word.value);
  if (!wire)
    reading.report(codes::bad_tls_setting, word.span,
                   fmt::format("{} expects protocol names of 1 to 255 bytes separated by commas, not '{}'",
                               reading.quoted(), word.value));
  return wire;
}

void set_alpn(Reading& reading) {
  if (auto wire = read_alpn(reading)) reading.bind->parameters.alpn = {std::move(*wire), reading.span()};
}

void set_no_alpn(Reading& reading) { reading.bind->parameters.alpn = {std::string(), reading.span()}; }

void set_verify(Reading& reading) {
  reading.bind->parameters.verify = {std::string(reading.arguments[0].value), reading.span()};
}

void set_no_tickets(Reading& reading) {
  put(reading, &config::BindParameters::no_tickets, &config::TlsDefaults::no_tickets,
      reading.row->name == "no-tls-tickets");
}
void set_prefer_client_ciphers(Reading& reading) {
  put(reading, &config::BindParameters::prefer_client_ciphers, &config::TlsDefaults::prefer_client_ciphers,
      true);
}
void set_strict_sni(Reading& reading) {
  put(reading, &config::BindParameters::strict_sni, &config::TlsDefaults::strict_sni, true);
}

void set_min_version(Reading& reading) {
  if (const auto version = read_name<std::size_t>(reading, reading.arguments[0], versions)) {
    versions_of(reading).min = {std::string(version_name(*version)), reading.span()};
  }
}
void set_max_version(Reading& reading) {
  if (const auto version = read_name<std::size_t>(reading, reading.arguments[0], versions)) {
    versions_of(reading).max = {std::string(version_name(*version)), reading.span()};
  }
}

void force(Reading& reading, std::size_t version) {
  versions_of(reading).min = {std::string(version_name(version)), reading.span()};
  versions_of(reading).max = {std::string(version_name(version)), reading.span()};
}
void disable(Reading& reading, std::size_t version) {
  versions_of(reading).disabled[version] = {true, reading.span()};
}

// Whatever is beyond the largest parameters that are known is as good as them.
void set_dh_bits(Reading& reading) {
  constexpr std::uint32_t largest = 4096;
  const std::string digits(reading.arguments[0].value);
  const unsigned long bits = std::strtoul(digits.c_str(), nullptr, 10);
  reading.global().tls.dh_bits = {static_cast<std::uint32_t>(std::min<unsigned long>(bits, largest)),
                                  reading.span()};
}

// `none` and `all` stand alone; a second line replaces the first.
void read_extra_files(Reading& reading) {
  std::uint32_t files = 0;
  for (const parser::Word& word : reading.arguments) {
    if (word == "all") files = pki::extra::all;
    const auto* const found = std::ranges::find(pki::extra::names, word.value);
    if (found != std::end(pki::extra::names)) files |= 1u << (found - pki::extra::names);
  }
  reading.global().tls.extra_files = {files, reading.span()};
}

pki::ExtraFiles extra_files(const config::Global& global) {
  return {.kinds = global.tls.extra_files ? global.tls.extra_files->value : pki::extra::all,
          .drop_extension = global.tls.drop_extension.has_value(),
          .skips_self_issued = global.tls.skips_self_issued.has_value()};
}

pki::CertificateStore& certificates_of(Reading& reading) {
  pki::CertificateStore& store = reading.state.certificates;
  store.look_for(extra_files(reading.global()));
  const auto& issuers = reading.global().tls.issuers;
  if (issuers && !reading.state.assume_files)
    std::ignore = store.load_issuers(issuers->value);  // linking reports
  return store;
}

void read_drop_extension(Reading& reading) { reading.global().tls.drop_extension = {true, reading.span()}; }

void read_provider(Reading& reading) {
  config::TlsDefaults& tls = reading.global().tls;
  tls.providers.push_back({.name = std::string(reading.arguments[0].value),
                           .path = tls.provider_path ? tls.provider_path->value : std::string(),
                           .span = reading.span()});
}

void set_fetches(Reading& reading) {
  reading.bind->parameters.fetches = {reading.arguments[0] == "on", reading.span()};
}

// Anything else is only warned of, and changes nothing.
void read_fetching_switch(Reading& reading) {
  config::ResponseFetching& fetching = reading.global().tls.fetching;
  const parser::Word& word = reading.arguments[0];
  auto& setting = reading.row->name == "ocsp-update.mode" ? fetching.wanted : fetching.disabled;
  if (word == "on" || word == "off") {
    setting = {word == "on", reading.span()};
    return;
  }
  reading.state.sink.report(
      parser::Severity::warning, codes::bad_tls_setting, word.span,
      fmt::format("{} expects 'on' or 'off', not '{}'; it is ignored", reading.quoted(), word.value));
}

void read_fetching_proxy(Reading& reading) {
  if (const auto address = read_address(reading, reading.arguments[0]))
    reading.global().tls.fetching.proxy = {*address, reading.span()};
}

void set_keylog(Reading& reading) {
  reading.global().tls.keylog = {reading.arguments[0] == "on", reading.span()};
}

}  // namespace shunt::graph
