// Files of server states (`show servers state` of the Management Guide, version 1): what an earlier process
// knew.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "graph/link/linking.hpp"
#include "graph/link/saved_states.hpp"
#include "parser/outside.hpp"

namespace shunt::graph {
namespace {

enum Column : std::size_t {
  backend_number,
  backend_name,
  server_number,
  server_name,
  address,
  operation,  // 0: down
  administration,
  weight,
  line_weight,  // of the configuration then
  host = 17,
  port,
  columns = 25
};
// Bits of `administration`.
constexpr std::uint32_t forced_maintenance = 1, configured_maintenance = 4, forced_drain = 8,
                        ordered_host = 64;

std::string absolute(const config::Global& global, const std::string& name) {
  if (name.starts_with('/') || !global.server_state_base) return name;
  return global.server_state_base->value + '/' + name;
}

// Empty: no file.
std::string file_for(const config::Global& global, const config::Proxy& backend) {
  const std::string mode = value_or(backend.settings.load_server_state, std::string("none"));
  if (mode == "global")
    return global.server_state_file ? absolute(global, global.server_state_file->value) : "";
  if (mode != "local") return {};
  const std::string name = value_or(backend.settings.server_state_file, std::string());
  return absolute(global, name.empty() || name == "use-backend-name" ? backend.name.value : name);
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(std::move(word));
  return words;
}

class StateFile {
 public:
  StateFile(Linking& linking, parser::Span span, const std::string& path)
      : linking_(linking), span_(span), path_(path) {}

  std::map<std::string, SavedLine> read() {
    std::map<std::string, SavedLine> lines;
    auto bytes = parser::read_file(path_);
    if (!bytes) return say("can't be read"), std::move(lines);
    std::istringstream stream(std::move(bytes).assume_value());
    std::string line;
    if (!std::getline(stream, line) || line != "1")
      return say("doesn't begin with version 1"), std::move(lines);
    for (std::size_t number = 2; std::getline(stream, line); ++number) {
      if (line.starts_with('#')) continue;
      SavedLine saved{words_of(line)};
      if (saved.words.empty()) continue;
      if (saved.words.size() < columns) {
        say(fmt::format("is no list of server states at line {}", number));
        return {};
      }
      const std::string key = saved.words[backend_name] + '/' + saved.words[server_name];
      lines.emplace(key, std::move(saved));
    }
    return lines;
  }

 private:
  void say(std::string_view what) {
    linking_.report(codes::unreadable_states, span_, fmt::format("the file '{}' {}", path_, what)).late =
        true;
  }

  Linking& linking_;
  parser::Span span_;
  std::string path_;
};

std::optional<std::uint32_t> number(const std::string& text) {
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

const SavedLine* line_of(Linking& linking, const config::Proxy& backend, const config::Server& from) {
  const std::string path = file_for(linking.config.global, backend);
  if (path.empty() || linking.options.assume_files) return nullptr;
  const auto [file, fresh] = linking.saved_states.try_emplace(path);
  if (fresh) file->second = StateFile(linking, backend.span, path).read();
  const auto line = file->second.find(backend.name.value + '/' + from.name.value);
  return line != file->second.end() ? &line->second : nullptr;
}

// The column that is not what it should be; `columns`: none.
Column first_fault(const std::vector<std::string>& words) {
  constexpr std::uint32_t heaviest = 256, most_states = 3;
  const auto within = [&](Column column, std::uint32_t most) {
    const auto value = number(words[column]);
    return value && *value <= most;
  };
  if (!within(operation, most_states)) return operation;
  if (!within(administration, 0x7f)) return administration;
  if (!within(weight, heaviest)) return weight;
  return within(line_weight, heaviest) ? columns : line_weight;
}

// As HAProxy does it [seen]: the counter of checks is full or empty, maintenance that the file ordered ends
// with the line that did, the weight is taken over unless the file's has changed, the port always.
void apply(const std::vector<std::string>& words, Server& server) {
  const std::uint32_t state = *number(words[operation]), admin = *number(words[administration]);
  SavedState saved{.up = state != 0, .weight = server.weight};
  saved.health = state > 1 ? server.check.rise + server.check.fall - 1 : state * server.check.rise;
  if (*number(words[line_weight]) == server.weight) saved.weight = *number(words[weight]);
  saved.maintenance =
      server.disabled || ((admin & forced_maintenance) != 0 && (admin & configured_maintenance) == 0);
  saved.draining = (admin & forced_drain) != 0;
  server.saved = saved;
  const auto saved_port = number(words[port]);
  const bool has_port = server.address.port_kind == parser::PortKind::absolute && server.address.port != 0;
  // The port of a service is that of its record.
  const bool service =
      server.address.host.starts_with('_') && server.endpoint.family != fetchers::Family::none;
  if (service && saved_port && *saved_port <= 65535)
    server.endpoint.port = static_cast<std::uint16_t>(*saved_port);
  if (saved_port && *saved_port != 0 && *saved_port <= 65535 && has_port)
    server.endpoint.port = server.address.port = static_cast<std::uint16_t>(*saved_port);
}

}  // namespace

std::string saved_host(Linking& linking, const config::Proxy& backend, const config::Server& from) {
  const SavedLine* const line = line_of(linking, backend, from);
  if (line == nullptr || first_fault(line->words) != columns) return {};
  const bool ordered = (*number(line->words[administration]) & ordered_host) != 0;
  return ordered && line->words[host] != "-" ? line->words[host] : std::string();
}

void restore_server(Linking& linking, const config::Proxy& backend, const config::Server& from,
                    Server& server) {
  const SavedLine* const line = line_of(linking, backend, from);
  find_first_address(linking, from, line != nullptr ? line->words[address] : std::string(), server);
  if (line == nullptr) return;
  const Column fault = first_fault(line->words);
  if (fault == columns) return apply(line->words, server);
  linking
      .report(codes::unreadable_states, from.span,
              fmt::format("the saved state of server '{}/{}' can't be used: '{}' in column {}",
                          backend.name.value, from.name.value, line->words[fault], fault + 1))
      .late = true;
}

}  // namespace shunt::graph
