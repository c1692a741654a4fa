// The program as it is executed: flat arrays without names. Nothing outside this room includes this.
#pragma once
#include <memory>
#include <vector>

#include "acl/ladder.hpp"
#include "acl/program.hpp"

namespace shunt::acl {

inline constexpr std::uint32_t not_shared = 0xffffffff;
inline constexpr std::uint32_t no_ladder = 0xffffffff;

// A test as it is executed. `found` and `boolean` have no sets.
struct FlatTest {
  fetchers::ExpressionId expression = 0;
  MatchMethod method = MatchMethod::found;
  fetchers::SampleType input = fetchers::SampleType::any;
  std::uint32_t first_set = 0;  // in sets
  std::uint32_t set_count = 0;
  std::uint32_t shared_value = not_shared;  // number of a value that others ask for too
};

struct FlatRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct FlatAcl {
  FlatRange tests = {};
  std::uint32_t shared_truth = not_shared;
};

struct FlatTerm {
  AclId acl = 0;
  bool negated = false;
  bool opens_alternative = false;
};

enum class Constant : std::uint8_t { none, no, yes };

struct FlatCondition {
  FlatRange terms = {};
  bool unless = false;
  Constant constant = Constant::none;
};

// A rule list. The vectors are empty where they would say nothing.
struct FlatList {
  std::vector<ConditionId> conditions = {};   // of each rule
  std::vector<std::uint32_t> next_live = {};  // the first rule from here on that can apply
  std::vector<std::unique_ptr<const Ladder>> ladders = {};
  std::vector<std::uint32_t> ladder_at = {};  // for each rule: index in ladders, or no_ladder
  std::vector<Unreachable> unreachable = {};
};

// Made from one version of all pattern sets; immutable.
struct Code {
  std::vector<FlatTest> tests;
  std::vector<const PatternSet*> sets;  // of versions that are there as long as this code is
  std::vector<FlatAcl> acls;
  std::vector<FlatTerm> terms;
  std::vector<FlatCondition> conditions;
  std::vector<FlatList> lists;
};

}  // namespace shunt::acl
