"""Compares two transcripts: the text must be the same, times only within a tolerance."""

import difflib
import re

TIME = re.compile(r"~(-?\d+)ms~")
LONGEST = 80  # lines of a difference that are shown
WIDEST = 400  # characters of a line that are shown where it is one of many
TOLERANCE = 180  # ms; delays in the cases are 300 ms or more apart


def template(line):
    return TIME.sub("~ms~", line)


def times(line):
    return [int(value) for value in TIME.findall(line)]


def close(left, right):
    return abs(left - right) <= TOLERANCE + 0.1 * left


def late_lines(attempts):
    """Lines whose times differ in every attempt, and also by the earliest of all attempts: a busy machine only adds delay."""
    late = []
    for rows in zip(*[zip(left, right) for left, right in attempts]):
        values = [list(zip(times(left), times(right))) for left, right in rows]
        for seen in zip(*values):
            earliest = min(left for left, _ in seen), min(right for _, right in seen)
            if not any(close(*pair) for pair in [*seen, earliest]):
                late.append(rows[-1])
                break
    return late


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
    """('same' | 'times' | 'text', readable difference, both transcripts as lines)."""
    left, right = apply_differences(flatten(oracle), differences), flatten(shunt)
    if [template(line) for line in left] != [template(line) for line in right]:
        return "text", _diff(left, right), (left, right)
    late = late_lines([(left, right)])
    return "times" if late else "same", show_late(late), (left, right)


def show_late(late):
    return "\n".join(f"  - {a.strip()}\n  + {b.strip()}" for a, b in late)


def _around(line, place):
    """The part of a line in which that place is."""
    if len(line) <= WIDEST:
        return line
    begin = max(0, place - WIDEST // 2)
    return line[:4] + ("..." if begin else "") + line[max(4, begin):begin + WIDEST] + ("..." if begin + WIDEST < len(line) else "")


def _places(left, right):
    """Where each of the lines differs from its counterpart."""
    pairs = [(template(a), template(b)) for a, b in zip(left, right)]
    return [next((i for i, (a, b) in enumerate(zip(*pair)) if a != b), 0) for pair in pairs] + [0] * abs(len(left) - len(right))


def _diff(left, right):
    """Unified difference that ignores times where the text is the same."""
    out = []
    matcher = difflib.SequenceMatcher(None, [template(a) for a in left], [template(b) for b in right], autojunk=False)
    for group in matcher.get_grouped_opcodes(4):
        out.append("  @@")
        for kind, a1, a2, b1, b2 in group:
            if kind == "equal":
                out += ["    " + _around(line, 0) for line in left[a1:a2]]
                continue
            places = _places(left[a1:a2], right[b1:b2])
            out += ["  - " + _around(*each) for each in zip(left[a1:a2], places)]
            out += ["  + " + _around(*each) for each in zip(right[b1:b2], places)]
    if len(out) > LONGEST:
        out = [*out[:LONGEST], f"  ... {len(out) - LONGEST} more lines"]
    return "\n".join(out)
