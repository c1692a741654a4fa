"""Exit status and findings of `-c` and of starting, on small files."""

import os
import re
import socket
import time

from harness import DEFAULTS, answering, case

GOOD = DEFAULTS.replace("log global\n", "").replace("option tcplog\n", "") + "listen l\n    bind 127.0.0.1:[[l]]\n    server s 127.0.0.1:[[s]]\n"
FILES = {
    "good": GOOD,
    "crlf": GOOD.replace("\n", "\r\n"),
    "no listener": GOOD.replace("    bind 127.0.0.1:[[l]]\n", ""),
    "only a backend": "backend b\n    mode tcp\n",
    "empty": "",
    "only comments": "# nothing\n\n",
    "missing newline": GOOD + "# end",
    "missing newline after keyword": GOOD.rstrip("\n"),
    "unknown keyword": GOOD + "    balanc roundrobin\n",
    "unknown keyword 2": GOOD + "    foobar\n",
    "unknown section": "sections\n" + GOOD,
    "keyword out of section": "mode tcp\n" + GOOD,
    "unknown backend": GOOD + "    use_backend nowhere if TRUE\n",
    "unknown default": GOOD + "    default_backend nowhere\n",
    "unknown acl": GOOD + "    use_backend l if nowhere\n",
    "unknown fetch": GOOD + "    tcp-request content accept if { req.foo 1 }\n",
    "missing argument": GOOD + "    tcp-request content\n",
    "bad time": GOOD + "    timeout client 5x\n",
    "time too long": GOOD + "    timeout client 25d\n",
    "bad address": GOOD + "    bind 127.0.0.1:0\n",
    "bad port": GOOD + "    server t 127.0.0.1:70000\n",
    "two servers of one name": GOOD + "    server s 127.0.0.1:1\n",
    "two frontends": GOOD + "frontend f\n    bind 127.0.0.1:[[f]]\nfrontend f\n    bind 127.0.0.1:[[f2]]\n",
    "bad name": GOOD + "listen a/b\n    bind 127.0.0.1:[[f]]\n",
    "unterminated quote": GOOD + "    acl a src \"1.2.3.4\n",
    "unterminated condition": GOOD + "    use_backend l if { src 1.2.3.4\n",
    "bad acl integer": GOOD + "    tcp-request content accept if { req.len 0x10 }\n",
    "bad acl address": GOOD + "    tcp-request content accept if { src 1.2.3.4/33 }\n",
    "bad match flag": GOOD + "    tcp-request content accept if { src -x 1.2.3.4 }\n",
    "server in defaults": "defaults\n    server s 127.0.0.1:1\n",
    "acl in defaults": "defaults\n    acl a src 1.2.3.4\n",
    "missing certificate": GOOD + "    bind 127.0.0.1:[[f]] ssl crt /nowhere.pem\n",
    "no timeouts": "listen l\n    mode tcp\n    bind 127.0.0.1:[[l]]\n    server s 127.0.0.1:[[s]]\n",
    "weight too big": GOOD + "    server t 127.0.0.1:[[s]] weight 257\n",
    "many words": GOOD + "    acl a src" + " 1.2.3.4" * 70 + "\n",
    "forbidden in a backend": GOOD + "backend b\n    bind 127.0.0.1:[[f]]\n",
    "or as acl name": GOOD + "    acl or src 1.2.3.4\n",
    "empty variable": GOOD + "    acl a src \"${UNSET_VARIABLE_HERE}\"\n",
    "nul byte": GOOD + "# a\0b\n",
    "junk after time": GOOD + "    timeout client 1m1s\n",
    "removed keyword": GOOD + "    reqrep a b\n",
    "unclosed if": ".if 1\n" + GOOD,
    "duplicate id": GOOD + "    server t 127.0.0.1:[[s]] id 5\n    server u 127.0.0.1:[[s]] id 5\n",
}
BLAME = re.compile(r"\[(ALERT|WARNING)\] +\(\d+\) : (?:.*?[Pp]arsing \[[^]:]*:(\d+)\])?")


def findings(text):
    """Severity and line of each finding that names a line; the wording is compared by other tests."""
    return sorted({f"{found.group(1)}:{found.group(2)}" for found in BLAME.finditer(text) if found.group(2)})


