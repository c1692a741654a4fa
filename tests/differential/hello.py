"""Builds TLS ClientHello messages byte by byte: server name, ALPN, padding to a size, splitting into records."""

import struct

SUITES = bytes.fromhex("130113021303c02bc02fc02cc030009c009d002f0035")


def _sized(width, data):
    return len(data).to_bytes(width, "big") + data


def _extension(kind, body):
    return struct.pack("!H", kind) + _sized(2, body)


def handshake(sni=None, alpn=(), size=None, version=0x0303):
    """The handshake message; `size` pads the whole of it, with one record header, to that many bytes."""
    extensions = b""
    if sni is not None:
        extensions += _extension(0, _sized(2, b"\0" + _sized(2, sni.encode())))
    if alpn:
        extensions += _extension(16, _sized(2, b"".join(_sized(1, name.encode()) for name in alpn)))
    extensions += _extension(10, _sized(2, bytes.fromhex("001d0017")))
    extensions += _extension(13, _sized(2, bytes.fromhex("0403080404010805")))
    extensions += _extension(43, _sized(1, bytes.fromhex("03040303")))
    extensions += _extension(51, _sized(2, bytes.fromhex("001d0020") + bytes(range(32))))
    body = struct.pack("!H", version) + bytes(range(32)) + _sized(1, bytes(32)) + _sized(2, SUITES) + b"\x01\x00"
    if size:
        missing = size - (5 + 4 + len(body) + 2 + len(extensions) + 4)
        extensions += _extension(21, bytes(missing))
    body += _sized(2, extensions)
    return b"\x01" + _sized(3, body)


def records(message, sizes=(16384,), version=0x0301):
    """The message in records; the last of `sizes` is used for all that remains."""
    out, sizes = b"", list(sizes)
    while message:
        take = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        out += b"\x16" + struct.pack("!H", version) + _sized(2, message[:take])
        message = message[take:]
    return out


def client_hello(sni=None, alpn=(), size=None, split=(16384,), version=0x0303, record_version=0x0301):
    return records(handshake(sni, alpn, size, version), split, record_version)
