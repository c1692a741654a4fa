// Loads pattern files and keeps the sets of a program.
#include "acl/pattern_store.hpp"

#include <fmt/core.h>
#include <system_error>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "acl/codes.hpp"
#include "parser/outside.hpp"

namespace shunt::acl {
namespace {

enum class Presence : std::uint8_t { required, optional, never };

struct PrefixRow {
  std::string_view prefix;
  Presence presence;
};
// HAProxy 3.x: a file that may be missing, one that never exists, and an explicit ordinary one.
constexpr std::array prefixes{PrefixRow{"opt@", Presence::optional}, PrefixRow{"virt@", Presence::never},
                              PrefixRow{"file@", Presence::required}};

struct FileName {
  Presence presence = Presence::required;
  std::string path;
};

FileName read_name(std::string_view word, int language) {
  if (language < 300) return {.path = std::string(word)};
  for (const PrefixRow& row : prefixes)
    if (word.starts_with(row.prefix)) return {row.presence, std::string(word.substr(row.prefix.size()))};
  return {.path = std::string(word)};
}

// nullopt: errno says why (a folder opens, but can't be read).
std::optional<std::string> read_file(const std::string& path) {
  auto bytes = parser::read_file(path);
  return bytes ? std::optional(std::move(bytes).assume_value()) : std::nullopt;
}

std::string_view one_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line.substr(0, line.find_first_of(std::string_view("\r\0", 2)));
}

std::string_view skip_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

}  // namespace

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

std::uint32_t PatternStore::add(PatternVersion version) {
  slots_.push_back(std::make_unique<PatternSlot>(std::move(version)));
  return static_cast<std::uint32_t>(slots_.size() - 1);
}

std::uint32_t PatternStore::add(const PatternOptions& options, std::vector<PatternText> patterns,
                                parser::DiagnosticSink& sink) {
  return add({.set = PatternSet::build(options, std::move(patterns), sink)});
}

const std::string* PatternStore::load(std::string_view word, FileForm form, parser::Span span,
                                      parser::DiagnosticSink& sink) {
  const FileName name = read_name(word, files_found_.language);
  if (const auto [known, fresh] = forms_.try_emplace(name.path, form); !fresh && known->second != form) {
    sink.report(codes::pattern_file_columns, span,
                fmt::format("the file '{}' is used as a map (or with -M) in one place and as a list of "
                            "patterns in another",
                            name.path));
    return nullptr;
  }
  if (const auto read = bytes_.find(name.path); read != bytes_.end()) return &read->second;
  std::optional<std::string> bytes = name.presence == Presence::never ? std::string() : read_file(name.path);
  if (!bytes && (name.presence == Presence::optional || files_found_.assume)) bytes.emplace();
  if (bytes) return &bytes_.emplace(name.path, std::move(*bytes)).first->second;
  sink.report(codes::unreadable_pattern_file, span,
              fmt::format("cannot open the pattern file '{}': {}", name.path,
                          std::generic_category().message(errno)));
  return nullptr;
}

std::optional<std::uint32_t> PatternStore::add_file(const PatternOptions& options, const parser::Word& file,
                                                    FileForm form, parser::DiagnosticSink& sink) {
  const std::string path = read_name(file.value, files_found_.language).path;
  const FileKey key{path,           options.method, options.ignore_case, options.no_resolve,
                    options.dotted, std::nullopt};
  const auto known = files_.find(key);
  if (known != files_.end() && forms_.at(path) == form) return known->second;
  const std::string* bytes = load(file.value, form, file.span, sink);
  if (bytes == nullptr) return std::nullopt;
  parser::DiagnosticSink faults;
  const std::uint32_t id = add(options, split_pattern_file(*bytes, form, file.span), faults);
  for (const parser::Diagnostic& fault : faults.all())
    sink.report(*fault.code, fault.span, fmt::format("{} of file '{}'", fault.message, path));
  files_.emplace(key, id);
  return id;
}

}  // namespace shunt::acl
