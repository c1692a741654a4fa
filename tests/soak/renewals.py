#!/usr/bin/env python3
"""Replaces certificate files again and again under a constant rate of handshakes; every fifth replacement is broken.

Three listeners name their certificate in three ways: a plain file (written in place, or replaced by rename), a symbolic link as
certbot makes it (live/ -> archive/), and a doubly linked one as Kubernetes makes it (..data). No handshake may fail, no connection
may be cut, and each handshake must show the certificate that is in force: the new one once the program has said so, never a broken
one. Run as root the program gives privileges up and goes to a chroot, so that it can't reach the files itself.

usage: renewals.py SHUNT [--replacements 50] [--rate 200] [--long-lived 50] [--threads 2]
"""
import argparse
import asyncio
import os
import pathlib
import subprocess
import sys
import time

import soak
from program import descriptors, free_ports, resident

CONFIG = """
global
  nbthread {threads}
  {privileges}
defaults
  mode tcp
  timeout connect 10s
  timeout client 300s
  timeout server 300s
frontend plain
  bind 127.0.0.1:{plain} ssl crt {folder}/plain/site.pem
  default_backend app
frontend certbot
  bind 127.0.0.1:{certbot} ssl crt {folder}/certbot/live/site/site.pem
  default_backend app
frontend kubernetes
  bind 127.0.0.1:{kubernetes} ssl crt {folder}/kubernetes/tls.pem
  default_backend app
backend app
  server app 127.0.0.1:{app}
"""
BROKEN = ("truncated", "wrong key", "expired", "foreign name")
LISTENERS = ("plain", "certbot", "kubernetes")
PATIENCE = 30


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Maker:
    """Certificates with the number of their replacement as serial number."""

    def __init__(self, folder):
        self.folder = folder
        os.mkdir(folder)

    def make(self, number, name="site.test", days=30):
        base = str(self.folder / f"{number}")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{base}.key", "-out", f"{base}.csr")
        openssl("x509", "-req", "-in", f"{base}.csr", "-signkey", f"{base}.key", "-set_serial", str(number), "-days", str(days),
                "-out", f"{base}.crt")
        return pathlib.Path(f"{base}.crt").read_text(), pathlib.Path(f"{base}.key").read_text()

    def pem(self, number, broken):
        certificate, key = self.make(number, name="other.test" if broken == "foreign name" else "site.test",
                                     days=-1 if broken == "expired" else 30)
        if broken == "wrong key":
            key = self.make(number + 100000)[1]
        return certificate[:len(certificate) // 2] if broken == "truncated" else certificate + key


class Files:
    """How a certificate gets to its place, for each listener."""

    def __init__(self, folder):
        self.folder = folder
        for part in ("plain", "certbot/live/site", "certbot/archive/site", "kubernetes"):
            os.makedirs(folder / part)

    def replace(self, listener, number, pem):
        getattr(self, listener)(number, pem)

    def plain(self, number, pem):
        place = self.folder / "plain/site.pem"
        if number % 2:
            place.write_text(pem)
        else:
            fresh = self.folder / "plain/.fresh"
            fresh.write_text(pem)
            os.replace(fresh, place)

    def certbot(self, number, pem):
        archived = self.folder / f"certbot/archive/site/site{number}.pem"
        archived.write_text(pem)
        live = self.folder / "certbot/live/site/site.pem"
        if live.is_symlink():
            live.unlink()  # certbot does so, too: for a moment there is no file
        live.symlink_to(f"../../archive/site/site{number}.pem")

    def kubernetes(self, number, pem):
        folder = self.folder / "kubernetes"
        version = folder / f"..2026_{number}"
        os.mkdir(version)
        (version / "tls.pem").write_text(pem)
        before = os.readlink(folder / "..data") if (folder / "..data").is_symlink() else None
        (folder / "..data_tmp").symlink_to(version.name)
        os.replace(folder / "..data_tmp", folder / "..data")
        if before is None:
            (folder / "tls.pem").symlink_to("..data/tls.pem")
        else:
            (folder / before / "tls.pem").unlink()
            os.rmdir(folder / before)


def serial_of(certificate):
    """Of a DER certificate: the first INTEGER behind the version."""
    def element(at):
        length, at = certificate[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(certificate[at:at + size], "big"), at + size
        return at, length
    at, _ = element(0)  # Certificate
    at, _ = element(at)  # TBSCertificate
    if certificate[at] == 0xA0:  # version
        inner, length = element(at)
        at = inner + length
    inner, length = element(at)
    return int.from_bytes(certificate[inner:inner + length], "big")


class Renewals(soak.Soak):
    KINDS = LISTENERS

    def __init__(self, args, folder):
        super().__init__(args, folder)
        self.ports = dict(zip((*LISTENERS, "app"), free_ports(4)))
        self.allowed = {listener: {1} for listener in LISTENERS}
        self.seen = {listener: [] for listener in LISTENERS}  # serial numbers in the order of their first handshake
        self.delays = []

    async def connect(self, listener):
        before = set(self.allowed[listener])
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports[listener], ssl=self.tls, server_hostname="site.test")
        serial = serial_of(writer.get_extra_info("ssl_object").getpeercert(True))
        if serial not in before | self.allowed[listener]:
            self.note(f"{listener}: certificate {serial} where {sorted(before | self.allowed[listener])} is allowed")
        if serial not in self.seen[listener]:
            self.seen[listener].append(serial)
        return reader, writer

    # ---- the program

    async def start(self):
        pem = self.maker.pem(1, None)
        for listener in LISTENERS:
            self.files.replace(listener, 1, pem)
        config = self.folder / "soak.cfg"
        config.write_text(CONFIG.format(threads=self.args.threads, privileges=self.privileges(), folder=self.folder, **self.ports))
        with open(self.folder / "output", "wb") as output:
            self.program = subprocess.Popen([self.args.shunt, "-W", "-f", str(config)], stderr=output)
        await self.until(lambda: "Loading success" in self.said(), "the start")

    async def replace(self, number):
        """One listener after the other gets certificate `number`; with all three it takes a while: they are not alike."""
        broken = BROKEN[number // 5 % len(BROKEN)] if number % 5 == 0 else None
        pem = await asyncio.to_thread(self.maker.pem, number, broken)
        refused = self.said().count("is not taken over")
        current = {listener: max(self.allowed[listener]) for listener in LISTENERS}
        if not broken:
            for listener in LISTENERS:
                self.allowed[listener] = {current[listener], number}
        began = time.monotonic()
        for listener in LISTENERS:
            self.files.replace(listener, number, pem)
        if broken:
            # A file that is replaced in two steps may be looked at, and refused, twice.
            await self.until(lambda: self.said().count("is not taken over") >= refused + 3, f"refusals of a {broken} certificate")
        else:
            await self.until(lambda: all(number in self.seen[listener] for listener in LISTENERS), f"certificate {number}")
            self.delays.append(time.monotonic() - began)
            await asyncio.sleep(0.2)  # each thread takes it for itself
            for listener in LISTENERS:
                self.allowed[listener] = {number}

    async def run(self):
        self.files, self.maker = Files(self.folder), Maker(self.folder / "made")
        server = await soak.echo_server(self.ports["app"])
        await self.start()
        long_lived = [asyncio.create_task(self.stay(LISTENERS[i % 3], self.stop)) for i in range(self.args.long_lived)]
        steady = asyncio.create_task(self.steady())
        await self.until(lambda: all(self.seen.values()), "the first handshakes")
        before = resident(self.program.pid), descriptors(self.program.pid)
        began = time.monotonic()
        for number in range(2, 2 + self.args.replacements):
            await self.replace(number)
        took = time.monotonic() - began
        self.stop.set()
        await asyncio.gather(steady, *long_lived)
        good = [1, *(n for n in range(2, 2 + self.args.replacements) if n % 5)]
        for listener in LISTENERS:
            if self.seen[listener] != good:
                self.note(f"{listener} showed {self.seen[listener]}, not {good}")
        print(f"{self.args.replacements} replacements of 3 files in {took:.1f} s, {self.args.replacements + 1 - len(good)} of them "
              f"broken; {self.served} handshakes ({self.served / took:.0f} a second), {self.args.long_lived} long "
              f"connections, {len(self.failures)} failures; slowest handshake {1000 * self.slowest:.0f} ms; in force after "
              f"{1000 * sum(self.delays) / max(len(self.delays), 1):.0f} ms on average, {1000 * max(self.delays, default=0):.0f} ms "
              f"at most; resident memory {before[0]} kB before, {resident(self.program.pid)} kB after; descriptors {before[1]} "
              f"before, {descriptors(self.program.pid)} after")
        self.program.terminate()
        self.program.wait(30)
        server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shunt")
    parser.add_argument("--replacements", type=int, default=50)
    parser.add_argument("--rate", type=int, default=200, help="handshakes per second")
    parser.add_argument("--long-lived", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    return soak.status_of(Renewals, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
