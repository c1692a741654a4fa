"""System calls of the program under test that fail when a case says so: both programs meet the same lack of memory or buffers."""

import atexit
import errno
import functools
import mmap
import os
import re
import shutil
import struct
import subprocess
import tempfile
import threading

CALLS = ("CLIENT_SEND", "CLIENT_RECV", "SERVER_SEND", "SERVER_RECV", "SOCKET", "CONNECT", "ACCEPT", "PIPE")
SLOT = struct.Struct("ii")  # how many calls fail (-1: all), with which error
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faulty_calls.c")
_lock = threading.Lock()


@functools.cache
def _compiled():
    folder = tempfile.mkdtemp(prefix="faulty-calls-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.chmod(folder, 0o755)
    path = os.path.join(folder, "faulty_calls.so")
    numbers = [f"-D{name}={number}" for number, name in enumerate(CALLS)]
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", *numbers, SOURCE, "-o", path], check=True)
    return path


def library():
    """The library to preload, compiled once by each process of the suite."""
    with _lock:
        return _compiled()


def sanitizer_of(binary):
    """Its runtime has to be loaded before all else."""
    found = re.search(r"=> (\S*lib[at]san\S*)", subprocess.run(["ldd", binary], capture_output=True, text=True, check=False).stdout)
    return [found.group(1)] if found else []


class FaultyCalls:
    """For one run of one program: set `environment` for it, then `fail` and `mend` while it runs."""

    def __init__(self, env):
        path = os.path.join(env.dir, "faulty-calls")
        with open(path, "wb") as file:
            file.write(bytes(16 * SLOT.size))
        os.chmod(path, 0o666)
        with open(path, "r+b") as file:
            self._table = mmap.mmap(file.fileno(), 0)
        preloaded = [*sanitizer_of(env.binary), library()]
        env.environment.update(FAULTY_CALLS=path, LD_PRELOAD=":".join(preloaded))

    def fail(self, call, error, count=-1):
        SLOT.pack_into(self._table, CALLS.index(call) * SLOT.size, count, getattr(errno, error))

    def left(self, call):
        return SLOT.unpack_from(self._table, CALLS.index(call) * SLOT.size)[0]

    def mend(self):
        for call in CALLS:
            self.fail(call, "EIO", 0)
