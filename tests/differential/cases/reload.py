"""Reloads under -W: what the clients of the old and of the new file see, and what a bad file changes (nothing)."""

import os
import re
import signal
import socket
import subprocess
import time

from harness import BASE, case

FORMAT = '    log-format "%f %b/%s %ts"\n'


def named(name):
    """Answers every line with the server's name."""
    def serve(peer):
        while line := peer.recv_line():
            peer.send(name + b" " + line + b"\n" if not line.endswith(b"\n") else name + b" " + line)
    return serve


S = {"one": named(b"one"), "two": named(b"two")}


def config(server="one", more="", address="bind 127.0.0.1:[[fe]]"):
    return BASE.replace("global\n", "global\n" + more, 1) + f"""
listen fe
{FORMAT}    {address}
    server {server} 127.0.0.1:[[{server}]]
"""


SECOND = f"""
listen second
{FORMAT}    bind 127.0.0.1:[[second]]
    server two 127.0.0.1:[[two]]
"""


def sessions(env, count):
    """Waits for that many lines of sessions; there are others about the reloads."""
    env.logs(count, r".*\w+/\w+ ..$")


def ask(client, text):
    client.send(text + b"\n").recv_line()


def reload(env, text, outcome="Loading success", number=signal.SIGUSR2):
    """Waits until the program has said what came of it. HAProxy's old process may accept for a moment longer."""
    before = len(re.findall(outcome, env.text_of(env.err)))
    env.file("haproxy.cfg", text)
    env.signal(number)
    env.wait_output(env.err, outcome, before + 1, limit=8)
    time.sleep(0.3)


def started(env, text):
    env.start(text, ("-W",))
    env.wait_output(env.err, "Loading success", 1)
    time.sleep(0.2)  # HAProxy's master loses a signal that comes at once


def new_client_is_served(env, name, to="fe"):
    c = env.client(to, name=name)
    ask(c, b"hello")
    c.shut().to_end()


@case("", S, start=False, must=["one first", "one second", "two hello", "fe fe/one --", "fe fe/two --"])
def old_sessions_stay_and_new_ones_see_the_new_file(env):
    started(env, config("one"))
    c = env.client(name="old")
    ask(c, b"first")
    reload(env, config("two"))
    new_client_is_served(env, "new")
    sessions(env, 1)
    ask(c, b"second")
    c.shut().to_end()
    sessions(env, 2)


@case("", S, start=False, must=["two hello", "fe fe/two --"])
def hangup_reloads_a_master(env):
    started(env, config("one"))
    reload(env, config("two"), number=signal.SIGHUP)
    new_client_is_served(env, "new")
    sessions(env, 1)


@case("", S, start=False, must=["one second", "one hello", "fe fe/one --"])
def a_bad_file_changes_nothing(env):
    started(env, config("one"))
    c = env.client(name="old")
    ask(c, b"first")
    reload(env, config("two") + "\n    nonsense\n", "Loading failure!")
    new_client_is_served(env, "new")
    sessions(env, 1)
    ask(c, b"second")
    c.shut().to_end()
    sessions(env, 2)
    reload(env, config("two"))
    new_client_is_served(env, "later")
    sessions(env, 3)


@case("", S, start=False, must=["one hello"])
def a_file_that_is_gone_changes_nothing(env):
    started(env, config("one"))
    os.unlink(os.path.join(env.dir, "haproxy.cfg"))
    env.signal(signal.SIGUSR2)
    time.sleep(0.6)
    new_client_is_served(env, "new")
    sessions(env, 1)


@case("", S, start=False, must=["one hello", "two hello", "two second", "second second/two --"])
def listeners_come_and_go(env):
    started(env, config("one"))
    env.client("second", name="too early").recv_line(limit=1)
    reload(env, config("one") + SECOND)
    c = env.client("second", name="stays")
    ask(c, b"hello")
    reload(env, config("one"))
    env.client("second", name="too late").recv_line(limit=1)
    ask(c, b"second")
    c.shut().to_end()
    sessions(env, 1)
    new_client_is_served(env, "first listener")
    sessions(env, 2)


