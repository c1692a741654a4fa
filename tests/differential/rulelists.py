#!/usr/bin/env python3
"""Random rule lists with real connections: HAProxy and shunt must choose the same backend, at the same point of the client's
schedule, and leave the same values in the variables.

Each list is a frontend of its own, with one connection that sends a few bytes in steps. Many frontends share one program, and
their connections run side by side. What differs is run again before it counts, because a busy machine can be late.
"""

import argparse
import asyncio
import dataclasses
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time

import logs
from ports import Ports

STEP = 0.25  # seconds between two things that the client does
DELAY = 4 * STEP + STEP / 2  # inspect-delay: between two steps
LAST = 12 * STEP
BACKENDS = 4
HEAD = """global
    nbthread 1
    maxconn 4000
    log 127.0.0.1:{udp} local0
defaults
    mode tcp
    log global
    timeout connect 5s
    timeout client 20s
    timeout server 20s
"""


# --- random lists ----------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class RuleList:
    number: int
    lines: list
    pieces: list  # bytes for each step
    shuts: bool  # the client ends its side a step later


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def word(self, most=3):
        return "".join(self.r.choice("abc") for _ in range(self.r.randint(1, most)))

    def test(self):
        """What stands between braces, or a predefined ACL."""
        r = self.r
        span = r.choice(["0,1", "0,2", "1,2", "2,1", "0,0", "0,4"])
        return r.choice([
            lambda: f"{{ req.len {r.choice(['ge', 'gt', 'lt', 'le', 'eq'])} {r.randint(0, 7)} }}",
            lambda: f"{{ req.len {r.randint(0, 3)}:{r.randint(3, 6)} }}",
            lambda: f"{{ req.payload({span}) -m {r.choice(['str', 'beg', 'sub', 'end', 'reg'])} {r.choice(['', '-i '])}{self.word()} {self.word()} }}",
            lambda: f"{{ req.payload({span}) -m str {self.word(2)} }}",
            lambda: f"{{ req.payload({span}) -m len {r.randint(0, 3)} }}",
            lambda: f"{{ req.payload({span}) -m found }}",
            lambda: f"{{ src {r.choice(['127.0.0.1', '127.0.0.0/8', '10.0.0.0/8', '::1'])} }}",
            lambda: f"{{ var(sess.n) -m int ge {r.randint(0, 6)} }}",
            lambda: f"{{ var(txn.v) -m {r.choice(['found', 'sub a', 'str x'])} }}",
            lambda: r.choice(["TRUE", "FALSE", "WAIT_END", "REQ_CONTENT", "LOCALHOST"]),
            lambda: "{ req.ssl_hello_type 1 }",
            lambda: r.choice(["a", "b"]),
        ])()

    def condition(self):
        r = self.r
        text = r.choice(["if", "if", "if", "unless"])
        for i in range(r.choice([1, 1, 2, 2, 3])):
            if i and r.random() < 0.35:
                text += " or"
            text += (" !" if r.random() < 0.3 else " ") + self.test()
        return text

    def content_rule(self):
        r = self.r
        action = r.choice([
            lambda: f"set-var(sess.n) var(sess.n),add({r.choice([1, 1, 2])})",
            lambda: f"set-var(sess.n) var(sess.n),add({r.choice([1, 10])})",
            lambda: f"set-var(txn.v) {r.choice(['req.payload(0,2)', 'str(x)', 'req.len', 'src'])}",
            lambda: "unset-var(txn.v)",
            lambda: "accept",
            lambda: r.choice(["accept", "reject"]),
        ])()
        return f"tcp-request content {action}" + (f" {self.condition()}" if r.random() < 0.85 else "")

    def rules(self):
        """Content rules; sometimes a run of one kind, as ladders are made of."""
        r = self.r
        lines = [self.content_rule() for _ in range(r.choice([0, 1, 2, 3, 4, 6]))]
        if r.random() < 0.2:
            lines += [f"tcp-request content set-var(sess.n) var(sess.n),add(1) if {{ req.payload(0,2) -m str {self.word(2)} }}" for _ in range(5)]
        return lines

    def make(self, number):
        r = self.r
        lines = [f"acl {name} {self.plain_acl()}" for name in "aab"]
        lines += ["tcp-request connection set-var(sess.n) int(0)"]
        if r.random() < 0.85:
            lines.append(f"tcp-request inspect-delay {int(DELAY * 1000)}ms")
        lines += self.rules()
        lines += [f"use_backend b{r.randrange(BACKENDS)} {self.condition()}" for _ in range(r.choice([0, 1, 2, 3]))]
        if r.random() < 0.2:
            lines += [f"use_backend b{i % BACKENDS} if {{ req.payload(0,2) -m str -i {self.word(2)} }}" for i in range(6)]
        if r.random() < 0.85:
            lines.append(f"default_backend b{r.randrange(BACKENDS)}")
        pieces = [self.word(4).encode() for _ in range(r.choice([0, 1, 2, 2, 3]))]
        if not pieces:  # docs/compatibility.md: what an empty buffer's whole content is after a wait
            lines = [line.replace("req.payload(0,0)", "req.payload(0,1)") for line in lines]
        return RuleList(number, lines, pieces, r.random() < 0.4)

    def plain_acl(self):
        while True:
            found = self.test()
            if found.startswith("{"):
                return found[2:-2]


def frontend(rules, port):
    log = f'log-format "L{rules.number} %b %ts n=%[var(sess.n)] v=%[var(txn.v)]"'
    return "\n    ".join([f"frontend f{rules.number}", f"bind 127.0.0.1:{port}", log] + rules.lines) + "\n"


