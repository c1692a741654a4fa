// Each name of the language stands in an accepted line of tests/differential/lines/*.txt, and in a refused
// one whose error is its own where it takes arguments.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "acl/alias_rows.hpp"
#include "fetchers/log_aliases.hpp"
#include "graph/read/global_lines.hpp"
#include "graph/rows/families.hpp"
#include "graph/rows/section_families.hpp"
#include "tests/graph/lines.hpp"

namespace shunt::graph {
namespace {

using testing::JudgedLine;
using Names = std::vector<std::string_view>;

struct Token {
  std::string_view text;
  std::size_t begin = 0;
};

std::vector<Token> words_of(std::string_view line) {
  std::vector<Token> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    const std::string_view word = line.substr(at, end - at);
    if (!words.empty() || (word != "no" && word != "default")) words.push_back({word, at});
    at = end;
  }
  return words;
}

std::string first_word(const std::string& text) { return text.substr(0, text.find_first_of(" \n")); }

// A head can hold other sections before its own.
std::string last_section(const std::string& head) {
  std::string section;
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find('\n', at), head.size());
    const std::string line = head.substr(at, end - at);
    const auto begin = line.find_first_not_of(' ');
    const auto word = begin == std::string::npos ? "" : first_word(line.substr(begin));
    if (section_family.find(word) != nullptr) section = word;
    at = end + 1;
  }
  return section;
}

std::string section_of(const JudgedLine& each) {
  const std::string& section = each.section;
  if (!each.head.empty()) return last_section(each.head);
  if (section.ends_with("defaults")) return "defaults";
  if (section == "bind") return "listen";
  if (section == "server" || section == "default-server") return "backend";
  return section.starts_with("http-") ? section.substr(5) : section;
}

// Where the names of a family stand: in which sections, behind which first words, at which position (0: any).
struct Spot {
  const Family* family;
  Names sections = {};  // empty: any
  Names firsts = {};    // empty: any
  std::size_t position = 0;
  bool first = false;  // the name is the first word
};

const Names proxies = {"defaults", "frontend", "listen", "backend"};
const Names tcp_rules = {"tcp-request", "tcp-response"};
const Names http_rules = {"http-request", "http-response", "http-after-response"};

const std::vector<Spot> spots = {
    {.family = &global_family, .sections = {"global"}, .first = true},
    {.family = &global_stats_family, .sections = {"global"}, .firsts = {"stats"}, .position = 1},
    {.family = &proxy_family, .sections = proxies, .first = true},
    {.family = &option_family, .firsts = {"option"}, .position = 1},
    {.family = &timeout_family, .firsts = {"timeout"}, .position = 1},
    {.family = &stats_family, .sections = proxies, .firsts = {"stats"}, .position = 1},
    {.family = &tcp_request_family, .firsts = {"tcp-request"}, .position = 1},
    {.family = &tcp_response_family, .firsts = {"tcp-response"}, .position = 1},
    {.family = &tcp_action_family, .firsts = tcp_rules},
    {.family = &bind_family, .firsts = {"bind"}},
    {.family = &server_family, .firsts = {"server", "default-server", "server-template"}},
    {.family = &stats_socket_family, .sections = {"global"}, .firsts = {"stats"}},
    {.family = &balance_family, .firsts = {"balance"}, .position = 1},
    {.family = &log_family, .firsts = {"log"}},
    {.family = &peers_family, .sections = {"peers"}, .first = true},
    {.family = &resolvers_family, .sections = {"resolvers"}, .first = true},
    {.family = &userlist_family, .sections = {"userlist"}, .first = true},
    {.family = &mailers_family, .sections = {"mailers"}, .first = true},
    {.family = &ring_family, .sections = {"ring"}, .first = true},
    {.family = &log_forward_family, .sections = {"log-forward"}, .first = true},
    {.family = &cache_family, .sections = {"cache"}, .first = true},
    {.family = &fcgi_app_family, .sections = {"fcgi-app"}, .first = true},
    {.family = &http_errors_family, .sections = {"http-errors"}, .first = true},
    {.family = &crt_store_family, .sections = {"crt-store"}, .first = true},
    {.family = &acme_family, .sections = {"acme"}, .first = true},
    {.family = &healthcheck_family, .sections = {"healthcheck"}, .first = true},
    {.family = &traces_family, .sections = {"traces"}, .first = true},
    {.family = &log_profile_family, .sections = {"log-profile"}, .first = true},
    {.family = &http_action_family, .firsts = http_rules},
    {.family = &reply_family, .firsts = http_rules},
    {.family = &deny_family, .firsts = http_rules},
    {.family = &redirect_family, .firsts = {"http-request", "http-response", "redirect"}},
    {.family = &wait_family, .firsts = {"http-request", "http-response"}},
    {.family = &stick_family, .firsts = {"stick"}, .position = 1},
    {.family = &cookie_family, .firsts = {"cookie"}},
    {.family = &filter_family, .firsts = {"filter"}, .position = 1},
    {.family = &trace_filter_family, .firsts = {"filter"}},
    {.family = &spoe_filter_family, .firsts = {"filter"}},
    {.family = &opentracing_filter_family, .firsts = {"filter"}},
    {.family = &bandwidth_filter_family, .firsts = {"filter"}},
    {.family = &compression_family, .firsts = {"compression"}, .position = 1},
    {.family = &email_alert_family, .firsts = {"email-alert"}},
    {.family = &http_check_family, .firsts = {"http-check"}, .position = 1},
    {.family = &tcp_check_family, .firsts = {"tcp-check"}, .position = 1},
    {.family = &check_connect_family, .firsts = {"http-check", "tcp-check"}},
    {.family = &check_send_family, .firsts = {"http-check"}},
    {.family = &http_expect_family, .firsts = {"http-check"}},
    {.family = &tcp_expect_family, .firsts = {"tcp-check"}},
    {.family = &stick_table_family, .firsts = {"stick-table", "table"}},
    {.family = &table_data_family, .firsts = {"stick-table", "table"}},
};

