// Health checks and servers whose TLS protects less than it seems to.
#include <fmt/core.h>

#include <algorithm>

#include "analysis/lint/addresses.hpp"
#include "analysis/lint/families.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

void judge_hello_check(const Proxy& proxy, Findings& findings) {
  const Line* line = proxy.own_line("option", "ssl-hello-chk");
  if (line == nullptr) return;
  findings.report(codes::sslv3_check, line->span,
                  fmt::format("{} checks its servers with an SSLv3 hello", proxy.describe()));
}

bool is_set(const config::Maybe<bool>& setting) { return setting && setting->value; }

// Nobody stands between us and a server on this machine.
bool is_far(const parser::Address& address) { return !is_local_socket(address) && !is_loopback(address); }

class VerificationJudge {
 public:
  VerificationJudge(const LintInput& input, Findings& findings) : input_(input), findings_(findings) {}

  void judge(const Proxy& proxy) {
    for (const config::Server& server : proxy.said->servers)
      if (is_set(server.parameters.ssl) && is_far(server.address.value)) judge(proxy, server);
  }

 private:
  void judge(const Proxy& proxy, const config::Server& server) {
    const auto& verify = server.parameters.verify;
    if (verify && verify->value != "none") return;
    const auto& trusts = input_.model.config->global.trusts_servers;
    if (!verify && !is_set(trusts)) return;
    const Span span = verify ? verify->span : trusts->span;
    if (span.known() && span == said_) return;  // default-server speaks for many
    said_ = span;
    findings_.report(codes::unverified_server, span,
                     fmt::format("the certificate of server '{}' of {} is not verified", server.name.value,
                                 proxy.describe()));
  }

  const LintInput& input_;
  Findings& findings_;
  Span said_;
};

}  // namespace

void lint_tls(const LintInput& input, Findings& findings) {
  VerificationJudge judge(input, findings);
  for (const Proxy& proxy : input.model.proxies) {
    judge_hello_check(proxy, findings);
    judge.judge(proxy);
  }
}

}  // namespace shunt::analysis
