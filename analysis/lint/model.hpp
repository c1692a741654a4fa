// What lints read: the sections of a configuration with their rules, conditions and ACLs taken apart, whether
// this build executes the lines or not.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "acl/address_pattern.hpp"
#include "acl/number_pattern.hpp"
#include "acl/pattern_set.hpp"
#include "fetchers/rows.hpp"
#include "graph/config.hpp"
#include "parser/condition_tree.hpp"
#include "parser/expression_tree.hpp"

namespace shunt::analysis::model {

namespace config = graph::config;
using acl::MatchMethod;
using parser::Line;
using parser::Span;
using parser::Word;

// ---- conditions
// -----------------------------------------------------------------------------------------------------

struct Pattern {
  std::string_view text;  // trimmed as the method compares it; an operator before a number is applied
  Span span = {};
  acl::NumberRange range = {};               // int, len
  std::optional<acl::Network> network = {};  // ip
};

// A sample expression under the names that the tables use today ("req_ssl_sni" is "req.ssl_sni").
struct Sample {
  std::string key;    // canonical text: equal texts are equal values
  std::string fetch;  // the row's name; empty: unknown
  const fetchers::FetchRow* row = nullptr;
  std::vector<parser::Call> converters = {};
  std::vector<std::string> arguments = {};
  Span span = {};       // the whole expression
  Span name_span = {};  // the fetch's name
};

// One criterion with its patterns: a line of an ACL, or what stands between braces.
struct Test {
  Sample sample;
  MatchMethod method = MatchMethod::str;
  bool ignore_case = false;
  bool exact = false;  // the patterns are all there is to know: no file, no name to resolve, a known method
  bool files = false;
  std::vector<Pattern> patterns = {};
  Span span = {};
};

// Several lines of one name are alternatives.
struct Acl {
  std::string_view name;  // empty: anonymous
  std::vector<Test> tests = {};
  std::vector<Span> names = {};  // where each line says the name
  bool predefined = false;
  mutable bool used = false;
};

struct Term {
  bool negated = false;
  const Acl* acl = nullptr;  // null: unknown, or one that is defined nowhere
  Span span = {};
};
using Conjunction = std::vector<Term>;

struct Condition {
  bool given = false;
  bool unless = false;
  std::vector<Conjunction> alternatives = {};
  Span span = {};
};

// ---- rules
// ----------------------------------------------------------------------------------------------------------

enum class List : std::uint8_t {
  connection,
  session,
  content,
  response,
  http_request,
  http_response,
  http_after,
  redirects,
  switches,
  server_rules,
  other
};
inline constexpr std::size_t list_count = 11;
[[nodiscard]] std::string_view list_name(List list);  // "tcp-request content"

struct Rule {
  List list = List::other;
  std::string_view action;           // "accept", "set-header"; the name of use_backend and use-server
  std::span<const Word> words = {};  // from the action to before the condition
  Condition condition = {};
  std::vector<Sample> samples = {};  // what the action itself reads
  bool computed = false;             // a name made of an expression
  Span span = {};
};

// ---- proxies
// --------------------------------------------------------------------------------------------------------

struct Proxy {
  const config::Proxy* said = nullptr;
  const parser::Section* section = nullptr;
  std::uint32_t id = 0;
  std::unordered_map<std::string_view, Acl*> acls = {};
  std::vector<const Acl*> acl_order = {};
  std::vector<Rule> rules[list_count] = {};
  std::vector<Sample> samples = {};  // of other lines: balance, stick, log formats in rules
  const Proxy* defaults = nullptr;   // whose rules come first

  [[nodiscard]] const std::vector<Rule>& of(List list) const { return rules[static_cast<std::size_t>(list)]; }
  [[nodiscard]] bool http() const;  // mode http
  [[nodiscard]] bool tcp() const;   // mode tcp, or none named
  // The same said by the file: a part of a configuration may get its mode from the defaults of another file.
  [[nodiscard]] bool surely_tcp() const {
    return tcp() && (said->settings.mode || said->defaults != nullptr);
  }
  [[nodiscard]] bool has_line(std::string_view first,
                              std::string_view second = {}) const;  // defaults' lines too
  [[nodiscard]] const Line* find_line(std::string_view first, std::string_view second = {}) const;
  [[nodiscard]] const Line* own_line(std::string_view first, std::string_view second = {}) const;
  [[nodiscard]] std::string describe() const;  // "frontend 'web'"
  // The rules of a list with those that `defaults` hands down before its own.
  [[nodiscard]] std::vector<const Rule*> all_of(List list) const;
};

// ---- who reaches whom
// -----------------------------------------------------------------------------------------------

// What the first bytes of connections may be once the bind's own TLS is taken off.
struct Layer {
  bool hello = false;      // a client's TLS hello can be among them
  bool decrypted = false;  // TLS was taken off here
};

struct Hop {
  std::uint32_t proxy = 0, server = 0;  // position among the proxy's servers
  std::uint32_t target = 0, bind = 0, address = 0;
};

struct Model {
  const config::Config* config = nullptr;
  const parser::SourceSet* sources = nullptr;
  std::deque<Proxy> proxies;  // also `defaults` sections
  std::deque<Acl> acls;       // all of them, the predefined ones first
  std::unordered_map<std::string_view, const Acl*> predefined = {};
  std::unordered_map<std::string_view, Proxy*> backends;
  std::vector<Hop> hops;
  std::vector<std::vector<std::uint32_t>> hops_of;       // by proxy
  std::vector<std::vector<std::uint32_t>> frontends_of;  // by proxy: whose clients come here; itself too
  std::vector<std::vector<std::uint32_t>> named_from;    // the same without computed names
  std::vector<Layer> layers;                             // by proxy: of all frontends that reach it
  bool computed_backends = false;                        // some rule makes the name of a backend from data
};

[[nodiscard]] Model build(const config::Config& config, const parser::SourceSet& sources);

// Pieces of build(), by file.
void read_rules(Model& model);    // model_rules.cpp
void link_proxies(Model& model);  // reach.cpp
[[nodiscard]] std::optional<Sample> read_sample(const Word& word, std::size_t begin = 0,
                                                std::size_t end = std::string_view::npos);  // model_tests.cpp
[[nodiscard]] Test read_test(std::span<const Word> words);

}  // namespace shunt::analysis::model
