// Files of bind's `crt-list`: a certificate a line, options in brackets, server names.
#include <fmt/core.h>

#include <sstream>

#include "acl/fold.hpp"
#include "graph/base_directory.hpp"
#include "graph/pki/certificate_store.hpp"
#include "graph/read/bind_settings.hpp"
#include "graph/read/process_kinds.hpp"
#include "graph/read/proxy_lines.hpp"
#include "graph/read/tls_settings.hpp"
#include "graph/rows/families.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::kinds {
namespace {

using parser::Word;

constexpr std::string_view fetching = "ocsp-update";

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

pki::CertificateSource source_of(const std::string& path, const config::CertificateParts& parts) {
  return {.path = path,
          .place = {},
          .key = parts.key,
          .stapled = parts.stapled,
          .issuer = parts.issuer,
          .timestamps = parts.timestamps};
}

class CrtList {
 public:
  CrtList(Reading& reading, const Word& word, std::vector<config::BindCertificate>& lines,
          std::string_view keyword = "crt-list")
      : reading_(reading), word_(word), lines_(lines), keyword_(keyword) {}

  bool read(const std::string& path) {
    const auto bytes = reading_.state.certificates.text(path);
    if (!bytes) return fail(fmt::format("the file '{}' can't be read", path));
    std::istringstream file(*bytes);
    std::vector<std::vector<std::string>> lines;
    for (std::string line; std::getline(file, line);)
      lines.push_back(line.starts_with('#') ? std::vector<std::string>{} : words_of(line));
    prepare(lines);
    return std::ranges::all_of(lines, [this](const std::vector<std::string>& words) {
      ++number_;
      return read_line(words);
    });
  }

  // One certificate with its options, outside of a file.
  bool read_use(std::string_view name, std::span<const parser::Word> given) {
    std::vector<std::string> words = {std::string(name)};
    if (!given.empty()) words.emplace_back("[");
    for (const parser::Word& word : given) words.emplace_back(word.value);
    if (!given.empty()) words.emplace_back("]");
    const bool read = read_line(words);
    if (read) lines_.back().of_list = false;
    return read;
  }

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const {
    return below(reading_.global().crt_base, name);
  }

  // Those that are files: a directory or a bundle is looked at when its line is read.
  void prepare(const std::vector<std::vector<std::string>>& lines) {
    std::vector<std::string> paths;
    for (const std::vector<std::string>& words : lines)
      if (!words.empty() && !words[0].starts_with('@')) paths.push_back(path_of(words[0]));
    certificates_of(reading_).prepare(paths);
  }

  bool read_line(const std::vector<std::string>& words) {
    if (words.empty()) return true;
    if (words.front() == "[" || words.front() == "]")
      return fail("a line begins with the name of a certificate");
    config::BindCertificate made{.name = {words.front(), word_.span}, .of_list = true};
    const auto open = std::ranges::find(words, "[");
    const auto close = std::ranges::find(words, "]");
    if (open == words.end() && close == words.end())
      return certificate(made) && keep(std::move(made), {words.begin() + 1, words.end()});
    if (open != words.begin() + 1 || close == words.end() || close < open)
      return fail("options stand in brackets behind the name of the certificate");
    // What parts there are must be known first; HAProxy complains of the certificate before the options.
    take_parts({open + 1, close}, made.parts);
    if (!certificate(made) || !options({open + 1, close}, made)) return false;
    return keep(std::move(made), {close + 1, words.end()});
  }

  // `*` stands for clients without a known name (3.x); `!*` for nothing, but it is a filter.
  bool keep(config::BindCertificate made, std::span<const std::string> filters) {
    for (const std::string& filter : filters) {
      made.filtered = true;
      if (filter == "*") {
        made.is_default = true;
      } else if (filter.starts_with('!')) {
        made.excluded.push_back(acl::folded(filter.substr(1)));
      } else {
        made.names.push_back(acl::folded(filter));
      }
    }
    lines_.push_back(std::move(made));
    return true;
  }

