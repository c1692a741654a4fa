"""What a peers section says: encryption, tables of its own, addresses, names, being disabled; definitions that differ; what is shown."""

import re
import signal
import socket
import time

import certs
from groups import case
from group_cases import ENDS, numbered, pair, say, table
from nodes import MISSING
from wire import hello

T = table("t", "type ip size 1k expire 10m store gpc0")


def both_ways(g, t, h, name="t"):
    t.set(name, numbered(50, 1))
    h.set(name, numbered(50, 2))
    g.agree(name, [t, h], count=100)


# --- encryption ------------------------------------------------------------------------------------------------------
def encrypted(g, name, other, bind, server, default_bind=""):
    """The lines of a section with `bind` and `server` lines."""
    return f"""peers mesh
    {default_bind}
    bind 127.0.0.1:{g.port(name)} {bind}
    default-server {server}
    server {name}
    server {other} 127.0.0.1:{g.port(other)}
"""


TLS = {"plain": ("", ""), "encrypted": ("ssl crt [[a]]", "ssl verify none"), "TLS 1.2": ("ssl crt [[a]] ssl-max-ver TLSv1.2", "ssl verify none"),
       "verified server": ("ssl crt [[a]]", "ssl verify required ca-file [[ca]]"),
       "client certificates": ("ssl crt [[a]] ca-file [[ca]] verify required", "ssl verify none crt [[a]]"),
       "both verified": ("ssl crt [[a]] ca-file [[ca]] verify required", "ssl verify required ca-file [[ca]] crt [[a]]")}


def filled(g, text):
    return text.replace("[[a]]", g.certificate("a")).replace("[[ca]]", g.certificate("a"))


@case(TLS)
def encryption(g, how):
    bind, server = (filled(g, each) for each in TLS[how])
    t = g.node("T", T, peers=encrypted(g, "T", "H", bind, server), tested=True)
    h = g.node("H", T, peers=encrypted(g, "H", "T", bind, server))
    t.wait_established("H")
    h.wait_established("T")
    both_ways(g, t, h)


@case(("as default-bind", "on peer lines"))
def encryption_said_elsewhere(g, how):
    crt = g.certificate("a")
    made = {}
    for name, other in (("T", "H"), ("H", "T")):
        if how == "as default-bind":
            lines = encrypted(g, name, other, "", "ssl verify none", f"default-bind ssl crt {crt}")
        else:
            lines = (f"peers mesh\n    bind 127.0.0.1:{g.port(name)} ssl crt {crt}\n    server {name}\n"
                     f"    server {other} 127.0.0.1:{g.port(other)} ssl verify none\n")
        made[name] = g.node(name, T, peers=lines, tested=name == "T")
    made["T"].wait_established("H")
    both_ways(g, made["T"], made["H"])


@case(("no client certificate", "unknown authority", "plain to encrypted"))
def encryption_refused(g, how):
    """No connection comes about; nothing is learned."""
    bind = filled(g, "ssl crt [[a]]" + (" ca-file [[ca]] verify required" if how == "no client certificate" else ""))
    server = {"no client certificate": "ssl verify none", "unknown authority": f"ssl verify required ca-file {g.certificate('b')}", "plain to encrypted": ""}[how]
    t = g.node("T", T, peers=encrypted(g, "T", "H", bind, server), tested=True)
    h = g.node("H", T, peers=encrypted(g, "H", "T", bind, server))
    t.set("t", numbered(5))
    time.sleep(1.5)
    g.note(t.established("H"), h.established("T"), h.table("t"))


@case()
def encrypted_script(g):
    """The test is the peer, over TLS."""
    t = g.node("T", T, peers=encrypted(g, "T", "R", f"ssl crt {g.certificate('a')}", "ssl verify none").replace(f":{g.port('R')}", f":{g.nowhere()}"), tested=True)
    t.set("t", {"192.0.2.1": {"gpc0": 5}})
    context = certs.client()
    sock = context.wrap_socket(socket.create_connection(("127.0.0.1", g.port("T")), 5))
    sock.sendall(hello("T", "R"))
    sock.settimeout(5)
    g.note(sock.recv(4))
    sock.close()


