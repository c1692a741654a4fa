#!/usr/bin/env python3
"""Asks for the verdicts on the real files of ../shared/corpus, as HAProxy 3.5 and as HAProxy 2.6, and lays them out.

usage: corpus.py --shunt PROGRAM     exit status 1 when one verdict differs, or `shunt fmt` changes what a file means or finds
                                     something to do in its own result; without the corpus the test is skipped
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

CORPUS = pathlib.Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"


def laid_out(shunt, path, scratch):
    """What `shunt fmt` complains of; files that are not sound text are not its business."""
    once = subprocess.run([shunt, "fmt", str(path)], capture_output=True)
    if once.returncode:
        return once.stderr.decode(errors="replace") if b"would not mean the same" in once.stderr or once.returncode != 1 else ""
    again = scratch / path.name
    again.write_bytes(once.stdout)
    return subprocess.run([shunt, "fmt", "-l", str(again)], capture_output=True, text=True).stdout


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
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted((CORPUS / "cases").glob("*.cfg")):
            if complaint := laid_out(given.shunt, path, pathlib.Path(scratch)):
                print(f"fmt {path.name}: {complaint}", end="")
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
