#!/usr/bin/env python3
"""Drawings of a file with 10,000 backends: few boxes in every format, in a time that is measured.

usage: large.py SHUNT [--backends N] [--seconds S]     S: each format must be written within it
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom

BOXES = {"svg": r'class="box ', "html": r'class="box ', "dot": r"^  n\d+ \[", "mermaid": r"^  n\d+[(\[]"}


def ladder(count):
    lines = ["defaults", " mode tcp", " timeout connect 5s", " timeout client 1m", " timeout server 1m", "frontend tls", " bind 127.0.0.1:8443",
             " tcp-request inspect-delay 5s", " tcp-request content accept if { req.ssl_hello_type 1 }"]
    lines += [f" use_backend be{n:05} if {{ req.ssl_sni -i host{n:05}.example.com }}" for n in range(count)]
    lines += [" default_backend be00000"]
    for n in range(count):
        lines += [f"backend be{n:05}", f" server s1 10.{n // 62500}.{n // 250 % 250}.{n % 250 + 1}:443 check", f" server s2 10.1.{n // 250 % 250}.{n % 250 + 1}:443"]
    return "\n".join(lines) + "\n"


def listens(count):
    """Nothing but sections of their own, of several looks."""
    lines = ["defaults", " mode tcp", " timeout connect 5s", " timeout client 1m", " timeout server 1m"]
    for n in range(count):
        lines += [f"listen l{n:05}", f" bind 127.0.{n // 250}.{n % 250 + 1}:443"]
        if n % 3 == 0:
            lines += [f" tcp-request connection reject if {{ src 10.{n % 250}.0.0/16 }}"]
        lines += [f" server s{k} 10.2.{n // 250}.{n % 250 + 1}:{443 + k}" for k in range(n % 4 + 1)]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shunt")
    parser.add_argument("--backends", type=int, default=10000)
    parser.add_argument("--seconds", type=float)
    given = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="shunt-large-") as name:
        for kind, text in (("ladder", ladder(given.backends)), ("listens", listens(given.backends))):
            config = pathlib.Path(name) / f"{kind}.cfg"
            config.write_text(text)
            for form, box in BOXES.items():
                target = pathlib.Path(name) / f"{kind}.{form}"
                begin = time.monotonic()
                done = subprocess.run([given.shunt, "graph", "--format", form, "-o", str(target), str(config)], capture_output=True, text=True,
                                      timeout=240)
                took = time.monotonic() - begin
                made = target.read_text() if done.returncode == 0 else ""
                boxes = len(re.findall(box, made, re.M))
                if form == "svg" and made:
                    xml.dom.minidom.parseString(made)
                good = done.returncode == 0 and 3 <= boxes <= 60 and (given.seconds is None or took <= given.seconds)
                passed, failed = passed + good, failed + (not good)
                print(f"{'ok  ' if good else 'FAIL'} {kind} {form}: {boxes} boxes, {len(made):,} bytes, {took:.2f} s {done.stderr[:300]}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
