#!/usr/bin/env python3
"""Lints every file of the corpus: docs/lint-corpus.md has all findings in one table, and --draw picks those that
docs/lint-review.md judges, by a fixed seed.

usage: lint_corpus.py --shunt PROGRAM [--corpus DIR] [--write] [--check] [--draw N] [--seed N] [--masked]
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "lint-corpus.md"
HEAD = """# Lint on the corpus

Every finding of `shunt check --assume-files` that is a lint, on the {files} files of the corpus (real haproxy.cfg files
from public repositories; the ids are those of its index, and host names in them are replaced by addresses such as
127.0.0.1). {accepted} of them have no error for HAProxy 3.5 (`--target haproxy-3.5`) or else for 2.6 and are linted;
{found} of these have findings, {count} in all. Written by
`tests/differential/lint_corpus.py --write`; fifty of them are judged in [lint-review.md](lint-review.md).

| code | findings | files |
|---|---|---|
{codes}

## All findings

| file | line | code | message |
|---|---|---|---|
{rows}
"""


def lints(program):
    listed = subprocess.run([program, "codes", "--lints"], capture_output=True, text=True, check=True).stdout
    return set(listed.split())


def findings(program, path):
    for target in ("haproxy-3.5", "haproxy-2.6"):
        done = subprocess.run([program, "check", "--assume-files", "--target", target, "--format", "json", str(path)],
                              capture_output=True, text=True, timeout=60, cwd=path.parents[1])
        report = json.loads(done.stdout)
        if report["errors"] == 0:
            break
    return report


def collect(program, corpus):
    known, accepted, all_found = lints(program), 0, []
    files = sorted((corpus / "cases").glob("*.cfg"))
    for path in files:
        report = findings(program, path)
        accepted += report["errors"] == 0
        for each in report["findings"]:
            if each["code"] in known:
                place = each.get("place", {})
                all_found.append((path.stem, place.get("line", 0), each["code"], each["message"], place.get("column", 0)))
    return len(files), accepted, all_found


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def document(files, accepted, all_found):
    counts = collections.Counter(each[2] for each in all_found)
    names = {code: len({each[0] for each in all_found if each[2] == code}) for code in counts}
    codes = "\n".join(f"| `{code}` | {counts[code]} | {names[code]} |" for code in sorted(counts))
    rows = "\n".join(f"| {file} | {line} | `{code}` | {cell(message)} |" for file, line, code, message, _ in all_found)
    found = len({each[0] for each in all_found})
    return HEAD.format(files=files, accepted=accepted, found=found, count=len(all_found), codes=codes, rows=rows)


# The corpus has 127.0.0.1 and the like in the place of most host names, which makes servers of our own binds.
MASKED = {"server-is-own-bind", "frontend-loop", "send-proxy-unread", "accept-proxy-unsent"}


def drawn(all_found, count, seed, masked):
    """One finding of each pair of file and code, so that generated files don't fill the sample with copies."""
    chance = random.Random(seed)
    all_found = [each for each in all_found if (each[2] in MASKED) == masked]
    groups = collections.defaultdict(list)
    for each in all_found:
        groups[each[0], each[2]].append(each)
    ones = [chance.choice(group) for _, group in sorted(groups.items())]
    if len(ones) < count:  # then more of the pairs that have several
        others = [each for each in all_found if each not in ones]
        ones += chance.sample(others, min(count - len(ones), len(others)))
    return sorted(chance.sample(ones, min(count, len(ones))))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--masked", action="store_true", help="draw from what the replaced host names cause")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if not given.corpus.is_dir():
        print(f"no corpus at {given.corpus}")
        return 77
    files, accepted, all_found = collect(str(pathlib.Path(given.shunt).resolve()), given.corpus)
    text = document(files, accepted, all_found)
    if given.write:
        TABLE.write_text(text)
    if given.draw:
        for each in drawn(all_found, given.draw, given.seed, given.masked):
            print("\t".join(str(part) for part in each[:4]))
    if given.check and TABLE.read_text() != text:
        print(f"{TABLE.relative_to(ROOT)} is out of date; run this with --write")
        return 1
    return 0


sys.exit(main())
