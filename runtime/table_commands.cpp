// Filters and keys of commands about stick tables, and what the commands do.
#include "runtime/table_commands.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>

#include "route/table_clock.hpp"
#include "runtime/table_text.hpp"

namespace shunt::runtime {
namespace {

using fetchers::SampleType;
using fetchers::TableCell;
using fetchers::TableData;
using graph::AdminLevel;
using route::StickTable;
using route::TableTime;
using Reply = std::unique_ptr<TableReply>;
using Words = std::span<const std::string>;

enum class Verb : std::uint8_t { show, set, clear };

TableTime clock() { return route::table_time(route::Clock::now()); }

class TextReply final : public TableReply {
 public:
  explicit TextReply(std::string text) : text_(std::move(text)) {}
  bool next(std::string& out) override {
    out += std::exchange(text_, {});
    return false;
  }

 private:
  std::string text_;
};
Reply text(std::string_view what) { return std::make_unique<TextReply>(std::string(what)); }
Reply line(std::string_view what) { return std::make_unique<TextReply>(std::string(what) + '\n'); }

// ---- filters

enum class Relation : std::uint8_t { eq, ne, le, ge, lt, gt };
constexpr std::array<std::string_view, 6> relations = {"eq", "ne", "le", "ge", "lt", "gt"};
constexpr std::size_t most_filters = 4, first_filter_word = 3;

struct Filter {
  TableData data = TableData::server_id;
  Relation relation = Relation::eq;
  std::int64_t value = 0;

