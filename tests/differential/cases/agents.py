"""Agents: what their words do to servers and sessions, and the lines about it."""

import threading

from harness import BASE, Uncounted, case, closer, greeter

VERBOSE = BASE.replace("option tcplog", "option tcplog\n    option log-health-checks")
END = r"via agent : fail \(the end\)"  # the last thing that agents say


def agent(*answers, question=0, hold=(), again=None):
    """Gives one answer after the other, the last one for ever; those numbered in `hold` stay open. The event `again` is set
    when the agent is asked once more after the last answer: what that one does is done by then."""
    lock, count = threading.Lock(), {}

    def script(peer):
        with lock:
            port = peer.sock.getsockname()[1]  # both programs' agents run this script
            number = count[port] = count.get(port, -1) + 1
        if again and number >= len(answers):
            again.set()
        if question:
            peer.recv(question)
        peer.send(answers[min(number, len(answers) - 1)].encode("latin-1"))
        if number in hold:
            peer.to_end()
    return script


def begin(env, text, *answers, host="127.0.0.1", **how):
    env.stub("agent", agent(*answers, **how), host=host).connections = Uncounted()
    env.start(text)


def listen(line, backend="", more="", text=BASE):
    return text + f"""
listen l
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    {backend}
    server s 127.0.0.1:[[s]] {line} agent-check agent-port [[agent]] agent-inter 100ms
    {more}
"""


def lines_of(name, *answers, hold=(), must=(), **settings):
    """Only what is logged while the agent says all of that."""
    text = listen(**{"line": "", **settings})

    def told(env):
        again = threading.Event()
        begin(env, text, *answers, "ready up\n", "fail # the end\n", hold=hold, again=again)
        env.logs(1, END, limit=12)
        again.wait(4)
    told.__name__ = name
    case(text, {"s": closer(b"s\n")}, must=[END, *must], start=False)(told)


WORDS = ("up\n", "75%\n", "drain\n", "drain\n", "up\n", "ready\n", "maint\n", "up\n", "ready\n", "down #hey you\n", "down\n", "up # fine\n", "fail # x y\n",
         "stopped\n", "up\n", "0%\n", "up 100%\r", "maxconn:3\n", "foo bar up\n", "down foo #desc\n", "UP,Ready\tmaxconn:1,50%\n", "down # one # two\n")
TOGETHER = ("up\n", "drain maint\n", "up\n", "ready\n", "maint drain\n", "maint\n", "drain\n", "ready\n", "down\n", "maint\n", "ready\n", "drain\n", "maint up\n",
            "ready\n", "down maint\n", "ready up\n", "drain down\n", "up\n", "0%\n", "100%\n", "ready\n", "down drain\n", "ready\n", "up\n")
ODD = ("down\n", "0.5% up\n", "maxconn:x down\n", "maxconn: 8 up\n", "maxconn:9x down\n", "ready,foo,up\n", "up down up fail stopped\n", "up#a up\n", "down", "\nup\n",
       "up\0down\n", "x\n", "75%x\n", "%\n", "-5%\n", " down\n", "up  # \n", "\tdown #with \x01 control\n", "#down\n", "up, # é\n", "", "up\n")

lines_of("words_one_by_one", *WORDS, line="weight 10", must=["leaving forced drain", "going DOWN for maintenance", "has no server", r"down \(one # two\)"])
lines_of("words_with_every_change", *WORDS, line="weight 10", text=VERBOSE, must=["Agent check for server l/s failed", "status: 1/1 UP"])
lines_of("words_together", *TOGETHER, must=["remains in forced drain mode", "UP/DRAIN", "DOWN/READY", "was DOWN and now enters maintenance"])
lines_of("words_together_with_every_change", *TOGETHER, text=VERBOSE, must=["Agent check"])
lines_of("odd_words", *ODD, line="weight 10 maxconn 5", must=["Trailing garbage in weight string", "maxconn string empty or preceded by garbage"])
lines_of("odd_words_with_every_change", *ODD, line="weight 10 maxconn 5", text=VERBOSE, must=["TCPCHK got an empty response"])
lines_of("without_an_end_of_line", "up\n", "", "down", "", "up\n", hold=(1, 2, 3), text=VERBOSE, must=["Layer7 timeout"])
lines_of("time_for_an_answer", "up\n", "", "up\n", hold=(1,), backend="timeout check 50ms", text=VERBOSE, must=["Layer7 timeout"])
lines_of("algorithms_that_weigh_once", "50%\n", "50% up ready\n", "down\n", "50% up\n", "0%\n", "100%\n", backend="balance static-rr", line="weight 10", must=["static LB"])
lines_of("maps_weigh_once", "50% down\n", "33% up\n", "down 0%\n", "up\n", "100%\n", backend="balance source", line="weight 10", must=["static LB"])
lines_of("rings_weigh_again", "50% down\n", "33% up\n", "down 0%\n", "up\n", "100%\n", backend="balance source\n    hash-type consistent", line="weight 10")
lines_of("those_that_track", "up\n", "down\n", "up\n", "maint\n", "ready\n", "drain\n", "ready\n", "0%\n", "100%\n", "maint\n", "drain\n", "ready\n",
         more="server t 127.0.0.1:1 track s backup", must=["DOWN via l/s", "for maintenance via l/s", "drain state via l/s"])
