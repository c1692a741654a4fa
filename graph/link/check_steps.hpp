// The words of tcp-check and http-check lines as steps of a program.
#pragma once
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "graph/check_program.hpp"
#include "graph/link/linking.hpp"

namespace shunt::graph {

class CheckSteps {
 public:
  // Expressions are compiled as those of `owner`.
  CheckSteps(Linking& linking, const config::Proxy& owner, bool http);

  // Words that were judged when they were read.
  void add(std::span<const parser::Word> words);
  // The same for words of our own.
  void add(std::span<const std::string_view> words);
  // The first request, which `option httpchk` and the first `send` describe together, the later one foremost.
  // A new one as long as there is no `send`.
  [[nodiscard]] CheckRequest& first_request();
  // The steps, with those that nobody wrote.
  [[nodiscard]] std::vector<CheckStep> take() &&;

  [[nodiscard]] std::optional<fetchers::LogFormat> format(const parser::Word& word);

 private:
  using Words = std::span<const parser::Word>;
  void add_connect(Words words);
  void add_bytes(std::string_view rule, Words words);
  void add_request(Words words);
  void add_expect(Words words);
  void add_variable(std::string_view rule, Words words);
  Words read_connect_option(CheckConnect& connect, Words words);
  Words read_request_option(CheckRequest& request, Words words);
  Words read_expect_option(CheckExpect& expect, Words words);
  Words read_expect_pattern(CheckExpect& expect, Words words);
  Words read_header(HeaderPattern& pattern, Words words);
  Words read_code(CheckExpect& expect, Words words);
  void push(CheckStep step);
  [[nodiscard]] std::optional<fetchers::ExpressionId> expression(Words words);
  [[nodiscard]] bool has_connect() const;
  void finish_requests();

  Linking& linking_;
  bool http_;
  std::vector<CheckStep> steps_ = {};
  std::optional<CheckRequest> request_ = {};
  bool asked_ = false;                  // a `send` of HTTP is there
  std::string comment_ = {};            // of the step that is read
  parser::DiagnosticSink judged_ = {};  // what it gets was told when the line was read
};

// What this build can't do is refused, not left out.
void refuse_in_checks(Linking& linking, parser::Span span, std::string_view what);

// Whether a line opens a connection by TLS.
[[nodiscard]] bool connects_by_tls(std::span<const parser::Word> words);

}  // namespace shunt::graph
