"""Sessions that wait for a slot of a server: in the server's line or the backend's, how they leave it and what is logged."""

from harness import BASE, case, greeter

S = {"s": greeter(b"hi\n")}
TWO = {"s1": greeter(b"s1\n"), "s2": greeter(b"s2\n")}


def listen(*lines):
    return BASE + "\nlisten fe\n    bind 127.0.0.1:[[fe]]\n" + "".join(f"    {line}\n" for line in lines)


def one(*lines, algorithm="roundrobin"):
    return listen(f"balance {algorithm}", *lines, "server s 127.0.0.1:[[s]] maxconn 1")


def holder(env):
    c = env.client(name="holder")
    c.recv_line()
    return c


def leave(env, c, logged):
    c.shut().to_end()
    env.logs(logged)


@case(one("timeout queue 300ms"), S, must=["<NOSRV> .*sQ .* 0/1"])
def timeout_queue_in_the_backend_line(env):
    first = holder(env)
    env.client(name="late").to_end()
    env.logs(1)
    leave(env, first, 2)


@case(one("timeout queue 300ms", algorithm="source"), S, must=["fe/s .*sQ .* 1/0"])
def timeout_queue_in_the_server_line(env):
    first = holder(env)
    env.client(name="late").to_end()
    env.logs(1)
    leave(env, first, 2)


@case(one("timeout connect 300ms"), S, must=["sQ"])
def timeout_connect_limits_the_wait_too(env):
    first = holder(env)
    env.client(name="late").to_end()
    env.logs(1)
    leave(env, first, 2)


@case(one(), S, must=["0/1"])
def the_next_is_served_when_a_slot_is_free(env):
    first = holder(env)
    second = env.client(name="second")
    second.silence(0.2)
    leave(env, first, 1)
    second.recv_line()
    leave(env, second, 2)


@case(one(algorithm="source"), S, must=["1/0"])
def the_next_is_served_from_the_server_line(env):
    first = holder(env)
    second = env.client(name="second")
    second.silence(0.2)
    leave(env, first, 1)
    second.recv_line()
    leave(env, second, 2)


@case(one(), S, must=["0/1", "0/2", "0/3"])
def a_line_is_served_in_order(env):
    first = holder(env)
    waiting = []
    for name in ("second", "third", "fourth"):
        waiting.append(env.client(name=name))
        waiting[-1].silence(0.1)
    leave(env, first, 1)
    for number, c in enumerate(waiting, 2):
        c.recv_line()
        leave(env, c, number)


@case(one(), S, must=["CQ"])
def client_that_closes_in_line_without_a_byte(env):
    first = holder(env)
    c = env.client(name="quits")
    c.silence(0.2)
    c.shut().to_end()
    env.logs(1)
    leave(env, first, 2)


@case(one("timeout queue 500ms"), S, must=["sQ"])
def client_that_closes_in_line_with_bytes_stays(env):
    first = holder(env)
    c = env.client(name="asks")
    c.send(b"question\n").shut().to_end()
    env.logs(1)
    leave(env, first, 2)


@case(one("timeout queue 500ms", "option abortonclose"), S, must=["CQ"])
def client_that_closes_in_line_with_abortonclose(env):
    first = holder(env)
    c = env.client(name="asks")
    c.send(b"question\n")
    c.silence(0.2)
    c.shut().to_end()
    env.logs(1)
    leave(env, first, 2)


@case(one(), S, must=["C[DQ] "])
def client_that_resets_in_line(env):
    first = holder(env)
    c = env.client(name="resets")
    c.silence(0.2)
    c.reset()
    env.logs(1)
    leave(env, first, 2)


IMPATIENT = BASE + """
frontend patient
    bind 127.0.0.1:[[patient]]
    default_backend be
frontend fe
    bind 127.0.0.1:[[fe]]
    timeout client 300ms
    default_backend be
backend be
    balance roundrobin
    server s 127.0.0.1:[[s]] maxconn 1
"""


@case(IMPATIENT, S, must=["cQ"])
def client_timeout_in_line(env):
    first = env.client("patient", name="holder")
    first.recv_line()
    env.client(name="late").to_end()
    env.logs(1)
    leave(env, first, 2)


def one_more_than(env, slots):
    held = [env.client(name=f"held {n}") for n in range(slots)]
    for c in held:
        c.recv_line()
    env.client(name="late").to_end()
    env.logs(1)
    env.sorted = True
    for number, c in enumerate(held, 2):
        leave(env, c, number)


@case(listen("balance roundrobin", "timeout queue 300ms", "server s1 127.0.0.1:[[s1]] maxconn 1",
             "server s2 127.0.0.1:[[s2]] maxconn 2"), TWO, must=["sQ"])
def all_servers_full(env):
    one_more_than(env, 3)


@case(listen("balance leastconn", "timeout queue 300ms", "server s1 127.0.0.1:[[s1]] maxconn 1",
             "server s2 127.0.0.1:[[s2]] maxconn 1"), TWO, must=["<NOSRV> .*sQ"])
def leastconn_waits_in_the_backend_line(env):
    one_more_than(env, 2)


@case(listen("balance source", "timeout queue 400ms", "server s 127.0.0.1:[[s]] maxconn 1 maxqueue 1"), S, must=["SQ"])
def a_full_server_line_refuses(env):
    first = holder(env)
    a = env.client(name="a")
    a.silence(0.1)
    env.client(name="b").to_end()
    env.logs(1)
    a.to_end()
    env.logs(2)
    leave(env, first, 3)


@case(listen("balance roundrobin", "server s1 127.0.0.1:[[s1]] weight 1 maxconn 1", "server s2 127.0.0.1:[[s2]] backup maxconn 1"), TWO, must=["s1"])
def a_full_active_server_does_not_bring_in_backups(env):
    first = env.client(name="first")
    first.recv_line()
    second = env.client(name="second")
    second.silence(0.3)
    leave(env, first, 1)
    second.recv_line()
    leave(env, second, 2)


@case(one(), S, must=["CQ", "0/1$", "0/2$"])
def who_gives_up_counts_for_nobody(env):
    """The place in line is how many were served meanwhile, and oneself."""
    a, b = holder(env), env.client(name="gives up")
    b.silence(0.1)
    c = env.client(name="second")
    c.silence(0.1)
    d = env.client(name="third")
    d.silence(0.1)
    leave(env, b, 1)
    leave(env, a, 2)
    c.recv_line()
    leave(env, c, 3)
    d.recv_line()
    leave(env, d, 4)
