// Told by name and by the places that a fetch's row allows.
#include "analysis/lint/fetch_kinds.hpp"

#include <algorithm>
#include <array>

#include "fetchers/places.hpp"

namespace shunt::analysis {
namespace {

bool begins(const model::Sample& sample, std::string_view prefix) { return sample.fetch.starts_with(prefix); }

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, const model::Sample& sample) {
  return std::ranges::find(names, std::string_view(sample.fetch)) != names.end();
}

}  // namespace

bool reads_hello(const model::Sample& sample) {
  return begins(sample, "req.ssl_") || begins(sample, "req_ssl_");
}

bool needs_hello(const model::Sample& sample) {
  return reads_hello(sample) && sample.fetch != "req.ssl_hello_type" && sample.fetch != "req.ssl_ver";
}

bool reads_http(const model::Sample& sample) {
  constexpr std::array<std::string_view, 12> names{"base",  "base32",    "base32+src", "method",
                                                   "path",  "pathq",     "query",      "url",
                                                   "url32", "url32+src", "url_param",  "urlp"};
  constexpr std::string_view prefixes[] = {"req.hdr",   "req.cook", "req.fhdr", "hdr",
                                           "http_auth", "req.ver",  "url_"};
  if (is_one_of(names, sample)) return true;
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return begins(sample, prefix); });
}

bool reads_bytes(const model::Sample& sample) {
  constexpr std::string_view prefixes[] = {"req.payload",    "req.len", "req.rdp_cookie",
                                           "req.proto_http", "distcc_", "mqtt."};
  if (reads_hello(sample) || reads_http(sample)) return true;
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return begins(sample, prefix); });
}

bool reads_front_tls(const model::Sample& sample) {
  if (sample.fetch == "ssl_fc") return false;
  return begins(sample, "ssl_fc_") || begins(sample, "ssl_c_") || begins(sample, "ssl_f_");
}

bool is_host_name(const model::Sample& sample) {
  if (sample.fetch == "req.ssl_sni" || sample.fetch == "ssl_fc_sni") return true;
  const bool header = begins(sample, "req.hdr") || begins(sample, "req.fhdr");
  return header && sample.fetch.find('_') == std::string::npos && !sample.arguments.empty() &&
         sample.arguments[0] == "host";
}

}  // namespace shunt::analysis
