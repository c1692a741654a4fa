"""Stub servers: each tells the client at once which server it is and which PROXY header it got."""

import json
import socket
import ssl
import struct
import threading

MAGIC = b"\r\n\r\n\0\r\nQUIT\n"


def read_header(sock):
    """The PROXY header as text; empty if none comes."""
    got = b""
    while not got.endswith(b"\r\n") or got == MAGIC[:len(got)]:
        byte = sock.recv(1)
        if not byte:
            return "cut: " + got.hex()
        got += byte
        if got == MAGIC:
            return read_second(sock)
        if not (MAGIC.startswith(got) or b"PROXY ".startswith(got[:6])):
            return "none: " + got.hex()
    return "v1 " + got.decode("latin1").strip()


def exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise OSError("cut")
        data += more
    return data


def read_second(sock):
    command, family, size = struct.unpack("!BBH", exactly(sock, 4))
    body = exactly(sock, size)
    if command & 15 == 0:
        return "v2 LOCAL"
    if family in (0x11, 0x21):
        width, kind = (4, socket.AF_INET) if family == 0x11 else (16, socket.AF_INET6)
        source, destination = (socket.inet_ntop(kind, body[i * width:(i + 1) * width]) for i in (0, 1))
        ports = struct.unpack("!HH", body[2 * width:2 * width + 4])
        return f"v2 TCP {source} {destination} {ports[0]} {ports[1]} {tlvs(body[2 * width + 4:])}".strip()
    return f"v2 family {family:#x}"


def tlvs(rest):
    """Types and values; a checksum is left out, as it covers the client's port."""
    found = []
    while len(rest) >= 3:
        kind, size = struct.unpack("!BH", rest[:3])
        found.append(f"{kind:#x}=" + ("?" if kind == 3 else rest[3:3 + size].hex()))
        rest = rest[3 + size:]
    return " ".join(found)


class Stubs:
    def __init__(self, pem):
        self.faults, self.open = [], set()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(pem)

    def add(self, server):
        """`server`: ip and port or path or abstract, whether it expects a header and TLS."""
        place = server.get("path") or ("\0" + server["abstract"].ljust(107, "\0") if "abstract" in server else (server["ip"], server["port"]))
        if place in self.open:
            return
        self.open.add(place)
        kind = socket.AF_UNIX if isinstance(place, str) else socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        try:
            listener = socket.socket(kind)
            listener.settimeout(None)
            if kind != socket.AF_UNIX:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.bind(place)
            listener.listen(1024)
        except OSError as error:
            self.faults.append(f"{place}: {error}")
            return
        threading.Thread(target=self._accept, args=(listener, server), daemon=True).start()

    def _accept(self, listener, server):
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=self._serve, args=(sock, server), daemon=True).start()

    def _serve(self, sock, server):
        try:
            sock.settimeout(20)
            said = {"server": server["label"], "header": read_header(sock) if server["header"] else ""}
            if server["tls"]:
                sock = self.tls.wrap_socket(sock, server_side=True)
                said["tls"] = True
            sock.sendall(b"SERVED " + json.dumps(said).encode() + b"\n")
            while sock.recv(65536):
                pass
        except OSError:
            pass
        finally:
            sock.close()
