// Replies of `return`, `deny`, `tarpit` and `http-error`, and redirects: which options fit together.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/read/http_rules.hpp"
#include "graph/read/option_words.hpp"
#include "graph/read/rule_kinds.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

constexpr std::array<std::string_view, 7> payloads{"errorfile", "errorfiles", "default-errorfiles", "file",
                                                   "lf-file",   "string",     "lf-string"};

bool is_payload(const OptionWords& option) {
  return std::ranges::find(payloads, option.row->name) != payloads.end();
}

std::int64_t status_of(const OptionList& list, std::int64_t otherwise) {
  std::int64_t status = otherwise;
  for (const OptionWords& each : list.all)
    if (each.row->name == "status" || each.row->name == "deny_status")
      status = parser::leading_integer(each.arguments[0].value);
  return status;
}

void fail(Reading& reading, const OptionWords& option, std::string message) {
  reading.report(codes::bad_argument, option.span, std::move(message));
}

// The body or page that the options name; at most one.
const OptionWords* payload_of(Reading& reading, const OptionList& list) {
  const OptionWords* found = nullptr;
  for (const OptionWords& each : list.all) {
    if (!is_payload(each)) continue;
    if (found != nullptr)
      fail(reading, each,
           fmt::format("'{}' can't be used together with '{}'", each.row->name, found->row->name));
    found = &each;
  }
  return found;
}

bool is_page(std::string_view name) { return name.starts_with("error") || name.starts_with("default"); }

void check_payload(Reading& reading, const OptionList& list, const OptionWords& payload,
                   std::int64_t status) {
  const std::string_view name = payload.row->name;
  if (name == "errorfile") return;
  if (is_page(name)) {
    if (!kinds::has_page(reading, status))
      fail(reading, payload, fmt::format("'{}' has no page for the status {}", name, status));
    return;
  }
  if (list.find("content-type") == nullptr)
    fail(reading, payload, fmt::format("'{}' needs a 'content-type'", name));
  if (status == 204 || status == 205 || status == 304)
    fail(reading, payload, fmt::format("a response with the status {} has no body", status));
}

void check_list(Reading& reading, const OptionList& list, std::int64_t standard) {
  if (!list.sound) return;
  const std::int64_t status = status_of(list, standard);
  if (const OptionWords* payload = payload_of(reading, list))
    check_payload(reading, list, *payload, status);
  else if (const OptionWords* type = list.find("content-type"))
    reading.report(codes::useless_option, type->span,
                   "'content-type' is ignored, because the reply has no body");
}

// Formats of redirects are judged where the rule stands.
void use_targets(Reading& reading, const OptionList& list) {
  for (const OptionWords& each : list.all) {
    const std::string_view name = each.row->name;
    if (name == "location" || name == "prefix" || name == "scheme")
      use(reading, config::Use::Kind::format, each.arguments[0]);
  }
}

OptionList read_redirect(Reading& reading) {
  OptionList list = read_only_options(reading, redirect_family, reading.arguments, true);
  reading.rest = list.rest;
  const auto is_target = [](const OptionWords& each) {
    return each.row->name == "location" || each.row->name == "prefix" || each.row->name == "scheme";
  };
  if (list.sound && std::ranges::none_of(list.all, is_target))
    reading.report(codes::missing_argument, reading.keyword.span,
                   fmt::format("{} expects 'location', 'prefix' or 'scheme'", reading.quoted()));
  return list;
}

}  // namespace

void check_reply(Reading& reading) {
  const OptionList list = read_options(reading, reply_family, reading.rest);
  check_list(reading, list, 200);
  reading.rest = list.rest;
}

void check_deny_reply(Reading& reading) {
  const OptionList list = read_options(reading, deny_family, reading.rest);
  check_list(reading, list, reading.keyword == "tarpit" ? 500 : 403);
  reading.rest = list.rest;
  // `deny_status` alone means the page of that status.
  const bool alone = list.sound && list.all.size() == 1 && list.all[0].row->name == "deny_status";
  if (!alone || kinds::has_page(reading, status_of(list, 403))) return;
  fail(reading, list.all[0],
       fmt::format("there is no page for the status {}", list.all[0].arguments[0].value));
}

void check_redirect(Reading& reading) {
  reading.arguments = reading.rest;
  const OptionList list = read_redirect(reading);
  if (!list.sound) return;
  use_targets(reading, list);
  const auto is_relative = [](const OptionWords& each) {
    return each.row->name == "prefix" || each.row->name == "scheme";
  };
  const auto relative = std::ranges::find_if(list.all, is_relative);
  if (reading.place == in::http_response_rules && relative != list.all.end())
    fail(reading, *relative, "a redirect of a response needs 'location'");
}

void check_old_redirect(Reading& reading) { std::ignore = read_redirect(reading); }

void check_http_error(Reading& reading) {
  reading.evaluated_at = static_cast<fetchers::Place>(0xffff);
  const OptionList list = read_only_options(reading, reply_family, reading.arguments, false);
  if (!list.sound) return;
  const OptionWords* status = list.find("status");
  if (status == nullptr) {
    reading.report(codes::missing_argument, reading.span(),
                   fmt::format("{} expects 'status'", reading.quoted()));
    return;
  }
  if (!kinds::has_page(reading, status_of(list, 0))) {
    fail(reading, *status, fmt::format("{} can't replace the page of this status", reading.quoted()));
    return;
  }
  check_list(reading, list, 0);
}

}  // namespace shunt::graph