# The lines that HAProxy blames in these are compared too; elsewhere shunt may point more exactly.
BLAMED = ("good", "unknown keyword", "unknown keyword 2", "keyword out of section", "unknown acl", "unknown fetch", "bad time", "time too long", "bad address",
          "two servers of one name", "two frontends", "bad name", "unterminated quote", "bad acl integer", "bad acl address", "bad match flag", "acl in defaults",
          "missing certificate", "many words", "forbidden in a backend", "or as acl name", "removed keyword")


@case(start=False, must=["good: exit 0", "missing newline: exit 1", "no listener: exit 2"], expect_shunt=[
    (r"empty variable: exit 0 says valid", "empty variable: exit 1 says nothing of valid", "an argument that becomes empty is an error (as in 3.x)")])
def verdicts(env):
    for name, text in FILES.items():
        path = env.file("check.cfg", text)
        done = env.run(["-c", "-f", path])
        said = "says valid" if "Configuration file is valid" in done.stdout else "says nothing of valid"
        env.note(f"{name}: exit {done.returncode} {said} {' '.join(findings(done.stderr)) if name in BLAMED else ''}")


@case(start=False, must=["exit 1"])
def starting_a_broken_file(env):
    for name in ("missing newline", "unknown keyword", "unknown backend", "missing certificate"):
        path = env.file("broken.cfg", FILES[name])
        done = env.run(["-db", "-f", path])
        env.note(f"{name}: exit {done.returncode}")


@case(start=False, must=["valid: ok", "exit 0"])
def quiet_and_several_files(env):
    head = env.file("1.cfg", GOOD.split("listen")[0])
    tail = env.file("2.cfg", "listen" + GOOD.split("listen")[1])
    for arguments in (["-c", "-f", head, "-f", tail], ["-c", "-f", head, "--", tail], ["-c", "-q", "-f", head, "-f", tail], ["-c", "-V", "-f", head, "-f", tail]):
        done = env.run(arguments)
        shown = " ".join(a for a in arguments if a.startswith("-"))
        env.note(f"{shown}: exit {done.returncode} valid: {'ok' if 'Configuration file is valid' in done.stdout else 'not said'}")
    folder = os.path.join(env.dir, "folder")
    os.mkdir(folder)
    env.file("folder/a.cfg", GOOD.split("listen")[0])
    env.file("folder/b.cfg", "listen" + GOOD.split("listen")[1])
    env.note(f"directory: exit {env.run(['-c', '-f', folder]).returncode}")
    env.note(f"missing file: exit {env.run(['-c', '-f', os.path.join(env.dir, 'none.cfg')]).returncode}")
    env.note(f"no arguments: exit {env.run([]).returncode}")
    env.note(f"-v: exit {env.run(['-v']).returncode}")
    env.note(f"-vv: exit {env.run(['-vv']).returncode}")
    env.note(f"unknown flag: exit {env.run(['-c', '-Z', '-f', head]).returncode}")


FLAGS = ("-V -q", "-q -V", "-sf", "-sf +3 4", "-sf abc", "-sf 1 2x", "-st x", "-sf 0", "-sf 99999999999999999999", "-S DIR/s", "-S DIR/s -dW",
         "-S DIR/s -W", "-S DIR/s -q")
WARNED = GOOD.replace("    server s", "    option tcplog\n    server s")  # without a log target


@case(start=False, must=["-sf abc: exit 1.*unconsumed", "-V -q: exit 0 valid", "-S DIR/s -dW: exit 1", "starting no listener: exit 1", "listener -W: exit 0"])
def flags_that_decide(env):
    """What the command line itself adds to the verdict; and -c and a start judge alike, but for the status without a listener."""
    def judged(name, arguments, text):
        path = env.file("check.cfg", text)
        done = env.run([*(word.replace("DIR", env.dir) for word in arguments.split()), "-f", path])
        said = "valid " if "is valid" in done.stdout else ""
        said += "warned " if "Warnings were found" in done.stdout else ""
        said += "strict " if "'zero-warning' is set. Aborting." in done.stderr else ""
        said += "no listener " if "No enabled listener found (check for 'bind' directives) ! Exiting." in done.stderr else ""
        option = re.search(r" : (-s[ft] option: .*)", done.stderr)
        env.note(f"{name}: exit {done.returncode} {said}{option.group(1) if option else ''}")
    for flags in FLAGS:
        judged(flags, "-c " + flags, GOOD)
    strict = "global\n    zero-warning\n"
    for name in ("no listener", "only a backend", "empty", "only comments"):
        judged(name + " -W", "-c -W", FILES[name])
        judged("starting " + name, "-db", FILES[name])
        judged("starting quietly " + name, "-db -q", FILES[name])
    for name, text in (("warned", WARNED), ("strict", strict + WARNED), ("strictly good", strict + GOOD)):
        judged(name, "-c", text)
        judged(name + " -dW", "-c -dW", text)
    judged("starting strictly", "-db", strict + WARNED)
    judged("starting -dW", "-db -dW", WARNED)


