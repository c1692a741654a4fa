#!/usr/bin/env python3
"""Compares shunt's verdicts with what HAProxy 2.6 and 3.5 were seen to say.

usage: versions.py --shunt PROGRAM [--show] [NAME-PART...]

Two collections of ../shared/reference are read (a machine without them skips loudly): the small configurations of
version-differences.md, and placement-verdicts.tsv, one keyword in five kinds of sections.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT.parent / "shared" / "reference"
TARGETS = {"2.6": "haproxy-2.6", "3.5": "haproxy-3.5"}


# HAProxy looks for these when all is read and names no line.
LATE = re.compile(r"nowhere defined|which is a frontend|which \S+ '[^']*' doesn't have")
# Recorded together with a proxy that inherits the line, which this test doesn't have: the error is that proxy's.
INHERITED = re.compile(r"(http-request|http-response|http-after-response|tcp-request|tcp-response) |option external-check")


def check(shunt, target, path, directory):
    done = subprocess.run([shunt, "--target", target, "-c", "-f", path], cwd=directory, capture_output=True,
                          text=True, errors="replace", timeout=20)
    blamed = {level[0] + line for level, line in re.findall(r"\[(ALERT|WARNING|NOTICE)\].*?\[[^\]:]*:(\d+)\]", done.stderr)}
    return done.returncode, blamed, done.stderr


def verdict_word(code, blamed):
    if code == 2:
        return "no listener"
    if code != 0:
        return "error"
    return "warning" if any(b.startswith("W") for b in blamed) else "ok"


def expected_word(text):
    if "(2)" in text:
        return "no listener"
    if text.startswith("error"):
        return "error"
    return "warning" if "warning" in text else "ok"


def table_rows():
    for line in (REFERENCE / "version-differences.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.match(r"\d{3}-", cells[0]) and len(cells) >= 5:
            yield cells


def configurations(wanted):
    for name, said26, lines26, said35, lines35, *_ in table_rows():
        path = REFERENCE / "version-configs" / (name + ".cfg")
        if not path.exists() or (wanted and not any(part in name for part in wanted)):
            continue
        for version, said, lines in (("2.6", said26, lines26), ("3.5", said35, lines35)):
            if "crash" not in said:
                yield version, name, path, said, lines


def judge_configuration(shunt, directory, case):
    version, name, path, said, lines = case
    code, blamed, text = check(shunt, TARGETS[version], path.name, directory)
    got, expected = verdict_word(code, blamed), expected_word(said)
    if {got, expected} <= {"ok", "no listener", "warning"}:
        # Which warnings are printed differs in many ways; the verdict is what the table is about.
        agrees = version == "3.5" or (got == "no listener") == (expected == "no listener")
    else:
        agrees = got == expected
    right = expected != "error" or not re.search(r"\d", lines) or any(b in lines.split() for b in blamed if b.startswith("A"))
    return agrees, right, f"{version} {name}: HAProxy {said} [{lines}], shunt {got} {sorted(blamed)}", text


PLACES = ("defaults", "named-defaults", "frontend", "listen", "backend")
HEADS = {"defaults": "defaults", "named-defaults": "defaults d", "frontend": "frontend x\n bind 127.0.0.1:18999",
         "listen": "listen x\n bind 127.0.0.1:18999", "backend": "backend x"}


def placements(wanted):
    lines = (REFERENCE / "placement-verdicts.tsv").read_text().splitlines()
    for line in lines[1:]:
        keyword, tried, *verdicts = line.split("\t")
        if wanted and not any(part in keyword for part in wanted):
            continue
        for at, verdict in enumerate(verdicts):
            yield ("2.6", "3.5")[at // 5], keyword, tried, PLACES[at % 5], verdict


def judge_placement(shunt, directory, case):
    version, keyword, tried, place, verdict = case
    text = f"defaults base\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n{HEADS[place]}\n {tried}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".cfg", dir=directory) as file:
        file.write(text)
        file.flush()
        code, blamed, printed = check(shunt, TARGETS[version], file.name, directory)
    line = text.count("\n")
    printed = "\n".join(said for said in printed.splitlines() if verdict == "E" or not LATE.search(said))
    blamed = {b for b in blamed if not b.startswith("A") or re.search(rf"ALERT.*:{b[1:]}\]", printed)}
    if verdict == "E" and INHERITED.match(tried) and (place == "named-defaults" or "external" in tried and "def" in place):
        verdict = "ok"
    got = "E" if f"A{line}" in blamed else "ign" if re.search(rf":{line}\].*ignored", printed) else "ok"
    agrees = (verdict == "E") == (got == "E")
    return agrees, True, f"{version} '{tried}' in {place}: HAProxy {verdict}, shunt {got}", printed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--show", action="store_true", help="print what shunt says about each that differs")
    parser.add_argument("--at-most", type=int, default=0, help="how many may differ; exit status 1 otherwise")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    if not REFERENCE.exists():
        print("SKIPPED: ../shared/reference is not here")
        return 0
    shunt = str(pathlib.Path(given.shunt).resolve())
    wrong = total = misplaced = 0
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(f"cp -r {REFERENCE}/version-configs/. {scratch}; chmod -R u+w {scratch}; cd {scratch} && "
                       "openssl req -x509 -newkey rsa:2048 -nodes -keyout only.key -out only.crt -days 30 -subj /CN=x "
                       "2>/dev/null && cat only.crt only.key > site.pem", shell=True, check=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda c: judge_configuration(shunt, scratch, c), configurations(given.names)))
            results += list(pool.map(lambda c: judge_placement(shunt, scratch, c), placements(given.names)))
    for agrees, right, text, printed in results:
        total += 1
        wrong += not agrees
        misplaced += agrees and not right
        if not agrees or not right:
            print(("differs  " if not agrees else "line     ") + text)
            if given.show:
                print("    " + "\n    ".join(printed.splitlines()[:6]))
    print(f"{total} verdicts, {wrong} differ, {misplaced} blame another line")
    return 1 if wrong > given.at_most else 0


if __name__ == "__main__":
    sys.exit(main())
