// Texts of segments, times, PROXY headers and TLS offers.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "analysis/described_client.hpp"
#include "analysis/described_connection.hpp"

namespace shunt::analysis {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text, int base = 10) {
  Number value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};
constexpr std::array units = {Unit{"us", 1}, Unit{"ms", 1000}, Unit{"s", 1'000'000}, Unit{"", 1000}};

struct Named {
  std::string_view name;
  std::uint16_t value;
};
constexpr std::array tls_versions = {Named{"1.0", 0x301}, Named{"1.1", 0x302}, Named{"1.2", 0x303},
                                     Named{"1.3", 0x304}};
constexpr std::array suites = {
    Named{"TLS_AES_128_GCM_SHA256", 0x1301},        Named{"TLS_AES_256_GCM_SHA384", 0x1302},
    Named{"TLS_CHACHA20_POLY1305_SHA256", 0x1303},  Named{"ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b},
    Named{"ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c}, Named{"ECDHE-RSA-AES128-GCM-SHA256", 0xc02f},
    Named{"ECDHE-RSA-AES256-GCM-SHA384", 0xc030},   Named{"ECDHE-RSA-CHACHA20-POLY1305", 0xcca8},
    Named{"ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9}};

template <std::size_t N>
std::optional<std::uint16_t> value_of(const std::array<Named, N>& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Named::name);
  return found == table.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace

Result<Offset, TextError> parse_offset(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto value = number<std::uint32_t>(text.substr(0, digits));
  const auto* unit = std::ranges::find(units, text.substr(digits), &Unit::name);
  if (!value || unit == units.end())
    return TextError{fmt::format("expects a time such as 40ms, 1s or 250us, not '{}'", text)};
  return Offset(*value * unit->microseconds);
}

Result<std::vector<SegmentSize>, TextError> parse_segments(std::string_view text) {
  std::vector<SegmentSize> segments;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t sign = std::min(part.find('@'), part.size());
    SegmentSize segment;
    if (part.substr(0, sign) != "rest") segment.size = number<std::uint32_t>(part.substr(0, sign));
    if (sign == part.size() || (!segment.size && part.substr(0, sign) != "rest"))
      return TextError{fmt::format("expects SIZE@TIME,... such as 517@0ms,rest@40ms, not '{}'", part)};
    BOOST_OUTCOME_TRY(segment.at, parse_offset(part.substr(sign + 1)));
    if (!segments.empty() && segment.at < segments.back().at)
      return TextError{fmt::format("the segment '{}' comes before the one in front of it", part)};
    segments.push_back(segment);
  }
  return segments;
}

Result<HeaderDescription, TextError> parse_header(std::string_view text) {
  HeaderDescription header;
  if (text == "local") return header;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view version = text.substr(0, colon);
  if (version != "v1" && version != "v2")
    return TextError{fmt::format("expects v1, v2, local or v2:ADDRESS[>ADDRESS], not '{}'", text)};
  header.version = version == "v1" ? 1 : 2;
  header.from = {.family = fetchers::Family::ipv4, .port = 50001, .address = {203, 0, 113, 9}};
  if (colon == text.size()) return header;
  const auto ends = split(text.substr(colon + 1), '>');
  BOOST_OUTCOME_TRY(header.from, parse_endpoint(ends[0]));
  if (ends.size() > 1) {
    BOOST_OUTCOME_TRY(header.to, parse_endpoint(ends[1]));
  }
  return header;
}

Result<std::vector<std::uint16_t>, TextError> parse_tls_versions(std::string_view text) {
  std::vector<std::uint16_t> versions;
  for (std::string_view part : split(text, ',')) {
    if (part.starts_with("TLSv")) part.remove_prefix(4);
    const auto found = value_of(tls_versions, part);
    if (!found) return TextError{fmt::format("expects versions out of 1.0, 1.1, 1.2, 1.3, not '{}'", part)};
    versions.push_back(*found);
  }
  std::ranges::sort(versions, std::greater());
  return versions;
}

Result<std::vector<std::uint16_t>, TextError> parse_tls_suites(std::string_view text) {
  std::vector<std::uint16_t> found;
  for (const std::string_view part : split(text, ',')) {
    auto value = value_of(suites, part);
    if (!value && part.starts_with("0x")) value = number<std::uint16_t>(part.substr(2), 16);
    if (!value)
      return TextError{fmt::format("expects a suite's number such as 0xc02f, or its name, not '{}'", part)};
    found.push_back(*value);
  }
  return found;
}

}  // namespace shunt::analysis
