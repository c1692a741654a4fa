"""Programs that share tables: their configuration, processes, commands, and the connections between them."""

import dataclasses
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

from env import _die_with_parent
from ports import Ports, connections
from stubs import Stub, answering

START = 10.0


PATIENCE = 7.0
MISSING = "not there"


class Failed(Exception):
    """The case cannot go on."""


@dataclasses.dataclass
class Figure:
    """How long something took; judged where there is a limit."""

    what: str
    seconds: float
    limit: float = None

    def __str__(self):
        return f"{self.what} {self.seconds:.2f}s"


def port_of(address):
    """Of an address in /proc/net/tcp."""
    return int(address.rsplit(":", 1)[1], 16)


def parsed(text):
    """Key -> {type: value} of `show table`; expiry and use are left out."""
    found = {}
    for line in text.split("\n"):
        entry = re.match(r"0x[0-9a-f]+: key=(.*) use=\d+ exp=\d+(.*)", line)
        if entry:
            found[entry[1]] = dict(each.split("=", 1) for each in entry[2].split())
    return found


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listed:
            return [int(each) for each in listed.read().split()]
    except OSError:
        return []


def end(process):
    """And the workers of a master, which may outlive it."""
    if not process or process.poll() is not None:
        return
    workers = children(process.pid)
    process.kill()
    process.wait()
    for pid in workers:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Node:
    def __init__(self, group, name, program, config, arguments=(), environment=()):
        self.group, self.name, self.program, self.arguments = group, name, program, list(arguments)
        self.path, self.socket = os.path.join(group.dir, name + ".cfg"), os.path.join(group.dir, name + ".sock")
        self.log = os.path.join(group.dir, name + ".log")
        self.environment = {**os.environ, **dict(environment)}
        self.process, self.others, self._shows = None, [], None
        self.configure(config)

    def configure(self, config):
        with open(self.path, "w", encoding="utf-8") as out:
            out.write(config)

    @property
    def managed(self):
        """By a master process that reloads when it is told to."""
        return "-W" in self.arguments

    def launch(self, *more):
        with open(self.log, "ab") as log:
            return subprocess.Popen([self.program, *([] if self.managed else ["-db"]), "-f", self.path, *self.arguments, *more], stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, cwd=self.group.dir, env=self.environment, preexec_fn=_die_with_parent)

    def start(self, *more):
        process = self.launch(*more)
        if self.process:
            self.others.append(self.process)
        self.process = process
        deadline = time.monotonic() + START
        while not self._answers():
            if process.poll() is not None:
                raise Failed(f"{self.name} ended with {process.returncode}: {self.text(self.log)[-2000:]}")
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} did not start")
            time.sleep(0.01)
        return self

    def _answers(self):
        """Whether it is this process that answers commands, so that all else listens as well."""
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(self.socket)
                if struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0] not in (self.process.pid, *(self.workers() if self.managed else ())):
                    return False
                s.settimeout(1)
                s.sendall(b"show table\n")
                return bool(s.recv(1))
        except OSError:
            return False

    def reload(self):
        """Another process takes over (-sf); the old one is expected to end."""
        old = self.process
        self.start("-sf", str(old.pid))
        return old

    def workers(self):
        """The processes that it has forked and that still run."""
        return children(self.process.pid)

    def reload_by_signal(self, meanwhile=lambda: None):
        """SIGUSR2; whether the file was taken. `meanwhile` is called when that has begun."""
        said, begun, sent = len(self.verdicts()), self.text(self.log).count("Reloading HAProxy"), 0

        def heard():
            nonlocal sent
            if time.monotonic() > sent + 1:  # HAProxy's master may not listen yet
                self.process.send_signal(signal.SIGUSR2)
                sent = time.monotonic()
            return self.text(self.log).count("Reloading HAProxy") > begun
        self.group.wait(heard, f"{self.name} does not hear the signal", 20)
        meanwhile()
        self.group.wait(lambda: len(self.verdicts()) > said, f"{self.name} does not say how the reload went", 30)
        return self.verdicts()[said] == "success."

    def verdicts(self):
        return re.findall(r"(?:NOTICE|WARNING)\].* : Loading (success\.|failure!)", self.text(self.log))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        end(self.process)

    def end_softly(self, number=signal.SIGTERM, limit=10):
        """The status with which it ends by itself; what it has not freed is complained of."""
        self.process.send_signal(number)
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            return None

    @staticmethod
    def text(path):
        try:
            with open(path, encoding="utf-8", errors="backslashreplace") as text:
                return text.read()
        except OSError:
            return ""

    # --- commands ------------------------------------------------------------------------------------------------
    def cli(self, text):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(self.socket)
            s.sendall(text.encode() + b"\n")
            answer = []
            while more := s.recv(262144):
                answer.append(more)
        return b"".join(answer).decode("latin-1")

    def set(self, table, entries):
        """`entries`: key -> {type: value}; many commands in a line."""
        lines = [f"set table {table} key {key} " + " ".join(f"data.{name} {value}" for name, value in data.items()) for key, data in entries.items()]
        size, batch = 0, []
        for line in [*lines, None]:
            if line is None or size + len(line) > 10000:
                answer = self.cli(";".join(batch)).strip()
                if answer:
                    raise Failed(f"{self.name}: {answer[:200]}")
                size, batch = 0, []
            if line is not None:
                batch.append(line)
                size += len(line) + 1

    def used(self, name):
        """How many entries a table has."""
        found = re.search(rf"^# table: {re.escape(name)}, .*used:(\d+)$", self.cli("show table"), re.MULTILINE)
        return int(found[1]) if found else -1

    def table(self, name):
        return parsed(self.cli(f"show table {name}"))

    def peers(self):
        """Name of the peer -> its fields in `show peers`."""
        found = {}
        for block in re.split(r"\n(?=  0x[0-9a-f]+: id=)", self.cli("show peers"))[1:]:
            head = re.match(r"  0x[0-9a-f]+: id=(\S+?)\((\w+),(\w+)\)", block)
            if head:
                found[head[1]] = dict(re.findall(r"(\w+)=(\S+)", block.split("shared tables")[0]), kind=head[2], activity=head[3])
        return found

    def shows_peers(self):
        if self._shows is None:
            self._shows = "id=" in self.cli("show peers")
        return self._shows

    def established(self, peer):
        """Without `show peers` the other node is asked, or the kernel."""
        if not self.shows_peers():
            if peer in self.group.nodes:
                return self.group.nodes[peer].shows_peers() and self.group.nodes[peer].established(self.name)
            ends = self.group.port(self.name), self.group.port(peer)
            return any(fields[3] == "01" and (port_of(fields[1]) == ends[0] or port_of(fields[2]) == ends[1]) for fields in connections())
        found = self.peers().get(peer, {})
        return (found.get("last_status"), found.get("activity")) == ("ESTA", "active")  # the status stays when the connection is over

    def wait_established(self, *peers, limit=10.0):
        for peer in peers:
            self.group.wait(lambda: self.established(peer), f"{self.name} has no connection with {peer}", limit)
        return self

    def wait_complete(self):
        """Until it takes itself for knowing all: of a predecessor, of others, or because there is nobody to ask."""
        def complete():
            flags = re.search(r" flags=0x([0-9a-f]+) resync_timeout", self.cli("show peers"))
            return flags and int(flags[1], 16) & 3 == 3  # nothing to ask for here or elsewhere
        self.group.wait(complete, f"{self.name} does not take itself for complete", 20)

    def complaints(self):
        found = re.search(r".*(Sanitizer|runtime error:).*", self.text(self.log))
        return self.text(self.log)[found.start():found.start() + 3000] if found else ""


