// The lines of a `ring` section, kept for the servers that get them.
#include "runtime/log_ring.hpp"

#include <fmt/core.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace shunt::runtime {
namespace {

// Measured with short lines: a line takes one byte of the ring besides its length. That is taken to be written
// as integers of the peers protocol are (peers-v2.0.txt), in one to three bytes.
std::size_t cost_of(std::string_view line) {
  constexpr std::size_t two_bytes = 240, three_bytes = 2288;
  return line.size() + 2 + (line.size() >= two_bytes ? 1 : 0) + (line.size() >= three_bytes ? 1 : 0);
}

void append_framed(std::string_view line, bool counts_octets, std::string& bytes) {
  if (counts_octets) fmt::format_to(std::back_inserter(bytes), "{} ", line.size());
  bytes += line;
  if (!counts_octets) bytes += '\n';
}

}  // namespace

RingBell::RingBell() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void RingBell::ring() {
  if (rung_.exchange(true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof(one));
}

void RingBell::answer() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &count, sizeof(count));
  rung_.store(false);
}

LogRing::LogRing(const graph::Ring& ring, std::shared_ptr<RingBell> bell)
    : name_(ring.name), bell_(std::move(bell)), longest_(ring.length), size_(ring.size) {}

void LogRing::adopt(const graph::Ring& ring) {
  longest_.store(ring.length, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  size_ = ring.size;
}

bool LogRing::is_held(std::uint64_t number) const {
  return std::ranges::any_of(
      readers_, [number](const auto& each) { return each.second.attached && each.second.next <= number; });
}

bool LogRing::make_room(std::size_t cost) {
  if (cost > size_) return false;
  while (used_ + cost > size_) {
    if (lines_.empty() || is_held(first_)) return false;
    used_ -= cost_of(lines_.front());
    lines_.pop_front();
    ++first_;
  }
  return true;
}

bool LogRing::add(std::string_view line) {
  {
    const std::lock_guard lock(mutex_);
    const std::size_t cost = cost_of(line);
    if (!make_room(cost)) return false;
    lines_.emplace_back(line);
    used_ += cost;
    if (readers_.empty()) return true;
  }
  bell_->ring();
  return true;
}

void LogRing::read(const std::string& reader, bool counts_octets, std::size_t most, std::string& bytes,
                   std::vector<SentLine>& lines) {
  const std::lock_guard lock(mutex_);
  Reader& place = readers_[reader];
  place.attached = true;
  place.next = std::max(place.next, first_);
  while (place.next < first_ + lines_.size() && bytes.size() < most) {
    append_framed(lines_[place.next - first_], counts_octets, bytes);
    lines.push_back({.number = place.next, .end = bytes.size()});
    ++place.next;
  }
}

void LogRing::detach(const std::string& reader, std::uint64_t next) {
  const std::lock_guard lock(mutex_);
  readers_[reader] = {.next = next, .attached = false};
}

void LogRing::forget(const std::string& reader) {
  const std::lock_guard lock(mutex_);
  readers_.erase(reader);
}

std::uint64_t LogRing::place_of(const std::string& reader) {
  const std::lock_guard lock(mutex_);
  return readers_[reader].next;
}

std::string reader_name(const graph::RingServer& server) {
  return fmt::format("{} {} {} {} {}", server.name, fetchers::to_string(server.endpoint),
                     server.endpoint.port, server.path, server.counts_octets);
}

// Rings that the file doesn't name any more are left to the streams that still know them.
void LogRings::adopt(const std::vector<graph::Ring>& rings) {
  std::vector<std::shared_ptr<LogRing>> next;
  const auto take = [&](const graph::Ring& ring) {
    auto known = find(ring.name);
    if (known)
      known->adopt(ring);
    else
      known = std::make_shared<LogRing>(ring, bell_);
    next.push_back(std::move(known));
  };
  for (const graph::Ring& ring : rings) take(ring);
  const std::lock_guard lock(mutex_);
  rings_ = std::move(next);
}

std::vector<std::shared_ptr<LogRing>> LogRings::all() const {
  const std::lock_guard lock(mutex_);
  return rings_;
}

std::shared_ptr<LogRing> LogRings::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(rings_, name, [](const auto& ring) { return ring->name(); });
  return known != rings_.end() ? *known : nullptr;
}

}  // namespace shunt::runtime
