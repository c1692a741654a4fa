#!/usr/bin/env python3
"""Runs sample expressions on many inputs through HAProxy 2.6 and `shunt eval` and compares the values byte for byte.

usage: samples.py --shunt PROGRAM [--haproxy PROGRAM] [--only AREA] [--show]
       samples.py --ask EXPRESSION [INPUT...]     what HAProxy answers, for people

sample_cases.py holds the expressions and inputs. `@` at the beginning of an expression stands for the input, of type bin:
the body of a request for HAProxy, the payload of a connection for shunt. HAProxy stores each value in a variable and
returns it as hexadecimal digits of its binary form, which tells an integer from a text, and as text.
samples_known.tsv lists what is meant to differ: a pattern for the expression, one for the input, the reason.
"""
import argparse
import binascii
import ipaddress
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = {**os.environ, "TZ": "Europe/Paris", "LC_ALL": "C"}
ABSENT, REFUSED = "absent", "refused"
# Variables that expressions may use: name, type, value; the last one is never set.
VARIABLES = [("txn.text", "str", "some text"), ("txn.number", "int", "7"), ("txn.negative", "int", "-3"),
             ("txn.empty", "str", ""), ("txn.address", "ipv4", "192.0.2.7"), ("txn.bytes", "bin", "00ff61"),
             ("txn.true", "bool", "true"), ("txn.key", "str", "c2VjcmV0LWtleS0xMjM0NQ=="),
             ("txn.nonce", "str", "MTIzNDU2Nzg5MDEy"), ("txn.aeskey", "str", "MDEyMzQ1Njc4OWFiY2RlZg=="),
             ("txn.hs", "str", "HS256")]
TYPE_OF_FETCH = {"str": "str", "int": "int", "ipv4": "ipv4", "bin": "bin", "bool": "bool"}


def escaped(data):
    return "".join(chr(b) if 0x20 <= b < 0x7f and b != 0x5c else f"\\x{b:02x}" for b in data)


def unescaped(text):
    named = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
    return re.sub(rb"\\(x..|.)", lambda m: bytes([int(m[1][1:], 16)]) if m[1][:1] == b"x" else named[m[1].decode()],
                  text.encode("latin-1"))


class Oracle:
    """One HAProxy whose n-th rule evaluates the n-th expression on the body of a request for /n."""

    def __init__(self, program, expressions, directory):
        self.program, self.directory = program, pathlib.Path(directory)
        self.expressions, self.refused = list(expressions), set()
        self.process = self.socket = None

    def configuration(self):
        lines = ["global", " nbthread 1", " tune.bufsize 65536", " tune.maxrewrite 1024", "defaults", " mode http",
                 " timeout client 60s", " timeout server 60s", " timeout connect 1s", " timeout http-request 60s",
                 "frontend f", f" bind unix@{self.directory}/s", " option http-buffer-request"]
        for name, kind, value in VARIABLES:
            lines.append(f' http-request set-var({name}) {kind}("{value}")')
        rules = {}
        for index, expression in enumerate(self.expressions):
            if index not in self.refused:
                rules[len(lines) + 1] = index
                text = expression.replace("@", "req.body", 1) if expression.startswith("@") else expression
                lines.append(f" http-request set-var(txn.result) {text} if {{ path /{index} }}")
        lines += [" http-request return status 200 content-type text/plain lf-string %[var(txn.result),hex]:%[var(txn.result)]"
                  " if { var(txn.result) -m found }",
                  " http-request return status 404 content-type text/plain string absent", ""]
        return "\n".join(lines), rules

    def check(self):
        """Leaves out what HAProxy doesn't accept, as often as it finds something."""
        path = self.directory / "h.cfg"
        while True:
            text, rules = self.configuration()
            path.write_text(text, encoding="latin-1")
            done = subprocess.run([self.program, "-c", "-f", path], capture_output=True, text=True, errors="replace",
                                  env=ENVIRONMENT)
            if done.returncode == 0:
                return
            lines = {int(n) for n in re.findall(r"parsing \[[^]]*?:(\d+)\]", done.stderr)} & set(rules)
            if not lines:
                sys.exit(done.stderr)
            self.messages = done.stderr
            self.refused |= {rules[line] for line in lines}

    def start(self):
        self.check()
        self.process = subprocess.Popen([self.program, "-db", "-q", "-f", self.directory / "h.cfg"], env=ENVIRONMENT,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while self.socket is None:
            made = socket.socket(socket.AF_UNIX)
            try:
                made.connect(str(self.directory / "s"))
                self.socket = made
            except OSError:
                made.close()
                if time.monotonic() > deadline:
                    sys.exit("HAProxy doesn't listen")
                time.sleep(0.02)
        self.buffer = b""

    def answer(self):
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head.lower())[1])
        while len(self.buffer) < length:
            self.more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        if head.split()[1] == b"404":
            return ABSENT
        digits, _, text = body.partition(b":")
        return digits.decode().lower(), text

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            sys.exit("HAProxy closed the connection")
        self.buffer += data

    def ask(self, questions):
        """Answers in order; requests are sent in portions so that no side waits for the other one's buffer."""
        answers = []
        for at in range(0, len(questions), 16):
            portion = questions[at:at + 16]
            for index, data in portion:
                if index not in self.refused:
                    self.socket.sendall(b"POST /%d HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" %
                                        (index, len(data), data))
            answers += [REFUSED if index in self.refused else self.answer() for index, _ in portion]
        return answers

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()


