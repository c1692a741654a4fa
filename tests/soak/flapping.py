#!/usr/bin/env python3
"""Waves of connections while servers come and go every 200 ms, misbehave, and the log's targets vanish; afterwards every
connection must have its log line, the counters must be back at nothing, descriptors and memory where they were.

usage: flapping.py SHUNT [--connections 100000] [--threads 4] [--seed 1] [--memory]
"""
import argparse
import asyncio
import collections
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

from program import descriptors, fault_at_end, free_ports, listening, resident, wait_until

CONFIG = """
global
  nbthread {threads}
  maxconn 1500
  log 127.0.0.1:{syslog} local0
  log {folder}/unix.log local0
  log stdout format raw local0
defaults
  mode tcp
  log global
  timeout connect 300ms
  timeout client 2s
  timeout server 2s
  timeout queue 200ms
  retries 2
  option redispatch
  log-format "conn %ci:%cp %ts %ac/%fc/%bc/%sc/%rc %sq/%bq %s"
frontend entry
  bind 127.0.0.1:{entry}
  tcp-request inspect-delay 1s
  tcp-request content reject if {{ req.payload(0,3) -m str BAD }}
  use_backend hop if {{ req.payload(0,3) -m str HOP }}
  default_backend app
backend hop
  server inside abns@flapping-{pid} send-proxy-v2
listen behind
  bind abns@flapping-{pid} accept-proxy
  option dontlog-normal
  log-format "hop %ts"
  default_backend app
backend app
  balance leastconn
  option log-health-checks
  default-server check inter 60ms fastinter 20ms rise 1 fall 1 on-marked-down shutdown-sessions
  {servers}
"""
SERVERS = 6
WAVE = 400


class Server:
    """Listens, or not; what a connection gets is a matter of luck."""

    def __init__(self, port, rng):
        self.port, self.rng, self.listening = port, rng, None

    async def open(self):
        self.listening = await asyncio.start_server(self.serve, "127.0.0.1", self.port, backlog=256, reuse_address=True)

    async def flip(self):
        if self.listening:
            self.listening.close()
            self.listening = None
        else:
            await self.open()

    async def serve(self, reader, writer):
        try:
            await self.behave(self.rng.random(), reader, writer)
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    async def behave(self, mood, reader, writer):
        if mood < 0.05:
            reset(writer)
        elif mood < 0.1:
            writer.write(self.rng.randbytes(5000))  # garbage, unasked
        elif mood < 0.12:
            await asyncio.wait_for(reader.read(), 3)  # not a word
        elif mood < 0.2:
            writer.write_eof()  # half
            await asyncio.wait_for(reader.read(), 3)
        elif mood < 0.25:
            await reader.read(1)
            await asyncio.sleep(0.3)  # slow
            writer.write(b"late")
        else:
            while data := await asyncio.wait_for(reader.read(65536), 3):
                writer.write(data)
                await writer.drain()


def reset(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def one_client(port, rng, source, made):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    except OSError as error:
        made[f"connect: {error.strerror}"] += 1
        return
    made["connected"] += 1
    try:
        writer.write(rng.choice([b"HOP", b"BAD", b"abc", b"abc", b"xyz"]) + bytes(rng.randint(0, 3000)))
        kind = rng.random()
        if kind < 0.1:
            reset(writer)
        elif kind < 0.2:
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 6)
        elif kind < 0.9:
            await asyncio.wait_for(reader.read(2000), 6)
    except (OSError, asyncio.TimeoutError) as error:
        made[type(error).__name__] += 1
    finally:
        writer.close()


async def flap(servers, until):
    turn = 0
    while not until.is_set():
        await servers[turn % len(servers)].flip()
        turn += 1
        await asyncio.sleep(0.2)
    for server in servers:
        if not server.listening:
            await server.open()


async def syslog_comes_and_goes(port, until):
    while not until.is_set():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("127.0.0.1", port))
            await asyncio.sleep(0.5)
        await asyncio.sleep(0.5)


