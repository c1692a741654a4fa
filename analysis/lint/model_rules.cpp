// Finds the rules, conditions and ACLs of each section, in the order of the file.
#include <algorithm>
#include <array>

#include "analysis/lint/model.hpp"

namespace shunt::analysis::model {
namespace {

struct ListRow {
  std::string_view first, second, name;
};
constexpr std::array<ListRow, list_count> list_rows = {{
    {"tcp-request", "connection", "tcp-request connection"},
    {"tcp-request", "session", "tcp-request session"},
    {"tcp-request", "content", "tcp-request content"},
    {"tcp-response", "content", "tcp-response content"},
    {"http-request", "", "http-request"},
    {"http-response", "", "http-response"},
    {"http-after-response", "", "http-after-response"},
    {"redirect", "", "redirect"},
    {"use_backend", "", "use_backend"},
    {"use-server", "", "use-server"},
    {"", "", "other"},
}};

bool begins_with(const Line& line, const ListRow& row) {
  if (line.words[0].value != row.first) return false;
  return row.second.empty() || (line.words.size() > 1 && line.words[1].value == row.second);
}

List list_of(const Line& line) {
  const auto* row =
      std::ranges::find_if(list_rows, [&](const ListRow& each) { return begins_with(line, each); });
  const auto place = static_cast<std::size_t>(row - list_rows.begin());
  return static_cast<List>(std::min<std::size_t>(place, list_count - 1));
}

class SectionModel {
 public:
  SectionModel(Model& model, Proxy& proxy) : model_(model), proxy_(proxy) {}

  void read() {
    for (const Line& line : proxy_.section->lines)
      if (line.words[0].value == "acl") read_acl(line);
    for (const Line& line : proxy_.section->lines)
      if (line.words[0].value != "acl") read_line(line);
  }

 private:
  void read_acl(const Line& line) {
    if (line.words.size() < 3) return;
    const Word& name = line.words[1];
    Acl*& acl = proxy_.acls[name.value];
    if (acl == nullptr) {
      acl = &model_.acls.emplace_back(Acl{.name = name.value});
      proxy_.acl_order.push_back(acl);
    }
    acl->names.push_back(name.span);
    acl->tests.push_back(read_test(line.words.subspan(2)));
    mark_named(line.words.subspan(2));
  }

  void read_line(const Line& line) {
    const List list = list_of(line);
    const std::size_t skip = list_rows[static_cast<std::size_t>(list)].second.empty() ? 1 : 2;
    Rule rule{.list = list, .action = {}, .span = line.span};
    std::size_t end = line.words.size();
    for (std::size_t at = 1; at < line.words.size(); ++at) {
      if (!read_condition(line.words.subspan(at), rule.condition)) continue;
      end = at;
      break;
    }
    mark_named(line.words.subspan(0, end));
    rule.words = line.words.subspan(std::min(skip, end), end - std::min(skip, end));
    if (!rule.words.empty()) rule.action = rule.words[0].value;
    read_samples(rule);
    if (list == List::other) {
      for (Sample& sample : rule.samples) proxy_.samples.push_back(std::move(sample));
      if (!rule.condition.given) return;
      rule.samples.clear();
    }
    proxy_.rules[static_cast<std::size_t>(list)].push_back(std::move(rule));
  }

  bool read_condition(std::span<const Word> words, Condition& condition) {
    if (words[0].value != "if" && words[0].value != "unless") return false;
    parser::DiagnosticSink ignored;
    const auto tree = parser::parse_condition(words, ignored);
    if (!tree || tree->alternatives.empty()) return false;
    condition = {.given = true, .unless = tree->unless, .span = tree->span};
    for (const auto& terms : tree->alternatives) {
      Conjunction& all = condition.alternatives.emplace_back();
      for (const parser::ConditionTerm& term : terms)
        all.push_back({.negated = term.negated, .acl = acl_of(term), .span = term.span});
    }
    return true;
  }

  const Acl* acl_of(const parser::ConditionTerm& term) {
    if (!term.name.empty()) return find(term.name);
    // The tree, and with it the words, goes; what a test keeps of them lies in the sources.
    Acl& acl = model_.acls.emplace_back(Acl{.name = {}, .used = true});
    acl.tests.push_back(read_test(term.anonymous));
    mark_named(term.anonymous);
    return &acl;
  }

  const Acl* find(std::string_view name) {
    const auto own = proxy_.acls.find(name);
    if (own != proxy_.acls.end()) {
      own->second->used = true;
      return own->second;
    }
    const auto known = model_.predefined.find(name);
    return known == model_.predefined.end() ? nullptr : known->second;
  }

  // acl(a,!b) inside an expression uses ACLs, too.
  void mark_named(std::span<const Word> words) {
    for (const Word& word : words) {
      const std::size_t at = word.value.find("acl(");
      if (at == std::string_view::npos) continue;
      std::string_view list = word.value.substr(at + 4);
      list = list.substr(0, list.find(')'));
      while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view name = list.substr(0, comma);
        if (name.starts_with('!')) name.remove_prefix(1);
        (void)find(name);
        list.remove_prefix(std::min(comma + 1, list.size()));
      }
    }
  }

  // Words that are expressions, and the %[...] of formats.
  void read_samples(Rule& rule) {
    for (const Word& word : rule.words) read_format(rule, word);
    read_plain_sample(rule);
  }

  // "%%[" is a percent sign and a bracket.
  static void read_format(Rule& rule, const Word& word) {
    for (std::size_t at = word.value.find('%'); at != std::string_view::npos; at = word.value.find('%', at)) {
      const bool expression = word.value.substr(at).starts_with("%[");
      at += 2;
      if (!expression) continue;
      rule.computed = true;
      add_sample(rule, word, at, closing_bracket(word.value, at));
    }
  }

  static std::size_t closing_bracket(std::string_view text, std::size_t at) {
    int depth = 0;
    for (; at < text.size(); ++at) {
      if (text[at] == '(') ++depth;
      if (text[at] == ')') --depth;
      if (text[at] == ']' && depth <= 0) break;
    }
    return at;
  }

  // Actions that are followed by an expression, or have one among their words.
  void read_plain_sample(Rule& rule) {
    constexpr std::string_view with_expression[] = {"set-var", "capture", "set-src", "set-dst", "track-sc"};
    const bool takes_one = std::ranges::any_of(
        with_expression, [&](std::string_view each) { return rule.action.starts_with(each); });
    if (takes_one && !rule.action.starts_with("set-var-fmt") && rule.words.size() > 1)
      add_sample(rule, rule.words[1], 0, std::string_view::npos);
    if (rule.list != List::other) return;
    if (rule.words.size() > 1 && rule.action == "on")
      add_sample(rule, rule.words[1], 0, std::string_view::npos);
  }

  static void add_sample(Rule& rule, const Word& word, std::size_t begin, std::size_t end) {
    if (auto sample = read_sample(word, begin, end)) rule.samples.push_back(std::move(*sample));
  }

  Model& model_;
  Proxy& proxy_;
};

}  // namespace

std::string_view list_name(List list) { return list_rows[static_cast<std::size_t>(list)].name; }

void read_rules(Model& model) {
  for (Proxy& proxy : model.proxies) SectionModel(model, proxy).read();
}

}  // namespace shunt::analysis::model
