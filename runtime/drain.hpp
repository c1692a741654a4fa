// Throwing away what a peer has sent: unread bytes would make close(2) send RST.
#pragma once

namespace shunt::runtime {

// True: its FIN is there, too.
bool drain(int fd);

}  // namespace shunt::runtime
