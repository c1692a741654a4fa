// Implements the views of fetchers with what a description says.
#include "analysis/described_connection.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "analysis/byte_text.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/log_record.hpp"
#include "fetchers/process_view.hpp"
#include "fetchers/stream_view.hpp"
#include "fetchers/tls_view.hpp"
#include "parser/address.hpp"
#include "parser/process_environment.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;
using fetchers::Sample;
using fetchers::SampleType;

class DescribedSide : public fetchers::ConnectionView {
 public:
  explicit DescribedSide(const SideDescription& side) : side_(side) {
    for (const auto& [type, value] : side.proxy_tlvs) {
      tlvs_ += static_cast<char>(type);
      tlvs_ += {static_cast<char>(value.size() >> 8), static_cast<char>(value.size())};
      tlvs_ += value;
    }
  }
  [[nodiscard]] Endpoint source() const override { return side_.from; }
  [[nodiscard]] Endpoint destination() const override { return side_.to; }
  [[nodiscard]] std::string_view proxy_tlvs() const override { return tlvs_; }
  [[nodiscard]] bool received_proxy_header() const override {
    return side_.proxy_header || !side_.proxy_tlvs.empty();
  }

 private:
  const SideDescription& side_;
  std::string tlvs_;
};

class DescribedTls : public fetchers::TlsView {
 public:
  explicit DescribedTls(const TlsDescription& tls) : tls_(tls) {}
  [[nodiscard]] bool active() const override { return true; }
  [[nodiscard]] std::optional<std::string_view> sni() const override { return tls_.sni; }
  [[nodiscard]] std::optional<std::string_view> alpn() const override { return tls_.alpn; }
  [[nodiscard]] std::optional<std::string_view> protocol() const override { return tls_.protocol; }
  [[nodiscard]] std::optional<std::string_view> cipher() const override { return tls_.cipher; }
  [[nodiscard]] bool peer_showed_certificate() const override { return !tls_.peer_certificate.empty(); }
  [[nodiscard]] std::string_view peer_certificate(fetchers::Scratch&) const override {
    return tls_.peer_certificate;
  }
  [[nodiscard]] std::string_view own_certificate(fetchers::Scratch&) const override {
    return tls_.own_certificate;
  }

 private:
  const TlsDescription& tls_;
};

// A stream that was accepted at the described date and has not got any further.
class DescribedStream : public fetchers::StreamView {
 public:
  explicit DescribedStream(const ConnectionDescription& description) : description_(description) {}
  [[nodiscard]] std::chrono::system_clock::time_point accept_date() const override {
    return description_.date;
  }

 private:
  const ConnectionDescription& description_;
};

// This very process, as far as its environment goes.
class DescribedProcess : public fetchers::ProcessView {
 public:
  [[nodiscard]] std::optional<std::string_view> environment(const char* name) const override {
    return parser::process_environment::get(name);
  }
};

struct TypeRow {
  std::string_view name;
  SampleType type;
};
constexpr std::array value_types = {
    TypeRow{"str", SampleType::str},   TypeRow{"int", SampleType::sint},
    TypeRow{"sint", SampleType::sint}, TypeRow{"bool", SampleType::boolean},
    TypeRow{"ipv4", SampleType::ipv4}, TypeRow{"ipv6", SampleType::ipv6},
    TypeRow{"bin", SampleType::bin},   TypeRow{"meth", SampleType::method},
};

std::string type_names() {
  std::string names;
  for (const TypeRow& row : value_types) names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  return names;
}

// The casts of the language read as far as there are digits; what is typed must be a number altogether.
bool is_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size();
}

