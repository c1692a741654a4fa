// Lists of names, one class of them after the other.
#include "analysis/registered.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "acl/alias_rows.hpp"
#include "analysis/signatures.hpp"
#include "fetchers/rows.hpp"
#include "graph/rows/families.hpp"
#include "graph/rows/section_families.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Place;
using graph::Family;
using graph::Row;
namespace in = graph::in;

void list_acls(std::string& out, int) {
  out += "# List of registered ACL keywords:\n";
  for (const acl::AliasRow& row : acl::alias_rows())
    out += fmt::format("{} = {} -m {}\n", row.name, row.fetch, acl::method_name(row.method));
}

// ---- configuration

struct SectionLines {
  std::string_view head;
  const Family* family;
  std::string_view before = {};  // what the line begins with
};

constexpr auto sections = std::to_array<SectionLines>({
    {"global", &graph::global_family},
    {"listen", &graph::bind_family, "bind <addr> "},
    {"", &graph::server_family, "server <name> <addr> "},
    {"", &graph::http_action_family, "http-request "},
    {"", &graph::tcp_action_family, "tcp-request content "},
    {"", &graph::proxy_family},
    {"", &graph::option_family, "option "},
    {"userlist", &graph::userlist_family},
    {"peers", &graph::peers_family},
    {"resolvers", &graph::resolvers_family},
    {"mailers", &graph::mailers_family},
    {"ring", &graph::ring_family},
    {"log-forward", &graph::log_forward_family},
    {"log-profile", &graph::log_profile_family},
    {"cache", &graph::cache_family},
    {"fcgi-app", &graph::fcgi_app_family},
    {"http-errors", &graph::http_errors_family},
    {"crt-list", &graph::crt_list_family},
    {"crt-store", &graph::crt_store_family},
    {"traces", &graph::traces_family},
    {"acme", &graph::acme_family},
});

// "option forwardfor [ FE BE HTTP ]"
std::string option_places(const Row& row) {
  return fmt::format(" [{}{}{} ]", (row.places & in::frontend) != 0 ? " FE" : "",
                     (row.places & in::backend) != 0 ? " BE" : "",
                     row.mode == graph::RowMode::http ? " HTTP" : "");
}

void list_rows(std::string& out, const SectionLines& lines, int language) {
  for (const std::uint16_t at : lines.family->sorted) {
    const Row& row = lines.family->rows[at];
    if (!fetchers::is_known(row, language)) continue;
    out += fmt::format("\t{}{}{}\n", lines.before, row.name,
                       lines.family == &graph::option_family ? option_places(row) : "");
  }
}

void list_configuration(std::string& out, int language) {
  out += "# List of registered configuration keywords:\n";
  for (const SectionLines& lines : sections) {
    if (!lines.head.empty()) out += fmt::format("{}\n", lines.head);
    list_rows(out, lines, language);
  }
}

// ---- expressions

// HAProxy shows what comes out first.
// HAProxy shows what comes out first.
void list_converters(std::string& out, int language) {
  out += "# List of registered sample converter functions:\n";
  for (const fetchers::ConverterRow& any : fetchers::converter_rows()) {
    const auto* row = fetchers::find_converter(any.name, language);
    if (row == nullptr) continue;
    out += fmt::format("{}{}: {} => {}\n", row->name, signature(row->arguments),
                       fetchers::type_name(row->out), fetchers::type_name(row->in));
  }
}

// The module that a filter belongs to, by the beginning of its name.
constexpr std::pair<std::string_view, std::string_view> filter_modules[] = {
    {"bwlim", "BWLIM"}, {"cache", "CACHE"}, {"comp", "COMP"},  {"fcgi", "FCGI"},
    {"opent", "OT"},    {"spoe", "SPOE"},   {"trace", "TRACE"}};

std::string_view module_of(std::string_view filter) {
  const auto* found = std::ranges::find_if(
      filter_modules, [&](const auto& module) { return filter.starts_with(module.first); });
  return found == std::end(filter_modules) ? "?" : found->second;
}

