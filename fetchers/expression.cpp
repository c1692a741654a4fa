// Evaluates compiled expressions: the fetch, then cast and converter step by step.
#include "fetchers/expression.hpp"

namespace shunt::fetchers {

Fetched ExpressionPool::evaluate(ExpressionId id, Context& context, Sample& out) const {
  const Expression& expression = expressions_[id];
  if (!expression.runs) return {};
  const Arguments all(arguments_);
  Fetched fetched =
      expression.function(context, all.subspan(expression.first_argument, expression.argument_count), out);
  if (!fetched.found) return fetched;
  const std::span<const ConvertStep> steps(steps_.data() + expression.first_step, expression.step_count);
  for (const ConvertStep& step : steps) {
    fetched.found = (step.in == SampleType::any || cast(out, step.in, *context.scratch)) &&
                    step.function(context, all.subspan(step.first_argument, step.argument_count), out);
    if (!fetched.found) return fetched;
  }
  return fetched;
}

Fetched ExpressionPool::evaluate(ExpressionId id, Context& context, SampleType to, Sample& out) const {
  Fetched fetched = evaluate(id, context, out);
  if (fetched.found) fetched.found = cast(out, to, *context.scratch);
  return fetched;
}

}  // namespace shunt::fetchers
