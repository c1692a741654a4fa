"""What fetches yield in log lines of real traffic: both connections, proxies, servers, the process, the stream."""

import os
import struct
import time

from harness import answering, case, greeter

TIMES = """
    mode tcp
    log global
    timeout connect 400ms
    timeout client 3s
    timeout server 4s
    retries 0
"""
GLOBAL = """
global
    nbthread 1
    log [[udp]] len 9000 local0
"""


def shown(*names):
    """One format of `NAME=<value>` pairs, written at the end of the session."""
    return "    log-format \"%f " + " ".join(f"{name}=<%[{name}]>" for name in names) + " %ts\"\n"


def ask(env, **how):
    c = env.client(**how)
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.asked = getattr(env, "asked", 0) + 1
    env.logs(env.asked)


ENDS = ("src", "src_port", "dst", "dst_port", "fc_src", "fc_src_port", "fc_dst", "fc_dst_port", "bc_dst", "bc_dst_port", "src_is_local",
        "dst_is_local", "fc_src_is_local", "fc_dst_is_local", "fc_pp_authority", "fc_pp_unique_id", "fc_rcvd_proxy", "fc_err", "fc_err_str",
        "bc_err", "bc_err_str", "so_id", "so_name", "dst_conn", "fc_http_major", "bc_http_major")
CONNECTION = GLOBAL + "defaults" + TIMES + shown(*ENDS) + """
listen fe
    bind 127.0.0.1:[[fe]] name lst id 77
    bind ::1:[[six]]
    bind 127.0.0.1:[[px]] accept-proxy id 9
    bind [[dir]]/fe.sock
    server s 127.0.0.1:[[s]]
"""


def v2(tlvs, command=1):
    body = bytes([1, 2, 3, 4, 5, 6, 7, 8]) + struct.pack("!HH", 1111, 2222)
    body += b"".join(bytes([kind]) + struct.pack("!H", len(value)) + value for kind, value in tlvs)
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x20 | command, 0x11]) + struct.pack("!H", len(body)) + body


HEADERS = (b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n", b"PROXY TCP6 2001:db8::1 ::1 1111 2222\r\n", b"PROXY UNKNOWN\r\n",
           v2([(1, b"h2"), (2, b"auth.example"), (5, b"uid"), (0xe0, b"custom")]), v2([(2, b""), (5, b"")]), v2([(2, b"one"), (2, b"two")]))


@case(CONNECTION, {"s": answering()}, must=["fc_pp_authority=<auth.example>", "src_is_local=<0>", "so_name=<lst>", "fc_err_str=<Success>", "so_id=<9>"])
def addresses_of_both_sides(env):
    ask(env)
    ask(env, to="six", dst="::1")
    ask(env, path=os.path.join(env.dir, "fe.sock"))
    for header in HEADERS:
        c = env.client("px")
        c.send(header + b"line\n").recv_line()
        c.shut().to_end()
        env.asked += 1
        env.logs(env.asked)


EARLY = GLOBAL + "defaults" + TIMES + """
    log-format "%[var(sess.a)] %[var(sess.b)] %[var(sess.c)] %[var(sess.d)] %[var(sess.e)] %[var(sess.f)] %[var(txn.g)] %[var(txn.h)] %[var(txn.i)] %[var(txn.j)] %[var(txn.k)]"
listen fe
    bind 127.0.0.1:[[fe]] id 5
    bind 127.0.0.1:[[px]] accept-proxy
    tcp-request connection set-var(sess.a) fc_src
    tcp-request connection set-var(sess.b) so_id
    tcp-request connection set-var(sess.c) fe_name
    tcp-request connection set-var(sess.d) fe_conn
    tcp-request session set-var(sess.e) src,ipmask(24)
    tcp-request session set-var(sess.f) fc_rcvd_proxy
    tcp-request content set-var(txn.g) be_conn
    tcp-request content set-var(txn.h) nbsrv(other)
    tcp-request content set-var(txn.i) fe_client_timeout
    tcp-request content set-var(txn.j) fe_defbe
    tcp-request content set-var(txn.k) dst_conn
    default_backend other
backend other
    server s 127.0.0.1:[[s]]
"""


