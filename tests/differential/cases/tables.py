"""Stick tables: keys, data, tracked counters, sticking, age, eviction, and the commands of the statistics socket."""

import re
import socket
import time

from harness import DEFAULTS, Uncounted, answering, case, closer, greeter

GLOBAL = """
global
    nbthread 1
    log [[udp]] local0
    stats socket [[dir]]/stats.sock level admin
"""
BASE = GLOBAL + DEFAULTS.replace("    option tcplog\n", "")
S = {"s": answering()}
TWO = {"s1": greeter(b"s1\n"), "s2": greeter(b"s2\n")}
THERE = "\nbackend there\n    server s 127.0.0.1:[[s]]\n"


def table(name, line):
    return f"\nbackend {name}\n    stick-table {line}\n"


def frontend(*lines, name="fe", to="there"):
    return f"\nfrontend {name}\n    bind 127.0.0.1:[[{name}]]\n" + "".join(f"    {line}\n" for line in lines) + f"    default_backend {to}\n"


def command(env, text):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(4)
        s.connect(f"{env.dir}/stats.sock")
        s.sendall(text.encode() + b"\n")
        answer = b""
        while more := s.recv(65536):
            answer += more
    return answer.decode("latin-1")


def plain(answer):
    """Without what is never the same: addresses in memory; ages are times."""
    return re.sub(r"exp=(\d+)", r"exp=~\1ms~", re.sub(r"^0x[0-9a-f]+:", "ENTRY:", answer, flags=re.M))


def say(env, text):
    env.note(f"> {text}")
    for line in plain(command(env, text)).split("\n"):
        env.note(f"  {line!r}")


def show(env, *names):
    """Once nothing is tracked any more."""
    limit = time.monotonic() + 4
    for name in names:
        while " use=0 " not in (found := command(env, f"show table {name}") + " use=0 ") or re.search(r" use=[1-9]", found):
            if time.monotonic() > limit:
                break
            time.sleep(0.01)
        say(env, f"show table {name}")


def visit(env, text=b"x\n", to="fe", src="127.0.0.1", log=None):
    c = env.client(to=to, src=src)
    c.send(text)
    c.recv_line()
    c.shut().to_end()
    if log is not None:
        env.logs(log)


ALL = ("server_id,gpt0,gpc0,gpc0_rate(10s),conn_cnt,conn_rate(10s),conn_cur,sess_cnt,sess_rate(10s),http_req_cnt,http_req_rate(10s),http_err_cnt,"
       "http_err_rate(10s),bytes_in_cnt,bytes_in_rate(10s),bytes_out_cnt,bytes_out_rate(10s),gpc1,gpc1_rate(10s),server_key,http_fail_cnt,http_fail_rate(10s)")


@case(BASE + table("all", f"type ip size 1m expire 10m store {ALL}")
      + frontend("tcp-request connection track-sc0 src table all", "tcp-request content sc-inc-gpc0(0)", "tcp-request content sc-inc-gpc1(0)",
                 "tcp-request content sc-set-gpt0(0) 77") + THERE, S, must=["conn_cnt=2", "bytes_in_cnt=4", "gpt0=77", "sess_rate.10000.=2"])
def every_type_of_data(env):
    visit(env)
    visit(env)
    visit(env, src="127.0.0.2")
    show(env, "all")


def log_of(*expressions):
    return 'log-format "' + " ".join(f"%[{each}]" for each in expressions) + '"'


@case(BASE + table("tcur", "type ip size 1k expire 10s store conn_cur") + table("tcnt", "type ip size 1k expire 10s store conn_cnt")
      + table("tsess", "type ip size 1k expire 10s store sess_cnt,sess_rate(10s)") + table("empty", "type ip size 1k expire 10s store gpc0")
      + frontend("tcp-request connection track-sc0 src table tcur", "tcp-request connection track-sc1 src table tcnt",
                 "tcp-request session track-sc2 src table tsess",
                 log_of("sc0_conn_cur", "sc0_conn_cnt", "sc1_conn_cnt", "sc1_conn_cur", "sc2_sess_cnt", "sc0_tracked", "sc_tracked(3)", "sc0_trackers",
                        "sc0_conn_cnt(empty)", "sc0_get_gpc0(empty)", "src_conn_cnt(tcnt)", "src_conn_cnt(empty)", "src_get_gpc0(empty)",
                        "src_get_gpc0(tcnt)", "sc_conn_cnt(7)", "sc_get_gpt0(0)", "sc1_conn_cnt(tcnt)", "table_cnt(tcnt)", "table_avl(tcnt)")) + THERE,
      S, must=["1 - 1 - 1 1 0 1 0 0 1 0 0 - - - 1 1 1023", "sess_cnt=2"])
