// Questions to name servers and their answers on the wire (RFC 1035, 2782, 6891), without sockets.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetchers/endpoint.hpp"

namespace shunt::runtime {

enum class RecordType : std::uint16_t { a = 1, cname = 5, aaaa = 28, srv = 33 };

// An address (`address`, port 0), or a service: a host and a port there.
struct DnsRecord {
  RecordType type = RecordType::a;
  fetchers::Endpoint address = {};
  std::string host = {};  // of a service, lower case; of an additional record: whose address it is
  std::uint16_t port = 0, weight = 0;
};

// What an answer says.
enum class AnswerStatus : std::uint8_t { valid, nx, refused, timeout, other };

// What of it is counted.
enum class AnswerFinding : std::uint8_t {
  valid,
  alias_alone,  // aliases, and nothing of what they lead to
  empty,
  nx,
  refused,
  error,  // another code of an error
  cut,
  invalid
};

struct DnsAnswer {
  AnswerStatus status = AnswerStatus::other;
  AnswerFinding finding = AnswerFinding::invalid;
  std::vector<DnsRecord> records = {};     // of the type that was asked for
  std::vector<DnsRecord> additional = {};  // addresses of hosts that the records name
};

// What the wire has for no type, class or length is no name: nullopt. `id` is what the answer will repeat.
[[nodiscard]] std::optional<std::string> make_query(const std::string& name, RecordType type,
                                                    std::uint16_t id, std::uint16_t payload);
// nullopt: too short for an answer.
[[nodiscard]] std::optional<std::uint16_t> message_id(std::string_view bytes);
// Anything that is no proper answer to this question has the status `other`; a proper one may lack records of
// the type.
[[nodiscard]] DnsAnswer read_answer(std::string_view bytes, const std::string& name, RecordType type);

}  // namespace shunt::runtime
