// The timeline as lines of text.
#include "analysis/explanation_text.hpp"

#include <fmt/core.h>

#include <array>

#include "graph/pki/certificate_store.hpp"

namespace shunt::analysis {
namespace {


constexpr std::array<std::string_view, 3> verdicts = {"no", "wait", "yes"};
constexpr std::string_view indent = "            ";

bool is_content(ListKind list) { return list == ListKind::content || list == ListKind::backend_content; }

std::string bytes_text(std::size_t count) { return fmt::format("{} byte{}", count, count == 1 ? "" : "s"); }

class Writer {
 public:
  Writer(const Explanation& explanation, const ExplanationNames& names) : all_(explanation), names_(names) {}

  std::string write() {
    for (const Moment& moment : all_.timeline) (this->*lines[static_cast<std::size_t>(moment.kind)])(moment);
    finish();
    return std::move(text_);
  }

 private:
  using Line = void (Writer::*)(const Moment&);
  static const std::array<Line, moment_count> lines;

  template <class... Values>
  void add(const Moment& moment, fmt::format_string<Values...> format, Values&&... values) {
    text_ +=
        fmt::format("{:>10}  {}\n", text_of(moment.at), fmt::format(format, std::forward<Values>(values)...));
  }
  template <class... Values>
  void more(fmt::format_string<Values...> format, Values&&... values) {
    text_ += fmt::format("{}{}\n", indent, fmt::format(format, std::forward<Values>(values)...));
  }

  [[nodiscard]] const Visit& visit(const Moment& moment) const { return all_.fate.visits[moment.visit]; }
  // "line 12" where there is only one file.
  [[nodiscard]] std::string place(parser::Span span) const {
    if (names_.sources.size() == 1 && span.known())
      return fmt::format("line {}", names_.sources.locate(span).line);
    return place_of(span, names_.sources);
  }
  [[nodiscard]] std::string in_file(parser::Span span) const {
    return span.known() ? fmt::format("{}: {}", place(span), line_of(span, names_.sources)) : std::string();
  }

  void accepted(const Moment& moment) {
    const graph::Listener& listener = names_.graph.listeners[visit(moment).listener];
    add(moment, "accepted by {} ({})", bind_name(names_.graph, listener.id), place(listener.span));
  }
  void bytes(const Moment& moment) {
    if (moment.size == moment.total)
      return add(moment, "{} arrive{}", bytes_text(moment.size), moment.size == 1 ? "s" : "");
    add(moment, "{} more, {} are there now", bytes_text(moment.size), moment.total);
  }
  void client_ended(const Moment& moment) { add(moment, "the client has finished sending"); }
  void proxy_header(const Moment& moment) { add(moment, "PROXY header: {}", moment.text); }
  void handshake(const Moment& moment) {
    add(moment, "TLS is terminated here: {}", moment.text);
    if (const auto& certificate = visit(moment).certificate)
      more("certificate {}", (*names_.graph.certificates)[*certificate].path);
  }
  void waits(const Moment& moment) {
    add(moment, "waits for bytes{}",
        moment.until ? fmt::format(", at most until {}", text_of(*moment.until))
                     : std::string(" without a limit"));
  }
  void deadline(const Moment& moment) {
    add(moment, "the time is over: what is unknown counts as false from now on");
  }
  void backend(const Moment& moment) {
    add(moment, "backend '{}'{}", moment.text, moment.span.known() ? "" : ", the default");
  }
  void server(const Moment& moment);
  void hop(const Moment& moment) {
    add(moment, "the server is a bind of this file{}",
        visit(moment).proxy_header.empty() ? "" : ", which gets a PROXY header first");
  }
  void end(const Moment& moment) { add(moment, "=> {}", summary_of(all_.fate, names_)); }

  void rules(const Moment& moment) {
    add(moment, "{} of '{}'{}", name_of(moment.list), moment.text,
        moment.final && is_content(moment.list) ? ", what is unknown counts as false" : "");
    if (moment.passed != 0) more("no    {} rules above, not shown", moment.passed);
    std::vector<std::string> before;
    for (const RuleSeen& rule : moment.rules) {
      more("{:<6}{}", verdicts[static_cast<std::size_t>(rule.truth)], in_file(rule.span));
      std::vector<std::string> tests;
      for (const TestSeen& test : rule.tests) tests.push_back(test_text(test, moment.at));
      if (tests == before) continue;  // the rules of a ladder see the same
      for (const std::string& test : tests) more("        {}", test);
      before = std::move(tests);
    }
  }
  static std::string test_text(const TestSeen& test, Offset now);
  void finish();

  const Explanation& all_;
  const ExplanationNames& names_;
  std::string text_;
};

// In the order of MomentKind.
const std::array<Writer::Line, moment_count> Writer::lines = {
    &Writer::accepted,  &Writer::bytes,  &Writer::client_ended, &Writer::proxy_header,
    &Writer::handshake, &Writer::rules,  &Writer::waits,        &Writer::deadline,
    &Writer::backend,   &Writer::server, &Writer::hop,          &Writer::end};

void Writer::server(const Moment& moment) {
  const Visit& seen = visit(moment);
  constexpr std::array<std::string_view, 4> reasons = {"", ", which a rule or a cookie names",
                                                       ", by its hash as long as all servers are up", ""};
  if (seen.candidates.size() == 1)
    return add(moment, "server '{}'{}", server_name(names_.graph, seen.candidates[0]),
               reasons[static_cast<std::size_t>(seen.selection)]);
  std::string list;
  constexpr std::size_t most = 8;
  for (std::size_t i = 0; i < seen.candidates.size() && i < most; ++i)
    list += fmt::format("{}'{}'", i == 0 ? "" : ", ", server_name(names_.graph, seen.candidates[i]));
  if (seen.candidates.size() > most) list += fmt::format(" and {} more", seen.candidates.size() - most);
  add(moment, "one of the servers {}", list);
}

std::string Writer::test_text(const TestSeen& test, Offset now) {
  const std::string name =
      test.acl.empty() ? test.expression : fmt::format("{}: {}", test.acl, test.expression);
  const std::string_view sign = test.negated ? "! " : "";
  if (test.unsupported) return fmt::format("{}{}: this build can't evaluate it", sign, name);
  if (test.hidden) return fmt::format("{}{}: not shown, a look would change it", sign, name);
  std::string text = test.value
                         ? fmt::format("{}{} = {}", sign, name, *test.value)
                         : fmt::format("{}{} has no value{}", sign, name, test.may_change ? " yet" : "");
  if (test.value && test.may_change) text += ", which may change";
  if (test.may_change) return text;
  if (test.needed && test.known == now) text += fmt::format(" (known with {})", bytes_text(*test.needed));
  if (test.needed && test.known != now) text += fmt::format(" (known since {})", text_of(test.known));
  return text;
}

void Writer::finish() {
  for (const Alternative& each : all_.alternatives) {
    if (&each == &all_.alternatives.front())
      text_ += "\na race: what happens depends on when the first bytes arrive\n";
    text_ += fmt::format("  if {}: {}\n", each.when, summary_of(each.fate, names_));
  }
  for (const Doubt& doubt : all_.fate.doubts) {
    if (&doubt == &all_.fate.doubts.front()) text_ += "\ncan't say for certain:\n";
    text_ += fmt::format("  {}\n    {}\n", in_file(doubt.span), doubt.reason);
  }
}

}  // namespace

std::string text_form(const Explanation& explanation, const ExplanationNames& names) {
  return Writer(explanation, names).write();
}

}  // namespace shunt::analysis
