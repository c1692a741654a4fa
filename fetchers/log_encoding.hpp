// Values of log lines in JSON (RFC 8259) and CBOR (RFC 8949).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

// One value: nothing, a number, a truth or a text.
struct LogValue {
  enum class Kind : std::uint8_t { nothing, number, boolean, text } kind = Kind::nothing;
  std::int64_t number = 0;
  std::string_view text = {};
};

class LogEncoder {
 public:
  enum class Form : std::uint8_t { json, cbor_text, cbor };  // cbor_text: two digits for each byte

  LogEncoder(std::string& out, Form form) : out_(out), form_(form) {}

  // An object is begin(), pairs of member() and value(), end().
  void begin();
  void member(std::string_view name);
  void value(const LogValue& value);
  void end();

 private:
  void json_text(std::string_view text);
  void cbor_head(std::uint8_t major, std::uint64_t argument);
  void cbor_value(const LogValue& value);
  void byte(std::uint8_t value);

  std::string& out_;
  Form form_;
  bool first_ = true;
};

}  // namespace shunt::fetchers
