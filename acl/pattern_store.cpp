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
#include "acl/file_versions.hpp"
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

// nullopt: there is no working directory.
std::optional<std::string> place_of(const std::string& path) {
  if (path.starts_with('/')) return path;
  const auto here = parser::working_directory();
  return here ? std::optional(here.assume_value() + '/' + path) : std::nullopt;
}

}  // namespace

FileSet PatternStore::named(std::string_view word) const {
  const FileName name = read_name(word, files_found_.language);
  FileSet set;
  set.path = name.path;
  set.may_be_missing = name.presence == Presence::optional;
  if (name.presence != Presence::never) set.place = place_of(name.path).value_or("");
  return set;
}

std::uint32_t PatternStore::add(PatternVersion version) {
  slots_.push_back(std::make_unique<PatternSlot>(std::move(version)));
  return static_cast<std::uint32_t>(slots_.size() - 1);
}

std::uint32_t PatternStore::add(FileSet set) {
  set.id = add(PatternVersion(set.version));
  file_sets_.push_back(std::move(set));
  return file_sets_.back().id;
}

// One that some line needs.
std::uint32_t PatternStore::known(std::uint32_t id, const FileSet& again) {
  FileSet& set = *std::ranges::find(file_sets_, id, &FileSet::id);
  set.may_be_missing = set.may_be_missing && again.may_be_missing;
  return id;
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
  FileSet set = named(file.value);
  set.form = form;
  set.options = options;
  const FileKey key{set.path,           options.method, options.ignore_case,
                    options.no_resolve, options.dotted, std::nullopt};
  const auto found = files_.find(key);
  if (found != files_.end() && forms_.at(set.path) == form) return known(found->second, set);
  const std::string* bytes = load(file.value, form, file.span, sink);
  if (bytes == nullptr) return std::nullopt;
  set.version = *read_version(set, *bytes, file.span, sink);
  return files_[key] = add(std::move(set));
}

}  // namespace shunt::acl
