"""Early data, certificates that are made on the fly, OpenSSL's providers, and the hardened example."""

import os
import re
import shutil
import ssl
import subprocess

import certs
from harness import BASE, DEFAULTS, answering, case

S = {"s": answering()}
FIELDS = "%ts %U %B early=%[ssl_fc_has_early] before=%[var(sess.early)] then=%[var(txn.early)] %[ssl_fc_is_resumed] %[ssl_fc_protocol] %[ssl_fc_sni]"
EARLY = BASE + f"""
defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 4s
    timeout server 4s
    log-format "{FIELDS}"
listen fe
    bind 127.0.0.1:[[fe]] ssl crt [[pem a]] allow-0rtt
    tcp-request session set-var(sess.early) ssl_fc_has_early
    tcp-request inspect-delay 2s
    tcp-request content set-var(txn.early) ssl_fc_has_early if {{ req.len gt 0 }}
    server s 127.0.0.1:[[s]]
listen without
    bind 127.0.0.1:[[without]] ssl crt [[pem a]]
    server s 127.0.0.1:[[s]]
"""


def s_client(env, to, *words, text=b"line\n"):
    """What openssl said that is alike in each run; it stays until the program has closed."""
    try:
        done = subprocess.run(["openssl", "s_client", "-tls1_3", "-connect", f"127.0.0.1:{env.port(to)}", "-ign_eof", *words], input=text, capture_output=True,
                              timeout=8, check=False)
    except subprocess.TimeoutExpired:
        return "did not end"
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    wanted = re.compile(r"(Early data was|Reused,|New,|\s*Max Early Data|line|early)")
    return " / ".join(dict.fromkeys(line.strip() for line in lines if wanted.match(line)))


def closing(peer):
    """Answers one line and ends."""
    data = peer.recv_line()
    peer.send(data).shut().to_end()


@case(EARLY, {"s": closing}, start=False, must=["Early data was accepted", "Max Early Data: 15360", "Early data was rejected", r"early=0 .* 1 TLSv1.3"])
def early_data(env):
    env.start(EARLY)
    early = env.file("early.txt", "early data\n")
    for name in ("fe", "without"):
        session = os.path.join(env.dir, name)
        env.note(f"{name} first: {s_client(env, name, '-servername', 'a.test', '-sess_out', session)}")
        for _ in range(2):
            env.note(f"{name} again: {s_client(env, name, '-servername', 'a.test', '-sess_in', session, '-early_data', early, text=b'')}"
                     if name != "without" else f"{name} again: {s_client(env, name, '-servername', 'a.test', '-sess_in', session)}")
    session = os.path.join(env.dir, "fe")
    # To a line that takes none, with a ticket of one that does.
    env.note(f"elsewhere: {s_client(env, 'without', '-servername', 'a.test', '-sess_in', session, '-early_data', early)}")
    env.logs(7)


# --- certificates that are made on the fly ----------------------------------------------------------------------------
MADE = DEFAULTS + "".join(f"""
listen {name}
    bind 127.0.0.1:[[{name}]] ssl {words} generate-certificates ca-sign-file [[dir]]/{authority}.pem
    server s 127.0.0.1:1
""" for name, words, authority in (("rsa", "crt [[pem rsa]] crt [[pem a]]", "ca"), ("ec", "crt [[pem a]] crt [[pem rsa]]", "ca"),
                                   ("signer", "crt [[pem rsa]]", "other"), ("strict", "crt [[pem rsa]] strict-sni", "ca")))


def make_authorities(env):
    for name, key, subject in (("ca", ["rsa:2048"], "/C=DE/O=Org/CN=Signer"), ("other", ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "/CN=Other Signer")):
        # Both programs get the same files, so that what depends on the keys is alike.
        shared = os.path.join(os.path.dirname(certs.clients()), "signer-" + name)
        if not os.path.exists(shared + ".pem"):
            part = f"{shared}.{os.getpid()}.{env.role}"
            subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", "30", "-subj", subject, "-keyout", part, "-out", part + ".crt"], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(part + ".crt", "ab") as whole, open(part, "rb") as text:
                whole.write(text.read())
            try:
                os.link(part + ".crt", shared + ".pem")
            except FileExistsError:
                pass  # the other side was faster
        shutil.copy(shared + ".pem", env.file(name + ".pem", ""))


