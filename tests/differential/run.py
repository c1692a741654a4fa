#!/usr/bin/env python3
"""Runs the same configuration and the same clients under HAProxy and under shunt and compares what everybody saw."""

import argparse
import concurrent.futures
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import certs  # noqa: E402
import compare  # noqa: E402
import harness  # noqa: E402

CASE_LIMIT = 60.0
NOT_YET = "this build"  # how shunt refuses what it knows and cannot execute


def one_side(case, binary, role, options, result):
    """Starts the program, runs the clients, stops it; fills `result` with transcript and complaints."""
    ours = role == "shunt"
    env = harness.Env(binary, role, dict(options.env) if ours else None, options.flag if ours else ())
    result["env"] = env
    env.life = case.life
    try:
        for name, behaviour in case.servers.items():
            env.stub(name, behaviour)
        if case.start:
            env.start(case.cfg)
        case.traffic(env)
    except harness.StartFailed as error:
        result["error"] = f"{role} did not start:\n{error}"
    except Exception:
        result["error"] = f"{role}: the case itself failed:\n{traceback.format_exc()}"
    finally:
        env.finish()
        result["transcript"] = env.transcript()
        complaint = env.complaints()
        if complaint:
            result["complaint"] = complaint
        if result.get("error") and env.process:
            result["error"] += "\nstderr: " + env.text_of(env.err)[-2000:]
        env.clean()


def both_sides(case, options):
    sides = [("haproxy", options.haproxy), ("haproxy2" if options.twice else "shunt",
                                            options.haproxy if options.twice else options.shunt)]
    results, threads = [], []
    for role, binary in sides:
        result = {}
        thread = threading.Thread(target=one_side, args=(case, binary, role, options, result), daemon=True)
        thread.start()
        results.append(result)
        threads.append(thread)
    deadline = time.monotonic() + CASE_LIMIT
    for thread, result in zip(threads, results):
        thread.join(max(0.1, deadline - time.monotonic()))
        if thread.is_alive():
            result["error"] = "ran out of time"
            result["env"].abort()
            thread.join(10)
    return results


def attempt(case, options):
    """One attempt: (verdict, text, both transcripts); the verdict is 'passed', 'times' (only times differ), 'vague' (the oracle
    does not show what the case is about) or 'failed'."""
    oracle, other = both_sides(case, options)
    if options.show:
        print("\n".join(compare.flatten(oracle.get("transcript", {}))), flush=True)
    for side in (oracle, other):
        if side.get("complaint"):
            return "failed", side["complaint"], None
    if oracle.get("error"):
        return "failed", "oracle: " + oracle["error"], None
    absent = harness.missing(case.must, compare.flatten(oracle["transcript"]))
    if absent:
        return "vague", f"the oracle does not show what the case is about: {absent}\n" + \
            "\n".join(compare.flatten(oracle["transcript"])), None
    kind, text, lines = compare.compare(oracle["transcript"], other.get("transcript", {}), () if options.twice else case.expect_shunt)
    if case.later and NOT_YET in other.get("error", ""):
        return "skipped", f"  shunt does not have it yet: {case.later}", None
    if other.get("error"):
        return "failed", other["error"] + "\n" + text, None
    return {"same": "passed", "times": "times", "text": "failed"}[kind], text, lines


def judge(case, options):
    """An attempt in which the oracle shows what the case is about; a busy machine may take three to get there."""
    for _ in range(3):
        verdict, text, lines = attempt(case, options)
        if verdict != "vague":
            return verdict, text, lines
    return "failed", text, None


def run_case(name, options):
    """(name, verdict, text, note, seconds); run again where a busy machine may have been the reason."""
    case, begin = harness.REGISTRY[name], time.monotonic()
    verdict, text, lines = judge(case, options)
    note = ""
    if verdict == "times":
        verdict, text, note = punctual(case, options, lines)
    elif verdict == "failed" and lines:
        verdict, text, note = unstable(case, options, text)
    return name, verdict, text, note, time.monotonic() - begin


def punctual(case, options, lines):
    """Only times differed: three more attempts; what was late once may be early another time."""
    attempts = [lines]
    for count in range(1, 4):
        verdict, text, lines = judge(case, options)
        note = f" (run again {count}x: only times differed)"
        if verdict != "times":
            return verdict, text, note
        attempts.append(lines)
        if not compare.late_lines(attempts):
            return "passed", "", note
    return "failed", "only times differ, in each of 4 attempts:\n" + compare.show_late(compare.late_lines(attempts)), note


