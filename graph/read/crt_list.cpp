// Files of bind's `crt-list`: a certificate a line, options in brackets, server names.
#include <fmt/format.h>

#include <sstream>

#include "graph/pki/certificate_store.hpp"
#include "graph/read/bind_settings.hpp"
#include "graph/read/process_kinds.hpp"
#include "graph/read/tls_settings.hpp"
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

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& letter : folded)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
  return folded;
}

class CrtList {
 public:
  // With `lines` the certificates are kept and not tried: that has been done.
  CrtList(Reading& reading, const Word& word, std::vector<config::BindCertificate>* lines = nullptr)
      : reading_(reading), word_(word), lines_(lines) {}

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
    if (lines_ == nullptr && !certificate(words.front(), key_apart)) return false;
    config::BindCertificate made{.name = {words.front(), word_.span}};
    const auto open = std::ranges::find(words, "[");
    const auto close = std::ranges::find(words, "]");
    if (open == words.end() && close == words.end())
      return keep(std::move(made), {words.begin() + 1, words.end()});
    if (open != words.begin() + 1 || close == words.end() || close < open)
      return fail("options stand in brackets behind the name of the certificate");
    if (!options({open + 1, close}, made)) return false;
    return keep(std::move(made), {close + 1, words.end()});
  }

  // `*` stands for clients without a known name (3.x); `!*` for nothing, but it is a filter.
  bool keep(config::BindCertificate made, std::span<const std::string> filters) {
    if (lines_ == nullptr) return true;
    for (const std::string& filter : filters) {
      made.filtered = true;
      if (filter == "*") {
        made.is_default = true;
      } else if (filter.starts_with('!')) {
        made.excluded.push_back(lower(filter.substr(1)));
      } else {
        made.names.push_back(lower(filter));
      }
    }
    lines_->push_back(std::move(made));
    return true;
  }

  bool certificate(const std::string& name, bool key_apart) {
    if (name.starts_with('@')) return true;  // of a crt-store
    const auto& base = reading_.global().crt_base;
    const std::string path = name.starts_with('/') || !base ? name : fmt::format("{}/{}", base->value, name);
    // The certificate alone has no key that could fit.
    if (key_apart && parser::is_readable(path)) return true;
    pki::CertificateStore store;
    store.look_for(extra_files(reading_.global()));
    const auto loaded = store.load(path);
    return loaded ? true : fail(loaded.error().message);
  }

  bool options(std::span<const std::string> texts, config::BindCertificate& made) {
    std::vector<Word> words;
    for (const std::string& text : texts) words.push_back({.value = text, .span = word_.span});
    config::Bind scratch;
    Reading inner = reading_;
    inner.bind = &scratch;
    const std::size_t errors = reading_.state.sink.count(parser::Severity::error);
    read_parameters(inner, crt_list_family, words);
    if (!texts.empty())
      made.options = std::make_shared<const config::BindParameters>(std::move(scratch.parameters));
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
  std::vector<config::BindCertificate>* lines_;
  int number_ = 0;
};

}  // namespace

std::size_t crt_list(Reading& reading, Words words, std::string_view) {
  if (reading.state.assume_files) return 1;
  return CrtList(reading, words[0]).read(std::string(words[0].value)) ? 1 : 0;
}

}  // namespace shunt::graph::kinds

namespace shunt::graph {

void read_crt_list(Reading& reading) {
  if (reading.state.assume_files) {
    reading.bind->parameters.other_certificates = {true, reading.span()};
    return;
  }
  auto& all = reading.bind->parameters.certificates;
  kinds::CrtList(reading, reading.arguments[0], &all).read(std::string(reading.arguments[0].value));
}

}  // namespace shunt::graph
