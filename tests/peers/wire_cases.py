"""The test as a peer: the exact bytes of the node T, and what T makes of odd ones."""

import re
import socket
import struct
import time

from groups import case
from group_cases import ENDS, OLD, say, table
from nodes import Figure
from wire import (CONTROL, DEFINITION, IPV4, RESYNC_CONFIRM, RESYNC_FINISHED, RESYNC_PARTIAL, RESYNC_REQUEST, SIGNED, STRING, TABLES, TIMED_UPDATE,
                  Speaker, ack, definition, hello, message, number, read_definition, update)

TABLES_OF_ALL_KINDS = (table("addresses", "type ip size 1k expire 30s store gpc0,conn_cnt,conn_rate(10s)")
                       + table("names", f"type string len 20 size 1k store {OLD}")
                       + table("bytes", "type binary len 8 size 1k expire 1h store gpc(3),gpc_rate(2,5s),gpt(2)")
                       + table("six", "type ipv6 size 1k")
                       + table("numbers", "type integer size 20k expire 5m store gpc0,bytes_in_cnt"))


def node(g, tables, end="accepts", **options):
    """T with a peer R that the test plays, and the function that makes the connection."""
    if end == "connects":
        listener = g.listener("R")
        t = g.node("T", tables, {"R": g.port("R")}, tested=True, **options)
        return t, lambda **more: Speaker.accept(listener, **more)
    t = g.node("T", tables, {"R": g.nowhere()}, tested=True, **options)
    return t, lambda **more: Speaker.connect(g.port("T"), "T", "R", **more)


def settled(connect, **options):
    """A connection whose first resync is over; nothing is under way."""
    speaker = connect(**options)
    speaker.until(lambda s: s.has("resync confirm"), 8)
    return speaker


def told(g, speaker, since_start=True):
    """Notes what was taught table by table: the order of tables and of entries that wait together is the sender's choice."""
    for name, defined in sorted(speaker.tables.items()):
        if since_start:
            g.note("defined", name, defined.kind, defined.length, hex(defined.bits), defined.expire, defined.extra)
        mine = [each for each in speaker.updates if each[0] == name]
        g.note(name, [id for _, id, _, _ in mine], sorted((key.hex(), (body[:3] if name == "addresses" else body).hex()) for _, _, key, body in mine))


HELLOS = {
    "http": b"GET / HTTP/1.0\r\n\r\n", "empty line": b"\n", "no version": b"HAProxyS\nT\nR 1 1\n", "small letters": b"haproxys 2.0\nT\nR 1 1\n",
    "longer word": b"HAProxySS 2.0\nT\nR 1 1\n", "1.0": hello("T", "R", "1.0"), "2.0": hello("T", "R", "2.0"), "2.1": hello("T", "R", "2.1"), "2.2": hello("T", "R", "2.2"),
    "2.9": hello("T", "R", "2.9"), "3.0": hello("T", "R", "3.0"), "2": hello("T", "R", "2"), "2.": hello("T", "R", "2."), "02.01": hello("T", "R", "02.01"), "x.1": hello("T", "R", "x.1"),
    "2.x": hello("T", "R", "2.x"), "trailing blank": hello("T", "R", "2.0 "), "negative": hello("T", "R", "2.-1"), "2.256": hello("T", "R", "2.256"), "2.0x": hello("T", "R", "2.0x"),
    "two blanks": b"HAProxyS  2.0\nT\nR 1 1\n", "version alone": b"HAProxyS 1.0\n", "word alone": b"HAProxyX\n", "names alone": b"HAProxyS 2.0\nZ\n",
    "other name": hello("Z", "R"), "unknown peer": hello("T", "Z"), "own name": hello("T", "T"), "small name": hello("t", "R"), "no name": hello("", "R"),
    "no peer": hello("T", ""), "no pid": b"HAProxyS 2.0\nT\nR\n", "words for pids": b"HAProxyS 2.0\nT\nR x y\n", "one pid": b"HAProxyS 2.0\nT\nR 1\n",
    "name and blank": b"HAProxyS 2.0\nT\nR \n", "blank before": b"HAProxyS 2.0\nT\n R 1 1\n", "CRLF": b"HAProxyS 2.0\r\nT\r\nR 1 1\r\n", "tab": b"HAProxyS 2.0\nT\nR\t1 1\n",
    "long name": b"HAProxyS 2.0\n" + b"T" * 300 + b"\n", "blank after": b"HAProxyS 2.0\nT \nR 1 1\n", "three pids": b"HAProxyS 2.0\nT\nR 1 1 9\n", "everything wrong": hello("Z", "Y", "9.9", "No"),
    "version before names": hello("Z", "Y", "9.9"), "name before peer": hello("Z", "Y"),
}


