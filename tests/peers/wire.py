"""The peers protocol on the wire: encoded integers, messages, table definitions and entries, and a peer that is a script."""

import dataclasses
import select
import socket
import ssl
import struct
import time

CONTROL, ERROR, TABLES = 0, 1, 10
RESYNC_REQUEST, RESYNC_FINISHED, RESYNC_PARTIAL, RESYNC_CONFIRM, HEARTBEAT = range(5)
UPDATE, NEXT_UPDATE, DEFINITION, SWITCH, ACK, TIMED_UPDATE, NEXT_TIMED_UPDATE = 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86
SIGNED, IPV4, IPV6, STRING, BINARY = 2, 4, 5, 6, 7

NAMES = {(0, 0): "resync request", (0, 1): "resync finished", (0, 2): "resync partial", (0, 3): "resync confirm", (0, 4): "heartbeat",
         (1, 0): "protocol error", (1, 1): "size limit", (10, 0x80): "update", (10, 0x81): "next update", (10, 0x82): "definition",
         (10, 0x83): "switch", (10, 0x84): "ack", (10, 0x85): "timed update", (10, 0x86): "next timed update"}


def number(value):
    """An integer as the protocol encodes it: one byte below 240, then 4 bits and 7 bits a byte."""
    if value < 240:
        return bytes([value])
    out = [(value & 15) | 240]
    value = (value - 240) >> 4
    while value >= 128:
        out.append((value & 127) | 128)
        value = (value - 128) >> 7
    return bytes([*out, value])


def read_number(data, at):
    """(value, offset after it); IndexError if bytes are missing."""
    value, at, shift = data[at], at + 1, 4
    if value < 240:
        return value, at
    while True:
        byte = data[at]
        value += byte << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def message(kind, type_, data=b""):
    head = bytes([kind, type_])
    return head + number(len(data)) + data if type_ >= 128 else head


def hello(remote, local, version="2.0", protocol="HAProxyS", pid=1234, relative=0):
    return f"{protocol} {version}\n{remote}\n{local} {pid} {relative}\n".encode()


RATES, ARRAYS = {3, 5, 8, 10, 12, 14, 16, 18, 21, 24}, {22, 23, 24}


def definition(sender_id, name, kind, length, data, expire, extra=()):
    """`data`: numbers of the data types; `extra`: (type, count of an array, period of a rate), as many of them as the type has."""
    body = number(sender_id) + number(len(name)) + name.encode() + number(kind) + number(length)
    body += number(sum(1 << each for each in data)) + number(expire) + b"".join(number(value) for each in extra for value in each)
    return message(TABLES, DEFINITION, body)


@dataclasses.dataclass
class Definition:
    id: int
    name: str
    kind: int
    length: int
    bits: int
    expire: int
    extra: tuple  # (type, count) of arrays, (type, period) of rates, (type, count, period) of arrays of rates


def read_definition(data):
    values, at = [], 0
    sender_id, at = read_number(data, at)
    size, at = read_number(data, at)
    name, at = data[at:at + size].decode("latin-1"), at + size
    while at < len(data):
        value, at = read_number(data, at)
        values.append(value)
    kind, length, bits, expire, *rest = values
    extra = []
    while rest:
        count = 1 + (rest[0] in RATES) + (rest[0] in ARRAYS)
        extra.append(tuple(rest[:count]))
        rest = rest[count:]
    return Definition(sender_id, name, kind, length, bits, expire, tuple(extra))


def key_bytes(defined, key):
    return number(len(key)) + key if defined.kind == STRING else key


def update(key, *values, id=None, expire=None):
    """`key` as on the wire; `values` are integers or bytes that are sent as they are. Without `id` the increment by one."""
    type_ = (UPDATE if expire is None else TIMED_UPDATE) + (id is None)
    body = (b"" if id is None else struct.pack(">I", id)) + (b"" if expire is None else struct.pack(">I", expire)) + key
    return message(TABLES, type_, body + b"".join(value if isinstance(value, bytes) else number(value) for value in values))


def ack(sender_id, update_id):
    return message(TABLES, ACK, number(sender_id) + struct.pack(">I", update_id))


@dataclasses.dataclass
class Message:
    kind: int
    type: int
    data: bytes
    raw: bytes
    at: float

    @property
    def name(self):
        return NAMES.get((self.kind, self.type), f"{self.kind}/{self.type}")

    @property
    def code(self):
        return self.kind, self.type


def split(data):
    """Whole messages in `data` as (class, type, body, bytes), and the rest."""
    found, at = [], 0
    while len(data) - at >= 2:
        kind, type_ = data[at], data[at + 1]
        end = body = at + 2
        if type_ >= 128:
            try:
                size, body = read_number(data, at + 2)
            except IndexError:
                break
            end = body + size
            if end > len(data):
                break
        found.append((kind, type_, data[body:end], data[at:end]))
        at = end
    return found, data[at:]


