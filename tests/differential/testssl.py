#!/usr/bin/env python3
"""What testssl.sh finds: on a default bind line nothing that it does not find of HAProxy, too; on examples/hardened-tls.cfg nothing of
severity MEDIUM or above.

    ./testssl.py --shunt PATH [--write ../../docs/testssl]     # also writes the findings, as CSV

The certificate is signed by an authority that testssl.sh is told of; behind the program a small HTTP server answers with the headers
that are the server's business.
"""

import argparse
import concurrent.futures
import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

from ports import Ports, listening

PROGRAM = shutil.which("testssl") or shutil.which("testssl.sh")
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "hardened-tls.cfg")
DEFAULT = """
global
    maxconn 2000
defaults
    mode tcp
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen plain
    bind 127.0.0.1:{port} ssl crt {certificate}
    server s 127.0.0.1:{server}
"""
ANSWER = (b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\nX-Frame-Options: DENY\r\n"
          b"X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n"
          b"Content-Length: 3\r\nConnection: close\r\n\r\nok\n")
EXTENSIONS = """[leaf]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:site.test
authorityInfoAccess=OCSP;URI:http://127.0.0.1:1/
crlDistributionPoints=URI:http://127.0.0.1:1/list.crl
"""
BAD = ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
VARIES = ("scanTime", "engine_problem")  # about the machine, not about the server


def make_files(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "leaf.ext"), "w", encoding="ascii") as out:
        out.write(EXTENSIONS)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-days", "90", "-subj", "/O=Test/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-new", *key, "-subj", "/CN=site.test", "-keyout", "site.key", "-out", "site.csr")
    openssl("x509", "-req", "-in", "site.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "80", "-extfile", "leaf.ext", "-extensions", "leaf",
            "-out", "site.crt")
    with open(os.path.join(folder, "site.pem"), "w", encoding="ascii") as out:
        for name in ("site.crt", "site.key"):
            with open(os.path.join(folder, name), encoding="ascii") as text:
                out.write(text.read())


def serve(port):
    """Answers every request; one that never comes gets nothing."""
    listener = socket.create_server(("127.0.0.1", port), backlog=200)

    def one(client):
        try:
            client.settimeout(20)
            received = b""
            while b"\r\n\r\n" not in received:
                received += (part := client.recv(4096))
                if not part:
                    return
            client.sendall(ANSWER)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass
        except OSError:
            pass
        finally:
            client.close()

    def accept():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


class Run:
    """One program with one file, looked at by testssl.sh."""

    def __init__(self, name, program, text, port, folder, environment=None):
        self.name, self.program, self.port, self.folder = name, program, port, folder
        self.config = os.path.join(folder, name + ".cfg")
        self.environment = dict(os.environ, **(environment or {}))
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(text)

    def findings(self, *options):
        """(id, finding) -> severity."""
        path = os.path.join(self.folder, self.name + ".json")
        if os.path.exists(path):
            os.unlink(path)  # testssl.sh overwrites nothing
        with open(os.path.join(self.folder, self.name + ".log"), "wb") as log, \
                subprocess.Popen([self.program, "-db", "-f", self.config], env=self.environment, stdout=log, stderr=log) as running:
            try:
                while self.port not in listening():
                    if running.poll() is not None:
                        raise RuntimeError(f"{self.program} did not start")
                subprocess.run([PROGRAM, "--quiet", "--color", "0", "--warnings", "off", "--add-ca", os.path.join(self.folder, "ca.pem"), "--ip", "127.0.0.1",
                                "--nodns", "min", "--jsonfile", path, *options, f"site.test:{self.port}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=1200, check=False)
            finally:
                running.terminate()
        with open(path, encoding="utf-8") as text:
            return {(one["id"], one["finding"]): one["severity"] for one in json.load(text) if one["id"] not in VARIES}


def write(folder, name, findings):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("id", "severity", "finding"))
        rows.writerows((identity, severity, finding) for (identity, finding), severity in findings.items())


def ask_again(runs, theirs, ours, rounds=6):
    """Whether an old session is resumed depends on whether the ticket comes before testssl.sh hangs up, so on luck: what differs may be
    shown by either program in one of a few further runs."""
    seen = [dict(theirs), dict(ours)]
    for _ in range(rounds):
        if seen[0].keys() == seen[1].keys():
            break
        for run, known in zip(runs, seen, strict=True):
            known.update(run.findings("--server-defaults"))
    return seen


def judge(theirs, ours, hardened):
    """What is wrong, as lines."""
    more = [f"only of shunt: {severity} {identity}: {finding}" for (identity, finding), severity in ours.items() if (identity, finding) not in theirs]
    less = [f"only of HAProxy: {severity} {identity}: {finding}" for (identity, finding), severity in theirs.items() if (identity, finding) not in ours]
    weak = [f"of the hardened file: {severity} {identity}: {finding}" for (identity, finding), severity in hardened.items() if severity in BAD]
    few = [f"testssl.sh says little: {len(theirs)}, {len(ours)} and {len(hardened)} findings"] if min(map(len, (theirs, ours, hardened))) < 100 else []
    return more + less + weak + few


def arguments():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shunt", required=True)
    options.add_argument("--haproxy", default="/usr/sbin/haproxy")
    options.add_argument("--write", help="folder for the findings")
    options.add_argument("--jobs", type=int, default=2)
    return options.parse_args()


def main():
    given = arguments()
    if not PROGRAM or not os.access(given.haproxy, os.X_OK):
        print("SKIPPED: testssl.sh or haproxy is not installed")
        return 77
    ports = Ports()
    server = ports.take()
    serve(server)
    with tempfile.TemporaryDirectory() as folder:
        make_files(folder)
        certificate = os.path.join(folder, "site.pem")
        with open(EXAMPLE, encoding="utf-8") as text:
            example = text.read()
        runs = []
        for name, program in (("haproxy", given.haproxy), ("shunt", given.shunt)):
            port = ports.take()
            runs.append(Run(name, program, DEFAULT.format(port=port, certificate=certificate, server=server), port, folder))
        port = ports.take()
        runs.append(Run("hardened", given.shunt, example, port, folder, {
            "SHUNT_EXAMPLE_BIND": f"127.0.0.1:{port}", "SHUNT_EXAMPLE_CERT": certificate, "SHUNT_EXAMPLE_SERVER": f"127.0.0.1:{server}"}))
        with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
            theirs, ours, hardened = pool.map(Run.findings, runs)
        all_theirs, all_ours = ask_again(runs[:2], theirs, ours)
    if given.write:
        for name, findings in (("default", ours), ("hardened", hardened)):
            write(given.write, name, findings)
    wrong = judge(all_theirs, all_ours, hardened)
    print("\n".join(wrong + [f"{len(ours)} findings on a default bind line, {len(hardened)} on the hardened file; {len(wrong)} that should not be"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
