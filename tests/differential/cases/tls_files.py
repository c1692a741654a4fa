"""Files beside certificates: keys, OCSP responses, timestamps, issuers; chains from a directory; keys of tickets."""

import base64
import os
import re
import shutil
import socket
import ssl
import subprocess

import certs
from harness import DEFAULTS, case, greeter

TIMESTAMPS = b"\0\x08\0\x06abcdef"


def client(env, name, *arguments):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{env.port(name)}", "-servername", "x", *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=10, check=False)
    return done.stdout + done.stderr


def read(env, *names):
    return "".join(open(os.path.join(certs.clients(), name), encoding="utf-8").read() for name in names)


def respond(env, name, *arguments):
    """An OCSP response of the test authority about a certificate that it knows."""
    shutil.copy(os.path.join(certs.clients(), "index.txt"), env.dir)
    base = certs.clients()
    subprocess.run(["openssl", "ocsp", "-index", env.dir + "/index.txt", "-CA", base + "/ca.crt", "-rsigner", base + "/ca.crt", "-rkey", base + "/ca.key", "-issuer",
                    base + "/ca.crt", "-cert", f"{base}/{name}.crt", "-respout", f"{env.dir}/{name}.der", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return f"{env.dir}/{name}.der"


def config(certificates, settings=""):
    return f"global\n    {settings}\n" + DEFAULTS.replace("log global", "retries 0") + "".join(
        f"listen l{number}\n    bind 127.0.0.1:[[l{number}]] ssl crt [[dir]]/{crt}\n    server s 127.0.0.1:1\n" for number, crt in enumerate(certificates))


@case(start=False, must=["chain.pem: stapled", "issuer.pem: stapled", "broken.pem: nothing", "revoked.pem: stapled", "other.pem: nothing", "-c alone.pem: 1", "-c foreign.pem: 1"])
def stapled_responses(env):
    response, bad = respond(env, "long", "-ndays", "5"), respond(env, "revoked", "-ndays", "5")
    plain, chain = read(env, "long.crt", "long.key"), read(env, "long.crt", "ca.crt", "long.key")
    files = {"chain.pem": chain, "issuer.pem": plain, "issuer.pem.issuer": read(env, "ca.crt"), "broken.pem": read(env, "future.crt", "ca.crt", "future.key"), "none.pem": chain, "alone.pem": plain,
             "foreign.pem": plain, "foreign.pem.issuer": read(env, "self.crt"), "unreadable.pem": plain, "unreadable.pem.issuer": "no certificate\n",
             "revoked.pem": read(env, "revoked.crt", "ca.crt", "revoked.key"), "other.pem": read(env, "expired.crt", "ca.crt", "expired.key")}
    for name, text in files.items():
        env.file(name, text)
    for name in ("chain.pem", "issuer.pem", "alone.pem", "foreign.pem", "unreadable.pem"):
        shutil.copy(response, f"{env.dir}/{name}.ocsp")
    for name in ("revoked.pem", "other.pem"):
        shutil.copy(bad, f"{env.dir}/{name}.ocsp")
    env.file("broken.pem.ocsp", "no response\n")
    good = ("chain.pem", "issuer.pem", "broken.pem", "none.pem", "revoked.pem", "other.pem")
    env.start(config(good))
    for number, name in enumerate(good):
        for version in ("-tls1_2", "-tls1_3"):
            shown = client(env, f"l{number}", "-status", version)
            env.note(f"{name}: {'stapled' if 'OCSP Response Status: successful' in shown else 'nothing'} {version}")
    for name in ("alone.pem", "foreign.pem", "unreadable.pem"):
        env.note(f"-c {name}: {env.run(['-c', '-q', '-f', env.file('c.cfg', config([name]))]).returncode}")
        off = config([name], "ssl-load-extra-files sctl")
        env.note(f"-c {name} without: {env.run(['-c', '-q', '-f', env.file('c.cfg', off)]).returncode}")


@case(start=False, must=["list.pem -tls1_2: sent", "-c bad.pem: 1"])
def timestamps(env):
    for name in ("list.pem", "bad.pem", "none.pem"):
        env.file(name, read(env, "long.crt", "long.key"))
    for name, content in (("list.pem", TIMESTAMPS), ("bad.pem", b"\0\x08\0\x07abcdef")):
        with open(f"{env.dir}/{name}.sctl", "wb") as out:
            out.write(content)
    env.start(config(("list.pem", "none.pem")))
    for number, name in enumerate(("list.pem", "none.pem")):
        for version in ("-tls1_2", "-tls1_3"):
            shown = client(env, f"l{number}", "-serverinfo", "18", version)
            env.note(f"{name} {version}: {'sent' if 'SERVERINFO FOR EXTENSION 18' in shown else 'nothing'}")
    env.note(f"-c bad.pem: {env.run(['-c', '-q', '-f', env.file('c.cfg', config(['bad.pem']))]).returncode}")
    env.note(f"-c bad.pem without: {env.run(['-c', '-q', '-f', env.file('c.cfg', config(['bad.pem'], 'ssl-load-extra-files none'))]).returncode}")


APART = ("a.crt", "a.crt.key"), ("b.crt", "b.key"), ("c.pem", "c.key"), ("d.pem", "d.pem.key"), ("e.crt.rsa", "e.crt.rsa.key")
SETTINGS = ("", "ssl-load-extra-del-ext", "ssl-load-extra-files none", "ssl-load-extra-files key", "ssl-load-extra-files bundle", "ssl-load-extra-files all")


@case(start=False, must=["a.crt : 0", "b.crt : 1", "b.crt ssl-load-extra-del-ext: 0"])
def keys_apart(env):
    for crt, key in APART:
        env.file(crt, read(env, "good.crt"))
        env.file(key, read(env, "good.key"))
    for name in ("a.crt", "b.crt", "c.pem", "d.pem", "e.crt.rsa", "e.crt"):
        for settings in SETTINGS:
            env.note(f"{name} {settings}: {env.run(['-c', '-q', '-f', env.file('c.cfg', config([name], settings))]).returncode}")


@case(start=False, must=["leaf.pem: 1", "whole.pem: 2", "good.pem: 2", "self.pem: 1"])
def chains_from_a_directory(env):
    os.mkdir(env.dir + "/issuers")
    env.file("issuers/sub.pem", read(env, "sub.crt"))
    env.file("issuers/root.pem", read(env, "ca.crt"))
    env.file("issuers/text", "no certificate\n")
    names = {"leaf.pem": ("leaf.crt", "leaf.key"), "whole.pem": ("chain.crt", "leaf.key"), "good.pem": ("good.crt", "good.key"), "self.pem": ("self.crt", "self.key")}
    for name, parts in names.items():
        env.file(name, read(env, *parts))
    env.start(config(names, "issuers-chain-path [[dir]]/issuers"))
    for number, name in enumerate(names):
        env.note(f"{name}: {client(env, f'l{number}', '-showcerts').count('BEGIN CERTIFICATE')}")


@case(start=False, must=["leaf.pem: 2", "good.pem: 1", "self.pem: 1", "turned.pem: 2"])
def roots_that_are_kept(env):
    names = {"leaf.pem": ("leaf.crt", "sub.crt", "ca.crt", "leaf.key"), "good.pem": ("good.crt", "ca.crt", "good.key"), "self.pem": ("self.crt", "self.key"),
             "turned.pem": ("leaf.crt", "ca.crt", "sub.crt", "leaf.key")}
    for name, parts in names.items():
        env.file(name, read(env, *parts))
    env.start(config(names, "ssl-skip-self-issued-ca"))
    for number, name in enumerate(names):
        env.note(f"{name}: {client(env, f'l{number}', '-showcerts').count('BEGIN CERTIFICATE')}")


def largest_record(port, **options):
    """Of what comes behind the handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = certs.client(**options).wrap_bio(incoming, outgoing, server_hostname="a.test")
    taken, sizes, said = b"", [], 0
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        while True:
            try:
                while True:
                    said += len(tls.read(65536))
                    if said == 30000:
                        return max(sizes)
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
            fresh = sock.recv(65536)
            if not fresh:
                return f"ended after {said} bytes"
            taken += fresh
            incoming.write(fresh)
            while len(taken) >= 5 and len(taken) >= 5 + int.from_bytes(taken[3:5], "big"):
                size = int.from_bytes(taken[3:5], "big")
                if taken[0] == 23:
                    sizes.append(size)
                taken = taken[5 + size:]


def records(settings):
    return f"global\n    {settings}\n" + DEFAULTS + "listen l\n    bind 127.0.0.1:[[l]] ssl crt [[pem a]]\n    server s 127.0.0.1:[[s]]\n"


for label, lines in {"hard": "tune.ssl.hard-maxrecord 3000", "hard_and_usual": "tune.ssl.hard-maxrecord 3000\n    tune.ssl.maxrecord 8000",
                     "usual_and_hard": "tune.ssl.hard-maxrecord 8000\n    tune.ssl.maxrecord 3000"}.items():
    def limited(env):
        for options in ({}, {"maximum": ssl.TLSVersion.TLSv1_2}):
            env.note(f"the largest record: {largest_record(env.port('l'), **options)}")
    limited.__name__ = f"records_{label}"
    case(records(lines), {"s": greeter(b"y" * 30000)}, must=["the largest record: 30"])(limited)


@case(start=False, must=["dh good: 0", "dh cut: 1", "dh weak: 0", "dh curve: 1", "dh behind: 0", "issuers empty: 0", "issuers text: 1", "issuers gone: 1"])
def verdicts_on_parameters_and_issuers(env):
    """What ssl-dh-param-file and issuers-chain-path take. (HAProxy reads a directory in the place of the parameters without end.)"""
    def made(*command):
        return subprocess.run(["openssl", *command], check=True, capture_output=True, text=True).stdout
    good = made("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048")
    weak, curve = made("dhparam", "512"), made("ecparam", "-name", "P-256")
    for name, text in {"good": good, "cut": good[:100], "none": "", "weak": weak, "curve": curve, "behind": curve + good, "both": weak + good, "text": "text\n"}.items():
        env.file(name, text)
    env.file("a.pem", read(env, "good.crt", "good.key"))
    os.mkdir(env.dir + "/empty")
    for name in ("good", "cut", "none", "weak", "curve", "behind", "both", "text", "gone"):
        env.note(f"dh {name}: {env.run(['-c', '-q', '-f', env.file('c.cfg', config(['a.pem'], f'ssl-dh-param-file [[dir]]/{name}'))]).returncode}")
    for name in ("empty", "text", "gone"):
        env.note(f"issuers {name}: {env.run(['-c', '-q', '-f', env.file('c.cfg', config(['a.pem'], f'issuers-chain-path [[dir]]/{name}'))]).returncode}")


def ticket_listener(keys):
    return "global\n" + DEFAULTS.replace("log global", "retries 0") + f"""
listen l0
    bind 127.0.0.1:[[l0]] ssl crt [[pem rsadef]] tls-ticket-keys [[dir]]/keys
    server s 127.0.0.1:1
"""


@case(start=False, must=["48 same -tls1_2: Reused", "80 same -tls1_3: Reused", "80 other -tls1_2: New"])
def keys_of_tickets(env):
    """Tickets outlive the process as long as one of the three last keys is theirs."""
    for size in (48, 80):
        made = [base64.b64encode(bytes([number]) * size).decode() + "\n" for number in range(1, 9)]
        for label, first, second in (("same", made[:3], made[:3]), ("appended", made[:3], made[:4]), ("twice", made[:3], made[:5]), ("other", made[:3], made[5:8]),
                                     ("more", made[:5], made[1:5])):
            for version in ("-tls1_2", "-tls1_3"):
                results = []
                for keys, how in ((first, "-sess_out"), (second, "-sess_in")):
                    env.file("keys", "".join(keys))
                    env.start(ticket_listener(keys))
                    shown = client(env, "l0", version, how, env.dir + "/session", *(["-ign_eof"] if how == "-sess_out" and version == "-tls1_3" else []))
                    results.append("".join(re.findall(r"^(New|Reused),", shown, re.MULTILINE)))
                    env.process.terminate()
                    env.process.wait(5)
                env.note(f"{size} {label} {version}: {results[1]}")
