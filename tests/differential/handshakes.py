#!/usr/bin/env python3
"""The matrix of handshakes: the same clients to the same bind lines under HAProxy and shunt; both sides and the log must say the same.

The questions (handshake_cases.py) combine versions, suites, groups, kinds of keys, names, client certificates, ALPN and resumption;
`openssl s_client`, `curl` and `gnutls-cli` ask them. Compared are what the client prints, the certificates it got, and the line in the
log with every fetch about TLS.
"""

import argparse
import base64
import collections
import difflib
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import threading

import certs
import handshake_cases
import handshake_clients
import logs
from env import Env, StartFailed

HEAD = """
global
    nbthread 1
    log [[udp]] len 65535 local0
    tune.ssl.capture-buffer-size 4000
defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 8s
    timeout server 8s
"""
FIELD = re.compile(r" (?=ssl_\w+[\w,()]*=\[)")
CLIENT = re.compile(r"127\.0\.0\.1:\d+ ")
ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


def configuration():
    """Every second proxy also has a format for what failed; the others use HAProxy's own line."""
    text = HEAD
    for number, (name, words) in enumerate(handshake_cases.BINDS.items()):
        text += f"listen {name}\n    bind 127.0.0.1:[[{name}]] ssl {words}\n    log-format \"{handshake_cases.FIELDS}\"\n"
        if number % 2:
            text += f"    error-log-format \"failed {handshake_cases.FIELDS}\"\n"
        text += "    server s 127.0.0.1:[[s]]\n"
    return text


def answer(peer):
    """Reads a request, answers and waits for the client's end; a client that says nothing gets nothing."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = peer.sock.recv(4096)
        if not part:
            return
        received += part
    peer.sock.sendall(ANSWER)
    peer.sock.shutdown(1)
    while peer.sock.recv(4096):
        pass


def make_files(folder):
    """Beside certs.py's: a P-384 key, a bundle of two kinds, keys of tickets."""
    certs.make(os.path.join(folder, "p384"), "dual.test", "DNS:dual.test", "p384")
    for kind in ("rsa", "ecdsa"):
        shutil.copy(certs.path(kind), os.path.join(folder, f"bundle.pem.{kind}"))
    with open(os.path.join(folder, "tickets.txt"), "w", encoding="ascii") as keys:
        keys.writelines(base64.b64encode(bytes([number]) * 80).decode() + "\n" for number in range(3))


def in_a_race(theirs, ours):
    """A client's alert and its reset, one behind the other: HAProxy sees the alert only if it comes to read it in time."""
    fields = re.compile(r"ssl_fc_err(_str)?=\[[^]]*\]")
    return [fields.sub("", line) for line in theirs] == [fields.sub("", line) for line in ours] and {"curl: 35", "gnutls: 1"} & set(theirs)


def no_name_in_bundle(question):
    return question.bind == "bundle" and question.name is None and question.signatures == "RSA+SHA256:RSA-PSS+SHA256"


# (which questions, why): each is in docs/compatibility.md, too.
MEANT = (
    (no_name_in_bundle, "a client without a name gets the certificate of a bundle that it can use"),
    (lambda q: q.bind == "noticket" and q.version == (1, 2) and q.resume == "other bind", "sessions are kept for each bind line"),
    (lambda q: q.bind == "listed" and q.resume == "other name" and q.certificate == "good", "sessions of a name with its own settings stay with it"),
)


def is_meant(question, theirs, ours):
    return bool(in_a_race(theirs, ours)) or any(applies(question) for applies, _why in MEANT)


class Side:
    """One program, and what every question got from it."""

    def __init__(self, program, role, questions, shared):
        self.program, self.role, self.questions, self.shared = program, role, questions, shared
        self.said, self.error = [], ""

    def run(self):
        env = Env(self.program, self.role)
        try:
            self._ask_all(env)
        except StartFailed as error:
            self.error = f"{self.role} did not start: {error}\n{env.text_of(env.err)[-2000:]}"
        finally:
            env.finish()
            self.error = self.error or env.complaints()
            env.clean()

    def _ask_all(self, env):
        for name in os.listdir(self.shared):
            shutil.copy(os.path.join(self.shared, name), env.dir)
        for name, text in handshake_cases.LISTS.items():
            env.file(name, text)
        env.stub("s", answer)
        env.start(configuration())
        ports = {name: env.port(name) for name in handshake_cases.BINDS}
        for question in self.questions:
            self.said.append(self._ask(env, question, ports))

    def _ask(self, env, question, ports):
        before = len(env.sink.lines)
        lines = handshake_clients.TOOLS[question.tool](question, ports)
        connections = sum(line.startswith(("openssl: ", "curl: ")) for line in lines)
        if question.tool == "gnutls":
            connections = 2 if question.resume and any("Disconnecting" in line or "Resume" in line for line in lines) else 1
        env.sink.wait(before + connections, 3, "")
        env.sink.drain()
        return [env.normalised(line) for line in lines + [CLIENT.sub("CLIENT ", logs.normalised(line)) for line in env.sink.lines[before:]]]


