// tune.vars.*: which variables still have room. Sizes as HAProxy counted them.
#include <gtest/gtest.h>

#include "fetchers/variables.hpp"

namespace shunt::fetchers {
namespace {

Sample number(std::int64_t value) {
  Sample sample;
  sample.set_integer(value);
  return sample;
}
Sample text(std::string_view value) {
  Sample sample;
  sample.set_string(value);
  return sample;
}

class VariableLimit : public testing::Test {
 protected:
  static bool has(const Variables& variables, VariableScope scope, std::uint32_t name) {
    Scratch scratch;
    Sample out;
    return variables.get({scope, name}, out, scratch);
  }
};

using enum VariableScope;

TEST_F(VariableLimit, CountsEightyBytesAndTheText) {
  ProcessVariables shared({.transaction = 200});
  Variables variables(&shared);
  variables.set({transaction, 1}, text(std::string(40, 'x')));
  variables.set({transaction, 2}, number(1));
  EXPECT_TRUE(has(variables, transaction, 1));
  EXPECT_TRUE(has(variables, transaction, 2));
  variables.set({transaction, 3}, number(1));
  EXPECT_FALSE(has(variables, transaction, 3));
  variables.unset({transaction, 1});
  variables.set({transaction, 3}, number(1));
  EXPECT_TRUE(has(variables, transaction, 3));
}

TEST_F(VariableLimit, AWiderScopeHoldsTheNarrowerOnes) {
  ProcessVariables shared({.session = 160});
  Variables variables(&shared);
  variables.set({request, 1}, number(1));
  variables.set({transaction, 2}, number(1));
  variables.set({session, 3}, number(1));
  EXPECT_FALSE(has(variables, session, 3));
  variables.clear(request);
  variables.set({session, 3}, number(1));
  EXPECT_TRUE(has(variables, session, 3));
}

TEST_F(VariableLimit, RequestsAndResponsesAreLimitedEachForItself) {
  ProcessVariables shared({.request = 80});
  Variables variables(&shared);
  variables.set({request, 1}, number(1));
  variables.set({response, 2}, number(1));
  variables.set({request, 3}, number(1));
  EXPECT_TRUE(has(variables, response, 2));
  EXPECT_FALSE(has(variables, request, 3));
}

TEST_F(VariableLimit, AValueThatDoesNotFitLeavesNothing) {
  ProcessVariables shared({.transaction = 100});
  Variables variables(&shared);
  variables.set({transaction, 1}, text("short"));
  variables.set({transaction, 1}, text(std::string(50, 'x')));
  EXPECT_FALSE(has(variables, transaction, 1));
}

TEST_F(VariableLimit, WhatASessionTookIsFreeWhenItEnds) {
  ProcessVariables shared({.all = 80});
  {
    Variables first(&shared);
    first.set({transaction, 1}, number(1));
    Variables second(&shared);
    second.set({transaction, 1}, number(1));
    EXPECT_FALSE(has(second, transaction, 1));
  }
  Variables third(&shared);
  third.set({transaction, 1}, number(1));
  EXPECT_TRUE(has(third, transaction, 1));
}

}  // namespace
}  // namespace shunt::fetchers