@case(EARLY, {"s": answering()}, must=["127.0.0.1 5 fe 1 127.0.0.0 0 0 1 3000 other 1", "127.0.0.1 2 fe 1 1.2.3.0 1"])
def before_the_server_is_chosen(env):
    ask(env)
    c = env.client("px")
    c.send(HEADERS[0] + b"line\n").recv_line()
    c.shut().to_end()
    env.logs(2)


FARM = ("fe_id", "fe_name", "fe_conn", "fe_req_rate", "fe_defbe", "fe_client_timeout", "be_id", "be_name", "be_conn(farm)", "be_server_timeout",
        "be_tunnel_timeout", "cur_server_timeout", "cur_tunnel_timeout", "avg_queue(farm)", "queue(farm)", "connslots(farm)", "be_conn_free(farm)",
        "nbsrv(farm)", "nbsrv(dead)", "be_conn_free(dead)", "connslots(dead)", "srv_conn(farm/s)", "srv_conn_free(farm/s)", "srv_id", "srv_name",
        "srv_is_up(farm/s)", "srv_is_up(dead/d)", "srv_is_up(farm/w)", "srv_iweight(farm/s)", "srv_uweight(farm/s)", "srv_weight(farm/s)", "srv_queue(farm/s)", "srv_iweight(farm/w)",
        "srv_weight(farm/w)", "last_rule_line", "prio_class", "prio_offset", "internal.strm.is_htx", "http_first_req")
PROXIES = GLOBAL + "defaults" + TIMES + shown(*FARM) + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 300ms
    tcp-request content accept if { req.len ge 1 }
    default_backend farm
frontend quiet
    bind 127.0.0.1:[[quiet]]
frontend rejects
    id 40
    bind 127.0.0.1:[[rejects]]
    tcp-request content set-var(txn.x) int(1)
    tcp-request content reject if { req.len ge 0 }
    default_backend farm
frontend refused
    bind 127.0.0.1:[[refused]]
    default_backend nobody
frontend dead-end
    bind 127.0.0.1:[[end]]
    default_backend dead
listen both
    bind 127.0.0.1:[[both]]
    timeout tunnel 7s
    server s 127.0.0.1:[[s]] id 12
backend farm
    id 3
    timeout tunnel 5s
    server s 127.0.0.1:[[s]] weight 7
    server w 127.0.0.1:[[s]] weight 0
backend dead
    server d 127.0.0.1:[[s]] disabled
    server b 127.0.0.1:[[s]] backup disabled
backend nobody
    tcp-request content accept
    server n 127.0.0.1:[[nobody]]
"""


@case(PROXIES, {"s": answering()}, must=["be_name=<farm>", "be_name=<quiet>", "fe_id=<40>", "srv_id=<12>", "cur_server_timeout=<5000>", "srv_is_up.farm/w.=<1>"])
def proxies_and_servers(env):
    ask(env)
    ask(env, to="both")
    for name in ("quiet", "rejects", "refused", "end"):
        env.client(name).send(b"x").to_end()
        env.asked += 1
        env.logs(env.asked)


RATES = GLOBAL + "defaults" + TIMES + """
    log-format "%f %[var(sess.c)] %[var(sess.s)] %[fe_sess_rate] %[fe_sess_rate(other)] %[be_sess_rate(be)] %[srv_sess_rate(be/s)] %[srv_sess_rate(be/t)]"
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request connection set-var(sess.c) fe_sess_rate
    tcp-request connection reject if { src 127.0.0.9 }
    tcp-request session set-var(sess.s) fe_sess_rate
    default_backend be
frontend other
    bind 127.0.0.1:[[other]]
    default_backend be
