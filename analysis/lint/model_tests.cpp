// Takes expressions and criteria with their patterns apart, quietly: faults in them were reported before.
#include <fmt/core.h>

#include <algorithm>

#include "acl/acl_flags.hpp"
#include "acl/alias_rows.hpp"
#include "acl/fold.hpp"
#include "acl/text_match.hpp"
#include "analysis/lint/model.hpp"

namespace shunt::analysis::model {
namespace {

using fetchers::SampleType;

std::string call_text(std::string_view name, const std::vector<parser::Argument>& arguments) {
  std::string text(name);
  if (arguments.empty()) return text;
  text += '(';
  for (const parser::Argument& argument : arguments) text += (text.back() == '(' ? "" : ",") + argument.value;
  return text + ')';
}

// Header names are the same in any case.
void fold_header_name(parser::Call& fetch) {
  if (fetch.arguments.empty() || fetch.name.find("hdr") == std::string::npos) return;
  fetch.arguments[0].value = acl::folded(fetch.arguments[0].value);
}

Sample take_apart(parser::ExpressionTree tree) {
  Sample sample{.key = {}, .fetch = {}, .span = tree.span, .name_span = tree.fetch.name_span};
  if (const auto* alias = acl::find_alias(tree.fetch.name)) tree.fetch.name = alias->fetch;
  sample.row = fetchers::find_fetch(tree.fetch.name);
  if (sample.row != nullptr && !sample.row->same_as.empty())
    if (const auto* real = fetchers::find_fetch(sample.row->same_as)) sample.row = real;
  if (sample.row != nullptr) tree.fetch.name = sample.row->name;
  fold_header_name(tree.fetch);
  sample.fetch = tree.fetch.name;
  sample.key = call_text(tree.fetch.name, tree.fetch.arguments);
  for (const parser::Call& converter : tree.converters)
    sample.key += ',' + call_text(converter.name, converter.arguments);
  for (parser::Argument& argument : tree.fetch.arguments)
    sample.arguments.push_back(std::move(argument.value));
  sample.converters = std::move(tree.converters);
  return sample;
}

SampleType type_of(const Sample& sample) {
  if (sample.row == nullptr) return SampleType::any;
  SampleType type = sample.row->out;
  for (const parser::Call& call : sample.converters) {
    const auto* converter = fetchers::find_converter(call.name);
    if (converter == nullptr) return SampleType::any;
    if (converter->out != SampleType::any) type = converter->out;
  }
  return type;
}

std::optional<MatchMethod> default_method(SampleType type) {
  switch (type) {
    case SampleType::boolean: return MatchMethod::boolean;
    case SampleType::sint: return MatchMethod::integer;
    case SampleType::addr:
    case SampleType::ipv4:
    case SampleType::ipv6: return MatchMethod::ip;
    case SampleType::str:
    case SampleType::method: return MatchMethod::str;
    default: return std::nullopt;
  }
}

void add_numbers(Test& test, std::span<const Word> words, acl::NumberForm form) {
  auto op = acl::NumberOperator::eq;
  for (const Word& word : words) {
    if (const auto found = acl::find_operator(word.value)) {
      op = *found;
      continue;
    }
    const auto text = acl::apply_operator(op, word.value, form);
    const auto range = text ? acl::parse_number_pattern(text.assume_value(), form)
                            : Result<acl::NumberRange, acl::PatternError>(text.assume_error());
    if (!range) {
      test.exact = false;
      continue;
    }
    test.patterns.push_back({.text = word.value, .span = word.span, .range = range.assume_value()});
  }
}

void add_pattern(Test& test, const Word& word) {
  Pattern pattern{.text = acl::trim_pattern(test.method, word.value), .span = word.span};
  if (test.method == MatchMethod::ip) {
    pattern.network = acl::parse_network(word.value, false);
    if (!pattern.network) test.exact = false;
  }
  test.patterns.push_back(pattern);
}

void add_patterns(Test& test, std::span<const Word> words, bool dotted) {
  if (test.method == MatchMethod::found || test.method == MatchMethod::boolean) return;
  if (test.method == MatchMethod::integer || test.method == MatchMethod::len)
    return add_numbers(test, words, dotted ? acl::NumberForm::dotted : acl::NumberForm::plain);
  for (const Word& word : words) add_pattern(test, word);
}

}  // namespace

std::optional<Sample> read_sample(const Word& word, std::size_t begin, std::size_t end) {
  parser::DiagnosticSink ignored;
  auto tree = parser::parse_expression(word, ignored, begin, end);
  if (!tree) return std::nullopt;
  return take_apart(std::move(*tree));
}

Test read_test(std::span<const Word> words) {
  Test test;
  if (words.empty()) return test;
  test.span = parser::cover(words.front().span, words.back().span);
  parser::DiagnosticSink ignored;
  auto tree = parser::parse_expression(words[0], ignored);
  if (!tree) return test;
  const acl::AliasRow* alias = acl::find_alias(tree->fetch.name);
  test.sample = take_apart(std::move(*tree));
  const acl::AclFlags flags = acl::read_flags(words.subspan(1), ignored);
  std::optional<MatchMethod> method = flags.method;
  if (!method && alias != nullptr && test.sample.converters.empty()) method = alias->method;
  if (!method) method = default_method(type_of(test.sample));
  test.files = !flags.files.empty();
  test.ignore_case = flags.ignore_case;
  test.exact = method.has_value() && test.sample.row != nullptr && !test.files && !flags.faulty;
  test.method = method.value_or(MatchMethod::str);
  add_patterns(test, words.subspan(1 + flags.size), alias != nullptr && alias->dotted);
  return test;
}

}  // namespace shunt::analysis::model
