"""Chains of proxies inside one program, joined by abns@ and unix@ binds: what each of them logs, and what both ends see.

shunt makes these connections in memory; with --real-sockets the same cases go through the kernel.
"""

import threading
import time

import certs
from harness import BASE, answering, case, closer, greeter, recorder, resetter, silent
from cases.relay import drain, pour


def chain(front="", middle="", first="send-proxy-v2", second="accept-proxy", bind="abns@[[abns inner]]", server="abns@[[abns inner]]"):
    return BASE + f"""
frontend fe
    bind 127.0.0.1:[[fe]]
    {front}
    default_backend hop
backend hop
    server inner {server} {first}
frontend inside
    bind {bind} {second}
    {middle}
    default_backend app
backend app
    server app 127.0.0.1:[[app]]
"""


TWO_LINES = ["fe hop/inner", "inside app/app"]


def exchange(env, count=2):
    env.sorted = True
    c = env.client()
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.logs(count)


def wait_for_the_end(env):
    env.sorted = True
    c = env.client()
    c.to_end()
    c.shut()
    env.logs(2)


def hear_first(env):
    env.sorted = True
    c = env.client()
    c.recv_line()
    c.shut().to_end()
    env.logs(2)


@case(chain(), {"app": answering()}, must=TWO_LINES)
def client_ends(env):
    exchange(env)


@case(chain(first="send-proxy"), {"app": answering()}, must=TWO_LINES)
def header_of_version_1(env):
    exchange(env)


@case(chain(first="", second=""), {"app": answering()}, must=TWO_LINES + ["unix:"])
def without_header(env):
    exchange(env)


@case(chain(bind="unix@[[dir]]/inner.sock", server="unix@[[dir]]/inner.sock"), {"app": answering()}, must=TWO_LINES)
def through_a_path(env):
    exchange(env)


@case(chain(), {"app": closer(b"bye\n")}, must=TWO_LINES)
def server_ends(env):
    wait_for_the_end(env)


@case(chain(), {"app": greeter(b"hello\n")}, must=TWO_LINES)
def server_speaks_first(env):
    hear_first(env)


@case(chain(), {"app": resetter(4)}, must=TWO_LINES)
def server_resets(env):
    env.sorted = True
    c = env.client()
    c.send(b"1234").to_end()
    c.shut()
    env.logs(2)


@case(chain(), {"app": answering()}, must=TWO_LINES)
def client_resets(env):
    env.sorted = True
    c = env.client()
    c.send(b"line\n").recv_line()
    c.reset()
    env.logs(2)


@case(chain(), {"app": recorder(b"after the end\n")}, must=["after the end"])
def half_close_goes_through(env):
    exchange_of_halves(env)


def exchange_of_halves(env):
    env.sorted = True
    c = env.client()
    c.send(b"all I have\n").shut().to_end()
    env.logs(2)


@case(chain(middle="tcp-request connection reject"), {"app": answering()}, must=["fe hop/inner"])
def inner_refuses_the_connection(env):
    env.sorted = True
    env.client().to_end()
    env.logs(1)


@case(chain(middle="tcp-request content reject if { src 127.0.0.1 }"), {"app": answering()}, must=["fe hop/inner", "inside/<NOSRV>|<NOSRV>"])
def inner_rules_see_the_client(env):
    wait_for_the_end(env)


@case(chain().replace("server app 127.0.0.1:[[app]]", "server app 127.0.0.1:[[app]] disabled"), {"app": answering()}, must=["NOSRV"])
def inner_has_no_server(env):
    env.sorted = True
    env.client().to_end()
    env.logs(2)


@case(chain(middle="timeout client 500ms"), {"app": silent()}, must=["cD"])
def inner_times_out(env):
    env.sorted = True
    env.client().send(b"line\n").to_end()
    env.logs(2)


@case(chain(front="timeout client 500ms"), {"app": silent()}, must=["cD"])
def outer_times_out(env):
    env.sorted = True
    env.client().send(b"line\n").to_end()
    env.logs(2)


# The first connection holds the only place inside; the second one waits for it as in a backlog.
@case(chain(middle="maxconn 1"), {"app": answering()}, must=[r"received b.2", "FIN at ~4\\d\\dms~"])
def inner_is_full(env):
    env.sorted = True
    first = env.client(name="first")
    first.send(b"1\n").recv_line()
    second = env.client(name="second")
    second.send(b"2\n")
    second.silence(0.4)
    first.shut().to_end()
    second.recv_line()
    second.shut().to_end()
    env.logs(4)


THREE = chain().replace("backend app\n    server app 127.0.0.1:[[app]]", """backend app
    server app abns@[[abns third]] send-proxy-v2
frontend third
    bind abns@[[abns third]] accept-proxy
    default_backend real
backend real
    server real 127.0.0.1:[[app]]""")


@case(THREE, {"app": answering()}, must=["fe hop/inner", "inside app/app", "third real/real"])
def three_in_a_row(env):
    exchange(env, 3)


@case(THREE, {"app": lambda peer: (peer.shut(), drain(peer))}, must=["8388608 bytes"])
def upload_through_three(env):
    env.sorted = True
    c = env.client()
    pour(c, 8)
    c.shut().to_end(20)
    env.logs(3, limit=10)


@case(THREE, {"app": lambda peer: (pour(peer, 8), peer.shut(), peer.to_end())}, must=["8388608 bytes"])
def download_through_three_to_a_slow_reader(env):
    env.sorted = True
    c = env.client()
    time.sleep(0.5)
    drain(c, slow=0.001)
    c.close()
    env.logs(3, limit=10)


@case(THREE, {"app": lambda peer: both(peer)}, must=["4194304 bytes"])
def both_ways_through_three(env):
    env.sorted = True
    c = env.client()
    both(c)
    env.logs(3, limit=10)


# Whoever still sends through the chain has to learn at once that its end is gone.
@case(chain(), {"app": lambda peer: pour(peer, 30)}, must=["CD"])
def client_resets_while_bytes_flow(env):
    env.sorted = True
    env.hide(r"(~\d+ms~) \d{5,} ", r"\1 N ")
    for count in range(1, 9):
        c = env.client()
        for _ in range(3):
            c.sock.recv(65536)
        c.reset()
        env.logs(2 * count, limit=2)


def both(peer):
    sender = threading.Thread(target=lambda: (pour(peer, 4), peer.shut()), daemon=True)
    sender.start()
    drain(peer)
    sender.join(20)


TLS = chain(second="accept-proxy ssl crt [[pem a]]")


@case(TLS, {"app": answering()}, must=["inside~ app/app", "certificate a "])
def tls_ends_inside(env):
    env.sorted = True
    env.hide(r"(hop/inner \S+) \d{4} ", r"\1 N ")
    c = env.client()
    if c.tls(certs.client(), "a.test"):
        c.send(b"line\n").recv_line()
    c.close_notify()
    env.logs(2)


@case(TLS, {"app": answering()}, must=["SSL handshake failure"])
def no_tls_for_the_inner_one(env):
    env.sorted = True
    env.client().send(b"this is no hello at all\n").to_end()
    env.logs(2)


@case(TLS, {"app": answering()})
def silence_before_the_handshake(env):
    env.sorted = True
    c = env.client()
    c.send(b"\x16\x03\x01")
    time.sleep(0.2)
    c.shut().to_end()
    env.logs(2)
