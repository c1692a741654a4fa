"""Certificates and authorities of peers are replaced while the node runs: shunt sees the files change, HAProxy is told by commands."""

import os
import socket
import ssl

import certs
from groups import case
from group_cases import numbered
from nodes import Node
from place_cases import jailed
from reload_cases import one_old_process_less
from section_cases import T, both_ways


class Files:
    """Copies of certificates under names that change their meaning."""

    def __init__(self, g, **first):
        self.g = g
        for name, source in first.items():
            self.write(name, source)

    def path(self, name):
        return os.path.join(self.g.dir, name + ".pem")

    def text(self, source):
        """Of the certificates named, with + between them; anything else is none."""
        return "".join(Node.text(self.g.certificate(each)) for each in source.split("+")) or "nonsense\n"

    def write(self, name, source):
        with open(self.path(name) + ".new", "w", encoding="ascii") as out:
            out.write(self.text(source))
        os.replace(self.path(name) + ".new", self.path(name))

    def replace(self, node, name, source, kind="cert"):
        """Until `node` has taken the other one, or has refused it (False)."""
        said = node.text(node.log)
        self.write(name, source)
        if node.program == self.g.oracle:
            answer = node.cli(f"set ssl {kind} {self.path(name)} <<\n{self.text(source)}\n") + node.cli(f"commit ssl {kind} {self.path(name)}")
            return "Success!" in answer
        def lines(word):
            return [line for line in node.text(node.log)[len(said):].split("\n") if self.path(name) in line and word in line]
        self.g.wait(lambda: lines("renewed") or lines("not taken over"), f"{node.name} says nothing of {name}")
        return bool(lines("renewed"))


def shown(g, name, **options):
    """The certificate that a node shows to a client."""
    with certs.client(**options).wrap_socket(socket.create_connection(("127.0.0.1", g.port(name)), 5)) as s:
        der = s.getpeercert(True)
    return [each for each in ("former", "later") if ssl.PEM_cert_to_DER_cert(Node.text(g.certificate(each)).split("-----BEGIN PRIVATE")[0]) == der]


def section(g, name, other, bind, server, port):
    return f"""peers mesh
    bind 127.0.0.1:{g.port(name)} ssl {bind}
    server {name}
    server {other} 127.0.0.1:{port} ssl {server}
"""


# What is replaced, by what; the lines of T and H, and who connects. H and T have nothing to do with each other before.
REPLACED = {
    "certificate of the bind line": ("cert", "former", "later", "crt X", "verify none", "crt A", "verify required ca-file B", "H"),
    "certificate of the server line": ("cert", "former", "later", "crt A", "verify none crt X", "crt A ca-file B verify required", "verify none", "T"),
    "authority of the bind line": ("ca-file", "later", "former", "crt A ca-file X verify required", "verify none", "crt A", "verify none crt A", "H"),
    "authority of the server line": ("ca-file", "later", "former", "crt A", "verify required ca-file X", "crt A", "verify none", "T"),
}


@case(REPLACED, waits=True)
def replaced_on_disk(g, what):
    """They refuse each other until T has the other file."""
    kind, first, then, *said, who = REPLACED[what]
    files = Files(g, x=first)
    t_bind, t_server, h_bind, h_server = (each.replace("X", files.path("x")).replace("A", g.certificate("former")).replace("B", g.certificate("later")) for each in said)
    t = g.node("T", T, peers=section(g, "T", "H", t_bind, t_server, g.port("H") if who == "T" else g.nowhere()), tested=True)
    h = g.node("H", T, peers=section(g, "H", "T", h_bind, h_server, g.port("T") if who == "H" else g.nowhere()))
    tries = (lambda: int(t.peers().get("H", {}).get("new_conn", 0)) > 0) if who == "T" else (lambda: int(h.peers().get("T", {}).get("new_conn", 0)) > 0)
    g.wait(tries, "nobody tries")
    g.expect(files.replace(t, "x", then, kind), "it was not taken")
    if g.tested == g.oracle and what == "authority of the server line":
        t.stop()  # 2.6 uses it for other servers only
        t.start()
    g.note("there was a connection before:", bool(t.table("t") or h.table("t")))
    t.wait_established("H")
    h.wait_established("T")
    both_ways(g, t, h)


@case(("T connects", "H connects", "T connects, in a jail", "T connects, reloaded before"), waits=True)
def replaced_while_connected(g, how):
    """The connection stays; the next one shows the new certificate, which is all that H trusts by then."""
    if "jail" in how and os.geteuid() != 0:
        return
    who, files = how[0], Files(g, x="former", trust="former+later")
    os.chmod(files.path("x"), 0o600)
    way = g.link("way", "H" if who == "T" else "T")
    both = f"ca-file {files.path('trust')} verify required"
    t = g.node("T", T, peers=section(g, "T", "H", f"crt {files.path('x')}", f"verify none crt {files.path('x')}", way.port if who == "T" else g.nowhere()), tested=True,
               arguments=["-W"], extra_global=jailed(g) if "jail" in how else "")
    h = g.node("H", T, peers=section(g, "H", "T", f"crt {g.certificate('a')} {both}", both, way.port if who == "H" else g.nowhere()))

    def connected():
        t.wait_established("H")
        h.wait_established("T")
    connected()
    if "reloaded" in how:
        t.wait_complete()
        g.expect(t.reload_by_signal(), "the file was not taken")
        one_old_process_less(g, t)
        connected()
    opened = len(way.opened)
    g.note(shown(g, "T"), files.replace(t, "x", "later"), shown(g, "T"))
    both_ways(g, t, h)
    g.expect(files.replace(h, "trust", "later", "ca-file"), "H does not take the authority")
    g.note("nonsense taken:", files.replace(t, "x", "nonsense"), shown(g, "T"))
    g.note("connections:", len(way.opened) - opened)
    way.cut()
    g.wait(lambda: not t.established("H") and not h.established("T"), "the end is not seen")
    way.restore()
    connected()
    t.set("t", numbered(10, 4))
    h.set("t", numbered(10, 5))
    g.wait(lambda: {*numbered(10, 4)} <= h.table("t").keys() and {*numbered(10, 5)} <= t.table("t").keys(), "nothing is shared")
