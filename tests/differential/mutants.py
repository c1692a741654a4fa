#!/usr/bin/env python3
"""Changes one token of files that HAProxy 2.6 accepts and compares the verdicts of HAProxy 2.6 and shunt on the result.

usage: mutants.py --shunt PROGRAM [--haproxy PROGRAM] [--corpus DIR] [--count 5000] [--seed 1] [--show N] [--jobs 2] [--at-least 97]

A mutant drops, doubles or misspells one word, or moves one line to another section. The same seed makes the same mutants.
Verdict: accepted, refused, or no listener. Exit status 1 when fewer than --at-least percent agree, or a program crashed.
"""
import argparse
import collections
import concurrent.futures
import importlib.machinery
import importlib.util
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECTION = re.compile(r"^(global|defaults|frontend|backend|listen|peers|resolvers|userlist|mailers|program|ring|log-forward|cache|fcgi-app|http-errors|crt-store)\b")
WORD = re.compile(r"(?:\\.|\"(?:\\.|[^\"])*\"|'[^']*'|[^\s\\\"'#])+")


def corpus_tools(corpus):
    loader = importlib.machinery.SourceFileLoader("verdicts", str(corpus / "verdicts"))
    sys.dont_write_bytecode = True
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("verdicts", loader))
    loader.exec_module(module)
    return module


def accepted(corpus):
    rows = [line.split("\t") for line in (corpus / "expected.tsv").read_text().splitlines()]
    column = rows[0].index("2.6")
    return [row[0] for row in rows[1:] if row[column] == "accept"]


def misspell(word, dice):
    at = dice.randrange(len(word))
    kind = dice.randrange(3)
    if kind == 0 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    if kind == 1 and len(word) > 1:
        return word[:at] + word[at + 1:]
    return word[:at] + dice.choice("aeiorstx") + word[at:]


def mutate(text, dice):
    """The changed text and what was done; None where that changes nothing."""
    lines = text.split("\n")
    candidates = [i for i, line in enumerate(lines) if WORD.match(line.strip()) and not line.strip().startswith("#")]
    at = dice.choice(candidates)
    kind = dice.choice(("drop", "double", "misspell", "move"))
    if kind == "move":
        heads = [i for i, line in enumerate(lines) if SECTION.match(line.strip())]
        if not heads or at in heads:
            return None
        moved = lines.pop(at)
        target = dice.choice([i for i, line in enumerate(lines) if SECTION.match(line.strip())])
        lines.insert(target + 1, moved)
        return "\n".join(lines), f"move: {moved.strip()}  below: {lines[target].strip()}"
    before = lines[at].split("#")[0] if "\\#" not in lines[at] and '"' not in lines[at] else lines[at]
    words = list(WORD.finditer(before))
    if not words:
        return None
    chosen = dice.choice(words)
    new = {"drop": "", "double": f"{chosen[0]} {chosen[0]}", "misspell": misspell(chosen[0], dice)}[kind]
    changed = before[:chosen.start()] + new + lines[at][chosen.end():]
    if changed == lines[at]:
        return None
    lines[at] = changed
    return "\n".join(lines), f"{kind}: {changed.strip()}"


def mutants(corpus, count, seed):
    dice, cases = random.Random(seed), accepted(corpus)
    texts = {case: (corpus / "cases" / f"{case}.cfg").read_text(errors="surrogateescape") for case in cases}
    made = 0
    while made < count:
        case = cases[made % len(cases)]
        result = mutate(texts[case], dice)
        if result:
            yield made, case, *result
            made += 1


VERDICTS = {0: "accepted", 1: "refused", 2: "no listener"}


def verdict(words, name, work):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HAPROXY")}
    try:
        done = subprocess.run([*words, "-c", "-f", name], cwd=work, capture_output=True, text=True, errors="replace", timeout=30, env=environment, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    first = next((line for line in done.stderr.splitlines() if "[ALERT]" in line), "")
    return VERDICTS.get(done.returncode, f"crash {done.returncode}"), re.sub(r"^\[ALERT\] +\(\d+\) : ", "", first)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--corpus", default=str(ROOT / ".." / "shared" / "corpus"))
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--at-least", type=float, default=97)
    options = parser.parse_args()
    corpus = pathlib.Path(options.corpus).resolve()
    if not corpus.is_dir() or not os.access(options.haproxy, os.X_OK):
        print(f"SKIPPED: {corpus} or {options.haproxy} is not there")
        return 0
    tools = corpus_tools(corpus)
    work, alone = tools.prepare(str(corpus)), tools.alone()
    shunt = [*alone, os.path.abspath(options.shunt), "--target", "haproxy-2.6"]

    def judge(mutant):
        number, case, text, what = mutant
        name = f"cases/{case}-{number}.cfg"
        with open(os.path.join(work, name), "w", errors="surrogateescape") as file:
            file.write(text)
        result = case, what, verdict([*alone, options.haproxy], name, work), verdict(shunt, name, work)
        os.unlink(os.path.join(work, name))
        return result

    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = list(pool.map(judge, mutants(corpus, options.count, options.seed)))
    finally:
        shutil.rmtree(work)
    differ = [result for result in results if result[2][0] != result[3][0]]
    for case, what, haproxy, own in differ[: options.show]:
        print(f"{case} {what}\n    haproxy {haproxy[0]}: {haproxy[1]}\n    shunt   {own[0]}: {own[1]}")
    pairs = collections.Counter((haproxy[0], own[0]) for _, _, haproxy, own in results)
    for (haproxy, own), count in sorted(pairs.items()):
        print(f"haproxy {haproxy}, shunt {own}: {count}")
    agreed = 100 * (1 - len(differ) / len(results))
    print(f"{len(results)} mutants, seed {options.seed}: {agreed:.2f} % agree")
    crashed = any(own[0].startswith(("crash", "timeout")) for *_, own in results)
    return 1 if crashed or agreed < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
