// The rows of ACL criteria with a match method in their name, and of the predefined ACLs (manual 7.4).
#include "acl/alias_rows.hpp"

#include <algorithm>
#include <array>

namespace shunt::acl {
namespace {

// clang-format off
constexpr std::array aliases{
    AliasRow{.name = "base", .fetch = "base", .method = MatchMethod::str},
    AliasRow{.name = "base_beg", .fetch = "base", .method = MatchMethod::beg},
    AliasRow{.name = "base_dir", .fetch = "base", .method = MatchMethod::dir},
    AliasRow{.name = "base_dom", .fetch = "base", .method = MatchMethod::dom},
    AliasRow{.name = "base_end", .fetch = "base", .method = MatchMethod::end},
    AliasRow{.name = "base_len", .fetch = "base", .method = MatchMethod::len},
    AliasRow{.name = "base_reg", .fetch = "base", .method = MatchMethod::reg},
    AliasRow{.name = "base_sub", .fetch = "base", .method = MatchMethod::sub},
    AliasRow{.name = "cook", .fetch = "req.cook", .method = MatchMethod::str},
    AliasRow{.name = "cook_beg", .fetch = "req.cook", .method = MatchMethod::beg},
    AliasRow{.name = "cook_dir", .fetch = "req.cook", .method = MatchMethod::dir},
    AliasRow{.name = "cook_dom", .fetch = "req.cook", .method = MatchMethod::dom},
    AliasRow{.name = "cook_end", .fetch = "req.cook", .method = MatchMethod::end},
    AliasRow{.name = "cook_len", .fetch = "req.cook", .method = MatchMethod::len},
    AliasRow{.name = "cook_reg", .fetch = "req.cook", .method = MatchMethod::reg},
    AliasRow{.name = "cook_sub", .fetch = "req.cook", .method = MatchMethod::sub},
    AliasRow{.name = "hdr", .fetch = "req.hdr", .method = MatchMethod::str},
    AliasRow{.name = "hdr_beg", .fetch = "req.hdr", .method = MatchMethod::beg},
    AliasRow{.name = "hdr_dir", .fetch = "req.hdr", .method = MatchMethod::dir},
    AliasRow{.name = "hdr_dom", .fetch = "req.hdr", .method = MatchMethod::dom},
    AliasRow{.name = "hdr_end", .fetch = "req.hdr", .method = MatchMethod::end},
    AliasRow{.name = "hdr_len", .fetch = "req.hdr", .method = MatchMethod::len},
    AliasRow{.name = "hdr_reg", .fetch = "req.hdr", .method = MatchMethod::reg},
    AliasRow{.name = "hdr_sub", .fetch = "req.hdr", .method = MatchMethod::sub},
    AliasRow{.name = "http_auth_group", .fetch = "http_auth_group", .method = MatchMethod::str},
    AliasRow{.name = "method", .fetch = "method", .method = MatchMethod::str},
    AliasRow{.name = "path", .fetch = "path", .method = MatchMethod::str},
    AliasRow{.name = "path_beg", .fetch = "path", .method = MatchMethod::beg},
    AliasRow{.name = "path_dir", .fetch = "path", .method = MatchMethod::dir},
    AliasRow{.name = "path_dom", .fetch = "path", .method = MatchMethod::dom},
    AliasRow{.name = "path_end", .fetch = "path", .method = MatchMethod::end},
    AliasRow{.name = "path_len", .fetch = "path", .method = MatchMethod::len},
    AliasRow{.name = "path_reg", .fetch = "path", .method = MatchMethod::reg},
    AliasRow{.name = "path_sub", .fetch = "path", .method = MatchMethod::sub},
    AliasRow{.name = "payload", .fetch = "req.payload", .method = MatchMethod::bin},
    AliasRow{.name = "payload_lv", .fetch = "req.payload_lv", .method = MatchMethod::bin},
    AliasRow{.name = "req.ssl_ver", .fetch = "req.ssl_ver", .method = MatchMethod::integer, .dotted = true},
    AliasRow{.name = "req_rdp_cookie", .fetch = "req.rdp_cookie", .method = MatchMethod::str},
    AliasRow{.name = "req_rdp_cookie_cnt", .fetch = "req.rdp_cookie_cnt", .method = MatchMethod::integer},
    AliasRow{.name = "req_ssl_sni", .fetch = "req.ssl_sni", .method = MatchMethod::str},
    AliasRow{.name = "req_ssl_ver", .fetch = "req.ssl_ver", .method = MatchMethod::integer, .dotted = true},
    AliasRow{.name = "req_ver", .fetch = "req.ver", .method = MatchMethod::str},
    AliasRow{.name = "resp_ver", .fetch = "res.ver", .method = MatchMethod::str},
    AliasRow{.name = "scook", .fetch = "res.cook", .method = MatchMethod::str},
    AliasRow{.name = "scook_beg", .fetch = "res.cook", .method = MatchMethod::beg},
    AliasRow{.name = "scook_dir", .fetch = "res.cook", .method = MatchMethod::dir},
    AliasRow{.name = "scook_dom", .fetch = "res.cook", .method = MatchMethod::dom},
    AliasRow{.name = "scook_end", .fetch = "res.cook", .method = MatchMethod::end},
    AliasRow{.name = "scook_len", .fetch = "res.cook", .method = MatchMethod::len},
    AliasRow{.name = "scook_reg", .fetch = "res.cook", .method = MatchMethod::reg},
    AliasRow{.name = "scook_sub", .fetch = "res.cook", .method = MatchMethod::sub},
    AliasRow{.name = "shdr", .fetch = "res.hdr", .method = MatchMethod::str},
    AliasRow{.name = "shdr_beg", .fetch = "res.hdr", .method = MatchMethod::beg},
    AliasRow{.name = "shdr_dir", .fetch = "res.hdr", .method = MatchMethod::dir},
    AliasRow{.name = "shdr_dom", .fetch = "res.hdr", .method = MatchMethod::dom},
    AliasRow{.name = "shdr_end", .fetch = "res.hdr", .method = MatchMethod::end},
    AliasRow{.name = "shdr_len", .fetch = "res.hdr", .method = MatchMethod::len},
    AliasRow{.name = "shdr_reg", .fetch = "res.hdr", .method = MatchMethod::reg},
    AliasRow{.name = "shdr_sub", .fetch = "res.hdr", .method = MatchMethod::sub},
    AliasRow{.name = "ssl_fc_sni_end", .fetch = "ssl_fc_sni", .method = MatchMethod::end},
    AliasRow{.name = "ssl_fc_sni_reg", .fetch = "ssl_fc_sni", .method = MatchMethod::reg},
    AliasRow{.name = "url", .fetch = "url", .method = MatchMethod::str},
    AliasRow{.name = "url_beg", .fetch = "url", .method = MatchMethod::beg},
    AliasRow{.name = "url_dir", .fetch = "url", .method = MatchMethod::dir},
    AliasRow{.name = "url_dom", .fetch = "url", .method = MatchMethod::dom},
    AliasRow{.name = "url_end", .fetch = "url", .method = MatchMethod::end},
    AliasRow{.name = "url_len", .fetch = "url", .method = MatchMethod::len},
    AliasRow{.name = "url_reg", .fetch = "url", .method = MatchMethod::reg},
    AliasRow{.name = "url_sub", .fetch = "url", .method = MatchMethod::sub},
    AliasRow{.name = "urlp", .fetch = "urlp", .method = MatchMethod::str},
    AliasRow{.name = "urlp_beg", .fetch = "urlp", .method = MatchMethod::beg},
    AliasRow{.name = "urlp_dir", .fetch = "urlp", .method = MatchMethod::dir},
    AliasRow{.name = "urlp_dom", .fetch = "urlp", .method = MatchMethod::dom},
    AliasRow{.name = "urlp_end", .fetch = "urlp", .method = MatchMethod::end},
    AliasRow{.name = "urlp_len", .fetch = "urlp", .method = MatchMethod::len},
    AliasRow{.name = "urlp_reg", .fetch = "urlp", .method = MatchMethod::reg},
    AliasRow{.name = "urlp_sub", .fetch = "urlp", .method = MatchMethod::sub},
};

constexpr std::array predefined{
    PredefinedRow{.name = "FALSE", .text = "always_false"},
    PredefinedRow{.name = "HTTP", .text = "req.proto_http"},
    PredefinedRow{.name = "HTTP_1.0", .text = "req.ver 1.0"},
    PredefinedRow{.name = "HTTP_1.1", .text = "req.ver 1.1"},
    PredefinedRow{.name = "HTTP_2.0", .text = "req.ver 2.0"},
    PredefinedRow{.name = "HTTP_3.0", .text = "req.ver 3.0", .since = "2.9"},
    PredefinedRow{.name = "HTTP_CONTENT", .text = "req.hdr_val(content-length) gt 0"},
    PredefinedRow{.name = "HTTP_URL_ABS", .text = "url_reg ^[^/:]*://"},
    PredefinedRow{.name = "HTTP_URL_SLASH", .text = "url_beg /"},
    PredefinedRow{.name = "HTTP_URL_STAR", .text = "url *"},
    PredefinedRow{.name = "LOCALHOST", .text = "src 127.0.0.1/8 ::1"},
    PredefinedRow{.name = "METH_CONNECT", .text = "method CONNECT"},
    PredefinedRow{.name = "METH_DELETE", .text = "method DELETE"},
    PredefinedRow{.name = "METH_GET", .text = "method GET HEAD"},
    PredefinedRow{.name = "METH_HEAD", .text = "method HEAD"},
    PredefinedRow{.name = "METH_OPTIONS", .text = "method OPTIONS"},
    PredefinedRow{.name = "METH_POST", .text = "method POST"},
    PredefinedRow{.name = "METH_PUT", .text = "method PUT"},
    PredefinedRow{.name = "METH_TRACE", .text = "method TRACE"},
    PredefinedRow{.name = "RDP_COOKIE", .text = "req.rdp_cookie_cnt gt 0"},
    PredefinedRow{.name = "REQ_CONTENT", .text = "req.len gt 0"},
    PredefinedRow{.name = "TRUE", .text = "always_true"},
    PredefinedRow{.name = "WAIT_END", .text = "wait_end"},
};
// clang-format on

template <class Row, std::size_t Size>
consteval bool sorted_and_unique(const std::array<Row, Size>& rows) {
  return std::ranges::is_sorted(rows, {}, &Row::name) &&
         std::ranges::adjacent_find(rows, {}, &Row::name) == rows.end();
}
static_assert(sorted_and_unique(aliases));
static_assert(sorted_and_unique(predefined));

template <class Row, std::size_t Size>
const Row* find_row(const std::array<Row, Size>& rows, std::string_view name) {
  const auto* at = std::ranges::lower_bound(rows, name, {}, &Row::name);
  return at != rows.end() && at->name == name ? at : nullptr;
}

}  // namespace

std::span<const AliasRow> alias_rows() { return aliases; }
const AliasRow* find_alias(std::string_view name) { return find_row(aliases, name); }

std::span<const PredefinedRow> predefined_rows() { return predefined; }
const PredefinedRow* find_predefined(std::string_view name) { return find_row(predefined, name); }

}  // namespace shunt::acl
