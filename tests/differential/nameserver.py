"""A name server for tests: answers from a table that the script changes while it runs, over UDP and TCP, and notes what it is asked."""

import collections
import select
import socket
import struct
import threading
import time

# Lines of a resolvers section that asks often, gives up soon and keeps nothing.
IMPATIENT = """    timeout resolve 200ms
    timeout retry 100ms
    resolve_retries 2
    hold nx 0s
    hold refused 0s
    hold timeout 0s
    hold other 0s
    hold obsolete 0s
"""


TYPES = {"A": 1, "NS": 2, "CNAME": 5, "TXT": 16, "AAAA": 28, "SRV": 33, "OPT": 41, "DNAME": 39}
NAMES = {number: name for name, number in TYPES.items()}
CODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NX": 3, "NOTIMP": 4, "REFUSED": 5}
MOST_UDP = 512

Record = collections.namedtuple("Record", "name type data ttl", defaults=(30,))


def pack_name(name):
    parts = [part for part in name.rstrip(".").split(".") if part]
    return b"".join(bytes([len(part)]) + part.encode("latin-1") for part in parts) + b"\0"


def pack_data(kind, data):
    if isinstance(data, bytes):
        return data
    if kind == "A":
        return socket.inet_aton(data)
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, data)
    if kind == "SRV":  # (priority, weight, port, target)
        return struct.pack("!HHH", *data[:3]) + pack_name(data[3])
    return pack_name(data)


def pack_record(record):
    data = pack_data(record.type, record.data)
    return pack_name(record.name) + struct.pack("!HHIH", TYPES[record.type], 1, record.ttl, len(data)) + data


def read_question(message):
    """(name, type, size of the question, what EDNS announces) of a query."""
    at, parts = 12, []
    while message[at]:
        parts.append(message[at + 1:at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    kind = struct.unpack_from("!H", message, at + 1)[0]
    end = at + 5
    room = struct.unpack_from("!H", message, end + 3)[0] if struct.unpack_from("!H", message, 10)[0] else 0
    return ".".join(parts), NAMES.get(kind, str(kind)), end, room


class NameServer:
    """`set(name, type, ...)` gives records, `answer(name, type, how)` something else:
    a code ("NX", "REFUSED", "SERVFAIL"), "silent", "empty" (no record), "cut" (TC bit), bytes (raw, behind the id) or a function of
    the query that returns the whole message. A name that is not there is NX."""

    def __init__(self, port, host="127.0.0.1", tcp=True):
        self.port, self.host = port, host
        self.asked, self.seen, self.began = [], threading.Condition(), time.monotonic()
        self.accepted, self.connections = 0, []
        self._table, self._default = {}, "NX"
        self._lock = threading.Lock()
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((host, port))
        self._tcp = socket.socket()
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._tcp.bind((host, port))
        if tcp:
            self._tcp.listen(16)
        self._ended = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    # --- the table -----------------------------------------------------------------------------------------------
    def set(self, name, kind, *data, extra=(), ttl=30):
        """These records; `extra` are Records for the additional section."""
        self.records(name, kind, [Record(name, kind, each, ttl) for each in data], extra)

    def records(self, name, kind, answers, extra=()):
        with self._lock:
            self._table[(name.lower(), kind)] = ("records", list(answers), list(extra))

    def answer(self, name, kind, how):
        with self._lock:
            self._table[(name.lower(), kind)] = ("how", how, None)

    def forget(self, name, kind):
        with self._lock:
            self._table.pop((name.lower(), kind), None)

    def otherwise(self, how):
        self._default = how

    def wait(self, count, pattern=lambda asked: True, limit=10.0):
        """Until so many questions that fit have come; how many there are."""
        deadline = time.monotonic() + limit
        with self.seen:
            while sum(map(pattern, self.asked)) < count and time.monotonic() < deadline:
                self.seen.wait(max(0.0, deadline - time.monotonic()))
            return sum(map(pattern, self.asked))

    # --- the wire ------------------------------------------------------------------------------------------------
    def reply(self, query, over_tcp=False):
        name, kind, end, room = read_question(query)
        with self.seen:
            self.asked.append((time.monotonic() - self.began, name, kind, room))
            self.seen.notify_all()
        with self._lock:
            entry = self._table.get((name.lower(), kind))
        if entry is None:
            known = any(each == name.lower() for each, _ in self._table)
            entry = ("how", "empty" if known else self._default, None)
        if entry[0] == "records":
            return self._pack(query, end, 0, entry[1], entry[2])
        how = entry[1]
        if callable(how):
            return how(query)
        if isinstance(how, bytes):
            return query[:2] + how
        if how == "silent":
            return None
        if how == "cut":
            return self._pack(query, end, 0, [], [], flags=0x0200)
        return self._pack(query, end, 0 if how == "empty" else CODES[how], [], [])

    @staticmethod
    def _pack(query, end, code, answers, extra, flags=0):
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | code | flags, 1, len(answers), 0, len(extra))
        return head + query[12:end] + b"".join(map(pack_record, [*answers, *extra]))

    def _serve(self):
        pending = {}
        while not self._ended:
            try:
                ready, _, _ = select.select([self._udp, self._tcp, *pending], [], [], 0.2)
            except (OSError, ValueError):
                return
            for sock in ready:
                try:
                    if sock is self._udp:
                        self._on_datagram()
                    elif sock is self._tcp:
                        client, _ = self._tcp.accept()
                        self.accepted += 1
                        pending[client] = b""
                    else:
                        self._on_bytes(sock, pending)
                except OSError:
                    if sock in pending:
                        del pending[sock]
                        sock.close()

    def _on_datagram(self):
        query, peer = self._udp.recvfrom(4096)
        reply = self.reply(query)
        for each in reply if isinstance(reply, list) else [reply]:
            if each is not None:
                self._udp.sendto(each, peer)

    def _on_bytes(self, sock, pending):
        got = sock.recv(65536)
        if not got:
            del pending[sock]
            sock.close()
            return
        pending[sock] += got
        while len(pending[sock]) >= 2:
            size = struct.unpack("!H", pending[sock][:2])[0]
            if len(pending[sock]) < 2 + size:
                return
            query, pending[sock] = pending[sock][2:2 + size], pending[sock][2 + size:]
            reply = self.reply(query, over_tcp=True)
            if reply is not None:
                sock.sendall(struct.pack("!H", len(reply)) + reply)

    def close(self):
        self._ended = True
        self._udp.close()
        self._tcp.close()
        self._thread.join(2)
