"""What is asked in handshakes.py: bind lines, and the clients that are sent to each of them."""

import dataclasses
import itertools

# What a log line says of each connection.
FETCHES = """ssl_fc ssl_fc_protocol ssl_fc_cipher ssl_fc_alg_keysize ssl_fc_use_keysize ssl_fc_alpn ssl_fc_sni ssl_fc_has_sni ssl_fc_has_crt
    ssl_fc_has_early ssl_fc_is_resumed ssl_fc_err ssl_fc_err_str ssl_fc_session_id,hex,length ssl_fc_session_key,hex,length ssl_fc_unique_id,hex,length
    ssl_fc_client_random,hex,length ssl_fc_server_random,hex,length ssl_fc_cipherlist_xxh ssl_fc_extlist_bin(1),hex ssl_fc_protocol_hello_id
    ssl_f_key_alg ssl_f_sig_alg ssl_f_s_dn ssl_f_i_dn ssl_f_serial,hex ssl_f_sha1,hex ssl_f_notafter ssl_f_version
    ssl_c_used ssl_c_verify ssl_c_err ssl_c_ca_err ssl_c_ca_err_depth ssl_c_s_dn ssl_c_i_dn ssl_c_serial,hex ssl_c_sha1,hex ssl_c_notbefore
    ssl_c_notafter ssl_c_key_alg ssl_c_sig_alg ssl_c_version ssl_c_der,hex,length ssl_c_chain_der,hex,length""".split()
FIELDS = "%ci %ft %b/%s %ts %sslv %sslc " + " ".join(f"{fetch}=[%[{fetch}]]" for fetch in FETCHES)
OLD = "ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0"
MANY = " ".join(f"crt [[pem {name}]]" for name in ("def", "a", "wild", "exact", "san", "upper", "rsa", "ecdsa"))
CA = "ca-file [[clients]]/ca.crt"
SUB = "ca-file [[clients]]/sub.crt"
BOTH = "crt [[pem rsa]] crt [[pem ecdsa]]"

# name -> what follows `ssl` on the bind line
BINDS = {
    # kinds of keys
    "rsa": "crt [[pem rsa]]",
    "p256": "crt [[pem ecdsa]]",
    "p384": "crt [[dir]]/p384.pem",
    "pair": BOTH,
    "bundle": "crt [[dir]]/bundle.pem",
    # versions, suites, curves
    "old": f"{BOTH} {OLD}",
    "min13": f"{BOTH} ssl-min-ver TLSv1.3",
    "max12": f"{BOTH} ssl-max-ver TLSv1.2",
    "force12": f"{BOTH} force-tlsv12",
    "only11": f"{BOTH} ssl-min-ver TLSv1.1 ssl-max-ver TLSv1.1 ciphers ALL:@SECLEVEL=0",
    "holes": f"{BOTH} no-tlsv12 {OLD}",
    "curve256": f"{BOTH} curves P-256",
    "curves": f"{BOTH} curves X448:P-384",
    "ecdhe": f"{BOTH} ecdhe secp384r1",
    "suites": f"{BOTH} ciphers ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256 ciphersuites TLS_CHACHA20_POLY1305_SHA256",
    "clients_choice": f"{BOTH} prefer-client-ciphers",
    # names
    "many": MANY,
    "strict": f"{MANY} strict-sni",
    "list": "crt-list [[dir]]/list.txt",
    "strictlist": "crt-list [[dir]]/list.txt strict-sni",
    "wild": "crt [[pem a]] crt [[pem wild]]",
    # client certificates
    "none": f"crt [[pem rsa]] verify none {CA}",
    "optional": f"crt [[pem rsa]] verify optional {CA}",
    "required": f"crt [[pem rsa]] verify required {CA}",
    "crl": f"crt [[pem rsa]] verify required {CA} crl-file [[clients]]/revoked.crl",
    "crlignored": f"crt [[pem rsa]] verify optional {CA} crl-file [[clients]]/revoked.crl crt-ignore-err 23,10",
    "ignored": f"crt [[pem rsa]] verify optional {CA} crt-ignore-err all ca-ignore-err all",
    "issuers": f"crt [[pem rsa]] verify optional {SUB} ca-ignore-err all",
    "issuer2": f"crt [[pem rsa]] verify required {SUB} crt-ignore-err all ca-ignore-err 2",
    "nonames": f"crt [[pem rsa]] verify required {SUB} ca-verify-file [[clients]]/ca.crt no-ca-names",
    "listed": "crt-list [[dir]]/verify.txt",
    # protocols and sessions
    "alpn": f"{BOTH} alpn h2,http/1.1",
    "alpn1": f"{BOTH} alpn foo",
    "noticket": f"{BOTH} no-tls-tickets",
    "ticketkeys": f"{BOTH} tls-ticket-keys [[dir]]/tickets.txt",
}
LISTS = {
    "list.txt": "[[pem def]]\n[[pem wild]] *.w.test !not.w.test\n[[pem exact]] x.w.test\n[[pem a]] [alpn foo] a.test *.a.test !b.a.test\n"
                "[[pem ecdsa]] [ssl-min-ver TLSv1.3] dual.test\n",
    "verify.txt": f"[[pem rsa]]\n[[pem a]] [verify required {CA}] a.test\n[[pem b]] [verify optional {CA}] b.test\n",
}
# The versions of a client, as numbers; () leaves them to the client.
ANY, T10, T11, T12, T13 = (), (1, 0), (1, 1), (1, 2), (1, 3)
CERTIFICATES = {"none": None, "good": "good", "chain": "leaf", "leaf": "leaf", "expired": "expired", "future": "future", "self": "self",
                "revoked": "revoked", "long": "long"}  # name -> name of the key