@case()
def status_lines(g):
    node(g, table("t", "type ip size 1k store gpc0"))
    for name, said in HELLOS.items():
        with socket.create_connection(("127.0.0.1", g.port("T")), 5) as s:
            s.sendall(said)
            speaker = Speaker(s, answers=False)
            status = speaker.line(2.0)
            if status.startswith(b"2"):
                g.note(name, status)
                continue
            speaker.until(lambda _: False, 1.0)
            g.note(name, status, speaker.rest, speaker.end)


@case()
def hello_in_pieces(g):
    """HAProxy never looks at the second piece; a program that does answers 200."""
    node(g, table("t", "type ip size 1k store gpc0"))
    if g.tested == g.oracle:
        return
    with socket.create_connection(("127.0.0.1", g.port("T")), 5) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in hello("T", "R"):
            s.sendall(bytes([byte]))
            time.sleep(0.002)
        g.expect(Speaker(s).line() == b"200\n", "a hello in pieces was not answered")


@case()
def hello_that_does_not_come(g):
    node(g, table("t", "type ip size 1k store gpc0"))
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", g.port("T")), 5) as s:
        s.settimeout(8)
        g.note("silence:", s.recv(100), f"after {round(time.monotonic() - begin)}s")


@case()
def hello_of_the_connecting_side(g):
    _, connect = node(g, table("t", "type ip size 1k store gpc0"), "connects")
    speaker = connect()
    pid = g.nodes["T"].process.pid
    g.note([line.replace(str(pid).encode(), b"PID") for line in speaker.hello])
    g.note(speaker.until(lambda s: s.has("resync request")), speaker.seen[0].raw)


@case(("200 ", "200\r", "0200", "200 and more"))
def status_lines_that_are_success(g, text):
    listener = g.listener("R")
    g.node("T", table("t", "type ip size 1k store gpc0"), {"R": g.port("R")}, tested=True)
    speaker = Speaker.accept(listener, text.encode() + b"\n")
    g.note(speaker.until(lambda s: s.has("resync confirm"), 2), speaker.end)


@case(("300", "501", "502", "503", "504", "201", "999", "garbage", ""))
def status_lines_that_are_failure(g, text):
    listener = g.listener("R")
    t = g.node("T", table("t", "type ip size 1k store gpc0"), {"R": g.port("R")}, tested=True)
    speaker = Speaker.accept(listener, text.encode() + b"\n")
    speaker.until(lambda _: False, 2)
    g.note(speaker.names(), bool(speaker.end))
    if text.isdigit():
        g.note_peer(t, "R", "last_status")


@case(("2.0", "2.1"))
def first_messages(g, version):
    """What there is is taught at once: definitions, updates, then on the fly."""
    t, connect = node(g, TABLES_OF_ALL_KINDS)
    t.set("addresses", {"1.2.3.4": {"gpc0": 5, "conn_cnt": 300}})
    t.set("numbers", {str(n): {"gpc0": 1000 * n, "bytes_in_cnt": n} for n in range(5)})
    t.set("six", {"2001:db8::1": {}})
    speaker = connect(version=version)
    speaker.until(lambda s: s.has("resync confirm") and {("addresses", b"\1\2\3\4"), ("numbers", b"\0\0\0\4"), ("six", socket.inet_pton(10, "2001:db8::1"))} <= set(s.keys))
    told(g, speaker)
    g.note({each.name for each in speaker.seen if each.type >= TIMED_UPDATE})
    g.note([each for each in speaker.names() if "resync" in each])
    speaker.forget()
    t.set("numbers", {"7": {"gpc0": 1}, "8": {"gpc0": 2}})
    speaker.until(lambda s: len(s.keys) == 2)
    t.set("numbers", {"7": {"gpc0": 1}})
    speaker.until(lambda s: len(s.updates) == 3)
    told(g, speaker, False)


@case()
def definitions(g):
    """Byte for byte, but for the number that the sender gives the table."""
    t, connect = node(g, TABLES_OF_ALL_KINDS)
    speaker = settled(connect)
    speaker.forget()
    speaker.send(message(CONTROL, RESYNC_REQUEST))
    speaker.until(lambda s: s.has("resync finished"))
    for name in sorted(each.raw.hex()[:4] + " id " + each.raw.hex()[8:] for each in speaker.seen if each.name == "definition"):
        g.note(name)
    g.note("ids", sorted(each.id for each in speaker.tables.values()) == list(range(1, 6)))


