// Fetches of certificates: the client's, the one shown to it, and the server's.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/certificate.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/tls_reading.hpp"

namespace shunt::fetchers {
namespace {

using tls::client;
using tls::server;
using tls::Side;
using Type = SampleType;
using Der = std::string_view (TlsView::*)(Scratch&) const;

template <Side side, Der which>
std::string_view bytes_of(const Context& context) {
  const TlsView* view = tls::view<side>(context);
  return view != nullptr ? (view->*which)(*context.scratch) : std::string_view();
}

template <Side side, Der which>
Fetched der(Context& context, Arguments, Sample& out) {
  out.set_binary(bytes_of<side, which>(context));
  return {.found = !out.text.empty()};
}

template <Side side, Der which, Certificate::Text (Certificate::*read)(Scratch&) const>
Fetched text(Context& context, Arguments, Sample& out) {
  const Certificate certificate(bytes_of<side, which>(context));
  const auto value = (certificate.*read)(*context.scratch);
  if (value) out.set_string(*value);
  return {.found = value.has_value()};
}

template <Side side, Der which, Certificate::Text (Certificate::*read)(Scratch&) const>
Fetched binary(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = text<side, which, read>(context, arguments, out);
  if (found.found) out.set_binary(out.text);
  return found;
}

template <Side side, Der which>
Fetched version(Context& context, Arguments, Sample& out) {
  out.set_integer(Certificate(bytes_of<side, which>(context)).version());
  return {.found = out.integer != 0};
}

NameQuery query_of(Arguments arguments) {
  NameQuery query;
  if (!arguments.empty()) query.entry = arguments[0].text;
  if (arguments.size() > 1 && arguments[1].type != ArgumentType::none)
    query.occurrence = arguments[1].integer;
  query.rfc2253 = arguments.size() > 2 && !arguments[2].text.empty();
  return query;
}

using ReadName = Certificate::Text (Certificate::*)(const NameQuery&, Scratch&) const;

// A name that doesn't fit into a buffer is none.
template <Side side, Der which, ReadName read>
Fetched name(Context& context, Arguments arguments, Sample& out) {
  const Certificate certificate(bytes_of<side, which>(context));
  const auto value = (certificate.*read)(query_of(arguments), *context.scratch);
  if (!value || value->size() >= context.buffer_size) return {};
  out.set_string(*value);
  return {.found = true};
}

bool holds(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == wanted) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// With an argument: only whether that policy is there.
Fetched policies(Context& context, Arguments arguments, Sample& out) {
  const Certificate certificate(bytes_of<client, &TlsView::peer_certificate>(context));
  const auto found = certificate.policies(*context.scratch);
  if (!found) return {};
  const bool asked = !arguments.empty() && !arguments[0].text.empty();
  if (asked && !holds(*found, arguments[0].text)) return {};
  out.set_string(asked ? std::string_view(arguments[0].text) : *found);
  return {.found = true};
}

Fetched used(Context& context, Arguments, Sample& out) {
  const TlsView* view = tls::view<client>(context);
  out.set_boolean(view != nullptr && !view->peer_certificate(*context.scratch).empty());
  return {.found = view != nullptr};
}

Fetched verify_result(Context& context, Arguments, Sample& out) {
  const TlsView* view = tls::established<client>(context);
  out.set_integer(view != nullptr ? view->verify_result() : 0);
  return {.found = view != nullptr};
}

template <std::int64_t VerifyFaults::* which>
Fetched fault(Context& context, Arguments, Sample& out) {
  const TlsView* view = tls::view<client>(context);
  out.set_integer(view != nullptr ? view->verify_faults().*which : 0);
  return {.found = view != nullptr};
}

constexpr FetchRow name_row(std::string_view name, FetchFunction function, std::string_view text,
                            std::string_view since = {}) {
  FetchRow made = tls::client_row(name, function, Type::str, text, since);
  made.arguments = {.types = {ArgumentType::str, ArgumentType::sint, ArgumentType::str}, .check = check_dn};
  return made;
}
constexpr FetchRow with_policy(FetchRow row) {
  row.arguments = {.types = {ArgumentType::str}};
  return row;
}
constexpr FetchRow server_row(FetchRow row) {
  row.purity = Purity::reads_state;  // there is no server at first
  return row;
}

constexpr Der peer = &TlsView::peer_certificate;
constexpr Der own = &TlsView::own_certificate;
constexpr Der chain = &TlsView::peer_chain;
constexpr Der root = &TlsView::peer_root;

constexpr std::array rows = {
    tls::client_row("ssl_c_ca_err", fault<&VerifyFaults::issuer>, Type::sint,
                    "The first error in the chain above the client's certificate, 0 without one."),
    tls::client_row("ssl_c_ca_err_depth", fault<&VerifyFaults::issuer_depth>, Type::sint,
                    "The depth of that error in the client's chain."),
    tls::client_row("ssl_c_chain_der", der<client, chain>, Type::bin,
                    "The DER forms of the certificates that the client sent behind its own."),
    tls::client_row("ssl_c_der", der<client, peer>, Type::bin, "The DER form of the client's certificate."),
    tls::client_row("ssl_c_err", fault<&VerifyFaults::certificate>, Type::sint,
                    "The first error in the client's certificate, 0 without one."),
    name_row("ssl_c_i_dn", name<client, peer, &Certificate::issuer>,
             "The name of the issuer of the client's certificate, or an entry of it (`CN`, occurrence, "
             "negative from the end)."),
    tls::client_row("ssl_c_key_alg", text<client, peer, &Certificate::key_algorithm>, Type::str,
                    "The algorithm of the key in the client's certificate."),
    tls::client_row("ssl_c_notafter", text<client, peer, &Certificate::not_after>, Type::str,
                    "The end of the validity of the client's certificate as YYMMDDhhmmssZ."),
    tls::client_row("ssl_c_notbefore", text<client, peer, &Certificate::not_before>, Type::str,
                    "The begin of the validity of the client's certificate as YYMMDDhhmmssZ."),
    with_policy(tls::client_row(
        "ssl_c_policies", policies, Type::str,
        "The policies in the client's certificate, separated by commas; with an argument only "
        "that one, if it is there.",
        "3.5")),
    name_row("ssl_c_r_dn", name<client, root, &Certificate::subject>,
             "The name of the authority at the end of the client's chain, or an entry of it.", "2.8"),
    name_row("ssl_c_s_dn", name<client, peer, &Certificate::subject>,
             "The name of the subject of the client's certificate, or an entry of it (`CN`, occurrence, "
             "negative from the end)."),
    tls::client_row("ssl_c_san", text<client, peer, &Certificate::alternative_names>, Type::str,
                    "The alternative names in the client's certificate, separated by commas.", "3.1"),
    tls::client_row("ssl_c_serial", binary<client, peer, &Certificate::serial>, Type::bin,
                    "The serial number of the client's certificate."),
    tls::client_row("ssl_c_sha1", binary<client, peer, &Certificate::sha1>, Type::bin,
                    "The SHA-1 fingerprint of the client's certificate."),
    tls::client_row("ssl_c_sig_alg", text<client, peer, &Certificate::signature_algorithm>, Type::str,
                    "The algorithm that signed the client's certificate."),
    tls::client_row("ssl_c_used", used, Type::boolean,
                    "Whether the session has a certificate of the client; a resumed one has it too."),
    tls::client_row("ssl_c_verify", verify_result, Type::sint,
                    "The result of verifying the client's certificate, 0 for none."),
    tls::client_row("ssl_c_version", version<client, peer>, Type::sint,
                    "The version of the client's certificate."),
    tls::client_row("ssl_f_der", der<client, own>, Type::bin,
                    "The DER form of the certificate shown to the client."),
    name_row("ssl_f_i_dn", name<client, own, &Certificate::issuer>,
             "The name of the issuer of the certificate shown to the client, or an entry of it (`CN`, "
             "occurrence, negative from the end)."),
    tls::client_row("ssl_f_key_alg", text<client, own, &Certificate::key_algorithm>, Type::str,
                    "The algorithm of the key in the certificate shown to the client."),
    tls::client_row("ssl_f_notafter", text<client, own, &Certificate::not_after>, Type::str,
                    "The end of the validity of the certificate shown to the client as YYMMDDhhmmssZ."),
    tls::client_row("ssl_f_notbefore", text<client, own, &Certificate::not_before>, Type::str,
                    "The begin of the validity of the certificate shown to the client as YYMMDDhhmmssZ."),
    name_row("ssl_f_s_dn", name<client, own, &Certificate::subject>,
             "The name of the subject of the certificate shown to the client, or an entry of it (`CN`, "
             "occurrence, negative from the end)."),
    tls::client_row("ssl_f_serial", binary<client, own, &Certificate::serial>, Type::bin,
                    "The serial number of the certificate shown to the client."),
    tls::client_row("ssl_f_sha1", binary<client, own, &Certificate::sha1>, Type::bin,
                    "The SHA-1 fingerprint of the certificate shown to the client."),
    tls::client_row("ssl_f_sig_alg", text<client, own, &Certificate::signature_algorithm>, Type::str,
                    "The algorithm that signed the certificate shown to the client."),
    tls::client_row("ssl_f_version", version<client, own>, Type::sint,
                    "The version of the certificate shown to the client."),
    server_row(tls::client_row("ssl_s_chain_der", der<server, chain>, Type::bin,
                               "The DER forms of all certificates that the server sent.")),
    server_row(tls::client_row("ssl_s_der", der<server, peer>, Type::bin,
                               "The DER form of the server's certificate.")),
    server_row(name_row("ssl_s_i_dn", name<server, peer, &Certificate::issuer>,
                        "The name of the issuer of the server's certificate, or an entry of it (`CN`, "
                        "occurrence, negative from the end).")),
    server_row(tls::client_row("ssl_s_key_alg", text<server, peer, &Certificate::key_algorithm>, Type::str,
                               "The algorithm of the key in the server's certificate.")),
    server_row(tls::client_row("ssl_s_notafter", text<server, peer, &Certificate::not_after>, Type::str,
                               "The end of the validity of the server's certificate as YYMMDDhhmmssZ.")),
    server_row(tls::client_row("ssl_s_notbefore", text<server, peer, &Certificate::not_before>, Type::str,
                               "The begin of the validity of the server's certificate as YYMMDDhhmmssZ.")),
    server_row(name_row("ssl_s_s_dn", name<server, peer, &Certificate::subject>,
                        "The name of the subject of the server's certificate, or an entry of it (`CN`, "
                        "occurrence, negative from the end).")),
    server_row(tls::client_row("ssl_s_serial", binary<server, peer, &Certificate::serial>, Type::bin,
                               "The serial number of the server's certificate.")),
    server_row(tls::client_row("ssl_s_sha1", binary<server, peer, &Certificate::sha1>, Type::bin,
                               "The SHA-1 fingerprint of the server's certificate.")),
    server_row(tls::client_row("ssl_s_sig_alg", text<server, peer, &Certificate::signature_algorithm>,
                               Type::str, "The algorithm that signed the server's certificate.")),
    server_row(tls::client_row("ssl_s_version", version<server, peer>, Type::sint,
                               "The version of the server's certificate.")),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows certificate_fetches() { return rows; }

}  // namespace shunt::fetchers
