// One keyword while it is read: its row, its words and where the result goes. Lowering functions get nothing
// else.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/codes.hpp"
#include "graph/config.hpp"
#include "graph/read/default_path.hpp"
#include "graph/read/repeats.hpp"
#include "graph/rows/row.hpp"
#include "graph/target.hpp"
#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph {

namespace pki {
class CertificateStore;
}

class SectionReader;

// What lives as long as the whole configuration is read.
struct ReadState {
  config::Config& config;
  parser::DiagnosticSink& sink;
  std::vector<parser::Diagnostic>& ignored;  // uses of rows without effect
  Target target = Target::shunt;
  DefaultPath& paths;
  pki::CertificateStore& certificates;  // what lines name is parsed into it
  Said said = {};
  std::vector<config::BindCertificate> list_lines = {};  // of the crt-list that was checked last
  bool assume_files = false;                             // files, users and host names are taken to be there
  const parser::Environment* environment = nullptr;      // as the file leaves it: `setenv` and its kin count

  [[nodiscard]] int language() const { return language_of(target); }
};

struct Reading {
  ReadState& state;
  const Row* row = nullptr;
  const parser::Line* line = nullptr;
  parser::Word keyword = {};                     // the row's name as written
  std::span<const parser::Word> arguments = {};  // the words after it
  std::span<const parser::Word> rest = {};       // what the row's syntax left over
  Prefix prefix = Prefix::plain;
  bool in_list = false;  // other parameters may follow on the line
  bool ignored = false;  // judged, but nothing of the line is kept: it stands on the wrong side
  // What this build can't execute is said of the whole line, not of its words again.
  bool only_checked = false;
  std::uint32_t place = 0;  // one bit of in::

  std::string_view section = "global";                     // the word that opened the section
  fetchers::Place evaluated_at = fetchers::Place::config;  // where expressions of the line are evaluated

  // Where the result goes; null where the place has no such thing.
  config::Proxy* proxy = nullptr;
  config::Bind* bind = nullptr;
  config::ServerParameters* server = nullptr;
  config::StatsSocketLine* stats_socket = nullptr;
  config::TcpRule* rule = nullptr;
  config::LogLine* log = nullptr;
  config::StickTable* table = nullptr;
  SectionReader* sections = nullptr;  // for rows that open a section

  [[nodiscard]] config::Global& global() const { return state.config.global; }
  [[nodiscard]] config::Inherited& settings() const { return proxy->settings; }
  // The keyword with its arguments.
  [[nodiscard]] parser::Span span() const;
  // "'maxconn'": the name of the row in messages, with the keyword before it for sub-words ("'timeout
  // client'").
  [[nodiscard]] std::string quoted() const;

  parser::Diagnostic& report(const codes::Code& code, parser::Span span, std::string message) {
    return state.sink.report(code, span, std::move(message));
  }
};

// "frontend 'web'", "the global section": the place in messages.
[[nodiscard]] std::string place_name(const Reading& reading);

// ---- typed arguments; nullopt: reported
// ---------------------------------------------------------------------------

[[nodiscard]] std::optional<Milliseconds> read_time(Reading& reading, const parser::Word& word,
                                                    bool seconds_by_default = false);
// As C's atol reads it (HAProxy takes "1k" as 1), within [low, high].
[[nodiscard]] std::optional<std::uint32_t> read_number(Reading& reading, const parser::Word& word,
                                                       std::int64_t low, std::int64_t high);
// A whole number and nothing behind it.
[[nodiscard]] std::optional<std::uint32_t> read_strict_number(Reading& reading, const parser::Word& word,
                                                              std::int64_t low, std::int64_t high);
[[nodiscard]] std::optional<std::uint32_t> read_size(Reading& reading, const parser::Word& word);
[[nodiscard]] std::optional<parser::Address> read_address(Reading& reading, const parser::Word& word,
                                                          std::size_t begin = 0,
                                                          std::size_t end = std::string_view::npos);
// Names of proxies, servers, ACLs. False: reported.
bool check_name(Reading& reading, const parser::Word& word,
                parser::Severity severity = parser::Severity::error);
[[nodiscard]] std::optional<std::uint32_t> read_user(Reading& reading, const parser::Word& word);
[[nodiscard]] std::optional<std::uint32_t> read_group(Reading& reading, const parser::Word& word);
[[nodiscard]] std::optional<std::uint32_t> read_octal(Reading& reading, const parser::Word& word);

// The position of `word` among the names (of an enumeration); reported with the list of them when it is none.
[[nodiscard]] std::optional<std::size_t> read_position(Reading& reading, const parser::Word& word,
                                                       std::span<const std::string_view> names);
template <class Value>
[[nodiscard]] std::optional<Value> read_name(Reading& reading, const parser::Word& word,
                                             std::span<const std::string_view> names) {
  const auto position = read_position(reading, word, names);
  return position ? std::optional<Value>(static_cast<Value>(*position)) : std::nullopt;
}

// ---- what other sections must confirm
// --------------------------------------------------------------------------

// The word is compiled or looked up by the linker, once all sections are read.
void use(Reading& reading, config::Use::Kind kind, const parser::Word& word);
// The line gives a name to its section or to an object of it.
void define(Reading& reading, config::Definition::Kind kind, const parser::Word& word);

// ---- dispatch
// -----------------------------------------------------------------------------------------------------

// Finds the row of reading.keyword in `family`, checks place, prefix, status and arity, and runs its lowering
// function.
void dispatch(Reading& reading, const Family& family);

// Reads the first of `words` with its arguments; returns how many words that were.
std::size_t read_parameter(const Reading& reading, const Family& family, std::span<const parser::Word> words);

// Reads all of `words` as "name arguments..." of `family`; each name takes as many words as its row says.
void read_parameters(Reading& reading, const Family& family, std::span<const parser::Word> words);

// `if`/`unless` and what follows; words before it in `reading.arguments` are left. False: reported.
bool split_condition(Reading& reading, std::optional<parser::ConditionTree>& condition);

// Reads all sections of `config.syntax`.
void read_sections(ReadState& state);

}  // namespace shunt::graph
