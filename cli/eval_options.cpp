// The table of the options of `shunt eval`.
#include "cli/eval_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "analysis/pem.hpp"
#include "cli/option_words.hpp"
#include "graph/target.hpp"
#include "parser/joined.hpp"
#include "parser/outside.hpp"

namespace shunt::cli {
namespace {

using analysis::TextError;
using fetchers::Place;
using fetchers::SampleType;

// What an option came to: nothing, or why it can't be.
using Fault = std::optional<std::string>;

struct OptionRow {
  std::string_view name;
  std::string_view value;  // empty: takes none
  Fault (*apply)(EvalOptions&, std::string_view);
  std::string_view help;
};

template <class Value>
struct Choice {
  std::string_view name;
  Value value;
};

constexpr auto places = std::to_array<Choice<Place>>({
    {"tcp-connection", Place::tcp_connection},
    {"tcp-session", Place::tcp_session},
    {"tcp-content", Place::fe_tcp_content},
    {"http-request", Place::fe_http_request},
    {"use-backend", Place::fe_set_backend},
    {"backend-content", Place::be_tcp_content},
    {"use-server", Place::be_set_server},
    {"server-connect", Place::be_server_connect},
    {"response", Place::be_tcp_response},
    {"log", Place::fe_log_end},
    {"check", Place::be_check},
    {"config", Place::config},
    {"cli", Place::cli},
});
constexpr auto types = std::to_array<Choice<SampleType>>({
    {"bool", SampleType::boolean},
    {"int", SampleType::sint},
    {"ipv4", SampleType::ipv4},
    {"ipv6", SampleType::ipv6},
    {"str", SampleType::str},
    {"bin", SampleType::bin},
});
constexpr auto kinds = std::to_array<Choice<analysis::TypedKind>>({
    {"expression", analysis::TypedKind::expression},
    {"condition", analysis::TypedKind::condition},
    {"format", analysis::TypedKind::format},
});
constexpr auto truths = std::to_array<Choice<bool>>({{"yes", true}, {"no", false}});
constexpr auto tlv_names = std::to_array<Choice<std::uint8_t>>({
    {"alpn", 0x01},
    {"authority", 0x02},
    {"unique-id", 0x05},
    {"netns", 0x30},
});

template <class Value, std::size_t N>
std::optional<Value> pick(const std::array<Choice<Value>, N>& choices, std::string_view given) {
  const auto found = std::ranges::find(choices, given, &Choice<Value>::name);
  return found == choices.end() ? std::nullopt : std::optional(found->value);
}

template <class Value, std::size_t N>
Fault choose(const std::array<Choice<Value>, N>& choices, std::string_view given, auto&& set) {
  if (const auto value = pick(choices, given)) return set(*value), std::nullopt;
  std::string known;
  for (const auto& choice : choices) known += fmt::format("{}{}", known.empty() ? "" : ", ", choice.name);
  return fmt::format("expects one of {}, not '{}'", known, given);
}

template <class Value>
Fault take(Result<Value, TextError> result, auto& target) {
  if (!result) return result.assume_error().message;
  target = std::move(result).assume_value();
  return std::nullopt;
}

Fault set_typed(EvalOptions& options, analysis::TypedKind kind, std::string_view text) {
  if (options.typed) return "there is something to evaluate already";
  options.kind = kind;
  options.typed = std::string(text);
  return std::nullopt;
}
Fault set_condition(EvalOptions& options, std::string_view text) {
  if (text.find_first_not_of(" \t") == std::string_view::npos) return "expects a condition";
  return set_typed(options, analysis::TypedKind::condition, text);
}
Fault set_format(EvalOptions& options, std::string_view text) {
  return set_typed(options, analysis::TypedKind::format, text);
}
Fault set_batch(EvalOptions& options, std::string_view path) { return options.batch = path, std::nullopt; }
Fault set_lines(EvalOptions& options, std::string_view kind) {
  return choose(kinds, kind, [&](auto value) { options.kind = value; });
}
Fault add_file(EvalOptions& options, std::string_view path) {
  return options.files.emplace_back(path), std::nullopt;
}
Fault set_proxy(EvalOptions& options, std::string_view name) { return options.proxy = name, std::nullopt; }
Fault set_from(EvalOptions& options, std::string_view text) {
  return take(analysis::parse_endpoint(text), options.connection.client.from);
}
Fault set_to(EvalOptions& options, std::string_view text) {
  return take(analysis::parse_endpoint(text), options.connection.client.to);
}
analysis::SideDescription& server_of(EvalOptions& options) {
  if (!options.connection.server) options.connection.server.emplace();
  return *options.connection.server;
}
Fault set_server_from(EvalOptions& options, std::string_view text) {
  return take(analysis::parse_endpoint(text), server_of(options).from);
}
Fault set_server_to(EvalOptions& options, std::string_view text) {
  return take(analysis::parse_endpoint(text), server_of(options).to);
}
Fault set_bytes(EvalOptions& options, std::string_view text) {
  options.bytes_given = true;
  return take(analysis::decode_bytes(text), options.connection.request.bytes);
}
Fault set_bytes_file(EvalOptions& options, std::string_view path) {
  options.bytes_given = true;
  return take(read_file(std::string(path)), options.connection.request.bytes);
}
Fault set_response(EvalOptions& options, std::string_view text) {
  return take(analysis::decode_bytes(text), options.connection.response.bytes);
}
Fault set_response_file(EvalOptions& options, std::string_view path) {
  return take(read_file(std::string(path)), options.connection.response.bytes);
}
Fault fits(const analysis::HelloDescription& hello) {
  if (analysis::can_be_built(hello)) return std::nullopt;
  return "no ClientHello can hold that: names of protocols have 1 to 255 bytes, the whole hello 16384";
}
Fault set_sni(EvalOptions& options, std::string_view name) {
  if (!options.hello) options.hello.emplace();
  options.hello->sni = std::string(name);
  return fits(*options.hello);
}
Fault set_alpn(EvalOptions& options, std::string_view list) {
  if (!options.hello) options.hello.emplace();
  options.hello->alpn = analysis::split_alpn(list);
  return fits(*options.hello);
}
Fault set_tls(EvalOptions& options, std::string_view) { return options.tls = true, std::nullopt; }
Fault set_tls_version(EvalOptions& options, std::string_view text) {
  options.tls_facts.protocol = text;
  return set_tls(options, {});
}
Fault set_tls_cipher(EvalOptions& options, std::string_view text) {
  options.tls_facts.cipher = text;
  return set_tls(options, {});
}

Fault take_certificate(EvalOptions& options, std::string_view path, std::string& target) {
  std::string content;
  if (Fault fault = take(read_file(std::string(path)), content)) return fault;
  auto bytes = analysis::certificate_bytes(content);
  if (!bytes) return fmt::format("there is no certificate in '{}'", path);
  target = std::move(*bytes);
  return set_tls(options, {});
}
Fault set_certificate(EvalOptions& options, std::string_view path) {
  return take_certificate(options, path, options.tls_facts.peer_certificate);
}
Fault set_own_certificate(EvalOptions& options, std::string_view path) {
  return take_certificate(options, path, options.tls_facts.own_certificate);
}

std::optional<std::uint8_t> tlv_type(std::string_view text) {
  if (const auto known = pick(tlv_names, text)) return known;
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint8_t type = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), type, hex ? 16 : 10);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return type;
}

