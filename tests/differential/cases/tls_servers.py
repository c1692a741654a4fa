"""TLS towards servers: what is offered and verified, which failures are told and how, and how connections end."""

import ssl
import time

import certs
from harness import answering, case, closer, greeter, silent
from server_tls import hello_recorder, listening, tls_answering, tls_greeting

OLD = ssl.TLSVersion.TLSv1_2
ECHO = {"s": tls_answering()}
BARE = "%b %ts %rc %B bc=[%[bc_err]] ssl=[%[ssl_bc]] [%[ssl_bc_err_str]]"
HELLO = r"517 bytes b.*$"
HEAD = """
global
    nbthread 1
    log [[udp]] local0
defaults
    mode tcp
    log global
    timeout connect 1s
    timeout client 4s
    timeout server 4s
    retries 0
"""


def ask(env, count=1, name=None, to="fe", text=b"line\n"):
    """A client that says a line, waits for the answer and ends."""
    c = env.client(to, name=name)
    c.send(text)
    c.recv_line()
    c.shut().to_end()
    env.logs(count)


@case(listening("ssl verify none"), ECHO, must=["TLS TLSv1.3 TLS_AES_256_GCM_SHA384 name None", "received b'line", "ssl_bc=\\[0\\]"])
def a_line_and_its_answer(env):
    ask(env)


EARLY = """bc_err bc_err_str ssl_bc ssl_bc_alg_keysize ssl_bc_use_keysize ssl_bc_alpn ssl_bc_npn ssl_bc_cipher ssl_bc_protocol ssl_bc_is_resumed
    ssl_bc_err ssl_bc_err_str ssl_bc_client_random,hex,length ssl_bc_server_random,hex,length ssl_bc_session_id,hex,length ssl_bc_session_key,hex,length
    ssl_bc_unique_id,hex,length bc_src bc_dst""".split()
EARLY = "%si " + " ".join(f"{fetch}=[%[{fetch}]]" for fetch in EARLY)


@case(listening("ssl verify none alpn h2,foo", format_=EARLY), {"s": tls_answering(alpn=["foo"])}, must=["ssl_bc_alpn=.foo", "ssl_bc_protocol=.TLSv1.3", "unique_id,hex,length=.96"])
def facts_of_the_new_version(env):
    ask(env)


@case(listening("ssl verify none ssl-max-ver TLSv1.2", format_=EARLY), {"s": tls_answering(ciphers="ECDHE+AESGCM")},
      must=["ssl_bc_protocol=.TLSv1.2", "session_key,hex,length=.96", "unique_id,hex,length=.24"])
def facts_of_the_old_version(env):
    for count in (1, 2):
        ask(env, count, name=f"c{count}")


@case(listening("ssl verify none", "option logasap"), ECHO, must=["ssl_bc_cipher=.TLS_AES_256"])
def a_line_at_once(env):
    ask(env)


OFFERS = ("", "ssl-min-ver TLSv1.0", "ssl-max-ver TLSv1.2", "ssl-max-ver TLSv1.1", "no-tlsv12", "no-tlsv13 no-tlsv10", "force-tlsv12", "ssl-min-ver TLSv1.3",
          "no-tls-tickets", "alpn h2,http/1.1", "ciphers ECDHE+AESGCM", "ciphersuites TLS_CHACHA20_POLY1305_SHA256", "sni str(a.b)", "no-ssl-reuse",
          "ciphers DEFAULT:@SECLEVEL=0 ssl-min-ver TLSv1.0", "no-tlsv11 no-sslv3", "ssl-min-ver SSLv3", "sni src", "sni int(5)", "sni str()", "sni var(txn.no)",
          "sni str(X.Y),lower")
SHARED = {"options": "ssl-default-server-options no-tlsv13 no-tls-tickets", "ciphers": "ssl-default-server-ciphers ECDHE+AESGCM",
          "suites": "ssl-default-server-ciphersuites TLS_AES_128_GCM_SHA256", "range": "ssl-default-server-options ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2"}


def offers(lines, settings=""):
    return HEAD.replace("nbthread 1", "nbthread 1\n    " + settings) + "".join(
        f"listen l{number}\n    bind 127.0.0.1:[[l{number}]]\n    log-format \"{BARE}\"\n    server s 127.0.0.1:[[s]] ssl verify none {line}\n"
        for number, line in enumerate(lines))


@case(offers(OFFERS), {"s": hello_recorder()}, must=["0 0006000003612e62", "43 080304030303020301", "16 000c02683208687474702f312e31", "0 00.*3132372e302e302e31"])
def what_a_hello_offers(env):
    for count in range(len(OFFERS)):
        env.client(f"l{count}").to_end()
        env.logs(count + 1)


@case(start=False, must=["suites 1301,|suites 1301c"])
def what_global_offers(env):
    env.stub("s", hello_recorder())
    count = 0
    for settings in SHARED.values():
        env.start(offers(("", "tls-tickets ciphers DEFAULT ssl-max-ver TLSv1.3 ssl-min-ver TLSv1.1", "ciphersuites TLS_AES_256_GCM_SHA384"), settings))
        for number in range(3):
            env.client(f"l{number}").to_end()
            count += 1
            env.logs(count)
        env.process.terminate()
        env.process.wait(5)


