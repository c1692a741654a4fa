// Converters of text: case, length, cutting out parts.
#include <algorithm>
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/operand.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

template <char (*function)(char)>
bool map_characters(Context& context, Arguments, Sample& sample) {
  const std::span<char> room = context.scratch->allocate(sample.text.size());
  std::ranges::transform(sample.text, room.begin(), function);
  sample.set_string({room.data(), room.size()});
  return true;
}

bool length(Context&, Arguments, Sample& sample) {
  sample.set_integer(static_cast<std::int64_t>(sample.text.size()));
  return true;
}

// Outside the bytes is an empty value, not none.
bool bytes(Context& context, Arguments arguments, Sample& sample) {
  const auto offset = operand(context, arguments[0]);
  const auto count = arguments[1].type == ArgumentType::none ? -1 : operand(context, arguments[1]);
  if (!offset || !count) return false;
  if (*offset < 0 || *offset >= static_cast<std::int64_t>(sample.text.size())) {
    sample.set_binary({});
    return true;
  }
  const auto wanted = *count < 0 ? std::string_view::npos : static_cast<std::size_t>(*count);
  sample.set_binary(sample.text.substr(static_cast<std::size_t>(*offset), wanted));
  return true;
}

// Half-open range of one part inside the text.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Walks over the parts from either end of the text without storing them: fields are all that delimiters
// separate, words are the parts that are not empty.
class Parts {
 public:
  Parts(std::string_view text, std::string_view delimiters, bool backwards, bool words)
      : text_(text),
        delimiters_(delimiters),
        backwards_(backwards),
        words_(words),
        at_(backwards ? text.size() : 0) {}

  bool next(Part& part) {
    do {
      if (done_) return false;
      part = backwards_ ? take_last() : take_first();
    } while (words_ && part.begin == part.end);
    return true;
  }

 private:
  Part take_first() {
    const Part part{at_, std::min(text_.find_first_of(delimiters_, at_), text_.size())};
    done_ = part.end == text_.size();
    at_ = part.end + 1;
    return part;
  }

  Part take_last() {
    const std::size_t before = at_ == 0 ? std::string_view::npos : text_.find_last_of(delimiters_, at_ - 1);
    const Part part{before == std::string_view::npos ? 0 : before + 1, at_};
    done_ = before == std::string_view::npos;
    at_ = done_ ? 0 : before;
    return part;
  }

  std::string_view text_;
  std::string_view delimiters_;
  bool backwards_;
  bool words_;
  std::size_t at_;
  bool done_ = false;
};

// `count` parts from the index-th one on, counted from the end when the index is negative; a count below 1,
// or one that runs past the last part, takes all the rest of the text.
bool cut(std::string_view text, Arguments arguments, bool words, std::string_view& out) {
  const std::int64_t index = arguments[0].integer;
  const std::int64_t count = arguments[2].type == ArgumentType::none ? 1 : arguments[2].integer;
  const bool backwards = index < 0;
  Parts parts(text, arguments[1].text, backwards, words);
  Part first;
  for (std::uint64_t left = backwards ? 0 - static_cast<std::uint64_t>(index)
                                      : static_cast<std::uint64_t>(index);
       left > 0; --left)
    if (!parts.next(first)) return false;
  Part last = first;
  bool all = count < 1;
  for (std::int64_t taken = 1; taken < count && !all; ++taken) all = !parts.next(last);
  if (all) last = {0, text.size()};
  const std::size_t begin = backwards ? last.begin : first.begin;
  const std::size_t end = backwards ? first.end : last.end;
  out = text.substr(begin, end - begin);
  return true;
}

bool field(Context&, Arguments arguments, Sample& sample) {
  std::string_view part;
  if (!cut(sample.text, arguments, false, part)) return false;
  sample.set_string(part);
  return true;
}

// A word that does not exist is an empty value; a field that does not exist is none.
bool word(Context&, Arguments arguments, Sample& sample) {
  std::string_view part;
  cut(sample.text, arguments, true, part);
  sample.set_string(part);
  return true;
}

bool check_cut(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  if (arguments[0].integer == 0) return check.error = "Unexpected value 0 for index", false;
  if (arguments[1].text.empty()) return check.error = "Empty separators list", false;
  return true;
}

bool choose(Context&, Arguments arguments, Sample& sample) {
  sample.set_string(arguments[sample.integer != 0 ? 0 : 1].text);
  return true;
}

constexpr ArgumentSignature cut_arguments{
    .required = 2, .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::sint}, .check = check_cut};

constexpr std::array rows = {
    ConverterRow{.name = "bytes",
                 .arguments = {.required = 1, .types = {ArgumentType::operand, ArgumentType::operand}},
                 .in = SampleType::bin,
                 .out = SampleType::bin,
                 .function = bytes,
                 .documentation = "Bytes from an offset on, all or a number of them."},
    ConverterRow{.name = "field",
                 .arguments = cut_arguments,
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = field,
                 .documentation = "Parts between delimiters, empty ones counted."},
    ConverterRow{.name = "iif",
                 .arguments = {.required = 2, .types = {ArgumentType::str, ArgumentType::str}},
                 .in = SampleType::boolean,
                 .out = SampleType::str,
                 .function = choose,
                 .documentation = "The first text if true, else the second."},
    ConverterRow{.name = "length",
                 .in = SampleType::str,
                 .out = SampleType::sint,
                 .function = length,
                 .documentation = "The number of bytes of the text."},
    ConverterRow{.name = "lower",
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = map_characters<parser::ascii::lower>,
                 .documentation = "The text with ASCII letters in lower case."},
    ConverterRow{.name = "upper",
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = map_characters<to_upper>,
                 .documentation = "The text with ASCII letters in upper case."},
    ConverterRow{.name = "word",
                 .arguments = cut_arguments,
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = word,
                 .documentation = "Parts between delimiters, empty ones skipped."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows text_converters() { return rows; }

}  // namespace shunt::fetchers
