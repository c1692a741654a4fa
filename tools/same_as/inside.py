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


def listening():
    """Ports of TCP sockets that listen in this namespace, and names of unix sockets."""
    ports = set()
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(name):
            with open(name) as rows:
                ports |= {int(row.split()[1].rsplit(":", 1)[1], 16) for row in list(rows)[1:] if row.split()[3] == "0A"}
    with open("/proc/net/unix") as rows:
        return ports, {row.split()[7] for row in rows if len(row.split()) > 7}


def is_up(bind, ports, names):
    if "path" in bind:
        return bind["path"] in names or os.path.exists(bind["path"])
    if "abstract" in bind:
        return "@" + bind["abstract"] in names
    return int(bind["text"].rsplit(":", 1)[1]) in ports


def start(program, job):
    """The process, once all its binds listen; or what it said when it ended."""
    log = open(job["log"], "wb")
    process = subprocess.Popen([*program, "-db", "-f", job["cfg"]], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               cwd=job["cwd"], preexec_fn=lambda: __import__("ctypes").CDLL(None).prctl(1, signal.SIGKILL))
    deadline = time.monotonic() + STARTUP
    while time.monotonic() < deadline and process.poll() is None:
        ports, names = listening()
        if all(is_up(bind, ports, names) for bind in job["binds"]):
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
