"""Every fetch of terminated TLS in a log line: versions, keys, resumption, hellos that are kept, client certificates, names."""

import os
import re
import ssl
import subprocess

import certs
from harness import answering, case

OLD = ssl.TLSVersion.TLSv1_2
S = {"s": answering()}

CONNECTION = """ssl_fc ssl_fc_alg_keysize ssl_fc_use_keysize ssl_fc_alpn ssl_fc_cipher ssl_fc_npn ssl_fc_protocol ssl_fc_has_crt
    ssl_fc_has_early ssl_fc_has_sni ssl_fc_is_resumed ssl_fc_sni ssl_fc_err ssl_fc_err_str ssl_fc_client_random,hex ssl_fc_server_random,hex
    ssl_fc_session_id,hex ssl_fc_session_key,hex ssl_fc_unique_id,hex ssl_fc_client_early_traffic_secret
    ssl_fc_client_handshake_traffic_secret ssl_fc_client_traffic_secret_0 ssl_fc_early_exporter_secret ssl_fc_exporter_secret
    ssl_fc_server_handshake_traffic_secret ssl_fc_server_traffic_secret_0 ssl_bc ssl_bc_is_resumed ssl_bc_cipher ssl_bc_protocol
    ssl_bc_err ssl_bc_session_id,hex""".split()
HELLO = """ssl_fc_cipherlist_bin,hex ssl_fc_cipherlist_bin(1),hex ssl_fc_cipherlist_hex ssl_fc_cipherlist_hex(0) ssl_fc_cipherlist_str
    ssl_fc_cipherlist_str(1) ssl_fc_cipherlist_xxh ssl_fc_ecformats_bin,hex ssl_fc_eclist_bin,hex ssl_fc_eclist_bin(1),hex
    ssl_fc_extlist_bin,hex ssl_fc_extlist_bin(1),hex ssl_fc_protocol_hello_id""".split()
OWN = """ssl_f_der,hex ssl_f_i_dn ssl_f_i_dn(CN) ssl_f_key_alg ssl_f_notafter ssl_f_notbefore ssl_f_s_dn ssl_f_s_dn(CN) ssl_f_serial,hex
    ssl_f_sha1,hex ssl_f_sig_alg ssl_f_version""".split()
PEER = """ssl_c_ca_err ssl_c_ca_err_depth ssl_c_err ssl_c_used ssl_c_verify ssl_fc_has_crt ssl_c_version ssl_c_key_alg ssl_c_sig_alg
    ssl_c_notbefore ssl_c_notafter ssl_c_serial,hex ssl_c_sha1,hex ssl_c_der,hex ssl_c_chain_der,hex ssl_c_i_dn ssl_c_s_dn(CN)
    ssl_fc_is_resumed""".split()
NAME = ["ssl_c_s_dn", "ssl_c_i_dn"] + [
    f"ssl_c_s_dn({arguments})" for arguments in
    ("CN", "CN,1", "CN,-1", "CN,2", "OU", "OU,0", "OU,2", "OU,3", "OU,4", "OU,-1", "OU,-2", "OU,-3", "OU,-4", "cn", "commonName", "O",
     "emailAddress", "UID", "1.2.3.4.5", "1.2.3.4.5,2", "1.2.3.4.5,-2", "2.5.4.10", "XX", "serialNumber", ",0,rfc2253", ",1,rfc2253",
     "CN,1,rfc2253", ",2", "ST,1")] + ["ssl_c_i_dn(CN)", "ssl_c_i_dn(,0,rfc2253)"]


def file(fetches, bind, settings=""):
    fields = " ".join(f"{fetch}=[%[{fetch}]]" for fetch in fetches)
    return f"""
global
    nbthread 1
    log [[udp]] len 65535 local0
    {settings}
defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 4s
    timeout server 4s
listen fe
    bind 127.0.0.1:[[fe]] {bind}
    log-format "{fields}"
    server s 127.0.0.1:[[s]]
"""


class Secrets:
    """What the client knows of its connection: the log has to hold the same."""

    LABELS = {"CLIENT_RANDOM": "session key"}

    def __init__(self, env, context):
        self.env, self.path = env, os.path.join(env.dir, f"keys{id(context)}")
        context.keylog_filename = self.path

    def known(self, value, name):
        self.env.hidden.insert(0, (f"(?i){value}", name))  # before the patterns of what nobody knows

    def hide(self, sock):
        with open(self.path, encoding="ascii") as lines:
            for label, random, secret in (line.split() for line in lines if not line.startswith("#")):
                name = self.LABELS.get(label, label)
                self.known(random, "<client random>")
                self.known(secret, f"<{name}>")
        if sock.version() == "TLSv1.2":
            self.known(sock.get_channel_binding("tls-unique").hex(), "<unique id>")
            if sock.session and sock.session.id:
                self.known(sock.session.id.hex(), "<session id>")
        self.env.hide(r"(server_random,hex=)\[[0-9A-F]{64}\]", r"\1[<32 bytes>]")
        self.env.hide(r"(session_id,hex=)\[[0-9A-F]{64}\]", r"\1[<32 bytes>]")
        self.env.hide(r"(session_key,hex=)\[[0-9A-F]{96}\]", r"\1[<48 bytes>]")
        self.env.hide(r"(unique_id,hex=)\[[0-9A-F]{96}\]", r"\1[<48 bytes>]")


