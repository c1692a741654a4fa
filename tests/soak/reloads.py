#!/usr/bin/env python3
"""Reloads a program again and again while clients come, stay and go; every fifth file is broken.

No connection may fail or be cut, each good file must be in force once the program says READY=1 and no broken one may
change anything; afterwards descriptors and memory must be back where they were. Run as root it gives privileges up and
goes to a chroot, so that all files and new listeners come through the keeper.

usage: reloads.py SHUNT [--reloads 200] [--rate 500] [--long-lived 200] [--threads 2] [--memory]
"""
import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

import soak
from program import descriptors, free_ports, make_certificate, resident

CONFIG = """
global
  nbthread {threads}
  {privileges}
  stats socket {folder}/stats mode 600 level admin
defaults
  mode tcp
  timeout connect 10s
  timeout client 300s
  timeout server 300s
frontend entry
  bind 127.0.0.1:{entry}
  bind abns@shunt-soak-{pid}
  bind {folder}/entry.sock mode 666
  tcp-request connection reject if {{ src -f {folder}/refused.lst }}
  default_backend app
frontend hop
  bind 127.0.0.1:{hop}
  default_backend to-inner
backend to-inner
  server inner abns@shunt-soak-{pid}-inner send-proxy-v2
frontend inner
  bind abns@shunt-soak-{pid}-inner accept-proxy
  default_backend app
frontend tls
  bind 127.0.0.1:{tls} ssl crt {folder}/cert.pem
  default_backend app
{blinking}
backend app
  balance {balance}
  server kept 127.0.0.1:{alive} check inter 100ms disabled
  server s{parity} 127.0.0.1:{server} check inter 100ms maxconn 5000 weight {weight}
"""
BLINKING = """frontend blinking
  bind 127.0.0.1:{port}
  default_backend app
"""
BROKEN = ["\n  this is no keyword\n", "\nfrontend bad\n  bind 127.0.0.1:{entry} ssl crt /nonexistent/cert.pem\n",
          "\nfrontend bad\n  bind 192.0.2.1:{entry}\n  default_backend app\n", "\nbackend app\n", "\ndefaults\n  mode nonsense\n"]


