// Runs the witnesses through both graphs and gathers what changes.
#include "analysis/diff/comparison.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "analysis/diff/bind_pairs.hpp"
#include "analysis/diff/fate_key.hpp"
#include "analysis/explanation_text.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis {
namespace {

using graph::Loaded;
using Place = std::pair<parser::FileId, std::uint32_t>;

Place place(parser::Span span) { return {span.file, span.begin}; }

// One of the two configurations.
struct Side {
  Side(const Loaded& given, FateNames& names)
      : loaded(given), simulation(*given.graph, blind_spots(given)), keys(*given.graph, names) {}

  void note_rules(const Fate& fate) {
    for (const Visit& visit : fate.visits)
      if (visit.backend_rule.known()) tried.insert(place(visit.backend_rule));
  }

  const Loaded& loaded;
  Simulation simulation;
  FateKeys keys;
  std::set<Place> tried = {};
};

SideFate described(const Side& side, const Fate& fate) {
  const ExplanationNames names{*side.loaded.graph, side.loaded.sources};
  SideFate made{.fate = summary_of(fate, names), .decided = text_of(fate.at)};
  const auto add = [&](parser::Span span) {
    if (span.known())
      made.decisions.push_back({place_of(span, side.loaded.sources), line_of(span, side.loaded.sources)});
  };
  for (const Visit& visit : fate.visits) {
    add(visit.content_rule);
    add(visit.backend_rule);
    const graph::Proxy& frontend =
        side.loaded.graph->proxies[side.loaded.graph->listeners[visit.listener].frontend];
    if (visit.backend != graph::none && !visit.backend_rule.known() && visit.backend != frontend.id)
      made.decisions.push_back({place_of(frontend.span, side.loaded.sources),
                                "default_backend " + side.loaded.graph->proxies[visit.backend].name});
  }
  add(fate.by);
  const auto again = std::ranges::unique(made.decisions);
  made.decisions.erase(again.begin(), again.end());
  if (made.decisions.empty() && !fate.visits.empty()) {
    const graph::Listener& listener = side.loaded.graph->listeners[fate.visits.back().listener];
    made.decisions.push_back(
        {place_of(listener.span, side.loaded.sources), line_of(listener.span, side.loaded.sources)});
  }
  return made;
}

// What a change is told by; equal ones are one change.
using ChangeKey = std::tuple<std::string, std::string, std::string, std::string, std::string>;

std::string text_of(const SideFate& side) {
  std::string text = side.fate + ' ' + side.decided;
  for (const SideFate::Decision& decision : side.decisions) text += '|' + decision.place;
  return text;
}

bool asks_for_port(const AskedOfBind& asked) {
  for (const AskedRule& rule : asked.rules)
    for (const AskedCase& terms : rule.cases)
      for (const AskedTerm& term : terms)
        for (const Asked& each : term)
          if (each.aspect == Aspect::destination_port) return true;
  return false;
}

class Comparer {
 public:
  Comparer(const Loaded& before, const Loaded& after, const CompareOptions& options)
      : before_(before, names_),
        after_(after, names_),
        options_(options),
        date_(std::chrono::system_clock::now()) {}

  Comparison compare() {
    const BindPairs pairs = pair_binds(*before_.loaded.graph, *after_.loaded.graph);
    note_binds(pairs.only_before, before_, false);
    note_binds(pairs.only_after, after_, true);
    for (std::size_t i = 0; i < pairs.both.size(); ++i)
      if (!is_inside_range(pairs.both, i)) prepare(pairs.both[i]);
    made_.compared_binds = binds_.size();
    for (std::size_t tier = 0; tier < tier_count; ++tier)
      for (const Bind& bind : binds_) run(bind, static_cast<Tier>(tier));
    finish();
    return std::move(made_);
  }

 private:
  // A pair of binds with its witnesses.
  struct Bind {
    BindPairs::Pair pair;
    BindShape shape;
    std::shared_ptr<const WitnessMaker> maker;
    bool borders = false;
  };
  struct AskedPair {
    AskedOfBind before, after;
  };

