"""A program under a constant rate of connections and some that stay: what the soaks of reloads and renewals share."""

import asyncio
import os
import pathlib
import random
import ssl
import tempfile
import time

from program import fault_at_end

FAULTS = (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError)
PATIENCE = 60


async def echo_server(port, name=b""):
    """Answers each line with itself, the server's name before it."""
    async def serve(reader, writer):
        try:
            while line := await reader.readline():
                writer.write(name + line)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
    return await asyncio.start_server(serve, "127.0.0.1", port, backlog=4096)


class Soak:
    """A subclass has connect(kind), which gives a reader and a writer, and run()."""

    KINDS = ()  # of short connections, in the order in which they are made
    NAMES = (b"",)  # of servers

    def __init__(self, args, folder):
        self.args, self.folder = args, pathlib.Path(folder)
        self.failures, self.served, self.slowest = [], 0, 0.0
        self.stop = asyncio.Event()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.rng = random.Random(getattr(args, "seed", 1))
        self.program = None
        os.mkdir(self.folder / "jail")

    def note(self, what):
        if len(self.failures) < 20:
            print("FAILED", what, flush=True)
        self.failures.append(what)

    def privileges(self):
        """Lines of a global section: run as root the program gives them up."""
        return f"user nobody\n  group nogroup\n  chroot {self.folder}/jail" if os.geteuid() == 0 else ""

    # ---- clients

    async def exchange(self, reader, writer, text):
        """The name of the server that answered."""
        writer.write(text + b"\n")
        answer = await asyncio.wait_for(reader.readline(), PATIENCE)
        for name in self.NAMES:
            if answer == name + text + b"\n":
                return name
        raise OSError(f"answer {answer!r} to {text!r}")

    async def one(self, kind, number):
        """A short connection; the name of its server, or None."""
        try:
            began = time.monotonic()
            reader, writer = await asyncio.wait_for(self.connect(kind), PATIENCE)
            self.slowest = max(self.slowest, time.monotonic() - began)
            name = await self.exchange(reader, writer, b"%d" % number)
            writer.close()
            await writer.wait_closed()
            self.served += 1
            return name
        except FAULTS as fault:
            self.note(f"{kind} connection {number}: {fault!r}")
            return None

    async def steady(self):
        """Short connections at a constant rate, however long each takes."""
        running, number, next_at = set(), 0, time.monotonic()
        while not self.stop.is_set():
            task = asyncio.create_task(self.one(self.KINDS[number % len(self.KINDS)], number))
            running.add(task)
            task.add_done_callback(running.discard)
            number += 1
            next_at += 1 / self.args.rate
            await asyncio.sleep(max(0, next_at - time.monotonic()))
        await asyncio.gather(*running)

    async def stay(self, kind, until):
        """A long connection that speaks now and then."""
        try:
            reader, writer = await asyncio.wait_for(self.connect(kind), PATIENCE)
            said = 0
            while not until.is_set():
                await self.exchange(reader, writer, b"%d" % said)
                said += 1
                try:
                    await asyncio.wait_for(until.wait(), 0.5 + self.rng.random())
                except asyncio.TimeoutError:
                    pass
            await self.exchange(reader, writer, b"the end")
            writer.close()
            await writer.wait_closed()
        except FAULTS as fault:
            self.note(f"long-lived {kind} connection: {fault!r}")

    # ---- the program, whose standard error is the file `output`

    def said(self):
        output = self.folder / "output"
        return output.read_text(errors="replace") if output.exists() else ""

    async def until(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.program.poll() is not None:
                raise RuntimeError(f"the program ended with {self.program.returncode}")
            if time.monotonic() > end:
                self.note(f"nothing came within {PATIENCE} s: {what}")
                return
            await asyncio.sleep(0.02)

    def finish(self):
        """However run() ended."""
        if self.program and self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        if self.program and (fault := fault_at_end(self.program.returncode, self.said())):
            self.note(fault)
        elif self.failures:
            print(self.said()[-20000:])


def status_of(kind, args):
    """Runs a soak of this class in a folder of its own and says what came of it; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        soak = kind(args, folder)
        try:
            asyncio.run(soak.run())
        except Exception as fault:
            soak.note(f"{fault!r}")
        finally:
            soak.finish()
    print(f"FAILED: {len(soak.failures)} failures" if soak.failures else "passed")
    return 1 if soak.failures else 0
