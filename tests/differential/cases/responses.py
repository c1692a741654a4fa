"""tcp-response rules: when they see the server's bytes, how long these are held back, and how the session ends."""

import time

from harness import BASE, case
from rows import each, pairs, servers

SHOWN = BASE.replace("option tcplog", "log-format \"%ft %b/%s %Tw/%Tc/%Tt %B %ts %U n=%[var(sess.n)] len=%[var(txn.len)]\"")
DELAY = "tcp-response inspect-delay 600ms"
COUNT = "tcp-request content set-var(sess.n) int(0); tcp-response content set-var(sess.n) int(1),add(sess.n)"


def talking(*parts, pause=0.25, first=0.0):
    """The server says one part after the other, then reads to the end."""
    def script(peer):
        time.sleep(first)
        for index, part in enumerate(parts):
            if index:
                time.sleep(pause)
            peer.send(part)
        peer.to_end()
    return script


def listener(c):
    """Hears what comes within one and a half seconds, then ends."""
    c.recv_line(1.5)
    if not c.ended:
        c.shut().to_end(1.5)


NOW = {
    "rejected": "tcp-response content reject; server s @",
    "closed": "tcp-response content close; server s @",
    "accepted": "tcp-response content accept; tcp-response content reject; server s @",
    "long": "tcp-response content reject if { res.len ge 3 }; server s @",
    "short": "tcp-response content reject if { res.len lt 3 }; server s @",
    "empty": "tcp-response content reject if !{ res.len ge 1 }; server s @",
    "bytes": "tcp-response content reject if { res.payload(0,2) -m str he }; server s @",
    "dropped": "tcp-response content silent-drop; server s @",
    "waitend": "tcp-response content reject if WAIT_END; server s @",
    "variable": f"{COUNT}; tcp-response content set-var(txn.len) res.len; server s @",
}


@case(pairs(SHOWN, **NOW), servers(**{name: talking(b"hello\n", first=0.2) for name in NOW}), must=["PD"])
def without_a_delay(env):
    each(env, **{name: listener for name in NOW})


LATER = {
    "counted": f"{DELAY}; {COUNT}; tcp-response content accept if {{ res.len ge 6 }}; server s @",
    "refused": f"{DELAY}; {COUNT}; tcp-response content reject if {{ res.len ge 6 }}; server s @",
}
AT_ONCE = pairs(SHOWN.replace("%Tw/%Tc/%Tt ", ""), **NOW, **LATER)  # HAProxy does not count the time in which it was stopped


@case(AT_ONCE, start=False, must=["PD", "len=0"])
def without_a_delay_and_bytes_at_once(env):
    rows = [*NOW, *LATER]
    for name in rows:
        env.full_port("srv_" + name)
    env.start(AT_ONCE)
    clients = {name: env.client(name, name=name) for name in rows}
    env.relieve_unseen(["srv_" + name for name in rows], talking(b"hello\n"))
    env.parallel(*[lambda c=c: listener(c) for c in clients.values()])
    env.logs(len(rows))


WAITING = {
    "parts": f"{DELAY}; {COUNT}; tcp-response content accept if {{ res.len ge 5 }}; server s @",
    "never": f"{DELAY}; {COUNT}; tcp-response content accept if {{ res.len ge 500 }}; server s @",
    "rejected": f"{DELAY}; {COUNT}; tcp-response content reject if {{ res.len ge 5 }}; server s @",
    "closed": f"{DELAY}; {COUNT}; tcp-response content close if {{ res.len ge 5 }}; server s @",
    "inverse": f"{DELAY}; {COUNT}; tcp-response content reject if !{{ res.len ge 500 }}; server s @",
    "waitend": f"{DELAY}; {COUNT}; tcp-response content reject if WAIT_END; server s @",
    "lv": f"{DELAY}; tcp-response content set-var(txn.len) res.payload_lv(0,1),length if {{ res.payload_lv(0,1) -m found }}; server s @",
}


@case(pairs(SHOWN, **WAITING), servers(**{name: talking(b"he", b"llo", b"\n", first=0.1, pause=0.18) for name in WAITING}), must=["PD"])
def bytes_that_come_in_pieces(env):
    each(env, **{name: listener for name in WAITING})


@case(pairs(SHOWN, **WAITING), servers(**{name: talking(b"hello\n", first=1.0) for name in WAITING}), must=["PD"])
def a_server_that_is_silent_at_first(env):
    each(env, **{name: listener for name in WAITING})


TWICE = [(r"(clientreset .*) n=4", r"\1 n=2", "a client's reset ends the session at once; HAProxy evaluates the rules twice more")]
HELD = f"{DELAY}; {COUNT}; tcp-response content accept if {{ res.len ge 500 }}; server s @"
ENDS = ("serverfin", "serverreset", "clientfin", "clientreset", "clientclose", "full", "toserver", "silentfin", "silentreset")


def says_and(act):
    def script(peer):
        time.sleep(0.1)
        peer.send(b"hello\n")
        time.sleep(0.15)
        act(peer)
        if not peer.ended:
            peer.to_end()
    return script


def reset(peer):
    peer.reset()
    peer.ended = "reset"


SERVERS = {"serverfin": says_and(lambda peer: peer.shut()), "serverreset": says_and(reset), "full": talking(b"x" * 20000, first=0.1),
           "silentfin": lambda peer: (time.sleep(0.2), peer.shut(), peer.to_end()), "silentreset": lambda peer: (time.sleep(0.2), reset(peer))}


def after(seconds, act):
    def script(c):
        time.sleep(seconds)
        act(c)
        if not c.ended:
            c.to_end()
    return script