void list_filters(std::string& out, int language) {
  out += "# List of registered filter names:\n";
  for (const std::uint16_t at : graph::filter_family.sorted)
    if (const Row& row = graph::filter_family.rows[at]; fetchers::is_known(row, language))
      out += fmt::format("{} [{}]\n", row.name, module_of(row.name));
}

struct UsePoint {
  std::string_view title;
  Place place;
};

// Rules on bodies see what rules on headers see.
constexpr auto use_points = std::to_array<UsePoint>({
    {"frontend tcp-request connection rule", Place::tcp_connection},
    {"frontend tcp-request session rule", Place::tcp_session},
    {"frontend tcp-request content rule", Place::fe_tcp_content},
    {"frontend http-request header rule", Place::fe_http_request},
    {"frontend http-request body rule", Place::fe_http_request},
    {"frontend use-backend rule", Place::fe_set_backend},
    {"backend tcp-request content rule", Place::be_tcp_content},
    {"backend http-request header rule", Place::be_http_request},
    {"backend http-request body rule", Place::be_http_request},
    {"backend use-server, balance or stick-match rule", Place::be_set_server},
    {"server source selection", Place::be_server_connect},
    {"backend tcp-response content rule", Place::be_tcp_response},
    {"backend http-response header rule", Place::be_http_response},
    {"backend http-response body rule", Place::be_http_response},
    {"backend stick-store rule", Place::be_http_response},
    {"frontend tcp-response content rule", Place::fe_http_response},
    {"frontend http-response header rule", Place::fe_http_response},
    {"frontend http-response body rule", Place::fe_http_response},
    {"logs", Place::fe_log_end},
    {"backend tcp-check rule", Place::be_check},
    {"configuration parser", Place::config},
    {"CLI parser", Place::cli},
});

// A staircase of titles above the columns.
void list_use_points(std::string& out) {
  for (std::size_t row = 0; row < use_points.size(); ++row) {
    out += '#' + std::string(use_points.size() - row + 1, ' ');
    for (std::size_t i = 0; i < row; ++i) out += "/ ";
    out += fmt::format("_.{} {}\n", std::string(use_points.size() - row, '-'), use_points[row].title);
  }
  for (const char c : {'/', '|'}) {
    out += '#';
    for (std::size_t i = 0; i < use_points.size(); ++i) out += fmt::format(" {}", c);
    out += c == '/' ? "  \n" : " \n";
  }
}

void list_fetches(std::string& out, int language) {
  out += "# List of registered sample fetch functions:\n";
  list_use_points(out);
  for (const fetchers::FetchRow& any : fetchers::fetch_rows()) {
    const auto* row = fetchers::find_fetch(any.name, language);
    if (row == nullptr) continue;
    out += '[';
    for (const UsePoint& point : use_points) out += fetchers::usable_at(*row, point.place) ? " Y" : " .";
    out += fmt::format(" ] {}{}: {}\n", row->name, signature(row->arguments), fetchers::type_name(row->out));
  }
}

struct Class {
  std::string_view name;
  std::string_view title;
  void (*list)(std::string& out, int language);
};

constexpr auto known_classes = std::to_array<Class>({
    {"acl", "ACL keywords", list_acls},
    {"cfg", "configuration keywords", list_configuration},
    {"cnv", "sample converter keywords", list_converters},
    {"flt", "filter names", list_filters},
    {"smp", "sample fetch functions", list_fetches},
});

std::string help() {
  std::string out = "# List of supported keyword classes:\nall: list all keywords\n";
  for (const Class& row : known_classes) out += fmt::format("{}: {}\n", row.name, row.title);
  return out;
}

bool list_class(std::string& out, std::string_view name, int language) {
  if (name == "help") return out += help(), true;
  bool found = false;
  for (const Class& row : known_classes) {
    if (name != row.name && name != "all") continue;
    row.list(out, language);
    found = true;
  }
  return found;
}

}  // namespace

std::optional<std::string> registered_keywords(std::string_view classes, graph::Target target) {
  std::string out;
  while (true) {
    const std::size_t comma = classes.find(',');
    if (!list_class(out, classes.substr(0, comma), graph::language_of(target))) return std::nullopt;
    if (comma == std::string_view::npos) return out;
    classes.remove_prefix(comma + 1);
  }
}

}  // namespace shunt::analysis
