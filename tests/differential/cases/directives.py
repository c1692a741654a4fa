"""Conditional blocks and messages: verdict, blamed lines and texts of each block of directives.txt."""

import pathlib
import re

from harness import DEFAULTS, case

BLOCKS = pathlib.Path(__file__).resolve().parent.parent / "directives.txt"
AFTER = DEFAULTS.replace("log global\n", "").replace("option tcplog\n", "") + "listen p\n    bind 127.0.0.1:[[p]]\n"
FINDING = re.compile(r"\[(ALERT|WARNING|NOTICE)\] +\(\d+\) : .*?[Pp]arsing \[[^]:]*:(\d+)\](?:: ('.*'))?")


def findings(text):
    """Severity, line and, of the messages that a file asks for, the text. The wording of faults is our own."""
    found = {f"{severity}:{line}" + ("" if severity == "ALERT" else f" {said or ''}") for severity, line, said in FINDING.findall(text)}
    return " ".join(sorted(found))


@case(start=False, must=["exit 0 NOTICE:2 'yes'", "exit 1 ALERT:1"])
def blocks(env):
    target = ["--target", "haproxy-2.6"] if env.role == "shunt" else []
    for number, text in enumerate(BLOCKS.read_text().split("\n---\n"), 1):
        path = env.file("block.cfg", text.strip("\n") + "\n" + AFTER)
        done = env.run([*target, "-c", "-f", path])
        env.note(f"{number}: {text.strip()!r} exit {done.returncode} {findings(done.stderr)}")
