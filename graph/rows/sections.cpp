// The section names.
#include "graph/read/reading.hpp"
#include "graph/read/section_reader.hpp"
#include "graph/rows/families.hpp"
#include "graph/rows/section_families.hpp"

namespace shunt::graph {
namespace {

using config::ProxyKind;

void open_global(Reading& reading) { reading.sections->open_global(reading); }

template <ProxyKind Kind>
void open_proxy(Reading& reading) {
  reading.sections->open_proxy(reading, Kind);
}

using Named = config::Definition::Kind;

template <Named Kind, const Family& Lines>
void open_named(Reading& reading) {
  reading.sections->open_named(reading, Kind, Lines);
}

constexpr std::string_view later = "nothing here runs what it describes yet";

constexpr std::array rows{
    Row{.name = "global", .lower = open_global, .documentation = "Settings of the whole process."},
    Row{.name = "defaults",
        .lower = open_proxy<ProxyKind::defaults>,
        .documentation =
            "Settings that the proxies below it begin with; `defaults NAME` can be chosen with `from NAME`."},
    Row{.name = "frontend",
        .lower = open_proxy<ProxyKind::frontend>,
        .documentation = "Accepts connections and chooses a backend for each."},
    Row{.name = "listen",
        .lower = open_proxy<ProxyKind::listen>,
        .documentation = "A frontend and a backend in one section."},
    Row{.name = "backend",
        .lower = open_proxy<ProxyKind::backend>,
        .documentation = "A set of servers and the way to choose one."},
    Row{.name = "acme",
        .status = Status::unsupported,
        .since = "3.2",
        .advice = later,
        .lower = open_named<Named::acme, acme_family>,
        .syntax = "[<any>]...",
        .documentation = "An account at a certificate authority."},
    Row{.name = "cache",
        .status = Status::unsupported,
        .advice = later,
        .lower = open_named<Named::cache, cache_family>,
        .syntax = "[<any>]...",
        .documentation = "A store of HTTP responses."},
    Row{.name = "crt-store",
        .since = "3.0",
        .lower = open_named<Named::crt_store, crt_store_family>,
        .syntax = "[<any>]...",
        .documentation = "Certificates that bind lines name by alias."},
    Row{.name = "fcgi-app",
        .status = Status::unsupported,
        .advice = later,
        .lower = open_named<Named::fcgi_app, fcgi_app_family>,
        .syntax = "[<any>]...",
        .documentation = "Parameters of a FastCGI application."},
    Row{.name = "healthcheck",
        .status = Status::unsupported,
        .since = "3.4",
        .advice = later,
        .lower = open_named<Named::healthcheck, healthcheck_family>,
        .syntax = "[<any>]...",
        .documentation = "A named health check that servers refer to."},
    Row{.name = "http-errors",
        .status = Status::unsupported,
        .advice = later,
        .lower = open_named<Named::http_errors, http_errors_family>,
        .syntax = "[<any>]...",
        .documentation = "A set of error pages."},
    Row{.name = "log-forward",
        .status = Status::unsupported,
        .advice = later,
        .lower = open_named<Named::log_forward, log_forward_family>,
        .syntax = "[<any>]...",
        .documentation = "Receives syslog messages and passes them on."},
    Row{.name = "log-profile",
        .status = Status::unsupported,
        .since = "3.1",
        .advice = later,
        .lower = open_named<Named::log_profile, log_profile_family>,
        .syntax = "[<any>]...",
        .documentation = "What is logged at which step of a stream."},
    Row{.name = "mailers",
        .lower = open_named<Named::mailers, mailers_family>,
        .syntax = "[<any>]...",
        .documentation = "Mail servers for alerts."},
    Row{.name = "peers",
        .lower = open_named<Named::peers, peers_family>,
        .syntax = "[<any>]...",
        .documentation = "Other processes that share stick tables with this one."},
    Row{.name = "program",
        .status = Status::removed,
        .removed_in = "3.3",
        .advice = "start the program with the service manager",
        .lower = open_named<Named::program, program_family>,
        .syntax = "[<any>]...",
        .documentation = "A program that the master process starts beside the proxy."},
    Row{.name = "resolvers",
        .lower = open_named<Named::resolvers, resolvers_family>,
        .syntax = "[<any>]...",
        .documentation = "Name servers that are asked for server addresses at run time."},
    Row{.name = "ring",
        .lower = open_named<Named::ring, ring_family>,
        .syntax = "[<any>]...",
        .documentation = "A buffer of log messages, which are passed on to its servers."},
    Row{.name = "traces",
        .status = Status::unsupported,
        .since = "3.1",
        .advice = later,
        .lower = open_named<Named::traces, traces_family>,
        .syntax = "[<any>]...",
        .documentation = "What is traced for debugging."},
    Row{.name = "userlist",
        .status = Status::unsupported,
        .advice = later,
        .lower = open_named<Named::userlist, userlist_family>,
        .syntax = "[<any>]...",
        .documentation = "Users and groups for HTTP authentication."},
};

}  // namespace

SHUNT_FAMILY(section_family, "section", rows);

std::vector<std::string_view> section_names(int language) {
  std::vector<std::string_view> names;
  for (const Row& row : rows)
    if (is_known(language, row.since)) names.push_back(row.name);
  return names;
}

}  // namespace shunt::graph
