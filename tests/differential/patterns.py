#!/usr/bin/env python3
"""Random patterns of every match method and random maps: HAProxy and `shunt eval` must give the same answers.

Which entry of a map answers is compared through its value. The seed is fixed, so a case keeps its number. Cases that HAProxy
refuses are asked of `shunt` too: it must refuse them as well.
"""

import argparse
import concurrent.futures
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import Ports

TEXT_METHODS = ["str", "beg", "end", "sub", "dir", "dom", "reg"]
METHODS = TEXT_METHODS + ["len", "int", "ip", "bin", "found", "bool"]
ALPHABET = "aabbABcC./:?-_1 aabbABcC./:?-_1 zZ[@`éÉ~"
CHUNK = 250


# --- random things ---------------------------------------------------------------------------------------------------
def text(r, most, alphabet=ALPHABET, least=1):
    return "".join(r.choice(alphabet) for _ in range(r.randint(least, most)))


def swapped(r, word):
    return "".join(c.swapcase() if r.random() < 0.3 else c for c in word)


def octets(r):
    return ".".join(str(r.choice([0, 1, 2, 10, 127, 128, 255])) for _ in range(4))


def ipv6(r):
    kind = r.random()
    if kind < 0.3:
        return "::ffff:" + octets(r)
    if kind < 0.4:
        return "::" + octets(r)
    if kind < 0.6:
        return f"2002:{r.choice(['0a01', '7f00', 'ff80'])}:{r.choice(['0001', '0', 'ffff'])}::{r.randint(0, 3)}"
    return f"2001:db8:{r.choice(['', '1:'])}:{r.randint(0, 5)}"


def regex(r):
    def piece():
        kind = r.random()
        atom = (r.choice("abABcC1_-") if kind < 0.55 else r"\." if kind < 0.7 else "." if kind < 0.76 else
                "[ab]" if kind < 0.82 else "[^a]" if kind < 0.86 else f"({r.choice('abc')}|{text(r, 2, 'abc')})" if kind < 0.93 else
                "(?:ab)" if kind < 0.96 else r"\d")
        return atom + (r.choice(["", "", "", "", "*", "+", "?", "{2}", "{0,1}"]) if r.random() < 0.5 else "")
    body = "".join(piece() for _ in range(r.randint(1, 6)))
    if r.random() < 0.1:
        body += "|" + text(r, 3, "abc.")
    return ("^" if r.random() < 0.2 else "") + body + ("$" if r.random() < 0.2 else "")


def pattern(r, method):
    if method in ("int", "len"):
        low, size = r.randint(0, 30), r.randint(0, 12)
        return r.choice([f"{low}", f"{low}:{low + size}", f"{low}:", f":{low}", f"{low}-{low + size}"])
    if method == "ip":
        if r.random() < 0.3:
            return ipv6(r) + r.choice(["", f"/{r.randint(0, 128)}"])
        return octets(r) + r.choice(["", f"/{r.randint(0, 32)}", "/255.255.0.0", "/255.0.255.0"])
    if method == "bin":
        return "".join(f"{r.choice(b'abAB./'):02x}" for _ in range(r.randint(1, 3)))
    if method == "reg":
        return regex(r)
    return text(r, r.choice([1, 3, 8])).strip() or "a"


def sought(r, method, patterns):
    """A value that has a fair chance to match one of the patterns, as a sample expression."""
    base = r.choice(patterns) if patterns and r.random() < 0.75 else text(r, 10)
    if method in ("int", "bool"):
        number = r.randint(-3, 45)
        return r.choice([f"int({number})", f"int({number})", f"str({number})", f"bool({r.randint(0, 1)})", "str(7x)"])
    if method == "ip":
        address = base.split("/")[0] if re.match(r"^[0-9a-f:.]+(/|$)", base) and r.random() < 0.6 else r.choice([octets, ipv6])(r)
        kind = "ipv6" if ":" in address else "ipv4"
        return r.choice([f"{kind}({address})", f"{kind}({address})", f"str({address})"])
    if method == "bin" and patterns and re.fullmatch("([0-9a-f]{2})+", base):
        return f"bin({base})" if r.random() < 0.7 else f'str("{bytes.fromhex(base).decode()}")'
    if method == "reg":
        base = re.sub(r"[\\^$()|*+?{}\[\]]", "", base)
    if r.random() < 0.3:
        base = swapped(r, base)
    around = [("", ""), ("www.", ""), ("", ".com"), ("/", "/x"), ("a", ""), ("", "b"), ("x.", ":80"), ("/a?", ".")]
    before, behind = r.choice(around)
    return f'str("{before}{base}{behind}")'


