"""Who a process is among peers: -L, `localpeer` and the variable HAPROXY_LOCALPEER, which the file may change on its own."""

import re
import socket

from harness import BASE, case, greeter

HOST = socket.gethostname()
LINES = ("", "localpeer y", "localpeer y\nlocalpeer z", "resetenv PATH", "setenv HAPROXY_LOCALPEER z", "presetenv HAPROXY_LOCALPEER z",
         "setenv HAPROXY_LOCALPEER z\nlocalpeer y", "localpeer y\nsetenv HAPROXY_LOCALPEER z", "resetenv\nlocalpeer y", "localpeer y\nresetenv",
         f"setenv HAPROXY_LOCALPEER {HOST}\nlocalpeer y", "unsetenv HAPROXY_LOCALPEER\npresetenv HAPROXY_LOCALPEER z")
TEXT = """
.notice "peer=${{HAPROXY_LOCALPEER-unset}}"
frontend fe
    mode tcp
    bind 127.0.0.1:1
    timeout client 1s
peers p
    peer {name} 127.0.0.1:10000
backend b
    mode tcp
    timeout connect 1s
    timeout server 1s
    stick-table type ip size 10 peers p
"""


def asked(env, arguments, lines, name):
    """(whether that is this process, the variable)."""
    head = "global\n" + "".join(f"    {line}\n" for line in lines.splitlines())
    done = env.run(["-c", *arguments, "-f", env.file("peers.cfg", head + TEXT.format(name=name))])
    said = done.stdout + done.stderr
    found = re.search(r"peer=([\w.-]+)", said)
    return done.returncode == 0 and "no peer named" not in said, found[1] if found else "?"


def names(label, arguments, candidates):
    def told(env):
        env.hide(re.escape(HOST), "HOST")
        for lines in LINES:
            answers = [(name, *asked(env, arguments, lines, name)) for name in candidates]
            env.note(f"{lines!r}: {' '.join(name for name, own, _ in answers if own)}, the variable is {answers[0][2]}")
    told.__name__, told.__module__ = label, __name__
    case(start=False, must=["the variable is unset"])(told)


names("without_a_flag", [], ["y", "z", HOST])
names("named_by_the_flag", ["-L", "x"], ["x", "y"])
names("the_flag_says_the_host_s_name", ["-L", HOST], [HOST, "y"])


def at_run_time(label, arguments, lines):
    cfg = BASE.replace("global\n", "global\n" + "".join(f"    {line}\n" for line in lines), 1).replace(
        "option tcplog", 'log-format "%s %[env(HAPROXY_LOCALPEER)]"') + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""

    def told(env):
        env.hide(re.escape(HOST), "HOST")
        env.start(cfg, ["-db", *arguments])
        c = env.client()
        c.recv_line()
        c.shut().to_end()
        env.logs(1)
    told.__name__, told.__module__ = label, __name__
    case(cfg, {"s": greeter(b"hi\n")}, start=False, must=["TAG.PID.: s "])(told)


at_run_time("shown", [], ["localpeer y"])
at_run_time("shown_as_the_flag_says", ["-L", "x"], ["localpeer y"])
at_run_time("shown_as_the_host", ["-L", HOST], ["localpeer y"])
at_run_time("shown_as_set", ["-L", "x"], ["setenv HAPROXY_LOCALPEER z", "localpeer y"])
at_run_time("shown_as_reset", [], ["localpeer y", "resetenv PATH"])
