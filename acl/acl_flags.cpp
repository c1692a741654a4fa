// Reads the flags of an `acl` line from a table of their letters.
#include "acl/acl_flags.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "acl/codes.hpp"
#include "parser/scalar.hpp"

namespace shunt::acl {
namespace {

using parser::Word;

class FlagReader {
 public:
  FlagReader(std::span<const Word> words, parser::DiagnosticSink& sink) : words_(words), sink_(sink) {}

  AclFlags read() {
    while (!ended_ && flags_.size < words_.size() && word().value.starts_with('-')) read_flag();
    return std::move(flags_);
  }

 private:
  struct Row {
    std::string_view name;
    void (FlagReader::*read)();
    bool takes_word = false;
  };
  static const std::array<Row, 7> rows;

  [[nodiscard]] const Word& word() const { return words_[flags_.size]; }
  // The word behind a flag, as HAProxy sees it: empty where the line ends.
  [[nodiscard]] std::string_view value() const {
    return argument_ == nullptr ? std::string_view() : argument_->value;
  }
  [[nodiscard]] parser::Span place() const { return argument_ == nullptr ? flag_span_ : argument_->span; }

  void read_flag() {
    const auto* row = std::ranges::find(rows, word().value, &Row::name);
    flag_span_ = word().span;
    if (row == rows.end()) {
      fault(codes::unknown_acl_flag, flag_span_,
            fmt::format("'{}' is not a flag of an ACL; put '--' before a pattern that begins with a dash",
                        word().value));
      ended_ = true;
      return;
    }
    ++flags_.size;
    argument_ = row->takes_word && flags_.size < words_.size() ? &words_[flags_.size++] : nullptr;
    (this->*row->read)();
  }

  void fault(const parser::Code& code, parser::Span span, std::string message) {
    sink_.report(code, span, std::move(message));
    flags_.faulty = true;
  }

  void end() { ended_ = true; }
  void ignore_case() { flags_.ignore_case = true; }
  void no_resolve() { flags_.no_resolve = true; }
  void map_form() { flags_.form = FileForm::map; }

  void file() {
    if (argument_ == nullptr)
      fault(codes::unreadable_pattern_file, flag_span_, "-f needs the name of a pattern file");
    else
      flags_.files.push_back({argument_, flags_.ignore_case, flags_.no_resolve, flags_.form});
  }

  void method() {
    if (!flags_.files.empty())
      return fault(codes::late_match_method, flag_span_, "-m must stand before the patterns and files");
    const auto method = find_method(value());
    if (!method)
      return fault(codes::unknown_match_method, place(), fmt::format("unknown match method '{}'", value()));
    flags_.method = method;
  }

  // The identifier only names the list for the command socket, where lists have numbers of their own too.
  void unique_id() {
    if (argument_ != nullptr && !parser::parse_integer(value()))
      fault(codes::invalid_unique_id, place(),
            fmt::format("the argument of -u must be an integer, not '{}'", value()));
  }

  std::span<const Word> words_;
  parser::DiagnosticSink& sink_;
  AclFlags flags_;
  parser::Span flag_span_;
  const Word* argument_ = nullptr;
  bool ended_ = false;
};

const std::array<FlagReader::Row, 7> FlagReader::rows{{{"-i", &FlagReader::ignore_case},
                                                       {"-n", &FlagReader::no_resolve},
                                                       {"-M", &FlagReader::map_form},
                                                       {"-f", &FlagReader::file, true},
                                                       {"-m", &FlagReader::method, true},
                                                       {"-u", &FlagReader::unique_id, true},
                                                       {"--", &FlagReader::end}}};

}  // namespace

AclFlags read_flags(std::span<const Word> words, parser::DiagnosticSink& sink) {
  return FlagReader(words, sink).read();
}

}  // namespace shunt::acl
