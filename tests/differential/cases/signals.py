"""Signals: soft stop, stop, dump of the servers' states; and what happens to sessions in progress."""

import os
import re
import signal

from harness import BASE, answering, case

CFG = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""
S = {"s": answering()}


def echoes(peer):
    """Answers every line."""
    while peer.recv_line():
        peer.send(b"yes\n")


ECHO = {"s": echoes}


def connected(env):
    """A session that is certainly established: the program's signal handlers are in place by then."""
    c = env.client()
    c.send(b"first\n").recv_line()
    return c


@case(CFG, S, must=["second", "exit 0", "refused|Refused"], life=True)
def soft_stop_lets_a_session_finish(env):
    c = connected(env)
    env.signal(signal.SIGUSR1)
    env.logs(1, "Proxy fe stopped", limit=2)
    env.client(name="too late").recv_line(limit=1)
    c.send(b"second\n")
    c.silence(0.3)
    c.shut().to_end()
    env.wait_exit()


@case(CFG, S, must=["exit 0"], life=True)
def soft_stop_without_sessions(env):
    connected(env).shut().to_end()
    env.logs(1, " -- ")
    env.signal(signal.SIGUSR1)
    env.wait_exit()


@case(CFG, S, must=["exit -15"])
def terminate_cuts_sessions(env):
    c = connected(env)
    env.signal(signal.SIGTERM)
    c.to_end()
    env.wait_exit()


@case(CFG, S, must=["exit -2"])
def interrupt(env):
    c = connected(env)
    env.signal(signal.SIGINT)
    c.to_end()
    env.wait_exit()


@case(CFG, S, must=["exit -15"])
def terminate_during_a_soft_stop(env):
    c = connected(env)
    env.signal(signal.SIGUSR1)
    c.silence(0.3)
    env.signal(signal.SIGTERM)
    c.to_end()
    env.wait_exit()


DUMP = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    default_backend be
backend be
    server up 127.0.0.1:[[s]]
    server off 127.0.0.1:[[off]] disabled
    server dead 127.0.0.1:[[dead]] check inter 300ms
    server spare 127.0.0.1:[[spare]] backup
backend empty
    server dead 127.0.0.1:[[dead]] check inter 300ms
"""


@case(DUMP, S, must=["SIGHUP: Server be/up is UP. Conn: 1 act", "SIGHUP: Server be/dead is DOWN", "Proxy fe has no servers"], life=True)
def hangup_dumps_states(env):
    env.sorted = True
    env.logs(3, "dead is DOWN|has no server available")
    c = connected(env)
    env.signal(signal.SIGHUP)
    env.logs(9, "SIGHUP")
    env.logs(1, "SIGHUP: Proxy empty")
    c.shut().to_end()
    env.logs(1, " -- ")
    err = [line.split(" : ", 1)[-1] for line in env.text_of(env.err).splitlines() if "SIGHUP" in line and "HTTPCLIENT" not in line]
    for line in err:
        env.note("stderr: " + line)


@case(CFG.replace("timeout client 4s", "timeout client 700ms"), S, must=["exit 0"], life=True)
def soft_stop_and_an_idle_session(env):
    c = connected(env)
    env.signal(signal.SIGUSR1)
    c.mark().to_end()
    env.wait_exit()


@case(CFG.replace("\nglobal\n", "\nglobal\n    hard-stop-after 600ms\n"), S, must=["at ~[6-9]\\d\\dms~"],
      expect_shunt=[(r" 6 K- ", " 6 KC ", "a session cut by hard-stop-after is logged as KC (as in 3.x; 2.6 logs K-)")])
def hard_stop_after(env):
    c = connected(env)
    env.signal(signal.SIGUSR1)
    c.mark().to_end()
    env.wait_exit()


PAUSED = BASE.replace("nbthread 1", "nbthread 2").replace("\nglobal\n", "\nglobal\n    stats socket [[dir]]/stats.sock\n") + """
listen both
    bind unix@[[dir]]/both.sock
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
frontend four
    bind 127.0.0.1:[[four]]
    default_backend be
frontend six
    bind [::1]:[[six]]
    default_backend be
listen quiet
    disabled
    bind 127.0.0.1:9
backend be
    server s 127.0.0.1:[[s]]
"""


def words(env):
    """What the process said on stderr, without those lines that are about HAProxy's own proxies."""
    for line in env.text_of(env.err).splitlines():
        if "HTTPCLIENT" not in line and "GLOBAL stopped" not in line and "NOTICE" not in line:
            env.note("stderr: " + re.sub(r"\(\d+\)", "(PID)", line))


@case(PAUSED, ECHO, must=["Paused proxy both", "stderr: .*Resumed frontend GLOBAL", "connect failed: ConnectionRefused", "exit 0"], life=True)
def pause_and_resume(env):
    """Clients are refused while the process rests, but for those of unix sockets; sessions go on."""
    def ask(to="fe", **how):
        c = env.client(to, **how)
        if not c.ended:
            c.send(b"line\n").recv_line()
            c.shut().to_end()
    c = connected(env)
    for count, number in enumerate((signal.SIGTTOU, signal.SIGTTOU, signal.SIGTTIN, signal.SIGTTIN, signal.SIGTTOU), 1):
        env.signal(number)
        said = {1: (0, 3), 2: (0, 3), 3: (3, 3), 4: (3, 3), 5: (3, 6)}[count]
        env.logs(said[0], "Resumed")
        env.logs(said[1], "Paused")
        c.send(b"still\n").recv_line()  # the signals that say nothing have been read, too
        for how in ({"to": "fe"}, {"to": "four"}, {"to": "six", "dst": "::1"}, {"path": os.path.join(env.dir, "both.sock")}):
            ask(name=f"c{count} {how.get('to', 'unix')}", **how)
            env.logs(len([line for line in env.sink.lines if " -- " in line]), " -- ")
    c.shut().to_end()
    env.signal(signal.SIGUSR1)
    env.wait_exit()
    env.sorted = True
    words(env)


@case(CFG, ECHO, must=["pools: True"])
def quit_is_a_question(env):
    """The answer is about the program's own memory; what counts is that there is one and that it goes on."""
    c = connected(env)
    env.signal(signal.SIGQUIT)
    env.wait_output(env.err, r"^Total: \d+ pools")
    env.note("pools: " + str(bool(re.search(r"^Dumping pools usage.*\n(?:  - Pool \w+ \(\d+ bytes\) : \d+ allocated .*\n)+Total: \d+ pools, \d+ bytes allocated, \d+ used", env.text_of(env.err), re.M))))
    c.send(b"still\n").recv_line()
    c.shut().to_end()
    env.logs(1)
