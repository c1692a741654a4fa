// Reads options of one family word by word.
#include "graph/read/option_words.hpp"

#include <algorithm>

namespace shunt::graph {
namespace {

using parser::Severity;
using parser::Word;

bool is_known_option(const Reading& reading, const Family& family, std::string_view name) {
  const Row* row = family.find(name);
  return row != nullptr && is_known(reading.state.language(), row->since);
}

bool begins_condition(const Word& word) { return word == "if" || word == "unless"; }

// Reads the option at the front; the words after it are left.
void read_option(const Reading& reading, const Family& family, OptionList& list) {
  const auto errors = reading.state.sink.count(Severity::error);
  Reading inner = reading;
  inner.keyword = list.rest.front();
  inner.arguments = list.rest.subspan(1);
  inner.rest = {};
  inner.in_list = true;
  inner.only_checked = true;
  dispatch(inner, family);
  list.sound = list.sound && reading.state.sink.count(Severity::error) == errors;
  if (!list.sound) return;
  list.all.push_back({inner.row, inner.arguments, inner.span()});
  list.rest = inner.rest;
}

}  // namespace

const OptionWords* OptionList::find(std::string_view name) const {
  const auto found =
      std::find_if(all.rbegin(), all.rend(), [&](const OptionWords& each) { return each.row->name == name; });
  return found == all.rend() ? nullptr : &*found;
}

OptionList read_options(const Reading& reading, const Family& family, std::span<const Word> words) {
  OptionList list{.rest = words};
  while (list.sound && !list.rest.empty() && is_known_option(reading, family, list.rest.front().value))
    read_option(reading, family, list);
  return list;
}

OptionList read_only_options(const Reading& reading, const Family& family, std::span<const Word> words,
                             bool condition_follows) {
  OptionList list = read_options(reading, family, words);
  const bool done = list.rest.empty() || (condition_follows && begins_condition(list.rest.front()));
  // A word that is none is dispatched all the same: the table knows what to say about it.
  if (list.sound && !done) read_option(reading, family, list);
  return list;
}

}  // namespace shunt::graph
