"""Three nodes, many entries, broken ways, restarts and reloads."""

import re
import time

from groups import case
from group_cases import ENDS, numbered, pair, table
from nodes import Figure

MANY = 10000
TABLES = table("t", "type ip size 100k expire 10m store gpc0,conn_cnt") + table("u", "type integer size 100k expire 10m store gpt0")


def wanted_of(entries):
    return {key: {name: str(value) for name, value in data.items()} for key, data in entries.items()}


def integers(count, base):
    return {str(base + n): {"gpt0": n} for n in range(count)}


def triangle(g, ways=None, tables=TABLES):
    """T, H and I, all connected; `ways`: {(from, to): port} where it is not the direct one."""
    ways = ways or {}
    made = [g.node(name, tables, {other: ways.get((name, other), g.port(other)) for other in "THI" if other != name}, tested=name == "T") for name in "THI"]
    together(made)
    return made


def together(made):
    for node in made:
        node.wait_established(*(other.name for other in made if other is not node))


@case(alone=True)
def many_entries_each_way(g):
    t, h, i = triangle(g)
    for number, one in enumerate((t, h, i)):
        begin = time.monotonic()
        one.set("t", numbered(MANY, number))
        g.figures.append(Figure("to set", time.monotonic() - begin))
        g.agree("t", [t, h, i] if one is t else [one, t], count=MANY * (number + 1), what=f"{MANY} entries from {one.name}")
        g.agree("t", [t, h, i], count=MANY * (number + 1), limit=6, what=f"and with all of them {number}")  # HAProxy among themselves
    t.set("u", integers(MANY, 0))
    h.set("u", integers(MANY, MANY))
    i.set("u", integers(MANY, 2 * MANY))
    g.agree("u", [t, h, i], count=3 * MANY, limit=5, what="and from all at once")


@case(("T",), alone=True)
def cut_off(g, who):
    """The ways between T and the others are closed, everybody learns more, and agrees within a second after the return."""
    cut_off_and_back(g, who)


@case(("T", "H and I"), long=True, alone=True)
def cut_off_later(g, who):
    """When nobody has to ask for a resync any more, changes of entries that all knew arrive as well."""
    cut_off_and_back(g, who, 11)