def shown_to(env, to, name):
    """The certificates of one client: their text without what is new each time."""
    context = certs.client()
    try:
        with context.wrap_socket(env.client(to, name=f"{to} {name} {len(env.clients)}").sock, server_hostname=name) as sock:
            der = sock.getpeercert(binary_form=True)
    except (ssl.SSLError, OSError) as error:
        return type(error).__name__
    text = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-text"], input=der, capture_output=True, check=True).stdout.decode()
    text = re.sub(r"Serial Number:\s.*", "Serial Number", text)
    text = re.sub(r"Signature Value:[\s0-9a-f:]*", "", text)
    return re.sub(r"Not (Before|After ?): .*", r"\1", text)


@case(MADE, start=False, must=["Subject: C = DE, O = Org, CN = Signer, CN = new.test", "DNS:new.test", "Subject: CN = dual.test", "id-ecPublicKey", "ecdsa-with-SHA256",
                                  "Netscape Comment", "SSLError"])
def made_certificates(env):
    make_authorities(env)
    env.start("global\n    nbthread 1\n    log [[udp]] local0\n" + MADE)
    names = ("new.test", "dual.test", "UPPER.new.test", "a.test", "b.test", None, "192.0.2.9", "b.new.test", "new.test")
    for to in ("rsa", "ec", "signer", "strict"):
        for name in names if to == "rsa" else names[3:7]:
            shown_to(env, to, name)  # HAProxy 2.6 fails at the first client of each name
            for line in shown_to(env, to, name).splitlines():
                if not re.fullmatch(r"\s*([0-9a-f]{2}:?)*", line):  # keys and signatures
                    env.note(f"{to} {name}: {line.strip()}")
    env.clients.clear()
    env.sink.drain()
    env.sink.lines.clear()


# --- providers ----------------------------------------------------------------------------------------------------------
PROVIDERS = ("ssl-provider legacy", "ssl-provider default", "ssl-provider legacy\n    ssl-provider default", "ssl-provider nosuch",
             "ssl-provider-path /nonexistent\n    ssl-provider legacy", "ssl-provider default\n    ssl-provider-path /nonexistent", "ssl-propquery ?provider=legacy",
             "ssl-propquery garbage==,;", "ssl-propquery fips=yes", "ssl-propquery provider=default")


@case(BASE, S, start=False, must=["nosuch: 1", "legacy: 0", "fips=yes: 1"])
def providers(env):
    for lines in PROVIDERS:
        text = f"global\n    {lines}\n" + DEFAULTS.replace("log global", "retries 0") + "listen fe\n    bind 127.0.0.1:[[fe]] ssl crt [[pem a]]\n    server s 127.0.0.1:[[s]]\n"
        env.note(f"-c {lines!r}: {env.run(['-c', '-q', '-f', env.file('c.cfg', text)]).returncode}".replace("'", ""))
    env.start(BASE.replace("nbthread 1", "nbthread 1\n    ssl-provider legacy\n    ssl-provider default\n    ssl-propquery ?provider=default")
              + "listen fe\n    bind 127.0.0.1:[[fe]] ssl crt [[pem a]]\n    server s 127.0.0.1:[[s]]\n")
    c = env.client()
    c.tls(certs.client(), "a.test")
    c.send(b"line\n").recv_line()
    c.close_notify()
    env.logs(1)


# --- the example --------------------------------------------------------------------------------------------------------
HARDENED = os.path.join(os.path.dirname(__file__), "../../../examples/hardened-tls.cfg")


@case("", {"app": answering()}, start=False, must=["TLSv1.3", "TLSv1.2", "TLS failed"])
def the_hardened_example(env):
    with open(HARDENED, encoding="utf-8") as file:
        text = file.read().replace("log stdout format raw", "log [[udp]]").replace("maxconn 2000", "maxconn 500\n    nbthread 1")
    env.environment |= {"SHUNT_EXAMPLE_BIND": env.fill("127.0.0.1:[[fe]]"), "SHUNT_EXAMPLE_CERT": certs.path("a"), "SHUNT_EXAMPLE_SERVER": env.fill("127.0.0.1:[[app]]")}
    env.start(text, ports=["fe"])
    old = ssl.TLSVersion.TLSv1_2
    for count, (options, name) in enumerate((({}, "a.test"), ({"maximum": old}, "a.test"), ({"maximum": old, "ciphers": "ECDHE-ECDSA-AES128-SHA256"}, "a.test"),
                                             ({}, "unknown.test"), ({}, None)), 1):
        c = env.client(name=f"{count} {name}")
        if c.tls(certs.client(**options), name):
            c.send(b"line\n").recv_line()
        c.close_notify()
        env.logs(count)