  bool certificate(const config::BindCertificate& made) {
    const std::string& name = made.name.value;
    if (name.starts_with('@')) return true;  // of a crt-store
    pki::CertificateStore& store = certificates_of(reading_);
    const std::string path = path_of(name);
    const bool apart = !made.parts.key.empty() || !made.parts.stapled.empty() || !made.parts.issuer.empty() ||
                       !made.parts.timestamps.empty();
    const auto fault = apart ? store.check(source_of(path, made.parts)) : store.check(path);
    return fault ? fail(fault->message) : true;
  }

  static std::string config::CertificateParts::* part_named(std::string_view name) {
    using Parts = config::CertificateParts;
    constexpr std::pair<std::string_view, std::string Parts::*> parts[] = {{"key", &Parts::key},
                                                                           {"ocsp", &Parts::stapled},
                                                                           {"issuer", &Parts::issuer},
                                                                           {"sctl", &Parts::timestamps}};
    for (const auto& [known, part] : parts)
      if (known == name) return part;
    return nullptr;
  }

  static void take_parts(std::span<const std::string> texts, config::CertificateParts& parts) {
    for (std::size_t i = 0; i + 1 < texts.size(); ++i)
      if (const auto part = part_named(texts[i])) parts.*part = texts[++i];
  }

  // The options without the names of files: equal ones are one set.
  static std::string text_of(std::span<const std::string> texts) {
    std::string text;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (part_named(texts[i]) != nullptr || texts[i] == fetching)
        ++i;
      else
        text.append(texts[i]).push_back(' ');
    }
    return text;
  }

  bool options(std::span<const std::string> texts, config::BindCertificate& made) {
    std::vector<Word> words;
    for (const std::string& text : texts) words.push_back({.value = text, .span = word_.span});
    config::Bind scratch;
    Reading inner = reading_;
    inner.bind = &scratch;
    const std::size_t errors = reading_.state.sink.count(parser::Severity::error);
    read_parameters(inner, crt_list_family, words);
    made.options_text = text_of(texts);
    if (const auto& fetches = scratch.parameters.fetches) made.parts.fetches = fetches->value;
    if (!made.options_text.empty())
      made.options = std::make_shared<const config::BindParameters>(std::move(scratch.parameters));
    return errors == reading_.state.sink.count(parser::Severity::error);
  }

  bool fail(const std::string& why) {
    reading_.report(codes::bad_certificate, word_.span,
                    number_ == 0
                        ? fmt::format("'{}': {}", keyword_, why)
                        : fmt::format("'{}': line {} of '{}': {}", keyword_, number_, word_.value, why));
    return false;
  }

  Reading& reading_;
  const Word& word_;
  std::vector<config::BindCertificate>& lines_;
  std::string_view keyword_;
  int number_ = 0;
};

}  // namespace

std::size_t crt_list(Reading& reading, Words words, std::string_view) {
  if (reading.state.assume_files) return 1;
  std::vector<config::BindCertificate>& lines = reading.state.list_lines;
  lines.clear();
  return CrtList(reading, words[0], lines).read(std::string(words[0].value)) ? 1 : 0;
}

}  // namespace shunt::graph::kinds

namespace shunt::graph {

void read_crt_list(Reading& reading) {
  if (reading.state.assume_files) {
    reading.bind->parameters.other_certificates = {true, reading.span()};
    return;
  }
  auto& all = reading.bind->parameters.certificates;
  all.push_back({.name = {std::string(reading.arguments[0].value), reading.span()}, .is_list = true});
  auto& lines = reading.state.list_lines;
  std::ranges::move(lines, std::back_inserter(all));
  lines.clear();
}

void read_certificate_use(Reading& reading) {
  if (reading.state.assume_files) return;
  const parser::Word& name = reading.arguments[1];
  kinds::CrtList(reading, name, reading.proxy->certificates, "ssl-f-use")
      .read_use(name.value, reading.arguments.subspan(2));
}

bool read_crt_list_again(ReadState& state, const config::Text& list,
                         std::vector<config::BindCertificate>& into) {
  const parser::Word word{.value = list.value, .span = list.span};
  const parser::Line line{};
  Reading reading{.state = state, .line = &line, .keyword = word, .place = in::frontend};
  return kinds::CrtList(reading, word, into).read(list.value);
}

}  // namespace shunt::graph
