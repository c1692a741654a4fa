// A ClientHello of TLS 1.3 with what OpenSSL 3 offers.
#include "analysis/hello_builder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace shunt::analysis {
namespace {

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

// A vector of TLS: its size, then its bytes.
std::string sized(int bytes, const std::string& content) { return number(content.size(), bytes) + content; }

std::string extension(std::uint16_t type, const std::string& content) {
  return number(type, 2) + sized(2, content);
}

std::string list(std::span<const std::uint16_t> values) {
  std::string content;
  for (const std::uint16_t value : values) content += number(value, 2);
  return content;
}

constexpr std::array<std::uint16_t, 9> ciphers = {0x1302, 0x1303, 0x1301, 0xc02c, 0xc030,
                                                  0xc02b, 0xc02f, 0xcca9, 0xcca8};
constexpr std::array<std::uint16_t, 4> groups = {0x001d, 0x0017, 0x0018, 0x0019};
constexpr std::array<std::uint16_t, 9> signatures = {0x0403, 0x0503, 0x0603, 0x0807, 0x0804,
                                                     0x0805, 0x0806, 0x0401, 0x0501};
constexpr std::array<std::uint16_t, 2> versions = {0x0304, 0x0303};

std::string server_name(const std::string& name) {
  return extension(0, sized(2, number(0, 1) + sized(2, name)));
}

std::string protocols(const std::vector<std::string>& names) {
  std::string content;
  for (const std::string& name : names) content += sized(1, name);
  return extension(16, sized(2, content));
}

// Bytes that look like random ones and are always the same.
std::string filler(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + 11);
  return bytes;
}

std::string extensions(const HelloDescription& description) {
  std::string all;
  if (description.sni) all += server_name(*description.sni);
  all += extension(11, sized(1, number(0, 1)));
  all += extension(10, sized(2, list(groups)));
  if (!description.alpn.empty()) all += protocols(description.alpn);
  all += extension(13, sized(2, list(signatures)));
  // Who offers nothing newer than 1.2 has no such extension.
  const std::span<const std::uint16_t> offered =
      description.versions.empty() ? std::span<const std::uint16_t>(versions) : description.versions;
  if (std::ranges::find(offered, 0x0304) != offered.end()) all += extension(43, sized(1, list(offered)));
  all += extension(45, sized(1, number(1, 1)));
  all += extension(51, sized(2, number(groups[0], 2) + sized(2, filler(32))));
  return all;
}

}  // namespace

namespace {

std::string hello_with(const HelloDescription& description, const std::string& more) {
  constexpr std::uint16_t tls_1_2 = 0x0303, record_version = 0x0301;
  std::uint16_t version = tls_1_2;
  if (!description.versions.empty()) version = std::min(tls_1_2, std::ranges::max(description.versions));
  const std::span<const std::uint16_t> suites =
      description.suites.empty() ? std::span<const std::uint16_t>(ciphers) : description.suites;
  std::string body = number(version, 2) + filler(32) + sized(1, filler(32));
  body += sized(2, list(suites)) + sized(1, number(0, 1)) + sized(2, extensions(description) + more);
  return number(0x16, 1) + number(record_version, 2) + sized(2, number(1, 1) + sized(3, body));
}

}  // namespace

std::string build_hello(const HelloDescription& description) {
  constexpr std::uint16_t padding = 21;
  constexpr std::size_t header = 4;
  std::string hello = hello_with(description, {});
  if (hello.size() + header > description.least_size) return hello;
  const std::string zeros(description.least_size - hello.size() - header, '\0');
  return hello_with(description, extension(padding, zeros));
}

bool can_be_built(const HelloDescription& description) {
  constexpr std::size_t largest_record = 16384, header = 5, largest_name = 255;
  const auto odd = [](const std::string& name) { return name.empty() || name.size() > largest_name; };
  if (std::ranges::any_of(description.alpn, odd)) return false;
  if (description.sni && description.sni->size() > largest_record) return false;
  return build_hello(description).size() <= header + largest_record;
}

std::vector<std::string> split_alpn(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

}  // namespace shunt::analysis
