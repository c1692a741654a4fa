"""Health checks: state changes, their log lines, and who gets the traffic meanwhile."""

import time

from harness import BASE, case, closer, greeter

CFG = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    server s1 127.0.0.1:[[s1]] check inter 200ms rise 2 fall 2
    server s2 127.0.0.1:[[s2]] check inter 200ms rise 2 fall 2
"""
TWO = {"s1": closer(b"s1\n"), "s2": closer(b"s2\n")}


def ask(env, count):
    """One client after the other; each is logged before the next comes."""
    for _ in range(count):
        c = env.client()
        c.recv_line()
        c.shut().to_end()
        env.asked = getattr(env, "asked", 0) + 1
        env.logs(env.asked, r"\d/\d+ \d/\d")


@case(CFG, TWO, must=["Server l/s2 is DOWN, reason: Layer4 connection problem", "Server l/s2 is UP, reason: Layer4 check passed"])
def one_of_two_dies_and_returns(env):
    time.sleep(0.5)  # both have been seen alive
    ask(env, 2)
    env.stubs["s2"].stop()
    env.logs(1, "s2 is DOWN")
    ask(env, 3)
    env.stubs["s2"].start()
    env.logs(1, "s2 is UP")
    ask(env, 4)


@case(CFG, TWO, must=["proxy l has no server available", "SC"])
def both_die(env):
    time.sleep(0.5)
    env.stubs["s1"].stop()
    env.logs(1, "s1 is DOWN")
    env.stubs["s2"].stop()
    env.logs(1, "s2 is DOWN")
    env.logs(1, "has no server")
    c = env.client()
    c.to_end()
    env.logs(1, " SC ")
    env.stubs["s1"].start()
    env.logs(1, "s1 is UP")
    env.asked = 1
    ask(env, 2)


@case(CFG, {"s1": closer(b"s1\n")}, must=["s2 is DOWN"])
def dead_from_the_start(env):
    env.logs(1, "s2 is DOWN")
    ask(env, 3)


VERBOSE = CFG.replace("balance", "option log-health-checks\n    balance").replace("fall 2", "fall 3")


@case(VERBOSE, TWO, must=["status: 2/3 UP", "status: 1/2 DOWN"])
def every_change_of_the_counter_is_logged(env):
    env.sorted = True
    env.logs(2, "succeeded.*3/3 UP")
    env.stubs["s2"].stop()
    env.logs(1, "s2 is DOWN")
    env.stubs["s2"].start()
    env.logs(1, "s2 is UP")


BACKUP = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    server s1 127.0.0.1:[[s1]] check inter 200ms rise 2 fall 2
    server s2 127.0.0.1:[[s2]] check inter 200ms backup
"""


@case(BACKUP, TWO, must=["Running on backup", "s2"])
def a_backup_takes_over(env):
    time.sleep(0.3)
    ask(env, 2)
    env.stubs["s1"].stop()
    env.logs(1, "s1 is DOWN")
    ask(env, 2)
    env.stubs["s1"].start()
    env.logs(1, "s1 is UP")
    ask(env, 2)


SILENT = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    timeout check 300ms
    server s1 127.0.0.1:[[s1]] check inter 400ms fall 1
    server s2 127.0.0.1:[[s2]]
"""


@case(SILENT, {"s2": greeter(b"s2\n")}, must=["Layer4 timeout"], start=False)
def unanswered_syn(env):
    env.full_port("s1")
    env.start(SILENT)
    env.logs(1, "s1 is DOWN")


PROXIED = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    server v1 127.0.0.1:[[v1]] check inter 5s send-proxy
    server v2 127.0.0.1:[[v2]] check inter 5s send-proxy-v2
"""


@case(PROXIED, {}, must=["header v2 20 00"], start=False)
def checks_send_the_proxy_header(env):
    env.stub("v1", lambda peer: peer.proxy_header().to_end())
    env.stub("v2", lambda peer: peer.proxy_header().to_end())
    env.hide(r"127.0.0.1 \d+ <v1>", "127.0.0.1 PORT <v1>")
    env.start(PROXIED)
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline and not all(any(lines for lines in stub.connections) for stub in env.stubs.values()):
        time.sleep(0.02)
    time.sleep(0.1)
