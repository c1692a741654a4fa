// A comparison for people and for programs.
#include <fmt/core.h>
#include <boost/json.hpp>

#include "analysis/diff/comparison.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis {
namespace {

namespace json = boost::json;

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string side_text(std::string_view label, const SideFate& side) {
  std::string text = fmt::format("    {}  {}, after {}\n", label, side.fate, side.decided);
  for (const SideFate::Decision& decision : side.decisions)
    text += fmt::format("         {}: {}\n", decision.place, decision.line);
  return text;
}

std::string change_text(const Change& change) {
  std::string text = fmt::format("{}: {} {} another {}\n", change.bind, plural(change.count, "witness"),
                                 change.count == 1 ? "gets" : "get", joined(change.what, ", "));
  if (change.count != 1) text.replace(text.find("witnesss"), 8, "witnesses");
  text += side_text("old", change.before) + side_text("new", change.after);
  return text + fmt::format("    shunt explain FILE {}\n\n", change.witness);
}

std::string counted(const Comparison& comparison) {
  return fmt::format("{} {} on {}", comparison.witnesses, comparison.witnesses == 1 ? "witness" : "witnesses",
                     plural(comparison.compared_binds, "bind"));
}

std::string verdict(const Comparison& comparison) {
  if (!comparison.differs()) return fmt::format("no difference found with {}\n", counted(comparison));
  return fmt::format("{} of fate, {} of binds, found with {}\n", plural(comparison.changes.size(), "change"),
                     plural(comparison.binds.size(), "change"), counted(comparison));
}

json::string text(std::string_view from) { return json::string(json::string_view(from.data(), from.size())); }

json::array list_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& each : texts) list.push_back(text(each));
  return list;
}

json::object side_object(const SideFate& side) {
  json::array decisions;
  for (const SideFate::Decision& decision : side.decisions)
    decisions.push_back({{"place", text(decision.place)}, {"line", text(decision.line)}});
  return {{"fate", text(side.fate)}, {"after", text(side.decided)}, {"rules", std::move(decisions)}};
}

}  // namespace

std::string text_form(const Comparison& comparison) {
  std::string text;
  for (const BindChange& change : comparison.binds)
    text += fmt::format("{}: only in the {} file\n    {}: {}\n\n", change.bind, change.added ? "new" : "old",
                        change.at.place, change.at.line);
  for (const Change& change : comparison.changes) text += change_text(change);
  text += verdict(comparison);
  if (comparison.limited) text += "  the limit was reached: more witnesses could be made (--limit)\n";
  if (comparison.untried_count != 0)
    text +=
        fmt::format("  no witness came to {}: {}{}\n", plural(comparison.untried_count, "use_backend rule"),
                    joined(comparison.untried, ", "),
                    comparison.untried_count > comparison.untried.size() ? ", ..." : "");
  for (const std::string& caveat : comparison.caveats) text += fmt::format("  {}\n", caveat);
  return text;
}

std::string json_form(const Comparison& comparison) {
  json::array binds, changes;
  for (const BindChange& change : comparison.binds)
    binds.push_back({{"change", change.added ? "added" : "removed"},
                     {"bind", text(change.bind)},
                     {"place", text(change.at.place)},
                     {"line", text(change.at.line)}});
  for (const Change& change : comparison.changes)
    changes.push_back({{"bind", text(change.bind)},
                       {"what", list_of(change.what)},
                       {"old", side_object(change.before)},
                       {"new", side_object(change.after)},
                       {"witness", text(change.witness)},
                       {"count", change.count}});
  return json::serialize(json::object{{"differs", comparison.differs()},
                                      {"witnesses", comparison.witnesses},
                                      {"binds_compared", comparison.compared_binds},
                                      {"limited", comparison.limited},
                                      {"binds", std::move(binds)},
                                      {"changes", std::move(changes)},
                                      {"caveats", list_of(comparison.caveats)},
                                      {"untried_rules", comparison.untried_count}}) +
         '\n';
}

}  // namespace shunt::analysis
