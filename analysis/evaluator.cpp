// Compiles typed text beside the ACLs of a file, and evaluates it.
#include "analysis/evaluator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fetchers/log_format.hpp"
#include "graph/rows/families.hpp"
#include "parser/condition_tree.hpp"
#include "parser/syntax.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Fetched;
using fetchers::Place;
using fetchers::Sample;
using fetchers::SampleType;
using parser::Line;
using parser::Section;
using parser::Word;

constexpr std::array<std::string_view, 4> proxy_sections = {"frontend", "backend", "listen", "defaults"};

bool is_proxy(const Section& section) {
  return std::ranges::find(proxy_sections, section.head.keyword().value) != proxy_sections.end();
}

std::string_view name_of(const Section& section) {
  return section.head.words.size() > 1 ? section.head.words[1].value : std::string_view{};
}

// `frontend x from NAME`, else the `defaults` above it.
const Section* defaults_of(const std::vector<Section>& sections, std::size_t proxy) {
  const auto words = sections[proxy].head.words;
  const auto from = std::ranges::find(words, std::string_view("from"), &Word::value);
  const std::string_view wanted =
      from != words.end() && from + 1 != words.end() ? (from + 1)->value : std::string_view{};
  for (std::size_t at = proxy; at-- > 0;)
    if (sections[at].head.keyword() == "defaults" && (wanted.empty() || name_of(sections[at]) == wanted))
      return &sections[at];
  return nullptr;
}

Evaluation of_value(const Sample& sample, bool may_change) {
  Evaluation made{.kind = Evaluation::Kind::value, .may_change = may_change, .type = sample.type};
  if (sample.type == SampleType::boolean || sample.type == SampleType::sint) {
    made.integer = sample.integer;
    return made;
  }
  fetchers::Scratch scratch(64);
  Sample text = sample;
  const bool address = sample.type == SampleType::ipv4 || sample.type == SampleType::ipv6;
  if (address && !fetchers::cast(text, SampleType::str, scratch)) return {};
  made.text = std::string(text.text);
  return made;
}

}  // namespace

struct Evaluator::Parts {
  explicit Parts(const EvaluatorOptions& given) : options(given) {
    builder.set_files({.language = options.language});
    builder.expressions().set_language(options.language);
    scope = builder.new_scope();
  }

  [[nodiscard]] Place place() const { return options.place.value_or(Place::fe_tcp_content); }

  [[nodiscard]] parser::Span add_source(std::string_view text) {
    const parser::FileId file = sources.add("typed", std::string(text));
    return {file, 0, static_cast<std::uint32_t>(text.size())};
  }

  std::vector<Word> words_of(std::string_view text) {
    return parser::split_words(sources, add_source(text), environment, storage, sink);
  }

  void define(const Section& section) {
    for (const Line& line : section.lines)
      if (line.keyword() == "acl" && line.words.size() > 1)
        builder.define(scope, line.words[1], line.words.subspan(2), sink);
  }

  std::optional<std::uint32_t> expression(std::string_view text) {
    const auto words = words_of(text);
    if (words.size() != 1) {
      if (!sink.has_errors() || words.size() > 1)
        sink.report(codes::typed_words, words.empty() ? parser::Span{} : words[1].span,
                    words.empty() ? "nothing to evaluate"
                                  : "an expression is one word; blanks inside it need quotes");
      return std::nullopt;
    }
    const auto tree = parser::parse_expression(words.front(), sink);
    if (!tree) return std::nullopt;
    return builder.expressions().compile(
        *tree, place(), sink, options.place ? fetchers::Misplaced::error : fetchers::Misplaced::silent);
  }

  std::optional<std::uint32_t> condition(std::string_view text) {
    std::string line(text);
    if (!line.starts_with("if ") && !line.starts_with("unless ")) line.insert(0, "if ");
    const auto words = words_of(line);
    const auto tree = parser::parse_condition(words, sink);
    return tree ? builder.compile(scope, *tree, place(), sink) : std::nullopt;
  }

  std::optional<std::uint32_t> format(std::string_view text) {
    const parser::Span span = add_source(text);
    const Word word{.value = sources.text(span), .span = span};
    const auto tree = parser::parse_log_format(word, sink);
    if (!tree) return std::nullopt;
    auto made = fetchers::compile_log_format(*tree, options.place.value_or(Place::fe_log_end),
                                             builder.expressions(), sink);
    if (!made) return std::nullopt;
    formats.push_back(std::move(*made));
    return static_cast<std::uint32_t>(formats.size() - 1);
  }

