"""httpchk and http-check: requests, what is made of answers, and the state between up and down that a 404 asks for."""

import threading

from check_rows import CHECKED, First, Row, table
from harness import case

H = "option httpchk\n"
OK = b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nServer: x\r\nX-List: a, b,c\r\n\r\nhello"


def status(number, reason=b"Foo", body=b"hello"):
    return b"HTTP/1.0 %d %s\r\nContent-Length: %d\r\n\r\n" % (number, reason, len(body)) + body


def web(name, *lines, says=OK, option="option httpchk", connections=1):
    answer = (None, says) if isinstance(says, bytes) else says
    return Row(name, option + "\n" + "\n".join("http-check " + line for line in lines), answer, connections=connections)


table("requests", __name__, [
    web("a"), web("b", option="option httpchk /foo"), web("c", option="option httpchk GET /foo"), web("d", option="option httpchk GET /foo HTTP/1.1"),
    web("e", "send meth GET uri /u ver HTTP/1.1 hdr Host foo.bar hdr X y%[str(z)] body data comment cc"),
    web("f", "send meth POST uri-lf /u%[str(q)] body-lf d%[str(e)]"), web("g", "send hdr Connection keep-alive hdr Content-Length 77"),
    web("h", "set-var(check.a) str(b)", "send hdr x %[var(check.a)]"), web("i", option="option httpchk HEAD /"),
    web("j", "send hdr Host c.d", option="option httpchk GET http://a.b/foo HTTP/1.1"), web("k", option="option httpchk FOO *"),
    web("l", "send body x", option="option httpchk GET /foo HTTP/1.0"), web("m", "send meth POST ver HTTP/1.0", option="option httpchk GET /x HTTP/1.1"),
    web("n", option="option httpchk DELETE /x HTTP/1.1"), web("o", "send hdr Transfer-Encoding chunked hdr Cookie %[var(check.n)]", option="option httpchk PUT /x HTTP/1.0"),
    web("p", option="option httpchk CONNECT a:80 HTTP/1.1"), web("q", "send uri-lf %[var(check.no)]"), web("r", "expect status 200"),
    web("s", "connect", "send uri /1", "expect status 200", "connect", "send uri /2", "expect status 200", option="option httpchk GET /x HTTP/1.1", connections=2),
    web("t", "send-state"), web("u", "send ver HTTP/1.1 body-lf %[var(check.no)]"), web("v", "send meth HEAD ver HTTP/1.1 body-lf %[var(check.no)]"),
    web("w", r"send hdr Connection a,b\ "), web("x", "expect status-code str(aba),hex status 200", says=status(500)),
], must=["OPTIONS / HTTP/1.0", "POST /uq", "x-haproxy-server-state: UP 1/3; address=127.0.0.1"])

table("matches", __name__, [
    web("a", says=status(404)), web("b", says=status(500, b"a<b>\xc3\xa9\"q\"")), web("c", says=status(301, b"")),
    web("d", "expect status 200", says=status(201)), web("e", "expect status 200-299,500", says=status(201)), web("f", "expect ! status 201", says=status(201)),
    web("g", "expect rstatus ^2", says=status(301)), web("h", "expect ! rstatus ^2", says=status(201)), web("i", "expect string hello"), web("j", "expect string nope"),
    web("k", "expect ! string hello"), web("l", "expect rstring ^h.l"), web("m", "expect rstring nope"), web("n", "expect string-lf nop%[str(e)]"),
    web("o", "expect hdr name server"), web("p", "expect hdr name foo"), web("q", "expect hdr name server value y"), web("r", "expect hdr name x-list value b"),
    web("s", "expect fhdr name x-list value b"), web("t", "expect ! hdr name x-list value b"), web("u", 'expect fhdr name -m beg x- value -m sub ","'),
    web("v", "expect hdr name -m reg ^Ser value -m end x", "expect ! hdr name -m sub foo"), web("w", "expect hdr name-lf serv%[str(er)] value-lf %[str(x)]"),
    web("x", "expect status 200", "expect string nope"), web("y", "expect min-recv 10 string hello"), web("z", "expect min-recv 3 string nope"),
], must=["HTTP content check did not match", "HTTP check matched unwanted content", "code: 404, info: \"Foo\""])

