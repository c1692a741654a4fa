"""The PROXY protocol both ways, valid headers and odd ones."""

import socket
import struct
import time

from harness import BASE, answering, case, greeter, recorder

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v2(command, family, body):
    return SIGNATURE + bytes([command, family]) + struct.pack("!H", len(body)) + body


def addresses(src, dst, sport, dport):
    kind = socket.AF_INET6 if ":" in src else socket.AF_INET
    return socket.inet_pton(kind, src) + socket.inet_pton(kind, dst) + struct.pack("!HH", sport, dport)


SENDING = BASE + """
frontend v1
    bind 127.0.0.1:[[v1]]
    bind ::1:[[v1six]]
    default_backend to-v1
frontend v2
    bind 127.0.0.1:[[v2]]
    bind ::1:[[v2six]]
    default_backend to-v2
frontend unix
    bind [[dir]]/in.sock
    default_backend to-v1
frontend unix2
    bind [[dir]]/in2.sock
    default_backend to-v2
backend to-v1
    server s 127.0.0.1:[[got1]] send-proxy
backend to-v2
    server s 127.0.0.1:[[got2]] send-proxy-v2
"""
GOT = {"got1": answering(header=True), "got2": answering(header=True)}


@case(SENDING, GOT, must=["header b'PROXY TCP4", "header v2 21 11", "header b'PROXY TCP6", "PROXY UNKNOWN", "header v2 20 00"])
def headers_sent_to_servers(env):
    def ask(**how):
        c = env.client(**how)
        c.send(b"line\n").recv_line()
        c.shut().to_end()
    for number, how in enumerate(({"to": "v1", "src": "127.0.0.5"}, {"to": "v2", "src": "127.0.0.6"}, {"to": "v1six", "dst": "::1"},
                                  {"to": "v2six", "dst": "::1"}, {"path": env.dir + "/in.sock"}, {"path": env.dir + "/in2.sock"}), 1):
        ask(**how)
        env.logs(number)


FIRST = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[got]] send-proxy
listen fe2
    bind 127.0.0.1:[[fe2]]
    server s 127.0.0.1:[[got]] send-proxy-v2
"""


@case(FIRST, {"got": greeter(b"hello\n", header=True)}, must=["TCP4", "21 11"])
def header_comes_before_the_client_speaks(env):
    for number, name in enumerate(("fe", "fe2"), 1):
        c = env.client(name)
        c.recv_line()
        c.shut().to_end()
        env.logs(number)


RECEIVING = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]] accept-proxy
    timeout client 700ms
    default_backend be
frontend named
    bind 127.0.0.1:[[named]] accept-proxy name front-door
    default_backend be
backend be
    server s 127.0.0.1:[[got]] send-proxy
"""
GOOD = {
    "tcp4": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\r\n",
    "tcp6": b"PROXY TCP6 2001:db8::1 2001:db8::2 1111 2222\r\n",
    "unknown": b"PROXY UNKNOWN\r\n",
    "leading zeros": b"PROXY TCP4 192.0.2.1 192.0.2.2 0111 0222\r\n",
    "short address": b"PROXY TCP4 1.2.3 192.0.2.2 1111 2222\r\n",
    "mapped": b"PROXY TCP6 2001:db8::1 ::ffff:1.2.3.4 1111 2222\r\n",
    "v2 tcp4": v2(0x21, 0x11, addresses("192.0.2.1", "192.0.2.2", 1111, 2222)),
    "v2 tcp6": v2(0x21, 0x21, addresses("2001:db8::1", "2001:db8::2", 1111, 2222)),
    "v2 local": v2(0x20, 0x00, b""),
    "v2 tlvs": v2(0x21, 0x11, addresses("192.0.2.1", "192.0.2.2", 1111, 2222) + b"\x02\x00\x04name" + b"\xe0\x00\x02xx" + b"\x04\x00\x01\x00"),
}


@case(RECEIVING, {"got": answering(header=True)}, must=["TCP4 192.0.2.1", "TCP6 2001:db8::1", "192.0.2.1:1111"])
def valid_headers(env):
    for number, (name, header) in enumerate(GOOD.items(), 1):
        c = env.client(name=name)
        c.send(header + b"line\n").recv_line()
        c.shut().to_end()
        env.logs(number)


BAD = {
    "incomplete": b"PROX", "no crlf": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222", "lf only": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\n",
    "lf and more": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\nx", "no address": b"PROXY TCP4 here\n", "v6 lf": b"PROXY TCP6 ::1 ::2 1111 2222\nx",
    "fifth byte": b"PROXY TCP4 192.0.2.1.5", "cut field": b"PROXY TCP4 192.0.2.1 192.0.2.2 11", "no end": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222" + b" " * 80,
    "unknown with text": b"PROXY UNKNOWN xx\r\n", "udp4": b"PROXY UDP4 192.0.2.1 192.0.2.2 1111 2222\r\n",
    "lower case": b"proxy TCP4 192.0.2.1 192.0.2.2 1111 2222\r\n", "text": b"GET / HTTP/1.0\r\n\r\n", "two spaces": b"PROXY TCP4  192.0.2.1 192.0.2.2 1111 2222\r\n",
    "missing port": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111\r\n", "fifth field": b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222 3\r\n",
    "v2 partial": SIGNATURE + b"\x21", "v2 version": v2(0x31, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2)),
    "v2 command": v2(0x22, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2)), "v2 unspec": v2(0x21, 0x00, b""),
    "v2 udp": v2(0x21, 0x12, addresses("192.0.2.1", "192.0.2.2", 1, 2)), "v2 short block": v2(0x21, 0x11, b"abcd"),
    "v2 truncated": v2(0x21, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2))[:-2],
    "v2 tlv past end": v2(0x21, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2) + b"\x02\x00\x10na"),
    "v2 bad checksum": v2(0x21, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2) + b"\x03\x00\x04abcd"),
}


