// The list of all variables: what is in it, and how values of each type are written.
#include <gtest/gtest.h>

#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

using std::string_view_literals::operator""sv;

class DumpBench : public Bench {
 public:
  DumpBench() { context.variable_names = &pool.variable_names(); }

  template <class Fill>
  void set(const std::string& name, Fill fill) {
    std::string error;
    Sample value;
    fill(value);
    variables.set(*parse_variable(name, pool.variable_names(), error), value);
  }
};

TEST(VariableDump, WritesEachTypeInItsWay) {
  DumpBench bench;
  bench.set("txn.text", [](Sample& value) { value.set_string("a\"b\\c\nd"); });
  bench.set("txn.number", [](Sample& value) { value.set_integer(-42); });
  bench.set("txn.truth", [](Sample& value) { value.set_boolean(true); });
  bench.set("txn.bytes", [](Sample& value) { value.set_binary("\x00\xffz"sv); });
  bench.set("txn.address",
            [](Sample& value) { value.type = SampleType::ipv4, value.address = {192, 0, 2, 1}; });
  EXPECT_EQ(bench.value("dump_all_vars"),
            "txn.text=\"a\\\"b\\\\c\\nd\", txn.number=-42, txn.truth=true, txn.bytes=x00ff7a, "
            "txn.address=192.0.2.1");
}

TEST(VariableDump, ListsAScopeAPrefixAndWithADelimiter) {
  DumpBench bench;
  for (const std::string name : {"txn.ab", "sess.ac", "txn.b", "req.ad"})
    bench.set(name, [](Sample& value) { value.set_integer(1); });
  EXPECT_EQ(bench.value("dump_all_vars"), "sess.ac=1, txn.ab=1, txn.b=1, req.ad=1");
  EXPECT_EQ(bench.value("dump_all_vars(txn)"), "txn.ab=1, txn.b=1");
  EXPECT_EQ(bench.value("dump_all_vars(,a)"), "sess.ac=1, txn.ab=1, req.ad=1");
  EXPECT_EQ(bench.value("dump_all_vars(txn,,;)"), "txn.ab=1;txn.b=1");
  EXPECT_EQ(bench.value("dump_all_vars(res)"), "");
  EXPECT_EQ(bench.compile("dump_all_vars(nowhere)"), std::nullopt);
}

}  // namespace
}  // namespace shunt::fetchers::test