def percent(text):
    """How the text of an answer is written: control bytes but tabs as in a URL."""
    return b"".join(b"%%%02X" % b if (b < 0x20 and b != 9) or b == 0x7f else bytes([b]) for b in text)


def forms(kind, value):
    """The binary form and the text of a value that `shunt eval` printed, as HAProxy prints them."""
    if kind in ("sint", "bool"):
        number = {"true": 1, "false": 0}[value] if kind == "bool" else int(value)
        return struct.pack(">q", number).hex(), str(number).encode()
    if kind in ("ipv4", "ipv6"):
        return ipaddress.ip_address(value).packed.hex(), value.encode()
    data = binascii.unhexlify(value) if kind == "bin" else unescaped(value)
    return data.hex(), percent(data.partition(b"\0")[0] if kind == "bin" else data)


def shunt_answers(program, expressions, questions, directory):
    batch = pathlib.Path(directory) / "batch"
    lines = []
    for index, data in questions:
        text = expressions[index]
        text = text.replace("@", "req.payload(0,0)", 1) if text.startswith("@") else text
        lines.append(f"{text}\t{escaped(data)}\n")
    batch.write_text("".join(lines), encoding="latin-1")
    variables = [word for name, kind, value in VARIABLES for word in ("--set", f"{name}={kind}:{value}")]
    done = subprocess.run([program, "eval", "--batch", batch, "--ended", *variables], capture_output=True, env=ENVIRONMENT)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"shunt eval: status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    answers = []
    for line in done.stdout.decode("latin-1").split("\n")[:-1]:
        kind, _, value = line.partition(" ")
        answers.append({"absent": ABSENT, "error": REFUSED}[kind] if kind in ("absent", "error") else forms(kind, value))
    if len(answers) != len(questions):
        sys.exit(f"shunt eval gave {len(answers)} answers to {len(questions)} questions")
    return answers


def known_differences():
    rows = []
    for line in (HERE / "samples_known.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            expression, data, reason = line.split("\t")
            rows.append((re.compile(expression), re.compile(data), reason))
    return rows


def compare(arguments, directory):
    import sample_cases
    areas = {name: area for name, area in sample_cases.AREAS.items() if arguments.only in (None, name)}
    expressions, questions, area_of = [], [], []
    for name, area in areas.items():
        for group, inputs in area:
            for expression in group:
                expressions.append(expression)
                asked = inputs if expression.startswith("@") else [b""]
                questions += [(len(expressions) - 1, data) for data in asked]
                area_of += [name] * len(asked)
    oracle = Oracle(arguments.haproxy, expressions, directory)
    oracle.start()
    theirs = oracle.ask(questions)
    oracle.stop()
    ours = shunt_answers(arguments.shunt, expressions, questions, directory)
    known, used, failed, listed = known_differences(), set(), 0, 0
    for (index, data), left, right in zip(questions, theirs, ours):
        text = expressions[index]
        same = left == right
        row = next((n for n, (e, d, _) in enumerate(known) if e.fullmatch(text) and d.fullmatch(escaped(data))), None)
        if not same and row is not None:
            used.add(row)
            listed += 1
        elif not same or arguments.show:
            failed += not same
            print(f"{'same  ' if same else 'DIFFER'} {text}  <- '{escaped(data)[:300]}'\n  haproxy {left}\n  shunt   {right}")
    for number in set(range(len(known))) - used:
        if arguments.only is None:
            failed += 1
            print(f"samples_known.tsv: nothing differs as '{known[number][0].pattern}' says")
    refused = len(oracle.refused)
    counts = ", ".join(f"{name} {area_of.count(name)}" for name in areas)
    print(f"{counts}\n{len(expressions)} expressions ({refused} refused by HAProxy), {len(questions) - failed - listed} passed, "
          f"{listed} differ as listed, {failed} failed")
    return 1 if failed or not questions else 0


def ask_people(arguments, directory):
    oracle = Oracle(arguments.haproxy, [arguments.ask[0]], directory)
    oracle.start()
    inputs = [unescaped(text) for text in arguments.ask[1:]] or [b""]
    if oracle.refused:
        print(oracle.messages)
    for data, answer in zip(inputs, oracle.ask([(0, data) for data in inputs])):
        print(f"'{escaped(data)}' -> {answer}")
    oracle.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt")
    parser.add_argument("--haproxy", default="haproxy")
    parser.add_argument("--only")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--ask", nargs="+")
    arguments = parser.parse_args()
    if shutil.which(arguments.haproxy) is None:
        print("no haproxy here: nothing was compared")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        return ask_people(arguments, directory) if arguments.ask else compare(arguments, directory)


if __name__ == "__main__":
    sys.exit(main())
