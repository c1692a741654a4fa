#!/usr/bin/env python3
"""What the machine lacks for a while: descriptors, source ports, room for the log. Clients wait or fail as long as it lacks, all is
well again afterwards, and nothing is left behind.

usage: exhaustion.py SHUNT
"""
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

from program import descriptors, fault_at_end, free_ports, listening, wait_until

CONFIG = """
global
  maxconn 400
  no strict-limits
  log stdout format raw local0
defaults
  mode tcp
  log global
  option tcplog
  retries 1
  timeout connect 1s
  timeout client 5s
  timeout server 5s
listen entry
  bind 127.0.0.1:{entry}
  server s 127.0.0.1:{server}
listen few-ports
  bind 127.0.0.1:{few}
  server s 127.0.0.1:{server} source 127.0.0.1:{source}-{last}
"""


def free_range(length):
    """The first of so many ports in a row that nobody uses."""
    for first in range(9000, 11900, length):
        try:
            held = [socket.create_server(("127.0.0.1", port)) for port in range(first, first + length)]
        except OSError:
            continue
        for one in held:
            one.close()
        return first
    sys.exit("no free ports")


def echo(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=512)

    def serve(peer):
        with peer:
            try:
                while data := peer.recv(65536):
                    peer.sendall(data)
            except OSError:
                pass

    def accept():
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=serve, args=(peer,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


def is_served(port, patience=3.0):
    """A connection that was answered, or None."""
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    client.settimeout(patience)
    try:
        client.sendall(b"hello")
        if client.recv(10) == b"hello":
            return client
    except OSError:
        pass
    client.close()
    return None


def lack_of_descriptors(entry):
    """More clients than descriptors: those that are served stay served, the others get their turn."""
    clients = [socket.create_connection(("127.0.0.1", entry), timeout=5) for _ in range(120)]
    for client in clients:
        client.settimeout(0.02)
        client.sendall(b"x")
    time.sleep(0.5)
    served, silent = [], []
    for client in clients:
        try:
            (served if client.recv(1) == b"x" else silent).append(client)
        except OSError:
            silent.append(client)
    yield f"only some of 120 are served: {0 < len(served) < 120}"
    first = served.pop(0)
    first.settimeout(2)
    first.sendall(b"y")
    yield f"who was served still is: {first.recv(1) == b'y'}"
    for client in [first, *served]:
        client.close()
    time.sleep(0.7)
    later = 0
    for client in silent:
        client.settimeout(0.2)
        try:
            later += client.recv(1) == b"x"
        except OSError:
            pass
        client.close()
    yield f"others got their turn: {later > 0}"
    time.sleep(0.7)
    again = is_served(entry)
    yield f"all is well again: {again is not None}"
    again.close()


def lack_of_ports(few, ports):
    """Each connection to the server needs one of few source ports."""
    held = [is_served(few) for _ in range(ports)]
    yield f"as many as ports are served: {None not in held}"
    yield f"one more is not: {is_served(few) is None}"
    for client in held:
        client.close()
    time.sleep(0.5)


def soak(program, folder):
    """What was seen: sentences that end with whether they hold."""
    ports = 4
    entry, few, server = free_ports(3)
    source = free_range(ports)
    echo(server)
    config, errors = os.path.join(folder, "exhaustion.cfg"), os.path.join(folder, "errors")
    with open(config, "w", encoding="ascii") as file:
        file.write(CONFIG.format(entry=entry, few=few, server=server, source=source, last=source + ports - 1))
    # Standard output is a disk that is full from the first line on.
    with open("/dev/full", "wb") as full, open(errors, "wb") as err:
        running = subprocess.Popen([program, "-f", config, "-db"], stdout=full, stderr=err,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (150, 150)))
    try:
        yield f"it listens: {wait_until(lambda: listening(entry), 10)}"
        time.sleep(0.3)
        before = descriptors(running.pid)
        yield from lack_of_ports(few, ports)
        yield from lack_of_descriptors(entry)
        back = wait_until(lambda: descriptors(running.pid) == before, 5)
        yield f"descriptors are back ({before}, {descriptors(running.pid)}): {back}"
    finally:
        running.terminate()
        running.wait(20)
    with open(errors, encoding="utf-8", errors="replace") as said:
        fault = fault_at_end(running.returncode, said.read())
    yield f"it ends well{f' ({fault})' if fault else ''}: {fault is None}"


def main():
    seen = []
    with tempfile.TemporaryDirectory() as folder:
        for line in soak(sys.argv[1], folder):
            print(line)
            seen.append(line)
    return 1 if any(line.endswith("False") for line in seen) else 0


if __name__ == "__main__":
    sys.exit(main())
