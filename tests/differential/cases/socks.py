"""Servers behind a SOCKS4 proxy: what it is asked, and what its answers mean."""

import socket
import struct
import time

from harness import BASE, Uncounted, case
from server_tls import context

GRANTED = b"\0\x5a" + bytes(6)
TEXT = BASE.replace("option tcplog", 'log-format "%b/%s %ts %rc %B [%[bc_err]]"') + "    retries 0\n"


def proxy(reply=GRANTED, then=None, pieces=False):
    """Writes the request down, answers, and plays the server itself."""
    def script(peer):
        peer.sock.settimeout(2)
        request = b""
        while not request.endswith(b"\0") or len(request) < 9:
            data = peer.sock.recv(1)
            if not data:
                return
            request += data
        _version, _command, port = struct.unpack("!BBH", request[:4])
        peer.say(f"asked {request[:2]!r} {port} {socket.inet_ntoa(request[4:8])} {request[8:]!r}")
        if pieces:
            peer.send_parts([reply[:3], reply[3:]], pause=0.2)
        else:
            peer.send(reply)
        if then:
            then(peer)
        peer.to_end()
    return script


def answers(peer):
    peer.send(peer.recv_line())


def speaks(peer):
    peer.send(b"hello\n")


def ask(env, count=1, to="fe"):
    c = env.client(to, name=to)
    c.send(b"line\n")
    c.recv_line()
    c.shut().to_end()
    env.logs(count)


def one(server="", more=""):
    return TEXT + f"""
listen l
    bind 127.0.0.1:[[fe]]
    {more}
    server s 127.0.0.1:[[s]] socks4 127.0.0.1:[[proxy]] {server}
"""


for name, behaviour in {"granted": proxy(then=answers), "in_pieces": proxy(then=answers, pieces=True), "version_is_not_looked_at": proxy(b"\1" + GRANTED[1:], answers)}.items():
    case(one(), {"proxy": behaviour}, must=[r"asked b.\\x04\\x01. <s> 127.0.0.1 b.HAProxy\\x00", r"received b.line\\n"])(
        type(ask)(ask.__code__, ask.__globals__, name, ask.__defaults__))

REFUSALS = {f"reply_{code:x}": proxy(bytes([0, code]) + bytes(6)) for code in (0x5b, 0x5c, 0x5d, 0x5e, 0)}
REFUSALS["closes"] = lambda peer: None
for name, behaviour in REFUSALS.items():
    def refused(env):
        env.hide(r"(end|ended early): (FIN|RST)", r"\1: closed")
        env.hide(r"b'.x04.*HAProxy.x00'", "REQUEST")
        c = env.client()
        c.to_end()
        env.logs(1)
    refused.__name__ = "refused_" + name
    case(one(), {"proxy": behaviour}, must=["SC 0"])(refused)


@case(one(more="timeout connect 400ms"), {"proxy": lambda peer: (peer.recv(16), peer.send(b"\0\x5a\0"))}, must=["sC 0"])
def closes_within_its_answer(env):
    env.hide(r"b'.x04.*HAProxy.x00'", "REQUEST")
    env.client().to_end()
    env.logs(1)


@case(one(more="timeout connect 400ms"), {"proxy": proxy(b"\0\x5a")}, must=["sC 0"])
def half_an_answer(env):
    env.client().to_end()
    env.logs(1)


@case(one(), must=["SC 0"])
def nobody_is_there(env):
    env.client().to_end()
    env.logs(1)


@case(one(), {"proxy": proxy(then=speaks)}, must=[r"received b.hello"])
def a_server_that_speaks_first(env):
    c = env.client()
    c.recv_line()
    c.shut().to_end()
    env.logs(1)


@case(one(), {"proxy": proxy(GRANTED + b"hello\n")}, must=[r"received b.hello"])
def a_server_that_speaks_at_once(env):
    c = env.client()
    c.recv_line()
    c.shut().to_end()
    env.logs(1)


@case(one("send-proxy"), {"proxy": proxy(then=lambda peer: (peer.proxy_header(), answers(peer)))}, must=["header b'PROXY TCP4"])
def behind_it_comes_the_header(env):
    env.hide(r"header b'PROXY TCP4 127.0.0.1 127.0.0.1 <c1> <fe>.*", "header b'PROXY TCP4")
    ask(env)


@case(one("ssl verify none"), {"proxy": proxy(then=lambda peer: peer.tls(context(), server_side=True) and answers(peer))}, must=[r"received b.line\\n"])
def behind_it_comes_tls(env):
    ask(env)


@case(one("check-via-socks4 check inter 300ms fall 1"), {"proxy": proxy(b"\0\x5b" + bytes(6))}, must=["SOCKS4 Proxy deny the request"])
def checks_that_are_refused(env):
    env.stubs["proxy"].connections = Uncounted()
    env.hide(r"deny the request \([^)]*\)", "deny the request")  # HAProxy names the last error of whatever call, sometimes
    env.logs(1, "s is DOWN")


class FirstOnly(list):
    """The transcripts of the first connection only."""

    def append(self, lines):
        if not self:
            super().append(lines)

    def wait_for_the_end(self):
        deadline = time.monotonic() + 2
        while not any("end" in line for lines in self for line in lines) and time.monotonic() < deadline:
            time.sleep(0.005)


@case(one("check-via-socks4 check inter 300ms fall 1", "option log-health-checks"), {"proxy": proxy()}, must=["Layer4 check passed"])
def checks_that_are_granted(env):
    env.stubs["proxy"].connections = only = FirstOnly(env.stubs["proxy"].connections[:1])  # how many follow is luck
    env.logs(1, "Health check")
    only.wait_for_the_end()
    env.hide(r"end: \w+ at", "end at")


@case(one("check inter 300ms fall 1"), {"proxy": proxy()}, must=["s is DOWN, reason: Layer4 connection problem"])
def checks_without_it(env):
    env.logs(1, "s is DOWN")
