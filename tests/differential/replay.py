#!/usr/bin/env python3
"""The flags that `shunt diff` prints are those of `shunt explain`: each witness of some files is described again and comes to the same fate.

usage: replay.py --shunt PROGRAM [--each 40] [FILE...]
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = [ROOT / "examples" / f"{name}.cfg" for name in ("tls-and-plain-on-one-port", "sni-passthrough", "protocols-on-one-port")]


def said(shunt, *words):
    done = subprocess.run([shunt, *words], capture_output=True, text=True)
    if not done.stdout:
        sys.exit(f"{shlex.join(map(str, words))}: {done.stderr}")
    return json.loads(done.stdout)


def same(foretold, fate):
    if foretold["end"] != fate["ending"]:
        return False
    return foretold["end"] != "served" or foretold["servers"] == fate["visits"][-1]["servers"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("files", nargs="*")
    given = parser.parse_args()
    wrong = count = 0
    for path in given.files or FILES:
        witnesses = said(given.shunt, "diff", "--witnesses", "--assume-files", path)["witnesses"]
        step = max(1, len(witnesses) // given.each)
        for witness in witnesses[::step]:
            count += 1
            fate = said(given.shunt, "explain", path, "--assume-files", "--format", "json", *shlex.split(witness["flags"]))["fate"]
            if not same(witness["fates"][0], fate):
                wrong += 1
                print(f"{path} {witness['flags']}\n    {witness['fates'][0]}\n    {fate}")
    print(f"{count} witnesses, {wrong} described otherwise")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
