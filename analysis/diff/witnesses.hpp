// Connections that could tell two configurations apart, made of what the rules behind one bind ask.
#pragma once
#include <array>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "analysis/described_client.hpp"
#include "analysis/diff/asked.hpp"

namespace shunt::analysis {

// How a bind is reached and what it does before rules look.
struct BindShape {
  std::string to = {};               // as --to takes it
  fetchers::Endpoint address = {};   // what the client dials
  bool any = false;                  // takes every address with its port
  bool header = false, tls = false;  // in one of the files at least
  bool asks_certificate = false;
};

// One property of a client: the value that a pattern asks for, or one beside it.
struct Value {
  Aspect aspect = Aspect::none;
  std::string text = {};
  std::int64_t number = 0;
  fetchers::Endpoint address = {};
  std::size_t offset = 0;
};

// The most telling come first.
enum class Tier : std::uint8_t {
  kinds,       // hellos, plain protocols, silence
  changed,     // patterns and neighbours of rules that only one side has, or has elsewhere
  patterns,    // one for each pattern of the other rules
  neighbours,  // what lies beside those
  pairs        // values of two rules at once
};
inline constexpr std::size_t tier_count = 5;

// False: enough.
using WitnessSink = std::function<bool(const ClientDescription&)>;

// The same for the same input. A rule is `changed` when the other side has none with its key in the same
// order.
class WitnessMaker {
 public:
  WitnessMaker(BindShape shape, const AskedOfBind& before, const AskedOfBind& after);
  // False: the sink had enough.
  bool make(Tier tier, const WitnessSink& sink) const;

 private:
  struct Marked {
    const AskedRule* rule;
    bool changed;
  };
  [[nodiscard]] bool make_kinds(const WitnessSink& sink) const;
  [[nodiscard]] bool make_rules(bool changed, bool neighbours, const WitnessSink& sink) const;
  [[nodiscard]] bool make_pairs(const WitnessSink& sink) const;
  void for_each_asked(const std::function<void(const Asked&)>& use) const;
  [[nodiscard]] std::array<std::vector<Value>, 4> properties() const;
  [[nodiscard]] std::vector<Value> joined_names() const;

  BindShape shape_;
  std::vector<Marked> rules_;
  std::vector<std::string> names_, protocols_;
};

// The words behind `shunt explain FILE` that describe this client; quoted for a shell.
[[nodiscard]] std::string flags_of(const ClientDescription& client);

}  // namespace shunt::analysis