table("answers", __name__, [
    web("a", says=b"garbage\r\n\r\n"), web("b", says=(None, "shut")), web("c", says=(None,)), web("d", says=b"HTTP/1.0 200 OK\r\n"), web("e", says=(None, b"HTTP/1.0 200 OK\r\n", "shut")),
    web("f", says=(None, "reset")), web("g", says=None), web("h", "expect string nope", says=b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
    web("i", "expect string nope", says=b"HTTP/1.0 200 OK\r\n\r\nhel"), web("j", "expect string nope", says=(None, b"HTTP/1.0 200 OK\r\n\r\nhel", "shut")),
    web("k", "expect string hello", says=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    web("l", "expect string nope", says=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    *[web(f"odd{number}", *steps, says=says) for steps in (("expect status 200-399",), ("expect string body",)) for number, says in enumerate((
        b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", b"HTTP/1.1  200 OK\r\nContent-Length: 4\r\n\r\nbody", b"RTSP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody",
        b"HTTP/1.1 503 " + b"r" * 600 + b"\r\n\r\n", (None, b"AB")), start=8 * (steps[0] == "expect string body"))],
    web("m", says=b"HTTP/1.1 100 Continue\r\n\r\n"), web("n", says=b"HTTP/1.0 200\r\n\r\n"), web("o", says=b"HTTP/1.0 200 OK\nContent-Length: 0\n\n"),
    web("p", "expect string x", says=b"HTTP/1.0 204 No\r\n\r\n"), web("q", "expect ! string x", says=b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
    web("r", "expect string x", says=b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", option="option httpchk HEAD /"),
    web("s", says=(None, b"HTTP/1.0 20", 0.05, b"0 OK\r\n\r", 0.05, b"\n")), web("t", "expect string hello", says=(None, OK[:-3], 0.05, OK[-3:])),
], must=["could not find a response body", "Connection reset by peer", "code: 100, info: \"Continue\"", "Layer7 timeout"])

# What random_checks.py found.
table("connections_and_versions", __name__, [
    *[web(f"v{index}", option=f"option httpchk GET / {version}") for index, version in enumerate(("HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "RTSP/1.0"))],
    *[web(f"c{index}{version[-1]}", f"send hdr Connection {value}", option=f"option httpchk GET / {version}") for version in ("HTTP/1.0", "HTTP/1.1")
      for index, value in enumerate(("close", "CLOSE", "keep-alive", "x", "close,x", "upgrade", "%[str()]", "x hdr Connection close"))],
    web("trace", option="option httpchk TRACE /"),
    web("later", "send meth PUT uri /s ver HTTP/1.1 hdr X y body z", "expect status 200\noption httpchk GET /o", option=""),
    web("uri", "send meth PUT uri-lf /s%[str(x)] ver HTTP/1.1\noption httpchk /o", option=""),
    web("again", "send hdr X y", option="option httpchk GET /first HTTP/1.1\noption httpchk /second"),
], must=["TRACE / HTTP/1.0.r.ncontent-length: 0", "PUT /o HTTP/1.1", "connection: keep-alive"])

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
INTERIM = b"HTTP/1.1 100 C\r\n\r\n"
table("faults_before_the_end", __name__, [
    *[web(f"h{index}", "expect status 200", says=says) for index, says in enumerate((
        b"h", b"/", b"\0", b"HTTP/x", b"HTTP/1.1 x", b"HTTP/1.1 2x", HEAD[:-1] + b"x", HEAD + b":", HEAD + b"a b", HEAD + b" f", HEAD + b"A:b\rx", HEAD + b"Content-Length:\r\nA",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\nA", HEAD + b"Transfer-Encoding: chunked, gzip\r\nA", b"SIP/2.0 200 OK\r\nA", b"HTTP/1.1\t200\tOK\r\n\r\n", b"ICY0/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 65736 OK\r\n\r\n", b"HTTP/1.1 503  Not so good \r\n\r\n", b"HTTP/1.1 40404 NF\r\n\r\n"))],
    *[web(f"l{index}", "expect string hello", says=HEAD + line + b"\r\n\r\nhello") for index, line in enumerate((
        b"Content-Length: 5, 5", b"Content-Length: 5, 6", b"Content-Length: 5 6", b"Content-Length: 5,", b"Content-Length: 0x5", b"Transfer-Encoding: gzip", b"Transfer-Encoding: ,chunked",
        b"Transfer-Encoding:", b"Content-Length: x\r\nTransfer-Encoding: chunked"))],
    *[web(f"b{index}", "expect ! string z", says=CHUNKED + body) for index, body in enumerate((
        b"2\r\nhezz", b"2x", b"2 x", b"2 ;x\r\nhe\r\n0\r\n\r\n", b"g", b"2\rx", b"2\r\nhe\r\nX", b"2\r\nhe\r\n0\r\nA b\r\n\r\n", b"2\nhe\n0\n\n", b"0x2\r\nhe"))],
    web("f1", "expect fhdr name a value b\\ \\ \\ c", says=HEAD + b"A: b\r\n c\r\n\r\n"), web("f2", "expect fhdr name a value b", says=HEAD + b"A:\r\n b\r\n  \r\n\r\n"),
    web("i1", "expect string hello", says=INTERIM + OK), web("i2", says=INTERIM + b"x"), web("i3", "expect string hello", says=INTERIM.replace(b"100", b"101") + b"hello"),
    *[web(f"o{index}", f"expect {words} status 200", says=b"xx") for index, words in enumerate(("error-status L4CON", "error-status L7STS on-error foo comment bar"))],
    web("e1", "expect hdr name a value-lf %[var(check.n)] comment c error-status L7STS"), web("e2", "expect string-lf %[var(check.n)] comment c error-status L4CON"),
    web("p", "expect on-success <%[res.payload(0,0)]> string hello"), web("q", "expect status 200", "set-var(check.x) int(1)"),
], must=["code: -25132", "info: .Not so good .", "passed, code: 0", "evaluated to an empty string comment: c"])

OF_DEFAULTS = CHECKED.replace("\nlisten front", "    option httpchk GET /d\n    http-check send hdr A b\n\nlisten front")
table("lines_of_defaults", __name__, [
    web("a", option=""), web("b", option="option httpchk"), web("c", option="option httpchk /b"), web("d", "send hdr X y", option=""), web("e", "disable-on-404", option=""),
    web("f", "send hdr X y\noption httpchk PUT /b", option=""),
], top=OF_DEFAULTS, must=["GET /d HTTP/1.0.r.na: b"])

table("statuses_and_texts", __name__, [
    web("a", "expect string nope comment foo"), web("b", "comment foo", "expect status 300"), web("c", "expect status 200 comment foo", says=b"xx\r\n\r\n"),
    web("d", "expect status-code int(5) status 300"), web("e", "expect error-status L4CON status 300"), web("f", "expect tout-status L4TOUT on-error foo status 300", says=(None,)),
    web("g", "expect on-error foo status 300", says=(None, "shut")), web("h", "expect on-error foo comment bar status 300"), web("i", "expect on-success fine%[str(x)] status 200"),
    web("j", "disable-on-404", says=status(404)), web("k", "disable-on-404", "expect status 200", says=status(404)), web("l", "expect ok-status L7OKC status 200"),
    web("m", "expect status 200"),
], must=["info: \"foo comment: bar\"", "conditionally passed, code: 404", "is stopping"])


def in_turn(*answers):
    """One answer for each check, the last one for ever."""
    lock, count = threading.Lock(), [0]

    def script(peer):
        peer.recv_some()
        with lock:
            number = min(count[0], len(answers) - 1)
            count[0] += 1
        peer.send(answers[number])
        peer.rest()
    return script


def follows(name, answers, last, verbose=True, must=(), more="", count=1, lines="http-check disable-on-404"):
    top = CHECKED if verbose else CHECKED.replace("    option log-health-checks\n", "")

    def told(env):
        env.stub("s", in_turn(*answers)).connections = First(0)
        env.start(top + f"\nbackend b\n    option httpchk\n    {lines}\n    server s 127.0.0.1:[[s]] check inter 100ms\n{more}")
        env.logs(count, last, limit=8)
    told.__name__, told.__module__ = name, __name__
    case(must=must, start=False)(told)


GONE, BAD = status(404), status(500)
follows("stops_and_returns", [GONE, GONE, OK], "(?=.*s is UP)", must=["is stopping", "has no server available"])
follows("stops_and_returns_quietly", [GONE, GONE, OK], "(?=.*s is UP)", verbose=False, must=["is stopping, reason: Layer7 check conditionally passed, code: 404"])
follows("stops_and_goes_down", [GONE, BAD, BAD, BAD, OK], "(?=.*s is UP)", must=["is DOWN", "is UP"])
follows("stops_and_goes_down_quietly", [GONE, BAD, BAD, BAD, OK], "(?=.*s is UP)", verbose=False, must=["is DOWN", "is UP"])
follows("stays_down", [BAD, BAD, GONE, GONE, GONE, OK], "(?=.*s is UP)", must=["is DOWN", "is UP"])
follows("tracked", [GONE, OK, BAD, BAD, BAD, OK], "(?=.*t is UP via)", must=["t is stopping via b/s"], more="    server t 127.0.0.1:1 track s\n", count=2)
# A condition of its own lets a server come up, too: as one that stops.
CONDITION = "http-check expect status 200,404\n    http-check expect ! status 404 error-status L7OKC"
follows("comes_up_stopping", [BAD, BAD, BAD, GONE, GONE, GONE, OK], "(?=.*s is UP)", lines=CONDITION, must=["1/2 DOWN", "is stopping", "is UP"])
follows("comes_up_stopping_quietly", [BAD, BAD, BAD, GONE, GONE, GONE, BAD, BAD, BAD, OK], "(?=.*s is UP)", lines=CONDITION, verbose=False, must=["is stopping", "is UP"],
        more="    server t 127.0.0.1:1 track s\n")


@case(start=False, must=["DOWN 1/2", "NOLB", "UP 1/3"])
def states_that_servers_are_told(env):
    seen = First(9)
    env.stub("s", in_turn(OK, GONE, BAD, BAD, BAD, OK, OK, OK)).connections = seen
    env.start(CHECKED + "\nbackend b\n    option httpchk\n    http-check disable-on-404\n    http-check send-state\n    server s 127.0.0.1:[[s]] check inter 100ms\n")
    env.logs(1, "(?=.*s is UP)", limit=8)
    env.hide(r"node=[^;]*")
