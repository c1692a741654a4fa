// What is said of a line that sets again what is set.
#include "graph/read/repeats.hpp"

#include <fmt/core.h>

#include "graph/read/reading.hpp"

namespace shunt::graph {
namespace {

// HAProxy takes a zero for "not set yet".
bool is_zero(const Reading& reading) { return !reading.arguments.empty() && reading.arguments[0] == "0"; }

parser::Diagnostic& report_repeat(Reading& reading, std::string_view setting) {
  switch (reading.row->repeat) {
    case Repeat::refused:
      return reading.state.sink.report(parser::Severity::error, codes::said_before, reading.span(),
                                       fmt::format("{} stands a second time", reading.quoted()));
    case Repeat::first_holds:
      return reading.report(codes::said_before, reading.span(),
                            fmt::format("the {} is set already; this line has no effect", setting));
    default:
      return reading.report(codes::overridden, reading.span(),
                            fmt::format("{} replaces an earlier one of this section", reading.quoted()));
  }
}

}  // namespace

bool may_stand_again(Reading& reading) {
  const Row& row = *reading.row;
  if (row.repeat == Repeat::replaces || reading.prefix != Prefix::plain) return true;
  if ((reading.place & in::defaults) != 0) return true;
  const std::string_view setting = row.setting.empty() ? row.name : row.setting;
  auto& said = reading.state.said;
  const auto found = said.find({reading.proxy, setting});
  if (found == said.end()) {
    if (row.repeat != Repeat::first_holds || !is_zero(reading))
      said.emplace(std::pair(reading.proxy, setting), reading.span());
    return true;
  }
  report_repeat(reading, setting).notes.push_back({"the earlier one", found->second});
  return row.repeat == Repeat::replaces_aloud;
}

}  // namespace shunt::graph