async def waves(given, entry, servers, syslog, made, look):
    rng = random.Random(given.seed)
    for server in servers:
        await server.open()
    await asyncio.sleep(0.5)
    over = asyncio.Event()
    helpers = [asyncio.create_task(flap(servers, over)), asyncio.create_task(syslog_comes_and_goes(syslog, over))]
    for wave in range(0, given.connections, WAVE):
        clients = [one_client(entry, rng, f"127.0.{rng.randint(1, 99)}.{rng.randint(1, 250)}", made)
                   for _ in range(min(WAVE, given.connections - wave))]
        await asyncio.gather(*clients)
        look(wave)
    over.set()
    await asyncio.gather(*helpers)
    await asyncio.sleep(3)  # the longest timeout of what is left
    await one_client(entry, random.Random(3), "127.0.0.1", made)
    await asyncio.sleep(0.5)


# --- the program -----------------------------------------------------------------------------------------------------
def sessions(log):
    with open(log, encoding="ascii", errors="replace") as file:
        return [line for line in file if line.startswith("conn ")]


def judge(given, made, log, before, after, sizes):
    faults = []
    lines = sessions(log)
    if len(lines) != made["connected"]:
        faults.append(f"{made['connected']} connections, {len(lines)} log lines")
    last = lines[-1].split()[3:5] if lines else []
    if last and not re.fullmatch(r"1/1/[01]/[01]/\d+", last[0]):
        faults.append(f"the counters of the last connection are {' '.join(last)}")
    if after != before:
        faults.append(f"descriptors: {before} before, {after} after")
    if given.memory and len(sizes) > 4 and sizes[-1] > sizes[len(sizes) // 2] * 1.05 + 512:
        faults.append(f"memory grows: {sizes[len(sizes) // 2]} kB in the middle, {sizes[-1]} kB at the end")
    states = collections.Counter(line.split()[2] for line in lines)
    print(f"{made['connected']} connections, ends: {dict(states.most_common())}")
    print(f"clients: {dict(made)}; memory {sizes[0]} ... {sizes[-1]} kB; descriptors {before} ... {after}")
    return faults


def soak(given, folder):
    """What was wrong."""
    entry, syslog, *served = free_ports(2 + SERVERS)
    lines = "\n  ".join(f"server s{i} 127.0.0.1:{port}{' maxconn 60' if i % 2 else ''}" for i, port in enumerate(served))
    config, log, errors = (os.path.join(folder, name) for name in ("flapping.cfg", "log", "errors"))
    with open(config, "w", encoding="ascii") as file:
        file.write(CONFIG.format(threads=given.threads, syslog=syslog, folder=folder, entry=entry, pid=os.getpid(), servers=lines))
    with open(log, "wb") as out, open(errors, "wb") as err:
        program = subprocess.Popen([given.shunt, "-f", config, "-db"], stdout=out, stderr=err)
    made, sizes = collections.Counter(), []
    try:
        if not wait_until(lambda: listening(entry), 10):
            return ["it does not listen"]
        time.sleep(0.5)
        before = descriptors(program.pid)
        made["connected"] = len(sessions(log))  # those that asked whether it listens
        rng = random.Random(given.seed + 1)
        servers = [Server(port, rng) for port in served]
        asyncio.run(waves(given, entry, servers, syslog, made, lambda _: sizes.append(resident(program.pid))))
        faults = judge(given, made, log, before, descriptors(program.pid), sizes)
    finally:
        program.terminate()
        program.wait(20)
    with open(errors, encoding="utf-8", errors="replace") as said:
        if fault := fault_at_end(program.returncode, said.read()):
            faults.append(fault)
    return faults


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("shunt")
    options.add_argument("--connections", type=int, default=100000)
    options.add_argument("--threads", type=int, default=4)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--memory", action="store_true", help="judge the memory, too (not under a sanitizer)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faults = soak(given, folder)
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
