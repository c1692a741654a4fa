// The list of this room's codes, for the generated documentation.
#include "graph/codes.hpp"

namespace shunt::graph::codes {
namespace {
constexpr const Code* list[] = {
    &unknown_keyword,
    &wrong_section,
    &ignored_in_section,
    &missing_argument,
    &unexpected_argument,
    &bad_argument,
    &bad_number,
    &bad_time,
    &bad_address,
    &unresolved_address,
    &bad_name,
    &bad_prefix,
    &duplicate_name,
    &duplicate_id,
    &undefined_backend,
    &undefined_defaults,
    &ambiguous_defaults,
    &defaults_rules_shared,
    &unsupported,
    &removed,
    &deprecated,
    &experimental,
    &no_effect,
    &missing_timeouts,
    &http_log_in_tcp,
    &bind_without_certificate,
    &bad_certificate,
    &bad_tls_setting,
    &unknown_user,
    &no_bind,
    &overridden,
    &rule_order,
    &unreachable_rule,
    &useless_option,
    &unused_servers,
    &log_without_target,
    &backend_loop,
    &not_a_backend,
    &unreadable_file,
    &check_without_port,
    &undefined_name,
    &missing_file,
    &bad_regex,
    &trailing_text,
    &weak_parameters,
    &small_time,
    &needs_http_mode,
    &mode_conflict,
    &stored_twice,
    &incompatible,
    &incomplete_check,
    &unused_setting,
};
}  // namespace

std::span<const Code* const> all() { return list; }

}  // namespace shunt::graph::codes
