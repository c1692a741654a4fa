// The first lines of a connection between peers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shunt::runtime {

enum class PeerStatus : std::uint16_t {
  succeeded = 200,
  try_again = 300,
  protocol_error = 501,
  bad_version = 502,
  wrong_name = 503,  // the one that is spoken to has another one
  unknown_peer = 504
};

struct PeerHello {
  std::string target, sender;
  bool timed = false;  // version 2.1: updates may tell how long an entry has to live
};

[[nodiscard]] std::string hello_text(std::string_view target, std::string_view sender);

// Reads a hello that comes in pieces.
class PeerHelloReader {
 public:
  // Takes bytes until something can be said; `bytes` keeps what follows. nullopt: more is needed.
  // `local`: what this process is called.
  [[nodiscard]] std::optional<PeerStatus> take(std::string_view& bytes, std::string_view local);
  [[nodiscard]] const PeerHello& hello() const { return hello_; }

 private:
  [[nodiscard]] std::optional<PeerStatus> judge(std::string_view line, std::string_view local);
  PeerHello hello_;
  std::string line_;
  int lines_ = 0;
};

// The answer to a hello.
class PeerStatusReader {
 public:
  // nullopt: more is needed. 0: it is none.
  [[nodiscard]] std::optional<std::uint32_t> take(std::string_view& bytes);

 private:
  std::string line_;
};

}  // namespace shunt::runtime
