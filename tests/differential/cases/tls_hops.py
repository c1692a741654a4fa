"""TLS to a server that is a bind line with TLS of the same program, and health checks that go that way.

shunt makes these connections in memory; with --real-sockets the same cases go through the kernel. Checks always do.
"""

import certs
from harness import BASE, Uncounted, answering, case, closer, greeter
from cases.hops import exchange, hear_first, wait_for_the_end

OUTER = "%b %s %ts %U"
INNER = "%ft %b %s %ts %B fc=%[ssl_fc] %[ssl_fc_sni] %[ssl_fc_alpn] %[ssl_fc_is_resumed] %[ssl_c_used]"
PLACES = ("abns@[[abns inner]]", "unix@[[dir]]/inner.sock")


def chain(server="ssl verify none", bind="ssl crt [[pem a]]", place=PLACES[0], middle="", first="", second=""):
    return BASE + f"""
frontend fe
    bind 127.0.0.1:[[fe]]
    log-format "{OUTER}"
    default_backend hop
backend hop
    server inner {place} {server} {first}
frontend inside
    bind {place} {bind} {second}
    log-format "{INNER}"
    error-log-format "inside failed %[fc_err] %[ssl_fc_err_str]"
    {middle}
    default_backend app
backend app
    server app 127.0.0.1:[[app]]
"""


BOTH = ["hop inner -- ", "inside~ app app -- .*fc=1"]


@case(chain(), {"app": answering()}, must=BOTH)
def through_a_name(env):
    exchange(env)


@case(chain(place=PLACES[1]), {"app": answering()}, must=BOTH)
def through_a_path(env):
    exchange(env)


@case(chain(first="send-proxy-v2", second="accept-proxy"), {"app": answering()}, must=BOTH)
def behind_a_header(env):
    exchange(env)


@case(chain("ssl verify required ca-file [[pem a]] verifyhost a.test sni str(a.test) alpn foo,bar", "ssl crt [[pem a]] alpn bar"), {"app": answering()},
      must=["fc=1 a.test bar"])
def name_and_protocol(env):
    exchange(env)


@case(start=False, servers={"app": answering()}, must=["inside~ app app -- .* 1"])
def own_certificate(env):
    whole = "".join(open(f"{certs.clients()}/{part}", encoding="utf-8").read() for part in ("good.crt", "good.key"))
    env.file("own.pem", whole)
    env.start(chain("ssl verify none crt [[dir]]/own.pem", "ssl crt [[pem a]] verify required ca-file [[clients]]/ca.crt"))
    exchange(env)


@case(chain("ssl verify none ssl-max-ver TLSv1.2"), {"app": answering()}, must=["fc=1 - - 0", "fc=1 - - 1"])
def resumed(env):
    env.sorted = True
    for number in range(1, 4):
        c = env.client()
        c.send(b"line\n").recv_line()
        c.shut().to_end()
        env.logs(2 * number)


@case(chain("ssl verify required ca-file [[clients]]/ca.crt"), {"app": answering()}, must=["hop inner SC", "inside failed"])
def authority_is_another(env):
    env.sorted = True
    env.client().send(b"line\n").to_end()
    env.logs(5)  # each of the four attempts


@case(chain("", "ssl crt [[pem a]]"), {"app": answering()}, must=["inside failed"])
def plain_to_tls(env):
    env.sorted = True
    c = env.client()
    c.send(b"this is no hello\n").to_end()
    c.shut()
    env.logs(2)


@case(chain(), {"app": greeter(b"hello\n")}, must=BOTH)
def server_speaks_first(env):
    hear_first(env)


@case(chain(), {"app": closer(b"bye\n")}, must=["bye"])
def server_ends(env):
    wait_for_the_end(env)


@case(chain(middle="tcp-request content reject"), {"app": answering()}, must=["inside~ inside <NOSRV> PR"])
def refused_inside(env):
    env.sorted = True
    env.client().to_end()
    env.logs(2)


# ---- health checks ---------------------------------------------------------------------------------------------------
def checked(server, bind):
    return BASE + f"""
listen l
    bind 127.0.0.1:[[fe]]
    option log-health-checks
    server s unix@[[dir]]/checked.sock check inter 10s fall 1 rise 1 {server}
frontend inside
    bind unix@[[dir]]/checked.sock {bind}
    no log
    default_backend app
backend app
    server app 127.0.0.1:[[app]]
"""


CHECKS = {
    "checks_pass": ("ssl verify none", "ssl crt [[pem a]]", "Layer6 check passed"),
    "checks_with_name": ("ssl verify required ca-file [[pem a]] check-sni a.test", "ssl crt [[pem a]] strict-sni", "Layer6 check passed"),
    "checks_behind_a_header": ("ssl verify none send-proxy-v2", "accept-proxy ssl crt [[pem a]]", "Layer6 check passed"),
    "checks_alone_with_tls": ("check-ssl verify none", "ssl crt [[pem a]]", "Layer6 check passed"),
    "checks_of_another_authority": ("ssl verify required ca-file [[clients]]/ca.crt", "ssl crt [[pem a]]", "Layer6 invalid response"),
    "checks_without_tls": ("ssl verify none no-check-ssl", "ssl crt [[pem a]]", "Layer4 check passed"),
}


def register(name, server, bind, must):
    def run(env):
        env.sorted = True
        env.stubs["app"].connections = Uncounted()  # whether a check is gone before it counts as a session is luck
        env.logs(1, "Health check")
    run.__name__ = name
    run.__module__ = __name__
    case(checked(server, bind), {"app": answering()}, must=[must])(run)


for each, (line, inside, wanted) in CHECKS.items():
    register(each, line, inside, wanted)
