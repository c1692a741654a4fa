// The table of match methods: name and the type that a sample is cast to before it is matched.
#include <algorithm>
#include <array>

#include "acl/pattern_set.hpp"

namespace shunt::acl {
namespace {

using fetchers::SampleType;

struct MethodRow {
  MatchMethod method;
  std::string_view name;
  SampleType input;
};

// In the order of the enumeration. `bool` compares the integer: "5" is true and "x" is 0 [seen].
constexpr std::array rows{
    MethodRow{MatchMethod::found, "found", SampleType::any},
    MethodRow{MatchMethod::boolean, "bool", SampleType::sint},
    MethodRow{MatchMethod::integer, "int", SampleType::sint},
    MethodRow{MatchMethod::ip, "ip", SampleType::addr},
    MethodRow{MatchMethod::bin, "bin", SampleType::bin},
    MethodRow{MatchMethod::len, "len", SampleType::str},
    MethodRow{MatchMethod::str, "str", SampleType::str},
    MethodRow{MatchMethod::beg, "beg", SampleType::str},
    MethodRow{MatchMethod::sub, "sub", SampleType::str},
    MethodRow{MatchMethod::dir, "dir", SampleType::str},
    MethodRow{MatchMethod::dom, "dom", SampleType::str},
    MethodRow{MatchMethod::end, "end", SampleType::str},
    MethodRow{MatchMethod::reg, "reg", SampleType::str},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].method != static_cast<MatchMethod>(i)) return false;
  return true;
}
static_assert(in_order());
static_assert(rows.size() == static_cast<std::size_t>(MatchMethod::reg) + 1);

const MethodRow& row(MatchMethod method) { return rows[static_cast<std::size_t>(method)]; }

}  // namespace

std::string_view method_name(MatchMethod method) { return row(method).name; }

fetchers::SampleType method_input(MatchMethod method) { return row(method).input; }

std::optional<MatchMethod> find_method(std::string_view name) {
  const auto* found = std::ranges::find(rows, name, &MethodRow::name);
  if (found == rows.end()) return std::nullopt;
  return found->method;
}

}  // namespace shunt::acl
