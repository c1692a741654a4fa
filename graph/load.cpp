// Files to syntax, config and graph; the stages' dumps.
#include "graph/load.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/core.h>

#include "graph/codes.hpp"
#include "graph/config.hpp"
#include "graph/exported_environment.hpp"
#include "graph/facts.hpp"
#include "graph/link/linking.hpp"
#include "graph/pki/certificate_store.hpp"
#include "graph/reach.hpp"
#include "graph/read/reading.hpp"
#include "graph/rows/families.hpp"
#include "parser/host_name.hpp"
#include "parser/outside.hpp"

namespace shunt::graph {
namespace {

namespace fs = std::filesystem;
using parser::DiagnosticSink;
using parser::FileId;
using parser::SourceSet;

void add_file(const std::string& path, SourceSet& sources, std::vector<FileId>& files, DiagnosticSink& sink) {
  auto bytes = parser::read_file(path);
  if (!bytes) {
    sink.report(codes::unreadable_file, {},
                fmt::format("cannot read the file '{}': {}", path,
                            std::generic_category().message(bytes.assume_error())));
    return;
  }
  files.push_back(sources.add(path, std::move(bytes).assume_value()));
}

// Names of the *.cfg files of a directory in byte order, without those that begin with a dot.
std::vector<std::string> files_of(const std::string& directory) {
  std::vector<std::string> paths;
  for (const std::string& name : parser::list_directory(directory)) {
    const std::string path = fs::path(directory) / name;
    if (name.ends_with(".cfg") && !name.starts_with('.') && !parser::is_directory(path))
      paths.push_back(path);
  }
  return paths;
}

std::vector<FileId> read_all(const std::vector<std::string>& paths, SourceSet& sources,
                             DiagnosticSink& sink) {
  std::vector<FileId> files;
  for (const std::string& path : paths) {
    if (!parser::is_directory(path)) {
      add_file(path, sources, files, sink);
      continue;
    }
    for (const std::string& each : files_of(path)) add_file(each, sources, files, sink);
  }
  return files;
}

parser::Environment environment_of(const LoadOptions& options) {
  auto made = options.environment ? *options.environment : parser::Environment::of_process();
  const std::string inherited(made.get(parser::local_peer_variable).value_or(""));
  if (!options.local_peer.empty())
    made.name_local_peer(options.local_peer, true);
  else
    made.name_local_peer(inherited.empty() ? parser::host_name() : inherited);
  return made;
}

// `environment` becomes what the files make of it.
parser::Syntax read_syntax(const SourceSet& sources, const std::vector<FileId>& files, DiagnosticSink& sink,
                           const LoadOptions& options, parser::Environment& environment) {
  const int language = language_of(options.target);
  const auto names = section_names(language);
  const parser::DirectiveFacts facts = directive_facts(options.target, options.diagnostics);
  return parser::parse_files(sources, files,
                             {.section_names = names,
                              .environment = &environment,
                              .empty_word_ends_line = language < 303,
                              .facts = &facts},
                             sink);
}

config::Config read_config(const SourceSet& sources, const std::vector<FileId>& files, DiagnosticSink& sink,
                           std::vector<parser::Diagnostic>& ignored, DefaultPath& paths,
                           pki::CertificateStore& certificates, parser::Environment& environment,
                           const LoadOptions& options = {}) {
  config::Config config{
      .syntax = read_syntax(sources, files, sink, options, environment), .global = {}, .proxies = {}};
  ReadState state{.config = config,
                  .sink = sink,
                  .ignored = ignored,
                  .target = options.target,
                  .paths = paths,
                  .certificates = certificates,
                  .assume_files = options.assume_files,
                  .environment = &environment};
  read_sections(state);
  return config;
}

// A socket for administration counts, too, as do peers, and to 2.6 the ignored bind line of a backend [seen].
bool has_listener(const config::Config& config, Target target) {
  if (!config.global.stats_sockets.empty()) return true;
  if (target == Target::haproxy_2_6 && config.binds_of_backends) return true;
  if (std::ranges::any_of(config.peers, [](const auto& each) { return each.own && !each.disabled; }))
    return true;
  return std::ranges::any_of(config.proxies, [](const config::Proxy& proxy) {
    return !proxy.binds.empty() && !value_or(proxy.settings.disabled, false);
  });
}

// `exports`: real files, so the process takes over what they do to the environment.
void compile(Loaded& loaded, const std::vector<FileId>& files, const LoadOptions& options, bool exports) {
  if (options.target != Target::shunt) loaded.sink.judge_only_the_file();
  DefaultPath paths(loaded.sources);
  pki::CertificateStore certificates;
  parser::Environment environment = environment_of(options);
  const auto read = std::make_shared<const config::Config>(read_config(
      loaded.sources, files, loaded.sink, loaded.ignored, paths, certificates, environment, options));
  const config::Config& config = *read;
  if (options.keep_config) loaded.config = read;
  loaded.has_listener = has_listener(config, options.target);
  loaded.zero_warning = value_or(config.global.zero_warning, false);
  if (options.target == Target::shunt && exports && parser::outside().may_change_process())
    export_environment(config.syntax, environment);
  loaded.graph = link(config, loaded.sources, options, std::move(certificates), loaded.sink, loaded.tls);
  if (options.only_reached && options.target != Target::shunt) drop_unreached(loaded.sink, config);
  loaded.sink.sort();
}

}  // namespace

std::unique_ptr<Loaded> load_files(const std::vector<std::string>& paths, const LoadOptions& options) {
  auto loaded = std::make_unique<Loaded>();
  const std::vector<FileId> files = read_all(paths, loaded->sources, loaded->sink);
  compile(*loaded, files, options, true);
  return loaded;
}

std::unique_ptr<Loaded> load_text(std::string name, std::string text, const LoadOptions& options) {
  auto loaded = std::make_unique<Loaded>();
  const FileId file = loaded->sources.add(std::move(name), std::move(text));
  compile(*loaded, {file}, options, false);
  return loaded;
}

std::string dump_syntax(const std::vector<std::string>& paths, DiagnosticSink& sink) {
  SourceSet sources;
  const std::vector<FileId> files = read_all(paths, sources, sink);
  parser::Environment environment = environment_of({});
  return parser::dump(read_syntax(sources, files, sink, LoadOptions{}, environment), sources);
}

std::string dump_config(const std::vector<std::string>& paths, DiagnosticSink& sink) {
  SourceSet sources;
  const std::vector<FileId> files = read_all(paths, sources, sink);
  std::vector<parser::Diagnostic> ignored;
  DefaultPath default_path(sources);
  pki::CertificateStore certificates;
  parser::Environment environment = environment_of({});
  return config::dump(read_config(sources, files, sink, ignored, default_path, certificates, environment),
                      sources);
}

}  // namespace shunt::graph
