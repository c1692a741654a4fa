"""One TCP port for TLS and plain clients, as in the founding example."""

import os

import certs
from hello import client_hello
from harness import BASE, answering, case, greeter, recorder

BACK = """
frontend tls_inside
    bind abns@[[abns tls]] accept-proxy ssl crt [[pem rsadef]]
    default_backend app
frontend plain_inside
    bind abns@[[abns plain]] accept-proxy
    default_backend app
backend tls
    server inner abns@[[abns tls]] send-proxy-v2
backend plain
    server inner abns@[[abns plain]] send-proxy-v2
backend app
    server app 127.0.0.1:[[app]]
"""

FOUNDING = BASE + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 5s
    tcp-request content accept if { req.ssl_hello_type 1 }
    use_backend tls if { req.ssl_hello_type 1 }
    default_backend plain
""" + BACK

SHORT = FOUNDING.replace("inspect-delay 5s", "inspect-delay 600ms")
CIPHERTEXT = r"(tls/inner \S+) \d{4} "  # its length depends on the TLS library's tickets


def prepared(env):
    env.hide(CIPHERTEXT, r"\1 N ")
    env.sorted = True  # the two sessions of one client end together


@case(FOUNDING, {"app": answering()}, must=[r"TLSv1.3 certificate rsadef", "fe tls/inner", "tls_inside~ app/app"])
def tls_client(env):
    prepared(env)
    c = env.client()
    if c.tls(certs.client(), "any.test"):
        c.send(b"hello over TLS\n").recv_line()
    c.close_notify()
    env.logs(2)


@case(FOUNDING, {"app": answering()}, must=["plain_inside app/app", "fe plain/inner"])
def plain_client(env):
    prepared(env)
    c = env.client()
    c.send(b"hello in the clear\n").recv_line()
    c.shut().to_end()
    env.logs(2)


@case(SHORT, {"app": greeter(b"banner\n")}, must=[r"banner.*~[6-9]\d\dms~"])
def silent_client_gets_default_after_the_delay(env):
    prepared(env)
    c = env.client()
    c.recv_line()
    c.shut().to_end()
    env.logs(2)


@case(SHORT, {"app": recorder(b"bye\n")}, must=["plain_inside app/app"])
def client_that_only_says_fin(env):
    prepared(env)
    env.client().shut().to_end()
    env.logs(2)


@case(SHORT, {"app": answering()}, must=["TLSv1.3"])
def late_hello_within_the_delay(env):
    prepared(env)
    c = env.client()
    c.silence(0.3)
    c.tls(certs.client(), "any.test")
    c.send(b"late\n").recv_line()
    c.close_notify()
    env.logs(2)


@case(FOUNDING.replace("tcp-request content accept if { req.ssl_hello_type 1 }", ""), {"app": recorder(b"plain\n")},
      must=["received 196 bytes", "plain_inside app/app"])
def without_content_rule_a_late_hello_goes_plain(env):
    prepared(env)
    c = env.client()
    c.silence(0.1)
    c.send(client_hello("any.test")).shut().to_end()
    env.logs(2)


@case(FOUNDING.replace("nbthread 1", "nbthread 2"), {"app": answering()})
def many_clients_of_both_kinds(env):
    prepared(env)

    def tls(name):
        c = env.client(name=name)
        c.tls(certs.client(), "any.test")
        c.send(b"t\n").recv_line()
        c.close_notify()

    def plain(name):
        c = env.client(name=name)
        c.send(b"p\n").recv_line()
        c.shut().to_end()
    for index in range(6):
        tls(f"tls{index}")
        env.logs(4 * index + 2)
        plain(f"plain{index}")
        env.logs(4 * index + 4)


@case(FOUNDING, {"app": recorder()}, must=["1000000 bytes"])
def a_megabyte_each_way_through_tls(env):
    """The outer session counts ciphertext, which depends on how the records happen to be cut."""
    prepared(env)
    env.hide(r"(tls/inner \S+) \d{7} ", r"\1 N ")
    env.stubs["app"].behaviour = _megabyte
    c = env.client()
    c.tls(certs.client(), "any.test")
    c.send(bytes(range(250)) * 4000)
    c.recv(1000000)
    c.close_notify()
    env.logs(2)


def _megabyte(peer):
    peer.recv(1000000)
    peer.send(bytes(range(249, -1, -1)) * 4000)
    peer.to_end()


EXAMPLE = os.path.join(os.path.dirname(__file__), "../../../examples/tls-and-plain-on-one-port.cfg")


@case("", {"app": answering()}, start=False, must=["one-port to-tls/inside", "one-port to-plain/inside", "tls~ service/demo"])
def the_example_file_itself(env):
    """The shipped file, with its ports by environment; its sockets and the log target made private to the run."""
    prepared(env)
    env.hide(r"(to-tls/inside \S+) \d{4} ", r"\1 N ")
    with open(EXAMPLE, encoding="utf-8") as file:
        text = file.read()
    text = text.replace("log stdout format raw", "log [[udp]]").replace("maxconn 20000", "maxconn 500")
    env.environment |= {"SHUNT_EXAMPLE_BIND": env.fill("127.0.0.1:[[fe]]"), "SHUNT_EXAMPLE_CERT": certs.path("rsadef"), "SHUNT_EXAMPLE_SOCKETS": env.dir,
                        "SHUNT_EXAMPLE_SERVER": env.fill("127.0.0.1:[[app]]")}
    env.start(text, ports=["fe"])
    c = env.client(name="tls")
    c.tls(certs.client(), "any.test")
    c.send(b"over TLS\n").recv_line()
    c.close_notify()
    env.logs(2)
    c = env.client(name="plain")
    c.send(b"in the clear\n").recv_line()
    c.shut().to_end()
    env.logs(4)
    env.client(name="fin").shut().to_end()
