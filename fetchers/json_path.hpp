// Finds the value at a JSON path without building a document (RFC 8259; of JSON path: `$`, `.name`,
// `[index]`).
#pragma once
#include <optional>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, number, text, array, object } kind = Kind::null;
  // Of a text: what stands between the quotes, escapes included; of the others all their bytes. Behind a
  // number there may be more that is none.
  std::string_view token = {};
};

// The first value at `path`; what follows it is not looked at. nullopt: there is none, or the text is no JSON
// up to there, or nested deeper than 20 levels. In a name of the path '\' takes the next character as it is.
[[nodiscard]] std::optional<JsonValue> find_json(std::string_view text, std::string_view path);

// A text with its escapes undone. Of \uXXXX only the first 256 code points are known, one byte each, as in
// HAProxy. nullopt: another escape.
[[nodiscard]] std::optional<std::string_view> unescape_json(std::string_view token, Scratch& scratch);

}  // namespace shunt::fetchers
