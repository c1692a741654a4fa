"""TLS termination: which certificate is chosen for a name, and what a failed handshake leaves in the log."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time

import certs
from harness import BASE, DEFAULTS, answering, case, greeter

NAMES = ("a.test", "A.TEST", "x.w.test", "y.w.test", "z.y.w.test", "w.test", "s1.test", "cnonly.test", "upper.test", "unknown.test", None, "a.test.",
         "dual.test")


def listening(crt, extra=""):
    return BASE + f"""
listen fe
    bind 127.0.0.1:[[fe]] ssl {crt}
    {extra}
    server s 127.0.0.1:[[s]]
"""


MANY = " ".join(f"crt [[pem {name}]]" for name in ("def", "a", "wild", "exact", "san", "upper", "rsa", "ecdsa"))
S = {"s": answering()}
HANDSHAKE_TEXT = [(r"(SSL handshake failure)$", r"\1", "")]


def ask(env, name, context, server_name, count):
    c = env.client(name=name)
    if c.tls(context, server_name):
        c.send(b"line\n").recv_line()
        c.close_notify()
    else:
        c.close()
    env.logs(count)


@case(listening(MANY), S, must=["certificate a ", "certificate exact", "certificate wild", "certificate san", "certificate def", "fe~ fe/s"])
def certificate_by_name(env):
    for count, name in enumerate(NAMES, 1):
        ask(env, str(name), certs.client(), name, count)


@case(listening(MANY), S, must=["certificate rsa "])
def certificate_for_old_clients(env):
    rsa = certs.client(maximum=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-RSA-AES128-GCM-SHA256")
    ecdsa = certs.client(maximum=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-GCM-SHA256")
    ask(env, "rsa", rsa, "dual.test", 1)
    ask(env, "ecdsa", ecdsa, "dual.test", 2)
    ask(env, "both", certs.client(), "dual.test", 3)


@case(BASE, S, start=False, must=["certificate rsadef"])
def directory_of_certificates(env):
    folder = os.path.join(env.dir, "certs")
    os.mkdir(folder)
    for target, source in (("10-a.pem", "rsadef"), ("2-b.pem", "b"), ("Z.pem", "c"), ("b.pem", "wild"), (".hidden.pem", "a")):
        shutil.copy(certs.path(source), os.path.join(folder, target))
    env.start(listening("crt [[dir]]/certs"))
    for count, name in enumerate(("b.test", "c.test", "q.w.test", "a.test", None), 1):
        ask(env, str(name), certs.client(), name, count)


STRICT = listening("crt [[pem a]] crt [[pem b]] strict-sni")


@case(STRICT, S, must=["certificate b", "TLS failed", "SSL handshake failure"])
def strict_sni(env):
    for count, name in enumerate(("a.test", "b.test", "unknown.test", None), 1):
        ask(env, str(name), certs.client(), name, count)


VERSIONS = listening("crt [[pem a]] ssl-min-ver TLSv1.3")


@case(VERSIONS, S, must=["TLSv1.3", "TLS failed"])
def versions(env):
    ask(env, "old", certs.client(maximum=ssl.TLSVersion.TLSv1_2), "a.test", 1)
    ask(env, "new", certs.client(), "a.test", 2)


@case(listening("crt [[pem a]] ssl-max-ver TLSv1.2"), S, must=["TLSv1.2"])
def capped_version(env):
    ask(env, "any", certs.client(), "a.test", 1)
    ask(env, "only13", certs.client(minimum=ssl.TLSVersion.TLSv1_3), "a.test", 2)


ALPN = listening("crt [[pem a]] alpn one,two")


@case(ALPN, S, must=["alpn two", "alpn None"])
def alpn(env):
    ask(env, "two", certs.client(alpn=["three", "two"]), "a.test", 1)
    ask(env, "none", certs.client(), "a.test", 2)
    ask(env, "other", certs.client(alpn=["three"]), "a.test", 3)


BROKEN = listening("crt [[pem a]]", "timeout client 700ms")


@case(BROKEN, S, must=["SSL handshake failure", "Connection closed during SSL handshake", "Timeout during SSL handshake"])
def broken_handshakes(env):
    from hello import client_hello
    for count, (name, data, script) in enumerate((
            ("http", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", lambda c: c.to_end(record=False)), ("text", b"hello there, this is no TLS\r\n", lambda c: c.to_end(record=False)),
            ("fin", b"", lambda c: c.shut().to_end(record=False)), ("silent", b"", lambda c: c.to_end(record=False)),
            ("half a hello", client_hello("a.test")[:50], lambda c: c.to_end(record=False)),
            ("half and fin", client_hello("a.test")[:50], lambda c: c.shut().to_end(record=False)),
            ("half and reset", client_hello("a.test")[:50], lambda c: (c.silence(0.1), c.reset()))), 1):
        c = env.client(name=name)
        c.send(data)
        script(c)
        env.logs(count)


RULES = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]] ssl crt [[pem def]] crt [[pem a]] crt [[pem b]]
    bind 127.0.0.1:[[clear]]
    tcp-request inspect-delay 500ms
    tcp-request content reject if { ssl_fc_sni rejected.test }
    tcp-request content accept if { req.len ge 3 }
    use_backend clear if !{ ssl_fc }
    use_backend a if { ssl_fc_sni a.test }
    use_backend hello if { req.ssl_hello_type 1 }
    default_backend other
""" + "".join(f"backend {name}\n    server s 127.0.0.1:[[{name}]]\n" for name in ("a", "hello", "other"))\
    + "backend clear\n    server s 127.0.0.1:[[cleartext]]\n"


