// The two ways out for log lines besides UDP: a descriptor that was given to the process, and a unix datagram
// socket.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

// Gathers whole lines and writes them without blocking. A line is not torn: what a full pipe left of one is
// written first.
class DescriptorOutput {
 public:
  explicit DescriptorOutput(int descriptor);
  // `line` with its line end. False: dropped, too much is waiting already.
  [[nodiscard]] bool add(std::string_view line);
  // How many lines were lost because the descriptor is broken, and what the system says about it.
  struct Loss {
    std::uint64_t lines = 0;
    int error = 0;
  };
  [[nodiscard]] Loss flush();
  [[nodiscard]] int descriptor() const { return given_; }

 private:
  enum class Kind : std::uint8_t { file, reopened, polled, stream_socket, datagram_socket };
  [[nodiscard]] std::size_t next_chunk() const;
  [[nodiscard]] long write_some(std::string_view bytes) const;
  std::uint64_t drop_all();

  int given_;
  UniqueFd own_;  // a second description of the same pipe or terminal, non-blocking without harm to others
  Kind kind_ = Kind::file;
  std::string pending_;
  std::size_t written_ = 0;  // of pending_
};

// Connected to a syslog daemon's socket; connects again when the daemon came back.
class UnixDatagramOutput {
 public:
  explicit UnixDatagramOutput(std::string path) : path_(std::move(path)) {}
  int open();                                     // 0, or the error
  [[nodiscard]] int send(std::string_view line);  // 0, or the error for which it is lost
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return socket_.get(); }
  void connected(UniqueFd socket) {  // by another process
    socket_ = std::move(socket);
    connected_ = true;
  }
  [[nodiscard]] bool is_connected() const { return connected_; }

 private:
  std::string path_;  // abstract: begins with a NUL byte
  UniqueFd socket_;
  bool connected_ = false;
};

}  // namespace shunt::runtime
