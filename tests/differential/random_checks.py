#!/usr/bin/env python3
"""Random scripted health checks against random servers: HAProxy and shunt must send the same bytes, and say the same of what they got.

Each script is a backend of its own with one server; many backends share one program, and their checks run side by side. What
differs is run again before it counts, because a busy machine can be late.
"""

import argparse
import asyncio
import dataclasses
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

import logs
from check_rows import quoted
from ports import Ports

PAUSE = 0.07  # seconds between two things that a server does; far less than what a check waits for an answer
QUIET = 0.02  # a check has sent all of a message when nothing came for so long
INTER = 500  # ms between checks, and of patience for an answer
SHOWN = 8  # log lines of a server that are compared
ROOM = 4096  # tune.bufsize
HEAD = """global
    nbthread 1
    maxconn 4000
    node here
    tune.bufsize {room}
    log 127.0.0.1:{udp} local0
defaults
    mode tcp
    log global
    option log-health-checks
    timeout connect 2s
    timeout client 4s
    timeout server 4s
listen front
    bind 127.0.0.1:{front}
"""


@dataclasses.dataclass
class Script:
    """A backend. `[[own]]` and `[[closed]]` in its lines are ports. `answers`: what the server does with one connection after
    the other, the last of it for ever: bytes are sent, None waits for a message, a number is a pause, "shut" and "reset" end it."""
    number: int
    lines: list
    answers: list
    connects: int  # connections of one check at most; 0: perhaps none that the server sees
    carries: bool  # one check leaves something to the next: no end of news is certain

    def text(self, port, closed):
        body = "".join(f"    {line}\n" for line in self.lines).replace("[[own]]", str(port)).replace("[[closed]]", str(closed))
        return f"backend b{self.number}\n{body}"


