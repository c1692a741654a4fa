// Source ports of a range: which are tried, and when it is given up.
#include "runtime/server_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>

#include "runtime/network_namespaces.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/unique_fd.hpp"
#include "tests/runtime/running_proxy.hpp"

namespace shunt::runtime {
namespace {

class SourcePorts : public testing::Test {
 protected:
  SourcePorts() : listening(listening_on_loopback(port)) {
    server.endpoint = target = {fetchers::Family::ipv4, port, {127, 0, 0, 1}};
  }
  void from(std::array<std::uint8_t, 4> address, std::uint16_t first, std::uint16_t last) {
    fetchers::Endpoint own{fetchers::Family::ipv4, first, {}};
    std::ranges::copy(address, own.address.begin());
    server.source = graph::Source{.address = own, .last_port = last};
  }
  ServerSocket open() { return open_server_socket(NetworkNamespaces{}, server, target, {}, {}, {}, turn); }

  // The port that it leads from; 0: it was not opened. The connection stays.
  std::uint16_t connect() {
    const ServerSocket made = open();
    if (made.fd < 0) return 0;
    open_.emplace_back(made.fd);
    return to_endpoint(local_address(made.fd)).port;
  }

  std::uint16_t port = 0;
  UniqueFd listening;
  graph::Server server;
  fetchers::Endpoint target;
  std::uint32_t turn = 0;
  std::vector<UniqueFd> open_;
};

TEST_F(SourcePorts, AreTakenInTurnUntilNoneIsFree) {
  from({127, 0, 0, 7}, 21000, 21002);
  EXPECT_EQ(connect(), 21000);
  EXPECT_EQ(connect(), 21001);
  EXPECT_EQ(connect(), 21002);
  const ServerSocket full = open();
  EXPECT_EQ(full.lack, Lack::source_range);
  EXPECT_EQ(full.error, EADDRNOTAVAIL);
  EXPECT_EQ(turn, 6u);
}

// Each begins behind the last one: those before it are not asked again.
TEST_F(SourcePorts, BeginBehindTheLastOne) {
  from({127, 0, 0, 8}, 21000, 21999);
  for (std::uint16_t i = 0; i < 100; ++i) EXPECT_EQ(connect(), 21000 + i);
  EXPECT_EQ(turn, 100u);
}

TEST_F(SourcePorts, AreNotTriedOneByOneWithoutEnd) {
  from({127, 0, 0, 9}, 21000, 21199);
  for (int i = 0; i < 200; ++i) ASSERT_NE(connect(), 0);
  turn = 0;
  EXPECT_EQ(open().lack, Lack::source_range);
  EXPECT_LE(turn, 64u);
}

// bind(2) says the same of every port.
TEST_F(SourcePorts, OfAForeignAddressAreTriedOnce) {
  from({192, 0, 2, 1}, 21000, 21999);
  const ServerSocket made = open();
  EXPECT_EQ(made.lack, Lack::source_address);
  EXPECT_EQ(made.error, EADDRNOTAVAIL);
  EXPECT_EQ(turn, 1u);
}

}  // namespace
}  // namespace shunt::runtime
