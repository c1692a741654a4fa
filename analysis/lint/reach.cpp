// Who reaches whom: frontends to backends, servers to our own binds, and what the first bytes can be there.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "analysis/lint/addresses.hpp"
#include "analysis/lint/model.hpp"

namespace shunt::analysis::model {
namespace {

using graph::config::Bind;
using graph::config::Server;

struct BindPlace {
  std::uint32_t proxy, bind, address;
};

// ---- hops

class HopFinder {
 public:
  explicit HopFinder(Model& model) : model_(model) {
    for (const Proxy& proxy : model.proxies)
      for (std::uint32_t bind = 0; bind < proxy.said->binds.size(); ++bind) add_bind(proxy, bind);
  }

  void find() {
    for (const Proxy& proxy : model_.proxies) {
      if (!proxy.said->is_backend()) continue;
      for (std::uint32_t at = 0; at < proxy.said->servers.size(); ++at) find_hops(proxy, at);
    }
  }

 private:
  void add_bind(const Proxy& proxy, std::uint32_t bind) {
    const auto& addresses = proxy.said->binds[bind].addresses;
    for (std::uint32_t at = 0; at < addresses.size(); ++at)
      for (const std::string& key : bind_keys(addresses[at].value))
        binds_[key].push_back({proxy.id, bind, at});
  }

  void find_hops(const Proxy& proxy, std::uint32_t server) {
    for (const std::string& key : server_keys(proxy.said->servers[server].address.value)) {
      const auto found = binds_.find(key);
      if (found == binds_.end()) continue;
      for (const BindPlace& place : found->second) {
        model_.hops_of[proxy.id].push_back(static_cast<std::uint32_t>(model_.hops.size()));
        model_.hops.push_back({proxy.id, server, place.proxy, place.bind, place.address});
      }
      return;
    }
  }

  Model& model_;
  std::unordered_map<std::string, std::vector<BindPlace>> binds_;
};

// ---- frontends to backends

void add_once(std::vector<std::uint32_t>& list, std::uint32_t id) {
  if (list.empty() || list.back() != id) list.push_back(id);
}

void reach(Model& model, const Proxy& frontend, const Proxy& backend) {
  add_once(model.frontends_of[backend.id], frontend.id);
  add_once(model.named_from[backend.id], frontend.id);
}

void reach_by_name(Model& model, const Proxy& frontend, std::string_view name) {
  const auto found = model.backends.find(name);
  if (found != model.backends.end()) reach(model, frontend, *found->second);
}

void reach_all(Model& model, const Proxy& frontend) {
  for (const Proxy& backend : model.proxies)
    if (backend.said->is_backend()) add_once(model.frontends_of[backend.id], frontend.id);
}

void reach_from(Model& model, const Proxy& frontend) {
  reach(model, frontend, frontend);
  if (frontend.said->settings.default_backend)
    reach_by_name(model, frontend, frontend.said->settings.default_backend->value);
  bool computed = false;
  for (const Rule* rule : frontend.all_of(List::switches)) {
    computed = computed || rule->computed;
    reach_by_name(model, frontend, rule->action);
  }
  if (computed) reach_all(model, frontend);
  model.computed_backends = model.computed_backends || computed;
}

// ---- layers

bool operator|=(Layer& layer, const Layer& other) {
  const Layer before = layer;
  layer.hello = layer.hello || other.hello;
  layer.decrypted = layer.decrypted || other.decrypted;
  return before.hello != layer.hello || before.decrypted != layer.decrypted;
}

bool terminates_tls(const Bind& bind) { return bind.parameters.ssl && bind.parameters.ssl->value; }

bool local_only(const Bind& bind) {
  return std::ranges::all_of(bind.addresses, [](const auto& each) {
    return each.value.family == parser::AddressFamily::abstract_socket ||
           each.value.family == parser::AddressFamily::unix_path;
  });
}

class Layers {
 public:
  explicit Layers(Model& model) : model_(model) {
    for (const Proxy& proxy : model.proxies) {
      incoming_.emplace_back(proxy.said->binds.size());
      const bool unknown = proxy.said->is_frontend() && incomplete(proxy);
      clients_.push_back({.hello = unknown, .decrypted = unknown});
    }
    for (const Hop& hop : model.hops) incoming_[hop.target][hop.bind].hop = true;
  }

  void settle() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const Proxy& proxy : model_.proxies) changed = update_binds(proxy) || changed;
      for (const Proxy& proxy : model_.proxies) changed = update_proxy(proxy) || changed;
      for (const Hop& hop : model_.hops) changed = update_hop(hop) || changed;
    }
  }

 private:
  struct Incoming {
    bool hop = false, hello = false;
  };

  // A bind line that the reader dropped can be anything.
  static bool incomplete(const Proxy& proxy) {
    const auto lines = std::ranges::count_if(proxy.section->lines,
                                             [](const Line& line) { return line.words[0].value == "bind"; });
    return proxy.said->binds.empty() || static_cast<std::size_t>(lines) != proxy.said->binds.size();
  }

  bool update_binds(const Proxy& proxy) {
    bool changed = false;
    for (std::size_t at = 0; at < proxy.said->binds.size(); ++at) {
      const Bind& bind = proxy.said->binds[at];
      const Incoming& in = incoming_[proxy.id][at];
      const bool outside = !(in.hop && local_only(bind));
      Layer layer{.decrypted = terminates_tls(bind)};
      layer.hello = !layer.decrypted && (outside || in.hello);
      changed = (clients_[proxy.id] |= layer) || changed;
    }
    return changed;
  }

  bool update_proxy(const Proxy& proxy) {
    Layer layer;
    for (const std::uint32_t from : model_.frontends_of[proxy.id]) layer |= clients_[from];
    return model_.layers[proxy.id] |= layer;
  }

  bool update_hop(const Hop& hop) {
    Incoming& in = incoming_[hop.target][hop.bind];
    const Server& server = model_.proxies[hop.proxy].said->servers[hop.server];
    const bool hello =
        (server.parameters.ssl && server.parameters.ssl->value) || model_.layers[hop.proxy].hello;
    if (!hello || in.hello) return false;
    return in.hello = true;
  }

  Model& model_;
  std::vector<std::vector<Incoming>> incoming_;
  std::vector<Layer> clients_;  // of each frontend's binds together
};

}  // namespace

void link_proxies(Model& model) {
  model.hops_of.resize(model.proxies.size());
  model.frontends_of.resize(model.proxies.size());
  model.named_from.resize(model.proxies.size());
  model.layers.resize(model.proxies.size());
  for (const Proxy& proxy : model.proxies)
    if (proxy.said->is_frontend()) reach_from(model, proxy);
  HopFinder(model).find();
  Layers(model).settle();
}

}  // namespace shunt::analysis::model
