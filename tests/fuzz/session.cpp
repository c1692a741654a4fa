// Fuzz entry point: any events in any order must neither crash a session nor leave a counter behind.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "fetchers/proxies_view.hpp"
#include "graph/load.hpp"
#include "route/proxies_view.hpp"
#include "route/session.hpp"

namespace {

using namespace shunt;
using route::Event;
using route::EventKind;
using route::Session;
using route::Step;

constexpr std::string_view configuration = R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 3s
    timeout server 3s
    option dontlognull
frontend plain
    bind 127.0.0.1:8000
    tcp-request connection reject if { src 10.0.0.3 }
    tcp-request session set-var(sess.from) src
    tcp-request inspect-delay 500ms
    tcp-request content set-var(txn.len) req.len
    tcp-request content reject if { req.payload(0,3) -m str BAD }
    tcp-request content accept if { req.ssl_hello_type 1 }
    tcp-request content accept if HTTP
    tcp-request content capture req.payload(0,4) len 3
    tcp-request content set-src-port req.len
    tcp-request content set-dst src if { req.len 7 }
    tcp-request content set-priority-class req.len
    tcp-request content silent-drop if { req.len 9 }
    use_backend hash if { req.len ge 4 }
    use_backend %[req.payload(0,4)] if { req.len ge 2 }
    default_backend robin
frontend proxied
    bind 127.0.0.1:8001 accept-proxy
    bind 127.0.0.1:8002 accept-netscaler-cip 7
    tcp-request connection expect-proxy layer4 if { src_port gt 1000 }
    default_backend least
backend hash
    balance source
    option redispatch
    tcp-request inspect-delay 200ms
    tcp-request content reject if { req.len gt 1000 }
    tcp-response inspect-delay 300ms
    tcp-response content reject if { res.payload(0,2) -m str NO }
    tcp-response content close if { res.len gt 40 }
    tcp-response content silent-drop if { res.len 13 }
    tcp-response content accept if { res.len gt 3 }
    server h1 127.0.0.1:9001
    server h2 127.0.0.1:9002 send-proxy weight 3
backend robin
    balance roundrobin
    option redispatch
    server r1 127.0.0.1:9001
    server r2 127.0.0.1:9002
    server r3 127.0.0.1:9003 backup
backend least
    balance leastconn
    retries 1
    server l1 *:0
    server l2 127.0.0.1:+1 send-proxy-v2
)";

void require(bool holds) {
  if (!holds) std::abort();
}

// One graph for all inputs; the state is new for each, so that an input always does the same.
const graph::Graph& fixed_graph() {
  static const std::unique_ptr<graph::Loaded> loaded =
      graph::load_text("fuzz.cfg", std::string(configuration), {});
  require(loaded->graph != nullptr);
  return *loaded->graph;
}

class Reader {
 public:
  Reader(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::string_view bytes(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

// Sessions that share a state, as in one thread.
class World {
 public:
  World() : state_(fixed_graph()), view_(fixed_graph(), state_) {
    facilities_ = {.graph = &fixed_graph(),
                   .state = &state_,
                   .scratch = &scratch_,
                   .proxies = &view_,
                   .random_state = 7};
  }

  void run(Reader& reader) {
    while (!reader.empty()) turn(reader);
    for (auto& session : sessions_) session.reset();
    check_counters(true);
  }

 private:
  // Servers go and come by the first byte's highest bit; otherwise it chooses a session and an event.
  void turn(Reader& reader) {
    const std::uint8_t first = reader.byte();
    now_ += graph::Milliseconds(reader.byte() * 8);
    if (first >= 0x80) return toggle_server(first & 0x0f);
    auto& session = sessions_[first & 3];
    if (!session) session = open(reader.byte());
    const std::uint8_t what = first >> 2;
    if (what == 31) {
      session.reset();
    } else if (what >= 24) {
      session->finish(static_cast<route::EndCause>(what - 24 < 6 ? what - 24 : 0), now_);
      check_log(*session);
    } else {
      step(*session, static_cast<EventKind>(what % 14), reader);
    }
    check_counters(false);
  }

  std::unique_ptr<Session> open(std::uint8_t choice) {
    fetchers::Endpoint source{.family = fetchers::Family::ipv4, .port = choice};
    source.address = {10, 0, 0, static_cast<std::uint8_t>(choice >> 1)};
    const fetchers::Endpoint destination{
        .family = fetchers::Family::ipv4, .port = 8000, .address = {127, 0, 0, 1}};
    const auto listener = static_cast<graph::ListenerId>(choice % fixed_graph().listeners.size());
    return std::make_unique<Session>(facilities_, listener, source, destination,
                                     std::chrono::system_clock::time_point{});
  }

  void step(Session& session, EventKind kind, Reader& reader) {
    const std::uint8_t shape = reader.byte();
    const fetchers::wire::ProxyHeader header{
        .local = (shape & 2) != 0, .source = session.destination(), .tlvs = "tlv"};
    const std::string_view bytes = reader.bytes(shape >> 2);
    const Event event{.kind = kind,
                      .at = now_,
                      .input = {.data = bytes, .complete = (shape & 1) != 0, .available = true},
                      .input_ended = (shape & 1) != 0,
                      .response = {.data = bytes, .complete = (shape & 2) != 0, .available = true},
                      .header = &header,
                      .text = "failed"};
    const Step next = session.step(event);
    require(next.kind != Step::Kind::connect || next.server < fixed_graph().servers.size());
    require(!next.deadline || next.kind != Step::Kind::close);
    static_cast<void>(session.proxy_header_to_send({}));
    check_log(session);
  }

  void check_log(const Session& session) {
    fetchers::LogRecord record;
    session.fill(record, now_);
    require(record.actconn != 0 && record.feconn != 0);
    static_cast<void>(session.log_kind());
  }

  void toggle_server(std::uint32_t id) {
    if (id >= fixed_graph().servers.size()) return;
    state_.server(id).maintenance = !state_.server(id).maintenance;
    state_.server_changed(fixed_graph(), id);
  }

  void check_counters(bool at_rest) {
    std::uint32_t sessions = 0;
    std::uint32_t served = 0;
    std::uint32_t in_backends = 0;
    for (const auto& session : sessions_) sessions += session ? 1 : 0;
    for (const graph::Server& server : fixed_graph().servers) served += state_.server(server.id).served;
    for (const graph::Proxy& proxy : fixed_graph().proxies)
      in_backends += state_.proxy(proxy.id).backend_connections;
    require(state_.connections == sessions && served <= in_backends && in_backends <= sessions);
    require(!at_rest || sessions == 0);
  }

  route::State state_;
  route::StateProxiesView view_;
  fetchers::Scratch scratch_;
  route::Facilities facilities_;
  std::array<std::unique_ptr<Session>, 4> sessions_;
  route::Time now_ = route::Time{} + std::chrono::hours(1);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader(data, size);
  World().run(reader);
  return 0;
}
