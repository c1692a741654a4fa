"""What the soaks share: ports, certificates, and what a running program holds and says."""

import os
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "differential"))

from ports import Ports, listening as listening_ports  # noqa: E402,F401

_ports = Ports()  # as long as the test runs


def free_ports(count):
    """Ports that stay ours: out of the range from which clients get theirs, in blocks that no other test takes."""
    return [_ports.take() for _ in range(count)]


def make_certificate(path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "30", "-subj", "/CN=a.test", "-keyout", f"{path}.k", "-out", f"{path}.c"],
                   check=True, stderr=subprocess.DEVNULL)
    with open(path, "w", encoding="ascii") as whole:
        for part in ("c", "k"):
            with open(f"{path}.{part}", encoding="ascii") as file:
                whole.write(file.read())


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident(pid):
    """Memory in kB."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def fault_at_end(status, said):
    """None: the program ended when it was told to, and no sanitizer spoke."""
    if re.search(r"Sanitizer|runtime error:", said):
        return f"a sanitizer found something: {said[-20000:]}"
    return None if status in (0, 143, -15) else f"it ended with status {status}: {said[-3000:]}"
