"""Stub servers: each connection runs a small script on a Peer, in a thread of its own."""

import socket
import struct
import threading
import time

import certs
from peer import LIMIT, Peer


class Uncounted(list):
    """In the place of a stub's connections: how many come is luck, and none is shown."""

    def append(self, _lines):
        pass


class Stub:
    """Listens on loopback; `behaviour(peer)` is run for each accepted connection."""

    def __init__(self, name, port, behaviour, host="127.0.0.1", backlog=64, listener=None, strangers=()):
        """`listener`: listens already; clients at the ports `strangers` are not served."""
        self.name, self.port, self.behaviour = name, port, behaviour
        self.host, self.backlog, self.strangers = host, backlog, strangers
        self.connections, self.threads, self._listener = [], [], None
        if listener:
            self._accept_from(listener)
        else:
            self.start()

    def start(self):
        """(Re)opens the port."""
        kind = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.host, self.port))
        listener.listen(self.backlog)
        self._accept_from(listener)

    def _accept_from(self, listener):
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self):
        """Closes the port; connections in progress go on."""
        listener, self._listener = self._listener, None
        if listener:
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept()
            listener.close()

    def _accept(self, listener):
        while True:
            try:
                sock, address = listener.accept()
            except OSError:
                return
            if address[1] in self.strangers:
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines = []
            self.connections.append(lines)
            thread = threading.Thread(target=self._serve, args=(sock, lines), daemon=True)
            thread.start()
            self.threads.append(thread)

    def _serve(self, sock, lines):
        peer = Peer(sock, lines, self.name)
        try:
            self.behaviour(peer)
        except Exception as error:  # a broken script must show up in the transcript, not vanish with its thread
            peer.say(f"script failed: {error!r}")
        finally:
            sock.close()
            peer.close()

    def join(self, deadline):
        """Waits until the scripts of all connections are over."""
        for thread in list(self.threads):
            thread.join(max(0.0, deadline()))


# --- behaviours; each returns a script ----------------------------------------------------------------------------
def recorder(answer=b"", header=False):
    """Reads to the end, then answers (if it was a half-close) and closes. The default of most cases."""
    def script(peer):
        if header:
            peer.proxy_header()
        peer.to_end()
        if answer and peer.ended == "FIN":
            peer.send(answer)
    return script


def greeter(text, header=False):
    """Speaks first, reads until the client is done, closes."""
    def script(peer):
        if header:
            peer.proxy_header()
        peer.send(text)
        peer.to_end()
    return script


def closer(text=b""):
    """Speaks and closes at once."""
    def script(peer):
        peer.send(text)
        peer.shut()
        peer.to_end()
    return script


def answering(text=None, header=False):
    """Answers the first line (with itself unless `text` is given), then reads to the end."""
    def script(peer):
        if header:
            peer.proxy_header()
        line = peer.recv_line()
        peer.send(line if text is None else text)
        peer.to_end()
    return script


def answering_bytes(count, text):
    """Answers after `count` bytes, then reads to the end."""
    def script(peer):
        peer.recv(count)
        peer.send(text)
        peer.to_end()
    return script


def silent(limit=LIMIT):
    """Accepts, reads, never says a word."""
    return lambda peer: peer.to_end(limit)


def resetter(after=0):
    """Reads `after` bytes and resets the connection."""
    def script(peer):
        if after:
            peer.recv(after)
        else:
            time.sleep(0.15)  # a reset in the middle of the connection's set-up would count as a failed attempt
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return script


def tls_server(certificate, text):
    """Terminates TLS, says which server it is, reads to the end."""
    def script(peer):
        if peer.tls(certs.server(certificate), server_side=True):
            peer.send(text)
            peer.to_end()
    return script