@case(ENDS)
def full_resync(g, end):
    """The definitions of all tables, each entry once, "finished"; then "confirm" ends it. Entries that were acked are sent as well."""
    t, connect = node(g, TABLES_OF_ALL_KINDS, end)
    speaker = settled(connect)
    t.set("addresses", {"1.2.3.4": {"gpc0": 5, "conn_cnt": 300}, "1.2.3.5": {"gpc0": 6}})
    t.set("numbers", {str(n): {"gpc0": 1000 * n, "bytes_in_cnt": n} for n in range(5)})
    speaker.until(lambda s: len(s.keys) == 7)
    for name, last in (("addresses", 2), ("numbers", 5)):
        speaker.send(ack(speaker.tables[name].id, last))
    speaker.listen(0.1).forget()
    speaker.send(message(CONTROL, RESYNC_REQUEST))
    g.note(speaker.until(lambda s: s.has("resync finished")))
    defined = [read_definition(each.data) for each in speaker.seen if each.code == (TABLES, DEFINITION)]
    g.note(sorted(each.name for each in defined), len(speaker.keys), sorted(speaker.keys))
    g.note(sorted({each.name for each in speaker.seen}))
    timed = [struct.unpack(">I", each.data[4:8])[0] for each in speaker.seen if each.name == "timed update"]
    g.note("expire", all(3000 < each <= 300000 for each in timed))
    speaker.forget()
    t.set("numbers", {"77": {"gpc0": 1}})
    g.note(speaker.until(lambda s: ("numbers", b"\0\0\0\x4d") in s.keys), [each.name.removeprefix("next ") for each in speaker.seen][:3])


@case()
def resync_without_confirm(g):
    """Between "finished" and "confirm" nothing is pushed."""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    speaker = settled(connect)
    speaker.answers = False
    speaker.send(message(CONTROL, RESYNC_REQUEST))
    speaker.until(lambda s: s.has("resync finished"))
    speaker.forget()
    t.set("t", {"5": {"gpc0": 1}})
    speaker.listen(0.5)
    g.note("before", speaker.names())
    speaker.send(message(CONTROL, RESYNC_CONFIRM))
    speaker.until(lambda s: s.has("update"), 2)
    g.note("after", speaker.names())


@case()
def nothing_is_pushed_before_the_resync_is_over(g):
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    speaker = connect(answers=False)
    speaker.until(lambda s: s.has("resync request"))
    t.set("t", {"5": {"gpc0": 1}})
    speaker.listen(0.5)
    g.note("before", speaker.names())
    speaker.send(message(CONTROL, RESYNC_FINISHED))
    speaker.until(lambda s: s.has("update"), 2)
    g.note("after", sorted(speaker.names()))


@case(("finished", "partial"))
def end_of_a_resync(g, how):
    """After "finished" nobody is asked again; after "partial" neither, here: there is nobody else."""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    speaker = connect(answers=False)
    speaker.until(lambda s: s.has("resync request"))
    speaker.send(message(CONTROL, RESYNC_FINISHED if how == "finished" else RESYNC_PARTIAL))
    g.note(speaker.until(lambda s: s.has("resync confirm")), speaker.names())
    speaker.close()
    g.wait(lambda: not t.established("R"), "the end is not seen")
    speaker = connect(answers=False)
    speaker.listen(0.7)
    g.note(speaker.names())
    speaker.send(message(CONTROL, RESYNC_REQUEST))
    speaker.until(lambda s: s.has("resync finished") or s.has("resync partial"))
    g.note(speaker.names())