Fault add_tlv(EvalOptions& options, std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const auto type = tlv_type(text.substr(0, equals));
  if (!type || equals == text.size())
    return fmt::format("expects TYPE=VALUE with a number, alpn, authority, unique-id or netns, not '{}'",
                       text);
  std::string value;
  if (Fault fault = take(analysis::decode_bytes(text.substr(equals + 1)), value)) return fault;
  options.connection.client.proxy_tlvs.emplace_back(*type, std::move(value));
  return std::nullopt;
}
Fault set_proxy_header(EvalOptions& options, std::string_view) {
  return options.connection.client.proxy_header = true, std::nullopt;
}
Fault set_ended(EvalOptions& options, std::string_view) {
  return options.connection.request.ended = options.connection.response.ended = true, std::nullopt;
}
Fault set_final(EvalOptions& options, std::string_view text) {
  return choose(truths, text, [&](bool value) { options.connection.final = value; });
}
Fault add_variable(EvalOptions& options, std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  if (equals == text.size()) return fmt::format("expects NAME=TYPE:VALUE, not '{}'", text);
  analysis::OwnedValue value;
  if (Fault fault = take(analysis::parse_value(text.substr(equals + 1)), value)) return fault;
  options.variables.emplace_back(text.substr(0, equals), std::move(value));
  return std::nullopt;
}
Fault set_place(EvalOptions& options, std::string_view text) {
  return choose(places, text, [&](Place value) { options.evaluator.place = value; });
}
Fault set_target(EvalOptions& options, std::string_view text) {
  const auto target = graph::target_of(text);
  if (!target) return fmt::format("expects shunt, haproxy-2.6 or haproxy-3.5, not '{}'", text);
  options.evaluator.language = graph::language_of(*target);
  return std::nullopt;
}
Fault set_date(EvalOptions& options, std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t farthest = 9'000'000'000;  // what the clock can hold
  if (fault != std::errc{} || end != text.data() + text.size() || seconds > farthest || seconds < -farthest)
    return fmt::format("expects seconds since 1970, not '{}'", text);
  options.connection.date = std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
  return std::nullopt;
}
Fault set_as(EvalOptions& options, std::string_view text) {
  return choose(types, text, [&](SampleType value) { options.as = value; });
}
Fault set_raw(EvalOptions& options, std::string_view) { return options.form = ValueForm::raw, std::nullopt; }
Fault set_json(EvalOptions& options, std::string_view) {
  return options.form = ValueForm::json, std::nullopt;
}

