// Scripts of protocol checks. Words in angles are filled in from the option's arguments.
#include "graph/link/check_scripts.hpp"

#include <algorithm>
#include <array>

#include "parser/hex.hpp"

namespace shunt::graph {
namespace {

using namespace std::string_view_literals;
using parser::Word;
using Words = std::span<const Word>;

struct Line {
  std::array<std::string_view, 16> words = {};
};

constexpr std::string_view filled = "<>";

constexpr auto first_line = "%[res.payload(0,0),cut_crlf]"sv;
constexpr auto reply_text = "%[res.payload(4,0),ltrim(' '),cut_crlf]"sv;

constexpr std::array redis{
    Line{{"send", "*1\r\n$4\r\nPING\r\n"}},
    Line{{"expect", "error-status", "L7STS", "on-error", first_line, "on-success", "Redis server is ok",
          "string", "+PONG\r\n"}},
};

constexpr std::array pgsql{
    Line{{"connect", "linger"}},
    Line{{"send-binary", filled}},
    Line{{"expect", "min-recv", "5", "error-status", "L7RSP", "on-error", "%[res.payload(6,0)]", "!",
          "rstring", "^E"}},
    Line{{"expect", "min-recv", "9", "error-status", "L7STS", "on-success", "PostgreSQL server is ok",
          "on-error", "PostgreSQL unknown error", "rstring",
          R"(^R\x00\x00\x00[\x00-\xff]\x00\x00\x00[\x00\x02-\x07\x09\x0a])"}},
};

constexpr std::array smtp{
    Line{{"connect", "linger"}},
    Line{{"expect", "min-recv", "4", "error-status", "L7RSP", "on-error", first_line, "rstring",
          "^[0-9]{3}[ \r]"}},
    Line{{"expect", "min-recv", "4", "error-status", "L7STS", "on-error", reply_text, "status-code",
          "res.payload(0,3)", "rstring", "^2[0-9]{2}[ \r]"}},
    Line{{"send", filled}},
    Line{{"expect", "error-status", "L7STS", "on-error", reply_text, "status-code", "res.payload(0,3)",
          "rstring", "^(2[0-9]{2}-[^\r]*\r\n)*2[0-9]{2}[ \r]"}},
    Line{{"send", "QUIT\r\n"}},
    Line{{"expect", "min-recv", "4", "error-status", "L7STS", "on-error", reply_text, "on-success",
          reply_text, "status-code", "res.payload(0,3)", "rstring", "^2[0-9]{2}[- \r]"}},
};

constexpr std::array mysql{
    Line{{"connect", "linger"}},
    Line{{"expect", "mysql-greeting"}},
};
constexpr std::array mysql_user{
    Line{{"connect", "linger"}},
    Line{{"send-binary", filled}},
    Line{{"expect", "mysql-greeting"}},
    Line{{"expect", "mysql-verdict"}},
};

// A bind request: message 1, version 3, no name, no password.
constexpr std::array ldap{
    Line{{"send-binary", "300C020101600702010304008000"}},
    Line{{"expect", "ldap"}},
};

// A hello of SSLv3 with the time of day in it and all suites of that day.
constexpr std::array ssl_hello{
    Line{{"send-binary-lf",
          "16030000790100007503"
          "00%[date(),htonl,hex]"
          "484150524F585953534C43484B0A484150524F585953534C43484B0A"
          "00004E0001000200030004000500060007000800090"
          "00A000B000C000D000E000F0010001100120013001400150016001700180019001A001B"
          "002F0030003100320033003400350036003700380039003A0100"}},
    Line{{"expect", "min-recv", "5", "ok-status", "L6OK", "error-status", "L6RSP", "tout-status", "L6TOUT",
          "rbinary", "^1[56]"}},
};

// HELLO of a process that only checks: it speaks 2.0 and takes frames of up to 16380 bytes.
constexpr std::array spop{
    Line{{"send-binary",
          "0000004E"
          "0100000001"
          "0000"
          "12737570706F727465642D76657273696F6E730803322E30"
          "0E6D61782D6672616D652D73697A6503FCF006"
          "0C6361706162696C69746965730800"
          "0B6865616C7468636865636B11"}},
    Line{{"expect", "spop"}},
};

// A word by its position, or what stands for it.
std::string_view word(Words words, std::size_t position, std::string_view otherwise = {}) {
  return position < words.size() ? words[position].value : otherwise;
}

// "user NAME": version 3.0 and the name, behind the length.
std::string startup(Words words) {
  using namespace std::string_literals;
  const std::string packet = "\0\3\0\0user\0"s + std::string(word(words, 1)) + "\0\0"s;
  const auto size = static_cast<std::uint32_t>(packet.size() + 4);
  const char length[] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                         static_cast<char>(size >> 8), static_cast<char>(size)};
  return parser::hex_of(std::string(length, 4) + packet, parser::ascii::upper_hex);
}

std::string hello(Words words) {
  const bool named = words.size() > 1 && (words[0] == "EHLO" || words[0] == "HELO");
  return std::string(named ? words[0].value : "HELO"sv) + ' ' +
         std::string(named ? words[1].value : "localhost"sv) + "\r\n";
}

std::string with_header(std::string_view packet, char number) {
  const char header[] = {static_cast<char>(packet.size()), static_cast<char>(packet.size() >> 8),
                         static_cast<char>(packet.size() >> 16), number};
  return std::string(header, 4).append(packet);
}

// The user without a password, and then the wish to go.
std::string login(Words words) {
  using namespace std::string_literals;
  const std::string user(word(words, 1));
  const bool old = word(words, 2) == "pre-41";
  const std::string begin = old ? "\0\x80\0\0\1"s : "\0\x82\0\0\0\x80\0\1\x21"s + std::string(23, '\0');
  return parser::hex_of(with_header(begin + user + "\0\0"s, 1) + with_header("\1", 0),
                        parser::ascii::upper_hex);
}

void add_all(CheckSteps& steps, std::span<const Line> lines, std::string_view value = {}) {
  for (Line line : lines) {
    std::ranges::replace(line.words, filled, value);
    std::size_t size = 0;
    while (size < line.words.size() && !line.words[size].empty()) ++size;
    steps.add(std::span<const std::string_view>(line.words).first(size));
  }
}

using Value = std::string (*)(Words words);
struct Script {
  std::string_view option;
  std::span<const Line> lines;
  Value value = nullptr;
};
constexpr std::array scripts{
    Script{"redis-check", redis}, Script{"pgsql-check", pgsql, startup}, Script{"smtpchk", smtp, hello},
    Script{"ldap-check", ldap},   Script{"ssl-hello-chk", ssl_hello},    Script{"spop-check", spop},
};

}  // namespace

bool add_script(CheckSteps& steps, std::string_view option, Words words) {
  if (option == "mysql-check") {
    if (words.size() > 1)
      add_all(steps, mysql_user, login(words));
    else
      add_all(steps, mysql);
    return true;
  }
  const auto* const found = std::ranges::find(scripts, option, &Script::option);
  if (found == scripts.end()) return false;
  add_all(steps, found->lines, found->value == nullptr ? std::string() : found->value(words));
  return true;
}

namespace {

fetchers::LogFormat literal(std::string_view text) {
  fetchers::LogFormat format;
  format.line = false;
  format.items.push_back({.text = std::string(text)});
  return format;
}

}  // namespace

void apply_httpchk(CheckRequest& request, Words words) {
  if (words.empty()) return;
  request.uri = words[words.size() == 1 ? 0 : 1].value;
  request.uri_format.reset();
  if (words.size() == 1) return;
  request.method = words[0].value;
  if (words.size() < 3) return;
  if (!words[2].value.empty()) request.version = words[2].value;
  if (words.size() > 3) request.headers.push_back({"host", literal(words[3].value)});
}

}  // namespace shunt::graph
