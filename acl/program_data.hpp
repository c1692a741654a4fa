// What a Program holds: the readable tables and the flat arrays that are executed. Nothing outside this room
// includes this.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "acl/ladder.hpp"
#include "acl/program.hpp"

namespace shunt::acl {

// A test as it is executed. `found` and `boolean` have no sets.
struct FlatTest {
  fetchers::ExpressionId expression = 0;
  MatchMethod method = MatchMethod::found;
  fetchers::SampleType input = fetchers::SampleType::any;
  std::uint32_t first_set = 0;  // in set_ids
  std::uint32_t set_count = 0;
};

struct FlatRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct FlatTerm {
  AclId acl = 0;
  bool negated = false;
  bool opens_alternative = false;
};

struct FlatCondition {
  FlatRange terms = {};
  bool unless = false;
};

struct RuleList {
  std::vector<Rule> rules = {};
  std::vector<Ladder> ladders = {};
  std::vector<std::uint32_t> ladder_at =
      {};  // for each rule: index in ladders, or no_ladder; empty without ladders
};
inline constexpr std::uint32_t no_ladder = 0xffffffff;

struct ProgramData {
  fetchers::ExpressionPool pool;
  std::vector<Acl> acls;
  std::vector<Condition> conditions;
  std::vector<std::shared_ptr<const PatternSet>> sets;
  std::vector<RuleList> lists;

  std::vector<FlatTest> flat_tests;
  std::vector<std::uint32_t> set_ids;
  std::vector<FlatRange> flat_acls;  // tests of each ACL
  std::vector<FlatTerm> flat_terms;
  std::vector<FlatCondition> flat_conditions;

  // Fills the flat arrays from the tables.
  void flatten();
};

}  // namespace shunt::acl
