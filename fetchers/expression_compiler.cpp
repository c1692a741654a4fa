// Turns the tree of a sample expression into steps of a pool, or says what is wrong with it.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "fetchers/argument_reader.hpp"
#include "fetchers/codes.hpp"
#include "fetchers/expression.hpp"
#include "parser/suggest.hpp"

namespace shunt::fetchers {
namespace {

template <class Row>
void suggest(std::string_view name, std::span<const Row> rows, parser::Diagnostic& diagnostic) {
  std::vector<std::string_view> known;
  known.reserve(rows.size());
  for (const Row& row : rows) known.push_back(row.name);
  if (const auto close = parser::nearest(name, known))
    diagnostic.notes.push_back({fmt::format("did you mean '{}'?", *close)});
}

Purity worse(Purity left, Purity right) { return std::max(left, right); }

// Quoted where the bytes would otherwise be read as the end of an argument, so that equal texts are equal
// arguments.
std::string canonical_argument(const std::string& text) {
  if (!text.empty() && text.find_first_of(",()\"'\\ ") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string canonical(std::string_view name, const parser::Call& call) {
  std::string text(name);
  if (call.arguments.empty()) return text;
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    text += (i == 0 ? '(' : ',') + canonical_argument(call.arguments[i].value);
  return text + ')';
}

}  // namespace

// What stands for the functions of Lua programs, which take strings and return strings.
constexpr FetchRow script_fetch{.name = "lua",
                                .places = 0xffffffff,
                                .purity = Purity::writes_state,
                                .status = Status::unsupported,
                                .documentation = "A fetch of a Lua program."};
constexpr ConverterRow script_converter{.name = "lua",
                                        .in = SampleType::str,
                                        .out = SampleType::str,
                                        .purity = Purity::writes_state,
                                        .status = Status::unsupported,
                                        .documentation = "A converter of a Lua program."};

class ExpressionCompiler {
 public:
  ExpressionCompiler(ExpressionPool& pool, Place place, parser::DiagnosticSink& sink, Misplaced misplaced)
      : pool_(pool), place_(place), sink_(sink), misplaced_(misplaced) {}

  std::optional<ExpressionId> run(const parser::ExpressionTree& tree) {
    bool ok = add_fetch(tree.fetch);
    for (const parser::Call& call : tree.converters) ok = add_converter(call, ok) && ok;
    return ok ? std::optional(install()) : std::nullopt;
  }

 private:
  bool add_fetch(const parser::Call& call) {
    const FetchRow* row = find_fetch(call.name, pool_.language_);
    if (row == nullptr && pool_.scripts_.knows(pool_.scripts_.fetches, call.name))
      return add_script_fetch(call);
    if (row == nullptr) return unknown_fetch(call);
    report_status(row->status, codes::unsupported_fetch, "fetch method", call);
    report_place(*row, call);
    const FetchRow& target = resolve(*row, place_);
    auto arguments =
        read_arguments(call, {.language = pool_.language_}, target.arguments, pool_.variable_names_, sink_);
    if (!arguments) return false;
    expression_.fetch = &target;
    expression_.function = target.function;
    expression_.argument_count = append(std::move(*arguments), row->name);
    expression_.runs = target.function != nullptr;
    expression_.purity = worse(expression_.purity, target.purity);
    expression_.constant = target.constant;
    expression_.out = type_ = target.out;
    text_ = canonical(target.name, call);
    return true;
  }

  bool add_script_fetch(const parser::Call& call) {
    report_status(script_fetch.status, codes::unsupported_fetch, "fetch method", call);
    expression_.fetch = &script_fetch;
    expression_.runs = false;
    expression_.purity = script_fetch.purity;
    expression_.out = type_ = script_fetch.out;
    text_ = canonical(call.name, call);
    return true;
  }

  bool unknown_fetch(const parser::Call& call) {
    auto& finding = sink_.report(codes::unknown_fetch, call.name_span,
                                 fmt::format("unknown fetch method '{}'", call.name));
    if (const FetchRow* newer = find_fetch(call.name))
      finding.notes.push_back({fmt::format("it came with HAProxy {}", newer->since)});
    else if (find_converter(call.name) != nullptr)
      finding.notes.push_back(
          {fmt::format("'{}' is a converter; it follows a fetch: src,{}", call.name, call.name)});
    else
      suggest(call.name, fetch_rows(), finding);
    return false;
  }

  // Goes on after a fault to find more of them, but then the type in front is not known.
  bool add_converter(const parser::Call& call, bool type_known) {
    const ConverterRow* row = find_converter(call.name, pool_.language_);
    if (row == nullptr && pool_.scripts_.knows(pool_.scripts_.converters, call.name))
      return add_script_converter(call, type_known);
    if (row == nullptr) return unknown_converter(call);
    report_status(row->status, codes::unsupported_converter, "converter", call);
    auto arguments = read_arguments(call, {.converter = true, .language = pool_.language_}, row->arguments,
                                    pool_.variable_names_, sink_);
    if (!arguments || (type_known && !applicable(*row, call))) return false;
    ConvertStep step{
        .function = row->function, .in = row->in, .argument_count = append(std::move(*arguments), row->name)};
    steps_.push_back(step);
    expression_.runs = expression_.runs && row->function != nullptr;
    expression_.purity = worse(expression_.purity, row->purity);
    expression_.out = type_ = row->out;
    text_ += ',' + canonical(row->name, call);
    return true;
  }

  bool add_script_converter(const parser::Call& call, bool type_known) {
    report_status(script_converter.status, codes::unsupported_converter, "converter", call);
    if (type_known && !applicable(script_converter, call)) return false;
    expression_.runs = false;
    expression_.purity = script_converter.purity;
    expression_.out = type_ = script_converter.out;
    text_ += ',' + canonical(call.name, call);
    return true;
  }

  bool unknown_converter(const parser::Call& call) {
    auto& finding = sink_.report(codes::unknown_converter, call.name_span,
                                 fmt::format("unknown converter '{}'", call.name));
    if (const ConverterRow* newer = find_converter(call.name))
      finding.notes.push_back({fmt::format("it came with HAProxy {}", newer->since)});
    else
      suggest(call.name, converter_rows(), finding);
    return false;
  }

  bool applicable(const ConverterRow& row, const parser::Call& call) {
    if (row.in == SampleType::any || castable(type_, row.in)) return true;
    auto& finding = sink_.report(codes::inapplicable_converter, call.span,
                                 fmt::format("converter '{}' cannot be applied", call.name));
    finding.notes.push_back(
        {fmt::format("it takes type '{}', but '{}' comes before it and can't be cast to that",
                     type_name(row.in), type_name(type_))});
    return false;
  }

  void report_status(Status status, const parser::Code& unsupported, std::string_view what,
                     const parser::Call& call) {
    if (status == Status::unsupported)
      sink_.report(unsupported, call.name_span,
                   fmt::format("{} '{}' is not available in this build yet", what, call.name));
    else if (status == Status::removed)
      sink_.report(codes::removed_name, call.name_span,
                   fmt::format("{} '{}' no longer exists", what, call.name));
    else if (status == Status::deprecated)
      sink_.report(codes::deprecated_name, call.name_span,
                   fmt::format("{} '{}' is deprecated", what, call.name));
  }

  void report_place(const FetchRow& row, const parser::Call& call) {
    if (misplaced_ == Misplaced::silent || usable_at(row, place_)) return;
    if (misplaced_ == Misplaced::error)
      sink_.report(
          codes::misplaced_fetch, call.span,
          fmt::format("fetch method '{}' extracts information from '{}', none of which is available here",
                      call.name, source_name(row)));
    else
      sink_.report(
          codes::misplaced_fetch, call.span,
          fmt::format("sample fetch <{}> may not be reliably used here because it needs '{}' which is not "
                      "available here.",
                      call.name, source_name(row)));
  }

  std::uint32_t append(ReadArguments&& read, std::string_view function) {
    for (const NamedArgument& name : read.named)
      named_.push_back(
          {0, static_cast<std::uint32_t>(arguments_.size()) + name.index, name.span, function, pool_.owner_});
    const auto count = static_cast<std::uint32_t>(read.values.size());
    // `add(txn.n)`: the converter is pure, this use of it is not.
    const auto is_variable = [](const ArgumentValue& value) { return value.type == ArgumentType::variable; };
    if (std::ranges::any_of(read.values, is_variable))
      expression_.purity = worse(expression_.purity, Purity::reads_state);
    std::ranges::move(read.values, std::back_inserter(arguments_));
    return count;
  }

  ExpressionId install() {
    const bool pure = expression_.purity == Purity::pure;
    // The file that a map is named by is the same wherever it is named.
    const bool shareable = pure && std::ranges::all_of(named_, [&](const UnresolvedArgument& name) {
                             return arguments_[name.argument].type == ArgumentType::map;
                           });
    expression_.constant = expression_.constant && pure && named_.empty();
    if (shareable)
      if (const auto found = pool_.shared_.find(text_); found != pool_.shared_.end()) return found->second;
    const auto id = static_cast<ExpressionId>(pool_.expressions_.size());
    auto next_argument = static_cast<std::uint32_t>(pool_.arguments_.size());
    for (UnresolvedArgument& name : named_) {
      name.expression = id;
      name.argument += next_argument;
      pool_.unresolved_.push_back(name);
    }
    expression_.first_argument = next_argument;
    next_argument += expression_.argument_count;
    for (ConvertStep& step : steps_) {
      step.first_argument = next_argument;
      next_argument += step.argument_count;
    }
    expression_.first_step = static_cast<std::uint32_t>(pool_.steps_.size());
    expression_.step_count = static_cast<std::uint32_t>(steps_.size());
    std::ranges::copy(steps_, std::back_inserter(pool_.steps_));
    std::ranges::move(arguments_, std::back_inserter(pool_.arguments_));
    pool_.expressions_.push_back(expression_);
    if (shareable) pool_.shared_.emplace(text_, id);
    pool_.texts_.push_back(std::move(text_));
    return id;
  }

  ExpressionPool& pool_;
  Place place_;
  parser::DiagnosticSink& sink_;
  Misplaced misplaced_;
  Expression expression_ = {};
  SampleType type_ = SampleType::any;
  std::vector<ConvertStep> steps_;
  std::vector<ArgumentValue> arguments_;
  std::vector<UnresolvedArgument> named_;
  std::string text_;
};

std::optional<ExpressionId> ExpressionPool::compile(const parser::ExpressionTree& tree, Place place,
                                                    parser::DiagnosticSink& sink, Misplaced misplaced) {
  return ExpressionCompiler(*this, place, sink, misplaced).run(tree);
}

}  // namespace shunt::fetchers
