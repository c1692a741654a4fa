// Kinds of arguments of bind and server lines: addresses, networks, threads, ways to find an address.
#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "fetchers/verify_names.hpp"
#include "graph/read/process_kinds.hpp"
#include "parser/outside.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph::kinds {
namespace {

using parser::Word;

std::size_t refuse(Reading& reading, const Word& word, std::string_view expected) {
  reading.report(codes::bad_argument, word.span,
                 fmt::format("{} expects {}, not '{}'", reading.quoted(), expected, word.value));
  return 0;
}

template <class Use>
bool each_part(std::string_view text, Use use) {
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (!use(text.substr(0, comma))) return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

bool is_network(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string address(text.substr(0, slash));
  in6_addr parsed = {};
  const bool four = inet_pton(AF_INET, address.c_str(), &parsed) == 1;
  if (!four && inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return false;
  if (slash == text.size()) return true;
  const std::string mask(text.substr(slash + 1));
  if (four && inet_pton(AF_INET, mask.c_str(), &parsed) == 1) return true;
  const auto bits = parser::parse_integer(mask);
  return bits && bits.value() >= 0 && bits.value() <= (four ? 32 : 128);
}

bool is_error_name(std::string_view text) {
  return text.starts_with("X509_V_ERR_") && fetchers::verify_result_number(text).has_value();
}

bool resolves(const std::string& host) {
  return !parser::resolve_name(host, parser::NameFamily::any).empty();
}

bool known_host(Reading& reading, const std::string& host) {
  return host.empty() || reading.state.assume_files || resolves(host);
}

}  // namespace

std::size_t magnitude(Reading& reading, Words words, std::string_view high) {
  const auto value = static_cast<std::int32_t>(parser::leading_integer(words[0].value));
  const std::int64_t size = value < 0 ? -static_cast<std::int64_t>(value) : value;
  if (size >= 1 && size <= parser::leading_integer(high)) return 1;
  return refuse(reading, words[0], fmt::format("a number from 1 to {} or its negative", high));
}

std::size_t error_ids(Reading& reading, Words words, std::string_view) {
  if (words[0] == "all") return 1;
  const bool names = reading.state.language() >= 208;
  const bool good = each_part(words[0].value, [&](std::string_view part) {
    if (names && is_error_name(part)) return true;
    const std::int64_t id = parser::leading_integer(part);
    return id >= 1 && id <= 94;
  });
  return good ? 1 : refuse(reading, words[0], "all or numbers of OpenSSL errors from 1 to 94");
}

// [GROUP/]RANGE; there is one group unless thread-groups says more.
std::size_t thread_set(Reading& reading, Words words, std::string_view) {
  const Word& word = words[0];
  const std::size_t slash = word.value.find('/');
  Word threads = word;
  if (slash != std::string_view::npos) {
    const std::int64_t group = parser::leading_integer(word.value.substr(0, slash));
    const std::int64_t groups = reading.state.language() < 300 ? 1 : 64;
    if (group < 1 || group > groups)
      return refuse(reading, word, fmt::format("a thread group from 1 to {}", groups));
    threads.value = word.value.substr(slash + 1);
  }
  if (!range(reading, {&threads, 1}, "1..64")) return 0;
  const auto& limit = reading.global().nbthread;
  const std::int64_t first = parser::leading_integer(threads.value);
  const auto processors = static_cast<std::int64_t>(sysconf(_SC_NPROCESSORS_ONLN));
  if (!limit && reading.state.assume_files) return 1;
  const std::int64_t most = limit ? limit->value : processors;
  if (first <= most || reading.state.language() >= 300) return 1;
  reading.report(codes::bad_argument, word.span,
                 fmt::format("{}: there is no thread {}, only {}", reading.quoted(), first, most));
  return 0;
}

std::size_t processes(Reading& reading, Words words, std::string_view) {
  const Word& word = words[0];
  const std::size_t slash = std::min(word.value.find('/'), word.value.size());
  const std::string_view process = word.value.substr(0, slash);
  if (process != "1" && process != "all" && process != "odd") return refuse(reading, word, "process 1");
  if (slash == word.value.size()) return 1;
  Word threads = word;
  threads.value = word.value.substr(slash + 1);
  return range(reading, {&threads, 1}, "1..64");
}

std::size_t network_namespace(Reading& reading, Words words, std::string_view) {
  if (words[0].value.empty()) return refuse(reading, words[0], "the name of a network namespace");
  const std::string path = fmt::format("/var/run/netns/{}", words[0].value);
  if (words[0] == "*" || reading.state.assume_files || parser::is_readable(path)) return 1;
  reading.report(codes::missing_file, words[0].span,
                 fmt::format("{}: there is no network namespace '{}'", reading.quoted(), words[0].value));
  return 0;
}

std::size_t networks(Reading& reading, Words words, std::string_view) {
  return each_part(words[0].value, is_network) ? 1 : refuse(reading, words[0], "networks such as 10.0.0.0/8");
}

std::size_t init_addr(Reading& reading, Words words, std::string_view) {
  const bool good = each_part(words[0].value, [](std::string_view part) {
    return part.empty() || part == "last" || part == "libc" || part == "none" ||
           (part.find('/') == std::string_view::npos && is_network(part));
  });
  return good ? 1 : refuse(reading, words[0], "last, libc, none or an address, separated by commas");
}

std::size_t host(Reading& reading, Words words, std::string_view) {
  const std::string name(words[0].value);
  if (!name.empty() && (reading.state.assume_files || resolves(name))) return 1;
  return refuse(reading, words[0], "an address or the name of a host");
}

std::size_t source_address(Reading& reading, Words words, std::string_view) {
  const auto address = read_address(reading, words[0]);
  if (!address) return 0;
  if (known_host(reading, address->host)) return 1;
  return refuse(reading, words[0], "an address of this machine");
}

std::size_t usesrc(Reading& reading, Words words, std::string_view) {
  const Word& word = words[0];
  if (word == "client" || word == "clientip" ||
      (word.value.starts_with("hdr_ip(") && word.value.ends_with(")")))
    return 1;
  return source_address(reading, words, {});
}

}  // namespace shunt::graph::kinds