def fetches_of_tracked_entries_and_of_the_source(env):
    visit(env, log=1)
    visit(env, log=2)
    show(env, "tcur", "tcnt", "tsess", "empty")


@case(BASE + table("tg", "type ip size 1k expire 10s store gpc0,gpc0_rate(10s)") + table("tcnt", "type ip size 1k expire 10s store conn_cnt")
      + table("made", "type ip size 1k expire 10s store gpc0,conn_cnt") + table("not_made", "type ip size 1k expire 10s store gpc0")
      + frontend("tcp-request content track-sc0 src table tg", "tcp-request content sc-inc-gpc0(0)",
                 log_of("sc0_get_gpc0", "sc0_inc_gpc0", "sc0_get_gpc0", "sc0_clr_gpc0", "sc0_get_gpc0", "sc0_gpc0_rate", "src_inc_gpc0(tg)", "src_clr_gpc0(tg)",
                        "src_inc_gpc0(tcnt)", "src_updt_conn_cnt(made)", "src_updt_conn_cnt(tg)", "sc0_inc_gpc1", "sc_inc_gpc(0,0)", "sc_get_gpc(0,0)",
                        "sc_clr_gpc(0,0)", "src_clr_gpc0(made)", "src_inc_gpc0(made)", "sc0_inc_gpc0(not_made)", "sc0_clr_gpc0(not_made)")) + THERE,
      S, must=["1 2 2 2 0 2 1 1 0 1 - 0 0 - - 0 1 0 0"])
def fetches_that_change_entries(env):
    """2.6 never lets go of entries that these fetches looked up, so they are not waited for."""
    visit(env, log=1)
    env.hide(r"use=\d+", "use=?")
    for name in ("tcnt", "made", "not_made"):
        say(env, f"show table {name}")


@case(BASE + table("arr", "type ip size 1k expire 10s store gpc(3),gpc_rate(2,10s),gpt(2)") + table("old", "type ip size 1k store gpc0,gpc0_rate(10s),gpt0")
      + table("rate", "type ip size 1k store gpc0_rate(10s)")
      + frontend("tcp-request connection track-sc0 src table old", "tcp-request connection track-sc0 src table arr", "tcp-request connection track-sc1 src table arr",
                 "tcp-request connection track-sc2 src table rate",
                 *(f"tcp-request connection sc-inc-{what}" for what in
                   ("gpc0(0)", "gpc1(0)", "gpc(0,0)", "gpc(0,1)", "gpc0(1)", "gpc1(1)", "gpc(2,1)", "gpc(9,1)")),
                 *(f"tcp-request connection sc-set-{what}" for what in ("gpt0(0) 5", "gpt0(1) 6", "gpt(1,1) 7", "gpt(0,0) 8")),
                 "tcp-request content sc-set-gpt(0,1) req.len if { req.len gt 100 }",
                 log_of("sc0_get_gpc0", "sc0_get_gpc1", "sc1_get_gpc0", "sc1_get_gpc1", "sc_get_gpc(2,1)", "sc_get_gpc(3,1)", "sc_gpc_rate(0,1)", "sc_gpc_rate(2,1)",
                        "sc1_gpc0_rate", "sc1_gpc1_rate", "sc1_get_gpt0", "sc_get_gpt(1,1)", "sc_get_gpt(0,0)", "sc0_gpc0_rate", "sc_inc_gpc(1,1)", "sc_clr_gpc(1,1)",
                        "src,table_gpc(0,arr)", "src,table_gpc(3,arr)", "src,table_gpt(1,arr)", "src,table_gpc_rate(0,arr)", "src,table_gpt0(arr)",
                        "src,table_gpc0(arr)", "src,table_gpc(0,old)", "src_get_gpc(2,arr)", "sc2_inc_gpc0", "sc2_gpc0_rate")) + THERE,
      S, must=["gpc0=2 gpc1=0 gpc2=1", "gpt0=6 gpt1=7", "1 - 2 1 1 - 2 - 2 1 6 7 - 1 2 2 2 - 7 2 6 2 - 1 1 1"])
