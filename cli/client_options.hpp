// The words that describe a client, as flags of `shunt explain` and as keys of test files.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "analysis/described_client.hpp"

namespace shunt::cli {

// What is wrong with a word; nothing: it was taken.
using ClientFault = std::optional<std::string>;

struct ClientOption {
  std::string_view name;   // "sni"; the flag has "--" in front
  std::string_view value;  // empty: takes none
  ClientFault (*apply)(analysis::ClientDescription& client, std::string_view value);
  std::string_view help;
};

// null: there is none of that name.
[[nodiscard]] const ClientOption* find_client_option(std::string_view name);
// The nearest name, for "did you mean".
[[nodiscard]] std::optional<std::string> nearest_client_option(std::string_view name);
// What contradicts itself in the whole.
[[nodiscard]] ClientFault judge_client(const analysis::ClientDescription& client);
[[nodiscard]] std::string client_options_usage();
[[nodiscard]] std::string client_option_flags();  // a blank between them

}  // namespace shunt::cli
