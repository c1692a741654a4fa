"""Namespaces that the file names: of listeners, servers and checks. Needs the right to make network namespaces."""

import sys
import time

import netns
from harness import BASE, case, greeter
from peer import Peer

ALLOWED = netns.available()
if not ALLOWED:
    print("*** namespaces.*: no network namespace can be made here: NOT COMPARED ***", file=sys.stderr)

INSIDE = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]] namespace {name} {check}
listen inside
    bind 127.0.0.1:[[inside]] namespace {name}
    server s 127.0.0.1:[[outer]]
"""


def namespaced(env, check=""):
    network = netns.Network()
    try:
        env.stub("s", greeter(b"inside\n"), listener=network.listener("127.0.0.1", env.port("s")))
        env.stub("outer", greeter(b"outside\n"))
        env.file("haproxy.cfg", INSIDE.format(name=network.name, check=check))
        env.launch(["-db", "-f", env.dir + "/haproxy.cfg"])
        env.wait_listening("fe")
        yield network
    finally:
        network.remove()


def of_servers_and_listeners(env):
    for network in namespaced(env):
        c = env.client()
        c.recv_line()
        c.shut().to_end()
        env.logs(1)
        env.hide(r"127\.0\.0\.1:\d+ \[DATE\] inside", "127.0.0.1:PORT [DATE] inside")
        from_inside = Peer(network.connect("127.0.0.1", env.port("inside")), env.clients.setdefault("from inside", []), "from inside")
        from_inside.recv_line()
        from_inside.shut().to_end()
        env.logs(2)
        env.client("inside", name="from outside").to_end()


def of_checks(env):
    for _ in namespaced(env, "check inter 200ms"):
        time.sleep(0.7)
        c = env.client()
        c.recv_line()
        c.shut().to_end()
        env.logs(1)


def unknown(env):
    done = env.run(["-c", "-f", env.file("x.cfg", INSIDE.format(name="no-such-thing", check=""))])
    env.note(f"exit {done.returncode}")


if ALLOWED:
    case(must=[r"inside\\n", r"outside\\n", "refused"], start=False)(of_servers_and_listeners)
    case(must=[r"inside\\n"], start=False)(of_checks)
    case(must=["exit 1"], start=False)(unknown)