BINDS = DEFAULTS.replace("log global\n", "").replace("option tcplog\n", "") + """
frontend six
    bind [2001:db8::1]:[[f]]
frontend f
    bind /nowhere/a.sock
    bind 127.0.0.1:[[busy]],127.0.0.1:[[free]]
    bind 127.0.0.1:[[other]] interface nosuch0
listen l
    bind 127.0.0.1:[[busy2]] name x
    bind abns@[[abns taken]]
    bind [2001:db8::2]:[[f]]
"""


@case(start=False, must=["exit 1", "WARNING.*nosuch0", "already in use", "GLOBAL"])
def every_address_that_cannot_be_bound(env):
    held = [socket.socket() for _ in range(2)]
    for name, sock in zip(("busy", "busy2"), held):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", env.port(name)))
        sock.listen()
    held.append(socket.socket(socket.AF_UNIX))
    held[2].bind(("\0" + env.fill("[[abns taken]]")).ljust(108, "\0"))
    held[2].listen()
    path = env.file("binds.cfg", "global\n    nbthread 2\n    stats socket /nowhere/stats.sock\n" + BINDS)
    done = env.run(["-db", "-f", path])
    for line in done.stderr.splitlines():
        if "NOTICE" not in line:
            line = re.sub(r":(\d+)\]$", lambda found: f":<{env.numbers[int(found[1])]}>]", line)
            env.note(re.sub(r"\(\d+\) :", "(PID) :", line).replace(env.dir, "DIR"))
    env.hide(r"\[\S*haproxy\.main\(\)\]", "[MAIN]")
    env.note(f"exit {done.returncode}")


FORM = re.compile(r"(\[(?:ALERT|WARNING|NOTICE)\] +)\(\d+\) : config : parsing \[([^:]+:\d+)\] ?: .*")


@case(start=False, must=[r"\[ALERT\]    \(PID\) : config : parsing \[DIR/check.cfg:10\]"])
def form_of_the_lines_that_scripts_read(env):
    """Severity, process id, file and line stand where HAProxy puts them; the wording is shunt's own."""
    for name in ("unknown keyword", "unknown acl", "bad name", "time too long", "two servers of one name", "bad acl integer", "keyword out of section"):
        path = env.file("check.cfg", FILES[name])
        done = env.run(["-c", "-f", path])
        forms = [f"{found.group(1)}(PID) : config : parsing [{found.group(2)}]" for found in map(FORM.fullmatch, done.stderr.splitlines()) if found]
        for form in forms[:1]:
            env.note(f"{name}: {form}".replace(env.dir, "DIR"))
        env.note(f"{name}: " + ("Fatal errors found" if "Fatal errors found in configuration." in done.stderr else "no last line"))


@case(start=False, must=["exit 1"])
def port_in_use(env):
    env.stub("l", answering())
    path = env.file("haproxy.cfg", GOOD.replace("127.0.0.1:[[l]]", "127.0.0.1:[[l]]"))
    done = env.run(["-db", "-f", path])
    env.note(f"exit {done.returncode}")


@case(start=False, must=["pid file: the process", "served"])
def daemon_with_pid_file(env):
    env.stub("s", answering())
    path = env.file("haproxy.cfg", GOOD)
    pid_file = os.path.join(env.dir, "pid")
    done = env.run(["-D", "-f", path, "-p", pid_file])
    env.note(f"start: exit {done.returncode}")
    env.wait_output(pid_file, r"^\d+$")
    pid = int(env.text_of(pid_file).split()[0])
    try:
        c = env.client("l")
        c.send(b"served\n").recv_line()
        c.shut().to_end()
        command = open(f"/proc/{pid}/cmdline", "rb").read().decode()
        env.note("pid file: the process" if path in command else "pid file: something else")
        session = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[3])
        env.note(f"leads its own session: {session == pid}")
    finally:
        if path.encode() in open(f"/proc/{pid}/cmdline", "rb").read():
            os.kill(pid, 15)
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.02)
    env.note(f"gone after SIGTERM: {not os.path.exists(f'/proc/{pid}') or _zombie(pid)}")


def _zombie(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
