// One faulty line each: the code of the finding and the exact words it points at.
#include <gtest/gtest.h>

#include <algorithm>

#include "acl/codes.hpp"
#include "fetchers/codes.hpp"
#include "graph/codes.hpp"
#include "graph/load.hpp"

namespace shunt::graph {
namespace {

constexpr std::string_view preamble =
    "defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n";

struct Case {
  std::string name;
  std::string text;
  const parser::Code* code;
  std::string blamed;  // the words under the caret
};

std::string describe(const Loaded& loaded) {
  std::string text;
  for (const auto& finding : loaded.sink.all()) {
    text += std::string(finding.code->name) + " [" +
            std::string(finding.span.known() ? loaded.sources.text(finding.span) : "") + "] " +
            finding.message + "\n";
  }
  return text;
}

class Findings : public ::testing::TestWithParam<Case> {};

TEST_P(Findings, CodeAndPlace) {
  const Case& each = GetParam();
  const auto loaded = load_text("x.cfg", std::string(preamble) + each.text, {});
  const bool found = std::ranges::any_of(loaded->sink.all(), [&](const parser::Diagnostic& finding) {
    return finding.code == each.code && finding.span.known() &&
           loaded->sources.text(finding.span) == each.blamed;
  });
  EXPECT_TRUE(found) << describe(*loaded);
  EXPECT_EQ(loaded->sink.all().size(), 1u) << describe(*loaded);
}

const std::string web = "frontend web\n bind 127.0.0.1:80\n";
const std::string both = "listen web\n bind 127.0.0.1:80\n";

const Case cases[] = {
    {"UnknownGlobal", "global\n foo bar\n", &codes::unknown_keyword, "foo"},
    {"UnknownKeyword", web + " balanc roundrobin\n", &codes::unknown_keyword, "balanc"},
    {"UnknownBindParameter", "frontend web\n bind 127.0.0.1:80 accept-prox\n", &codes::unknown_keyword,
     "accept-prox"},
    {"UnknownServerParameter", both + " server s 127.0.0.1:1 chek\n", &codes::unknown_keyword, "chek"},
    {"UnknownOption", web + " option foo\n", &codes::unknown_keyword, "foo"},
    {"UnknownTimeout", web + " timeout foo 3s\n", &codes::unknown_keyword, "foo"},
    {"UnknownAction", web + " tcp-request content acept\n", &codes::unknown_keyword, "acept"},
    {"UnknownAlgorithm", both + " balance robin\n", &codes::unknown_keyword, "robin"},
    {"ServerInFrontend", web + " server s 127.0.0.1:1\n", &codes::wrong_section, "server"},
    {"ServerInDefaults", "defaults\n server s 127.0.0.1:1\n", &codes::wrong_section, "server"},
    {"BindInDefaults", "defaults\n bind :80\n", &codes::wrong_section, "bind"},
    {"AclInAnonymousDefaults", "defaults\n acl a src 1.2.3.4\n", &codes::wrong_section, "acl"},
    {"RuleInAnonymousDefaults", "defaults\n tcp-request content accept\n", &codes::wrong_section,
     "tcp-request"},
    {"BindInBackend", "backend b\n bind :80\n", &codes::ignored_in_section, "bind"},
    {"BalanceInFrontend", web + " balance first\n", &codes::ignored_in_section, "balance"},
    {"OptionInBackend", "backend b\n option dontlognull\n", &codes::ignored_in_section, "dontlognull"},
    {"MaxconnMissing", "global\n maxconn\n", &codes::missing_argument, "maxconn"},
    {"MaxconnTwo", "global\n maxconn 10 20\n", &codes::unexpected_argument, "20"},
    {"DefaultBackendTwo", web + " default_backend b c\nbackend b\n", &codes::unexpected_argument, "c"},
    {"UseBackendWord", web + " use_backend b foo\nbackend b\n", &codes::unexpected_argument, "foo"},
    {"NbthreadJunk", "global\n nbthread 2x\n", &codes::bad_number, "2x"},
    {"WeightRange", both + " server s 127.0.0.1:1 weight 257\n", &codes::bad_number, "257"},
    {"TimeUnit", web + " timeout client 3x\n", &codes::bad_time, "x"},
    {"TimeOverflow", web + " timeout client 25d\n", &codes::bad_time, "25d"},
    {"BindWithoutPort", "frontend web\n bind 127.0.0.1\n", &codes::bad_address, "127.0.0.1"},
    {"BindPortZero", "frontend web\n bind 127.0.0.1:80,127.0.0.1:0\n", &codes::bad_address, "127.0.0.1:0"},
    {"ServerRange", both + " server s 127.0.0.1:1-2\n", &codes::bad_address, "127.0.0.1:1-2"},
    {"ServerUnresolved", both + " server s nohost.invalid:1\n", &codes::unresolved_address,
     "nohost.invalid:1"},
    {"ServerName", both + " server w/x 127.0.0.1:1\n", &codes::bad_name, "/"},
    {"ProxyName", "frontend a/b\n bind 127.0.0.1:80\n", &codes::bad_name, "/"},
    {"AclNamedOr", web + " acl or src 1.2.3.4\n", &codes::bad_name, "or"},
    {"NoMaxconn", web + " no maxconn 3\n", &codes::bad_prefix, "no"},
    {"TwoFrontends", web + "frontend web\n bind 127.0.0.1:81\n", &codes::duplicate_name, "web"},
    {"TwoServers", both + " server s 127.0.0.1:1\n server s 127.0.0.1:2\n", &codes::duplicate_name, "s"},
    {"TwoServerIds", both + " server s 127.0.0.1:1 id 5\n server t 127.0.0.1:2 id 5\n", &codes::duplicate_id,
     "id 5"},
    {"TwoProxyIds", "backend a\n id 7\nbackend b\n id 7\n", &codes::duplicate_id, "id 7"},
    {"UndefinedDefaultBackend", web + " default_backend nope\n", &codes::undefined_backend, "nope"},
    {"UndefinedUseBackend", web + " use_backend nope if TRUE\n", &codes::undefined_backend, "nope"},
    {"FrontendAsBackend", web + "frontend b\n bind 127.0.0.1:81\n default_backend web\n",
     &codes::not_a_backend, "web"},
    {"UndefinedDefaults", "frontend web from nope\n bind 127.0.0.1:80\n timeout client 1s\n",
     &codes::undefined_defaults, "nope"},
    {"RulesForListen",
     "defaults d\n timeout client 1s\n tcp-request content accept\nlisten web\n bind 127.0.0.1:80\n",
     &codes::defaults_rules_shared, "web"},
    {"SetVarMisplaced", web + " tcp-request connection set-var(sess.a) req.len\n",
     &fetchers::codes::misplaced_fetch, "req.len"},
    {"SetVarFormatMisplaced", web + " tcp-request content set-var-fmt(txn.a) %[res.len]\n",
     &fetchers::codes::misplaced_fetch, "res.len"},
    {"ComputedNameMisplaced", web + " use_backend %[res.len]\n", &fetchers::codes::misplaced_fetch,
     "res.len"},
    {"AclNeverMatches", web + " tcp-request content accept if { res.len 5 }\n",
     &acl::codes::acl_never_matches, "{ res.len 5 }"},
    {"AclNeverMatchesInResponse", both + " acl a payload(0,1) -m found\n tcp-response content accept if a\n",
     &acl::codes::acl_never_matches, "a"},
    {"UnsupportedSection", "userlist u\n user a password b\n", &codes::unsupported, "userlist"},
    {"UnsupportedParameter", both + " server s 127.0.0.1:1 cookie 5\n", &codes::unsupported, "cookie"},
    {"UnsupportedTable", "backend b\n stick-table type ip size 1k brates-factor 2\n", &codes::unsupported,
     "brates-factor 2"},
    {"IncompletePeers", "peers p\n peer nobody-here 192.0.2.1:1024\n", &codes::unused_setting, "p"},
    {"UnsupportedMode", web + " mode http\n", &codes::unsupported, "web"},
    {"RemovedTimeout", web + " clitimeout 5s\n", &codes::removed, "clitimeout"},
    {"RemovedTimeoutName", web + " timeout clitimeout 5s\n", &codes::removed, "clitimeout"},
    {"LogLevel", "global\n log 127.0.0.1 local0 infoo\n", &codes::bad_argument, "infoo"},
    {"LogFacility", "global\n log 127.0.0.1 foo\n", &codes::bad_argument, "foo"},
    {"ModeName", web + " mode foo\n", &codes::bad_argument, "foo"},
    {"TlsVersion", "frontend web\n bind 127.0.0.1:80 ssl-min-ver TLSv9\n", &codes::bad_argument, "TLSv9"},
    {"MissingTimeouts", "defaults\nfrontend web\n bind 127.0.0.1:80\n", &codes::missing_timeouts,
     "frontend web"},
    {"NoBind", "frontend web\n", &codes::no_bind, "frontend web"},
    {"NoCertificate", "frontend web\n bind 127.0.0.1:80 ssl\n", &codes::bind_without_certificate,
     "bind 127.0.0.1:80 ssl"},
    {"AbsentCertificate", "frontend web\n bind 127.0.0.1:80 ssl crt /nonexistent\n", &codes::bad_certificate,
     "crt /nonexistent"},
    {"UnknownUser", "global\n user nosuchuser\n", &codes::unknown_user, "nosuchuser"},
    {"UnknownGroup", "global\n group nosuchgroup\n", &codes::unknown_user, "nosuchgroup"},
    {"RuleBelowUseBackend", web + " use_backend b\n tcp-request content accept\nbackend b\n",
     &codes::rule_order, "content accept"},
    {"ConnectionBelowSession", web + " tcp-request session accept\n tcp-request connection accept\n",
     &codes::rule_order, "connection accept"},
    {"UnusedServers", both + " server s 127.0.0.1:1\n default_backend b\nbackend b\n", &codes::unused_servers,
     "b"},
    {"FormatWithoutLog", web + " option tcplog\n", &codes::log_without_target, "tcplog"},
    {"UsesItself", both + " use_backend web\n", &codes::backend_loop, "web"},
    {"DefaultsToItself", both + " default_backend web\n", &codes::backend_loop, "web"},
    {"FormatInBackend", "backend b\n option tcplog\n", &codes::ignored_in_section, "tcplog"},
    {"FormatTwiceInDefaults", "defaults\n option tcplog\n log-format a\n", &codes::overridden,
     "log-format a"},
    {"CheckWithoutPort", both + " server s 127.0.0.1 check\n", &codes::check_without_port,
     "server s 127.0.0.1 check"},
    {"NoLogWithArguments", web + " no log global\n", &codes::unexpected_argument, "global"},
    {"CheckThroughSocks", both + " option tcp-check\n tcp-check connect port 80 via-socks4\n",
     &codes::unsupported, "via-socks4"},
    {"CheckOfHttp2", both + " option httpchk\n http-check connect proto h2\n", &codes::unsupported, "h2"},
    {"NoEffectStillCounted", "global\n spread-checks\n", &codes::missing_argument, "spread-checks"},
    {"Nbproc", "global\n nbproc 2\n", &codes::removed, "nbproc"},
};

TEST(Findings, TextsOfChecksAreNoOptions) {
  const auto loaded = load_text("x.cfg",
                                std::string(preamble) + both +
                                    " option tcp-check\n tcp-check connect port 80 comment via-socks4\n"
                                    " tcp-check connect port 80 sni proto alpn h2\n",
                                {});
  EXPECT_TRUE(loaded->sink.all().empty()) << describe(*loaded);
}

INSTANTIATE_TEST_SUITE_P(All, Findings, ::testing::ValuesIn(cases),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace shunt::graph
