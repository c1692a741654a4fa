// Fetches of an HTTP request head in the raw request buffer, as rules of TCP proxies can use them.
#include <array>
#include <charconv>

#include "fetchers/argument_checks.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/families.hpp"
#include "fetchers/hash.hpp"
#include "fetchers/places.hpp"
#include "fetchers/running_rows.hpp"
#include "fetchers/wire/http_head.hpp"
#include "fetchers/wire/http_lists.hpp"
#include "parser/address.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

using wire::HttpHead;
using wire::HttpHeader;
using wire::HttpHeaders;
using ReadHead = Fetched (*)(Context&, const HttpHead&, Arguments, Sample&);

// Every fetch waits for the whole head.
template <ReadHead read>
Fetched on_head(Context& context, Arguments arguments, Sample& out) {
  if (!context.request.available) return {};
  HttpHead head;
  switch (wire::read_http_head(context.request.data, head)) {
    case wire::ReadState::incomplete: return {.may_change = !context.request.complete};
    case wire::ReadState::absent: return {};
    case wire::ReadState::found: break;
  }
  return read(context, head, arguments, out);
}

bool given(const ArgumentValue& argument) {
  return argument.type != ArgumentType::none && !argument.text.empty();
}

// The line ends of a continued value count as blanks.
std::string_view unfolded(std::string_view value, Scratch& scratch) {
  if (value.find('\n') == std::string_view::npos) return value;
  const std::span<char> room = scratch.allocate(value.size());
  std::ranges::transform(value, room.begin(), [](char c) { return c == '\r' || c == '\n' ? ' ' : c; });
  return {room.data(), room.size()};
}

// ---- the request line

Fetched method(Context&, const HttpHead& head, Arguments, Sample& out) {
  out.type = SampleType::method;
  out.text = head.method;
  return {.found = true};
}
Fetched version(Context&, const HttpHead& head, Arguments, Sample& out) { return text(head.version, out); }
Fetched url(Context&, const HttpHead& head, Arguments, Sample& out) { return text(head.uri, out); }

Fetched path(Context&, const HttpHead& head, Arguments, Sample& out) {
  return text_if_any(wire::without_query(wire::path_of(head.uri)), out);
}
Fetched path_and_query(Context&, const HttpHead& head, Arguments, Sample& out) {
  return text_if_any(wire::path_of(head.uri), out);
}

// "with_qm" keeps the question mark.
Fetched query(Context&, const HttpHead& head, Arguments arguments, Sample& out) {
  const std::string_view path = wire::path_of(head.uri);
  const auto found = wire::query_of(path);
  if (!found) return {};
  const bool mark = given(arguments[0]);
  return text(mark ? path.substr(path.find('?'), found->size() + 1) : *found, out);
}

std::string_view host_of(const HttpHead& head) {
  HttpHeaders headers(head);
  for (HttpHeader header; headers.next(header);)
    if (parser::ascii::same(header.name, "host")) return header.value;
  return {};
}

// Host and path; what is missing is left out.
std::string_view base_text(const HttpHead& head, bool with_query, Scratch& scratch) {
  const std::string_view host = host_of(head);
  const std::string_view whole = wire::path_of(head.uri);
  const std::string_view path = with_query ? whole : wire::without_query(whole);
  const std::span<char> room = scratch.allocate(host.size() + path.size());
  std::ranges::copy(path, std::ranges::copy(host, room.begin()).out);
  return {room.data(), room.size()};
}

template <bool with_query>
Fetched base(Context& context, const HttpHead& head, Arguments, Sample& out) {
  return text_if_any(base_text(head, with_query, *context.scratch), out);
}

template <bool with_query>
std::uint32_t base_hash(Context& context, const HttpHead& head) {
  return avalanche(hash_sdbm(base_text(head, with_query, *context.scratch)));
}
template <bool with_query>
Fetched hashed(Context& context, const HttpHead& head, Arguments, Sample& out) {
  return integer(base_hash<with_query>(context, head), out);
}

