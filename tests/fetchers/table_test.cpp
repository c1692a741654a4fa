// The tables themselves, hashes, variables, scratch memory and the cast matrix.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "fetchers/codes.hpp"
#include "fetchers/hash.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

template <class Rows>
void expect_sound(const Rows& rows) {
  EXPECT_TRUE(std::ranges::is_sorted(rows, {}, [](const auto& row) { return row.name; }));
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_NE(rows[i - 1].name, rows[i].name);
  for (const auto& row : rows) {
    const bool executable =
        row.status == Status::runs || row.status == Status::deprecated || row.status == Status::no_effect;
    EXPECT_EQ(executable, row.function != nullptr) << row.name;
    EXPECT_FALSE(row.documentation.empty()) << row.name;
  }
}

TEST(Tables, AreSortedUniqueAndComplete) {
  expect_sound(fetch_rows());
  expect_sound(converter_rows());
  EXPECT_EQ(find_fetch("req.ssl_sni")->name, "req.ssl_sni");
  EXPECT_EQ(find_fetch("zzz"), nullptr);
}

TEST(Tables, OtherNamesLeadToRowsThatExist) {
  for (const FetchRow& row : fetch_rows()) {
    EXPECT_NE(row.places, 0u) << row.name;
    for (const std::string_view name : {row.same_as, row.same_as_in_response})
      if (!name.empty()) {
        ASSERT_NE(find_fetch(name), nullptr) << row.name;
        EXPECT_EQ(find_fetch(name)->out, row.out) << row.name;
        EXPECT_TRUE(find_fetch(name)->same_as.empty()) << row.name;
      }
  }
}

TEST(Codes, AreUniqueAndExplained) {
  for (const parser::Code* code : codes::all) {
    EXPECT_FALSE(code->summary.empty()) << code->name;
    EXPECT_EQ(std::ranges::count(codes::all, code->name, &parser::Code::name), 1) << code->name;
  }
}

struct HashVector {
  std::string_view key;
  std::uint32_t crc32, djb2, sdbm, wt6, crc32c;
  std::uint32_t mixed_crc32, mixed_djb2, mixed_sdbm, mixed_wt6;
};
class Hashes : public testing::TestWithParam<HashVector> {};

TEST_P(Hashes, EqualHaproxys) {
  const HashVector& v = GetParam();
  EXPECT_EQ(hash_crc32(v.key), v.crc32);
  EXPECT_EQ(hash_djb2(v.key), v.djb2);
  EXPECT_EQ(hash_sdbm(v.key), v.sdbm);
  EXPECT_EQ(hash_wt6(v.key), v.wt6);
  EXPECT_EQ(hash_crc32c(v.key), v.crc32c);
  Bench bench;
  const std::string text = "str(\"" + std::string(v.key) + "\"),";
  EXPECT_EQ(bench.value(text + "crc32(1)"), std::to_string(v.mixed_crc32));
  EXPECT_EQ(bench.value(text + "djb2(1)"), std::to_string(v.mixed_djb2));
  EXPECT_EQ(bench.value(text + "sdbm(1)"), std::to_string(v.mixed_sdbm));
  EXPECT_EQ(bench.value(text + "wt6(1)"), std::to_string(v.mixed_wt6));
}

INSTANTIATE_TEST_SUITE_P(
    Vector1a, Hashes,
    testing::Values(HashVector{"a", 3904355907, 177670, 97, 1900802597, 3251651376, 1288200982, 3548763807,
                               1830748055, 1986649387},
                    HashVector{"ab", 2659403885, 5863208, 6363201, 314091001, 3802278198, 854450000,
                               282820760, 3352188731, 988008184},
                    HashVector{"/index.html", 3928116034, 3776231887, 858007926, 822151038, 3198995637,
                               571229468, 1889807916, 4217574924, 2986733765},
                    HashVector{"192.0.2.1", 3680567351, 1346529534, 3096601971, 331454548, 1237612741,
                               595141466, 791092658, 1487155691, 1894380125},
                    HashVector{"hello world", 222957957, 894552257, 430867652, 1866899626, 3381945770,
                               2832483188, 2328455893, 261123301, 2174767729},
                    HashVector{"0123456789abcdef", 1757737011, 3574071943, 3183779144, 3993543035, 1121128862,
                               4040127996, 3691078465, 955458673, 2840862770}));

TEST(Avalanche, HasItsKnownValues) {
  EXPECT_EQ(avalanche(0), 2874071335u);
  EXPECT_EQ(avalanche(1), 881230262u);
  EXPECT_EQ(avalanche(0xffffffff), 2120532354u);
}

// Rows: from boolean, sint, ipv4, ipv6, str, bin, method; columns: the same as targets. Taken from what
// `stick on` and converters accept.
TEST(Cast, MatrixIsHaproxys) {
  constexpr std::array types = {SampleType::boolean, SampleType::sint, SampleType::ipv4,  SampleType::ipv6,
                                SampleType::str,     SampleType::bin,  SampleType::method};
  constexpr std::array<std::string_view, 7> matrix = {"YY..YY.", "YYYYYY.", ".YYYYY.", "..YYYY.",
                                                      "YYYYYYY", "....YYY", "....YYY"};
  for (std::size_t from = 0; from < types.size(); ++from)
    for (std::size_t to = 0; to < types.size(); ++to)
      EXPECT_EQ(castable(types[from], types[to]), matrix[from][to] == 'Y')
          << type_name(types[from]) << " -> " << type_name(types[to]);
}