class Link:
    """TCP from a port of its own to another; can be cut (connections closed, new ones refused), stalled (nothing is passed on), restored."""

    def __init__(self, port, target):
        self.port, self.target, self.opened = port, target, []
        self._pairs, self._listener, self._state, self._over = {}, None, "up", False
        self._lock = threading.RLock()
        self._listen()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _listen(self):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deadline = time.monotonic() + 3
        while True:
            try:
                self._listener.bind(("127.0.0.1", self.port))
                break
            except OSError:  # the former listener is still waited for
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        self._listener.listen(20)

    def cut(self):
        with self._lock:
            self._state = "cut"
            if self._listener:
                self._listener.close()
                self._listener = None
            for sock in list(self._pairs):
                sock.close()
            self._pairs = {}

    def stall(self):
        self._state = "stalled"

    def restore(self):
        with self._lock:
            if not self._listener:
                self._listen()
            self._state = "up"

    def close(self):
        self._over = True
        self._thread.join(3)
        self.cut()

    def _run(self):
        while not self._over:
            with self._lock:
                watched = [*([self._listener] if self._listener and self._state == "up" else []), *(self._pairs if self._state == "up" else [])]
            if not watched:
                time.sleep(0.01)
                continue
            try:
                ready = select.select(watched, [], [], 0.02)[0]
            except (OSError, ValueError):
                continue
            with self._lock:
                for sock in ready:
                    self._serve(sock)

    def _serve(self, sock):
        if sock is self._listener:
            here = sock.accept()[0]
            try:
                there = socket.create_connection(("127.0.0.1", self.target), 2)
            except OSError:
                here.close()
                return
            self._pairs[here], self._pairs[there] = there, here
            self.opened.append(time.monotonic())
            return
        other = self._pairs.get(sock)
        if not other:
            return
        try:
            data = sock.recv(262144)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for each in (sock, other):
            self._pairs.pop(each, None)
            each.close()


