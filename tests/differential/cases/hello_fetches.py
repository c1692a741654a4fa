"""Fetches of a ClientHello in the request buffer: values, and which hellos are waited for and which never become one."""

import random
import struct
import time

from harness import case

FETCHES = {"st": "req.ssl_st_ext", "ec": "req.ssl_ec_ext", "sni": "req.ssl_sni", "alpn": "req.ssl_alpn", "ver": "req.ssl_ver",
           "type": "req.ssl_hello_type"}
DELAY = 1.2
# Behind each hello: 2.6 counts its size four bytes short, so only more bytes than that are seen alike.
MORE = b"\0" * 16


def extension(kind, body):
    return struct.pack("!HH", kind, len(body)) + body


def hello(extensions, version=b"\x03\x03", without=False):
    body = version + b"r" * 32 + b"\x20" + b"s" * 32 + b"\x00\x04\x13\x01\x13\x02\x01\x00"
    if not without:
        body += struct.pack("!H", len(extensions)) + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(message)) + message


GROUPS = extension(10, b"\0\x04\0\x1d\0\x17")
NAME = extension(0, b"\0\x09\0\0\x06a.test")
PROTOCOLS = extension(16, b"\0\x0c\x02h2\x08http/1.1")
FULL = hello(NAME + PROTOCOLS + GROUPS + extension(35, b"ticket") + extension(13, b"\0\x02\x04\x03"))
HELLOS = [
    hello(b""), hello(b"", without=True), hello(GROUPS), hello(extension(10, b"")), hello(extension(10, b"\0")),
    hello(extension(10, b"\0\x09")), hello(extension(35, b"")), hello(extension(35, b"abc")), hello(extension(5, b"x") + b"\0\x23\0"),
    hello(b"\0\x23\0\x09abc"), hello(b"\0\x0a\0\x09abc"), hello(GROUPS, b"\x03\0"), hello(extension(35, b""), b"\x03\0"),
    hello(b"\0\x05\xff\xffab" + GROUPS), hello(extension(35, b"") * 2), hello(extension(10, b"") + GROUPS), hello(GROUPS, b"\x03\x04"),
    hello(GROUPS, b"\x02\x00"), b"GET / HTTP/1.0\r\n\r\n", FULL,
    hello(NAME + extension(35, b"") + PROTOCOLS), hello(extension(0, b"\0\x05\x01\0\x02ab") + GROUPS)]
CUT = [FULL[:size] for size in (1, 2, 3, 5, 6, 9, 10, 11, 40, 60, len(FULL) - 6)]
CFG = """
global
    nbthread 1
    log [[udp]] local0
defaults
    mode tcp
    log global
    timeout client 5s
    timeout server 5s
    timeout connect 1s
""" + "".join(f"""
frontend {name}
    bind 127.0.0.1:[[{name}]]
    tcp-request inspect-delay {int(DELAY * 1000)}ms
    acl there {fetch} -m found
    tcp-request content set-var(txn.value) {fetch}
    tcp-request content set-var(txn.found) str(yes) if there
    tcp-request content reject if there
    tcp-request content set-var(txn.found) str(no) if !there
    tcp-request content reject
    log-format "%[src_port] {name} %[var(txn.found)] %[var(txn.value),hex]"
""" for name, fetch in FETCHES.items())


WORKERS = 5


def ask(env, name, number, data):
    c = env.client(name, name=f"{name}.{number}")
    begin = time.monotonic()
    c.send(data).to_end()
    return "late" if time.monotonic() - begin > DELAY * 0.7 else "now"


def compare(env, hellos):
    """Each hello to each frontend; the log says which client's line it is by the name of its port."""
    answers = {}

    def some(name, first):
        for number in range(first, len(hellos), WORKERS):
            answers[name, number] = ask(env, name, number, hellos[number])
    env.parallel(*[lambda name=name, first=first: some(name, first) for name in FETCHES for first in range(WORKERS)])
    for name, number in sorted(answers):
        env.note(f"{name} {number}: {answers[name, number]}")
    env.logs(len(answers))
    for lines in env.clients.values():
        lines.clear()  # times of single connections are in the notes, as classes


@case(CFG, must=["st yes", "ec yes", "late", "now"])
def measured(env):
    compare(env, [data + (MORE if data[:1] == b"\x16" and len(data) > 60 and data not in CUT else b"") for data in HELLOS + CUT])


def mutated(seed, count):
    """Damaged hellos, but for the length of the name, which 2.6 doesn't hold against the hello's end."""
    numbers = random.Random(seed)
    spared = {FULL.index(NAME) + 7, FULL.index(NAME) + 8}
    made = []
    while len(made) < count:
        data = bytearray(FULL)
        for _ in range(numbers.randint(1, 2)):
            at = numbers.choice(range(len(data)) if numbers.random() < 0.4 else range(140))
            if at not in spared:
                data[at] = numbers.choice((0, 1, 2, 3, 0x16, 0x7f, 0x80, 0xff))
        made.append(bytes(data) + MORE)
    return made


@case(CFG, must=["st yes", "ec yes", "now"])
def damaged(env):
    compare(env, mutated(7, 60))


@case(CFG, must=["st yes", "ec yes", "now"], long=True)
def damaged_more(env):
    compare(env, mutated(8, 200))
