// Programs of checks, compiled from lines and run without sockets: answers fed whole, byte by byte, and split
// everywhere.
#include "runtime/check_run.hpp"

#include <gtest/gtest.h>

#include "fetchers/variables.hpp"
#include "graph/load.hpp"
#include "graph/server_checks.hpp"
#include "graph/tls_renewal.hpp"
#include "runtime/mail_sender.hpp"
#include "runtime/server_script.hpp"

namespace shunt::runtime {
namespace {

using namespace std::string_literals;
using graph::CheckOutcome;
using Need = CheckRun::Need;

// One backend with these lines, and what its check is evaluated with.
struct Lines {
  explicit Lines(const std::string& text)
      : loaded(graph::load_text(
            "t.cfg",
            "global\n ssl-server-verify none\ndefaults\n mode tcp\n timeout connect 1s\n timeout server 1s\n"
            "backend b\n" +
                text + "\n server s 127.0.0.1:80 check\n",
            {})) {
    EXPECT_NE(loaded->graph, nullptr);
    context.scratch = &scratch;
    context.variables = &variables;
  }
  [[nodiscard]] const graph::CheckProgram& program() const { return *loaded->tls->checks->programs[0]; }
  [[nodiscard]] CheckRun run(std::uint32_t room = 16384) {
    return {program(), {.pool = loaded->graph->program.expressions(), .context = context, .room = room}};
  }

  std::unique_ptr<graph::Loaded> loaded;
  fetchers::Scratch scratch;
  fetchers::ProcessVariables shared;
  fetchers::Variables variables{&shared};
  fetchers::Context context;
};

// A server that says these parts as soon as it is listened to, and then closes or stays silent. Returns what
// it was sent.
struct Conversation {
  std::vector<std::string> parts;
  bool closes = true;
  std::string sent = {};
  int connections = 0;
  bool silent = false;  // more was waited for