// The hash and the client's address behind it.
template <bool with_query>
Fetched hashed_with_source(Context& context, const HttpHead& head, Arguments, Sample& out) {
  const Endpoint source = context.client != nullptr ? context.client->source() : Endpoint{};
  const std::size_t size = source.family == Family::ipv4 ? 4 : source.family == Family::ipv6 ? 16 : 0;
  const std::uint32_t hash = base_hash<with_query>(context, head);
  const std::span<char> room = context.scratch->allocate(4 + size);
  for (std::size_t i = 0; i < 4; ++i) room[i] = static_cast<char>(hash >> (24 - 8 * i));
  for (std::size_t i = 0; i < size; ++i) room[4 + i] = static_cast<char>(source.address[i]);
  out.set_binary({room.data(), room.size()});
  return {.found = true};
}

// "1.2.3.4:8080" of an absolute URI; only an address in digits counts.
struct UrlAddress {
  std::array<std::uint8_t, 4> address = {};
  std::uint32_t port = 80;
};
std::optional<UrlAddress> url_address(const HttpHead& head) {
  const std::string_view authority = wire::authority_of(head.uri);
  const std::size_t colon = std::min(authority.find(':'), authority.size());
  const auto address = parser::parse_ipv4(authority.substr(0, colon));
  if (!address) return std::nullopt;
  UrlAddress found{.address = *address};
  if (colon != authority.size())
    std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), found.port);
  return found;
}
Fetched url_ip(Context&, const HttpHead& head, Arguments, Sample& out) {
  const auto found = url_address(head);
  if (!found) return {};
  out.type = SampleType::ipv4;
  std::ranges::copy(found->address, out.address.begin());
  return {.found = true};
}
Fetched url_port(Context&, const HttpHead& head, Arguments, Sample& out) {
  const auto found = url_address(head);
  return found ? integer(found->port, out) : Fetched{};
}

// ---- parameters of the query, cookies, header values: lists of which the wanted one is counted

// What an ACL asks for one after the other, from the last to the first: without it the last one is the value.
// `at` counts from 0.
template <class Each>
Fetched one_of(Context& context, Each each, bool last_first, Sample& out) {
  std::uint32_t count = 0;
  each([&](std::string_view) { ++count; });
  if (context.value_index >= count) return {};
  const std::uint32_t wanted = last_first ? count - 1 - context.value_index : context.value_index;
  std::uint32_t at = 0;
  each([&](std::string_view value) {
    if (at++ == wanted) out.set_string(unfolded(value, *context.scratch));
  });
  return {.found = true, .more = context.value_index + 1 < count};
}

// (name, delimiter, "i" for any case)
Fetched url_parameter(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  const auto query = wire::query_of(wire::path_of(head.uri));
  const std::string_view name = arguments[0].text;
  const char start = given(arguments[1]) ? arguments[1].text[0] : '?';
  std::string_view parameters = query.value_or(std::string_view());
  if (start != '?') {
    const std::string_view path = wire::path_of(head.uri);
    const std::size_t mark = path.find(start);
    if (mark == std::string_view::npos) return {};
    parameters = path.substr(mark + 1);
  } else if (!query) {
    return {};
  }
  const bool any_case = given(arguments[2]) && arguments[2].text == "i";
  const auto each = [&](auto&& use) {
    wire::HttpParameters walk(parameters);
    for (wire::HttpPair pair; walk.next(pair);)
      if (name.empty() || pair.name == name || (any_case && parser::ascii::same(pair.name, name)))
        use(pair.value);
  };
  return one_of(context, each, false, out);
}

template <class Use>
void each_cookie(const HttpHead& head, std::string_view name, Use&& use) {
  HttpHeaders headers(head);
  for (HttpHeader header; headers.next(header);) {
    if (!parser::ascii::same(header.name, "cookie")) continue;
    wire::HttpCookies cookies(header.value);
    for (wire::HttpPair pair; cookies.next(pair);)
      if (name.empty() || pair.name == name) use(pair);
  }
}

// Without a name it is the first one.
Fetched cookie(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  const std::string_view name = arguments[0].text;
  const auto each = [&](auto&& use) {
    each_cookie(head, name, [&](const wire::HttpPair& pair) { use(pair.value); });
  };
  return one_of(context, each, !name.empty(), out);
}
Fetched cookie_count(Context&, const HttpHead& head, Arguments arguments, Sample& out) {
  std::int64_t count = 0;
  each_cookie(head, arguments[0].text, [&](const wire::HttpPair&) { ++count; });
  return integer(count, out);
}

