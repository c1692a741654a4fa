// Any kind of wire: only TCP sockets could drop bytes without copying them.
#include "runtime/drain.hpp"

#include <array>

namespace shunt::runtime {

bool drain(const Wire& wire) {
  constexpr int rounds = 32;
  std::array<char, 16384> ignored;
  ssize_t got = 1;
  for (int i = 0; i < rounds && got > 0; ++i) got = wire.receive(ignored.data(), ignored.size());
  return got == 0;
}

}  // namespace shunt::runtime
