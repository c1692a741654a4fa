"""Catches syslog datagrams on a unix and a UDP socket and removes from log lines what differs from run to run."""

import os
import re
import socket
import threading
import time

DATE = re.compile(r"\[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2}(\.\d{3})?\]")
RFC3164 = re.compile(r"^(<\d+>)[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} ")
RFC5424 = re.compile(r"^(<\d+>1 )\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?([+-]\d\d:\d\d|Z) ")
ISO = re.compile(r"^(<\d+>)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?([+-]\d\d:\d\d|Z) ")
TAG = re.compile(r"\b(haproxy|shunt)\[\d+\]: ")
TAG5424 = re.compile(r"(<\d+>1 \S+ \S+ )(haproxy|shunt) \d+ ")
TIMERS = re.compile(r"(?<= )(-?\d+)/(-?\d+)/(\+?)(-?\d+)(?= \+?\d+ [A-Za-z-]{2} )")
DURATION = re.compile(r"check duration: (\d+)ms")
COUNTERS = re.compile(r" \d+/\d+/\d+/\d+(/\+?\d+ \d+/\d+)$")
END = b"end of the run"
LIFE = re.compile(r"(Proxy \S+ (started|stopped)|Stopping |Pausing |SIGHUP|SIGUSR1|SIGTTOU|SIGTTIN|Configuration reloaded|Reload failed|"
                  r"TAG\[PID\]: (config : |Binding \[|Some protocols failed)|(Paused|Resumed) \w+ \S+\.$|performing a hard-stop|hard-stopped \()")


def _timer(value):
    return value if value.startswith("-") else f"~{value}ms~"


def normalised(line):
    """Dates, process ids and durations out; durations stay visible as `~12ms~` and are compared with tolerance."""
    line = RFC3164.sub(r"\1DATE ", RFC5424.sub(r"\1DATE ", line))
    line = ISO.sub(lambda found: (found.group(1) or "") + "ISODATE ", line)
    line = DATE.sub("[DATE]", TAG.sub("TAG[PID]: ", TAG5424.sub(r"\1TAG PID ", line)))
    line = DURATION.sub(r"check duration: ~\1ms~", line)
    return TIMERS.sub(lambda t: f"{_timer(t[1])}/{_timer(t[2])}/{t[3]}{_timer(t[4])}", line)


def without_counters(line):
    """Sessions that run side by side make the numbers of connections in progress a matter of luck."""
    return COUNTERS.sub(r" ?/?/?/?\1", line)


def is_life(line):
    """Messages about the life of the process: only cases about signals compare them."""
    return bool(LIFE.search(line))


class LogSink:
    """Both sockets are read all the time. A unix datagram socket holds only ten messages, so most cases use UDP."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "log.sock")
        self.lines, self._drained, self._changed = [], 0, threading.Condition()
        self._sockets = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        self._sockets[0].bind(self.path)
        self._sockets[1].bind(("127.0.0.1", 0))
        self.udp = self._sockets[1].getsockname()[1]
        for sock in self._sockets:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            threading.Thread(target=self._read, args=(sock,), daemon=True).start()

    def _read(self, sock):
        while True:
            try:
                data = sock.recv(65536)
            except OSError:
                return
            if not data:
                return
            with self._changed:
                if data == END:
                    self._drained += 1
                else:
                    self.lines.append(data.decode("utf-8", "backslashreplace").rstrip("\n\0"))
                self._changed.notify_all()

    def wait(self, count, limit, pattern):
        """Until `count` lines match, at most `limit` seconds; how many there were."""
        deadline = time.monotonic() + limit
        with self._changed:
            while (have := sum(bool(re.search(pattern, line)) for line in self.lines)) < count:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
        return have

    def drain(self):
        """All that was sent before this call has been read (a mark travels behind it through each socket)."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two:
            one.sendto(END, self.path)
            two.sendto(END, ("127.0.0.1", self.udp))
        with self._changed:
            self._changed.wait_for(lambda: self._drained >= 2, 2)

    def close(self):
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()
