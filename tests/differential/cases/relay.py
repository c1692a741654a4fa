"""Bulk data: every byte arrives, in both directions, whatever the sizes and the speeds of the two sides."""

import hashlib
import threading
import time

import certs
from harness import BASE, case

CFG = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    bind 127.0.0.1:[[tls]] ssl crt [[pem rsadef]]
    server s 127.0.0.1:[[s]]
"""
PATTERN = hashlib.sha512(b"seed").digest() * 1024  # 64 KiB without short periods


def pour(peer, megabytes):
    for _ in range(megabytes * 16):
        peer.send(PATTERN)


def drain(peer, slow=0.0):
    """Reads to the end without keeping the data; records length and digest."""
    digest, total = hashlib.sha256(), 0
    peer.sock.settimeout(8)
    while True:
        try:
            data = peer.sock.recv(262144)
        except OSError as error:
            peer.say(f"broken: {type(error).__name__}")
            break
        if not data:
            break
        digest.update(data)
        total += len(data)
        if slow and total % 5 == 0:
            time.sleep(slow)
    peer.say(f"{total} bytes, sha256 {digest.hexdigest()[:16]}")


def both_ways(megabytes):
    def script(peer):
        sender = threading.Thread(target=lambda: (pour(peer, megabytes), peer.shut()), daemon=True)
        sender.start()
        drain(peer)
        sender.join(20)
    return script


@case(CFG, {"s": lambda peer: (peer.shut(), drain(peer))}, must=["20971520 bytes"])
def upload(env):
    c = env.client()
    pour(c, 20)
    c.shut().to_end(20)
    env.logs(1, limit=10)


@case(CFG, {"s": lambda peer: (pour(peer, 20), peer.shut(), drain(peer))}, must=["20971520 bytes"])
def download(env):
    c = env.client()
    drain(c)
    c.shut()
    env.logs(1, limit=10)


@case(CFG, {"s": both_ways(10)}, must=["10485760 bytes"])
def both_directions_at_once(env):
    both_ways(10)(env.client())
    env.logs(1, limit=10)


@case(CFG, {"s": lambda peer: (pour(peer, 4), peer.shut(), drain(peer))}, must=["4194304 bytes"])
def slow_reader(env):
    c = env.client()
    drain(c, slow=0.01)
    c.shut()
    env.hide(r"~\d+ms~", "some time")
    env.logs(1, limit=10)


@case(CFG, {"s": both_ways(4)}, must=["4194304 bytes"])
def through_tls(env):
    c = env.client("tls")
    c.tls(certs.client(), "any.test")
    pour(c, 4)
    total, digest = 0, hashlib.sha256()
    while total < 4 << 20:
        data = c.sock.recv(65536)
        if not data:
            break
        total += len(data)
        digest.update(data)
    c.say(f"{total} bytes, sha256 {digest.hexdigest()[:16]}")
    c.close_notify()
    env.logs(1, limit=10)


def odd_sizes(peer):
    for size in (1, 2, 3, 1023, 1024, 1025, 16383, 16384, 16385, 65535, 65536, 65537, 131071):
        peer.send(peer.recv(size))
    peer.to_end()


@case(CFG, {"s": odd_sizes}, must=["131071 bytes"])
def ping_pong_of_odd_sizes(env):
    c = env.client()
    for size in (1, 2, 3, 1023, 1024, 1025, 16383, 16384, 16385, 65535, 65536, 65537, 131071):
        c.send(bytes([size % 251]) * size)
        c.recv(size)
    c.shut().to_end()
    env.logs(1)