constexpr auto rows = std::to_array<OptionRow>({
    {"--condition", "TEXT", set_condition, "evaluate a condition: 'src 10.0.0.0/8' stands in { }"},
    {"--format", "TEXT", set_format, "evaluate a log format: '%ci %[src]'"},
    {"--batch", "FILE", set_batch,
     "evaluate each line of FILE (- is stdin); behind a tab may stand the bytes of the request, escaped"},
    {"--lines", "expression|condition|format", set_lines, "what the lines of the batch are"},
    {"-f", "FILE", add_file, "a configuration whose ACLs a condition may name"},
    {"--proxy", "NAME", set_proxy, "the proxy of -f whose ACLs are meant"},
    {"--from", "ADDR[:PORT]", set_from, "the client's address (src)"},
    {"--to", "ADDR[:PORT]", set_to, "the address it connected to (dst)"},
    {"--server-from", "ADDR[:PORT]", set_server_from, "our address towards the server (bc_src)"},
    {"--server-to", "ADDR[:PORT]", set_server_to, "the server's address (bc_dst)"},
    {"--bytes", "TEXT", set_bytes, "what the client sent so far; \\r \\n \\t \\0 \\\\ \\xNN are escapes"},
    {"--bytes-file", "FILE", set_bytes_file, "the same from a file, as it is"},
    {"--hello", "FILE", set_bytes_file, "the same: a recorded ClientHello"},
    {"--response-bytes", "TEXT", set_response, "what the server sent so far"},
    {"--response-file", "FILE", set_response_file, "the same from a file, as it is"},
    {"--sni", "NAME", set_sni, "the client sent a ClientHello with this server name"},
    {"--alpn", "LIST", set_alpn, "and offered these protocols: h2,http/1.1"},
    {"--tls", "", set_tls, "TLS ends here: ssl_fc_* answer, and --bytes is what was deciphered"},
    {"--tls-version", "TEXT", set_tls_version, "the agreed version, TLSv1.3 by default"},
    {"--tls-cipher", "TEXT", set_tls_cipher, "the agreed cipher, TLS_AES_256_GCM_SHA384 by default"},
    {"--cert", "FILE", set_certificate, "the client showed this certificate (PEM or DER): ssl_c_* answer"},
    {"--own-cert", "FILE", set_own_certificate, "and was shown this one: ssl_f_* answer"},
    {"--proxy-header", "", set_proxy_header, "a PROXY protocol header was received"},
    {"--proxy-tlv", "TYPE=VALUE", add_tlv, "with this TLV; TYPE is a number or authority, unique-id, ..."},
    {"--ended", "", set_ended, "both sides have sent all they will"},
    {"--final", "yes|no", set_final, "no: more may come, so an answer can be unknown"},
    {"--set", "NAME=TYPE:VALUE", add_variable, "a variable: txn.a=str:x, sess.n=int:5, req.b=bin:0a0b"},
    {"--place", "NAME", set_place, "where it stands: tcp-connection, tcp-content, use-backend, log, ..."},
    {"--target", "haproxy-2.6|haproxy-3.5|shunt", set_target, "whose language it is"},
    {"--date", "SECONDS", set_date, "the time of the evaluation, seconds since 1970; now by default"},
    {"--as", "bool|int|ipv4|ipv6|str|bin", set_as, "cast the value to this type at the end"},
    {"--raw", "", set_raw, "print only the bytes, as a log line would have them"},
    {"--json", "", set_json, "print an object"},
});

