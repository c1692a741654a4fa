"""Actions of tcp-request rules that change how a session is treated: dropped without a word, its header, its log level, its rank."""

import select
import socket
import struct
import time

import certs
from harness import BASE, answering, case, greeter
from rows import each, pairs, servers

DROPS = {
    "con": "tcp-request connection silent-drop; server s @",
    "ses": "tcp-request session silent-drop; server s @",
    "content": "tcp-request content silent-drop; server s @",
    "late": "tcp-request inspect-delay 1s; tcp-request content silent-drop if { req.len ge 3 }; server s @",
    "not": "tcp-request content silent-drop if { src 192.0.2.1 }; server s @",
}


def forgotten(c):
    """Nothing is heard any more; who speaks all the same learns that there is nobody."""
    c.to_end(0.4)
    c.send(b"late\n").to_end(0.4)


def after_a_line(c):
    c.send(b"line\n").to_end(0.4)
    c.send(b"late\n").to_end(0.4)


@case(pairs(BASE, **DROPS), servers(**{name: answering() for name in DROPS}), must=["still open", "PR"])
def dropped_without_a_word(env):
    each(env, logged=3, **{name: after_a_line if name in ("late", "not") else forgotten for name in DROPS})


BEHIND_A_HEADER = pairs(BASE, drop="tcp-request session silent-drop", refuse="tcp-request session reject").replace("]]\n", "]] accept-proxy\n")


@case(BEHIND_A_HEADER, must=["Success"])
def dropped_behind_a_header(env):
    header = b"PROXY TCP4 192.0.2.1 192.0.2.2 11 22\r\n"
    each(env, logged=2, drop=lambda c: c.send(header).to_end(0.4), refuse=lambda c: c.send(header).to_end(0.4))


HEADERS = BASE.replace("timeout client 4s", "timeout client 600ms") + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request connection expect-proxy layer4 if { src 127.0.0.2 }
    tcp-request connection expect-netscaler-cip layer4 if { src 127.0.0.3 }
    tcp-request connection reject if { src 127.0.0.4 }
    tcp-request content reject if { src 192.0.2.5 }
    default_backend be
backend be
    server s 127.0.0.1:[[s]] send-proxy
"""


@case(HEADERS, {"s": answering(header=True)}, must=["PROXY TCP4 192.0.2.1", "PR"])
def headers_only_from_some(env):
    # Who is rejected at once sends nothing: whether bytes come before the close or behind it would be luck.
    rows = [("127.0.0.1", b"line\n"), ("127.0.0.2", b"PROXY TCP4 192.0.2.1 192.0.2.2 11 22\r\nline\n"), ("127.0.0.2", b"PROXY UNKNOWN\r\nline\n"),
            ("127.0.0.2", b"line\n"), ("127.0.0.2", b""), ("127.0.0.4", b""), ("127.0.0.2", b"PROXY TCP4 192.0.2.5 192.0.2.2 11 22\r\nline\n"),
            ("127.0.0.3", b"line\n")]
    for number, (src, data) in enumerate(rows, 1):
        c = env.client(src=src)
        c.send(data).recv_line()
        c.shut().to_end()
        env.logs(number - (number > 5))


PARTS = {
    "late": [b"", b"PROXY TCP4 192.0.2.1 192.0.2.2 11 22\r\nline\n"],
    "cut": [b"PROXY TCP4 192.0.2.1 "],
    "behind": [b"PROXY TCP4 192.0.2.1 192.0.2.2 11 22\r\n", b"line\n"],
}


@case(HEADERS.replace("option tcplog", "option tcplog\n    log-format \"%ci:%cp %b/%s %B %U %ts %[fc_rcvd_proxy]\""), {"s": answering(header=True)},
      must=["be/s 5 5 -- 1"])
def headers_that_come_in_their_own_time(env):
    for number, (name, parts) in enumerate(PARTS.items(), 1):
        c = env.client(src="127.0.0.2", name=name)
        c.send_parts(parts, 0.2)
        c.recv_line()
        c.shut().to_end()
        env.logs(number)
    c = env.client(src="127.0.0.2", name="fin")
    c.shut().to_end()
    env.logs(4)
    c = env.client(src="127.0.0.2", name="header-fin")
    c.send(PARTS["late"][1]).shut().to_end()
    env.logs(5)
    c = env.client(src="127.0.0.2", name="reset")
    c.reset()
    env.logs(6)


TLS = BASE + """
listen drop
    bind 127.0.0.1:[[drop]] ssl crt [[pem rsadef]]
    tcp-request inspect-delay 1s
    tcp-request content silent-drop if { req.len gt 0 }
listen announced
    bind 127.0.0.1:[[announced]] ssl crt [[pem rsadef]]
    tcp-request connection expect-proxy layer4
    tcp-response inspect-delay 1s
    tcp-response content accept if { res.len ge 3 }
    server s 127.0.0.1:[[s]] send-proxy
