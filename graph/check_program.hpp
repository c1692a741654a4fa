// A health check as a program: connections to open, bytes to send, answers to expect.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "acl/regex.hpp"
#include "fetchers/endpoint.hpp"
#include "fetchers/expression.hpp"
#include "fetchers/log_format.hpp"
#include "fetchers/variables.hpp"

namespace shunt::graph {

// Who wrote the steps: the file, or we ourselves for one protocol, whose steps the texts then don't name.
enum class CheckKind : std::uint8_t { tcp, http, protocol, external };

// What a check comes to, as HAProxy's codes name it: L4OK, L6OK, L7OK, L7OKC, L4CON, L4TOUT, L6RSP, L6TOUT,
// L7RSP, L7STS, L7TOUT, SOCKERR.
enum class CheckOutcome : std::uint8_t {
  l4_passed,
  l6_passed,
  l7_passed,
  l7_conditional,
  l4_problem,
  l4_timeout,
  l6_invalid,
  l6_timeout,
  l7_invalid,
  l7_status,
  l7_timeout,
  socket_error
};

struct CheckConnect {
  bool implicit = false;  // the file has none: the first step, which counts as number 0
  bool defaults = false;  // TLS and PROXY header as the server's line says
  bool tls = false, linger = false, proxy_header = false;
  std::optional<fetchers::Endpoint> address = {};
  std::uint16_t port = 0;  // 0: the server's
  std::optional<fetchers::ExpressionId> port_value = {};
  std::string server_name = {};
  std::string protocols = {};  // ALPN, wire format
};

struct CheckSend {
  std::string bytes = {};
  std::optional<fetchers::LogFormat> format = {};  // instead of `bytes`
  bool hex = false;                                // the formatted text is hexadecimal
};

struct CheckRequest {
  struct Header {
    std::string name;  // lower case
    fetchers::LogFormat value;
  };
  std::string method = "OPTIONS", uri = "/", version = "HTTP/1.0";
  std::optional<fetchers::LogFormat> uri_format = {};
  std::vector<Header> headers = {};
  std::string body = {};
  std::optional<fetchers::LogFormat> body_format = {};
};

// How a name or value of a header is compared.
struct HeaderPattern {
  enum class Match : std::uint8_t { absent, exact, begin, end, part, regex } match = Match::absent;
  std::string text = {};
  std::optional<fetchers::LogFormat> format = {};
  std::optional<acl::Regex> regex = {};
};

struct CheckExpect {
  // From `mysql` on: answers that have their own readers.
  enum class Kind : std::uint8_t {
    text,
    text_format,
    regex,
    bytes,
    bytes_format,
    bytes_regex,
    status,
    status_regex,
    header,
    full_header,
    mysql_greeting,
    mysql_verdict,
    ldap,
    spop
  } kind = Kind::text;
  bool negated = false;
  std::string text = {};
  std::optional<acl::Regex> regex = {};
  std::optional<fetchers::LogFormat> format = {};
  std::vector<std::pair<std::int64_t, std::int64_t>> statuses = {};
  HeaderPattern name = {}, value = {};
  std::int64_t least = -1;  // min-recv: bytes after which a mismatch is final
  CheckOutcome passed = CheckOutcome::l7_passed;
  std::optional<CheckOutcome> failed = {};  // else what the kind comes to
  CheckOutcome late = CheckOutcome::l7_timeout;
  std::optional<fetchers::LogFormat> on_success = {}, on_error = {};
  std::optional<fetchers::ExpressionId> code = {};
};

struct CheckVariable {
  fetchers::VariableRef variable = {};
  fetchers::VariableConditions conditions = 0;
  std::optional<fetchers::ExpressionId> expression = {};
  std::optional<fetchers::LogFormat> format = {};  // neither: it is forgotten
};

struct CheckComment {};

struct CheckStep {
  std::variant<CheckComment, CheckConnect, CheckSend, CheckRequest, CheckExpect, CheckVariable> what = {};
  std::string comment = {};  // its own, or that of the line before
};

struct CheckProgram {
  CheckKind kind = CheckKind::tcp;
  std::vector<CheckStep> steps = {};
  bool disable_on_404 = false, send_state = false;
  std::string command = {}, path = {};  // external
  bool keeps_environment = false;
  // external: where the proxy listens, for the program; empty: nowhere, or without a port
  std::string proxy_address = {}, proxy_port = {};
};

// Adds the bytes of "4a4b"; false: it is no such text.
[[nodiscard]] bool decode_hex(std::string_view text, std::string& out);

}  // namespace shunt::graph
