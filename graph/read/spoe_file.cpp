// The file of a SPOE filter: its agent, messages and groups.
#include "graph/read/spoe_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>

#include "parser/outside.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

constexpr std::array<std::string_view, 12> agent_keywords{
    "groups",      "log",      "max-frame-size", "max-waiting-frames", "maxconnrate",
    "maxerrrate",  "messages", "option",         "register-var-names", "timeout",
    "use-backend", "no"};
constexpr std::array<std::string_view, 3> message_keywords{"acl", "args", "event"};
constexpr std::array<std::string_view, 1> group_keywords{"messages"};
constexpr std::array<std::string_view, 9> events{
    "on-client-session",      "on-frontend-tcp-request", "on-frontend-http-request",
    "on-backend-tcp-request", "on-backend-http-request", "on-server-session",
    "on-tcp-response",        "on-http-response",        "on-error"};

class SpoeFile {
 public:
  SpoeFile(Reading& reading, const Word& file, std::string_view scope)
      : reading_(reading), file_(file), wanted_(scope), open_(scope.empty()) {}

  void read(std::istream& lines) {
    std::string line;
    while (std::getline(lines, line)) {
      ++number_;
      read_line(line.substr(0, line.find('#')));
    }
    if (sound_) check_whole();
  }

 private:
  void fail(std::string_view what) {
    sound_ = false;
    reading_.report(codes::bad_argument, file_.span, fmt::format("{}:{}: {}", file_.value, number_, what));
  }

  void read_line(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(std::move(word));
    if (words.empty()) return;
    if (words[0].front() == '[') return open_scope(words[0]);
    if (!open_) return;
    if (words[0].starts_with("spoe-")) return open_section(words);
    read_keyword(words);
  }

  void open_scope(const std::string& name) {
    if (name.size() < 3 || name.back() != ']') return fail("a scope such as '[name]' is expected");
    open_ = std::string_view(name).substr(1, name.size() - 2) == wanted_;
    section_.clear();
  }

  void open_section(const std::vector<std::string>& words) {
    section_ = words[0];
    if (section_ != "spoe-agent" && section_ != "spoe-message" && section_ != "spoe-group")
      return fail(fmt::format("there is no section '{}'", section_));
    if (words.size() < 2) return fail(fmt::format("'{}' expects a name", section_));
    if (section_ == "spoe-agent" && agent_) return fail("there is already an agent");
    if (section_ == "spoe-agent") agent_ = words[1];
    auto& names = section_ == "spoe-message" ? messages_ : groups_;
    if (section_ != "spoe-agent" && !names.insert(words[1]).second)
      fail(fmt::format("there is already a '{}' section named '{}'", section_, words[1]));
  }

  template <class Names>
  void know(const Names& names, std::string_view word) {
    if (std::ranges::find(names, word) == names.end())
      fail(fmt::format("unknown keyword '{}' in a '{}' section", word, section_));
  }

  void read_keyword(const std::vector<std::string>& words) {
    if (section_.empty()) return fail(fmt::format("'{}' stands outside any section", words[0]));
    if (section_ == "spoe-message") return read_message(words);
    if (section_ == "spoe-group") know(group_keywords, words[0]);
    if (section_ == "spoe-agent") read_agent(words);
    if (words[0] == "messages") used_messages_.insert(words.begin() + 1, words.end());
  }

  void read_agent(const std::vector<std::string>& words) {
    know(agent_keywords, words[0]);
    if (words[0] == "groups") used_groups_.insert(words.begin() + 1, words.end());
    if (words[0] != "use-backend") return;
    if (words.size() < 2) return fail("'use-backend' expects the name of a backend");
    backend_ = words[1];
  }

  void read_message(const std::vector<std::string>& words) {
    know(message_keywords, words[0]);
    if (words[0] != "event") return;
    if (words.size() < 2) return fail("'event' expects the name of an event");
    if (std::ranges::find(events, words[1]) == events.end())
      return fail(fmt::format("there is no event '{}'", words[1]));
    if (words.size() > 2 && words[2] != "if" && words[2] != "unless")
      fail(fmt::format("'if' or 'unless' is expected behind the event, not '{}'", words[2]));
  }

  void check_whole() {
    if (!agent_)
      return fail(wanted_.empty() ? "there is no 'spoe-agent' section"
                                  : fmt::format("there is no 'spoe-agent' section below '[{}]'", wanted_));
    if (!backend_) return fail(fmt::format("the agent '{}' has no 'use-backend' line", *agent_));
    for (const std::string& name : used_messages_)
      if (!messages_.contains(name)) fail(fmt::format("the message '{}' is nowhere defined", name));
    for (const std::string& name : used_groups_)
      if (!groups_.contains(name)) fail(fmt::format("the group '{}' is nowhere defined", name));
    if (sound_) reading_.proxy->checked.agents.push_back({*backend_, file_.span});
  }

  Reading& reading_;
  const Word& file_;
  std::string_view wanted_;
  bool open_, sound_ = true;
  std::size_t number_ = 0;
  std::string section_;
  std::optional<std::string> agent_, backend_;
  std::set<std::string> messages_, groups_, used_messages_, used_groups_;
};

const Word* word_behind(std::span<const Word> words, std::string_view name) {
  const auto found = std::ranges::find(words, name, &Word::value);
  return found == words.end() || found + 1 == words.end() ? nullptr : &*(found + 1);
}

}  // namespace

void read_spoe_file(Reading& reading) {
  const Word* file = word_behind(reading.rest, "config");
  const Word* scope = word_behind(reading.rest, "engine");
  if (file == nullptr) return;
  auto bytes = parser::read_file(std::string(file->value));
  if (!bytes) return;  // the parameter's own check has said so
  std::istringstream stream(std::move(bytes).assume_value());
  SpoeFile(reading, *file, scope == nullptr ? std::string_view() : scope->value).read(stream);
}

}  // namespace shunt::graph
