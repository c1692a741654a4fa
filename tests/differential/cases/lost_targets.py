"""Log targets that are gone, come back, or never read: no client notices."""

import os
import socket

from harness import DEFAULTS, answering, case

TEXT = """
global
    nbthread 1
    log {target} local1
    log [[udp]] local0
""" + DEFAULTS + """
listen l
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""
S = {"s": answering()}


def served(env, count):
    c = env.client()
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.logs(count)


class Daemon:
    """A syslog daemon of our own on a unix socket."""

    def __init__(self, env):
        self.path = os.path.join(env.dir, "other.sock")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        os.chmod(self.path, 0o666)
        self.sock.settimeout(2)

    def hears(self, env, what):
        try:
            while what not in (line := self.sock.recv(4096).decode()):
                pass
            env.note("heard " + line[line.index(what):].split()[0])
        except TimeoutError:
            env.note("heard nothing")

    def vanish(self):
        self.sock.close()
        os.unlink(self.path)


LOCAL = TEXT.format(target="[[dir]]/other.sock")


@case(LOCAL, S, start=False, must=["heard l/s"])
def a_daemon_that_restarts(env):
    daemon = Daemon(env)
    env.start(LOCAL)
    served(env, 1)
    daemon.hears(env, "l/s")
    daemon.vanish()
    for count in (2, 3, 4):
        served(env, count)
    daemon = Daemon(env)
    served(env, 5)
    daemon.hears(env, "l/s")
    daemon.vanish()


@case(LOCAL, S, must=["fe|l l/s"])
def a_daemon_that_was_never_there(env):
    for count in (1, 2, 3):
        served(env, count)


@case(LOCAL, S, start=False, must=["heard l/s"])
def a_daemon_that_does_not_read(env):
    """Its socket holds a few lines; what comes later is lost."""
    daemon = Daemon(env)
    env.start(LOCAL)
    for count in range(1, 31):
        served(env, count)
    daemon.hears(env, "l/s")
    daemon.vanish()


@case(TEXT.format(target="127.0.0.1:[[nobody]]"), S, must=["l l/s"])
def nobody_at_the_port(env):
    """The kernel tells of the closed port at the next send."""
    for count in (1, 2, 3, 4):
        served(env, count)
