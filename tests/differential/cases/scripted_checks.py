"""tcp-check: what the steps send, what they make of answers, and every text about them."""

from check_rows import CHECKED, Row, table

T = "option tcp-check\n"
HELLO = (b"hello",)
JELLO = (b"jello", "shut")


def tcp(name, *lines, says=(), server="", connections=1):
    return Row(name, T + "\n".join("tcp-check " + line if not line.startswith("timeout") else line for line in lines), says, server, connections)


table("matches", __name__, [
    tcp("s1", "expect string hello", says=(b"hello world",)),
    tcp("s2", "expect string hello", says=JELLO),
    tcp("s3", "expect string hello", says=(b"jello",)),
    tcp("s4", "expect string llo", says=(b"he\0llo",)),
    tcp("s5", "expect string x", says=(b"y" * 40000,)),
    tcp("r1", "expect rstring ^h[e]llo", says=HELLO),
    tcp("r2", "expect rstring ^h[e]llo", says=JELLO),
    tcp("r3", "expect rstring (?i)HELLO", says=HELLO),
    tcp("b1", "expect binary 68656C6c6f", says=HELLO),
    tcp("b2", "expect binary 68656c6c6f", says=JELLO),
    tcp("h1", "expect rbinary ^6A656C6C6F0.$", says=(b"jello\0",)),
    tcp("h2", "expect rbinary ^6a", says=JELLO),
    tcp("f1", "expect string-lf he%[str(llo)]", says=HELLO),
    tcp("f2", "expect string-lf he%[str(llo)]", says=JELLO),
    tcp("f3", "expect string-lf %[var(check.none)]", says=HELLO),
    tcp("g1", "expect binary-lf 68%[str(65)]", says=HELLO),
    tcp("g2", "expect binary-lf 68%[str(65)]", says=JELLO),
    tcp("g3", "expect binary-lf 68%[str(6)]", says=HELLO),
    tcp("split", "expect string hello", says=(b"he", 0.05, b"llo")),
], must=["TCPCHK did not match content 'hello' at step 1", r"\(binary regex\)", "log-format string evaluated to an empty string", "hexastring"])

table("negated", __name__, [
    tcp("s1", "expect ! string hello", says=HELLO),
    tcp("s2", "expect ! string hello", says=JELLO),
    tcp("s3", "expect ! string hello", says=(b"jello",)),
    tcp("s4", "expect !string hello", says=HELLO),
    tcp("r1", "expect ! rstring ^hello", says=HELLO),
    tcp("r2", "expect ! rstring ^hello", says=JELLO),
    tcp("b1", "expect ! binary 6a", says=JELLO),
    tcp("h1", "expect ! rbinary ^6A", says=JELLO),
    tcp("f1", "expect ! string-lf j%[str(e)]", says=JELLO),
    tcp("g1", "expect ! binary-lf 6%[str(a)]", says=JELLO),
    tcp("m1", "expect min-recv 3 ! string hello", says=(b"jello",)),
], must=["matched unwanted content 'hello'", "unwanted content \\(log-format binary\\)", "Layer7 timeout"])

table("bytes_to_wait_for", __name__, [
    tcp("a", "expect min-recv 8 string hello", says=JELLO),
    tcp("b", "expect min-recv 3 string hello", says=(b"jello",)),
    tcp("c", "expect min-recv 0 string hello", says=(b"jello",)),
    tcp("d", "expect min-recv 8 rstring ^hello", says=HELLO),
    tcp("e", "expect min-recv 3 rstring ^hello", says=(b"jello",)),
    tcp("f", "expect min-recv -1 rstring ^hello", says=(b"jello",)),
    tcp("g", "expect min-recv 8 string hello", says=(b"jello",)),
    tcp("h", "expect min-recv 8 rstring ^hello", says=(b"hello", 0.05, b"you")),
], must=["Layer7 timeout", "did not match"])

table("statuses_and_texts", __name__, [
    tcp("a", "expect ok-status L6OK string hello", says=HELLO),
    tcp("b", "expect ok-status L7OKC string hello", says=HELLO),
    tcp("c", "expect ok-status L4OK on-success foo string hello", says=HELLO),
    tcp("d", "expect error-status L4CON ! string hello", says=HELLO),
    tcp("e", "expect error-status L7STS string nope", says=JELLO),
    tcp("f", "expect error-status L7OKC string nope", says=JELLO),
    tcp("g", "expect error-status L6RSP string nope", says=JELLO),
    tcp("h", "expect tout-status L4TOUT string hello"),
    tcp("i", "expect tout-status L6TOUT string hello", says=(b"x",)),
    tcp("j", "expect on-success yes%[str(x)] string hello", says=HELLO),
    tcp("k", "expect on-error no%[str(x)] string hello", says=JELLO),
    tcp("l", "expect status-code int(77) string hello", says=HELLO),
    tcp("m", "expect error-status L7STS status-code int(5) string nope", says=JELLO),
    tcp("n", "expect status-code res.payload(0,3) string jello", says=(b"123jello",)),
    tcp("o", "expect string a status-code str(x)", says=(b"a",)),
    tcp("p", "expect string a ok-status L6OK status-code int(5) on-success foo", "comment end", says=(b"a",)),
    tcp("q", "expect on-error %[res.payload(0,0)] string nope", says=(b"a\x01<b>\xc3\xa9 \"q\" \t\r\nline2\0x", "shut")),
    tcp("r", "expect on-error %[srv_name]|%[be_name]|%[srv_id]|%b|%s|%si|%f|%[dst] string nope", says=JELLO),
    tcp("s", r"expect string n\"o\\p<e>", says=JELLO),
], must=["conditionally succeeded, reason: Layer7 check conditionally passed", "is stopping", "Layer6 check passed", "<3C>b<3E>", "CHECKS-FE"])

