// The answers to `.if`, by target.
#include "graph/facts.hpp"

#include <algorithm>

#include "graph/pki/library.hpp"

namespace shunt::graph {
namespace {

// Debian's package of 2.6, as `haproxy -vv` lists it.
constexpr std::string_view features_2_6[] = {
    "ACCEPT4",  "BACKTRACE",    "CPU_AFFINITY", "CRYPT_H", "DL",          "EPOLL",  "GETADDRINFO",
    "LIBCRYPT", "LINUX_SPLICE", "LINUX_TPROXY", "LUA",     "NETFILTER",   "NS",     "OPENSSL",
    "OT",       "PCRE2",        "PCRE2_JIT",    "POLL",    "PRCTL",       "PROMEX", "RT",
    "SLZ",      "SYSTEMD",      "TFO",          "THREAD",  "THREAD_DUMP", "TPROXY"};
constexpr std::string_view features_3_5[] = {
    "ACCEPT4",     "BACKTRACE", "CPU_AFFINITY", "CRYPT_H",      "DL",           "EPOLL",
    "GETADDRINFO", "LIBCRYPT",  "LINUX_CAP",    "LINUX_SPLICE", "LINUX_TPROXY", "LUA",
    "MATH",        "NETFILTER", "NS",           "OPENSSL",      "PCRE2",        "PCRE2_JIT",
    "POLL",        "PRCTL",     "PROMEX",       "RT",           "SHM_OPEN",     "SLZ",
    "SSL",         "TFO",       "THREAD",       "THREAD_DUMP",  "TPROXY"};
// What this program has, under the names that files ask for.
constexpr std::string_view features_here[] = {"ACCEPT4", "EPOLL", "GETADDRINFO", "LINUX_SPLICE",
                                              "OPENSSL", "PCRE2", "PCRE2_JIT",   "POLL",
                                              "SSL",     "THREAD"};
constexpr std::string_view enabled[] = {"EPOLL", "FAST-FORWARD", "GETADDRINFO",
                                        "POLL",  "REUSEPORT",    "SPLICE"};

// "OpenSSL 3.0.15 3 Sep 2024": name, then version.
std::string_view tls_word(std::size_t index) {
  std::string_view text = pki::library_name();
  for (; index > 0; --index) text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  return text.substr(0, text.find(' '));
}

}  // namespace

parser::DirectiveFacts directive_facts(Target target, bool diagnostics) {
  parser::DirectiveFacts facts{.language = language_of(target),
                               .features = features_here,
                               .enabled = enabled,
                               .tls_library = tls_word(0),
                               .tls_version = tls_word(1),
                               .diagnostics = diagnostics};
  if (target == Target::haproxy_2_6) {
    facts.version = "2.6.12";
    facts.features = features_2_6;
  } else if (target == Target::haproxy_3_5) {
    facts.features = features_3_5;
  }
  return facts;
}

}  // namespace shunt::graph