class Reloads(soak.Soak):
    KINDS = ("entry", "entry", "hop", "unix", "abns", "entry", "hop", "tls")
    NAMES = (b"even ", b"odd ")

    def __init__(self, args, folder):
        super().__init__(args, folder)
        self.ports = dict(zip(("entry", "tls", "hop", "even", "odd", "blinking"), free_ports(6)))
        self.expected, self.blinks = None, False
        self.config = self.folder / "soak.cfg"

    # ---- files

    def write(self, number, broken):
        parity = number % 2
        blinks = number % 3 == 1
        text = CONFIG.format(
            threads=self.args.threads, privileges=self.privileges(), folder=self.folder, pid=os.getpid(),
            entry=self.ports["entry"], tls=self.ports["tls"], hop=self.ports["hop"], alive=self.ports["even"],
            blinking=BLINKING.format(port=self.ports["blinking"]) if blinks else "",
            balance=("roundrobin", "leastconn", "source", "first")[number % 4], parity=parity,
            server=self.ports["odd" if parity else "even"], weight=1 + number % 7)
        if broken:
            text += BROKEN[number // 5 % len(BROKEN)].format(**self.ports)
        else:
            self.expected, self.blinks = b"odd " if parity else b"even ", blinks
        (self.folder / "refused.lst").write_text("".join(f"198.51.100.{i}\n" for i in range(number % 50)))
        self.config.write_text(text)

    # ---- clients

    async def connect(self, kind):
        if kind == "tls":
            return await asyncio.open_connection("127.0.0.1", self.ports["tls"], ssl=self.tls)
        if kind == "unix":
            return await asyncio.open_unix_connection(str(self.folder / "entry.sock"))
        if kind == "abns":
            peer = socket.socket(socket.AF_UNIX)
            peer.setblocking(False)
            name = f"\0shunt-soak-{os.getpid()}".encode()
            await asyncio.get_running_loop().sock_connect(peer, name.ljust(108, b"\0"))
            return await asyncio.open_connection(sock=peer)
        return await asyncio.open_connection("127.0.0.1", self.ports[kind])

    # ---- the program

    async def notified(self, words):
        """Waits until the program has told all of these, in order."""
        for word in words:
            while True:
                told = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.notify, 4096), 120)
                if word in told:
                    break

    async def start(self):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(self.folder / "notify"))
        os.chmod(self.folder / "notify", 0o777)
        self.notify.setblocking(False)
        self.write(0, False)
        self.output = open(self.folder / "output", "wb")
        self.program = subprocess.Popen([self.args.shunt, "-Ws", "-f", str(self.config)], stderr=self.output,
                                        env=dict(os.environ, NOTIFY_SOCKET=str(self.folder / "notify")))
        await self.notified([b"READY=1"])

    async def reload(self, number):
        broken = number % 5 == 4
        self.write(number, broken)
        self.program.send_signal(signal.SIGUSR2)
        await self.notified([b"RELOADING=1", b"READY=1"])
        answer = await self.one("entry", 10**9 + number)
        if answer is not None and answer != self.expected:
            self.note(f"file {number}: served by {answer!r}, not by {self.expected!r}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.ports["blinking"])
            writer.close()
            there = True
        except OSError:
            there = False
        if there != self.blinks:
            self.note(f"file {number}: the blinking listener is {'there' if there else 'not there'}")
        if self.program.poll() is not None:
            raise RuntimeError(f"the program ended with {self.program.returncode}")

    async def rounds(self, first, count, lifetime=10):
        """Reloads; with each one some connections come that live through the next ten files."""
        ends, tasks = [], []
        for number in range(first, first + count):
            end = asyncio.Event()
            ends.append(end)
            tasks += [asyncio.create_task(self.stay(kind, end)) for kind in ("entry", "unix", "tls", "hop")]
            await self.reload(number)
            if len(ends) > lifetime:
                ends[-1 - lifetime].set()
            await asyncio.sleep(self.args.pause)
        for end in ends:
            end.set()
        await asyncio.gather(*tasks)

    def facts(self):
        return resident(self.program.pid), descriptors(self.program.pid)

    async def at_rest(self, wanted=None):
        """Memory and descriptors once they have stopped going down."""
        best = self.facts()
        for _ in range(40):
            await asyncio.sleep(0.25)
            now = self.facts()
            if now >= best and (wanted is None or now[1] <= wanted):
                break
            best = min(best, now)
        return self.facts()

    async def phase(self, first, count):
        self.stop.clear()
        end = asyncio.Event()
        kinds = ("entry", "hop", "tls", "unix", "abns")
        long_lived = [asyncio.create_task(self.stay(kinds[i % len(kinds)], end)) for i in range(self.args.long_lived)]
        steady = asyncio.create_task(self.steady())
        began = time.monotonic()
        await self.rounds(first, count)
        took = time.monotonic() - began
        self.stop.set()
        end.set()
        await asyncio.gather(steady, *long_lived)
        return took

    async def run(self):
        servers = [await soak.echo_server(self.ports["even"], b"even "), await soak.echo_server(self.ports["odd"], b"odd ")]
        make_certificate(self.folder / "cert.pem")
        await self.start()
        warm = max(10, self.args.reloads // 5)
        await self.phase(1, warm)
        before = await self.at_rest()
        self.served = 0
        took = await self.phase(1 + warm, self.args.reloads)
        after = await self.at_rest(before[1])
        print(f"{self.args.reloads} reloads in {took:.1f} s, {self.served} short connections, "
              f"{self.args.long_lived} long ones, {len(self.failures)} failures; resident memory {before[0]} kB before, "
              f"{after[0]} kB after; descriptors {before[1]} before, {after[1]} after")
        if after[1] > before[1]:
            self.note("descriptors leaked")
        if self.args.memory and after[0] > before[0] + 4096:
            self.note("memory grew by more than 4 MiB")
        self.program.terminate()
        self.program.wait(30)
        for server in servers:
            server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shunt")
    parser.add_argument("--reloads", type=int, default=200)
    parser.add_argument("--rate", type=int, default=500, help="new connections per second")
    parser.add_argument("--long-lived", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between reloads")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", action="store_true", help="judge resident memory too (not under sanitizers)")
    return soak.status_of(Reloads, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
