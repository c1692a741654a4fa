#!/usr/bin/env python3
"""Compares the verdicts of shunt and HAProxy on small configurations: accepted or refused, and the same lines blamed.

usage: verdicts.py --shunt PROGRAM [--haproxy PROGRAM] [FILE...]

Without files: all of tests/haproxy-configs, examples, and the single faulty lines below. What this build refuses as
`unsupported` and what 3.x decides otherwise than 2.6 (the oracle) is named in EXPECTED with its reason.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREAMBLE = "defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
WEB = "frontend web\n bind 127.0.0.1:8000\n"
BOTH = "listen web\n bind 127.0.0.1:8000\n"

SMALL = {
    "maxconn-two": "global\n maxconn 10 20\n" + BOTH,
    "maxconn-none": "global\n maxconn\n" + BOTH,
    "nbthread-junk": "global\n nbthread 2x\n" + BOTH,
    "nbproc": "global\n nbproc 2\n" + BOTH,
    "no-user": "global\n user nosuchuser\n" + BOTH,
    "log-no-facility": "global\n log 127.0.0.1\n" + BOTH,
    "log-bad-facility": "global\n log 127.0.0.1 foo\n" + BOTH,
    "log-bad-level": "global\n log 127.0.0.1 local0 infoo\n" + BOTH,
    "no-daemon": "global\n no daemon\n" + BOTH,
    "stats-mode": "global\n stats socket /tmp/x.sock mode abc\n" + BOTH,
    "stats-timeout": "global\n stats timeout 5x\n" + BOTH,
    "unknown-global": "global\n foo bar\n" + BOTH,
    "no-maxconn": BOTH + " no maxconn 3\n",
    "bad-mode": BOTH + " mode foo\n",
    "default-backend-undefined": WEB + " default_backend nope\n",
    "use-backend-undefined": WEB + " use_backend nope if TRUE\n",
    "use-backend-no-condition": WEB + " use_backend b\nbackend b\n",
    "use-backend-nothing": WEB + " use_backend\n",
    "use-backend-word": WEB + " use_backend b foo\nbackend b\n",
    "default-backend-two": WEB + " default_backend b c\nbackend b\n",
    "default-backend-frontend": WEB + "frontend g\n bind :8001\n default_backend web\n",
    "bind-unknown": "frontend web\n bind :8000 foo\n",
    "bind-near": "frontend web\n bind :8000 accept-prox\n",
    "bind-ssl-only": "frontend web\n bind :8000 ssl\n",
    "bind-ssl-strict": "frontend web\n bind :8000 ssl strict-sni\n",
    "bind-crt-absent": "frontend web\n bind :8000 ssl crt /nonexistent\n",
    "bind-crt-nothing": "frontend web\n bind :8000 ssl crt\n",
    "bind-no-port": "frontend web\n bind 127.0.0.1\n",
    "bind-port-zero": "frontend web\n bind 127.0.0.1:0\n",
    "bind-port-huge": "frontend web\n bind 127.0.0.1:65536\n",
    "bind-range": "frontend web\n bind 127.0.0.1:8000-8003\n",
    "bind-range-back": "frontend web\n bind 127.0.0.1:8003-8000\n",
    "bind-twice-id": "frontend web\n bind :8000 id 3\n bind :8001 id 3\n",
    "bind-nothing": "frontend web\n bind\n",
    "frontend-without-bind": "frontend web\n",
    "frontend-no-name": "frontend\n bind :8000\n",
    "name-slash": "frontend a/b\n bind :8000\n",
    "backend-only": "backend b\n server s 127.0.0.1:1\n",
    "server-in-frontend": WEB + " server s 127.0.0.1:1\n",
    "bind-in-backend": BOTH + "backend b\n bind :8001\n",
    "server-weight": BOTH + " server s 127.0.0.1:1 weight 257\n",
    "server-weight-text": BOTH + " server s 127.0.0.1:1 weight abc\n",
    "server-weight-negative": BOTH + " server s 127.0.0.1:1 weight -1\n",
    "server-unknown": BOTH + " server s 127.0.0.1:1 foo\n",
    "server-short": BOTH + " server s\n",
    "server-name": BOTH + " server w/x 127.0.0.1:1\n",
    "server-twice": BOTH + " server s 127.0.0.1:1\n server s 127.0.0.1:2\n",
    "server-id-twice": BOTH + " server s 127.0.0.1:1 id 5\n server t 127.0.0.1:2 id 5\n",
    "server-port-range": BOTH + " server s 127.0.0.1:1-2\n",
    "server-no-port": BOTH + " server s 127.0.0.1\n",
    "server-offset": BOTH + " server s 127.0.0.1:+5\n",
    "server-check-no-port": BOTH + " server s 127.0.0.1 check\n",
    "server-check-port-0": BOTH + " server s 127.0.0.1:1 check port 0\n",
    "server-inter-zero": BOTH + " server s 127.0.0.1:1 check inter 0\n",
    "server-inter-bad": BOTH + " server s 127.0.0.1:1 check inter 5y\n",
    "server-rise-zero": BOTH + " server s 127.0.0.1:1 check rise 0\n",
    "server-fall-zero": BOTH + " server s 127.0.0.1:1 check fall 0\n",
    "server-both-proxies": BOTH + " server s 127.0.0.1:1 send-proxy send-proxy-v2\n",
    "server-id-zero": BOTH + " server s 127.0.0.1:1 id 0\n",
    "server-unix": BOTH + " server s /tmp/x.sock\n",
    "server-abns": BOTH + " server s abns@x send-proxy-v2\n",
    "server-star": BOTH + " server s *\n",
    "server-unresolved": BOTH + " server s nohost.invalid:1\n",
    "timeout-unknown": BOTH + " timeout foo 3s\n",
    "timeout-nothing": BOTH + " timeout client\n",
    "timeout-unit": BOTH + " timeout client 3x\n",
    "timeout-two": BOTH + " timeout client 3s 4s\n",
    "timeout-overflow": BOTH + " timeout client 25d\n",
    "timeout-old": BOTH + " clitimeout 5s\n",
    "timeout-old-name": BOTH + " timeout clitimeout 5s\n",
    "timeout-in-frontend": WEB + " timeout server 3s\n",
    "timeout-in-backend": BOTH + "backend b\n timeout client 3s\n",
    "timeouts-missing": "defaults\n" + BOTH + " server s 127.0.0.1:1\n",
    "option-unknown": BOTH + " option foo\n",
    "option-nothing": BOTH + " option\n",
    "option-extra": BOTH + " option dontlognull x\n",
    "option-tcplog-clf": BOTH + " option tcplog clf\n",
    "option-no-tcplog": BOTH + " no option tcplog\n",
    "option-no-redispatch": BOTH + " no option redispatch\n",
    "option-redispatch-text": BOTH + " option redispatch x\n",
    "option-no-tcpka": BOTH + " no option tcpka\n",
    "option-dontlognull-backend": BOTH + "backend b\n option dontlognull\n",
    "option-httplog-tcp": BOTH + " log 127.0.0.1 local0\n option httplog\n",
    "balance-unknown": BOTH + " balance foo\n",
    "balance-random-zero": BOTH + " balance random(0)\n",
    "balance-random-two": BOTH + " balance random(2)\n",
    "balance-random-open": BOTH + " balance random(2\n",
    "balance-in-frontend": WEB + " balance first\n",
    "hash-type-bad": BOTH + " hash-type foo\n",
    "retries-negative": BOTH + " retries -1\n",
    "retries-text": BOTH + " retries abc\n",
    "maxconn-text": BOTH + " maxconn abc\n",
    "backlog-text": BOTH + " backlog abc\n",
    "id-zero": BOTH + " id 0\n",
    "id-twice": BOTH + " id 5\nbackend b\n id 5\n",
    "acl-short": WEB + " acl a\n",
    "acl-or": WEB + " acl or src 1.2.3.4\n",
    "acl-fetch": WEB + " acl a nofetch x\n",
    "acl-in-defaults": "defaults\n acl a src 1.2.3.4\n" + BOTH,
    "rule-in-defaults": "defaults\n tcp-request content accept\n" + BOTH,
    "bind-in-defaults": "defaults\n bind :80\n" + BOTH,
    "server-in-defaults": "defaults\n server s 127.0.0.1:1\n" + BOTH,
    "use-backend-in-defaults": "defaults\n use_backend x\n" + BOTH,
    "tcp-action": WEB + " tcp-request content foo\n",
    "tcp-no-action": WEB + " tcp-request content\n",
    "tcp-set": WEB + " tcp-request foo accept\n",
    "tcp-accept-extra": WEB + " tcp-request content accept foo\n",
    "tcp-if-undefined": WEB + " tcp-request content accept if foo\n",
    "tcp-if-nothing": WEB + " tcp-request content accept if\n",
    "tcp-connection-backend": BOTH + "backend b\n tcp-request connection accept\n",
    "tcp-response-frontend": WEB + " tcp-response content accept\n",
    "tcp-delay-bad": WEB + " tcp-request inspect-delay 5y\n",
    "tcp-delay-nothing": WEB + " tcp-request inspect-delay\n",
    "set-var-no-name": WEB + " tcp-request content set-var src\n",
    "set-var-scope": WEB + " tcp-request content set-var(foo.x) src\n",
    "set-var-no-expression": WEB + " tcp-request content set-var(txn.x)\n",
    "set-var-good": WEB + " tcp-request content set-var(txn.x) src\n",
    "set-var-early": WEB + " tcp-request connection set-var(sess.x) req.len\n",
    "set-var-tls-early": WEB + " tcp-request connection set-var(sess.x) ssl_fc\n",
    "set-var-response": WEB + " tcp-request content set-var(txn.x) res.len\n",
    "set-var-backend-response": BOTH + "backend b\n tcp-request content set-var(txn.x) res.len\n",
    "set-var-fmt-response": WEB + " tcp-request content set-var-fmt(txn.x) %[res.len]\n",
    "use-backend-response": WEB + " use_backend %[res.len]\n",
    "acl-response-in-request": WEB + " tcp-request content accept if { res.len 5 }\n",
    "acl-payload-in-response": BOTH + " acl a payload(0,1) -m found\n tcp-response content accept if a\n",
    "unset-var-good": WEB + " tcp-request content unset-var(txn.x)\n",
    "log-format-alias": BOTH + " log 127.0.0.1 local0\n log-format %zz\n",
    "log-format-two": BOTH + " log 127.0.0.1 local0\n log-format a b\n",
    "log-format-over": BOTH + " log 127.0.0.1 local0\n option tcplog\n log-format a\n",
    "log-tag-none": BOTH + " log-tag\n",
    "two-frontends": WEB + "frontend web\n bind :8001\n",
    "two-backends": BOTH + "backend b\nbackend b\n",
    "from-unknown": "frontend web from nope\n bind :8000\n",
    "from-ambiguous": "defaults d\n timeout client 1s\ndefaults d\n timeout client 1s\nfrontend web from d\n bind :8000\n",
    "from-known": "defaults d\n timeout client 1s\nfrontend web from d\n bind :8000\n",
    "rules-for-listen": "defaults d\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n tcp-request content accept\nlisten web\n bind :8000\n server s 127.0.0.1:1\n",
    "rules-for-both": "defaults d\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n tcp-request content accept\nfrontend web\n bind :8000\nbackend b\n server s 127.0.0.1:1\n",
    "listen-address": "listen web 127.0.0.1:8000\n",
    "unknown-section": BOTH + "fronted x\n bind :8001\n",
    "before-sections": "mode tcp\n" + BOTH,
    "disabled": BOTH + " disabled\n",
    "tls-versions-none": "frontend web\n bind :8000 ssl crt site.pem ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.2\n",
    "tls-version-word": "frontend web\n bind :8000 ssl crt site.pem ssl-min-ver TLSv9\n",
    "tls-ciphers": "frontend web\n bind :8000 ssl crt site.pem ciphers NOSUCH\n",
    "tls-no-key": "frontend web\n bind :8000 ssl crt cert.pem\n",
    "tls-empty-directory": "frontend web\n bind :8000 ssl crt empty-dir\n",
    "empty-backend-timeouts": "defaults\nbackend b\n" + PREAMBLE + BOTH,
}

# Where shunt and 2.6 differ on purpose; the value says why.
EXPECTED = {
    "09-http-rules-in-tcp-mode": "unsupported: HTTP fetches",
    "unsupported.cfg": "valid HAProxy that this build refuses",
    "all_parameters.cfg": "client-sigalgs and names of verify errors came after 2.6",
    "variables.cfg": "3.x takes sizes with units for tune.vars.*",
    "tcp_actions.cfg": "marks of either side, tcp-ss and rst-ttl came after 2.6",
    "default_option.cfg": "3.x takes default option, 2.6 refuses it",
    "listen-address": "2.6 prints the error and leaves with 2, no listener; 3.x and shunt with 1",
}

PLACE = re.compile(r"^\[(ALERT|WARNING)\]\s*\(\d+\) : config : .*?\[[^\]:]*:(\d+)\]", re.M)


def run(program, path, cwd):
    try:
        done = subprocess.run(program + ["-c", "-f", str(path)], capture_output=True, text=True, errors="replace",
                              cwd=cwd, timeout=60)
    except subprocess.TimeoutExpired:
        return None, set(), ""
    text = done.stdout + done.stderr
    blamed = {int(line) for kind, line in PLACE.findall(text) if kind == "ALERT"}
    return done.returncode, blamed, text


def prepare(directory):
    subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=localhost -keyout key.pem -out cert.pem"
                   " && cat cert.pem key.pem > site.pem && mkdir certs empty-dir && cp site.pem certs/a.pem"
                   " && cp site.pem certs/b.pem", shell=True, check=True, cwd=directory, capture_output=True)


def files(arguments, directory, mutate):
    found = plain_files(arguments, directory)
    if not mutate:
        return found
    for path in list(found):
        if path.parent.name in ("status", "references") or path.name in EXPECTED or str(path).startswith(directory):
            continue
        for name, text in mutants(path):
            changed = pathlib.Path(directory) / (name + ".cfg")
            changed.write_text(text)
            found.append(changed)
    return found


def plain_files(arguments, directory):
    if arguments:
        return [pathlib.Path(name).resolve() for name in arguments]
    found = sorted(ROOT.glob("tests/haproxy-configs/*/*.cfg")) + sorted(ROOT.glob("examples/*.cfg"))
    for name, text in SMALL.items():
        path = pathlib.Path(directory) / (name + ".cfg")
        path.write_text(text if text.startswith("defaults\n" + "listen") or "missing" in name else PREAMBLE + text)
        found.append(path)
    return found


# Kinds of mutants with another verdict on purpose: a pattern of the changed line and the reason.
MUTANTS = [
    (re.compile(r"^\s*(server|default-server)\b.*\bweight$"), "2.6 reads a missing weight as 0"),
    (re.compile(r"^(frontend|listen|backend) \S+ (from \S+ )?zzz$"), "2.6 blames the lines below the section's head"),
    (re.compile(r"^\s*(ssl-default-server-options|errorfile|option forwardfor|master-worker)\b"),
     "arguments of lines without effect are not judged yet"),
]


def mutants(path):
    """Each line of a valid file without its last word, with one word more, with a word doubled, with a misspelt keyword."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        words = line.split()
        if not words or words[0].startswith("#") or '"' in line:
            continue
        indent = line[:len(line) - len(line.lstrip())]
        changes = {"short": words[:-1], "long": words + ["zzz"], "misspelt": [words[0][:-1] + "q"] + words[1:]}
        if len(words) > 2:
            changes["doubled"] = words[:2] + words[1:]
            changes["swapped"] = words[:-2] + [words[-1], words[-2]]
        for kind, changed in changes.items():
            if any(pattern.match(indent + " ".join(changed)) for pattern, _ in MUTANTS):
                continue
            text = lines[:number] + [indent + " ".join(changed)] + lines[number + 1:]
            yield f"{path.stem}-{number + 1}-{kind}", "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shunt", required=True)
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--mutate", action="store_true", help="also change one line of each valid file")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    bad = total = 0
    with tempfile.TemporaryDirectory() as directory:
        prepare(directory)
        for path in files(options.files, directory, options.mutate):
            total += 1
            theirs, their_lines, their_text = run([options.haproxy], path, directory)
            ours, our_lines, our_text = run([options.shunt], path, directory)
            same = (theirs, bool(theirs)) == (ours, bool(ours))
            blames = not their_lines or theirs == 0 or bool(their_lines & our_lines)
            if (same and blames) or EXPECTED.get(path.stem) or EXPECTED.get(path.name):
                continue
            bad += 1
            print(f"--- {path.stem}: haproxy {theirs} {sorted(their_lines)}, shunt {ours} {sorted(our_lines)}")
            for line in (their_text + our_text).splitlines():
                if "ALERT" in line or "WARNING" in line:
                    print("   ", line[:200])
    print(f"{total} configurations, {bad} with another verdict")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
