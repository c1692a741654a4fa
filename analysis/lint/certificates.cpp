// Certificates of bind lines: how long they are valid, their keys, and the names that they lack.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "acl/fold.hpp"
#include "analysis/lint/families.hpp"
#include "analysis/lint/fetch_kinds.hpp"
#include "graph/base_directory.hpp"
#include "graph/pki/judgement.hpp"

namespace shunt::analysis {
namespace {

using namespace model;
using graph::pki::CertificateFacts;

constexpr std::int64_t day = 86400;
constexpr std::int64_t soon = 30 * day;
constexpr int least_rsa_bits = 2048;

bool name_matches(std::string_view name, std::string_view host) {
  if (name == host) return true;
  if (!name.starts_with("*.")) return false;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot != 0 && host.substr(dot) == name.substr(1);
}

bool is_named(const std::vector<const CertificateFacts*>& certificates, std::string_view host) {
  return std::ranges::any_of(certificates, [&](const CertificateFacts* each) {
    return std::ranges::any_of(each->names,
                               [&](const std::string& name) { return name_matches(name, host); });
  });
}

class CertificateJudge {
 public:
  CertificateJudge(const LintInput& input, Findings& findings) : input_(input), findings_(findings) {}

  void judge(const Proxy& proxy) {
    std::vector<const CertificateFacts*> all;
    bool complete = true;
    for (const config::Bind& bind : proxy.said->binds) {
      if (!bind.parameters.ssl || !bind.parameters.ssl->value) continue;
      complete = complete && !bind.parameters.certificates.empty();
      for (const config::BindCertificate& line : bind.parameters.certificates) {
        const auto& facts = load(line.name);
        complete = complete && !facts.empty();
        for (const CertificateFacts& each : facts) all.push_back(&each);
        judge_listed(line, facts);
      }
    }
    if (complete && !all.empty()) judge_routes(proxy, all);
  }

 private:
  const std::vector<CertificateFacts>& load(const config::Text& name) {
    const auto [at, fresh] = known_.try_emplace(name.value);
    if (!fresh) return at->second;
    at->second = graph::pki::facts_of(graph::below(input_.model.config->global.crt_base, name.value));
    for (const CertificateFacts& facts : at->second) judge_file(facts, name.span);
    return at->second;
  }

  void judge_file(const CertificateFacts& facts, Span span) {
    const std::int64_t now = input_.options.now;
    if (facts.not_after < now)
      findings_.report(codes::expired_certificate, span,
                       fmt::format("the certificate of '{}' ended {} days ago", facts.path,
                                   (now - facts.not_after) / day));
    else if (facts.not_before > now)
      findings_.report(codes::expired_certificate, span,
                       fmt::format("the certificate of '{}' begins in {} days", facts.path,
                                   (facts.not_before - now) / day));
    else if (facts.not_after - now < soon)
      findings_.report(codes::expiring_certificate, span,
                       fmt::format("the certificate of '{}' ends in {} days", facts.path,
                                   (facts.not_after - now + day / 2) / day));
    if (facts.rsa_bits != 0 && facts.rsa_bits < least_rsa_bits)
      findings_.report(
          codes::weak_key, span,
          fmt::format("the certificate of '{}' has an RSA key of {} bits", facts.path, facts.rsa_bits));
  }

  // Names that a crt-list gives to a certificate.
  void judge_listed(const config::BindCertificate& line, const std::vector<CertificateFacts>& facts) {
    std::vector<const CertificateFacts*> all;
    for (const CertificateFacts& each : facts) all.push_back(&each);
    for (const std::string& name : line.names) {
      if (all.empty() || is_named(all, name) || !said_.insert(name).second) continue;
      findings_.report(codes::certificate_mismatch, line.name.span,
                       fmt::format("'{}' is served with a certificate that doesn't have this name", name));
    }
  }

  void judge_routes(const Proxy& proxy, const std::vector<const CertificateFacts*>& all) {
    for (const Rule& rule : proxy.of(List::switches))
      for (const Conjunction& terms : rule.condition.alternatives)
        for (const Term& term : terms)
          if (term.acl != nullptr && !term.negated)
            for (const Test& test : term.acl->tests) judge_test(test, all);
  }

  void judge_test(const Test& test, const std::vector<const CertificateFacts*>& all) {
    if (test.sample.fetch != "ssl_fc_sni" || test.method != MatchMethod::str || test.files) return;
    for (const Pattern& pattern : test.patterns) {
      const std::string host = acl::folded(pattern.text);
      if (host.find('*') != std::string::npos || is_named(all, host) || !said_.insert(host).second) continue;
      findings_.report(
          codes::certificate_mismatch, pattern.span,
          fmt::format("'{}' is routed here, but no certificate of the bind lines has this name", host));
    }
  }

  const LintInput& input_;
  Findings& findings_;
  std::map<std::string, std::vector<CertificateFacts>> known_;
  std::set<std::string> said_;
};

}  // namespace

void lint_certificates(const LintInput& input, Findings& findings) {
  if (!input.options.read_certificates) return;
  CertificateJudge judge(input, findings);
  for (const Proxy& proxy : input.model.proxies) judge.judge(proxy);
}

}  // namespace shunt::analysis