@case(RULES, {"a": greeter(b"a\n"), "hello": greeter(b"hello\n"), "other": greeter(b"other\n"), "cleartext": greeter(b"clear\n")},
      must=["fe~ a/s", "fe~ other/s", "fe clear/s", "PR"])
def rules_on_decrypted_bytes(env):
    def run(name, to, server_name, count):
        c = env.client(to, name=name)
        if to == "clear" or c.tls(certs.client(), server_name):
            c.send(b"abc").recv_line()
            c.close_notify() if to != "clear" else c.shut().to_end()
        env.logs(count)
    for count, (name, to, server_name) in enumerate((("a", "fe", "a.test"), ("upper", "fe", "A.TEST"), ("b", "fe", "b.test"), ("none", "fe", None),
                                                     ("clear", "clear", None), ("rejected", "fe", "rejected.test")), 1):
        run(name, to, server_name, count)


@case(listening("crt [[pem a]]"), {"s": greeter(b"bye\n")})
def ends_of_tls_sessions(env):
    c = env.client(name="close_notify")
    c.tls(certs.client(), "a.test")
    c.recv_line()
    c.close_notify()
    env.logs(1)
    c = env.client(name="fin only")
    c.tls(certs.client(), "a.test")
    c.recv_line()
    c.close()
    env.logs(2)
    c = env.client(name="reset")
    c.tls(certs.client(), "a.test")
    c.recv_line()
    c.silence(0.1)
    c.reset()
    env.logs(3)


HEADER = BASE + """
listen fe
    bind 127.0.0.1:[[fe]] ssl crt [[pem a]] alpn h2,http/1.1
    bind [[dir]]/in.sock ssl crt [[pem a]] alpn h2,http/1.1
    server s 127.0.0.1:[[got]] send-proxy-v2
listen v1
    bind 127.0.0.1:[[v1]] ssl crt [[pem a]] alpn h2,http/1.1
    server s 127.0.0.1:[[got]] send-proxy
"""


@case(HEADER, {"got": answering(header=True)}, must=["header v2 21 11 .* rest 0100026832", "header v2 20 00 rest 0100026832", "header b'PROXY TCP4"])
def a_v2_header_tells_the_alpn(env):
    hows = ({}, {"path": env.dir + "/in.sock"}, {"to": "v1"})
    for number, (how, offered) in enumerate([(how, offered) for how in hows for offered in (["h2"], ["other"], None)], 1):
        context = certs.client()
        if offered:
            context.set_alpn_protocols(offered)
        c = env.client(**how)
        if c.tls(context):
            c.send(b"line\n").recv_line()
        c.close_notify()
        env.logs(number)