@case(RECEIVING, {"got": recorder(header=True)}, must=["Truncated", "does not look like", "invalid PROXY", "unhandled"])
def invalid_headers(env):
    for number, (name, header) in enumerate(BAD.items(), 1):
        c = env.client(name=name)
        c.send(header).to_end()
        env.logs(number)


@case(RECEIVING, {"got": recorder(header=True)}, must=["Timeout while waiting for PROXY", "Connection closed while waiting for PROXY", "front-door"])
def no_header_at_all(env):
    c = env.client(name="silent")
    c.to_end()
    env.logs(1)
    env.client(name="fin").shut().to_end()
    env.logs(2)
    env.client("named", name="named").send(b"garbage\r\n").to_end()
    env.logs(3)


@case(RECEIVING, {"got": answering(header=True)})
def header_and_data_apart(env):
    c = env.client()
    c.send(GOOD["tcp4"])
    c.silence(0.3)
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.logs(1)


LEVELS = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]] accept-proxy
    tcp-request connection reject if { src 10.8.8.8 }
    tcp-request session reject if { src 10.8.8.9 }
    use_backend eight if { src 10.8.8.8 } { dst 10.9.9.9 } { dst_port 99 } { src_port 88 }
    default_backend other
backend eight
    server s 127.0.0.1:[[eight]]
backend other
    server s 127.0.0.1:[[other]]
"""


@case(LEVELS, {"eight": greeter(b"eight\n"), "other": greeter(b"other\n")}, must=["eight/s", "other/s", "fe/1: Success"])
def rules_see_the_announced_address_after_the_header(env):
    for number, (name, client_ip) in enumerate((("eight", "10.8.8.8"), ("ten", "10.8.8.10"), ("nine", "10.8.8.9")), 1):
        c = env.client(name=name)
        c.send(f"PROXY TCP4 {client_ip} 10.9.9.9 88 99\r\n".encode()).recv_line()
        if not c.ended:
            c.shut().to_end()
        env.logs(min(number, 2))


CHAIN = BASE + """
frontend outer
    bind 127.0.0.1:[[fe]]
    default_backend hop
backend hop
    balance roundrobin
    server v1 127.0.0.1:[[inner1]] send-proxy
    server v2 127.0.0.1:[[inner2]] send-proxy-v2
frontend inner
    bind 127.0.0.1:[[inner1]] accept-proxy
    bind 127.0.0.1:[[inner2]] accept-proxy
    default_backend be
backend be
    server s 127.0.0.1:[[got]] send-proxy-v2
"""


@case(CHAIN, {"got": answering(header=True)}, must=["outer hop/v1", "outer hop/v2", "inner be/s"])
def chained_inside_one_process(env):
    env.sorted = True
    for number, src in enumerate(("127.0.0.3", "127.0.0.4"), 1):
        c = env.client(src=src)
        c.send(b"line\n").recv_line()
        c.shut().to_end()
        env.logs(2 * number)


@case(RECEIVING.replace("timeout client 700ms", "timeout client 3s"), {"got": greeter(b"served\n", header=True)}, must=["late: 0"])
def fin_right_behind_the_header(env):
    """Whether the server is reached is a race; that the session then ends at once is not."""
    late = 0
    for index in range(60):
        c = env.client(name=f"c{index}")
        c.send(GOOD["tcp4"])
        if index % 3 == 1:
            c.silence(0.0005 * (index % 7))
        c.shut()
        begin = time.monotonic()
        c.to_end()
        late += time.monotonic() - begin > 1.5
    env.logs(60)
    env.clients.clear()
    env.stubs["got"].connections.clear()
    env.sink.lines.clear()
    env.note(f"late: {late}")


REFUSED = BASE + "".join(f"""
listen {name}
    bind 127.0.0.1:[[{name}]] accept-proxy
    {option}
    tcp-request session reject if {{ src 192.0.2.1 }}
    server s 127.0.0.1:[[got]]
""" for name, option in (("plain", ""), ("null", "option dontlognull"), ("separate", "option log-separate-errors")))


@case(REFUSED, {"got": recorder()}, must=["plain/1: Success", "<131>.*separate/1: Success"])
def refused_by_a_session_rule(env):
    """Whoever was waited for is logged, as a failure without an error."""
    header = b"PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\r\n"
    for number, (name, data) in enumerate((("plain", header), ("plain", header + b"unread"), ("separate", header), ("null", header))):
        env.client(name).send(data).to_end()
        env.logs(min(number + 1, 3))
