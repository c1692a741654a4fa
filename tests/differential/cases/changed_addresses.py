"""Rules that change the client's or the destination's address: what later rules, logs, PROXY headers and servers see of it."""

from harness import BASE, answering, case
from rows import each, pairs, servers

SHOWN = BASE.replace("option tcplog", "log-format \"%ft %b/%s %ts c=%ci:%cp f=%fi:%fp src=%[src]:%[src_port] dst=%[dst]:%[dst_port]"
                     " fc=%[fc_src]:%[fc_src_port] fd=%[fc_dst]:%[fc_dst_port] s=%si:%sp v=%[var(sess.v)] w=%[var(txn.w)] x=%[var(txn.x)]\"")
SEEN = ("tcp-request connection set-var(sess.v) src; tcp-request content set-var(txn.w) src; tcp-request content set-var(txn.x) dst;"
        " server s @ send-proxy")
EARLY = {
    "none": "balance source",
    "consrc": "tcp-request connection set-src str(192.0.2.7)",
    "consport": "tcp-request connection set-src-port int(4321)",
    "condst": "tcp-request connection set-dst str(192.0.2.8)",
    "condport": "tcp-request connection set-dst-port int(99)",
    "sessrc": "tcp-request session set-src str(192.0.2.7)",
    "sessport": "tcp-request session set-src-port int(4321)",
    "sesdst": "tcp-request session set-dst str(192.0.2.8)",
    "sesdport": "tcp-request session set-dst-port int(99)",
    "src": "tcp-request content set-src str(192.0.2.7)",
    "sport": "tcp-request content set-src-port int(4321)",
    "dst": "tcp-request content set-dst str(192.0.2.8)",
    "dport": "tcp-request content set-dst-port int(99)",
    "all": "tcp-request connection set-src str(192.0.2.1); tcp-request session set-src str(192.0.2.2); tcp-request content set-src str(192.0.2.3)",
    "six": "tcp-request content set-src str(2001:db8::5); tcp-request content set-dst str(2001:db8::6)",
    "mixed": "tcp-request content set-src str(2001:db8::5)",
    "bad": "tcp-request content set-src str(nonsense)",
    "number": "tcp-request content set-src int(16909060)",
    "masked": "tcp-request content set-src src,ipmask(8); tcp-request content set-dst dst,ipmask(16)",
    "nothing": "tcp-request content set-src var(txn.none)",
    "text": "tcp-request content set-src-port str(77)",
    "words": "tcp-request content set-src-port str(abc)",
    "large": "tcp-request content set-src-port int(70000); tcp-request content set-dst-port int(-1)",
    "zero": "tcp-request content set-src-port int(0); tcp-request content set-dst-port int(0)",
}


def speak(c):
    c.send(b"line\n").recv_line()
    c.shut().to_end()


@case(pairs(SHOWN, **{name: f"{lines}; {SEEN}" for name, lines in EARLY.items()}),
      servers(**{name: answering(header=True) for name in EARLY}), must=["c=192.0.2.7"])
def what_is_seen_afterwards(env):
    each(env, **{name: speak for name in EARLY})


AHEAD = SHOWN + """
frontend fe
    bind 127.0.0.1:[[fe]] accept-proxy
    tcp-request connection set-src str(192.0.2.1)
    tcp-request connection set-src-port int(4321)
    tcp-request connection set-dst str(192.0.2.2)
    tcp-request connection set-var(sess.v) src
    tcp-request content set-var(txn.w) src
    default_backend be
frontend later
    bind 127.0.0.1:[[later]] accept-proxy
    tcp-request session set-src str(192.0.2.1)
    tcp-request session set-dst-port int(4321)
    tcp-request session set-var(sess.v) src
    default_backend be
frontend unix
    bind [[dir]]/in.sock
    tcp-request content set-src str(192.0.2.1)
    tcp-request content set-dst str(192.0.2.1)
    default_backend be
frontend unixport
    bind [[dir]]/port.sock
    tcp-request content set-src-port int(4321)
    tcp-request content set-dst-port int(4321)
    default_backend be
frontend unixcon
    bind [[dir]]/con.sock
    tcp-request connection set-src str(192.0.2.1)
    tcp-request connection set-dst-port int(4321)
    default_backend be
frontend six
    bind ::1:[[six]]
    tcp-request content set-src str(192.0.2.1)
    default_backend be
backend be
    server s 127.0.0.1:[[s]] send-proxy-v2
"""


