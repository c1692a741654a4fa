#!/usr/bin/env python3
"""Groups of programs that share stick tables (the peers protocol): HAProxy among HAProxys shows what is expected, then the program under
test takes one of the parts. Notes of a case are compared, agreement of tables is required within a second.
"""

import argparse
import concurrent.futures
import dataclasses
import difflib
import itertools
import os
import sys
import tempfile
import time
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
    waits: bool


def case(variants=(None,), long=False, alone=False, waits=False):
    """Registers `function(group, variant)`, once for each variant; `alone`: nothing else runs meanwhile, for its times are judged; `waits`: it waits
    nearly all the time (HAProxy connects again after five seconds), so it runs beside the others."""
    def register(function):
        for variant in variants:
            name = function.__name__ + ("" if variant is None else f"[{variant}]")
            REGISTRY[name] = Case(name, (lambda g: function(g)) if variant is None else (lambda g, v=variant: function(g, v)), long, alone, waits)
        return function
    return register


@dataclasses.dataclass
class Outcome:
    notes: list
    failures: list
    figures: list
    seconds: float


def played(case_, oracle, tested, folder):
    begin = time.monotonic()
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
    return Outcome(group.notes, group.failures, group.figures, time.monotonic() - begin)


def differences(theirs, ours):
    pairs = theirs.notes, [known if note == f"show peers: {nodes.MISSING}" else note
                           for known, note in itertools.zip_longest(theirs.notes, ours.notes[:len(theirs.notes)])][:len(ours.notes)] + ours.notes[len(theirs.notes):]
    return list(difflib.unified_diff(*pairs, "HAProxy", "tested", lineterm="", n=1))


def late(theirs, ours):
    """What took longer than its limit, and than twice as long as with HAProxy alone (the machine may be busy)."""
    measured = {each.what: each.seconds for each in theirs.figures if isinstance(each, nodes.Figure)}
    return [f"{each}, later than {each.limit}s (HAProxy: {measured.get(each.what, 0):.2f}s)" for each in ours.figures
            if isinstance(each, nodes.Figure) and each.limit is not None and each.seconds > max(each.limit, 2 * measured.get(each.what, 0))]


def judged(theirs, ours, given):
    """(verdict, lines to print)."""
    lines = [f"    HAProxy: {each}" for each in theirs.failures]
    wrong = bool(lines)
    if ours:
        found = [f"    tested: {each}" for each in [*ours.failures, *late(theirs, ours)]] + [f"    {line}" for line in differences(theirs, ours)]
        wrong, lines = wrong or bool(found), lines + found
    if given.show:
        lines += [f"    | {line}" for line in (ours or theirs).notes]
    if given.times or given.show:
        lines += [f"    {name} ({each.seconds:.1f}s): {', '.join(str(figure) for figure in each.figures)}" for name, each in (("HAProxy", theirs), ("tested", ours)) if each]
    return not wrong, lines


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shunt", type=os.path.abspath, help="the program under test; without it HAProxy plays every part")
    options.add_argument("--oracle", default="/usr/sbin/haproxy")
    options.add_argument("--twice", action="store_true", help="HAProxy against HAProxy: are the notes the same each time?")
    options.add_argument("--only", action="append", help="part of a name, may be repeated")
    options.add_argument("--long", action="store_true", help="the long cases as well")
    options.add_argument("--jobs", type=int, default=16)
    options.add_argument("--show", action="store_true", help="print the notes")
    options.add_argument("--times", action="store_true", help="print how long agreement took")
    given = options.parse_args()
    if not os.access(given.oracle, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    import group_cases  # noqa: F401  (registers its cases)
    import wire_cases  # noqa: F401
    import cluster_cases  # noqa: F401
    import section_cases  # noqa: F401
    import reload_cases  # noqa: F401
    import place_cases  # noqa: F401
    import renewal_cases  # noqa: F401
    chosen = [each for each in REGISTRY.values() if (given.long or not each.long) and (not given.only or any(part in each.name for part in given.only))]
    failed, tested = [], given.shunt or (given.oracle if given.twice else None)
    with tempfile.TemporaryDirectory(prefix="peers-certs-") as folder:
        for name, subject in {"a": "a.test", "b": "b.test", "former": "c.test", "later": "c.test"}.items():
            certs.make(os.path.join(folder, name), subject, None, "ec")

        def play(case_, program):
            return played(case_, given.oracle, program, folder) if program else None

        def tell(case_, verdict, lines):
            print("\n".join([f"{'ok  ' if verdict else 'FAIL'} {case_.name}", *lines]), flush=True)

        with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool, concurrent.futures.ThreadPoolExecutor(given.jobs * 3 // 4) as waiting:
            running = {each.name: [(waiting if each.waits else pool).submit(play, each, program) for program in (given.oracle, tested)] for each in chosen if not each.alone}
            first = {name: [each.result() for each in both] for name, both in running.items()}
        for each in chosen:
            verdict, lines = judged(*(first.get(each.name) or [play(each, given.oracle), play(each, tested)]), given)
            if not verdict:  # once more, with the machine to itself
                tell(each, False, lines)
                print(f"again {each.name}")
                verdict, lines = judged(play(each, given.oracle), play(each, tested), given)
            tell(each, verdict, lines)
            if not verdict:
                failed.append(each.name)
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed" + (f": {' '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.modules.setdefault("groups", sys.modules["__main__"])  # the cases import this file by its name
    sys.exit(main())
