// Lists inside HTTP heads: cookies and parameters of queries; and a text that is put together in a given
// room.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace shunt::fetchers::wire {

struct HttpPair {
  std::string_view name = {};
  std::string_view value = {};
};

// "a=1; b=2, c": a cookie without "=" is none.
class HttpCookies {
 public:
  explicit HttpCookies(std::string_view list) : rest_(list) {}
  [[nodiscard]] bool next(HttpPair& pair);

 private:
  std::string_view rest_;
};

// "a=1&b=2;c=3".
class HttpParameters {
 public:
  explicit HttpParameters(std::string_view list) : rest_(list) {}
  [[nodiscard]] bool next(HttpPair& pair);

 private:
  std::string_view rest_;
};

// The room must be large enough.
class Joined {
 public:
  explicit Joined(std::span<char> room) : room_(room) {}
  void add(std::string_view bytes) {
    std::ranges::copy(bytes, room_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  void add_length(std::size_t value);  // one byte below 240, otherwise HAProxy's variable-length integer
  [[nodiscard]] std::string_view text() const { return {room_.data(), size_}; }

 private:
  std::span<char> room_;
  std::size_t size_ = 0;
};

}  // namespace shunt::fetchers::wire
