// Variables of addresses: those that the file sees, not those of the process.
#include <gtest/gtest.h>
#include <stdlib.h>

#include "graph/load.hpp"

namespace shunt::graph {
namespace {

std::uint16_t port_of(const std::string& global, const LoadOptions& options = {}) {
  const auto loaded =
      load_text("test.cfg",
                "global\n" + global +
                    "\ndefaults\n mode tcp\n timeout connect 1s\n timeout client 1s\n timeout "
                    "server 1s\nlisten l\n bind 127.0.0.1:${SHUNT_TEST_PORT}\n server s "
                    "127.0.0.1:1\n",
                options);
  return loaded->graph ? loaded->graph->listeners[0].address.port : std::uint16_t{0};
}

TEST(AddressVariables, AreThoseThatTheFileSets) {
  ::unsetenv("SHUNT_TEST_PORT");
  EXPECT_EQ(port_of(" setenv SHUNT_TEST_PORT 1234"), 1234);
  ::setenv("SHUNT_TEST_PORT", "4321", 1);
  EXPECT_EQ(port_of(""), 4321);
  EXPECT_EQ(port_of(" setenv SHUNT_TEST_PORT 1234"), 1234);
}

// What an earlier file has set in this process is not what a reload reads.
TEST(AddressVariables, AreThoseOfTheStart) {
  LoadOptions options;
  options.environment = parser::Environment::of_process();
  options.environment->set("SHUNT_TEST_PORT", "1111");
  ::setenv("SHUNT_TEST_PORT", "4321", 1);
  EXPECT_EQ(port_of("", options), 1111);
}

}  // namespace
}  // namespace shunt::graph
