// Writing questions and replies down and reading them again.
#include "parser/outside_record.hpp"

#include <cerrno>
#include <charconv>

namespace shunt::parser {
namespace {

void append(std::string& record, std::string_view text) {
  record += std::to_string(text.size());
  record += ' ';
  record += text;
}

}  // namespace

Reply OutsideRecorder::ask(Question question, const std::string& argument) {
  Reply reply = asked_.ask(question, argument);
  record_ += static_cast<char>(question);
  append(record_, argument);
  record_ += std::to_string(reply.error);
  record_ += ' ';
  append(record_, reply.bytes);
  return reply;
}

std::size_t OutsideReplay::number() {
  std::size_t value = 0;
  const char* const end = record_.data() + record_.size();
  const auto read = std::from_chars(record_.data() + at_, end, value);
  failed_ = failed_ || read.ec != std::errc() || read.ptr == end;
  if (!failed_) at_ = static_cast<std::size_t>(read.ptr - record_.data()) + 1;
  return failed_ ? 0 : value;
}

std::string OutsideReplay::text() {
  const std::size_t size = number();
  failed_ = failed_ || size > record_.size() - at_;
  if (failed_) return {};
  at_ += size;
  return record_.substr(at_ - size, size);
}

Reply OutsideReplay::ask(Question question, const std::string& argument) {
  failed_ = failed_ || at_ >= record_.size() || record_[at_] != static_cast<char>(question);
  if (failed_) return {.error = ENOENT};
  ++at_;
  failed_ = text() != argument || failed_;
  Reply reply;
  reply.error = static_cast<int>(number());
  reply.bytes = text();
  return failed_ ? Reply{.error = ENOENT} : reply;
}

}  // namespace shunt::parser
