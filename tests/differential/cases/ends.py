"""How sessions end: termination states, half-closes, timeouts, resets, and what each side sees of it."""

import socket
import time

from harness import BASE, GLOBAL, answering, case, closer, greeter, recorder, resetter, silent
from rows import each, pairs, servers

TIMES = GLOBAL + """
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 300ms
    timeout client 5s
    timeout server 5s
    retries 1
"""


def to_end(client):
    client.to_end()


def fin_then_end(client):
    """The FIN comes when the server is certainly connected: before that it would abort the connection."""
    client.silence(0.15)
    client.shut().to_end()


def to_end_then_fin(client):
    client.to_end()
    client.shut()


def pause_then_reset(client):
    client.silence(0.3)
    client.reset()


NORMAL = pairs(TIMES, fin="server s @", sfin="server s @", both="server s @", nothing="server s @", big="server s @", bigup="server s @")


@case(NORMAL, servers(fin=recorder(b"bye\n"), sfin=closer(b"done\n"), both=answering(), nothing=silent(), big=closer(b"z" * 300000),
                      bigup=recorder(b"got it")), must=["sfin/s .* --", "300000 bytes"])
def normal_ends(env):
    each(env, fin=lambda c: c.send(b"hello").shut().to_end(), sfin=to_end_then_fin, nothing=lambda c: (c.silence(0.2), c.close()),
         both=lambda c: (c.send(b"x\n").recv_line(), c.shut().to_end()), big=to_end,
         bigup=lambda c: c.send(b"u" * 300000).shut().to_end())


IDLE = pairs(TIMES, cto="timeout client 500ms; server s @", sto="timeout server 500ms; server s @", both="timeout client 500ms; timeout server 500ms; server s @",
             tunnel="timeout tunnel 400ms; server s @", talk="timeout client 600ms; timeout server 600ms; server s @")


def talkative(peer):
    for _ in range(3):
        time.sleep(0.35)
        peer.send(b"tick\n")
    peer.to_end()


@case(IDLE, servers(cto=silent(), sto=silent(), both=silent(), tunnel=silent(), talk=talkative), must=["cD", "sD", "~1[6-9]\\d\\dms~"])
def idle_timeouts(env):
    each(env, cto=to_end, sto=to_end, both=to_end, tunnel=to_end, talk=to_end)


HALF = pairs(TIMES, cs="timeout server 600ms; server s @", csf="timeout server 2s; timeout server-fin 400ms; server s @",
             cst="timeout tunnel 900ms; timeout server 400ms; server s @", ccf="timeout server 700ms; timeout client-fin 300ms; server s @",
             sc="timeout client 600ms; server s @", scf="timeout client 2s; timeout client-fin 400ms; server s @",
             ssf="timeout client 700ms; timeout server-fin 300ms; server s @")


def keeps_open(peer):
    peer.to_end()
    time.sleep(1.3)  # the server does not answer the client's FIN


@case(HALF, servers(cs=keeps_open, csf=keeps_open, cst=keeps_open, ccf=keeps_open, sc=closer(b"x"), scf=closer(b"x"), ssf=closer(b"x")), must=["cD", "sD"])
def half_closed_and_silent(env):
    each(env, cs=fin_then_end, csf=fin_then_end, cst=fin_then_end, ccf=fin_then_end, sc=_read_until_both_ends, scf=_read_until_both_ends,
         ssf=_read_until_both_ends)


def _read_until_both_ends(client):
    client.to_end()
    time.sleep(0.9)  # the client does not answer the server's FIN
    client.close()


AFTER_FIN = pairs(TIMES, up="server s @", down="server s @")


def late_answer(peer):
    peer.to_end()
    time.sleep(0.3)
    peer.send(b"late answer\n")


def fin_first(peer):
    peer.send(b"all\n")
    peer.shut()
    peer.to_end()


@case(AFTER_FIN, servers(up=late_answer, down=fin_first), must=["late answer", "one", "two"])
def the_other_direction_goes_on(env):
    def speaks_after_end(client):
        client.to_end()
        time.sleep(0.3)
        client.ended = None
        client.send(b"one").send(b"two").shut()
    each(env, up=lambda c: c.send(b"question").shut().to_end(), down=speaks_after_end)


RESETS = pairs(TIMES, client="server s @", server="server s @", serverlate="server s @", unread="server s @", clientdata="server s @")


@case(RESETS, servers(client=silent(), server=resetter(), serverlate=resetter(5), unread=greeter(b"w" * 1000), clientdata=answering()), must=["CD", "SD"])
def resets(env):
    def unread_then_close(client):
        client.sock.recv(1, socket.MSG_PEEK)  # it is there, and stays unread
        time.sleep(0.1)
        client.close()
    each(env, client=pause_then_reset, server=to_end, serverlate=lambda c: c.send(b"12345").to_end(), unread=unread_then_close,
         clientdata=lambda c: (c.send(b"a\n").recv_line(), c.silence(0.2), c.reset()))