backend be
    server s 127.0.0.1:[[s]]
    server t 127.0.0.1:[[s]] weight 0
"""


@case(RATES, {"s": greeter(b"hello\n")}, must=["fe 0 0 1 0 1 1 0", "other - - 1 1 4 4 0"])
def session_rates(env):
    """All within one second, so the sliding window counts every session."""
    for count, (to, src) in enumerate((("fe", "127.0.0.1"), ("fe", "127.0.0.1"), ("fe", "127.0.0.1"), ("other", "127.0.0.1")), 1):
        c = env.client(to, src=src)
        c.recv_line()
        c.shut().to_end()
        env.logs(count)


@case(RATES, {"s": greeter(b"hello\n")}, must=["fe 0 0 1", "fe 1 1 1"])
def session_rates_slide(env):
    """A lone event is seen for a whole second period; two periods later nothing is left."""
    for count, pause in enumerate((0, 1.5, 2.6), 1):
        time.sleep(pause)
        c = env.client()
        c.recv_line()
        c.shut().to_end()
        env.logs(count)


PROCESS = GLOBAL.replace("nbthread 1", "nbthread 1\n    setenv TESTED_SET from-the-file") + "defaults" + TIMES + \
    shown("env(TESTED_ENV)", "env(TESTED_NONE)", "env(TESTED_SET)", "hostname", "nbproc", "proc", "thread", "stopping", "rand(1)",
          "uuid,length", "uuid,bytes(14,1)", "date,sub(1700000000),div(1000000000)", "date(0,ms),div(1000000000000)", "date_us,div(1000000)",
          "cpu_ns_tot", "lat_ns_avg", "lat_ns_tot", "cpu_ns_avg") + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""


@case(start=False, must=["TESTED_ENV.=<value>", "uuid,length=<36>", "bytes.14,1.=<4>"])
def the_process(env):
    env.environment |= {"TESTED_ENV": "value"}
    env.stub("s", answering())
    env.start(PROCESS)
    ask(env)


RULES = GLOBAL + "defaults" + TIMES + """
    log-format "%f %[last_rule_line] %[last_rule_file] %ts"
frontend accepted
    bind 127.0.0.1:[[accepted]]
    tcp-request content set-var(txn.a) int(1)
    tcp-request content accept if FALSE
    tcp-request content accept
    default_backend own
frontend none
    bind 127.0.0.1:[[none]]
    tcp-request connection accept
    tcp-request session accept
    tcp-request content set-var(txn.a) int(1)
    default_backend s
frontend first
    bind 127.0.0.1:[[first]]
    tcp-request content accept
    default_backend s
frontend rejected
    bind 127.0.0.1:[[rejected]]
    default_backend rejecting
backend own
    tcp-request content accept if TRUE
    server s 127.0.0.1:[[s]]
backend rejecting
    tcp-request content reject
    server s 127.0.0.1:[[s]]
backend s
    server s 127.0.0.1:[[s]]
"""


@case(RULES, {"s": answering()}, must=["none - -", "rejected [0-9]+ .* PR"])
def the_last_rule(env):
    for name in ("accepted", "none", "first"):
        ask(env, to=name)
    env.client("rejected").to_end()
    env.logs(4)


UNIQUE = GLOBAL + "defaults" + TIMES + """
    unique-id-format "%{+X}o %ci:%cp_%fi:%fp_%[src,ipmask(8)]-x"
    log-format "%f %ID %[unique-id] %[var(txn.u)] %{+Q}ID"
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request content set-var(txn.u) unique-id
    server s 127.0.0.1:[[s]]
"""


@case(UNIQUE, {"s": answering()}, must=["7F000001:"])
def unique_ids(env):
    env.hide(r"7F000001:[0-9A-F]{4}", "7F000001:PORT")
    ask(env)


LIMITS = GLOBAL.replace("nbthread 1", "nbthread 1\n    tune.vars.txn-max-size 200\n    tune.vars.sess-max-size 250") + "defaults" + TIMES + """
    log-format "%f %[var(txn.a)] %[var(txn.b)] %[var(txn.c)] %[var(sess.d)] %[var(sess.e)] %[var(txn.s)]"