# --- files -----------------------------------------------------------------------------------------------------------
class Files:
    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def add(self, lines, r):
        self.count += 1
        path = os.path.join(self.folder, f"f{self.count}")
        end = "\r\n" if r.random() < 0.15 else "\n"
        body = end.join(lines) + (end if r.random() < 0.8 else "")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(body)
        return path


def decorated(r, lines):
    """Lines of a file with blanks, comments and empty lines among them."""
    result = []
    for line in lines:
        if r.random() < 0.08:
            result.append(r.choice(["", "  ", "# a comment", "#"]))
        result.append(r.choice(["", "", "", "  ", "\t"]) + line + r.choice(["", "", "", "", " "]))
    return result


# --- cases -----------------------------------------------------------------------------------------------------------
def acl_case(r, files):
    method = r.choice(METHODS)
    patterns = [pattern(r, method) for _ in range(r.choice([1, 1, 2, 4, 12]))]
    flags = ["-m", method]
    if method != "bool" and r.random() < 0.45:
        flags.append("-i")
    if r.random() < 0.15:
        flags.append("-n")
    words, rest = [], list(patterns)
    if r.random() < 0.4:
        column = r.random() < 0.25
        for _ in range(r.choice([1, 1, 2])):
            cut = r.randint(0, len(rest))
            lines, rest = rest[:cut], rest[cut:]
            if column:
                lines = [f"{line.replace(' ', '_')} value" for line in lines]
            words += (["-M"] if column else []) + ["-f", files.add(decorated(r, lines), r)]
    if not rest and not words and method not in ("found", "bool"):
        rest = ["1"]
    if rest and rest[0].startswith("-"):
        words.append("--")
    quoted = [f"'{word}'" for word in rest]
    value = sought(r, method, patterns)
    return " ".join(["{", f"'{value}'"] + flags + words + quoted + ["}"])


def map_group(r, files, count):
    """Several lookups in one map file, through converters of one method."""
    method = r.choice(["str", "str", "beg", "sub", "dir", "dom", "end", "reg", "regm", "int", "ip"])
    kind = "reg" if method == "regm" else method
    keys = [pattern(r, kind).replace(" ", "_") for _ in range(r.choice([1, 3, 8, 25]))]
    if r.random() < 0.5:
        keys += [r.choice(keys) for _ in range(2)]  # twice the same key: which one answers?
    output = "" if method == "regm" else r.choice(["", "", "_int", "_ip"])
    values = {"_int": lambda i: str(i * 7 - 3), "_ip": lambda i: f"10.0.0.{i % 250}" if i % 3 else f"2001:db8::{i:x}"}
    if method == "regm":
        make = lambda i: f"v{i}" + r.choice(["", r"\1", r"-\2-\1", r"\0", r"\\x", r"\x41"])  # noqa: E731
    else:
        make = values.get(output, lambda i: f"v{i}" + r.choice(["", "", " with blanks"]))
    path = files.add(decorated(r, [f"{key}{r.choice([' ', '  ', chr(9)])}{make(i)}" for i, key in enumerate(keys)]), r)
    default = {"_int": ",-99", "_ip": ",9.9.9.9"}.get(output, ",none") if r.random() < 0.5 else ""
    name = "map" if method == "str" and not output and r.random() < 0.5 else f"map_{method}{'' if method == 'regm' else output}"
    shown = "" if output == "_ip" else ",hex"
    return [f"{sought(r, kind, keys)},{name}({path}{default}){shown}" for _ in range(count)]


def make_cases(count, seed, folder):
    r, files, cases = random.Random(seed), Files(folder), []
    while len(cases) < count:
        if r.random() < 0.85:
            cases.append(("condition", acl_case(r, files)))
        else:
            cases += [("expression", line) for line in map_group(r, files, 6)]
    return cases[:count]


# --- the oracle ------------------------------------------------------------------------------------------------------
def configuration(cases, port):
    lines = ["global", "  nbthread 1", "  tune.bufsize 262144", "defaults", "  mode http", "  timeout client 20s", "  timeout server 20s",
             "  timeout connect 5s", "frontend fe", f"  bind 127.0.0.1:{port}"]
    where = {}
    for number, (kind, line) in enumerate(cases):
        if kind == "condition":
            lines.append(f"  http-request set-var(txn.c{number}) int(1) if {line}")
        else:
            lines.append(f"  http-request set-var(txn.c{number}) '{line}'")
        where[len(lines)] = number
    for begin in range(0, len(cases), 50):
        items = "".join(f"{n}=%[var(txn.c{n})];" for n in range(begin, min(begin + 50, len(cases))))
        lines.append(f'  http-request return status 200 content-type text/plain lf-string "{items}" if {{ path /{begin} }}')
    return "\n".join(lines) + "\n", where