@case()
def encrypted_reload(g):
    t = g.node("T", T, peers=encrypted(g, "T", "H", f"ssl crt {g.certificate('a')}", "ssl verify none").replace(f":{g.port('H')}", f":{g.nowhere()}"), tested=True)
    t.set("t", numbered(50))
    if g.tested == g.oracle:
        time.sleep(5.5)
    old = t.reload()
    g.agree("t", [t], count=50, limit=3)
    g.note(old.wait(10))


# --- tables of the section -------------------------------------------------------------------------------------------
OWN = """    table t1 type ip size 1k expire 10m store gpc0,conn_cnt
    table t2 type string len 16 size 1k expire 10m store gpc0 store gpt0
"""


@case(ENDS)
def tables_of_the_section(g, end):
    """And a backend's table of the same name, which is another one."""
    made = {}
    for name, other in (("T", "H"), ("H", "T")):
        connects = (name == "T") == (end == "connects")
        lines = (f"peers mesh\n    peer {name} 127.0.0.1:{g.port(name)}\n    peer {other} 127.0.0.1:{g.port(other) if connects else g.nowhere()}\n{OWN}")
        more = f"listen fe\n    bind 127.0.0.1:{g.port(name + '-fe')}\n    tcp-request connection track-sc0 src table mesh/t1\n    tcp-request content sc-inc-gpc0(0)\n    balance roundrobin\n    server s 127.0.0.1:1\n"
        made[name] = g.node(name, table("t1", "type integer size 1k expire 10m store gpc0"), peers=lines, tested=name == "T", more=more)
    t, h = made["T"], made["H"]
    t.wait_established("H")
    for one in (t, h):
        one.set("mesh/t1", numbered(10, int(one is h)))
        one.set("mesh/t2", {f"{one.name}{n}": {"gpt0": n} for n in range(10)})
        one.set("t1", {str(n + 100 * (one is h)): {"gpc0": n} for n in range(10)})
        say(g.port(one.name + "-fe"), src="127.0.0.1" if one is t else "127.0.0.2")
    g.agree("mesh/t1", [t, h], count=22)
    g.agree("mesh/t2", [t, h], count=20)
    g.agree("t1", [t, h], count=20)
    g.note(sorted(h.table("mesh/t1").items())[-2:])


# --- definitions that differ -----------------------------------------------------------------------------------------
DIFFERENT = {
    "type": ("type ip size 1k store gpc0", "type integer size 1k store gpc0"),
    "family": ("type ip size 1k store gpc0", "type ipv6 size 1k store gpc0"),
    "length": ("type string len 20 size 1k store gpc0", "type string len 10 size 1k store gpc0"),
    "words": ("type string len 20 size 1k store gpc0", "type integer size 1k store gpc0"),
    "more": ("type integer size 1k store gpc0", "type integer size 1k store gpc0,conn_cnt"),
    "less": ("type integer size 1k store gpc0,conn_cnt", "type integer size 1k store gpc0"),
    "other": ("type integer size 1k store gpc0,gpt0", "type integer size 1k store gpt0,conn_cnt"),
    "nothing": ("type integer size 1k", "type integer size 1k store gpc0"),
    "period": ("type integer size 1k store gpc0,gpc0_rate(10s)", "type integer size 1k store gpc0,gpc0_rate(1h)"),
    "lastperiod": ("type integer size 1k store gpc0_rate(10s),gpc1_rate(10s),gpc1", "type integer size 1k store gpc0_rate(10s),gpc1_rate(20s),gpc1"),
    "arrays": ("type integer size 1k store gpc(2)", "type integer size 1k store gpc(3)"),
    "arrayperiod": ("type integer size 1k store gpc(2),gpc_rate(2,10s)", "type integer size 1k store gpc(2),gpc_rate(2,20s)"),
    "oldandarray": ("type integer size 1k store gpc0,gpt0", "type integer size 1k store gpc(1),gpt(1)"),
    "expire": ("type integer size 1k expire 10m store gpc0", "type integer size 1k expire 20m store gpc0"),
    "noexpire": ("type integer size 1k expire 10m store gpc0", "type integer size 1k store gpc0"),
    "size": ("type integer size 100 store gpc0", "type integer size 200 store gpc0"),
}


