// Converters that take the name of a frontend, a backend or a server for what they know of it.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {
namespace {

bool usable_servers(Context& context, Arguments, Sample& sample) {
  if (context.proxies == nullptr) return false;
  const auto backend = context.proxies->backend_named(sample.text);
  if (backend) sample.set_integer(context.proxies->usable_servers(*backend));
  return backend.has_value();
}

bool frontend_exists(Context& context, Arguments, Sample& sample) {
  if (context.proxies == nullptr) return false;
  sample.set_boolean(context.proxies->frontend_named(sample.text).has_value());
  return true;
}

std::uint32_t own_backend(const Context& context) {
  const std::uint32_t chosen = context.stream != nullptr ? context.stream->backend() : StreamView::none;
  return chosen == StreamView::none ? context.frontend : chosen;
}

// "backend/server", or a server of the stream's own backend.
std::optional<ServerFacts> server_of(const Context& context, std::string_view name) {
  if (context.proxies == nullptr) return std::nullopt;
  const std::size_t slash = name.find('/');
  const bool qualified = slash != std::string_view::npos;
  const auto backend =
      qualified ? context.proxies->backend_named(name.substr(0, slash)) : std::optional(own_backend(context));
  if (!backend) return std::nullopt;
  const auto server = context.proxies->server_named(*backend, qualified ? name.substr(slash + 1) : name);
  return server ? std::optional(context.proxies->server(*server)) : std::nullopt;
}

bool server_queue(Context& context, Arguments, Sample& sample) {
  const auto server = server_of(context, sample.text);
  if (server) sample.set_integer(server->queued);
  return server.has_value();
}

bool server_is_up(Context& context, Arguments, Sample& sample) {
  const auto server = server_of(context, sample.text);
  if (server) sample.set_boolean(server->up);
  return server.has_value();
}

constexpr ConverterRow about(std::string_view name, SampleType out, ConvertFunction function,
                             std::string_view text, std::string_view since = {}) {
  return {.name = name,
          .in = SampleType::str,
          .out = out,
          .purity = Purity::reads_state,
          .function = function,
          .since = since,
          .documentation = text};
}

constexpr std::array rows = {
    about("fe_exists", SampleType::boolean, frontend_exists, "True if a frontend of that name exists.",
          "3.4"),
    about("nbsrv", SampleType::sint, usable_servers, "The usable servers of the backend of that name."),
    about("srv_is_up", SampleType::boolean, server_is_up, "`[backend/]server` text → true when usable.",
          "3.3"),
    about("srv_queue", SampleType::sint, server_queue, "The requests waiting for the server of that name."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows proxy_converters() { return rows; }

}  // namespace shunt::fetchers
