// Small questions about proxies, and the order in which the model is made.
#include "analysis/lint/model.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "acl/alias_rows.hpp"
#include "graph/names.hpp"

namespace shunt::analysis::model {
namespace {

const Line* line_of(const parser::Section& section, std::string_view first, std::string_view second) {
  const Line* last = nullptr;
  for (const Line& line : section.lines) {
    if (line.words[0].value != first) continue;
    if (!second.empty() && (line.words.size() < 2 || line.words[1].value != second)) continue;
    last = &line;
  }
  return last;
}

std::vector<Word> split(std::string_view text) {
  std::vector<Word> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back({.value = text.substr(0, end)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void add_predefined(Model& model) {
  for (const acl::PredefinedRow& row : acl::predefined_rows()) {
    const std::vector<Word> words = split(row.text);
    Acl& acl = model.acls.emplace_back(Acl{.name = row.name, .predefined = true, .used = true});
    acl.tests.push_back(read_test(words));
    model.predefined.emplace(row.name, &acl);
  }
}

bool is_proxy(std::string_view keyword) {
  return std::ranges::find(graph::names::kinds, keyword) != std::end(graph::names::kinds);
}

void add_proxies(Model& model) {
  std::unordered_map<std::uint64_t, const parser::Section*> sections;
  const auto place = [](const Span& span) { return std::uint64_t{span.file} << 32 | span.begin; };
  for (const parser::Section& section : model.config->syntax.sections)
    if (is_proxy(section.head.keyword().value)) sections.emplace(place(section.head.span), &section);
  std::unordered_map<const config::Proxy*, Proxy*> made;
  for (const config::Proxy& said : model.config->proxies) {
    const auto section = sections.find(place(said.span));
    if (section == sections.end()) continue;
    Proxy& proxy = model.proxies.emplace_back();
    proxy.said = &said;
    proxy.section = section->second;
    proxy.id = static_cast<std::uint32_t>(model.proxies.size() - 1);
    made.emplace(&said, &proxy);
    const auto defaults = made.find(said.defaults);
    if (defaults != made.end()) proxy.defaults = defaults->second;
    if (said.is_backend()) model.backends.emplace(said.name.value, &proxy);
  }
}

}  // namespace

bool Proxy::http() const {
  return said->settings.mode && !said->settings.other_mode && said->settings.mode->value == graph::Mode::http;
}

bool Proxy::tcp() const { return !http() && !said->settings.other_mode; }

const Line* Proxy::own_line(std::string_view first, std::string_view second) const {
  return line_of(*section, first, second);
}

const Line* Proxy::find_line(std::string_view first, std::string_view second) const {
  const Line* own = own_line(first, second);
  if (own != nullptr || defaults == nullptr) return own;
  return defaults->own_line(first, second);
}

bool Proxy::has_line(std::string_view first, std::string_view second) const {
  return find_line(first, second) != nullptr;
}

std::string Proxy::describe() const {
  const std::string_view kind = graph::names::of(said->kind);
  return said->name.value.empty() ? std::string(kind) : fmt::format("{} '{}'", kind, said->name.value);
}

std::vector<const Rule*> Proxy::all_of(List list) const {
  std::vector<const Rule*> all;
  if (defaults != nullptr)
    for (const Rule& rule : defaults->of(list)) all.push_back(&rule);
  for (const Rule& rule : of(list)) all.push_back(&rule);
  return all;
}

Model build(const config::Config& config, const parser::SourceSet& sources) {
  Model model;
  model.config = &config;
  model.sources = &sources;
  add_predefined(model);
  add_proxies(model);
  read_rules(model);
  link_proxies(model);
  return model;
}

}  // namespace shunt::analysis::model
