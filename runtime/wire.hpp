// What carries the bytes of a transport: a socket of the kernel, or one end of a connection inside the
// thread.
#pragma once
#include <sys/types.h>

#include <string_view>

namespace shunt::runtime {

class MemorySocket;

// Does not own what it names.
struct Wire {
  int fd = -1;
  MemorySocket* memory = nullptr;  // instead of a descriptor

  [[nodiscard]] bool open() const { return fd >= 0 || memory != nullptr; }
  // As recv(2) and send(2) with MSG_NOSIGNAL: -1 and errno.
  [[nodiscard]] ssize_t receive(char* to, std::size_t size) const;
  [[nodiscard]] ssize_t send(std::string_view bytes) const;
};

}  // namespace shunt::runtime
