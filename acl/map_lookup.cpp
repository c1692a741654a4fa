// Looks entries up and puts matched groups into values.
#include "acl/map_lookup.hpp"

#include "acl/regex.hpp"
#include "parser/ascii.hpp"

namespace shunt::acl {
namespace {

using fetchers::Context;
using fetchers::Fetched;
using fetchers::Sample;

using parser::ascii::is_digit;

// HAProxy does not check that both are hexadecimal digits [seen: \xzz is S].
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return (c >= 'a' && c <= 'z' ? c - 0x20 : c) - ('A' - 10);
}

// The value with \0 to \9 replaced by groups and \xHH by that byte; another escaped byte stands for itself.
// Asked twice: for the size, then for the bytes.
class Expansion {
 public:
  Expansion(std::string_view value, std::string_view text, const Groups& groups)
      : value_(value), text_(text), groups_(groups) {}

  // nullopt: the value ends within an escape, which yields nothing [seen].
  std::optional<std::size_t> write(char* out) {
    std::size_t size = 0;
    const auto put = [&](std::string_view bytes) {
      if (out != nullptr) bytes.copy(out + size, bytes.size());
      size += bytes.size();
    };
    for (std::size_t at = 0; at < value_.size(); ++at) {
      if (value_[at] != '\\') {
        put(value_.substr(at, 1));
        continue;
      }
      if (++at == value_.size()) return std::nullopt;
      if (is_digit(value_[at])) {
        put(groups_.text(static_cast<std::size_t>(value_[at] - '0'), text_));
      } else if (value_[at] == 'x') {
        if (at + 2 >= value_.size()) return std::nullopt;
        const char byte = static_cast<char>(hex_value(value_[at + 1]) * 16 + hex_value(value_[at + 2]));
        put({&byte, 1});
        at += 2;
      } else {
        put(value_.substr(at, 1));
      }
    }
    return size;
  }

 private:
  std::string_view value_, text_;
  const Groups& groups_;
};

bool expand(Context& context, const Regex& regex, std::string_view value, Sample& sample) {
  Groups groups;
  if (!regex.match(sample.text, groups)) return false;
  Expansion expansion(value, sample.text, groups);
  const auto size = expansion.write(nullptr);
  if (!size) return false;
  const std::span<char> room = context.scratch->allocate(*size);
  (void)expansion.write(room.data());
  sample.set_string({room.data(), *size});
  return true;
}

}  // namespace

MapLookup::MapLookup(const PatternSlot& slot, MapOutput output, std::optional<Sample> otherwise,
                     std::string otherwise_text)
    : slot_(slot), output_(output), otherwise_(otherwise), otherwise_text_(std::move(otherwise_text)) {
  if (otherwise_ && otherwise_->type == fetchers::SampleType::str) otherwise_->text = otherwise_text_;
}

Fetched MapLookup::answer(Context& context, fetchers::Arguments, Sample& sample) const {
  const PatternVersion& version = slot_.current();
  const std::uint32_t entry = version.set->match(sample);
  if (entry == PatternSet::no_entry) {
    if (otherwise_) sample = *otherwise_;
    return {.found = otherwise_.has_value()};
  }
  if (output_ == MapOutput::groups)
    return {.found = expand(context, *version.set->regex(entry), version.values->text(entry), sample)};
  if (output_ == MapOutput::key)
    sample.set_string(version.set->entries()[entry].text);
  else
    sample = version.values->value(entry);
  return {.found = true};
}

}  // namespace shunt::acl
