// Converters that look up names of proxies and servers, and the one that asks for the state of the stream.
#include <gtest/gtest.h>

#include "fetchers/process_view.hpp"
#include "fetchers/stream_view.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

// Backend 1 is `be`, with server 4 `s1`; frontend 0 is `fe`.
struct Proxies : ProxiesView {
  [[nodiscard]] std::optional<std::uint32_t> frontend_named(std::string_view name) const override {
    return name == "fe" ? std::optional(0u) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint32_t> backend_named(std::string_view name) const override {
    return name == "be" ? std::optional(1u) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint32_t> server_named(std::uint32_t backend,
                                                          std::string_view name) const override {
    return backend == 1 && name == "s1" ? std::optional(4u) : std::nullopt;
  }
  [[nodiscard]] std::uint32_t usable_servers(std::uint32_t backend) const override { return backend + 6; }
  [[nodiscard]] ServerFacts server(std::uint32_t server) const override {
    return {.up = true, .queued = server + 1};
  }
};

struct Stream : StreamView {
  std::string_view letters = "--";
  std::uint32_t retried = 0, chosen = none;
  [[nodiscard]] std::string_view termination() const override { return letters; }
  [[nodiscard]] std::uint32_t retries() const override { return retried; }
  [[nodiscard]] std::uint32_t backend() const override { return chosen; }
};

struct Process : ProcessView {
  bool stops = false;
  [[nodiscard]] bool stopping() const override { return stops; }
};

class NameBench : public Bench {
 public:
  NameBench() {
    context.proxies = &proxies;
    context.stream = &stream;
    context.process = &process;
  }
  Proxies proxies;
  Stream stream;
  Process process;
};

TEST(NameConverters, LookUpProxiesAndServers) {
  NameBench bench;
  EXPECT_EQ(bench.value("str(be),nbsrv"), "7");
  EXPECT_EQ(bench.value("str(fe),nbsrv"), std::nullopt);
  EXPECT_EQ(bench.value("str(fe),fe_exists"), "1");
  EXPECT_EQ(bench.value("str(be),fe_exists"), "0");
  EXPECT_EQ(bench.value("str(be/s1),srv_queue"), "5");
  EXPECT_EQ(bench.value("str(be/s1),srv_is_up"), "1");
  EXPECT_EQ(bench.value("str(be/s2),srv_is_up"), std::nullopt);
  EXPECT_EQ(bench.value("str(zz/s1),srv_queue"), std::nullopt);
}

TEST(NameConverters, AServerAloneIsOneOfTheStreamsBackend) {
  NameBench bench;
  EXPECT_EQ(bench.value("str(s1),srv_queue"), std::nullopt);
  bench.stream.chosen = 1;
  EXPECT_EQ(bench.value("str(s1),srv_queue"), "5");
}

TEST(When, LetsPassWhatItsConditionSays) {
  NameBench bench;
  EXPECT_EQ(bench.value("str(x),when(normal)"), "x");
  EXPECT_EQ(bench.value("str(x),when(error)"), std::nullopt);
  EXPECT_EQ(bench.value("str(x),when(!error)"), "x");
  EXPECT_EQ(bench.value("str(x),when(forwarded)"), std::nullopt);
  EXPECT_EQ(bench.value("str(x),when(!processed)"), "x");
  EXPECT_EQ(bench.value("str(x),when(toapplet)"), std::nullopt);
  EXPECT_EQ(bench.value("str(x),when(stopping)"), std::nullopt);
  bench.process.stops = true;
  EXPECT_EQ(bench.value("str(x),when(stopping)"), "x");
  bench.stream.retried = 1;
  EXPECT_EQ(bench.value("str(x),when(error)"), "x");
  bench.stream.retried = 0;
  bench.stream.letters = "SD";
  EXPECT_EQ(bench.value("int(7),when(error),add(1)"), "8");
  Client server;
  bench.context.server = &server;
  EXPECT_EQ(bench.value("str(x),when(forwarded)"), "x");
}

}  // namespace
}  // namespace shunt::fetchers::test