class Speaker:
    """A peer played by the test. It answers resync requests with "finished", confirms what ends a resync, and sends heartbeats
    unless told otherwise; everything that came is in `seen`."""

    def __init__(self, sock, answers=True, heartbeats=True):
        self.sock, self.answers, self.heartbeats = sock, answers, heartbeats
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest, self.seen, self.end, self.table, self.tables = b"", [], None, None, {}
        self.begin = self.beat = time.monotonic()
        self.keys = {}  # (table, key) -> body of its last update after the key
        self.updates = []  # (table, id, key, body)
        self.id = None  # of the last update

    @classmethod
    def connect(cls, port, remote, local, version="2.1", **options):
        """Says hello and reads the status line; `.status` is what came."""
        speaker = cls(socket.create_connection(("127.0.0.1", port), 5), **options)
        speaker.send(hello(remote, local, version))
        speaker.status = speaker.line()
        return speaker

    @classmethod
    def accept(cls, listener, status=b"200\n", limit=10, **options):
        """Waits for a connection and answers its hello with `status`; `.hello` are its three lines."""
        listener.settimeout(limit)
        speaker = cls(listener.accept()[0], **options)
        speaker.hello = [speaker.line() for _ in range(3)]
        speaker.send(status)
        return speaker

    def line(self, limit=5.0):
        """One line with its end, or what there was of it."""
        deadline = time.monotonic() + limit
        while b"\n" not in self.rest and self._more(deadline - time.monotonic()):
            pass
        line, end, self.rest = self.rest.partition(b"\n")
        return line + end

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as error:
            self.end = self.end or type(error).__name__
        self.beat = time.monotonic()

    def _more(self, limit):
        if self.end or limit < 0 or not select.select([self.sock], [], [], limit)[0]:
            return False
        try:
            data = self.sock.recv(65536)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            data, self.end = b"", "RST"
        self.rest += data
        if not data:
            self.end = self.end or "FIN"
        return bool(data)

    def until(self, ready, limit=5.0):
        """Reads until `ready(self)`; whether it became so. Ends with the connection too."""
        deadline = time.monotonic() + limit
        self._take()
        while not ready(self):
            now = time.monotonic()
            if self.heartbeats and now - self.beat > 2 and not self.end:
                self.send(message(CONTROL, HEARTBEAT))
            if now > deadline or self.end and not self.rest or not self._more(min(0.2, deadline - now)) and self.end:
                self._take()
                return ready(self)
            self._take()
        return True

    def listen(self, seconds):
        self.until(lambda _: False, seconds)
        return self

    def _take(self):
        found, self.rest = split(self.rest)
        for kind, type_, data, raw in found:
            self.seen.append(Message(kind, type_, data, raw, time.monotonic() - self.begin))
            self._note(self.seen[-1])
            if self.answers and self.seen[-1].code == (CONTROL, RESYNC_REQUEST):
                self.send(message(CONTROL, RESYNC_FINISHED))
            elif self.answers and self.seen[-1].code in ((CONTROL, RESYNC_FINISHED), (CONTROL, RESYNC_PARTIAL)):
                self.send(message(CONTROL, RESYNC_CONFIRM))

    def _note(self, message_):
        if message_.code == (TABLES, DEFINITION):
            self.table = read_definition(message_.data)
            self.tables[self.table.name] = self.table
        elif message_.kind == TABLES and message_.type in (UPDATE, NEXT_UPDATE, TIMED_UPDATE, NEXT_TIMED_UPDATE):
            at = 4 * (message_.type in (UPDATE, TIMED_UPDATE)) + 4 * (message_.type in (TIMED_UPDATE, NEXT_TIMED_UPDATE))
            data = message_.data[at:]
            size, start = read_number(data, 0) if self.table.kind == STRING else (self.table.length, 0)
            self.id = struct.unpack(">I", message_.data[:4])[0] if message_.type in (UPDATE, TIMED_UPDATE) else self.id + 1
            key, body = data[start:start + size], data[start + size:]
            self.keys[self.table.name, key] = body
            self.updates.append((self.table.name, self.id, key, body))

    def has(self, name, count=1):
        """For `until`: that many messages of this name came."""
        return sum(each.name == name for each in self.seen) >= count

    def names(self):
        return [each.name for each in self.seen]

    def raw(self, *names):
        """Messages of these names, in hexadecimal."""
        return [each.raw.hex() for each in self.seen if each.name in names]

    def forget(self):
        self.seen, self.updates, self.keys = [], [], {}
        return self

    def close(self):
        self.sock.close()
