// Fates of two configurations made comparable: names and addresses in the place of each graph's ids.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/simulation.hpp"

namespace shunt::analysis {

// What a client or a server would notice. Numbers are those of FateNames.
struct FateKey {
  Ending ending = Ending::never;
  Offset at{0};
  std::uint32_t place = 0;  // backend with its algorithm, or how it was rejected
  std::vector<std::uint32_t> servers = {};
  std::vector<std::uint32_t> certificates = {};
  std::string header = {};
  friend bool operator==(const FateKey&, const FateKey&) = default;
};

class FateNames {
 public:
  [[nodiscard]] std::uint32_t number(const std::string& name);

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

// One graph's part; keys of those that share `names` can be compared.
class FateKeys {
 public:
  FateKeys(const graph::Graph& graph, FateNames& names);
  [[nodiscard]] FateKey key_of(const Fate& fate);

 private:
  [[nodiscard]] std::uint32_t server(graph::ServerId id);
  [[nodiscard]] std::uint32_t backend(graph::ProxyId id, bool chosen);
  [[nodiscard]] std::uint32_t rejection(parser::Span by);

  const graph::Graph& graph_;
  FateNames& names_;
  std::vector<std::optional<std::uint32_t>> servers_;
  std::vector<std::array<std::optional<std::uint32_t>, 2>> backends_;
  std::map<std::pair<parser::FileId, std::uint32_t>, graph::ActionKind> actions_;
};

// What differs, for people.
[[nodiscard]] std::vector<std::string> differences(const FateKey& before, const FateKey& after);

}  // namespace shunt::analysis
