"""SSH, HTTP, TLS and other protocols told apart on one port."""

from hello import client_hello
from harness import BASE, case, greeter

CFG = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 600ms
    acl is_ssh payload(0,7) -m bin 5353482d322e30
    acl is_tls req.ssl_hello_type 1
    tcp-request content accept if is_ssh or HTTP or is_tls
    use_backend ssh if is_ssh
    use_backend http if HTTP
    use_backend tls if is_tls
    default_backend other
backend ssh
    server s 127.0.0.1:[[ssh]]
backend http
    server s 127.0.0.1:[[http]]
backend tls
    server s 127.0.0.1:[[tls]]
backend other
    server s 127.0.0.1:[[other]]
"""
SERVERS = {name: greeter(name.encode() + b"\n") for name in ("ssh", "http", "tls", "other")}


def rows(env, table, pause=0.3):
    def run(name, parts):
        c = env.client(name=name)
        c.send_parts(parts, pause)
        c.recv_line()
        c.shut().to_end()
    env.parallel(*[lambda name=name, parts=parts: run(name, parts) for name, parts in table.items()])
    env.logs(len(table))


@case(CFG, SERVERS, must=["ssh/s", "http/s", "tls/s", "other/s"])
def four_kinds_of_clients(env):
    rows(env, {
        "ssh": [b"SSH-2.0-OpenSSH_9.2\r\n"], "http": [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], "tls": [client_hello("a.test")],
        "smtp": [b"EHLO somebody\r\n"], "silent": [b""], "ssh in pieces": [b"SS", b"H-2.0-x\r\n"], "ssh1": [b"SSH-1.99-x\r\n"],
        "http in pieces": [b"GET / HTTP/1.1\r\n", b"Host: a\r\n\r\n"], "tls in pieces": [client_hello()[:60], client_hello()[60:]],
        "three bytes": [b"SSH"], "seven bytes": [b"SSH-2.0"], "binary": [bytes(range(128, 160))],
    })


@case(CFG, SERVERS, must=["http/s", "other/s"])
def what_counts_as_http(env):
    rows(env, {
        "1.0": [b"GET / HTTP/1.0\r\n\r\n"], "0.9": [b"GET /\r\n"], "post 0.9": [b"POST /\r\n"], "method": [b"FOO / HTTP/1.1\r\n\r\n"],
        "lower method": [b"get / HTTP/1.1\r\n\r\n"], "leading crlf": [b"\r\nGET / HTTP/1.1\r\n\r\n"], "lf only": [b"GET / HTTP/1.1\n\n"],
        "2.0": [b"GET / HTTP/2.0\r\n\r\n"], "preface": [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], "three words": [b"foo bar baz\r\n\r\n"],
        "no colon": [b"GET / HTTP/1.1\r\nbroken header\r\n\r\n"], "lower version": [b"GET / http/1.1\r\n\r\n"],
        "space after": [b"GET / HTTP/1.1 \r\n\r\n"], "request line only": [b"GET / HTTP/1.1\r\n"], "no line end": [b"GET / HTTP/1.1"],
        "headers": [b"GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"],
    })


RDP = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 600ms
    tcp-request content accept if RDP_COOKIE
    use_backend rdp if RDP_COOKIE
    default_backend other
backend rdp
    server s 127.0.0.1:[[rdp]]
backend other
    server s 127.0.0.1:[[other]]
"""


@case(RDP, {name: greeter(name.encode() + b"\n") for name in ("rdp", "other")}, must=["rdp/s", "other/s"])
def rdp_cookies(env):
    head = b"\x03\x00\x00\x2b\x26\xe0\x00\x00\x00\x00\x00"
    rows(env, {
        "plain": [head + b"Cookie: mstshash=joe\r\n"], "other name": [head + b"Cookie: msts=1.2.3\r\n"], "case": [head + b"cookie:MSTSHASH=Z\r\n"],
        "garbage head": [b"ABCDEFGHIJK" + b"Cookie: mstshash=joe\r\n"], "no crlf": [head + b"Cookie: mstshash=joe"],
        "empty value": [head + b"Cookie: mstshash=\r\n"], "wrong word": [head + b"Kookie: mstshash=joe\r\n"], "short": [head],
        "in pieces": [head + b"Cookie: msts", b"hash=joe\r\n"], "silent": [b""],
    })
