// balance source: the client's address, as one 32-bit number, chooses a slot of the weighted map.
#include <optional>

#include "route/balance/algorithms.hpp"
#include "route/balance/slot_map.hpp"

namespace shunt::route {
namespace {

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]);
}

std::optional<std::uint32_t> address_number(const fetchers::Endpoint* source) {
  if (source == nullptr) return std::nullopt;
  const std::uint8_t* bytes = source->address.data();
  if (source->family == fetchers::Family::ipv4) return big_endian(bytes);
  if (source->family != fetchers::Family::ipv6) return std::nullopt;
  return big_endian(bytes) ^ big_endian(bytes + 4) ^ big_endian(bytes + 8) ^ big_endian(bytes + 12);
}

class Source final : public Balancer {
 public:
  Source(std::vector<BalancedServer> servers, bool allbackups) : map_(std::move(servers), allbackups) {}

  // A hash does not avoid the failed server; clients without an IP address go round the map.
  std::uint32_t pick(const BalanceKey& key, std::uint32_t) override {
    const std::optional<std::uint32_t> number = address_number(key.source);
    return number ? map_.by_hash(*number) : map_.next(nobody);
  }
  void changed(std::uint32_t) override { map_.rebuild(); }
  bool is_hash() const override { return true; }

 private:
  SlotMap map_;
};

}  // namespace

std::unique_ptr<Balancer> make_source(const graph::Balance&, bool allbackups,
                                      std::vector<BalancedServer> servers) {
  return std::make_unique<Source>(std::move(servers), allbackups);
}

}  // namespace shunt::route
