// Which fetch looks at what, and what converters leave of it.
#include "analysis/diff/aspects.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace shunt::analysis {
namespace {

struct AspectRow {
  std::string_view fetch;
  Aspect aspect;
};
constexpr auto aspects = std::to_array<AspectRow>({
    {"always_false", Aspect::fixed},
    {"always_true", Aspect::fixed},
    {"dst", Aspect::destination},
    {"dst_port", Aspect::destination_port},
    {"fc_dst", Aspect::destination},
    {"fc_dst_port", Aspect::destination_port},
    {"fc_src", Aspect::source},
    {"fc_src_port", Aspect::source_port},
    {"fe_defbe", Aspect::fixed},
    {"fe_id", Aspect::fixed},
    {"fe_name", Aspect::fixed},
    {"payload", Aspect::bytes},
    {"rdp_cookie", Aspect::cookie},
    {"req.len", Aspect::size},
    {"req.payload", Aspect::bytes},
    {"req.proto_http", Aspect::http},
    {"req.rdp_cookie", Aspect::cookie},
    {"req.rdp_cookie_cnt", Aspect::cookie},
    {"req.ssl_alpn", Aspect::alpn},
    {"req.ssl_hello_type", Aspect::hello},
    {"req.ssl_sni", Aspect::sni},
    {"req.ssl_ver", Aspect::version},
    {"req_proto_http", Aspect::http},
    {"so_id", Aspect::fixed},
    {"so_name", Aspect::fixed},
    {"src", Aspect::source},
    {"src_port", Aspect::source_port},
    {"ssl_c_used", Aspect::fixed},
    {"ssl_fc", Aspect::fixed},
    {"ssl_fc_alpn", Aspect::alpn},
    {"ssl_fc_has_sni", Aspect::sni},
    {"ssl_fc_sni", Aspect::sni},
    {"str", Aspect::fixed},
    {"int", Aspect::fixed},
    {"bool", Aspect::fixed},
    {"wait_end", Aspect::fixed},
});

}  // namespace

Aspect aspect_of(std::string_view fetch) {
  const auto* row = std::ranges::find(aspects, fetch, &AspectRow::fetch);
  return row == aspects.end() ? Aspect::none : row->aspect;
}

bool keeps_shape(std::string_view converter) {
  return converter == "lower" || converter == "upper" || converter == "hex" || converter.starts_with("str") ||
         converter.starts_with("map");
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0 && c == ',') names.emplace_back();
    if (depth == 0 && c != ',' && c != ')') names.back() += c;
    if (c == ')') --depth;
  }
  return names;
}

std::size_t first_argument(std::string_view text) {
  const std::size_t open = text.find('(');
  return open == std::string_view::npos
             ? 0
             : std::strtoul(std::string(text.substr(open + 1, 8)).c_str(), nullptr, 10);
}

}  // namespace shunt::analysis
