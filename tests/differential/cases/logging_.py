"""Session log lines in every format and to every kind of destination."""

import os
import re

from harness import DEFAULTS, answering, case

TAIL = DEFAULTS + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""


def to(*lines):
    return "global\n    nbthread 1\n" + "".join(f"    {line}\n" for line in lines) + TAIL


def ask(env, to="fe"):
    c = env.client(to)
    c.send(b"line\n").recv_line()
    c.shut().to_end()


FORMATS = ("raw", "rfc3164", "rfc5424", "short", "timed", "iso", "priority", "local")
S = {"s": answering()}


@case(to(*[f"log [[udp]] format {name} local{index}" for index, name in enumerate(FORMATS)]), S, must=[r"<134>|<142>"])
def formats_over_udp(env):
    ask(env)
    env.logs(len(FORMATS))


@case(to("log [[log]] local3"), S, must=["<158>DATE"])
def unix_socket(env):
    ask(env)
    env.logs(1)


@case(to("log [[udp]] local0", "log-tag door", "log-send-hostname gateway"), S, must=["gateway door"])
def tag_and_hostname(env):
    env.hide(r"door\[\d+\]", "door[PID]")
    ask(env)
    env.logs(1)


@case(to("log [[udp]] len 80 local0", "log [[log]] local1 notice"), S)
def length_and_level(env):
    """Where the line is cut depends on the process id's length, so the length itself is compared."""
    ask(env)
    env.logs(1)
    env.note(f"length {len(env.sink.lines[0])}")
    env.hide(r"TAG\[PID\]: .*", "TAG[PID]")


@case(to("log stdout format raw local0"), S, must=["fe fe/s"])
def standard_output(env):
    ask(env)
    env.wait_output(env.out, "fe fe/s")
    _note_file(env, env.out)


@case(to("log stdout format short local0 info", "log stderr format rfc5424 local1"), S, must=["<6>", "<142>|<14"])
def both_standard_descriptors(env):
    ask(env)
    env.wait_output(env.out, "fe fe/s")
    env.wait_output(env.err, "fe fe/s")
    _note_file(env, env.out)
    _note_file(env, env.err)


def _note_file(env, path):
    import logs
    for line in env.text_of(path).splitlines():
        if "fe fe/s" in line:
            env.note(f"{os.path.basename(path)}: {logs.normalised(line)}")


CUSTOM = """global
    nbthread 1
    log [[udp]] local0
defaults
    mode tcp
    log global
    timeout connect 1s
    timeout client 1s
    timeout server 1s
    log-format "ci=%ci cp=%cp fi=%fi fp=%fp bi=%bi si=%si sp=%sp ft=%ft f=%f b=%b s=%s B=%B U=%U ts=%ts pid=x rt=%rt T=%{+Q}[src] q=%[dst_port] Tt=%Tt/ %%"
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""


@case(CUSTOM, S, must=["ft=fe f=fe b=fe s=s B=5 U=5"])
def own_format(env):
    env.hide(r"rt=\d+", "rt=N")
    env.hide(r"Tt=(\d+)/", r"Tt=~\1ms~/")
    ask(env)
    env.logs(1)


@case(to("log [[udp]] local0", "log [[udp]] local0 emerg", "log [[dir]]/absent local1").replace("listen fe", "listen fe\n    log global\n    log fd@77 local0"), S,
      must=["stderr: .ALERT.*logger #2: No such file or directory .errno=2", "1 word"])
def a_target_that_cannot_be_written(env):
    """Is mentioned once, whatever number of lines and targets are lost."""
    for count in (1, 2, 3):
        ask(env)
        env.logs(count)
    env.wait_output(env.err, "ALERT")
    words = [line for line in env.text_of(env.err).splitlines() if "writev" in line]
    env.note(f"{len(words)} word")
    env.note("stderr: " + re.sub(r"\(\d+\)", "(PID)", words[0]))


@case(to("log [[udp]] local0").replace("listen fe", "listen fe\n    log [[udp]] local1\n    log global\n    log [[udp]] local1"), S, must=["<142>", "<134>"])
def global_targets_are_taken_once(env):
    """Whatever number of sections and lines ask for them; a target that is written twice gets two lines."""
    ask(env)
    env.logs(3)
    env.client("fe").shut().to_end()  # what came too often is here when this one's lines are
    env.logs(6)


COUNTERS = CUSTOM[:CUSTOM.index("    log-format")] + "    log-format \"%f lc=%lc rt=%rt n=%[var(proc.n)]\"\nbackend b\n    server s 127.0.0.1:[[s]]\n"
COUNTED = """frontend {0}
    bind 127.0.0.1:[[{0}]] {1}
    {2}
    tcp-request session set-var(proc.n) int(10) if !{{ var(proc.n) -m found }}
    tcp-request session set-var(proc.n) var(proc.n),add(1)
    default_backend b
"""


@case(COUNTERS + COUNTED.format("one", "", "log [[udp]] local1") + COUNTED.format("px", "accept-proxy", "option dontlog-normal") + COUNTED.format("two", "", ""), S,
      must=["one lc=0 rt=0 n=11", "one lc=1 rt=1 n=12", "two lc=0 rt=3 n=14", "two lc=1 rt=4 n=15"])
def counters_of_lines_and_streams(env):
    """%lc counts a frontend's lines, not its sessions or targets; proc. variables belong to all."""
    for count in (2, 4):
        ask(env, "one")
        env.logs(count)
    env.client("px").send(b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nx\n").recv_line()
    env.client("px").send(b"nonsense, no header\r\n").to_end()
    env.logs(5)
    for count in (6, 7):
        ask(env, "two")
        env.logs(count)


@case(to("log [[udp]] local0").replace("option tcplog", "").replace("    server", "    bind unix@[[dir]]/fe.sock\n    server"), S, must=["Connect from 127.0.0.1:<c1> to 127.0.0.1:<fe> .fe/TCP.", "Connect to unix:2"])
def format_without_option(env):
    ask(env)
    env.logs(1)
    c = env.client(path=os.path.join(env.dir, "fe.sock"))
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.logs(2)


@case(to("log [[udp]] local0").replace("log global", "").replace("listen fe", "listen fe\n    log [[log]] daemon\n    log [[udp]] user"), S, must=["<30>", "<14>"])
def targets_of_a_proxy(env):
    env.sorted = True
    ask(env)
    env.logs(2)
