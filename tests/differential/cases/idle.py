"""Idle limits: each side has its own clock, and a side that is silent for too long only ends its own direction."""

import time

from harness import GLOBAL, case
from rows import each, pairs, servers

TIMES = GLOBAL + """
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 1s
    timeout client 1s
    timeout server 1s
"""

HOLD = 2.6  # seconds that an end waits before it answers the other one's FIN


def plays(*acts, hold=HOLD):
    """[(seconds, bytes or "fin")]: says that at these times, notes what comes and when, and answers no FIN before `hold`."""
    def script(peer):
        end = time.monotonic() + hold
        for at, act in acts:
            wait(peer, end - hold + at)
            if act == "fin":
                peer.shut()
            else:
                peer.send(act)
        wait(peer, end)
        if not peer.ended:
            peer.say("still open")
    return script


def wait(peer, until):
    """What comes meanwhile is noted with its time."""
    while time.monotonic() < until:
        if peer.ended:
            time.sleep(max(0, until - time.monotonic()))
            return
        if peer._more(until):
            peer.recv(len(peer._kept))
        elif peer.ended:
            peer.say(f"end: {peer.ended} {peer.at()}")


QUIET = plays()
SHORT_CLIENT = "timeout client 400ms; timeout server 1200ms; "
SHORT_SERVER = "timeout client 1200ms; timeout server 400ms; "


def table(table_rows, base=TIMES):
    """{name: (lines, client's acts, server's acts)}"""
    cfg = pairs(base, **{name: row[0] + "; server s @" for name, row in table_rows.items()})
    stubs = servers(**{name: plays(*row[2]) for name, row in table_rows.items()})
    return cfg, stubs, {name: plays(*row[1]) for name, row in table_rows.items()}


CLIENT_CFG, CLIENT_STUBS, CLIENT_PLAYS = table({
    "silent": (SHORT_CLIENT, [], []),
    "onebyte": (SHORT_CLIENT, [(0, b"x")], []),
    "answer": (SHORT_CLIENT, [(0, b"x")], [(0.8, b"late")]),
    "answerfin": (SHORT_CLIENT, [(0, b"x")], [(0.8, b"late"), (0.9, "fin")]),
    "drips": (SHORT_CLIENT, [], [(0.6, b"1"), (0.8, b"2"), (1.0, b"3")]),
    "unheard": (SHORT_CLIENT, [(0.8, b"late")], []),
    "serverfin": (SHORT_CLIENT + "timeout server-fin 500ms", [(0, b"x")], []),
    "clientfin": (SHORT_CLIENT + "timeout client-fin 200ms", [(0, b"x")], []),
    "nolinger": (SHORT_CLIENT + "option nolinger", [(0, b"x")], []),
})


@case(CLIENT_CFG, CLIENT_STUBS, must=["cD", "late", "FIN at ~4\\d\\dms~", "FIN at ~1[23]\\d\\dms~"])
def the_client_first(env):
    """The server gets a FIN and its own time to answer it; what it says still reaches the client."""
    each(env, **CLIENT_PLAYS)


SERVER_CFG, SERVER_STUBS, SERVER_PLAYS = table({
    "silent": (SHORT_SERVER, [], []),
    "onebyte": (SHORT_SERVER, [(0, b"x")], []),
    "question": (SHORT_SERVER, [(0.8, b"late"), (1.0, b"later")], []),
    "questionfin": (SHORT_SERVER, [(0.8, b"late"), (0.9, "fin")], []),
    "unheard": (SHORT_SERVER, [], [(0.8, b"late")]),
    "clientfin": (SHORT_SERVER + "timeout client-fin 500ms", [(0, b"x")], []),
    "serverfin": (SHORT_SERVER + "timeout server-fin 200ms", [(0, b"x")], []),
    "nolinger": (SHORT_SERVER + "option nolinger", [(0, b"x")], []),
})


@case(SERVER_CFG, SERVER_STUBS, must=["sD", "late", "FIN at ~4\\d\\dms~", "FIN at ~1[23]\\d\\dms~"])
def the_server_first(env):
    each(env, **SERVER_PLAYS)