@case(("first to T", "second to T"))
def definitions_that_differ(g, which):
    """Which updates are taken although the table is not the same, which are passed over."""
    mine = 0 if which == "first to T" else 1
    tables = ["".join(table(name, lines[side]) for name, lines in DIFFERENT.items()) + table("zmark", "type integer size 1k store gpc0")
              + table("amark", "type integer size 1k store gpc0") for side in (mine, 1 - mine)]
    t = g.node("T", tables[0], ["H"], tested=True)
    h = g.node("H", tables[1], ["T"])
    t.wait_established("H")
    h.wait_established("T")
    for number, (one, other, side) in enumerate(((t, h, mine), (h, t, 1 - mine)), 1):
        for name, lines in DIFFERENT.items():
            key = {"ip": f"192.0.2.{number}", "ipv6": f"2001:db8::{number}", "string": f"key-number-{number}-long", "integer": str(number)}[lines[side].split()[1]]
            one.set(name, {key: {each: 40 + number for each in re.findall(r"\b(gpc0|gpt0|conn_cnt|gpc1|gpc0_rate)\b", lines[side].split("store")[-1])} if "store" in lines[side] else {}})
        for mark in ("zmark", "amark"):
            one.set(mark, {str(number): {"gpc0": 1}})
            g.agree(mark, [one, other], count=number)
        time.sleep(0.2)
        for name in DIFFERENT:
            g.note(name, "to", other.name, {key: {what: value for what, value in data.items() if "rate" not in what} for key, data in other.table(name).items()})
    g.note_peer(t, "H", "proto_err")
    g.note_peer(h, "T", "proto_err")


@case()
def table_that_only_one_has(g):
    t = g.node("T", T + table("mine", "type ip size 1k store gpc0"), ["H"], tested=True)
    h = g.node("H", T + table("theirs", "type ip size 1k store gpc0"), ["T"])
    t.wait_established("H")
    for one, name in ((t, "mine"), (h, "theirs")):
        one.set(name, numbered(50, 5))
    both_ways(g, t, h)
    g.note_peer(t, "H", "proto_err")
    g.note_peer(h, "T", "proto_err")


# --- the section -----------------------------------------------------------------------------------------------------
@case(("T", "H"))
def disabled_section(g, who):
    """It neither listens nor connects; its tables work alone."""
    def lines(name, other):
        return (f"peers mesh\n    {'disabled' if name == who else ''}\n    peer {name} 127.0.0.1:{g.port(name)}\n    peer {other} 127.0.0.1:{g.port(other)}\n"
                "    table own type ip size 1k store gpc0\n")
    t = g.node("T", T, peers=lines("T", "H"), tested=True)
    h = g.node("H", T, peers=lines("H", "T"))
    for one, name in ((t, "t"), (h, "t"), (t, "mesh/own")):
        one.set(name, numbered(5, int(one is h)))
    time.sleep(1)
    for one in (t, h):
        g.note(one.name, len(one.table("t")), len(one.table("mesh/own")))
    with socket.socket() as s:
        g.note("T's port", s.connect_ex(("127.0.0.1", g.port("T"))))
    g.note("show peers:", t.cli("show peers").count("disabled=") if "id=" in t.cli("show peers") or who == "T" else MISSING)


@case()
def enabled_again(g):
    def lines(name, other):
        return f"peers mesh\n    disabled\n    enabled\n    peer {name} 127.0.0.1:{g.port(name)}\n    peer {other} 127.0.0.1:{g.port(other)}\n"
    t = g.node("T", T, peers=lines("T", "H"), tested=True)
    h = g.node("H", T, peers=lines("H", "T"))
    t.wait_established("H")
    both_ways(g, t, h)


