"""Servers that follow a real name server: dnsmasq, whose hosts change."""

import shutil
import signal
import subprocess
import sys

from harness import BASE, case

PROGRAM = shutil.which("dnsmasq") or "/usr/sbin/dnsmasq"
CFG = BASE + """
resolvers dns
    nameserver masq 127.0.0.1:[[ns]]
    accepted_payload_size 4096
    timeout resolve 200ms
    timeout retry 100ms
    hold nx 0s
    hold other 0s
    hold obsolete 0s
listen fe
    bind 127.0.0.1:[[fe]]
    server s app.test:[[s]] resolvers dns init-addr none resolve-prefer ipv4
backend services
    server-template v 2 _db._tcp.test resolvers dns init-addr none resolve-prefer ipv4
"""


def where(peer):
    peer.say(f"reached at {peer.sock.getsockname()[0]}")
    peer.send(b"hi\n")
    peer.to_end()


class Dnsmasq:
    """dnsmasq with a file of hosts that it reads again when it changes."""

    def __init__(self, env, hosts):
        self.path = env.file("hosts", hosts)
        port = env.port("ns")
        self.process = subprocess.Popen(
            [PROGRAM, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", f"--port={port}",
             "--listen-address=127.0.0.1", "--bind-interfaces", f"--addn-hosts={self.path}", "--local=/test/", "--user=root", "--pid-file=",
             "--srv-host=_db._tcp.test,h1.test,81,1,300", "--local-ttl=0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        env.process = self.process
        env.wait_listening("ns")
        env.process = None

    def change(self, env, hosts):
        env.file("hosts", hosts)
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def follows(env):
    env.stub("s", where, host="0.0.0.0")
    masq = Dnsmasq(env, "127.0.0.2 app.test\n127.0.0.9 h1.test\n")
    try:
        env.start(CFG)
        env.logs(2, "resolves again")
        env.logs(1, "administratively READY")
        for number, hosts in enumerate(("127.0.0.3 app.test\n127.0.0.9 h1.test\n", "127.0.0.9 h1.test\n", "127.0.0.4 app.test\n127.0.0.9 h1.test\n")):
            c = env.client()
            c.recv_line(limit=3)
            c.shut().to_end()
            env.logs(number + 1, r" \d+/\d+$")
            masq.change(env, hosts)
            env.logs(1, ("to 127.0.0.3", "has no server", "to 127.0.0.4")[number])
        env.logs(2, "fe/s administratively READY")
    finally:
        masq.stop()


if shutil.which(PROGRAM):
    case(CFG, start=False, must=["reached at 127.0.0.2", "reached at 127.0.0.3", "fe/s is going DOWN", "services/v1 changed its IP from .none. to 127.0.0.9"])(follows)
else:
    print("*** dnsmasq IS NOT THERE: names_dnsmasq.follows is left out (apt-get install dnsmasq-base) ***", file=sys.stderr)
