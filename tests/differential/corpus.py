#!/usr/bin/env python3
"""Asks for the verdicts on the real files of ../shared/corpus, as HAProxy 3.5 and as HAProxy 2.6.

usage: corpus.py --shunt PROGRAM     exit status 1 when one verdict differs; without the corpus the test is skipped
"""
import argparse
import pathlib
import subprocess
import sys

CORPUS = pathlib.Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt", required=True)
    given = parser.parse_args()
    if not (CORPUS / "verdicts").exists():
        print("SKIPPED: ../shared/corpus is not here")
        return 0
    failed = 0
    for version in ("3.5", "2.6"):
        done = subprocess.run([sys.executable, str(CORPUS / "verdicts"), given.shunt, f"--with=--target haproxy-{version}", "--version", version], text=True, stdout=subprocess.PIPE)
        print(f"as HAProxy {version}: {done.stdout}", end="")
        failed |= done.returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