@case(("localpeer", "-L", "host name"))
def name_of_the_process(g, how):
    """`-L` and `localpeer` say which of the peers this process is; otherwise it is the host's name."""
    mine = socket.gethostname() if how == "host name" else "T"
    lines = f"peers mesh\n    peer {mine} 127.0.0.1:{g.port('T')}\n    peer H 127.0.0.1:{g.port('H')}\n"
    t = g.node("T", T, peers=lines, tested=True, start=False)
    with open(t.path, encoding="utf-8") as file:
        text = file.read()
    if how != "localpeer":
        t.configure(text.replace("    localpeer T\n", ""))
    t.arguments = ["-L", "T"] if how == "-L" else []
    t.start()
    h = g.node("H", T, {mine: g.port("T")})
    h.wait_established(mine)
    both_ways(g, t, h)
    g.note("show peers:", [each.replace(mine, "NAME") for each in sorted(t.peers())] if t.shows_peers() else MISSING)


@case()
def two_sections(g):
    """Each with its own connections; a table belongs to one of them."""
    made = {}
    for name, other in (("T", "H"), ("H", "T")):
        lines = (f"peers mesh\n    peer {name} 127.0.0.1:{g.port(name)}\n    peer {other} 127.0.0.1:{g.port(other)}\n    table own type ip size 1k store gpc0\n"
                 f"peers second\n    bind 127.0.0.1:{g.port(name + '2')}\n    server {name}\n    server {other} 127.0.0.1:{g.port(other + '2')}\n    table own type ip size 1k store gpc0\n")
        made[name] = g.node(name, T + table("u", "type ip size 1k store gpc0").replace("mesh", "second"), peers=lines, tested=name == "T")
    t, h = made["T"], made["H"]
    g.wait(lambda: h.cli("show peers").count("last_status=ESTA") == 2, "the two connections do not come", 12)
    for number, name in enumerate(("t", "u", "mesh/own", "second/own")):
        t.set(name, numbered(3 + number, 1))
        h.set(name, numbered(3 + number, 2))
        g.agree(name, [t, h], count=6 + 2 * number)


# --- what is shown ---------------------------------------------------------------------------------------------------
def shape(text):
    """`show peers` without what no two runs have in common."""
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r"\[\d\d/\w+/\d{4}:\d\d:\d\d:\d\d\]", "[DATE]", text)
    text = re.sub(r"\b(resync_timeout|last_hdshk|reconnect|heartbeat)=(<\w+>|\S+)", lambda m: f"{m[1]}={m[2] if m[2].startswith('<') else 'TIME'}", text)
    text = re.sub(r"\b(task_calls|flags|st0|st1|state|new_conn|coll|tx_hbt|rx_hbt|refcnt)=\S+", r"\1=", text)
    text = re.sub(r"resync_timeout=\S+", "resync_timeout=TIME", text)  # what was sent last and whether there was a resync is not always the same:
    text = re.sub(r"(remote_table:0x|last_local_table:0x) id=.*", r"\1", text)
    text = re.sub(r"remote_id=\d", "remote_id=", text)
    return re.sub(r":\d{4,5}\b", ":PORT", text)


@case()
def show_peers(g):
    t = g.node("T", T + table("names", "type string len 10 size 1k store server_key"), {"H": g.port("H"), "N": g.nowhere()}, tested=True)
    h = g.node("H", T + table("names", "type string len 10 size 1k store server_key"), {"T": g.nowhere()})
    t.wait_established("H")
    t.set("t", numbered(3))
    g.agree("t", [t, h], count=3)
    h.set("t", numbered(2))
    g.agree("t", [t, h], count=3)
    g.wait(lambda: "last_acked=5" in t.cli("show peers"), "no ack", 3)
    for command in ("show peers", "show peers mesh"):
        g.note(f"> {command}")
        for line in shape(t.cli(command)).split("\n"):
            # the state of a peer that refuses changes all the time
            line = re.sub(r"(active|inactive)\) addr=(\S+) last_status=CONN", r"...) addr=\2 last_status=CONN", line)
            g.note(repr(re.sub(r"flags= appctx.*", "flags=", line)))
    for command in ("show peers other", "show peers - mesh", "show peers dict other", "show peers mesh more"):
        answer = shape(t.cli(command))
        g.note(f"> {command}", len(answer.split("\n")), repr(answer[:60]), answer.count("TX dictionary cache"), answer.count("RX dictionary cache"))