  void note_binds(const std::vector<graph::ListenerId>& ids, const Side& side, bool added) {
    for (const graph::ListenerId id : ids) {
      const graph::Listener& listener = side.loaded.graph->listeners[id];
      made_.binds.push_back(
          {added,
           bind_name(*side.loaded.graph, id),
           {place_of(listener.span, side.loaded.sources), line_of(listener.span, side.loaded.sources)}});
    }
  }

  // A bind between two others of the same bind lines: their borders stand for it.
  [[nodiscard]] bool is_inside_range(const std::vector<BindPairs::Pair>& pairs, std::size_t at) {
    if (at == 0 || at + 1 == pairs.size()) return false;
    const auto same = [](const Side& side, graph::ListenerId a, graph::ListenerId b) {
      return side.loaded.graph->listeners[a].span == side.loaded.graph->listeners[b].span;
    };
    for (const std::size_t other : {at - 1, at + 1})
      if (!same(before_, pairs[at].before, pairs[other].before) ||
          !same(after_, pairs[at].after, pairs[other].after))
        return false;
    return !asks_for_ports_ && ++skipped_binds_ != 0;
  }

  void prepare(BindPairs::Pair pair) {
    const graph::Listener& old = before_.loaded.graph->listeners[pair.before];
    const graph::Listener& now = after_.loaded.graph->listeners[pair.after];
    const auto owner = [](const graph::Listener& listener) {
      return std::pair(listener.frontend, listener.tls ? listener.id : graph::none);
    };
    auto& asked = asked_[{owner(old), owner(now)}];
    if (!asked) {
      asked = std::make_unique<AskedPair>(
          AskedPair{asked_behind(*before_.loaded.graph, before_.simulation, pair.before),
                    asked_behind(*after_.loaded.graph, after_.simulation, pair.after)});
      asks_for_ports_ |= asks_for_port(asked->before) || asks_for_port(asked->after);
      note_caveats(asked->before.caveats);
      note_caveats(asked->after.caveats);
    }
    BindShape shape = shape_of(*before_.loaded.graph, *after_.loaded.graph, pair);
    auto maker = std::make_shared<const WitnessMaker>(shape, asked->before, asked->after);
    binds_.push_back({pair, std::move(shape), std::move(maker)});
  }

  void note_caveats(const Caveats& caveats) {
    caveats_.regexes.insert(caveats.regexes.begin(), caveats.regexes.end());
    caveats_.states.insert(caveats.states.begin(), caveats.states.end());
    caveats_.randoms.insert(caveats.randoms.begin(), caveats.randoms.end());
    caveats_.unsteered.insert(caveats.unsteered.begin(), caveats.unsteered.end());
  }

  void run(const Bind& bind, Tier tier) {
    if (made_.limited) return;
    static_cast<void>(
        bind.maker->make(tier, [&](const ClientDescription& client) { return take(bind, client); }));
  }

  bool take(const Bind& bind, const ClientDescription& client) {
    std::string flags = flags_of(client);
    if (!seen_.insert(flags).second) return true;
    if (options_.limit != 0 && made_.witnesses == options_.limit) return made_.limited = true, false;
    auto scenario = make_scenario(client, *before_.loaded.graph, before_.simulation);
    // An address that belongs to another bind, or a hello that can't be.
    if (!scenario || scenario.assume_value().listener != bind.pair.before) return true;
    scenario.assume_value().date = date_;
    ++made_.witnesses;
    judge(bind, scenario.assume_value(), flags);
    return true;
  }