def cut_off_and_back(g, who, uptime=0):
    toward_t, h_from_t, i_from_t = g.link("to T", "T"), g.link("T to H", "H"), g.link("T to I", "I")
    links = [toward_t, h_from_t, i_from_t]
    ways = {("H", "T"): toward_t.port, ("I", "T"): toward_t.port, ("T", "H"): h_from_t.port, ("T", "I"): i_from_t.port}
    if who != "T":
        between = g.link("H to I", "I"), g.link("I to H", "H")
        links += between
        ways |= {("H", "I"): between[0].port, ("I", "H"): between[1].port}
    t, h, i = made = triangle(g, ways)
    t.set("t", numbered(MANY, 1))
    g.agree("t", made, count=MANY, limit=2, what="before")
    time.sleep(uptime)
    for link in links:
        link.cut()
    g.wait(lambda: not t.established("H") and not t.established("I") and not h.established("T") and not i.established("T"), "the cut is not seen")
    for number, one in enumerate(made, 2):
        one.set("t", {**numbered(MANY // 3, number), f"192.0.2.{number}": {"gpc0": number, "conn_cnt": 7}})
    if uptime:
        t.set("t", {"10.1.0.1": {"gpc0": 4444}})
    for link in links:
        link.restore()
    back = time.monotonic()
    together(made)
    g.figures.append(Figure("connected again after", time.monotonic() - back))
    g.agree("t", made, count=MANY + 3 * (MANY // 3) + 3, what="after the return")
    g.note(t.table("t")["10.1.0.1"], i.table("t")["10.1.0.1"])


@case(ENDS, long=True)
def stalled(g, end):
    """Nothing is passed on for seven seconds, though both sides are open: they give each other up, and agree when they are back."""
    to_h, to_t = g.link("to H", "H"), g.link("to T", "T")
    t = g.node("T", TABLES, {"H": to_h.port if end == "connects" else g.nowhere()}, tested=True)
    h = g.node("H", TABLES, {"T": to_t.port if end == "accepts" else g.nowhere()})
    together([t, h])
    t.set("t", numbered(100, 1))
    g.agree("t", [t, h], count=100)
    for link in (to_h, to_t):
        link.stall()
    t.set("t", numbered(100, 2))
    h.set("t", numbered(100, 3))
    g.wait(lambda: not t.established("H") and not h.established("T"), "the stall is not noticed", 9)
    for link in (to_h, to_t):
        link.cut()
        link.restore()
    together([t, h])
    g.agree("t", [t, h], count=300)


@case(long=True, alone=True)
def stalled_for_a_moment(g):
    """Less than what makes a peer give up: nothing is lost, nothing is reconnected."""
    to_h = g.link("to H", "H")
    t = g.node("T", TABLES, {"H": to_h.port}, tested=True)
    h = g.node("H", TABLES, {"T": g.nowhere()})
    together([t, h])
    for round_ in range(3):
        to_h.stall()
        t.set("t", numbered(2000, round_))
        h.set("t", numbered(2000, round_ + 10))
        time.sleep(1)
        to_h.restore()
        g.agree("t", [t, h], count=4000 * (round_ + 1), limit=1.5)
    g.note(len(to_h.opened))


@case(alone=True)
def restarted(g):
    """T lost everything and learns it from another."""
    restart(g, "T")


@case(("H", "I"), long=True, alone=True)
def restarted_others(g, who):
    """Another lost everything; T may be the one that is asked."""
    restart(g, who)


def restart(g, who):
    made = triangle(g)
    for number, one in enumerate(made):
        one.set("t", numbered(MANY // 2, number))
    g.agree("t", made, count=3 * (MANY // 2), limit=2, what="before")
    node = g.nodes[who]
    node.stop()
    others = [each for each in made if each is not node]
    g.wait(lambda: not any(each.established(who) for each in others), "the end is not seen")
    others[0].set("t", {"192.0.2.1": {"gpc0": 9}})
    begin = time.monotonic()
    node.start()
    g.agree("t", [others[0], node], count=3 * (MANY // 2) + 1, limit=8, since=begin, what=f"{who} from its start")
    together(made)
    node.set("t", {"192.0.2.2": {"gpc0": 10}})
    g.agree("t", made, count=3 * (MANY // 2) + 2, what="and on")


@case(long=True, alone=True)
def both_others_restarted(g):
    """T alone knows what there was, and teaches it to both."""
    t, h, i = made = triangle(g)
    h.set("t", numbered(MANY, 0))
    g.agree("t", made, count=MANY, limit=2)
    for each in (h, i):
        each.stop()
    t.set("t", {"192.0.2.1": {"gpc0": 9}})
    for each in (h, i):
        each.start()
    begin = time.monotonic()
    together(made)
    g.agree("t", made, count=MANY + 1, limit=8, since=begin, what="from the start")


def settle(g, seconds):
    """HAProxy teaches its successor only when it is done with its own start: five seconds for a predecessor, five for the others."""
    if g.tested == g.oracle:
        time.sleep(seconds)


@case()
def reloaded(g):
    """The new process learns from the old one at the local address, though nobody else is there."""
    reloaded_twice(g, "alone")


@case(long=True)
def reloaded_among_others(g):
    """Before anybody else is asked."""
    reloaded_twice(g, "with others")


def reloaded_twice(g, how):
    if how == "alone":
        t = g.node("T", TABLES, {"H": g.nowhere()}, tested=True)
        made = [t]
    else:
        t, *_ = made = triangle(g)
    t.set("t", numbered(MANY, 1))
    t.set("u", integers(MANY, 0))
    wanted = wanted_of({key: {**value, "conn_cnt": 0} for key, value in numbered(MANY, 1).items()})
    g.agree("t", made, wanted, limit=3)
    for round_ in range(2):
        settle(g, 5.5 if how == "alone" else 11)
        begin = time.monotonic()
        old = t.reload()
        started = time.monotonic() - begin
        g.agree("t", [t], wanted, limit=3, what=f"reload {round_}")
        g.agree("u", [t], count=MANY, limit=3)
        g.figures.append(Figure("started after", started))
        status = old.wait(10)
        g.figures.append(Figure("old one ended after", time.monotonic() - begin))
        g.note("old process", status)
        key = f"192.0.2.{round_}"
        t.set("t", {key: {"gpc0": 3, "conn_cnt": 0}})
        wanted[key] = {"gpc0": "3", "conn_cnt": "0"}
        if how != "alone":
            together(made)
            made[1].set("t", {f"198.51.100.{round_}": {"gpc0": 3, "conn_cnt": 2}})
            wanted[f"198.51.100.{round_}"] = {"gpc0": "3", "conn_cnt": "2"}
        g.agree("t", made, wanted, what="and on")


@case()
def reloaded_without_other_peers(g):
    """A section that names only the process itself serves reloads."""
    t = g.node("T", TABLES, (), tested=True)
    t.set("t", numbered(50, 1))
    settle(g, 5.5)
    old = t.reload()
    g.agree("t", [t], count=50, limit=3)
    g.note(old.wait(10))


@case(("local", "remote"), long=True)
def expiry_goes_along(g, who):
    """What is taught keeps the rest of its time; what is pushed begins anew."""
    tables = table("t", "type integer size 1k expire 20s store gpc0")
    t, h = pair(g, "both", tables)
    t.set("t", {"1": {"gpc0": 1}})
    time.sleep(11)
    if who == "local":
        t.reload()
    else:
        t.stop()
        h.set("t", {"2": {"gpc0": 1}})
        t.start()
    count = 1 if who == "local" else 2
    g.agree("t", [t], count=count, limit=8)
    ages = {key: int(left) for key, left in re.findall(r"key=(\S+) use=0 exp=(\d+)", t.cli("show table t"))}
    g.figures.append(Figure("left", ages["1"] / 1000))
    g.note(ages["1"] < 9500)


@case(long=True, alone=True)
def busy_changes(g):
    """All three change the same thousand entries for a while, each its own type of data in turn; when it is over they agree."""
    made = triangle(g)
    end, n = time.monotonic() + 5, 0
    while time.monotonic() < end:
        for number, one in enumerate(made):
            n += 1
            one.set("t", {f"10.{number}.{k >> 8}.{k & 255}": {"gpc0": n, "conn_cnt": n * 2} for k in range(n % 7, 1000, 3)})
    g.agree("t", made, count=3000, what="after the last change")
    g.figures.append(Figure(f"{n} batches", 5))
