"""Limits: maxconn of a frontend, of the process and of a server; who waits is served later."""

import time

from harness import BASE, case, greeter

FRONTEND = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    maxconn 2
    default_backend be
backend be
    server s 127.0.0.1:[[s]]
"""
S = {"s": greeter(b"hi\n")}


def four_clients(env):
    """Two are served; the others get their turn when one leaves."""
    env.sorted = True
    first = [env.client(name=f"{n} first") for n in range(2)]
    for c in first:
        c.recv_line()
    waiting = [env.client(name=f"{n} waiting") for n in (2, 3)]
    time.sleep(0.3)
    for c in waiting:
        c.silence(0.05)
    first[0].shut().to_end()
    waiting[0].recv_line()
    time.sleep(0.3)
    waiting[1].silence(0.05)
    first[1].shut().to_end()
    waiting[1].recv_line()
    for c in waiting:
        c.shut().to_end()
    env.logs(4)


@case(FRONTEND, S, must=["waiting", "~[3-6]\\d\\dms~"])
def frontend_maxconn(env):
    four_clients(env)


@case(FRONTEND.replace("    maxconn 2\n", "").replace("\nglobal\n", "\nglobal\n    maxconn 2\n"), S)
def process_maxconn(env):
    four_clients(env)


SERVER = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]] maxconn 2
"""


@case(SERVER, S)
def server_maxconn(env):
    four_clients(env)


TWO = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    server s1 127.0.0.1:[[s1]] maxconn 1
    server s2 127.0.0.1:[[s2]] maxconn 1
"""


@case(TWO, {"s1": greeter(b"s1\n"), "s2": greeter(b"s2\n")}, must=["s1", "s2"])
def a_freed_slot_takes_the_next_in_line(env):
    a, b = env.client(name="a"), None
    a.recv_line()
    b = env.client(name="b")
    b.recv_line()
    waiting = env.client(name="waiting")
    waiting.silence(0.3)
    b.shut().to_end()
    waiting.recv_line()
    waiting.shut().to_end()
    a.shut().to_end()
    env.logs(3)
