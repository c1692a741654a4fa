// When a server's address is that of a bind: texts that are equal then.
#pragma once
#include <string>
#include <vector>

#include "parser/address.hpp"

namespace shunt::analysis::model {

// One for each port of a range; none for what no server could name.
[[nodiscard]] std::vector<std::string> bind_keys(const parser::Address& address);

// The exact address first, then the bind on all addresses that a loopback address reaches.
[[nodiscard]] std::vector<std::string> server_keys(const parser::Address& address);

[[nodiscard]] bool is_loopback(const parser::Address& address);
[[nodiscard]] bool is_local_socket(const parser::Address& address);  // unix or abns

}  // namespace shunt::analysis::model