// The leading digits; text without any is 0.
Fetched as_number(Fetched fetched, Sample& out) {
  if (!fetched.found) return fetched;
  const std::string_view text = out.text;
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  out.set_integer(value);
  return fetched;
}
template <ReadHead read>
Fetched number(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  return as_number(read(context, head, arguments, out), out);
}

// Values of the headers of a name, of all without one. `split`: at commas.
template <class Use>
void each_value(const HttpHead& head, std::string_view name, bool split, Use&& use) {
  HttpHeaders headers(head);
  for (HttpHeader header; headers.next(header);) {
    if (!name.empty() && !parser::ascii::same(header.name, name)) continue;
    if (!split) {
      use(header.value);
      continue;
    }
    wire::HttpValues values(header.value);
    for (std::string_view value; values.next(value);) use(value);
  }
}

// (name, occurrence): counted from the last one when negative, all of them without.
template <bool split>
Fetched header(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  const std::string_view name = arguments[0].text;
  if (name.empty()) return {};
  const auto each = [&](auto&& use) { each_value(head, name, split, use); };
  const std::int64_t occurrence = arguments[1].type == ArgumentType::none ? 0 : arguments[1].integer;
  if (occurrence == 0) return one_of(context, each, true, out);
  std::int64_t count = 0, at = 0;
  each([&](std::string_view) { ++count; });
  const std::int64_t wanted = occurrence > 0 ? occurrence - 1 : count + occurrence;
  if (wanted < 0 || wanted >= count) return {};
  each([&](std::string_view value) {
    if (at++ == wanted) out.set_string(unfolded(value, *context.scratch));
  });
  return {.found = true};
}

// The method and the path count as headers here.
template <bool split>
Fetched header_count(Context&, const HttpHead& head, Arguments arguments, Sample& out) {
  std::int64_t count = arguments[0].text.empty() ? 2 : 0;
  each_value(head, arguments[0].text, split, [&](std::string_view) { ++count; });
  return integer(count, out);
}

Fetched header_address(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  const Fetched fetched = header<true>(context, head, arguments, out);
  if (!fetched.found) return fetched;
  return {.found = cast(out, SampleType::addr, *context.scratch), .more = fetched.more};
}

// ---- all headers at once

template <class Use>
void each_line(const HttpHead& head, Scratch& scratch, Use&& use) {
  use(std::string_view(":method"), head.method);
  use(std::string_view(":path"), head.uri);
  HttpHeaders headers(head);
  for (HttpHeader header; headers.next(header);) {
    const std::span<char> name = scratch.allocate(header.name.size());
    std::ranges::transform(header.name, name.begin(), parser::ascii::lower);
    use(std::string_view(name.data(), name.size()), unfolded(header.value, scratch));
  }
}

Fetched header_names(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  const char delimiter = given(arguments[0]) ? arguments[0].text[0] : ',';
  wire::Joined names(context.scratch->allocate(head.headers.size() + 16));
  each_line(head, *context.scratch, [&](std::string_view name, std::string_view) {
    if (!names.text().empty()) names.add(std::string_view(&delimiter, 1));
    names.add(name);
  });
  return text(names.text(), out);
}

Fetched header_text(Context& context, const HttpHead& head, Arguments, Sample& out) {
  wire::Joined lines(
      context.scratch->allocate(2 * head.headers.size() + head.method.size() + head.uri.size() + 32));
  each_line(head, *context.scratch, [&](std::string_view name, std::string_view value) {
    for (const std::string_view part : {name, std::string_view(": "), value, std::string_view("\r\n")})
      lines.add(part);
  });
  lines.add("\r\n");
  out.set_binary(lines.text());
  return {.found = true};
}

// Name and value, each behind its length; two empty ones end the list.
Fetched header_bytes(Context& context, const HttpHead& head, Arguments, Sample& out) {
  wire::Joined lines(
      context.scratch->allocate(4 * head.headers.size() + head.method.size() + head.uri.size() + 64));
  each_line(head, *context.scratch, [&](std::string_view name, std::string_view value) {
    for (const std::string_view part : {name, value}) {
      lines.add_length(part.size());
      lines.add(part);
    }
  });
  lines.add_length(0);
  lines.add_length(0);
  out.set_binary(lines.text());
  return {.found = true};
}