// The name in a word such as "set-var(txn.a)", "gpc(2),http_req_rate(10s)", "lua.NAME".
bool says(std::string_view word, std::string_view name) {
  for (std::size_t at = 0; (at = word.find(name, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || word[at - 1] == ',';
    const bool ends = end == word.size() || word[end] == '(' || word[end] == ',' || name.ends_with('.');
    if (begins && ends) return true;
  }
  return false;
}

bool is_gone_name(std::string_view removed_in, int version) { return is_gone(version, removed_in); }

bool contains(const Names& names, std::string_view name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

// What the tests want to know of one name.
struct Seen {
  bool good = false, bad = false;
};

struct CutLine {
  const JudgedLine* line;
  std::vector<Token> words;
  std::string section;
};

std::vector<CutLine> cut_all() {
  std::vector<CutLine> all;
  for (const auto& file : testing::judged_lines()) {
    for (const auto& each : file.lines) {
      CutLine cut{.line = &each, .words = words_of(each.text), .section = section_of(each)};
      if (!cut.words.empty()) all.push_back(std::move(cut));
    }
  }
  return all;
}

// The lines that a family's names can stand in.
std::vector<CutLine> lines_for(const Spot& spot) {
  static const std::vector<CutLine> all = cut_all();
  std::vector<CutLine> fitting;
  std::ranges::copy_if(all, std::back_inserter(fitting), [&](const CutLine& each) {
    return contains(spot.sections, each.section) && contains(spot.firsts, each.words[0].text);
  });
  return fitting;
}

class Coverage {
 public:
  void look(const Row& row, const Spot& spot, const CutLine& cut, Seen& seen) const {
    const auto& words = cut.words;
    const JudgedLine& each = *cut.line;
    for (std::size_t at = 0; at < words.size(); ++at) {
      if (!stands_at(spot, at) || !says(words[at].text, row.name)) continue;
      const bool old = is_gone_name(row.removed_in, 305);
      seen.good |= old ? each.accepted_in_2_6 : each.accepted;
      seen.bad |= std::ranges::any_of(each.errors, [&](std::size_t error) {
        return error >= words[0].begin && blames(row, spot, words, at, error);
      });
    }
  }

 private:
  static bool stands_at(const Spot& spot, std::size_t at) {
    if (spot.first) return at == 0;
    return spot.position == 0 ? at > 0 : at == spot.position;
  }
  // No other name of the family stands between this one and the error.
  static bool blames(const Row&, const Spot& spot, const std::vector<Token>& words, std::size_t at,
                     std::size_t error) {
    if (spot.first || spot.position != 0) return true;
    if (error < words[at].begin) return false;
    for (std::size_t next = at + 1; next < words.size() && words[next].begin <= error; ++next) {
      const auto name = words[next].text.substr(0, words[next].text.find('('));
      if (spot.family->find(name) != nullptr) return false;
    }
    return true;
  }
};

// Whether something could be said about the words behind the name.
bool takes_arguments(const Row& row) {
  if (row.parenthesised || row.min_args > 0) return true;
  const auto begin = row.syntax.find_first_not_of(" ");
  if (begin == std::string_view::npos) return false;
  return row.syntax != "[<any>]" && row.syntax != "[<any>]..." && row.syntax != "<any>";
}

Seen look_everywhere(const Row& row, const Spot& spot, const std::vector<CutLine>& lines) {
  Seen seen;
  for (const auto& each : lines) {
    Coverage().look(row, spot, each, seen);
    if (seen.good && seen.bad) break;
  }
  return seen;
}

// Names that no line can use here, with the reason.
struct Waiver {
  std::string_view family, name, reason;
};
constexpr Waiver waivers[] = {
    {"keyword", "debug", "removed from both versions"},
    {"keyword", "tune.fast-forward", "removed from both versions"},
    {"keyword", "quic-initial", "the reference builds have no QUIC"},
    {"action", "ot-group", "the filter 'opentracing' is not in the reference builds"},
    {"action", "attach-srv", "its listener's address is not read"},
    {"action", "use-service", "the services of TCP rules are Lua's"},
    {"bind parameter", "force-sslv3", "the TLS library has no SSLv3"},
    {"bind parameter", "namespace", "the namespace would have to exist"},
    {"bind parameter", "nbconn", "its listener's address is not read"},
    {"server parameter", "namespace", "the namespace would have to exist"},
    {"option of the filter", "id", "the filter 'opentracing' is not in the reference builds"},
};
bool is_waived(std::string_view family, std::string_view name) {
  return std::ranges::any_of(waivers,
                             [&](const Waiver& each) { return each.family == family && each.name == name; });
}

struct Tally {
  std::string missing;
  int total = 0, covered = 0;

  void add(std::string_view family, std::string_view name, bool good, bool bad) {
    ++total;
    if (good && bad) {
      ++covered;
      return;
    }
    missing +=
        std::string(family) + ": " + std::string(name) + (good ? "" : " GOOD") + (bad ? "" : " BAD") + "\n";
  }
  void expect_complete() const {
    ::testing::Test::RecordProperty("rows", total);
    EXPECT_EQ(covered, total) << missing;
  }
};

TEST(RowsCovered, EveryKeyword) {
  Tally tally;
  for (const Spot& spot : spots) {
    const auto lines = lines_for(spot);
    for (const Row& row : spot.family->rows) {
      const Seen seen = look_everywhere(row, spot, lines);
      const bool long_gone = is_gone_name(row.removed_in, 206);
      // What the reference builds don't know at all is refused by this function.
      const bool foreign = row.lower.function == refuse_foreign;
      const bool excused = long_gone || foreign || is_waived(spot.family->name, row.name);
      tally.add(spot.family->name, row.name, seen.good || excused,
                seen.bad || !(takes_arguments(row) || long_gone));
    }
  }
  tally.expect_complete();
}

TEST(RowsCovered, EveryFamilyHasASpot) {
  std::set<const Family*> known = {&section_family, &crt_list_family};  // heads; lines of another file
  for (const Spot& spot : spots) known.insert(spot.family);
  for (const Family* family : all_families()) EXPECT_TRUE(known.contains(family)) << family->name;
}

// ---- parts of expressions

bool is_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-' || c == '+';
}

// Every name that could be one in the lines of a kind, cut once: looking for each name in each line is slow.
struct Parts {
  std::set<std::string, std::less<>> good, good_in_2_6, bad;

  Parts() {
    for (const auto& file : testing::judged_lines()) {
      for (const auto& each : file.lines) cut(each);
    }
  }

 private:
  void cut(const JudgedLine& each) {
    const std::string& text = each.text;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() && is_part(text[end])) ++end;
      if (end == at) {
        ++at;
        continue;
      }
      const std::string name = text.substr(at, end - at);
      if (each.accepted) good.insert(name);
      if (each.accepted_in_2_6) good_in_2_6.insert(name);
      // The error is about this part: it points at it or into the brackets behind it.
      const std::size_t closing = text.find_first_of(" \t", end);
      for (const std::size_t error : each.errors) {
        if (error <= closing && (error >= at || text.rfind(' ', at) == error - 1)) bad.insert(name);
      }
      at = end;
    }
  }
};

