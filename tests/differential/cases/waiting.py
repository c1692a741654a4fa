"""When content rules wait, and what an undecided condition becomes at the end of the delay."""

import time

from harness import BASE, DEFAULTS, GLOBAL, case, greeter, recorder

DELAY = "tcp-request inspect-delay 600ms"
TAIL = """
backend app
    server app 127.0.0.1:[[app]]
"""
APP = {"app": greeter(b"served\n")}


def frontend(name, *lines):
    """A frontend of its own per row, so that the rows can run side by side."""
    return "\n".join([f"frontend {name}", f"    bind 127.0.0.1:[[{name}]]", *["    " + line for line in lines],
                      "    default_backend app", ""])


def rejecting(conditions, delay=DELAY):
    return BASE + "".join(frontend(name, delay, f"tcp-request content reject {condition}")
                          for name, condition in conditions.items()) + TAIL


def run(env, frontend_name, row, parts, pause=0.3, fin=False):
    """Sends the parts; either the server's greeting or the end comes, at a certain time."""
    c = env.client(frontend_name, name=f"{frontend_name} {row}")
    c.send_parts(parts, pause)
    if fin:
        c.shut()
    c.recv_line()
    if not c.ended:
        c.shut().to_end()


def all_rows(env, rows):
    env.parallel(*[lambda row=row: run(env, *row[:3], **(row[3] if len(row) > 3 else {})) for row in rows])
    env.logs(len(rows))


LEN = {"ge5": "if { req.len ge 5 }", "lt5": "if { req.len lt 5 }", "not5": "if !{ req.len ge 5 }", "unless5": "unless { req.len ge 5 }",
       "gt10": "if { req.len gt 10 }"}


@case(rejecting(LEN), APP, must=["PR", "app/app 60\\d|app/app ~[6-9]\\d\\dms~"])
def lengths(env):
    all_rows(env, [
        ("ge5", "in pieces", [b"abc", b"def"]), ("ge5", "three", [b"abc"]), ("ge5", "three and FIN", [b"abc"], {"fin": True}),
        ("ge5", "only FIN", [b""], {"fin": True}), ("ge5", "silent", [b""]), ("ge5", "five", [b"abcde"]),
        ("lt5", "three", [b"abc"]), ("lt5", "silent", [b""]),
        ("not5", "three", [b"abc"]), ("not5", "seven", [b"abcdefg"]), ("not5", "late", [b"abc", b"defg"]),
        ("unless5", "three", [b"abc"]), ("unless5", "seven", [b"abcdefg"]),
        ("gt10", "pieces", [b"abc", b"def", b"ghijkl"], {"pause": 0.15}), ("gt10", "three pieces short", [b"abc", b"def", b"ghi"], {"pause": 0.15}),
    ])


SHORTER = rejecting(LEN).replace("tcp-request content", "tcp-request content set-var(txn.seen) int(1) if { req.len ge 1 }\n    tcp-request content")


@case(SHORTER, APP, must=["~[6-9]\\d\\dms~"])
def a_short_buffer_may_still_grow(env):
    all_rows(env, [("lt5", "three", [b"abc"]), ("lt5", "seven", [b"abcdefg"]), ("lt5", "silent", [b""])])


BOTH = {"unknownand": "if { req.len ge 5 } { src 9.9.9.9 }", "andunknown": "if { src 9.9.9.9 } { req.len ge 5 }",
        "trueand": "if { src 127.0.0.0/8 } { req.len ge 5 }", "andtrue": "if { req.len ge 5 } { src 127.0.0.0/8 }",
        "orright": "if { req.len ge 5 } or { src 127.0.0.1 }", "orleft": "if { src 127.0.0.1 } or { req.len ge 5 }",
        "orfalse": "if { src 9.9.9.9 } or { req.len ge 5 }", "orfalse2": "if { req.len ge 5 } || { src 9.9.9.9 }",
        "notand": "if !{ req.len ge 5 } { src 127.0.0.1 }", "andnot": "if { src 127.0.0.1 } !{ req.len ge 5 }",
        "notandfalse": "if !{ req.len ge 5 } { src 9.9.9.9 }", "mixed": "if { src 9.9.9.9 } { req.len ge 5 } or { req.len ge 5 } TRUE"}


