// A section's name servers, one below the other, each with its counters.
#include "runtime/names/name_commands.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

namespace shunt::runtime {
namespace {

using Counter = std::uint64_t NameServerCounters::*;
constexpr std::pair<std::string_view, Counter> lines[] = {
    {"sent", &NameServerCounters::sent},         {"snd_error", &NameServerCounters::snd_error},
    {"valid", &NameServerCounters::valid},       {"update", &NameServerCounters::update},
    {"cname", &NameServerCounters::cname},       {"cname_error", &NameServerCounters::cname_error},
    {"any_err", &NameServerCounters::any_err},   {"nx", &NameServerCounters::nx},
    {"timeout", &NameServerCounters::timeout},   {"refused", &NameServerCounters::refused},
    {"other", &NameServerCounters::other},       {"invalid", &NameServerCounters::invalid},
    {"too_big", &NameServerCounters::too_big},   {"truncated", &NameServerCounters::truncated},
    {"outdated", &NameServerCounters::outdated},
};

void write(std::string& out, const graph::Resolvers& section,
           const std::vector<NameServerCounters>& counters) {
  fmt::format_to(std::back_inserter(out), "Resolvers section {}\n", section.name);
  for (std::size_t i = 0; i < section.servers.size(); ++i) {
    const NameServerCounters values = i < counters.size() ? counters[i] : NameServerCounters{};
    fmt::format_to(std::back_inserter(out), " nameserver {}:\n", section.servers[i].name);
    for (const auto& [name, value] : lines)
      fmt::format_to(std::back_inserter(out), "  {:<13}{}\n", fmt::format("{}:", name), values.*value);
  }
}

}  // namespace

std::optional<std::string> answer_name_command(std::span<const std::string> words,
                                               std::span<const graph::Resolvers> sections,
                                               const NameCounters& counters) {
  if (words.size() < 2 || words[0] != "show" || words[1] != "resolvers") return std::nullopt;
  std::string out;
  bool found = words.size() == 2;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (words.size() > 2 && sections[i].name != words[2]) continue;
    found = true;
    write(out, sections[i], i < counters.size() ? counters[i] : std::vector<NameServerCounters>{});
  }
  return found ? out : "Can't find that resolvers section\n";
}

}  // namespace shunt::runtime
