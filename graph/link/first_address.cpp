// The address with which a server starts: `init-addr` names the ways to find it, in their order.
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

class FirstAddress {
 public:
  FirstAddress(Linking& linking, const config::Server& from, const std::string& last, Server& server)
      : linking_(linking), from_(from), last_(last), server_(server) {}

  void find() {
    // The host of a service is not known before its record is; where it was, the file of states may tell.
    const bool service = host().starts_with('_') && from_.parameters.resolvers;
    for (std::string_view rest = methods(); !rest.empty();) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      if ((!service || rest.starts_with("last")) && found_by(rest.substr(0, end))) return;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (may_lack_it()) return static_cast<void>(start_without());
    say(codes::unresolved_address,
        failed_
            ? fmt::format("could not resolve address '{}' of server '{}'", host(), from_.name.value)
            : fmt::format("no way is left to resolve address '{}' of server '{}'", host(), from_.name.value));
  }

 private:
  [[nodiscard]] const std::string& host() const { return from_.address.value.host; }
  [[nodiscard]] std::string_view methods() const {
    const auto& said = from_.parameters.init_addr;
    return said && !said->value.empty() ? std::string_view(said->value) : "last,libc";
  }
  // Something else may find it later, or the command line says that it may be missing.
  [[nodiscard]] bool may_lack_it() const {
    return linking_.options.unresolved_is_disabled || from_.parameters.resolvers.has_value();
  }
  bool found_by(std::string_view method) {
    if (method.empty()) return false;
    if (method == "last") return !last_.empty() && use(last_);
    if (method == "none") return start_without();
    return method == "libc" ? resolve() : use(method);
  }

  bool resolve() {
    const auto endpoint = linking_.resolver.resolve(from_.address.value);
    failed_ = !endpoint;
    if (endpoint) server_.endpoint = *endpoint;
    return endpoint.has_value();
  }

  // It is in maintenance then; a reload may find the address.
  bool start_without() {
    server_.disabled = true;
    if (failed_)
      say(codes::unresolved_at_start,
          fmt::format("could not resolve address '{}' of server '{}', disabling it", host(),
                      from_.name.value));
    return true;
  }

  bool use(std::string_view text) {
    const auto ipv4 = parser::parse_ipv4(text);
    const auto ipv6 = parser::parse_ipv6(text);
    if (!ipv4 && !ipv6) return false;
    const parser::Address& line = from_.address.value;
    server_.endpoint.family = ipv4 ? fetchers::Family::ipv4 : fetchers::Family::ipv6;
    if (ipv4) std::ranges::copy(*ipv4, server_.endpoint.address.begin());
    if (ipv6) server_.endpoint.address = *ipv6;
    server_.endpoint.port = line.port_kind == parser::PortKind::absolute ? line.port : std::uint16_t{0};
    if (failed_)
      say(codes::unresolved_at_start,
          fmt::format("could not resolve address '{}' of server '{}', using {} instead", host(),
                      from_.name.value, text));
    return true;
  }

  void say(const codes::Code& code, std::string text) {
    linking_.report(code, from_.address.span, std::move(text)).late = true;
  }

  Linking& linking_;
  const config::Server& from_;
  const std::string& last_;
  Server& server_;
  bool failed_ = false;
};

bool is_host_name(const parser::Address& address) {
  return !address.host.empty() && address.family != parser::AddressFamily::unix_path &&
         address.family != parser::AddressFamily::abstract_socket;
}

}  // namespace

void find_first_address(Linking& linking, const config::Server& from, const std::string& last,
                        Server& server) {
  if (is_host_name(from.address.value)) return FirstAddress(linking, from, last, server).find();
  server.endpoint = linking.resolver.resolve(from.address.value).value_or(fetchers::Endpoint{});
}

}  // namespace shunt::graph
