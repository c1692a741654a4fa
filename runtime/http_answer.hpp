// Reading the answer to one plain HTTP request of our own (RFC 9112): sans-io, bounded.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shunt::runtime {

// Of "http://host[:port][/path][?query]"; nothing for anything else, a user's name among it.
struct HttpPlace {
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 80;
  std::string path;       // begins with '/'
  std::string authority;  // as a Host header has it

  [[nodiscard]] static std::optional<HttpPlace> read(std::string_view uri);
};

// Takes bytes as they come. The body is as long as Content-Length says, else all up to the end of input.
class HttpAnswer {
 public:
  enum class State : std::uint8_t { wants_more, whole, bad };
  static constexpr std::size_t largest_head = 16U << 10, largest_body = 64U << 10;

  State feed(std::string_view bytes);
  State end();  // of input

  [[nodiscard]] State state() const { return state_; }
  // Of a head that was read:
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& content_type() const {
    return content_type_;
  }  // lower case, no parameters
  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] std::string_view fault() const { return fault_; }  // of a bad one

 private:
  State fail(std::string_view why);
  State take_body();
  State read_head(std::string_view head);
  [[nodiscard]] bool read_status(std::string_view line);
  [[nodiscard]] std::string_view read_field(std::string_view line);  // what is wrong with it

  State state_ = State::wants_more;
  std::string head_, body_, content_type_;
  std::optional<std::size_t> length_;
  int status_ = 0;
  bool has_head_ = false;
  std::string_view fault_;
};

}  // namespace shunt::runtime
