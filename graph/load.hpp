// From files to a graph: syntax, keyword rows, linking. The one entry of everything that reads a
// configuration.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"
#include "graph/target.hpp"
#include "parser/diagnostic.hpp"
#include "parser/source.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph {

namespace config {
struct Config;  // graph/config.hpp
}

struct LoadOptions {
  bool resolve_names = true;            // host names of servers (init-addr libc); false under --assume-files
  bool unresolved_is_disabled = false;  // -dr: a server whose name has no address starts without it
  Target target = Target::shunt;
  bool assume_files = false;         // files, users and groups that are named are taken to be there
  bool diagnostics = false;          // -dD: `.diag` lines speak
  bool master_worker = false;        // -W or -Ws
  bool sets_up_library = false;      // OpenSSL gets the providers that the files name; at the first load
  bool despite_unsupported = false;  // a graph also of a file with lines that this build can't execute
  bool only_reached = false;  // leave out what that HAProxy doesn't come to say because of an earlier error
  bool keep_config = false;   // Loaded::config stays, for readers of what the file says
  acl::Optimisations optimisations = {};
  std::optional<parser::Environment> environment = {};  // as it was at the start; none: the process's
  std::string local_peer = {};                          // -L; empty: what the environment or the host says
};

struct TlsState;  // graph/tls_renewal.hpp

// The whole configuration as far as it could be read. `graph` is null when there were errors.
struct Loaded {
  parser::SourceSet sources;
  parser::DiagnosticSink sink;
  std::unique_ptr<const Graph> graph;
  std::shared_ptr<const TlsState> tls = {};           // what renewals of its certificates need
  std::shared_ptr<const config::Config> config = {};  // null unless it was to be kept; points into `sources`
  bool has_listener = false;                          // HAProxy 2.6: exit status 2 without one
  bool zero_warning = false;                          // `zero-warning`: warnings count as errors
  std::vector<parser::Diagnostic> ignored;  // rows with status no-effect that were used (listed with -V)
};

// Reads and compiles the files, in order, as one configuration. A directory stands for its *.cfg files in
// byte order.
[[nodiscard]] std::unique_ptr<Loaded> load_files(const std::vector<std::string>& paths,
                                                 const LoadOptions& options);
// The same for text in memory (tests, the embedded example).
[[nodiscard]] std::unique_ptr<Loaded> load_text(std::string name, std::string text,
                                                const LoadOptions& options);

// Stable texts of the stages before the graph.
[[nodiscard]] std::string dump_syntax(const std::vector<std::string>& paths, parser::DiagnosticSink& sink);
[[nodiscard]] std::string dump_config(const std::vector<std::string>& paths, parser::DiagnosticSink& sink);

}  // namespace shunt::graph