class Group:
    """One run of a case: nodes by name, what the tested program's part is played by, notes that are compared, failed checks."""

    def __init__(self, oracle, tested, folder):
        self.oracle, self.tested, self.certificates = oracle, tested, folder
        self.dir = tempfile.mkdtemp(prefix="peers-")
        self.ports, self._names, self.nodes, self.links, self._listeners, self._servers = Ports(), {}, {}, [], [], []
        self.notes, self.failures, self.figures = [], [], []

    # --- names and places --------------------------------------------------------------------------------------------
    def port(self, name):
        if name not in self._names:
            self._names[name] = self.ports.take()
        return self._names[name]

    def certificate(self, name):
        """Of a server that signed itself: a, b, or a name's former and later one."""
        return os.path.join(self.certificates, name + ".pem")

    def nowhere(self):
        """A port that refuses."""
        return self.port("nowhere")

    def link(self, name, to):
        """A breakable way to node `to`."""
        self.links.append(Link(self.port(name), self.port(to)))
        return self.links[-1]

    def listener(self, name):
        """The test listens in the place of the peer `name`."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self.port(name)))
        sock.listen(10)
        self._listeners.append(sock)
        return sock

    def server(self, name):
        """A server that answers with its name; its port."""
        self._servers.append(Stub(name, self.port(name), answering(name.encode())))
        return self.port(name)

    # --- nodes -------------------------------------------------------------------------------------------------------
    def config(self, name, tables="", reach=(), own=None, peers=None, more="", extra_global=""):
        """`reach`: the other peers, as {name: port} or names that are reached directly. `peers`: the lines of the section instead."""
        if peers is None:
            ways = dict(reach) if isinstance(reach, dict) else {each: self.port(each) for each in reach}
            lines = [own or f"peer {name} 127.0.0.1:{self.port(name)}"] + [f"peer {each} 127.0.0.1:{port}" for each, port in ways.items()]
            peers = "peers mesh\n" + "".join(f"    {line}\n" for line in lines)
        return f"""global
    nbthread 1
    stats socket {self.dir}/{name}.sock level admin
    localpeer {name}
    log stdout format raw local0
{extra_global}
defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 10s
    timeout server 10s
{peers}
{tables}
{more}
"""

    def node(self, name, tables="", reach=(), start=True, tested=False, arguments=(), environment=(), **options):
        """`options`: as for `config`."""
        config = self.config(name, tables, reach, **options)
        self.nodes[name] = Node(self, name, self.tested if tested else self.oracle, config, arguments, environment)
        return self.nodes[name].start() if start else self.nodes[name]

    # --- the verdict -------------------------------------------------------------------------------------------------
    def note(self, *what):
        self.notes.append(" ".join(str(each) for each in what))

    def note_peer(self, node, peer, *names):
        """Fields of `show peers`; they are not compared with a program that does not have the command."""
        found = node.peers().get(peer, {})
        self.note("show peers:", {name: found.get(name) for name in names} if node.shows_peers() else MISSING)

    def expect(self, holds, what):
        if not holds:
            self.failures.append(what)
        return holds

    def wait(self, ready, complaint, limit=10.0):
        deadline = time.monotonic() + limit
        while not ready():
            now = time.monotonic()
            if now > deadline:
                raise Failed(complaint)
            time.sleep(min(0.1, max(0.02, (now - deadline + limit) / 10)))  # many others may wait at the same time

    def agree(self, table, nodes, wanted=None, limit=1.0, since=None, but=(), count=None, what=""):
        """All nodes show the same table (the first one's, or `wanted`). How long it took is a figure that is judged by `limit` seconds, or by
        twice what HAProxy took on the same machine."""
        begin = since or time.monotonic()
        what = what or table
        while True:
            now = time.monotonic()
            shown = []
            used = {node.used(table) for node in nodes}
            if len(used) == 1 and count in (None, *used) or now - begin > limit + PATIENCE:
                shown = [{key: {name: value for name, value in data.items() if name not in but} for key, data in node.table(table).items()} for node in nodes]
                reference = wanted if wanted is not None else shown[0]
                if all(each == reference for each in shown) and (count is None or len(reference) == count):
                    self.figures.append(Figure(what, now - begin, limit))
                    return True
            if now - begin > limit + PATIENCE:
                break
            time.sleep(0.01)
        for node, each in zip(nodes, shown):
            odd = [(key, reference.get(key), each.get(key)) for key in sorted({*reference, *each}) if reference.get(key) != each.get(key)]
            if odd or count is not None and len(each) != count:
                self.failures.append(f"{what} on {node.name}: {len(each)} entries, {len(odd)} differ, such as {odd[:3]}")
        return False

    def close(self):
        for node in self.nodes.values():
            for process in [node.process, *node.others]:
                end(process)
            complaint = node.complaints()
            if complaint:
                self.failures.append(complaint)
        for link in self.links:
            link.close()
        for each in [*self._listeners]:
            each.close()
        for each in self._servers:
            each.stop()
        self.ports.close()
        shutil.rmtree(self.dir, ignore_errors=True)
