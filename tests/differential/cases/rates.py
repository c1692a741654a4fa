"""Rates: clients above a limit per second wait in the backlog; TLS connections at a time."""

import signal

import certs
from harness import BASE, case, greeter
from server_tls import tls_answering

S = {"s": greeter(b"hi\n")}


def limited(in_global="", in_frontend="", bind=""):
    return BASE.replace("\nglobal\n", f"\nglobal\n    {in_global}\n") + f"""
listen fe
    bind 127.0.0.1:[[fe]] {bind}
    {in_frontend}
    server s 127.0.0.1:[[s]]
"""


def seven_clients(env):
    """Four are served at once, the others one by one as the sliding second makes room."""
    env.sorted = True
    clients = [env.client(name=f"{n}").mark() for n in range(7)]
    for c in clients:
        c.recv_line()
        c.say(f"served {c.at()}")
        c.shut().to_end()
    env.logs(7)


MUST = ["served at ~0ms~|served at ~\\dms~|served at ~\\d\\dms~", "served at ~1[0-2]\\d\\dms~", "served at ~1[3-6]\\d\\dms~"]


@case(limited(in_frontend="rate-limit sessions 4"), S, must=MUST)
def sessions_of_a_frontend(env):
    seven_clients(env)


@case(limited("maxsessrate 4"), S, must=MUST)
def sessions_of_the_process(env):
    seven_clients(env)


@case(limited("maxconnrate 4"), S, must=MUST)
def connections_of_the_process(env):
    seven_clients(env)


@case(limited("maxsessrate 2", "tcp-request connection reject"), S)
def rejected_connections_are_no_sessions(env):
    for n in range(6):
        env.client(name=f"{n}").mark().to_end()


@case(limited("maxconnrate 2", "tcp-request connection reject"), S, must=["at ~1[0-2]\\d\\dms~"])
def rejected_connections_are_connections(env):
    for c in [env.client(name=f"{n}").mark() for n in range(3)]:
        c.to_end()


@case(limited("maxsslrate 2", bind="ssl crt [[pem a]]"), S, must=["served at ~1[0-2]\\d\\dms~"])
def handshakes_of_the_process(env):
    env.sorted = True
    for c in [env.client(name=f"{n}").mark() for n in range(3)]:
        c.tls(certs.client(), "a.test")
        c.say(f"served {c.at()}")
        c.close_notify()
    env.logs(3)


# HAProxy accepts who comes too many and then never answers; what follows is left out.
@case(limited("maxsslconn 2", "option dontlognull", bind="ssl crt [[pem a]]"), S)
def tls_connections_at_a_time(env):
    clients = [env.client(name=f"{n}") for n in range(2)]
    for c in clients:
        c.tls(certs.client(), "a.test")
        c.send(b"x\n").recv_line()
    late = env.client(name="late")
    late.silence(0.4)
    late.close()
    for c in clients:
        c.close_notify()
    env.logs(2)


TO_TLS = limited("maxsslconn 2").replace("server s 127.0.0.1:[[s]]", "server s 127.0.0.1:[[s]] ssl verify none no-ssl-reuse")


def held(env, count, check_name="a.test", tls=False):
    clients = [env.client(name=f"held {n}") for n in range(count)]
    for c in clients:
        if tls:
            c.tls(certs.client(), check_name)
        c.send(b"line\n").recv_line()
    return clients


@case(TO_TLS, {"s": tls_answering()}, must=["fe/s .* IC "])
def connections_to_servers_count(env):
    """A session that finds no place for its server's connection ends at once; a later one finds that of one that has ended."""
    clients = held(env, 2)
    env.client(name="late").to_end()
    env.logs(1)
    for number, c in enumerate(clients, 2):
        c.shut().to_end()
        env.logs(number)
    again = env.client(name="again")
    again.send(b"line\n").recv_line()
    again.shut().to_end()
    env.logs(4)


@case(TO_TLS.replace("fe:[[fe]] ", "").replace("bind 127.0.0.1:[[fe]] ", "bind 127.0.0.1:[[fe]] ssl crt [[pem a]]"), {"s": tls_answering()}, must=["fe~ fe/s"])
def both_sides_of_a_session_count(env):
    """One session has both places; who comes then waits. (What HAProxy 2.6 does with it afterwards is luck.)"""
    clients = held(env, 1, tls=True)
    late = env.client(name="late")
    late.silence(0.4)
    clients[0].close_notify()
    env.logs(1)
    env.signal(signal.SIGTERM)
    env.wait_exit()
    late.close()