@case(AHEAD, {"s": answering(header=True)}, must=["v=192.0.2.1"])
def before_a_header_and_over_sockets_of_other_kinds(env):
    for number, (how, header) in enumerate((({}, b"PROXY TCP4 198.51.100.1 198.51.100.2 11 22\r\n"), ({}, b"PROXY UNKNOWN\r\n"),
                                            ({"to": "later"}, b"PROXY TCP4 198.51.100.1 198.51.100.2 11 22\r\n"),
                                            ({"to": "later"}, b"PROXY UNKNOWN\r\n"), ({"path": env.dir + "/in.sock"}, b""),
                                            ({"path": env.dir + "/port.sock"}, b""), ({"path": env.dir + "/con.sock"}, b""),
                                            ({"to": "six", "dst": "::1"}, b"")), 1):
        c = env.client(**how)
        c.send(header + b"line\n").recv_line()
        c.shut().to_end()
        env.logs(number)


MAPPED = BASE + """
listen any
    bind 127.0.0.1:[[any]]
    tcp-request content set-dst str(127.0.0.9)
    tcp-request content set-dst-port int([[s]])
    server s 0.0.0.0:0
listen early
    bind 127.0.0.1:[[early]]
    tcp-request connection set-dst str(127.0.0.9)
    tcp-request session set-dst-port int([[s]])
    server s 0.0.0.0
listen port
    bind 127.0.0.1:[[port]]
    tcp-request content set-dst-port int([[s]])
    server s 127.0.0.8
listen mapped
    bind 127.0.0.1:[[mapped]]
    tcp-request content set-dst-port int([[s]]),sub(5)
    server s 127.0.0.8:+5
listen fixed
    bind 127.0.0.1:[[fixed]]
    tcp-request content set-dst str(127.0.0.9)
    server s 0.0.0.0:[[s]]
frontend back
    bind 127.0.0.1:[[back]]
    default_backend late
backend late
    tcp-request content set-dst str(127.0.0.9)
    tcp-request content set-dst-port int([[s]])
    server s 0.0.0.0:0
"""


def where(peer):
    peer.say(f"reached at {peer.sock.getsockname()[0]}")
    peer.send(b"hi\n")
    peer.to_end()


MAPPED_SHOWN = MAPPED.replace("option tcplog", "log-format \"%b/%s %ts %si:%sp %[bc_dst]:%[bc_dst_port]\"")


@case(must=["reached at 127.0.0.9", "reached at 127.0.0.8"], start=False)
def servers_without_an_address_or_port(env):
    env.stub("s", where, host="0.0.0.0")
    env.start(MAPPED_SHOWN)
    for number, name in enumerate(("any", "early", "port", "mapped", "fixed", "back"), 1):
        c = env.client(name)
        c.recv_line()
        c.shut().to_end()
        env.logs(number)


HASHED = BASE + """
listen src
    bind 127.0.0.1:[[src]]
    tcp-request content set-src src,ipmask(24)
    balance source
    server s1 127.0.0.1:[[s1]]
    server s2 127.0.0.1:[[s2]]
    server s3 127.0.0.1:[[s3]]
listen same
    bind 127.0.0.1:[[same]]
    tcp-request content reject if { src 127.0.0.200 }
    tcp-request content set-src str(127.0.0.200) if { src 127.0.0.4 127.0.0.5 }
    tcp-request content reject if { src 127.0.0.200 } { fc_src 127.0.0.5 }
    source 0.0.0.0 usesrc clientip
    server s1 127.0.0.1:[[s1]]
"""


def from_where(peer):
    peer.say(f"from {peer.sock.getpeername()[0]}")
    peer.send(b"hi\n")
    peer.to_end()


@case(HASHED, {"s1": from_where, "s2": from_where, "s3": from_where}, must=["PR", "from 127.0.0.200"])
def hashes_conditions_and_the_address_that_servers_see(env):
    for number, (name, src) in enumerate([("src", f"127.0.{number}.{number}") for number in range(6)] +
                                         [("same", "127.0.0.3"), ("same", "127.0.0.4"), ("same", "127.0.0.5")], 1):
        c = env.client(name, src=src)
        c.recv_line()
        c.shut().to_end()
        env.logs(number)
