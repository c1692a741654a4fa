"""The process itself: inherited sockets, dropped privileges, limits, notification of systemd."""

import os
import re
import socket

from harness import BASE, answering, case

LISTEN = """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""
S = {"s": answering()}


def ask(env, to="fe", **how):
    c = env.client(to, **how)
    c.send(b"line\n").recv_line()
    c.shut().to_end()


def status_of(pid, *fields):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        rows = dict(row.split(":", 1) for row in file.read().splitlines())
    return " ".join(f"{field}={rows[field].split()[0]}" for field in fields)


INHERITED = BASE + """
listen fe
    bind "fd@${INHERITED}"
    server s 127.0.0.1:[[s]]
"""


@case(INHERITED, S, start=False, must=["fe fe/s"])
def inherited_listening_socket(env):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", env.port("fe")))
        listener.listen(16)
        env.environment["INHERITED"] = str(listener.fileno())
        env.start(INHERITED, pass_fds=[listener.fileno()])
    ask(env)
    env.logs(1)


@case(BASE.replace("\nglobal\n", "\nglobal\n    user nobody\n    group nogroup\n    chroot [[dir]]\n") + LISTEN, S)
def privileges_are_dropped(env):
    """Both ways of logging still work afterwards; without root there is nothing to drop."""
    ask(env)
    env.logs(1)
    env.note(status_of(env.process.pid, "Uid", "Gid"))
    env.note("root directory is the folder: " + str(os.path.realpath(f"/proc/{env.process.pid}/root") == os.path.realpath(env.dir)))


TWICE = "\nglobal\n    user nobody\n    uid 0\n    gid 65534\n    group root\n    chroot [[dir]]\n    chroot /\n"


@case(BASE.replace("\nglobal\n", TWICE) + LISTEN, S)
def privileges_that_are_set_twice(env):
    """The first setting holds: a later one would hand rights back."""
    ask(env)
    env.logs(1)
    env.note(status_of(env.process.pid, "Uid", "Gid"))
    env.note("root directory is the folder: " + str(os.path.realpath(f"/proc/{env.process.pid}/root") == os.path.realpath(env.dir)))


@case(BASE.replace("\nglobal\n", "\nglobal\n    maxconn 3000\n") + LISTEN, S, must=["enough: True"])
def descriptor_limit_follows_maxconn(env):
    ask(env)
    env.logs(1)
    with open(f"/proc/{env.process.pid}/limits", encoding="ascii") as file:
        limit = int(re.search(r"Max open files\s+(\d+)", file.read()).group(1))
    env.note(f"enough: {limit >= 6000}")


def notified(env):
    """Starts with -Ws and a NOTIFY_SOCKET; waits for READY=1."""
    path = os.path.join(env.dir, "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(path)
        sock.settimeout(8)
        env.environment["NOTIFY_SOCKET"] = path
        env.start(BASE + LISTEN, ("-Ws",))
        try:
            while "READY=1" not in sock.recv(4096).decode().splitlines():
                pass
            env.note("ready: True")
        except TimeoutError:
            env.note("ready: False")


@case("", S, start=False, must=["ready: True", "fe fe/s"])
def notifies_systemd(env):
    notified(env)
    ask(env)
    env.logs(1)
    env.process.terminate()
    env.wait_exit()


@case("", S, start=False, must=["ready: True", "exit 0"])
def soft_stop_under_systemd(env):
    notified(env)
    ask(env)
    env.logs(1)
    env.signal(10)
    env.wait_exit()


FAMILIES = BASE + """
frontend any
    bind :::[[six]] v6only
    bind ipv4@*:[[four]]
    bind unix@[[dir]]/front.sock mode 666
    bind abns@[[abns front]]
    default_backend be
backend be
    server s unix@[[dir]]/back.sock
"""


@case(FAMILIES, {}, start=False, must=["::1:<six", "unix:3"])
def address_families(env):
    back = socket.socket(socket.AF_UNIX)
    back.bind(os.path.join(env.dir, "back.sock"))
    back.listen(8)
    env._held.append(back)
    env.start(FAMILIES)
    name = ("\0" + env.fill("[[abns front]]")).ljust(108, "\0")  # HAProxy's abstract names fill the whole field
    for count, how in enumerate(({"to": "six", "dst": "::1", "name": "six"}, {"to": "four", "name": "four"},
                                 {"path": os.path.join(env.dir, "front.sock"), "name": "unix"}, {"path": name, "name": "abns"}), 1):
        c = env.client(**how)
        c.send(b"line\n")
        with back.accept()[0] as served:
            served.sendall(b"got " + served.recv(100))
        c.to_end()
        c.shut()
        env.logs(count)
    env.note("mode " + oct(os.stat(os.path.join(env.dir, "front.sock")).st_mode & 0o777))
