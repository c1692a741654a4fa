#!/usr/bin/env python3
"""OCSP responses are fetched, shown to clients and fetched again; responders that are faulty in every way do no harm.

Each listener has a certificate that names a responder of its own: `openssl ocsp` as it is, and a small server that hangs, answers with
garbage, about other certificates, too much, not at all. Certificates are renewed and the configuration is reloaded in between. Run as
root the program gives privileges up and goes to a chroot.

usage: ocsp.py SHUNT
"""
import base64
import http.server
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from program import descriptors, fault_at_end, free_ports, listening_ports, wait_until

PATIENCE = 20
# What the small server does, by the first part of the path; all but the first yield nothing that may be shown.
FAULTS = ("hang", "slow", "garbage", "page", "status", "other", "foreign", "huge", "endless", "encoded", "cut", "silent", "trylater")
CONFIG = """
global
  nbthread 2
  log 127.0.0.1:{log} local0
  ocsp-update.mindelay 1
  ocsp-update.maxdelay 20
  {privileges}
defaults
  mode tcp
  timeout connect 5s
  timeout client 30s
  timeout server 30s
crt-store shelf
  load crt {folder}/shelf.pem ocsp-update on alias shelf
{listeners}
backend nowhere
  server s 127.0.0.1:1
"""
LISTENER = """
frontend {name}
  bind 127.0.0.1:{port} ssl {what}
  default_backend nowhere
"""


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


class Authority:
    """Issues certificates with responders, keeps the list of them, and signs responses with a certificate for that task."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name, self.serial = folder, name, 16
        self.index = folder / f"{name}.index"
        self.index.write_text("")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-days", "30",
                "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt", "-addext", "keyUsage=keyCertSign,digitalSignature")
        self.helper = self.issue(f"{name}-helper", "extendedKeyUsage=OCSPSigning")

    def issue(self, name, extension, verdict="V"):
        """The path of certificate, issuer and key in one file."""
        self.serial += 1
        base = self.folder / f"{name}-{self.serial}"
        base.with_suffix(".ext").write_text(extension)
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=a.test", "-keyout", f"{base}.key", "-out", f"{base}.csr")
        openssl("x509", "-req", "-in", f"{base}.csr", "-CA", self.folder / f"{self.name}.crt", "-CAkey", self.folder / f"{self.name}.key", "-set_serial", self.serial,
                "-days", "20", "-extfile", f"{base}.ext", "-out", f"{base}.crt")
        with open(self.index, "a", encoding="ascii") as out:
            out.write(f"{verdict}\t360101000000Z\t{'260101000000Z' if verdict == 'R' else ''}\t{self.serial:02X}\tunknown\t/CN={self.serial}\n")
        whole = "".join(pathlib.Path(path).read_text() for path in (f"{base}.crt", self.folder / f"{self.name}.crt", f"{base}.key"))
        base.with_suffix(".pem").write_text(whole)
        return base.with_suffix(".pem")

    def words(self):
        ca = self.folder / f"{self.name}.crt"
        return ["-index", self.index, "-CA", ca, "-rsigner", self.helper, "-rkey", self.helper]

    def answer(self, request):
        """A response to a request in DER form."""
        with tempfile.TemporaryDirectory() as folder:
            asked, told = os.path.join(folder, "q"), os.path.join(folder, "a")
            pathlib.Path(asked).write_bytes(request)
            openssl("ocsp", *self.words(), "-nmin", "60", "-reqin", asked, "-respout", told)
            return pathlib.Path(told).read_bytes()


class Responder(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, authority, foreign):
        self.authority, self.foreign = authority, foreign
        self.asked, self.good, self.over = [], set(), threading.Event()
        super().__init__(("127.0.0.1", port), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # clients that go away


class Handler(http.server.BaseHTTPRequestHandler):
    """`kind` is the first part of the path, behind it stands the question."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path  # of a whole URI, for proxies
        _, kind, *rest = path.split("/", 2)
        self.server.asked.append((kind, self.command, self.path))
        question = base64.b64decode(urllib.parse.unquote(rest[0])) if rest else b""
        self.treat(kind, question)

    def do_POST(self):
        kind = self.path.split("/", 2)[1].split("?")[0]
        self.server.asked.append((kind, self.command, self.path))
        assert self.headers["Content-Type"] == "application/ocsp-request"
        self.treat(kind, self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, body, status=200, kind="application/ocsp-response", length=None, more=""):
        said = f"HTTP/1.0 {status} x\r\nContent-Type: {kind}\r\n{more}"
        if length is not None:
            said += f"Content-Length: {length}\r\n"
        self.wfile.write(said.encode() + b"\r\n" + body)

    def treat(self, kind, question):
        if kind in self.server.good:
            return self.reply(self.server.authority.answer(question))
        return getattr(self, kind)(question)

    def hang(self, _):
        self.server.over.wait(60)

    def slow(self, _):
        for _ in range(60):
            self.wfile.write(b"H")
            if self.server.over.wait(1):
                break

    def garbage(self, _):
        self.reply(os.urandom(1500))

    def page(self, question):
        self.reply(self.server.authority.answer(question), kind="text/html")

    def status(self, question):
        self.reply(self.server.authority.answer(question), status=503)

    def other(self, _):
        """About another certificate of the same authority."""
        self.reply(self.server.authority.answer(self.server.question_of_other))

    def foreign(self, question):
        """By another authority of the same name, which knows the number."""
        self.reply(self.server.foreign.answer(question))

    def huge(self, _):
        self.reply(b"", length=1 << 40)
        self.server.over.wait(60)

    def endless(self, _):
        self.reply(b"")
        while not self.server.over.is_set():
            self.wfile.write(bytes(1 << 16))

    def encoded(self, question):
        body = self.server.authority.answer(question)
        self.reply(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), more="Transfer-Encoding: chunked\r\n")

    def cut(self, question):
        body = self.server.authority.answer(question)
        self.reply(body[:-10], length=len(body))

    def silent(self, _):
        pass

    def trylater(self, _):
        self.reply(bytes.fromhex("30030a0103"))


