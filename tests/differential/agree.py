#!/usr/bin/env python3
"""What `shunt explain` and `shunt test` say of random files and connections, beside what happens on loopback: the same backend
and server, at the same point of the client's schedule. shunt serves all pairs, HAProxy a part of them.

A race is right when what happened is one of the outcomes that `explain` tells. What differs is run again before it counts.
"""

import argparse
import asyncio
import concurrent.futures
import dataclasses
import json
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile

from hello import client_hello
from ports import Ports
from rulelists import DELAY, LAST, STEP, Maker, Program

HEAD = """global
    nbthread 1
    maxconn 8000
defaults
    mode tcp
    timeout connect 5s
    timeout client 20s
    timeout server 20s
"""
# backend: how many servers, and how one of them is chosen
BACKENDS = {"b0": (1, "roundrobin"), "b1": (3, "roundrobin"), "b2": (3, "source"), "b3": (2, "first")}
NAMES = ["a.example", "b.example", "www.a.example", "A.example", "c.test"]


@dataclasses.dataclass
class Pair:
    number: int
    kind: str
    lines: list  # of the frontend that the client reaches
    inner: list  # of the one behind a hop; empty: no hop
    pieces: list
    shuts: bool
    accepts_proxy: bool = False


class PairMaker(Maker):
    """Rules as rulelists.py makes them, with TLS clients, PROXY headers, hops and use-server around."""

    def tls_test(self):
        r = self.r
        return r.choice([
            lambda: "{ req.ssl_hello_type 1 }",
            lambda: f"{{ req.ssl_sni {r.choice(['', '-i '])}{' '.join(r.sample(NAMES, r.randint(1, 2)))} }}",
            lambda: f"{{ req.ssl_sni -m end {r.choice(['.example', 'a.example', '.test'])} }}",
            lambda: "{ req.ssl_sni -m found }",
            lambda: f"{{ req.ssl_alpn {r.choice(['h2', 'http/1.1'])} }}",
            lambda: f"{{ req.ssl_ver {r.choice(['3.1', '3.3', '3.1:3.4', 'gt 3'])} }}",
            lambda: f"{{ req.len {r.choice(['gt', 'lt', 'ge'])} {r.choice([0, 5, 100, 240])} }}",
            lambda: f"{{ src {r.choice(['127.0.0.0/8', '10.0.0.0/8'])} }}",
            lambda: r.choice(["HTTP", "WAIT_END", "TRUE", "REQ_CONTENT"]),
        ])()

    def condition(self):
        if not self.tls:
            return super().condition()
        r = self.r
        return r.choice(["if", "if", "unless"]) + "".join(
            (" or" if i and r.random() < 0.3 else "") + (" !" if r.random() < 0.25 else " ") + self.tls_test() for i in range(r.choice([1, 1, 2])))

    def tls_rules(self):
        r = self.r
        lines = [f"tcp-request inspect-delay {int(DELAY * 1000)}ms"] if r.random() < 0.85 else []
        lines += [f"tcp-request content {r.choice(['accept', 'accept', 'reject'])} {self.condition()}" for _ in range(r.choice([0, 1, 1, 2]))]
        lines += [f"use_backend b{r.randrange(len(BACKENDS))} {self.condition()}" for _ in range(r.choice([0, 1, 2, 3]))]
        if r.random() < 0.3:
            lines += [f"use_backend b{i % len(BACKENDS)} if {{ req.ssl_sni -i {name} }}" for i, name in enumerate(NAMES)]
        if r.random() < 0.85:
            lines.append(f"default_backend b{r.randrange(len(BACKENDS))}")
        return lines

    def hello(self):
        r = self.r
        bytes_ = client_hello(r.choice(NAMES + [None]), r.choice([(), ("h2",), ("h2", "http/1.1")]), r.choice([None, None, 517, 1800]))
        if r.random() < 0.4:
            cut = r.randint(1, len(bytes_) - 1)
            return [bytes_[:cut], bytes_[cut:]]
        return [bytes_]

    def header(self):
        r = self.r
        source = f"{r.choice(['10.1.2.3', '127.0.0.9', '192.0.2.5'])}"
        if r.random() < 0.5:
            return f"PROXY TCP4 {source} 192.0.2.1 {r.randint(1024, 60000)} 443\r\n".encode()
        return (b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", 12) + socket.inet_aton(source) + socket.inet_aton("192.0.2.1") +
                struct.pack("!HH", r.randint(1024, 60000), 443))

    def make(self, number):
        r = self.r
        self.tls = False
        kind = r.choices(["plain", "tls", "proxy", "hop", "tls-hop"], [40, 25, 15, 10, 10])[0]
        self.tls = kind.startswith("tls")
        rules = (lambda: self.tls_rules()) if self.tls else (lambda: super(PairMaker, self).make(number).lines)
        pair = Pair(number, kind, rules(), [], [], r.random() < 0.35, kind == "proxy")
        pair.pieces = self.hello() if self.tls else [self.word(4).encode() for _ in range(r.choice([0, 1, 2, 2, 3]))]
        if self.tls and r.random() < 0.15:
            pair.pieces = [r.choice([b"GET / HTTP/1.0\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03", b"\x16\x03\x01\x00\x05\x01"])]
        if kind.endswith("hop"):
            pair.inner = rules()
            pair.lines = [line for line in pair.lines if not line.startswith(("use_backend", "default_backend"))]
            pair.lines.append(f"default_backend hop{number}")
        if pair.accepts_proxy and r.random() < 0.9:
            pair.pieces.insert(0, self.header())
        if not pair.pieces:
            pair.lines = [line.replace("req.payload(0,0)", "req.payload(0,1)") for line in pair.lines]
            pair.inner = [line.replace("req.payload(0,0)", "req.payload(0,1)") for line in pair.inner]
        return pair