@case()
def acks(g):
    """One ack for what came together; entries, values and ids that are taken."""
    t, connect = node(g, TABLES_OF_ALL_KINDS)
    speaker = settled(connect)
    speaker.forget()
    first = definition(9, "addresses", IPV4, 4, (2, 4, 5), 30000, ((5, 10000),))
    speaker.send(first + update(b"\1\2\3\4", 1, 2, 100, 3, 4, id=1) + update(b"\1\2\3\5", 1, 2, 100, 3, 4) + update(b"\1\2\3\6", 1, 2, 100, 3, 4, id=7))
    speaker.until(lambda s: s.has("ack"))
    g.note(speaker.raw("ack"))
    speaker.forget()
    g.note({key: (data["gpc0"], data["conn_cnt"]) for key, data in t.table("addresses").items()})
    speaker.send(update(b"\1\2\3\7", 9, 2, 100, 3, 4))
    speaker.until(lambda s: s.has("ack"))
    g.note(speaker.raw("ack"), len(t.table("addresses")))
    speaker.forget()
    speaker.send(definition(300, "numbers", SIGNED, 4, (2, 13), 300000) + update(b"\0\0\0\7", 70000, 5000000000, id=0x7ffffffe)
                 + update(b"\0\0\0\x08", 1, 1) + update(b"\0\0\0\x09", 1, 1))
    speaker.until(lambda s: s.has("ack"))
    g.note(speaker.raw("ack"), t.table("numbers"))
    speaker.forget()
    speaker.send(message(TABLES, 0x83, number(9)) + update(b"\1\2\3\4", 77, 2, 100, 3, 4, id=9))
    speaker.until(lambda s: s.has("ack"))
    g.note("switch", speaker.raw("ack"), t.table("addresses")["1.2.3.4"]["gpc0"])


@case(ENDS)
def heartbeats(g, end):
    """One every three seconds in which nothing else was sent; a peer that is silent for five is given up."""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"), end)
    speaker = settled(connect, heartbeats=False)
    quiet = time.monotonic() - speaker.begin
    speaker.until(lambda s: s.end, 8)
    beats = [each.at - quiet for each in speaker.seen if each.name == "heartbeat"]
    ended = time.monotonic() - speaker.begin - quiet
    g.note("heartbeats", [round(each) for each in beats[:1]], "end", bool(speaker.end), ended > 4.5)
    g.figures.append(Figure("given up after", ended))
    g.note_peer(t, "R", "rx_hbt", "proto_err")


@case()
def heartbeats_are_put_off_by_updates(g):
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    speaker = settled(connect)
    for n in range(8):
        t.set("t", {"1": {"gpc0": n}})
        speaker.listen(0.5)
    g.note(speaker.names().count("heartbeat"), speaker.end)


GARBAGE = {
    "http": b"GET / HTTP/1.0\r\n\r\n", "class 2": b"\x02\x00", "class 255": b"\xff\x00", "control 5": b"\x00\x05", "control 128": b"\x00\x80\x02ab", "error 0": b"\x01\x00", "error 1": b"\x01\x01",
    "error 7": b"\x01\x07", "table 0": b"\x0a\x00", "table 7": b"\x0a\x87\x02ab", "update before definition": update(b"\1\2\3\4", 1, id=1),
    "switch to nothing": message(TABLES, 0x83, number(77)), "ack of nothing": ack(77, 1), "short ack": message(TABLES, 0x84, b"\1\0"), "empty definition": message(TABLES, 0x82),
    "cut definition": message(TABLES, 0x82, b"\1\x09t"), "unknown table": definition(1, "other", IPV4, 4, (2,), 0) + update(b"\1\2\3\4", 1, id=1),
    "cut update": definition(1, "t", SIGNED, 4, (2,), 0) + message(TABLES, 0x80, b"\0\0\0\1\0\0"),
    "update without values": definition(1, "t", SIGNED, 4, (2,), 0) + update(b"\0\0\0\4", id=1),
    "update with more": definition(1, "t", SIGNED, 4, (2,), 0) + update(b"\0\0\0\5", 1, 2, 3, id=1), "too long": b"\x0a\x80" + number(100000) + b"x" * 40000,
    "finished unasked": message(CONTROL, RESYNC_FINISHED), "partial unasked": message(CONTROL, RESYNC_PARTIAL), "confirm unasked": message(CONTROL, RESYNC_CONFIRM),
    "length without end": b"\x0a\x80\xff\xff\xff\xff\xff\xff\xff\xff",
}


@case(GARBAGE)
def odd_bytes(g, name):
    """After the handshake: which are answered, which end the connection, which are passed over."""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    speaker = settled(connect)
    speaker.forget()
    speaker.send(GARBAGE[name])
    speaker.listen(0.6)
    g.note([each.raw.hex() for each in speaker.seen], "ended" if speaker.end else t.table("t"))
    g.note_peer(t, "R", "proto_err")


@case()
def timed_updates_are_taken(g):
    t, connect = node(g, table("t", "type integer size 1k expire 10m store gpc0"))
    speaker = settled(connect)
    speaker.send(definition(1, "t", SIGNED, 4, (2,), 600000) + update(b"\0\0\0\1", 5, id=1, expire=20000) + update(b"\0\0\0\2", 6, expire=300)
                 + update(b"\0\0\0\3", 7, expire=500000) + update(b"\0\0\0\4", 8))
    speaker.until(lambda s: s.has("ack"))
    ages = dict(re.findall(r"key=(\d+) use=0 exp=(\d+)", t.cli("show table t")))
    g.note({key: round(int(value) / 10000) * 10 for key, value in ages.items()}, t.table("t"))


