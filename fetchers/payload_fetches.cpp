// Fetches of raw bytes that one direction has buffered: length, blocks, wait_end, the look of HTTP.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/wire/distcc.hpp"
#include "fetchers/wire/http_probe.hpp"
#include "parser/scalar.hpp"

namespace shunt::fetchers {
namespace {

using Side = BufferedBytes Context::*;
constexpr Fetched never{};

// What is missing may still come unless the buffer is complete.
Fetched later(const BufferedBytes& buffer) { return {.found = false, .may_change = !buffer.complete}; }

template <Side side>
Fetched length(Context& context, Arguments, Sample& out) {
  const BufferedBytes& buffer = context.*side;
  if (!buffer.available) return never;
  out.set_integer(static_cast<std::int64_t>(buffer.data.size()));
  return {.found = true, .may_change = !buffer.complete};
}

// A block of known size is there or not; the open-ended one grows with the buffer.
template <Side side>
Fetched payload(Context& context, Arguments arguments, Sample& out) {
  const BufferedBytes& buffer = context.*side;
  const std::int64_t offset = arguments[0].integer;
  const std::int64_t size = arguments[1].integer;
  const std::int64_t limit = context.buffer_size;
  if (!buffer.available || offset < 0 || size < 0 || offset > limit || size > limit - offset) return never;
  const auto begin = static_cast<std::size_t>(offset);
  const auto count = static_cast<std::size_t>(size);
  if (begin + count > buffer.data.size()) return later(buffer);
  out.set_binary(buffer.data.substr(begin, count == 0 ? std::string_view::npos : count));
  return {.found = true, .may_change = count == 0 && !buffer.complete};
}

enum class Origin : std::uint8_t { behind_length, absolute, relative };

struct Block {
  std::int64_t begin = 0;
  std::int64_t size = 0;
};

Block block_of(std::string_view data, Arguments arguments) {
  const std::int64_t offset = arguments[0].integer;
  const std::int64_t width = arguments[1].integer;
  Block block;
  std::uint32_t size = 0;  // as many bytes as HAProxy keeps of a length
  for (std::int64_t i = 0; i < width; ++i)
    size = size << 8 | static_cast<std::uint8_t>(data[static_cast<std::size_t>(offset + i)]);
  block.size = size;
  const auto origin = static_cast<Origin>(arguments[2].reference);
  block.begin = origin == Origin::absolute ? arguments[2].integer : offset + width + arguments[2].integer;
  return block;
}

template <Side side>
Fetched payload_lv(Context& context, Arguments arguments, Sample& out) {
  const BufferedBytes& buffer = context.*side;
  const auto limit = static_cast<std::int64_t>(context.buffer_size);
  const auto present = static_cast<std::int64_t>(buffer.data.size());
  const std::int64_t offset = arguments[0].integer;
  const std::int64_t width = arguments[1].integer;
  if (!buffer.available || offset > limit || width > limit - offset) return never;
  if (offset + width > present) return later(buffer);
  const Block block = block_of(buffer.data, arguments);
  if (block.size == 0 || block.begin > limit || block.size > limit - block.begin) return never;
  if (block.begin + block.size > present) return later(buffer);
  out.set_binary(
      buffer.data.substr(static_cast<std::size_t>(block.begin), static_cast<std::size_t>(block.size)));
  return {.found = true};
}

// The sign decides what the second offset counts from, so it is kept beside the number.
bool check_payload_lv(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  ArgumentValue& second = arguments[2];
  second.reference = static_cast<std::uint32_t>(Origin::behind_length);
  if (arguments[0].integer < 0) return check.error = "payload offset1 must be positive", false;
  if (arguments[1].integer <= 0) return check.error = "payload length must be > 0", false;
  if (second.text.empty()) return true;
  const auto value = parser::parse_integer(second.text);
  if (!value) return check.error = "payload offset2 is not a number", false;
  const bool relative = second.text[0] == '+' || second.text[0] == '-';
  second.integer = value.value();
  second.reference = static_cast<std::uint32_t>(relative ? Origin::relative : Origin::absolute);
  if (relative && second.integer < -(arguments[0].integer + arguments[1].integer))
    return check.error = "payload offset2 too negative", false;
  return true;
}

// True once nothing more is waited for.
Fetched wait_end(Context& context, Arguments, Sample& out) {
  if (!context.final && !context.request.complete) return {.found = false, .may_change = true};
  out.set_boolean(true);
  return {.found = true};
}

Fetched proto_http(Context& context, Arguments, Sample& out) {
  if (!context.request.available) return never;
  const wire::ReadState state = wire::probe_http_request(context.request.data);
  if (state == wire::ReadState::incomplete) return later(context.request);
  out.set_boolean(state == wire::ReadState::found);
  return {.found = state == wire::ReadState::found};
}

std::int64_t occurrence_of(Arguments arguments) {
  return arguments[1].type == ArgumentType::none ? 0 : arguments[1].integer;
}

// In the response where that is inspected.
template <Side side>
Fetched distcc_parameter(Context& context, Arguments arguments, Sample& out) {
  const BufferedBytes& buffer = context.*side;
  if (!buffer.available) return never;
  wire::DistccToken token;
  const auto state = wire::find_distcc_token(buffer.data, arguments[0].text, occurrence_of(arguments), token);
  if (state == wire::ReadState::incomplete) return later(buffer);
  out.set_integer(token.parameter);
  return {.found = state == wire::ReadState::found};
}

template <Side side>
Fetched distcc_body(Context& context, Arguments arguments, Sample& out) {
  const BufferedBytes& buffer = context.*side;
  if (!buffer.available) return never;
  wire::DistccToken token;
  const auto state = wire::find_distcc_token(buffer.data, arguments[0].text, occurrence_of(arguments), token);
  if (state == wire::ReadState::absent) return never;
  if (state == wire::ReadState::incomplete) return later(buffer);
  out.set_binary(token.body);  // as much of it as is there
  return {.found = true, .may_change = !token.whole && !buffer.complete};
}

constexpr ArgumentSignature token_arguments{
    .required = 1, .types = {ArgumentType::str, ArgumentType::sint}, .check = check_distcc};
constexpr ArgumentSignature block_arguments{.required = 2, .types = {ArgumentType::sint, ArgumentType::sint}};
constexpr ArgumentSignature lv_arguments{.required = 2,
                                         .types = {ArgumentType::sint, ArgumentType::sint, ArgumentType::str},
                                         .check = check_payload_lv};
constexpr Side request = &Context::request;
constexpr Side response = &Context::response;

constexpr std::array rows = {
    FetchRow{.name = "distcc_body",
             .arguments = token_arguments,
             .out = SampleType::bin,
             .places = places::either_buffer,
             .function = distcc_body<request>,
             .documentation = "The body of a distcc message's token."},
    FetchRow{.name = "distcc_param",
             .arguments = token_arguments,
             .out = SampleType::sint,
             .places = places::either_buffer,
             .function = distcc_parameter<request>,
             .documentation = "The parameter of a distcc message's token."},
    FetchRow{.name = "payload",
             .arguments = block_arguments,
             .out = SampleType::bin,
             .places = places::either_buffer,
             .function = payload<request>,
             .documentation = "req.payload or res.payload, whichever direction is inspected.",
             .same_as = "req.payload",
             .same_as_in_response = "res.payload"},
    FetchRow{.name = "payload_lv",
             .arguments = lv_arguments,
             .out = SampleType::bin,
             .places = places::either_buffer,
             .function = payload_lv<request>,
             .documentation = "req.payload_lv or res.payload_lv, whichever direction is inspected.",
             .same_as = "req.payload_lv",
             .same_as_in_response = "res.payload_lv"},
    FetchRow{.name = "req.len",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = length<request>,
             .documentation = "The number of bytes buffered from the client."},
    FetchRow{.name = "req.payload",
             .arguments = block_arguments,
             .out = SampleType::bin,
             .places = places::request_buffer,
             .function = payload<request>,
             .documentation = "Bytes of the request buffer at an offset; length 0 takes all that is there."},
    FetchRow{.name = "req.payload_lv",
             .arguments = lv_arguments,
             .out = SampleType::bin,
             .places = places::request_buffer,
             .function = payload_lv<request>,
             .documentation = "A block of the request buffer whose length stands in the buffer too."},
    FetchRow{.name = "req.proto_http",
             .out = SampleType::boolean,
             .places = places::kept_request,
             .function = proto_http,
             .documentation = "Whether the client's bytes are a complete HTTP request head."},
    FetchRow{.name = "req_len",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = length<request>,
             .documentation = "Old name of req.len.",
             .same_as = "req.len"},
    FetchRow{.name = "req_proto_http",
             .out = SampleType::boolean,
             .places = places::kept_request,
             .function = proto_http,
             .documentation = "Old name of req.proto_http.",
             .same_as = "req.proto_http"},
    FetchRow{.name = "res.len",
             .out = SampleType::sint,
             .places = places::response_buffer,
             .function = length<response>,
             .documentation = "The number of bytes buffered from the server."},
    FetchRow{.name = "res.payload",
             .arguments = block_arguments,
             .out = SampleType::bin,
             .places = places::response_buffer,
             .function = payload<response>,
             .documentation = "Bytes of the response buffer at an offset; length 0 takes all that is there."},
    FetchRow{.name = "res.payload_lv",
             .arguments = lv_arguments,
             .out = SampleType::bin,
             .places = places::response_buffer,
             .function = payload_lv<response>,
             .documentation = "A block of the response buffer whose length stands in the buffer too."},
    FetchRow{.name = "wait_end",
             .out = SampleType::boolean,
             .places = places::process_state,
             .purity = Purity::reads_state,
             .function = wait_end,
             .documentation = "True when the inspection delay is over or nothing more can come."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows payload_fetches() { return rows; }

}  // namespace shunt::fetchers
