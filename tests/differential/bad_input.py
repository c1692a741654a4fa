"""What no TLS client should send: records of wrong types, versions and lengths, hellos whose fields lie, alerts."""

import struct

import hello

TYPES = (0, 1, 20, 21, 22, 23, 24, 25, 26, 64, 127, 128, 255)
VERSIONS = (0x0000, 0x0002, 0x0200, 0x02ff, 0x0300, 0x0301, 0x0303, 0x0304, 0x03ff, 0x0400, 0x7f1c, 0xfeff, 0xffff)
LENGTHS = (0, 1, 2, 3, 4, 5, 255, 16383, 16384, 16385, 16640, 16641, 18432, 18433, 32768, 65535)
ALERTS = [(level, code) for level in (0, 1, 2, 3) for code in (0, 10, 20, 40, 42, 48, 70, 80, 90, 100, 110, 255)]


def record(kind, body, version=0x0301, length=None):
    return struct.pack("!BHH", kind, version, len(body) if length is None else length) + body


def alert(level, code, version=0x0303):
    return record(21, bytes((level, code)), version)


def records():
    """Name and bytes of one first record each, whose length is told truthfully and whose body is nonsense; then lies about the length."""
    for kind in TYPES:
        yield f"type {kind}", record(kind, bytes(range(40)))
    for version in VERSIONS:
        yield f"version {version:04x}", record(22, hello.handshake("a.test"), version)
    for length in LENGTHS:
        yield f"length {length}", record(22, hello.handshake("a.test")[:length].ljust(min(length, 20000), b"\0"), length=length)
        yield f"length {length} of nothing", record(22, b"", length=length)
        yield f"type 21 length {length}", record(21, b"\2\50" * (min(length, 20000) // 2 + 1), length=length)[:length + 5]


def messages():
    """Handshake messages with a field that is not what it should be."""
    whole = hello.handshake("a.test", alpn=("h2",))
    for kind in (0, 2, 11, 14, 16, 20, 24, 255):
        yield f"message {kind}", record(22, bytes((kind,)) + whole[1:])
    for size in (0, 1, len(whole) - 5, len(whole) - 3, len(whole), 65535, 131073, 0xffffff):
        yield f"message of {size} bytes", record(22, whole[:1] + size.to_bytes(3, "big") + whole[4:])
    for at in range(4, len(whole)):
        for value in (0x00, 0xff):
            if whole[at] != value:
                yield f"byte {at} is {value:02x}", record(22, whole[:at] + bytes((value,)) + whole[at + 1:])
    for cut in range(0, len(whole), 7):
        short = whole[4:cut] if cut > 4 else b""
        yield f"hello of {len(short)} bytes", record(22, b"\1" + len(short).to_bytes(3, "big") + short)


def sequences():
    """Several records, none of which a handshake begins with in this order."""
    first = record(22, hello.handshake("a.test"))
    yield "hello twice", first + first
    yield "empty records", record(22, b"") * 40 + first
    yield "a change of ciphers", first + record(20, b"\1", 0x0303) + record(20, b"\1", 0x0303) * 40
    yield "data at once", record(23, b"hello" * 20, 0x0303)
    yield "data after hello", first + record(23, b"hello" * 20, 0x0303)
    yield "alert in the hello", record(22, hello.handshake("a.test")[:40]) + alert(2, 40) + record(22, hello.handshake("a.test")[40:])
    yield "warnings", alert(1, 90) * 3 + first
    yield "many warnings", alert(1, 90) * 20 + first
    yield "an old hello", bytes.fromhex("802e0100020015000000100100800300800700c0060040020080040080") + bytes(16)
    yield "HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    yield "HTTP to a proxy", b"CONNECT x:443 HTTP/1.1\r\n\r\n"
    yield "SSH", b"SSH-2.0-x\r\n"
    yield "zeros", bytes(2000)
    yield "ones", b"\xff" * 2000
    yield "nothing", b""
