// A sample: one typed value that a fetch produced and converters change.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace shunt::fetchers {

enum class SampleType : std::uint8_t { any, boolean, sint, addr, ipv4, ipv6, str, bin, method };
// `any` and `addr` (ipv4 or ipv6) appear only in signatures, never in a value.

struct Sample {
  SampleType type = SampleType::boolean;
  std::int64_t integer = 0;                   // boolean (0/1), sint, known method number
  std::array<std::uint8_t, 16> address = {};  // network order; ipv4 in the first four bytes
  std::string_view text =
      {};  // str, bin, method: not owned; lives in the buffer it was read from or in the Scratch

  void set_boolean(bool value) { type = SampleType::boolean, integer = value ? 1 : 0; }
  void set_integer(std::int64_t value) { type = SampleType::sint, integer = value; }
  void set_string(std::string_view value) { type = SampleType::str, text = value; }
  void set_binary(std::string_view value) { type = SampleType::bin, text = value; }
};

// Whether a fetch had a value, and whether that may still become another one (or one at all) when more
// arrives. A chain of converters keeps `may_change` of its fetch; a converter that fails turns `found` off.
// `more`: the fetch has another value, which Context::value_index + 1 asks for; an ACL looks at all of them.
struct Fetched {
  bool found = false;
  bool may_change = false;
  bool more = false;
};

// Bytes computed during one evaluation (casts, converters, joins). Reset by its owner between evaluations;
// grows in blocks.
class Scratch {
 public:
  explicit Scratch(std::size_t capacity = std::size_t{64} * 1024);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::span<char> allocate(std::size_t size);  // size bytes, uninitialised
  [[nodiscard]] std::string_view copy(std::string_view bytes);
  void reset();

 private:
  struct Block;
  Block* first_ = nullptr;
  Block* current_ = nullptr;
  std::size_t used_ = 0;
};

// HAProxy's cast matrix. False: no such cast, or the value can't be cast (str "x" -> sint).
[[nodiscard]] bool cast(Sample& sample, SampleType to, Scratch& scratch);
[[nodiscard]] bool castable(SampleType from, SampleType to);
[[nodiscard]] std::string_view type_name(SampleType type);  // as HAProxy names it in messages

}  // namespace shunt::fetchers
