// Files of bind's `crt-list`: a certificate a line, options in brackets, server names.
#include <fmt/format.h>

#include <sstream>

#include "graph/pki/certificate_store.hpp"
#include "graph/read/process_kinds.hpp"
#include "graph/rows/families.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::kinds {
namespace {

using parser::Word;

// The words of a line; a bracket is a word of its own.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  bool fresh = true;
  for (const char c : line) {
    if (c == ' ' || c == '\t' || c == '\r') {
      fresh = true;
    } else if (c == '[' || c == ']') {
      words.emplace_back(1, c);
      fresh = true;
    } else {
      if (fresh) words.emplace_back();
      words.back() += c;
      fresh = false;
    }
  }
  return words;
}

class CrtList {
 public:
  CrtList(Reading& reading, const Word& word) : reading_(reading), word_(word) {}

  bool read(const std::string& path) {
    auto bytes = parser::read_file(path);
    if (!bytes) return fail(fmt::format("the file '{}' can't be read", path));
    std::istringstream file(std::move(bytes).assume_value());
    for (std::string line; std::getline(file, line);) {
      ++number_;
      if (line.empty() || line.front() == '#') continue;
      if (!read_line(words_of(line))) return false;
    }
    return true;
  }

 private:
  bool read_line(const std::vector<std::string>& words) {
    if (words.empty()) return true;
    if (words.front() == "[" || words.front() == "]")
      return fail("a line begins with the name of a certificate");
    const bool key_apart = std::ranges::find(words, "key") != words.end();
    if (!certificate(words.front(), key_apart)) return false;
    const auto open = std::ranges::find(words, "[");
    const auto close = std::ranges::find(words, "]");
    if (open == words.end() && close == words.end()) return true;
    if (open != words.begin() + 1 || close == words.end() || close < open)
      return fail("options stand in brackets behind the name of the certificate");
    return options({open + 1, close});
  }

  bool certificate(const std::string& name, bool key_apart) {
    if (name.starts_with('@')) return true;  // of a crt-store
    const auto& base = reading_.global().crt_base;
    const std::string path = name.starts_with('/') || !base ? name : fmt::format("{}/{}", base->value, name);
    // The certificate alone has no key that could fit.
    if (key_apart && parser::is_readable(path)) return true;
    pki::CertificateStore store;
    const auto loaded = store.load(path);
    return loaded ? true : fail(loaded.error().message);
  }

  bool options(std::span<const std::string> texts) {
    std::vector<Word> words;
    for (const std::string& text : texts) words.push_back({.value = text, .span = word_.span});
    Reading inner = reading_;
    const std::size_t errors = reading_.state.sink.count(parser::Severity::error);
    read_parameters(inner, crt_list_family, words);
    return errors == reading_.state.sink.count(parser::Severity::error);
  }

  bool fail(const std::string& why) {
    reading_.report(codes::bad_certificate, word_.span,
                    number_ == 0 ? fmt::format("'crt-list': {}", why)
                                 : fmt::format("'crt-list': line {} of '{}': {}", number_, word_.value, why));
    return false;
  }

  Reading& reading_;
  const Word& word_;
  int number_ = 0;
};

}  // namespace

std::size_t crt_list(Reading& reading, Words words, std::string_view) {
  if (reading.state.assume_files) return 1;
  return CrtList(reading, words[0]).read(std::string(words[0].value)) ? 1 : 0;
}

}  // namespace shunt::graph::kinds
