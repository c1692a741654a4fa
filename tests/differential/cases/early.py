"""Clients that have ended or reset before the program accepts them: the process is stopped meanwhile, so nothing is a race."""

import os
import signal
import time

from harness import GLOBAL, case
from rows import pairs, servers

TIMES = GLOBAL + """
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 400ms
    timeout client 3s
    timeout server 3s
    retries 0
"""


def banner(peer):
    """The server that speaks first, a moment after the connection."""
    time.sleep(0.05)
    peer.send(b"banner\n")
    peer.to_end()
    peer.send(b"bye\n")


ACTS = {"fin": lambda c: c.shut(), "close": lambda c: c.close(), "reset": lambda c: c.reset(),
        "datafin": lambda c: c.send(b"data").shut(), "dataclose": lambda c: c.send(b"data").close()}


def all_at_once(env, rows):
    """Each client acts before the program gets to see it."""
    env.sorted = True
    env.process.send_signal(signal.SIGSTOP)
    peers = []
    for name in rows:
        peer = env.client(name, name=name)
        ACTS[next(act for act in ("datafin", "dataclose", "fin", "close", "reset") if act in name)](peer)
        peers.append((name, peer))
    env.process.send_signal(signal.SIGCONT)
    for name, peer in peers:
        peer.mark()
        if "fin" in name:
            peer.to_end()


def stubs(names):
    """Who talks to a client that has closed may be told so or not in time: such servers only listen."""
    return servers(**{name: (lambda peer: peer.to_end()) if "close" in name else banner for name in names})


def rows(text, base=TIMES):
    """One row per act."""
    names = [prefix + act for prefix in text for act in ACTS]
    return names, pairs(base, **{name: lines for prefix, lines in text.items() for act in ACTS for name in (prefix + act,)})


PLAIN, PLAIN_CFG = rows({"": "server s @"})


@case(PLAIN_CFG, stubs(PLAIN), must=["banner", "fin fin/s .* --", "reset reset/<NOSRV> -1/-1/.* CR", "close close/s .* --"])
def before_the_accept(env):
    all_at_once(env, PLAIN)
    env.logs(len(PLAIN))


RULES, RULES_CFG = rows({"wait": "tcp-request inspect-delay 300ms; tcp-request content accept if { req.len ge 9 }; server s @",
                         "rej": "tcp-request content reject if { req.len ge 1 }; server s @"})


@case(RULES_CFG, stubs(RULES), must=["CR", "PR", "banner"])
def before_the_accept_with_rules(env):
    all_at_once(env, RULES)
    env.logs(len(RULES))


DEAD, DEAD_CFG = rows({"refused": "server s @", "full": "server s 127.0.0.1:[[full]]", "nobody": ""})


@case(DEAD_CFG, start=False, must=["CR", "SC", "sC"])
def before_the_accept_without_a_server(env):
    env.full_port("full")
    env.start(DEAD_CFG)
    all_at_once(env, DEAD)
    env.logs(len(DEAD))


ASAP, ASAP_CFG = rows({"asap": "option logasap; server s @", "refused": "option logasap; server s 127.0.0.1:[[nobody]]",
                       "rejected": "option logasap; tcp-request content reject; server s @", "null": "option dontlognull; server s @"})


@case(ASAP_CFG, stubs(ASAP), must=[r"\+0 CR", r"\+0 SC", r"\+0 PR"])
def logs_of_those(env):
    all_at_once(env, ASAP)
    env.logs(len(ASAP) - 3)


UNIX = TIMES + """
listen fe
    bind unix@[[dir]]/fe.sock
    server s 127.0.0.1:[[s]]
"""


@case(UNIX, {"s": banner}, must=["banner", " --"])
def over_a_unix_socket(env):
    env.process.send_signal(signal.SIGSTOP)
    client = env.client(name="unix", path=os.path.join(env.dir, "fe.sock")).shut()
    env.process.send_signal(signal.SIGCONT)
    client.to_end()
    env.logs(1)


@case(PLAIN_CFG, stubs(PLAIN), must=["banner"])
def right_after_the_connect(env):
    """Whether the FIN or the server's side comes first is luck; the answer is certain. (A reset is a race in earnest.)"""
    for number in range(8):
        env.client("fin", name=f"fin {number}").shut().to_end()
        env.logs(number + 1)