EVEN = "timeout client 1200ms; timeout server 1200ms; "
TUNNEL = EVEN + "timeout tunnel 600ms; "
FIN_CFG, FIN_STUBS, FIN_PLAYS = table({
    "client": (EVEN, [(0.3, "fin")], []),
    "server": (EVEN, [], [(0.3, "fin")]),
    "clientdata": (EVEN, [(0.3, b"x"), (0.5, "fin")], []),
    "answer": (EVEN, [(0.3, "fin")], [(0.6, b"a")]),
    "question": (EVEN, [(0.6, b"q")], [(0.3, "fin")]),
    "serverfin": (EVEN + "timeout server-fin 500ms", [(0.3, "fin")], []),
    "serverfinlong": (EVEN + "timeout server-fin 1500ms", [(0.3, "fin")], []),
    "clientfin": (EVEN + "timeout client-fin 500ms", [], [(0.3, "fin")]),
    "otherfin": (EVEN + "timeout client-fin 500ms", [(0.3, "fin")], []),
    "shortserver": (SHORT_SERVER, [(0.2, "fin")], []),
    "shortclient": (SHORT_CLIENT, [], [(0.2, "fin")]),
    "tunnel": (TUNNEL, [(0.3, "fin")], []),
    "tunnelfin": (TUNNEL + "timeout server-fin 300ms", [(0.2, "fin")], []),
})


@case(FIN_CFG, FIN_STUBS, must=["cD", "sD"])
def after_a_fin(env):
    """A FIN is no activity: the other side's clock goes on, unless it has a limit of its own from then on."""
    each(env, **FIN_PLAYS)


TUNNEL_CFG, TUNNEL_STUBS, TUNNEL_PLAYS = table({
    "silent": (TUNNEL, [], []),
    "client": (TUNNEL, [(0.3, b"x")], []),
    "server": (TUNNEL, [], [(0.3, b"x")]),
    "both": (TUNNEL, [(0.2, b"x")], [(0.4, b"x")]),
})


@case(TUNNEL_CFG, TUNNEL_STUBS, must=["RST at ~[5-8]\\d\\dms~", "FIN at ~9\\d\\dms~"])
def tunnels(env):
    """A tunnel in which nothing has passed ends with a reset of the server, any other one with a FIN."""
    each(env, **TUNNEL_PLAYS)


NOLINGER = "option nolinger; "
BOTH = "timeout client 600ms; timeout server 600ms; "
BOTH_CFG, BOTH_STUBS, BOTH_PLAYS = table({
    "silent": (NOLINGER + BOTH, [], []),
    "onebyte": (NOLINGER + BOTH, [(0.2, b"x")], []),
    "answer": (NOLINGER + BOTH, [], [(0.2, b"x")]),
    "tunnel": (NOLINGER + EVEN + "timeout tunnel 600ms; ", [(0.2, b"x")], []),
    "plain": (BOTH, [], []),
})


@case(BOTH_CFG, BOTH_STUBS, must=["cD", "RST at ~[68]\\d\\dms~", "FIN at ~[68]\\d\\dms~"])
def both_at_once_without_linger(env):
    """The client gets a FIN even then, only the server a reset."""
    each(env, **BOTH_PLAYS)


INDEPENDENT = "option independent-streams; "
DRIPS = [(0.2 * number, b".") for number in range(1, 7)]
OWN_CFG, OWN_STUBS, OWN_PLAYS = table({
    "clientsilent": (INDEPENDENT + SHORT_CLIENT, [], DRIPS + [(1.4, "fin")]),
    "clientasks": (INDEPENDENT + SHORT_CLIENT, [(0, b"x")], DRIPS),
    "clientdrips": (INDEPENDENT + SHORT_CLIENT, DRIPS, DRIPS),
    "serversilent": (INDEPENDENT + SHORT_SERVER, DRIPS + [(1.4, "fin")], []),
    "serveranswers": (INDEPENDENT + SHORT_SERVER, DRIPS, [(0.1, b"x")]),
    "serverdrips": (INDEPENDENT + SHORT_SERVER, DRIPS, DRIPS),
    "even": (INDEPENDENT + "timeout client 600ms; timeout server 600ms; ", DRIPS, []),
    "tunnel": (INDEPENDENT + TUNNEL, [], DRIPS),
    "clientfin": (INDEPENDENT + SHORT_SERVER + "timeout server-fin 300ms; ", [(0.1, "fin")], DRIPS),
    "off": (SHORT_CLIENT, [], DRIPS + [(1.4, "fin")]),
})


