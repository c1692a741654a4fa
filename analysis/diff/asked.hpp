// What the rules behind a bind ask of a connection: the material that witnesses are made of.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/diff/aspects.hpp"
#include "analysis/simulation.hpp"

namespace shunt::analysis {

// A value that an ACL compares, with one set of its patterns.
struct Asked {
  Aspect aspect = Aspect::none;
  acl::MatchMethod method = acl::MatchMethod::found;
  const acl::PatternSet* patterns = nullptr;  // null: the method has none
  std::size_t offset = 0;                     // of bytes, into the payload
  bool hexadecimal = false;                   // the value is written in digits
  bool cut = false;                           // a part of the value is compared (field, word, ...)
};

// Terms that have to hold together; each one by any of its alternatives.
using AskedTerm = std::vector<Asked>;
using AskedCase = std::vector<AskedTerm>;

struct AskedRule {
  parser::Span span = {};
  std::string key = {};  // equal keys: the rules say the same, whatever their ACLs are called
  std::vector<AskedCase> cases = {};
  bool chooses = false;  // a use_backend rule
};

// Why a comparison of witnesses can't be complete.
struct Caveats {
  std::set<std::string> regexes = {}, states = {}, randoms = {}, unsteered = {};
};

struct AskedOfBind {
  std::vector<AskedRule> rules = {};        // of all lists that a connection to the bind can come to
  std::vector<std::string> names = {};      // that certificates are for
  std::vector<std::string> protocols = {};  // that binds offer
  Caveats caveats = {};
};

// Hops through our own binds are followed.
[[nodiscard]] AskedOfBind asked_behind(const graph::Graph& graph, const Simulation& simulation,
                                       graph::ListenerId listener);

}  // namespace shunt::analysis