@case(rejecting(BOTH), APP, must=["PR", "app/app"])
def two_terms_with_one_unknown(env):
    all_rows(env, [(name, "three", [b"abc"]) for name in BOTH])


@case(rejecting(BOTH), APP, must=["PR", "app/app"])
def two_terms_that_become_known(env):
    all_rows(env, [(name, "then four", [b"abc", b"defg"]) for name in BOTH])


@case(rejecting(BOTH, ""), APP)
def without_a_delay_everything_is_final(env):
    all_rows(env, [(name, "silent", [b""]) for name in BOTH])


PREDEFINED = {"true": "if TRUE", "false": "if FALSE", "localhost": "if LOCALHOST", "content": "if REQ_CONTENT", "waitend": "if WAIT_END",
              "notcontent": "if !REQ_CONTENT", "http": "if HTTP", "waitandtrue": "if WAIT_END TRUE", "nothttp": "if !HTTP",
              "always": "if { always_true }", "never": "if { always_false }", "waitfetch": "if { wait_end }"}


@case(rejecting(PREDEFINED), APP)
def predefined_acls_silent_client(env):
    all_rows(env, [(name, "silent", [b""]) for name in PREDEFINED])


@case(rejecting(PREDEFINED), APP)
def predefined_acls_three_bytes(env):
    all_rows(env, [(name, "bytes", [b"abc"]) for name in PREDEFINED] +
             [("waitend", "bytes FIN", [b"abc"], {"fin": True}), ("http", "request", [b"GET / HTTP/1.0\r\n\r\n"])])


SHADOW = rejecting({"shadow": "if TRUE"}).replace("tcp-request content reject", "acl TRUE src 9.9.9.9\n    tcp-request content reject")


@case(SHADOW, APP)
def own_acl_replaces_a_predefined_one(env):
    all_rows(env, [("shadow", "silent", [b""])])


FULL = BASE + frontend("full", "tcp-request inspect-delay 2s", "tcp-request content reject if { req.len gt 15360 }",
                       "tcp-request content accept if { req.len gt 20000 }") + """
backend app
    server app 127.0.0.1:[[app]]
"""


@case(FULL, {"app": recorder(b"got it\n")}, must=["20000 bytes|15360 bytes"])
def a_full_buffer_decides(env):
    c = env.client("full")
    c.send(b"x" * 20000)
    c.silence(0.4)
    c.shut().to_end()
    env.logs(1)


COUNTING = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 700ms
    tcp-request content set-var(txn.n) int(0) if !{ var(txn.n) -m found }
    tcp-request content set-var(txn.n) var(txn.n),add(1)
    tcp-request content accept if { req.len ge 6 }
    use_backend b%[var(txn.n)]
    default_backend b0
""" + "".join(f"backend b{n}\n    server s 127.0.0.1:[[b{n}]]\n" for n in range(6))


@case(COUNTING, {f"b{n}": greeter(f"b{n}\n".encode()) for n in range(6)}, must=["b[2345]/s"])
def rules_run_again_at_each_wakeup(env):
    rows = {"at once": [b"abcdef"], "two late": [b"", b"abc", b"def"], "three late": [b"", b"ab", b"cd", b"ef"], "never": [b""], "one": [b"", b"abc"]}

    def ask(name, parts):
        c = env.client(name=name)
        time.sleep(0.05)
        c.send_parts(parts, 0.12)
        c.recv_line()
        c.shut().to_end()
    env.parallel(*[lambda name=name, parts=parts: ask(name, parts) for name, parts in rows.items()])
    env.logs(len(rows))


NAMED = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 500ms
    tcp-request content accept if { req.len ge 3 }
    use_backend %[req.payload(0,3)]
    use_backend cold if { always_true }
    default_backend cold
backend abc
    server s 127.0.0.1:[[abc]]
backend cold
    server s 127.0.0.1:[[cold]]
"""


@case(NAMED, {"abc": greeter(b"abc\n"), "cold": greeter(b"cold\n")}, must=["fe abc/s", "fe cold/s"])
def computed_backend_names(env):
    def ask(name, data):
        c = env.client(name=name)
        c.send(data).recv_line()
        c.shut().to_end()
    env.parallel(lambda: ask("known", b"abc"), lambda: ask("unknown", b"xyz"), lambda: ask("nothing", b""), lambda: ask("long", b"abcdef"))
    env.logs(4)


