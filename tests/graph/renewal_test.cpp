// Changed files of certificates: what is taken over, what is refused and stays, and what is said of it.
#include <gtest/gtest.h>
#include <algorithm>

#include <ctime>

#include "graph/pki/renewal_checks.hpp"
#include "tests/graph/renewing.hpp"

namespace shunt::graph::testing {
namespace {

TEST_F(Renewing, TakesABetterCertificate) {
  put("a.pem", {.common_name = "a.test", .serial = 1});
  load("crt %/a.pem");
  put("a.pem", {.common_name = "a.test", .serial = 2});
  EXPECT_HAS(change({"a.pem"}), "The certificate 'a.pem' was renewed: serial 02, valid until ");
  EXPECT_EQ(served(), "02 ");
  // The store that was in use is as it was.
  EXPECT_EQ(pki::serial_of((*loaded_->graph->certificates)[0]), "01");
}

TEST_F(Renewing, TheSameAgainIsNoChange) {
  put("a.pem", {.common_name = "a.test"});
  load("crt %/a.pem");
  EXPECT_EQ(change({"a.pem"}), "");
}

TEST_F(Renewing, RefusesWhatIsBroken) {
  put("a.pem", {.common_name = "a.test", .serial = 1});
  load("crt %/a.pem");
  const MadeCertificate good =
      make_certificate({.common_name = "a.test", .elliptic = true, .ends = 60 * day});
  const MadeCertificate other =
      make_certificate({.common_name = "a.test", .elliptic = true, .ends = 60 * day});
  const MadeCertificate old =
      make_certificate({.common_name = "a.test", .elliptic = true, .begins = -9 * day, .ends = -2 * day});
  const MadeCertificate early =
      make_certificate({.common_name = "a.test", .elliptic = true, .begins = day, .ends = 9 * day});
  const MadeCertificate foreign =
      make_certificate({.common_name = "b.test", .elliptic = true, .ends = 60 * day});
  const std::pair<std::string, std::string> cases[] = {
      {good.certificate.substr(0, 200), "no certificate in"},
      {"", "no certificate in"},
      {good.certificate, "no usable private key"},
      {good.certificate + good.key.substr(0, 100), "no usable private key"},
      {good.certificate + other.key, "the private key doesn't belong"},
      {old.certificate + old.key, "it expired on"},
      {early.certificate + early.key, "it is not valid before"},
      {foreign.certificate + foreign.key, "it does not cover the name 'a.test'"}};
  for (const auto& [text, why] : cases) {
    write_file(at("a.pem"), text);
    const std::string told = change({"a.pem"});
    EXPECT_TRUE(told.starts_with("!The certificate 'a.pem' is not taken over, the old one stays: ")) << told;
    EXPECT_HAS(told, why);
    EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
    EXPECT_EQ(served(), "01 ");
  }
  put("a.pem", {.common_name = "a.test", .serial = 2});
  EXPECT_HAS(change({"a.pem"}), "was renewed");
  EXPECT_EQ(served(), "02 ");
}

TEST_F(Renewing, AWildcardCoversANameButNotTheOtherWayRound) {
  EXPECT_TRUE(pki::covers({"*.b.test"}, "a.b.test"));
  EXPECT_FALSE(pki::covers({"*.b.test"}, "b.test"));
  EXPECT_FALSE(pki::covers({"*.b.test"}, "x.a.b.test"));
  EXPECT_FALSE(pki::covers({"a.b.test"}, "*.b.test"));
  EXPECT_TRUE(pki::covers({"x", "*.b.test"}, "*.b.test"));
}

TEST_F(Renewing, AddressesMustStayCovered) {
  const std::vector<std::string> both = {"IP:192.0.2.1", "IP:2001:db8::1"};
  put("a.pem", {.common_name = "a.test", .alternative_names = both, .serial = 1});
  load("crt %/a.pem");
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"IP:192.0.2.1"}, "'2001:db8::1'"},
      {{"IP:2001:db8::1"}, "'192.0.2.1'"},
      {{"IP:2001:db8::1", "IP:192.0.2.2"}, "'192.0.2.1'"},
      {{"192.0.2.1", "2001-db8--1"}, "'192.0.2.1'"}};  // names of hosts are no addresses
  for (const auto& [names, lost] : cases) {
    put("a.pem", {.common_name = "a.test", .alternative_names = names, .serial = 2});
    EXPECT_EQ(
        change({"a.pem"}),
        "!The certificate 'a.pem' is not taken over, the old one stays: it does not cover the address " +
            lost + ".\n");
    EXPECT_EQ(served(), "01 ");
  }
  put("a.pem", {.common_name = "a.test",
                .alternative_names = {"IP:2001:db8::1", "IP:192.0.2.9", "IP:192.0.2.1"},
                .serial = 3});
  EXPECT_HAS(change({"a.pem"}), "was renewed: serial 03");
  EXPECT_EQ(served(), "03 ");
}

