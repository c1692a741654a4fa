// The dictionary of `server_key`.
#include "runtime/peers/server_key_cache.hpp"

#include "runtime/peers/peer_bytes.hpp"

namespace shunt::runtime {

// Numbers on the wire begin with 1.
void SentNames::append(std::string& out, std::uint32_t name, const route::TableNames& names) {
  std::string data;
  const std::string text = names.name(name);
  if (const auto known = places_.find(text); known != places_.end()) {
    append_integer(data, known->second + 1);
  } else if (!text.empty()) {
    const std::uint32_t place = next_++ % peer_cache_size;
    places_.erase(held_[place]);
    held_[place] = text;
    places_.emplace(text, place);
    append_integer(data, place + 1);
    append_integer(data, text.size());
    data += text;
  }
  append_integer(out, data.size());
  out += data;
}

std::optional<std::uint32_t> HeardNames::read(std::string_view data, route::TableNames& names) {
  if (data.empty()) return 0;
  PeerBytes bytes(data);
  const std::uint64_t number = bytes.integer();
  if (number == 0 || number > peer_cache_size) return std::nullopt;
  std::string& held = held_[number - 1];
  if (!bytes.rest().empty()) held = bytes.take(bytes.integer());
  if (bytes.broken()) return std::nullopt;
  return names.number(held);
}

}  // namespace shunt::runtime
