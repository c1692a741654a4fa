// Names of servers against those of certificates: the cases that HAProxy was asked about.
#include "runtime/tls/host_names.hpp"

#include <gtest/gtest.h>

namespace shunt::runtime {
namespace {

struct NameCase {
  std::string_view pattern, host;
  bool matches;
};

class HostNames : public testing::TestWithParam<NameCase> {};

TEST_P(HostNames, MatchAsInHaproxy) {
  EXPECT_EQ(host_matches(GetParam().pattern, GetParam().host), GetParam().matches)
      << GetParam().pattern << " / " << GetParam().host;
}

INSTANTIATE_TEST_SUITE_P(
    Measured, HostNames,
    testing::Values(NameCase{"a.test", "a.test", true}, NameCase{"a.test", "A.TEST", true},
                    NameCase{"f*.p.test", "foo.p.test", true}, NameCase{"f*.p.test", "f.p.test", true},
                    NameCase{"f*.p.test", "af.p.test", false}, NameCase{"f*.p.test", "FOO.P.TEST", true},
                    NameCase{"*f.q.test", "xf.q.test", true}, NameCase{"*f.q.test", "f.q.test", true},
                    NameCase{"a.*.r.test", "a.b.r.test", false}, NameCase{"a.*.r.test", "a.*.r.test", true},
                    NameCase{"*", "one", false}, NameCase{"*.u", "x.u", true},
                    NameCase{"*.u", "x.y.u", false}, NameCase{"*.u", "u", false}, NameCase{"*.u", ".u", true},
                    NameCase{"f*o.s.test", "fo.s.test", true}, NameCase{"f*o.s.test", "fxxo.s.test", true},
                    NameCase{"f*o.s.test", "f.s.test", false}, NameCase{"f*o.s.test", "f.o.s.test", false},
                    NameCase{"*.*.d.test", "a.b.d.test", false}, NameCase{"*.*.d.test", "*.b.d.test", false},
                    NameCase{"**.e.test", "aa.e.test", false}, NameCase{"*.W.UP", "x.w.up", true},
                    NameCase{"f*.p.test", "foo.p.testx", false}, NameCase{"", "", true},
                    NameCase{"", "a.b", false}, NameCase{"*.", "a.", true}));

}  // namespace
}  // namespace shunt::runtime
