// What becomes of a connection, and how that came about. The output of a simulation.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acl/program.hpp"
#include "analysis/scenario.hpp"

namespace shunt::analysis {

enum class Ending : std::uint8_t {
  served,         // connected to one of the last visit's candidates
  rejected,       // by the rule `Fate::by`
  no_backend,     // none is named
  no_server,      // none of the backend's is usable
  bad_header,     // the PROXY header is missing, incomplete or wrong
  bad_handshake,  // TLS that a bind terminates doesn't come about
  client_gone,    // it ended, or was silent for too long, before it was served
  never,          // waits without any limit
  http,           // the last visit's frontend speaks HTTP: its requests decide
  loops           // through our own binds, without end
};
inline constexpr std::size_t ending_count = 10;

// How a server comes out of a backend.
enum class Selection : std::uint8_t { certain, named, hashed, open };

// The way through one of our frontends.
struct Visit {
  graph::ListenerId listener = 0;
  graph::ProxyId backend = graph::none;
  std::vector<graph::ServerId> candidates = {};  // by id; of a certain choice the one
  Selection selection = Selection::open;
  Offset arrived{0};                              // at this frontend
  Offset decided{0};                              // when the backend or the end was known
  std::optional<std::uint32_t> certificate = {};  // in the graph's store: what the bind shows
  std::string proxy_header = {};                  // what the server is told first
  parser::Span content_rule = {};                 // that ended the frontend's content rules
  parser::Span backend_rule = {};                 // that named the backend; unknown: it is the default
};

// A rule that was passed although this build can't evaluate it, or a line that it leaves out.
struct Doubt {
  parser::Span span = {};
  std::string reason = {};
  friend bool operator==(const Doubt&, const Doubt&) = default;
};

struct Fate {
  Ending ending = Ending::never;
  Offset at{0};           // since the accept
  parser::Span by = {};   // the rule that rejected
  std::string text = {};  // what a log line or a reader is told; may be empty
  std::vector<Visit> visits = {};
  std::vector<Doubt> doubts = {};

  [[nodiscard]] graph::ProxyId backend() const {
    return visits.empty() ? graph::none : visits.back().backend;
  }
};

// The same way to the same end, whenever.
[[nodiscard]] bool same_way(const Fate& a, const Fate& b);

// ---- the timeline

enum class ListKind : std::uint8_t { connection, session, content, backend_content, use_backend, use_server };

// An ACL of a condition as it was looked at. `value`: as text; with `hidden`, looking would have changed it.
struct TestSeen {
  std::string acl = {};  // its name; empty for an anonymous one
  std::string expression = {};
  std::optional<std::string> value = {};
  bool may_change = false;
  bool hidden = false;
  bool unsupported = false;           // this build can't evaluate it
  acl::Truth truth = acl::Truth::no;  // before `negated`
  bool negated = false;
  std::optional<std::size_t> needed = {};  // bytes that have to be there for it; nothing: it needs none
  Offset known{0};                         // when it was known for the first time
};

struct RuleSeen {
  std::uint32_t index = 0;
  parser::Span span = {};
  acl::Truth truth = acl::Truth::no;  // of the whole condition
  std::vector<TestSeen> tests = {};
};

enum class MomentKind : std::uint8_t {
  accepted,
  bytes,  // `size` more of them, `total` are there
  client_ended,
  proxy_header,  // was read: `text`
  handshake,     // TLS: `text`
  rules,         // a list was looked at
  waits,         // for bytes, at most until `until`
  deadline,      // that was waited for is over
  backend,
  server,
  hop,  // to a bind of ours
  end
};
inline constexpr std::size_t moment_count = 12;

struct Moment {
  MomentKind kind = MomentKind::accepted;
  Offset at{0};
  std::uint32_t visit = 0;  // which one of Fate::visits
  std::string text = {};
  parser::Span span = {};
  std::size_t size = 0, total = 0;
  std::optional<Offset> until = {};
  ListKind list = ListKind::connection;
  bool final = false;        // unknown counted as no
  std::uint32_t passed = 0;  // rules that don't apply and are not in `rules`
  std::vector<RuleSeen> rules = {};
};

// What may happen instead, when the first bytes come later.
struct Alternative {
  std::string when = {};
  Fate fate = {};
};

struct AppliedRule {
  acl::RuleListId list = 0;
  std::uint32_t rule = 0;
  friend auto operator<=>(const AppliedRule&, const AppliedRule&) = default;
};

struct Explanation {
  Fate fate = {};
  std::vector<Moment> timeline = {};
  std::vector<Alternative> alternatives = {};  // not empty: a race
  std::vector<AppliedRule> applied = {};       // sorted, each once
};

}  // namespace shunt::analysis