def arrays_of_counters_and_tags(env):
    visit(env, log=1)
    show(env, "old", "arr", "rate")


CONVERTED = ("src,table_conn_cnt(tcnt)", "src,table_conn_cnt(none)", "src,table_gpc0(none)", "src,in_table(none)", "src,in_table(tcnt)", "src,table_idle(none)",
             "src,table_idle(none,7)", "src,table_expire(none,8)", "src,table_expire(never)", "src,table_idle(never)", "src,table_server_id(tcnt)",
             "src,table_trackers(none)", "src,table_trackers(tcnt)", "src,table_conn_rate(none)", "src,table_conn_cur(tcnt)", "int(5),table_conn_cnt(tint)",
             "int(-1),in_table(tint)", "str(x),table_conn_cnt(tint)", "str(127.0.0.1),in_table(tcnt)", "src,table_kbytes_in(tcnt)", "src,table_sess_rate(tcnt)",
             "src,table_http_req_cnt(tcnt)", "str(127.0.0.1),table_conn_cnt(tstr)", "src,in_table(tstr)")


@case(BASE + table("tcnt", "type ip size 1k expire 10s store conn_cnt") + table("none", "type ip size 1k expire 10s store gpc0")
      + table("never", "type ip size 1k store gpc0") + table("tint", "type integer size 1k store conn_cnt") + table("tstr", "type string size 1k store conn_cnt")
      + frontend("tcp-request connection track-sc0 src table tcnt", "tcp-request connection track-sc1 src table never",
                 "tcp-request connection track-sc2 src table tstr", log_of(*CONVERTED)) + THERE, S, must=["1 0 0 0 1 - 7 8 0 0 - 0 2 0 - 0 0 0 1 - - - 1 1"])
def converters(env):
    visit(env, log=1)


UNFIT = ("str(no),in_table(v4)", "str(::ffff:1.2.3.4),in_table(v4)", "str(1.2.3.4),in_table(v6)", "str(::1),in_table(v6)", "ipv6(::1),table_conn_cnt(num)",
         "str(),table_gpc0(num)", "str(no),table_trackers(v4)", "str(no),table_idle(v4,7)", "str(no),table_expire(v4,7)", "str(no),table_conn_cnt(v4)",
         "str(1.2.3.4),table_conn_cnt(v4)", "str(no),table_conn_cnt(num)")


@case(BASE + table("v4", "type ip size 10 expire 10s store conn_cnt") + table("v6", "type ipv6 size 10 expire 10s store conn_cnt")
      + table("num", "type integer size 10 expire 10s store conn_cnt,gpc0")
      + frontend("tcp-request connection track-sc0 str(1.2.3.4) table v6", "tcp-request connection track-sc1 str(::ffff:1.2.3.4) table v4", log_of(*UNFIT)) + THERE,
      S, must=["- - - 0 - - - - - - 0 0", "type: ip, size:10, used:0", "type: ipv6, size:10, used:0"])
def what_can_be_no_key_has_no_value(env):
    visit(env, log=1)
    show(env, "v4", "v6", "num")


@case(BASE + table("v4", "type ip size 10 expire 10s store conn_cnt") + table("v6", "type ipv6 size 10 expire 10s store conn_cnt")
      + table("more", "type ip size 10 expire 10s store conn_cnt")
      + frontend("tcp-request connection track-sc0 src table v4", "tcp-request connection track-sc1 src table v6", "tcp-request connection track-sc2 src table more",
                 log_of("sc0_conn_cnt(v6)", "sc1_conn_cnt(v4)", "sc0_conn_cnt(more)", "sc_conn_cnt(2,v4)")) + THERE, S, must=["0 0 1 1"])