# --- random scripts --------------------------------------------------------------------------------------------------
class Maker:
    def __init__(self, seed, number):
        self.r, self.number = random.Random(f"{seed}:{number}"), number
        self.carries, self.is_http = False, False

    def often(self, chance):
        return self.r.random() < chance

    def one_of(self, *choices):
        """One of these; functions are called."""
        chosen = self.r.choice(choices)
        return chosen() if callable(chosen) else chosen

    def word(self, most=3):
        return "".join(self.r.choice("ab") for _ in range(self.r.randint(1, most)))

    # --- values
    def variable(self):
        scope = self.r.choices(["check", "sess", "proc"], [8, 1, 1])[0]
        name = self.r.choice("xyz")
        if scope == "proc":  # the process's: shared by all
            name += str(self.number)
        self.carries = self.carries or scope != "check"
        return f"{scope}.{name}"

    def expression(self):
        length = "int(5)" if self.is_http else "res.len"  # of an HTTP answer it is that of HAProxy's own form
        return self.one_of(
            lambda: f"str({self.word()})", lambda: f"str({self.word()}),upper", lambda: f"int({self.r.randint(-3, 300)})",
            lambda: f"var({self.variable()})", lambda: f"var({self.variable()}),add(1)", lambda: f"res.payload({self.r.randint(0, 2)},{self.r.randint(0, 3)})",
            length, "srv_name", "be_name", lambda: f"str({self.word()}),hex", "res.payload(0,1),length", "res.payload(0,2),hex", "str()", "dst_port", "src", "bool(1)",
            lambda: f"var({self.variable()}),length", "res.payload_lv(0,1)")

    def format(self):
        text = "".join(self.one_of(self.word, lambda: f"%[{self.expression()}]", lambda: self.one_of("<", " ", "é", "%%", "%b ", "%s ", "%f|", "\\t", "%ci ", '"'))
                       for _ in range(self.r.choice([1, 1, 2, 3])))
        return re.sub(r"([ #\"'])", r"\\\1", text)

    def word_format(self):
        """What is likely to be a word of the server."""
        return quoted(self.one_of(self.word(), f"{self.word(1)}%[str({self.word(2)})]", f"%[var({self.variable()})]", f"%[res.payload(0,{self.r.randint(0, 2)})]",
                                  f"%[str({self.word(2)})]"))

    def hex_format(self):
        return self.one_of("61%[str(62)]", "6%[str(1)]", "%[str(a),hex]", "6%[str(x)]", "%[var(check.none)]", "6%[str(12)]", "%[res.payload(0,1),hex]", "0%[int(0)]", "41 42")

    def hex(self):
        return "".join(self.r.choice(["61", "62", "6A", "00", "0d", "0A", "ff"]) for _ in range(self.r.randint(1, 3)))

    def regex(self):
        return quoted(self.one_of(f"^{self.word()}", f"{self.word()}$", "a+b", "[ab]{3}", "(?i)AB", "a|bb", ".", "^$", "^a.b", "b\\x00", "(?s)a.*b$", "^(ab|ba)", self.word(1)))

    def variables_line(self, keyword):
        conditions = self.r.choice(["", "", "", ",ifexists", ",ifnotexists", ",ifempty", ",ifnotempty", ",ifset", ",ifgt"])
        return self.one_of(lambda: f"{keyword} set-var({self.variable()}{conditions}) {self.expression()}", lambda: f"{keyword} set-var({self.variable()}) {self.expression()}",
                           lambda: f"{keyword} set-var-fmt({self.variable()}{conditions}) {self.format()}", lambda: f"{keyword} unset-var({self.variable()})")

    def comment(self):
        return quoted(self.one_of("c0", "two words", "é<", self.word))

    # --- steps
    def connect(self, keyword):
        r, line = self.r, f"{keyword} connect"
        options = []
        if self.often(0.15):
            options.append("default")
        if self.often(0.2):
            options.append("linger")
        if self.often(0.2):
            options.append(f"comment {self.comment()}")
        if self.often(0.12):
            options.append("send-proxy")
        if self.often(0.2):
            options.append("addr 127.0.0.1")
        if self.often(0.25):
            options.append("port " + r.choices(["[[own]]", "int([[own]])", "[[closed]]", "int([[closed]])", f"var({self.variable()})", "srv_id,mul(0),add([[own]])"], [3, 2, 1, 1, 1, 1])[0])
        r.shuffle(options)
        return " ".join([line, *options])

    def outcome_words(self):
        r, words = self.r, []
        if self.often(0.2):
            words.append(f"min-recv {r.choice([-1, 0, 1, 2, 3, 5, 9, 9, 5000, 20000])}")
        if self.often(0.2):
            words.append(f"comment {self.comment()}")
        if self.often(0.2):
            words.append(f"ok-status {r.choice(['L7OK', 'L7OKC', 'L6OK', 'L4OK'])}")
        if self.often(0.2):
            words.append(f"error-status {r.choice(['L7OKC', 'L7RSP', 'L7STS', 'L6RSP', 'L4CON'])}")
        if self.often(0.2):
            words.append(f"tout-status {r.choice(['L7TOUT', 'L6TOUT', 'L4TOUT'])}")
        if self.often(0.15):
            words.append(f"on-success {self.format()}")
        if self.often(0.2):
            words.append(f"on-error {self.format()}")
        if self.often(0.2):
            words.append(f"status-code {self.expression()}")
        return words

    def with_pattern(self, line, words, pattern):
        """The pattern stands somewhere between the other words."""
        pattern = self.r.choices(["", "! ", "!"], [7, 2, 1])[0] + pattern
        self.r.shuffle(words)
        at = self.r.choice([len(words), len(words), self.r.randint(0, len(words))])
        return " ".join([line, *words[:at], pattern, *words[at:]])

    def make(self):
        self.is_http = self.often(0.5)
        lines, answers, connects = self.http() if self.is_http else self.tcp()
        if self.often(0.15):
            lines.append(f"timeout check {self.r.choice([400, 700, 1000])}ms")
        server = f"server s 127.0.0.1:[[own]] check inter {INTER}ms fall 1 rise 1"
        if self.often(0.1):
            server += " backup"
        if self.often(0.08):
            server += " send-proxy check-send-proxy"
        if self.often(0.05):
            server += " port [[own]] addr 127.0.0.1"
        return Script(self.number, lines + [server], answers, connects, self.carries)

    # --- tcp-check
    def tcp_pattern(self):
        return self.one_of(lambda: f"string {self.word()}", lambda: f"string {self.word()}", lambda: f"rstring {self.regex()}", lambda: f"string-lf {self.word_format()}",
                           lambda: f"binary {self.hex()}", lambda: f"rbinary {self.one_of('^61', '62$', '6[12]6', '^6162', '00', '(61)+62', '0D0A', '6a')}", lambda: f"binary-lf {self.hex_format()}",
                           lambda: f"string {quoted(self.one_of('a b', '<a>', 'a#', chr(34), self.word(3) + self.word(3)))}")

    def tcp_send(self):
        return self.one_of(lambda: f"send {self.word()}", lambda: "send " + self.one_of(r"PING\r\n", r"a\ b", r"\x00\xff", "é"), lambda: f"send-lf {self.format()}",
                           lambda: f"send-binary {self.hex()}", lambda: f"send-binary-lf {self.hex_format()}")

    def tcp(self):
        r, steps = self.r, []
        connecting = self.often(0.45)
        for _ in range(r.choice([0, 0, 0, 1, 2])):
            steps.append(self.one_of(lambda: self.variables_line("tcp-check"), lambda: f"tcp-check comment {self.comment()}"))
        if connecting:
            steps.append(self.connect("tcp-check"))
        for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4, 5])):
            kind = r.choices(["send", "expect", "comment", "variable", "connect"], [5, 9, 2, 3, 2 if connecting else 0])[0]
            steps.append({"send": lambda: "tcp-check " + self.tcp_send(),
                          "expect": lambda: self.with_pattern("tcp-check expect", self.outcome_words(), self.tcp_pattern()),
                          "comment": lambda: f"tcp-check comment {self.comment()}", "variable": lambda: self.variables_line("tcp-check"),
                          "connect": lambda: self.connect("tcp-check")}[kind]())
        connects = sum(" connect" in step for step in steps) or 1
        if self.may_be_unseen(steps):
            connects = 0
        count = r.choice([1, 1, 2, 3]) if connects else 1
        return ["option tcp-check", *steps], [self.tcp_answer(steps) for _ in range(count)], connects

    @staticmethod
    def may_be_unseen(steps):
        """A connection without a word may be reset before the server accepts it; and one may go elsewhere."""
        silent = ("comment", "set-", "unset-", "send-lf", "send-binary-lf")  # a formatted text may be empty
        busy = [step.split()[1].split("(")[0] for step in steps if not step.split()[1].startswith(silent)]
        text = " ".join("connect" if word == "connect" else "talk" for word in busy) + " connect"
        return "connect connect" in text or text == "connect" or any("port" in step for step in steps if " connect" in step)

    def bytes_for(self, step):
        """What the step expects, or nearly."""
        def wanted(pattern):
            found = re.search(pattern, step)
            return found[1] if found else None
        if text := wanted(r" !?string (\S+)"):
            return text.replace("\\", "").encode()
        if text := wanted(r" !?binary (\S+)"):
            return bytes.fromhex(text)
        if text := wanted(r" !?rstring \\?\^?\(?([ab]+)"):
            return text.encode()
        return self.r.choice([b"ab", b"a", b"b", b"aab", b"ba", b"AB"])

    def junk(self):
        return self.one_of(b"", b"", b"x", b"\0", b"\r\n", b"\xc3\xa9\x01", b"a\n", b"bb", b"<\"%", b"y" * 200)

    def tcp_answer(self, steps):
        """One connection's."""
        r, plan, ready = self.r, [], False
        for step in steps:
            if " send" in step:
                ready = True
            elif " connect" in step:
                ready = "send-proxy" in step
            elif " expect" in step:
                if ready and self.often(0.9):
                    plan.append(None)
                ready = False
                data = self.bytes_for(step)
                data = r.choices([data, self.junk() + data, data + self.junk(), data[:-1], data[1:], self.junk(), b""], [6, 3, 3, 1, 1, 1, 1])[0]
                if self.often(0.04):
                    data = r.choice([b"x", b"ab", b"a"]) * r.choice([2000, 5000, ROOM, ROOM + 1]) + data
                if len(data) > 1 and len(data) < 1000 and self.often(0.2):
                    cut = r.randint(1, len(data) - 1)
                    plan += [data[:cut], PAUSE, data[cut:]]
                elif data:
                    plan.append(data)
                if self.often(0.25):
                    plan.append(PAUSE)
        return self.with_end(plan)

    def with_end(self, plan):
        end = self.r.choices(["", "shut", "late shut", "reset"], [5, 4, 1, 1])[0]
        if end == "reset" and (not plan or isinstance(plan[-1], bytes)):
            plan.append(PAUSE)
        if end == "late shut":
            plan.append(PAUSE)
        return plan + [end.split()[-1]] if end else plan

    # --- http-check
    def option_line(self):
        r = self.r
        method = r.choice(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "FOO", "TRACE"])
        uri = r.choice(["/", "/a?b=c", "*", "http://x.y/z", "a", "/a%20b"])
        return "option httpchk" + self.one_of("", "", f" {uri}", f" {method} {uri}", f" {method} {uri} {r.choice(['HTTP/1.0', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/0.9', 'HTTP/2.0'])}")

    def http_send(self):
        r, words = self.r, []
        if self.often(0.4):
            words.append(f"meth {r.choice(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'get', 'FOO'])}")
        if self.often(0.5):
            words.append(self.one_of(lambda: f"uri {r.choice(['/', '/u', '/u?v', 'http://a.b/c', '*'])}", lambda: f"uri-lf /{self.word_format()}"))
        if self.often(0.5):
            words.append(f"ver {r.choice(['HTTP/1.0', 'HTTP/1.1', 'HTTP/1.1'])}")
        for _ in range(r.choice([0, 0, 1, 2])):
            words.append(f"hdr {r.choice(['Host', 'X-A', 'x-b', 'Connection', 'Content-Length', 'Transfer-Encoding', 'Cookie', 'X-A'])} {self.one_of(self.word_format, self.format, 'a.b', 'close', '7')}")
        if self.often(0.3):
            words.append(self.one_of(lambda: f"body {self.word()}", lambda: f"body-lf {self.format()}"))
        if self.often(0.15):
            words.append(f"comment {self.comment()}")
        r.shuffle(words)
        return " ".join(["http-check send", *words])

    def header_pattern(self):
        r = self.r
        method = lambda: r.choice(["", "", "", "-m str ", "-m beg ", "-m end ", "-m sub ", "-m reg "])
        text = f"{r.choice(['hdr', 'fhdr'])} "
        text += self.one_of(lambda: f"name {method()}{r.choice(['x-list', 'Server', 'server', 'x-', 'none', 'e', 'content-length'])}", lambda: f"name-lf {r.choice(['', '-m sub '])}x-%[str(list)]")
        if self.often(0.7):
            text += " " + self.one_of(lambda: f"value {method()}{r.choice([self.word(), 'A', '3'])}", lambda: f"value {method()}{self.word(1)}", lambda: f"value-lf {self.word_format()}")
        return text

    def http_pattern(self):
        r = self.r
        return self.one_of(lambda: f"status {r.choice(['200', '200-399', '200,404', '100-199', '500-599,204', '0', '999'])}", lambda: f"rstatus {r.choice(['^2', '^[23]', '4.4', '0$', '^200$'])}",
                           lambda: f"string {self.word()}", lambda: f"string {self.word()}", lambda: f"rstring {self.regex()}", lambda: f"string-lf {self.word_format()}",
                           self.header_pattern, self.header_pattern)

    def http(self):
        r, steps = self.r, []
        rounds = r.choice([1, 1, 1, 2]) if self.often(0.4) else 0

        def between():
            while self.often(0.15):
                steps.append(self.one_of(lambda: self.variables_line("http-check"), lambda: f"http-check comment {self.comment()}"))
        for index in range(rounds or 1):
            between()
            if rounds:
                steps.append(self.connect("http-check"))
                between()
            if rounds or self.often(0.5):
                steps.append(self.http_send())
                between()
            for _ in range(r.choice([0, 1, 1, 2]) if index == max(rounds, 1) - 1 else r.choice([1, 1, 2])):
                steps.append(self.with_pattern("http-check expect", self.outcome_words(), self.http_pattern()))
                between()
        if self.often(0.2):
            steps.insert(r.randint(0, len(steps)), "http-check disable-on-404")
        if self.often(0.1):
            steps.insert(r.randint(0, len(steps)), "http-check send-state")
        steps.insert(0 if self.often(0.8) else r.randint(0, len(steps)), self.option_line())
        connects = max(rounds, 1)
        if any(" port" in step for step in steps if " connect" in step):
            connects = 0
        count = r.choice([1, 1, 2, 3]) if connects else 1
        return steps, [self.http_answer(steps) for _ in range(count)], connects

    def header_lines(self):
        r = self.r
        return [self.one_of(b"Server: " + self.word().encode(), b"X-List: a, b,ab , ,ba", b"x-list:" + self.word().encode(), b"X-LIST:  a\t", b"e:", b"Date: x, y", b"X-Q: \"a,b\", c",
                            lambda: r.choices([b"no colon", b"bad name: a", b": a", b" folded", b"X-C: \x01a", b"X-H: \xe9\xff", b"X-N: a\0b", b"Connection: close", b"Connection: keep-alive", b"X-T : a"],
                                              [1, 1, 1, 1, 1, 1, 1, 6, 2, 1])[0],
                            b"X-List: " + self.word().encode() + b"," + self.word().encode())
                for _ in range(r.choice([0, 1, 2, 2, 3]))]

    def http_answer(self, steps):
        r = self.r
        status = r.choice([b"200", b"200", b"200", b"200", b"204", b"301", b"404", b"404", b"500", b"503", b"100", b"101", b"304", b"299", b"999", b"000", b"20", b"2000", b"2x0", b"99"])
        line = r.choices([b"HTTP/1.0", b"HTTP/1.1", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/1", b"http/1.1", b"RTSP/1.0", b"HTTP/0.9", b"ICY"], [8, 8, 1, 1, 1, 1, 1, 1, 1])[0] + b" " + status
        line += r.choices([b" OK", b"", b" ", b"  Not so good ", b" <\xc3\xa9\"\x01>", b" " + b"r" * 140, b"\tOK", b" \0x"], [10, 2, 1, 2, 1, 1, 1, 1])[0]
        body = b"".join(self.bytes_for(step) if self.often(0.8) else self.junk() for step in steps if " expect" in step)
        body = r.choices([body, body + self.junk(), self.junk() + body, b"", r.choice([b"x", b"ab"]) * r.choice([1500, 3000, ROOM]) + body], [8, 3, 3, 2, 1])[0]
        headers, framed = self.header_lines(), body
        kind = r.choices(["length", "none", "chunked", "short", "long", "bad", "both", "twice"], [10, 5, 5, 1, 2, 1, 1, 1])[0]
        length = b"Content-Length: %d"
        if kind in ("length", "twice", "both"):
            headers.insert(r.randint(0, len(headers)), length % len(body))
        if kind in ("twice", "long"):
            headers.append(length % (len(body) + r.randint(0, 2)))
        if kind == "short":
            headers.append(length % (len(body) // 2))
        if kind == "bad":
            headers.append(r.choice([b"Content-Length: x", b"Content-Length:", b"Content-Length: -1", b"Content-Length: 3, 3", b"Content-Length: 99999999999999999999", b"Content-Length: 0x2", b"Content-Length: +2"]))
        if kind in ("chunked", "both"):
            headers.append(r.choice([b"Transfer-Encoding: chunked"] * 6 + [b"transfer-encoding: Chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, chunked"]))
            framed = self.chunks(body)
        end = b"\n" if self.often(0.07) else b"\r\n"
        data = end.join([line, *headers, b"", b""]) + framed
        if self.often(0.05):
            data = r.choice([b"\r\n", b"\n", b"\0", b" ", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Hints\r\nX-List: a\r\n\r\n"]) + data
        if self.often(0.05):
            data += r.choice([b"ab", b"\r\n", b"HTTP/1.0 500 Bad\r\n\r\n"])
        return self.http_plan(data)

    def http_plan(self, data):
        r = self.r
        if self.often(0.15):
            data = data[:r.randint(0, len(data))]
        plan = [None] if self.often(0.93) else []
        if len(data) > 1 and self.often(0.3):
            cut = r.randint(1, len(data) - 1)
            plan += [data[:cut], PAUSE, data[cut:]]
        elif data:
            plan.append(data)
        if self.often(0.1):
            plan.append(PAUSE)
        return self.with_end(plan)

    def chunks(self, body):
        r, out = self.r, b""
        while body:
            size = min(len(body), r.choice([1, 2, 3, 100, 5000]))
            out += b"%x" % size + r.choices([b"", b";x=y", b" ", b"; q", b"x"], [16, 1, 1, 1, 0.4])[0] + b"\r\n" + body[:size] + r.choices([b"\r\n", b"\n", b"", b"zz"], [30, 1, 0.5, 0.5])[0]
            body = body[size:]
        return out + r.choices([b"0\r\n\r\n", b"0\r\nX-T: a\r\n\r\n", b"", b"0\r\n", b"00\r\n\r\n"], [12, 1, 1, 1, 1])[0]


# --- one program with its servers ------------------------------------------------------------------------------------
class Server:
    """Does with each connection what the script says; `got`: the bytes that came through each."""

    def __init__(self, script):
        self.script, self.got, self.tasks = script, [], []

    def start(self, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.listener.setblocking(False)
        self.accepting = asyncio.ensure_future(self.accept())

    def stop(self):
        self.accepting.cancel()
        self.listener.close()

    async def accept(self):
        while True:
            sock, _ = await asyncio.get_running_loop().sock_accept(self.listener)
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plan = self.script.answers[min(len(self.got), len(self.script.answers) - 1)]
            self.got.append(bytearray())
            self.tasks.append(asyncio.ensure_future(self.talk(sock, self.got[-1], plan)))

    async def talk(self, sock, got, plan):
        with sock:
            for step in plan:
                if step is None:
                    patience = None
                    while await self.more(sock, got, patience):
                        patience = QUIET
                elif isinstance(step, float):
                    await asyncio.sleep(step)
                elif step == "reset":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                else:
                    await self.give(sock, step)
            while await self.more(sock, got):
                pass

    @staticmethod
    async def more(sock, got, patience=None):
        """False: that was all, for now or for ever."""
        try:
            data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 65536), patience)
        except (asyncio.TimeoutError, OSError):
            return False
        got += data
        return bool(data)

    @staticmethod
    async def give(sock, step):
        """What fails because the check is over changes nothing about what came from it."""
        try:
            if step == "shut":
                sock.shutdown(socket.SHUT_WR)
            else:
                await asyncio.get_running_loop().sock_sendall(sock, step)
        except OSError:
            pass

    def words(self):
        """What came through the connections through which something came."""
        ports = re.compile(rb"(?<=^PROXY TCP4 127.0.0.1 127.0.0.1 )\d+ \d+|(?<=; port=)\d+")
        return [ports.sub(b"PORT", bytes(got)) for got in self.got if got]


class Died(RuntimeError):
    """(program, exit status, what it said last)"""


class Program:
    """Runs scripts under one program; `results[number]` is (log lines, bytes of connections)."""

    def __init__(self, command, scripts, folder):
        self.command, self.scripts, self.folder = command, scripts, folder
        self.ports, self.results, self.complaints = Ports(), {}, ""
        self.sink = logs.LogSink(folder)

    async def run(self):
        servers = {script.number: Server(script) for script in self.scripts}
        closed, where = self.ports.take(), {}
        for script in self.scripts:
            where[script.number] = self.ports.take()
            servers[script.number].start(where[script.number])
        path = os.path.join(self.folder, "program.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD.format(udp=self.sink.udp, front=self.ports.take(), room=ROOM) + "".join(each.text(where[each.number], closed) for each in self.scripts))
        with open(path + ".err", "wb") as err:
            process = subprocess.Popen(self.command + ["-f", path], stdout=subprocess.DEVNULL, stderr=err)
        try:
            await self.judged(process, servers, path)
        finally:
            process.kill()
            process.wait()
            self.ports.close()
        await asyncio.wait([task for server in servers.values() for task in server.tasks] or [asyncio.ensure_future(asyncio.sleep(0))], timeout=2)
        for server in servers.values():
            server.stop()
        self.sink.drain()
        lines = self.log_lines({where[number]: f"<own{number}>" for number in where} | {closed: "<closed>"})
        self.sink.close()
        self.complaints = "\n".join(re.findall(r".*(?:Sanitizer|runtime error:).*", self.said(path)))
        for script in self.scripts:
            self.results[script.number] = (lines.get(script.number, []), servers[script.number].words(), script)

    @staticmethod
    def said(path):
        with open(path + ".err", encoding="utf-8", errors="replace") as file:
            return file.read()

    async def judged(self, process, servers, path):
        """Until each server has had all answers and the check behind them has begun."""
        end = time.monotonic() + 60
        left = {number: server.script for number, server in servers.items()}
        while time.monotonic() < end and left:
            if process.poll() is not None:
                raise Died(self.command[0], process.returncode, self.said(path)[-3000:])
            await asyncio.sleep(0.1)
            seen = {int(number) for number in re.findall(r"server b(\d+)/s ", "\n".join(self.sink.lines))}
            left = {number: script for number, script in left.items()
                    if number not in seen or (script.connects and len(servers[number].got) < len(script.answers) + script.connects + 1)}
            end = min(end, time.monotonic() + 12) if len(left) < len(servers) / 2 else end
        await asyncio.sleep(0.1)

    def log_lines(self, names):
        found = {}
        for line in self.sink.lines:
            line = logs.normalised(line)
            match = re.search(r"(?:server|Server|backend|proxy) '?b(\d+)\b", line)
            if match:
                line = re.sub(r"\b\d{5}\b", lambda port: names.get(int(port[0]), port[0]), re.sub(r"~\d+ms~", "TIME", line))
                found.setdefault(int(match[1]), []).append(line)
        return found


def same(one, other):
    """As far as both got, where it never ends."""
    (lines, words, script), (other_lines, other_words, _) = one, other
    if script.carries:
        least = min(len(lines), len(other_lines))
        if not least and (lines or other_lines):
            return False
        lines, other_lines = lines[:least], other_lines[:least]
    count = min(len(words), len(other_words), len(script.answers) + script.connects)
    return lines[:SHOWN] == other_lines[:SHOWN] and bool(words) == bool(other_words) and words[:count] == other_words[:count]


# --- what is a sound configuration -----------------------------------------------------------------------------------
def refused(program, scripts, folder):
    """Numbers of the scripts that the program takes for errors: the lines that it names."""
    path, text, owners = os.path.join(folder, "read.cfg"), HEAD.format(udp=514, front=1025, room=ROOM), {}
    for script in scripts:
        begin = text.count("\n") + 1
        text += script.text(11111, 11112)
        owners.update({number: script.number for number in range(begin, text.count("\n") + 1)})
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([program, "-c", "-f", path], capture_output=True, check=False)
    if done.returncode == 0:
        return set()
    said = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
    alerts = [line for line in said.splitlines() if "[WARNING]" not in line and "[NOTICE]" not in line]
    found = {owners[int(number)] for line in alerts for number in re.findall(r"read\.cfg:(\d+)", line) if int(number) in owners}
    found |= {int(number) for line in alerts for number in re.findall(r"(?:backend|proxy) '?b(\d+)\b", line)}
    if not found:
        raise RuntimeError(f"{program} refuses the file ({done.returncode}): {said[-3000:]}")
    return found


def sound(options, scripts, folder):
    """Those that HAProxy accepts, and the numbers of those about which shunt thinks otherwise."""
    def all_refused(program):
        left, gone = scripts, set()
        while left and (more := refused(program, left, folder)):
            gone |= more
            left = [script for script in left if script.number not in gone]
        return gone
    bad = all_refused(options.haproxy)
    disputed = bad ^ (bad if options.twice else all_refused(options.shunt))
    return [script for script in scripts if script.number not in bad | disputed], disputed


# --- comparison ------------------------------------------------------------------------------------------------------
async def both(options, scripts, folder):
    programs = []
    for role, command in (("oracle", options.haproxy), ("test", options.haproxy if options.twice else options.shunt)):
        programs.append(Program([command, "-db"], scripts, tempfile.mkdtemp(prefix=role, dir=folder)))
    await asyncio.gather(*(program.run() for program in programs))
    if programs[1].complaints:
        print(programs[1].complaints)
        raise RuntimeError("sanitizers complain")
    return [program.results for program in programs]


def survivors(options, scripts, folder):
    """Results of both for all scripts but those that HAProxy dies of."""
    try:
        return asyncio.run(both(options, scripts, folder))
    except Died as death:
        if death.args[0] != options.haproxy:
            options.deaths.append(str(death))  # counts, even if no smaller group brings it about
        if len(scripts) == 1 and death.args[0] == options.haproxy:
            return {}, {}
        if len(scripts) == 1:
            return {scripts[0].number: ([], [], scripts[0])}, {scripts[0].number: ([str(death)], [], scripts[0])}
    half = len(scripts) // 2
    one, other = survivors(options, scripts[:half], folder), survivors(options, scripts[half:], folder)
    return one[0] | other[0], one[1] | other[1]


def differing(options, scripts, folder):
    """(script, HAProxy's result, shunt's) of each that differs in every run."""
    wrong, first = [], 0
    for begin in range(0, len(scripts), options.batch):
        left = scripts[begin:begin + options.batch]
        for attempt in range(4):  # what was late once is alike in one of the next runs; what is wrong never is
            oracle, tested = survivors(options, left, folder)
            left = [script for script in left if script.number in oracle and not same(oracle[script.number], tested[script.number])]
            first += len(left) if attempt == 0 else 0
            if not left:
                break
        wrong += [(script, oracle[script.number], tested[script.number]) for script in left]
    return wrong, first


def show(script, expected, found):
    print(f"--- {script.number}\n" + script.text("OWN", "CLOSED") + f"  the server: {script.answers}")
    for sign, (lines, words, _) in (("-", expected), ("+", found)):
        for line in lines[:SHOWN]:
            print(f"  {sign} {line}")
        if expected[1][:1] != found[1][:1] or lines == (expected if lines is found[0] else found)[0]:
            print(f"  {sign} received: {words[:len(script.answers) + max(script.connects, 1)]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shunt")
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--scripts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--batch", type=int, default=150)
    parser.add_argument("--only", type=int, action="append", help="a script by its number, may be repeated")
    parser.add_argument("--at-most", type=int, default=0, help="so many may differ: what docs/compatibility.md tells, and answers that depend on how they are cut")
    parser.add_argument("--twice", action="store_true", help="HAProxy against HAProxy: is every script deterministic?")
    options = parser.parse_args()
    options.deaths = []  # of shunt, and what its sanitizers said
    if not os.access(options.haproxy, os.X_OK):
        print(f"*** NOTHING WAS COMPARED: {options.haproxy} is not there (apt-get install haproxy) ***", file=sys.stderr)
        return 77
    with tempfile.TemporaryDirectory(prefix="random-checks-") as folder:
        scripts = [Maker(options.seed, number).make() for number in options.only or range(options.scripts)]
        accepted, disputed = sound(options, scripts, folder)
        wrong, first = differing(options, accepted, folder)
    for script in scripts:
        if script.number in disputed:
            print(f"--- {script.number}: accepted by one, refused by the other\n" + script.text("OWN", "CLOSED"))
    for each in wrong[:20]:
        show(*each)
    print(f"seed {options.seed}: {len(scripts)} scripts, {len(accepted)} accepted; {first} differed at first: {len(wrong)} differ, {len(disputed)} disputed "
          f"{sorted(disputed) + [each[0].number for each in wrong]}")
    for text in options.deaths[:3]:
        print(f"shunt ended, or a sanitizer spoke: {text}")
    return 1 if len(wrong) > options.at_most or disputed or options.deaths else 0


if __name__ == "__main__":
    sys.exit(main())
