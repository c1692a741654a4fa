// The linker: runs its steps and puts the graph together.
#include <fmt/core.h>

#include <algorithm>

#include "graph/link/link_checks.hpp"
#include "graph/link/link_peers.hpp"
#include "graph/link/link_resolvers.hpp"
#include "graph/link/link_rings.hpp"
#include "graph/link/linking.hpp"
#include "graph/tls_renewal.hpp"

namespace shunt::graph {

std::string describe(const config::Proxy& proxy) {
  constexpr std::string_view kinds[] = {"defaults", "frontend", "proxy", "backend"};
  return fmt::format("{} '{}'", kinds[static_cast<std::size_t>(proxy.kind)], proxy.name.value);
}

namespace {

void finish_tls(Linking& linking, const std::shared_ptr<const pki::CertificateStore>& certificates) {
  linking.tls->store = certificates;
  for (const Server& server : linking.servers)
    if (server.tls && server.tls->certificate != none)
      linking.tls->shown_to_servers.insert(server.tls->certificate);
}

bool may_have_graph(const parser::DiagnosticSink& sink, const LoadOptions& options) {
  if (!sink.has_errors()) return true;
  return options.despite_unsupported && std::ranges::all_of(sink.all(), [](const auto& finding) {
           return finding.severity != parser::Severity::error || finding.code->about_build;
         });
}

}  // namespace

std::unique_ptr<const Graph> link(const config::Config& config, const parser::SourceSet& sources,
                                  const LoadOptions& options, pki::CertificateStore certificates,
                                  parser::DiagnosticSink& sink, std::shared_ptr<const TlsState>& tls) {
  Linking linking{.config = config,
                  .sources = sources,
                  .options = options,
                  .sink = sink,
                  .resolver = Resolver(options.resolve_names),
                  .certificates = std::move(certificates)};
  linking.program.set_files({.language = language_of(options.target), .assume = options.assume_files});
  linking.program.expressions().set_scripts(config.scripts);
  std::vector<Ring> rings = link_rings(linking);
  std::vector<Resolvers> resolvers = link_resolvers(linking);
  link_global(linking);
  link_tls_library(linking);
  link_names(linking);
  link_settings(linking);
  link_listeners(linking);
  link_servers(linking);
  link_tables(linking);
  link_rules(linking);
  link_checks(linking);
  sink.judge_the_whole(true);
  link_arguments(linking);
  check_rules(linking);
  check_servers(linking);
  check_acme(linking);
  check_proxies(linking);
  std::vector<Peers> peers = link_peers(linking);
  sink.judge_the_whole(false);
  if (!may_have_graph(sink, options)) return nullptr;
  const auto store = std::make_shared<const pki::CertificateStore>(std::move(linking.certificates));
  finish_tls(linking, store);
  tls = linking.tls;
  std::vector<std::string> source_names;
  for (parser::FileId id = 0; id < sources.size(); ++id) source_names.emplace_back(sources.name(id));
  return std::make_unique<const Graph>(
      Graph{.global = std::move(linking.global),
            .proxies = std::move(linking.out),
            .rings = std::move(rings),
            .listeners = std::move(linking.listeners),
            .servers = std::move(linking.servers),
            .actions = std::move(linking.actions),
            .first_values = std::move(linking.first_values),
            .switches = std::move(linking.switches),
            .server_rules = std::move(linking.server_rules),
            .tables = std::move(linking.tables),
            .stick_rules = std::move(linking.stick_rules),
            .program = std::move(linking.program).finish(options.optimisations),
            .backends_by_name = std::move(linking.backends),
            .certificates = store,
            .source_names = std::move(source_names),
            .resolvers = std::move(resolvers),
            .peers = std::move(peers),
            .names = std::move(linking.names)});
}

}  // namespace shunt::graph
