// HTTP rules, redirects and their replies: they are checked, nothing executes them yet.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

// ---- http_rules.cpp
void read_http_request_rule(Reading& reading);
void read_http_response_rule(Reading& reading);
void read_http_after_rule(Reading& reading);
void read_redirect_line(Reading& reading);
void read_monitor(Reading& reading);
// What stands behind an action: nothing, or a condition, which is then checked. False: reported.
bool check_condition_behind(Reading& reading, std::span<const parser::Word> rest, fetchers::Place place);
// Warns when the proxy has rules above that are evaluated after this one. `stage` is the position of the name
// in the order of evaluation (rule_stages).
void warn_of_order(Reading& reading, std::string_view name);

// ---- http_replies.cpp: they take words from reading.arguments and leave the rest in reading.rest
void check_reply(Reading& reading);       // `return`
void check_deny_reply(Reading& reading);  // `deny`, `tarpit`
void check_redirect(Reading& reading);
void check_response_redirect(Reading& reading);
void check_old_redirect(Reading& reading);  // formats are not compiled
void check_http_error(Reading& reading);

// ---- action_checks.cpp: what stands in the parentheses of an action, and what ties its arguments
void check_variable(Reading& reading);        // set-var(name,conditions)
void check_plain_variable(Reading& reading);  // unset-var(name)
void check_counter(Reading& reading);         // sc-inc-gpc(index,counter)
void check_first_counters(Reading& reading);  // sc-inc-gpc0(counter)
void check_track(Reading& reading);
// track-sc3 and above exist when tune.stick-counters says so; they are read as track-sc2.
[[nodiscard]] parser::Word tracking_name(const Reading& reading, const parser::Word& action);
void check_do_resolve(Reading& reading);
void check_capture(Reading& reading);
void check_set_timeout(Reading& reading);
void check_front_side(Reading& reading);
void check_back_side(Reading& reading);
void check_wait_for_body(Reading& reading);
void check_del_header(Reading& reading);
void check_experimental(Reading& reading);
void check_spoe_group(Reading& reading);
void check_filter_name(Reading& reading);
void read_declare(Reading& reading);
void check_header_capture(Reading& reading);

// ---- check_rules.cpp: http-check and tcp-check
void read_http_check(Reading& reading);
void read_tcp_check(Reading& reading);
void check_connect_step(Reading& reading);
void check_step_word(Reading& reading);
void check_send_step(Reading& reading);
void check_expect_step(Reading& reading);

// ---- persistence_lines.cpp: sticking, cookies, filters
void read_stick(Reading& reading);
void lower_stick_rule(Reading& reading, config::StickRuleLine rule);  // table_actions.cpp
template <bool Match, bool Store, bool Response>
void lower_stick(Reading& reading) {
  lower_stick_rule(reading, {.match = Match, .store = Store, .response = Response});
}
void check_cookie(Reading& reading);
void read_filter(Reading& reading);
void check_named_filter(Reading& reading);
void check_spoe_filter(Reading& reading);
void check_bandwidth_filter(Reading& reading);
void check_name_header(Reading& reading);
void note_filter_sequence(Reading& reading);
void note_compression(Reading& reading);
void note_cache(Reading& reading);

// The text between the parentheses of reading.keyword; nullopt when there are none.
[[nodiscard]] std::optional<parser::Word> inner_word(const Reading& reading);
// Whether the global section has the line before this one, and its first argument.
[[nodiscard]] const parser::Line* global_line(const Reading& reading, std::string_view keyword);

}  // namespace shunt::graph
