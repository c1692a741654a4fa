#!/usr/bin/env python3
"""Opens connections and drops them at random moments (mid-header, mid-hello, mid-handshake, half-closed, by reset), some after
records, hellos and alerts that no TLS client should send;
afterwards descriptors and memory of the program must be back where they were, and it must end cleanly.

usage: dropped_connections.py SHUNT [--connections 10000] [--seed 1] [--memory]
"""
import argparse
import os
import random
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "differential"))

import bad_input  # noqa: E402
from program import descriptors, fault_at_end, free_ports, listening, make_certificate, resident, wait_until

CONFIG = """
global
  maxconn 2000
defaults
  mode tcp
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend entry
  bind 127.0.0.1:{entry}
  tcp-request inspect-delay 2s
  tcp-request content accept if {{ req.ssl_hello_type 1 }}
  use_backend to-tls if {{ req.ssl_hello_type 1 }}
  default_backend to-plain
frontend behind-proxy
  bind 127.0.0.1:{proxied} accept-proxy
  default_backend app
frontend tls
  bind 127.0.0.1:{tls} ssl crt {cert}
  bind abns@soak-{pid}-tls accept-proxy ssl crt {cert}
  default_backend app
frontend plain
  bind abns@soak-{pid}-plain accept-proxy
  default_backend app
backend to-tls
  server tls abns@soak-{pid}-tls send-proxy-v2
backend to-plain
  server plain abns@soak-{pid}-plain send-proxy-v2
backend app
  server app 127.0.0.1:{backend}
"""
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname, CONTEXT.verify_mode = False, ssl.CERT_NONE
BAD = [data for name, data in [*bad_input.records(), *bad_input.messages(), *bad_input.sequences()]]
V1 = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000\r\n"


def client_hello(name):
    """The first flight of a real client, and the state machine to go on with."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = CONTEXT.wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read(), tls, incoming, outgoing


class EchoServer:
    """Answers what it gets, and is told to hang up at random moments too."""

    def __init__(self, port, rng):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.rng = rng
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer, self.rng.random()), daemon=True).start()

    @staticmethod
    def serve(peer, mood):
        try:
            peer.settimeout(10)
            if mood < 0.1:
                abort(peer)
            while data := peer.recv(65536):
                peer.sendall(data)
                if mood < 0.2:
                    break
        except OSError:
            pass
        finally:
            peer.close()


def abort(peer):
    """Closes with RST."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def finish_handshake(peer, tls, incoming, outgoing, upto):
    """Goes through `upto` reads of the handshake; then it is left as it is."""
    for _ in range(upto):
        incoming.write(peer.recv(65536))
        try:
            tls.do_handshake()
            peer.sendall(outgoing.read())
            return True
        except ssl.SSLWantReadError:
            peer.sendall(outgoing.read())
    return False


def leave(peer, rng):
    end = rng.randrange(4)
    if end == 0:
        abort(peer)
        return
    if end == 1:
        peer.shutdown(socket.SHUT_WR)
        if rng.random() < 0.5:
            peer.recv(65536)
    peer.close()


def one_connection(ports, rng):
    entry, proxied, tls_port = ports
    kind = rng.randrange(8)
    peer = socket.create_connection(("127.0.0.1", tls_port if kind > 5 else (entry, proxied, tls_port)[kind % 3]), timeout=8)
    try:
        if kind == 0 or kind == 2:      # a hello cut anywhere, or garbage
            data = client_hello("a.test")[0] if rng.random() < 0.7 else rng.randbytes(200)
            peer.sendall(data[: rng.randrange(len(data) + 1)])
        elif kind == 1:                 # a PROXY header cut anywhere
            peer.sendall((V1 + b"payload")[: rng.randrange(len(V1) + 7)])
        elif kind == 3:                 # plain bytes through both hops
            peer.sendall(b"plain " + rng.randbytes(rng.randrange(50000)))
            if rng.random() < 0.5:
                peer.recv(1000)
        elif kind == 4:                 # a header, then bytes
            peer.sendall(V1 + b"x" * rng.randrange(1, 3000))
            if rng.random() < 0.5:
                peer.recv(1000)
        elif kind == 6:                 # what no TLS client should send
            peer.sendall(rng.choice(BAD))
        elif kind == 7:                 # an alert at some stage
            hello, tls, incoming, outgoing = client_hello("a.test")
            greets = rng.random() < 0.8
            peer.sendall(hello if greets else b"")
            if greets and rng.random() < 0.5:  # else there would be nothing to read but the server's timeout
                finish_handshake(peer, tls, incoming, outgoing, 1)
            peer.sendall(bad_input.alert(*rng.choice(bad_input.ALERTS)))
        else:                           # a handshake left at some flight, or finished and used
            hello, tls, incoming, outgoing = client_hello("a.test")
            peer.sendall(hello)
            if finish_handshake(peer, tls, incoming, outgoing, rng.randrange(3)):
                tls.write(b"inside " + rng.randbytes(rng.randrange(20000)))
                peer.sendall(outgoing.read())
        leave(peer, rng)
    except OSError:
        pass
    finally:
        peer.close()


def wave(count, ports, seed):
    def some(number, share):
        rng = random.Random(seed * 1000 + number)
        for _ in range(share):
            one_connection(ports, rng)

    workers = [threading.Thread(target=some, args=(n, count // 8)) for n in range(8)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()


def run(args, folder):
    entry, proxied, tls, backend = free_ports(4)
    make_certificate(folder + "/cert.pem")
    with open(folder + "/soak.cfg", "w") as file:
        file.write(CONFIG.format(entry=entry, proxied=proxied, tls=tls, backend=backend, pid=os.getpid(),
                                 cert=folder + "/cert.pem"))
    EchoServer(backend, random.Random(args.seed))
    program = subprocess.Popen([args.shunt, "-db", "-f", folder + "/soak.cfg"])
    try:
        if not wait_until(lambda: listening(entry), 20):
            return "it did not start"
        ports = (entry, proxied, tls)
        wave(args.connections // 5, ports, args.seed)          # warms pools and allocator
        at_rest = lambda: descriptors(program.pid)
        if not wait_until(lambda: program.poll() is not None or at_rest() < 120, 15):
            return f"{at_rest()} descriptors are open after the first wave"
        before, memory_before = at_rest(), resident(program.pid)
        wave(args.connections, ports, args.seed + 1)
        if program.poll() is not None:
            return f"it ended by itself with status {program.returncode}"
        back = wait_until(lambda: at_rest() <= before, 20)
        grown = resident(program.pid) - memory_before
        print(f"{args.connections} connections dropped; descriptors {before} before, {at_rest()} after; "
              f"memory {grown:+} kB")
        if not back:
            return "descriptors leaked"
        if args.memory and grown > 4 << 10:
            return "memory grew by more than 4 MiB"
        program.terminate()
        status = program.wait(20)
        return fault_at_end(status, "")
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shunt")
    parser.add_argument("--connections", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", action="store_true", help="judge resident memory too (not under sanitizers)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fault = run(args, folder)
    print("FAILED: " + fault if fault else "passed")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