def refused_lines(haproxy, path):
    found = subprocess.run([haproxy, "-c", "-f", path], capture_output=True, check=False)
    if found.returncode == 0:
        return set()
    return {int(line) for line in re.findall(rf"\[ALERT\].*?{re.escape(path)}:(\d+)\]".encode(), found.stderr)} or None


def request(port, target):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
        data = b""
        while block := connection.recv(65536):
            data += block
    return data.split(b"\r\n\r\n", 1)[1].decode()


def ask(port, count):
    answers = {}
    for begin in range(0, count, 50):
        for item in request(port, f"/{begin}").split(";")[:-1]:
            number, _, value = item.partition("=")
            answers[int(number)] = value
    return answers


def started(haproxy, path, port):
    process = subprocess.Popen([haproxy, "-db", "-f", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"haproxy does not start with {path}")


def oracle(haproxy, cases, folder, name):
    """For each case: "refused", or what the variable holds."""
    ports, path = Ports(), os.path.join(folder, f"{name}.cfg")
    answers, alive = ["refused"] * len(cases), list(range(len(cases)))
    try:
        port = ports.take()
        for _ in range(60):
            body, where = configuration([cases[i] for i in alive], port)
            with open(path, "w", encoding="utf-8") as file:
                file.write(body)
            bad = refused_lines(haproxy, path)
            if bad is None:
                raise RuntimeError(f"haproxy refuses {path} without naming a line")
            if not bad:
                break
            gone = {where[line] for line in bad}
            alive = [i for at, i in enumerate(alive) if at not in gone]
        process = started(haproxy, path, port)
        try:
            found = ask(port, len(alive))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        for at, number in enumerate(alive):
            answers[number] = found[at]
    finally:
        ports.close()
    return answers


# --- shunt -----------------------------------------------------------------------------------------------------------
def shunt_batch(shunt, kind, lines, folder, name):
    path = os.path.join(folder, f"{name}.{kind}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))
    found = subprocess.run([shunt, "eval", "--lines", kind, "--batch", path], capture_output=True, check=False, timeout=600)
    answers = found.stdout.decode().splitlines()
    if len(answers) != len(lines):
        raise RuntimeError(f"shunt eval gave {len(answers)} answers to {len(lines)} lines: {found.stderr.decode()[-500:]}")
    return answers


def as_oracle_says(answer):
    if answer.startswith("error"):
        return "refused"
    if answer in ("absent", "bool false"):
        return ""
    if answer == "bool true":
        return "1"
    return answer.partition(" ")[2]


def under_test(shunt, cases, folder, name):
    answers = [None] * len(cases)
    for kind in ("condition", "expression"):
        numbers = [i for i, case in enumerate(cases) if case[0] == kind]
        if not numbers:
            continue
        found = shunt_batch(shunt, kind, [f"'{cases[i][1]}'" if kind == "expression" else cases[i][1] for i in numbers], folder, name)
        for number, answer in zip(numbers, found):
            answers[number] = as_oracle_says(answer)
    return answers


def compare(options, cases, begin, folder):
    name = f"chunk{begin}"
    expected = oracle(options.haproxy, cases, folder, name)
    found = under_test(options.shunt, cases, folder, name)
    wrong = [(begin + i, cases[i][1], expected[i], found[i]) for i in range(len(cases)) if expected[i] != found[i]]
    hits = sum(value not in ("", "refused") for value in expected)
    return wrong, hits, expected.count("refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--cases", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="keep the files")
    options = parser.parse_args()
    if not os.path.exists(options.haproxy):
        print("no haproxy: nothing compared")
        return 0
    folder = tempfile.mkdtemp(prefix="patterns-")
    cases = make_cases(options.cases, options.seed, folder)
    chunks = [(cases[at:at + CHUNK], at) for at in range(0, len(cases), CHUNK)]
    wrong, hits, refused = [], 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for bad, hit, no in pool.map(lambda chunk: compare(options, chunk[0], chunk[1], folder), chunks):
            wrong, hits, refused = wrong + bad, hits + hit, refused + no
    for number, line, expected, found in wrong[:40]:
        print(f"case {number}: {line}\n  haproxy {expected!r}\n  shunt   {found!r}")
    print(f"{len(cases)} cases, {hits} with an answer, {refused} refused by haproxy: {len(wrong)} differ")
    if not options.keep and not wrong:
        subprocess.run(["rm", "-rf", folder], check=False)
    return 1 if wrong or hits < len(cases) // 10 else 0


if __name__ == "__main__":
    sys.exit(main())
