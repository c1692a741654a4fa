// Cuts files of patterns and maps into entries and builds what is looked up in.
#include "acl/file_versions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "acl/codes.hpp"

namespace shunt::acl {
namespace {

std::string_view one_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line.substr(0, line.find_first_of(std::string_view("\r\0", 2)));
}

std::string_view skip_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

PatternVersion read_patterns(const FileSet& set, std::string_view bytes, parser::Span span,
                             parser::DiagnosticSink& sink) {
  parser::DiagnosticSink faults;
  PatternVersion version{
      .set = PatternSet::build(set.options, split_pattern_file(bytes, set.form, span), faults)};
  for (const parser::Diagnostic& fault : faults.all())
    sink.report(*fault.code, fault.span, fmt::format("{} of file '{}'", fault.message, set.path));
  return version;
}

// HAProxy gives up at the first fault.
void report_first(const parser::DiagnosticSink& faults, const FileSet& set, parser::Span span,
                  parser::DiagnosticSink& sink) {
  if (faults.all().empty()) return;
  sink.report(codes::invalid_map, span,
              fmt::format("{} of file '{}'", faults.all().front().message, set.path));
}

std::optional<PatternVersion> read_map(const FileSet& set, std::string_view bytes, parser::Span span,
                                       parser::DiagnosticSink& sink) {
  auto values = std::make_shared<MapValues>(*set.output);
  std::vector<PatternText> keys;
  const MapLine* odd = nullptr;
  const std::vector<MapLine> lines = split_map_file(bytes);
  for (const MapLine& line : lines) {
    keys.push_back({std::string(line.key), span, line.number});
    if (!values->add(line.value) && odd == nullptr) odd = &line;
  }
  parser::DiagnosticSink faults;
  auto built = PatternSet::build(set.options, std::move(keys), faults);
  report_first(faults, set, span, sink);
  if (odd != nullptr)
    sink.report(codes::invalid_map, span,
                fmt::format("unable to parse the value '{}' at line {} of file '{}'", odd->value, odd->number,
                            set.path));
  if (odd != nullptr || !faults.all().empty()) return std::nullopt;
  return PatternVersion{std::move(built), std::move(values)};
}

}  // namespace

std::optional<PatternVersion> read_version(const FileSet& set, std::string_view bytes, parser::Span span,
                                           parser::DiagnosticSink& sink) {
  if (set.output) return read_map(set, bytes, span, sink);
  return read_patterns(set, bytes, span, sink);
}

std::vector<PatternText> split_pattern_file(std::string_view bytes, FileForm form, parser::Span span) {
  std::vector<PatternText> patterns;
  for (std::uint32_t number = 1; !bytes.empty(); ++number) {
    const std::string_view line = one_line(bytes);
    std::string_view pattern = skip_blanks(line);
    if (line.starts_with('#') || pattern.empty()) continue;
    if (form == FileForm::map) pattern = pattern.substr(0, pattern.find_first_of(" \t"));
    patterns.push_back({std::string(pattern), span, number});
  }
  return patterns;
}

// Blanks behind the value are no part of it, those inside are.
std::vector<MapLine> split_map_file(std::string_view bytes) {
  std::vector<MapLine> lines;
  for (std::uint32_t number = 1; !bytes.empty(); ++number) {
    const std::string_view line = one_line(bytes);
    const std::string_view text = skip_blanks(line);
    if (line.starts_with('#') || text.empty()) continue;
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view value = skip_blanks(text.substr(end));
    const std::size_t last = value.find_last_not_of(" \t");
    lines.push_back(
        {text.substr(0, end), value.substr(0, last == std::string_view::npos ? 0 : last + 1), number});
  }
  return lines;
}

}  // namespace shunt::acl