GOODBYE = BASE + "".join(f"""
listen {name}
    bind 127.0.0.1:[[{name}]] ssl crt [[pem a]]
    {line}
""" for name, line in (("session", "tcp-request session reject"), ("content", "tcp-request content reject"), ("nobody", ""),
                       ("client", "timeout client 300ms\n    server s 127.0.0.1:[[s]]"), ("server", "timeout server 300ms\n    server s 127.0.0.1:[[s]]"),
                       ("nolinger", "timeout client 300ms\n    option nolinger\n    server s 127.0.0.1:[[s]]")))


@case(GOODBYE, {"s": lambda peer: peer.to_end()}, must=["session/1: Success", "end: "])
def who_gets_a_close_notify(env):
    for number, name in enumerate(("session", "content", "nobody", "client", "server", "nolinger"), 1):
        c = env.client(name, name=name)
        if c.tls(certs.client(), strict=True):
            c.mark().to_end()
        c.close()
        env.logs(number)


FFDHE3072 = """-----BEGIN DH PARAMETERS-----
MIIBiAKCAYEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEfz9zeNVs7ZRkDW7w09N75nAI4YbRvydbmyQd62R0mkff3
7lmMsPrBhtkcrv4TCYUTknC0EwyTvEN5RPT9RFLi103TZPLiHnH1S/9croKrnJ32
nuhtK8UiNjoNq8Uhl5sN6todv5pC1cRITgq80Gv6U93vPBsg7j/VnXwl5B0rZsYu
N///////////AgEC
-----END DH PARAMETERS-----
"""
HELLOS = {"dhe": "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256", "any": "-tls1_2"}
EXCHANGES = {"off": "", "known": "tune.ssl.default-dh-param 2048", "larger": "tune.ssl.default-dh-param 4096", "file": "ssl-dh-param-file [[dir]]/dh",
             "lifetime": "tune.ssl.default-dh-param 2048\n    tune.ssl.lifetime 77s"}


@case(start=False, must=["off dhe: nothing", "known dhe: DH, 2048", "file dhe: DH, 3072", "lifetime any: .* 77"])
def key_exchanges_of_old(env):
    """DHE suites need parameters: from the certificate's file, from ssl-dh-param-file, or known ones; and how long tickets live."""
    env.file("dh", FFDHE3072)
    with open(env.fill("[[pem rsadef]]"), encoding="ascii") as pem:
        env.file("own.pem", pem.read() + FFDHE3072)
    for name, line in EXCHANGES.items():
        for certificate in ("[[pem rsadef]]", "[[dir]]/own.pem"):
            env.start(f"global\n    {line}\n" + DEFAULTS.replace("log global", "") + f"listen fe\n    bind 127.0.0.1:[[fe]] ssl crt {certificate}\n    server s 127.0.0.1:[[s]]\n")
            for kind, arguments in HELLOS.items():
                done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{env.port('fe')}", *arguments.split()], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=10, check=False)
                seen = re.findall(r"Server Temp Key: (.*)|lifetime hint: (\d+)", done.stdout)
                own = " own" if "own" in certificate else ""
                env.note(f"{name}{own} {kind}: " + (" ".join("".join(each) for each in seen) or "nothing"))
            env.process.terminate()
            env.process.wait(5)


def last_word(peer):
    """Says goodbye first, and hears what the client says then."""
    peer.recv_line()
    peer.send(b"bye\n")
    peer.shut()
    peer.to_end()


@case(listening("crt [[pem a]]"), {"s": last_word}, must=["after"])
def a_reset_behind_the_last_bytes(env):
    """The client doesn't read our close_notify, so its kernel answers with RST; what it sent before still counts."""
    c = env.client()
    c.tls(certs.client(), "a.test")
    c.send(b"hello\n").recv_line()
    time.sleep(0.1)
    c.send(b"after\n")
    raw = socket.socket(fileno=c.sock.detach())
    raw.close()
    env.logs(1)
