// Fuzz entry point: whatever a peer says, hello and messages, is survived; entries that it taught can be told
// on.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "route/stick_table.hpp"
#include "runtime/peers/peer_hello.hpp"
#include "runtime/peers/peer_session.hpp"

namespace {

using namespace shunt;
using namespace shunt::runtime;
using fetchers::SampleType;
using fetchers::TableData;

struct Owner final : PeerSessionOwner {
  void lesson_ended(bool) override {}
  void lesson_confirmed() override {}
  [[nodiscard]] bool knows_all() const override { return true; }
};

graph::StickTable spec_of(const char* name, SampleType type, std::uint32_t length) {
  graph::StickTable spec{.name = name, .type = type, .key_length = length, .size = 50, .peers = "p"};
  spec.expire = std::chrono::milliseconds(60000);
  for (const fetchers::TableDataRow& row : fetchers::table_data_rows)
    spec.stored[static_cast<std::size_t>(row.data)] = {.elements = 1, .period = 10000};
  spec.stored[static_cast<std::size_t>(TableData::gpc)].elements = 3;
  return spec;
}

class Node {
 public:
  Node() {
    for (const graph::StickTable& spec : specs()) {
      tables_.push_back(std::make_unique<route::StickTable>(spec));
      shared_.push_back({.spec = &spec,
                         .state = tables_.back().get(),
                         .definition = definition_of(spec, static_cast<std::uint32_t>(shared_.size() + 1))});
    }
    progress_.resize(shared_.size());
  }
  // False: it can't be understood.
  bool hear(PeerSession& session, std::string_view bytes, route::TableTime now) {
    const bool understood = session.receive(bytes, now);
    for (int turn = 0; turn < 100 && session.fill(10000, now); ++turn) session.output().clear();
    session.output().clear();
    for (const auto& table : tables_)
      if (table->used(now) > 50) std::abort();
    return understood;
  }
  [[nodiscard]] PeerSession session() { return {shared_, progress_, true, owner_}; }

 private:
  static const std::vector<graph::StickTable>& specs() {
    static const std::vector<graph::StickTable> all{
        spec_of("s", SampleType::str, 10), spec_of("n", SampleType::sint, 4),
        spec_of("a", SampleType::ipv4, 4), spec_of("b", SampleType::bin, 6)};
    return all;
  }
  Owner owner_;
  std::vector<std::unique_ptr<route::StickTable>> tables_;
  std::vector<SharedTable> shared_;
  std::vector<PeerProgress> progress_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  PeerHelloReader hello;
  PeerStatusReader answer;
  std::string_view rest = bytes;
  static_cast<void>(hello.take(rest, "A"));
  rest = bytes;
  static_cast<void>(answer.take(rest));
  Node node;
  PeerSession session = node.session();
  route::TableTime now = 1000;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, 40);
    bytes.remove_prefix(piece.size());
    if (!node.hear(session, piece, now += 700)) break;
  }
  session.teach();
  static_cast<void>(node.hear(session, {}, now));
  return 0;
}
