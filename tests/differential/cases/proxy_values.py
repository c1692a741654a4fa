"""PROXY headers towards servers: which version, and what a v2 header says of the client's TLS, with a checksum that fits."""

import socket
import struct

import certs
from harness import case
from server_tls import exact_header, tls_answering

DEFAULTS = ("", "send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn", "send-proxy send-proxy-v2", "proxy-v2-options ssl-cipher",
            "send-proxy proxy-v2-options cert-cn")
OWN = ("", "no-send-proxy", "no-send-proxy-v2", "no-send-proxy-v2-ssl", "no-send-proxy-v2-ssl-cn", "send-proxy", "send-proxy-v2", "proxy-v2-options ssl")
ALL = "ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,crc32c,unique-id"
OPTIONS = [*ALL.split(","), ALL, "ssl,cert-cn proxy-v2-options crc32c"]
BACKENDS = [(shared, own) for shared in DEFAULTS for own in OWN] + [("", "send-proxy-v2 proxy-v2-options " + options) for options in OPTIONS]
CFG = """
global
    nbthread 1
defaults
    mode tcp
    timeout connect 1s
    timeout client 4s
    timeout server 4s
    unique-id-format ID-%[src]-%[ssl_fc_sni]
frontend fe
    bind 127.0.0.1:[[fe]] ssl crt [[pem a]] crt [[pem rsa]] alpn h2,http/1.1 ca-file [[clients]]/ca.crt verify optional crt-ignore-err all ca-ignore-err all
    bind 127.0.0.1:[[plain]]
    bind [[dir]]/in.sock
    use_backend b%[ssl_fc_sni,field(2,.)] if { ssl_fc_sni -m found } !{ ssl_fc_sni dual.test }
    default_backend everything
""" + "".join(f"backend b{number}\n{'    default-server ' + shared if shared else ''}\n    server s 127.0.0.1:[[s]] {own}\n"
              for number, (shared, own) in enumerate(BACKENDS)) + f"""
backend everything
    server s 127.0.0.1:[[s]] send-proxy-v2 proxy-v2-options {ALL}
"""
TYPES = {1: "alpn", 2: "authority", 3: "crc32c", 5: "unique-id", 0x20: "ssl", 0x21: "version", 0x22: "cn", 0x23: "cipher", 0x24: "sig", 0x25: "key"}


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def values(data, whole, base):
    """(name, value) of each; a checksum is compared with that of the header."""
    out, at = [], 0
    while at + 3 <= len(data):
        kind, size = data[at], struct.unpack("!H", data[at + 1:at + 3])[0]
        value = data[at + 3:at + 3 + size]
        if kind == 3:
            zeroed = whole[:base + at + 3] + bytes(4) + whole[base + at + 7:]
            value = "fits" if crc32c(zeroed) == int.from_bytes(value, "big") else "wrong"
        elif kind == 0x20:
            value = f"client {value[0]} verify {int.from_bytes(value[1:5], 'big')} {values(value[5:], b'', 0)}"
        out.append(f"{TYPES.get(kind, kind)}={value}")
        at += 3 + size
    return " ".join(out)


def show(peer):
    peer.sock.settimeout(2)
    data = peer.sock.recv(4000)
    if not data.startswith(b"\r\n\r\n"):
        return peer.say(f"{data[:6]!r}")
    size = 16 + int.from_bytes(data[14:16], "big")
    head = {0x11: 28, 0x21: 52}.get(data[13], 16)
    peer.say(f"v2 {data[12:14].hex()} {values(data[head:size], data[:size], head)}")


def connect(env, name, certificate, label, to="fe", path=None):
    c = env.client(to, name=label, path=path)
    if name is not None:
        c.tls(certs.client(certificate=certificate, alpn=["h2"]), name)
    c.send(b"x").to_end()


@case(CFG, {"s": show}, must=["v2 2111 crc32c=fits alpn=b'h2' authority=b'x.72.test' unique-id=.* ssl=client 7 verify 0 version=b'TLSv1.3' cn=.* key=b'EC256' sig=b'ecdsa-with-SHA256' cipher",
                              "key=b'RSA2048'", "client 7 verify 18", "b'PROXY '", "v2 2000 crc32c=fits"])
def every_combination(env):
    for number in range(len(BACKENDS)):
        for certificate in (None, "good") if number >= len(BACKENDS) - len(OPTIONS) else ("good",):
            connect(env, f"x.{number}.test", certificate, f"{number} {certificate}")
    for certificate in ("self", "expired", "good", None):
        connect(env, "dual.test", certificate, f"all {certificate}")
    connect(env, None, None, "plain", to="plain")
    connect(env, None, None, "unix", path=env.dir + "/in.sock")


@case("""
global
    nbthread 1
    log [[udp]] local0
defaults
    mode tcp
    log global
    timeout connect 1s
    timeout client 4s
    timeout server 4s
listen v1
    bind 127.0.0.1:[[v1]]
    log-format "%b %ts %B"
    server s 127.0.0.1:[[s]] ssl verify none send-proxy
listen v2
    bind 127.0.0.1:[[v2]]
    log-format "%b %ts %B"
    server s 127.0.0.1:[[s]] ssl verify none send-proxy-v2-ssl
""", {"s": tls_answering(header=True)}, must=["header b'PROXY TCP4", "header v2 21 11", "TLS TLSv1.3"])
def headers_ahead_of_tls(env):
    for count, to in enumerate(("v1", "v2"), 1):
        c = env.client(to)
        c.send(b"line\n").recv_line()
        c.shut().to_end()
        env.logs(count)