  void judge(const Bind& bind, Scenario& scenario, const std::string& flags) {
    const Fate old = before_.simulation.fate(scenario);
    scenario.listener = bind.pair.after;
    const Fate now = after_.simulation.fate(scenario);
    for (const Fate* fate : {&old, &now}) note_doubts(*fate);
    before_.note_rules(old);
    after_.note_rules(now);
    const FateKey old_key = before_.keys.key_of(old), new_key = after_.keys.key_of(now);
    if (old_key == new_key) return;
    Change change{.bind = bind_name(*after_.loaded.graph, bind.pair.after),
                  .what = differences(old_key, new_key),
                  .before = described(before_, old),
                  .after = described(after_, now),
                  .witness = flags,
                  .count = 1};
    note_change(std::move(change));
  }

  void note_change(Change change) {
    const auto [found, is_new] = numbers_.try_emplace(
        ChangeKey{change.bind, text_of(change.before), text_of(change.after), joined(change.what, ","), {}},
        made_.changes.size());
    if (is_new) return void(made_.changes.push_back(std::move(change)));
    Change& known = made_.changes[found->second];
    ++known.count;
    if (change.witness.size() < known.witness.size()) known.witness = std::move(change.witness);
  }

  void note_doubts(const Fate& fate) {
    http_ |= fate.ending == Ending::http;
    if (!fate.visits.empty() && fate.visits.back().candidates.size() > 1) open_ = true;
    for (const Doubt& doubt : fate.doubts) doubts_.insert(doubt.reason);
  }

  void finish() {
    add_caveat("a regular expression is tried with one text and its neighbours", caveats_.regexes);
    add_caveat("depends on chance", caveats_.randoms);
    add_caveat("depends on what else goes on in the process, which is taken to be at rest", caveats_.states);
    add_caveat("witnesses are not made to have particular values of", caveats_.unsteered);
    add_caveat("this build can't evaluate", doubts_);
    if (http_)
      made_.caveats.emplace_back("HTTP requests decide behind some binds: their rules are not compared");
    if (open_)
      made_.caveats.emplace_back(
          "where an algorithm chooses among several servers, the set of them is compared");
    if (skipped_binds_ != 0)
      made_.caveats.push_back(
          fmt::format("of ranges of ports the first and the last are tried: {} binds between them are not",
                      skipped_binds_));
    note_untried(before_, true);
    note_untried(after_, false);
  }

  void add_caveat(std::string_view what, const std::set<std::string>& names) {
    constexpr std::size_t most = 6;
    std::string list;
    std::size_t count = 0;
    for (const std::string& name : names)
      if (count++ < most) list += (list.empty() ? "" : "; ") + name;
    if (count > most) list += fmt::format("; and {} more", count - most);
    if (count != 0) made_.caveats.push_back(fmt::format("{}: {}", what, list));
  }

  void note_untried(const Side& side, bool old) {
    constexpr std::size_t most = 8;
    std::set<Place> known = side.tried;
    for (const auto& [owners, asked] : asked_)
      for (const AskedRule& rule : (old ? asked->before : asked->after).rules)
        if (rule.chooses && known.insert(place(rule.span)).second && ++made_.untried_count <= most)
          made_.untried.push_back(place_of(rule.span, side.loaded.sources));
  }

  using Owner = std::pair<graph::ProxyId, graph::ListenerId>;

  FateNames names_;
  Side before_, after_;
  CompareOptions options_;
  std::chrono::system_clock::time_point date_;
  std::map<std::pair<Owner, Owner>, std::unique_ptr<AskedPair>> asked_;
  std::vector<Bind> binds_;
  std::unordered_set<std::string> seen_;
  std::map<ChangeKey, std::size_t> numbers_;
  Caveats caveats_;
  std::set<std::string> doubts_;
  bool http_ = false, open_ = false;
  bool asks_for_ports_ = false;    // rules tell apart what comes to one bind line
  std::size_t skipped_binds_ = 0;  // inside ranges
  Comparison made_;
};

}  // namespace

Comparison compare(const Loaded& before, const Loaded& after, const CompareOptions& options) {
  return Comparer(before, after, options).compare();
}

}  // namespace shunt::analysis
