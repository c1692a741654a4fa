"""Tables in groups of nodes. T is the node whose part the program under test takes; H, I are HAProxy."""

import re
import socket
import time

from groups import case
from ports import connections

OLD = ("server_id,gpt0,gpc0,gpc0_rate(1h),conn_cnt,conn_rate(1h),conn_cur,sess_cnt,sess_rate(1h),http_req_cnt,http_req_rate(1h),http_err_cnt,"
       "http_err_rate(1h),bytes_in_cnt,bytes_in_rate(1h),bytes_out_cnt,bytes_out_rate(1h),gpc1,gpc1_rate(1h),server_key,http_fail_cnt,http_fail_rate(1h)")
SET = [re.sub(r"\(.*", "", each) for each in OLD.split(",") if each != "server_key"]
ENDS = ("connects", "accepts")
KEYS = {"ip": ["192.0.2.1", "10.0.0.255", "255.255.255.255"], "ipv6": ["2001:db8::1", "::"], "integer": ["0", "1", "65535", "4294967295"],
        "string len 20": ["a", "key", "twenty-letters-long-", "with:signs/é"]}


def table(name, line):
    return f"backend {name}\n    stick-table {line} peers mesh\n"


def pair(g, end, tables, more="", **options):
    """T and H; only the one that `end` tells connects, or both do."""
    t = {"H": g.port("H") if end != "accepts" else g.nowhere()}
    h = {"T": g.port("T") if end != "connects" else g.nowhere()}
    first = g.node("T", tables, t, tested=True, more=more and more.replace("@", f"127.0.0.1:{g.port('T-fe')}"), **options)
    second = g.node("H", tables, h, more=more and more.replace("@", f"127.0.0.1:{g.port('H-fe')}"), **options)
    first.wait_established("H")
    second.wait_established("T")
    return first, second


def values(seed):
    """A value for each type; large ones too."""
    return {name: 1 + (seed * 7919 + index * 104729) % (250, 2400, 300000, 40000000, 2147483647)[(seed + index) % 5] for index, name in enumerate(SET)}


def numbered(count, base=0, data="gpc0"):
    return {f"10.{base}.{n >> 8}.{n & 255}": {data: n + 1} for n in range(count)}


def say(port, data=b"hello\n", src="127.0.0.1"):
    """One connection; the answer, empty if there is none."""
    with socket.socket() as s:
        s.settimeout(5)
        s.bind((src, 0))
        answer = b""
        try:
            s.connect(("127.0.0.1", port))
            s.sendall(data)
            answer = s.recv(4096)  # without a FIN before: HAProxy does not always store what sticks then
            s.shutdown(socket.SHUT_WR)
            while more := s.recv(4096):
                answer += more
        except (ConnectionResetError, BrokenPipeError):
            pass
    return answer


# --- two nodes -------------------------------------------------------------------------------------------------------
@case(ENDS)
def every_type_of_data_and_key(g, end):
    tables = "".join(table(kind.split()[0], f"type {kind} size 1k expire 10m store {OLD}") for kind in KEYS)
    t, h = pair(g, end, tables)
    for number, (kind, keys) in enumerate(KEYS.items()):
        name = kind.split()[0]
        for one, other in ((t, h), (h, t)):
            entries = {key: values(number * 10 + n + (one is h)) for n, key in enumerate(keys)}
            one.set(name, entries)
            g.agree(name, [one, other], but=("conn_cur",), count=len(keys), what=f"{name} from {one.name}")
            g.note(name, "from", one.name, {key: data["conn_cur"] for key, data in other.table(name).items()})


@case(ENDS, alone=True)
def one_type_of_data_each(g, end):
    kinds = [each for each in OLD.split(",") if each not in ("server_key", "conn_cur")]
    tables = "".join(table(re.sub(r"\W.*", "", kind), f"type integer size 1k store {kind}") for kind in kinds) + table("none", "type integer size 1k")
    t, h = pair(g, end, tables)
    for one, other, key in ((t, h, "1"), (h, t, "2")):
        begin = time.monotonic()
        for kind in [*kinds, "none"]:
            name = re.sub(r"\W.*", "", kind)
            one.set(name, {key: {} if name == "none" else {name: 7000 + int(key)}})
        for kind in [*kinds, "none"]:
            g.agree(re.sub(r"\W.*", "", kind), [one, other], since=begin, count=int(key))


TRAFFIC = """
listen fe
    bind @
    tcp-request inspect-delay 2s
    tcp-request content track-sc0 req.payload(0,8) table bin
    tcp-request content track-sc1 src table arrays
    tcp-request content track-sc2 src table counters
    tcp-request content sc-inc-gpc(1,1)
    tcp-request content sc-inc-gpc(0,0)
    tcp-request content sc-set-gpt(2,1) 77
    tcp-request content sc-inc-gpc0(2)
    stick on src table stuck
    stick on req.payload(0,3) table named
    stick on req.payload(0,3) table both
    balance roundrobin
    server s1 127.0.0.1:{s1}
    server s2 127.0.0.1:{s2}
"""


