#!/usr/bin/env python3
"""Tests of the harness's own judgement: what it must notice, what it must forgive."""

import unittest

import compare
import harness
import hello
import logs
import run


class Judgement(unittest.TestCase):
    def verdict(self, left, right, differences=()):
        return compare.compare({"client": [left]}, {"client": [right]}, differences)[0]

    def test_text(self):
        self.assertEqual(self.verdict("end: FIN at ~1ms~", "end: FIN at ~9ms~"), "same")
        self.assertEqual(self.verdict("end: FIN at ~1ms~", "end: RST at ~1ms~"), "text")
        self.assertEqual(compare.compare({"a": ["x"]}, {"a": ["x", "y"]})[0], "text")

    def test_times(self):
        self.assertEqual(self.verdict("end: FIN at ~600ms~", "end: FIN at ~1ms~"), "times")
        self.assertEqual(self.verdict("end: FIN at ~1ms~", "end: FIN at ~300ms~"), "times")

    def test_a_late_time_is_forgiven_only_if_some_attempt_was_punctual(self):
        attempt = lambda left, right: (["at ~%dms~" % left], ["at ~%dms~" % right])
        self.assertFalse(compare.late_lines([attempt(1, 400), attempt(1, 5)]))
        self.assertFalse(compare.late_lines([attempt(1, 400), attempt(400, 5)]))
        self.assertTrue(compare.late_lines([attempt(1, 400), attempt(1, 405)]))

    def test_long_lines_are_shown_where_they_differ(self):
        same = "x" * 3000
        text = compare.compare({"a": [same + "1" + same, same]}, {"a": [same + "2" + same, same]})[1]
        self.assertIn("x1x", text)
        self.assertIn("x2x", text)
        self.assertLess(len(text), 2000)

    def test_deliberate_difference(self):
        self.assertEqual(self.verdict("failure", "failure (why)", [("failure$", "failure (why)", "reason")]), "same")
        self.assertEqual(self.verdict("failure", "failure", [("failure$", "failure (why)", "reason")]), "text")


class Attempts(unittest.TestCase):
    def verdict(self, *attempts):
        """What comes of these attempts, and how many of them were made."""
        left = list(attempts)
        before, run.attempt = run.attempt, lambda case, options: (left.pop(0), "", None)
        try:
            return run.judge(None, None)[0], len(attempts) - len(left)
        finally:
            run.attempt = before

    def test_an_oracle_that_shows_nothing_is_asked_again(self):
        self.assertEqual(self.verdict("vague", "passed"), ("passed", 2))
        self.assertEqual(self.verdict("vague", "vague", "failed"), ("failed", 3))
        self.assertEqual(self.verdict("vague", "vague", "vague", "passed"), ("failed", 3))
        self.assertEqual(self.verdict("failed", "passed"), ("failed", 1))


class Alone(unittest.TestCase):
    def verdict(self, *verdicts):
        left = list(verdicts)
        before, run.judge = run.judge, lambda case, options: (left.pop(0), "again", None)
        harness.REGISTRY["x"] = None
        try:
            return run.alone("x", "at first", None)[1:3]
        finally:
            run.judge = before
            del harness.REGISTRY["x"]

    def test_three_agreements_in_a_row(self):
        self.assertEqual(self.verdict("passed", "passed", "passed"), ("passed", "at first"))
        self.assertEqual(self.verdict("passed", "passed", "failed"), ("failed", "again"))
        self.assertEqual(self.verdict("failed", "passed", "passed", "passed"), ("failed", "again"))


class LogLines(unittest.TestCase):
    def test_session_line(self):
        line = "<134>Nov 21 09:00:00 haproxy[12]: 127.0.0.1:1 [21/Nov/2026:09:00:00.123] fe be/s 1/-1/302 17 SC 1/1/0/0/3 0/0"
        self.assertEqual(logs.normalised(line),
                         "<134>DATE TAG[PID]: 127.0.0.1:1 [DATE] fe be/s ~1ms~/-1/~302ms~ 17 SC 1/1/0/0/3 0/0")

    def test_what_must_stay(self):
        for changed in ("fe be/s 1/0/5 18 SC 1/1/0/0/3 0/0", "fe be/s 1/0/5 17 sC 1/1/0/0/3 0/0", "fe be/s -1/0/5 17 SC 1/1/0/0/3 0/0"):
            self.assertNotEqual(logs.normalised(changed), logs.normalised("fe be/s 1/0/5 17 SC 1/1/0/0/3 0/0"))


class Hellos(unittest.TestCase):
    def test_sizes(self):
        for size in (300, 15360, 20000):
            records = 1 if size <= 16389 else 2
            self.assertEqual(len(hello.client_hello("a.test", size=size)), size + 5 * (records - 1))


if __name__ == "__main__":
    unittest.main()
