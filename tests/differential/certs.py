"""Self-signed certificates made once per run with the openssl command line, and TLS contexts that use them."""

import hashlib
import os
import ssl
import subprocess

import client_certs

# name -> (subject CN, subjectAltName or None, key)
WANTED = {
    "def": ("default.test", None, "ec"),
    "a": ("a.test", None, "ec"),
    "b": ("b.test", "DNS:b.test", "ec"),
    "c": ("c.test", "DNS:c.test", "ec"),
    "wild": ("wild.test", "DNS:*.w.test", "ec"),
    "exact": ("x.w.test", "DNS:x.w.test", "ec"),
    "san": ("cnonly.test", "DNS:s1.test,DNS:s2.test", "ec"),
    "upper": ("UPPER.Test", None, "ec"),
    "rsa": ("dual.test", "DNS:dual.test", "rsa"),
    "ecdsa": ("dual.test", "DNS:dual.test", "ec"),
    "rsadef": ("rsadefault.test", None, "rsa"),
}
_folder = None
_names = {}


def prepare(folder):
    """Writes NAME.pem (certificate and key) for each wanted one."""
    global _folder
    _folder = folder
    for name, (subject, alternatives, key) in WANTED.items():
        make(os.path.join(folder, name), subject, alternatives, key)
        with open(path(name), encoding="ascii") as pem:
            der = ssl.PEM_cert_to_DER_cert(pem.read().split("-----BEGIN PRIVATE")[0])
        _names[hashlib.sha1(der).digest()] = name
    client_certs.prepare(clients())


def make(base, subject, alternatives, key):
    """`key`: rsa, ec or p384."""
    curve = "P-384" if key == "p384" else "P-256"
    kind = ["rsa:2048"] if key == "rsa" else ["ec", "-pkeyopt", f"ec_paramgen_curve:{curve}"]
    command = ["openssl", "req", "-x509", "-nodes", "-days", "30", "-newkey", *kind,
               "-keyout", base + ".key", "-out", base + ".crt", "-subj", "/CN=" + subject]
    if alternatives:
        command += ["-addext", "subjectAltName=" + alternatives]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(base + ".pem", "w", encoding="ascii") as out:
        for part in (base + ".crt", base + ".key"):
            with open(part, encoding="ascii") as text:
                out.write(text.read())


def clients():
    """The folder of authorities and client certificates."""
    return os.path.join(_folder, "clients")


def path(name):
    return os.path.join(_folder, name + ".pem")


def name_of(der):
    return _names.get(hashlib.sha1(der).digest(), "unknown")


def client(minimum=None, maximum=None, alpn=None, ciphers=None, certificate=None, key=None):
    """A client context that accepts any certificate; `certificate` is a name of client_certs.py."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if minimum:
        context.minimum_version = minimum
    if maximum:
        context.maximum_version = maximum
    if alpn:
        context.set_alpn_protocols(alpn)
    if ciphers:
        context.set_ciphers(ciphers)
    if certificate:
        base = os.path.join(clients(), certificate)
        context.load_cert_chain(base + ".crt", os.path.join(clients(), key or certificate) + ".key")
    return context


def server(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path(name))
    return context
