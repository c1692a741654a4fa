#!/usr/bin/env python3
"""Groups of programs that share stick tables (the peers protocol): HAProxy among HAProxys shows what is expected, then the program under
test takes one of the parts. Notes of a case are compared, agreement of tables is required within a second.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import re
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "differential"))

import certs  # noqa: E402
import nodes  # noqa: E402

REGISTRY = {}


@dataclasses.dataclass
class Case:
    name: str
    run: object
    long: bool
    alone: bool


def case(variants=(None,), long=False, alone=False):
    """Registers `function(group, variant)`, once for each variant; `alone`: nothing else runs meanwhile, for its times are judged."""
    def register(function):
        for variant in variants:
            name = function.__name__ + ("" if variant is None else f"[{variant}]")
            REGISTRY[name] = Case(name, (lambda g: function(g)) if variant is None else (lambda g, v=variant: function(g, v)), long, alone)
        return function
    return register


@dataclasses.dataclass
class Outcome:
    notes: list
    failures: list
    figures: list


def played(case_, oracle, tested, folder):
    group = nodes.Group(oracle, tested, folder)
    try:
        case_.run(group)
    except nodes.Failed as failed:
        group.failures.append(str(failed))
    except Exception:
        group.failures.append(traceback.format_exc())
    finally:
        if group.failures:
            for node in group.nodes.values():
                group.failures.append(f"log of {node.name}: {node.text(node.log)[-1500:]}")
        group.close()
    return Outcome(group.notes, group.failures, group.figures)


def differences(theirs, ours):
    import difflib
    return [line for line in difflib.unified_diff(theirs.notes, ours.notes, "HAProxy", "tested", lineterm="", n=1)] if theirs.notes != ours.notes else []


def judged(case_, given, folder):
    """(verdict, lines to print)."""
    theirs = played(case_, given.oracle, given.oracle, folder)
    lines = [f"    HAProxy: {each}" for each in theirs.failures]
    ours = None
    tested = given.shunt or (given.oracle if given.twice else None)
    if tested:
        ours = played(case_, given.oracle, tested, folder)
        lines += [f"    tested: {each}" for each in ours.failures] + [f"    {line}" for line in differences(theirs, ours)]
    if given.show:
        lines += [f"    | {line}" for line in (ours or theirs).notes]
    if given.times or given.show:
        lines += [f"    {name}: {', '.join(each.figures)}" for name, each in (("HAProxy", theirs), ("tested", ours)) if each and each.figures]
    wrong = theirs.failures or ours and (ours.failures or differences(theirs, ours))
    return not wrong, lines


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shunt", help="the program under test; without it HAProxy plays every part")
    options.add_argument("--oracle", default="/usr/sbin/haproxy")
    options.add_argument("--twice", action="store_true", help="HAProxy against HAProxy: are the notes the same each time?")
    options.add_argument("--only", action="append", help="part of a name, may be repeated")
    options.add_argument("--long", action="store_true", help="the long cases as well")
    options.add_argument("--jobs", type=int, default=8)
    options.add_argument("--show", action="store_true", help="print the notes")
    options.add_argument("--times", action="store_true", help="print how long agreement took")
    given = options.parse_args()
    if not os.access(given.oracle, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    import group_cases  # noqa: F401  (registers its cases)
    import wire_cases  # noqa: F401
    chosen = [each for each in REGISTRY.values() if (given.long or not each.long) and (not given.only or any(part in each.name for part in given.only))]
    failed = []
    with tempfile.TemporaryDirectory(prefix="peers-certs-") as folder:
        certs.prepare(folder)

        def tell(case_, verdict, lines):
            print("\n".join([f"{'ok  ' if verdict else 'FAIL'} {case_.name}", *lines]), flush=True)

        with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
            running = {pool.submit(judged, each, given, folder): each for each in chosen if not each.alone}
            first = {}
            for done in concurrent.futures.as_completed(running):
                first[running[done].name] = done.result()
        for each in chosen:
            verdict, lines = first.get(each.name) or judged(each, given, folder)
            if not verdict:  # once more, with the machine to itself
                tell(each, False, lines)
                print(f"again {each.name}")
                verdict, lines = judged(each, given, folder)
            tell(each, verdict, lines)
            if not verdict:
                failed.append(each.name)
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed" + (f": {' '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.modules.setdefault("groups", sys.modules["__main__"])  # the cases import this file by its name
    sys.exit(main())
