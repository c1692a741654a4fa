"""Scripted checks over TLS: the steps' own names and protocols, several connections, and what is said inside."""

import ssl

import certs
from check_rows import CHECKED, First, Row, config
from harness import case

NONE = "verify none"


def secure(says, alpn=()):
    """Shakes hands and shows name and protocol, then says and hears what a plain script would."""
    def script(peer):
        context = certs.server("b")
        names = []
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        try:
            peer.sock = context.wrap_socket(peer.sock, server_side=True)
        except (OSError, ssl.SSLError):
            peer.say("no TLS")
            return
        peer.say(f"name {names} alpn {peer.sock.selected_alpn_protocol()}")
        for step in says:
            if step is None:
                peer.recv_some()
            else:
                peer.send(step)
        peer.rest()
    return script


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
ROWS = [
    (Row("a", "option tcp-check\ntcp-check connect ssl\ntcp-check send PING\ntcp-check expect string PONG", (None, b"PONG"), NONE), ()),
    (Row("b", "option tcp-check\ntcp-check connect ssl\ntcp-check expect string nope", (b"hello",), NONE), ()),
    (Row("c", "option tcp-check\ntcp-check connect ssl", (), NONE), ()),
    (Row("d", "option tcp-check\ntcp-check connect ssl sni x.test alpn foo,bar\ntcp-check send A", (None,), NONE), ("bar", "foo")),
    (Row("e", "option tcp-check\ntcp-check connect default\ntcp-check send A", (None,), "check-ssl check-sni y.test check-alpn bar " + NONE), ("bar", "foo")),
    (Row("f", "option tcp-check\ntcp-check send A", (None,), "check-ssl check-sni z.test " + NONE), ()),
    (Row("g", "option httpchk GET /", (None, OK), "check-ssl " + NONE), ()),
    (Row("h", "option httpchk\nhttp-check connect ssl sni w.test\nhttp-check send meth GET uri /h\nhttp-check expect string hello", (None, OK[:-3], OK[-3:]), NONE), ()),
    (Row("i", "option redis-check", (None, b"+PONG\r\n"), "ssl " + NONE), ()),
    (Row("j", "option tcp-check\ntcp-check connect ssl\ntcp-check send A\ntcp-check connect ssl\ntcp-check send B", (None,), NONE, 2), ()),
    (Row("k", "option tcp-check\ntcp-check connect ssl\ntcp-check expect string x", (b"y" * 40000,), NONE), ()),
]


@case(start=False, must=["name .'x.test'. alpn bar", "PING", "Layer6 check passed, info: \"\\(tcp-check\\)\"", "name .'w.test'"])
def conversations(env):
    rows = [row for row, _ in ROWS]
    for row, alpn in ROWS:
        env.stub(row.name, secure(row.says, alpn)).connections = First(row.connections)
    env.start(config(rows, 900, CHECKED.replace("    ssl-server-verify none\n", "")))
    env.parallel(lambda: env.logs(len(rows), r"(?=.*Health check for server)", limit=8))
    gone = sum("status: 0/2 DOWN" in line for line in env.sink.lines)
    env.logs(gone, r"(?=.*has no server available)")