TWO_DELAYS = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 400ms
    tcp-request content accept if { req.len ge 5 }
    default_backend be
backend be
    tcp-request inspect-delay 500ms
    tcp-request content reject if { req.len ge 7 }
    server app 127.0.0.1:[[app]]
"""


@case(TWO_DELAYS, APP, must=["~(9|1\\d)\\d\\dms~"])
def frontend_and_backend_wait_one_after_the_other(env):
    def ask(name, parts, pause):
        c = env.client(name=name)
        c.send_parts(parts, pause)
        c.recv_line()
        if not c.ended:
            c.shut().to_end()
    env.parallel(lambda: ask("silent", [b""], 0), lambda: ask("five", [b"abcde"], 0), lambda: ask("seven", [b"abcdefg"], 0),
                 lambda: ask("three and four", [b"abc", b"defg"], 0.2), lambda: ask("late seven", [b"abc", b"defg"], 0.65))
    env.logs(5)


RACE = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 2s
    use_backend has if { req.len ge 3 }
    default_backend app
backend has
    server s 127.0.0.1:[[has]]
""" + TAIL


@case(RACE, APP | {"has": greeter(b"has\n")}, must=["fe app/app ~\\d\\d?ms~"])
def use_backend_does_not_wait(env):
    c = env.client()
    time.sleep(0.15)
    c.send(b"abcd").recv_line()
    c.shut().to_end()
    env.logs(1)


LEVELS = BASE + """
frontend conn
    bind 127.0.0.1:[[conn]]
    tcp-request connection reject if { src 127.0.0.9 }
    tcp-request connection accept if { src 127.0.0.8 }
    tcp-request connection reject if { src 127.0.0.7 127.0.0.8 }
    default_backend app
frontend sess
    bind 127.0.0.1:[[sess]]
    tcp-request session reject if { src 127.0.0.9 }
    tcp-request session accept if { src 127.0.0.0/29 }
    tcp-request session reject
    default_backend app
frontend cont
    bind 127.0.0.1:[[cont]]
    tcp-request content reject if { src 127.0.0.9 }
    tcp-request content accept if { src,ipmask(29) 127.0.0.0 }
    tcp-request content reject
    default_backend app
""" + TAIL


@case(LEVELS, APP, must=["PR", "app/app"])
def rules_of_the_three_levels(env):
    def ask(front, last):
        c = env.client(front, name=f"{front} from {last}", src=f"127.0.0.{last}")
        c.recv_line()
        if not c.ended:
            c.shut().to_end()
    env.parallel(*[lambda front=front, last=last: ask(front, last) for front in ("conn", "sess", "cont") for last in (2, 7, 8, 9)])
    env.logs(8)


PAYLOAD = rejecting({"p22": "if { req.payload(2,2) -m str cd }", "lv": "if { payload_lv(0,1) -m str abc }", "zero": "if { req.payload(0,0) -m beg ab }",
                     "found": "if { req.payload(0,0) -m found }", "huge": "if { payload(0,17000) -m found }", "sub": "if { req.payload(0,6) -m sub -i CD }",
                     "len": "if { payload(0,4) -m len 4 }", "hex": "if { payload(0,2),hex 6162 }"})


@case(PAYLOAD, APP, must=["PR"])
def payload_fetches(env):
    all_rows(env, [("p22", "in pieces", [b"abc", b"de"]), ("p22", "other", [b"abxx"]), ("p22", "short", [b"abc"]),
                   ("lv", "whole", [b"\x03abc"]), ("lv", "in pieces", [b"\x03a", b"bc"]), ("lv", "short", [b"\x09abc"]), ("lv", "other", [b"\x03xyz"]),
                   ("zero", "begins", [b"ab"]), ("zero", "other", [b"xx"]), ("zero", "silent", [b""]), ("found", "silent", [b""]), ("found", "byte", [b"a"]),
                   ("huge", "bytes", [b"abc"]), ("sub", "inside", [b"abCdef"]), ("sub", "no", [b"abxdef"]), ("len", "four", [b"abcd"]), ("len", "three", [b"abc"]),
                   ("hex", "yes", [b"ab"]), ("hex", "no", [b"xy"])])