NAMES = ("a.test", "A.TEST", "x.w.test", "y.w.test", "z.y.w.test", "w.test", "not.w.test", "s2.test", "upper.test", "unknown.test", "dual.test",
         "q.a.test", "b.a.test", None)
TOOLS = ("openssl", "curl", "gnutls")
SUITES = (None, "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "AES256-SHA", "DHE-RSA-AES256-GCM-SHA384",
          "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")
GROUPS = (None, "X25519", "P-256", "P-384", "X448", "P-521:X25519")
SIGNATURES = (None, "RSA+SHA256:RSA-PSS+SHA256", "ECDSA+SHA256", "ECDSA+SHA384:RSA-PSS+SHA512")
RESUMING = ("again", "no ticket", "other name", "other version", "other bind", "three times")


@dataclasses.dataclass(frozen=True)
class Question:
    """One client; with `resume` it comes again with the session of its first connection."""

    bind: str
    tool: str = "openssl"
    version: tuple = ANY
    name: str | None = "dual.test"
    suite: str | None = None
    groups: str | None = None
    signatures: str | None = None
    certificate: str = "none"
    protocols: str | None = None
    resume: str | None = None

    def __str__(self):
        said = [f"{field.name}={getattr(self, field.name)}" for field in dataclasses.fields(self) if getattr(self, field.name) != field.default]
        return " ".join(said)


def keys():
    binds = ("rsa", "p256", "p384", "pair", "bundle", "old")
    yield from (Question(bind, version=version, suite=suite, groups=groups)
                for bind, version, suite, groups in itertools.product(binds, (ANY, T10, T12, T13), SUITES, GROUPS))
    yield from (Question(bind, version=version, signatures=signatures, name=name)
                for bind, version, signatures, name in itertools.product(binds, (ANY, T12, T13), SIGNATURES, ("dual.test", None)))
    yield from (Question(bind, tool, version, groups=groups)
                for bind, tool, version, groups in itertools.product(binds, TOOLS[1:], (ANY, T12, T13), (None, "X25519", "P-384")))


def settings():
    binds = ("old", "min13", "max12", "force12", "only11", "holes", "curve256", "curves", "ecdhe", "suites", "clients_choice")
    yield from (Question(bind, version=version, suite=suite, groups=groups)
                for bind, version, suite, groups in itertools.product(binds, (ANY, T10, T11, T12, T13), SUITES[:4] + SUITES[5:], (None, "X25519", "P-384")))
    yield from (Question(bind, tool, version) for bind, tool, version in itertools.product(binds, TOOLS, (ANY, T11, T12, T13)))
    first = ("ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384",
             "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384")
    yield from (Question(bind, "openssl", version, suite=suite)
                for bind, version, suite in itertools.product(("rsa", "old", "clients_choice"), (T12, T13), first))


def names():
    yield from (Question(bind, tool, version, name)
                for bind, tool, version, name in itertools.product(("many", "strict", "list", "strictlist", "wild", "bundle"), TOOLS, (T12, T13), NAMES))
    rsa = "ECDHE-RSA-AES128-GCM-SHA256"
    yield from (Question(bind, "openssl", T12, name, suite=rsa) for bind, name in itertools.product(("many", "strict", "list", "wild"), NAMES))


def certificates():
    binds = ("none", "optional", "required", "crl", "crlignored", "ignored", "issuers", "issuer2", "nonames")
    yield from (Question(bind, tool, version, certificate=certificate)
                for bind, tool, version, certificate in itertools.product(binds, TOOLS, (T12, T13), CERTIFICATES))
    yield from (Question("listed", "openssl", version, name, certificate=certificate)
                for version, name, certificate in itertools.product((T12, T13), ("a.test", "b.test", "c.test"), ("none", "good", "expired")))


def protocols():
    offers = (None, "h2", "http/1.1", "h2,http/1.1", "foo,h2", "bar")
    yield from (Question(bind, tool, version, protocols=offer)
                for bind, tool, version, offer in itertools.product(("rsa", "alpn", "alpn1", "list"), ("openssl", "gnutls"), (T12, T13), offers))
    yield from (Question(bind, "curl", version, protocols=offer)
                for bind, version, offer in itertools.product(("rsa", "alpn", "alpn1"), (T12, T13), (None, "h2", "http/1.1")))


def sessions():
    binds = ("rsa", "pair", "noticket", "ticketkeys", "optional", "required", "listed", "alpn", "many", "max12")
    yield from (Question(bind, "openssl", version, "a.test", certificate=certificate, resume=resume)
                for bind, version, resume, certificate in itertools.product(binds, (T12, T13), RESUMING, ("none", "good")))
    yield from (Question(bind, "gnutls", version, "a.test", resume=resume)
                for bind, version, resume in itertools.product(binds, (T12, T13), ("again", "no ticket")))


def all_questions():
    """Every one once, in a fixed order."""
    return list(dict.fromkeys(itertools.chain(keys(), settings(), names(), certificates(), protocols(), sessions())))
