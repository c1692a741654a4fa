"""Log lines that go into a ring and from there to servers over TCP."""

import socket

import logs
from harness import answering, case

TEXT = """global
    nbthread 1
    log ring@r {target} local3
    {more}
defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 5s
    timeout server 5s
    log-format "line %[var(sess.n)]{text}"
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 5s
    tcp-request content set-var(sess.n) req.payload(0,0) if {{ req.len ge 5 }}
    tcp-request content accept if {{ req.len ge 5 }}
    default_backend b
backend b
    server s 127.0.0.1:[[s]]
ring r
    {lines}
    timeout connect 2s
    timeout server 5s
    server x 127.0.0.1:[[x]] {server}
"""
S = {"s": answering()}


def ring(*lines, server="", text="", target="", more=""):
    return TEXT.format(lines="\n    ".join(lines or ("size 32768",)), server=server, text=text, target=target, more=more)


def ask(env, *numbers):
    """Each session logs its number when it ends."""
    for number in numbers:
        c = env.client(name=f"c{number}")
        c.send(b"%05d" % number).shut().to_end()


class Collector:
    """The server of a ring. `listen` and `close` are its life, `hears` what it got until a text came."""

    def __init__(self, env, name="x"):
        self.env, self.port, self.listener, self.sock, self.bytes = env, env.port(name), None, None, b""

    def listen(self, small=False):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if small:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(8)
        self.listener.settimeout(8)
        return self

    def accept(self):
        self.sock, _ = self.listener.accept()
        self.sock.settimeout(8)
        self.bytes = b""
        return self

    def until(self, text):
        while text not in self.bytes:
            part = self.sock.recv(65536)
            if not part:
                self.env.note(f"the ring ended before {text!r}: {self.bytes[-200:]!r}")
                return self.bytes
            self.bytes += part
        heard, self.bytes = self.bytes, b""
        return heard

    def hears(self, text):
        for line in self.until(text).decode().splitlines():
            self.env.note("ring: " + logs.normalised(line))

    def close(self):
        for sock in (self.sock, self.listener):
            if sock:
                sock.close()
        self.sock = self.listener = None


def told(*lines, must, **more):
    """Two lines before the first look, one after it."""
    config = ring(*lines, **more)

    def script(env):
        env.hide(r"(TAG|door)\[\d+\]", r"\1[PID]")
        collector = Collector(env).listen()
        env.start(config)
        collector.accept()
        ask(env, 1, 2)
        collector.hears(b"00002" if not more.get("text") else b"z" * 20)
        ask(env, 3)
        collector.hears(b"00003" if not more.get("text") else b"z" * 20)
        collector.close()
    return case(config, S, start=False, must=must), script


def register(name, *lines, must, **more):
    decorate, script = told(*lines, must=must, **more)
    script.__name__, script.__module__ = name, __name__
    decorate(script)


FORMATS = {"raw": "ring: line 00001", "rfc3164": "<158>DATE localhost TAG.PID.: line 00001", "rfc5424": "<158>1 DATE - TAG PID - - line", "short": "<6>line", "timed": "<6>ISODATE line",
           "iso": "ISODATE line", "priority": "<158>line", "local": "<158>DATE TAG.PID.: line"}
for wire, shown in FORMATS.items():
    register(f"format_{wire}", f"format {wire}", "size 32768", must=shown)
register("octets_are_counted", "format raw", "size 32768", server="log-proto octet-count", must="10 line 00001")
register("octets_of_headers", "format short", "size 32768", server="log-proto octet-count", must="13 <6>line 00001")
register("legacy_framing", "format rfc5424", server="log-proto legacy", must="line 00001")
register("the_lines_of_a_ring_have_its_format", "size 20000", target="format rfc5424", must="ring: line 00001")
register("the_name_of_the_host", "format rfc3164", more="log-send-hostname gateway", must="<158>DATE gateway TAG")