const Parts& parts() {
  static const Parts all;
  return all;
}

template <class Row>
void add_sample_row(Tally& tally, std::string_view kind, const Row& row) {
  const bool old = is_gone_name(row.removed_in, 305);
  const bool long_gone = is_gone_name(row.removed_in, 206);
  const bool good = (old ? parts().good_in_2_6 : parts().good).contains(row.name);
  const bool wants_bad = row.arguments.types[0] != fetchers::ArgumentType::none || long_gone;
  tally.add(kind, row.name, good || long_gone, !wants_bad || parts().bad.contains(row.name));
}

TEST(RowsCovered, EveryFetch) {
  Tally tally;
  for (const auto& row : fetchers::fetch_rows()) add_sample_row(tally, "fetch", row);
  tally.expect_complete();
}

TEST(RowsCovered, EveryConverter) {
  Tally tally;
  for (const auto& row : fetchers::converter_rows()) add_sample_row(tally, "converter", row);
  tally.expect_complete();
}

TEST(RowsCovered, EveryAliasOfACriterion) {
  Tally tally;
  for (const auto& row : acl::alias_rows())
    tally.add("criterion", row.name, parts().good.contains(row.name), true);
  for (const auto& row : acl::predefined_rows())
    tally.add("predefined", row.name, parts().good.contains(row.name), true);
  tally.expect_complete();
}

TEST(RowsCovered, EveryLogAlias) {
  Tally tally;
  for (const auto& row : fetchers::log_aliases()) {
    const std::string written = "%" + std::string(row.name);
    bool good = false;
    for (const auto& file : testing::judged_lines()) {
      for (const auto& each : file.lines) {
        const auto at = each.text.find(written);
        if (!each.accepted || at == std::string::npos) continue;
        const std::size_t end = at + written.size();
        good |= end == each.text.size() || !std::isalnum(static_cast<unsigned char>(each.text[end]));
      }
    }
    tally.add("log alias", row.name, good, true);
  }
  tally.expect_complete();
}

}  // namespace
}  // namespace shunt::graph
