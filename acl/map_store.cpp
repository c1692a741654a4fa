// Loads map files: keys that the converter's method reads, values of the type that it yields.
#include <fmt/core.h>

#include "acl/codes.hpp"
#include "acl/file_versions.hpp"
#include "acl/pattern_store.hpp"

namespace shunt::acl {
std::optional<std::uint32_t> PatternStore::add_map(const MapUse& use, parser::DiagnosticSink& sink) {
  const MapKind kind = read_map_kind(use.converter);
  FileSet set = named(use.file);
  set.form = FileForm::map;
  set.options = {.method = kind.method, .no_resolve = true};
  set.output = kind.output;
  const FileKey key{set.path, kind.method, false, true, false, kind.output};
  if (const auto found = files_.find(key); found != files_.end()) return known(found->second, set);
  if (faulty_maps_.contains(key)) return std::nullopt;
  const std::string* bytes = load(use.file, FileForm::map, use.span, sink);
  auto version = bytes != nullptr ? read_version(set, *bytes, use.span, sink) : std::nullopt;
  if (!version) {
    faulty_maps_.insert(key);
    return std::nullopt;
  }
  set.version = std::move(*version);
  return files_[key] = add(std::move(set));
}

namespace {

// false: it is no value of the output's type.
bool read_default(const fetchers::ArgumentValue& argument, MapOutput output,
                  std::optional<fetchers::Sample>& otherwise) {
  if (argument.type == fetchers::ArgumentType::none || output == MapOutput::key) return true;
  if (output == MapOutput::address) {
    otherwise = read_map_address(argument.text);
    return otherwise.has_value();
  }
  otherwise.emplace();
  if (output == MapOutput::integer)
    otherwise->set_integer(argument.integer);
  else
    otherwise->set_string(argument.text);
  return true;
}

}  // namespace

std::unique_ptr<const fetchers::Lookup> make_map_lookup(const fetchers::UnresolvedArgument& use,
                                                        const fetchers::ArgumentValue& file,
                                                        const fetchers::ArgumentValue& otherwise,
                                                        PatternStore& store, parser::DiagnosticSink& sink) {
  const MapOutput output = read_map_kind(use.function).output;
  std::optional<fetchers::Sample> value;
  if (!read_default(otherwise, output, value))
    sink.report(codes::invalid_map, use.span,
                fmt::format("the default value '{}' of '{}' is no address", otherwise.text, use.function));
  const auto slot = store.add_map({use.function, file.text, use.span}, sink);
  if (!slot) return nullptr;
  return std::make_unique<const MapLookup>(store.slot(*slot), output, value, otherwise.text);
}

}  // namespace shunt::acl
