// Puts values together: kinds of clients, one rule at a time, two rules at a time.
#include "analysis/diff/witnesses.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "analysis/diff/witness_values.hpp"

namespace shunt::analysis {
namespace {

// Positions of `keys` that stand in both lists in the same order: the longest increasing run of their
// positions on the other side.
std::vector<bool> in_common(const std::vector<AskedRule>& rules, const std::vector<AskedRule>& others) {
  std::unordered_map<std::string_view, std::vector<std::size_t>> places;
  for (std::size_t i = others.size(); i-- > 0;) places[others[i].key].push_back(i);
  constexpr std::size_t nowhere = SIZE_MAX;
  std::vector<std::size_t> ends, before(rules.size(), nowhere), values(rules.size(), nowhere);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto found = places.find(rules[i].key);
    if (found == places.end() || found->second.empty()) continue;
    values[i] = found->second.back();
    found->second.pop_back();
    const auto position =
        std::ranges::lower_bound(ends, values[i], {}, [&](std::size_t rule) { return values[rule]; });
    if (position != ends.begin()) before[i] = *std::prev(position);
    if (position == ends.end())
      ends.push_back(i);
    else
      *position = i;
  }
  std::vector<bool> common(rules.size());
  for (std::size_t i = ends.empty() ? nowhere : ends.back(); i != nowhere; i = before[i]) common[i] = true;
  return common;
}

using Clients = std::vector<ClientDescription>;

bool all(const Clients& clients, const WitnessSink& sink) { return std::ranges::all_of(clients, sink); }

ClientDescription saying(const BindShape& shape, std::string_view bytes) {
  ClientDescription client = usual_client(shape);
  client.hello.reset();
  client.bytes = std::string(bytes);
  return client;
}

ClientDescription silent(const BindShape& shape) {
  ClientDescription client = usual_client(shape);
  client.hello.reset();
  client.silent = true;
  return client;
}

void add_hellos(const BindShape& shape, const std::vector<std::string>& protocols, Clients& clients) {
  ClientDescription hello = usual_client(shape);
  clients.push_back(hello);
  hello.hello->sni.reset();
  clients.push_back(hello);
  hello.hello->sni = stranger;
  hello.hello->alpn = {"h2", "http/1.1"};
  clients.push_back(hello);
  for (const std::string& protocol : protocols) {
    hello.hello->alpn = {protocol};
    clients.push_back(hello);
  }
  hello.hello->alpn.clear();
  hello.hello->versions = {0x303};
  clients.push_back(hello);
}

void add_plain(const BindShape& shape, Clients& clients) {
  clients.push_back(silent(shape));
  for (const std::string_view bytes :
       {plain_http, std::string_view("SSH-2.0-x\r\n"), std::string_view("\0", 1), std::string_view("x")})
    clients.push_back(saying(shape, bytes));
  ClientDescription ends = silent(shape);
  ends.ends = Offset(0);
  clients.push_back(ends);
}

// Bytes that come after the connection, and a hello in two parts.
void add_late(const BindShape& shape, Clients& clients) {
  constexpr Offset late = std::chrono::milliseconds(40);
  ClientDescription hello = usual_client(shape);
  hello.segments = {{{}, late}};
  clients.push_back(hello);
  if (shape.header) return;
  hello.segments = {{100, Offset(0)}, {{}, late}};
  clients.push_back(hello);
}

void add_headers(const BindShape& shape, Clients& clients) {
  ClientDescription client = usual_client(shape);
  client.header->version = 1;
  clients.push_back(client);
  client.header = HeaderDescription{};
  clients.push_back(client);
  client.header.reset();
  clients.push_back(client);
  client.hello.reset();
  client.silent = true;
  clients.push_back(client);
}

void add_tls(const BindShape& shape, const std::vector<std::string>& names, Clients& clients) {
  ClientDescription client = usual_client(shape);
  client.inside = std::string(plain_http);
  clients.push_back(client);
  for (const std::string& name : names) {
    client.hello->sni = name.starts_with("*.") ? "x" + name.substr(1) : name;
    clients.push_back(client);
  }
  if (!shape.asks_certificate) return;
  client.shows_certificate = true;
  clients.push_back(client);
}

// A rule's case with the first value of each term.
std::vector<Value> first_values(const AskedCase& terms) {
  std::vector<Value> values;
  for (const AskedTerm& term : terms) {
    for (const Asked& asked : term) {
      if (entries_of(asked) == 0) continue;
      const auto near = values_near(asked, 0);
      if (near.empty()) continue;
      values.push_back(near.front());
      break;
    }
  }
  return values;
}

ClientDescription client_with(const std::vector<Value>& values, const BindShape& shape) {
  ClientDescription client = usual_client(shape);
  for (const Value& value : values) give(client, value, shape);
  return client;
}

// The case with one term's values in turn.
bool vary(const AskedCase& terms, const Asked& asked, bool neighbours, const BindShape& shape,
          const WitnessSink& sink) {
  const ClientDescription first = client_with(first_values(terms), shape);
  for (std::size_t entry = 0; entry < entries_of(asked); ++entry) {
    const auto values = values_near(asked, entry);
    for (const Value& value : values) {
      const bool exact = &value == &values.front();
      if (exact == neighbours) continue;
      ClientDescription client = first;
      give(client, value, shape);
      if (!sink(client)) return false;
    }
  }
  return true;
}

}  // namespace

