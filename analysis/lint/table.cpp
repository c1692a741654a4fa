// The table of lints: which function finds which codes.
#include "analysis/lint/families.hpp"

namespace shunt::analysis {
namespace {

using namespace codes;

const Code* const all_codes[] = {
    &hello_behind_tls,
    &tls_fetch_without_tls,
    &http_fetch_in_tcp,
    &tls_inside_tls,
    &h2_on_tcp_bind,
    &inspect_delay_without_content_rule,
    &content_rule_without_inspect_delay,
    &race_with_first_bytes,
    &split_hello_not_awaited,
    &server_speaks_first,
    &set_after_accept,
    &rule_behind_unconditional,
    &shadowed_rule,
    &duplicate_rule,
    &contradiction,
    &literal_wildcard,
    &case_never_matches,
    &operator_among_patterns,
    &case_sensitive_name,
    &suffix_without_dot,
    &duplicate_pattern,
    &unused_acl,
    &unused_backend,
    &unused_userlist,
    &unused_table,
    &no_default_backend,
    &no_usable_server,
    &shadows_predefined,
    &same_address_twice,
    &send_proxy_unread,
    &accept_proxy_unsent,
    &nobody_binds,
    &server_is_own_bind,
    &frontend_loop,
    &open_accept_proxy,
    &forgeable_abstract_socket,
    &expired_certificate,
    &expiring_certificate,
    &certificate_mismatch,
    &weak_key,
    &sslv3_check,
    &unverified_server,
    &check_options_unused,
    &missing_timeout,
    &absurd_timeout,
    &maxconn_above_limits,
    &option_without_effect,
};

constexpr void (*families[])(const LintInput&, Findings&) = {
    lint_layers, lint_waiting, lint_order,        lint_patterns, lint_names,   lint_hops,
    lint_binds,  lint_tls,     lint_certificates, lint_settings, lint_timeouts};

}  // namespace

std::span<const Code* const> codes::lints() { return all_codes; }

std::vector<parser::Diagnostic> lint(const graph::config::Config& config, const parser::SourceSet& sources,
                                     const LintOptions& options) {
  const model::Model model = model::build(config, sources);
  Findings findings;
  for (const auto family : families) family({model, options}, findings);
  return findings.take();
}

}  // namespace shunt::analysis