Fetched cookie_names(Context& context, const HttpHead& head, Arguments arguments, Sample& out) {
  const char delimiter = given(arguments[0]) ? arguments[0].text[0] : ',';
  wire::Joined names(context.scratch->allocate(head.headers.size() + 1));
  each_cookie(head, {}, [&](const wire::HttpPair& pair) {
    if (!names.text().empty()) names.add(std::string_view(&delimiter, 1));
    names.add(pair.name);
  });
  return text(names.text(), out);
}

Fetched nothing(Context&, Arguments, Sample&) { return {}; }
Fetched zero(Context&, const HttpHead&, Arguments, Sample& out) { return integer(0, out); }
Fetched empty(Context&, const HttpHead&, Arguments, Sample& out) {
  out.set_binary({});
  return {.found = true};
}
Fetched always_true(Context&, Arguments, Sample& out) { return boolean(true, out); }
Fetched always_false(Context&, Arguments, Sample& out) { return boolean(false, out); }

constexpr ArgumentSignature nowhere{};
constexpr ArgumentSignature one_name{.types = {ArgumentType::str}};
constexpr ArgumentSignature name_and_place{.types = {ArgumentType::str, ArgumentType::sint},
                                           .check = check_occurrence};
constexpr ArgumentSignature parameter_of{.types = {ArgumentType::str, ArgumentType::str, ArgumentType::str}};
constexpr auto sint = SampleType::sint;
constexpr auto str = SampleType::str;
constexpr auto bin = SampleType::bin;

constexpr FetchRow row(std::string_view name, ArgumentSignature arguments, SampleType out,
                       FetchFunction function, std::string_view about, bool several = false,
                       std::uint32_t places = places::request_buffer, std::string_view same_as = {}) {
  return {.name = name,
          .arguments = arguments,
          .out = out,
          .places = places,
          .function = function,
          .documentation = about,
          .several = several,
          .same_as = same_as};
}
// An old name.
constexpr FetchRow alias(std::string_view name, std::string_view of, ArgumentSignature arguments,
                         SampleType out, FetchFunction function, std::string_view about, bool several = false,
                         std::uint32_t places = places::request_buffer) {
  return row(name, arguments, out, function, about, several, places, of);
}

constexpr FetchRow newer(FetchRow row, std::string_view since) {
  row.since = since;
  return row;
}

