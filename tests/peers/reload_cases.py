"""Reloads by SIGUSR2: a master with workers is told to read its file again, while other nodes go on."""

import signal
import socket
import time

from groups import case
from group_cases import ENDS, numbered, table
from nodes import port_of
from cluster_cases import together
from ports import connections

T = table("t", "type ip size 10k expire 10m store gpc0")
MANAGED = {"tested": True, "arguments": ["-W"]}


def linked(t, others):
    for each in others:
        t.wait_established(each.name)
        each.wait_established("T")


def one_old_process_less(g, node):
    """HAProxy's former worker ends when it has told the next one all."""
    if g.tested == g.oracle:
        g.wait(lambda: len(node.workers()) == 1, "the former worker stays", 12)


def established_between(g, *names):
    """How many connections the kernel has towards the ports of these nodes."""
    ports = {g.port(each) for each in names}
    return sum(1 for fields in connections() if fields[3] == "01" and port_of(fields[1]) in ports)


def ended(g, node):
    """The whole node ends when it is told to, nothing is left behind."""
    g.note("ended:", node.end_softly(signal.SIGTERM) in (0, 143))  # HAProxy's master tells with what its worker ended


@case(ENDS, waits=True)
def reloaded_by_signal(g, end):
    """What was set before, during and after a reload arrives everywhere; the next reload finds nothing of the one before."""
    away = {other: g.nowhere() for other in "HS"} if end == "accepts" else ("H", "S")
    to_t = {"T": g.nowhere()} if end == "connects" else {"T": g.port("T")}
    t = g.node("T", T, away, extra_global="" if g.tested == g.oracle else "    hard-stop-after 500ms", **MANAGED)
    h = g.node("H", T, {**to_t, "S": g.port("S")})
    s = g.node("S", T, {**to_t, "H": g.port("H")}, tested=True)
    made = [t, h, s]
    together(made)
    for number, one in enumerate(made):
        one.set("t", numbered(100, number))
    g.agree("t", made, count=300)
    descriptors, count = [], 300
    for round_ in range(1 if g.tested == g.oracle else 2):
        if g.tested == g.oracle:
            t.wait_complete()

        def meanwhile(round_=round_):
            for number, one in enumerate((h, s) if g.tested == g.oracle else (t, h, s)):
                one.set("t", numbered(100, 50 + 3 * round_ + number))

        t.set("t", numbered(100, 20 + round_))
        if g.tested == g.oracle:  # what it has not told yet its next process takes for something that the others know
            g.wait(lambda: all(one.used("t") == count + 100 for one in made), "what is set before the reload is not shared")
        g.expect(t.reload_by_signal(meanwhile), "the file was not taken")
        if g.tested == g.oracle:  # what is set while its new process learns may be lost
            together(made)
            one_old_process_less(g, t)
            t.wait_complete()
            t.set("t", numbered(100, 52))
        for number, one in enumerate(made):
            one.set("t", numbered(50, 100 + 3 * round_ + number))
        together(made)
        count += 550
        g.agree("t", made, count=count, limit=3, what="after the reload")
        g.wait(lambda: established_between(g, "T", "H", "S") == 3, "there is not one connection for each two", 12)
        descriptors.append(t.descriptors())
    for name in ("10.20.0.7", "10.50.0.7", "10.51.0.7", "10.52.0.7", "10.102.0.7"):
        g.note(name, t.table("t")[name], h.table("t")[name], s.table("t")[name])
    if g.tested != g.oracle:
        time.sleep(0.6)
        g.expect(descriptors[0] == descriptors[-1], f"descriptors: {descriptors}")
        g.expect("performing a hard-stop" not in t.text(t.log), "an old generation was still there after hard-stop-after")
    ended(g, t)


ONE = "type ip size 1k expire 10m store gpc0"
TWO = "type ip size 1k expire 10m store gpc0,gpc1"
# who else there is, and what the table `u` is, before and after; None: no section, no table
CHANGES = {
    "peer added": ("HI", ONE, "HIJ", ONE), "peer removed": ("HI", ONE, "H", ONE), "all others removed": ("H", ONE, "", ONE), "first peer added": ("", ONE, "H", ONE),
    "section appears": (None, ONE, "H", ONE), "section goes": ("H", ONE, None, ONE), "table added": ("H", None, "H", ONE), "table removed": ("H", ONE, "H", None),
    "data added": ("H", ONE, "H", TWO), "data removed, alone": ("", TWO, "", ONE),
    "size and time": ("H", ONE, "H", "type ip size 2k expire 20m store gpc0"), "another type": ("H", ONE, "H", "type string len 40 size 1k expire 10m store gpc0"),
}