lines_of("out_of_maintenance", "up\n", "drain\n", "ready\n", "down\n", "drain\n", "ready\n", "up\n", line="disabled", must=["UP/DRAIN"])
lines_of("beside_a_check", "up\n", "down\n", "up\n", "maint\n", "ready\n", "down\n", "maint\n", "up\n", "ready\n", line="check inter 50ms rise 3", must=["UP/READY"])


@case(listen("check inter 6s fall 1 rise 1", text=VERBOSE), must=["was DOWN and now enters", "UP/READY", "drain state", END], start=False)
def beside_a_check_that_fails(env):
    """The next check is far away: what it would say after maintenance doesn't come any more."""
    again = threading.Event()
    begin(env, listen("check inter 6s fall 1 rise 1", text=VERBOSE), "up\n", "drain\n", "down\n", "up\n", "ready\n", "maint\n", "ready\n", "fail # the end\n",
          again=again)
    env.logs(1, END, limit=12)
    again.wait(4)


@case(listen("", text=VERBOSE), {"s": closer(b"s\n")}, must=["Agent check .* Layer4 connection problem"])
def nobody_is_there(env):
    env.logs(1, "Agent check")
    c = env.client()
    c.recv_line()
    c.shut().to_end()
    env.logs(2)


WEIGHED = listen("weight 10", more="server t 127.0.0.1:[[t]] weight 10")


@case(WEIGHED, {"s": closer(b"s\n"), "t": closer(b"t\n")}, must=["leaving forced drain", "l/t", "l/s"], start=False)
def weights_count(env):
    begin(env, WEIGHED, "drain\n", "ready 50%\n", "x\n")
    env.logs(1, "leaving forced drain")
    for count in range(9):
        c = env.client(name=f"c{count}")
        c.recv_line()
        c.shut().to_end()
        env.logs(count + 1, r"\d/\d+ \d/\d")


@case(listen("", backend="timeout queue 300ms"), {"s": greeter(b"s\n")}, must=["sQ"], start=False)
def limits_count(env):
    begin(env, listen("", backend="timeout queue 300ms"), "drain\n", "ready maxconn:1\n", "x\n")
    env.logs(1, "leaving forced drain")
    first = env.client()
    first.recv_line()
    env.client().to_end()
    env.logs(1, "sQ")
    first.shut().to_end()
    env.logs(2, r"\d/\d+ \d/\d")


@case(listen("maxconn 1"), {"s": greeter(b"s\n")}, must=["s\\\\n"], start=False)
def a_limit_that_is_lifted_lets_who_waits_in(env):
    begin(env, listen("maxconn 1"), *["x\n"] * 8, "maxconn:2\n")
    first, second = env.client(), env.client()
    first.recv_line()
    second.recv_line()
    for number, c in enumerate((first, second), 1):
        c.shut().to_end()
        env.logs(number, r"\d/\d+ \d/\d")


@case(listen("on-marked-down shutdown-sessions"), {"s": greeter(b"s\n")}, must=["Server l/s"], start=False)
def sessions_of_one_that_is_in_drain(env):
    begin(env, listen("on-marked-down shutdown-sessions"), *["x\n"] * 5, "drain\n")
    c = env.client()
    c.recv_line()
    env.logs(1, "Server l/s")
    c.silence(0.3)
    c.shut().to_end(1)
    env.logs(1, r"\d/\d+ \d/\d")


def ended_by(name, word, must):
    """The agent says it once the session is there."""
    text = listen("on-marked-down shutdown-sessions")

    def script(env):
        held = threading.Event()
        env.stub("agent", lambda peer: peer.send(word if held.is_set() else b"up\n")).connections = Uncounted()
        env.start(text)
        c = env.client()
        c.recv_line()
        held.set()
        c.to_end()
        env.logs(1, r".*\d/\d+ \d/\d")
    script.__name__, script.__module__ = f"sessions_of_one_that_is_in_{name}", __name__
    case(text, {"s": greeter(b"s\n")}, must=must, start=False, expect_shunt=[(r" D- ", " DC ", "3.x names the phase")])(script)


ended_by("down", b"down\n", r"l/s .* D- ")
ended_by("maintenance", b"maint\n", r"l/s .* D- ")

ASKED = listen("agent-send hello\\n agent-addr 127.0.0.2")


@case(ASKED, {"s": closer(b"s\n")}, must=[r"down \(asked\)"], start=False)
def it_is_asked(env):
    lines = []
    env.stub("agent", lambda peer: (lines.append(peer.recv_line()), peer.send(b"down # asked\n")), host="127.0.0.2").connections = Uncounted()
    env.start(ASKED)
    env.logs(1, "asked")
    env.note(repr(lines[0]))
