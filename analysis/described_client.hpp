// A client as somebody describes it - by flags, in a test file, by a capture - and the scenario it makes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/byte_text.hpp"
#include "analysis/hello_builder.hpp"
#include "analysis/simulation.hpp"

namespace shunt::analysis {

// `size` bytes of what is sent arrive at `at`; without a size: all that is left.
struct SegmentSize {
  std::optional<std::size_t> size = {};
  Offset at{0};
};

// The PROXY header that the client begins with.
struct HeaderDescription {
  int version = 2;
  fetchers::Endpoint from = {}, to = {};  // family none: "local", the addresses stay
};

struct ClientDescription {
  std::string to =
      {};  // a bind: ":443", "10.0.0.1:443", "abns@x", "/path", or a frontend's name; empty: the only one
  std::optional<fetchers::Endpoint> from = {};
  std::optional<HelloDescription> hello = {};
  std::optional<std::string> bytes = {};   // instead of a hello
  std::optional<std::string> inside = {};  // said inside TLS that is terminated here
  bool silent = false;
  std::optional<HeaderDescription> header = {};
  std::vector<SegmentSize> segments = {};         // empty: all at once
  std::optional<std::vector<Piece>> pieces = {};  // instead of all that: as it was captured
  std::optional<Offset> ends = {};
  bool shows_certificate = false;
  std::vector<std::string> down = {};  // "backend/server"
};

// The error is a sentence for the user.
[[nodiscard]] Result<Scenario, TextError> make_scenario(const ClientDescription& client,
                                                        const graph::Graph& graph,
                                                        const Simulation& simulation);

// ---- texts of flags and test files

// "517@0ms,1300@40ms", "rest@1s": sizes in the order of time.
[[nodiscard]] Result<std::vector<SegmentSize>, TextError> parse_segments(std::string_view text);
// "40ms", "1s", "250us"; digits alone are milliseconds.
[[nodiscard]] Result<Offset, TextError> parse_offset(std::string_view text);
// "v2", "v1", "local", "v2:10.0.0.5:1234", "v1:10.0.0.5:1234>192.0.2.1:443".
[[nodiscard]] Result<HeaderDescription, TextError> parse_header(std::string_view text);
// "1.2", "1.2,1.3", "TLSv1.3": versions that a client offers.
[[nodiscard]] Result<std::vector<std::uint16_t>, TextError> parse_tls_versions(std::string_view text);
// "0x1301,0xc02f" or names such as TLS_AES_128_GCM_SHA256.
[[nodiscard]] Result<std::vector<std::uint16_t>, TextError> parse_tls_suites(std::string_view text);

}  // namespace shunt::analysis
