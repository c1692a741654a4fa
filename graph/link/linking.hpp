// The linker's working state: from the typed configuration to the graph, names to ids.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/codes.hpp"
#include "graph/config.hpp"
#include "graph/graph.hpp"
#include "graph/load.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::graph {

// Host names asked once per configuration.
class Resolver {
 public:
  explicit Resolver(bool ask) : ask_(ask) {}
  // nullopt: no such name. With asking off: an endpoint without family, port kept.
  [[nodiscard]] std::optional<fetchers::Endpoint> resolve(const parser::Address& address);

 private:
  bool ask_;
  std::unordered_map<std::string, std::optional<fetchers::Endpoint>> known_;
};

// A line of a file of server states: its words by column.
struct SavedLine {
  std::vector<std::string> words;
};
// Lines by file and "backend/server"; a file is read once.
using SavedStates = std::map<std::string, std::map<std::string, SavedLine>>;

// What the steps of linking share. `proxies` has the proxies without the defaults sections; ids are positions
// in it.
struct Linking {
  const config::Config& config;
  const parser::SourceSet& sources;
  const LoadOptions& options;
  parser::DiagnosticSink& sink;
  Resolver resolver;

  std::vector<const config::Proxy*> proxies = {};
  Global global = {};
  std::vector<Proxy> out = {};
  std::vector<Listener> listeners = {};
  std::vector<Server> servers = {};
  std::vector<Action> actions = {};
  std::vector<Action> first_values = {};
  std::vector<Switch> switches = {};
  std::vector<ServerRule> server_rules = {};
  std::vector<StickTable> tables = {};
  std::vector<StickRule> stick_rules = {};
  std::unordered_map<std::string, TableId> tables_by_name = {};
  std::unordered_map<ProxyId, std::vector<ProxyId>> static_targets = {};  // of use_backend, by frontend
  std::unordered_map<std::string, ProxyId> backends = {};
  std::unordered_map<std::string, ProxyId> frontends = {};
  acl::ProgramBuilder program = {};
  pki::CertificateStore certificates = {};
  std::optional<fetchers::LogFormat> tcplog = {};  // compiled when first used
  SavedStates saved_states = {};
  std::shared_ptr<TlsState> tls = {};  // what its part of the files said, for renewals
  std::vector<std::optional<NamedServer>> names = {};

  parser::Diagnostic& report(const codes::Code& code, parser::Span span, std::string message) {
    return sink.report(code, span, std::move(message));
  }
};

// Whether a `global` section has a line with this keyword.
[[nodiscard]] bool has_global_line(const config::Config& config, std::string_view keyword);

// "frontend 'web'".
[[nodiscard]] std::string describe(const config::Proxy& proxy);

// "Did you mean" one of the backends that exist.
void suggest_backend(const Linking& linking, parser::Diagnostic& finding, std::string_view wanted);

template <class T>
[[nodiscard]] T value_or(const config::Maybe<T>& setting, const T& otherwise) {
  return setting ? setting->value : otherwise;
}
template <class T>
[[nodiscard]] std::optional<T> optional_of(const config::Maybe<T>& setting) {
  return setting ? std::optional<T>(setting->value) : std::nullopt;
}

// ---- steps, in order
// ----------------------------------------------------------------------------------------------

void link_global(Linking& linking);
void link_tls_library(Linking& linking);
void link_names(Linking& linking);     // ids, duplicate names
void link_settings(Linking& linking);  // what needs no other proxy: timeouts, options, logs
void link_listeners(Linking& linking);
void link_listeners_of(Linking& linking, const config::Proxy& from, Proxy& to, Resolver& names);
void link_servers(Linking& linking);
[[nodiscard]] ServerId link_peer(Linking& linking, const config::Proxy& section, const config::Server& from,
                                 ProxyId owner);
// init-addr: where the server is, as far as that is known now.
// `last`: of an earlier process, if it is known.
void find_first_address(Linking& linking, const config::Server& from, const std::string& last,
                        Server& server);
// load-server-state-from-file: what an earlier process knew of it, and then find_first_address().
void restore_server(Linking& linking, const config::Proxy& backend, const config::Server& from,
                    Server& server);
void link_tables(Linking& linking);    // ids and names
void link_rules(Linking& linking);     // ACLs, rule lists, backends of frontends
void check_rules(Linking& linking);    // captures and filters that rules name
void check_servers(Linking& linking);  // tracked servers, resolvers, protocols
void check_acme(Linking& linking);     // maps of challenges
void check_proxies(Linking& linking);  // findings about whole proxies: missing timeouts, no bind ...

// Which ACLs a section's conditions can use.
using ScopeLookup = std::function<acl::ScopeId(const config::Proxy& section)>;
// Lines that nothing executes yet (config::Use); called by link_rules, which knows the scopes.
void link_uses(Linking& linking, const ScopeLookup& scope_of);

// Names in the arguments of expressions (`nbsrv(be)`), once all expressions are compiled.
void link_arguments(Linking& linking);

// ---- link_actions.cpp
// nullopt: reported. Expressions are judged against `place`, which may be several.
[[nodiscard]] std::optional<Action> link_action(Linking& linking, const config::TcpRule& rule,
                                                fetchers::Place place);
// "txn.x,ifset,ifgt"; false: reported.
[[nodiscard]] bool name_variable(Linking& linking, const config::TcpRule& rule, Action& action);
[[nodiscard]] bool ends_the_list(ActionKind kind);
[[nodiscard]] bool rewrites_addresses(ActionKind kind);

// ---- link_tables.cpp
[[nodiscard]] TableId table_named(const Linking& linking, const std::string& name);  // none: it is none
// nullopt: it is no rule that can be run; somebody else says so.
[[nodiscard]] std::optional<StickRule> link_stick_rule(Linking& linking, const config::StickRuleLine& rule);

// A log line with its target resolved; nullopt: reported.
[[nodiscard]] std::optional<LogTarget> link_log(Linking& linking, const config::LogLine& line);

// All steps; null when there were errors (also earlier ones in the sink).
[[nodiscard]] std::unique_ptr<const Graph> link(const config::Config& config,
                                                const parser::SourceSet& sources, const LoadOptions& options,
                                                pki::CertificateStore certificates,
                                                parser::DiagnosticSink& sink,
                                                std::shared_ptr<const TlsState>& tls);

}  // namespace shunt::graph
