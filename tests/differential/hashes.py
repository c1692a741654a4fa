#!/usr/bin/env python3
"""The table of hashes: for every key a client is sent to the same server as by HAProxy, whatever the algorithm and the weights.

Each combination is a proxy of its own whose servers refuse connections, so the line in the log tells which one was chosen. The
keys come in PROXY headers: addresses of clients and, as authority, texts. HAProxy 2.6 is asked anew in each run.
"""

import argparse
import collections
import itertools
import os
import random
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import time

from ports import Ports

HEAD = """global
    nbthread 1
    maxconn 4000
    log stdout format raw local0
defaults
    mode tcp
    log global
    retries 0
    timeout connect 5s
    timeout client 20s
    timeout server 20s
    log-format "%f %cp %s"
"""
KEYS = ("source", "hash src", "hash fc_pp_authority", "hash src,ipmask(20)", "hash fc_pp_authority,lower")
FUNCTIONS = ("sdbm", "djb2", "wt6", "crc32")
# One letter for each server, its weight; "b" is a backup, "d" is disabled.
WEIGHTS = {"equal": [1] * 5, "uneven": [1, 2, 3, 50, 7, 256], "holes": [10, "d", 20, "b", 5, 30, "b", 1]}
AT_ONCE = 150


def server_line(number, weight):
    extra = {"b": "backup", "d": "disabled"}.get(weight, f"weight {weight}")
    return f"    server s{number} 127.0.3.{number + 1}:1 {extra}\n"


def combinations():
    for key, kind, function, avalanche, weights in itertools.product(
            KEYS, ("map-based", "consistent"), FUNCTIONS, ("", " avalanche"), WEIGHTS):
        yield f"balance {key}\n    hash-type {kind} {function}{avalanche}", weights


def configuration(ports):
    text = HEAD
    for number, (lines, weights) in enumerate(combinations()):
        text += f"listen l{number}\n    bind 127.0.0.1:{ports[number]} accept-proxy\n    {lines}\n"
        text += "".join(server_line(i, weight) for i, weight in enumerate(WEIGHTS[weights]))
    return text


# --- clients ---------------------------------------------------------------------------------------------------------
def keys(seed, count):
    """PROXY headers, version 2; the client's port is the key's number."""
    r = random.Random(seed)
    made = []
    for number in range(count):
        name = "".join(r.choice("abcXYZ019.-") for _ in range(r.randint(0, 40))).encode()
        tlv = struct.pack("!BH", 2, len(name)) + name
        if r.random() < 0.7:
            body = r.randbytes(4) + bytes([192, 0, 2, 1]) + struct.pack("!HH", number, 80) + tlv
            family = 0x11
        else:
            body = r.randbytes(16) + bytes(15) + b"\1" + struct.pack("!HH", number, 80) + tlv
            family = 0x21
        made.append(b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x21, family, len(body)) + body)
    return made


def send_all(ports, headers):
    """Each header to each port; a connection is over when the proxy has closed it."""
    waiting = ((port, header) for header in headers for port in ports)
    selector = selectors.DefaultSelector()
    open_now = 0
    while True:
        while open_now < AT_ONCE and (one := next(waiting, None)) is not None:
            client = socket.create_connection(("127.0.0.1", one[0]))
            client.sendall(one[1])
            selector.register(client, selectors.EVENT_READ)
            open_now += 1
        if open_now == 0:
            return
        for key, _ in selector.select(10):
            try:
                key.fileobj.recv(10)
            except ConnectionResetError:
                pass
            selector.unregister(key.fileobj)
            key.fileobj.close()
            open_now -= 1


# --- programs --------------------------------------------------------------------------------------------------------
def chosen_servers(program, config, ports, headers, folder):
    """(proxy, number of the key) -> server."""
    path = os.path.join(folder, "hashes.cfg")
    with open(path, "w", encoding="ascii") as file:
        file.write(config)
    log = os.path.join(folder, "log")
    with open(log, "wb") as out:
        running = subprocess.Popen([program, "-f", path, "-db"], stdout=out, stderr=subprocess.PIPE)
        try:
            wait_for(running, ports[-1])
            send_all(ports, headers)
            made = read_log(log, len(ports) * len(headers))
        finally:
            running.terminate()
            running.communicate()
    return made


def wait_for(running, port):
    limit = time.monotonic() + 10
    while time.monotonic() < limit and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"the program does not listen: {running.stderr.read().decode() if running.poll() is not None else 'too slow'}")


def read_log(path, wanted):
    limit = time.monotonic() + 20
    made = {}
    while time.monotonic() < limit and len(made) < wanted:
        with open(path, encoding="ascii") as file:
            for line in file:
                words = line.split()
                if len(words) == 3 and words[1].isdigit() and words[2].startswith("s"):
                    made[words[0], int(words[1])] = words[2]
        time.sleep(0.1)
    return made


def report(theirs, ours, headers):
    wrong = collections.Counter()
    for number, (lines, weights) in enumerate(combinations()):
        for key in range(len(headers)):
            if theirs.get((f"l{number}", key)) != ours.get((f"l{number}", key)):
                wrong[lines.replace("\n   ", ";"), weights] += 1
    for (lines, weights), count in wrong.items():
        print(f"{count} of {len(headers)} keys differ: {lines}, {weights} weights")
    return sum(wrong.values())


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shunt", required=True)
    options.add_argument("--oracle", default="/usr/sbin/haproxy")
    options.add_argument("--keys", type=int, default=10000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    if not os.access(given.oracle, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    ports = Ports()
    numbers = [ports.take() for _ in combinations()]
    headers = keys(given.seed, given.keys)
    config = configuration(numbers)
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = (chosen_servers(program, config, numbers, headers, folder) for program in (given.oracle, given.shunt))
    expected = len(numbers) * len(headers)
    if len(theirs) != expected:
        sys.exit(f"HAProxy logged {len(theirs)} of {expected} connections")
    wrong = report(theirs, ours, headers)
    print(f"{len(numbers)} combinations of algorithm, function and weights, {len(headers)} keys each: {wrong} of {expected} servers differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
