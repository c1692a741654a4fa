// The words behind `shunt eval`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/evaluator.hpp"
#include "analysis/hello_builder.hpp"
#include "parser/result.hpp"

namespace shunt::cli {

enum class ValueForm : std::uint8_t { text, raw, json };

struct EvalOptions {
  analysis::TypedKind kind = analysis::TypedKind::expression;
  std::optional<std::string> typed;  // the expression, condition or format
  std::optional<std::string> batch;  // a file with one on each line; "-" is stdin
  std::vector<std::string> files;
  std::string proxy;
  analysis::EvaluatorOptions evaluator;
  analysis::ConnectionDescription connection;
  std::vector<std::pair<std::string, analysis::OwnedValue>> variables;
  fetchers::SampleType as = fetchers::SampleType::any;
  ValueForm form = ValueForm::text;

  // Put together when all words were read.
  std::optional<analysis::HelloDescription> hello;
  bool tls = false;
  analysis::TlsDescription tls_facts;
  bool bytes_given = false;
};

// The error is a sentence for the user.
[[nodiscard]] Result<EvalOptions, analysis::TextError> parse_eval_options(
    const std::vector<std::string_view>& words);

// A whole file; the error says why it can't be read.
[[nodiscard]] Result<std::string, analysis::TextError> read_file(const std::string& path);

[[nodiscard]] std::string eval_usage();
[[nodiscard]] std::string eval_flags();  // the options' names, a blank between them

}  // namespace shunt::cli