std::string_view truth_as_digit(std::string_view text) {
  return text == "true" ? "1" : text == "false" ? "0" : text;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

Sample OwnedValue::view() const {
  Sample copy = sample;
  copy.text = bytes;
  return copy;
}

Result<OwnedValue, TextError> parse_value(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto* row = std::ranges::find(value_types, text.substr(0, colon), &TypeRow::name);
  if (row == value_types.end() || colon == text.size())
    return TextError{
        fmt::format("expects TYPE:VALUE with one of the types {}, not '{}'", type_names(), text)};
  const std::string_view value = text.substr(colon + 1);
  OwnedValue made;
  BOOST_OUTCOME_TRY(made.bytes, row->type == SampleType::bin ? decode_hex(value) : decode_bytes(value));
  made.sample.type = SampleType::str;
  made.sample.text = row->type == SampleType::boolean ? truth_as_digit(made.bytes) : made.bytes;
  fetchers::Scratch scratch(64);
  const bool numeric = row->type == SampleType::boolean || row->type == SampleType::sint;
  if ((numeric && !is_number(made.sample.text)) || !fetchers::cast(made.sample, row->type, scratch))
    return TextError{fmt::format("'{}' is no value of type {}", value, row->name)};
  return made;
}

Result<Endpoint, TextError> parse_endpoint(std::string_view text) {
  if (text == "unix") return Endpoint{.family = Family::unix_socket};
  std::string_view address = text, port = "0";
  const bool bracketed = text.starts_with('[') && text.find(']') != std::string_view::npos;
  const std::size_t colon = text.rfind(':');
  const bool single = colon != std::string_view::npos && text.find(':') == colon;
  if (single || (bracketed && text.rfind("]:") == colon - 1 && colon != std::string_view::npos)) {
    address = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (bracketed) address = address.substr(1, address.size() - 2);
  Endpoint made;
  const auto number = parse_port(port);
  if (const auto ipv4 = parser::parse_ipv4(address)) {
    made.family = Family::ipv4;
    std::ranges::copy(*ipv4, made.address.begin());
  } else if (const auto ipv6 = parser::parse_ipv6(address)) {
    made.family = Family::ipv6;
    made.address = *ipv6;
  }
  if (made.family == Family::none || !number)
    return TextError{fmt::format("expects ADDRESS, ADDRESS:PORT or unix, not '{}'", text)};
  made.port = *number;
  return made;
}

struct DescribedConnection::Parts {
  explicit Parts(ConnectionDescription given)
      : description(std::move(given)), client(description.client), stream(description) {
    if (description.client.tls) client_tls.emplace(*description.client.tls);
    if (!description.server) return;
    server.emplace(*description.server);
    if (description.server->tls) server_tls.emplace(*description.server->tls);
  }

  ConnectionDescription description;
  DescribedSide client;
  std::optional<DescribedTls> client_tls;
  std::optional<DescribedSide> server;
  std::optional<DescribedTls> server_tls;
  DescribedStream stream;
  DescribedProcess process;
  fetchers::Scratch scratch;
  fetchers::Variables variables;
  fetchers::LogRecord record;
  fetchers::Context context;
};

namespace {

// What is described of a finished stream; the rest is as if nothing had happened yet.
fetchers::LogRecord record_of(const ConnectionDescription& description) {
  fetchers::LogRecord record;
  record.client = description.client.from;
  record.client_destination = description.client.to;
  record.accept_date = description.date;
  if (description.client.tls) {
    record.frontend_tls = true;
    record.tls_version = description.client.tls->protocol;
    record.tls_cipher = description.client.tls->cipher;
  }
  if (!description.server) return record;
  record.server = description.server->to;
  record.server_source = description.server->from;
  return record;
}

}  // namespace

DescribedConnection::DescribedConnection(ConnectionDescription description)
    : parts_(std::make_unique<Parts>(std::move(description))) {
  const ConnectionDescription& given = parts_->description;
  fetchers::Context& context = parts_->context;
  context.scratch = &parts_->scratch;
  context.client = &parts_->client;
  if (parts_->client_tls) context.client_tls = &*parts_->client_tls;
  if (parts_->server) context.server = &*parts_->server;
  if (parts_->server_tls) context.server_tls = &*parts_->server_tls;
  context.request = {given.request.bytes, given.request.ended, true};
  context.response = {given.response.bytes, given.response.ended, true};
  context.stream = &parts_->stream;
  context.process = &parts_->process;
  context.variables = &parts_->variables;
  context.log = &parts_->record;
  context.date = given.date;
  context.final = given.final;
  parts_->record = record_of(given);
}

DescribedConnection::~DescribedConnection() = default;
fetchers::Context& DescribedConnection::context() { return parts_->context; }
fetchers::Variables& DescribedConnection::variables() { return parts_->variables; }

}  // namespace shunt::analysis
