// Loads map files: keys that the converter's method reads, values of the type that it yields.
#include <fmt/core.h>

#include "acl/codes.hpp"
#include "acl/pattern_store.hpp"

namespace shunt::acl {
namespace {

// HAProxy gives up at the first fault.
void report_first(const parser::DiagnosticSink& faults, const MapUse& use, parser::DiagnosticSink& sink) {
  if (faults.all().empty()) return;
  sink.report(codes::invalid_map, use.span,
              fmt::format("{} of file '{}'", faults.all().front().message, use.file));
}

}  // namespace

std::optional<PatternVersion> PatternStore::read_map(const MapUse& use, const MapKind& kind,
                                                     parser::DiagnosticSink& sink) {
  const std::string* bytes = load(use.file, FileForm::map, use.span, sink);
  if (bytes == nullptr) return std::nullopt;
  auto values = std::make_shared<MapValues>(kind.output);
  std::vector<PatternText> keys;
  const MapLine* odd = nullptr;
  const std::vector<MapLine> lines = split_map_file(*bytes);
  for (const MapLine& line : lines) {
    keys.push_back({std::string(line.key), use.span, line.number});
    if (!values->add(line.value) && odd == nullptr) odd = &line;
  }
  parser::DiagnosticSink faults;
  auto set = PatternSet::build({.method = kind.method, .no_resolve = true}, std::move(keys), faults);
  report_first(faults, use, sink);
  if (odd != nullptr)
    sink.report(codes::invalid_map, use.span,
                fmt::format("unable to parse the value '{}' at line {} of file '{}'", odd->value, odd->number,
                            use.file));
  if (odd != nullptr || !faults.all().empty()) return std::nullopt;
  return PatternVersion{std::move(set), std::move(values)};
}

std::optional<std::uint32_t> PatternStore::add_map(const MapUse& use, parser::DiagnosticSink& sink) {
  const MapKind kind = read_map_kind(use.converter);
  const FileKey key{std::string(use.file), kind.method, false, true, false, kind.output};
  if (const auto known = files_.find(key); known != files_.end()) return known->second;
  if (faulty_maps_.contains(key)) return std::nullopt;
  auto version = read_map(use, kind, sink);
  if (!version) {
    faulty_maps_.insert(key);
    return std::nullopt;
  }
  const std::uint32_t id = add(std::move(*version));
  files_.emplace(key, id);
  return id;
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
