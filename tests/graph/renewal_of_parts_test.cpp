// Changed files that certificates depend on: parameters, chains of issuers, the authority that signs.
#include <openssl/dh.h>
#include <openssl/pem.h>

#include <filesystem>
#include <map>

#include "parser/outside.hpp"
#include "tests/graph/renewing.hpp"

namespace shunt::graph::testing {
namespace {

// The well-known groups of RFC 7919, as PEM.
std::string group(const char* name) {
  EVP_PKEY* made = nullptr;
  EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr);
  EVP_PKEY_paramgen_init(context);
  EVP_PKEY_CTX_set_group_name(context, name);
  EVP_PKEY_paramgen(context, &made);
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_Parameters(memory, made);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(memory);
  EVP_PKEY_free(made);
  EVP_PKEY_CTX_free(context);
  return text;
}

int bits(const TlsState& state) {
  EVP_PKEY* const parameters = state.store->parameters(state.linked(0)->certificates.at(0).id);
  return parameters == nullptr ? 0 : EVP_PKEY_get_bits(parameters);
}

TEST_F(Renewing, ParametersOfAFile) {
  put("a.pem", {.common_name = "a.test"});
  write_file(at("dh"), group("ffdhe2048"));
  load("crt %/a.pem", "ssl-dh-param-file %/dh");
  EXPECT_EQ(bits(*state_), 2048);
  write_file(at("dh"), group("ffdhe3072"));
  EXPECT_EQ(change({"dh"}), "The Diffie-Hellman parameters of 'dh' were renewed: 3072 bits.\n");
  EXPECT_EQ(bits(*state_), 3072);
  EXPECT_EQ(change({"dh"}), "");
  write_file(at("dh"), "nothing of use\n");
  EXPECT_HAS(change({"dh"}),
             "!The file of Diffie-Hellman parameters 'dh' is not taken over, the old one stays: none can be "
             "read from it.");
  std::filesystem::remove(at("dh"));
  EXPECT_HAS(change({"dh"}), "!The file of Diffie-Hellman parameters 'dh' is not taken over");
  EXPECT_EQ(bits(*state_), 3072);
}

// 512 bits: `openssl dhparam 512`.
TEST_F(Renewing, WeakParametersAreRefused) {
  put("a.pem", {.common_name = "a.test"});
  write_file(at("dh"), group("ffdhe2048"));
  load("crt %/a.pem", "ssl-dh-param-file %/dh");
  write_file(at("dh"),
             "-----BEGIN DH PARAMETERS-----\n"
             "MEYCQQCGFSkjAyPfa8sxtnb7CJL+YrAbr6qb+tAtyc8SU9UKs/sxOhKYEn96rJoL\n"
             "ZI+D+nOQX0e5ATbGr0K2oNjucYMnAgEC\n"
             "-----END DH PARAMETERS-----\n");
  EXPECT_HAS(change({"dh"}), "they are too weak");
  EXPECT_EQ(bits(*state_), 2048);
}

// ---- nothing is said to be renewed where the line can't be used

TEST_F(Renewing, NothingIsToldWhereALineCannotBeMadeAgain) {
  put("a.pem", {.common_name = "a.test", .serial = 1});
  put("dir/b.pem", {.common_name = "b.test", .serial = 2});
  load("crt %/a.pem crt %/dir");
  auto spoilt = std::make_shared<TlsState>(*state_);
  spoilt->defaults.ciphers = {"NO-SUCH-CIPHER", {}};
  const auto before = std::exchange(state_, spoilt);
  put("a.pem", {.common_name = "a.test", .serial = 3});
  put("dir/c.pem", {.common_name = "c.test", .serial = 4});
  const std::string told = change({"a.pem", "dir"});
  EXPECT_TRUE(told.starts_with("!Nothing is taken over: ")) << told;
  EXPECT_EQ(std::ranges::count(told, '\n'), 1) << told;
  EXPECT_EQ(state_, spoilt);
  EXPECT_EQ(served(), "01 02 ");
  // Refusals are told all the same, and what was not taken over is taken when the line is good again.
  write_file(at("a.pem"), "nonsense");
  EXPECT_HAS(change({"a.pem", "dir"}), "!The certificate 'a.pem' is not taken over, the old one stays: ");
  state_ = before;
  put("a.pem", {.common_name = "a.test", .serial = 3});
  EXPECT_HAS(change({"a.pem", "dir"}), "The certificate 'a.pem' was renewed: serial 03");
  EXPECT_EQ(served(), "03 02 04 ");
}

// ---- OCSP responses that are to be fetched

class RenewingFetched : public Renewing {
 protected:
  // Paths of the certificates, with a '?' where the issuer is not known.
  [[nodiscard]] std::string fetched() const {
    std::string text;
    for (const Fetched& each : fetched_certificates(*state_)) {
      text += std::filesystem::path(each.certificate->path).filename().string();
      text += each.issuer ? " " : "? ";
    }
    return text;
  }
  MadeCertificate root_ = make_certificate({.common_name = "root", .elliptic = true, .ends = 60 * day});
  void put_issued(const std::string& name, long serial, bool with_chain = true) {
    const MadeCertificate made = make_certificate(
        {.common_name = "a.test", .elliptic = true, .ends = 60 * day, .issuer = &root_, .serial = serial});
    write_file(at(name), made.certificate + (with_chain ? root_.certificate : "") + made.key);
  }
};

TEST_F(RenewingFetched, WhatALineSaysHoldsAgainstTheDefault) {
  put_issued("a.pem", 1);
  put_issued("b.pem", 2);
  put_issued("c.pem", 3);
  write_file(at("list"),
             at("a.pem") + " [ocsp-update on]\n" + at("b.pem") + " [ocsp-update off]\n" + at("c.pem"));
  load("crt-list %/list");
  EXPECT_EQ(fetched(), "a.pem ");
  EXPECT_EQ(state_->linked(0)->variants.size(), 0U) << "it is no setting of connections";
  load("crt-list %/list", "ocsp-update.mode on");
  EXPECT_EQ(fetched(), "a.pem c.pem ");
  load("crt-list %/list", "ocsp-update.mode on\nocsp-update.disable on");
  EXPECT_EQ(fetched(), "");
}

TEST_F(RenewingFetched, CertificatesAndWishesAreRenewed) {
  put_issued("a.pem", 1);
  put_issued("b.pem", 2);
  write_file(at("list"), at("a.pem") + " [ocsp-update on]\n");
  load("crt %/b.pem crt-list %/list");
  put_issued("a.pem", 3);
  EXPECT_HAS(change({"a.pem"}), "serial 03");
  ASSERT_EQ(fetched(), "a.pem ");
  EXPECT_EQ(pki::serial_of(*fetched_certificates(*state_)[0].certificate), "03");
  write_file(at("list"), at("a.pem") + "\n");
  EXPECT_HAS(change({"list"}), "was read again");
  EXPECT_EQ(fetched(), "");
  write_file(at("list"), at("a.pem") + " [ocsp-update on]\n" + at("b.pem") + " [ocsp-update on]\n");
  EXPECT_HAS(change({"list"}), "is on in one place and off in another");
  EXPECT_EQ(fetched(), "");
  write_file(at("list"), at("a.pem") + " [ocsp-update on]\n" + at("b.pem") + " [ocsp-update off]\n");
  EXPECT_HAS(change({"list"}), "was read again");
  EXPECT_EQ(fetched(), "a.pem ");
}

TEST_F(RenewingFetched, AnIssuerBesideComesLater) {
  put_issued("a.pem", 1, false);
  load("crt %/a.pem", "ocsp-update.mode on");
  EXPECT_EQ(fetched(), "a.pem? ");
  write_file(at("a.pem.issuer"), make_certificate({.common_name = "other", .elliptic = true}).certificate);
  EXPECT_EQ(change({"a.pem.issuer"}), "");
  write_file(at("a.pem.issuer"), root_.certificate);
  EXPECT_EQ(change({"a.pem.issuer"}), "The issuer of 'a.pem' was read again.\n");
  EXPECT_EQ(fetched(), "a.pem ");
  std::filesystem::remove(at("a.pem.issuer"));
  EXPECT_EQ(change({"a.pem.issuer"}), "");
  EXPECT_EQ(fetched(), "a.pem ");
}

class RenewingIssuers : public Renewing {
 protected:
  void SetUp() override { std::filesystem::create_directory(at("issuers")); }
  MadeCertificate authority(const std::string& name) {
    return make_certificate({.common_name = name, .elliptic = true, .ends = 60 * day});
  }
  MadeCertificate leaf(const MadeCertificate& by, long serial = 1) {
    return make_certificate({.common_name = "a.test",
                             .elliptic = true,
                             .ends = 60 * day,
                             .issuer = &by,
                             .serial = serial,
                             .identifies_issuer = true});
  }
  void load_with_issuers() { load("crt %/a.pem", "issuers-chain-path %/issuers"); }
  [[nodiscard]] std::size_t chain() const {
    return (*state_->store)[state_->linked(0)->certificates.at(0).id].chain.size();
  }
};

TEST_F(RenewingIssuers, AChainThatComesLater) {
  const MadeCertificate root = authority("root"), one = leaf(root);
  write_file(at("a.pem"), one.certificate + one.key);
  load_with_issuers();
  EXPECT_EQ(chain(), 0u);
  write_file(at("issuers/root.pem"), root.certificate);
  const std::string told = change({"issuers"});
  EXPECT_HAS(told, "The issuers of 'issuers' were read again: 1 chain.\n");
  EXPECT_HAS(told, "The certificate 'a.pem' was renewed: serial 01");
  EXPECT_EQ(chain(), 1u);
  EXPECT_EQ(change({"issuers"}), "");
}

TEST_F(RenewingIssuers, AChainThatWasWholeStaysSo) {
  const MadeCertificate root = authority("root"), one = leaf(root);
  write_file(at("a.pem"), one.certificate + one.key);
  write_file(at("issuers/root.pem"), root.certificate);
  load_with_issuers();
  EXPECT_EQ(chain(), 1u);
  write_file(at("issuers/root.pem"), authority("other").certificate);
  EXPECT_HAS(
      change({"issuers"}),
      "!The certificate 'a.pem' is not taken over, the old one stays: its chain of issuers is missing or "
      "broken.\n");
  EXPECT_EQ(chain(), 1u);
  std::filesystem::remove_all(at("issuers"));
  EXPECT_HAS(change({"issuers"}), "!The directory of issuers 'issuers' is not taken over");
  EXPECT_EQ(chain(), 1u);
}

// A certificate and the issuers that it needs come together, or one after the other.
TEST_F(RenewingIssuers, ANewCertificateOfANewIssuer) {
  const MadeCertificate root = authority("root"), next = authority("next");
  const MadeCertificate one = leaf(root), two = leaf(next, 2);
  write_file(at("a.pem"), one.certificate + one.key);
  write_file(at("issuers/root.pem"), root.certificate);
  load_with_issuers();
  write_file(at("a.pem"), two.certificate + two.key);
  EXPECT_HAS(change({"a.pem"}), "its chain of issuers is missing or broken");
  write_file(at("issuers/next.pem"), next.certificate);
  EXPECT_HAS(change({"issuers"}), "The certificate 'a.pem' was renewed: serial 02");
  EXPECT_EQ(served(), "02 ");
  EXPECT_EQ(chain(), 1u);
}

// ---- the authority that signs

// Counts how often each file is read.
class Counting : public parser::Outside {
 public:
  [[nodiscard]] parser::Reply ask(parser::Question question, const std::string& argument) override {
    if (question == parser::Question::read) ++reads[std::filesystem::path(argument).filename()];
    return parser::machine().ask(question, argument);
  }
  std::map<std::string, int> reads;
};

class RenewingSigner : public Renewing {
 protected:
  void sign_with(long serial) { put("ca.pem", {.common_name = "signer", .serial = serial}); }
  void load_signing() {
    put("a.pem", {.common_name = "a.test"});
    load(
        "crt %/a.pem generate-certificates ca-sign-file %/ca.pem\n bind 127.0.0.1:2 ssl crt %/a.pem "
        "generate-certificates ca-sign-file %/ca.pem");
  }
  [[nodiscard]] std::string signer(std::size_t line = 0) const {
    return pki::serial_of(*state_->lines.at(line).linked->signer);
  }
};

TEST_F(RenewingSigner, IsTakenOverOnAllItsLines) {
  sign_with(1);
  load_signing();
  EXPECT_EQ(signer(0) + signer(1), "0101");
  sign_with(2);
  const std::string told = change({"ca.pem"});
  EXPECT_TRUE(told.starts_with("The signing authority 'ca.pem' was renewed: serial 02, valid until "))
      << told;
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
  EXPECT_EQ(signer(0) + signer(1), "0202");
  EXPECT_EQ(state_->lines[0].linked->signer, state_->lines[1].linked->signer);
  EXPECT_EQ(change({"ca.pem"}), "");
}

TEST_F(RenewingSigner, StaysWhereTheFileIsBad) {
  sign_with(1);
  load_signing();
  const auto before = state_->lines[0].linked->signer;
  write_file(at("ca.pem"), "nothing\n");
  EXPECT_HAS(change({"ca.pem"}),
             "!The signing authority 'ca.pem' is not taken over, the old one stays: no certificate of an "
             "authority in");
  write_certificate(at("ca.pem"),
                    {.common_name = "signer", .elliptic = true, .begins = -9 * day, .ends = -2 * day});
  EXPECT_HAS(change({"ca.pem"}), "it expired on");
  EXPECT_EQ(state_->lines[0].linked->signer, before);
}

TEST_F(RenewingSigner, ItsKeyMayBeInAFileOfItsOwn) {
  const MadeCertificate one =
      make_certificate({.common_name = "signer", .elliptic = true, .ends = 60 * day, .serial = 1});
  const MadeCertificate two =
      make_certificate({.common_name = "signer", .elliptic = true, .ends = 60 * day, .serial = 2});
  write_file(at("ca.pem"), one.certificate);
  write_file(at("ca.pem.key"), one.key);
  load_signing();
  write_file(at("ca.pem"), two.certificate);
  EXPECT_HAS(change({"ca.pem"}), "the private key doesn't belong");
  write_file(at("ca.pem.key"), two.key);
  EXPECT_HAS(change({"ca.pem.key"}), "was renewed: serial 02");
}

TEST_F(RenewingSigner, IsNotReadForOtherChanges) {
  sign_with(1);
  load_signing();
  const auto before = state_->lines[0].linked->signer;
  put("a.pem", {.common_name = "a.test", .serial = 7});
  Counting counting;
  {
    const parser::OutsideScope scope(counting);
    EXPECT_HAS(change({"a.pem"}), "was renewed: serial 07");
  }
  EXPECT_EQ(counting.reads["ca.pem"], 0);
  EXPECT_NE(counting.reads["a.pem"], 0);
  EXPECT_EQ(state_->lines[0].linked->signer, before);
}

}  // namespace
}  // namespace shunt::graph::testing