@case()
def updates_push_the_expiry_along(g):
    t, connect = node(g, table("t", "type integer size 1k expire 2s store gpc0"))
    speaker = settled(connect)
    speaker.send(definition(1, "t", SIGNED, 4, (2,), 600000))
    for n in range(5):
        speaker.send(update(b"\0\0\0\1", n, id=n + 1))
        speaker.listen(0.6)
    g.note(sorted(t.table("t")))
    speaker.listen(2.2)
    g.note(sorted(t.table("t")))


@case()
def learned_entries_are_not_pushed_on(g):
    """But they are part of a resync, under numbers of their own; a local change makes them ours."""
    t, connect = node(g, table("t", "type integer size 1k expire 10m store gpc0"))
    speaker = settled(connect)
    speaker.send(definition(1, "t", SIGNED, 4, (2,), 600000) + update(b"\0\0\0\1", 5, id=1) + update(b"\0\0\0\2", 5))
    speaker.until(lambda s: s.has("ack"))
    speaker.listen(0.3)
    g.note(speaker.updates)
    speaker.send(message(CONTROL, RESYNC_REQUEST))
    speaker.until(lambda s: s.has("resync finished"))
    g.note(sorted((key, body) for _, _, key, body in speaker.updates))
    speaker.forget()
    t.set("t", {"2": {"gpc0": 6}})
    speaker.until(lambda s: s.updates)
    g.note(speaker.updates)
    speaker.send(update(b"\0\0\0\2", 9))
    speaker.until(lambda s: s.has("ack"))
    speaker.forget()
    g.note(speaker.listen(0.3).updates, t.table("t"))


@case(("acked", "not acked", "partly"))
def after_a_new_connection(g, how):
    """What was acked as a whole is not sent again; nothing else is left out."""
    t, connect = node(g, table("t", "type integer size 1k expire 10m store gpc0"))
    speaker = settled(connect)
    t.set("t", {str(n): {"gpc0": n} for n in range(1, 6)})
    speaker.until(lambda s: len(s.keys) == 5)
    if how != "not acked":
        speaker.send(ack(speaker.tables["t"].id, 5 if how == "acked" else 3))
    speaker.listen(0.1).close()
    g.wait(lambda: not t.established("R"), "the end is not seen")
    t.set("t", {"9": {"gpc0": 9}})
    speaker = connect()
    speaker.until(lambda s: ("t", b"\0\0\0\x09") in s.keys)
    keys = {key[-1] for _, _, key, _ in speaker.updates}
    g.note(sorted(keys) if how != "partly" else {4, 5, 9} <= keys)


@case()
def names_of_servers(g):
    """server_key: a dictionary of each direction; a name is sent once, then its number."""
    more = """
listen fe
    bind @
    tcp-request inspect-delay 2s
    tcp-request content accept if {{ req.len ge 2 }}
    stick on req.payload(0,2) table stuck
    balance roundrobin
    server one 127.0.0.1:{one}
    server another-name 127.0.0.1:{two}
""".format(one=g.server("one"), two=g.server("two")).replace("@", f"127.0.0.1:{g.port('fe')}")
    t, connect = node(g, table("stuck", "type string len 2 size 1k expire 10m"), more=more)
    speaker = settled(connect)
    speaker.forget()
    for n in range(6):
        say(g.port("fe"), f"k{n}\n".encode())
        speaker.until(lambda s: len(s.keys) == n + 1)
    g.note(speaker.tables["stuck"])
    for _, id, key, body in speaker.updates:
        g.note(id, key, body.hex())
    body = {key: value for _, _, key, value in speaker.updates}
    speaker.send(message(CONTROL, RESYNC_REQUEST))
    speaker.forget()
    speaker.until(lambda s: s.has("resync finished"))
    for key, body in sorted((key, body) for _, _, key, body in speaker.updates):
        g.note("resync", key, body.hex())
    g.note(t.table("stuck"))


