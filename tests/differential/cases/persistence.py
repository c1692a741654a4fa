"""Servers that a rule or a cookie names: use-server, persist rdp-cookie, force-persist."""

from harness import BASE, case, greeter

SERVERS = {f"s{n}": greeter(f"s{n}\n".encode()) for n in (1, 2, 3)}
THREE = tuple(f"server s{n} 127.0.0.1:[[s{n}]]" for n in (1, 2, 3))


def listen(*lines):
    return BASE + "\nlisten fe\n    bind 127.0.0.1:[[fe]]\n" + "".join(f"    {line}\n" for line in lines)


def ask(env, text, number):
    c = env.client(name=f"says {text!r}")
    c.send(text)
    c.recv_line()
    c.shut().to_end()
    env.logs(number)


INSPECT = ("balance first", "tcp-request inspect-delay 300ms", "tcp-request content accept if { req.len ge 3 }")


@case(listen(*INSPECT, "use-server s2 if { req.payload(0,3) -m str two }", "use-server s3 unless { req.payload(0,3) -m str one }", *THREE), SERVERS,
      must=["s1", "s2", "s3"])
def use_server(env):
    for number, text in enumerate((b"two", b"six", b"one"), 1):
        ask(env, text, number)


@case(listen(*INSPECT, "use-server s%[req.payload(0,1)] if TRUE", "use-server s3 if TRUE", *THREE), SERVERS, must=["s1", "s2"])
def use_server_with_a_computed_name(env):
    for number, text in enumerate((b"2xx", b"3xx", b"7xx"), 1):
        ask(env, text, number)


@case(listen(*INSPECT, "use-server s2 if TRUE", "use-server s3 if TRUE", THREE[0], THREE[1] + " disabled", THREE[2]), SERVERS, must=["s3"])
def use_server_passes_over_a_server_that_is_down(env):
    ask(env, b"abc", 1)


@case(listen(*INSPECT, "use-server s2 if TRUE", THREE[0], THREE[1] + " weight 0", THREE[2]), SERVERS, must=["s2"])
def use_server_reaches_a_server_without_weight(env):
    ask(env, b"abc", 1)


@case(listen(*INSPECT, "option persist", "use-server s2 if TRUE", THREE[0], THREE[1] + " disabled", THREE[2]), SERVERS, must=["s2"])
def option_persist_reaches_a_server_that_is_down(env):
    ask(env, b"abc", 1)


@case(listen(*INSPECT, "force-persist if { req.payload(0,1) -m str f }", "use-server s2 if TRUE", THREE[0], THREE[1] + " disabled", THREE[2]), SERVERS,
      must=["s1", "s2"])
def force_persist(env):
    ask(env, b"fbc", 1)
    ask(env, b"abc", 2)


def rdp(cookie):
    return b"\x03\x00\x00\x2b\x26\xe0\x00\x00\x00\x00\x00Cookie: " + cookie + b"\r\n\x01\x00\x08\x00\x00\x00\x00\x00"


RDP = ("tcp-request inspect-delay 300ms", "tcp-request content accept if RDP_COOKIE")


def token(env, server):
    port = env.port(server)
    return f"msts=16777343.{(port & 255) << 8 | port >> 8}.0000".encode()


@case(listen("balance first", *RDP, "persist rdp-cookie", *THREE), SERVERS, must=["s1", "s3"])
def persist_rdp_cookie(env):
    env.hide(r"msts=[\d.]+", "msts=TOKEN")
    env.hide(r"says .*'", "says")
    for number, cookie in enumerate((token(env, "s3"), token(env, "s2"), b"msts=1.2.0000", b"mstshash=joe"), 1):
        c = env.client(name=f"c{number}")
        c.send(rdp(cookie))
        c.recv_line()
        c.shut().to_end()
        env.logs(number)


@case(listen("balance rdp-cookie", *RDP, *(f"{line} weight {n}" for n, line in enumerate(THREE, 1))), SERVERS, must=["s2", "s3"])
def balance_rdp_cookie(env):
    for number, user in enumerate((b"alice", b"bob", b"Administrator", b"x"), 1):
        ask(env, rdp(b"mstshash=" + user), number)


@case(listen("balance rdp-cookie(other)", *RDP, *(f"{line} weight {n}" for n, line in enumerate(THREE, 1))), SERVERS)
def balance_on_another_rdp_cookie(env):
    for number, cookie in enumerate((b"other=alice", b"mstshash=alice", b"other="), 1):
        ask(env, rdp(cookie), number)


IDS = ("balance rdp-cookie", "hash-type consistent djb2 avalanche", *RDP)


def ids(name, *options):
    lines = (f"server s{n} 127.0.0.1:[[s{n}]] {option}" for n, option in enumerate(options, 1))
    return "\nlisten " + name + "\n    bind 127.0.0.1:[[" + name + "]]\n" + "".join(f"    {line}\n" for line in (*IDS, *lines))


@case(BASE + ids("first", "id 7", "", "") + ids("middle", "", "id 7", "") + ids("early", "id 2", "", ""), SERVERS, must=["first: s"])
def ids_of_servers_go_on_behind_explicit_ones(env):
    logged = 0
    for name in ("first", "middle", "early"):
        chosen = []
        for number in range(16):
            c = env.client(name, name=f"{name} {number}")
            c.send(rdp(b"mstshash=user%d" % number))
            chosen.append(c.recv_line().decode().strip())
            c.shut().to_end()
            logged += 1
            env.logs(logged)
        env.note(f"{name}: " + " ".join(chosen))


FULL = ("balance roundrobin", "use-server s2 if TRUE", "timeout queue 600ms", THREE[0], THREE[1] + " maxconn 1 maxqueue 1")


def third_client(env):
    first = env.client(name="first")
    first.recv_line()
    second = env.client(name="second")
    second.silence(0.1)
    third = env.client(name="third")
    if env.elsewhere:
        third.recv_line()
        third.shut()
    third.to_end()
    env.logs(1)
    first.shut().to_end()
    env.logs(2)
    second.recv_line()
    second.shut().to_end()
    env.logs(3)


@case(listen(*FULL), SERVERS, must=["SQ"])
def a_named_server_with_a_full_line_refuses(env):
    env.elsewhere = False
    third_client(env)


@case(listen("option redispatch", *FULL), SERVERS, must=["fe/s1 "])
def a_named_server_with_a_full_line_is_given_up_with_redispatch(env):
    env.elsewhere = True
    third_client(env)
