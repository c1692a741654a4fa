"""The client IP header that NetScaler puts in front of a connection: both forms of it, and broken ones."""

import socket
import struct

from harness import BASE, answering, case

MAGIC = 0x43495000


def ip4(src="192.0.2.1", dst="192.0.2.2", words=5, version=4, protocol=6):
    return struct.pack("!BBHHHBBH", version << 4 | words, 0, 40, 0, 0, 64, protocol, 0) + socket.inet_aton(src) + socket.inet_aton(dst) \
        + b"\0" * 4 * (words - 5)


def ip6(src="2001:db8::1", dst="2001:db8::2", protocol=6):
    return struct.pack("!IHBB", 6 << 28, 20, protocol, 64) + socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst)


def tcp(sport=1111, dport=2222, words=5):
    return struct.pack("!HHIIBBHHH", sport, dport, 0, 0, words << 4, 2, 0, 0, 0) + b"\0" * 4 * (words - 5)


def legacy(headers, magic=MAGIC, size=None):
    return struct.pack("!II", magic, len(headers) if size is None else size) + headers


def standard(headers, magic=MAGIC, size=None, kind=1, inner=None):
    inner = len(headers) if inner is None else inner
    size = len(headers) + 12 if size is None else size
    return struct.pack("!IIHH", magic, size, kind, inner) + headers


CFG = BASE.replace("timeout client 4s", "timeout client 500ms") + f"""
frontend fe
    bind 127.0.0.1:[[fe]] accept-netscaler-cip {MAGIC}
    tcp-request connection set-var(sess.before) src
    default_backend be
frontend rule
    bind 127.0.0.1:[[rule]]
    tcp-request connection expect-netscaler-cip layer4
    default_backend be
frontend both
    bind 127.0.0.1:[[both]] accept-netscaler-cip {MAGIC} accept-proxy
    default_backend be
frontend mixed
    bind 127.0.0.1:[[mixed]] accept-netscaler-cip {MAGIC}
    tcp-request connection expect-proxy layer4
    default_backend be
backend be
    server s 127.0.0.1:[[s]] send-proxy
"""
ROWS = {
    "legacy": legacy(ip4() + tcp()),
    "standard": standard(ip4() + tcp()),
    "legacy six": legacy(ip6() + tcp()),
    "standard six": standard(ip6() + tcp()),
    "options": standard(ip4(words=7) + tcp(words=8)),
    "other magic": legacy(ip4() + tcp(), magic=1),
    "too short": legacy(ip4())[:20],
    "cut": standard(ip4() + tcp())[:45],
    "udp": standard(ip4(protocol=17) + tcp()),
    "version": standard(ip4(version=5) + tcp()),
    "long": legacy(ip4() + tcp() + b"x" * 9),
    "long standard": standard(ip4() + tcp() + b"x" * 9),
    "kind": standard(ip4() + tcp(), kind=2),
    "only ip": standard(ip4()),
    "small": standard(ip4() + tcp(), size=30),
    "nothing": b"",
    "large": standard(ip4() + tcp(), size=300),
    "inner": standard(ip4() + tcp(), inner=30),
    "inner large": standard(ip4() + tcp(), inner=300),
    "size legacy": legacy(ip4() + tcp(), size=30),
}


@case(CFG, {"s": answering(header=True)}, must=["PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222"])
def headers(env):
    for number, (name, data) in enumerate(ROWS.items(), 1):
        c = env.client(name=name.replace(" ", "-"))
        if data:
            c.send(data + b"line\n").recv_line(2)
        c.shut().to_end(2)
        env.logs(number, limit=1)


PROXY = b"PROXY TCP4 198.51.100.1 198.51.100.2 33 44\r\n"


@case(CFG, {"s": answering(header=True)}, must=["PROXY TCP4"])
def with_other_headers(env):
    rows = [("rule", legacy(ip4() + tcp(), magic=0)), ("rule", legacy(ip4() + tcp())), ("both", standard(ip4() + tcp()) + PROXY),
            ("both", PROXY + standard(ip4() + tcp())), ("mixed", PROXY + standard(ip4() + tcp())), ("mixed", standard(ip4() + tcp()) + PROXY)]
    for number, (name, data) in enumerate(rows, 1):
        c = env.client(name)
        c.send(data + b"line\n").recv_line(2)
        c.shut().to_end(2)
        env.logs(number, limit=1)
