// Names that take their time to be looked up: nobody waits for them but who wants to.
#include "runtime/host_lookup.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <future>

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

// Looks up nothing until it is told to.
struct SlowNames {
  std::promise<void> told;
  std::shared_future<void> go = told.get_future().share();
  HostLookup::Resolve resolve() {
    return [go = go](const std::string&) {
      go.wait();
      return FoundHost(HostAddresses{asio::ip::make_address("127.0.0.9")});
    };
  }
};

// Runs until `done` or for five seconds.
void run_until(asio::io_context& io, const bool& done) {
  asio::steady_timer limit(io, std::chrono::seconds(5));
  limit.async_wait([](const auto&) {});
  while (!done && limit.expiry() > std::chrono::steady_clock::now()) io.run_one();
}

std::string first(const FoundHost& found) {
  return found ? found.value().front().to_string() : "fault: " + found.error();
}

TEST(HostLookup, FindsAddressesAndNames) {
  for (const std::string host : {"127.0.0.5", "::1", "localhost"}) {
    asio::io_context io;
    HostLookup lookup;
    std::string got;
    bool done = false;
    lookup.begin(io, host, [&](const FoundHost& found) {
      got = first(found);
      done = true;
    });
    run_until(io, done);
    EXPECT_TRUE(host == "localhost" ? got == "127.0.0.1" || got == "::1" : got == host) << got;
  }
}

TEST(HostLookup, SaysWhyNot) {
  EXPECT_FALSE(resolve_host("no such name"));
  EXPECT_FALSE(resolve_host("no such name").error().empty());
}

TEST(HostLookup, SlowOnesDontWaitForEachOther) {
  asio::io_context io;
  SlowNames slow, quick;
  quick.told.set_value();
  HostLookup one, other;
  std::string heard;
  bool done = false;
  one.begin(io, "slow.test", [&](const FoundHost&) { heard += "slow "; }, slow.resolve());
  other.begin(
      io, "quick.test",
      [&](const FoundHost& found) {
        heard += first(found);
        done = true;
      },
      quick.resolve());
  run_until(io, done);
  EXPECT_EQ(heard, "127.0.0.9");
  one.cancel();
  slow.told.set_value();
}

// As when the process ends: the thread may be at it for as long as the system's resolver likes.
TEST(HostLookup, TheEndWaitsForNobody) {
  SlowNames slow;
  bool called = false;
  {
    asio::io_context io;
    HostLookup lookup;
    lookup.begin(io, "slow.test", [&](const FoundHost&) { called = true; }, slow.resolve());
    io.poll();
  }
  slow.told.set_value();
  EXPECT_FALSE(called);
}

TEST(HostLookup, WhatWasFoundTooLateIsForgotten) {
  asio::io_context io;
  bool called = false;
  HostLookup lookup;
  lookup.begin(io, "127.0.0.1", [&](const FoundHost&) { called = true; });
  lookup.cancel();
  io.poll();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace shunt::runtime
