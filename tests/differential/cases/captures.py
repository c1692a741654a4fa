"""Samples that rules and converters put into capture slots, and what log lines and later rules see of them."""

from harness import BASE, case, greeter
from rows import each, pairs, servers

SHOWN = BASE.replace("option tcplog", "log-format \"%ft %b/%s %ts hr=%hr hs=%hs hrl=%hrl hsl=%hsl q=%{+Q}hr 0=%[capture.req.hdr(0)] 1=%[capture.req.hdr(1)] r=%[capture.res.hdr(0)] v=%[var(txn.v)]\"")
WAIT = "tcp-request inspect-delay 1s; tcp-request content reject if !{ req.len ge 5 };"

ROWS = {
    "none": "server s @",
    "one": f"{WAIT} tcp-request content capture req.payload(0,5) len 3; server s @",
    "two": f"{WAIT} tcp-request content capture src len 20; tcp-request content capture req.len len 2; server s @",
    "unset": f"{WAIT} tcp-request content capture var(txn.none) len 3; tcp-request content capture req.payload(0,2) len 3; server s @",
    "twice": "tcp-request content capture str(first) len 9 if { always_true }; tcp-request content capture str(second) len 9; server s @",
    "skipped": "tcp-request content capture str(first) len 9 if { always_false }; tcp-request content capture str(second) len 9; server s @",
    "used": f"{WAIT} tcp-request content capture req.payload(0,4) len 5; tcp-request content set-var(txn.v) capture.req.hdr(0); server s @",
    "rejected": f"{WAIT} tcp-request content capture req.payload(0,4) len 5; tcp-request content reject if {{ capture.req.hdr(0) line }}; server s @",
    "declared": "declare capture request len 4; tcp-request content set-var(txn.v) str(abcdef),capture-req(0); server s @",
    "response": "declare capture response len 4; tcp-request content set-var(txn.v) str(abcdef),capture-res(0); server s @",
    "answered": "declare capture response len 4; tcp-response content set-var(txn.v) str(abcdef),capture-res(0); server s @",
    "both": "declare capture request len 4; declare capture response len 9; tcp-request content capture str(x) len 5;"
            " tcp-request content set-var(txn.v) str(abcdef),capture-req(0),capture-res(0); server s @",
    "outside": "declare capture request len 4; tcp-request content set-var(txn.v) str(abcdef),capture-req(7); server s @",
    "replaced": "declare capture request len 4; tcp-request content set-var(txn.v) str(abcdef),capture-req(0);"
                " tcp-request content set-var(txn.v) str(x),capture-req(0); server s @",
    "odd": "tcp-request content capture str(a|b{c}) len 20; server s @",
    "binary": "tcp-request content capture bin(6100ff0a62) len 20; server s @",
    "empty": "tcp-request content capture str(a),bytes(5) len 20; server s @",
    "early": "declare capture request len 8; tcp-request session set-var(sess.x) str(early),capture-req(0); server s @",
}


def speak(c):
    c.send(b"line\n")
    c.recv_line()
    if not c.ended:
        c.shut().to_end()


@case(pairs(SHOWN, **ROWS), servers(**{name: greeter(b"hi\n") for name in ROWS}), must=["hr=\\{lin\\}"])
def what_is_kept(env):
    each(env, **{name: speak for name in ROWS})


WRITTEN = BASE.replace("option tcplog", "log-format \"%ft hr=%hr hrl=%hrl Q=%{+Q}hr Ql=%{+Q}hrl E=%{+E}hr El=%{+E}hrl X=%{+X}hr hs=%hs\"")
TEXTS = {
    "spaces": "tcp-request content capture str('a b  c') len 20; server s @",
    "quotes": "tcp-request content capture 'bin(22235b5d5c27)' len 20; server s @",
    "letters": "tcp-request content capture bin(c3a9ff7f01) len 20; server s @",
    "number": "tcp-request content capture int(12345) len 3; tcp-request content capture always_true len 3; server s @",
    "address": "tcp-request content capture src len 300; tcp-request content capture str(a),bytes(5) len 5; server s @",
    "header": "capture request header host len 5; tcp-request content capture str(x) len 3; capture response header server len 3; server s @",
    "slots": "declare capture request len 4; declare capture request len 5; declare capture response len 4; server s @",
}


@case(pairs(WRITTEN, **TEXTS), servers(**{name: greeter(b"hi\n") for name in TEXTS}), must=["hr=\\{a b"])
def how_they_are_written(env):
    each(env, **{name: speak for name in TEXTS})


PLACES = SHOWN + """
frontend fe
    bind 127.0.0.1:[[fe]]
    declare capture request len 10
    declare capture response len 10
    tcp-request content set-var(txn.v) str(front),capture-req(0)
    default_backend be
frontend none
    bind 127.0.0.1:[[none]]
    default_backend be
backend be
    tcp-request content set-var(txn.v) str(back),capture-req(0) if { src 127.0.0.2 }
    tcp-response inspect-delay 1s
    tcp-response content set-var(txn.v) res.payload(0,2),capture-res(0) if { res.len ge 2 }
    server s 127.0.0.1:[[s]]
"""


@case(PLACES, {"s": greeter(b"hi\n")}, must=["hs=\\{hi\\}"])
def in_frontends_and_backends(env):
    for number, (name, src) in enumerate([("fe", "127.0.0.1"), ("fe", "127.0.0.2"), ("none", "127.0.0.2")], 1):
        c = env.client(name, src=src)
        speak(c)
        env.logs(number)