WitnessMaker::WitnessMaker(BindShape shape, const AskedOfBind& before, const AskedOfBind& after)
    : shape_(std::move(shape)) {
  const auto mark = [this](const AskedOfBind& side, const AskedOfBind& other) {
    const std::vector<bool> common = in_common(side.rules, other.rules);
    for (std::size_t i = 0; i < common.size(); ++i) rules_.push_back({&side.rules[i], !common[i]});
  };
  mark(before, after);
  // What both have is asked for once.
  const std::vector<bool> common = in_common(after.rules, before.rules);
  for (std::size_t i = 0; i < common.size(); ++i)
    if (!common[i]) rules_.push_back({&after.rules[i], true});
  for (const AskedOfBind* side : {&before, &after}) {
    names_.insert(names_.end(), side->names.begin(), side->names.end());
    protocols_.insert(protocols_.end(), side->protocols.begin(), side->protocols.end());
  }
}

bool WitnessMaker::make(Tier tier, const WitnessSink& sink) const {
  switch (tier) {
    case Tier::kinds: return make_kinds(sink);
    case Tier::changed: return make_rules(true, false, sink) && make_rules(true, true, sink);
    case Tier::patterns: return make_rules(false, false, sink);
    case Tier::neighbours: return make_rules(false, true, sink);
    case Tier::pairs: return make_pairs(sink);
  }
  return true;
}

bool WitnessMaker::make_kinds(const WitnessSink& sink) const {
  Clients clients;
  add_hellos(shape_, protocols_, clients);
  add_plain(shape_, clients);
  add_late(shape_, clients);
  if (shape_.header) add_headers(shape_, clients);
  if (shape_.tls || !names_.empty()) add_tls(shape_, names_, clients);
  return all(clients, sink);
}

bool WitnessMaker::make_rules(bool changed, bool neighbours, const WitnessSink& sink) const {
  for (const Marked& marked : rules_) {
    if (marked.changed != changed) continue;
    for (const AskedCase& terms : marked.rule->cases)
      for (const AskedTerm& term : terms)
        for (const Asked& asked : term)
          if (!vary(terms, asked, neighbours, shape_, sink)) return false;
  }
  return true;
}

// Values of a property, those of changed rules first: one that matches of each pattern, then neighbours.
std::array<std::vector<Value>, 4> WitnessMaker::properties() const {
  constexpr std::size_t most = 64;  // of each
  std::array<std::vector<Value>, 4> found;
  const auto property_of = [](Aspect aspect) -> std::size_t {
    if (aspect == Aspect::source || aspect == Aspect::source_port) return 1;
    if (aspect == Aspect::destination || aspect == Aspect::destination_port) return 2;
    return aspect == Aspect::alpn ? 3 : 0;
  };
  for (const bool exact : {true, false})
    for_each_asked([&](const Asked& asked) {
      std::vector<Value>& values = found[property_of(asked.aspect)];
      for (std::size_t entry = 0; entry < entries_of(asked) && values.size() < most; ++entry) {
        const auto near = values_near(asked, entry);
        if (near.empty()) continue;
        if (exact)
          values.push_back(near.front());
        else
          values.insert(values.end(), near.begin() + 1, near.end());
      }
    });
  return found;
}

void WitnessMaker::for_each_asked(const std::function<void(const Asked&)>& use) const {
  for (const bool changed : {true, false})
    for (const Marked& marked : rules_)
      if (marked.changed == changed)
        for (const AskedCase& terms : marked.rule->cases)
          for (const AskedTerm& term : terms) std::ranges::for_each(term, use);
}

// Names that two patterns match at once, one in front and one behind.
std::vector<Value> WitnessMaker::joined_names() const {
  constexpr std::size_t most = 16;
  std::vector<std::string> parts;
  for_each_asked([&](const Asked& asked) {
    if (asked.aspect != Aspect::sni || asked.method == acl::MatchMethod::reg || asked.patterns == nullptr)
      return;
    for (const acl::PatternText& entry : asked.patterns->entries())
      if (parts.size() < most && std::ranges::find(parts, entry.text) == parts.end())
        parts.push_back(entry.text);
  });
  std::vector<Value> names;
  for (const std::string& front : parts)
    for (const std::string& back : parts)
      for (const std::string_view sign : {".", "", ".x."})
        names.push_back({.aspect = Aspect::sni, .text = std::string(front).append(sign).append(back)});
  return names;
}

// What one rule asks for together with what another one does: both of one name, and of properties that a
// client has side by side.
bool WitnessMaker::make_pairs(const WitnessSink& sink) const {
  for (const Value& name : joined_names())
    if (!sink(client_with({name}, shape_))) return false;
  const auto properties = this->properties();
  for (std::size_t a = 0; a < properties.size(); ++a)
    for (std::size_t b = a + 1; b < properties.size(); ++b)
      for (const Value& one : properties[a])
        for (const Value& other : properties[b])
          if (!sink(client_with({one, other}, shape_))) return false;
  // An address together with every kind of client.
  Clients kinds;
  add_hellos(shape_, {}, kinds);
  add_plain(shape_, kinds);
  for (const std::size_t property : {std::size_t{1}, std::size_t{2}})
    for (const Value& value : properties[property])
      for (ClientDescription client : kinds) {
        give(client, value, shape_);
        if (!sink(client)) return false;
      }
  constexpr std::size_t few = 8;
  for (const Value& name : joined_names())
    for (std::size_t i = 0; i < std::min(few, properties[1].size()); ++i)
      if (!sink(client_with({name, properties[1][i]}, shape_))) return false;
  return true;
}

}  // namespace shunt::analysis
