"""Tables of health checks: many backends in one program, each with its own lines and its own scripted server."""

import dataclasses
import re
import time

from harness import GLOBAL, case

CHECKED = GLOBAL.replace("global\n", "global\n    ssl-server-verify none\n") + """
defaults
    mode tcp
    log global
    option log-health-checks
    timeout connect 2s
    timeout client 4s
    timeout server 4s

listen front
    bind 127.0.0.1:[[fe]]
"""


class First(list):
    """In the place of a stub's connections: only those of the first check are shown."""

    def __init__(self, count=1):
        super().__init__()
        self.count = count

    def append(self, lines):
        if len(self) < self.count:
            super().append(lines)


@dataclasses.dataclass
class Row:
    """`says`: what the server does: bytes are sent, None waits for some, a number is a pause, "close" and "reset" end it.
    None for all: nobody listens. `connections`: so many belong to one check; 0: none is shown."""

    name: str
    lines: str
    says: object = ()
    server: str = ""
    connections: int = 1


def script(says):
    def run(peer):
        for step in says:
            if step is None:
                peer.recv_some()
            elif step == "close":
                return
            elif step == "shut":
                peer.shut()
            elif step == "reset":
                peer.reset()
                return
            elif isinstance(step, float):
                peer.sock.settimeout(step)
                peer.silence(step)
            else:
                peer.send(step)
        if "shut" not in says:
            peer.to_end()
        elif rest := peer.rest():  # whether a FIN is answered or crosses a reset is luck
            peer.say(f"received {rest!r}")
    return run


def config(rows, inter=900, top=CHECKED):
    text = top
    for row in rows:
        body = "".join(f"    {line.strip()}\n" for line in row.lines.strip().splitlines())
        text += f"\nbackend {row.name}\n{body}    server s 127.0.0.1:[[{row.name}]] check inter {inter}ms {row.server}\n"
    return text


def serve(env, rows):
    for row in rows:
        if row.says is not None:
            env.stub(row.name, script(row.says)).connections = First(row.connections)


def await_verdicts(env, rows):
    """Until each server was judged, the lines that follow from that are there, and its first connection was seen."""
    env.parallel(lambda: env.logs(len(rows), r"(?=.*Health check for server)", limit=8))
    gone = sum("status: 0/2 DOWN" in line or "conditionally" in line for line in env.sink.lines)
    env.logs(gone, r"(?=.*has no server available)")
    wanted = [env.stubs[row.name] for row in rows if row.name in env.stubs and row.connections and "[[closed]]" not in row.lines]
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and not all(stub.threads and not stub.threads[0].is_alive() for stub in wanted):
        time.sleep(0.01)


def table(name, module, rows, must=(), inter=900, top=CHECKED, **options):
    """Registers a case that waits for the first verdict on each server."""
    def judged(env):
        serve(env, rows)
        env.start(config(rows, inter, top))
        await_verdicts(env, rows)
    judged.__name__, judged.__module__ = name, module
    case(must=must, start=False, **options)(judged)


def quoted(text):
    """Words of a line: blanks and the like escaped."""
    return re.sub(r"([ #\"'\\])", r"\\\1", text)
