"""E-mail alerts: who gets which lines, and the words of each mail."""

import re
import time

from check_rows import CHECKED, First
from harness import case, closer


def postbox(greeting=b"220 hi\r\n", answers=None, name="250 ok"):
    """Takes mails and shows what it was told; `answers` by command."""
    answers = answers or {}

    def script(peer):
        peer.send(greeting)
        in_data = False
        while True:
            line = peer._take(lambda kept: kept.index(b"\n") + 1 if b"\n" in kept else None, 6)
            if not line:
                break
            peer.say(re.sub(r"duration: \d+ms", "duration: ?", re.sub(r"^Date: .*", "Date: DATE", line.decode().strip())))
            if in_data:
                if line == b".\r\n":
                    in_data = False
                    peer.send(b"250 queued\r\n")
                continue
            word = line.split()[0]
            in_data = word == b"DATA"
            peer.send(answers.get(word, {b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(word, name.encode() + b"\r\n")))
        peer.say(f"end: {peer.ended}")
    return script


MAIL = CHECKED.replace("    option log-health-checks\n", "") + """
mailers m
    mailer one 127.0.0.1:[[one]]
    mailer two 127.0.0.1:[[two]]
    timeout mail 3s
"""
ALERTS = "    email-alert mailers m\n    email-alert from a@b.c\n    email-alert to d@e.f\n"


def await_mails(env, stub, count):
    """Until so many conversations have ended."""
    for _ in range(400):
        if sum(1 for said in env.stubs[stub].connections if said and said[-1].startswith("end:")) >= count:
            return
        time.sleep(0.01)


def mails(name, text, wait, must=(), answers=None, greeting=b"220 hi\r\n"):
    def told(env):
        env.stub("one", postbox(greeting, answers))
        env.stub("two", postbox(greeting, answers))
        env.start(MAIL + text)
        wait(env)
        for stub in ("one", "two"):
            await_mails(env, stub, 1)
    told.__name__, told.__module__ = name, __name__
    case(start=False, must=must)(told)


DOWN = "(?=.*s is DOWN)"
mails("of_a_server_that_dies", f"backend b\n{ALERTS}    server s 127.0.0.1:[[closed]] check inter 200ms\n", lambda env: env.logs(1, DOWN),
      must=[r"Subject: \[HAProxy Alert\] Server b/s is DOWN, reason: Layer4", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>"])
mails("by_another_name", f"backend b\n{ALERTS}    email-alert myhostname my.host\n    server s 127.0.0.1:[[closed]] check inter 200ms\n", lambda env: env.logs(1, DOWN),
      must=["HELO my.host"])
mails("from_defaults", f"defaults\n    mode tcp\n    log global\n    timeout connect 1s\n    timeout server 1s\n{ALERTS}backend b\n    server s 127.0.0.1:[[closed]] check inter 200ms\n",
      lambda env: env.logs(1, DOWN), must=["HELO"])
mails("refused_in_the_middle", f"backend b\n{ALERTS}    server s 127.0.0.1:[[closed]] check inter 200ms\n", lambda env: env.logs(1, DOWN),
      answers={b"RCPT": b"550 no such one\r\n"}, must=["RCPT TO"])


@case(start=False, must=["Server b/s is UP", "Health check for server b/s failed", "status: 0/2 DOWN"])
def of_each_level(env):
    """Everything that is told with level info; with alert only the end of a server."""
    env.stub("one", postbox())
    env.stub("two", postbox(name="250-ok\r\n250 yes"))
    env.stub("s", closer(b"a"))
    env.stubs["s"].connections = First(0)
    text = MAIL.replace("    mailer two 127.0.0.1:[[two]]\n", "") + "mailers n\n    mailer two 127.0.0.1:[[two]]\n"
    env.start(text + f"backend b\n    option log-health-checks\n{ALERTS}    email-alert level info\n    server s 127.0.0.1:[[s]] check inter 200ms\n"
              + f"backend quiet\n    option log-health-checks\n{ALERTS.replace('mailers m', 'mailers n')}    server t 127.0.0.1:[[s]] check inter 200ms\n")
    env.parallel(lambda: None)
    env.logs(2, "(?=.*succeeded)")
    env.stubs["s"].stop()
    env.logs(1, DOWN)
    env.stubs["s"].start()
    env.logs(1, "(?=.*b/s is UP)")
    await_mails(env, "one", 8)
    await_mails(env, "two", 1)