@case(("before the status", "established"))
def connection_from_a_peer_that_we_connect_to(g, when):
    """R connects while T's own connection to R stands or waits: which of the two stays."""
    listener = g.listener("R")
    t = g.node("T", table("t", "type integer size 1k store gpc0"), {"R": g.port("R")}, tested=True)
    listener.settimeout(5)
    first = Speaker(listener.accept()[0])
    first.hello = [first.line() for _ in range(3)]
    if when == "established":
        first.send(b"200\n")
        first.until(lambda s: s.has("resync confirm"))
    second = Speaker.connect(g.port("T"), "T", "R")
    g.note(second.status, second.until(lambda s: s.has("resync confirm"), 0.5))
    first.until(lambda s: s.end, 0.5)
    g.note("first ended", bool(first.end))
    if g.tested != g.oracle:  # which sometimes closes the second as well
        t.set("t", {"1": {"gpc0": 5}})
        g.expect(second.until(lambda s: s.updates, 1) and not second.end, "the new one is not used")


@case()
def second_connection_of_a_peer(g):
    """R connects twice: the newer one counts."""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    first = settled(connect)
    second = Speaker.connect(g.port("T"), "T", "R")
    g.note(second.status, first.until(lambda s: s.end, 1))
    if g.tested == g.oracle:
        return  # it sometimes closes the new one as well
    third = Speaker.connect(g.port("T"), "T", "R")
    g.expect(second.until(lambda s: s.end, 1), "the older one was not closed")
    t.set("t", {"1": {"gpc0": 5}})
    g.expect(third.until(lambda s: s.updates, 1) and not third.end, "the newest one is not used")


@case((1, 3.5, 6), long=True)
def asked_after_a_while(g, seconds):
    """T is alone for a while; is anybody still asked who comes then?"""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"))
    time.sleep(seconds)
    speaker = connect()
    speaker.listen(0.5)
    g.note(speaker.names())


@case(("FIN", "RST", "protocol error"), long=True)
def comes_back(g, how):
    """When the connecting side connects again after its connection ended."""
    t, connect = node(g, table("t", "type integer size 1k store gpc0"), "connects")
    for stood in (0.5, 2, 4, 7):
        speaker = settled(connect)
        speaker.listen(stood)
        if how == "FIN":
            speaker.close()
        elif how == "RST":
            speaker.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            speaker.close()
        else:
            speaker.send(message(TABLES, 0x82))
            speaker.until(lambda s: s.end, 2)
            speaker.close()
        begin = time.monotonic()
        speaker = connect()
        g.figures.append(Figure(f"after {stood}s", time.monotonic() - begin))
        g.expect(time.monotonic() - begin < 6.5, "it did not come back in time")
        speaker.listen(0.5)
        g.note(stood, speaker.names())
        speaker.sock.close()


@case(("300", "504", "garbage", "refused", "silence"), long=True)
def comes_back_after_a_failure(g, how):
    """Except where HAProxy 2.6 forgets about it (a status that is not 200, and no other peer)."""
    if how in ("300", "504") and g.tested == g.oracle:
        return
    listener = g.listener("R")
    if how == "refused":
        listener.close()
    g.node("T", table("t", "type integer size 1k store gpc0"), {"R": g.port("R")}, tested=True)
    if how == "refused":
        time.sleep(1)
        listener = g.listener("R")
    else:
        speaker = Speaker.accept(listener, b"" if how == "silence" else how.encode() + b"\n")
        speaker.until(lambda s: s.end, 8)
        speaker.close()
    begin = time.monotonic()
    speaker = Speaker.accept(listener)
    g.figures.append(Figure("came back after", time.monotonic() - begin))
    g.expect(time.monotonic() - begin < 6.5, "it did not come back in time")
    asked = speaker.until(lambda s: s.has("resync request"))
    if how in ("300", "504"):
        return g.expect(asked, "it does not ask for a resync")
    g.note(asked)


@case(long=True)
def ten_thousand_acks(g):
    """How many acks there are for many updates, and that the last one is for the last."""
    t, connect = node(g, table("t", "type integer size 20k store gpc0"))
    speaker = settled(connect)
    speaker.forget()
    speaker.send(definition(1, "t", SIGNED, 4, (2,), 0) + b"".join(update(struct.pack(">I", n), n, id=n if n == 1 else None) for n in range(1, 10001)))
    speaker.until(lambda s: s.raw("ack") and s.raw("ack")[-1].endswith("00002710"), 5)
    g.note(speaker.raw("ack")[-1], len(t.table("t")))
    g.figures.append(f"{len(speaker.raw('ack'))} acks")


