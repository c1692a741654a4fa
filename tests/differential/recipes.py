#!/usr/bin/env python3
"""The files of docs/recipes.md: HAProxy and shunt accept them, `shunt check` finds nothing, their routing tests pass and leave no rule out.

usage: recipes.py SHUNT
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

RECIPES = pathlib.Path(__file__).resolve().parent.parent.parent / "examples" / "recipes"


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=www.example.com", "-addext",
                    "subjectAltName=DNS:www.example.com,DNS:shop.example.com", "-keyout", "key.pem", "-out", "cert.pem"],
                   cwd=folder, check=True, capture_output=True)
    (folder / "site.pem").write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())


def main():
    shunt = str(pathlib.Path(sys.argv[1]).resolve())
    haproxy = shutil.which("haproxy")
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="shunt-recipes-") as name:
        folder = pathlib.Path(name)
        make_certificate(folder)
        for source in sorted(RECIPES.iterdir()):
            shutil.copy(source, folder)
        for config in sorted(folder.glob("*.cfg")):
            tests = config.with_suffix(".tests.yaml")
            commands = [[shunt, "-c", "-f", config.name], [shunt, "check", "--fail-on", "notice", config.name],
                        [shunt, "test", config.name, tests.name, "--fail-under", "100"]]
            if haproxy:
                commands.append([haproxy, "-c", "-f", config.name])
            for command in commands:
                done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
                good = done.returncode == 0
                passed, failed = passed + good, failed + (not good)
                if not good:
                    print(f"FAIL {' '.join(command)}: exit status {done.returncode}\n{done.stdout}")
    if not haproxy:
        print("HAProxy is not installed: the files were not compared with it")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
