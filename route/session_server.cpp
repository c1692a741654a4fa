// What a server is told before the first byte: PROXY headers with their values, and the name that TLS calls
// it by.
#include <fmt/core.h>

#include "fetchers/certificate.hpp"
#include "fetchers/hash.hpp"
#include "fetchers/tls_view.hpp"
#include "route/session.hpp"

namespace shunt::route {
namespace {

namespace bits = graph::proxy_header;

// Types of values, proxy-protocol.txt 2.2. Those from `version` on stand inside `ssl`.
enum class Value : std::uint8_t {
  alpn = 0x01,
  authority = 0x02,
  crc32c = 0x03,
  unique_id = 0x05,
  ssl = 0x20,
  version = 0x21,
  common_name = 0x22,
  cipher = 0x23,
  signature_algorithm = 0x24,
  key_algorithm = 0x25
};

constexpr std::uint8_t client_uses_tls = 1, shown_here = 2, shown_in_session = 4;
constexpr std::size_t value_head = 3;                                         // type and size
constexpr std::size_t longest_name = fetchers::wire::longest_v2_tlvs - 1024;  // the rest needs less than that

void append(std::string& out, std::uint8_t type, std::string_view value) {
  out += static_cast<char>(type);
  out += static_cast<char>(value.size() >> 8);
  out += static_cast<char>(value.size() & 0xff);
  out += value;
}
void append(std::string& out, Value type, std::string_view value) {
  append(out, static_cast<std::uint8_t>(type), value);
}
void append_known(std::string& out, Value type, std::optional<std::string_view> value) {
  if (value && !value->empty()) append(out, type, *value);
}

// What is too long for the header is left out: a shorter value would be another one.
void append_if_room(std::string& out, Value type, std::string_view value, std::size_t room) {
  if (!value.empty() && out.size() + value_head + value.size() <= room) append(out, type, value);
}

void append_number(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

std::uint8_t client_bits(const fetchers::TlsView& tls, bool has_certificate) {
  std::uint8_t found = client_uses_tls;
  if (tls.peer_showed_certificate()) found |= shown_here;
  if (has_certificate) found |= shown_in_session;
  return found;
}

// "RSA2048", "EC256"
std::string key_text(const fetchers::Certificate& own) {
  const auto [kind, size] = own.key_size();
  return kind.empty() ? std::string() : fmt::format("{}{}", kind, size);
}

void append_facts(std::string& out, const fetchers::TlsView& tls, std::uint16_t wanted,
                  fetchers::Scratch& scratch) {
  const std::string_view peer = tls.peer_certificate(scratch);
  const bool verified = !peer.empty();
  out += static_cast<char>(client_bits(tls, verified));
  append_number(out, verified ? static_cast<std::uint32_t>(tls.verify_result()) : 0);
  append_known(out, Value::version, tls.protocol());
  if ((wanted & bits::common_name) != 0)
    append_if_room(out, Value::common_name,
                   fetchers::Certificate(peer).subject({.entry = "CN"}, scratch).value_or(""), longest_name);
  if ((wanted & (bits::key | bits::signature)) != 0) {
    const fetchers::Certificate own(tls.own_certificate(scratch));
    if ((wanted & bits::key) != 0) append_known(out, Value::key_algorithm, key_text(own));
    if ((wanted & bits::signature) != 0)
      append_known(out, Value::signature_algorithm, own.signature_algorithm(scratch));
  }
  if ((wanted & bits::cipher) != 0) append_known(out, Value::cipher, tls.cipher());
}

// The checksum is that of the header with zeros in its place, which is behind the addresses.
void fill_checksum(std::string& header, std::size_t tlvs_size) {
  const std::size_t at = header.size() - tlvs_size + 3;
  std::string sum;
  append_number(sum, fetchers::hash_crc32c(header));
  header.replace(at, sum.size(), sum);
}

}  // namespace

std::string Session::server_name(std::string_view input) const {
  const auto& tls = server()->tls;
  if (!tls || !tls->server_name) return {};
  fetchers::Context made =
      context({.data = input, .complete = true, .available = true}, true, facilities_->now);
  fetchers::Sample sample;
  const auto found = facilities_->graph->program.expressions().evaluate(*tls->server_name, made,
                                                                        fetchers::SampleType::str, sample);
  return found.found ? std::string(sample.text) : std::string();
}

std::string Session::proxy_header_to_send(std::string_view input) const {
  const graph::Server* chosen = server();
  if (chosen == nullptr || chosen->send_proxy == graph::SendProxy::none) return {};
  if (chosen->send_proxy == graph::SendProxy::v1)
    return fetchers::wire::write_proxy_v1(source_, destination_);
  const std::string tlvs = tlvs_to_send(input);
  std::string header = fetchers::wire::write_proxy_v2(source_, destination_, tlvs);
  if ((chosen->header_values & bits::checksum) != 0) fill_checksum(header, tlvs.size());
  return header;
}

// In HAProxy's order. What the client negotiated by ALPN is told without being asked for.
std::string Session::tlvs_to_send(std::string_view input) const {
  const std::uint16_t wanted = server()->header_values;
  const std::string facts = (wanted & bits::ssl) != 0 ? tls_facts() : std::string();
  std::string tlvs;
  if ((wanted & bits::checksum) != 0) append(tlvs, Value::crc32c, std::string_view("\0\0\0\0", 4));
  if (tls_ != nullptr) append_known(tlvs, Value::alpn, tls_->alpn());
  if ((wanted & bits::authority) != 0 && tls_ != nullptr) append_known(tlvs, Value::authority, tls_->sni());
  const std::size_t behind = facts.empty() ? 0 : value_head + facts.size();
  const std::size_t room = fetchers::wire::longest_v2_tlvs - behind;
  if ((wanted & bits::unique_id) != 0) append_if_room(tlvs, Value::unique_id, unique_id(), room);
  append_own_values(tlvs, input, room);
  if (!facts.empty()) append(tlvs, Value::ssl, facts);
  return tlvs;
}

std::string Session::tls_facts() const {
  if (tls_ == nullptr) return std::string(5, '\0');
  facilities_->scratch->reset();
  std::string facts;
  append_facts(facts, *tls_, server()->header_values, *facilities_->scratch);
  return facts;
}

void Session::append_own_values(std::string& tlvs, std::string_view input, std::size_t room) const {
  for (const graph::HeaderValue& value : server()->own_values) {
    fetchers::LogRecord record;
    fill(record, facilities_->now);
    fetchers::Context made =
        context({.data = input, .complete = true, .available = true}, true, facilities_->now);
    made.log = &record;
    std::string text;
    fetchers::write(value.format, facilities_->graph->program.expressions(), made, text);
    if (tlvs.size() + value_head + text.size() <= room) append(tlvs, value.type, text);
  }
}

}  // namespace shunt::route
