"""The clients of handshakes.py: how each is called for a question, and what of its output is compared."""

import hashlib
import os
import re
import ssl
import subprocess
import tempfile

import certs
from handshake_cases import CERTIFICATES

LIMIT = 15
REQUEST = "GET / HTTP/1.0\r\n\r\n"
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
OPENSSL_LINES = re.compile(
    r"^(?:Peer signing digest|Peer signature type|Server Temp Key|New, |Reused, |Server public key|Secure Renegotiation IS|ALPN protocol|No ALPN|"
    r"Acceptable client|No client certificate CA|Client Certificate Types|Requested Signature Algorithms|Shared Requested|Early data|"
    r"HTTP/|ok$|closed|C = |O = |CN = |.*Extended master secret|.*TLS session ticket lifetime hint|.*Max Early Data|Post-Handshake|.*:error:).*",
    re.MULTILINE)
GNUTLS_LINES = re.compile(
    r"^(?:- Got a certificate list|- Description|- Application protocol|- Options|- Successfully sent|- Server has requested|\*\*\* |- Handshake was|"
    r"- Resume Handshake|HTTP/|ok$|- Peer has| - subject|\|<\d>\| ).*", re.MULTILINE)
VERSIONS = {(1, 0): ("-tls1", "1.0", "+VERS-TLS1.0"), (1, 1): ("-tls1_1", "1.1", "+VERS-TLS1.1"), (1, 2): ("-tls1_2", "1.2", "+VERS-TLS1.2"),
            (1, 3): ("-tls1_3", "1.3", "+VERS-TLS1.3")}
GNUTLS_GROUPS = {"X25519": "+GROUP-X25519", "P-384": "+GROUP-SECP384R1"}


def files_of(certificate):
    key = CERTIFICATES[certificate]
    return key and (os.path.join(certs.clients(), certificate + ".crt"), os.path.join(certs.clients(), key + ".key"))


def run(words):
    """Exit status, both outputs together. The request is sent at once; what the program answers ends the client."""
    try:
        done = subprocess.run(words, input=REQUEST.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as error:
        return "did not end", (error.stdout or b"").decode("utf-8", "replace")
    return done.returncode, done.stdout.decode("utf-8", "replace")


def certificates_in(output):
    return [hashlib.sha1(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()[:12] for pem in dict.fromkeys(PEM.findall(output))]


# --- openssl ---------------------------------------------------------------------------------------------------------
def openssl_words(question, port, name):
    words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-ign_eof", "-showcerts"]
    words += ["-servername", name] if name else ["-noservername"]
    if question.version:
        words.append(VERSIONS[question.version][0])
    old = question.version in ((1, 0), (1, 1))
    if question.suite and question.suite.startswith("TLS_"):
        words += ["-ciphersuites", question.suite]
    elif question.suite or old:
        words += ["-cipher", (question.suite or "ALL") + (":@SECLEVEL=0" if old else "")]
    for flag, value in (("-groups", question.groups), ("-sigalgs", question.signatures), ("-alpn", question.protocols)):
        words += [flag, value] if value else []
    shown = files_of(question.certificate)
    if shown:
        words += ["-cert", shown[0], "-key", shown[1]]
        words += ["-cert_chain", shown[0]] if question.certificate == "chain" else []
    return words


def said_by_openssl(status, output):
    lines = [re.sub(r"^[0-9A-F]{8,}:error:[0-9A-F]+:", "error:", line.strip()) for line in (found.group() for found in OPENSSL_LINES.finditer(output))]
    return [f"openssl: {status}", f"certificates {certificates_in(output)}", *(re.sub(r":\.\./.*?:\d+:", ":", line) for line in lines)]


def openssl_once(question, port, name, *further):
    return said_by_openssl(*run(openssl_words(question, port, name) + list(further)))


def openssl(question, ports):
    """One connection, or several with the session of the one before."""
    port = ports[question.bind]
    if not question.resume:
        return openssl_once(question, port, question.name)
    with tempfile.TemporaryDirectory() as folder:
        kept = os.path.join(folder, "session")
        further = ("-no_ticket",) if question.resume == "no ticket" else ()
        said = openssl_once(question, port, question.name, "-sess_out", kept, *further)
        for _ in range(2 if question.resume == "three times" else 1):
            if not os.path.exists(kept):
                return said + ["no session"]
            name = "b.test" if question.resume == "other name" else question.name
            other = ports["rsa" if question.bind != "rsa" else "pair"] if question.resume == "other bind" else port
            again = openssl_words(question, other, name)
            if question.resume == "other version":
                again = [word for word in again if not word.startswith("-tls1_")] + [VERSIONS[(1, 3) if question.version == (1, 2) else (1, 2)][0]]
            said += said_by_openssl(*run(again + ["-sess_in", kept, "-sess_out", kept, *further]))
    return said


# --- curl ------------------------------------------------------------------------------------------------------------
def curl(question, ports):
    port = ports[question.bind]
    host = question.name or "127.0.0.1"  # for an address no name is sent
    words = ["curl", "-sSk", "--resolve", f"{host}:{port}:127.0.0.1", f"https://{host}:{port}/", "-w",
             "%{http_code} %{ssl_verify_result} %{http_version} %{num_connects}\n%{certs}"]
    if question.version:
        number = VERSIONS[question.version][1]
        words += [f"--tlsv{number}", "--tls-max", number]
    words += ["--curves", question.groups] if question.groups else []
    words += {None: ["--no-alpn"], "h2": ["--http2"], "http/1.1": ["--http1.1"]}[question.protocols]
    shown = files_of(question.certificate)
    words += ["--cert", shown[0], "--key", shown[1]] if shown else []
    status, output = run(words)
    lines = [line for line in output.splitlines() if re.match(r"curl: |ok|\d{3} \d+ |Subject:", line)]
    return [f"curl: {status}", f"certificates {certificates_in(output)}", *lines]


# --- gnutls-cli ------------------------------------------------------------------------------------------------------
def gnutls(question, ports):
    priority = "NORMAL"
    if question.version:
        priority += ":-VERS-ALL:" + VERSIONS[question.version][2]
    if question.groups:
        priority += ":-GROUP-ALL:" + GNUTLS_GROUPS[question.groups]
    words = ["gnutls-cli", "--insecure", "--print-cert", "--priority", priority, "-p", str(ports[question.bind]), "127.0.0.1"]
    words += ["--sni-hostname", question.name] if question.name else ["--disable-sni"]
    for protocol in (question.protocols or "").split(","):
        words += ["--alpn", protocol] if protocol else []
    shown = files_of(question.certificate)
    words += ["--x509certfile", shown[0], "--x509keyfile", shown[1]] if shown else []
    if question.resume:
        words += ["--resume", "--waitresumption"] + (["--noticket"] if question.resume == "no ticket" else [])
    status, output = run(words)
    lines = [re.sub(r"^\|<\d>\| ", "", found.group().strip()) for found in GNUTLS_LINES.finditer(output)]
    return [f"gnutls: {status}", f"certificates {certificates_in(output)}", *(line for line in lines if "Certificate[" not in line)]


TOOLS = {"openssl": openssl, "curl": curl, "gnutls": gnutls}
PROGRAMS = {"openssl": "openssl", "curl": "curl", "gnutls": "gnutls-cli"}
