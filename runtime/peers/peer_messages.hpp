// Messages of the peers protocol: how they are told apart, and the one that describes a table.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/stick_table.hpp"

namespace shunt::runtime {

// Class and type. From 128 on a type is followed by the length of its data.
enum class PeerMessage : std::uint16_t {
  resync_request = 0x0000,
  resync_finished = 0x0001,
  resync_partial = 0x0002,
  resync_confirm = 0x0003,
  heartbeat = 0x0004,
  protocol_error = 0x0100,
  too_large = 0x0101,
  update = 0x0a80,
  next_update = 0x0a81,  // numbered one higher than the one before
  definition = 0x0a82,
  table_switch = 0x0a83,
  acknowledgement = 0x0a84,
  timed_update = 0x0a85,
  next_timed_update = 0x0a86
};

void append_message(std::string& out, PeerMessage kind);
void append_message(std::string& out, PeerMessage kind, std::string_view data);

// Cuts a stream of bytes into messages.
class PeerReader {
 public:
  enum class Status : std::uint8_t { message, incomplete, malformed, too_large };
  // Larger ones are not taken.
  static constexpr std::size_t largest = 1U << 16;

  void append(std::string_view bytes) { buffer_.append(bytes); }
  // The data are there until the next call of this or of append().
  [[nodiscard]] Status next(PeerMessage& kind, std::string_view& data);

 private:
  std::string buffer_;
  std::size_t at_ = 0;
};

// A type of data in the entries of a table.
struct PeerColumn {
  fetchers::TableData data = fetchers::TableData::server_id;
  graph::StoredData stored = {};
};

// What the sender calls a table, and what its entries look like.
struct PeerDefinition {
  std::uint32_t number = 0;
  std::string name;
  std::uint32_t type = 0;      // of keys, in the protocol's numbers
  std::uint32_t key_size = 0;  // of strings: with the byte that ends them
  std::uint64_t expire = 0;    // milliseconds; 0: never
  std::vector<PeerColumn> columns = {};
  bool understood = true;  // else values of its entries can't be told apart
};

[[nodiscard]] PeerDefinition definition_of(const graph::StickTable& table, std::uint32_t number);
[[nodiscard]] std::string definition_bytes(const PeerDefinition& definition);
// nullopt: it is cut.
[[nodiscard]] std::optional<PeerDefinition> parse_definition(std::string_view data);

}  // namespace shunt::runtime
