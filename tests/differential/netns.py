"""A network of its own for a server that can vanish: a namespace behind a pair of virtual devices, where the machine allows it."""

import ctypes
import itertools
import os
import socket
import subprocess
import threading

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()
_lock = threading.Lock()


def _ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Network:
    """10.x.y.1 is on our side, 10.x.y.2 in the namespace `name`."""

    def __init__(self):
        with _lock:
            number = (os.getpid() * 8 + next(_numbers)) % 60000
        self.name = f"shunt-{number}"
        self.near, self.far = f"10.{200 + number // 256 % 50}.{number % 256}.1", f"10.{200 + number // 256 % 50}.{number % 256}.2"
        self._devices = f"sn{number}", f"sf{number}"
        _ip("netns", "add", self.name)
        _ip("link", "add", self._devices[0], "type", "veth", "peer", "name", self._devices[1])
        _ip("link", "set", self._devices[1], "netns", self.name)
        _ip("addr", "add", self.near + "/30", "dev", self._devices[0])
        _ip("link", "set", self._devices[0], "up")
        _ip("-n", self.name, "addr", "add", self.far + "/30", "dev", self._devices[1])
        _ip("-n", self.name, "link", "set", "lo", "up")
        _ip("-n", self.name, "link", "set", self._devices[1], "up")

    def listener(self, host, port):
        """A listening socket inside."""
        made = []

        def inside():
            with open(f"/var/run/netns/{self.name}", "rb") as space:
                if _libc.setns(space.fileno(), CLONE_NEWNET) == 0:
                    made.append(socket.create_server((host, port)))
        thread = threading.Thread(target=inside)  # it ends inside, nobody has to come back
        thread.start()
        thread.join()
        return made[0]

    def connect(self, host, port):
        """A connection that begins inside."""
        made = []

        def inside():
            with open(f"/var/run/netns/{self.name}", "rb") as space:
                if _libc.setns(space.fileno(), CLONE_NEWNET) == 0:
                    made.append(socket.create_connection((host, port), timeout=3))
        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        return made[0] if made else None

    def vanish(self):
        """From now on nothing that is sent there arrives, and nothing tells so."""
        _ip("-n", self.name, "addr", "flush", "dev", self._devices[1])
        _ip("neigh", "replace", self.far, "lladdr", "02:00:00:00:00:01", "dev", self._devices[0], "nud", "permanent")

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", self._devices[0]], capture_output=True, check=False)


def available():
    try:
        Network().remove()
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
