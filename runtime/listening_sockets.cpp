// The listening sockets of one generation, most of them those of the generation before.
#include "runtime/listening_sockets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "runtime/open_listener.hpp"

namespace shunt::runtime {
namespace {

using Places = std::shared_ptr<std::atomic<std::uint32_t>>;

// The sockets of one address.
struct Bound {
  std::vector<UniqueFd> descriptors;  // one per thread, or a single shared one
  bool inherited = false;
  bool pauses = false;
  Places connected = std::make_shared<std::atomic<std::uint32_t>>(0);
};
using BoundPtr = std::shared_ptr<Bound>;

// Takes one of `most` places (0: there is no limit).
bool take(std::atomic<std::uint32_t>& taken, std::uint32_t most) {
  if (most == 0 || taken.fetch_add(1, std::memory_order_relaxed) < most) return true;
  taken.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

void give_back(std::atomic<std::uint32_t>& taken, std::uint32_t most) {
  if (most != 0) taken.fetch_sub(1, std::memory_order_relaxed);
}

bool has_room(const std::atomic<std::uint32_t>& taken, std::uint32_t most) {
  return most == 0 || taken.load(std::memory_order_relaxed) < most;
}

bool is_used(const graph::Graph& graph, const graph::Listener& listener) {
  return !graph.proxies[listener.frontend].disabled;
}

BoundPtr bound_to(const graph::Listener& listener, std::vector<UniqueFd> descriptors) {
  auto bound = std::make_shared<Bound>();
  bound->descriptors = std::move(descriptors);
  bound->inherited = listener.address.family == parser::AddressFamily::inherited;
  bound->pauses = !is_shared(listener);
  return bound;
}

}  // namespace

struct ListeningSockets::Data {
  explicit Data(const graph::Graph& given) : graph(given), bound(given.listeners.size()) {
    for (std::size_t i = 0; i < given.proxies.size(); ++i)
      reserved.push_back(std::make_shared<std::atomic<std::uint32_t>>(0));
    for (BoundPtr& one : bound) one = std::make_shared<Bound>();
  }

  // Sockets by identity; several with the same one in their order.
  [[nodiscard]] std::multimap<std::string, BoundPtr> by_identity() const {
    std::multimap<std::string, BoundPtr> found;
    for (const graph::Listener& listener : graph.listeners)
      if (!bound[listener.id]->descriptors.empty())
        found.emplace(listener_identity(listener), bound[listener.id]);
    return found;
  }

  void put(graph::ListenerId id, BoundPtr sockets) {
    for (const UniqueFd& fd : sockets->descriptors) held.insert(fd.get());
    bound[id] = std::move(sockets);
  }

