"""Servers that vanish without a word. Needs the right to make network namespaces."""

import sys
import time

import netns
from harness import BASE, case, greeter

TEXT = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    {lines}
    retries 0
    server s {far}:[[s]] {server}
"""


def vanishing(name, lines="", server="", must=(), expect_shunt=()):
    """The server's machine is gone a moment after it has greeted; `act(env, network, client)` says what is tried then."""
    def register(act):
        def script(env):
            network = netns.Network()
            env.hide(network.far.replace(".", r"\."), "FAR")
            try:
                env.stub("s", greeter(b"hi\n"), listener=network.listener(network.far, env.port("s")))
                env.start(TEXT.format(lines=lines, server=server, far=network.far))
                act(env, network)
            finally:
                network.remove()
        script.__name__ = name
        if ALLOWED:
            case(TEXT, must=must, expect_shunt=expect_shunt, start=False)(script)
    return register


ALLOWED = netns.available()
if not ALLOWED:
    print("*** vanishing.*: no network namespace can be made here: NOT COMPARED ***", file=sys.stderr)


def connected(env, network):
    c = env.client()
    c.recv_line()
    network.vanish()
    return c.mark()


@vanishing("by_the_time_limit", "timeout server 700ms", must=["sD", "~[67]\\d\\dms~"])
def by_the_time_limit(env, network):
    connected(env, network).send(b"anybody there?").to_end()
    env.logs(1)


@vanishing("by_the_user_timeout", server="tcp-ut 800ms", must=["SD"])
def by_the_user_timeout(env, network):
    connected(env, network).send(b"anybody there?").to_end()
    env.logs(1)


@vanishing("by_probes", "option srvtcpka\n    srvtcpka-idle 1s\n    srvtcpka-intvl 1s\n    srvtcpka-cnt 1\n    timeout server 9s\n    timeout client 9s", must=["SD"])
def by_probes(env, network):
    connected(env, network).to_end(5)
    env.logs(1)


@vanishing("before_the_connection", "timeout connect 500ms", must=["sC"])
def before_the_connection(env, network):
    network.vanish()
    env.client().to_end()
    env.logs(1)


@vanishing("seen_by_checks", "timeout check 300ms", "check inter 400ms fall 2", must=["Layer4 timeout", "DOWN", "SC"])
def seen_by_checks(env, network):
    time.sleep(0.6)
    network.vanish()
    env.logs(1, "s is DOWN")
    env.client().to_end()
    env.logs(1, " SC ")


@vanishing("the_client_goes_meanwhile", "timeout server 1s", must=["sD"], expect_shunt=[
    (r"~\d+ms~ 3 sD", "~240ms~ 3 CD", "a client's reset is noticed even while its bytes cannot be passed on")])
def the_client_goes_meanwhile(env, network):
    c = connected(env, network)
    c.send(b"x" * 100000)
    time.sleep(0.2)
    c.reset()
    env.logs(1)