NAMED = ("", "verifyhost a.test", "verifyhost A.TEST", "verifyhost s1.test", "verifyhost cnonly.test", "verifyhost x.w.test", "verifyhost X.W.Test",
         "verifyhost y.x.w.test", "verifyhost .w.test", "verifyhost w.test", "verifyhost *.w.test", "sni str(x.w.test)", "sni str(s2.test)", "sni str(nope.test)",
         "sni str(x.w.test) verifyhost nope.test", "sni str(nope.test) verifyhost x.w.test", "sni str()", "sni str() verifyhost x.w.test", "sni str(192.0.2.1)",
         "sni str(x.w.test),upper", "sni var(txn.no)")
SHOWN = ("a", "san", "wild", "exact")
NAMES = HEAD + "".join(
    f"listen {shown}{number}\n    bind 127.0.0.1:[[{shown}{number}]]\n    log-format \"{BARE}\"\n"
    f"    server s 127.0.0.1:[[{shown}]] ssl verify required ca-file [[pem {shown}]] {line}\n"
    for shown in SHOWN for number, line in enumerate(NAMED))


def listen_to_each(env, servers, lines):
    """A client for each line towards each server; it says nothing, so that nothing unread is there when it is turned away."""
    names = [f"{server}{number}" for server in servers for number in range(len(lines))]
    for count, name in enumerate(names, 1):
        c = env.client(name, name=name)
        c.recv_line()
        c.shut().to_end()
        env.logs(count)


@case(NAMES, {shown: tls_greeting(b"line\n", certificate=shown) for shown in SHOWN},
      must=["san4 -- 0 5 ", "wild8 -- 0 5", "a4 SC 0 0 bc=.32. ssl=.1. .error:0A000086", "a12 SC 0 0 bc=.33", "ALERT_INTERNAL_ERROR"])
def names_of_servers(env):
    listen_to_each(env, SHOWN, NAMED)


ISSUED = ("good", "chain", "self", "expired", "future", "revoked", "leaf")
VERIFIED = ("verify required ca-file [[clients]]/ca.crt", "ca-file [[clients]]/ca.crt crl-file [[clients]]/revoked.crl", "verify required ca-file @system-ca", "verify none")
ISSUERS = HEAD + "".join(
    f"listen {shown}{number}\n    bind 127.0.0.1:[[{shown}{number}]]\n    log-format \"{BARE}\"\n    server s 127.0.0.1:[[{shown}]] ssl {line}\n"
    for shown in ISSUED for number, line in enumerate(VERIFIED))


@case(ISSUERS, {shown: tls_greeting(b"line\n", signed=shown) for shown in ISSUED},
      must=["good0 -- 0 5", "chain0 --", "self0 SC", "revoked0 --", "revoked1 SC", "ALERT_CERTIFICATE_EXPIRED", "good2 SC", "self3 --"])
def issuers_of_servers(env):
    listen_to_each(env, ISSUED, VERIFIED)


@case(servers={"s": tls_answering(client_ca="ca")}, start=False, must=["client Jürgen", "client None"])
def own_certificate(env):
    base = certs.clients()
    with open(f"{base}/good.crt", encoding="utf-8") as crt, open(f"{base}/good.key", encoding="utf-8") as key:
        env.file("own.pem", crt.read() + key.read())
    env.stub("optional", tls_answering(client_ca="ca", required=False))
    env.start(listening("ssl verify none crt [[dir]]/own.pem", format_=BARE) + f"""
listen none
    bind 127.0.0.1:[[none]]
    server s 127.0.0.1:[[optional]] ssl verify none
    log-format "{BARE}"
listen missing
    bind 127.0.0.1:[[missing]]
    retries 0
    server s 127.0.0.1:[[s]] ssl verify none ssl-max-ver TLSv1.2
    log-format "%b %ts %rc %B bc=[%[bc_err]]"
""")
    for count, to in enumerate(("fe", "none", "missing"), 1):
        ask(env, count, to=to)


for name, (line, options) in {"new": ("", {}), "old": ("ssl-max-ver TLSv1.2", {}), "not_at_all": ("no-ssl-reuse", {}), "without_tickets": ("no-tls-tickets ssl-max-ver TLSv1.2", {})}.items():
    def resumed(env):
        for count in range(1, 5):
            ask(env, count, name=f"c{count}")
    resumed.__name__ = "sessions_" + name
    case(listening("ssl verify none " + line, format_=EARLY), {"s": tls_answering(**options)},
         must=["is_resumed=.0" if name in ("not_at_all", "without_tickets") else "is_resumed=.1"])(resumed)


@case(listening("ssl verify none sni src", format_=EARLY), ECHO, must=["resumed True"])
def sessions_by_name(env):
    for count, source in enumerate(("127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.1", "127.0.0.1"), 1):
        c = env.client(name=f"c{count}", src=source)
        c.send(b"line\n")
        c.recv_line()
        c.shut().to_end()
        env.logs(count)


