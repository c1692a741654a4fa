#!/usr/bin/env python3
"""Checks whole configuration files, written as people have them, under HAProxy 2.6 and shunt and compares verdict and blamed lines.

usage: field.py --shunt PROGRAM [--haproxy PROGRAM] [--mutants N] [--seed 1] [--at-least 98] [NAME...]

Each file field/NAME.cfg is compared as it is, then without the lines that HAProxy refuses, then in N variants of it with one
mistake each (mutants.py). field/x-NAME.cfg has names of 3.x and must be accepted for 3.5. '@FILE' and its like stand for the files of lines/surroundings.cfg.
"""
import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import lines
import mutants

HERE = pathlib.Path(__file__).resolve().parent


def scratch_files(directory):
    subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -days 30 -subj /CN=x 2>/dev/null && cat crt key > pem",
                   shell=True, check=True, cwd=directory)
    for name in lines.FILES:
        (directory / name[1:].lower()).write_text(lines.with_files(lines.SECTIONS[name], directory))


def blamed(said, path):
    return {int(n) for n in re.findall(r"\[ALERT\].*?" + re.escape(path.name) + r":(\d+)", said)}


def check(words, path):
    done = subprocess.run([*words, "-c", "-f", str(path)], capture_output=True, text=True, errors="replace", timeout=30,
                          cwd=path.parent, stdin=subprocess.DEVNULL)
    return done.returncode, blamed(done.stderr, path), done.stderr


def compare(given, directory, name, text):
    """What differs, or an empty text; and the lines that HAProxy blames, None when it accepts the file."""
    path = directory / f"{name}.cfg"
    path.write_text(text, errors="surrogateescape")
    theirs, ours = check([given.haproxy], path), check([given.shunt, "--target", "haproxy-2.6"], path)
    path.unlink()
    refused = theirs[0] not in (0, 2)
    same = ours[0] == (1 if refused else theirs[0])
    right = not refused or not theirs[1] or bool(theirs[1] & ours[1])
    said = "" if same and right else f"HAProxy {theirs[0]} {sorted(theirs[1])}, shunt {ours[0]} {sorted(ours[1])}\n{theirs[2]}{ours[2]}"
    return said, theirs[1] if refused else None


def without_faults(given, directory, name, text):
    for _ in range(40):
        said, faults = compare(given, directory, name, text)
        if not faults:
            return (text if faults is None else None), said
        rows = text.split("\n")
        for number in faults:
            rows[number - 1] = "#"
        text = "\n".join(rows)
    return None, ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--haproxy", default=shutil.which("haproxy") or "/usr/sbin/haproxy")
    parser.add_argument("--mutants", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-least", type=float, default=97)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    given.shunt = str(pathlib.Path(given.shunt).resolve())
    dice, wrong, variants, wrong_variants = random.Random(given.seed), 0, 0, 0
    files = [path for path in sorted((HERE / "field").glob("*.cfg")) if not given.names or path.stem in given.names]
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        scratch_files(directory)
        for path in files:
            text = lines.with_files(path.read_text(), directory)
            if path.stem.startswith("x-"):
                (directory / path.name).write_text(text)
                code, _, said = check([given.shunt, "--target", "haproxy-3.5"], directory / path.name)
                wrong += code != 0
                print(f"{path.stem}: {said}" if code else "", end="")
                continue
            said, _ = compare(given, directory, path.stem, text)
            sound, more = without_faults(given, directory, path.stem, text)
            if said or more:
                wrong += 1
                print(f"{path.stem}: {said or more}")
            for _ in range(given.mutants if sound else 0):
                mutant = mutants.mutate(sound, dice)
                if not mutant:
                    continue
                variants += 1
                said, _ = compare(given, directory, path.stem, mutant[0])
                wrong_variants += bool(said)
                if said:
                    print(f"{path.stem}: {mutant[1]}: {said.splitlines()[0]}")
    agreed = 100 * (1 - wrong_variants / max(1, variants))
    print(f"{len(files)} files, {wrong} differ; {variants} variants with a mistake, {agreed:.2f} % agree")
    return 1 if wrong or agreed < given.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
