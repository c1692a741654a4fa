// What the tests of this room share: lines cut into words, a builder with one scope, and a described
// connection.
#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "acl/program.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/context.hpp"
#include "parser/condition_tree.hpp"

namespace shunt::acl::testing {

// Words of texts that it keeps alive. Each text is a file of its own, cut at blanks; no quotes.
class Texts {
 public:
  std::vector<parser::Word> words(std::string_view text) {
    const std::string& kept = texts_.emplace_back(text);
    const auto file = static_cast<parser::FileId>(texts_.size() - 1);
    std::vector<parser::Word> result;
    for (std::size_t at = kept.find_first_not_of(' '); at < kept.size();) {
      const std::size_t end = std::min(kept.find(' ', at), kept.size());
      result.push_back({std::string_view(kept).substr(at, end - at),
                        {file, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)},
                        {}});
      at = std::min(kept.find_first_not_of(' ', end), kept.size());
    }
    return result;
  }
  [[nodiscard]] std::string_view text(parser::Span span) const {
    return span.known() ? std::string_view(texts_[span.file]).substr(span.begin, span.end - span.begin)
                        : "(nowhere)";
  }

 private:
  std::deque<std::string> texts_;
};

// "code 'bytes of the span'", one line for each finding.
inline std::string findings(const parser::DiagnosticSink& sink, const Texts& texts) {
  std::string result;
  for (const parser::Diagnostic& found : sink.all())
    result += std::string(found.code->name) + " '" + std::string(texts.text(found.span)) + "'\n";
  return result;
}

// A builder with one scope that takes lines of text.
class Lab {
 public:
  // "NAME CRITERION ..."
  void define(std::string_view line) {
    const auto words = texts.words(line);
    builder.define(scope, words.at(0), std::span(words).subspan(1), sink);
  }
  // "if a !b or { src 127.0.0.1 }"; empty: always.
  ConditionId compile(std::string_view text, fetchers::Place place = fetchers::Place::fe_tcp_content) {
    if (text.empty()) return always;
    const auto words = texts.words(text);
    const auto tree = parser::parse_condition(words, sink);
    const auto id = tree ? builder.compile(scope, *tree, place, sink) : std::nullopt;
    return id.value_or(always);
  }
  RuleListId list(const std::vector<std::string>& conditions) {
    std::vector<Rule> rules;
    for (const std::string& text : conditions)
      rules.push_back({.condition = compile(text), .payload = static_cast<std::uint32_t>(rules.size())});
    return builder.add_list(std::move(rules));
  }
  Program finish(const Optimisations& optimisations = {}) { return std::move(builder).finish(optimisations); }
  [[nodiscard]] std::string found() const { return findings(sink, texts); }

  Texts texts;
  parser::DiagnosticSink sink;
  ProgramBuilder builder;
  ScopeId scope = builder.new_scope();
};

// All optimisations off, all on, and each of them alone.
inline std::vector<Optimisations> combinations() {
  std::vector<Optimisations> result{Optimisations::none(), {}};
  for (bool Optimisations::* one :
       {&Optimisations::fold_constants, &Optimisations::drop_unreachable, &Optimisations::share_values,
        &Optimisations::ladders, &Optimisations::drop_shadowed, &Optimisations::pattern_indexes}) {
    result.push_back(Optimisations::none());
    result.back().*one = true;
  }
  return result;
}

// The client's connection, described.
class Client final : public fetchers::ConnectionView {
 public:
  explicit Client(fetchers::Endpoint source = {.family = fetchers::Family::ipv4,
                                               .port = 4711,
                                               .address = {127, 0, 0, 1}})
      : source_(source) {}
  [[nodiscard]] fetchers::Endpoint source() const override { return source_; }

 private:
  fetchers::Endpoint source_;
};

// A request that has come so far.
class Arrival {
 public:
  explicit Arrival(std::string bytes, bool final = false, bool complete = false) : bytes_(std::move(bytes)) {
    context.scratch = &scratch_;
    context.client = &client_;
    context.request = {.data = bytes_, .complete = complete, .available = true};
    context.final = final;
  }
  Arrival(const Arrival&) = delete;
  Arrival& operator=(const Arrival&) = delete;

  fetchers::Context context;

 private:
  std::string bytes_;
  fetchers::Scratch scratch_;
  Client client_;
};

inline std::string_view name(Truth truth) {
  return truth == Truth::yes ? "yes" : truth == Truth::no ? "no" : "unknown";
}

}  // namespace shunt::acl::testing
