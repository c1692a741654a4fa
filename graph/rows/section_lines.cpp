// The lines of sections that are checked but not executed yet; the section's head says so.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "graph/base_directory.hpp"
#include "graph/read/http_rules.hpp"
#include "graph/read/proxy_lines.hpp"
#include "graph/read/reading.hpp"
#include "graph/read/resolver_lines.hpp"
#include "graph/read/ring_lines.hpp"
#include "graph/read/table_lines.hpp"
#include "graph/read/tls_settings.hpp"
#include "graph/rows/families.hpp"
#include "graph/rows/section_families.hpp"
#include "parser/outside.hpp"

namespace shunt::graph {
namespace {

using config::Definition;

constexpr Row line(std::string_view name, std::string_view syntax, std::string_view documentation,
                   Lower lower = {}, std::string_view since = {}) {
  return {.name = name,
          .max_args = syntax.empty() ? std::uint8_t{0} : any_number,
          .prefixes = takes_no | takes_default,
          .status = Status::no_effect,
          .since = since,
          .lower = lower,
          .syntax = syntax,
          .documentation = documentation};
}

constexpr Row running(std::string_view name, std::string_view syntax, std::string_view documentation,
                      Lower lower) {
  Row row = line(name, syntax, documentation, lower);
  row.status = Status::runs;
  return row;
}

// Its words are read when sections that name this one are linked.
void leave_to_linker(Reading&) {}

// The parameters of a server that no proxy has.
void read_parameters_of_server(Reading& reading, std::span<const parser::Word> words, std::uint32_t place) {
  config::ServerParameters unused;
  Reading inner = reading;
  inner.server = &unused;
  inner.place = place;
  read_parameters(inner, server_family, words);
}
// A section that names nobody else is there for its tables.
void refuse_remote_peer(Reading& reading) {
  if (reading.state.environment->local_peer() == reading.arguments[0].value) return;
  reading.report(codes::unsupported, reading.arguments[0].span,
                 fmt::format("{} '{}' is valid HAProxy that this build can't execute: there is no exchange "
                             "with other processes yet",
                             reading.quoted(), reading.arguments[0].value));
}

// In `peers` the server that is this process has no address.
void read_peer_server(Reading& reading) {
  if (reading.arguments.empty()) return;
  const bool local =
      reading.arguments.size() < 2 || reading.arguments[1].value.find(':') == std::string_view::npos;
  if (!local) refuse_remote_peer(reading);
  read_parameters_of_server(reading, reading.arguments.subspan(local ? 1 : 2), in::server_line);
}
void read_section_default_server(Reading& reading) {
  read_parameters_of_server(reading, reading.arguments, in::default_server_line);
}
void read_bind_parameters(Reading& reading, std::span<const parser::Word> words) {
  config::Bind unused;
  Reading inner = reading;
  inner.bind = &unused;
  read_parameters(inner, bind_family, words);
  if (reading.state.assume_files) return;
  const auto& base = reading.global().crt_base;
  for (const config::BindCertificate& file : unused.parameters.certificates) {
    const auto fault = certificates_of(reading).check(below(base, file.name.value));
    if (fault) reading.report(codes::bad_certificate, file.name.span, fault->message);
  }
}
void read_section_bind(Reading& reading) {
  if (!reading.arguments.empty()) read_bind_parameters(reading, reading.arguments.subspan(1));
}
void read_section_default_bind(Reading& reading) { read_bind_parameters(reading, reading.arguments); }

// Reads a line of proxies for a section that is none, and forgets it.
void read_aside(Reading& reading, std::size_t skipped, Lower::Function read, std::string name = {}) {
  config::Proxy unused;
  unused.name.value = std::move(name);
  unused.kind = config::ProxyKind::backend;
  auto& uses = reading.state.config.uses;
  const std::size_t before = uses.size();
  Reading aside = reading;
  aside.proxy = &unused;
  aside.place = in::backend;
  aside.arguments = reading.arguments.subspan(skipped);
  read(aside);
  for (std::size_t i = before; i < uses.size(); ++i) uses[i].proxy = nullptr;
  for (const config::LogLine& log : unused.settings.logs)
    if (!log.address.host.empty()) use(reading, config::Use::Kind::address, reading.arguments[0]);
}
void read_section_log(Reading& reading) {
  if (reading.arguments[0] != "global") read_aside(reading, 0, read_log);
}
// "PEERS/TABLE" is its name elsewhere.
void read_section_table(Reading& reading) {
  const auto& definitions = reading.state.config.definitions;
  const auto section =
      std::ranges::find(definitions.rbegin(), definitions.rend(), Definition::Kind::peers, &Definition::kind);
  const std::string_view peers = section == definitions.rend() ? std::string_view() : section->name;
  read_aside(reading, 1, read_stick_table, fmt::format("{}/{}", peers, reading.arguments[0].value));
}

void check_backing_file(Reading& reading) {
  const std::filesystem::path path(reading.arguments[0].value);
  const auto directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (reading.state.assume_files || parser::is_writable(directory)) return;
  reading.report(codes::missing_file, reading.arguments[0].span,
                 fmt::format("the file '{}' can't be made", path.string()));
}

// The lines of a section that look like a backend's are read as such.
Reading as_backend(Reading& reading) {
  Reading inner = reading;
  inner.proxy = &reading.state.config.asides.back();
  inner.place = in::backend;
  inner.only_checked = true;
  return inner;
}
template <Lower::Function Read>
void read_as_backend(Reading& reading) {
  Reading inner = as_backend(reading);
  Read(inner);
}
void read_check_type(Reading& reading) {
  Reading inner = as_backend(reading);
  inner.keyword = reading.arguments[0];
  inner.arguments = reading.arguments.subspan(1);
  dispatch(inner, option_family);
}
// The condition uses the section's own ACLs.
void own_condition(Reading& reading) {
  for (config::Use& use : reading.state.config.uses)
    if (use.kind == config::Use::Kind::condition && use.words.back().span == reading.arguments.back().span)
      use.proxy = &reading.state.config.asides.back();
}

void check_fcgi_option(Reading& reading) {
  if (reading.prefix != Prefix::plain && reading.arguments[0] == "max-reqs")
    reading.report(codes::bad_prefix, reading.line->keyword().span, "'option max-reqs' can't be negated");
}

// ---- crt-store

template <auto Base>
void set_base(Reading& reading) {
  reading.state.config.shelves.back().*Base = reading.arguments[0].value;
}

const parser::Word* word_behind(const Reading& reading, std::string_view name) {
  for (std::size_t at = 0; at + 1 < reading.arguments.size(); at += 2)
    if (reading.arguments[at] == name) return &reading.arguments[at + 1];
  return nullptr;
}

void check_readable(Reading& reading, const parser::Word& word, const std::string& path) {
  if (reading.state.assume_files || parser::is_readable(path)) return;
  reading.report(codes::missing_file, word.span,
                 fmt::format("{}: the file '{}' can't be read", reading.quoted(), path));
}

std::string base_of(const std::string& own, const config::Maybe<std::string>& shared) {
  return own.empty() && shared ? shared->value : own;
}

config::CertificateParts parts_of(const Reading& reading, const config::CertificateShelf& shelf) {
  const auto path = [&reading](std::string_view name, const std::string& base) {
    const parser::Word* const word = word_behind(reading, name);
    return word != nullptr ? below(base, word->value) : std::string();
  };
  const std::string crt_base = base_of(shelf.crt_base, reading.global().crt_base);
  const parser::Word* const fetches = word_behind(reading, "ocsp-update");
  return {.key = path("key", base_of(shelf.key_base, reading.global().key_base)),
          .stapled = path("ocsp", crt_base),
          .issuer = path("issuer", crt_base),
          .timestamps = path("sctl", crt_base),
          .fetches = fetches != nullptr ? std::optional(*fetches == "on") : std::nullopt};
}

// Accounts and certificates that are made need more than files.
void refuse_services(Reading& reading) {
  for (const std::string_view name : {"acme", "generate-dummy"}) {
    const parser::Word* const word = word_behind(reading, name);
    if (word != nullptr && *word != "off")
      reading.report(
          codes::unsupported, word->span,
          fmt::format("'{} {}' is valid HAProxy that this build can't execute", name, word->value));
  }
}

void load_certificate(Reading& reading) {
  config::CertificateShelf& shelf = reading.state.config.shelves.back();
  const parser::Word* file = word_behind(reading, "crt");
  const parser::Word* key = word_behind(reading, "key");
  const parser::Word* alias = word_behind(reading, "alias");
  refuse_services(reading);
  if (file == nullptr) {
    // What ACME makes has no file yet.
    if (word_behind(reading, "acme") == nullptr && word_behind(reading, "generate-dummy") == nullptr)
      reading.report(codes::missing_argument, reading.span(), "'load' expects 'crt' and a file");
    return;
  }
  config::CertificateShelf::Load made{
      .alias = std::string(alias != nullptr ? alias->value : file->value),
      .path = below(base_of(shelf.crt_base, reading.global().crt_base), file->value),
      .parts = parts_of(reading, shelf)};
  if (word_behind(reading, "acme") == nullptr) check_readable(reading, *file, made.path);
  if (key != nullptr) check_readable(reading, *key, made.parts.key);
  shelf.loads.push_back(std::move(made));
}

constexpr std::string_view server_syntax = "<name> <address> [<any>]...";

// Of another process, if anything of it is told.
void read_peer(Reading& reading) {
  if (reading.arguments.size() > 1) refuse_remote_peer(reading);
  if (reading.arguments.size() > 2)
    read_parameters_of_server(reading, reading.arguments.subspan(2), in::server_line);
}

constexpr std::array program_rows{
    line("command", "<text> [<any>]...", "The program."),
    line("group", "<group>", "Group to run as."),
    line("option", "start-on-reload [<any>]...", "Whether a reload starts it again."),
    line("user", "<user>", "User to run as."),
};
constexpr std::array peers_rows{
    line("bind", "[<address port> [<any>]...]", "Where this peer listens.", read_section_bind),
    line("default-bind", "[<any>]...", "Parameters of the bind line.", read_section_default_bind),
    line("default-server", "[<any>]...", "What server lines begin with.", read_section_default_server),
    line("disabled", "[<any>]...", "Switches the section off."),
    line("enabled", "[<any>]...", "Switches the section on."),
    line("log", "<any>...", "A target of log lines.", read_section_log),
    line("peer", "[<name> [<resolved> [<any>]...]]", "Another process.", read_peer),
    line("server", "[<name> [<any>]...]", "Another process, or this one without address.", read_peer_server),
    line("shards", "<integer 1..>", "Shares of the keys.", {}, "2.7"),
    line("table", "<any> type <any>...", "A stick table that is shared.", read_section_table),
};
constexpr std::array resolvers_rows{
    running("accepted_payload_size", "<integer 12..65535> [<any>]...", "Bytes of an answer.",
            read_answer_size),
    running("hold", "nx|refused|timeout|valid|obsolete|other <time> [<any>]...", "How long an answer counts.",
            read_hold),
    running("nameserver", "<name> <resolved ip> [<any>]...", "A name server.", read_name_server),
    running("parse-resolv-conf", "[<any>]...", "Takes the name servers of the machine.",
            read_system_name_servers),
    running("resolve_retries", "<integer> [<any>]...", "Questions until giving up.", read_resolve_retries),
    running("timeout", "resolve|retry <time> [<any>]...", "Time between questions.", read_resolvers_timeout),
};
constexpr std::array userlist_rows{
    line("group", "<name> [users [<any>]]", "A group."),
    line("user", "<text> [{ password|insecure-password [<any>] | groups [<any>] }]...", "A user."),
};
constexpr std::array mailers_rows{
    running("mailer", "<name> <resolved ip> [<any>]...", "A mail server.", leave_to_linker),
    running("timeout", "mail <time> [<any>]...", "Time of a mail.", leave_to_linker),
};
constexpr std::array ring_rows{
    line("backing-file", "<text>", "The file of the ring.", check_backing_file),
    line("description", "<any>...", "A text about the ring."),
    running("format", "iso|local|priority|raw|rfc3164|rfc5424|short|timed [<any>]...", "Format of messages.",
            read_ring_format),
    running("maxlen", "<integer 1..>", "Longest message.", read_ring_length),
    running("server", server_syntax, "A server that gets the messages.", read_ring_server),
    running("size", "<ring-size> [<any>]...", "Bytes of the ring.", read_ring_size),
    running("timeout", "[{ connect|server <time> [<any>]... | <any> [<any>]... }]", "Timeouts of servers.",
            read_ring_timeout),
};
constexpr std::array log_forward_rows{
    line("backlog", "<integer>", "Connections that may wait."),
    line("bind", "[<address port> [<any>]...]", "A listener for streams.", read_section_bind),
    line("dgram-bind", "[<address port> [{ transparent | interface|namespace|name <any> }]...]",
         "A listener for datagrams."),
    line("log", "<any>...", "Where messages go.", read_section_log),
    line("maxconn", "<integer>", "Connections at a time."),
    line("option", "dont-parse-log|assume-rfc6587-ntf|host [replace|fill|keep|append]",
         "How messages are read.", {}, "3.2"),
    line("timeout", "client <time> [<any>]...", "Silence of a connection."),
};
constexpr std::array cache_rows{
    line("early-hints", "on|off|only [ratio <integer 1..99>]", "Early hints.", {}, "3.5"),
    line("max-age", "[<integer>]", "How long an object is kept."),
    line("max-object-size", "<number>", "Bytes of an object."),
    line("max-secondary-entries", "<integer 1..>", "Variants of an object."),
    line("process-vary", "[<any>]", "Looks at Vary."),
    line("total-max-size", "<number 1..4095>", "Megabytes of the cache."),
};
constexpr std::array fcgi_app_rows{
    line("acl", "<name> <any>...", "A test.", read_as_backend<read_acl>),
    line("docroot", "<text>", "Directory of the scripts."),
    line("index", "<text>", "Script of directories."),
    line("log-stderr", "<any>...", "Where errors go.", read_section_log),
    line("option", "{ get-values|keep-conn|mpxs-conns | max-reqs <integer 1..> }",
         "How connections are used.", check_fcgi_option),
    line("pass-header", "<text> [<condition http>]", "A header that is passed.", own_condition),
    line("path-info", "<regex>", "How paths are cut."),
    line("set-param", "<text> <any> [<condition http>]", "A parameter.", own_condition),
};
constexpr std::array http_errors_rows{
    line("errorfile", "<page-status> <error-page> [<any>]...", "A page."),
};
constexpr std::array crt_store_rows{
    running("crt-base", "<text>", "Directory of certificates.",
            set_base<&config::CertificateShelf::crt_base>),
    running("key-base", "<text>", "Directory of keys.", set_base<&config::CertificateShelf::key_base>),
    running(
        "load",
        "{ crt|key|alias|ocsp|issuer|sctl|acme|domains|ips|curves <text> | ocsp-update|jwt|generate-dummy "
        "on|off | "
        "keytype RSA|ECDSA | bits <integer> }...",
        "A certificate.", load_certificate),
};
constexpr std::array acme_rows{
    line("account-key", "<text>", "File of the account's key."),
    line("acme-vars", "<text>", "Variables for the tool."),
    line("bits", "<integer>", "Size of keys."),
    line("challenge", "http-01|HTTP-01|dns-01|DNS-01|dns-persist-01|DNS-PERSIST-01", "Kind of proof."),
    line("challenge-ready", "<list cli,dns,delay,none>", "When proofs are ready."),
    line("contact", "<text>", "Mail address."),
    line("curves", "<text>", "Curve of keys."),
    line("directory", "<text>", "Address of the authority."),
    line("dns-delay", "<time s>", "Time between questions."),
    line("dns-timeout", "<time s>", "Time for questions."),
    line("eab-key-id", "<text>", "External account."),
    line("eab-mac-alg", "HS256|HS384|HS512", "External account."),
    line("eab-mac-key", "<text>", "External account."),
    line("keytype", "RSA|ECDSA", "Kind of keys."),
    line("map", "<text>", "Where tokens are stored."),
    line("profile", "<text>", "Profile of orders."),
    line("provider-name", "<text>", "Name of the DNS provider."),
    line("reuse-key", "on|off", "Keeps the key at renewal."),
};
constexpr std::array healthcheck_rows{
    line("http-check", "[<any>]...", "A step of an HTTP check.", read_as_backend<read_http_check>),
    line("tcp-check", "[<any>]...", "A step of a TCP check.", read_as_backend<read_tcp_check>),
    line("type",
         "tcp-check|httpchk|ssl-hello-chk|smtpchk|pgsql-check|redis-check|mysql-check|ldap-check|spop-check "
         "[<any>]...",
         "The protocol of the check.", read_check_type),
};
constexpr std::array traces_rows{
    line("trace", "<text> [<any>]...", "What is traced."),
};
constexpr std::array log_profile_rows{
    line("log-tag", "<text>", "Tag of messages."),
    line("on",
         "accept|request|connect|response|close|error|any|http-req|http-res|http-after-res|tcp-req-conn|tcp-"
         "req-sess|"
         "tcp-req-cont|tcp-res-cont [{ drop | format|sd <any> }]...",
         "What is logged at a step."),
};

}  // namespace

SHUNT_FAMILY(peers_family, "keyword of a peers section", peers_rows);
SHUNT_FAMILY(resolvers_family, "keyword of a resolvers section", resolvers_rows);
SHUNT_FAMILY(userlist_family, "keyword of a userlist", userlist_rows);
SHUNT_FAMILY(mailers_family, "keyword of a mailers section", mailers_rows);
SHUNT_FAMILY(ring_family, "keyword of a ring", ring_rows);
SHUNT_FAMILY(log_forward_family, "keyword of a log-forward section", log_forward_rows);
SHUNT_FAMILY(cache_family, "keyword of a cache", cache_rows);
SHUNT_FAMILY(fcgi_app_family, "keyword of a fcgi-app section", fcgi_app_rows);
SHUNT_FAMILY(http_errors_family, "keyword of an http-errors section", http_errors_rows);
SHUNT_FAMILY(crt_store_family, "keyword of a crt-store", crt_store_rows);
SHUNT_FAMILY(acme_family, "keyword of an acme section", acme_rows);
SHUNT_FAMILY(healthcheck_family, "keyword of a healthcheck section", healthcheck_rows);
SHUNT_FAMILY(traces_family, "keyword of a traces section", traces_rows);
SHUNT_FAMILY(program_family, "keyword of a program section", program_rows);
SHUNT_FAMILY(log_profile_family, "keyword of a log-profile", log_profile_rows);

}  // namespace shunt::graph