TEST(Cast, OnlyMappedAddressesBecomeIpv4) {
  Scratch scratch;
  Sample sample{.type = SampleType::ipv4, .address = {1, 2, 3, 4}};
  ASSERT_TRUE(cast(sample, SampleType::ipv6, scratch));
  EXPECT_EQ(sample.address[10], 0xff);
  ASSERT_TRUE(cast(sample, SampleType::ipv4, scratch));
  EXPECT_EQ(sample.address[3], 4);
  Sample real{.type = SampleType::ipv6, .address = {0x20, 1}};
  EXPECT_FALSE(cast(real, SampleType::ipv4, scratch));
}

TEST(Variables, KeepTypeAndScope) {
  ProcessVariables process;
  Variables variables(&process), other(&process);
  Scratch scratch;
  VariableNames names;
  std::string error;
  const VariableRef txn = *parse_variable("txn.a", names, error);
  const VariableRef proc = *parse_variable("proc.a", names, error);
  EXPECT_EQ(txn.name, proc.name);
  Sample text;
  {
    const std::string gone = "a text that is longer than a small string keeps inside";
    text.set_string(gone);
    variables.set(txn, text);
    variables.set(proc, text);
  }
  Sample out;
  ASSERT_TRUE(variables.get(txn, out, scratch));
  EXPECT_EQ(out.text, "a text that is longer than a small string keeps inside");
  EXPECT_TRUE(process.get(proc, out, scratch));
  EXPECT_FALSE(other.get(txn, out, scratch));
  EXPECT_TRUE(other.get(proc, out, scratch));
  variables.clear(VariableScope::transaction);
  EXPECT_FALSE(variables.get(txn, out, scratch));
  EXPECT_TRUE(variables.get(proc, out, scratch));
  variables.unset(proc);
  EXPECT_FALSE(process.get(proc, out, scratch));
}

TEST(Variables, OfTheProcessCanBeReadWhileTheyAreSet) {
  ProcessVariables process;
  VariableNames names;
  std::string error;
  const VariableRef ref = *parse_variable("proc.a", names, error);
  const std::array texts = {std::string(100, 'a'), std::string(300, 'b')};
  std::atomic<bool> torn = false;
  const auto work = [&](const std::string& text) {
    Variables variables(&process);
    Scratch scratch;
    Sample value, out;
    value.set_string(text);
    for (int i = 0; i < 2000; ++i) {
      variables.set(ref, value);
      scratch.reset();
      if (!variables.get(ref, out, scratch) || (out.text != texts[0] && out.text != texts[1])) torn = true;
    }
  };
  std::thread other(work, std::cref(texts[1]));
  work(texts[0]);
  other.join();
  EXPECT_FALSE(torn);
}

TEST(Variables, OfAStreamCostItLittle) { EXPECT_LE(sizeof(Variables), 3 * sizeof(void*)); }

TEST(Variables, BadNamesAreRefused) {
  VariableNames names;
  for (const char* text : {"", "a", "txn", "txn.", "TXN.a", "txn.a-b", "txn.a b", ".a", "foo.a"}) {
    std::string error;
    EXPECT_FALSE(parse_variable(text, names, error).has_value()) << text;
    EXPECT_FALSE(error.empty()) << text;
  }
  std::string error;
  for (const char* text : {"proc.a", "sess.a_B9", "txn.a.b", "req.x", "res.x", "check.x"})
    EXPECT_TRUE(parse_variable(text, names, error).has_value()) << text;
}

// A condition that doesn't hold leaves the variable alone and ends the chain.
TEST(Variables, SetVarConditions) {
  Bench bench;
  EXPECT_EQ(bench.value("int(5),set-var(txn.a,ifset),concat(,txn.a)"), std::nullopt);
  EXPECT_EQ(bench.value("str(),concat(,txn.a)"), "");
  EXPECT_EQ(bench.value("int(5),set-var(txn.a,ifnotset),concat(,txn.a)"), "55");
  EXPECT_EQ(bench.value("int(9),set-var(txn.a,ifnotexists),concat(,txn.a)"), std::nullopt);
  EXPECT_EQ(bench.value("int(9),set-var(txn.a,ifgt),concat(,txn.a)"), std::nullopt);
  EXPECT_EQ(bench.value("str(),concat(,txn.a)"), "5");
  EXPECT_EQ(bench.value("int(9),set-var(txn.a,iflt),concat(,txn.a)"), "99");
  EXPECT_EQ(bench.value("str(),set-var(txn.a,ifnotempty),concat(,txn.a)"), std::nullopt);
  EXPECT_EQ(bench.value("str(),concat(,txn.a)"), "9");
}

TEST(Scratch, GivesDistinctMemoryAndReusesIt) {
  Scratch scratch(64);
  const std::string_view first = scratch.copy("first");
  const std::string_view big = scratch.copy(std::string(1000, 'x'));
  const std::string_view last = scratch.copy("last");
  EXPECT_EQ(first, "first");
  EXPECT_EQ(big, std::string(1000, 'x'));
  EXPECT_EQ(last, "last");
  const char* begin = first.data();
  scratch.reset();
  EXPECT_EQ(scratch.allocate(5).data(), begin);
}

}  // namespace
}  // namespace shunt::fetchers::test
