// The forms in which the result of an evaluation is printed.
#include <fmt/core.h>

#include <boost/json.hpp>

#include "analysis/evaluator.hpp"

namespace shunt::analysis {
namespace {

using fetchers::SampleType;

std::string value_text(const Evaluation& evaluation) {
  switch (evaluation.type) {
    case SampleType::boolean: return evaluation.integer != 0 ? "true" : "false";
    case SampleType::sint: return fmt::format("{}", evaluation.integer);
    case SampleType::bin: return encode_hex(evaluation.text);
    default: return encode_bytes(evaluation.text);
  }
}

boost::json::string json_text(std::string_view text) {
  return boost::json::string(boost::json::string_view(text.data(), text.size()));
}

boost::json::value json_value(const Evaluation& evaluation) {
  if (evaluation.type == SampleType::boolean) return evaluation.integer != 0;
  if (evaluation.type == SampleType::sint) return evaluation.integer;
  return json_text(value_text(evaluation));
}

}  // namespace

std::string text_form(const Evaluation& evaluation) {
  if (evaluation.kind == Evaluation::Kind::absent) return "absent";
  if (evaluation.kind == Evaluation::Kind::unknown) return "unknown";
  return fmt::format("{} {}{}", type_name(evaluation.type), value_text(evaluation),
                     evaluation.may_change ? " (can still change)" : "");
}

std::string raw_form(const Evaluation& evaluation) {
  if (evaluation.kind != Evaluation::Kind::value) return {};
  switch (evaluation.type) {
    case SampleType::boolean:
    case SampleType::sint: return fmt::format("{}", evaluation.integer);
    case SampleType::bin: return evaluation.text.substr(0, evaluation.text.find('\0'));
    default: return evaluation.text;
  }
}

std::string json_form(const Evaluation& evaluation) {
  boost::json::object object;
  object["found"] = evaluation.kind == Evaluation::Kind::value;
  object["unknown"] = evaluation.kind == Evaluation::Kind::unknown;
  object["may_change"] = evaluation.may_change;
  if (evaluation.kind == Evaluation::Kind::value) {
    object["type"] = json_text(type_name(evaluation.type));
    object["value"] = json_value(evaluation);
    if (evaluation.type == SampleType::str || evaluation.type == SampleType::bin)
      object["hex"] = json_text(encode_hex(evaluation.text));
  }
  return boost::json::serialize(object);
}

}  // namespace shunt::analysis