table("ends_of_conversations", __name__, [
    tcp("a", "expect string hello", says=("shut",)),
    tcp("b", "send A", "expect string hello", says=(None, "reset")),
    tcp("c", "expect string hello", says=None),
    tcp("d", says=None),
    tcp("e", "connect comment c0", "expect string foo", says=None),
    tcp("f", "connect port [[closed]] comment c0"),
    tcp("g", "connect", "expect string hello", "connect port [[closed]] comment c1", says=HELLO),
    tcp("h", "connect addr 127.0.0.9 port [[closed]]", "expect string hello", says=HELLO),
    tcp("i", "connect port int([[closed]])", "expect string hello", says=HELLO),
    tcp("j", "connect port var(check.none)", "expect string hello", says=HELLO),
    tcp("k", "connect ssl comment foo", "send A", says=(b"no TLS", "shut"), connections=0),
    tcp("l", "connect ssl", says=(), connections=0),
    tcp("m", "expect comment foo string x", says=("shut",)),
    tcp("n", "expect string a", says=(), server="check-ssl verify none", connections=0),
    tcp("o", "connect linger", "expect string x", says=(b"y",)),
    tcp("p", "expect rstring ^x"),
    tcp("q", "expect binary 0041"),
    tcp("r", "expect rbinary 00"),
    tcp("s", "expect string-lf a"),
    tcp("t", "expect binary-lf 61"),
], must=["at initial connection step of tcp-check", r"at step 3 of tcp-check \(connect port", "Layer6 timeout", "Connection reset by peer at step 2", "got an empty response"])

table("what_is_sent", __name__, [
    tcp("a", r"send PING\r\n", says=(None,)),
    tcp("b", "send A", "expect string ok", "send B", "expect string ok2", says=(None, b"ok", None, b"ok2")),
    tcp("c", "send A", "expect string ok", "send B", "expect string ok2", says=(None, b"ok", None, b"bad", "shut")),
    tcp("d", "send-binary 414243", says=(None,)),
    tcp("e", "send-binary-lf 41%[str(42)]", says=(None,)),
    tcp("f", "send-binary-lf 4%[str(42)]", connections=0),
    tcp("g", "set-var(check.x) int(5)", r"send-lf v%[var(check.x)]\r\n", says=(None,)),
    tcp("h", "connect send-proxy", "send A", says=(None,), connections=0),
    tcp("i", "connect default", "send A", says=(None,), server="send-proxy check-send-proxy", connections=0),
    tcp("j", "connect", "send A", says=(None,), server="send-proxy check-send-proxy"),
    tcp("k", "expect string hello", "expect string wor", says=(b"hello world",)),
    tcp("l", "expect string hello", "send X", "expect string world", says=(b"hello world", None)),
    tcp("m", "connect", "expect string hello", "connect", "expect string hello", says=HELLO, connections=2),
    tcp("n", "connect linger", "send A", says=(None,)),
    tcp("o", "connect", "send A", "connect linger", "send B", says=(None,), connections=2),
    tcp("p", "send-lf %[var(check.z)]", "expect string x"),
    tcp("q", "connect", connections=0),
    tcp("r", "connect", "set-var(check.a) int(1)", connections=0),
    tcp("s", "set-var(check.a) int(1)", connections=0),
    tcp("t", connections=0),
    tcp("u", "expect string a on-success foo", "send X", says=(b"a", None)),
    tcp("v", "expect string a on-success foo", "expect string b", says=(b"ab",)),
], must=["Layer4 check passed, info", "failed to build log-format string at step 1", "PING"])

table("variables", __name__, [
    tcp("a", "set-var(proc.x) int(5)", "set-var-fmt(sess.y) a%[var(proc.x)]b", "set-var(check.z) var(sess.y),upper", "send-lf %[var(check.z)]", says=(None,)),
    tcp("b", "set-var(check.z) int(7)", "unset-var(check.z)", "send-lf <%[var(check.z)]>", says=(None,)),
    tcp("c", "send-lf <%[var(sess.n)]>", "set-var(sess.n) str(again)", says=(None,), connections=2),
    tcp("d", "expect string a", "set-var(check.p) res.payload(0,4)", "send-lf <%[var(check.p)]>", says=(b"abcdef", None)),
    tcp("e", "set-var(check.a) int(1)", "set-var(check.a,ifnotexists) int(2)", "set-var(check.b,ifexists) int(3)", "send-lf %[var(check.a)]|%[var(check.b)]", says=(None,)),
    tcp("f", "send-lf %[src]|%[srv_name]|%[be_conn]|%[nbsrv(f)]|%[rand(1)]|%[res.len]|%ci|%bi", says=(None,)),
    tcp("g", "send-lf %[bc_src]|%[bc_dst]|%[ssl_bc]|%[srv_is_up(g/s)]|%[proc]", says=(None,)),
], must=["A5B", "<abcd>"])

