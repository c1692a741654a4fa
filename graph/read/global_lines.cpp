// `global` keywords that do more than store one value.
#include "graph/read/global_lines.hpp"

#include <fmt/format.h>

#include "graph/rows/families.hpp"

namespace shunt::graph {

std::string join_words(std::span<const parser::Word> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + std::string(word.value);
  return text;
}

void read_threads(Reading& reading) {
  constexpr std::int64_t most = 1024;
  const auto count = read_strict_number(reading, reading.arguments[0], 1, most);
  if (count) store<&config::Global::nbthread>(reading, *count);
}

// 3.x takes a size here; 2.6 reads "16k" as 16 and crashes.
void read_bufsize(Reading& reading) {
  constexpr std::uint32_t least = 1024;
  const auto size = read_size(reading, reading.arguments[0]);
  if (!size) return;
  if (*size < least) {
    reading.report(
        codes::bad_number, reading.arguments[0].span,
        fmt::format("'tune.bufsize' expects at least {} bytes, not '{}'", least, reading.arguments[0].value));
    return;
  }
  store<&config::Global::bufsize>(reading, *size);
}

void read_log_hostname(Reading& reading) {
  store<&config::Global::log_send_hostname>(
      reading, reading.arguments.empty() ? std::string() : std::string(reading.arguments[0].value));
}

// Once it was taken back, no later line makes the limits strict again [seen].
void read_strict_limits(Reading& reading) {
  if (reading.prefix == Prefix::no) store<&config::Global::lenient_limits>(reading, true);
}

// The same words as on bind lines; those that make no sense as a default are refused by name.
void read_bind_options(Reading& reading) {
  constexpr std::string_view known[] = {
      "force-sslv3",  "force-tlsv10", "force-tlsv11",   "force-tlsv12",
      "force-tlsv13", "no-sslv3",     "no-tls-tickets", "no-tlsv10",
      "no-tlsv11",    "no-tlsv12",    "no-tlsv13",      "prefer-client-ciphers",
      "ssl-max-ver",  "ssl-min-ver",  "strict-sni",     "tls-tickets"};
  auto words = reading.arguments;
  while (!words.empty()) {
    const std::size_t count = words[0].value.starts_with("ssl-m") && words.size() > 1 ? 2 : 1;
    Reading inner = reading;
    if (std::ranges::find(known, words[0].value) == std::end(known)) {
      reading.report(codes::unknown_keyword, words[0].span,
                     fmt::format("unknown TLS option '{}' in {}", words[0].value, reading.quoted()));
    } else {
      read_parameters(inner, bind_family, words.first(count));
    }
    words = words.subspan(count);
  }
}

}  // namespace shunt::graph