  [[nodiscard]] bool passes(const StickTable::Access& entry) const {
    const auto found = static_cast<std::int64_t>(entry.read(data, 0));
    switch (relation) {
      case Relation::eq: return found == value;
      case Relation::ne: return found != value;
      case Relation::le: return found <= value;
      case Relation::ge: return found >= value;
      case Relation::lt: return found < value;
      case Relation::gt: return found > value;
    }
    return false;
  }
};

std::optional<std::int64_t> integer(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || fault != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string_view word_at(Words words, std::size_t at) {
  return at < words.size() ? std::string_view(words[at]) : std::string_view();
}

// One filter at `at`; a text: what is wrong with it.
std::string_view read_filter(Words words, std::size_t at, const StickTable& table, Filter& filter) {
  constexpr std::string_view prefix = "data.";
  const std::string_view name = word_at(words, at);
  const auto relation = std::ranges::find(relations, word_at(words, at + 1));
  const auto data = name.starts_with(prefix) ? fetchers::table_data_named(name.substr(prefix.size()))
                                             : std::optional(TableData::server_id);
  if (!data) return "Unknown data type";
  if (name.starts_with(prefix) && table.layout().elements(*data) == 0)
    return "Data type not stored in this table";
  if (relation == relations.end())
    return "Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\"";
  const auto value = integer(word_at(words, at + 2));
  if (!value) return "Require a valid integer value to compare against";
  filter = {*data, static_cast<Relation>(relation - relations.begin()), *value};
  return {};
}

// All of them; a text: the first fault.
std::string read_filters(Words words, const StickTable& table, std::vector<Filter>& filters) {
  for (std::size_t at = first_filter_word; at < words.size(); at += 3) {
    if (filters.size() == most_filters)
      return fmt::format("Detected extra data in filter, {}th word of input, after '{}'\n", at + 1,
                         words[at - 1]);
    Filter filter;
    const std::string_view fault = read_filter(words, at, table, filter);
    if (!fault.empty()) return fmt::format("Filter entry #{}: {}\n", filters.size() + 1, fault);
    filters.push_back(filter);
  }
  return {};
}

bool passes(const std::vector<Filter>& filters, const StickTable::Access& entry) {
  return std::ranges::all_of(filters, [&](const Filter& filter) { return filter.passes(entry); });
}

// ---- what goes through a table

// Visits a copy of the keys, so that no lock is held between two pieces; some at a time, whatever comes of
// them, as nothing else is done meanwhile.
class Walk final : public TableReply {
 public:
  using Visit = void (*)(std::string& out, const graph::StickTable& spec, StickTable& table,
                         StickTable::Access& entry);
  Walk(const graph::StickTable& spec, StickTable& table, std::vector<Filter> filters, Visit visit,
       std::string head)
      : spec_(spec),
        table_(table),
        filters_(std::move(filters)),
        visit_(visit),
        head_(std::move(head)),
        keys_(table.keys(clock())) {}

  bool next(std::string& out) override {
    constexpr std::size_t piece = std::size_t{64} * 1024, most_visits = 2000;
    out += std::exchange(head_, {});
    const TableTime now = clock();
    const std::size_t begin = out.size(), end = std::min(keys_.size(), at_ + most_visits);
    for (; at_ < end && out.size() - begin < piece; ++at_) {
      StickTable::Access entry = table_.find(keys_[at_], now);
      if (entry && passes(filters_, entry)) visit_(out, spec_, table_, entry);
    }
    return at_ < keys_.size();
  }

 private:
  const graph::StickTable& spec_;
  StickTable& table_;
  std::vector<Filter> filters_;
  Visit visit_;
  std::string head_;
  std::vector<std::string> keys_;
  std::size_t at_ = 0;
};

void show_entry(std::string& out, const graph::StickTable& spec, StickTable& table,
                StickTable::Access& entry) {
  append_entry(out, spec, table, entry);
}
// Entries that are tracked stay.
void clear_entry(std::string&, const graph::StickTable&, StickTable&, StickTable::Access& entry) {
  static_cast<void>(entry.erase());
}

// ---- keys

// As strtoul reads a decimal number, whatever stands behind it.
std::optional<std::string> integer_key(const std::string& word) {
  char* end = nullptr;
  const unsigned long number = std::strtoul(word.c_str(), &end, 10);
  if (end == word.c_str() || number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  const auto value = static_cast<std::uint32_t>(number);
  std::string key(sizeof(value), '\0');
  std::memcpy(key.data(), &value, sizeof(value));
  return key;
}

// HAProxy takes what is no IPv4 address for 0.0.0.0 [seen].
std::optional<std::string> key_of(const graph::StickTable& table, const std::string& word) {
  switch (table.type) {
    case SampleType::ipv4: {
      in_addr address{};
      if (inet_aton(word.c_str(), &address) == 0) address = {};
      return std::string(reinterpret_cast<const char*>(&address), sizeof(address));
    }
    case SampleType::ipv6: {
      std::string key(16, '\0');
      return inet_pton(AF_INET6, word.c_str(), key.data()) == 1 ? std::optional(key) : std::nullopt;
    }
    case SampleType::sint: return integer_key(word);
    default: return word.substr(0, table.key_length);
  }
}

struct Target {
  Verb verb;
  const TableCommand& command;
  const graph::StickTable& spec;
  StickTable& table;
};

constexpr std::size_t key_word = 4, first_data_word = 5;

Reply show_key(const Target& target, const std::string& key) {
  const TableTime now = clock();
  std::string out = table_head(target.spec, target.table, now);
  const StickTable::Access entry = target.table.find(key, now);
  if (!entry) return text("");
  append_entry(out, target.spec, target.table, entry);
  return text(out);
}

Reply clear_key(const Target& target, const std::string& key) {
  StickTable::Access entry = target.table.find(key, clock());
  return entry && !entry.erase() ? line("Entry currently in use, cannot remove") : text("");
}

Reply set_key(const Target& target, const std::string& key) {
  constexpr std::string_view prefix = "data.";
  StickTable::Access entry = target.table.find_or_make(key, clock());
  if (!entry) return line("Unable to allocate a new entry");
  entry.touch();
  const Words words = target.command.words;
  for (std::size_t at = first_data_word; at < words.size(); at += 2) {
    const std::string_view name = words[at];
    if (!name.starts_with(prefix)) return line("\"data.<type>\" followed by a value expected");
    const auto data = fetchers::table_data_named(name.substr(prefix.size()));
    if (!data) return line("Unknown data type");
    if (target.table.layout().elements(*data) == 0) return line("Data type not stored in this table");
    const auto value = integer(word_at(words, at + 1));
    if (!value || fetchers::row_of(*data).cell == TableCell::name)
      return line("Require a valid integer value to store");
    entry.set(*data, static_cast<std::uint64_t>(*value));
  }
  return text("");
}

Reply with_key(const Target& target) {
  constexpr std::string_view doing[] = {"Showing keys from", "Inserting keys into", "Removing keys from"};
  const Words words = target.command.words;
  if (words.size() <= key_word) return line("Key value expected");
  if (target.command.level == AdminLevel::user) return line("Permission denied");
  if (target.spec.type == SampleType::bin)
    return line(fmt::format("{} tables of type other than ip, ipv6, string and integer is not supported",
                            doing[static_cast<std::size_t>(target.verb)]));
  const auto key = key_of(target.spec, words[key_word]);
  if (!key) return line("Invalid key");
  switch (target.verb) {
    case Verb::show: return show_key(target, *key);
    case Verb::set: return set_key(target, *key);
    case Verb::clear: return clear_key(target, *key);
  }
  return text("");
}

// ---- the commands

constexpr std::string_view usage[] = {
    "Optional argument only supports \"data.<store_data_type>\" <operator> <value> and key <key>",
    "Required arguments: <table> key <key> [data.<store_data_type> <value>]*",
    "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>"};

Reply whole_table(const Target& target) {
  std::vector<Filter> filters;
  const Words words = target.command.words;
  if (words.size() > first_filter_word && target.verb == Verb::set)
    return line("content-based lookup is only supported with the \"show\" and \"clear\" actions");
  if (std::string fault = read_filters(words, target.table, filters); !fault.empty()) return text(fault);
  const bool trusted = target.command.level != AdminLevel::user;
  if (target.verb == Verb::set || (target.verb == Verb::clear && !trusted)) return text("");
  if (target.verb == Verb::clear)
    return std::make_unique<Walk>(target.spec, target.table, std::move(filters), clear_entry, "");
  std::string head = table_head(target.spec, target.table, clock());
  if (!trusted) return text(head + "# contents not dumped due to insufficient privileges\n");
  return std::make_unique<Walk>(target.spec, target.table, std::move(filters), show_entry, std::move(head));
}

// The last one of the file comes first.
Reply all_tables(const TableCommand& command) {
  std::string out;
  for (auto table = command.graph.tables.rbegin(); table != command.graph.tables.rend(); ++table)
    out += table_head(*table, command.state.table(table->id), clock());
  return text(out);
}

}  // namespace

Reply answer_table_command(const TableCommand& command) {
  constexpr std::array<std::string_view, 3> verbs = {"show", "set", "clear"};
  const Words words = command.words;
  const auto verb = std::ranges::find(verbs, word_at(words, 0));
  if (verb == verbs.end() || word_at(words, 1) != "table") return nullptr;
  const auto which = static_cast<Verb>(verb - verbs.begin());
  const std::string_view use = usage[static_cast<std::size_t>(which)];
  if (words.size() == 2) return which == Verb::show ? all_tables(command) : line(use);
  const auto& tables = command.graph.tables;
  const auto spec = std::ranges::find(tables, words[2], &graph::StickTable::name);
  if (spec == tables.end()) return line("No such table");
  const Target target{which, command, *spec, command.state.table(spec->id)};
  const std::string_view third = word_at(words, 3);
  if (third == "key") return with_key(target);
  if (!third.empty() && !third.starts_with("data.")) return line(use);
  return whole_table(target);
}

std::vector<std::string> command_words(std::string_view command) {
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t at = 0; at < command.size(); ++at) {
    char c = command[at];
    if (c == ' ' || c == '\t' || c == '\r') {
      inside = false;
      continue;
    }
    if (c == '\\' && at + 1 < command.size()) c = command[++at];
    if (!std::exchange(inside, true)) words.emplace_back();
    words.back() += c;
  }
  return words;
}

}  // namespace shunt::runtime