@case()
def log_lines(g):
    """What a peers section writes to its own log."""
    lines = f"peers mesh\n    log stdout format raw local1\n    peer T 127.0.0.1:{g.port('T')}\n    peer H 127.0.0.1:{g.port('H')}\n"
    t = g.node("T", T, peers=lines, tested=True)
    h = g.node("H", T, ["T"])
    t.wait_established("H")
    h.wait_established("T")
    both_ways(g, t, h)
    with socket.create_connection(("127.0.0.1", g.port("T")), 5) as s:
        s.sendall(b"nonsense\n")
        g.note(s.recv(10))
    h.stop()
    g.wait(lambda: not t.established("H"), "the end is not seen")
    time.sleep(0.3)
    for line in t.text(t.log).split("\n"):
        g.note(repr(re.sub(r":\d{4,5}\b", ":PORT", re.sub(r"\(\d+\)", "(PID)", line))))


@case()
def a_hand_over_that_hangs_is_ended_by_the_hard_stop(g):
    """The next process takes the connection and says nothing; no session is left."""
    t = g.node("T", T, {"H": g.nowhere()}, tested=True, extra_global="    hard-stop-after 1s")
    with socket.socket() as next_one:
        next_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        next_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        next_one.bind(("127.0.0.1", g.port("T")))
        next_one.listen(5)
        t.process.send_signal(signal.SIGUSR1)
        g.wait(lambda: t.process.poll() is not None, "it does not end", 8)
    g.note(t.process.returncode)


# --- persistence -----------------------------------------------------------------------------------------------------
def rdp(cookie):
    return b"\x03\x00\x00\x2b\x26\xe0\x00\x00\x00\x00\x00Cookie: " + cookie + b"\r\n\x01\x00\x08\x00\x00\x00\x00\x00"


STICKS = """
listen fe
    bind @
    tcp-request inspect-delay 2s
    tcp-request content accept if {{ req.len ge 3 }}
    {stick}
    stick-table {table} peers mesh
    balance roundrobin
    {servers}
"""


@case(("src", "rdp-cookie", "other order", "other names"))
def clients_stay_with_their_server(g, how):
    """Where a client went through one node it goes through the other: by the server's name, by its number where that is unknown."""
    numbers = {name: g.server(name) for name in ("s1", "s2", "s3")}
    stick, of = ("stick on rdp_cookie(mstshash)", "type string len 32 size 1k expire 10m") if how == "rdp-cookie" else ("stick on src", "type ip size 1k expire 10m")
    servers = [f"server {name} 127.0.0.1:{port}" for name, port in numbers.items()]
    made = []
    for name, other in (("T", "H"), ("H", "T")):
        lines = list(servers)
        if name == "H" and how == "other order":
            lines = lines[::-1]
        if name == "H" and how == "other names":
            lines = [re.sub("server s", "server t", line) for line in lines]
        text = STICKS.format(stick=stick, table=of, servers="\n    ".join(lines)).replace("@", f"127.0.0.1:{g.port(name + '-fe')}")
        made.append(g.node(name, "", [other], more=text, tested=name == "T"))
    t, h = made
    t.wait_established("H")
    h.wait_established("T")
    for number in range(6):
        one, other = (t, h) if number % 2 == 0 else (h, t)
        if how == "rdp-cookie":
            visits = [say(g.port(one.name + "-fe"), rdp(f"mstshash=user{number}".encode()) + b"\n")]
        else:
            visits = [say(g.port(one.name + "-fe"), src=f"127.0.1.{number}")]
        g.agree("fe", [t, h], count=number + 1, but={"other names": ("server_key",), "other order": ("server_id",)}.get(how, ()))
        for each in (other, one, other):
            data, src = (rdp(f"mstshash=user{number}".encode()) + b"\n", "127.0.0.1") if how == "rdp-cookie" else (b"hello\n", f"127.0.1.{number}")
            visits.append(say(g.port(each.name + "-fe"), data, src))
        g.note(number, visits, {key: {"other names": data["server_id"], "other order": data["server_key"]}.get(how, data) for key, data in h.table("fe").items() if str(number) in key.rsplit(".", 1)[-1]})


