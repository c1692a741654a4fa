"""Authorities and client certificates of every kind, made once per run with the openssl command line."""

import os
import subprocess

RICH = r"/C=FR/ST=Ile de France/O=Org, Inc./OU=One/OU=Two/OU=Three/CN=Jürgen \"X\" <y>/emailAddress=a@b.c/UID=u1"
EXTENSIONS = """[v]
subjectAltName=DNS:good.test,DNS:*.good.test,IP:192.0.2.7,email:me@good.test
certificatePolicies=1.2.3.4,2.23.140.1.2.1
"""
# name -> (lines of the distinguished name, mask of string types)
ODD = {
    "oid": ("C=DE\n0.odd=first\n1.odd=second\nCN=oid test", "utf8only"),
    "latin": ("C=DE\nO=Bäckerei\nCN=latin", "MASK:0x4"),
    "multi": ("C=DE\nCN=multi\n+OU=a\n+serialNumber=7\nO=x/y=z+w", "utf8only"),
    "escapes": ("C=DE\n0.OU=b\\\\, \\#c\n1.OU=\\#lead\n2.OU=a;b<c>d\nCN=trailing\\ ", "utf8only"),
}
AUTHORITY = """[ca]
default_ca=d
[d]
database=index.txt
serial=serial
new_certs_dir=.
certificate=ca.crt
private_key=ca.key
default_md=sha256
policy=p
unique_subject=no
email_in_dn=yes
crlnumber=crlnumber
default_crl_days=30
[p]
commonName=optional
[authority]
basicConstraints=critical,CA:TRUE
subjectKeyIdentifier=hash
"""
EC = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


class Maker:
    def __init__(self, folder):
        self.folder = folder

    def file(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
            out.write(text)

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def request(self, name, subject, key=None, config=()):
        self.openssl("req", "-new", "-utf8", "-nodes", "-newkey", *(key or EC), "-keyout", name + ".key", "-out", name + ".csr",
                     *(["-subj", subject] if subject else []), *config)

    def sign(self, name, by="ca", serial="77", extensions=()):
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", by + ".crt", "-CAkey", by + ".key", "-set_serial", serial,
                     "-days", "20", "-out", name + ".crt", *extensions)

    def authority_signs(self, name, *words):
        self.openssl("ca", "-batch", "-config", "ca.cnf", "-in", name + ".csr", "-out", name + ".crt", "-notext", *words)


def prepare(folder):
    """Fills `folder` with NAME.crt and NAME.key, ca.crt, sub.crt and revoked.crl."""
    os.makedirs(folder, exist_ok=True)
    make = Maker(folder)
    make.file("ca.cnf", AUTHORITY)
    make.file("index.txt", "")
    make.file("serial", "1000\n")
    make.file("crlnumber", "01\n")
    make.file("good.ext", EXTENSIONS)
    make.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "100",
                 "-subj", "/C=DE/O=Test Org/CN=Root CA")
    make.request("sub", "/C=DE/O=Test Org/CN=Sub CA")
    make.sign("sub", serial="5", extensions=("-extfile", "ca.cnf", "-extensions", "authority"))
    make.request("good", RICH, key=["rsa:2048"])
    make.sign("good", serial="0x8f00aa01", extensions=("-extfile", "good.ext", "-extensions", "v"))
    make.request("leaf", "/CN=leaf of sub")
    make.sign("leaf", by="sub")
    _dated(make)
    _odd(make)
    _broken(make, folder)


def _dated(make):
    for name, begin, end in (("expired", "200101000000Z", "210101000000Z"), ("future", "20400101000000Z", "20600102030405Z"),
                             ("long", "20200101000000Z", "20600102030405Z")):
        make.request(name, "/CN=" + name)
        make.authority_signs(name, "-startdate", begin, "-enddate", end)


def _odd(make):
    for name, (lines, mask) in ODD.items():
        make.file(name + ".cnf", f"oid_section=oids\n[oids]\nodd=1.2.3.4.5\n[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\n"
                                 f"string_mask={mask}\n[dn]\n{lines}\n")
        make.request(name, None, config=("-config", name + ".cnf"))
        make.sign(name)


def _broken(make, folder):
    make.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "self.key", "-out", "self.crt", "-days", "10",
                 "-subj", "/CN=self")
    make.request("revoked", "/CN=revoked")
    make.authority_signs("revoked", "-days", "20")
    make.openssl("ca", "-config", "ca.cnf", "-revoke", "revoked.crt")
    make.openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", "revoked.crl")
    with open(os.path.join(folder, "chain.crt"), "w", encoding="ascii") as out:
        for part in ("leaf.crt", "sub.crt"):
            with open(os.path.join(folder, part), encoding="ascii") as text:
                out.write(text.read())
