#!/usr/bin/env python3
"""Lets Graphviz's own `dot` draw what `shunt graph` writes for it; exit status 77 (skipped) where it isn't installed.

usage: dot.py SHUNT
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from run import HOSTILE, ROOT, ladder

SKIP = 77


def drawings(folder):
    """Files to draw, each folded and unfolded."""
    for path in sorted([*ROOT.glob("examples/*.cfg"), *ROOT.glob("tests/haproxy-configs/*.cfg"), *ROOT.glob("tests/browser/*.cfg")]):
        yield path.name, path
    for name, text in (("ladder", ladder(300)), ("hostile", HOSTILE)):
        path = folder / f"{name}.cfg"
        path.write_text(text)
        yield name, path


def fault(shunt, config, folder, *options):
    """What is wrong with the drawing; "" if nothing, None if the file can't be drawn at all."""
    written = folder / "x.dot"
    done = subprocess.run([shunt, "graph", "--assume-files", "--format", "dot", *options, "-o", written, config], capture_output=True, timeout=60)
    if done.returncode != 0:
        return None
    drawn = subprocess.run(["dot", "-Tsvg", written], capture_output=True, text=True, timeout=120)
    boxes = len(re.findall(r"^  [nx]\d+ \[", written.read_text(), re.M))
    nodes = len(re.findall(r'class="node"', drawn.stdout))
    if drawn.returncode != 0 or drawn.stderr:
        return drawn.stderr[:400] or f"exit status {drawn.returncode}"
    return "" if nodes == boxes else f"{boxes} boxes were written, {nodes} drawn"


def main():
    if not shutil.which("dot"):
        print("SKIPPED: dot (package graphviz) is not installed. No DOT drawing was tried.")
        return SKIP
    counts = {True: 0, False: 0}
    with tempfile.TemporaryDirectory(prefix="shunt-dot-") as name:
        folder = pathlib.Path(name)
        for title, config in drawings(folder):
            for options in ((), ("--fold", "0")):
                found = fault(sys.argv[1], config, folder, *options)
                if found is None:
                    continue
                counts[not found] += 1
                if found:
                    print(f"FAIL {title} {' '.join(options)}: {found}")
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] or not counts[True] else 0


if __name__ == "__main__":
    sys.exit(main())
