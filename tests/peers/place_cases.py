"""Where peers are: unix and abstract sockets, IPv6; processes that have given up root and live in a chroot."""

import os
import re

from groups import case
from group_cases import ENDS, numbered, table
from section_cases import T, both_ways

# How the address of a node is written; `dir` is the group's own folder.
ADDRESSES = {"unix": "unix@{dir}/{name}.peer", "path": "{dir}/{name}.peer", "abns": "abns@{token}-{name}", "IPv6": "ipv6@::1:{port}", "brackets": "[::1]:{port}",
             "any": ":::{port}"}


def address(g, how, name):
    return ADDRESSES[how].format(dir=g.dir, token=os.path.basename(g.dir), name=name, port=g.port(name))


def reached(g, how, name):
    """Nobody connects to an address that means all."""
    return address(g, "IPv6" if how == "any" else how, name)


def lines_of(g, how, name, other, connects, bind=False):
    own = f"bind {address(g, how, name)}\n    server {name}" if bind else f"peer {name} {address(g, how, name)}"
    return f"peers mesh\n    {own}\n    {'server' if bind else 'peer'} {other} {reached(g, how, other if connects else 'nobody')}\n"


@case([f"{how}, {end}" for how in ADDRESSES for end in ENDS if (how, end) not in (("path", "connects"), ("IPv6", "accepts"), ("brackets", "connects"), ("any", "connects"))], waits=True)
def addresses(g, what):
    """One connects to the other; the connection comes back after a reload by signal."""
    how, end = what.split(", ")
    bind = how in ("unix", "brackets")  # `bind` and `server` lines there, `peer` lines elsewhere
    t = g.node("T", T, peers=lines_of(g, how, "T", "H", end == "connects", bind), tested=True, arguments=["-W"])
    h = g.node("H", T, peers=lines_of(g, how, "H", "T", end == "accepts", bind))
    t.wait_established("H")
    h.wait_established("T")
    both_ways(g, t, h)
    t.wait_complete()
    g.expect(t.reload_by_signal(), "the file was not taken")
    t.wait_established("H")
    h.wait_established("T")
    t.set("t", numbered(10, 4))
    h.set("t", numbered(10, 5))
    g.wait(lambda: len(t.table("t")) == 120 and {*numbered(10, 4)} <= h.table("t").keys(), "what is set after the reload is not shared")


@case(("unix", "IPv6"), waits=True)
def handed_over_at(g, how):
    """The next process (-sf) listens at the same address, where the one before teaches it."""
    t = g.node("T", T, peers=lines_of(g, how, "T", "H", False), tested=True)
    t.set("t", numbered(50))
    t.wait_complete()
    old = t.reload()
    g.agree("t", [t], count=50, limit=3)
    g.note(old.wait(10))


def jailed(g):
    """The lines of a process that is nobody and lives in a folder of its own."""
    jail = os.path.join(g.dir, "jail")
    os.mkdir(jail, 0o755)
    return f"    chroot {jail}\n    user nobody\n    group nogroup"


@case(ENDS, waits=True)
def in_a_jail(g, end):
    """As root only: root is given up and the files can't be seen, connections and reloads work."""
    if os.geteuid() != 0:
        return
    privileges = jailed(g)
    away, home = {"H": g.port("H") if end == "connects" else g.nowhere()}, {"T": g.port("T") if end == "accepts" else g.nowhere()}
    t = g.node("T", T, away, tested=True, arguments=["-W"], extra_global=privileges)
    h = g.node("H", T, home)
    t.wait_established("H")
    both_ways(g, t, h)
    pid = t.workers()[0] if g.tested == g.oracle else t.process.pid
    g.note("root:", os.readlink(f"/proc/{pid}/root") == os.path.join(g.dir, "jail"), "user:", re.search(r"Uid:.*", t.text(f"/proc/{pid}/status"))[0])
    t.wait_complete()
    t.configure(g.config("T", T + table("u", "type ip size 1k store gpc0"), away, extra_global=privileges))
    g.expect(t.reload_by_signal(), "the file was not taken")
    t.wait_established("H")
    h.wait_established("T")
    h.set("t", numbered(10, 7))
    t.set("u", numbered(10, 8))
    g.agree("t", [t], count=110, limit=3)
    g.note(len(t.table("u")))


@case(waits=True)
def handed_over_in_a_jail(g):
    if os.geteuid() != 0:
        return
    t = g.node("T", T, {"H": g.nowhere()}, tested=True, extra_global=jailed(g), environment={"ASAN_OPTIONS": "detect_leaks=0"})  # it would need /proc
    t.set("t", numbered(50))
    t.wait_complete()
    old = t.reload()
    g.agree("t", [t], count=50, limit=3)
    g.note(old.wait(10))


@case(waits=True)
def unix_sockets_seen_from_a_jail(g):
    """A path to connect to is one in the jail, a path to listen on is not."""
    if os.geteuid() != 0:
        return
    t = g.node("T", T, peers=f"peers mesh\n    bind unix@{g.dir}/T.peer mode 666\n    server T\n    server H unix@/H.peer\n", tested=True, extra_global=jailed(g))
    h = g.node("H", T, peers=f"peers mesh\n    bind unix@{g.dir}/jail/H.peer mode 666\n    server H\n    server T unix@{g.dir}/nobody.peer\n")
    t.wait_established("H")
    both_ways(g, t, h)
    h.stop()
    h.configure(g.config("H", T, peers=f"peers mesh\n    bind unix@{g.dir}/H.peer mode 666\n    server H\n    server T unix@{g.dir}/T.peer\n"))
    h.start()
    h.wait_established("T")
    t.wait_complete()
    h.set("t", numbered(10, 4))
    t.set("t", numbered(10, 5))
    g.wait(lambda: {*numbered(10, 4)} <= t.table("t").keys() and {*numbered(10, 5)} <= h.table("t").keys(), "nothing is shared")
