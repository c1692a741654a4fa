// A client as the words that describe it to `shunt explain`.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "analysis/diff/witnesses.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("._-:/@%+=,[]*").find(c) != std::string_view::npos;
}

std::string quoted(const std::string& word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain) && word.find_first_of("[*") == std::string::npos)
    return word;
  std::string made = "'";
  for (const char c : word) made += c == '\'' ? std::string("'\\''") : std::string{c};
  return made + '\'';
}

std::string text_of(const Endpoint& end) {
  if (end.family == Family::unix_socket) return "unix";
  const bool six = end.family == Family::ipv6;
  if (end.port == 0) return to_string(end);
  return fmt::format("{}{}{}:{}", six ? "[" : "", to_string(end), six ? "]" : "", end.port);
}

std::string text_of(const HeaderDescription& header) {
  if (header.from.family == Family::none) return "local";
  std::string text = fmt::format("v{}:{}", header.version, text_of(header.from));
  if (header.to.family != Family::none) text += '>' + text_of(header.to);
  return text;
}

std::string text_of_time(Offset at) {
  return at.count() % 1000 == 0 ? fmt::format("{}ms", at.count() / 1000) : fmt::format("{}us", at.count());
}

std::string text_of(const std::vector<SegmentSize>& segments) {
  std::string text;
  for (const SegmentSize& segment : segments)
    text += fmt::format("{}{}@{}", text.empty() ? "" : ",",
                        segment.size ? std::to_string(*segment.size) : "rest", text_of_time(segment.at));
  return text;
}

std::string hello_flags(const HelloDescription& hello) {
  std::string text;
  if (hello.sni) text += " --sni " + quoted(*hello.sni);
  std::string list;
  for (const std::string& name : hello.alpn) list += (list.empty() ? "" : ",") + name;
  if (!list.empty()) text += " --alpn " + quoted(list);
  list.clear();
  for (const std::uint16_t version : hello.versions)
    list += fmt::format("{}1.{}", list.empty() ? "" : ",", version - 0x301);
  if (!list.empty()) text += " --tls-versions " + list;
  return text.empty() ? " --tls" : text;
}

}  // namespace

std::string flags_of(const ClientDescription& client) {
  std::string text = "--to " + quoted(client.to);
  if (client.from) text += " --from " + text_of(*client.from);
  if (client.header) text += " --proxy-header " + quoted(text_of(*client.header));
  if (client.hello) text += hello_flags(*client.hello);
  if (client.bytes) text += " --bytes " + quoted(encode_bytes(*client.bytes));
  if (client.inside) text += " --inside " + quoted(encode_bytes(*client.inside));
  if (client.silent) text += " --silent";
  if (!client.segments.empty()) text += " --segment " + text_of(client.segments);
  if (client.ends) text += " --close-after " + text_of_time(*client.ends);
  if (client.shows_certificate) text += " --client-certificate";
  return text;
}

}  // namespace shunt::analysis