TEST_F(Renewing, KeyBesideComesLater) {
  const MadeCertificate one = make_certificate({.common_name = "a.test", .elliptic = true, .ends = 60 * day});
  const MadeCertificate two =
      make_certificate({.common_name = "a.test", .elliptic = true, .ends = 60 * day, .serial = 2});
  write_file(at("a.pem"), one.certificate);
  write_file(at("a.pem.key"), one.key);
  load("crt %/a.pem");
  write_file(at("a.pem"), two.certificate);
  EXPECT_HAS(change({"a.pem"}), "!The certificate 'a.pem' is not taken over");
  write_file(at("a.pem.key"), two.key);
  EXPECT_HAS(change({"a.pem.key"}), "was renewed: serial 02");
}

TEST_F(Renewing, AChainThatWasWholeMustStaySo) {
  const MadeCertificate root = make_certificate({.common_name = "root", .elliptic = true, .ends = 60 * day});
  const MadeCertificate other = make_certificate({.common_name = "root", .elliptic = true, .ends = 60 * day});
  const auto leaf = [&](long serial) {
    return make_certificate(
        {.common_name = "a.test", .elliptic = true, .ends = 60 * day, .issuer = &root, .serial = serial});
  };
  const MadeCertificate one = leaf(1), two = leaf(2);
  write_file(at("a.pem"), one.certificate + root.certificate + one.key);
  load("crt %/a.pem");
  for (const std::string& chain : {std::string(), other.certificate}) {
    write_file(at("a.pem"), two.certificate + chain + two.key);
    EXPECT_HAS(change({"a.pem"}), "its chain of issuers is missing or broken");
  }
  write_file(at("a.pem"), two.certificate + root.certificate + two.key);
  EXPECT_HAS(change({"a.pem"}), "was renewed: serial 02");
}

TEST_F(Renewing, DirectoryGainsAndLosesCertificates) {
  put("dir/a.pem", {.common_name = "a.test", .serial = 1});
  put("dir/b.pem", {.common_name = "b.test", .serial = 2});
  load("crt %/dir");
  put("dir/c.pem", {.common_name = "c.test", .serial = 3});
  EXPECT_EQ(change({"dir"}), "The certificate 'dir/c.pem' was added.\n");
  EXPECT_EQ(served(), "01 02 03 ");
  std::filesystem::remove(at("dir/b.pem"));
  EXPECT_EQ(change({"dir", "dir/b.pem"}), "The certificate 'dir/b.pem' was removed.\n");
  EXPECT_EQ(served(), "01 03 ");
  put("dir/b.pem", {.common_name = "b.test", .serial = 4});
  EXPECT_EQ(change({"dir", "dir/b.pem"}), "The certificate 'dir/b.pem' was added.\n");
  EXPECT_EQ(served(), "01 04 03 ");
  std::filesystem::remove_all(at("dir"));
  EXPECT_HAS(change({"dir", "dir/a.pem", "dir/b.pem", "dir/c.pem"}),
             "!The directory 'dir' is not taken over");
  EXPECT_EQ(served(), "01 04 03 ");
}

TEST_F(Renewing, ABadNewcomerIsLeftOut) {
  put("dir/a.pem", {.common_name = "a.test", .serial = 1});
  load("crt %/dir");
  write_file(at("dir/b.pem"), "nonsense");
  put("dir/c.pem", {.common_name = "c.test", .serial = 3});
  change({"dir"});
  EXPECT_EQ(served(), "01 03 ");
  put("dir/b.pem", {.common_name = "b.test", .serial = 2});
  EXPECT_EQ(change({"dir"}), "The certificate 'dir/b.pem' was added.\n");
  EXPECT_EQ(served(), "01 02 03 ");
}

TEST_F(Renewing, ABrokenSigningAuthorityKeepsNothingElseBack) {
  put("a.pem", {.common_name = "a.test", .serial = 1});
  put("sign.pem", {.common_name = "ca"});
  load("crt %/a.pem generate-certificates ca-sign-file %/sign.pem");
  write_file(at("sign.pem"), "nonsense");
  put("a.pem", {.common_name = "a.test", .serial = 2});
  const std::string told = change({"a.pem", "sign.pem"});
  EXPECT_HAS(told, "!The signing authority 'sign.pem' is not taken over, the old one stays: ");
  EXPECT_HAS(told, "The certificate 'a.pem' was renewed: serial 02");
  EXPECT_EQ(served(), "02 ");
}

