// Throwing away what a peer has sent: unread bytes would make close(2) send RST.
#pragma once
#include "runtime/wire.hpp"

namespace shunt::runtime {

// True: its FIN is there, too. Reads only so much that a peer which goes on sending does not hold the thread.
bool drain(const Wire& wire);

}  // namespace shunt::runtime