def text_of(pair, port):
    accept = " accept-proxy" if pair.accepts_proxy else ""
    text = "\n    ".join([f"frontend f{pair.number}", f"bind 127.0.0.1:{port}{accept}"] + pair.lines) + "\n"
    if pair.kind.endswith("hop"):
        name = f"agree-{port}"
        text += f"backend hop{pair.number}\n    server h abns@{name} send-proxy-v2\n"
        text += "\n    ".join([f"frontend i{pair.number}", f"bind abns@{name} accept-proxy"] + pair.inner) + "\n"
    return text


class Run(Program):
    """One program that serves all pairs; `results[number]` is (answer, step)."""

    def __init__(self, command, pairs, folder):
        self.command, self.lists, self.folder = command, pairs, folder
        self.ports, self.results, self.servers, self.where = Ports(), {}, [], {}
        self.path = os.path.join(folder, "program.cfg")

    def own_path(self, pair):
        return os.path.join(self.folder, f"{pair.number}.cfg")

    def write(self, path, head, pairs):
        with open(path, "w", encoding="utf-8") as file:
            file.write(head + "".join(text_of(pair, self.where[pair.number]) for pair in pairs))

    async def stub(self, name):
        async def serve(reader, writer):
            try:
                writer.write(f"{name}\n".encode())
                await writer.drain()
                await reader.read(-1)
            except OSError:
                pass
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
        self.servers.append(server)
        return server.sockets[0].getsockname()[1]

    async def run(self):
        text = HEAD
        for name, (count, balance) in BACKENDS.items():
            text += f"backend {name}\n    balance {balance}\n"
            for i in range(count):
                text += f"    server s{i} 127.0.0.1:{await self.stub(f'{name}/s{i}')}\n"
        self.where = {pair.number: self.ports.take() for pair in self.lists}
        for pair in self.lists:  # `explain` reads the file of the pair alone, `test` and the programs all of them in one
            self.write(self.own_path(pair), text, [pair])
        self.write(self.path, text, self.lists)
        process = subprocess.Popen(self.command + ["-f", self.path], stdout=subprocess.DEVNULL, stderr=open(self.path + ".err", "wb"))
        try:
            await self.listening(process, list(self.where.values()), self.path)
            found = await asyncio.gather(*(self.client(pair, self.where[pair.number], i) for i, pair in enumerate(self.lists)))
        finally:
            process.kill()
            process.wait()
            for server in self.servers:
                server.close()
            self.ports.close()
        self.results = {pair.number: result for pair, result in zip(self.lists, found)}