FAILING = {"no_tls": greeter(b"this is no TLS at all, none\n"), "closes": closer(b""), "silent": silent(), "strange_authority": tls_answering(),
           "other_version": tls_answering(maximum=OLD), "nobody": None}
for name, behaviour in FAILING.items():
    def fails(env):
        env.hide(HELLO, "hello")
        c = env.client()
        c.send(b"line\n")
        c.to_end()
        env.logs(1)
    fails.__name__ = "fails_" + name
    line = {"strange_authority": "verify required ca-file [[clients]]/ca.crt", "other_version": "verify none ssl-min-ver TLSv1.3"}.get(name, "verify none")
    case(listening("ssl " + line, "retries 1\n    timeout connect 300ms"), {"s": behaviour} if behaviour else {}, must=["sC 1" if name == "silent" else "SC 1"])(fails)


@case(HEAD.replace("retries 0", "retries 2\n    option redispatch 1") + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    log-format "%b/%s %ts %rc %B [%[bc_err]]"
    server bad 127.0.0.1:[[bad]] ssl verify required ca-file [[clients]]/ca.crt
    server good 127.0.0.1:[[good]] ssl verify none
""", {"bad": tls_answering(), "good": tls_answering()}, must=["fe/good -- \\+1"])
def another_server_is_tried(env):
    ask(env, 1)


@case(listening("ssl verify none", "timeout connect 500ms", format_=BARE), {"s": silent()}, must=["CC 0 0"])
def client_goes_while_hands_are_shaken(env):
    env.hide(HELLO, "hello")
    c = env.client()
    time.sleep(0.15)
    c.shut().to_end()
    env.logs(1)
    c = env.client()
    time.sleep(0.15)
    c.reset()
    env.logs(2)


# --- ends ----------------------------------------------------------------------------------------------------------
def server_ends(how):
    from server_tls import context

    def script(peer):
        if not peer.tls(context(), server_side=True, strict=True):
            return
        peer.send(b"hello\n")
        if how == "notify":
            peer.close_notify()
        elif how == "fin":
            peer.close()
        elif how == "reset":
            time.sleep(0.1)
            peer.reset()
        elif how == "half":
            peer.to_end()
            peer.send(b"late\n")
            peer.close_notify()
        else:
            peer.to_end()
    return script


for name in ("notify", "fin", "reset", "half", "reads"):
    def ends(env, name=name):
        c = env.client()
        c.recv_line()
        if name in ("half", "reads"):
            time.sleep(0.1)
            c.shut()
        c.to_end()
        c.close()
        env.logs(1)
    ends.__name__ = "ends_" + name
    case(listening("ssl verify none", format_=BARE), {"s": server_ends(name)}, must=["hello"])(ends)


@case(listening("ssl verify none", format_=BARE), {"s": server_ends("reads")}, must=["CD"])
def ends_by_the_client_reset(env):
    c = env.client()
    c.recv_line()
    time.sleep(0.1)
    c.reset()
    env.logs(1)


@case(listening("ssl verify none", "timeout server 300ms", format_=BARE), {"s": server_ends("reads")}, must=["sD"])
def ends_by_time(env):
    c = env.client()
    c.recv_line()
    c.to_end()
    env.logs(1)


@case(listening("ssl verify none", bind="ssl crt [[pem a]]", format_="%b %ts %B %U"), {"s": tls_answering()}, must=["fe -- "])
def both_sides(env):
    c = env.client()
    c.tls(certs.client(), "a.test")
    c.send(b"x" * 400000 + b"\n")
    c.recv_line()
    c.close_notify()
    env.logs(1)


@case(listening("ssl verify none"), {"s": tls_greeting(b"y" * 3000000)}, must=["3000000 bytes"])
def much_from_the_server(env):
    c = env.client()
    c.recv(3000000)
    c.shut().to_end()
    env.logs(1)


INHERITED = HEAD.replace("nbthread 1", "nbthread 1\n    ssl-server-verify none").replace("retries 0", """retries 0
    default-server ssl sni str(x.y) alpn one""") + "".join(f"listen {name}\n    bind 127.0.0.1:[[{name}]]\n    log-format \"{BARE}\"\n    {line}\n" for name, line in {
        "all": "server s 127.0.0.1:[[s]]", "plain": "server s 127.0.0.1:[[p]] no-ssl", "more": "default-server sni str(z.z)\n    server s 127.0.0.1:[[s]] alpn two",
        "twice": "server s 127.0.0.1:[[p]] ssl no-ssl", "verified": "server s 127.0.0.1:[[s]] verify required ca-file [[pem b]] sni str(b.test)",
        "reversed": "default-server no-ssl\n    server s 127.0.0.1:[[s]] ssl no-ssl-reuse"}.items())


@case(INHERITED, {"s": tls_answering(alpn=["one", "two"]), "p": answering()}, must=["name x.y alpn one", "name z.z alpn two", "name b.test", "plain -- 0 5"])
def what_default_server_hands_down(env):
    for count, to in enumerate(("all", "plain", "more", "twice", "verified", "reversed"), 1):
        ask(env, count, to=to, name=to)