class Test:
    def __init__(self, shunt, folder):
        self.shunt, self.folder, self.failures, self.lines = shunt, pathlib.Path(folder), [], []
        os.chmod(folder, 0o755)
        os.mkdir(self.folder / "jail")
        self.authority = Authority(self.folder)
        self.names = ("real", "revoked", "shelf", "post", "closed", "two", *FAULTS)
        numbers = free_ports(len(self.names) + 3)
        self.ports, (self.responder_port, self.real_port, self.closed_port) = dict(zip(self.names, numbers)), numbers[len(self.names):]
        self.log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.log.bind(("127.0.0.1", 0))
        threading.Thread(target=self.collect, daemon=True).start()
        self.program = self.real = None

    def collect(self):
        while True:
            self.lines.append(self.log.recv(65536).decode())

    def check(self, good, what):
        print("ok    " if good else "FAILED", what, flush=True)
        if not good:
            self.failures.append(what)

    def until(self, condition, what):
        self.check(wait_until(condition, PATIENCE), what)

    def updates(self, name, pattern):
        """How many lines of the log tell of such an update."""
        return sum(bool(re.search(rf"<OCSP-UPDATE> \S*/{name}\.pem {pattern}", line)) for line in list(self.lines))

    def shown(self, name):
        """The verdict that is stapled, with the serial number; nothing: none is."""
        said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.ports[name]}", "-status", "-servername", "a.test"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=20, check=False).stdout
        verdict, serial = re.search(r"Cert Status: (\w+)", said), re.search(r"Serial Number: (\w+)", said)
        return f"{verdict[1]} {int(serial[1], 16)}" if verdict else "" if "no response sent" in said else "no handshake"

    # ---- certificates

    def uri(self, name):
        if name in ("real", "revoked"):
            return f"http://127.0.0.1:{self.real_port}/"
        if name == "closed":
            return f"http://127.0.0.1:{self.closed_port}"
        return f"http://127.0.0.1:{self.responder_port}/{'shelf/' + 'x' * 200 if name == 'post' else name}"

    def put(self, name):
        """Makes a certificate, in place of the one that is there; its serial number."""
        places = [self.uri(name)] if name != "two" else [self.uri("closed"), "https://127.0.0.1:1/", self.uri("shelf")]
        extension = "authorityInfoAccess=" + ",".join(f"OCSP;URI:{place}" for place in places)
        made = self.authority.issue(name, extension, "R" if name == "revoked" else "V")
        os.replace(made, self.folder / f"{name}.pem")
        return self.authority.serial

    def start_responders(self):
        os.mkdir(self.folder / "foreign")
        foreign = Authority(self.folder / "foreign", "authority")
        foreign.index.write_text(self.authority.index.read_text())
        self.responder = Responder(self.responder_port, self.authority, foreign)
        self.responder.good |= {"shelf"}
        helper = self.authority.helper.with_suffix(".crt")
        ask = self.folder / "question"
        openssl("ocsp", "-issuer", self.folder / "authority.crt", "-cert", helper, "-no_nonce", "-reqout", ask)
        self.responder.question_of_other = ask.read_bytes()
        self.start_real()

    def start_real(self):
        if self.real:
            self.real.terminate()
            self.real.wait()
        # It reads the list of certificates when it begins.
        with open(self.folder / "real.output", "wb") as output:
            self.real = subprocess.Popen(["openssl", "ocsp", "-port", str(self.real_port), *map(str, self.authority.words()), "-nmin", "60", "-ignore_err"],
                                         stdout=output, stderr=output)
        if not wait_until(lambda: self.real.poll() is not None or self.real_port in listening_ports(), PATIENCE) or self.real.poll() is not None:
            sys.exit(f"openssl's responder doesn't run: {(self.folder / 'real.output').read_text(errors='replace')}")

    def write_config(self, **more):
        (self.folder / "list").write_text("".join(f"{self.folder}/{name}.pem [ocsp-update on]\n" for name in ("real",)))
        what = {"real": f"crt-list {self.folder}/list", "shelf": "crt @shelf/shelf"}
        listeners = "".join(LISTENER.format(name=name, port=self.ports[name], what=what.get(name) or f"crt-list {self.folder}/list.{name}") for name in self.names)
        for name in self.names:
            (self.folder / f"list.{name}").write_text(f"{self.folder}/{name}.pem [ocsp-update on]\n")
        privileges = f"user nobody\n  group nogroup\n  chroot {self.folder}/jail" if os.geteuid() == 0 else ""
        path = self.folder / "ocsp.cfg"
        path.write_text(CONFIG.format(log=self.log.getsockname()[1], privileges=privileges, folder=self.folder, listeners=listeners, **more))
        return path

    def said(self):
        return (self.folder / "output").read_text(errors="replace")

    # ---- what is looked at

    def first_responses(self, serials):
        for name in ("real", "shelf", "post", "two"):
            self.until(lambda name=name: self.shown(name) == f"good {serials[name]}", f"{name}: the response is shown")
            self.until(lambda name=name: self.updates(name, '1 "Update successful" \\d+ 1'), f"{name}: the log tells of it")
        self.until(lambda: self.shown("revoked") == f"revoked {serials['revoked']}", "revoked: the response is shown")
        self.until(lambda: re.search(r"revoked\.pem' has been revoked", self.said()), "revoked: there is a warning")
        self.check(("shelf", "POST") in [asked[:2] for asked in self.responder.asked], "long questions are posted")
        self.check(self.updates("two", '2 "HTTP error" 1 0') == 1, "two: the other responder is asked when the first one fails")

    def faulty_ones(self):
        reasons = {"closed": "Connection refused", "hang": "no whole answer within", "slow": "no whole answer within", "garbage": "no OCSP response", "page": "no 'application/ocsp-response'",
                   "status": "status 503", "other": "about another certificate", "foreign": "isn't signed", "huge": "body is too long", "endless": "body is too long",
                   "encoded": "body is encoded", "cut": "ends in its body", "silent": "there is none", "trylater": "trylater"}
        for name, reason in reasons.items():
            self.until(lambda name=name, reason=reason: re.search(rf"/{name}\.pem' from '[^']*', the next attempt is in \d+ s: .*{reason}", self.said()), f"{name}: {reason}")
            self.check(self.shown(name) == "", f"{name}: nothing is shown")
        self.check(self.updates("page", '3 "Wrong content type"') and self.updates("garbage", '4 "OCSP response check failure"') and self.updates("closed", '2 "HTTP error"'),
                   "the log has the number of each kind")
        waits = [int(found) for found in re.findall(r"/garbage\.pem' from '[^']*', the next attempt is in (\d+) s", self.said())]
        self.check(waits == sorted(waits) and waits[:3] == [1, 2, 4][:len(waits)], f"attempts become rarer: {waits}")

    def recovery(self, serials):
        self.responder.good |= {"garbage"}
        self.until(lambda: self.shown("garbage") == f"good {serials['garbage']}", "garbage: shown after the responder's recovery")

    def renewal(self):
        serial = self.put("real")
        self.start_real()
        self.until(lambda: self.shown("real") == f"good {serial}", "real: the response about the new certificate is shown")
        serial = self.put("shelf")
        self.until(lambda: self.shown("shelf") == f"good {serial}", "shelf: the same, of a crt-store")

    def reload(self):
        asked = self.updates("post", "1 ")
        expected = {name: self.shown(name) for name in ("real", "shelf", "post", "revoked")}
        self.program.send_signal(signal.SIGUSR2)
        self.until(lambda: "Loading success" in self.said().split("Reloading")[-1], "the reload")
        self.check({name: self.shown(name) for name in expected} == expected, f"the reload keeps responses: {expected}")
        self.check(self.updates("post", "1 ") <= asked + 1, "the reload asks nobody anew")
        (self.folder / "list.post").write_text(f"{self.folder}/post.pem\n")
        self.until(lambda: self.shown("post") == "", "post: none is shown when the list doesn't want it any more")

    def run(self):
        serials = {name: self.put(name) for name in self.names}
        self.start_responders()
        with open(self.folder / "output", "wb") as output:
            # Leaks can't be looked for in a chroot; proxy() does it.
            self.program = subprocess.Popen([self.shunt, "-W", "-f", str(self.write_config())], stderr=output, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        self.until(lambda: "Loading success" in self.said(), "the start")
        before = descriptors(self.program.pid)
        self.first_responses(serials)
        self.faulty_ones()
        self.recovery(serials)
        self.renewal()
        self.reload()
        self.check(descriptors(self.program.pid) <= before + 24, "no descriptors are left open")
        self.responder.over.set()
        self.program.send_signal(signal.SIGUSR1)
        self.check(wait_until(lambda: self.program.poll() is not None, PATIENCE), "the soft stop")

    def end(self):
        for process in (self.real, self.program):
            if process:
                if process.poll() is None:
                    process.terminate()
                process.wait()
        if fault := fault_at_end(self.program.returncode, self.said()):
            self.check(False, fault)


def proxy(shunt, folder):
    """ocsp-update.mode, ocsp-update.httpproxy and what `-c` refuses."""
    test = Test(shunt, folder)
    made = test.authority.issue("by", "authorityInfoAccess=OCSP;URI:http://no.invalid:81/shelf")
    os.replace(made, test.folder / "by.pem")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=self", "-keyout", test.folder / "self.pem.key", "-out", test.folder / "self.pem")
    test.ports = {"by": free_ports(1)[0]}
    responder = Responder(test.responder_port, test.authority, None)
    responder.good |= {"shelf"}
    path = test.folder / "by.cfg"

    def write(settings, certificates):
        path.write_text(f"global\n  {settings}\ndefaults\n  mode tcp\n  timeout client 9s\n  timeout server 9s\n  timeout connect 9s\n"
                        + LISTENER.format(name="by", port=test.ports["by"], what=certificates) + "backend nowhere\n  server s 127.0.0.1:1\n")

    def judged():
        done = subprocess.run([shunt, "-c", "-f", str(path)], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    through = f"ocsp-update.httpproxy 127.0.0.1:{test.responder_port}"
    (test.folder / "on").write_text(f"{test.folder}/by.pem [ocsp-update on]\n")
    write("ocsp-update.mindelay 1", f"crt {test.folder}/by.pem crt-list {test.folder}/on")
    test.check(judged()[0] == 1 and "on in one place" in judged()[1], "a certificate with and without it is refused")
    write("ocsp-update.mode on", f"crt {test.folder}/by.pem crt-list {test.folder}/on")
    test.check(judged()[0] == 0, "the default counts as said")
    write("ocsp-update.disable on", f"crt {test.folder}/by.pem crt-list {test.folder}/on")
    test.check(judged()[0] == 0, "switched off nothing is compared")
    write("ocsp-update.mindelay 20\n  ocsp-update.maxdelay 10", f"crt {test.folder}/by.pem")
    test.check(judged()[0] == 1 and "longer than" in judged()[1], "delays that don't fit are refused")
    write(f"ocsp-update.mode on\n  {through}", f"crt {test.folder}/by.pem crt {test.folder}/self.pem")
    with open(test.folder / "output", "wb") as output:
        test.program = subprocess.Popen([shunt, "-f", str(path)], stderr=output)
    test.until(lambda: test.shown("by") == f"good {test.authority.serial}", "a response comes through the proxy")
    test.check(responder.asked[0][2].startswith("http://no.invalid:81/shelf/"), "the proxy is told the whole place")
    test.check("self.pem" not in test.said() and test.said().count("OCSP") == 0, f"self-signed certificates are passed over in silence: {test.said()}")
    test.program.send_signal(signal.SIGUSR1)
    test.check(wait_until(lambda: test.program.poll() is not None, PATIENCE), "the soft stop")
    test.end()
    return test.failures


def main():
    shunt = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        failures = proxy(shunt, folder)
    with tempfile.TemporaryDirectory() as folder:
        test = Test(shunt, folder)
        try:
            test.run()
        finally:
            test.end()
            if test.failures:
                print(test.said()[-6000:])
        failures += test.failures
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
