// `shunt eval`: what an expression, a condition or a log format yields for a described connection.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <sstream>

#include "analysis/byte_text.hpp"
#include "analysis/evaluator.hpp"
#include "cli/eval_options.hpp"
#include "cli/verbs.hpp"
#include "parser/printer.hpp"

namespace shunt::cli {
namespace {

using analysis::Evaluation;
using analysis::Evaluator;
using analysis::TextError;
using analysis::Typed;

enum Exit : int { has_value = 0, has_none = 1, cannot_be_read = 2, is_unknown = 3 };

void print_findings(const Evaluator& evaluator) {
  const parser::HumanOptions form{.colour = isatty(STDERR_FILENO) != 0};
  for (const parser::Diagnostic& finding : evaluator.sink().all())
    fmt::print(stderr, "{}\n", parser::human_form(finding, evaluator.sources(), form));
}

int refuse(const std::string& message) {
  fmt::print(stderr, "shunt eval: {}\n", message);
  return cannot_be_read;
}

Result<std::string, TextError> content_of(const std::string& path) {
  if (path != "-") return read_file(path);
  std::ostringstream bytes;
  if (std::cin.peek() != std::istream::traits_type::eof()) bytes << std::cin.rdbuf();
  return std::move(bytes).str();
}

using NamedValues = std::vector<std::pair<fetchers::VariableRef, const analysis::OwnedValue*>>;

Result<NamedValues, TextError> resolve(const EvalOptions& options, Evaluator& evaluator) {
  NamedValues values;
  for (const auto& [name, value] : options.variables) {
    BOOST_OUTCOME_TRY(const fetchers::VariableRef ref, evaluator.variable(name));
    values.emplace_back(ref, &value);
  }
  return values;
}

Result<bool, TextError> use_files(const EvalOptions& options, Evaluator& evaluator) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& path : options.files) {
    BOOST_OUTCOME_TRY(std::string text, content_of(path));
    files.emplace_back(path, std::move(text));
  }
  if (!files.empty()) evaluator.use_acls(files, options.proxy);
  return !evaluator.sink().has_errors();
}

std::string in_form(const Evaluation& evaluation, ValueForm form) {
  switch (form) {
    case ValueForm::raw: return analysis::raw_form(evaluation);
    case ValueForm::json: return analysis::json_form(evaluation) + '\n';
    case ValueForm::text: break;
  }
  return analysis::text_form(evaluation) + '\n';
}

Evaluation evaluate(const Evaluator& evaluator, const Typed& typed, const NamedValues& values,
                    analysis::ConnectionDescription description, fetchers::SampleType as) {
  analysis::DescribedConnection connection(std::move(description));
  for (const auto& [ref, value] : values) connection.variables().set(ref, value->view());
  return evaluator.evaluate(typed, connection, as);
}

int exit_of(const Typed& typed, const Evaluation& evaluation) {
  if (evaluation.kind == Evaluation::Kind::unknown) return is_unknown;
  const bool holds = typed.kind != analysis::TypedKind::condition || evaluation.integer != 0;
  return evaluation.kind == Evaluation::Kind::value && holds ? has_value : has_none;
}

int evaluate_one(const EvalOptions& options, Evaluator& evaluator, const NamedValues& values) {
  const auto typed = evaluator.compile(options.kind, *options.typed);
  const bool ready = typed && evaluator.finish();
  print_findings(evaluator);
  if (!ready) return cannot_be_read;
  const Evaluation evaluation = evaluate(evaluator, *typed, values, options.connection, options.as);
  const std::string text = in_form(evaluation, options.form);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_of(*typed, evaluation);
}

// A line of a batch: what is evaluated, or what is printed instead.
struct BatchLine {
  std::optional<Typed> typed = {};
  std::string fault = {};
  std::optional<std::string> bytes = {};
};

BatchLine read_line(const std::string& line, const EvalOptions& options, Evaluator& evaluator) {
  BatchLine made;
  const std::size_t tab = std::min(line.find('\t'), line.size());
  if (tab != line.size()) {
    auto bytes = analysis::decode_bytes(std::string_view(line).substr(tab + 1));
    if (!bytes) return {.fault = bytes.assume_error().message};
    made.bytes = std::move(bytes).assume_value();
  }
  const std::size_t findings = evaluator.sink().all().size();
  made.typed = evaluator.compile(options.kind, std::string_view(line).substr(0, tab));
  if (!made.typed && evaluator.sink().all().size() > findings)
    made.fault = evaluator.sink().all()[findings].message;
  return made;
}

int evaluate_batch(const EvalOptions& options, Evaluator& evaluator, const NamedValues& values) {
  const auto text = content_of(*options.batch);
  if (!text) return refuse(text.assume_error().message);
  std::istringstream stream(text.assume_value());
  std::vector<BatchLine> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(read_line(line, options, evaluator));
  if (!evaluator.finish()) {
    print_findings(evaluator);
    return cannot_be_read;
  }
  for (const BatchLine& line : lines) {
    if (!line.typed) {
      fmt::print("error {}\n", line.fault);
      continue;
    }
    analysis::ConnectionDescription description = options.connection;
    if (line.bytes) description.request.bytes = *line.bytes;
    const Evaluation evaluation =
        evaluate(evaluator, *line.typed, values, std::move(description), options.as);
    // A line each, so raw bytes are escaped here.
    fmt::print("{}", options.form == ValueForm::raw
                         ? analysis::encode_bytes(analysis::raw_form(evaluation)) + '\n'
                         : in_form(evaluation, options.form));
  }
  return has_value;
}

}  // namespace

int evaluate_typed(const Words& words) {
  if (words.empty() || words.front() == "--help") {
    fmt::print(words.empty() ? stderr : stdout, "{}", eval_usage());
    return words.empty() ? cannot_be_read : has_value;
  }
  const auto parsed = parse_eval_options(words);
  if (!parsed) return refuse(parsed.assume_error().message);
  const EvalOptions& options = parsed.assume_value();
  Evaluator evaluator(options.evaluator);
  const auto ready = use_files(options, evaluator);
  if (!ready) return refuse(ready.assume_error().message);
  if (!ready.assume_value()) {
    print_findings(evaluator);
    return cannot_be_read;
  }
  const auto values = resolve(options, evaluator);
  if (!values) return refuse(values.assume_error().message);
  return options.batch ? evaluate_batch(options, evaluator, values.assume_value())
                       : evaluate_one(options, evaluator, values.assume_value());
}

}  // namespace shunt::cli