def sticking(g, frontend, servers, port):
    return f"""
listen {frontend}
    bind 127.0.0.1:{port}
    tcp-request inspect-delay 2s
    tcp-request content accept if {{ req.len ge 4 }}
    stick on req.payload(0,4) table u{frontend}
    balance roundrobin
""" + "".join(f"    server {name} 127.0.0.1:{g.port('s')}\n" for name in servers)


@case(ENDS)
def names_of_servers_in_several_tables(g, end):
    """A connection has one dictionary, tables have servers of their own, some of the same names; `show peers dict` has it."""
    g.server("s")
    made = []
    for name, other in (("T", "H"), ("H", "T")):
        more = sticking(g, "fa", ("s1", "s2"), g.port(name + "fa")) + sticking(g, "fb", ("x1", "s1", "x2", "x3", "x4"), g.port(name + "fb"))
        tables = table("ufa", "type string len 4 size 1k expire 10m") + table("ufb", "type string len 4 size 1k expire 10m")
        lines = (f"peers mesh\n    peer T 127.0.0.1:{g.port('T') if (name == 'T') or end == 'accepts' else g.nowhere()}\n"
                 f"    peer H 127.0.0.1:{g.port('H') if (name == 'H') or end == 'connects' else g.nowhere()}\n"
                 f"peers second\n    peer Z 127.0.0.1:{g.nowhere()}\n    peer {name} 127.0.0.1:{g.port(name + '2')}\n    table own type ip size 1k store gpc0\n")
        made.append(g.node(name, tables, peers=lines, more=more, tested=name == "T"))
    t, h = made
    t.wait_established("H")
    h.wait_established("T")
    for one in (t, h):
        for n in range(5):
            for each in ("fa", "fb"):
                say(g.port(one.name + each), f"{one.name}{each}{n}".encode()[:1] + f"{each[1]}{n:02}\n".encode())
                g.wait(lambda: f"{one.name}{each[1]}{n:02}" in made[one is t].table("u" + each), "it does not arrive", 3)
        for each in ("fa", "fb"):
            g.agree("u" + each, [t, h], count=10 if one is h else 5)
    for command in ("show peers dict", "show peers dict second", "show peers"):
        g.note(f"> {command}")
        for line in t.cli(command).split("\n"):
            if re.match(r"  0x\w+: id=|0x\w+: \[|        [TR]X dict|        Dict|        shared| {10,}\d+ -> |$", line):
                g.note(repr(re.sub(r"(id=\w+)(\(local)?.*", r"\1\2", re.sub(r"0x\w+: (\[.*\] )?", "", line))))


@case(ENDS)
def tracked_counters_go_along(g, end):
    """Limits by what came through the other node."""
    more = """
frontend fe
    bind @
    tcp-request connection track-sc0 src table seen
    tcp-request connection reject if { sc_conn_cnt(0) gt 5 }
    default_backend there
backend there
    balance roundrobin
    server s 127.0.0.1:%d
""" % g.server("s")
    t, h = pair(g, end, table("seen", "type ip size 1k expire 10m store conn_cnt,sess_cnt,bytes_in_cnt"), more=more)
    answers = []
    for number in range(8):
        one = (t, h)[number % 2]
        answers.append(say(g.port(one.name + "-fe")))
        g.agree("seen", [t, h], count=1, but=("bytes_in_cnt", "sess_cnt"))
    g.note(answers)
