// Fetches and converters as HAProxy 2.6 has them where 3.x gives them other arguments, types or places.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::string_view changed = "2.7";  // the first version that is not 2.6

// They are only judged, never run: what runs is the newest form.
constexpr FetchRow before(std::string_view name, ArgumentSignature arguments, SampleType out,
                          std::uint32_t places) {
  return {.name = name, .arguments = arguments, .out = out, .places = places, .removed_in = changed};
}
constexpr ConverterRow before(std::string_view name, ArgumentSignature arguments, SampleType in,
                              SampleType out) {
  return {.name = name, .arguments = arguments, .in = in, .out = out, .removed_in = changed};
}

constexpr ArgumentSignature occurrence = {.types = {ArgumentType::str, ArgumentType::sint},
                                          .check = check_occurrence};
constexpr ArgumentSignature name_and_delimiter = {.types = {ArgumentType::str, ArgumentType::str}};

constexpr std::array fetches = {
    before("bc_dst", {}, SampleType::sint, places::response_head),
    before("bc_src", {}, SampleType::sint, places::response_head),
    before("dst", {}, SampleType::ipv4, places::client_connection),
    before("fc_dst", {}, SampleType::ipv4, places::client_connection),
    before("fc_src", {}, SampleType::ipv4, places::client_connection),
    before("hdr_ip", occurrence, SampleType::ipv4, places::request_buffer),
    before("query", {}, SampleType::str, places::request_buffer),
    before("req.body_param", {.types = {ArgumentType::str}}, SampleType::bin, places::request_buffer),
    before("req.hdr_ip", occurrence, SampleType::ipv4, places::request_buffer),
    before("req.ver", {}, SampleType::str, places::request_buffer),
    before("req_ver", {}, SampleType::str, places::request_buffer),
    before("res.hdr_ip", occurrence, SampleType::ipv4, places::response_buffer),
    before("res.ver", {}, SampleType::str, places::response_buffer),
    before("resp_ver", {}, SampleType::str, places::response_buffer),
    before("shdr_ip", occurrence, SampleType::ipv4, places::response_buffer),
    before("src", {}, SampleType::ipv4, places::client_connection),
    before("url_param", name_and_delimiter, SampleType::str, places::request_buffer),
    before("urlp", name_and_delimiter, SampleType::str, places::request_buffer),
    before("urlp_val", name_and_delimiter, SampleType::sint, places::request_buffer),
};
static_assert(sorted_and_unique(fetches));

constexpr std::array converters = {
    before("aes_gcm_dec",
           {.required = 4,
            .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str},
            .check = check_aes_gcm},
           SampleType::bin, SampleType::bin),
    before("bytes", {.required = 1, .types = {ArgumentType::sint, ArgumentType::sint}}, SampleType::bin,
           SampleType::bin),
    before("ipmask", {.required = 1, .types = {ArgumentType::mask4, ArgumentType::mask6}}, SampleType::addr,
           SampleType::ipv4),
};
static_assert(sorted_and_unique(converters));

}  // namespace

FetchRows older_fetches() { return fetches; }
ConverterRows older_converters() { return converters; }

}  // namespace shunt::fetchers
