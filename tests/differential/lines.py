#!/usr/bin/env python3
"""Runs single lines of configuration under HAProxy 2.6 and shunt and compares verdict and blamed line.

usage: lines.py --shunt PROGRAM [--haproxy PROGRAM] [--only AREA] [--every N] [--show]

Each file lines/AREA.txt holds one line of configuration per line: the section it stands in, a tab or blanks, the line. A
section is one of the words below or, in quotes, the head line of another one ('"resolvers r"  nameserver a 127.0.0.1:53').
Lines with '#' are comments. '@FILE', '@PEM', '@KEY', '@DIR' and the files in
lines/surroundings.cfg stand for files that exist. What 3.5 decides otherwise is
marked '!' before the section and not compared with 2.6. lines/surroundings.cfg is what stands around the line.
lines/golden/AREA.txt holds what shunt says about each (tests/graph/lines_test.cpp).

lines/known.tsv lists the lines that are meant to differ or can't agree yet: last line of the head or section, line, reason.
"""
import argparse
import concurrent.futures
import itertools
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def surroundings():
    kinds = {}
    for text in (HERE / "lines" / "surroundings.cfg").read_text().splitlines(keepends=True):
        head = re.match(r"\[(\S+)\]$", text)
        if head:
            kinds[head[1]] = ""
        elif kinds:
            kinds[list(kinds)[-1]] += text
    return kinds


SECTIONS = surroundings()
FILES = [name for name in SECTIONS if name.startswith("@")]


def cases(only):
    for path in sorted((HERE / "lines").glob("*.txt")):
        if only and path.stem != only:
            continue
        for number, text in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'(!?)(?:"([^"]*)"|(\S+))\s?(.*)$', text)
            if match and not text.startswith("#"):
                head = match[2] and match[2].replace("\\n", "\n ")
                yield f"{path.stem}:{number}", bool(match[1]), head, match[3], match[4]


def with_files(text, directory):
    for name in (*FILES, "@PEM", "@KEY"):
        text = text.replace(name, str(directory / name[1:].lower()))
    return text.replace("@DIR", str(directory))


def configuration(head, section, line, directory):
    line = with_files(line, directory)
    before, after = SECTIONS["HEAD" if head else section].replace("@HEAD", with_files(head or "", directory)).split("@LINE")
    return before + line + after, before.count("\n") + 1


def run(words, path):
    done = subprocess.run([*words, "-c", "-f", path], capture_output=True, text=True, errors="replace", timeout=20, cwd=pathlib.Path(path).parent)
    blamed = {int(n) for n in re.findall(r"\[ALERT\].*?\[[^\]:]*:(\d+)\]", done.stderr)}
    return done.returncode, blamed, done.stderr


def judge(given, directory, case):
    name, newer, head, section, line = case
    text, at = configuration(head, section, line, directory)
    with tempfile.NamedTemporaryFile("w", suffix=".cfg", dir=directory, newline="\n") as file:
        file.write(text)
        file.flush()
        if newer:
            code, blamed, said = run([given.shunt, "--target", "haproxy-3.5"], file.name)
            return True, f"{name}: only 3.5: exit {code}", said, ""
        ours = run([given.shunt, "--target", "haproxy-2.6"], file.name)
        theirs = run([given.haproxy], file.name)
    # Some faulty lines crash HAProxy: refused, too.
    same = (ours[0] == 1) == (theirs[0] not in (0, 2))
    lines = ours[0] != 1 or not theirs[1] or bool(ours[1] & theirs[1])
    where = head or section
    return same and lines, (f"{name}: {where}: {line}: HAProxy {theirs[0]} {sorted(theirs[1])}, "
                            f"shunt {ours[0]} {sorted(ours[1])} (line {at})"), ours[2], theirs[2]


def known_differences():
    rows = (line.split("\t") for line in (HERE / "lines" / "known.tsv").read_text().splitlines() if not line.startswith("#"))
    return {(row[0], row[1]) for row in rows if len(row) == 3}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--haproxy", default=shutil.which("haproxy") or "/usr/sbin/haproxy")
    parser.add_argument("--only")
    parser.add_argument("--every", type=int, default=1, help="only one line in N, as a sample")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    given.shunt = str(pathlib.Path(given.shunt).resolve())
    failed = total = excused = 0
    known = known_differences()
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -days 30 -subj /CN=x 2>/dev/null && "
                       "cat crt key > pem", shell=True, check=True, cwd=directory)
        for name in FILES:
            (directory / name[1:].lower()).write_text(with_files(SECTIONS[name], directory))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for case, (good, text, ours, theirs) in pool.map(lambda c: (c, judge(given, directory, c)), itertools.islice(cases(given.only), 0, None, given.every)):
                total += 1
                if good:
                    continue
                where = (case[3] or case[2].splitlines()[-1].strip(), case[4])
                if where in known and not given.show:
                    excused += 1
                    continue
                failed += 1
                print("differs", text)
                if given.show:
                    print("    " + "\n    ".join((ours + theirs).splitlines()[:8]))
    print(f"{total} lines, {failed} differ, {excused} more for known reasons")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