listen numbers
    bind 127.0.0.1:[[numbers]]
    tcp-request content set-var(txn.a) int(1)
    tcp-request content set-var(txn.b) int(2)
    tcp-request content set-var(txn.c) int(3)
    tcp-request content set-var(sess.d) int(4)
    tcp-request content set-var(sess.e) int(5)
    server s 127.0.0.1:[[s]]
listen again
    bind 127.0.0.1:[[again]]
    tcp-request content set-var(txn.a) int(1)
    tcp-request content unset-var(txn.a)
    tcp-request content set-var(txn.b) int(2)
    tcp-request content set-var(txn.c) int(3)
    server s 127.0.0.1:[[s]]
listen text
    bind 127.0.0.1:[[text]]
    tcp-request content set-var(txn.s) str(abcdefghijabcdefghijabcdefghijabcdefghij)
    tcp-request content set-var(txn.a) int(1)
    tcp-request content set-var(txn.b) int(2)
    server s 127.0.0.1:[[s]]
"""


@case(LIMITS, {"s": answering()}, must=["numbers 1 2 - 4 - -", "again - 2 3 "])
def memory_of_variables(env):
    for name in ("numbers", "again", "text"):
        ask(env, to=name)


DISTCC = GLOBAL + "defaults" + TIMES + """
    log-format "%f argc=<%[var(txn.argc)]> argv=<%[var(txn.argv)]> two=<%[var(txn.two)]> doti=<%[var(txn.doti)]> body=<%[var(txn.body)]> w= %Tw/%Tc/%Tt 0 %ts x"
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 500ms
    tcp-request content set-var(txn.argc) distcc_param(ARGC)
    tcp-request content set-var(txn.argv) distcc_body(ARGV)
    tcp-request content set-var(txn.two) distcc_body(ARGV,2)
    tcp-request content set-var(txn.doti) distcc_param(DOTI)
    tcp-request content set-var(txn.body) distcc_body(DOTI)
    tcp-request content accept if { distcc_param(DOTI) -m found }
    server s 127.0.0.1:[[s]]
"""
MESSAGES = (b"DIST00000001ARGC00000002ARGV00000003gccARGV00000002-cDOTI00000004abcdrest", b"DIST00000001ARGC00000002ARGV00000003gccARGV00000002-cDOTI00000009abcdefghi",
            b"DIST00000001ARGC0000", b"DIST00000001ARGCx0000002ARGV00000003gcc", b"nothing of the kind", b"DIST00000001NFIL00000001STAT00000007DOTI00000000")


@case(DISTCC, {"s": greeter(b"hello\n")}, must=["argc=<2> argv=<gcc> two=<-c> doti=<4> body=<abcd>", "doti=<9> body=<abcdefghi>"])
def distcc(env):
    for number, message in enumerate(MESSAGES, 1):
        c = env.client()
        c.send(message).recv_line()
        c.shut().to_end()
        env.logs(number)


WAITS = {"nbsrv": "nbsrv(be) gt 5", "be_conn": "be_conn(be) gt 100", "fe_conn": "fe_conn(fe) gt 100", "rate": "fe_sess_rate(fe) gt 1000", "srv": "srv_conn(be/s) gt 100",
         "rand": "rand(10) gt 20", "date": "date lt 5", "uuid": "uuid x", "host": "hostname x", "rule": "last_rule_line 5", "local": "so_id 77", "rtt": "fc_rtt gt 1000000"}
WAITING = GLOBAL + "defaults" + TIMES + '    log-format "%f %Tw/%Tc/%Tt 0 %ts x"\nbackend be\n    server s 127.0.0.1:[[s]]\nfrontend fe\n    bind 127.0.0.1:[[fe]]\n    default_backend be\n' + \
    "".join(f"frontend {name}\n    bind 127.0.0.1:[[{name}]]\n    tcp-request inspect-delay 500ms\n    tcp-request content reject if {{ {condition} }}\n    default_backend be\n"
            for name, condition in WAITS.items())


@case(WAITING, {"s": greeter(b"hello\n")}, must=["rand ~[45]..ms~", "date ~[45]..ms~", r"nbsrv ~\d{1,2}ms~"])
def what_may_still_change(env):
    """A condition that is not true is waited for only where its value may become another one by itself."""
    env.sorted = True

    def one(name):
        c = env.client(name, name=name)
        c.send(b"abc").recv_line()
        c.shut().to_end()
    env.parallel(*[lambda name=name: one(name) for name in WAITS])
    env.logs(len(WAITS))


EARLY_LINES = GLOBAL + "defaults" + TIMES + """
listen early
    bind 127.0.0.1:[[early]]
    log-format "%f %b/%s %si %tsc %[src] %[be_conn(early)] %[srv_conn(early/s)] %[bc_dst] %[cur_server_timeout] %hr %ST"
    tcp-request inspect-delay 200ms
    tcp-request content accept if WAIT_END
    server s 127.0.0.1:[[s]]
