"""Stub servers that speak TLS and write down what the program said to them, and lines of configuration for them."""

import os
import socket
import ssl

import certs
from peer import describe_v2

FACTS = """bc_err bc_err_str ssl_bc ssl_bc_alg_keysize ssl_bc_use_keysize ssl_bc_alpn ssl_bc_npn ssl_bc_cipher ssl_bc_protocol ssl_bc_is_resumed ssl_bc_err
    ssl_bc_err_str""".split()
LOG = "%si:%sp %ts %rc %B %Tw " + " ".join(f"{fetch}=[%[{fetch}]]" for fetch in FACTS)


def listening(server, settings="", globals_="", format_=LOG, bind="", fields=""):
    """One proxy `fe`; `server` is what follows the server's address."""
    return f"""
global
    nbthread 1
    log [[udp]] local0
    {globals_}
defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 4s
    timeout server 4s
listen fe
    bind 127.0.0.1:[[fe]] {bind}
    log-format "{format_}{fields}"
    {settings}
    server s 127.0.0.1:[[s]] {server}
"""


def context(certificate="b", signed=None, minimum=None, maximum=None, alpn=None, ciphers=None, client_ca=None, required=True):
    """A server context; `signed` is a name of client_certs.py instead of one of certs.py."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if signed:
        base = os.path.join(certs.clients(), signed)
        key = "leaf" if signed == "chain" else signed
        made.load_cert_chain(base + ".crt", os.path.join(certs.clients(), key) + ".key")
    else:
        made.load_cert_chain(certs.path(certificate))
    if minimum:
        made.minimum_version = minimum
    if maximum:
        made.maximum_version = maximum
    if alpn:
        made.set_alpn_protocols(alpn)
    if ciphers:
        made.set_ciphers(ciphers)
    if client_ca:
        made.load_verify_locations(os.path.join(certs.clients(), client_ca + ".crt"))
        made.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    made.sni_callback = lambda sock, name, _: setattr(sock, "asked_for", name)
    return made


def exact_header(peer):
    """Reads one PROXY header and not a byte more: TLS begins behind it on the socket itself."""
    peer.sock.settimeout(2)
    data = b""
    while not data.endswith(b"\r\n") or data == b"\r\n":
        data += peer.sock.recv(1)
        if data == b"\r\n\r\n":
            data += peer.sock.recv(12, socket.MSG_WAITALL)
            data += peer.sock.recv(int.from_bytes(data[14:16], "big"), socket.MSG_WAITALL)
            break
    if data.startswith(b"PROXY"):
        peer.say(f"header {data!r}")
    else:
        peer.say("header v2 " + describe_v2(data[:16], data[16:]))


def tls_answering(header=False, text=None, strict=True, early=b"", **options):
    """Handshake; writes down version, cipher, server name, protocol, client certificate, resumption; then answers the first line."""
    kept = {}

    def script(peer):
        if header:
            exact_header(peer)
        port = peer.sock.getsockname()[1]  # both programs' stubs run this script
        if port not in kept:
            kept[port] = context(**options)
        if not peer.tls(kept[port], server_side=True, strict=strict):
            return
        told(peer)
        if early:
            peer.send(early)
        line = peer.recv_line()
        if line:
            peer.send(line if text is None else text)
        peer.to_end()
    return script


def tls_greeting(text, strict=True, **options):
    """Speaks first, then reads to the end."""
    def script(peer):
        if peer.tls(context(**options), server_side=True, strict=strict):
            told(peer)
            peer.send(text)
            peer.to_end()
    return script


def hello_of(data):
    """A ClientHello without what differs from one to the next."""
    at, out = 9, [f"record {data[1:3].hex()} version {data[9:11].hex()}"]
    at += 34 + 1 + data[at + 34]
    size = int.from_bytes(data[at:at + 2], "big")
    out.append("suites " + data[at + 2:at + 2 + size].hex())
    at += 2 + size
    at += 1 + data[at]
    end = at + 2 + int.from_bytes(data[at:at + 2], "big")
    at += 2
    while at < end:
        kind, size = int.from_bytes(data[at:at + 2], "big"), int.from_bytes(data[at + 2:at + 4], "big")
        body = data[at + 4:at + 4 + size]
        out.append(f"{kind} {body[2:4].hex() if kind == 51 else size if kind in (21, 35) else body.hex()}")
        at += 4 + size
    return ", ".join(out)


def hello_recorder():
    def script(peer):
        peer.sock.settimeout(2)
        peer.say(hello_of(peer.sock.recv(4000)))
    return script


def told(peer):
    sock = peer.sock
    shown = sock.getpeercert()
    client = dict(pair[0] for pair in shown["subject"]).get("commonName") if shown else None
    peer.say(f"TLS {sock.version()} {sock.cipher()[0]} name {sock.asked_for} alpn {sock.selected_alpn_protocol()} client {client} resumed {sock.session_reused}")
