"""Hands out TCP ports and abstract names that no other run of the harness is using."""

import itertools
import os
import socket
import threading

FIRST, BLOCK, BLOCKS = 12000, 50, 400  # below Linux's ephemeral range, so no stranger's client takes one


class Ports:
    """Ports of one program's run; a block is owned by holding an abstract socket named after it."""

    _start = itertools.count(os.getpid() * 7)
    _lock = threading.Lock()

    def __init__(self):
        self._tokens, self._free = [], []

    def _take_block(self):
        for _ in range(BLOCKS):
            with Ports._lock:
                block = next(Ports._start) % BLOCKS
            token = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                token.bind(f"\0shunt-differential-{block}")
            except OSError:
                token.close()
                continue
            self._tokens.append(token)
            self._free = list(range(FIRST + block * BLOCK, FIRST + (block + 1) * BLOCK))
            return
        raise RuntimeError("no free block of ports")

    def take(self):
        """A port that nothing is bound to at the moment."""
        while True:
            if not self._free:
                self._take_block()
            port = self._free.pop(0)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("", port))
                except OSError:
                    continue
            return port

    def close(self):
        for token in self._tokens:
            token.close()


def connections():
    """The fields of /proc/net/tcp and tcp6, line by line."""
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(path, encoding="ascii") as table:
                rows = table.readlines()[1:]
        except OSError:
            continue
        yield from (row.split() for row in rows)


def _port(address):
    return int(address.rsplit(":", 1)[1], 16)


def listening():
    """Local ports in state LISTEN (both families)."""
    return {_port(fields[1]) for fields in connections() if fields[3] == "0A"}


def towards(port):
    """The local ports of connections to `port`: those that wait for an answer, those that have bytes to read."""
    mine = [fields for fields in connections() if _port(fields[2]) == port]
    return ({_port(fields[1]) for fields in mine if fields[3] == "02"},
            {_port(fields[1]) for fields in mine if fields[3] == "01" and not fields[4].endswith(":00000000")})


def abstract_names():
    """Abstract unix sockets in existence; their names may be padded with zeros (shown as @)."""
    with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
        return [row.split(None, 7)[7].strip() for row in table if " @" in row]