CLIENTS = {"clientfin": after(0.3, lambda c: c.shut()), "clientreset": after(0.3, lambda c: (c.reset(), setattr(c, "ended", "reset"))),
           "clientclose": after(0.3, lambda c: (c.close(), setattr(c, "ended", "closed"))),
           "toserver": lambda c: (c.send(b"question\n"), listener(c))}


@case(pairs(SHOWN, **{name: HELD for name in ENDS}), servers(**{name: SERVERS.get(name, says_and(lambda peer: None)) for name in ENDS}), must=["SD|--"], expect_shunt=TWICE)
def who_ends_while_bytes_are_held(env):
    each(env, **{name: CLIENTS.get(name, lambda c: (c.to_end(1.5), c.close())) for name in ENDS})


LIMITS = {
    "client": f"timeout client 300ms; {HELD}",
    "server": f"timeout server 300ms; {HELD}",
    "both": f"timeout client 300ms; timeout server 300ms; {HELD}",
    "tunnel": f"timeout tunnel 300ms; {HELD}",
    "later": f"timeout client 800ms; timeout server 800ms; {HELD}",
    "asap": f"option logasap; {HELD}",
    "asap2": "option logasap; tcp-response content reject; server s @",
    "asap3": "option logasap; tcp-response content reject if { res.len lt 0 }; server s @",
    "early": "log-format \"%b/%s %ts %Tc\"; tcp-response content reject; server s @",
    "clientfin": f"timeout server-fin 300ms; {HELD}",
}


@case(pairs(SHOWN, **LIMITS), servers(**{name: says_and(lambda peer: None) for name in LIMITS}), must=["sD|cD"])
def time_limits_while_bytes_are_held(env):
    each(env, **{name: (lambda c: c.to_end(1.5)) for name in LIMITS})


REFUSED = f"{DELAY}; {COUNT}; tcp-response content reject if !{{ res.len ge 500 }}; server s @"


@case(pairs(SHOWN, **{name: REFUSED for name in ENDS if name != "full"}),
      servers(**{name: SERVERS.get(name, says_and(lambda peer: None)) for name in ENDS if name != "full"}), must=["PD"], expect_shunt=TWICE)
def who_ends_before_a_refusal(env):
    each(env, **{name: CLIENTS.get(name, lambda c: (c.to_end(1.5), c.close())) for name in ENDS if name != "full"})


LIMITED = {name: lines.replace(HELD, REFUSED) for name, lines in LIMITS.items() if HELD in lines}
LIMITED["keeps"] = f"timeout server 300ms; {REFUSED}"


def deaf(peer):
    """Doesn't end when the client does."""
    time.sleep(0.1)
    peer.send(b"hello\n")
    time.sleep(1.1)


@case(pairs(SHOWN, **LIMITED, holds=f"timeout client 300ms; {HELD}"),
      servers(**{name: says_and(lambda peer: None) for name in LIMITED}, holds=deaf), must=["sD|cD|PD"])
def time_limits_before_a_refusal(env):
    each(env, **{name: (lambda c: c.to_end(1.5)) for name in (*LIMITED, "holds")})


SIDES = {
    "waitwait": f"tcp-request inspect-delay 300ms; tcp-request content accept if {{ req.len ge 3 }}; {HELD}",
    "scope": f"{DELAY}; tcp-response content set-var(res.x) int(5); tcp-response content set-var(txn.len) var(res.x); server s @",
    "tos": "tcp-response content set-tos 0x20; tcp-response content set-mark 5; tcp-response content set-nice 3; server s @",
    "hello": f"{DELAY}; tcp-response content set-var(txn.len) res.ssl_hello_type if {{ res.ssl_hello_type -m found }}; server s @",
    "oldhello": f"{DELAY}; tcp-response content set-var(txn.len) rep_ssl_hello_type if {{ rep_ssl_hello_type 2 }}; server s @",
    "dropdelayed": f"{DELAY}; tcp-response content silent-drop if {{ res.len ge 2 }}; server s @",
    "closedwith": f"{DELAY}; tcp-response content close if {{ res.len ge 2 }}; server s @",
    "request": f"{DELAY}; tcp-request content set-var(req.a) int(7); tcp-response content set-var(txn.len) var(req.a); server s @",
}


@case(pairs(SHOWN, **SIDES), servers(**{name: talking(b"\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03\n", first=0.1) for name in SIDES}), must=["len=2"])
def what_else_they_can_do(env):
    each(env, **{name: lambda c: (c.send(b"question\n"), c.recv_line(1.5), c.shut(), c.to_end(1.5), c.close()) for name in SIDES})


PATTERN = bytes(range(256)) * 8192
BULK = {
    "plain": f"{DELAY}; tcp-response content accept if {{ res.len ge 3 }}; server s @",
    "spliced": f"option splice-response; {DELAY}; tcp-response content accept if {{ res.len ge 3 }}; server s @",
    "filled": f"{DELAY}; tcp-response content accept if {{ res.len ge 30000 }}; server s @",
    "refused": f"{DELAY}; tcp-response content reject if {{ res.len ge 3 }}; server s @",
}


@case(pairs(SHOWN, **BULK), servers(**{name: lambda peer: (peer.send(PATTERN), peer.send(PATTERN), peer.shut(), peer.to_end(2)) for name in BULK}),
      must=["4194304 bytes", "PD"])
def many_bytes_pass_afterwards(env):
    env.hide(r"(refused.*) \d+ PD", r"\1 ? PD")
    env.hide(r"(?<=RST|FIN) at ~\d+ms~", "")
    each(env, **{name: lambda c: (c.to_end(4), c.close()) for name in BULK})
