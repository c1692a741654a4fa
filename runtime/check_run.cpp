// The steps of a check one after the other.
#include "runtime/check_run.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fetchers/variables.hpp"
#include "parser/ascii.hpp"
#include "parser/comma_list.hpp"
#include "parser/hex.hpp"
#include "runtime/check_answers.hpp"

namespace shunt::runtime {

using graph::CheckConnect;
using graph::CheckExpect;
using graph::CheckKind;
using graph::CheckOutcome;
using graph::CheckRequest;
using graph::CheckSend;
using graph::CheckStep;
using graph::CheckVariable;
using Kind = CheckExpect::Kind;
using Need = CheckRun::Need;

CheckRun::CheckRun(const graph::CheckProgram& program, CheckTools tools)
    : program_(program), tools_(std::move(tools)) {}

Need CheckRun::advance() {
  while (!done_) {
    if (at_ == program_.steps.size()) {
      succeed();
      break;
    }
    Need need = Need::nothing;
    if (current<CheckConnect>() != nullptr)
      need = connect_step();
    else if (const auto* send = current<CheckSend>())
      need = send_step(*send);
    else if (const auto* request = current<CheckRequest>())
      need = request_step(*request);
    else if (const auto* expect = current<CheckExpect>())
      need = expect_step(*expect);
    else if (const auto* variable = current<CheckVariable>())
      variable_step(*variable);
    if (need != Need::nothing) return need;
    if (!done_) ++at_;
  }
  return Need::nothing;
}

// ---- connections

const CheckConnect& CheckRun::connect() const { return *current<CheckConnect>(); }

Need CheckRun::connect_step() {
  if (judged_ == &step()) return Need::nothing;  // it stands
  input_.clear();
  output_.clear();
  ended_ = false;
  answer_ = {};
  return Need::connection;
}

std::uint16_t CheckRun::port() {
  const CheckConnect& connect = this->connect();
  if (!connect.port_value) return connect.port;
  fetchers::Sample value;
  const auto fetched =
      tools_.pool.evaluate(*connect.port_value, context(), fetchers::SampleType::sint, value);
  return fetched.found ? static_cast<std::uint16_t>(value.integer) : std::uint16_t{0};
}

bool CheckRun::is_all() const {
  return std::none_of(program_.steps.begin() + static_cast<std::ptrdiff_t>(at_) + 1, program_.steps.end(),
                      [](const CheckStep& later) {
                        return !std::holds_alternative<graph::CheckComment>(later.what) &&
                               !std::holds_alternative<CheckVariable>(later.what);
                      });
}

void CheckRun::connected(bool tls) {
  judged_ = &step();
  tls_ = tls;
}

// ---- output

// A message of ours ends what the server has said before.
void CheckRun::begin_message() {
  if (at_ > 0 && std::holds_alternative<CheckSend>(program_.steps[at_ - 1].what)) return;
  input_.clear();
  answer_ = {};
}

Need CheckRun::flush() {
  if (!output_.empty()) return Need::output;
  queued_ = false;
  judged_ = &step();
  return Need::nothing;
}

Need CheckRun::send_step(const CheckSend& send) {
  if (std::exchange(queued_, true)) return flush();
  begin_message();
  std::string bytes = send.format ? formatted(*send.format) : send.bytes;
  if (send.format && send.hex) {
    std::string decoded;
    if (!graph::decode_hex(bytes, decoded)) {
      conclude(CheckOutcome::l7_invalid,
               fmt::format("tcp-check send : failed to build log-format string at step {}", number()));
      return Need::nothing;
    }
    bytes = std::move(decoded);
  }
  output_ = std::move(bytes);
  return flush();
}

Need CheckRun::request_step(const CheckRequest& request) {
  if (std::exchange(queued_, true)) return flush();
  begin_message();
  const std::string uri = request.uri_format ? formatted(*request.uri_format) : request.uri;
  CheckHttpRequest made{
      .method = request.method, .uri = uri.empty() ? "/" : std::string_view(uri), .version = request.version};
  for (const auto& [name, value] : request.headers) made.headers.emplace_back(name, formatted(value));
  if (program_.send_state) made.headers.emplace_back("x-haproxy-server-state", tools_.server_state);
  made.body = request.body_format ? formatted(*request.body_format) : request.body;
  made.formatted = request.body_format.has_value();
  output_ = write_request(made);
  bodiless_ = request.method == "HEAD";
  return flush();
}

// ---- input

void CheckRun::received(std::string_view bytes) { input_.append(bytes.substr(0, room())); }

void CheckRun::ended() { ended_ = true; }

Need CheckRun::expect_step(const CheckExpect& expect) {
  if (input_.empty() && !ended_) return Need::input;
  const Answer answer = judge(expect);
  if (answer == Answer::wait) return Need::input;
  if (answer == Answer::passed) judged_ = &step();
  return Need::nothing;
}

CheckRun::Answer CheckRun::judge(const Pattern& expect) {
  if (program_.kind == CheckKind::http) return judge_http(expect);
  if (ended_ && input_.empty()) {
    const std::string note = comment().empty() ? "" : fmt::format(" comment: '{}'", comment());
    return failed(expect.failed.value_or(CheckOutcome::l7_invalid),
                  fmt::format("TCPCHK got an empty response at step {}{}", number(), note), code_of(expect));
  }
  return expect.kind >= Kind::mysql_greeting ? judge_protocol(expect) : judge_bytes(expect);
}

CheckRun::Answer CheckRun::judge_bytes(const Pattern& expect) { return weigh(expect, input_, last()); }

namespace {

constexpr auto empty_format = std::string_view("log-format string evaluated to an empty string");
constexpr std::size_t longest_info = 127;  // bytes that a log line tells of an answer

bool has(std::string_view data, std::string_view wanted) {
  return data.find(wanted) != std::string_view::npos;
}

// What the texts call a pattern.
std::string pattern_name(const CheckExpect& expect) {
  switch (expect.kind) {
    case Kind::text: return fmt::format(" '{}'", expect.text);
    case Kind::text_format: return " (log-format string)";
    case Kind::bytes: return " (binary)";
    case Kind::bytes_format: return " (log-format binary)";
    case Kind::bytes_regex: return " (binary regex)";
    default: return " (regex)";
  }
}

std::string waited_for(const CheckExpect& expect) {
  switch (expect.kind) {
    case Kind::text: return fmt::format("expect string '{}'", expect.text);
    case Kind::text_format: return "expect log-format string";
    case Kind::bytes: return fmt::format("expect binary '{}'", expect.text.substr(0, expect.text.find('\0')));
    case Kind::bytes_format: return "expect log-format binary";
    case Kind::bytes_regex: return "expect binary regex";
    default: return "expect regex";
  }
}

}  // namespace

std::optional<bool> CheckRun::finds(const Pattern& expect, std::string_view data, bool last) {
  // Less than what is wanted says nothing, whatever `min-recv` is [seen].
  const auto found_of = [&](std::string_view wanted) {
    return last || data.size() >= wanted.size() ? std::optional(has(data, wanted)) : std::nullopt;
  };
  switch (expect.kind) {
    case Kind::text:
    case Kind::bytes: return found_of(expect.text);
    case Kind::regex: return expect.regex && expect.regex->matches(data);
    case Kind::bytes_regex:
      return expect.regex && expect.regex->matches(parser::hex_of(data, parser::ascii::upper_hex));
    default: break;
  }
  const std::string text = expect.format ? formatted(*expect.format) : std::string();
  std::string bytes;
  if (text.empty())
    conclude(CheckOutcome::l7_invalid, with_comment(std::string(empty_format)));
  else if (expect.kind == Kind::text_format)
    return found_of(text);
  else if (graph::decode_hex(text, bytes))
    return found_of(bytes);
  else
    conclude(CheckOutcome::l7_invalid,
             with_comment("Failed to parse hexastring resulting of eval of a log-format string"));
  return std::nullopt;
}

// A mismatch is final once nothing can come any more, or once enough is there.
CheckRun::Answer CheckRun::weigh(const Pattern& expect, std::string_view data, bool last) {
  if (!last && expect.least > static_cast<std::int64_t>(data.size())) return Answer::wait;
  const auto found = finds(expect, data, last);
  if (done_) return Answer::failed;
  if (!found) return Answer::wait;
  if (!*found && !last && expect.least < 0) return Answer::wait;
  if (*found != expect.negated) return Answer::passed;
  if (program_.kind == CheckKind::http)
    return mismatch(expect,
                    *found ? "HTTP check matched unwanted content" : "HTTP content check did not match",
                    CheckOutcome::l7_invalid);
  return mismatch(expect,
                  fmt::format("{}{} at step {}",
                              *found ? "TCPCHK matched unwanted content" : "TCPCHK did not match content",
                              pattern_name(expect), number()),
                  CheckOutcome::l7_invalid);
}

CheckRun::Answer CheckRun::judge_protocol(const Pattern& expect) {
  const std::uint32_t longest_frame = tools_.room - 4;
  AnswerVerdict verdict = expect.kind == Kind::mysql_greeting  ? read_mysql_greeting(input_)
                          : expect.kind == Kind::mysql_verdict ? read_mysql_verdict(input_)
                          : expect.kind == Kind::ldap          ? read_ldap_answer(input_, last())
                                                      : read_spop_answer(input_, longest_frame, last());
  using State = AnswerVerdict::State;
  if (verdict.state == State::incomplete) return last() ? failed(CheckOutcome::l7_invalid, {}) : Answer::wait;
  if (verdict.state == State::bad) return failed(verdict.outcome, std::move(verdict.info), verdict.code);
  read_ = std::move(verdict.info);
  return Answer::passed;
}

// ---- HTTP

CheckRun::Answer CheckRun::judge_http(const Pattern& expect) {
  answer_ = read_answer(input_, ended_, bodiless_);
  if (answer_.invalid || (!answer_.head && room() == 0))
    return failed(CheckOutcome::l7_invalid, text_of_mismatch(expect, {}));
  if (!answer_.head) return Answer::wait;
  if (program_.disable_on_404 && tools_.server_up && answer_.status == 404) return conclude_404();
  const bool about_body = expect.kind < Kind::status;
  if (about_body) return judge_body(expect);
  const bool right =
      expect.kind == Kind::status
          ? std::ranges::any_of(expect.statuses,
                                [&](const auto& range) {
                                  return range.first <= answer_.status && answer_.status <= range.second;
                                })
      : expect.kind == Kind::status_regex
          ? expect.regex && expect.regex->matches(std::to_string(answer_.status))
          : has_header(expect);
  if (done_) return Answer::failed;
  if (right != expect.negated) return Answer::passed;
  return mismatch(expect, answer_.reason, CheckOutcome::l7_status);
}

CheckRun::Answer CheckRun::conclude_404() {
  conclude(CheckOutcome::l7_conditional, {}, answer_.status);
  return Answer::failed;
}

CheckRun::Answer CheckRun::judge_body(const Pattern& expect) {
  const bool whole = answer_.whole || last();
  if (answer_.body.empty() && whole)
    return mismatch(expect, "HTTP content check could not find a response body", CheckOutcome::l7_invalid);
  if (answer_.body.empty()) return Answer::wait;
  return weigh(expect, answer_.body, whole);
}

namespace {

bool same_letters(char a, char b, bool ignore_case) {
  return ignore_case ? parser::ascii::lower(a) == parser::ascii::lower(b) : a == b;
}

bool equal(std::string_view a, std::string_view b, bool ignore_case) {
  return std::ranges::equal(a, b, [ignore_case](char x, char y) { return same_letters(x, y, ignore_case); });
}

bool matches(const graph::HeaderPattern& pattern, std::string_view wanted, std::string_view text,
             bool ignore_case) {
  using enum graph::HeaderPattern::Match;
  const std::size_t size = wanted.size();
  switch (pattern.match) {
    case absent: return true;
    case regex: return pattern.regex && pattern.regex->matches(text);
    case exact: return equal(text, wanted, ignore_case);
    case begin: return text.size() >= size && equal(text.substr(0, size), wanted, ignore_case);
    case end: return text.size() >= size && equal(text.substr(text.size() - size), wanted, ignore_case);
    case part: break;
  }
  const auto found = std::ranges::search(
      text, wanted, [ignore_case](char x, char y) { return same_letters(x, y, ignore_case); });
  return !found.empty() || wanted.empty();
}

}  // namespace

bool CheckRun::has_header(const Pattern& expect) {
  const std::string name = expect.name.format ? formatted(*expect.name.format) : expect.name.text;
  const std::string value = expect.value.format ? formatted(*expect.value.format) : expect.value.text;
  if ((expect.name.format && name.empty()) || (expect.value.format && value.empty())) {
    conclude(CheckOutcome::l7_invalid, with_comment(std::string(empty_format)));
    return false;
  }
  const auto right = [&](std::string_view text) { return matches(expect.value, value, text, false); };
  return std::ranges::any_of(answer_.headers, [&](const auto& header) {
    if (!matches(expect.name, name, header.first, true)) return false;
    return expect.kind == Kind::full_header ? right(header.second) : parser::any_part(header.second, right);
  });
}

// ---- variables and formats

fetchers::Context& CheckRun::context() {
  tools_.context.scratch->reset();
  // An answer of HTTP is no bytes to be looked at [seen].
  tools_.context.response = {
      .data = input_, .complete = last(), .available = program_.kind != CheckKind::http};
  return tools_.context;
}

std::string CheckRun::formatted(const fetchers::LogFormat& format) {
  std::string text;
  fetchers::write(format, tools_.pool, context(), text);
  return text;
}

// The code of an answer is forgotten by it [seen].
void CheckRun::variable_step(const CheckVariable& set) {
  set_variable(set);
  answer_.status = 0;
}

void CheckRun::set_variable(const CheckVariable& set) {
  fetchers::Context& context = this->context();
  if (!set.expression && !set.format) return context.variables->unset(set.variable);
  fetchers::Sample value, old;
  std::string text;
  if (set.format) {
    text = formatted(*set.format);
    value.set_string(text);
  } else if (!tools_.pool.evaluate(*set.expression, context, value).found) {
    return;
  }
  const bool known = context.variables->get(set.variable, old, *context.scratch);
  if (set.conditions == 0 ||
      fetchers::may_be_set(set.conditions, set.variable, known ? &old : nullptr, value))
    context.variables->set(set.variable, value);
}

std::int64_t CheckRun::code_of(const Pattern& expect) {
  if (!expect.code) return answer_.status;
  fetchers::Sample value;
  if (!tools_.pool.evaluate(*expect.code, context(), value).found) return answer_.status;
  // Bytes are read as a text here.
  if (value.type == fetchers::SampleType::bin) value.type = fetchers::SampleType::str;
  if (!cast(value, fetchers::SampleType::sint, *tools_.context.scratch)) return answer_.status;
  return static_cast<std::int16_t>(value.integer);  // it has no more room [seen]
}

// ---- conclusions

void CheckRun::conclude(CheckOutcome outcome, std::string info, std::optional<std::int64_t> code) {
  info.resize(std::min(info.size(), longest_info));
  conclusion_ = {.outcome = outcome, .code = code, .info = std::move(info)};
  done_ = true;
}

CheckRun::Answer CheckRun::failed(CheckOutcome outcome, std::string info, std::optional<std::int64_t> code) {
  conclude(outcome, std::move(info), code);
  return Answer::failed;
}

std::string CheckRun::with_comment(std::string info) const {
  if (!comment().empty()) info.append(" comment: ").append(comment());
  return info;
}

// The file's own text comes first; the scripts of protocols have no other.
std::string CheckRun::text_of_mismatch(const Pattern& expect, std::string_view otherwise) {
  return with_comment(expect.on_error                        ? formatted(*expect.on_error)
                      : program_.kind != CheckKind::protocol ? std::string(otherwise)
                                                             : std::string());
}

CheckRun::Answer CheckRun::mismatch(const Pattern& expect, std::string_view otherwise, CheckOutcome outcome) {
  return failed(expect.failed.value_or(outcome), text_of_mismatch(expect, otherwise), code_of(expect));
}

void CheckRun::succeed() {
  const std::string_view own = program_.kind == CheckKind::tcp ? "(tcp-check)" : "";
  const auto* connect = judged_ == nullptr ? nullptr : std::get_if<CheckConnect>(&judged_->what);
  if (judged_ == nullptr || connect != nullptr)
    return conclude(tls_ ? CheckOutcome::l6_passed : CheckOutcome::l4_passed,
                    connect == nullptr || connect->implicit ? std::string() : std::string(own));
  const auto* expect = std::get_if<CheckExpect>(&judged_->what);
  if (expect == nullptr) return conclude(CheckOutcome::l7_passed, std::string(own), 0);
  std::string info = expect->on_success ? formatted(*expect->on_success) : std::string(own);
  conclude(expect->passed, std::move(info), code_of(*expect));
  conclusion_.read = read_;
}

void CheckRun::fail(CheckOutcome outcome, std::string_view what) {
  if (!done_) conclude(outcome, std::string(what) + place());
}

void CheckRun::late(CheckOutcome phase) {
  const auto* expect = current<CheckExpect>();
  fail(expect != nullptr ? expect->late : phase, {});
}

// A connection that nobody wrote is not counted.
std::size_t CheckRun::number() const {
  const auto* first = std::get_if<CheckConnect>(&program_.steps.front().what);
  return at_ + (first != nullptr && first->implicit ? 0 : 1);
}

// A step without one of its own takes that of the line before it and its kind; a connect only that right
// before it [seen].
std::string_view CheckRun::comment() const {
  if (!step().comment.empty()) return step().comment;
  for (std::size_t i = at_; i-- > 0;) {
    const CheckStep& each = program_.steps[i];
    if (std::holds_alternative<graph::CheckComment>(each.what)) return each.comment;
    const bool connects = std::holds_alternative<graph::CheckConnect>(each.what);
    if (connects || each.what.index() != step().what.index()) return {};
  }
  return {};
}

std::string CheckRun::place() const {
  if (program_.kind != CheckKind::tcp || at_ >= program_.steps.size()) return {};
  const auto* connect = current<CheckConnect>();
  if (connect != nullptr && connect->implicit) return " at initial connection step of tcp-check";
  std::string text = fmt::format(" at step {} of tcp-check", number());
  if (connect != nullptr)
    text += connect->port != 0 ? fmt::format(" (connect port {})", connect->port) : std::string(" (connect)");
  else if (const auto* expect = current<CheckExpect>())
    text += fmt::format(" ({})", waited_for(*expect));
  else if (current<CheckSend>() != nullptr)
    text += " (send)";
  if (!comment().empty()) text += fmt::format(" comment: '{}'", comment());
  return text;
}

}  // namespace shunt::runtime
