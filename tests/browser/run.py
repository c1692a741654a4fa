#!/usr/bin/env python3
"""Opens pages of `shunt graph` in headless Chromium and uses them; exit status 77 (skipped) without Chromium or npm.

usage: run.py SHUNT [--work DIR] [--screenshots DIR]     DIR: where npm puts playwright-core; it must not be in the sources
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SKIP = 77


def ladder(count):
    """One frontend that tells many names apart, and their backends."""
    lines = ["defaults", "    mode tcp", "    timeout connect 5s", "    timeout client 1m", "    timeout server 1m", "frontend tls",
             "    bind 127.0.0.1:8443", "    tcp-request inspect-delay 5s",
             "    tcp-request content accept if { req.ssl_hello_type 1 }"]
    lines += [f"    use_backend be{n:04} if {{ req.ssl_sni -i host{n:04}.example.com }}" for n in range(count)]
    lines += ["    default_backend other", "backend other", "    server other1 127.0.0.1:9000"]
    for n in range(count):
        lines += [f"backend be{n:04}", f"    server s1 10.0.{n // 250}.{n % 250 + 1}:443"]
    return "\n".join(lines) + "\n"


# What a reader of a page must never run.
HOSTILE = """defaults
    mode tcp
    timeout connect 5s
    timeout client 1m
    timeout server 1m
frontend evil
    bind 127.0.0.1:8443
    tcp-request inspect-delay 5s
    tcp-request content reject if { req.payload(0,0) -m sub "</script><script>window.pwned=1</script>" }
    use_backend b1 if { req.ssl_sni -i "<img src=x onerror=window.pwned=1>" '"]];--></style>' "a&b" }
    default_backend b1
backend b1
    server s1 127.0.0.1:9000
"""


def skip(why):
    print(f"SKIPPED: {why}. Nothing about the page was tested in a browser.", flush=True)
    sys.exit(SKIP)


def playwright(work):
    """The folder with node_modules."""
    if not all((work / "node_modules" / name).exists() for name in ("playwright-core", "mermaid")):
        work.mkdir(parents=True, exist_ok=True)
        (work / "package.json").write_text('{"private": true}\n')
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "playwright-core@1", "mermaid@11"], cwd=work, capture_output=True,
                              text=True, env={**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"})
        if done.returncode != 0:
            skip(f"npm could not install playwright-core and mermaid: {done.stderr.strip().splitlines()[-1:]}")
    return work


def page(shunt, work, name, config, *options, form="html"):
    source = work / f"{name}.cfg"
    if isinstance(config, pathlib.Path):
        source = config
    else:
        source.write_text(config)
    target = work / f"{name}.{form}"
    subprocess.run([shunt, "graph", "--assume-files", "--format", form, *options, "-o", str(target), str(source)], check=True, timeout=120)
    return target


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shunt")
    parser.add_argument("--work", default="browser-work")
    parser.add_argument("--screenshots", default="")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        skip("Chromium is not installed")
    if not shutil.which("npm") or not shutil.which("node"):
        skip("npm or node is not installed")
    work = playwright(pathlib.Path(given.work).resolve())
    shunt = str(pathlib.Path(given.shunt).resolve())
    pages = {
        "founding": page(shunt, work, "founding", ROOT / "examples" / "tls-and-plain-on-one-port.cfg"),
        "ladder": page(shunt, work, "ladder", ladder(1000)),
        "hostile": page(shunt, work, "hostile", HOSTILE),
        "path": page(shunt, work, "path", ROOT / "examples" / "tls-and-plain-on-one-port.cfg", "--to", "127.0.0.1:8443", "--sni", "www.example.org"),
        "findings": page(shunt, work, "findings", HERE / "with-findings.cfg"),
    }
    for name, config in (("founding", ROOT / "examples" / "tls-and-plain-on-one-port.cfg"), ("ladder", ladder(1000)), ("hostile", HOSTILE), ("findings", HERE / "with-findings.cfg")):
        pages[f"mermaid-{name}"] = page(shunt, work, name, config, form="mermaid")
        pages[f"mermaid-{name}-unfolded"] = page(shunt, work, f"{name}-unfolded", config if name != "ladder" else ladder(40), "--fold", "0", form="mermaid")
    arguments = [f"{name}={path}" for name, path in pages.items()]
    shutil.copy(HERE / "page.mjs", work / "page.mjs")
    done = subprocess.run(["node", "page.mjs", chromium, given.screenshots and str(pathlib.Path(given.screenshots).resolve()), *arguments],
                          cwd=work, timeout=280)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
