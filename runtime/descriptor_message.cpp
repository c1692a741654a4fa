// sendmsg(2) and recvmsg(2) with SCM_RIGHTS.
#include "runtime/descriptor_message.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace shunt::runtime {
namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

// The header of a message with room for one descriptor.
struct Envelope {
  iovec part;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
  msghdr message = {};

  Envelope(void* bytes, std::size_t size) : part{bytes, size} {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
  }
  void make_room() {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
  }
};

void attach(Envelope& envelope, int fd) {
  envelope.make_room();
  cmsghdr* header = CMSG_FIRSTHDR(&envelope.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

UniqueFd attached(Envelope& envelope) {
  const cmsghdr* header = CMSG_FIRSTHDR(&envelope.message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return UniqueFd();
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
  return UniqueFd(fd);
}

}  // namespace

std::error_code send_message(int socket, std::string_view bytes, int descriptor) {
  Envelope envelope(const_cast<char*>(bytes.data()), bytes.size());
  if (descriptor >= 0) attach(envelope, descriptor);
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &envelope.message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? last_error() : std::error_code();
}

Result<DescriptorMessage, std::error_code> receive_message(int socket) {
  DescriptorMessage received;
  received.bytes.resize(largest_message);
  Envelope envelope(received.bytes.data(), received.bytes.size());
  envelope.make_room();
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket, &envelope.message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return last_error();
  received.bytes.resize(static_cast<std::size_t>(got));
  received.descriptor = attached(envelope);
  received.lost = (envelope.message.msg_flags & MSG_CTRUNC) != 0;
  return received;
}

}  // namespace shunt::runtime
