// The loop of the engine: events, then what was put off, then deadlines, then the dead.
#include "runtime/engine.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace shunt::runtime {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

epoll_event tagged(Handler& handler, unsigned side, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = reinterpret_cast<std::uintptr_t>(&handler) | side;
  return event;
}

}  // namespace

Engine::Engine()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      start_(Clock::now()),
      now_(start_) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // an edge for each write; nobody reads
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

// Nobody handles news any more; who sent it may wait for that to go.
Engine::~Engine() {
  deliver_posted();
  destroy_retired();
  if (wake_ >= 0) ::close(wake_);
  if (epoll_ >= 0) ::close(epoll_);
}

bool Engine::add(int fd, Handler& handler, unsigned side, std::uint32_t events) {
  epoll_event event = tagged(handler, side, events);
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Engine::modify(int fd, Handler& handler, unsigned side, std::uint32_t events) {
  epoll_event event = tagged(handler, side, events);
  return ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0;
}

void Engine::remove(int fd) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

TimerWheel::Tick Engine::tick_after(Time time) const {
  if (time <= start_) return 0;
  return static_cast<TimerWheel::Tick>(std::chrono::ceil<Milliseconds>(time - start_).count());
}

void Engine::refresh_now() { now_ = Clock::now(); }

void Engine::schedule(Handler& handler, Time deadline) { wheel_.schedule(handler, tick_after(deadline)); }

std::optional<Time> Engine::next_deadline() const {
  auto const tick = wheel_.next();
  if (!tick) return std::nullopt;
  return start_ + Milliseconds(*tick);
}

void Engine::go_on_later(Handler& handler) { resumable_.push_back(&handler); }

void Engine::retire(Handler& handler) {
  wheel_.cancel(handler);
  std::replace(resumable_.begin(), resumable_.end(), &handler, static_cast<Handler*>(nullptr));
  std::replace(resuming_.begin(), resuming_.end(), &handler, static_cast<Handler*>(nullptr));
  retired_.push_back(&handler);
}

// News that comes from elsewhere in the thread makes the descriptor readable, so that turn() is called.
void Engine::post(Posted& news) {
  posted_.push_back(&news);
  if (!turning_) static_cast<void>(::eventfd_write(wake_, 1));
}

void Engine::withdraw(Posted& news) { std::erase(posted_, &news); }

bool Engine::turn(int wait_ms) {
  turning_ = true;
  bool const more = take_turn(wait_ms);
  turning_ = false;
  return more;
}

bool Engine::take_turn(int wait_ms) {
  for (int round = 0; round < batches_per_turn; ++round) {
    int const got = batch(round == 0 && idle() ? wait_ms : 0);
    if (got == 0 && idle()) return false;
  }
  return true;
}

int Engine::batch(int wait_ms) {
  std::array<epoll_event, batch_size> events;
  int const got = ::epoll_wait(epoll_, events.data(), batch_size, wait_ms);
  for (int i = 0; i < got; ++i) {
    auto const& event = events[static_cast<std::size_t>(i)];
    now_ = Clock::now();
    auto* const handler = reinterpret_cast<Handler*>(event.data.u64 & ~std::uint64_t{7});
    if (handler) handler->on_ready(static_cast<unsigned>(event.data.u64 & 7), event.events);
  }
  deliver_posted();
  resume_waiting();
  fire_timers();
  destroy_retired();
  return std::max(got, 0);
}

// News of one hop makes the next one's: a chain is followed a few links far before others get their turn.
void Engine::deliver_posted() {
  for (int link = 0; link < posted_rounds && !posted_.empty(); ++link) {
    delivering_.swap(posted_);
    now_ = Clock::now();
    for (Posted* const news : delivering_) news->deliver();
    delivering_.clear();
  }
}

void Engine::resume_waiting() {
  resuming_.swap(resumable_);
  for (std::size_t i = 0; i < resuming_.size(); ++i) {
    now_ = Clock::now();
    if (resuming_[i]) resuming_[i]->on_resume();
  }
  resuming_.clear();
}

void Engine::fire_timers() {
  now_ = Clock::now();
  auto const elapsed = std::chrono::floor<Milliseconds>(now_ - start_).count();
  wheel_.advance(static_cast<TimerWheel::Tick>(elapsed),
                 [](TimerWheel::Entry& entry) { static_cast<Handler&>(entry).on_deadline(); });
}

void Engine::destroy_retired() {
  while (!retired_.empty()) {
    Handler* const handler = retired_.back();
    retired_.pop_back();
    handler->destroy();
  }
}

}  // namespace shunt::runtime
