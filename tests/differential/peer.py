"""One end of a connection, a scripted client or a stub server: what it sees is written to its transcript."""

import hashlib
import socket
import ssl
import struct
import threading
import time

import certs

LIMIT = 6.0  # seconds that any single wait may take


def shown(data):
    """Bytes as text; long ones as length and digest, so that a difference stays readable."""
    if len(data) <= 160:
        return repr(bytes(data))
    return f"{len(data)} bytes {bytes(data[:12])!r}... sha1 {hashlib.sha1(data).hexdigest()[:12]}"


class Peer:
    """Blocking socket with a transcript. Times are milliseconds since the connection (or `mark`), written `~12ms~`."""

    def __init__(self, sock, lines, name):
        self.sock, self.lines, self.name = sock, lines, name
        self._kept, self.ended = b"", None
        self.start = time.monotonic()
        self.gone = threading.Event()

    def say(self, text):
        self.lines.append(text)

    def at(self):
        return f"at ~{round((time.monotonic() - self.start) * 1000)}ms~"

    def mark(self):
        """Times count from now on."""
        self.start = time.monotonic()
        return self

    # --- sending -----------------------------------------------------------------------------------------------
    def send(self, data):
        try:
            self.sock.settimeout(LIMIT)
            self.sock.sendall(data)
        except (OSError, ValueError):
            pass  # whether a late send still goes out is luck; how the connection ended is recorded by the reader
        return self

    def send_parts(self, parts, pause=0.02):
        """Each part in a segment of its own (Nagle is off)."""
        for index, part in enumerate(parts):
            if index:
                time.sleep(pause)
            self.send(part)
        return self

    def shut(self):
        """FIN: nothing more to send, still reading."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side was faster: the end is recorded by whoever reads
        return self

    def close(self):
        self.sock.close()
        return self

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        return self

    # --- receiving ---------------------------------------------------------------------------------------------
    def _more(self, deadline):
        """One read into the kept bytes; false when the connection (or the patience) has ended."""
        if self.ended:
            return False
        try:
            self.sock.settimeout(max(0.001, deadline - time.monotonic()))
            data = self.sock.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except ConnectionResetError:
            self.ended = "RST"
            return False
        except ssl.SSLError as error:
            self.ended = f"TLS error {error.reason}"
            return False
        except OSError as error:
            self.ended = f"error {type(error).__name__}"
            return False
        if not data:
            self.ended = "FIN"
            return False
        self._kept += data
        return True

    def _take(self, enough, limit):
        deadline = time.monotonic() + limit
        while (size := enough(self._kept)) is None:
            if not self._more(deadline):
                size = len(self._kept)
                break
        data, self._kept = self._kept[:size], self._kept[size:]
        return data

    def _recorded(self, data):
        if data:
            self.say(f"received {shown(data)} {self.at()}")
        return data

    def recv(self, count, limit=LIMIT):
        """Exactly `count` bytes, recorded with the time of the last one."""
        data = self._take(lambda kept: count if len(kept) >= count else None, limit)
        self._recorded(data)
        if len(data) < count:
            self.say(f"ended early: {self.ended or 'nothing more came'} {self.at()}")
        return data

    def recv_some(self, limit=LIMIT):
        """What the next reads bring, one byte at least."""
        data = self._recorded(self._take(lambda kept: len(kept) or None, limit))
        if not data:
            self.say(f"ended early: {self.ended or 'nothing more came'} {self.at()}")
        return data

    def recv_line(self, limit=LIMIT):
        data = self._take(lambda kept: kept.index(b"\n") + 1 if b"\n" in kept else None, limit)
        self._recorded(data)
        if not data.endswith(b"\n"):
            self.say(f"ended early: {self.ended or 'nothing more came'} {self.at()}")
        return data

    def rest(self, limit=LIMIT):
        """The same, not recorded."""
        return self._take(lambda kept: None, limit)

    def to_end(self, limit=LIMIT, record=True):
        """Everything until the connection ends, and how it ended."""
        data = self._take(lambda kept: None, limit)
        if data and record:
            self.say(f"received {shown(data)}")
        elif data:
            self.say(f"received {len(data)} bytes")
        self.say(f"end: {self.ended or 'still open'} {self.at()}")
        return data

    def silence(self, seconds):
        """Records what comes, or that nothing does, during `seconds`."""
        if not self._kept:
            self._more(time.monotonic() + seconds)
        if self._kept or self.ended:
            self.say(f"not silent: {shown(self._kept)} {self.ended or ''} {self.at()}")
        return self

    def proxy_header(self):
        """Reads one PROXY header of either version and records it as text."""
        first = self._take(lambda kept: 6 if len(kept) >= 6 else None, LIMIT)
        if first == b"PROXY ":
            line = first + self._take(lambda kept: kept.index(b"\n") + 1 if b"\n" in kept else None, LIMIT)
            self.say(f"header {line!r}")
            return self
        head = first + self._take(lambda kept: 10 if len(kept) >= 10 else None, LIMIT)
        if len(head) < 16:
            self.say(f"no header: {head!r} {self.ended}")
            return self
        length = struct.unpack("!H", head[14:16])[0]
        body = self._take(lambda kept: length if len(kept) >= length else None, LIMIT)
        self.say("header v2 " + describe_v2(head, body))
        return self

    # --- TLS ---------------------------------------------------------------------------------------------------
    def tls(self, context, server_name=None, server_side=False, strict=False):
        """Handshake; records version, chosen certificate and ALPN, or the failure. True when it worked.
        `strict`: an end without close_notify is told apart from one with it."""
        try:
            self.sock.settimeout(LIMIT)
            self.sock = context.wrap_socket(self.sock, server_hostname=server_name, server_side=server_side,
                                            suppress_ragged_eofs=not strict)
        except ssl.SSLError as error:
            self.ended = "TLS failed"
            self.say(f"TLS failed: {error.reason}")
            return False
        except OSError as error:
            self.ended = "TLS failed"
            self.say(f"TLS failed: {type(error).__name__}")
            return False
        if not server_side:
            chosen = certs.name_of(self.sock.getpeercert(binary_form=True))
            self.say(f"TLS {self.sock.version()} certificate {chosen} alpn {self.sock.selected_alpn_protocol()}")
        return True

    def close_notify(self):
        """Says goodbye on the TLS level, then FIN."""
        try:
            self.sock.settimeout(LIMIT)
            self.sock = self.sock.unwrap()
        except (OSError, ValueError):
            pass
        return self.close()


def describe_v2(head, body):
    command, family = head[12], head[13]
    text = f"{command:02x} {family:02x}"
    size = {1: 4, 2: 16}.get(family >> 4, 0)
    if size and len(body) >= 2 * size + 4:
        kind = socket.AF_INET if size == 4 else socket.AF_INET6
        sport, dport = struct.unpack("!HH", body[2 * size:2 * size + 4])
        text += f" {socket.inet_ntop(kind, body[:size])} {socket.inet_ntop(kind, body[size:2 * size])} {sport} {dport}"
        body = body[2 * size + 4:]
    return text + (f" rest {body.hex()}" if body else "")
