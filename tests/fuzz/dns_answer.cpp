// Fuzz entry point: whatever name servers send, it is read without fault, and servers take nothing that it
// doesn't say.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "graph/load.hpp"
#include "runtime/names/server_names.hpp"

namespace {

using namespace shunt;
using namespace shunt::runtime;

struct Nobody final : ServerChanges {
  void moved(graph::ServerId, const fetchers::Endpoint& to, std::string_view) override {
    if (to.family == fetchers::Family::none) std::abort();
  }
  void lost(graph::ServerId, std::string_view) override {}
  void found(graph::ServerId, std::string_view, bool) override {}
  void hosted(graph::ServerId, std::string_view) override {}
  void weighs(graph::ServerId, std::uint32_t weight) override {
    if (weight > 256) std::abort();
  }
  void look_up(graph::ServerId, const std::string&) override {}
  void stop_looking(graph::ServerId) override {}
};

const graph::Graph& graph_with(const std::string& name) {
  static std::map<std::string, std::unique_ptr<graph::Loaded>> loaded;
  auto& found = loaded[name];
  if (!found)
    found = graph::load_text("fuzz.cfg",
                             "resolvers dns\n nameserver ns 127.0.0.1:53\nbackend b\n server-template s 2 " +
                                 name + " resolvers dns init-addr none\n",
                             {.resolve_names = false});
  return *found->graph;
}

// Two servers follow through a number of answers, each behind its size in two bytes.
void follow(std::string_view bytes, const NameKey& key, RecordType type) {
  graph::Resolvers settings{.name = "dns", .retries = 1};
  settings.servers.resize(1);
  Nobody nobody;
  ServerNames names(graph_with(key.service ? "_db._tcp.test" : "app.test:80"), nobody);
  const graph::ServerId users[] = {0, 1};
  std::vector<ServiceGroup> groups{{.backend = 0, .servers = {0, 1}, .free = {0, 1}}};
  for (const graph::ServerId id : users) names.begin(id, {}, true, "");
  Resolution resolution(settings, key);
  NameTime now = NameTime(std::chrono::hours(1));
  while (bytes.size() > 2) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                                               static_cast<unsigned char>(bytes[1]));
    const std::string_view message = bytes.substr(2, size);
    bytes.remove_prefix(std::min(bytes.size(), size + 2));
    now += std::chrono::seconds(1);
    static_cast<void>(resolution.begin(now));
    static_cast<void>(resolution.heard(now, read_answer(message, key.name, type)));
    if (resolution.asking()) static_cast<void>(resolution.waited(now));
    if (resolution.status() != AnswerStatus::valid)
      key.service ? names.failed(resolution, groups, now) : names.failed(resolution, users, now);
    else
      key.service ? names.answered(resolution, groups) : names.answered(resolution, users, "dns/ns");
    resolution.sweep();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(message_id(bytes));
  follow(bytes, {.name = "app.test", .preferred = fetchers::Family::ipv4}, RecordType::a);
  follow(bytes, {.name = "app.test"}, RecordType::aaaa);
  follow(bytes, {.name = "_db._tcp.test", .service = true}, RecordType::srv);
  return 0;
}
