// Notes what rules come to while a session runs: which list, which rule, and why, as far as that can be seen
// without changing anything.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/explanation.hpp"
#include "route/session.hpp"

namespace shunt::analysis {

// Which list of rules this is.
struct ListPlace {
  ListKind kind = ListKind::connection;
  graph::ProxyId proxy = graph::none;
  bool blind = false;  // a condition has what this build can't evaluate
};
[[nodiscard]] std::vector<ListPlace> list_places(const graph::Graph& graph);  // by RuleListId

class RuleRecorder final : public route::RuleWatcher {
 public:
  RuleRecorder(const graph::Graph& graph, const std::vector<ListPlace>& places)
      : graph_(graph), places_(places) {}

  // A new connection; `traces`: moments are made.
  void reset(bool traces);
  // Of what happens from now on.
  void begin(std::uint32_t visit, graph::ProxyId frontend) {
    visit_ = visit;
    http_ = graph_.proxies[frontend].mode == graph::Mode::http;
    known_.clear();
    content_ = use_backend_ = {};
    rejected_ = {};
    hashed_ = false;
  }
  void at(Offset now) { now_ = now; }

  void walked(const route::RuleWalk& walk, const fetchers::Context& context) override;
  void balanced(bool hashed) override { hashed_ = hashed; }

  // Since begin(): the content rule that ended its list, the rule that named the backend, the one that
  // rejected; unknown spans where there was none.
  [[nodiscard]] parser::Span content() const { return content_; }
  [[nodiscard]] parser::Span use_backend() const { return use_backend_; }
  [[nodiscard]] parser::Span rejected() const { return rejected_; }
  [[nodiscard]] bool hashed() const { return hashed_; }

  // Where the moments go, those of others, too.
  std::vector<Moment> moments = {};
  std::vector<Doubt> doubts = {};
  std::vector<AppliedRule> applied = {};

 private:
  void note_applied(const route::RuleWalk& walk, const ListPlace& place);
  void note_doubts(const route::RuleWalk& walk);
  void trace(const route::RuleWalk& walk, const ListPlace& place, const fetchers::Context& context);
  [[nodiscard]] RuleSeen see(const acl::Rule& rule, std::uint32_t index, acl::Truth truth,
                             fetchers::Context& context);
  void see_terms(const std::vector<acl::Term>& terms, fetchers::Context& context, std::vector<TestSeen>& seen,
                 acl::Truth& truth);
  [[nodiscard]] TestSeen see_term(const acl::Term& term, fetchers::Context& context);

  const graph::Graph& graph_;
  const std::vector<ListPlace>& places_;
  bool traces_ = false;
  bool hashed_ = false;
  bool http_ = false;  // what stands behind the frontend's content rules is decided by requests
  std::uint32_t visit_ = 0;
  Offset now_{0};
  parser::Span content_ = {}, use_backend_ = {}, rejected_ = {};
  std::map<std::string, Offset> known_;  // by expression and value
};

}  // namespace shunt::analysis