listen late
    bind 127.0.0.1:[[late]]
    log-format "%f %[be_conn(late)] %[srv_conn(late/s)] %[cur_server_timeout] %ts"
    server s 127.0.0.1:[[s]]
listen unserved
    bind 127.0.0.1:[[unserved]]
    log-format "%f %s %[src]"
    server s 127.0.0.1:[[nobody]]
"""


@case(EARLY_LINES, {"s": answering()}, must=["early early/s 127.0.0.1 ---- 127.0.0.1 1 1 127.0.0.1 0", "late 0 0 4000", "unserved s", "before the end: 1"])
def lines_that_need_no_end(env):
    """A format without anything that only the end knows is written when the server is connected."""
    c = env.client("early")
    c.send(b"line\n").recv_line()
    env.logs(1)
    env.note(f"before the end: {len(env.sink.lines)}")
    c.shut().to_end()
    c = env.client("late")
    c.send(b"line\n").recv_line()
    c.silence(0.2)
    env.note(f"before the end: {len(env.sink.lines)}")
    c.shut().to_end()
    env.logs(2)
    env.client("unserved").to_end()
    env.logs(3)


FLAGS = GLOBAL + "defaults" + TIMES + """
    log-format "%{+X}ci %{+X,+Q}fi %{+Q}f %{+E}[str('a\\\"b]c')] %{+Q,+E}[str('a\\\"b]c')] %{+Q}[var(txn.none)] %[var(txn.none)] %ST %hr|%hrl|%hs|%hsl| %tsc %{-Q}s %{+Q}o %s %ST %[int(5)] %{-Q}s"
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""


@case(FLAGS, {"s": answering()}, must=["7F000001"])
def flags_of_formats(env):
    ask(env)


CONDITIONS = GLOBAL + "defaults" + TIMES + """
    log-format "%[var(txn.a)] %[var(txn.b)] %[var(txn.c)] %[var(txn.d)] %[var(txn.e)] %[var(txn.f)] %[var(txn.g)] %[var(txn.h)] %[var(txn.i)] %[var(txn.j)] %[var(proc.k)] %ts"
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request content set-var(txn.a,ifexists) int(1)
    tcp-request content set-var(txn.b,ifnotexists) int(1)
    tcp-request content set-var(txn.b,ifnotexists) int(2)
    tcp-request content set-var(txn.c,ifempty) str(x)
    tcp-request content set-var(txn.d,ifnotempty) str(x)
    tcp-request content set-var(txn.d,ifnotempty) str()
    tcp-request content set-var(txn.e,ifset) int(1)
    tcp-request content set-var(txn.f,ifnotset) int(1)
    tcp-request content set-var(txn.f,ifset,ifnotempty) int(2)
    tcp-request content set-var(txn.g) int(5)
    tcp-request content set-var(txn.g,ifgt) int(3)
    tcp-request content set-var(txn.h) int(5)
    tcp-request content set-var(txn.h,iflt) int(3)
    tcp-request content set-var(txn.i) int(5)
    tcp-request content set-var(txn.i,iflt) int(9)
    tcp-request content set-var-fmt(txn.j,ifnotset) %[src]/%[dst]
    tcp-request content set-var-fmt(txn.j,ifnotset) again
    tcp-request content set-var(proc.k,ifnotexists) int(3)
    tcp-request content set-var(txn.c) int(1),set-var(txn.c,ifset)
    server s 127.0.0.1:[[s]]
"""