# --- what was foretold -----------------------------------------------------------------------------------------------
def flags(pair, port):
    out = ["--to", f"127.0.0.1:{port}", "--from", "127.0.0.1:40000"]
    if pair.pieces:
        out += ["--hex", b"".join(pair.pieces).hex(),
                "--segment", ",".join(f"{len(piece)}@{int((i + 1) * STEP * 1000)}ms" for i, piece in enumerate(pair.pieces))]
    else:
        out += ["--silent"]
    if pair.shuts:
        out += ["--close-after", f"{int((len(pair.pieces) + 1) * STEP * 1000)}ms"]
    return out


def explain(shunt, path, pair, port):
    done = subprocess.run([shunt, "explain", path, *flags(pair, port), "--format", "json"], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        return {"error": done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")[:2000]}
    return json.loads(done.stdout)


def fits(fate, answer, step, timed=True):
    """`timed`: also the point of the schedule, to half a step."""
    at = fate["at_ms"] / 1000 / STEP
    if answer == "nothing":
        return fate["ending"] == "never" or at >= LAST / STEP - 0.5
    if timed and abs(at - step) >= 0.5:
        return False
    if answer == "closed":
        return fate["ending"] in ("rejected", "no-backend", "no-server", "bad-header", "client-gone")
    return fate["ending"] == "served" and answer in fate["visits"][-1]["servers"]


def agrees(told, answer, step, timed=True):
    if "error" in told:
        return False
    fates = [each["fate"] for each in told["alternatives"]] or [told["fate"]]
    return any(fits(fate, answer, step, timed) for fate in fates)


def yaml_case(pair, port, told, answer, step):
    """What happened, as a test: `shunt test` has to find it right."""
    given = dict(zip(*[iter([word for word in flags(pair, port) if word != "--silent"])] * 2))
    lines = [f"- name: '{pair.number}'", "  connection:"]
    lines += [f"    {key[2:]}: '{value}'" for key, value in given.items()] + (["    silent: true"] if not pair.pieces else [])
    lines.append("  expect:")
    if told["race"]:
        return "\n".join(lines + ["    race: true"])
    if answer == "nothing":
        lines.append("    closed: " + ("false" if told["fate"]["ending"] == "never" else str(told["fate"]["ending"] != "served").lower()))
        return "\n".join(lines)
    lines += [f"    waits-at-least: {max(0, int((step - 0.5) * STEP * 1000))}ms", f"    waits-at-most: {int((step + 0.5) * STEP * 1000) + 1}ms"]
    lines.append("    closed: true" if answer == "closed" else f"    backend: {answer.split('/')[0]}")
    return "\n".join(lines)


def failed_tests(shunt, run, told):
    path = os.path.join(run.folder, "tests.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("tests:\n" + "\n".join(yaml_case(pair, run.where[pair.number], told[pair.number], *run.results[pair.number])
                                          for pair in run.lists if "error" not in told[pair.number]) + "\n")
    done = subprocess.run([shunt, "test", run.path, path, "--format", "json"], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError("shunt test: " + done.stderr.decode(errors="replace"))
    return {int(test["name"]): test["failures"] for test in json.loads(done.stdout)["tests"] if not test["passed"]}


def compare(options, pairs, folder, with_haproxy):
    """[(pair, told, why)] of those that differ."""
    runs = [Run([options.shunt, "-db"], pairs, tempfile.mkdtemp(prefix="shunt", dir=folder))]
    if with_haproxy:
        runs.append(Run([options.haproxy, "-db"], pairs, tempfile.mkdtemp(prefix="haproxy", dir=folder)))

    async def all_runs():
        await asyncio.gather(*(run.run() for run in runs))

    asyncio.run(all_runs())
    shunt = runs[0]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda pair: explain(options.shunt, shunt.own_path(pair), pair, shunt.where[pair.number]), pairs)
        told = {pair.number: answer for pair, answer in zip(pairs, answers)}
    wrong = []
    for pair in pairs:
        for run, name in zip(runs, ("shunt", "haproxy")):
            if not agrees(told[pair.number], *run.results[pair.number]):
                late = agrees(told[pair.number], *run.results[pair.number], timed=False)
                wrong.append((pair, told[pair.number], f"{name}: {run.results[pair.number]}{', only the time' if late else ''}"))
    failed = failed_tests(options.shunt, shunt, told)
    known = {pair.number for pair, _, _ in wrong}
    wrong += [(pair, told[pair.number], f"shunt test: {failed[pair.number]}") for pair in pairs if pair.number in failed and pair.number not in known]
    return wrong, sum(bool(each.get("race")) for each in told.values())


def show(pair, told, why):
    print(f"pair {pair.number} ({pair.kind}): sends {pair.pieces}{' and shuts' if pair.shuts else ''}")
    print("    " + "\n    ".join(pair.lines + (["-- behind the hop"] + pair.inner if pair.kind.endswith("hop") else [])))
    fates = told.get("alternatives") and [each["fate"] for each in told["alternatives"]] or [told.get("fate")]
    print("  told    ", told.get("error") or [(fate["ending"], fate["at_ms"], fate["visits"][-1]["servers"]) for fate in fates])
    print("  happened", why)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--batch", type=int, default=125)
    parser.add_argument("--haproxy-every", type=int, default=4, help="HAProxy serves every n-th batch, too")
    parser.add_argument("--verbose", action="store_true", help="a line for each batch")
    parser.add_argument("--only", type=int, action="append", help="a pair by its number, may be repeated")
    options = parser.parse_args()
    maker, folder = PairMaker(options.seed), tempfile.mkdtemp(prefix="agree-")
    pairs = [maker.make(number) for number in range(options.pairs)]
    if options.only:
        pairs = [pair for pair in pairs if pair.number in options.only]
    has_haproxy = os.path.exists(options.haproxy)
    wrong, races, served = [], 0, 0
    for index, begin in enumerate(range(0, len(pairs), options.batch)):
        with_haproxy = has_haproxy and index % options.haproxy_every == 0
        served += with_haproxy * len(pairs[begin:begin + options.batch])
        found, more = compare(options, pairs[begin:begin + options.batch], folder, with_haproxy)
        wrong, races = wrong + found, races + more
        if options.verbose:
            elsewhere = [pair.number for pair, _, why in found if not why.endswith("only the time") and not why.startswith("shunt test")]
            print("elsewhere:", elsewhere)
            print(f"{begin + options.batch}: {len(found)} {[(pair.number, why) for pair, _, why in found[:3]]}", flush=True)
    first = len({pair.number for pair, _, _ in wrong})
    for _ in range(5):  # what was late once is right in one of the next runs
        if wrong:
            again = {pair.number for pair, _, _ in wrong}
            with_haproxy = any(why.startswith("haproxy") for _, _, why in wrong)
            repeated = [pair for pair in pairs if pair.number in again]
            wrong = []
            for begin in range(0, len(repeated), options.batch):
                wrong += compare(options, repeated[begin:begin + options.batch], folder, with_haproxy)[0]
    for each in wrong[:20]:
        show(*each)
    print(f"{len(pairs)} pairs, {races} of them races, {served} served by HAProxy, too; {first} differed at first: {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
