"""One program's run of a case: its folder, ports, stub servers, process, clients and transcript."""

import collections
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import certs
import logs
from peer import LIMIT, Peer
from nameserver import NameServer
from ports import Ports, abstract_names, listening, towards
from stubs import Stub

PLACEHOLDER = re.compile(r"\[\[(\w+)(?: ([\w.-]+))?\]\]")
BOUND = re.compile(r"^\s*bind\s+[^#\n]*?:\[\[(\w+)\]\]", re.MULTILINE)
LOCAL = re.compile(r"^\s*bind\s+(?:unix@)?(/|abns@)(\S+)", re.MULTILINE)
STARTUP = 10.0
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing is left behind when the harness is killed
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever starts the harness in the background has it ignored


def _local_exists(kind, rest):
    if kind == "/":
        return os.path.exists("/" + rest)
    return any(name.startswith("@" + rest) for name in abstract_names())


class StartFailed(Exception):
    """The program ended, or did not listen in time; the transcript says which."""


class Env:
    """What a case's `traffic(env)` gets. Names in the configuration: [[fe]] a port, [[abns x]], [[log]], [[udp]], [[dir]], [[pem x]]."""

    def __init__(self, binary, role, environment=None, extra=()):
        self.binary, self.role, self.extra = binary, role, list(extra)
        self.environment = dict(os.environ, **(environment or {}))
        self.dir = tempfile.mkdtemp(prefix=f"differential-{role}-")
        self.ports, self.names, self.numbers = Ports(), {}, {}
        self.sink = logs.LogSink(self.dir)
        self.numbers[self.sink.udp] = "udp"
        self.stubs, self.clients, self.script = {}, {}, []
        self.process, self.life, self.sorted, self.out = None, False, False, None
        self.name_servers = []
        self._full = {}  # listeners and their fillers' ports
        self.hidden, self._held = [], []  # (pattern, replacement) on both sides; sockets kept open
        self._lock = threading.Lock()
        os.chmod(self.dir, 0o755)

    # --- names ---------------------------------------------------------------------------------------------------
    def port(self, name):
        with self._lock:
            if name not in self.names:
                self.names[name] = self.ports.take()
                self.numbers[self.names[name]] = name
            return self.names[name]

    def _value(self, found):
        word, argument = found.group(1), found.group(2)
        if word == "abns":
            return f"{os.path.basename(self.dir)}-{argument}"
        if word == "pem":
            return certs.path(argument)
        if word == "clients":
            return certs.clients()
        fixed = {"log": self.sink.path, "udp": f"127.0.0.1:{self.sink.udp}", "dir": self.dir}
        return fixed.get(word) or str(self.port(word))

    def fill(self, text):
        return PLACEHOLDER.sub(self._value, text)

    def file(self, name, text):
        """Writes a file into the case's folder; its path."""
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8", newline="") as out:
            out.write(self.fill(text))
        return path

    # --- actors --------------------------------------------------------------------------------------------------
    def stub(self, name, behaviour, **options):
        self.stubs[name] = Stub(name, self.port(name), behaviour, **options)
        return self.stubs[name]

    def name_server(self, name="ns", **options):
        """A name server at a named port, for `nameserver x 127.0.0.1:[[ns]]`; started before the program."""
        server = NameServer(self.port(name), **options)
        self.name_servers.append(server)
        return server

    def client(self, to="fe", name=None, src="127.0.0.1", dst="127.0.0.1", path=None):
        """Connects to a named port (or a unix path) from a port that the transcript knows."""
        name = name or f"c{len(self.clients) + 1}"
        lines = self.clients[name] = []
        return self._connect(to, name, src, dst, path, lines)

    def _connect(self, to, name, src, dst, path, lines):
        if path:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(path)
            return Peer(sock, lines, name)
        sock = socket.socket(socket.AF_INET6 if ":" in dst else socket.AF_INET)
        sock.settimeout(LIMIT)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = self.ports.take()
        self.numbers[port] = name
        sock.bind(("::1" if ":" in dst else src, port))
        peer = Peer(sock, lines, name)
        try:
            sock.connect((dst, self.port(to)))
        except ConnectionResetError:
            peer.ended = "RST"  # it came before connect() returned
        except OSError as error:
            peer.ended = "refused"
            lines.append(f"connect failed: {type(error).__name__}")
        return peer

    def full_port(self, name):
        """A port whose accept queue is full: a SYN to it is never answered. Call before `start`."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port(name)))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port(name)))
        self._held += [listener, *fillers]
        self._full[name] = listener, [filler.getsockname()[1] for filler in fillers]

    def relieve(self, name, behaviour):
        """Makes room at a full port: whose SYN is repeated after this gets in, and `behaviour` serves it."""
        listener, strangers = self._full[name]
        self.stub(name, behaviour, listener=listener, strangers=strangers)

    def relieve_unseen(self, names, behaviour):
        """Serves full ports that the program is connecting to while it is stopped: it finds the connections and their first
        bytes at once."""
        def each(what):
            return all(towards(self.port(name))[what] - set(self._full[name][1]) for name in names)
        self._wait(lambda: each(0), "did not connect in time")
        self.signal(signal.SIGSTOP)
        for name in names:
            self.relieve(name, behaviour)
        self._wait(lambda: each(1), "was not answered in time")
        self.signal(signal.SIGCONT)

    def hide(self, pattern, replacement="?"):
        """Takes out of both transcripts what no two runs have in common."""
        self.hidden.append((pattern, replacement))

    def parallel(self, *scripts):
        """Runs scripts side by side; log lines and server transcripts are then compared without order."""
        self.sorted = True
        failures = []

        def guarded(script):
            try:
                script()
            except Exception as error:
                failures.append(error)
        threads = [threading.Thread(target=guarded, args=(script,), daemon=True) for script in scripts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        if failures:
            raise failures[0]

    def note(self, text):
        self.script.append(text)

    def logs(self, count, pattern=r"(?!.*Proxy \S+ st)", limit=4.0):
        """Waits for that many log lines in all."""
        have = self.sink.wait(count, limit, pattern)
        if have < count:
            self.note(f"only {have} of {count} log lines came")

    # --- the process ---------------------------------------------------------------------------------------------
    def start(self, text, arguments=("-db",), ports=(), **options):
        """Runs the program with this configuration until all ports that its `bind` lines (and `ports`) name are listening."""
        path = self.file("haproxy.cfg", text)
        wanted = {self.port(name) for name in [*BOUND.findall(text), *ports]}
        self.launch([*arguments, "-f", path], **options)
        local = LOCAL.findall(self.fill(text))
        self._wait(lambda: wanted <= listening() and all(_local_exists(*each) for each in local), "did not listen in time")
        return self

    def wait_listening(self, *names):
        """Until these ports are listened to in our own network."""
        wanted = {self.port(name) for name in names}
        self._wait(lambda: wanted <= listening(), "did not listen in time")

    def launch(self, arguments, ignoring=(), **options):
        """Runs the program; `ignoring`: names of signals that it finds ignored."""
        def prepare():
            _die_with_parent()
            for name in ignoring:
                signal.signal(signal.Signals[name], signal.SIG_IGN)

        self.out, self.err = os.path.join(self.dir, "stdout"), os.path.join(self.dir, "stderr")
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen([self.binary, *arguments, *self.extra], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=err, env=self.environment, cwd=self.dir, preexec_fn=prepare, **options)

    def _wait(self, ready, complaint):
        deadline = time.monotonic() + STARTUP
        while not ready():
            if self.process.poll() is not None:
                self.note(f"start failed: exit {self.process.returncode}")
                raise StartFailed(self.text_of(self.err))
            if time.monotonic() > deadline:
                self.note(complaint)
                raise StartFailed(complaint)
            time.sleep(0.004)

    def run(self, arguments, limit=20):
        """Runs the program to its end (for `-c` and the like): exit status and output, not recorded."""
        return subprocess.run([self.binary, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=self.environment, cwd=self.dir, timeout=limit, preexec_fn=_die_with_parent, check=False)

    def signal(self, number):
        self.process.send_signal(number)

    def wait_exit(self, limit=8.0):
        """Exit status, with the time it took since the call; recorded."""
        begin = time.monotonic()
        try:
            status = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.note("did not exit")
            return
        self.note(f"exit {status} at ~{round((time.monotonic() - begin) * 1000)}ms~")

    def text_of(self, path):
        with open(path, encoding="utf-8", errors="backslashreplace") as text:
            return text.read()

    def wait_output(self, path, pattern, count=1, limit=4.0):
        """Waits until a file that the program writes holds `count` matches."""
        deadline = time.monotonic() + limit
        while len(re.findall(pattern, self.text_of(path) if os.path.exists(path) else "", re.MULTILINE)) < count:
            if time.monotonic() > deadline:
                self.note(f"no {count} x {pattern} in {os.path.basename(path)}")
                return
            time.sleep(0.01)

    # --- the end -------------------------------------------------------------------------------------------------
    def finish(self):
        """Stops the process and what belongs to it; the scripts of the servers get a moment to see the end."""
        self._join_stubs(0.5)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.note(f"stopped: exit {self.process.wait(6)}")
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                self.note("had to be killed")
        self._join_stubs(1.0)
        self.sink.drain()

    def abort(self):
        """For a case that ran out of time."""
        if self.process and self.process.poll() is None:
            self.process.kill()

    def _join_stubs(self, patience):
        deadline = time.monotonic() + patience
        for stub in self.stubs.values():
            stub.join(lambda: deadline - time.monotonic())

    def clean(self):
        for stub in self.stubs.values():
            stub.stop()
        for server in self.name_servers:
            server.close()
        for sock in self._held:
            sock.close()
        self.sink.close()
        self.ports.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def complaints(self):
        """What sanitizers wrote: always a failure, whatever the transcripts say."""
        text = self.text_of(self.err) if self.process else ""
        found = re.search(r".*(Sanitizer|runtime error:).*", text)
        return text[found.start():found.start() + 4000] if found else ""

    def normalised(self, line):
        def name(found):
            return f"<{self.numbers[int(found.group())]}>" if int(found.group()) in self.numbers else found.group()
        line = re.sub(r"(?<![0-9A-Za-z])\d{5}(?![0-9A-Za-z])", name, line)
        line = line.replace(os.path.basename(self.dir), "<dir>").replace(tempfile.gettempdir() + "/<dir>", "<dir>")
        for pattern, replacement in self.hidden:
            line = re.sub(pattern, replacement, line)
        return line

    def transcript(self):
        """Actor -> lines, ready for comparison."""
        kept = [logs.normalised(line) for line in self.sink.lines if "<HTTPCLIENT>" not in line]
        kept = [line for line in kept if self.life or not logs.is_life(line)]
        result = collections.OrderedDict()
        if self.sorted:
            kept = [logs.without_counters(line) for line in kept]
        for name in sorted(self.clients):
            result["client " + name] = [self.normalised(line) for line in self.clients[name]]
        for name in sorted(self.stubs):
            seen = [[self.normalised(line) for line in said] for said in self.stubs[name].connections]
            if self.sorted:
                seen.sort(key=lambda said: [re.sub(r"~-?\d+ms~", "", line) for line in said])
            for index, said in enumerate(seen):
                result[f"server {name} #{index + 1}"] = said
        kept = [self.normalised(line) for line in kept]
        result["log"] = sorted(kept, key=lambda line: re.sub(r"~-?\d+ms~", "", line)) if self.sorted else kept
        result["script"] = [self.normalised(line) for line in self.script]
        return result
