// The `%` aliases of log formats as rows, and the writer that all of them share.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fetchers/context.hpp"
#include "fetchers/log_format.hpp"

namespace shunt::fetchers {

// Writes values with the flags of one item. An empty value is "-" in a log line, `""` when quoted.
class LogWriter {
 public:
  LogWriter(std::string& out, std::uint8_t flags, bool line) : out_(out), flags_(flags), line_(line) {}

  [[nodiscard]] bool has(LogFlag flag) const { return (flags_ & static_cast<std::uint8_t>(flag)) != 0; }
  void text(std::string_view value);  // with quotes, escapes and #XX
  void nothing();                     // the value does not exist
  void verbatim(std::string_view value) { out_ += value; }
  void capture(std::string_view value);  // never quoted; what could end it or its list is #XX, too
  void number(std::int64_t value);       // never quoted, hexadecimal only by hexadecimal()
  void hexadecimal(std::uint64_t value, int digits);
  // Nothing was written but what verbatim() and hexadecimal() left: text. For encodings.
  enum class Kind : std::uint8_t { text, number, nothing };
  [[nodiscard]] Kind kind() const { return kind_; }

 private:
  void bytes(std::string_view value);
  void coded(char c);

  std::string& out_;
  std::uint8_t flags_;
  bool line_;
  Kind kind_ = Kind::text;
};

enum class AliasMode : std::uint8_t { any, http };

struct LogAliasRow {
  std::string_view name;
  AliasMode mode = AliasMode::any;
  void (*write)(const Context& context, const LogRecord& record,
                LogWriter& out) = nullptr;  // null for `http`
  std::string_view documentation = {};
  bool at_end = false;  // what HAProxy waits for before it writes the line
};

[[nodiscard]] std::span<const LogAliasRow> log_aliases();  // sorted by name
[[nodiscard]] const LogAliasRow* find_log_alias(std::string_view name);

}  // namespace shunt::fetchers