# What random_checks.py found.
table("spaces_of_formats", __name__, [
    tcp("a", "send-lf a\\ \\ b\\ %[str()]\\ c", says=(None,)),
    tcp("b", "set-var-fmt(check.x) \\ \\ a\\ %[var(check.n)]\\ b", "send-lf <%[var(check.x)]>", says=(None,)),
    tcp("c", "expect on-success \\ x\\ \\ y string a", says=(b"a",)),
    tcp("d", "expect string-lf a\\ \\ %[str(b)]", says=(b"a  b",)),
], must=["a  b  c", "<  a  b>"])

SHORT = ("string abc", "binary 616263", "string-lf ab%[str(c)]", "binary-lf 6162%[str(63)]", "rstring abc", "rbinary 616263")
table("less_than_the_pattern", __name__, [
    tcp(f"s{least}{index}{'n' if mark else ''}", f"expect min-recv {least} {mark}{pattern}", says=(b"ax",)) for least in (0, 2) for index, pattern in enumerate(SHORT) for mark in ("", "! ")
], must=["Layer7 timeout", "did not match content .regex."])

table("bytes_before_a_reset", __name__, [
    tcp("a", "expect string abc", says=(b"a", 0.1, "reset")),
    tcp("b", "expect ! string abc", says=(b"a", 0.1, "reset")),
    tcp("c", "expect ! string abc", "send x", says=(b"a", 0.1, "reset"), connections=0),
    tcp("d", "connect", "expect ! string abc", "connect comment c", says=(b"a", 0.1, "reset"), connections=0),
    tcp("e", "expect string-lf %[var(check.n)] comment c error-status L4CON on-error foo", says=(b"a",)),
    tcp("f", "expect binary-lf 6 comment c error-status L7STS", says=(b"a",)),
], must=["did not match content 'abc'", "reset by peer at step 3 of tcp-check .connect. comment: 'c'", "hexastring resulting of eval of a log-format string comment: c"])

table("comments", __name__, [
    tcp("connects", "comment A", "connect", "connect port [[closed]]"), tcp("right", "connect", "comment A", "connect port [[closed]]"),
    tcp("a", "expect string hello comment ab", says=JELLO),
    tcp("b", "comment foo", "expect string hello", says=JELLO),
    tcp("c", "comment foo", "send A", "expect string x", says=(None, b"y", "shut")),
    tcp("d", "comment foo", "expect string y", "expect string x", says=(b"y", "shut")),
    tcp("e", "comment foo", "connect", "expect string x", says=(b"y", "shut")),
    tcp("f", "expect comment foo on-error bar string x", says=JELLO),
    tcp("g", "comment foo", "set-var(check.x) int(1)", "expect string x", says=JELLO),
    tcp("h", "comment foo", "comment bar", "expect string x", says=JELLO),
    tcp("i", "comment foo", "expect comment bar string x", says=JELLO),
    tcp("j", "expect comment c1 string hello"),
    tcp("k", "expect comment foo string y", "expect string x", says=(b"y", "shut")),
], must=["comment: foo", "comment: 'c1'"])

table("time_for_answers", __name__, [
    tcp("a", "timeout check 400ms", "expect string hello"),
    tcp("b", "timeout check 1500ms", "expect string hello"),
    tcp("c", "timeout check 400ms", "timeout connect 150ms", "expect string hello"),
    tcp("d", "timeout check 1500ms", "timeout connect 150ms", "connect", "expect string a", "connect", "expect string b", says=(0.3, b"a"), connections=2),
    tcp("e", "connect", "expect string a", "connect", "expect string a", says=(0.6, b"a"), connections=2),
    tcp("f", "timeout check 400ms", "connect", "expect string a", "connect", "expect string b", says=(0.6, b"a")),
], must=["at step 3 of tcp-check \\(connect\\)", "Layer7 timeout"])

INHERITED = CHECKED.replace("\nlisten front", "    option tcp-check\n    tcp-check expect string hello comment inherited\n\nlisten front")
table("rules_of_defaults", __name__, [
    Row("a", "", JELLO),
    Row("b", "tcp-check send A\ntcp-check expect string own", (None, b"other", "shut")),
    Row("c", "option httpchk", (None, b"HTTP/1.0 500 Bad\r\n\r\n", "shut")),
    Row("d", "option redis-check", (None, b"+PONG\r\n")),
], top=INHERITED, must=["comment: inherited", "'own'", "Redis server is ok"])
