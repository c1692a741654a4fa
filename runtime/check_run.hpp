// One run of a check's program, without sockets and without a clock: it says what it needs and is told what
// happened.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/context.hpp"
#include "graph/check_program.hpp"
#include "runtime/check_http.hpp"

namespace shunt::runtime {

struct CheckConclusion {
  graph::CheckOutcome outcome = graph::CheckOutcome::l4_passed;
  std::optional<std::int64_t> code = {};
  std::string info = {};
  // What the reader of a protocol found in a good answer: counted and told as a verdict of its own before
  // this one, so that the server comes up after half as many checks [seen].
  std::optional<std::string> read = {};
};

// What the steps are evaluated with. All of it must outlive the run; `context` is its alone and has
// variables.
struct CheckTools {
  const fetchers::ExpressionPool& pool;
  fetchers::Context& context;
  std::uint32_t room = 16384;     // bytes of an answer that are looked at (tune.bufsize)
  std::string server_state = {};  // http-check send-state: the header's value
  bool server_up = true;          // http-check disable-on-404 asks
};

class CheckRun {
 public:
  enum class Need : std::uint8_t { connection, output, input, nothing };

  CheckRun(const graph::CheckProgram& program, CheckTools tools);

  // Goes on until something is needed. `nothing`: there is a conclusion.
  [[nodiscard]] Need advance();

  // ---- of Need::connection
  [[nodiscard]] const graph::CheckConnect& connect() const;
  [[nodiscard]] std::uint16_t port();  // 0: the server's
  // Nothing is sent or read on this connection, and no other follows.
  [[nodiscard]] bool is_all() const;
  void connected(bool tls);
  // ---- of Need::output
  [[nodiscard]] std::string_view output() const { return output_; }
  void sent(std::size_t bytes) { output_.erase(0, bytes); }
  // ---- of Need::input
  [[nodiscard]] std::size_t room() const { return tools_.room - input_.size(); }
  void received(std::string_view bytes);
  void ended();
  // What a reset leaves to be judged: bytes of TCP, no answer of HTTP [seen].
  [[nodiscard]] bool has_rest() const { return program_.kind != graph::CheckKind::http && !input_.empty(); }

  // `what`: "Connection refused"; where it happened is added for checks of the file's own.
  void fail(graph::CheckOutcome outcome, std::string_view what);
  // Time is over; `phase`: what to say unless an answer was waited for.
  void late(graph::CheckOutcome phase);

  [[nodiscard]] const CheckConclusion& conclusion() const { return conclusion_; }

 private:
  enum class Answer : std::uint8_t { wait, passed, failed };
  using Pattern = graph::CheckExpect;
  [[nodiscard]] const graph::CheckStep& step() const { return program_.steps[at_]; }
  template <class Step>
  [[nodiscard]] const Step* current() const {
    return at_ < program_.steps.size() ? std::get_if<Step>(&step().what) : nullptr;
  }
  [[nodiscard]] Need connect_step();
  [[nodiscard]] Need send_step(const graph::CheckSend& send);
  [[nodiscard]] Need request_step(const graph::CheckRequest& request);
  [[nodiscard]] Need expect_step(const graph::CheckExpect& expect);
  [[nodiscard]] Need flush();
  void variable_step(const graph::CheckVariable& variable);
  void set_variable(const graph::CheckVariable& variable);
  void begin_message();

  [[nodiscard]] Answer judge(const Pattern& expect);
  [[nodiscard]] Answer judge_bytes(const Pattern& expect);
  [[nodiscard]] Answer judge_protocol(const Pattern& expect);
  [[nodiscard]] Answer judge_http(const Pattern& expect);
  [[nodiscard]] Answer judge_body(const Pattern& expect);
  // May come to a conclusion instead.
  [[nodiscard]] bool has_header(const Pattern& expect);
  // Whether `data` has what is wanted; nothing: there is too little of it, or the conclusion is there
  // already.
  [[nodiscard]] std::optional<bool> finds(const Pattern& expect, std::string_view data, bool last);
  [[nodiscard]] Answer weigh(const Pattern& expect, std::string_view data, bool last);
  [[nodiscard]] Answer conclude_404();

  [[nodiscard]] bool last() const { return ended_ || room() == 0; }
  [[nodiscard]] std::string with_comment(std::string info) const;
  [[nodiscard]] std::string text_of_mismatch(const Pattern& expect, std::string_view otherwise);
  [[nodiscard]] Answer mismatch(const Pattern& expect, std::string_view otherwise,
                                graph::CheckOutcome outcome);
  [[nodiscard]] Answer failed(graph::CheckOutcome outcome, std::string info,
                              std::optional<std::int64_t> code = {});
  void succeed();
  void conclude(graph::CheckOutcome outcome, std::string info, std::optional<std::int64_t> code = {});

  [[nodiscard]] std::size_t number() const;  // of the step, as texts count
  [[nodiscard]] std::string place() const;   // " at step 2 of tcp-check (send) comment: 'x'"
  [[nodiscard]] std::string_view comment() const;
  [[nodiscard]] std::string formatted(const fetchers::LogFormat& format);
  [[nodiscard]] std::int64_t code_of(const Pattern& expect);
  fetchers::Context& context();

  const graph::CheckProgram& program_;
  CheckTools tools_;
  std::size_t at_ = 0;
  const graph::CheckStep* judged_ = nullptr;  // the last one that did something
  bool tls_ = false;                          // of the connection that stands
  bool ended_ = false, done_ = false, bodiless_ = false, queued_ = false;
  std::string input_ = {}, output_ = {};
  std::optional<std::string> read_ = {};
  CheckHttpAnswer answer_ = {};
  CheckConclusion conclusion_ = {};
};

}  // namespace shunt::runtime
