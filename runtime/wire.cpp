// Which of the two carries.
#include "runtime/wire.hpp"

#include <sys/socket.h>

#include "runtime/memory_socket.hpp"

namespace shunt::runtime {

ssize_t Wire::receive(char* to, std::size_t size) const {
  return memory ? memory->receive(to, size) : ::recv(fd, to, size, 0);
}

ssize_t Wire::send(std::string_view bytes) const {
  return memory ? memory->send(bytes) : ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace shunt::runtime