def unstable(case, options, text):
    """More than times differed: it counts unless two further attempts both agree, and then it is still shown."""
    for _ in range(2):
        verdict, again, _lines = judge(case, options)
        if verdict == "failed":
            return "failed", again, ""
    return "passed", text, " (UNSTABLE: differed once as below, then agreed twice)"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shunt", help="the program under test")
    parser.add_argument("--haproxy", default=shutil.which("haproxy") or "/usr/sbin/haproxy", help="the oracle")
    parser.add_argument("--only", action="append", default=[], help="part of a case's name; may be repeated")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--quiet", action="store_true", help="what passed at once is only counted")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--long", action="store_true", help="also the long cases")
    parser.add_argument("--twice", action="store_true", help="oracle against oracle: is the case deterministic?")
    parser.add_argument("--show", action="store_true", help="print the oracle's transcripts")
    parser.add_argument("--differences", action="store_true", help="print the deliberate differences and stop")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="environment for shunt; may be repeated")
    parser.add_argument("--flag", action="append", default=[], help="a further flag for shunt (--flag=--real-sockets); may be repeated")
    options = parser.parse_args()
    options.env = [tuple(pair.split("=", 1)) for pair in options.env]
    for program in ("shunt", "haproxy"):  # the programs are run from other folders
        if getattr(options, program):
            setattr(options, program, os.path.abspath(getattr(options, program)))
    return options


def chosen(options):
    names = [name for name, case in harness.REGISTRY.items() if options.long or not case.long]
    if options.only:
        names = [name for name in harness.REGISTRY if any(part in name for part in options.only)]
    return names


def report(name, verdict, text, note, took, quiet=False):
    if quiet and verdict == "passed":
        if not note:
            return
        text = "\n".join(text.splitlines()[:8])
    print(f"{ {'passed': 'ok  ', 'skipped': 'SKIP'}.get(verdict, 'FAIL')} {name} {took:.1f}s{note}")
    if text:
        print(text)
    sys.stdout.flush()


def be_punctual():
    """Where allowed, programs and clients run before the machine's other work, so that times mean something."""
    try:
        os.nice(-10)
    except OSError:
        pass


def alone(name, text, options):
    """What failed beside other cases has to agree three times in a row with the machine to itself; it is shown in any case."""
    case, begin = harness.REGISTRY[name], time.monotonic()
    for _ in range(3):
        verdict, again, lines = judge(case, options)
        if verdict == "times":
            verdict, again, _note = punctual(case, options, lines)
        if verdict == "failed":
            return name, "failed", again, " (alone)", time.monotonic() - begin
    return name, verdict, text, " (UNSTABLE: failed beside others as below, then agreed three times alone)", time.monotonic() - begin


def run_all(names, options):
    results = []
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_case, name, options) for name in names]):
            results.append(done.result())
            if results[-1][1] != "failed":
                report(*results[-1], options.quiet)
    failed = [result for result in results if result[1] == "failed"]
    results = [result for result in results if result[1] != "failed"]
    if failed and options.jobs > 1:
        failed = [alone(name, text, options) for name, _, text, _, _ in sorted(failed)]
    for result in failed:  # at the end, where whoever reads only the end of this sees it
        report(*result, options.quiet)
    verdicts = [result[1] for result in [*results, *failed]]
    print(", ".join(f"{verdicts.count(each)} {each}" for each in ("passed", "failed", "skipped")))
    return 1 if "failed" in verdicts else 0


def main():
    options = arguments()
    harness.load_cases(os.path.join(HERE, "cases"))
    names = chosen(options)
    if options.differences:
        for name in names:
            for pattern, replacement, reason in harness.REGISTRY[name].expect_shunt:
                print(f"{name}: {reason}\n    {pattern} -> {replacement}")
        return 0
    if options.list:
        print("\n".join(names))
        return 0
    if not os.access(options.haproxy, os.X_OK):
        print(f"*** NOTHING WAS COMPARED: {options.haproxy} is not there (apt-get install haproxy) ***", file=sys.stderr)
        print(f"0 passed, 0 failed, {len(names)} skipped")
        return 0
    if not options.twice and not (options.shunt and os.access(options.shunt, os.X_OK)):
        print("--shunt PATH is needed (or --twice)", file=sys.stderr)
        return 2
    folder = tempfile.mkdtemp(prefix="differential-certs-")
    os.chmod(folder, 0o755)
    try:
        be_punctual()
        certs.prepare(folder)
        return run_all(names, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
