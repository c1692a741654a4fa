// Fetch functions for what a TlsView answers, for either side's connection.
#pragma once
#include <utility>

#include "fetchers/connection_view.hpp"
#include "fetchers/context.hpp"
#include "fetchers/places.hpp"
#include "fetchers/rows.hpp"
#include "fetchers/tls_view.hpp"

namespace shunt::fetchers::tls {

using Side = const TlsView* Context::*;
inline constexpr Side client = &Context::client_tls;
inline constexpr Side server = &Context::server_tls;

// null: that side has no TLS of ours.
template <Side side>
[[nodiscard]] const TlsView* view(const Context& context) {
  const TlsView* found = context.*side;
  return found != nullptr && found->active() ? found : nullptr;
}
template <Side side>
[[nodiscard]] const TlsView* established(const Context& context) {
  const TlsView* found = view<side>(context);
  return found != nullptr && found->established() ? found : nullptr;
}

template <Side side>
Fetched in_use(Context& context, Arguments, Sample& out) {
  out.set_boolean(view<side>(context) != nullptr);
  return {.found = true};
}

template <Side side>
Fetched resumed(Context& context, Arguments, Sample& out) {
  const TlsView* tls = established<side>(context);
  out.set_boolean(tls != nullptr && tls->resumed());
  return {.found = true};
}

[[nodiscard]] inline TlsView::Text ask(const TlsView& tls, TlsView::Text (TlsView::*read)() const, Scratch&) {
  return (tls.*read)();
}
[[nodiscard]] inline TlsView::Text ask(const TlsView& tls, TlsView::Text (TlsView::*read)(Scratch&) const,
                                       Scratch& scratch) {
  return (tls.*read)(scratch);
}

template <Side side, auto read>
Fetched text(Context& context, Arguments, Sample& out) {
  const TlsView* tls = view<side>(context);
  const TlsView::Text value = tls != nullptr ? ask(*tls, read, *context.scratch) : std::nullopt;
  if (value) out.set_string(*value);
  return {.found = value.has_value()};
}

template <Side side, auto read>
Fetched binary(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = text<side, read>(context, arguments, out);
  if (found.found) out.set_binary(out.text);
  return found;
}

// Numbers that are never 0 when they are known.
template <Side side, std::int64_t (TlsView::*read)() const>
Fetched size(Context& context, Arguments, Sample& out) {
  const TlsView* tls = view<side>(context);
  out.set_integer(tls != nullptr ? (tls->*read)() : 0);
  return {.found = out.integer != 0};
}

template <Side side, TlsSecret which>
Fetched secret(Context& context, Arguments, Sample& out) {
  const TlsView* tls = view<side>(context);
  const TlsView::Text value = tls != nullptr ? tls->secret(which) : std::nullopt;
  if (value) out.set_string(*value);
  return {.found = value.has_value()};
}

template <Side side>
Fetched error(Context& context, Arguments, Sample& out) {
  const TlsView* tls = view<side>(context);
  // As long as a server's handshake goes on there is no error, and not none either [seen].
  if (side == server && (context.server == nullptr || !context.server->exists())) return {};
  out.set_integer(tls != nullptr ? static_cast<std::int64_t>(tls->error()) : 0);
  return {.found = tls != nullptr};
}

// NPN is gone from OpenSSL: nothing is ever negotiated by it.
inline Fetched never(Context&, Arguments, Sample&) { return {}; }

// The row of a fact of the client's connection.
[[nodiscard]] constexpr FetchRow client_row(std::string_view name, FetchFunction function, SampleType type,
                                            std::string_view text, std::string_view since = {}) {
  return {.name = name,
          .out = type,
          .places = places::client_tls,
          .function = function,
          .since = since,
          .documentation = text};
}

}  // namespace shunt::fetchers::tls