REFUSED = pairs(TIMES, refused="server s @", none="retries 0; server s @", disabled="server s @ disabled", redispatch="""balance roundrobin; option redispatch;
                server s1 @; server s2 127.0.0.1:[[alive]]""", zero="server s @ weight 0", retrywait="retries 2; timeout connect 250ms; server s @")


@case(REFUSED + """
frontend nobody
    bind 127.0.0.1:[[nobody]]
""", {"alive": closer(b"alive\n")}, must=["SC", r"\+1", "nobody/<NOSRV>"])
def no_server_to_talk_to(env):
    each(env, refused=to_end, none=to_end, disabled=to_end, redispatch=to_end_then_fin, zero=to_end, retrywait=to_end, nobody=to_end)


DEAD = "balance source; retries 6; timeout connect 120ms; option redispatch {}; server a @; server b @; server c @"
INTERVALS = pairs(TIMES, **{f"n{n}".replace("-", "m"): DEAD.format(n) for n in (1, 2, 3, 4, 0, -1, -2, -3, -5, -9)}, extra=DEAD.format("2x ignored"),
                  text=DEAD.format("x"), again=DEAD.format("2") + "; option redispatch", cycle=DEAD.format("2").replace("source", "roundrobin"))


@case(INTERVALS, must=[r"n1/c .*/6 ", r"cycle/a .*/\+6 "])
def redispatch_intervals(env):
    """Every retry that does not choose anew waits first, so that the time of the end counts them."""
    rows = [*(f"n{n}".replace("-", "m") for n in (1, 2, 3, 4, 0, -1, -2, -3, -5, -9)), "extra", "text", "again", "cycle"]
    each(env, **dict.fromkeys(rows, to_end))


CONNECTING = pairs(TIMES.replace("retries 1", "retries 0"), sc="timeout connect 400ms; server s 127.0.0.1:[[full]]",
                   retries="retries 2; timeout connect 250ms; server s 127.0.0.1:[[full]]", cto="timeout client 300ms; timeout connect 1s; server s 127.0.0.1:[[full]]",
                   fin="timeout connect 1s; server s 127.0.0.1:[[full]]", dataandfin="timeout connect 600ms; server s 127.0.0.1:[[full]]",
                   reset="timeout connect 1s; server s 127.0.0.1:[[full]]")


@case(CONNECTING, start=False, must=["sC", "cC", "CC"])
def while_connecting(env):
    env.full_port("full")
    env.start(CONNECTING)
    each(env, sc=to_end, retries=to_end, cto=to_end, fin=lambda c: (c.silence(0.3), c.shut().to_end()),
         dataandfin=lambda c: (c.send(b"data"), c.silence(0.2), c.shut().to_end()), reset=pause_then_reset)


LATE = pairs(TIMES.replace("retries 1", "retries 0") + "    timeout client 300ms\n    timeout connect 4s\n",
             silent="server s @", talks="server s @", ends="server s @", header="server s @ send-proxy")


def slow_speaker(peer):
    peer.send(b"one\n")
    time.sleep(0.5)  # longer than the client's timeout
    peer.send(b"two\n")
    time.sleep(0.2)
    peer.to_end()


@case(LATE, start=False, must=["cC", "one.*two"])
def a_late_server_and_a_client_given_up(env):
    """The client's timeout passes before the server accepts: it still gets the answer, but is no longer listened to."""
    rows = {"silent": lambda c: None, "talks": lambda c: c.send(b"unheard"), "ends": lambda c: c.shut(), "header": lambda c: None}
    for name in rows:
        env.full_port("srv_" + name)
    env.start(LATE)

    def client(name, act):
        peer = env.client(name, name=name)
        time.sleep(0.5)
        act(peer)
        peer.to_end()

    def relieve():
        time.sleep(0.7)
        for name in rows:
            env.relieve("srv_" + name, slow_speaker)
    env.parallel(relieve, *[lambda name=name, act=act: client(name, act) for name, act in rows.items()])
    env.logs(4)


INSPECT = pairs(TIMES, rej="tcp-request content reject; server s @", cr="tcp-request inspect-delay 2s; tcp-request content accept if { req.len ge 9 }; server s @",
                cto="timeout client 400ms; tcp-request inspect-delay 2s; tcp-request content accept if { req.len ge 9 }; server s @",
                fin="tcp-request inspect-delay 2s; tcp-request content accept if { req.len ge 9 }; server s @",
                conn="tcp-request connection reject; server s @", sess="tcp-request session reject; server s @",
                both="tcp-request connection accept if TRUE; tcp-request session reject; server s @",
                content="tcp-request connection accept if TRUE; tcp-request session accept if TRUE; tcp-request content reject; server s @")


