// The table of settings that HAProxy doesn't just overwrite.
#include "graph/read/repeats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "graph/read/reading.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

enum class Repeat : std::uint8_t { first_holds, refused };

struct RepeatRow {
  std::string_view keyword, setting;
  Repeat repeat = Repeat::first_holds;
};
// Measured with 2.6; `user` and `uid` set the same thing.
constexpr auto in_global = std::to_array<RepeatRow>({
    {"ca-base", "ca-base", Repeat::refused},
    {"chroot", "chroot"},
    {"crt-base", "crt-base", Repeat::refused},
    {"gid", "group"},
    {"group", "group"},
    {"log-send-hostname", "log-send-hostname"},
    {"maxconn", "maxconn"},
    {"maxpipes", "maxpipes"},
    {"pidfile", "pidfile"},
    {"server-state-base", "server-state-base"},
    {"spread-checks", "spread-checks"},
    {"tune.maxaccept", "tune.maxaccept"},
    {"uid", "user"},
    {"ulimit-n", "ulimit-n"},
    {"user", "user"},
});

// HAProxy takes a zero for "not set yet".
bool is_zero(const Reading& reading) { return !reading.arguments.empty() && reading.arguments[0] == "0"; }

bool may_stand_again_in_global(Reading& reading) {
  const auto* row = std::ranges::find(in_global, reading.keyword.value, &RepeatRow::keyword);
  if (row == in_global.end() || reading.prefix != Prefix::plain) return true;
  auto& said = reading.state.said.in_global;
  const auto found = said.find(row->setting);
  if (found == said.end()) {
    if (!is_zero(reading)) said.emplace(row->setting, reading.span());
    return true;
  }
  const bool refused = row->repeat == Repeat::refused;
  auto& finding = reading.state.sink.report(
      refused ? parser::Severity::error : parser::Severity::warning, codes::said_before, reading.span(),
      refused ? fmt::format("{} stands a second time", reading.quoted())
              : fmt::format("the {} is set already; this line has no effect", row->setting));
  finding.notes.push_back({"it is set here", found->second});
  return false;
}

// The later timeout holds, but HAProxy says so.
void warn_of_timeout(Reading& reading) {
  const auto [first, fresh] = reading.state.said.in_section.try_emplace(reading.row->name, reading.span());
  if (fresh) return;
  reading
      .report(codes::overridden, reading.span(),
              fmt::format("{} replaces an earlier one of this section", reading.quoted()))
      .notes.push_back({"the earlier one", first->second});
}

}  // namespace

bool may_stand_again(Reading& reading, const Family& family) {
  if (&family == &global_family) return may_stand_again_in_global(reading);
  if (&family == &timeout_family && (reading.place & in::defaults) == 0) warn_of_timeout(reading);
  return true;
}

}  // namespace shunt::graph