def talk(env, context, count, server_name="a.test", session=None, name=None):
    """One connection; its session, for resumption."""
    c = env.client(name=name)
    secrets = Secrets(env, context)
    try:
        c.sock = context.wrap_socket(c.sock, server_hostname=server_name, session=session)
        c.send(b"line\n").recv_line()
        session = c.sock.session
        secrets.hide(c.sock)
        c.close_notify()
    except ssl.SSLError as error:
        c.say(f"TLS failed: {error.reason}")
        c.close()
    env.logs(count)
    return session


BOTH = "ssl crt [[pem rsa]] crt [[pem ecdsa]] alpn h2,http/1.1,foo"


@case(file(CONNECTION, BOTH, "tune.ssl.keylog on"), S,
      must=["TLSv1.3", "TLSv1.2", "EXPORTER_SECRET", "<session key>", "<unique id>", r"ssl_fc_alpn=\[foo\]", r"ssl_fc_has_sni=\[0\]"])
def connections(env):
    kinds = (({}, "dual.test"), ({"maximum": OLD}, "dual.test"), ({"alpn": ["foo"]}, "dual.test"), ({}, None),
             ({"maximum": OLD, "alpn": ["x", "http/1.1"]}, None), ({"alpn": ["none"]}, "a.test"),
             ({"maximum": OLD, "ciphers": "ECDHE-RSA-AES128-GCM-SHA256"}, "dual.test"),
             ({"maximum": OLD, "ciphers": "ECDHE-RSA-CHACHA20-POLY1305"}, "dual.test"),
             ({"maximum": OLD, "ciphers": "ECDHE-ECDSA-AES128-SHA256"}, "dual.test"))
    for count, (options, server_name) in enumerate(kinds, 1):
        talk(env, certs.client(**options), count, server_name)


@case(file(CONNECTION, BOTH), S, must=["TLSv1.3", r"exporter_secret=\[-\]"])
def no_key_log(env):
    talk(env, certs.client(), 1)


@case(file(CONNECTION + ["ssl_fc_has_crt", "ssl_c_used"], BOTH, "tune.ssl.keylog on"), S, must=[r"ssl_fc_is_resumed=\[1\]"])
def resumed_with_tickets(env):
    resume(env)


@case(file(CONNECTION, BOTH + " no-tls-tickets"), S, must=[r"ssl_fc_is_resumed=\[1\]", "<session id>"])
def resumed_by_id(env):
    resume(env)


def resume(env):
    count = 0
    for options in ({}, {"maximum": OLD}):
        context, session = certs.client(**options), None
        for _ in range(3):
            count += 1
            session = talk(env, context, count, session=session)


def hello(size):
    """One case; a name for each size."""
    def kept(env):
        small = {"maximum": OLD, "ciphers": "AES128-SHA:AES256-SHA:@SECLEVEL=0"}
        for count, options in enumerate(({}, {"maximum": OLD}, {"alpn": ["h2"]}, small), 1):
            talk(env, certs.client(**options), count)
    kept.__name__ = f"hello_in_{size}_bytes"
    settings = f"tune.ssl.capture-buffer-size {size}" if size else ""
    case(file(HELLO, BOTH, settings), S, must=[r"hello_id=\[771\]" if size else r"hello_id=\[-\]"])(kept)


for each in (0, 1, 7, 30, 35, 36, 37, 38, 50, 60, 80, 90, 100, 1000):
    hello(each)


@case(file(OWN, "ssl crt [[pem rsa]] crt [[pem ecdsa]] crt [[pem san]] crt [[pem wild]]"), S, must=["id-ecPublicKey", "rsaEncryption"])
def own_certificate(env):
    kinds = [({}, name) for name in ("dual.test", "s1.test", "x.w.test", None)]
    kinds.append(({"maximum": OLD, "ciphers": "ECDHE-RSA-AES128-GCM-SHA256"}, "dual.test"))
    for count, (options, server_name) in enumerate(kinds, 1):
        talk(env, certs.client(**options), count, server_name)


@case(file(CONNECTION + HELLO + OWN + PEER + NAME, ""), S, must=[r"ssl_fc=\[0\]", r"ssl_c_used=\[-\]"])
def without_tls(env):
    c = env.client()
    c.send(b"line\n").recv_line()
    c.shut().to_end()
    env.logs(1)