@case(ENDS)
def entries_made_by_connections(g, end):
    tables = (table("bin", "type binary len 8 size 1k expire 10m store gpc(2),gpc_rate(2,1h),conn_cnt,conn_cur")
              + table("arrays", "type ip size 1k expire 10m store gpt(3),gpc(3),gpc_rate(2,1h)")
              + table("counters", "type ip size 1k expire 10m store gpc0,gpc0_rate(1h),conn_cnt,conn_rate(1h),conn_cur,sess_cnt,sess_rate(1h),bytes_in_cnt,bytes_in_rate(1h),bytes_out_cnt")
              + table("stuck", "type ip size 1k expire 10m") + table("named", "type string len 32 size 1k expire 10m store server_id")
              + table("both", "type string len 2 size 1k expire 10m store server_key,gpc0,server_id"))
    t, h = pair(g, end, tables, more=TRAFFIC.format(s1=g.server("s1"), s2=g.server("s2")))
    for one, other, src in ((t, h, "127.0.0.1"), (h, t, "127.0.0.2")):
        for n in range(3):
            say(g.port(one.name + "-fe"), f"{n}{one.name}kk {n}789\n".encode(), src=src)
        for name in ("bin", "arrays", "counters", "stuck", "named", "both"):
            g.agree(name, [one, other], but=("conn_cur",), what=f"{name} from {one.name}")
            g.note(name, "from", one.name, {key: {what: value for what, value in data.items() if "bytes" not in what}
                                            for key, data in other.table(name).items() if "use" not in data})


@case()
def both_connect_and_one_connection_stays(g):
    """Each knows the other's address; what both teach arrives, and there is one connection in the end."""
    t, h = pair(g, "both", table("t", "type ip size 1k expire 10m store gpc0"))
    t.set("t", numbered(20, 1))
    h.set("t", numbered(20, 2))
    g.agree("t", [t, h], wanted={key: {name: str(value) for name, value in data.items()} for key, data in {**numbered(20, 1), **numbered(20, 2)}.items()})
    for round_ in range(3):
        h.stop()
        h.start()
        h.wait_established("T")
        t.wait_established("H")
        g.agree("t", [t, h], count=40 + round_, limit=8, what="after a restart")
        h.set("t", {f"192.0.2.{round_}": {"gpc0": 5}})
        g.agree("t", [t, h], count=41 + round_, what="then")

    def one_stands():
        return sum(1 for fields in connections() if fields[3] == "01" and int(fields[1][-4:], 16) in (g.port("T"), g.port("H"))) == 1
    g.wait(one_stands, "there is not one connection", 12)
    time.sleep(0.5)
    g.wait(one_stands, "it does not stay", 12)


@case(ENDS)
def changes_of_known_entries(g, end):
    """An update overwrites; one that is older in no way counts less; both may change the same entry."""
    t, h = pair(g, end, table("t", "type ip size 1k expire 10m store gpc0,conn_cnt,gpt0"))
    for n in range(40):
        one = (t, h)[n % 2]
        one.set("t", {"192.0.2.1": {("gpc0", "conn_cnt", "gpt0")[n % 3]: n}})
        g.agree("t", [one, (t, h)[1 - n % 2]], count=1, what=f"change {n}")
    g.note(h.table("t"))
    g.figures = [max(g.figures, key=lambda each: each.seconds)]


@case(ENDS)
def cleared_entries_stay_with_the_others(g, end):
    t, h = pair(g, end, table("t", "type ip size 1k expire 10m store gpc0"))
    for one, other in ((t, h), (h, t)):
        one.set("t", numbered(3, 1))
        g.agree("t", [one, other], count=3)
        one.cli("clear table t key 10.1.0.1")
        one.set("t", {"10.1.0.2": {"gpc0": 77}})
        g.wait(lambda: other.table("t").get("10.1.0.2") == {"gpc0": "77"}, "no update after a clear", 3)
        g.note(one.name, sorted(one.table("t")), sorted(other.table("t")))
        one.cli("clear table t")
        other.cli("clear table t")


@case(ENDS)
def more_names_than_the_dictionary_holds(g, end):
    """150 servers; the names of 128 are remembered on a connection."""
    port = g.server("s")
    more = """
listen fe
    bind @
    tcp-request inspect-delay 2s
    tcp-request content accept if { req.len ge 4 }
    stick on req.payload(0,4) table stuck
    balance roundrobin
""" + "".join(f"    server server-{n} 127.0.0.1:{port}\n" for n in range(150))
    t, h = pair(g, end, table("stuck", "type string len 4 size 1k expire 10m"), more=more)
    for one in (t, h):
        for n in range(160):
            say(g.port(one.name + "-fe"), f"{one.name}{n:03}\n".encode())
        g.agree("stuck", [t, h])
        g.note(one.name, len({data["server_key"] for data in t.table("stuck").values()}), len(t.table("stuck")))
