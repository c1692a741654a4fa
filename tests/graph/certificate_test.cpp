// Loading of certificates and the choice among them, with the vectors of reference/algorithms.md section 10.
#include <gtest/gtest.h>

#include "graph/pki/certificate_store.hpp"
#include "tests/graph/certificates.hpp"

namespace shunt::graph::pki {
namespace {

using graph::testing::make_certificate;
using graph::testing::TemporaryDirectory;
using graph::testing::write_certificate;
using graph::testing::write_file;

class Certificates : public ::testing::Test {
 protected:
  std::string file(const std::string& name) { return directory_.path() / name; }
  std::vector<std::uint32_t> load(const std::string& path) {
    auto loaded = store_.load(path);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? loaded.value() : std::vector<std::uint32_t>{};
  }
  std::uint32_t make(const std::string& name, const graph::testing::CertificateRecipe& recipe) {
    write_certificate(file(name), recipe);
    const auto ids = load(file(name));
    return ids.empty() ? 0xffffffff : ids[0];
  }
  TemporaryDirectory directory_;
  CertificateStore store_;
};

TEST_F(Certificates, NamesAreAlternativesAndCommonNameInLowerCase) {
  const auto id = make("x.pem", {.common_name = "CnOnly.test", .alternative_names = {"S1.test", "*.W.test"}});
  EXPECT_EQ(store_[id].names, (std::vector<std::string>{"s1.test", "*.w.test", "cnonly.test"}));
  EXPECT_EQ(store_[id].kind, KeyKind::rsa);
}

TEST_F(Certificates, KeyBeside) {
  const auto made = make_certificate({.common_name = "a.test", .elliptic = true});
  write_file(file("a.pem"), made.certificate);
  write_file(file("a.pem.key"), made.key);
  const auto ids = load(file("a.pem"));
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_EQ(store_[ids[0]].kind, KeyKind::ecdsa);
}

TEST_F(Certificates, ChainKeepsItsOrder) {
  const auto leaf = make_certificate({.common_name = "leaf.test"});
  const auto one = make_certificate({.common_name = "one.test"});
  const auto two = make_certificate({.common_name = "two.test"});
  write_file(file("c.pem"), leaf.certificate + one.certificate + two.certificate + leaf.key);
  const auto ids = load(file("c.pem"));
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_EQ(store_[ids[0]].chain.size(), 2u);
  EXPECT_EQ(store_[ids[0]].names, std::vector<std::string>{"leaf.test"});
}

TEST_F(Certificates, FaultsNameTheFile) {
  const auto one = make_certificate({.common_name = "one.test"});
  const auto two = make_certificate({.common_name = "two.test"});
  write_file(file("mismatch.pem"), one.certificate + two.key);
  write_file(file("keyless.pem"), one.certificate);
  write_file(file("text.pem"), "hello\n");
  const std::pair<std::string, std::string> cases[] = {{"mismatch.pem", "doesn't belong"},
                                                       {"keyless.pem", "no usable private key"},
                                                       {"text.pem", "no certificate in"},
                                                       {"absent.pem", "there is no certificate file"}};
  for (const auto& [name, expected] : cases) {
    const auto loaded = store_.load(file(name));
    ASSERT_FALSE(loaded) << name;
    EXPECT_NE(loaded.error().message.find(expected), std::string::npos) << loaded.error().message;
    EXPECT_NE(loaded.error().message.find(file(name)), std::string::npos) << loaded.error().message;
  }
}

TEST_F(Certificates, DirectoryInByteOrderWithoutDotFiles) {
  for (const std::string name : {"b", "Z", "10-a", "2-b"}) {
    write_certificate(file("dir/" + name), {.common_name = name + ".test"});
  }
  write_file(file("dir/.hidden"), "not a certificate");
  std::vector<std::string> names;
  for (const auto id : load(file("dir"))) names.push_back(store_[id].names.at(0));
  EXPECT_EQ(names, (std::vector<std::string>{"10-a.test", "2-b.test", "z.test", "b.test"}));
}

TEST_F(Certificates, SameFileIsLoadedOnce) {
  const auto id = make("a.pem", {.common_name = "a.test"});
  EXPECT_EQ(load(file("a.pem")), std::vector<std::uint32_t>{id});
  EXPECT_EQ(store_.size(), 1u);
}

TEST_F(Certificates, BundleOfKinds) {
  write_certificate(file("site.pem.rsa"), {.common_name = "site.test"});
  write_certificate(file("site.pem.ecdsa"), {.common_name = "site.test", .elliptic = true});
  const auto ids = load(file("site.pem"));
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_EQ(store_[ids[0]].kind, KeyKind::rsa);
  EXPECT_EQ(store_[ids[1]].kind, KeyKind::ecdsa);
}

// The vectors 10a: which file answers which name.
TEST_F(Certificates, ExactBeforeWildcardBeforeDefault) {
  const auto def = make("def", {.common_name = "def.test"});
  const auto a = make("a", {.common_name = "a.test"});
  const auto wild = make("wild", {.common_name = "*.w.test"});
  const auto exact = make("exact", {.common_name = "x.w.test"});
  const auto upper = make("upper", {.common_name = "UPPER.Test"});
  const CertificateIndex index(store_, {def, a, wild, exact, upper});
  const auto find = [&](std::string_view name) { return index.find(name, {}); };
  EXPECT_EQ(find("a.test"), a);
  EXPECT_EQ(find("A.TEST"), a);
  EXPECT_EQ(find("x.w.test"), exact);
  EXPECT_EQ(find("y.w.test"), wild);
  EXPECT_EQ(find("upper.test"), upper);
  for (const auto* name : {"z.y.w.test", "w.test", "unknown", "", "a.test."}) {
    EXPECT_EQ(find(name), std::nullopt) << name;
  }
  EXPECT_EQ(index.default_certificate({}), def);
}

TEST_F(Certificates, CapableClientsGetTheEcdsaOne) {
  const auto rsa = make("rsa", {.common_name = "dual.test"});
  const auto ecdsa = make("ecdsa", {.common_name = "dual.test", .elliptic = true});
  for (const CertificateIndex& index :
       {CertificateIndex(store_, {rsa, ecdsa}), CertificateIndex(store_, {ecdsa, rsa})}) {
    EXPECT_EQ(index.find("dual.test", {.rsa = true, .ecdsa = true}), ecdsa);
    EXPECT_EQ(index.find("dual.test", {.rsa = true, .ecdsa = false}), rsa);
    EXPECT_EQ(index.find("dual.test", {.rsa = false, .ecdsa = true}), ecdsa);
  }
}

TEST_F(Certificates, DefaultOfABundleSuitsTheClient) {
  const auto rsa = make("rsa", {.common_name = "dual.test"});
  const auto ecdsa = make("ecdsa", {.common_name = "dual.test", .elliptic = true});
  const CertificateIndex bundle(store_, {rsa, ecdsa}, 2), two(store_, {rsa, ecdsa});
  EXPECT_EQ(bundle.default_certificate({.rsa = true, .ecdsa = true}), ecdsa);
  EXPECT_EQ(bundle.default_certificate({.rsa = true, .ecdsa = false}), rsa);
  EXPECT_EQ(bundle.default_certificate({.rsa = false, .ecdsa = true}), ecdsa);
  EXPECT_EQ(two.default_certificate({.rsa = false, .ecdsa = true}), rsa) << "another line's certificate";
}

TEST_F(Certificates, EcdsaWildcardBeatsExactRsa) {
  const auto exact = make("exact", {.common_name = "a.test"});
  const auto wild = make("wild", {.common_name = "*.test", .elliptic = true});
  const CertificateIndex index(store_, {exact, wild});
  EXPECT_EQ(index.find("a.test", {}), wild);
  EXPECT_EQ(index.find("a.test", {.rsa = true, .ecdsa = false}), exact);
}

TEST_F(Certificates, FirstOfEqualNames) {
  const auto first = make("1", {.common_name = "dup.test"});
  const auto second = make("2", {.common_name = "dup.test"});
  EXPECT_EQ(CertificateIndex(store_, {first, second}).find("dup.test", {}), first);
}

// crt-list: a line's filters stand for the certificate's own names, its exclusions for what a wildcard leaves
// to the next line.
TEST_F(Certificates, FiltersReplaceNamesAndExclusionsLeaveThemToOthers) {
  const auto def = make("def", {.common_name = "def.test"});
  const auto wild = make("wild", {.common_name = "*.w.test"});
  const auto next = make("next", {.common_name = "next.test"});
  const std::vector<std::string> none, names = {"*.w.test", "foo.test"}, wildcard = {"*.w.test"},
                                       excluded = {"x.w.test"};
  const CertificateIndex index(store_,
                               {{.certificate = def, .names = &none},
                                {.certificate = wild, .names = &names, .excluded = &excluded},
                                {.certificate = next, .names = &wildcard}},
                               {0});
  EXPECT_EQ(index.find("y.w.test", {}), 1u) << "the first line of the two";
  EXPECT_EQ(index.find("x.w.test", {}), 2u);
  EXPECT_EQ(index.find("X.W.TEST", {}), 2u);
  EXPECT_EQ(index.find("foo.test", {}), 1u);
  for (const auto* name : {"def.test", "next.test", "w.test", "a.y.w.test"})
    EXPECT_EQ(index.find(name, {}), std::nullopt) << name;
  EXPECT_EQ(index.default_certificate({}), 0u);
}

TEST_F(Certificates, SeveralDefaultsForDifferentKinds) {
  const auto rsa = make("rsa", {.common_name = "a.test"});
  const auto ecdsa = make("ecdsa", {.common_name = "b.test", .elliptic = true});
  const CertificateIndex index(store_, {{.certificate = rsa}, {.certificate = ecdsa}}, {1, 0});
  EXPECT_EQ(index.default_certificate({.rsa = true, .ecdsa = true}), 1u);
  EXPECT_EQ(index.default_certificate({.rsa = true, .ecdsa = false}), 0u);
}

TEST(TlsSettings, ListsAreJudgedByOpenSsl) {
  EXPECT_FALSE(check_settings("", "", ""));
  EXPECT_FALSE(check_settings("ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256", "X25519:P-256"));
  EXPECT_TRUE(check_settings("NO-SUCH-CIPHER", "", ""));
  EXPECT_TRUE(check_settings("", "TLS_NO_SUCH", ""));
  EXPECT_TRUE(check_settings("", "", "no-such-curve"));
}

}  // namespace
}  // namespace shunt::graph::pki