@case(CONDITIONS, {"s": answering()}, must=["- 1 "])
def conditions_of_set_var(env):
    ask(env)


FIRST_VALUES = GLOBAL.replace("nbthread 1", """nbthread 1
    set-var proc.n int(5),add(1)
    set-var proc.s str("a b")
    set-var-fmt proc.f "<%[var(proc.n)]>"
    set-var-fmt proc.w "  a  b "
    set-var proc.e env(TESTED_ENV)
    set-var proc.none env(TESTED_NONE)""") + "defaults" + TIMES + """
    log-format "%[var(proc.n)] %[var(proc.s)] %[var(proc.f)] %[var(proc.e)] %[var(proc.none)] <%[var(proc.w)]> <%[var(txn.w)]> %ts"
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request content set-var-fmt(txn.w) " a  b %[str()]  c "
    tcp-request content set-var(proc.n) var(proc.n),add(1)
    server s 127.0.0.1:[[s]]
"""


@case(start=False, must=["7 a b <6> value - <  a  b > < a  b   c > --", "8 a b"])
def variables_of_the_process(env):
    env.environment |= {"TESTED_ENV": "value"}
    env.stub("s", answering())
    env.start(FIRST_VALUES)
    ask(env)
    ask(env)


ROOM = GLOBAL + "defaults" + TIMES + shown("be_conn_free(lim)", "connslots(lim)", "srv_conn_free(lim/l)", "srv_conn_free(lim/m)", "srv_conn(lim/l)", "queue(lim)", "avg_queue(lim)",
                                           "be_conn_free(open)", "connslots(open)", "srv_conn_free(open/o)", "be_conn_free(spare)", "be_conn(lim)") + """
frontend fe
    bind 127.0.0.1:[[fe]]
    default_backend lim
frontend asks
    bind 127.0.0.1:[[asks]]
    default_backend open
backend lim
    balance roundrobin
    server l 127.0.0.1:[[s]] maxconn 2 maxqueue 3
    server m 127.0.0.1:[[s]] maxconn 1 maxqueue 2 weight 10
    server b 127.0.0.1:[[s]] maxconn 5 maxqueue 7 backup
backend open
    server o 127.0.0.1:[[s]]
backend spare
    server d 127.0.0.1:[[s]] maxconn 3 disabled
    server b 127.0.0.1:[[s]] maxconn 4 backup
"""


@case(ROOM, {"s": answering()}, must=["be_conn_free.lim.=<3> connslots.lim.=<20>", "queue.lim.=<[1-9]", "be_conn_free.spare.=<4>"])
def room_in_servers_and_lines(env):
    env.sorted = True
    ask(env, to="asks")
    held = []
    for number in range(8):  # three are served, five wait
        c = env.client(name=f"held {number}")
        held.append(c)
        time.sleep(0.05)
    time.sleep(0.2)
    ask(env, to="asks")
    for c in held[3:]:  # those who wait go first, so that nobody gets a slot
        c.reset()
    env.logs(7)
    for c in held[:3]:
        c.reset()
    env.logs(10)
    env.hide(r"<134>DATE TAG\[PID\]: fe .*", "a line of a held one")
