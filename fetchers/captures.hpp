// What rules and converters keep of one stream for its log line: the capture slots that a frontend declares.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shunt::fetchers {

enum class Message : std::uint8_t { request, response };

class Captures {
 public:
  // The length of each slot, in order.
  Captures(std::span<const std::uint32_t> request, std::span<const std::uint32_t> response);

  // Keeps as much as fits, up to the first NUL. False: there is no such slot.
  bool store(Message message, std::uint64_t slot, std::string_view text);
  // nullopt: nothing was stored there.
  [[nodiscard]] std::optional<std::string_view> get(Message message, std::uint64_t slot) const;
  [[nodiscard]] std::size_t count(Message message) const { return slots(message).size(); }

 private:
  struct Slot {
    std::uint32_t length = 0;
    bool stored = false;
    std::string text = {};
  };
  [[nodiscard]] const std::vector<Slot>& slots(Message message) const {
    return message == Message::request ? request_ : response_;
  }

  std::vector<Slot> request_, response_;
};

}  // namespace shunt::fetchers