def a_tracked_key_in_a_table_of_another_type(env):
    visit(env, log=1)


@case(BASE + table("both", "type ip size 10 expire 10s store conn_cnt,conn_rate(100s)") + table("rate", "type ip size 10 expire 10s store conn_rate(100s)")
      + frontend(log_of("src_updt_conn_cnt(both)", "src_conn_rate(both)", "src_updt_conn_cnt(rate)", "src_conn_rate(rate)")) + THERE, S, must=["2 0 - 0"])
def a_connection_that_a_fetch_counts_has_no_rate(env):
    """2.6 never lets go of the entries, so they are not waited for."""
    env.hide(r"use=\d+", "use=?")
    visit(env, log=1)
    visit(env, log=2)
    for name in ("both", "rate"):
        say(env, f"show table {name}")


@case(BASE + table("v4", "type ip size 10 expire 10s store conn_cnt") + table("v6", "type ipv6 size 10 expire 10s store conn_cnt")
      + table("num", "type integer size 10 expire 10s store conn_cnt") + table("text", "type string size 10 expire 10s store conn_cnt")
      + table("short", "type string len 4 size 10 expire 10s") + table("bin", "type binary len 4 size 10 expire 10s") + table("long", "type binary size 10 expire 10s")
      + "".join(frontend("tcp-request inspect-delay 2s", f"tcp-request content track-sc0 {key} table {to}",
                         f"tcp-request content track-sc1 {key} table {to2}", name=name)
                for name, key, to, to2 in (("fa", "src", "v4", "v6"), ("fb", "req.payload(0,4)", "text", "bin"), ("fc", "req.payload(0,6)", "short", "long"),
                                           ("fd", "int(-1)", "num", "text"), ("fe", "str(1.2.3.4)", "v4", "num"))) + THERE, S,
      must=["key=::ffff:127.0.0.1", "key=4294967295", "C3A9203D", "key=1.2.3.4"])
def keys_of_every_type(env):
    visit(env, to="fa")
    visit(env, to="fa", src="127.0.0.9")
    for text in (b"ab\\c", b"\xc3\xa9 =", b"a\x00bc", b"\t\r\x1b\x7f", b"\"',;", b"~/.~"):
        visit(env, text + b"yz\n", to="fb")
        visit(env, text + b"yz\n", to="fc")
    visit(env, to="fd")
    visit(env, to="fe")
    show(env, "v4", "v6", "num", "text", "short", "bin", "long")


@case(BASE + table("text", "type string len 8 size 10 expire 20s store conn_cnt") + table("src", "type ip size 10 expire 20s store conn_cnt,gpc0")
      + frontend("tcp-request inspect-delay 3s", "tcp-request content track-sc1 src table src", "tcp-request content sc-inc-gpc0(1)",
                 "tcp-request content track-sc0 req.payload(0,5) table text") + THERE, S, must=["key=abcde", "gpc0=1"])
def a_key_is_waited_for(env):
    c = env.client()
    c.send(b"abc")
    c.silence(0.3)
    say(env, "show table text")
    c.send(b"de\n")
    c.recv_line()
    c.shut().to_end()
    show(env, "text", "src")


@case(BASE + table("text", "type string len 8 size 10 expire 20s store conn_cnt")
      + frontend("tcp-request inspect-delay 400ms", "tcp-request content track-sc0 req.payload(0,50) table text") + THERE, S, must=["used:0"])
def a_key_that_does_not_come_is_not_tracked(env):
    c = env.client()
    c.send(b"abc\n")
    c.recv_line()
    c.shut().to_end()
    show(env, "text")


@case(BASE + table("peer", "type ip size 10 expire 10s store conn_cnt,sess_cnt") + table("told", "type ip size 10 expire 10s store conn_cnt,sess_cnt")
      + table("late", "type ip size 10 expire 10s store conn_cnt,sess_cnt,bytes_in_cnt")
      + "\nfrontend fe\n    bind 127.0.0.1:[[fe]] accept-proxy\n    tcp-request connection track-sc0 src table peer\n    tcp-request session track-sc1 src table told\n"
        "    tcp-request content track-sc2 src table late\n    default_backend there\n" + THERE, S, must=["key=192.0.2.1 .*sess_cnt=1", "key=127.0.0.1 .*sess_cnt=1"])
