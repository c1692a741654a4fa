"""What follows from a server's state: tracking, observed traffic, sessions that end with it, slow starts, lines that are redistributed."""

import time

from harness import BASE, case, closer, greeter


def listen(name, *lines):
    return f"\nlisten {name}\n    bind 127.0.0.1:[[{name}]]\n" + "".join(f"    {line}\n" for line in lines)


HELD = {"s1": greeter(b"s1\n"), "s2": greeter(b"s2\n"), "health": closer(b"")}
HEALTH = "check port [[health]] inter 200ms rise 1 fall 1"

TRACK = BASE + listen("a", f"server s1 127.0.0.1:[[s1]] {HEALTH}") + \
    listen("b", "server t1 127.0.0.1:[[s2]] track a/s1", "server t2 127.0.0.1:[[s2]] backup") + \
    listen("c", "server u1 127.0.0.1:[[s2]] track b/t1")


@case(TRACK, HELD, must=["Server b/t1 is DOWN via a/s1", "Running on backup", "Server c/u1 is DOWN via b/t1", "Server b/t1 is UP via a/s1"])
def tracking_servers_follow(env):
    env.sorted = True
    time.sleep(0.5)
    env.stubs["health"].stop()
    env.logs(1, "u1 is DOWN")
    env.stubs["health"].start()
    env.logs(1, "u1 is UP")


OBSERVE = BASE + listen("fe", "retries 0", "server s1 127.0.0.1:[[dead]] check port [[health]] inter 30s fastinter 300ms rise 2 observe layer4 "
                        "error-limit 3 on-error ACTION")


def observed(env, goes_down):
    env.sorted = True
    time.sleep(0.4)
    for number in range(1, 4):
        env.client(name=f"c{number}").to_end()
        env.logs(number, " SC ")
    if not goes_down:
        return
    env.logs(1, "s1 is DOWN")
    env.client(name="rejected").to_end()
    env.logs(1, "NOSRV")
    env.logs(1, "s1 is UP")


DOWN = ["s1 is DOWN, reason: Health analyze, info: .Detected 3 consecutive errors"]


@case(OBSERVE.replace("ACTION", "mark-down"), {"health": closer(b"")}, must=DOWN)
def observe_and_mark_down(env):
    observed(env, True)


@case(OBSERVE.replace("ACTION", "sudden-death fall 1"), {"health": closer(b"")}, must=DOWN)
def observe_and_sudden_death(env):
    observed(env, True)


@case(OBSERVE.replace("ACTION", "fastinter"), {"health": closer(b"")}, must=[" SC "])
def observe_and_fastinter(env):
    observed(env, False)


ENDS = BASE + listen("fe", f"server s1 127.0.0.1:[[s1]] {HEALTH} on-marked-down shutdown-sessions")


@case(ENDS, HELD, must=[r"fe/s1 .* D[-C]"], expect_shunt=[(r" D- ", " DC ", "3.x names the phase")])
def sessions_end_with_their_server(env):
    time.sleep(0.4)
    c = env.client(name="held")
    c.recv_line()
    env.stubs["health"].stop()
    c.to_end()
    env.logs(1, "fe/s1 ")


RETURNS = BASE + listen("fe", f"server s1 127.0.0.1:[[s1]] {HEALTH} on-marked-up shutdown-backup-sessions", "server s2 127.0.0.1:[[s2]] backup")


@case(RETURNS, HELD, must=[r"fe/s2 .* U[-C]"], expect_shunt=[(r" U- ", " UC ", "3.x names the phase")])
def backup_sessions_end_when_a_server_returns(env):
    time.sleep(0.4)
    env.stubs["health"].stop()
    env.logs(1, "s1 is DOWN")
    c = env.client(name="held")
    c.recv_line()
    env.stubs["health"].start()
    c.to_end()
    env.logs(1, "fe/s2 ")


def lines(*options):
    return BASE + listen("fe", "balance source", "timeout queue 900ms", *options, f"server s1 127.0.0.1:[[s1]] maxconn 1 {HEALTH}",
                         "server s2 127.0.0.1:[[s2]] backup")


def waits_for_a_dying_server(env):
    time.sleep(0.4)
    first = env.client(name="first")
    first.recv_line()
    second = env.client(name="second")
    second.silence(0.2)
    env.stubs["health"].stop()
    env.logs(1, "s1 is DOWN")
    second.to_end() if env.stuck else second.recv_line()
    second.shut().to_end()
    env.logs(1, "sQ" if env.stuck else "fe/s2 ")
    first.shut().to_end()
    env.logs(1, "fe/s1 .* -- ")


@case(lines("option redispatch"), HELD, must=["1 requeued", "fe/s2"])
def a_line_goes_elsewhere_with_redispatch(env):
    env.stuck = False
    waits_for_a_dying_server(env)


@case(lines(), HELD, must=["0 requeued", "sQ"])
def a_line_stays_without_redispatch(env):
    env.stuck = True
    waits_for_a_dying_server(env)


SLOW = BASE + listen("fe", "balance first", f"server s1 127.0.0.1:[[s1]] id 1 maxconn 8 {HEALTH} slowstart 3s", "server s2 127.0.0.1:[[s2]] id 2")


@case(SLOW, HELD, must=["right after: s1 s2", "later: s1 s1"], long=True)
def a_returning_server_starts_slowly(env):
    env.sorted = True

    def who(label, count):
        peers = [env.client(name=f"{label} {n}") for n in range(count)]
        env.note(f"{label}: " + " ".join(peer.recv_line().decode().strip() for peer in peers))
        for peer in peers:
            peer.shut().to_end()
    time.sleep(0.4)
    env.stubs["health"].stop()
    env.logs(1, "s1 is DOWN")
    env.stubs["health"].start()
    env.logs(1, "s1 is UP")
    who("right after", 3)
    time.sleep(4)
    who("later", 6)


def served_by(env, *listens):
    for name in listens:
        for _ in range(2):
            c = env.client(to=name)
            env.note(f"{name}: {c.recv_line()}")
            c.shut().to_end()


# Whoever tracks a server begins as that one does.
AWAY = BASE + listen("a", "balance roundrobin", "server x 127.0.0.1:[[s1]] disabled check", "server y 127.0.0.1:[[s2]] track x", "server z 127.0.0.1:[[s1]] backup") + \
    listen("b", "balance roundrobin", "server v 127.0.0.1:[[s2]] track a/y", "server w 127.0.0.1:[[s1]] backup")


@case(AWAY, HELD, must=["a: .*s1", "b: .*s1"])
def trackers_of_a_server_that_begins_in_maintenance(env):
    served_by(env, "a", "b")


@case(BASE + listen("a", "balance roundrobin", "server x 127.0.0.1:[[s1]] check", "server y 127.0.0.1:[[s2]] track x disabled") +
      listen("b", "balance roundrobin", "server v 127.0.0.1:[[s2]] track a/y", "server w 127.0.0.1:[[s1]] backup"), HELD, must=["b: .*s2"])
def a_tracker_of_a_tracker_in_maintenance(env):
    served_by(env, "a", "b")