"""


@case(TLS, {"s": answering(header=True)}, must=["still open", "PROXY TCP4 192.0.2.1"])
def with_tls(env):
    c = env.client("drop")
    c.tls(certs.client(), strict=True)
    time.sleep(0.2)  # the kernel's last acknowledgement of the handshake would find nobody
    c.send(b"line\n").to_end(0.4)
    env.logs(1)
    c = env.client("announced")
    c.send(PARTS["behind"][0])
    c.tls(certs.client(), strict=True)
    c.send(b"line\n").recv_line()
    c.close_notify()
    env.logs(2)


LEVELS = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request content set-log-level err if { src 127.0.0.2 }
    tcp-request content set-log-level silent if { src 127.0.0.3 127.0.0.4 }
    tcp-request content set-log-level debug if { src 127.0.0.4 127.0.0.5 }
    tcp-request content reject if { src 127.0.0.5 }
    tcp-request content set-nice 5
    default_backend be
backend be
    tcp-request content set-log-level alert if { src 127.0.0.6 }
    tcp-response content set-log-level crit if { src 127.0.0.7 }
    tcp-response content set-log-level silent if { src 127.0.0.8 }
    server s 127.0.0.1:[[s]]
frontend early
    bind 127.0.0.1:[[early]]
    option logasap
    tcp-request content set-log-level err
    default_backend be
frontend errors
    bind 127.0.0.1:[[errors]]
    option log-separate-errors
    tcp-request content set-log-level notice
    default_backend dead
backend dead
"""


@case(LEVELS, {"s": greeter(b"hi\n")}, must=["<131>", "<135>", "<129>", "<130>"])
def the_level_of_the_line(env):
    rows = [("fe", f"127.0.0.{number}") for number in range(1, 9)] + [("early", "127.0.0.1"), ("errors", "127.0.0.1")]
    logged = 0
    for name, src in rows:
        c = env.client(name, src=src)
        if src.endswith(".5") or name == "errors":
            c.to_end()
        else:
            c.recv_line()
            c.shut().to_end()
        silent = src.endswith((".3", ".8"))
        logged += not silent
        env.logs(logged)


RANKS = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request content set-priority-class int(-5) if { src 127.0.0.2 }
    tcp-request content set-priority-class int(5) if { src 127.0.0.3 }
    tcp-request content set-priority-offset int(-5000) if { src 127.0.0.4 }
    tcp-request content set-priority-offset int(5000) if { src 127.0.0.5 }
    tcp-request content set-priority-class str(7x) if { src 127.0.0.6 }
    tcp-request content set-priority-class int(100000) if { src 127.0.0.7 }
    tcp-request content set-priority-class int(-100000) if { src 127.0.0.8 }
    tcp-request content set-var(txn.c) prio_class
    tcp-request content set-var(txn.o) prio_offset
    log-format "%ci %b/%s %ts %sq/%bq c=%[var(txn.c)] o=%[var(txn.o)] %[prio_class] %[prio_offset]"
    server s 127.0.0.1:[[s]] maxconn 1
"""


@case(RANKS, {"s": greeter(b"hi\n")}, must=["127.0.0.8 .* 0/1"])
def ranks_in_a_line(env):
    peers = []
    for last in (1, 9, 3, 2, 5, 4, 6, 7, 8, 1):
        peers.append(env.client(src=f"127.0.0.{last}", name=f"p{len(peers)} {last}"))
        (peers[0].recv_line if len(peers) == 1 else lambda: peers[-1].silence(0.1))()
    left = list(peers)
    served = left.pop(0)
    logged = 0
    while True:  # whoever is served leaves, and then it shows who was the next
        served.shut().to_end()
        logged += 1
        env.logs(logged)
        if not left:
            break
        ready = select.select([p.sock for p in left], [], [], 2)[0]
        served = next(p for p in left if p.sock in ready)
        left.remove(served)
        env.note(f"next {served.name}")
        served.recv_line()


TOS = {
    "none": "server s @",
    "content": "tcp-request content set-tos 0x28; tcp-request content set-mark 0x10; server s @",
    "con": "tcp-request connection set-tos 40; server s @",
    "session": "tcp-request session set-tos 44; server s @",
    "response": "tcp-response content set-tos 32; server s @",
    "large": "tcp-request content set-tos 300; server s @",
    "low": "tcp-request content set-tos 0x2b; server s @",
}


class Sniffer:
    """The type of service of packets on the loopback interface that carry a certain text."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        self.sock.bind(("lo", 0))
        self.sock.settimeout(2)

    def tos_of(self, text, port):
        while True:
            packet = self.sock.recv(65536)[14:]
            source = struct.unpack("!H", packet[20:22])[0]
            if packet.endswith(text) and source == port:
                return packet[1]


@case(pairs(BASE, **TOS), servers(**{name: answering() for name in TOS}), must=["tos 40", "tos 44"])
def packets_to_the_client_are_marked(env):
    try:
        sniffer = Sniffer()
    except PermissionError:
        env.note("only root sees packets: tos 40 tos 44")
        return
    for number, name in enumerate(TOS, 1):
        c = env.client(name)
        text = f"{name} {c.sock.getsockname()[1]}\n".encode()
        c.send(text)
        c._take(lambda kept: len(kept) or None, 2)
        env.note(f"{name} tos {sniffer.tos_of(text, env.port(name))}")
        c.shut().to_end()
        env.logs(number)
    sniffer.sock.close()
