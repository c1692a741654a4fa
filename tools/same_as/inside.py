"""Runs inside a network namespace in which every address is local: stub servers, one program, the witnesses as clients."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import time

from . import client, stub

STARTUP = 15.0


def make_all_local():
    """The file's addresses, whatever they are, belong to this machine."""
    for words in (["link", "set", "lo", "up"], ["route", "add", "local", "0.0.0.0/0", "dev", "lo"],
                  ["-6", "route", "add", "local", "::/0", "dev", "lo"]):
        subprocess.run(["ip", *words], check=words[0] != "-6", capture_output=True)
    try:
        with open("/proc/sys/net/ipv6/ip_nonlocal_bind", "w") as switch:  # a route is not enough for IPv6
            switch.write("1")
    except OSError:
        pass


def local_address(text):
    """IP in the order of /proc/net/tcp as bytes, and port."""
    digits, port = text.rsplit(":", 1)
    words = [bytes.fromhex(digits[i:i + 8])[::-1] for i in range(0, len(digits), 8)]
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, b"".join(words)), int(port, 16)


def listening():
    """Addresses of TCP sockets that listen in this namespace, and names of unix sockets."""
    places = []
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(name):
            with open(name) as rows:
                places += [local_address(row.split()[1]) for row in list(rows)[1:] if row.split()[3] == "0A"]
    with open("/proc/net/unix") as rows:
        return places, {row.split()[7].rstrip("@") for row in rows if len(row.split()) > 7}


def is_up(bind, places, names):
    """Stubs listen on single addresses, so that a bind of all addresses can't be mistaken."""
    if "path" in bind:
        return bind["path"] in names or os.path.exists(bind["path"])
    if "abstract" in bind:
        return "@" + bind["abstract"] in names
    address, port = bind["text"].rsplit(":", 1)
    if bind["any"]:
        return ("0.0.0.0", int(port)) in places or ("::", int(port)) in places
    return (address.strip("[]"), int(port)) in places


def start(program, job):
    """The process, once all its binds listen; or what it said when it ended."""
    log = open(job["log"], "wb")
    process = subprocess.Popen([*program, "-db", "-f", job["cfg"]], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               cwd=job["cwd"], preexec_fn=lambda: __import__("ctypes").CDLL(None).prctl(1, signal.SIGKILL))
    deadline = time.monotonic() + STARTUP
    while time.monotonic() < deadline and process.poll() is None:
        places, names = listening()
        if all(is_up(bind, places, names) for bind in job["binds"]):
            time.sleep(0.1)
            return process
        time.sleep(0.02)
    process.kill()
    process.wait()
    with open(job["log"], errors="replace") as text:
        sys.exit("did not start: " + text.read()[-400:])


def serve(job):
    stubs = stub.Stubs(job["pem"])
    for server in job["stubs"]:
        stubs.add(server)
    return stubs


def run_all(job, width):
    """Results of the witnesses, in their order."""
    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        return list(pool.map(lambda witness: client.run(witness, witness["patience"]), job["witnesses"]))


def main(job_path, result_path, *program):
    with open(job_path) as text:
        job = json.load(text)
    make_all_local()
    socket.setdefaulttimeout(30)
    stubs = serve(job)
    process = start(list(program), job)
    results = run_all(job, job["width"])
    ended = process.poll()
    process.kill()
    process.wait()
    with open(result_path, "w") as out:
        json.dump({"results": results, "ended": ended, "strange": stubs.faults}, out)
    return 0