@case(INSPECT, servers(fin=closer(b"end\n")), must=["PR", "CR", "cR", "RST"])
def during_inspection(env):
    each(env, 5, both=to_end, content=to_end, rej=to_end, cr=pause_then_reset, cto=to_end, fin=lambda c: (c.silence(0.3), c.shut().to_end()), conn=to_end, sess=to_end)


SENT = pairs(TIMES, rej="tcp-request inspect-delay 1s; tcp-request content reject if { req.len ge 3 }; server s @", conn="tcp-request connection reject; server s @")


@case(SENT, must=["PR"])
def rejected_after_sending(env):
    each(env, 1, rej=lambda c: c.send(b"abcdef").to_end())


OPTIONS = pairs(TIMES, linger="option nolinger; server s @", lingerserver="option nolinger; server s @", null="option dontlognull; server s @",
                nullserver="option dontlognull; server s @", some="option dontlognull; server s @", normal="option dontlog-normal; server s @",
                error="option dontlog-normal; server s @", asap="option logasap; server s @")


@case(OPTIONS, servers(linger=silent(), lingerserver=closer(b"data\n"), null=silent(), nullserver=closer(b"text\n"), some=recorder(), normal=recorder(b"x"),
                       error=resetter(), asap=answering()), must=["RST", r"\+0"])
def options_about_ends_and_logs(env):
    each(env, 5, linger=lambda c: (c.send(b"abc"), c.silence(0.2), c.shut().to_end()), lingerserver=to_end_then_fin, null=fin_then_close,
         nullserver=fin_then_end, some=lambda c: c.send(b"a").shut().to_end(), normal=lambda c: c.send(b"a").shut().to_end(),
         error=to_end, asap=lambda c: (c.send(b"l\n").recv_line(), c.silence(0.3), c.shut().to_end()))


def fin_then_close(client):
    client.silence(0.2)
    client.close()


ABORT = pairs(TIMES.replace("retries 1", "retries 0"), off="timeout connect 700ms; server s 127.0.0.1:[[full]]",
              on="option abortonclose; timeout connect 700ms; server s 127.0.0.1:[[full]]")


@case(ABORT, start=False, must=["off off/s .* sC", "on on/s .* CC"], expect_shunt=[
    (r"(on on/s \S+)/-1/~\d+ms~ 0 CC", r"\1/-1/~701ms~ 0 sC",
     "with abortonclose a client that sent data and half-closed while connecting is not aborted (as in 3.x; 2.6 aborts, CC)"),
    (r"end: FIN at ~[234]\d\dms~", "end: FIN at ~701ms~", "the same")])
def abortonclose(env):
    env.full_port("full")
    env.start(ABORT)
    each(env, off=data_then_fin, on=data_then_fin)


def data_then_fin(client):
    client.send(b"data")
    client.silence(0.2)
    client.shut().to_end()


QUEUE = pairs(TIMES, timeout="timeout queue 400ms; server s @ maxconn 1", fin="timeout queue 2s; server s @ maxconn 1",
              served="timeout queue 2s; server s @ maxconn 1", datafin="timeout queue 500ms; server s @ maxconn 1")


@case(QUEUE, servers(timeout=greeter(b"hi\n"), fin=greeter(b"hi\n"), served=greeter(b"hi\n"), datafin=greeter(b"hi\n")), must=["sQ", "CQ", "0/1"], later="server maxconn")
def in_the_queue(env):
    def second(name, script, hold):
        first = env.client(name, name=name + " first")
        first.recv_line()
        waiting = env.client(name, name=name + " second")
        script(waiting, first)
        if hold:
            first.shut().to_end()

    def served(waiting, first):
        waiting.silence(0.3)
        first.shut().to_end()
        waiting.recv_line()
        waiting.shut().to_end()
    env.parallel(lambda: second("timeout", lambda w, _: w.to_end(), True), lambda: second("fin", lambda w, _: (w.silence(0.3), w.shut().to_end()), True),
                 lambda: second("served", served, False), lambda: second("datafin", lambda w, _: (w.send(b"x"), w.silence(0.2), w.shut().to_end()), True))
    env.logs(8)


NOREAD = BASE.replace("timeout server 4s", "timeout server 600ms") + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[srv]]
"""


def deaf(peer):
    peer.gone.wait(2.0)


@case(NOREAD, {"srv": deaf}, must=["sD"])
def a_server_that_does_not_read(env):
    c = env.client()
    c.sock.settimeout(0.2)
    try:
        while True:
            c.sock.send(b"u" * 65536)
    except OSError:
        pass
    c.mark().to_end()
    env.hide(r"end: (FIN|RST) at .*", "ended")  # what the client could not send yet makes it the one or the other
    env.logs(1)
