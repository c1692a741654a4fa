"""Routing by the server name of a ClientHello that is passed through untouched."""

import random

import certs
from hello import client_hello, handshake, records
from harness import BASE, case, greeter, tls_server

SNI = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 700ms
    tcp-request content accept if { req.ssl_hello_type 1 }
    use_backend one if { req.ssl_sni -i one.test }
    use_backend two if { req.ssl_sni -i two.test }
    use_backend three if { req.ssl_sni -m end .three.test }
    default_backend other
backend one
    server s 127.0.0.1:[[one]]
backend two
    server s 127.0.0.1:[[two]]
backend three
    server s 127.0.0.1:[[three]]
backend other
    server s 127.0.0.1:[[other]]
"""
NAMES = ("one", "two", "three", "other")
GREETERS = {name: greeter(name.encode() + b"\n") for name in NAMES}
TLS_SERVERS = {name: tls_server(pem, name.encode() + b"\n") for name, pem in zip(NAMES, ("a", "b", "c", "def"))}


def ask(env, name, parts, pause=0.02):
    """Sends the parts, waits for the greeting of whoever was chosen, leaves."""
    c = env.client(name=name)
    c.send_parts(parts, pause)
    c.recv_line()
    c.shut().to_end()


@case(SNI, TLS_SERVERS, must=["certificate a ", "certificate b ", "certificate c ", "certificate def "])
def names_lead_to_their_tls_servers(env):
    env.sorted = True
    for count, server_name in enumerate(("one.test", "TWO.test", "x.three.test", "unknown.test", None), 1):
        c = env.client(name=str(server_name))
        if c.tls(certs.client(), server_name):
            c.recv_line()
        c.close_notify()
        env.hide(r"(/s \S+) \d{3,4} ", r"\1 N ")
        env.logs(count)


@case(SNI, GREETERS)
def names_in_handmade_hellos(env):
    rows = {"one": client_hello("one.test"), "upper": client_hello("ONE.TEST"), "sub": client_hello("a.three.test"),
            "notsub": client_hello("three.test"), "prefix": client_hello("xone.test"), "none": client_hello(),
            "dot": client_hello("one.test."), "empty": client_hello(""), "alpn": client_hello("two.test", ["h2", "http/1.1"]),
            "old": client_hello("one.test", version=0x0301), "tls10record": client_hello("two.test", record_version=0x0300),
            "long": client_hello("a" * 60 + "." + "b" * 60 + ".three.test"), "one+more": client_hello("one.test") + b"early data"}
    env.parallel(*[lambda name=name, data=data: ask(env, name, [data]) for name, data in rows.items()])
    env.logs(len(rows))


def cut_everywhere(env, offsets):
    data = client_hello("two.test", ["h2"])
    groups = [offsets[start::5] for start in range(5)]

    def run(group):
        for offset in group:
            ask(env, f"cut{offset:03}", [data[:offset], data[offset:]])
    env.parallel(*[lambda group=group: run(group) for group in groups])
    env.logs(len(offsets))


@case(SNI, GREETERS, must=["cut001", "two/s"])
def hello_cut_at_some_bytes(env):
    cut_everywhere(env, [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 42, 43, 44, 75, 76, 77, 100, 120, 125, 130, 131, 132, 135, 140, 150,
                         160, 180, len(client_hello("two.test", ["h2"])) - 4, len(client_hello("two.test", ["h2"])) - 1])


@case(SNI, GREETERS, long=True)
def hello_cut_at_every_byte(env):
    cut_everywhere(env, list(range(1, len(client_hello("two.test", ["h2"])))))


@case(SNI.replace("inspect-delay 700ms", "inspect-delay 4s"), GREETERS)
def hello_byte_by_byte(env):
    data = client_hello("two.test")
    c = env.client()
    c.send_parts([data[i:i + 1] for i in range(len(data))], 0.001)
    c.mark().recv_line()
    c.shut().to_end()
    env.logs(1)


@case(SNI, GREETERS)
def hello_cut_at_record_borders(env):
    message = handshake("two.test", size=900)
    rows = {"records200": records(message, [200]), "records400": records(message, [400]), "first100": records(message, [100, 16384])}
    env.parallel(*[lambda name=name, data=data: ask(env, name, [data]) for name, data in rows.items()],
                 lambda: ask(env, "segments", [records(message, [200])[i:i + 205] for i in range(0, 1000, 205)]))
    env.logs(4)


@case(SNI, GREETERS)
def big_hello_in_two_segments(env):
    data = client_hello("one.test", size=1800)
    ask(env, "big", [data[:1400], data[1400:]], pause=0.3)
    env.logs(1)


@case(SNI, GREETERS, must=["~[7-9]\\d\\dms~"])
def half_a_hello_waits_for_the_delay(env):
    data = client_hello("one.test")
    rows = {"half": data[:90], "five": data[:5], "one": data[:1]}
    env.parallel(*[lambda name=name, part=part: ask(env, name, [part]) for name, part in rows.items()])
    env.logs(len(rows))


@case(SNI, GREETERS, must=["one/s"], expect_shunt=[
    (r"received b'one\\n'", r"received b'other\\n'", "the name is read only from a complete hello (as in 3.x; 2.6 does without the last four bytes)"),
    (r"server one #1", "server other #1", "the same"), (r"fe one/s (\S+) 4", r"fe other/s \1 6", "the same")])
def hello_without_its_last_byte(env):
    ask(env, "lastmissing", [client_hello("one.test")[:-1]])
    env.logs(1)


@case(SNI, GREETERS)
def bytes_that_are_no_hello(env):
    noise = random.Random(7)
    rows = {f"noise{i}": bytes([value]) + noise.randbytes(63) for i, value in enumerate((0, 1, 0x13, 0x41, 0x80, 0xFE))}
    rows |= {"http": b"GET / HTTP/1.1\r\n\r\n", "alert": bytes.fromhex("15030100020228"), "ssl2version": bytes.fromhex("1602000004020000001234"),
             "serverhello": bytes.fromhex("160301000402000000"), "zerohello": bytes.fromhex("160301000401000000"),
             "short": bytes.fromhex("1603010003010000")}
    env.parallel(*[lambda name=name, data=data: ask(env, name, [data]) for name, data in rows.items()])
    env.logs(len(rows))


@case(SNI, GREETERS)
def hellos_around_the_buffer_limit(env):
    sizes = (4000, 15300, 15359, 15360, 15400, 20000)
    env.parallel(*[lambda size=size: ask(env, f"size{size}", [client_hello("one.test", size=size)]) for size in sizes])
    env.logs(len(sizes))


FETCHES = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 600ms
    tcp-request content reject if !{ req.ssl_ver 3.1-3.3 }
    tcp-request content accept if { req.ssl_hello_type 1 }
    use_backend h2 if { req.ssl_alpn h2 }
    use_backend named if { req.ssl_sni -m found }
    use_backend v33 if { req.ssl_ver 3.3 }
    default_backend v31
backend h2
    server s 127.0.0.1:[[h2]]
backend named
    server s 127.0.0.1:[[named]]
backend v33
    server s 127.0.0.1:[[v33]]
backend v31
    server s 127.0.0.1:[[v31]]
"""


@case(FETCHES, {name: greeter(name.encode() + b"\n") for name in ("h2", "named", "v33", "v31")}, must=["PR", "h2/s", "v31/s"])
def version_and_alpn(env):
    rows = {"h2": client_hello("x.test", ["h2"]), "h2second": client_hello(None, ["http/1.1", "h2"]), "named": client_hello("x.test"),
            "v33": client_hello(), "v31": client_hello(version=0x0301), "v30": client_hello(version=0x0300, record_version=0x0300),
            "plain": b"hello hello\r\n"}

    def run(name, data):
        c = env.client(name=name)
        c.send(data).recv_line()
        c.shut().to_end()
    env.parallel(*[lambda name=name, data=data: run(name, data) for name, data in rows.items()],
                 lambda: run("silent", b""))
    env.logs(len(rows) + 1)