def each_list_tracks_the_source_that_it_sees(env):
    visit(env, b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nx\n")
    show(env, "peer", "told", "late")


@case(BASE + table("t", "type ip size 1k expire 10s store conn_rate(10s),conn_cur,gpc0")
      + frontend("tcp-request connection track-sc0 src table t", "tcp-request connection reject if { sc0_conn_rate gt 3 }",
                 "tcp-request content sc-inc-gpc0(0)") + THERE, {"s": closer(b"x\n")}, must=["conn_rate.10000.=7", "gpc0=3"])
def rejects_above_a_rate(env):
    for _ in range(7):
        env.client().to_end()
    env.client(src="127.0.0.2").to_end()
    show(env, "t")


@case(BASE + table("t", "type ip size 1k expire 10s store conn_cur")
      + frontend("tcp-request connection track-sc0 src table t", "tcp-request connection reject if { sc0_conn_cur gt 2 }") + THERE, S, must=["conn_cur=0"])
def rejects_above_a_number_at_once(env):
    held = [env.client(name=f"{n}") for n in range(2)]
    for c in held:
        c.send(b"x\n")
        c.recv_line()
    env.client(name="third").to_end()
    for c in held:
        c.shut().to_end()
    show(env, "t")
    visit(env)


# ---- age and size


@case(BASE + table("t", "type ip size 1k expire 1s store conn_cnt")
      + frontend("tcp-request connection track-sc0 src table t") + THERE, S, must=["used:1", "used:0", "conn_cnt=2"])
def entries_expire(env):
    visit(env)
    env.note("a moment")
    time.sleep(0.6)
    visit(env)
    time.sleep(0.6)
    show(env, "t")
    time.sleep(0.7)
    say(env, "show table t")
    say(env, "show table")


@case(BASE + table("cur", "type ip size 1k expire 20s store conn_cur") + table("cnt", "type ip size 1k expire 20s store conn_cnt")
      + table("bytes", "type ip size 1k expire 20s store bytes_in_cnt")
      + frontend("tcp-request connection track-sc0 src table cur", "tcp-request connection track-sc1 src table cnt", "tcp-request content track-sc2 src table bytes") + THERE, S)
def what_makes_an_entry_young_again(env):
    """The end does where it changes something: connections at the moment, bytes."""
    c = env.client()
    c.send(b"x\n")
    c.recv_line()
    time.sleep(3)
    for name in ("cur", "cnt", "bytes"):
        say(env, f"show table {name}")
    c.shut().to_end()
    for name in ("cur", "cnt", "bytes"):
        show(env, name)
        age = int(re.search(r"exp=(\d+)", command(env, f"show table {name}"))[1])
        env.note(f"{name} is {'young' if age > 18500 else 'old'}")


def sources(env, *numbers):
    for n in numbers:
        visit(env, src=f"127.0.0.{n}")
        show(env, "t")
        time.sleep(0.003)  # each in a millisecond of its own: of one, more than one may be the oldest


@case(BASE + table("t", "type ip size 3 expire 20s store conn_cnt") + frontend("tcp-request connection track-sc0 src table t") + THERE, S, must=["key=127.0.0.5"])
def a_full_table_loses_the_oldest(env):
    sources(env, 1, 2, 3, 1, 4, 5)


@case(BASE + table("t", "type ip size 3 expire 20s nopurge store conn_cnt") + frontend("tcp-request connection track-sc0 src table t") + THERE, S, must=["used:3"])
def nopurge_keeps_what_is_there(env):
    sources(env, 1, 2, 3, 1, 4, 5)


# ---- sticking

STICKY = frontend(to="b") + "\nbackend b\n    balance roundrobin\n"
SERVERS = "    server s1 127.0.0.1:[[s1]]\n    server s2 127.0.0.1:[[s2]]\n"


def greeted(env, to="fe", src="127.0.0.1"):
    c = env.client(to=to, src=src)
    c.recv_line()
    c.shut().to_end()


@case(BASE + STICKY + "    stick-table type ip size 1k expire 10s\n    stick on src\n" + SERVERS, TWO, must=["server_id=2 server_key=s2", "server_id=1 server_key=s1"])
def stick_on(env):
    for src in ("127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.2", "127.0.0.2"):
        greeted(env, src=src)
        show(env, "b")


@case(BASE + STICKY + "    stick match src table learned\n" + SERVERS + frontend(name="f2", to="learned")
      + "\nbackend learned\n    balance roundrobin\n    stick-table type ip size 1k expire 10s store gpc0\n    stick store-request src\n    server other 127.0.0.1:[[s2]]\n    server s2 127.0.0.1:[[s1]]\n",
      TWO, must=["server_key=other", "server_key=s2"])
def match_what_another_backend_stored(env):
    greeted(env)
    greeted(env)
    greeted(env, to="f2")
    show(env, "learned")
    for _ in range(3):
        greeted(env)
    greeted(env, to="f2")
    show(env, "learned")
    for _ in range(3):
        greeted(env)


@case(BASE + STICKY + "    stick-table type ip size 1k expire 10s\n    stick store-request src\n    stick on src\n" + SERVERS, TWO, must=["server_id=2 server_key=s2"])
def a_rule_that_stores_is_left_out_where_its_table_learns_already(env):
    for _ in range(3):
        greeted(env)
        show(env, "b")


@case(BASE + STICKY + "    stick-table type ip size 1k expire 10s\n    stick on src\n    tcp-response inspect-delay 2s\n"
      "    tcp-response content reject if { res.payload(0,2) -m str s1 }\n" + SERVERS, TWO, must=["used:0", "server_id=2 server_key=s2"])
def a_server_whose_answer_is_rejected_is_not_learned(env):
    for _ in range(3):
        env.client().to_end()
        show(env, "b")


@case(BASE + STICKY + "    stick-table type ip size 1k expire 10s\n    stick store-request src\n    stick match src\n" + SERVERS, TWO, must=["server_id=1 server_key=s1"])
def a_match_alone_is_not_left_out(env):
    for _ in range(3):
        greeted(env)
        show(env, "b")


@case(BASE + STICKY + "    stick-table type ip size 1k expire 10s srvkey addr\n    stick on src\n    server s1 127.0.0.1:[[s1]] non-stick\n    server s2 127.0.0.1:[[s2]]\n", TWO,
      must=["server_key=127.0.0.1:"])
def a_server_that_is_not_learned_and_one_known_by_address(env):
    env.hide(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT")
    for _ in range(4):
        greeted(env)
        show(env, "b")


MOVING = BASE + """
resolvers dns
    nameserver ns1 127.0.0.1:[[ns]]
    timeout resolve 200ms
    timeout retry 100ms
    hold valid 100ms
    hold obsolete 0s
""" + STICKY + """    stick-table type ip size 1k expire 10s srvkey addr
    stick on src
    server s1 app.test:[[s]] resolvers dns init-addr none resolve-prefer ipv4
    server s2 other.test:[[s]] resolvers dns init-addr none resolve-prefer ipv4
"""


def says_where(peer):
    peer.send(peer.sock.getsockname()[0].encode() + b"\n")
    peer.to_end()


# A server that moves is another one to the table.
@case(MOVING, start=False, must=["server_key=127.0.0.2:", "server_key=127.0.0.4:"])
def a_server_known_by_an_address_that_changes(env):
    env.stub("s", says_where, host="0.0.0.0")
    ns = env.name_server("ns")
    ns.set("app.test", "A", "127.0.0.2")
    ns.set("other.test", "A", "127.0.0.3")
    env.start(MOVING)
    env.logs(2, "administratively READY")

    def visit(src):
        c = env.client(src=src)
        c.recv_line(limit=3)
        c.shut().to_end()
        say(env, "show table b")

    visit("127.0.0.11")
    visit("127.0.0.12")
    ns.set("app.test", "A", "127.0.0.4")
    env.logs(1, "to 127.0.0.4")
    for src in ("127.0.0.13", "127.0.0.14", "127.0.0.13", "127.0.0.14", "127.0.0.11", "127.0.0.12"):
        visit(src)


@case(BASE + STICKY + "    retries 0\n    timeout connect 300ms\n    stick-table type ip size 1k expire 10s\n    stick on src\n    server gone 127.0.0.1:[[gone]]\n    server s2 127.0.0.1:[[s2]]\n", TWO,
      must=["used:0", "server_key=s2"])
def nothing_is_learned_of_a_failed_connection(env):
    env.client().to_end()
    show(env, "b")
    greeted(env)
    show(env, "b")


@case(BASE + STICKY + "    stick-table type string len 4 size 1k expire 10s\n    stick store-response res.payload(0,2)\n" + SERVERS, TWO, must=["used:0"])
def a_response_is_not_waited_for_without_rules(env):
    greeted(env)
    show(env, "b")


@case(BASE + STICKY + "    stick-table type string len 4 size 1k expire 10s\n    tcp-response inspect-delay 2s\n    tcp-response content accept if { res.len ge 2 }\n"
      "    stick store-response res.payload(0,2)\n" + SERVERS, TWO, must=["key=s1 .*server_key=s1", "key=s2 .*server_key=s2"])
def store_response(env):
    greeted(env)
    greeted(env)
    show(env, "b")


@case(BASE + "\nfrontend fe\n    bind 127.0.0.1:[[fe]]\n    tcp-request inspect-delay 2s\n    tcp-request content accept if { req.len gt 0 }\n    default_backend b\n"
      "\nbackend b\n    balance roundrobin\n    stick-table type ip size 1k expire 10s\n    use-server s2 if { req.payload(0,1) -m str u }\n    stick on src if { req.payload(0,1) -m str u } or { req.payload(0,1) -m str x }\n"
      + SERVERS, {"s1": answering(b"s1\n"), "s2": answering(b"s2\n")}, must=["server_key=s2"])
def use_server_is_learned_and_conditions_count(env):
    for text in (b"n\n", b"u\n", b"x\n", b"n\n", b"x\n"):
        visit(env, text)
        show(env, "b")


# ---- commands

TEXTS = BASE + table("tip", "type ip size 1k expire 100s store conn_cnt,conn_cur,bytes_in_cnt,gpc0,server_id,server_key,sess_rate(1s)") \
    + table("tint", "type integer size 1k expire 100s store conn_cnt") + table("tstr", "type string size 1k expire 100s store conn_cnt") \
    + table("tbin", "type binary size 1k expire 100s store conn_cnt") + table("tv6", "type ipv6 size 1k expire 100s") \
    + table("tarr", "type ip size 1k expire 100s store gpc(3),gpc_rate(2,10s),gpt(2)") \
    + frontend("tcp-request connection track-sc0 src table tip") + THERE

COMMANDS = """show table
show table nope
show table tip
show table tip key 9.9.9.9
set table tip key 9.9.9.9
show table tip key 9.9.9.9
set table tip key 9.9.9.9 data.gpc0 5 data.conn_cnt 7
set table tip key 9.9.9.8 data.gpc0 -1
set table tip key 9.9.9.9 data.conn_rate 1
set table tip key 9.9.9.9 data.foo 1
set table tip key 9.9.9.9 data.gpc0
set table tip key 9.9.9.9 data.gpc0 abc
set table tip key 9.9.9.9 data.bytes_in_cnt 12345678901
set table tip key 9.9.9.9 data.server_key s7
set table tip key 9.9.9.9 data.server_id 3
show table tip
show table tip data.gpc0 gt 5
show table tip data.gpc0 ge 5
show table tip data.gpc0 eq 5 data.conn_cnt lt 8
show table tip data.gpc0 ne 5
show table tip data.gpc0 le 5 data.conn_cnt eq 0
show table tip data.foo gt 0
show table tip data.conn_rate gt 0
show table tip data.gpc0 xx 0
show table tip data.gpc0
show table tip data.gpc0 gt abc
show table tip data.gpc0 gt
show table tip data.gpc0 gt 0 foo
show table tip data.gpc0 eq 1 data.conn_cnt eq 1 data.gpc0 eq 1 data.gpc0 eq 1 data.gpc0 eq 1
show table tip blah
show table tip key
show table tip key 9.9.9.9 more
set table
set table tip key
set table nope key 1
set table tip key 9.9.9.9 foo
set table tip data.gpc0 1
set table tint key 77 data.conn_cnt 3
set table tint key -1
set table tint key 4294967295
set table tint key 4294967296
set table tint key 010
set table tint key 0x10
set table tint key abc
show table tint
show table tint key 77
show table tint key 1x
clear table tint key 77
clear table tint key 77
show table tint
clear table tint foo
clear table
clear table nope
clear table tip data.gpc0 eq 5
show table tip
clear table tip data.foo eq 1
set table tstr key ab\\ c data.conn_cnt 1
set table tstr key "quoted
show table tstr
show table tstr key ab\\ c
clear table tbin key abc
set table tbin key abc
show table tbin key abc
set table tv6 key ::1
set table tv6 key 2001:db8::1:2
set table tv6 key 1.2.3.4
show table tv6
clear table tv6 key ::1
show table tv6
set table tarr key 1.1.1.1 data.gpc0 1
set table tarr key 1.1.1.1 data.gpc 1
set table tarr key 1.1.1.1 data.gpc_rate 5
show table tarr
show table tarr data.gpc eq 1
show table tarr data.gpc0 eq 1
clear table tarr
show table tarr
show table tip;show table tint
set table tip key 1.2.3.4; show table tip key 1.2.3.4""".split("\n")


@case(TEXTS, S, must=["9.9.9.9", "Filter entry #1", "insufficient|in use"])
def commands_about_tables(env):
    for text in COMMANDS:
        say(env, text)
    c = env.client()
    c.send(b"x\n")
    c.recv_line()
    say(env, "clear table tip key 127.0.0.1")
    c.shut().to_end()
    show(env, "tip")
    say(env, "clear table tip")
    say(env, "show table tip")


@case(TEXTS.replace("level admin", "level user"), S, must=["insufficient", "Permission denied"])
def commands_of_a_mere_user(env):
    for text in ("show table", "show table tip", "set table tip key 1.1.1.1 data.gpc0 1", "clear table tip", "show table tip key 1.1.1.1"):
        say(env, text)


# ---- a flood


@case(BASE.replace("log [[udp]] local0", "maxconn 2000") + table("t", "type ip size 100k expire 1m store conn_rate(10s),conn_cnt")
      + "\nfrontend fe\n    bind 127.0.0.1:[[fe]]\n    no log\n    tcp-request connection track-sc0 src table t\n    tcp-request connection reject if { sc0_conn_rate gt 5 }\n"
        "    default_backend there\n" + THERE, {}, must=["used:1000", "3 times: 1000 sources"], long=True)
def a_flood_from_a_thousand_sources(env):
    """Eight connections of each, one behind the other, of which five are let in."""
    env.stub("s", closer(b"x\n")).connections = Uncounted()
    rejected = {}
    for number in range(1000):
        source = f"127.1.{number // 250}.{number % 250 + 1}"
        for _ in range(8):
            with socket.socket() as s:
                s.settimeout(4)
                s.bind((source, 0))
                try:
                    s.connect(("127.0.0.1", env.port("fe")))
                    served = s.recv(10) == b"x\n"
                except ConnectionError:
                    served = False
            rejected[source] = rejected.get(source, 0) + (not served)
    for times in sorted(set(rejected.values())):
        env.note(f"rejected {times} times: {sum(1 for each in rejected.values() if each == times)} sources")
    say(env, "show table")


@case(BASE + frontend("stick-table type ip size 100 expire 10s store gpc0,conn_cnt", "tcp-request connection track-sc1 src",
                      'unique-id-format "u%[src_conn_cnt]"', log_of("src_conn_cnt", "src_get_gpc0", "table_cnt", "table_avl", "src,table_conn_cnt()", "src_conn_cnt(fe)"))
      + THERE, servers=S, must=["3 0 1 99 3 3"])
def formats_without_a_name_are_about_the_own_table(env):
    for count in (1, 2, 3):
        visit(env, log=count)
