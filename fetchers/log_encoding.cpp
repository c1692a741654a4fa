// Writing of encoded values.
#include "fetchers/log_encoding.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace shunt::fetchers {
namespace {

constexpr std::uint8_t text_type = 3;
constexpr std::uint8_t open_map = 0xbf, end_of_map = 0xff, cbor_false = 0xf4, cbor_true = 0xf5,
                       cbor_null = 0xf6;

struct Escape {
  char c;
  std::string_view text;
};
constexpr std::array escapes = {Escape{'"', "\\\""}, Escape{'\\', "\\\\"}, Escape{'\b', "\\b"},
                                Escape{'\f', "\\f"}, Escape{'\n', "\\n"},  Escape{'\r', "\\r"},
                                Escape{'\t', "\\t"}};

}  // namespace

void LogEncoder::begin() {
  if (form_ == Form::json)
    out_ += '{';
  else
    byte(open_map);
}

void LogEncoder::end() {
  if (form_ == Form::json)
    out_ += '}';
  else
    byte(end_of_map);
}

void LogEncoder::member(std::string_view name) {
  if (form_ != Form::json) {
    cbor_head(text_type, name.size());
    for (const char c : name) byte(static_cast<std::uint8_t>(c));
    return;
  }
  if (!first_) out_ += ", ";
  first_ = false;
  json_text(name);
  out_ += ": ";
}

void LogEncoder::value(const LogValue& value) {
  if (form_ != Form::json) return cbor_value(value);
  switch (value.kind) {
    case LogValue::Kind::nothing: out_ += "null"; return;
    case LogValue::Kind::number: fmt::format_to(std::back_inserter(out_), "{}", value.number); return;
    case LogValue::Kind::boolean: out_ += value.number != 0 ? "true" : "false"; return;
    case LogValue::Kind::text: return json_text(value.text);
  }
}

void LogEncoder::json_text(std::string_view text) {
  out_ += '"';
  for (const char c : text) {
    const auto* escape =
        std::find_if(escapes.begin(), escapes.end(), [&](const Escape& e) { return e.c == c; });
    if (escape != escapes.end())
      out_ += escape->text;
    else if (static_cast<unsigned char>(c) < 0x20)
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(c));
    else
      out_ += c;
  }
  out_ += '"';
}

// The shortest form that holds the argument.
void LogEncoder::cbor_head(std::uint8_t major, std::uint64_t argument) {
  const auto first = static_cast<std::uint8_t>(major << 5);
  if (argument < 24) return byte(static_cast<std::uint8_t>(first | argument));
  int size = 0;  // as a power of two
  while (size < 3 && argument >> (8 << size) != 0) ++size;
  byte(static_cast<std::uint8_t>(first | (24 + size)));
  for (int shift = (8 << size) - 8; shift >= 0; shift -= 8)
    byte(static_cast<std::uint8_t>(argument >> shift));
}

void LogEncoder::cbor_value(const LogValue& value) {
  switch (value.kind) {
    case LogValue::Kind::nothing: return byte(cbor_null);
    case LogValue::Kind::boolean: return byte(value.number != 0 ? cbor_true : cbor_false);
    case LogValue::Kind::number:
      // A negative one is -1 - n.
      return cbor_head(value.number < 0 ? 1 : 0,
                       static_cast<std::uint64_t>(value.number < 0 ? -1 - value.number : value.number));
    case LogValue::Kind::text:
      cbor_head(text_type, value.text.size());
      for (const char c : value.text) byte(static_cast<std::uint8_t>(c));
      return;
  }
}

void LogEncoder::byte(std::uint8_t value) {
  if (form_ == Form::cbor)
    out_ += static_cast<char>(value);
  else
    fmt::format_to(std::back_inserter(out_), "{:02X}", value);
}

}  // namespace shunt::fetchers
