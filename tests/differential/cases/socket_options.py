"""Options of sockets, asked of the program's own descriptors: keep-alive, user timeouts, segment sizes, fast open."""

import ctypes
import os
import re
import socket

from harness import BASE, case, greeter
from ports import connections

PIDFD_OPEN, PIDFD_GETFD = 434, 438
OPTIONS = {"keepalive": (socket.SOL_SOCKET, socket.SO_KEEPALIVE), "idle": (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
           "interval": (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL), "count": (socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
           "user timeout": (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), "fast open": (socket.IPPROTO_TCP, socket.TCP_FASTOPEN),
           "nodelay": (socket.IPPROTO_TCP, socket.TCP_NODELAY)}
_libc = ctypes.CDLL(None, use_errno=True)


def socket_of(env, local=None, remote=None, state="01"):
    """A copy of the program's descriptor of the connection (or listener, state 0A) with these ports."""
    inodes = {fields[9] for fields in connections() if fields[3] == state and local in (None, int(fields[1][-4:], 16))
              and remote in (None, int(fields[2][-4:], 16))}
    pid = env.process.pid
    for name in os.listdir(f"/proc/{pid}/fd"):
        target = os.readlink(f"/proc/{pid}/fd/{name}")
        if target.removeprefix("socket:[").removesuffix("]") in inodes:
            watched = _libc.syscall(PIDFD_OPEN, pid, 0)
            copy = _libc.syscall(PIDFD_GETFD, watched, int(name), 0)
            os.close(watched)
            return socket.socket(fileno=copy)
    raise LookupError(f"no socket {local} {remote}")


def note_options(env, title, wanted, **where):
    with socket_of(env, **where) as sock:
        env.note(title + ": " + ", ".join(f"{name} {sock.getsockopt(*OPTIONS[name])}" for name in wanted))


def listen(bind="", lines="", server=""):
    return BASE + f"""
listen l
    bind 127.0.0.1:[[fe]] {bind}
    {lines}
    server s 127.0.0.1:[[s]] {server}
"""


PROBES = ("keepalive", "idle", "interval", "count")
SETTINGS = {
    "without_probes": "",
    "probes_of_both": "option tcpka",
    "probes_of_clients": "option clitcpka\n    clitcpka-idle 20s\n    clitcpka-intvl 3s\n    clitcpka-cnt 5",
    "probes_of_servers": "option srvtcpka\n    srvtcpka-idle 1m\n    srvtcpka-intvl 2500ms\n    srvtcpka-cnt 2",
    "settings_without_the_option": "clitcpka-idle 20s\n    srvtcpka-cnt 4",
}
for name, lines in SETTINGS.items():
    def probes(env):
        c = env.client()
        c.recv_line()
        note_options(env, "client", PROBES, local=env.port("fe"))
        note_options(env, "server", PROBES, remote=env.port("s"))
        c.shut().to_end()
        env.logs(1)
    probes.__name__ = name
    case(listen(lines=lines), {"s": greeter(b"hi\n")}, must=[f"client: keepalive {int(name in ('probes_of_both', 'probes_of_clients'))}"])(probes)


@case(listen(bind="tcp-ut 3s", server="tcp-ut 1500ms"), {"s": greeter(b"hi\n")}, must=["client: user timeout 3000", "server: user timeout 1500"])
def user_timeouts(env):
    c = env.client()
    c.recv_line()
    note_options(env, "client", ["user timeout", "nodelay"], local=env.port("fe"))
    note_options(env, "server", ["user timeout", "nodelay"], remote=env.port("s"))
    c.shut().to_end()
    env.logs(1)


for name, bind in {"segments": "mss 600", "segments_less_than_the_kernels": "mss -200", "segments_of_the_kernel": ""}.items():
    def segments(env):
        c = env.client()
        c.recv_line()
        env.note(f"segments of {c.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)}")
        c.shut().to_end()
        env.logs(1)
    segments.__name__ = name
    case(listen(bind=bind), {"s": greeter(b"hi\n")}, must=["segments of \\d+"])(segments)


@case(listen(bind="tfo backlog 77", server="tfo"), {"s": greeter(b"hi\n")}, must=["fast open 77"])
def fast_open(env):
    c = env.client()
    c.send(b"x")
    c.recv_line()
    note_options(env, "listener", ["fast open"], local=env.port("fe"), state="0A")
    c.shut().to_end()
    env.logs(1)


@case(listen(bind="maxconn 1"), {"s": greeter(b"hi\n")}, must=["client waits\n +received"])
def connections_of_a_listener(env):
    env.sorted = True
    first = env.client(name="first")
    first.recv_line()
    second = env.client(name="waits")
    second.silence(0.4)
    first.shut().to_end()
    second.recv_line()
    second.shut().to_end()
    env.logs(2)


SECOND = listen(bind="maxconn 1").replace("\n    \n", "\n    bind 127.0.0.1:[[more]]\n")


@case(SECOND, {"s": greeter(b"hi\n")}, must=["client other\n +received"])
def another_listener_is_free(env):
    env.sorted = True
    first, other = env.client(name="first"), env.client("more", name="other")
    for c in (first, other):
        c.recv_line()
    for c in (first, other):
        c.shut().to_end()
    env.logs(2)


STRUCTURED = BASE.replace("log [[udp]] local0", "log [[udp]] format rfc5424 local0") + """
listen l
    bind 127.0.0.1:[[fe]]
    log-format-sd "%{+E}o [x@1234 from=\\"%[src]\\" name=\\"%b\\" odd=\\"%[str(a]b)]\\"]"
    server s 127.0.0.1:[[s]]
"""
for name, text in {"structured_data": STRUCTURED, "structured_data_only_where_it_fits": STRUCTURED.replace("rfc5424", "rfc3164"),
                   "without_structured_data": re.sub(" +log-format-sd.*\n", "", STRUCTURED)}.items():
    def structured(env):
        c = env.client()
        c.recv_line()
        c.shut().to_end()
        env.logs(1)
    structured.__name__ = name
    case(text, {"s": greeter(b"hi\n")}, must=[r"x@1234 from=.127.0.0.1" if name == "structured_data" else "l/s"])(structured)