  const graph::Graph& graph;
  std::unordered_set<int> held;
  std::vector<BoundPtr> bound;   // by listener; without descriptors where the frontend is disabled
  std::vector<Places> reserved;  // by proxy
};

ListeningSockets::ListeningSockets(std::unique_ptr<Data> data) : data_(std::move(data)) {}
ListeningSockets::~ListeningSockets() = default;

std::unique_ptr<ListeningSockets> ListeningSockets::open(const graph::Graph& graph, std::uint32_t threads,
                                                         FreshPaths& paths,
                                                         std::vector<BindFinding>& findings) {
  auto data = std::make_unique<Data>(graph);
  for (graph::Listener const& listener : graph.listeners)
    if (is_used(graph, listener))
      data->put(listener.id, bound_to(listener, open_listener(graph, listener, threads, paths, findings)));
  if (any_fatal(findings)) return nullptr;
  for (graph::Listener const& listener : graph.listeners)
    if (!runtime::begin_listening(graph, listener, data->bound[listener.id]->descriptors, findings))
      return nullptr;
  return std::unique_ptr<ListeningSockets>(new ListeningSockets(std::move(data)));
}

std::unique_ptr<ListeningSockets> ListeningSockets::next(const graph::Graph& graph,
                                                         const ListeningSockets& before,
                                                         const Opener& opener) {
  auto data = std::make_unique<Data>(graph);
  auto known = before.data_->by_identity();
  bool complete = true;
  for (graph::Listener const& listener : graph.listeners) {
    if (!is_used(graph, listener)) continue;
    if (auto same = known.extract(listener_identity(listener))) {
      data->put(listener.id, std::move(same.mapped()));
      continue;
    }
    std::vector<UniqueFd> opened = opener(listener);
    complete = complete && !opened.empty();
    data->put(listener.id, bound_to(listener, std::move(opened)));
  }
  if (!complete) return nullptr;
  std::unordered_map<std::string_view, Places> places;
  for (const graph::Proxy& proxy : before.data_->graph.traffic_proxies())
    places.emplace(proxy.name, before.data_->reserved[proxy.id]);
  for (const graph::Proxy& proxy : graph.traffic_proxies())
    if (const auto same = places.find(proxy.name); same != places.end())
      data->reserved[proxy.id] = same->second;
  return std::unique_ptr<ListeningSockets>(new ListeningSockets(std::move(data)));
}

bool ListeningSockets::begin_listening(const ListeningSockets& before,
                                       std::vector<BindFinding>& findings) const {
  return std::ranges::all_of(data_->graph.listeners, [&](const graph::Listener& listener) {
    return before.holds(descriptor(listener.id, 0)) ||
           runtime::begin_listening(data_->graph, listener, data_->bound[listener.id]->descriptors, findings);
  });
}

void ListeningSockets::take_over(const ListeningSockets& before) {
  for (const graph::Listener& listener : data_->graph.listeners)
    if (before.holds(descriptor(listener.id, 0)))
      for (UniqueFd const& fd : data_->bound[listener.id]->descriptors)
        renew_options(fd.get(), data_->graph, listener);
}

void ListeningSockets::close_but_those_of(const ListeningSockets& next) {
  for (BoundPtr const& bound : data_->bound) {
    if (bound->descriptors.empty() || next.holds(bound->descriptors.front().get())) continue;
    for (UniqueFd const& fd : bound->descriptors) data_->held.erase(fd.get());
    bound->descriptors.clear();
  }
}

bool ListeningSockets::holds(int descriptor) const { return data_->held.contains(descriptor); }

int ListeningSockets::descriptor(graph::ListenerId listener, std::uint32_t thread) const {
  auto const& own = data_->bound[listener]->descriptors;
  if (own.empty()) return -1;
  return own[std::min<std::size_t>(thread, own.size() - 1)].get();
}

bool ListeningSockets::shared(graph::ListenerId listener) const {
  return data_->bound[listener]->descriptors.size() == 1;
}

bool ListeningSockets::pauses(graph::ListenerId listener) const { return data_->bound[listener]->pauses; }

void ListeningSockets::pause_all() {
  for (BoundPtr const& bound : data_->bound) {
    if (!bound->pauses) continue;
    for (UniqueFd const& fd : bound->descriptors) ::shutdown(fd.get(), SHUT_RD);
  }
}

std::vector<graph::ListenerId> ListeningSockets::resume_all() {
  std::vector<graph::ListenerId> failed;
  for (graph::Listener const& listener : data_->graph.listeners) {
    if (!pauses(listener.id)) continue;
    bool const all = std::ranges::all_of(data_->bound[listener.id]->descriptors, [&](UniqueFd const& fd) {
      return ::listen(fd.get(), backlog_of(data_->graph, listener)) == 0;
    });
    if (!all) failed.push_back(listener.id);
  }
  return failed;
}

// Threads may still have them in their epoll sets, so the numbers stay taken. An inherited socket is someone
// else's, too.
void ListeningSockets::close_all() {
  for (BoundPtr const& bound : data_->bound) {
    if (bound->inherited) continue;
    for (UniqueFd const& fd : bound->descriptors) ::shutdown(fd.get(), SHUT_RDWR);
  }
}

bool ListeningSockets::reserve(const graph::Listener& listener, const graph::Proxy& frontend) {
  if (!take(*data_->bound[listener.id]->connected, listener.maxconn)) return false;
  if (take(*data_->reserved[frontend.id], frontend.maxconn)) return true;
  give_back(*data_->bound[listener.id]->connected, listener.maxconn);
  return false;
}

bool ListeningSockets::has_place(const graph::Listener& listener, const graph::Proxy& frontend) const {
  return has_room(*data_->bound[listener.id]->connected, listener.maxconn) &&
         has_room(*data_->reserved[frontend.id], frontend.maxconn);
}

void ListeningSockets::release(const graph::Listener& listener, const graph::Proxy& frontend) {
  give_back(*data_->bound[listener.id]->connected, listener.maxconn);
  give_back(*data_->reserved[frontend.id], frontend.maxconn);
}

}  // namespace shunt::runtime