TEST_F(Renewing, ListIsReadAgain) {
  put("a.pem", {.common_name = "a.test", .serial = 1});
  put("b.pem", {.common_name = "b.test", .serial = 2});
  write_file(at("list"), at("a.pem") + " [alpn h2] one.test\n");
  load("crt-list %/list");
  EXPECT_EQ(state_->linked(0)->variants.size(), 1U);
  write_file(at("list"),
             at("b.pem") + " two.test\n" + at("a.pem") + " [alpn http/1.1 ssl-min-ver TLSv1.3]\n");
  EXPECT_EQ(change({"list"}), "The list of certificates 'list' was read again.\n");
  EXPECT_EQ(served(), "02 01 ");
  EXPECT_EQ(state_->linked(0)->certificates[0].names, std::vector<std::string>{"two.test"});
  EXPECT_EQ(state_->linked(0)->variants[0].min_version, "TLSv1.3");
  EXPECT_TRUE(watched_places(*state_).contains(at("b.pem")));
  for (const std::string bad : {"[nonsense", "", "/nonexistent.pem"}) {
    write_file(at("list"), bad == "" ? "" : at("a.pem") + "\n" + bad + "\n");
    EXPECT_TRUE(change({"list"}).starts_with("!The list of certificates 'list' is not taken over")) << bad;
    EXPECT_EQ(served(), "02 01 ");
  }
  put("b.pem", {.common_name = "b.test", .serial = 5});
  EXPECT_HAS(change({"b.pem"}), "serial 05");
  EXPECT_EQ(served(), "05 01 ");
}

TEST_F(Renewing, EqualOptionsInAListAreOneSet) {
  put("a.pem", {.common_name = "a.test", .serial = 1});
  put("b.pem", {.common_name = "b.test", .serial = 2});
  write_file(at("list"), at("a.pem") + " [alpn h2] one.test\n" + at("b.pem") + " [ alpn h2 ]\n");
  load("crt-list %/list");
  EXPECT_EQ(state_->linked(0)->variants.size(), 1U);
}

TEST_F(Renewing, Authorities) {
  put("a.pem", {.common_name = "a.test"});
  const auto authority = [](long ends) {
    return make_certificate({.common_name = "ca", .elliptic = true, .begins = -9 * day, .ends = ends - day})
        .certificate;
  };
  const std::string one = authority(day), two = authority(2 * day), old = authority(-day);
  write_file(at("ca.pem"), one);
  load("crt %/a.pem verify required ca-file %/ca.pem");
  const auto* const before = &state_->store->authorities(0);
  for (const std::string& bad : {std::string("nonsense"), old}) {
    write_file(at("ca.pem"), bad);
    EXPECT_TRUE(change({"ca.pem"}).starts_with("!The file of authorities 'ca.pem' is not taken over"));
    EXPECT_EQ(&state_->store->authorities(0), before);
  }
  write_file(at("ca.pem"), one + two);
  EXPECT_EQ(change({"ca.pem"}),
            "The authorities of 'ca.pem' were renewed: 2 certificates, 0 lists of revocations.\n");
  EXPECT_NE(&state_->store->authorities(0), before);
}

TEST_F(Renewing, TicketKeys) {
  put("a.pem", {.common_name = "a.test"});
  const auto keys = [](char letter) {
    std::string text;
    for (int i = 0; i < 3; ++i) text += std::string(63, letter) + static_cast<char>('A' + i) + "\n";
    return text;
  };
  write_file(at("keys"), keys('A'));
  load("crt %/a.pem tls-ticket-keys %/keys");
  const auto before = state_->linked(0)->ticket_keys;
  write_file(at("keys"), "AAAA\n");
  EXPECT_TRUE(change({"keys"}).starts_with("!The file of ticket keys 'keys' is not taken over"));
  EXPECT_EQ(state_->linked(0)->ticket_keys, before);
  write_file(at("keys"), keys('B'));
  EXPECT_EQ(change({"keys"}), "The ticket keys of 'keys' were renewed.\n");
  EXPECT_NE(state_->linked(0)->ticket_keys, before);
}

TEST_F(Renewing, WarnsBeforeTheEnd) {
  put("a.pem", {.common_name = "a.test"});  // for 62 days: a fifth of that is less than two weeks
  load("crt %/a.pem");
  const std::time_t end = pki::expiry_of((*state_->store)[0]);
  EXPECT_TRUE(expiry_warnings(*state_, end - 13 * day).empty());
  ASSERT_EQ(expiry_warnings(*state_, end - 12 * day).size(), 1U);
  EXPECT_HAS(expiry_warnings(*state_, end - 12 * day)[0], " expires on ");
  EXPECT_HAS(expiry_warnings(*state_, end + 1)[0], " expired on ");
}

}  // namespace
}  // namespace shunt::graph::testing