def changed(g, name, others, line):
    """The file; `others`: None: no section."""
    text = table("t", ONE) + (table("u", line) if line else "")
    if others is None:
        return g.config(name, text.replace(" peers mesh", ""), peers="")
    return g.config(name, text, others)


@case(CHANGES, waits=True)
def reload_that_changes(g, what):
    """What the old file had in common with the new one stays, what is new is filled."""
    before, line, after, new_line = CHANGES[what]
    t = g.node("T", start=False, **MANAGED)
    t.configure(changed(g, "T", before, line))
    t.start()
    others = {name: g.node(name, table("t", ONE) + table("u", line or new_line), ["T"]) for name in sorted({*(before or ""), *(after or "")})}
    linked(t, [others[name] for name in before or ""])
    for number, one in enumerate([t, *others.values()]):
        one.set("t", numbered(20, number))
        if line or one is not t:
            one.set("u", numbered(20, 100 + number))
    for one in ([t] if before is not None else []) + [*others.values()]:
        one.wait_complete()
    for number, name in enumerate(others, 1):
        if name in (before or ""):
            mine = {*numbered(20), *numbered(20, number)}
            g.wait(lambda: mine <= t.table("t").keys() and mine <= others[name].table("t").keys(), f"T and {name} do not share t")
    t.configure(changed(g, "T", after, new_line))
    g.expect(t.reload_by_signal(), "the file was not taken")
    one_old_process_less(g, t)
    now = [others[name] for name in after or ""]
    linked(t, now)
    for each in ("t", "u") if new_line else ("t",):
        made = [t, *now]
        if "another type" == what and each == "u":
            made = [t]
        for number, one in enumerate(made):
            one.set(each, {f"192.0.2.{number}": {"gpc0": number}})
        g.wait(lambda: all(f"192.0.2.{number}" in t.table(each) for number in range(len(made))), f"T does not learn {each}", 5)
        for one in made:
            g.wait(lambda: "192.0.2.0" in one.table(each), f"{one.name} does not learn {each}", 5)
    for name in ("t", "u"):
        found = t.table(name)
        g.note(name, len(found), [(key, found.get(key)) for key in ("10.0.0.7", "10.1.0.7", "10.100.0.7", "10.101.0.7", "192.0.2.1")])
    with socket.socket() as s:
        g.note("T listens:", s.connect_ex(("127.0.0.1", g.port("T"))) == 0)
    ended(g, t)


BAD = {"unknown keyword": "peers mesh\n    nonsense\n",
       "address that is not ours": "peers other\n    peer T 192.0.2.1:{port}\n    peer H 127.0.0.1:{port}\nbackend v\n    stick-table type ip size 1k store gpc0 peers other\n",
       "no certificate": "peers other\n    bind 127.0.0.1:{port} ssl crt /nowhere.pem\n    server T\n"}


@case(BAD, waits=True)
def reload_of_a_bad_file(g, what):
    """Nobody notices: the connection stays, and what is set goes its way. A good file is taken after it."""
    to_h = g.link("to H", "H")
    h = g.node("H", T, {"T": g.nowhere()})
    t = g.node("T", T, {"H": to_h.port}, **MANAGED)
    together([t, h])
    t.wait_complete()
    with open(t.path, encoding="utf-8") as file:
        good = file.read()
    t.configure(good.replace("10m", "1s") + BAD[what].format(port=g.port("other")))
    t.set("t", numbered(20, 1))
    g.expect(not t.reload_by_signal(lambda: h.set("t", numbered(20, 2))), "the bad file was taken")
    for one in (t, h):
        one.set("t", numbered(20, 3 + (one is h)))
    g.agree("t", [t, h], count=80)
    g.note("connections:", len(to_h.opened))
    t.configure(good)
    g.expect(t.reload_by_signal(), "the good file was not taken")
    together([t, h])
    one_old_process_less(g, t)
    t.set("t", numbered(20, 5))
    g.agree("t", [t, h], count=100)
    ended(g, t)
