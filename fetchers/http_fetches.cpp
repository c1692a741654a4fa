// Fetches of HTTP messages: known by name, so that files are judged rightly, but not executed before HTTP
// mode exists.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"

namespace shunt::fetchers {
namespace {

constexpr FetchRow later(std::string_view name, ArgumentSignature arguments, SampleType out,
                         std::uint32_t places) {
  return {.name = name,
          .arguments = arguments,
          .out = out,
          .places = places,
          .status = Status::unsupported,
          .documentation = "Reads an HTTP message; not available yet."};
}

constexpr std::array rows = {
    later("base", {}, SampleType::str, places::request_buffer),
    later("capture.req.hdr", {.required = 1, .types = {ArgumentType::sint}}, SampleType::str,
          places::kept_request),
    later("capture.req.method", {}, SampleType::str, places::kept_request),
    later("capture.req.uri", {}, SampleType::str, places::kept_request),
    later("capture.res.hdr", {.required = 1, .types = {ArgumentType::sint}}, SampleType::str,
          places::response_head),
    later("cook", {.required = 0, .types = {ArgumentType::str}}, SampleType::str, places::request_buffer),
    later("hdr", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::str,
          places::either_buffer),
    later("hdr_cnt", {.required = 0, .types = {ArgumentType::str}}, SampleType::sint, places::request_buffer),
    later("hdr_ip", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::addr,
          places::request_buffer),
    later("hdr_val", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::sint,
          places::request_buffer),
    later("http_auth", {.required = 1, .types = {ArgumentType::userlist}}, SampleType::boolean,
          places::request_buffer),
    later("http_auth_group", {.required = 1, .types = {ArgumentType::userlist}}, SampleType::str,
          places::request_buffer),
    later("http_first_req", {}, SampleType::boolean, places::kept_request),
    later("method", {}, SampleType::method, places::kept_request),
    later("path", {}, SampleType::str, places::request_buffer),
    later("pathq", {}, SampleType::str, places::request_buffer),
    later("query", {}, SampleType::str, places::request_buffer),
    later("req.body", {}, SampleType::bin, places::request_buffer),
    later("req.body_len", {}, SampleType::sint, places::request_buffer),
    later("req.cook", {.required = 0, .types = {ArgumentType::str}}, SampleType::str, places::request_buffer),
    later("req.cook_cnt", {.required = 0, .types = {ArgumentType::str}}, SampleType::sint,
          places::request_buffer),
    later("req.cook_val", {.required = 0, .types = {ArgumentType::str}}, SampleType::sint,
          places::request_buffer),
    later("req.fhdr", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::str,
          places::request_buffer),
    later("req.fhdr_cnt", {.required = 0, .types = {ArgumentType::str}}, SampleType::sint,
          places::request_buffer),
    later("req.hdr", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::str,
          places::request_buffer),
    later("req.hdr_cnt", {.required = 0, .types = {ArgumentType::str}}, SampleType::sint,
          places::request_buffer),
    later("req.hdr_ip", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::addr,
          places::request_buffer),
    later("req.hdr_names", {.required = 0, .types = {ArgumentType::str}}, SampleType::str,
          places::request_buffer),
    later("req.hdr_val", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::sint,
          places::request_buffer),
    later("req.hdrs", {}, SampleType::bin, places::request_buffer),
    later("req.ver", {}, SampleType::str, places::request_buffer),
    later("req_ver", {}, SampleType::str, places::request_buffer),
    later("res.cook", {.required = 0, .types = {ArgumentType::str}}, SampleType::str,
          places::response_buffer),
    later("res.fhdr", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::str,
          places::response_buffer),
    later("res.hdr", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::str,
          places::response_buffer),
    later("res.hdr_cnt", {.required = 0, .types = {ArgumentType::str}}, SampleType::sint,
          places::response_buffer),
    later("res.hdr_val", {.required = 0, .types = {ArgumentType::str, ArgumentType::sint}}, SampleType::sint,
          places::response_buffer),
    later("res.hdrs", {}, SampleType::bin, places::response_buffer),
    later("res.ver", {}, SampleType::str, places::response_buffer),
    later("resp_ver", {}, SampleType::str, places::response_buffer),
    later("status", {}, SampleType::sint, places::response_head),
    later("url", {}, SampleType::str, places::request_buffer),
    later("url32", {}, SampleType::sint, places::request_buffer),
    later("url_ip", {}, SampleType::addr, places::request_buffer),
    later("url_param", {.required = 0, .types = {ArgumentType::str, ArgumentType::str}}, SampleType::str,
          places::request_buffer),
    later("url_port", {}, SampleType::sint, places::request_buffer),
    later("urlp", {.required = 0, .types = {ArgumentType::str, ArgumentType::str}}, SampleType::str,
          places::request_buffer),
    later("urlp_val", {.required = 0, .types = {ArgumentType::str, ArgumentType::str}}, SampleType::sint,
          places::request_buffer),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows http_fetches() { return rows; }

}  // namespace shunt::fetchers