def compare(part):
    """The differences in one part of the questions: [(question, HAProxy's lines, shunt's lines)], or an error."""
    questions, options, shared = part
    sides = [Side(options.haproxy, "haproxy", questions, shared),
             Side(options.haproxy if options.twice else options.shunt, "haproxy2" if options.twice else "shunt", questions, shared)]
    threads = [threading.Thread(target=side.run) for side in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = [side.error for side in sides if side.error]
    differences = [(question, theirs, ours) for question, theirs, ours in zip(questions, sides[0].said, sides[1].said) if theirs != ours]
    meant = sum(is_meant(*difference) for difference in differences)
    differences = [difference for difference in differences if not is_meant(*difference)]
    if options.show:
        for question, theirs in zip(questions, sides[0].said):
            print(f"== {question}", *theirs, sep="\n   ", flush=True)
    established = sum(any("ok" == line for line in said) for said in sides[0].said)
    return errors, differences, established, min(len(side.said) for side in sides), meant


def pieces(lines):
    """Lines of clients whole, those of the log by their fields."""
    return [piece for line in lines for piece in (FIELD.split(line) if line.startswith("<") else [line])]


def show(question, theirs, ours):
    print(f"DIFFERS {question}")
    for change in difflib.unified_diff(pieces(theirs), pieces(ours), n=0, lineterm=""):
        if not change.startswith(("---", "+++", "@@")):
            print(f"  {change}")


def chosen(options):
    questions = handshake_cases.all_questions()
    absent = [tool for tool, program in handshake_clients.PROGRAMS.items() if not shutil.which(program)]
    for tool in absent:
        print(f"SKIPPED: there is no {handshake_clients.PROGRAMS[tool]}: its {sum(q.tool == tool for q in questions)} questions are not asked")
    questions = [question for question in questions if question.tool not in absent and options.only in str(question)]
    if options.sample and options.sample < len(questions):
        questions = random.Random(options.seed).sample(questions, options.sample)
    return questions


def report(questions, results):
    wrong = asked = established = listed = 0
    for errors, differences, good, done, meant in results:
        for error in errors:
            print(error)
        for difference in differences:
            show(*difference)
        wrong += len(differences) + len(errors)
        asked += done
        established += good
        listed += meant
    tools = collections.Counter(question.tool for question in questions)
    print(f"{asked} of {len(questions)} questions asked ({', '.join(f'{tool} {count}' for tool, count in sorted(tools.items()))}), "
          f"{established} with an answer through TLS, {wrong} differ, {listed} as docs/compatibility.md says")
    return 0 if wrong == 0 and asked == len(questions) and established else 1


def arguments():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shunt")
    options.add_argument("--haproxy", default="/usr/sbin/haproxy")
    options.add_argument("--sample", type=int, default=0, help="so many of the questions; 0: all")
    options.add_argument("--seed", type=int, default=6)
    options.add_argument("--only", default="", help="part of a question as it is printed")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--twice", action="store_true", help="HAProxy against HAProxy")
    options.add_argument("--show", action="store_true", help="print what HAProxy's clients and log said")
    given = options.parse_args()
    given.shunt = given.shunt and os.path.abspath(given.shunt)
    return given


def main():
    options = arguments()
    if not os.access(options.haproxy, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    questions = chosen(options)
    with tempfile.TemporaryDirectory() as folder:
        shared = os.path.join(folder, "shared")
        os.mkdir(shared)
        certs.prepare(folder)
        make_files(shared)
        jobs = max(1, min(options.jobs, len(questions)))
        parts = [(questions[job::jobs], options, shared) for job in range(jobs)]
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            return report(questions, pool.map(compare, parts))


if __name__ == "__main__":
    sys.exit(main())