# --- one program with its clients --------------------------------------------------------------------------------------
class Program:
    """Runs lists under one program; `results[number]` is (answer, step, log line)."""

    def __init__(self, command, lists, folder):
        self.command, self.lists, self.folder = command, lists, folder
        self.ports, self.results = Ports(), {}
        self.sink = logs.LogSink(folder)
        self.servers = []

    async def run(self):
        backends = ""
        for i in range(BACKENDS):
            server = await asyncio.start_server(lambda reader, writer, i=i: self.serve(reader, writer, i), "127.0.0.1", 0, backlog=512)
            self.servers.append(server)
            backends += f"backend b{i}\n    server s 127.0.0.1:{server.sockets[0].getsockname()[1]}\n"
        where = {rules.number: self.ports.take() for rules in self.lists}
        path = os.path.join(self.folder, "program.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD.format(udp=self.sink.udp) + backends + "".join(frontend(r, where[r.number]) for r in self.lists))
        process = subprocess.Popen(self.command + ["-f", path], stdout=subprocess.DEVNULL, stderr=open(path + ".err", "wb"))
        try:
            await self.listening(process, list(where.values()), path)
            found = await asyncio.gather(*(self.client(rules, where[rules.number], i) for i, rules in enumerate(self.lists)))
            lines = await self.log_lines()
        finally:
            process.kill()
            process.wait()
            for server in self.servers:
                server.close()
            self.ports.close()
            self.sink.close()
        for rules, (answer, step) in zip(self.lists, found):
            self.results[rules.number] = (answer, step, lines.get(rules.number, "no log line"))

    async def listening(self, process, ports, path):
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with socket.socket() as probe:  # bound and listening, without a connection that would be logged
                try:
                    probe.bind(("127.0.0.1", ports[-1]))
                except OSError:
                    await asyncio.sleep(0.3)
                    return
            await asyncio.sleep(0.05)
        with open(path + ".err", encoding="utf-8", errors="replace") as file:
            raise RuntimeError(f"{self.command[0]} does not start: {file.read()[-2000:]}")

    @staticmethod
    async def serve(reader, writer, number):
        try:
            writer.write(f"b{number}\n".encode())
            await writer.drain()
            await reader.read(-1)
        except OSError:
            pass
        writer.close()

    async def client(self, rules, port, index):
        await asyncio.sleep(index * 0.004)  # not all in one instant
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begin = time.monotonic()
        talk = asyncio.ensure_future(self.talk(rules, writer))
        try:
            answer = (await asyncio.wait_for(reader.read(16), LAST)).decode().strip() or "closed"
        except asyncio.TimeoutError:
            answer = "nothing"
        except OSError:
            answer = "closed"
        step = (time.monotonic() - begin) / STEP
        talk.cancel()
        writer.close()
        return answer, step

    @staticmethod
    async def talk(rules, writer):
        for piece in rules.pieces:
            await asyncio.sleep(STEP)
            writer.write(piece)
            await writer.drain()
        if rules.shuts:
            await asyncio.sleep(STEP)
            writer.write_eof()

    async def log_lines(self):
        """Log lines by the number of their list; waits until all have come."""
        end, found = time.monotonic() + 5, {}
        while time.monotonic() < end:
            found = {}
            for line in list(self.sink.lines):
                match = re.search(r"L(\d+) (.*)", line)
                if match:
                    found[int(match[1])] = match[2]
            if len(found) >= len(self.lists):
                break
            await asyncio.sleep(0.1)
        return found


def same(one, other):
    """Time classes are steps of the schedule; half a step is the tolerance."""
    return one[0] == other[0] and one[2] == other[2] and abs(one[1] - other[1]) < 0.5


async def both(options, lists, folder):
    programs = []
    for role, command in (("oracle", options.haproxy), ("test", options.haproxy if options.twice else options.shunt)):
        place = tempfile.mkdtemp(prefix=role, dir=folder)
        programs.append(Program([command, "-db"], lists, place))
    await asyncio.gather(*(program.run() for program in programs))
    return [program.results for program in programs]


def run(options, lists, folder):
    expected, found = {}, {}
    for begin in range(0, len(lists), options.batch):
        oracle, tested = asyncio.run(both(options, lists[begin:begin + options.batch], folder))
        expected.update(oracle)
        found.update(tested)
    return expected, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shunt")
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--lists", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--batch", type=int, default=125)
    parser.add_argument("--only", type=int, action="append", help="a list by its number, may be repeated")
    parser.add_argument("--twice", action="store_true", help="HAProxy against HAProxy: is every list deterministic?")
    options = parser.parse_args()
    if not os.path.exists(options.haproxy):
        print("no haproxy: nothing compared")
        return 0
    maker, folder = Maker(options.seed), tempfile.mkdtemp(prefix="rulelists-")
    lists = [maker.make(number) for number in range(options.lists)]
    if options.only:
        lists = [rules for rules in lists if rules.number in options.only]
    expected, found = run(options, lists, folder)
    wrong = [rules for rules in lists if not same(expected[rules.number], found[rules.number])]
    first = len(wrong)
    for _ in range(3):  # what was late once is alike in one of the next runs; what is wrong never is
        if not wrong:
            break
        again, retried = run(options, wrong, folder)
        wrong = [rules for rules in wrong if not same(again[rules.number], retried[rules.number])]
        expected.update(again)
        found.update(retried)
    for rules in wrong[:20]:
        print(f"list {rules.number}: sends {rules.pieces}{' and shuts' if rules.shuts else ''}")
        print("    " + "\n    ".join(rules.lines))
        print(f"  haproxy {expected[rules.number]}\n  shunt   {found[rules.number]}")
    answers = {answer: sum(result[0] == answer for result in expected.values()) for answer in ("b0", "closed", "nothing")}
    print(f"{len(lists)} lists ({answers}), {first} differed at first: {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
