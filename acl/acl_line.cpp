// Compiles one line of an ACL: the criterion, its match method, and the patterns from files and words.
#include "acl/acl_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "acl/acl_flags.hpp"
#include "acl/alias_rows.hpp"
#include "acl/codes.hpp"
#include "acl/number_pattern.hpp"
#include "parser/expression_tree.hpp"

namespace shunt::acl {
namespace {

using fetchers::SampleType;
using parser::Word;

struct Criterion {
  fetchers::ExpressionId expression = 0;
  SampleType out = SampleType::any;
  std::string_view name;            // as written, without arguments
  const AliasRow* alias = nullptr;  // the name is one with a method
  bool alias_method = false;        // and nothing took that method away
  parser::Span span = {};
};

struct DefaultRow {
  SampleType type;
  MatchMethod method;
};
constexpr std::array default_methods{
    DefaultRow{SampleType::boolean, MatchMethod::boolean}, DefaultRow{SampleType::sint, MatchMethod::integer},
    DefaultRow{SampleType::addr, MatchMethod::ip},         DefaultRow{SampleType::ipv4, MatchMethod::ip},
    DefaultRow{SampleType::ipv6, MatchMethod::ip},         DefaultRow{SampleType::str, MatchMethod::str},
    DefaultRow{SampleType::method, MatchMethod::str}};

std::optional<MatchMethod> default_method(SampleType type) {
  const auto* row = std::ranges::find(default_methods, type, &DefaultRow::type);
  if (row == default_methods.end()) return std::nullopt;
  return row->method;
}

// Where an ACL will be used is not known yet, so its fetch is read as one of the request [seen: `payload`
// never matches in a tcp-response rule]. Who uses the ACL asks usable_at().
constexpr auto compile_place = fetchers::Place::fe_tcp_content;

std::optional<Criterion> read_criterion(const Word& word, const LineTarget& target) {
  auto tree = parser::parse_expression(word, target.sink);
  if (!tree) return std::nullopt;
  Criterion criterion{.name = word.value.substr(0, tree->fetch.name.size()), .span = word.span};
  criterion.alias = find_alias(tree->fetch.name);
  criterion.alias_method = criterion.alias != nullptr && tree->converters.empty();
  if (criterion.alias != nullptr) tree->fetch.name = criterion.alias->fetch;
  const auto id = target.pool.compile(*tree, compile_place, target.sink, fetchers::Misplaced::silent);
  if (!id) return std::nullopt;
  criterion.expression = *id;
  criterion.out = target.pool[*id].out;
  return criterion;
}

// 3.x warns only where the name promises a method: "path_beg", not "path".
void warn_overridden(const Criterion& criterion, const AclFlags& flags, parser::DiagnosticSink& sink) {
  if (criterion.alias == nullptr || fetchers::find_fetch(criterion.name) != nullptr) return;
  if (criterion.alias_method && (!flags.method || *flags.method == criterion.alias->method)) return;
  const std::string_view cause = criterion.alias_method ? "-m" : "a converter";
  sink.report(codes::overridden_match_method, criterion.span,
              fmt::format("the match method '{}' of '{}' is overridden by {}",
                          method_name(criterion.alias->method), criterion.name, cause))
      .notes.push_back({fmt::format("write '{}' with -m instead", criterion.alias->fetch)});
}

std::optional<MatchMethod> choose_method(const Criterion& criterion, const AclFlags& flags,
                                         parser::DiagnosticSink& sink) {
  auto method = flags.method;
  if (!method && criterion.alias_method) method = criterion.alias->method;
  if (!method) method = default_method(criterion.out);
  if (!method) {
    sink.report(codes::missing_match_method, criterion.span,
                fmt::format("a match method must be given with -m, because '{}' yields a value of type {}",
                            criterion.name, fetchers::type_name(criterion.out)));
    return std::nullopt;
  }
  const SampleType input = method_input(*method);
  if (input != SampleType::any && criterion.out != SampleType::any &&
      !fetchers::castable(criterion.out, input)) {
    sink.report(codes::unusable_match_method, criterion.span,
                fmt::format("the match method '{}' cannot be used with '{}', which yields a value of type {}",
                            method_name(*method), criterion.name, fetchers::type_name(criterion.out)));
    return std::nullopt;
  }
  return method;
}

bool takes_patterns(MatchMethod method) {
  return method != MatchMethod::found && method != MatchMethod::boolean;
}

// Turns operators into ranges; an operator stays in force for all the numbers behind it.
std::vector<PatternText> read_numbers(std::span<const Word> words, NumberForm form,
                                      parser::DiagnosticSink& sink) {
  std::vector<PatternText> patterns;
  NumberOperator op = NumberOperator::eq;
  for (const Word& word : words) {
    if (const auto found = find_operator(word.value)) {
      op = *found;
      continue;
    }
    auto text = apply_operator(op, word.value, form);
    if (text)
      patterns.push_back({std::move(text).value(), word.span});
    else
      sink.report(codes::invalid_number_pattern, word.span, text.error().message);
  }
  return patterns;
}

std::vector<PatternText> read_words(std::span<const Word> words, const PatternOptions& options,
                                    parser::DiagnosticSink& sink) {
  if (options.method == MatchMethod::integer || options.method == MatchMethod::len)
    return read_numbers(words, options.dotted ? NumberForm::dotted : NumberForm::plain, sink);
  std::vector<PatternText> patterns;
  patterns.reserve(words.size());
  for (const Word& word : words) patterns.push_back({std::string(word.value), word.span});
  return patterns;
}

// `found` and `bool` look at no pattern, but their files must be readable all the same [seen].
void add_patterns(AclTest& test, PatternOptions options, const AclFlags& flags, std::span<const Word> words,
                  const LineTarget& target) {
  for (const PatternFileUse& use : flags.files) {
    options.ignore_case = use.ignore_case;
    options.no_resolve = use.no_resolve;
    if (const auto set = target.patterns.add_file(options, *use.file, use.form, target.sink))
      test.pattern_sets.push_back(*set);
  }
  if (words.empty() || !takes_patterns(options.method)) return;
  options.ignore_case = flags.ignore_case;
  options.no_resolve = flags.no_resolve;
  test.pattern_sets.push_back(
      target.patterns.add(options, read_words(words, options, target.sink), target.sink));
}

void warn_no_patterns(const Criterion& criterion, parser::DiagnosticSink& sink) {
  auto& finding = sink.report(
      codes::no_patterns, criterion.span,
      fmt::format("'{}' has no pattern to match against, so this ACL never matches", criterion.name));
  finding.notes.push_back({"add '--' if this is meant"});
  finding.notes.push_back(
      {"add '-m found' to test only for existence, or '-m bool' to test a number for not being zero"});
}

}  // namespace

std::optional<AclTest> compile_line(std::span<const Word> words, parser::Span span,
                                    const LineTarget& target) {
  if (words.empty()) {
    target.sink.report(codes::missing_criterion, span,
                       "an ACL needs a criterion, for instance 'req.ssl_sni'");
    return std::nullopt;
  }
  const auto criterion = read_criterion(words[0], target);
  // A fetch that this build can't execute is reported, but its ACL is defined all the same.
  const std::size_t errors = target.sink.count(parser::Severity::error);
  const AclFlags flags = read_flags(words.subspan(1), target.sink);
  if (!criterion || flags.faulty) return std::nullopt;
  warn_overridden(*criterion, flags, target.sink);
  const auto method = choose_method(*criterion, flags, target.sink);
  if (!method) return std::nullopt;
  if (words.size() == 1 && takes_patterns(*method)) warn_no_patterns(*criterion, target.sink);
  AclTest test{.expression = criterion->expression, .method = *method};
  const bool dotted = criterion->alias_method && criterion->alias->dotted && !flags.method;
  add_patterns(test, {.method = *method, .dotted = dotted}, flags, words.subspan(1 + flags.size), target);
  if (target.sink.count(parser::Severity::error) != errors) return std::nullopt;
  return test;
}

}  // namespace shunt::acl
