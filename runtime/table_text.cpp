// The line of an entry: its key, its age, its data in the order of their types.
#include "runtime/table_text.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <cstring>
#include <iterator>

#include "graph/table_types.hpp"

namespace shunt::runtime {
namespace {

using fetchers::SampleType;
using fetchers::TableCell;

struct Escape {
  char byte, letter;
};
constexpr Escape escapes[] = {{'\n', 'n'}, {'\t', 't'}, {'\r', 'r'}, {'\x1b', 'e'},
                              {' ', ' '},  {'=', '='},  {'\\', '\\'}};

void append_text_key(std::string& out, std::string_view key) {
  for (const char c : key) {
    const Escape* known = nullptr;
    for (const Escape& each : escapes)
      if (each.byte == c) known = &each;
    const auto byte = static_cast<unsigned char>(c);
    if (known != nullptr)
      (out += '\\') += known->letter;
    else if (byte < 0x20 || byte >= 0x7f)
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    else
      out += c;
  }
}

void append_key(std::string& out, const graph::StickTable& table, std::string_view key) {
  char text[INET6_ADDRSTRLEN] = {};
  switch (table.type) {
    case SampleType::ipv4: out += inet_ntop(AF_INET, key.data(), text, sizeof(text)); return;
    case SampleType::ipv6: out += inet_ntop(AF_INET6, key.data(), text, sizeof(text)); return;
    case SampleType::sint: {
      std::uint32_t number = 0;
      std::memcpy(&number, key.data(), sizeof(number));
      out += std::to_string(number);
      return;
    }
    case SampleType::str: return append_text_key(out, key);
    default:
      for (const char c : key)
        fmt::format_to(std::back_inserter(out), "{:02X}", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string table_head(const graph::StickTable& table, route::StickTable& state, route::TableTime now) {
  return fmt::format("# table: {}, type: {}, size:{}, used:{}\n", table.name,
                     graph::table_type(table.type).name, state.size(), state.used(now));
}

void append_entry(std::string& out, const graph::StickTable& table, route::StickTable& state,
                  const route::StickTable::Access& entry) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "{}: key=", static_cast<const void*>(entry.key().data()));
  append_key(out, table, entry.key());
  fmt::format_to(to, " use={} exp={}", entry.holders(), entry.remaining());
  for (const fetchers::TableDataRow& row : fetchers::table_data_rows) {
    const std::uint32_t elements = state.layout().elements(row.data);
    for (std::uint32_t i = 0; i < elements; ++i) {
      const std::uint64_t value = entry.read(row.data, i);
      if (row.element.empty())
        fmt::format_to(to, " {}", row.name);
      else
        fmt::format_to(to, " {}{}{}", row.element, i, row.suffix);
      if (row.cell == TableCell::rate) fmt::format_to(to, "({})", state.layout().period(row.data));
      const std::string name =
          row.cell == TableCell::name ? state.names().name(static_cast<std::uint32_t>(value)) : std::string();
      if (row.cell != TableCell::name)
        fmt::format_to(to, "={}", value);
      else
        fmt::format_to(to, "={}", name.empty() ? std::string_view("-") : std::string_view(name));
    }
  }
  out += '\n';
}

}  // namespace shunt::runtime
