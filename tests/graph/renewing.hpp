// What tests of renewals share: a configuration whose certificates are in a directory of its own.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "graph/load.hpp"
#include "graph/pki/renewal_checks.hpp"
#include "graph/tls_renewal.hpp"
#include "tests/graph/certificates.hpp"

namespace shunt::graph::testing {

inline constexpr long day = 86400;

// A configuration whose certificates are in a directory of its own.
class Renewing : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return directory_.path() / name; }
  void put(const std::string& name, CertificateRecipe recipe) const {
    recipe.elliptic = true;
    recipe.begins -= day;
    recipe.ends += 60 * day;
    write_certificate(at(name), recipe);
  }
  // `line`: of a bind, `settings`: lines of `global`; with %/ for the directory.
  void load(const std::string& line, const std::string& settings = "") {
    std::string text = "global\n" + settings + "\nfrontend web\n bind 127.0.0.1:1 ssl " + line +
                       "\n default_backend app\nbackend app\n";
    for (std::size_t found; (found = text.find("%/")) != std::string::npos;)
      text.replace(found, 1, directory_.path().string());
    loaded_ = load_text("test.cfg", text, {});
    ASSERT_TRUE(loaded_->graph) << (loaded_->sink.all().empty() ? "" : loaded_->sink.all()[0].message);
    state_ = loaded_->tls;
  }
  // The findings, one a line, refusals with a '!' before them.
  std::string change(const std::vector<std::string>& names, std::time_t now = std::time(nullptr)) {
    std::set<std::string> places;
    for (const std::string& name : names) places.insert(at(name));
    for (const std::string& place : places) EXPECT_TRUE(watched_places(*state_).contains(place)) << place;
    RenewalOutcome outcome = renew(*state_, places, now);
    if (outcome.state) state_ = outcome.state;
    std::string text;
    for (const pki::RenewalFinding& finding : outcome.findings)
      text += (finding.refused ? "!" : "") + finding.text + "\n";
    for (std::size_t found; (found = text.find(directory_.path().string() + "/")) != std::string::npos;)
      text.erase(found, directory_.path().string().size() + 1);
    return text;
  }
  // Serial numbers in the order of the bind line.
  [[nodiscard]] std::string served() const {
    std::string text;
    for (const TlsCertificate& each : state_->linked(0)->certificates)
      text += pki::serial_of((*state_->store)[each.id]) + " ";
    return text;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Loaded> loaded_;
  std::shared_ptr<const TlsState> state_;
};

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

}  // namespace shunt::graph::testing
