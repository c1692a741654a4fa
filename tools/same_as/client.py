"""One witness as a client: connects, says what it has to say at its times, and notes what came of it."""

import hashlib
import json
import re
import select
import socket
import ssl
import time

SERVED = re.compile(rb"SERVED (\{.*?\})\n")
VERSIONS = {0x301: ssl.TLSVersion.TLSv1, 0x302: ssl.TLSVersion.TLSv1_1, 0x303: ssl.TLSVersion.TLSv1_2, 0x304: ssl.TLSVersion.TLSv1_3}


def connect(witness):
    place = witness["place"]
    if isinstance(place, str):
        sock = socket.socket(socket.AF_UNIX)
        # HAProxy's abstract names are padded to the full length.
        sock.connect(place.replace("@", "\0", 1).ljust(108, "\0") if place.startswith("@") else place)
        return sock
    sock = socket.socket(socket.AF_INET6 if ":" in place[0] else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if witness["from"]:
        sock.bind(tuple(witness["from"]))
    sock.settimeout(10)
    sock.connect(tuple(place))
    return sock


class Tls:
    """The client's side of a handshake over bytes that somebody else moves."""

    def __init__(self, hello, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if hello["versions"]:
            context.minimum_version, context.maximum_version = (VERSIONS[f(hello["versions"])] for f in (min, max))
        if hello["alpn"]:
            context.set_alpn_protocols(hello["alpn"])
        if certificate:
            context.load_cert_chain(certificate)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.engine = context.wrap_bio(self.incoming, self.outgoing, server_hostname=hello.get("sni") or None)
        self.done, self.plain, self.failed, self.began = False, b"", False, False

    def hello(self):
        self._go()
        return self.outgoing.read()

    def take(self, data):
        self.began = True
        self.incoming.write(data)
        self._go()

    def _go(self):
        try:
            if not self.done:
                self.engine.do_handshake()
                self.done = True
            while more := self.engine.read(65536):
                self.plain += more
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self.failed = True


class Talk:
    def __init__(self, witness, patience):
        self.witness, self.patience = witness, patience
        self.tls, self.raw, self.said_inside, self.shut = None, b"", False, False
        self.due = [(piece["at"] / 1e6, bytes.fromhex(piece["hex"])) for piece in witness["pieces"]]
        if witness["handshake"]:
            self.tls = Tls(witness["hello"], witness["pem"] if witness["certificate"] else None)
            # The header in front stays; the hello is this client's own.
            everything = b"".join(data for _, data in self.due)
            header = everything[:everything.find(b"\x16\x03\x01")]
            self.due = [(self.due[-1][0], header + self.tls.hello())]

    def run(self):
        self.begin = time.monotonic()
        try:
            with connect(self.witness) as self.sock:
                self.sock.setblocking(False)
                return self._loop()
        except (ConnectionResetError, BrokenPipeError):
            return self._closed()
        except OSError as error:
            return {"end": "failed", "why": str(error)}

    def _closed(self):
        return {"end": "closed", "at": time.monotonic() - self.begin, "certificate": self._certificate()}

    def _certificate(self):
        der = self.tls.engine.getpeercert(True) if self.tls and self.tls.done else None
        return hashlib.sha256(der).hexdigest()[:16] if der else ""

    def _say_due(self, now):
        while self.due and self.due[0][0] <= now:
            self.sock.sendall(self.due.pop(0)[1])
        ends = self.witness.get("ends")
        if ends is not None and not self.due and not self.shut and ends / 1e6 <= now:
            self.shut = True
            self.sock.shutdown(socket.SHUT_WR)
        if self.tls and self.tls.done and not self.said_inside and self.witness.get("inside"):
            self.said_inside = True
            self.tls.engine.write(bytes.fromhex(self.witness["inside"]))
        if self.tls:
            data = self.tls.outgoing.read()
            if data:
                self.sock.sendall(data)

    def _loop(self):
        while (now := time.monotonic() - self.begin) < self.patience:
            self._say_due(now)
            wait = min(self.patience - now, max(0.0, self.due[0][0] - now) if self.due else 0.25)
            if not select.select([self.sock], [], [], wait)[0]:
                continue
            data = self.sock.recv(65536)
            if not data:
                return self._closed()
            self._take(data)
            found = SERVED.search(self.tls.plain if self.tls and self.tls.began else self.raw)
            if found:
                return {"end": "served", "at": time.monotonic() - self.begin, "certificate": self._certificate(), **json.loads(found.group(1))}
        return {"end": "open", "certificate": self._certificate()}

    def _take(self, data):
        # In clear: the hello went through to a stub.
        if self.tls and (self.tls.began or data[:1] in (b"\x16", b"\x15")) and not self.raw:
            return self.tls.take(data)
        self.raw += data


def run(witness, patience):
    return Talk(witness, patience).run()