  void hold(CheckRun& run) {
    std::size_t next = 0;
    for (;;) switch (run.advance()) {
        case Need::nothing: return;
        case Need::connection:
          ++connections;
          run.connected(false);
          break;
        case Need::output:
          sent += run.output();
          run.sent(run.output().size());
          break;
        case Need::input:
          if (next < parts.size())
            run.received(parts[next++]);
          else if (closes)
            run.ended();
          else
            return void(silent = true);
      }
  }
};

std::string shown(const CheckConclusion& conclusion) {
  constexpr std::string_view names[] = {"L4OK",  "L6OK",   "L7OK",  "L7OKC", "L4CON",  "L4TOUT",
                                        "L6RSP", "L6TOUT", "L7RSP", "L7STS", "L7TOUT", "SOCKERR"};
  std::string text(names[static_cast<std::size_t>(conclusion.outcome)]);
  if (conclusion.code && *conclusion.code != 0) text += '/' + std::to_string(*conclusion.code);
  if (conclusion.read) text = "[" + *conclusion.read + "] " + text;
  return conclusion.info.empty() ? text : text + ' ' + conclusion.info;
}

struct Judged {
  const char* name;
  std::string lines;
  std::string answer;
  std::string expected;  // empty: it goes on waiting
  bool closes = true;
};

std::string frame(const std::string& payload) {
  return "\0\0\0"s + static_cast<char>(payload.size()) + payload;
}
std::string packet(const std::string& payload) {
  return std::string(1, static_cast<char>(payload.size())) + "\0\0\0"s + payload;
}

const std::string http = "option httpchk\n";
const std::string tcp = "option tcp-check\ntcp-check expect ";
const std::string greeting = packet(
    "\x0a"
    "5.5.5-MariaDB\0abc"s);
const std::string hello = "\x65\0\0\0\1\0\0\x07version\x08\x03"s + "2.0\x0emax-frame-size\x03\xfc\xf0\x06"s;
const std::string bound = "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"s;

const Judged table[] = {
    {"Text", tcp + "string hello", "say hello", "L7OK (tcp-check)"},
    {"NoText", tcp + "string hello", "jello", "L7RSP TCPCHK did not match content 'hello' at step 1"},
    {"StillNoText", tcp + "string hello", "jello", "", false},
    {"Regex", tcp + "rstring ^h.llo$", "hello", "L7OK (tcp-check)", false},
    {"Negated", tcp + "! string x", "hello", "L7OK (tcp-check)"},
    {"NegatedFound", tcp + "! binary 6C6C", "hello",
     "L7RSP TCPCHK matched unwanted content (binary) at step 1"},
    {"Hex", tcp + "rbinary ^68656C", "hello", "L7OK (tcp-check)"},
    {"Format", tcp + "string-lf %[str(ello)]", "hello", "L7OK (tcp-check)"},
    {"Nothing", tcp + "string hello", "", "L7RSP TCPCHK got an empty response at step 1"},
    {"Code", tcp + "status-code res.payload(0,3) string ok", "250 ok", "L7OK/250 (tcp-check)"},
    {"OnError", tcp + "error-status L7STS on-error %[res.payload(0,0)] string x", "why", "L7STS why"},
    {"Redis", "option redis-check", "+PONG\r\n", "L7OK Redis server is ok", false},
    {"RedisError", "option redis-check", "-ERR x\r\n", "L7STS -ERR x"},
    {"Pgsql", "option pgsql-check user a", "R\0\0\0\x08\0\0\0\5"s, "L7OK PostgreSQL server is ok", false},
    {"Ldap", "option ldap-check", bound, "[Success] L7OK", false},
    {"LdapRefused", "option ldap-check", "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00"s,
     "L7STS/49 See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"},
    {"Mysql", "option mysql-check", greeting, "[5.5.5-MariaDB] L7OK", false},
    {"MysqlRefuses", "option mysql-check", packet("\xff\x15\x04why"s), "L7STS/1045 why"},
    {"MysqlUser", "option mysql-check user u", greeting + packet("\0ok"s), "[5.5.5-MariaDB] L7OK", false},
    {"MysqlUserRefused", "option mysql-check user u", greeting + packet("\xff\x15\x04no"s), "L7STS/1045 no"},
    {"MysqlPart", "option mysql-check", "ab", "L7RSP"},
    {"Spop", "option spop-check", frame(hello), "[SPOA server is ok] L7OK", false},
    {"SpopLeaves", "option spop-check", frame("\x66\0\0\0\1\0\0\x0bstatus-code\x03\3"s),
     "L7RSP frame is too big"},
    {"SslHello", "option ssl-hello-chk", "\x16\3\0\0\x31\2"s, "L6OK", false},
    {"Http", http, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "L7OK/200", false},
    {"HttpStatus", http, "HTTP/1.1 503 Gone\r\n\r\n", "L7STS/503 Gone"},
    {"HttpBody", http + "http-check expect string yes", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes",
     "L7OK/200", false},
    {"HttpChunks", http + "http-check expect string yes",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n2\r\nes\r\n0\r\n\r\n", "L7OK/200",
     false},
    {"HttpNoBody", http + "http-check expect string no", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes",
     "L7RSP/200 HTTP content check did not match", false},
    {"HttpHeader", http + "http-check expect hdr name x value b", "HTTP/1.1 200 OK\r\nX: a, b\r\n\r\n",
     "L7OK/200", false},
    {"Http404", http + "http-check disable-on-404", "HTTP/1.1 404 Off\r\n\r\n", "L7OKC/404", false},
    {"HttpGarbage", http, "garbage\r\n\r\n", "L7RSP", false},
    {"HttpPart", http, "HTTP/1.1 200 OK\r\n", "L7RSP"},
};

class CheckRunJudges : public testing::TestWithParam<Judged> {
 protected:
  void expect(std::vector<std::string> parts) {
    Lines lines(GetParam().lines);
    CheckRun run = lines.run();
    Conversation conversation{.parts = std::move(parts), .closes = GetParam().closes};
    conversation.hold(run);
    EXPECT_EQ(conversation.silent ? "" : shown(run.conclusion()), GetParam().expected);
  }
};

TEST_P(CheckRunJudges, WholeAnswers) { expect({GetParam().answer}); }

TEST_P(CheckRunJudges, AnswersByteByByte) {
  std::vector<std::string> parts;
  for (const char byte : GetParam().answer) parts.emplace_back(1, byte);
  expect(parts);
}

TEST_P(CheckRunJudges, AnswersSplitAnywhere) {
  const std::string& answer = GetParam().answer;
  for (std::size_t at = 1; at < answer.size(); ++at) expect({answer.substr(0, at), answer.substr(at)});
}

INSTANTIATE_TEST_SUITE_P(All, CheckRunJudges, testing::ValuesIn(table),
                         [](const auto& each) { return std::string(each.param.name); });

// Five bytes are enough to judge an error by; its text is what is there by then.
TEST(CheckRun, APostgresErrorIsToldAsFarAsItCame) {
  Lines lines("option pgsql-check user a");
  CheckRun run = lines.run();
  Conversation conversation{.parts = {"E\0\0\0\x09SWhy\0Code\0"s}};
  conversation.hold(run);
  EXPECT_EQ(shown(run.conclusion()), "L7RSP Why");
}

TEST(CheckRun, SendsWhatItsStepsSay) {
  Lines lines(
      "option tcp-check\ntcp-check set-var(check.x) int(7)\ntcp-check send A\ntcp-check send-binary 4242\n"
      "tcp-check send-lf <%[var(check.x)]>\ntcp-check expect string ok\ntcp-check send-binary-lf 4%[str(1)]");
  CheckRun run = lines.run();
  Conversation conversation{.parts = {"ok"}};
  conversation.hold(run);
  EXPECT_EQ(conversation.sent, "ABB<7>A");
  EXPECT_EQ(conversation.connections, 1);
  EXPECT_EQ(shown(run.conclusion()), "L7OK (tcp-check)");
}

TEST(CheckRun, ForgetsAnAnswerWhenItSpeaksAndWhenItConnects) {
  Lines lines(
      "option tcp-check\ntcp-check connect\ntcp-check expect string one\ntcp-check send X\n"
      "tcp-check expect string two\ntcp-check connect\ntcp-check expect string two");
  CheckRun run = lines.run();
  Conversation conversation{.parts = {"one two", "two", "none"}};
  conversation.hold(run);
  EXPECT_EQ(conversation.connections, 2);
  EXPECT_EQ(shown(run.conclusion()), "L7RSP TCPCHK did not match content 'two' at step 6");
}

TEST(CheckRun, LooksAtNoMoreThanItHasRoomFor) {
  Lines lines(tcp + "string x");
  CheckRun run = lines.run(100);
  Conversation conversation{.parts = {std::string(5000, 'y')}, .closes = false};
  conversation.hold(run);
  EXPECT_EQ(shown(run.conclusion()), "L7RSP TCPCHK did not match content 'x' at step 1");
}

TEST(CheckRun, TellsWhereItFailed) {
  Lines lines("option tcp-check\ntcp-check connect port 81 comment here\ntcp-check expect rstring x");
  CheckRun refused = lines.run();
  ASSERT_EQ(refused.advance(), Need::connection);
  EXPECT_EQ(refused.port(), 81);
  refused.fail(CheckOutcome::l4_problem, "Connection refused");
  EXPECT_EQ(shown(refused.conclusion()),
            "L4CON Connection refused at step 1 of tcp-check (connect port 81) comment: 'here'");
  CheckRun late = lines.run();
  ASSERT_EQ(late.advance(), Need::connection);
  late.connected(false);
  ASSERT_EQ(late.advance(), Need::input);
  late.late(CheckOutcome::l7_timeout);
  EXPECT_EQ(shown(late.conclusion()), "L7TOUT  at step 2 of tcp-check (expect regex)");
}

TEST(CheckRun, ConnectingAloneIsOfTheFourthOrSixthLayer) {
  Lines plain("option tcp-check");
  CheckRun run = plain.run();
  ASSERT_EQ(run.advance(), Need::connection);
  EXPECT_TRUE(run.is_all());
  run.connected(false);
  ASSERT_EQ(run.advance(), Need::nothing);
  EXPECT_EQ(shown(run.conclusion()), "L4OK");
  Lines tls("option tcp-check\ntcp-check connect ssl");
  CheckRun second = tls.run();
  ASSERT_EQ(second.advance(), Need::connection);
  second.connected(true);
  ASSERT_EQ(second.advance(), Need::nothing);
  EXPECT_EQ(shown(second.conclusion()), "L6OK (tcp-check)");
}

TEST(CheckRun, WritesRequestsAsTheirLinesSay) {
  Lines lines("option httpchk GET /a HTTP/1.1\nhttp-check send hdr Host b.c hdr X-Y %[str(z)] body data");
  CheckRun run = lines.run();
  Conversation conversation{.parts = {"HTTP/1.1 200 OK\r\n\r\n"}};
  conversation.hold(run);
  EXPECT_EQ(conversation.sent,
            "GET /a HTTP/1.1\r\nhost: b.c\r\nx-y: z\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndata");
}

TEST(CheckRun, LinesOfDefaultsHoldWhereThereAreNoOthers) {
  const auto loaded =
      graph::load_text("t.cfg",
                       "defaults\n mode tcp\n timeout connect 1s\n timeout server 1s\n option tcp-check\n"
                       " tcp-check expect string a\nbackend b\n server s 127.0.0.1:80\nbackend c\n"
                       " tcp-check connect\n tcp-check expect string b\n server s 127.0.0.1:80\n",
                       {});
  ASSERT_NE(loaded->graph, nullptr);
  EXPECT_EQ(loaded->tls->checks->programs[0]->steps.size(), 2u);
  EXPECT_EQ(loaded->tls->checks->programs[1]->steps.size(), 2u);
  EXPECT_EQ(std::get<graph::CheckExpect>(loaded->tls->checks->programs[0]->steps[1].what).text, "a");
  EXPECT_EQ(std::get<graph::CheckExpect>(loaded->tls->checks->programs[1]->steps[1].what).text, "b");
}

TEST(MailProgram, IsOneConversation) {
  graph::MailAlerts alerts;
  alerts.from = "a@b";
  alerts.to = "c@d";
  const graph::CheckProgram program = mail_program(alerts, "here", "Server b/s is DOWN.", 0);
  fetchers::ExpressionPool pool;
  fetchers::Context context;
  fetchers::Scratch scratch;
  context.scratch = &scratch;
  CheckRun run(program, {.pool = pool, .context = context});
  Conversation conversation{.parts = {"220 x\r\n", "250-a\r\n250 b\r\n", "250 x\r\n", "250 x\r\n",
                                      "354 x\r\n", "250 x\r\n", "221 x\r\n"}};
  conversation.hold(run);
  EXPECT_TRUE(conversation.sent.starts_with(
      "HELO here\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nFrom: a@b\r\nTo: c@d\r\nDate: "));
  EXPECT_TRUE(conversation.sent.ends_with(
      "Subject: [HAProxy Alert] Server b/s is DOWN\r\n\r\nServer b/s is DOWN\r\n\r\n.\r\nQUIT\r\n"));
  EXPECT_EQ(run.conclusion().outcome, CheckOutcome::l7_passed);
}

}  // namespace
}  // namespace shunt::runtime