// A hello is what we terminate, or what the buffer holds.
Fault complete(EvalOptions& options) {
  if (options.typed.has_value() == options.batch.has_value())
    return options.typed ? "give an expression or a batch, not both" : "give an expression to evaluate";
  if (options.proxy.empty() != options.files.empty()) return "-f and --proxy belong together";
  if (options.connection.date == std::chrono::system_clock::time_point{})
    options.connection.date = std::chrono::system_clock::now();
  if (options.tls) {
    if (options.hello && options.hello->sni) options.tls_facts.sni = options.hello->sni;
    if (options.hello && !options.hello->alpn.empty()) options.tls_facts.alpn = options.hello->alpn.front();
    options.connection.client.tls = options.tls_facts;
    return std::nullopt;
  }
  if (!options.hello) return std::nullopt;
  if (options.bytes_given)
    return "--sni and --alpn make the bytes of the request, which were given (or --tls?)";
  options.connection.request.bytes = analysis::build_hello(*options.hello);
  return std::nullopt;
}

}  // namespace

Result<std::string, TextError> read_file(const std::string& path) {
  auto bytes = parser::read_file(path);
  if (bytes) return std::move(bytes).assume_value();
  const std::string reason = std::generic_category().message(bytes.assume_error());
  return TextError{fmt::format("cannot read the file '{}': {}", path, reason)};
}

Result<EvalOptions, TextError> parse_eval_options(const std::vector<std::string_view>& words) {
  EvalOptions options;
  for (OptionWords given(words); given.next();) {
    if (given.is_file()) {
      if (Fault fault = set_typed(options, analysis::TypedKind::expression, given.word()))
        return TextError{*fault};
      continue;
    }
    const auto row = std::ranges::find(rows, given.name(), &OptionRow::name);
    if (row == rows.end()) return TextError{unknown_option(given.name(), names_of(rows))};
    const auto value = given.value(!row->value.empty());
    if (!value) return TextError{missing_value(row->name, row->value)};
    if (Fault fault = row->apply(options, *value))
      return TextError{fmt::format("option '{}': {}", row->name, *fault)};
  }
  if (Fault fault = complete(options)) return TextError{*fault};
  return options;
}

std::string eval_usage() {
  std::string text =
      "usage: shunt eval [options] 'FETCH(ARGUMENTS),CONVERTER,...'\n"
      "       shunt eval [options] --condition TEXT | --format TEXT | --batch FILE\n"
      "  exit status: 0 there is a value, the condition holds; 1 there is none, it doesn't hold; 2 it can't "
      "be "
      "read;\n"
      "  3 unknown\n";
  for (const OptionRow& row : rows)
    text += fmt::format("  {:40}{}\n", with_value(row.name, row.value), row.help);
  return text;
}

std::string eval_flags() { return joined(names_of(rows), " "); }

}  // namespace shunt::cli
