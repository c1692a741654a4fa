// Judges map files: keys that the converter's method reads, values of the type that it yields.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "acl/codes.hpp"
#include "acl/pattern_store.hpp"
#include "parser/scalar.hpp"

namespace shunt::acl {
namespace {

enum class MapValue : std::uint8_t { text, integer, address, none };

struct MapKind {
  MatchMethod method = MatchMethod::str;
  MapValue value = MapValue::text;
};

// "map", "map_beg", "map_beg_int", "map_str_ip", "map_ip_key"; "regm" is "reg".
MapKind read_kind(std::string_view converter) {
  MapKind kind;
  converter.remove_prefix(std::min(converter.find('_') + 1, converter.size()));
  const std::size_t split = converter.find('_');
  const std::string_view method = converter.substr(0, split), value = split == std::string_view::npos
                                                                          ? std::string_view()
                                                                          : converter.substr(split + 1);
  kind.method = method == "regm" ? MatchMethod::reg : find_method(method).value_or(MatchMethod::str);
  if (value == "int") kind.value = MapValue::integer;
  if (value == "ip") kind.value = MapValue::address;
  if (value == "key") kind.value = MapValue::none;
  return kind;
}

std::string_view value_of(std::string_view line) {
  constexpr std::string_view blanks = " \t";
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  line.remove_prefix(std::min(line.find_first_of(blanks), line.size()));
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::size_t last = line.find_last_not_of(" \t\r");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes = {};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

// No value at all is 0 [seen].
bool fits(MapValue kind, std::string_view text) {
  switch (kind) {
    case MapValue::integer: return text.empty() || parser::parse_integer(text).has_value();
    case MapValue::address: return is_address(std::string(text));
    default: return true;
  }
}

// The first line whose value does not fit.
std::optional<std::pair<std::size_t, std::string>> odd_value(std::string_view bytes, MapValue kind) {
  for (std::size_t number = 1; !bytes.empty(); ++number) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.starts_with('#') || line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (!fits(kind, value_of(line))) return std::pair{number, std::string(value_of(line))};
  }
  return std::nullopt;
}

}  // namespace

void PatternStore::check_map(const MapUse& use, parser::DiagnosticSink& sink) {
  const MapKind kind = read_kind(use.converter);
  if (use.otherwise && !fits(kind.value, *use.otherwise))
    sink.report(codes::invalid_map, use.span,
                fmt::format("the default value '{}' of '{}' is no address", *use.otherwise, use.converter));
  if (!judged_maps_.emplace(use.file, use.converter).second) return;
  const auto bytes = load(use.file, FileForm::map, use.span, sink);
  if (!bytes) return;
  parser::DiagnosticSink faults;
  std::ignore = PatternSet::build({.method = kind.method, .no_resolve = true},
                                  split_pattern_file(*bytes, FileForm::map, use.span), faults);
  if (!faults.all().empty())
    sink.report(codes::invalid_map, use.span,
                fmt::format("{} of file '{}'", faults.all().front().message, use.file));
  if (const auto odd = odd_value(*bytes, kind.value))
    sink.report(codes::invalid_map, use.span,
                fmt::format("unable to parse the value '{}' at line {} of file '{}'", odd->second, odd->first,
                            use.file));
}

}  // namespace shunt::acl
