// The words that describe a client, as flags of `shunt explain` and as keys of test files.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/described_client.hpp"

namespace shunt::cli {

// What is wrong with a word; nothing: it was taken.
using ClientFault = std::optional<std::string>;

struct ClientOption {
  std::string_view flag;   // "--sni"
  std::string_view value;  // empty: takes none
  ClientFault (*apply)(analysis::ClientDescription& client, std::string_view value);
  std::string_view help;

  [[nodiscard]] constexpr std::string_view name() const { return flag.substr(2); }
};

// null: there is none of that name.
[[nodiscard]] const ClientOption* find_client_option(std::string_view name);
[[nodiscard]] const ClientOption* find_client_flag(std::string_view flag);
// "option '--sni': ..."
[[nodiscard]] ClientFault apply_client_flag(const ClientOption& option, analysis::ClientDescription& client,
                                            std::string_view value);
[[nodiscard]] std::vector<std::string_view> client_option_names();
// What contradicts itself in the whole.
[[nodiscard]] ClientFault judge_client(const analysis::ClientDescription& client);
[[nodiscard]] std::string client_options_usage();
[[nodiscard]] std::vector<std::string_view> client_option_flags();

}  // namespace shunt::cli