PEERS = ((None, None), ("good", None), ("chain", "leaf"), ("leaf", None), ("expired", None), ("future", None), ("long", None), ("self", None),
         ("revoked", None))


def show_certificates(env, versions=({}, {"maximum": OLD})):
    count = 0
    for options in versions:
        for certificate, key in PEERS:
            count += 1
            talk(env, certs.client(certificate=certificate, key=key, **options), count, name=f"{count} {certificate}")


def verifying(words, must):
    def register(traffic):
        return case(file(PEER, "ssl crt [[pem rsa]] " + words), S, must=must)(traffic)
    return register


CA = "ca-file [[clients]]/ca.crt"


@verifying(f"verify optional {CA} crt-ignore-err all ca-ignore-err all", must=[r"ssl_c_err=\[10\]", r"ssl_c_err=\[18\]", r"CN\)=\[self\]"])
def any_certificate(env):
    show_certificates(env)


@verifying(f"verify optional {CA}", must=["CERTIFICATE_EXPIRED", "UNKNOWN_CA", r"ssl_c_used=\[0\]", r"chain_der,hex=\[30"])
def optional_certificate(env):
    show_certificates(env)


@verifying(f"verify required {CA}", must=["SSL handshake failure", r"ssl_c_used=\[1\]", "SSL client certificate not trusted"])
def required_certificate(env):
    show_certificates(env)


@verifying(f"verify required {CA} crt-ignore-err 9,10", must=[r"ssl_c_err=\[9\]", r"ssl_c_err=\[10\]"])
def some_errors_ignored(env):
    show_certificates(env)


@verifying("verify optional ca-file [[clients]]/sub.crt ca-ignore-err all", must=[r"ssl_c_ca_err=\[2\]", r"ca_err_depth=\[1\]"])
def issuer_errors_ignored(env):
    show_certificates(env)


@verifying("verify optional ca-file [[clients]]/sub.crt crt-ignore-err all ca-ignore-err 2", must=[r"ssl_c_verify=\[21\]"])
def several_errors(env):
    show_certificates(env)


@verifying("verify optional ca-file [[clients]]/sub.crt crt-ignore-err all", must=["SSL client CA chain cannot be verified"])
def issuer_not_trusted(env):
    show_certificates(env)


@verifying(f"verify optional {CA} ca-verify-file [[clients]]/sub.crt", must=[r"CN\)=\[leaf of sub\]"])
def more_authorities(env):
    show_certificates(env)


@verifying(f"verify optional {CA} crl-file [[clients]]/revoked.crl", must=["revoked"])
def revoked_certificate(env):
    show_certificates(env)


@verifying(f"verify optional {CA} crl-file [[clients]]/revoked.crl crt-ignore-err 23", must=[r"ssl_c_err=\[23\]"])
def revoked_but_ignored(env):
    show_certificates(env, ({},))


@verifying(f"verify none {CA}", must=[r"ssl_c_used=\[0\]"])
def not_asked(env):
    show_certificates(env, ({},))


@verifying(f"verify optional {CA} crt-ignore-err all ca-ignore-err all", must=[r"ssl_fc_is_resumed=\[1\]"])
def certificate_of_a_resumed_session(env):
    count = 0
    for options in ({}, {"maximum": OLD}):
        for certificate in ("good", "expired"):
            context, session = certs.client(certificate=certificate, **options), None
            for _ in range(2):
                count += 1
                session = talk(env, context, count, session=session)


@case(file(NAME, f"ssl crt [[pem rsa]] verify required {CA}"), S, must=[r"\(OU,2\)=\[Two\]", r"=\[/C=DE/1\.2\.3\.4\.5=first", "UID=u1,emailAddress"])
def names(env):
    for count, name in enumerate(("good", "oid", "latin", "multi", "escapes"), 1):
        talk(env, certs.client(certificate=name), count)


@case(file(["ssl_c_s_dn(CN)"], f"ssl crt [[pem rsa]] verify optional {CA}"), S, must=["Acceptable client certificate CA names", "Root CA"])
def names_of_authorities(env):
    announced(env)


@case(file(["ssl_c_s_dn(CN)"], f"ssl crt [[pem rsa]] verify optional {CA} no-ca-names"), S, must=["No client certificate CA names sent"])
def no_names_of_authorities(env):
    announced(env)


def announced(env):
    words = ["openssl", "s_client", "-connect", f"127.0.0.1:{env.port('fe')}", "-servername", "a.test", "-tls1_2"]
    output = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, check=False).stdout
    for line in re.findall(r"^(?:.*CA names.*|C = DE.*|Client Certificate Types.*|Requested Signature.*)$", output, re.MULTILINE):
        env.note(line)