@case(long=True)
def many_updates_in_a_batch(g):
    """10,000 entries, without any ack coming back: everything is sent, in order of the ids."""
    t, connect = node(g, table("t", "type integer size 20k store gpc0"))
    speaker = settled(connect)
    t.set("t", {str(n): {"gpc0": n} for n in range(10000)})
    g.note(speaker.until(lambda s: len(s.updates) == 10000, 3), [id for _, id, _, _ in speaker.updates] == list(range(1, 10001)))
    g.figures.append(f"{speaker.names().count('update')} full updates, {speaker.names().count('definition')} definitions")


@case(("1", "7", "63"), long=True)
def at_most_so_many_at_once(g, count):
    """tune.peers.max-updates-at-once: everything arrives all the same."""
    t, connect = node(g, table("t", "type integer size 20k store gpc0") + table("u", "type integer size 20k store gpc0"), extra_global=f"    tune.peers.max-updates-at-once {count}")
    for name in "tu":
        t.set(name, {str(n): {"gpc0": n} for n in range(1000)})
    speaker = connect()
    g.note(speaker.until(lambda s: len(s.keys) == 2000, 3))
    g.figures.append(f"{speaker.names().count('update')} full updates, {speaker.names().count('definition')} definitions")


MISMATCHED = {
    "as it is": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0, ((3, 3600000),)) + update(b"\0\0\0\1", 7, 1, 50, 3, id=1)),
    "other period": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0, ((3, 7200000),)) + update(b"\0\0\0\1", 7, 1, 50, 3, id=1)),
    "no period": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0) + update(b"\0\0\0\1", 7, 1, 50, 3, id=1)),
    "more data": ("rates", definition(1, "rates", SIGNED, 4, (1, 2, 3, 4, 5), 0, ((3, 3600000), (5, 60000))) + update(b"\0\0\0\1", 99, 7, 1, 50, 3, 1, 100, 101, 102, id=1)),
    "less data": ("rates", definition(1, "rates", SIGNED, 4, (2,), 0) + update(b"\0\0\0\1", 7, id=1)),
    "unknown data": ("rates", definition(1, "rates", SIGNED, 4, (2, 3, 25, 40), 0, ((3, 3600000),)) + update(b"\0\0\0\1", 7, 1, 50, 3, 5, 6, id=1)),
    "no data": ("rates", definition(1, "rates", SIGNED, 4, (), 0) + update(b"\0\0\0\1", id=1)),
    "other type": ("rates", definition(1, "rates", IPV4, 4, (2,), 0) + update(b"\0\0\0\1", 7, id=1)),
    "other length": ("rates", definition(1, "rates", SIGNED, 8, (2,), 0) + update(b"\0\0\0\0\0\0\0\1", 7, id=1)),
    "unknown type": ("rates", definition(1, "rates", 77, 4, (2,), 0) + update(b"\0\0\0\1", 7, id=1)),
    "expire missing": ("rates", message(TABLES, DEFINITION, number(1) + b"\5rates" + bytes([2, 4, 4])) + update(b"\0\0\0\1", 7, id=1)),
    "arrays": ("arrays", definition(1, "arrays", SIGNED, 4, (22, 23, 24), 0, ((22, 2), (23, 2), (24, 2, 3600000))) + update(b"\0\0\0\1", 1, 2, 3, 4, 1, 50, 3, 1, 60, 3, id=1)),
    "longer arrays": ("arrays", definition(1, "arrays", SIGNED, 4, (22, 23, 24), 0, ((22, 3), (23, 4), (24, 3, 3600000)))
                      + update(b"\0\0\0\1", 1, 2, 99, 3, 4, 99, 99, 1, 50, 3, 1, 60, 3, 1, 90, 90, id=1)),
    "shorter arrays": ("arrays", definition(1, "arrays", SIGNED, 4, (22, 23, 24), 0, ((22, 1), (23, 1), (24, 1, 3600000))) + update(b"\0\0\0\1", 1, 2, 1, 50, 3, id=1)),
    "other period of an array": ("arrays", definition(1, "arrays", SIGNED, 4, (22, 23, 24), 0, ((22, 2), (23, 2), (24, 2, 7200000)))
                                 + update(b"\0\0\0\1", 1, 2, 3, 4, 1, 50, 3, 1, 60, 3, id=1)),
    "old types for arrays": ("arrays", definition(1, "arrays", SIGNED, 4, (1, 2, 17), 0) + update(b"\0\0\0\1", 1, 2, 3, id=1)),
    "arrays for old types": ("rates", definition(1, "rates", SIGNED, 4, (23,), 0, ((23, 2),)) + update(b"\0\0\0\1", 1, 2, id=1)),
    "long string": ("words", definition(1, "words", STRING, 11, (2,), 0) + update(b"\x14twenty-letters-long-", 7, id=1)),
    "short string": ("words", definition(1, "words", STRING, 11, (2,), 0) + update(b"\1a", 7, id=1) + update(b"\0", 8)),
    "string of 10": ("words", definition(1, "words", STRING, 11, (2,), 0) + update(b"\x0a0123456789", 7, id=1)),
    "string of 11": ("words", definition(1, "words", STRING, 11, (2,), 0) + update(b"\x0b0123456789a", 7, id=1)),
    "string beyond the message": ("words", definition(1, "words", STRING, 11, (2,), 0) + update(b"\x200123", 7, id=1)),
    "shorter strings": ("words", definition(1, "words", STRING, 6, (2,), 0) + update(b"\1a", 7, id=1)),
    "string with a zero": ("words", definition(1, "words", STRING, 11, (2,), 0) + update(b"\4a\0bc", 7, id=1)),
    "large values": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0, ((3, 3600000),)) + update(b"\0\0\0\1", 2 ** 32 + 5, 1, 2 ** 33, 3, id=1)),
    "old rate": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0, ((3, 3600000),)) + update(b"\0\0\0\1", 7, 5000000, 50, 30, id=1)),
    "very old rate": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0, ((3, 3600000),)) + update(b"\0\0\0\1", 7, 9400000, 50, 30, id=1)),
    "rate from the future": ("rates", definition(1, "rates", SIGNED, 4, (2, 3), 0, ((3, 3600000),)) + update(b"\0\0\0\1", 7, 0xfffffff0, 50, 30, id=1)),
    "current connections": ("current", definition(1, "current", SIGNED, 4, (4, 6), 0) + update(b"\0\0\0\1", 7, 9, id=1)),
    "name of a server": ("stuck", definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, b"\5\1\3one", id=1) + update(b"\0\0\0\2", 2, b"\1\1") + update(b"\0\0\0\3", 3, b"\0")
                         + update(b"\0\0\0\4", 4, b"\7\1\5other") + update(b"\0\0\0\5", 5, b"\1\1")),
    "name that was not said": ("stuck", definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, b"\1\5", id=1)),
    "name number 128": ("stuck", definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, b"\5\x80\3one", id=1)),
    "name number 0": ("stuck", definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, b"\5\0\3one", id=1)),
    "name cut": ("stuck", definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, b"\5\1\3on", id=1)),
    "name longer than said": ("stuck", definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, b"\5\1\7one", id=1)),
}