  EvaluatorOptions options;
  parser::SourceSet sources;
  parser::DiagnosticSink sink;
  parser::Environment environment = parser::Environment::of_process();
  std::pmr::monotonic_buffer_resource storage;
  std::vector<parser::Syntax> files;
  acl::ProgramBuilder builder;
  acl::ScopeId scope = 0;
  std::vector<fetchers::LogFormat> formats;
  std::optional<acl::Program> program;
};

Evaluator::Evaluator(const EvaluatorOptions& options) : parts_(std::make_unique<Parts>(options)) {}
Evaluator::~Evaluator() = default;

void Evaluator::use_acls(const std::vector<std::pair<std::string, std::string>>& names_and_texts,
                         std::string_view proxy) {
  Parts& parts = *parts_;
  std::vector<parser::FileId> ids;
  for (const auto& [name, text] : names_and_texts) ids.push_back(parts.sources.add(name, text));
  const auto heads = graph::section_names(parts.options.language);
  parts.files.push_back(
      parser::parse_files(parts.sources, ids, {heads, &parts.environment, true}, parts.sink));
  const std::vector<Section>& sections = parts.files.back().sections;
  bool found = false;
  for (std::size_t at = 0; at < sections.size(); ++at) {
    if (!is_proxy(sections[at]) || name_of(sections[at]) != proxy) continue;
    found = true;
    if (const Section* defaults = defaults_of(sections, at)) parts.define(*defaults);
    parts.define(sections[at]);
  }
  if (!found)
    parts.sink.report(codes::typed_words, {}, fmt::format("there is no proxy '{}' in the files", proxy));
}

std::optional<Typed> Evaluator::compile(TypedKind kind, std::string_view text) {
  const std::size_t errors = parts_->sink.count(parser::Severity::error);
  std::optional<std::uint32_t> index;
  switch (kind) {
    case TypedKind::expression: index = parts_->expression(text); break;
    case TypedKind::condition: index = parts_->condition(text); break;
    case TypedKind::format: index = parts_->format(text); break;
  }
  if (!index || parts_->sink.count(parser::Severity::error) != errors) return std::nullopt;
  return Typed{kind, *index};
}

Result<fetchers::VariableRef, TextError> Evaluator::variable(std::string_view name) {
  std::string error;
  const auto ref = fetchers::parse_variable(name, parts_->builder.expressions().variable_names(), error);
  if (!ref) return TextError{error};
  return *ref;
}

bool Evaluator::finish() {
  const std::size_t errors = parts_->sink.count(parser::Severity::error);
  parts_->builder.check_maps(parts_->sink);
  parts_->program.emplace(std::move(parts_->builder).finish({}));
  return parts_->sink.count(parser::Severity::error) == errors;
}

Evaluation Evaluator::evaluate(const Typed& typed, DescribedConnection& connection, SampleType as) const {
  fetchers::Context& context = connection.context();
  const fetchers::ExpressionPool& pool = parts_->program->expressions();
  context.variable_names = &pool.variable_names();
  if (typed.kind == TypedKind::condition) {
    const acl::Truth truth = parts_->program->evaluate(typed.index, context);
    if (truth == acl::Truth::unknown) return {.kind = Evaluation::Kind::unknown};
    return {.kind = Evaluation::Kind::value, .integer = truth == acl::Truth::yes};
  }
  if (typed.kind == TypedKind::format) {
    Evaluation line{.kind = Evaluation::Kind::value, .type = SampleType::str};
    fetchers::write(parts_->formats[typed.index], pool, context, line.text);
    return line;
  }
  Sample sample;
  Fetched fetched = as == SampleType::any ? pool.evaluate(typed.index, context, sample)
                                          : pool.evaluate(typed.index, context, as, sample);
  fetched.may_change = fetched.may_change && !context.final;
  if (fetched.found) return of_value(sample, fetched.may_change);
  return {.kind = fetched.may_change ? Evaluation::Kind::unknown : Evaluation::Kind::absent};
}

const parser::DiagnosticSink& Evaluator::sink() const { return parts_->sink; }
const parser::SourceSet& Evaluator::sources() const { return parts_->sources; }

}  // namespace shunt::analysis