@case(OWN_CFG, OWN_STUBS, must=["cD", "sD"])
def sides_that_count_their_own_bytes_only(env):
    """option independent-streams: what a side is sent does not excuse its silence."""
    each(env, **OWN_PLAYS)


HALF = TIMES + """
frontend front
    bind 127.0.0.1:[[front]]
    option independent-streams
    timeout client 400ms
    default_backend plain
frontend back
    bind 127.0.0.1:[[back]]
    timeout client 400ms
    default_backend own
frontend frontserver
    bind 127.0.0.1:[[frontserver]]
    option independent-streams
    default_backend short
frontend backserver
    bind 127.0.0.1:[[backserver]]
    default_backend ownshort
backend plain
    server s 127.0.0.1:[[s]]
backend own
    option independent-streams
    server s 127.0.0.1:[[s]]
backend short
    timeout server 400ms
    server s 127.0.0.1:[[quiet]]
backend ownshort
    option independent-streams
    timeout server 400ms
    server s 127.0.0.1:[[quiet]]
"""


@case(HALF, {"s": plays(*DRIPS, (1.4, "fin")), "quiet": QUIET}, must=["cD", "sD"])
def each_side_has_its_own_option(env):
    """The frontend's is about the client, the backend's about the server."""
    drips = plays(*DRIPS, (1.4, "fin"))
    each(env, front=QUIET, back=QUIET, frontserver=drips, backserver=drips)


WAIT = "tcp-request inspect-delay 500ms; tcp-request content accept if WAIT_END; "
WAIT_CFG, WAIT_STUBS, WAIT_PLAYS = table({
    "silent": (WAIT + "timeout client 800ms; timeout server 1500ms", [], []),
    "byte": (WAIT + "timeout client 800ms; timeout server 1500ms", [(0.2, b"x")], []),
    "answer": (WAIT + "timeout client 800ms; timeout server 1500ms", [], [(0.1, b"x")]),
    "tunnel": (WAIT + "timeout client 800ms; timeout server 1500ms; timeout tunnel 700ms", [], []),
    "server": (WAIT + "timeout client 1500ms; timeout server 600ms", [], []),
})


@case(WAIT_CFG, WAIT_STUBS, must=["silent/s ~50\\d|silent/s ~[56]\\d\\dms~", "FIN at ~[23]\\d\\dms~"])
def after_an_inspection(env):
    """The client's clock runs since the accept or its last byte, the server's since the connect."""
    each(env, **WAIT_PLAYS)


BLOCKED = pairs(TIMES, clientcc=SHORT_CLIENT + "server s @", clientss=SHORT_SERVER + "server s @", servercc=SHORT_CLIENT + "server s @",
                serverss=SHORT_SERVER + "server s @")


def floods(peer):
    """Sends without reading, until nothing more goes."""
    end = time.monotonic() + 2.0
    peer.sock.settimeout(0.1)
    while time.monotonic() < end:
        try:
            peer.sock.send(b"f" * 65536)
        except TimeoutError:
            continue
        except OSError:
            return


def deaf(peer):
    peer.gone.wait(2.0)


BLOCKED_OWN = pairs(TIMES, **{name: NOLINGER + (INDEPENDENT if name.endswith("own") else "") + (SHORT_CLIENT if name.startswith("c") else SHORT_SERVER) + "server s @"
                              for name in ("client", "clientown", "server", "serverown")})


@case(BLOCKED_OWN, servers(client=floods, clientown=floods, server=deaf, serverown=deaf), must=["cD", "sD"])
def a_side_that_does_not_read_without_linger(env):
    env.hide(r"(/~\d+ms~) \d+ (?=[cs]D)", r"\1 bytes ")
    each(env, client=deaf, clientown=deaf, server=floods, serverown=floods)


@case(BLOCKED, servers(clientcc=floods, clientss=floods, servercc=deaf, serverss=deaf), must=["cD", "sD"])
def a_side_that_does_not_read(env):
    """Bytes that wait for one side are that side's fault: its limit ends it all, the other one's does not count."""
    env.hide(r"(/~\d+ms~) \d+ (?=[cs]D)", r"\1 bytes ")
    each(env, clientcc=deaf, clientss=deaf, servercc=floods, serverss=floods)
