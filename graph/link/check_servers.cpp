// What servers and listeners need from other lines: tracked servers, resolvers, protocols, FastCGI.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

using config::Server;

bool is_http(const Proxy& proxy) { return proxy.mode == Mode::http; }

class ServerChecker {
 public:
  explicit ServerChecker(Linking& linking) : linking_(linking) {
    for (const config::Definition& each : linking.config.definitions)
      if (each.kind == config::Definition::Kind::resolvers) resolvers_.insert(each.name);
  }

  void check(const config::Proxy& from, const Proxy& to) {
    if (to.disabled || from.settings.other_mode) return;
    for (const config::Bind& bind : from.binds) check_listener(bind, to);
    bool fastcgi = false;
    for (const Server& server : from.servers) {
      check_track(from, server);
      check_resolvers(server);
      check_protocol(from, to, server);
      fastcgi = fastcgi || speaks(server, "fcgi");
    }
    check_application(from, to, fastcgi);
  }

 private:
  static bool speaks(const Server& server, std::string_view protocol) {
    return server.parameters.proto && server.parameters.proto->value == protocol;
  }

  void check_listener(const config::Bind& bind, const Proxy& to) {
    if (!bind.parameters.proto) return;
    const std::string& name = bind.parameters.proto->value;
    const bool fits = is_http(to) ? name == "h1" || name == "h2" : name == "none";
    if (fits || (name != "h1" && name != "h2" && name != "fcgi" && name != "none")) return;
    report(codes::mode_conflict, bind.parameters.proto->span,
           fmt::format("the protocol '{}' can't be spoken with clients in {} mode", name,
                       is_http(to) ? "HTTP" : "TCP"));
  }

  void check_protocol(const config::Proxy& from, const Proxy& to, const Server& server) {
    if (!is_http(to) && server.parameters.redirects)
      report(codes::mode_conflict, server.parameters.redirects->span, "'redir' needs HTTP mode");
    if (speaks(server, "fcgi") && is_http(to) && !from.settings.application)
      report(codes::undefined_name, server.parameters.proto->span,
             fmt::format("{} speaks FastCGI with '{}' but has no 'use-fcgi-app'", describe(from),
                         server.name.value));
    const bool known = speaks(server, "h1") || speaks(server, "h2") || speaks(server, "fcgi");
    if (is_http(to) ? !speaks(server, "none") : !known) return;
    report(codes::mode_conflict, server.parameters.proto->span,
           fmt::format("the protocol '{}' can't be spoken with servers in {} mode",
                       server.parameters.proto->value, is_http(to) ? "HTTP" : "TCP"));
  }

  void check_application(const config::Proxy& from, const Proxy& to, bool fastcgi) {
    const auto& application = from.settings.application;
    if (!application) return;
    const std::string& name = application->value;
    const auto is_it = [&](const config::Definition& each) {
      return each.kind == config::Definition::Kind::fcgi_app && each.name == name;
    };
    if (std::ranges::none_of(linking_.config.definitions, is_it))
      report(codes::undefined_name, application->span,
             fmt::format("'use-fcgi-app' names the fcgi-app '{}', which is nowhere defined", name));
    else if (!is_http(to))
      report(codes::mode_conflict, application->span, "'use-fcgi-app' needs HTTP mode");
    else if (!fastcgi)
      report(codes::undefined_name, application->span,
             fmt::format("{} has no server with 'proto fcgi'", describe(from)));
  }

  void check_resolvers(const Server& server) {
    const auto& name = server.parameters.resolvers;
    if (!name || resolvers_.contains(name->value)) return;
    report(codes::undefined_name, name->span,
           fmt::format("server '{}' names the resolvers '{}', which are nowhere defined", server.name.value,
                       name->value));
  }

  // ---- tracking

  const Server* find_tracked(const config::Proxy& from, const Server& server) {
    const std::string& text = server.parameters.track->value;
    const std::size_t slash = text.find('/');
    const config::Proxy* proxy = &from;
    if (slash != std::string::npos) {
      const auto found = linking_.backends.find(text.substr(0, slash));
      if (found == linking_.backends.end()) return nullptr;
      proxy = linking_.proxies[found->second];
    }
    const std::string name = slash == std::string::npos ? text : text.substr(slash + 1);
    const auto found =
        std::ranges::find(proxy->servers, name, [](const Server& each) { return each.name.value; });
    if (found == proxy->servers.end()) return nullptr;
    owners_[&*found] = proxy;
    return &*found;
  }

  void check_track(const config::Proxy& from, const Server& server) {
    if (!server.parameters.track) return;
    const parser::Span span = server.parameters.track->span;
    const Server* end = find_tracked(from, server);
    if (end == nullptr)
      return report(codes::undefined_name, span,
                    fmt::format("server '{}' tracks '{}', which is nowhere defined", server.name.value,
                                server.parameters.track->value));
    for (std::set<const Server*> seen{&server}; end != nullptr && end->parameters.track;
         end = find_tracked(*owners_[end], *end)) {
      if (!seen.insert(end).second)
        return report(codes::undefined_name, span,
                      fmt::format("server '{}' tracks itself in a circle", server.name.value));
    }
    if (end == nullptr || value_or(end->parameters.check, false) ||
        value_or(end->parameters.agent_check, false))
      return;
    report(codes::undefined_name, span,
           fmt::format("server '{}' tracks '{}', which has no checks", server.name.value,
                       server.parameters.track->value));
  }

  void report(const codes::Code& code, parser::Span span, std::string message) {
    linking_.report(code, span, std::move(message));
  }

  Linking& linking_;
  std::set<std::string> resolvers_;
  std::unordered_map<const Server*, const config::Proxy*> owners_;
};

}  // namespace

void check_servers(Linking& linking) {
  ServerChecker checker(linking);
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) checker.check(*linking.proxies[i], linking.out[i]);
}

}  // namespace shunt::graph
