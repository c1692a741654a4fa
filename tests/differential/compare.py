"""Compares two transcripts: the text must be the same, times only within a tolerance."""

import difflib
import re

TIME = re.compile(r"~(-?\d+)ms~")
TOLERANCE = 180  # ms; delays in the cases are 300 ms or more apart


def template(line):
    return TIME.sub("~ms~", line)


def same_times(left, right):
    pairs = zip(TIME.findall(left), TIME.findall(right))
    return all(abs(int(a) - int(b)) <= TOLERANCE + 0.1 * int(a) for a, b in pairs)


def flatten(transcript):
    """One list of lines, actors as headings."""
    lines = []
    for actor, said in transcript.items():
        lines.append(actor)
        lines += ["    " + line for line in said]
    return lines


def apply_differences(lines, differences):
    """Turns what HAProxy 2.6 said into what shunt is meant to say."""
    for pattern, replacement, _reason in differences:
        lines = [re.sub(pattern, replacement, line) for line in lines]
    return [line for line in lines if line.strip() or not differences]


def compare(oracle, shunt, differences=()):
    """('same' | 'times' | 'text', readable difference)."""
    left, right = apply_differences(flatten(oracle), differences), flatten(shunt)
    if [template(line) for line in left] != [template(line) for line in right]:
        return "text", _diff(left, right)
    late = [(a, b) for a, b in zip(left, right) if not same_times(a, b)]
    if late:
        return "times", "\n".join(f"  - {a.strip()}\n  + {b.strip()}" for a, b in late)
    return "same", ""


def _diff(left, right):
    """Unified difference that ignores times where the text is the same."""
    out = []
    matcher = difflib.SequenceMatcher(None, [template(a) for a in left], [template(b) for b in right], autojunk=False)
    for group in matcher.get_grouped_opcodes(4):
        out.append("  @@")
        for kind, a1, a2, b1, b2 in group:
            if kind == "equal":
                out += ["    " + line for line in left[a1:a2]]
                continue
            out += ["  - " + line for line in left[a1:a2]]
            out += ["  + " + line for line in right[b1:b2]]
    return "\n".join(out)