@case()
def definitions_and_updates_that_do_not_fit(g):
    """What is taken of them, byte for byte; the tables are emptied in between."""
    t, connect = node(g, table("rates", "type integer size 1k store gpc0,gpc0_rate(1h)") + table("arrays", "type integer size 1k store gpt(2),gpc(2),gpc_rate(2,1h)")
                      + table("words", "type string len 10 size 1k store gpc0") + table("current", "type integer size 1k store conn_cnt,conn_cur")
                      + table("stuck", "type integer size 1k store server_id,server_key"))
    for name, (where, said) in MISMATCHED.items():
        speaker = settled(connect, answers=True) if name == "as it is" else connect()
        speaker.listen(0.03).forget()
        speaker.send(said)
        speaker.until(lambda s: s.has("ack") or s.end, 0.25)
        g.note(name, [each.raw.hex() for each in speaker.seen], "ended" if speaker.end else t.table(where))
        speaker.close()
        t.cli(f"clear table {where}")
        g.wait(lambda: not t.established("R"), "the end is not seen")


@case()
def names_with_numbers_beyond_the_dictionary(g):
    """HAProxy 2.6 dies of such a message, now or later; it is not asked."""
    if g.tested == g.oracle:
        return
    t, connect = node(g, table("stuck", "type integer size 1k store server_id,server_key"))
    for number_ in (129, 300, 70000, 2 ** 31, 2 ** 40):
        said = number(number_) + b"\3one"
        speaker = connect()
        speaker.listen(0.03)
        speaker.send(definition(1, "stuck", SIGNED, 4, (0, 19), 0) + update(b"\0\0\0\1", 1, number(len(said)) + said, id=1) + update(b"\0\0\0\2", 1, number(len(said) - 4) + said[:-4]))
        speaker.listen(0.1).close()
        g.wait(lambda: not t.established("R"), "the end is not seen")
    g.expect(t.process.poll() is None, "it died")
