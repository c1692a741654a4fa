"""Every variable that a TCP log format may have, in sessions of several kinds."""

import os

from harness import DEFAULTS, answering, case

# Those that are numbers of other things than this session are shown by their presence.
NAMES = ("B H ID ST Tc Td Th Tt Tu Tw U ac b bc bi bp bq ci cp f fc fi fp ft hr hs hrl hsl lc ms o pid rc rt s sc si sp sq "
         "sslc sslv t T Ts Tl ts tsc").split()
TIMES = {"Tc", "Td", "Th", "Tt", "Tu", "Tw"}
HIDDEN = {"pid": r"\d+", "ms": r"\d{3}", "t": r"\d+/\w+/\d+:[\d:.]+", "T": r"\d+/\w+/\d+:[\d:]+ \+0000", "Ts": r"\d{10}",
          "bp": r"[1-9]\d*", "Tl": r"\d+/\w+/\d+:[\d:]+ [+-]\d{4}", "H": r"[\w.-]+", "rt": r"\d+"}


def fields(flags=""):
    return " ".join(f"{name}=%{flags}{name};" for name in NAMES if name != "o")


TEXT = """global
    nbthread 1
    log [[udp]] len 8000 local0
""" + DEFAULTS.replace("option tcplog", "") + """
frontend fe
    bind 127.0.0.1:[[fe]] name door
    bind unix@[[dir]]/fe.sock
    bind 127.0.0.1:[[proxied]] accept-proxy
    unique-id-format %ci-%cp
    {more}
    log-format "{format}"
    default_backend be
    use_backend dead if {{ dst_port [[dead]] }}
    use_backend none if {{ dst_port [[none]] }}
    bind 127.0.0.1:[[dead]]
    bind 127.0.0.1:[[none]]
backend be
    server s 127.0.0.1:[[s]]
backend dead
    retries 1
    timeout connect 100ms
    server nobody 127.0.0.1:[[nobody]]
backend none
"""


def text(flags="", more=""):
    return TEXT.format(format=fields(flags), more=more)


def hide(env):
    for name, pattern in HIDDEN.items():
        env.hide(rf"(?<![\w%]){name}={pattern};", f"{name}=SHOWN;")
    for name in TIMES:
        env.hide(rf"(?<![\w%]){name}=(\d+);", rf"{name}=~\1ms~;")


def served(env, count, **how):
    c = env.client(**how)
    if how.get("to") == "proxied":
        c.send(b"PROXY TCP4 192.0.2.7 192.0.2.8 77 88\r\n")
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.logs(count)


S = {"s": answering()}


@case(text(), S, must=["B=5; H=SHOWN; ID=127.0.0.1-", "s=s; sc=0; si=127.0.0.1; sp=", "ts=--"])
def a_session_to_its_end(env):
    hide(env)
    served(env, 1)


@case(text("{+Q,+E}"), S, must=['B="5"|B=5'])
def with_flags(env):
    hide(env)
    for name, pattern in HIDDEN.items():
        env.hide(rf'(?<![\w%]){name}="{pattern}";', f'{name}="SHOWN";')
    for name in TIMES:
        env.hide(rf'(?<![\w%]){name}="?(\d+)"?;', rf"{name}=~\1ms~;")
    served(env, 1)


@case(text(), S, must=["ci=unix|ci=-|ci="])
def a_client_of_a_unix_socket(env):
    hide(env)
    served(env, 1, path=os.path.join(env.dir, "fe.sock"))


@case(text(), S, must=["ci=192.0.2.7; cp=77;"])
def behind_a_proxy_header(env):
    hide(env)
    served(env, 1, to="proxied")


@case(text(), S, must=["ts=SC", "s=nobody"])
def a_server_that_refuses(env):
    hide(env)
    env.client(to="dead").to_end()
    env.logs(1)


@case(text(), S, must=["ts=SC", "s=<NOSRV>"])
def no_server_at_all(env):
    hide(env)
    env.client(to="none").to_end()
    env.logs(1)


CAPTURES = "declare capture request len 8\n    declare capture response len 8\n    tcp-request inspect-delay 3s\n    tcp-request content capture req.len len 4\n" \
           "    tcp-request content accept if { req.len ge 5 }"


@case(text(more=CAPTURES), S, must=["hr=\\{.*5\\}; hs=\\{\\};"])
def captured_values(env):
    hide(env)
    served(env, 1)


@case(text(more="tcp-request content reject"), S, must=["ts=PR", "b=fe; .*s=<NOSRV>"])
def a_session_that_is_refused(env):
    hide(env)
    env.client().to_end()
    env.logs(1)


@case(text(more="option logasap"), S, must=[r"B=\+0; "])
def a_line_that_is_written_early(env):
    hide(env)
    for name in TIMES:
        env.hide(rf"(?<![\w%]){name}=\+(\d+);", rf"{name}=+~\1ms~;")
    served(env, 1)
