#!/usr/bin/env python3
"""Replaces a file of patterns and a map again and again under a constant rate of connections; every fifth replacement is broken.

The list decides who is let in, the map where to. The list is written in place, the map is a symbolic link that is turned; what comes
together is one version. No connection may fail, each must be treated as the version says that is in force, and a broken file must
change nothing. In the middle the configuration is reloaded. Run as root the program gives privileges up and goes to a chroot, so
that it can't reach the files itself.

usage: patterns.py SHUNT [--replacements 50] [--rate 200] [--threads 2]
"""
import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time

import soak
from program import free_ports, resident

CONFIG = """
global
  nbthread {threads}
  {privileges}
defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:{front}
  tcp-request inspect-delay 20s
  tcp-request content reject if !{{ req.payload(0,4) -m str -f {folder}/list }} {{ req.len ge 4 }}
  tcp-request content accept if {{ req.len ge 4 }}
  use_backend %[req.payload(0,4),map({folder}/map,b0)]
backend b0
  server s 127.0.0.1:{b0}
backend b1
  server s 127.0.0.1:{b1}
backend b2
  server s 127.0.0.1:{b2}
"""
BACKENDS = ("b0", "b1", "b2")


class Patterns(soak.Soak):
    KINDS = ("connection",)

    def __init__(self, args, folder):
        super().__init__(args, folder)
        self.ports = dict(zip(("front", *BACKENDS), free_ports(4)))
        self.allowed = {1}  # versions that may be in force
        self.delays = []

    # ---- clients and servers

    def server(self, name):
        async def serve(reader, writer):
            writer.write(name.encode())
            await writer.drain()
            writer.close()
        return serve

    async def ask(self, key):
        """The name of the backend, or nothing for who is not let in."""
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.ports["front"]), 20)
        try:
            writer.write(key)
            return (await asyncio.wait_for(reader.read(), 20)).decode()
        except ConnectionResetError:
            return ""
        finally:
            writer.close()

    async def one(self, kind, number):
        """Keys of all versions are tried in turn; "keep" is let in by all, and led elsewhere by each."""
        before = set(self.allowed)
        version = max(before) - number % 3
        key = b"keep" if number % 2 else b"%04d" % version
        try:
            answer = await self.ask(key)
        except (OSError, asyncio.TimeoutError) as fault:
            return self.note(f"{kind} {number}: {fault!r}")
        allowed = before | self.allowed
        if key == b"keep":
            wanted = {BACKENDS[each % 3] for each in allowed}
        else:
            wanted = {"b0" if each == version else "" for each in allowed}
        if answer not in wanted:
            self.note(f"{key} came to '{answer}', not {wanted}, with versions {allowed}")
        self.served += 1
        return None

    # ---- the program

    def put(self, number):
        (self.folder / "list").write_text(f"# version {number}\nkeep\n{number:04}\n")
        text = f"keep {BACKENDS[number % 3]}\n"
        version = self.folder / f"map.{number}"
        version.write_text(text)
        link = self.folder / "fresh"
        link.symlink_to(version.name)
        os.replace(link, self.folder / "map")

    async def start(self):
        self.put(1)
        config = self.folder / "soak.cfg"
        config.write_text(CONFIG.format(threads=self.args.threads, privileges=self.privileges(), folder=self.folder, **self.ports))
        with open(self.folder / "output", "wb") as output:
            self.program = subprocess.Popen([self.args.shunt, "-W", "--watch-patterns", "-f", str(config)], stderr=output)
        await self.until(lambda: "Loading success" in self.said(), "the start")

    async def replace(self, number):
        """Both files within the time for which changes are collected, so that they come into force together."""
        told = self.said().count("was renewed")
        self.allowed = {max(self.allowed), number}
        began = time.monotonic()
        self.put(number)
        # Each file may be seen on its own, where the machine is slow.
        await self.until(lambda: self.said().count("was renewed") >= told + 2, f"version {number}")
        self.delays.append(time.monotonic() - began)
        self.allowed = {number}

    async def breaks(self):
        """The list is gone: nothing changes."""
        told = self.said().count("is not taken over")
        kept = (self.folder / "list").read_text()
        (self.folder / "list").unlink()
        await self.until(lambda: self.said().count("is not taken over") > told, "a refusal")
        await asyncio.sleep(0.1)
        (self.folder / "list").write_text(kept)

    async def reload(self):
        told = self.said().count("Loading success")
        self.program.send_signal(signal.SIGUSR2)
        await self.until(lambda: self.said().count("Loading success") > told, "a reload")

    async def run(self):
        servers = [await asyncio.start_server(self.server(name), "127.0.0.1", self.ports[name], backlog=4096)
                   for name in BACKENDS]
        await self.start()
        steady = asyncio.create_task(self.steady())
        await self.until(lambda: self.served > 10, "the first answers")
        before = resident(self.program.pid)
        began = time.monotonic()
        for number in range(2, 2 + self.args.replacements):
            if number % 5 == 0:
                await self.breaks()
            if number == 2 + self.args.replacements // 2:
                await self.reload()
            await self.replace(number)
        took = time.monotonic() - began
        self.stop.set()
        await steady
        print(f"{self.args.replacements} replacements of 2 files in {took:.1f} s; {self.served} connections "
              f"({self.served / took:.0f} a second), {len(self.failures)} failures; in force after "
              f"{1000 * sum(self.delays) / len(self.delays):.0f} ms on average, {1000 * max(self.delays):.0f} ms at most; "
              f"resident memory {before} kB before, {resident(self.program.pid)} kB after")
        self.program.terminate()
        self.program.wait(30)
        for server in servers:
            server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shunt")
    parser.add_argument("--replacements", type=int, default=50)
    parser.add_argument("--rate", type=int, default=200, help="connections per second")
    parser.add_argument("--threads", type=int, default=2)
    return soak.status_of(Patterns, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
