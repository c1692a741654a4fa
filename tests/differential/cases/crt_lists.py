"""Lists of certificates: filters, exclusions, options of single certificates, bundles, and what decides without a known name."""

import os
import re
import shutil
import ssl
import subprocess

import certs
from harness import DEFAULTS, answering, case

NAMES = ("a.test", "b.test", "x.w.test", "y.w.test", "z.y.w.test", "w.test", "default.test", "dual.test", "s1.test", "other.test", "foo.test", "A.TEST", None)
RSA = {"maximum": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE-RSA-AES128-GCM-SHA256"}
LISTS = {
    "plain": ("", "def.pem\na.pem\nwild.pem\nexact.pem\n"),
    "filters": ("", "def.pem !*\na.pem foo.test\nwild.pem *.w.test !x.w.test\nexact.pem other.test\n"),
    "next": ("", "def.pem\nwild.pem *.w.test !x.w.test\nsan.pem *.w.test\n"),
    "only_exclusions": ("", "def.pem\na.pem *.w.test\nwild.pem !y.w.test\nb.pem !*\n"),
    "swapped": ("", "a.pem b.test\nb.pem a.test\n"),
    "between": ("crt [[pem a]] crt-list [[dir]]/list crt [[pem san]]", "b.pem a.test\nwild.pem s1.test *.s1.test\n"),
    "bundle": ("", "def.pem\nbundle\nrsa.pem *.w.test\nwild.pem\n"),
    "strict": ("strict-sni crt-list [[dir]]/list", "def.pem\na.pem\nb.pem !b.test\n"),
    "case": ("", "def.pem\nwild.pem *.W.Test !X.w.TEST\na.pem !*.w.test *.w.test\n"),
    "repeated": ("", "def.pem\na.pem foo.test foo.test !foo.test\nwild.pem !x.w.test *.w.test\n"),
    "kinds": ("", "def.pem\nrsa.pem x.w.test\necdsa.pem *.w.test\n"),
    "odd_blanks": ("", "# comment\n   a.pem   [ alpn h2 ]   foo.test  \n\n\tdef.pem\n"),
    "none": ("strict-sni crt [[pem def]] crt-list [[dir]]/list", "a.pem !*\n"),
    "several": ("crt-list [[dir]]/list crt-list [[dir]]/list2", "def.pem\na.pem foo.test\n"),
}


def start(env, lists, server="127.0.0.1:1"):
    """A listener for each list; its file is in the case's folder, and certificates are named without one."""
    folder = os.path.join(env.dir, "crt")
    os.mkdir(folder)
    for each in certs.WANTED:
        shutil.copy(certs.path(each), os.path.join(folder, each + ".pem"))
    shutil.copy(certs.path("rsa"), os.path.join(folder, "bundle.rsa"))
    shutil.copy(certs.path("ecdsa"), os.path.join(folder, "bundle.ecdsa"))
    env.file("list2", "b.pem foo.test\nwild.pem [alpn two]\n")
    text = "global\n    crt-base [[dir]]/crt\n    ca-base [[clients]]\n" + DEFAULTS.replace("log global", "retries 0")
    for name, (bind, lines) in lists.items():
        env.file(name, lines)
        bind = (bind or "crt-list [[dir]]/list").replace("[[dir]]/list ", f"[[dir]]/{name} ").replace("[[dir]]/list", f"[[dir]]/{name}").replace(name + "2", "list2")
        text += f"listen {name}\n    bind 127.0.0.1:[[{name}]] ssl {bind}\n    server s {server}\n"
    env.start(text)


@case(start=False, must=["filters y.w.test: .*certificate wild", "next x.w.test: .*certificate san", "bundle rsa dual.test: .*certificate rsa", "strict b.test: TLS failed"])
def who_answers(env):
    start(env, LISTS)
    for name in LISTS:
        for label, options in (("", {}), (" rsa", RSA)):
            for server_name in NAMES if not label else ("dual.test", "x.w.test"):
                c = env.client(name, name=f"{name}{label} {server_name}")
                c.tls(certs.client(**options), server_name)
                c.close()
                env.note(f"{name}{label} {server_name}: {env.clients[c.name][0]}")


OPTIONS = """def.pem
a.pem [alpn two] a.test
a.pem [ssl-max-ver TLSv1.2] old.test
a.pem [ssl-min-ver TLSv1.3] new.test
a.pem [ciphers ECDHE-ECDSA-AES256-GCM-SHA384] cipher.test
a.pem [ciphersuites TLS_CHACHA20_POLY1305_SHA256] suite.test
a.pem [curves P-384] curve.test
a.pem [ecdhe P-521] ecdhe.test
a.pem [verify required ca-file ca.crt] verify.test
a.pem [verify optional ca-file ca.crt crl-file revoked.crl] optional.test
a.pem [verify required ca-file sub.crt ca-verify-file ca.crt no-ca-names] other.test
"""
ASKED = ("default.test", "a.test", "old.test", "new.test", "cipher.test", "suite.test", "curve.test", "ecdhe.test", "verify.test", "optional.test", "other.test")


@case(start=False, must=["a.test .*alpn two", "old.test any None: TLSv1.2", "cipher.test tls12.* ECDHE-ECDSA-AES256-GCM-SHA384", "CERTIFICATE_REQUIRED"])
def options_of_single_certificates(env):
    env.stub("s", answering())
    line = "crt-list [[dir]]/list alpn one,two ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
    start(env, {"fe": (line, OPTIONS)}, "127.0.0.1:[[s]]")
    for server_name in ASKED:
        for certificate in (None, "good", "revoked", "self") if server_name in ("verify.test", "optional.test", "other.test", "a.test") else (None,):
            for maximum in (None, ssl.TLSVersion.TLSv1_2):
                label = f"{server_name} {'tls12' if maximum else 'any'} {certificate}"
                c = env.client(name=label)
                if c.tls(certs.client(alpn=["one", "two"], certificate=certificate, maximum=maximum), server_name):
                    c.send(b"line\n")
                    c.recv_line()
                    if c.ended is None:
                        env.note(f"{label}: {c.sock.version()} {c.sock.cipher()[0]} alpn {c.sock.selected_alpn_protocol()}")
                c.close()
    for server_name in ("default.test", "curve.test", "ecdhe.test"):
        for version in ("-tls1_2", "-tls1_3"):
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{env.port('fe')}", "-servername", server_name, version], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=10, check=False)
            env.note(f"{server_name} {version}: {re.findall('Server Temp Key: (.*)', done.stdout)}")
