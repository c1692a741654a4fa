// Bytes lie with the end that is to receive them; news goes to it through the engine.
#include "runtime/memory_socket.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/relay.hpp"

namespace shunt::runtime {
namespace {

ssize_t failure(int error) {
  errno = error;
  return -1;
}

}  // namespace

std::pair<MemorySocket*, MemorySocket*> MemorySocket::make_pair(Engine& engine, RelayTools& tools) {
  auto* const one = new MemorySocket(engine, tools);
  auto* const other = new MemorySocket(engine, tools);
  one->peer_ = other;
  other->peer_ = one;
  return {one, other};
}

ssize_t MemorySocket::receive(char* to, std::size_t size) {
  if (pipe_) return receive_from_pipe(to, size);
  if (!inbox_) {
    if (error_ != 0) return failure(std::exchange(error_, 0));
    return input_over_ ? 0 : failure(EAGAIN);
  }
  const std::size_t count = std::min(size, inbox_->size());
  std::memcpy(to, inbox_->data().data(), count);
  inbox_->consume(count);
  if (inbox_->empty()) drop_inbox();
  taken();
  return static_cast<ssize_t>(count);
}

ssize_t MemorySocket::receive_from_pipe(char* to, std::size_t size) {
  const ssize_t count = ::read(pipe_->read_end, to, std::min(size, pipe_->held));
  if (count <= 0) return failure(count < 0 ? errno : EIO);
  pipe_->held -= static_cast<std::size_t>(count);
  if (pipe_->held == 0) tools_.pipes.give_back(std::exchange(pipe_, nullptr));
  taken();
  return count;
}

Pipe* MemorySocket::receive_pipe() {
  Pipe* const pipe = std::exchange(pipe_, nullptr);
  if (pipe) taken();
  return pipe;
}

bool MemorySocket::send_pipe(Pipe* pipe) {
  held_up_ = !can_send() || peer_->inbox_ || peer_->pipe_;
  if (held_up_) return false;
  peer_->pipe_ = pipe;
  peer_->announce();
  return true;
}

void MemorySocket::taken() {
  if (peer_ && peer_->held_up_) peer_->announce();
}

ssize_t MemorySocket::send(std::string_view bytes) {
  if (!can_send()) return failure(EPIPE);
  if (bytes.empty()) return 0;
  const std::size_t held = peer_->pipe_ ? capacity : peer_->inbox_ ? peer_->inbox_->size() : 0;
  const std::size_t count = std::min(bytes.size(), capacity - held);
  held_up_ = count < bytes.size();
  if (count == 0) return failure(EAGAIN);
  if (!peer_->inbox_) peer_->inbox_ = tools_.buffers.take(std::max(capacity, tools_.buffers.standard_size()));
  if (peer_->inbox_->room() < count) peer_->inbox_->make_contiguous();
  peer_->inbox_->append(bytes.substr(0, count));
  peer_->announce();
  return static_cast<ssize_t>(count);
}

void MemorySocket::shutdown_write() {
  if (std::exchange(output_over_, true) || !peer_) return;
  peer_->input_over_ = true;
  peer_->announce();
}

int MemorySocket::take_error() { return std::exchange(error_, 0); }

void MemorySocket::close() {
  const bool unread = inbox_ || pipe_ || left_unread_;
  drop_inbox();
  handler_ = nullptr;
  closed_ = true;
  if (peer_) {
    if (unread) peer_->error_ = ECONNRESET;
    peer_->input_over_ = true;
    peer_->peer_ = nullptr;
    peer_->announce();
    peer_ = nullptr;
  }
  forget_if_over();
}

void MemorySocket::watch(Handler& handler, unsigned side, std::uint32_t events) {
  handler_ = &handler;
  side_ = side;
  watched_ = events;
  if (state() != 0) announce();
}

void MemorySocket::announce() {
  if (posted_ || !handler_) return;
  posted_ = true;
  engine_.post(*this);
}

void MemorySocket::deliver() {
  posted_ = false;
  if (closed_) return forget_if_over();
  const std::uint32_t events = state();
  if ((events & EPOLLOUT) != 0) held_up_ = false;
  if (handler_ && events != 0) handler_->on_ready(side_, events);
}

// Errors and the end of both directions are told of unasked.
std::uint32_t MemorySocket::state() const {
  std::uint32_t now = EPOLLOUT;
  if (inbox_ || pipe_ || input_over_ || error_ != 0) now |= EPOLLIN;
  if (input_over_) now |= EPOLLRDHUP;
  if (peer_ && (peer_->pipe_ || (peer_->inbox_ && peer_->inbox_->size() >= capacity)))
    now &= ~std::uint32_t{EPOLLOUT};
  now &= watched_;
  if (error_ != 0) now |= EPOLLERR;
  if (!peer_ || (input_over_ && output_over_)) now |= EPOLLHUP;
  return now;
}

void MemorySocket::drop_inbox() {
  tools_.buffers.give_back(std::exchange(inbox_, nullptr));
  if (pipe_) tools_.pipes.give_back(std::exchange(pipe_, nullptr));
}

void MemorySocket::forget_if_over() {
  if (closed_ && !posted_) delete this;
}

}  // namespace shunt::runtime