constexpr std::array rows = {
    row("base", nowhere, str, on_head<base<false>>, "Host and path of the request, up to the question mark."),
    row("base32", nowhere, sint, on_head<hashed<false>>, "A 32-bit hash of host and path."),
    row("base32+src", nowhere, bin, on_head<hashed_with_source<false>>,
        "The hash of host and path followed by the client's address."),
    row("baseq", nowhere, str, on_head<base<true>>, "Host, path and query string of the request."),
    row("capture.req.method", nowhere, str, nothing,
        "The method of the request, kept until the log line; none in TCP mode.", false, places::kept_request),
    row("capture.req.uri", nowhere, str, nothing,
        "The URI of the request, kept until the log line; none in TCP mode.", false, places::kept_request),
    row("capture.req.ver", nowhere, str, nothing,
        "The HTTP version of the request, kept until the log line; none in TCP mode.", false,
        places::kept_request),
    row("capture.res.ver", nowhere, str, nothing,
        "The HTTP version of the response, kept until the log line; none in TCP mode.", false,
        places::kept_request),
    alias("cook", "req.cook", one_name, str, on_head<cookie>, "A cookie of the request by its name.", true),
    alias("cook_cnt", "req.cook_cnt", one_name, sint, on_head<cookie_count>,
          "How often a cookie stands in the request."),
    alias("cook_val", "req.cook_val", one_name, sint, on_head<number<cookie>>,
          "A cookie of the request as a number.", true),
    alias("hdr_cnt", "req.hdr_cnt", one_name, sint, on_head<header_count<true>>,
          "How many values a request header has."),
    alias("hdr_ip", "req.hdr_ip", name_and_place, SampleType::addr, on_head<header_address>,
          "A request header's value as an address.", true),
    alias("hdr_val", "req.hdr_val", name_and_place, sint, on_head<number<header<true>>>,
          "A request header's value as a number.", true),
    row("http_first_req", nowhere, SampleType::boolean, always_true,
        "Whether this is the first request of its connection; true in TCP mode.", false,
        places::kept_request),
    row("internal.strm.is_htx", nowhere, SampleType::boolean, always_false,
        "Whether the stream uses the internal HTTP representation; false in TCP mode.", false,
        places::process_state),
    row("method", nowhere, SampleType::method, on_head<method>, "The method of the request.", false,
        places::kept_request),
    row("path", nowhere, str, on_head<path>, "The path of the request without its query string."),
    row("pathq", nowhere, str, on_head<path_and_query>, "The path of the request with its query string."),
    row("query", {.types = {ArgumentType::str}, .check = check_query}, str, on_head<query>,
        "The query string of the request."),
    row("req.body", nowhere, bin, on_head<empty>, "The buffered body of the request; empty in TCP mode."),
    row("req.body_len", nowhere, sint, on_head<zero>,
        "How many bytes of the request's body are buffered; 0 in TCP mode."),
    row("req.body_size", nowhere, sint, on_head<zero>,
        "The announced or buffered size of the request's body; 0 in TCP mode."),
    row("req.cook", one_name, str, on_head<cookie>, "A cookie of the request by its name.", true),
    row("req.cook_cnt", one_name, sint, on_head<cookie_count>, "How often a cookie stands in the request."),
    newer(row("req.cook_names", one_name, str, on_head<cookie_names>,
              "Names of request cookies; delimiter char, default comma."),
          "2.9"),
    row("req.cook_val", one_name, sint, on_head<number<cookie>>, "A cookie of the request as a number.",
        true),
    row("req.fhdr", name_and_place, str, on_head<header<false>>, "A whole request header line's value.",
        true),
    row("req.fhdr_cnt", one_name, sint, on_head<header_count<false>>, "How many lines a request header has."),
    row("req.hdr", name_and_place, str, on_head<header<true>>, "A comma-separated value of a request header.",
        true),
    row("req.hdr_cnt", one_name, sint, on_head<header_count<true>>, "How many values a request header has."),
    row("req.hdr_ip", name_and_place, SampleType::addr, on_head<header_address>,
        "A request header's value as an address.", true),
    row("req.hdr_names", one_name, str, on_head<header_names>, "The names of all request headers."),
    row("req.hdr_val", name_and_place, sint, on_head<number<header<true>>>,
        "A request header's value as a number.", true),
    row("req.hdrs", nowhere, bin, on_head<header_text>, "All request headers as text."),
    row("req.hdrs_bin", nowhere, bin, on_head<header_bytes>, "All request headers in a binary form."),
    row("req.ver", nowhere, str, on_head<version>, "The HTTP version of the request.", false,
        places::kept_request),
    alias("req_ver", "req.ver", nowhere, str, on_head<version>, "Old name of req.ver.", false,
          places::kept_request),
    row("url", nowhere, str, on_head<url>, "The URL of the request line."),
    row("url32", nowhere, sint, on_head<hashed<true>>, "A 32-bit hash of host and URL."),
    row("url32+src", nowhere, bin, on_head<hashed_with_source<true>>,
        "The hash of host and URL followed by the client's address."),
    row("url_ip", nowhere, SampleType::ipv4, on_head<url_ip>, "The address in an absolute URL."),
    row("url_param", parameter_of, str, on_head<url_parameter>, "A parameter of the query string.", true),
    row("url_port", nowhere, sint, on_head<url_port>, "The port in an absolute URL."),
    alias("urlp", "url_param", parameter_of, str, on_head<url_parameter>, "A parameter of the query string.",
          true),
    row("urlp_val", parameter_of, sint, on_head<number<url_parameter>>,
        "A parameter of the query string as a number.", true),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows http_request_fetches() { return rows; }

}  // namespace shunt::fetchers
