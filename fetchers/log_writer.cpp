// How single values look in a log line.
#include <array>

#include <fmt/core.h>

#include "fetchers/log_aliases.hpp"

namespace shunt::fetchers {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_foreign(char c) { return static_cast<unsigned char>(c) > 0x7f; }
bool is_mark(char c) { return std::string_view("\"#{|}").find(c) != std::string_view::npos; }
bool is_escaped(char c) { return c == '"' || c == '\\' || c == ']'; }

}  // namespace

void LogWriter::coded(char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out_ += {'#', digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]};
}

void LogWriter::bytes(std::string_view value) {
  for (const char c : value) {
    if (line_ && is_control(c)) {
      coded(c);
      continue;
    }
    if (has(LogFlag::escape_brackets) && is_escaped(c)) out_ += '\\';
    out_ += c;
  }
}

void LogWriter::capture(std::string_view value) {
  for (const char c : value) {
    if (is_control(c) || is_foreign(c) || is_mark(c)) {
      coded(c);
      continue;
    }
    if (has(LogFlag::escape_brackets) && is_escaped(c)) out_ += '\\';
    out_ += c;
  }
}

void LogWriter::text(std::string_view value) {
  if (value.empty()) return nothing();
  kind_ = Kind::text;
  if (has(LogFlag::quote)) out_ += '"';
  bytes(value);
  if (has(LogFlag::quote)) out_ += '"';
}

void LogWriter::nothing() {
  kind_ = Kind::nothing;
  if (has(LogFlag::quote))
    out_ += "\"\"";
  else if (line_)
    out_ += '-';
}

void LogWriter::number(std::int64_t value) {
  kind_ = Kind::number;
  std::array<char, 24> room;
  const auto end = fmt::format_to_n(room.data(), room.size(), "{}", value).out;
  out_.append(room.data(), end);
}

void LogWriter::hexadecimal(std::uint64_t value, int digits) {
  std::array<char, 24> room;
  const auto end = fmt::format_to_n(room.data(), room.size(), "{:0{}X}", value, digits).out;
  out_.append(room.data(), end);
}

}  // namespace shunt::fetchers
