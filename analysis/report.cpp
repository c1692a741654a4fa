// Findings as JSON, SARIF and annotations.
#include "analysis/report.hpp"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <algorithm>
#include <map>

#include "parser/utf8.hpp"

namespace shunt::analysis {
namespace {

namespace json = boost::json;
using parser::Diagnostic;
using parser::Severity;
using parser::SourceSet;

constexpr std::string_view severities[] = {"notice", "warning", "error"};
constexpr std::string_view sarif_levels[] = {"note", "warning", "error"};

std::string_view name_of(Severity severity) { return severities[static_cast<std::size_t>(severity)]; }

// Files may hold any bytes, JSON only UTF-8; the library escapes control characters by itself.
json::string text(std::string_view from) {
  json::string result;
  while (!from.empty()) {
    const bool ascii = static_cast<unsigned char>(from[0]) < 0x80;
    const std::size_t size = ascii ? 1 : parser::printable_size(from);
    const std::string_view part = size == 0 ? std::string_view("\xef\xbf\xbd") : from.substr(0, size);
    result.append(json::string_view(part.data(), part.size()));
    from.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result;
}

// Where the documentation says more of a code.
std::string page_of(const parser::Code& code) {
  return code.lint ? fmt::format("docs/lint.md#{}", code.name) : std::string("docs/diagnostics.md");
}

json::object place(parser::Span span, const SourceSet& sources) {
  json::object object;
  if (!span.known()) return object;
  const parser::Location begin = sources.locate(span);
  const parser::Location end = sources.locate(span.file, span.end);
  object["file"] = text(sources.name(span.file));
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["endLine"] = end.line;
  object["endColumn"] = end.column;
  return object;
}

json::array notes_of(const Diagnostic& finding, const SourceSet& sources) {
  json::array notes;
  for (const parser::Note& note : finding.notes) {
    json::object object{{"message", text(note.message)}};
    if (note.span.known()) object["place"] = place(note.span, sources);
    notes.push_back(std::move(object));
  }
  return notes;
}

json::object sarif_location(parser::Span span, const SourceSet& sources) {
  const parser::Location begin = sources.locate(span);
  const parser::Location end = sources.locate(span.file, span.end);
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", text(sources.name(span.file))}}},
            {"region",
             {{"startLine", begin.line},
              {"startColumn", begin.column},
              {"endLine", end.line},
              {"endColumn", end.column}}}}}};
}

json::object sarif_result(const Diagnostic& finding, const SourceSet& sources) {
  std::string message = finding.message;
  for (const parser::Note& note : finding.notes)
    if (!note.span.known()) message += "\n" + note.message;
  json::object result{{"ruleId", text(finding.code->name)},
                      {"level", text(sarif_levels[static_cast<std::size_t>(finding.severity)])},
                      {"message", {{"text", text(message)}}}};
  if (finding.span.known()) result["locations"] = json::array{sarif_location(finding.span, sources)};
  json::array related;
  for (const parser::Note& note : finding.notes) {
    if (!note.span.known()) continue;
    json::object location = sarif_location(note.span, sources);
    location["message"] = {{"text", text(note.message)}};
    related.push_back(std::move(location));
  }
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  return result;
}

// Line ends and percent signs as GitHub wants them; in properties also commas and colons.
std::string escaped(std::string_view from, bool property) {
  std::string result;
  for (const char c : from) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ',' || c == ':'));
    result += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return result;
}

}  // namespace

std::string json_report(std::span<const Diagnostic> findings, const SourceSet& sources) {
  std::size_t counts[3] = {};
  json::array list;
  for (const Diagnostic& finding : findings) {
    ++counts[static_cast<std::size_t>(finding.severity)];
    json::object object{{"severity", text(name_of(finding.severity))},
                        {"code", text(finding.code->name)},
                        {"message", text(finding.message)}};
    if (finding.span.known()) object["place"] = place(finding.span, sources);
    object["remedy"] = text(finding.code->remedy);
    object["page"] = text(page_of(*finding.code));
    object["notes"] = notes_of(finding, sources);
    list.push_back(std::move(object));
  }
  const json::object report{{"version", 1},
                            {"findings", std::move(list)},
                            {"errors", counts[2]},
                            {"warnings", counts[1]},
                            {"notices", counts[0]}};
  return json::serialize(report) + "\n";
}

std::string sarif_report(std::span<const Diagnostic> findings, const SourceSet& sources) {
  std::map<std::string_view, const parser::Code*> codes;
  json::array results;
  for (const Diagnostic& finding : findings) {
    codes.emplace(finding.code->name, finding.code);
    results.push_back(sarif_result(finding, sources));
  }
  json::array rules;
  for (const auto& [name, code] : codes)
    rules.push_back(json::object{{"id", text(name)},
                                 {"shortDescription", {{"text", text(code->summary)}}},
                                 {"help", {{"text", text(code->remedy)}}},
                                 {"properties", {{"page", text(page_of(*code))}}}});
  const json::object report{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::array{json::object{
                   {"tool", {{"driver", {{"name", "shunt"}, {"version", SHUNT_VERSION}, {"rules", rules}}}}},
                   {"results", results}}}}};
  return json::serialize(report) + "\n";
}

std::string github_report(std::span<const Diagnostic> findings, const SourceSet& sources) {
  std::string report;
  for (const Diagnostic& finding : findings) {
    std::string where;
    if (finding.span.known()) {
      const parser::Location begin = sources.locate(finding.span);
      where = fmt::format("file={},line={},col={},", escaped(sources.name(finding.span.file), true),
                          begin.line, begin.column);
    }
    report += fmt::format("::{} {}title={}::{}\n", name_of(finding.severity), where, finding.code->name,
                          escaped(finding.message, false));
  }
  return report;
}

}  // namespace shunt::analysis