@case("", S, start=False, must=["two hello"])
def an_address_changes_its_frontend(env):
    started(env, config("one"))
    reload(env, config("two").replace("listen fe", "listen other"))
    new_client_is_served(env, "new")
    sessions(env, 1)


@case("", S, start=False, must=["one hello", "two hello"])
def unix_listeners_stay(env):
    path = "bind [[dir]]/sock\n    bind abns@[[abns a]]"
    started(env, config("one", address=path))
    c = env.client(path=os.path.join(env.dir, "sock"), name="old")
    ask(c, b"hello")
    reload(env, config("two", address=path))
    d = env.client(path=os.path.join(env.dir, "sock"), name="new")
    ask(d, b"hello")
    d.shut().to_end()
    sessions(env, 1)
    ask(c, b"again")
    c.shut().to_end()
    sessions(env, 2)


@case("", S, start=False, must=["one first", "K[-C]"], expect_shunt=[
    (r"K-", "KC", "a session that is cut by a stop ends as KC"),
])
def hard_stop_after_ends_old_sessions(env):
    limit = "    hard-stop-after 1s\n"
    started(env, config("one", limit))
    c = env.client(name="old")
    ask(c, b"first")
    reload(env, config("two", limit))
    new_client_is_served(env, "new")
    sessions(env, 1)
    c.to_end()
    sessions(env, 2)


@case("", S, start=False, must=["one hello"])
def an_address_that_is_taken_changes_nothing(env):
    started(env, config("one"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", env.port("taken")))
        other.listen()
        before = time.monotonic()
        reload(env, config("two") + SECOND.replace("[[second]]", "[[taken]]"), "Loading failure!|exited with code 1")
        time.sleep(max(0, before + 1 - time.monotonic()))
        new_client_is_served(env, "new")
        sessions(env, 1)


@case("", S, start=False, must=["one hello", "two hello"])
def many_reloads_in_a_row(env):
    started(env, config("one"))
    c = env.client(name="old")
    for number in range(6):
        server = ("two", "one")[number % 2]
        reload(env, config(server))
        new_client_is_served(env, f"of file {number}")
        sessions(env, number + 1)
        ask(c, b"%d" % number)
    c.shut().to_end()
    sessions(env, 7)


def older(env, program, text):
    """Another process with this file, which is to be taken over from."""
    path = os.path.join(env.dir, "older.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(env.fill(text))
    process = subprocess.Popen([program, "-db", "-f", path], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               cwd=env.dir, env=env.environment)
    limit = time.monotonic() + 8
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", env.port("fe")), 1).close()
            break
        except OSError:
            time.sleep(0.01)
    return process


def take_over(env, flag, program):
    """The new process is there when the old one doesn't take new connections any more."""
    old = older(env, program, config("one").replace("log [[log]]", "log [[dir]]/nowhere"))
    try:
        c = env.client(name="old")
        ask(c, b"first")
        env.start(config("two"), ("-db", flag, str(old.pid)))
        time.sleep(1)
        new_client_is_served(env, "new")
        sessions(env, 1)
        if flag == "-sf":
            ask(c, b"second")
        c.shut().to_end()
        old.wait(8)
        env.note(f"older process: {old.returncode}")
    finally:
        old.kill()
        old.wait()


@case("", S, start=False, must=["one first", "one second", "two hello", "older process: 0"])
def takes_over_from_haproxy(env):
    take_over(env, "-sf", "haproxy")


@case("", S, start=False, must=["one first", "one second", "two hello", "older process: 0"])
def takes_over_from_its_like(env):
    take_over(env, "-sf", env.binary)


@case("", S, start=False, must=["one first", "two hello", "older process: -15"])
def takes_over_at_once(env):
    take_over(env, "-st", env.binary)
