// What was read from outside, kept in order, so that another process can read the same configuration without
// reaching any of it.
//
// Form: for each question one byte (Question), then argument, errno and bytes: lengths and the errno as
// decimal numbers with a blank behind them. It passes between processes of one program only.
#pragma once
#include <cstddef>

#include "parser/outside.hpp"

namespace shunt::parser {

// Asks another outside and writes down question and reply.
class OutsideRecorder final : public Outside {
 public:
  explicit OutsideRecorder(Outside& asked) : asked_(asked) {}
  [[nodiscard]] Reply ask(Question question, const std::string& argument) override;
  [[nodiscard]] const std::string& record() const { return record_; }

 private:
  Outside& asked_;
  std::string record_;
};

// Answers as written down. Reading the same files is asking the same questions in the same order; any other
// one is answered with ENOENT, and the replay has failed.
class OutsideReplay final : public Outside {
 public:
  explicit OutsideReplay(std::string record) : record_(std::move(record)) {}
  [[nodiscard]] Reply ask(Question question, const std::string& argument) override;
  [[nodiscard]] bool may_change_process() const override { return false; }
  // Everything was asked for, and nothing else.
  [[nodiscard]] bool complete() const { return !failed_ && at_ == record_.size(); }

 private:
  [[nodiscard]] std::size_t number();
  [[nodiscard]] std::string text();

  std::string record_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace shunt::parser
