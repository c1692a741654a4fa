// Fetches of what is kept of the hello of a client whose TLS ends here (`tune.ssl.capture-buffer-size`).
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/tls_reading.hpp"
#include "fetchers/wire/byte_cursor.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

using Type = SampleType;
using List = std::string_view CapturedHello::*;

const CapturedHello* hello_of(const Context& context) {
  const TlsView* view = tls::view<tls::client>(context);
  return view != nullptr ? view->captured_hello() : nullptr;
}

// RFC 8701: 0x0a0a, 0x1a1a, ... 0xfafa.
bool is_grease(std::uint32_t high, std::uint32_t low) { return high == low && (low & 0x0f) == 0x0a; }

std::string_view without_grease(std::string_view list, Scratch& scratch) {
  const std::span<char> room = scratch.allocate(list.size());
  std::size_t size = 0;
  for (; list.size() >= 2; list.remove_prefix(2)) {
    if (!is_grease(wire::byte_at(list, 0), wire::byte_at(list, 1))) size += list.copy(room.data() + size, 2);
  }
  size += list.copy(room.data() + size, list.size());  // half a number, where the space ended
  return {room.data(), size};
}

bool filtered(Arguments arguments) { return !arguments.empty() && arguments[0].integer == 1; }

template <List which>
std::string_view list_of(const Context& context, Arguments arguments) {
  const CapturedHello* hello = hello_of(context);
  if (hello == nullptr) return {};
  return filtered(arguments) ? without_grease(hello->*which, *context.scratch) : hello->*which;
}

template <List which>
Fetched list(Context& context, Arguments arguments, Sample& out) {
  out.set_binary(list_of<which>(context, arguments));
  return {.found = !out.text.empty()};
}

Fetched suites_in_hexadecimal(Context& context, Arguments arguments, Sample& out) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const std::string_view suites = list_of<&CapturedHello::suites>(context, arguments);
  const std::span<char> room = context.scratch->allocate(suites.size() * 2);
  for (std::size_t i = 0; i < suites.size(); ++i) {
    room[2 * i] = digits[wire::byte_at(suites, i) >> 4];
    room[2 * i + 1] = digits[wire::byte_at(suites, i) & 15];
  }
  out.set_string({room.data(), room.size()});
  return {.found = !suites.empty()};
}

std::string_view suite_name(const TlsView& view, std::uint16_t number, Scratch& scratch) {
  constexpr std::string_view digits = parser::ascii::lower_hex;
  if (const std::string_view name = view.suite_name(number); !name.empty()) return name;
  const std::string_view pattern = "UNKNOWN(----)";
  const std::span<char> room = scratch.allocate(pattern.size());
  pattern.copy(room.data(), pattern.size());
  for (std::size_t i = 0; i < 4; ++i) room[8 + i] = digits[number >> (12 - 4 * i) & 15];
  return {room.data(), room.size()};
}

Fetched suite_names(Context& context, Arguments arguments, Sample& out) {
  constexpr std::size_t longest_name = 64;
  const TlsView* view = tls::view<tls::client>(context);
  std::string_view suites = list_of<&CapturedHello::suites>(context, arguments);
  const std::span<char> room = context.scratch->allocate(suites.size() / 2 * longest_name);
  std::size_t size = 0;
  for (; suites.size() >= 2; suites.remove_prefix(2)) {
    const auto number = static_cast<std::uint16_t>(wire::byte_at(suites, 0) << 8 | wire::byte_at(suites, 1));
    if (size != 0) room[size++] = ',';
    size += suite_name(*view, number, *context.scratch).copy(room.data() + size, longest_name - 1);
  }
  out.set_string({room.data(), size});
  return {.found = size != 0};
}

Fetched suites_hash(Context& context, Arguments, Sample& out) {
  const CapturedHello* hello = hello_of(context);
  if (hello != nullptr) out.set_integer(static_cast<std::int64_t>(hello->suites_hash));
  return {.found = hello != nullptr};
}

Fetched version(Context& context, Arguments, Sample& out) {
  const CapturedHello* hello = hello_of(context);
  if (hello != nullptr) out.set_integer(hello->version);
  return {.found = hello != nullptr};
}

constexpr FetchRow plain(std::string_view name, FetchFunction function, Type type, std::string_view text) {
  return {
      .name = name, .out = type, .places = places::client_tls, .function = function, .documentation = text};
}

// With argument 1 the list is without GREASE values.
constexpr FetchRow row(std::string_view name, FetchFunction function, Type type, std::string_view text,
                       std::string_view since = {}) {
  FetchRow made = plain(name, function, type, text);
  made.arguments = {.types = {ArgumentType::sint}};
  made.since = since;
  return made;
}

constexpr std::array rows = {
    row("ssl_fc_cipherlist_bin", list<&CapturedHello::suites>, Type::str,
        "The cipher suites that the client offered, two bytes each; 1: without GREASE values."),
    row("ssl_fc_cipherlist_hex", suites_in_hexadecimal, Type::bin,
        "The cipher suites that the client offered, in hexadecimal; 1: without GREASE values."),
    row("ssl_fc_cipherlist_str", suite_names, Type::str,
        "The names of the cipher suites that the client offered; 1: without GREASE values."),
    plain("ssl_fc_cipherlist_xxh", suites_hash, Type::sint,
          "The XXH64 hash of all cipher suites that the client offered."),
    plain("ssl_fc_ecformats_bin", list<&CapturedHello::formats>, Type::str,
          "The point formats that the client offered, one byte each."),
    row("ssl_fc_eclist_bin", list<&CapturedHello::groups>, Type::str,
        "The groups that the client offered, two bytes each; 1: without GREASE values."),
    row("ssl_fc_extlist_bin", list<&CapturedHello::extensions>, Type::str,
        "The extensions of the client's hello, two bytes each; 1: without GREASE values."),
    plain("ssl_fc_protocol_hello_id", version, Type::sint, "The version in the client's hello."),
    row("ssl_fc_sigalgs_bin", list<&CapturedHello::signatures>, Type::bin,
        "The signature algorithms that the client offered, two bytes each; 1: without GREASE values.", "3.1"),
    row("ssl_fc_supported_versions_bin", list<&CapturedHello::versions>, Type::bin,
        "The versions that the client offered, two bytes each; 1: without GREASE values.", "3.1"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows tls_captured_fetches() { return rows; }

}  // namespace shunt::fetchers
