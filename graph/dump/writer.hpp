// Writing settings of the typed configuration as words of its language.
#pragma once
#include <fmt/core.h>

#include <string>
#include <string_view>

#include "graph/config.hpp"

namespace shunt::graph::config {

// As the lexer would read it back as one word.
[[nodiscard]] std::string quoted(std::string_view text);

[[nodiscard]] std::string written(const std::string& value);
[[nodiscard]] std::string written(bool);
[[nodiscard]] std::string written(std::uint32_t value);
[[nodiscard]] std::string written(Milliseconds value);
[[nodiscard]] std::string written(const parser::Address& value);

// What `defaults` handed down is not printed again: only what was written inside `owner` (a section or a
// line) is.
class Writer {
 public:
  // An unknown owner owns everything.
  Writer(std::string& text, parser::Span owner) : text_(text), owner_(owner) {}

  [[nodiscard]] bool own(parser::Span span) const {
    if (!owner_.known()) return true;
    return span.file == owner_.file && span.begin >= owner_.begin && span.end <= owner_.end;
  }
  // A line of its own.
  template <class T>
  void line(std::string_view name, const Maybe<T>& setting) {
    if (!setting || !own(setting->span)) return;
    const std::string value = written(setting->value);
    text_ += fmt::format("    {}{}{}\n", name, value.empty() ? "" : " ", value);
  }
  // A parameter behind others on one line.
  template <class T>
  void parameter(std::string_view name, const Maybe<T>& setting) {
    if (!setting || !own(setting->span)) return;
    const std::string value = written(setting->value);
    text_ += fmt::format(" {}{}{}", name, value.empty() ? "" : " ", value);
  }
  void flag(std::string_view set, std::string_view unset, const Maybe<bool>& setting) {
    if (setting && own(setting->span)) text_ += fmt::format(" {}", setting->value ? set : unset);
  }
  void raw(std::string_view text) { text_ += text; }

 private:
  std::string& text_;
  parser::Span owner_;
};

// Settings that binds, servers, sections and `global` share.
void octal(Writer& to, std::string_view name, const Maybe<std::uint32_t>& setting);
void write_log(Writer& to, const LogLine& log);
void write_versions(Writer& to, const TlsVersions& versions);
void write_alpn(Writer& to, const Maybe<std::string>& alpn);

}  // namespace shunt::graph::config