def lengths(name, *lines, **more):
    config = ring(*lines, text="y" * 100 + "z" * 4000, **more)

    def script(env):
        collector = Collector(env).listen()
        env.start(config)
        collector.accept()
        ask(env, 1, 2)
        collector.until(b"00002")
        collector.sock.settimeout(0.5)
        ask(env, 3)
        heard = b""
        while heard.count(b"\n") < 2 and b"00003" not in heard[:-4000]:
            try:
                heard += collector.sock.recv(65536)
            except TimeoutError:
                break
        env.note(f"{max(len(line) for line in heard.splitlines())} bytes")
        collector.close()
    script.__name__, script.__module__ = name, __name__
    case(config, S, start=False, must=r"\d+ bytes")(script)


lengths("length_of_the_target", "format raw", "size 32768", target="len 90")
lengths("length_of_the_ring", "format priority", "maxlen 70", "size 32768")
lengths("no_length_at_all", "format raw", "size 32768", target="len 65535")


@case(ring("format raw", "size 32768"), S, start=False, must=["ring: line 00005"])
def a_server_that_comes_late(env):
    """The ring has kept everything."""
    env.start(ring("format raw", "size 32768"))
    ask(env, 1, 2, 3, 4, 5)
    collector = Collector(env).listen().accept()
    collector.hears(b"00005")
    collector.close()


def full(name, text, must):
    config = ring("format raw", "size 16384", text=text, target="len 4000")

    def script(env):
        env.start(config)
        ask(env, *range(1, 200))
        heard = Collector(env).listen().accept().until(b"00199")
        lines = [line[:10].decode() for line in heard.splitlines()]
        env.note(f"ring: {len(lines)} lines, {lines[0]} to {lines[-1]}")
    script.__name__, script.__module__ = name, __name__
    case(config, S, start=False, must=must)(script)


full("the_oldest_lines_go", "z" * 140, r"ring: \d+ lines, line 00\d+ to line 00199")
full("the_oldest_long_lines_go", "z" * 340, r"ring: \d+ lines")
full("the_oldest_longer_lines_go", "z" * 2500, r"ring: \d+ lines")


@case(ring("format raw", "size 32768"), S, start=False, must=["ring: line 00002", "ring: line 00004"])
def a_server_that_restarts(env):
    """It gets what came meanwhile, and nothing twice."""
    collector = Collector(env).listen()
    env.start(ring("format raw", "size 32768"))
    collector.accept()
    ask(env, 1, 2)
    collector.hears(b"00002")
    collector.close()
    collector.listen().accept()
    ask(env, 3, 4)
    collector.hears(b"00004")
    collector.close()


@case(ring("format raw", "size 32768"), S, start=False, must=["again", "ring: line 00002"])
def a_server_that_ends_the_connection(env):
    """What it says is not listened to."""
    collector = Collector(env).listen()
    env.start(ring("format raw", "size 32768"))
    collector.accept()
    ask(env, 1)
    collector.hears(b"00001")
    collector.sock.sendall(b"thank you\n")
    first = collector.sock
    first.shutdown(socket.SHUT_WR)
    collector.accept()
    env.note("again")
    first.close()
    ask(env, 2)
    collector.hears(b"00002")
    collector.close()


TWO = ring("format raw", "size 32768") + "    server y 127.0.0.1:[[y]] log-proto octet-count\n"


@case(TWO, S, start=False, must=["ring: line 00002", "10 line 00001"])
def two_servers_of_a_ring(env):
    first, second = Collector(env).listen(), Collector(env, "y").listen()
    env.start(TWO)
    first.accept()
    second.accept()
    ask(env, 1, 2)
    first.hears(b"00002")
    second.hears(b"00002")
    for each in (first, second):
        each.close()


@case("", S, start=False, must=["exit 1"])
def rings_that_are_not_there(env):
    for target in ("ring@nosuch", "ring@stderr"):
        env.file("other.cfg", ring().replace("ring@r", target))
        env.note(f"{target}: exit {env.run(['-db', '-f', env.dir + '/other.cfg']).returncode}")
