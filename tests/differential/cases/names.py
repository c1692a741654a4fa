"""Names at run time: servers follow what name servers say, and go to maintenance and back."""

import time

from harness import BASE, case
from nameserver import IMPATIENT, Record

SECTION = """
resolvers dns
    nameserver ns1 127.0.0.1:[[ns]]
    hold valid 100ms
""" + IMPATIENT
NAMED = "resolvers dns init-addr none resolve-prefer ipv4"
ONE = BASE + SECTION + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    server s app.test:[[s]] {NAMED}
"""


def where(peer):
    """Says which address the client of the server has reached."""
    peer.say(f"reached at {peer.sock.getsockname()[0]}")
    peer.send(b"hi\n")
    peer.to_end()


def serve(env, *names):
    for name in names or ("s",):
        env.stub(name, where, host="0.0.0.0")


def visit(env, to="fe"):
    """One client, logged before the next comes."""
    c = env.client(to)
    c.recv_line(limit=3)
    c.shut().to_end()
    env.visits = getattr(env, "visits", 0) + 1
    env.logs(env.visits, r" \d/\d \d/\d$|NOSRV| \d+/\d+$")


def begin(env, cfg, **table):
    """A name server with A records of NAME.test, then the program."""
    ns = env.name_server("ns")
    for name, addresses in table.items():
        ns.set(f"{name}.test", "A", *addresses)
    env.start(cfg)
    return ns


def fails(ns, how, name="app.test", kinds=("A", "AAAA")):
    for kind in kinds:
        ns.answer(name, kind, how)


def found_and_moved(env, text):
    """The server's name gets an address, then another one."""
    serve(env)
    ns = begin(env, text, app=["127.0.0.2"])
    env.logs(1, "administratively READY")
    visit(env)
    ns.set("app.test", "A", "127.0.0.3")
    env.logs(1, "to 127.0.0.3")
    visit(env)
    return ns


@case(ONE, start=False, must=["fe/s changed its IP from \\(none\\) to 127.0.0.2 by dns/ns1", "to 127.0.0.3", "DNS NX status", "reached at 127.0.0.4",
                              "administratively READY", "NOSRV"])
def a_server_follows(env):
    ns = found_and_moved(env, ONE)
    fails(ns, "NX")
    env.logs(1, "has no server")
    visit(env)
    ns.set("app.test", "A", "127.0.0.4")
    env.logs(2, "administratively READY")
    visit(env)


@case(ONE, start=False, must=["DNS refused status", "DNS timeout status", "unspecified DNS error"])
def why_a_server_is_away(env):
    ns = begin(env, ONE, app=["127.0.0.2"])
    env.logs(1, "administratively READY")
    for number, how in enumerate(("REFUSED", "SERVFAIL", "silent", "cut", "empty", "FORMERR", b"\x81\x80\0\1\0\1\0\0\0\0", b"\x81\x80\0\1\0"), 1):
        fails(ns, how)
        env.logs(number, "has no server")
        ns.set("app.test", "A", f"127.0.0.{number + 2}")
        env.logs(number + 1, "administratively READY")


HELD = BASE + SECTION.replace("hold nx 0s", "hold nx 1200ms").replace("hold timeout 0s", "hold timeout 900ms") + f"""
backend be
    server s app.test:80 {NAMED}
listen fe
    bind 127.0.0.1:[[fe]]
"""


@case(HELD, start=False, must=["down ~"])
def what_was_known_is_held(env):
    ns = begin(env, HELD, app=["127.0.0.2"])
    env.logs(1, "administratively READY")
    for number, how in enumerate(("NX", "silent"), 1):
        asked = len(ns.asked)
        ns.wait(asked + 2)
        began = time.monotonic()
        fails(ns, how)
        env.logs(number, "has no server")
        env.note(f"{how}: down ~{round((time.monotonic() - began) * 100) * 10}ms~")
        ns.set("app.test", "A", "127.0.0.2")
        env.logs(number + 1, "administratively READY")


TWO_SERVERS = BASE + SECTION.replace("    timeout resolve 200ms", "    nameserver ns2 127.0.0.1:[[ns2]]\n    timeout resolve 5s") + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s app.test:80 resolvers dns init-addr none %s
"""


def questions(label, preference, how, how2, expected):
    """Which questions a round has that starts now, and when."""
    cfg = TWO_SERVERS % preference

    def run(env):
        first, second = env.name_server("ns"), env.name_server("ns2")
        fails(first, how)
        fails(second, how2)
        env.start(cfg)
        time.sleep(1.0)
        for ns in (first, second):
            began = ns.asked[0][0]
            env.note(", ".join(f"{kind} {room} ~{round((at - began) * 100) * 10}ms~" for at, _, kind, room in ns.asked))
    run.__name__ = label
    run.__module__ = __name__
    globals()[label] = case("", start=False, must=expected)(run)


questions("all_say_no", "resolve-prefer ipv4", "NX", "REFUSED", ["A 512 .*, AAAA 512 .*, A 512 .*, AAAA 512"])
questions("nobody_answers", "", "silent", "silent", ["AAAA 512 .*, AAAA 512"])
questions("one_answers", "resolve-prefer ipv6", "NX", "silent", ["AAAA 512 .*, A 512 .*, AAAA 512"])

SIBLING = BASE + SECTION + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    server s app.test:[[s]] {NAMED}
    server t app.test:[[s]] {NAMED} resolve-opts allow-dup-ip
"""


@case(SIBLING, start=False, must=["fe/s changed its IP from", "fe/t changed its IP from"])
def a_sibling_that_may_share_takes_nothing_away(env):
    """Whoever has an address keeps it, whether another one shares it or not."""
    serve(env)
    ns = begin(env, SIBLING, app=["127.0.0.2"])
    env.logs(2, "administratively READY")
    visit(env)
    visit(env)
    ns.set("app.test", "A", "127.0.0.3")
    env.logs(2, "changed its IP from 127")
    visit(env)
    ns.set("app.test", "A", "127.0.0.3", "127.0.0.4")
    visit(env)
    visit(env)


SPREAD = BASE + SECTION + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    server-template s 4 app.test:[[s]] {NAMED}
backend shared
    server-template d 3 app.test:[[s]] {NAMED} resolve-opts allow-dup-ip
"""


@case(SPREAD, start=False, must=["No IP for server ", "fe/s4 changed its IP", "shared/d3 changed its IP", "by DNS cache"])
def a_template_spreads(env):
    serve(env)
    ns = begin(env, SPREAD, app=["127.0.0.2", "127.0.0.3"])
    env.logs(5, "administratively READY")
    visit(env)
    visit(env)
    ns.set("app.test", "A", "127.0.0.3", "127.0.0.4", "127.0.0.5")
    env.logs(6, "administratively READY")
    env.logs(2, "shared/d. changed its IP from 127")
    visit(env)
    ns.set("app.test", "A", "127.0.0.5")
    env.logs(2, "No IP for server")
    env.logs(4, "shared/d. changed its IP from 127")
    visit(env)
    fails(ns, "NX")
    env.logs(2, "has no server")
    ns.set("app.test", "A", *[f"127.0.1.{i}" for i in range(1, 8)])
    env.logs(13, "administratively READY")
    visit(env)


SERVICE = BASE + SECTION.replace("hold obsolete", "accepted_payload_size 4096\n    hold obsolete") + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    server-template s 3 _db._tcp.test {NAMED} check inter 5s
backend keeps
    server-template k 2 _db._tcp.test {NAMED} weight 7 resolve-opts ignore-weight
backend watch
    server w 127.0.0.1:[[s]]
listen shown
    bind 127.0.0.1:[[shown]]
    log-format "%si:%sp"
    balance roundrobin
    server-template s 1 _one._tcp.test {NAMED}
"""


def host(name, address):
    return Record(name, "A", address)


@case(SERVICE, start=False, must=["changed its FQDN from \\(null\\) to h1.test by 'SRV record'", "by DNS additional record", "entry removed from SRV record",
                                  "fe/s2 changed its IP from \\(none\\) to 127.0.0.3 by dns/ns1", "no server available"])
def services_name_hosts_and_ports(env):
    serve(env, "s", "other")
    ns = env.name_server("ns")
    one, two = env.port("s"), env.port("other")
    ns.set("h2.test", "A", "127.0.0.3")
    ns.set("_db._tcp.test", "SRV", (1, 10, one, "h1.test"), (1, 255, two, "h2.test"), extra=[host("h1.test", "127.0.0.2")])
    ns.set("_one._tcp.test", "SRV", (1, 1, two, "h3.test"), extra=[host("h3.test", "127.0.0.9")])
    env.start(SERVICE)
    env.logs(2, "administratively READY")
    env.logs(5, "resolves again")
    visit(env)
    visit(env)
    visit(env, "shown")
    ns.set("_db._tcp.test", "SRV", (1, 100, two, "h2.test"), extra=[host("h2.test", "127.0.0.3")])
    env.logs(2, "entry removed")
    visit(env)
    ns.answer("_db._tcp.test", "SRV", "NX")
    env.logs(2, "has no server")
    ns.set("_db._tcp.test", "SRV", (1, 100, one, "h4.test"), extra=[host("h4.test", "127.0.0.5")])
    env.logs(2, "FQDN from .null. to h4")
    env.logs(7, "resolves again")
    visit(env)


CHECKED = BASE + SECTION + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    server c app.test:[[s]] {NAMED} check inter 100ms rise 1 fall 1
    server t 127.0.0.1:[[s]] track fe/c
backend away
    server d app.test:[[s]] {NAMED} disabled
"""


@case(CHECKED, start=False, must=["fe/c is DOWN, reason", "resolves again but remains in maintenance", "via fe/c", "leaving maintenance",
                                  "was DOWN and now enters maintenance \\(DNS NX status\\)"])
def checks_and_followers(env):
    env.stub("s", where, host="127.0.0.2")
    ns = begin(env, CHECKED, app=["127.0.0.2"])
    env.logs(1, "fe/c administratively READY")
    time.sleep(0.3)
    ns.set("app.test", "A", "127.0.0.3")
    env.logs(1, "fe/c is DOWN")
    env.logs(1, "has no server")
    fails(ns, "NX")
    env.logs(1, "now enters maintenance")
    ns.set("app.test", "A", "127.0.0.2")
    env.logs(2, "fe/c administratively READY")
    time.sleep(0.3)
    fails(ns, "NX")
    env.logs(1, "going DOWN for maintenance .DNS NX status. via")
    ns.set("app.test", "A", "127.0.0.2")
    env.logs(3, "fe/c administratively READY")


WALK = BASE + SECTION.replace("hold obsolete", "accepted_payload_size 4096\n    hold obsolete") + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    server cn cn.test:80 {NAMED}
    server cn2 cn2.test:80 {NAMED}
    server only only.test:80 {NAMED}
    server back back.test:80 {NAMED}
    server owner owner.test:80 {NAMED}
    server mixed mixed.test:80 {NAMED}
    server id id.test:80 {NAMED}
    server txt txt.test:80 {NAMED}
    server net net.test:80 {NAMED} resolve-net 127.2.0.33/32,127.2.0.34/32
    server holes holes.test:80 {NAMED} resolve-net 127.3.0.33/255.255.0.255
    server last last.test:80 {NAMED}
"""


@case(WALK, start=False, must=["fe/holes changed its IP from .none. to 127.3.9.33", "fe/cn changed", "fe/cn2 changed", "fe/txt changed", "fe/net changed its IP from .none. to 127.2.0.33", "fe/last changed"])
def which_records_are_believed(env):
    ns = env.name_server("ns")
    ns.records("cn.test", "A", [Record("cn.test", "CNAME", "real.test"), Record("real.test", "A", "127.0.0.21")])
    ns.records("cn2.test", "A", [Record("cn2.test", "CNAME", "a.test"), Record("a.test", "CNAME", "b.test"), Record("b.test", "A", "127.0.0.22")])
    ns.records("only.test", "A", [Record("only.test", "CNAME", "real.test")])
    ns.records("back.test", "A", [Record("real.test", "A", "127.0.0.23"), Record("back.test", "CNAME", "real.test")])
    ns.records("owner.test", "A", [Record("other.test", "A", "127.0.0.24")])
    ns.records("mixed.test", "A", [Record("other.test", "A", "127.0.0.25"), Record("mixed.test", "A", "127.0.0.26")])
    ns.answer("id.test", "A", lambda query: b"zz" + ns._pack(query, len(query) - 11, 0, [host("id.test", "127.0.0.9")], [])[2:])
    ns.records("txt.test", "A", [Record("txt.test", "TXT", b"\3abc"), Record("txt.test", "A", "127.0.0.28")])
    ns.set("net.test", "A", *[f"127.2.0.{i}" for i in range(15, 40)])
    ns.set("holes.test", "A", *[f"127.3.{i}.{i}" for i in range(1, 9)], "127.3.9.33")
    env.start(WALK)
    env.logs(5, "administratively READY")
    time.sleep(0.6)
    ns.set("last.test", "A", "127.0.0.30")
    env.logs(6, "administratively READY")


TCP = ONE.replace("ns1 127", "ns1 tcp@127")


@case(TCP, start=False, must=["reached at 127.0.0.3"])
def asked_over_tcp(env):
    ns = found_and_moved(env, TCP)
    env.note(f"{ns.accepted} connection")


OBSOLETE = BASE + SECTION.replace("obsolete 0s", "obsolete 1s") + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    server-template o 2 app.test:80 {NAMED}
"""


@case(OBSOLETE, start=False, must=["No IP for server ", "~1...ms~"])
def records_that_vanish_are_kept_for_a_while(env):
    ns = begin(env, OBSOLETE, app=["127.0.0.2", "127.0.0.3"])
    env.logs(2, "administratively READY")
    ns.wait(len(ns.asked) + 2)
    began = time.monotonic()
    ns.set("app.test", "A", "127.0.0.3")
    env.logs(1, "No IP")
    env.note(f"gone ~{round((time.monotonic() - began) * 10) * 100}ms~")


ASKED = BASE + SECTION.replace("hold valid 100ms", "hold valid 2s") + f"""
defaults asks
    mode tcp
    log global
    log-format "%f %[var(txn.ip)] %[dst] %ts %s %[var(sess.n)]"
    timeout connect 2s
    timeout client 4s
    timeout server 4s
backend known
    server k known.test:80 {NAMED}
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 3s
    tcp-request content set-var(sess.n) str(before)
    tcp-request content do-resolve(txn.ip,dns,ipv4) req.payload(0,0) if {{ req.len gt 0 }}
    tcp-request content set-var(sess.n) str(found) if {{ var(txn.ip) -m found }}
    tcp-request content set-dst var(txn.ip) if {{ var(txn.ip) -m found }}
    server s 0.0.0.0:[[s]]
listen nodelay
    bind 127.0.0.1:[[nodelay]]
    tcp-request content do-resolve(txn.ip,dns,ipv4) str(silent.test)
    tcp-request content set-var(sess.n) str(behind)
    server s 127.0.0.1:[[s]]
listen short
    bind 127.0.0.1:[[short]]
    tcp-request inspect-delay 100ms
    tcp-request content do-resolve(txn.ip,dns,ipv4) str(silent2.test)
    tcp-request content set-var(sess.n) str(behind)
    server s 127.0.0.1:[[s]]
listen cached
    bind 127.0.0.1:[[cached]]
    tcp-request inspect-delay 3s
    tcp-request content do-resolve(txn.ip,dns,ipv4) str(known.test)
    server s 127.0.0.1:[[s]]
frontend rejects
    bind 127.0.0.1:[[rejects]]
    tcp-request inspect-delay 3s
    tcp-request content do-resolve(txn.ip,dns) str(six.test)
    tcp-request content reject if !{{ var(txn.ip) -m found }}
    default_backend asking
backend asking
    tcp-request inspect-delay 3s
    tcp-request content do-resolve(txn.ip,dns) str(app.test)
    tcp-request content set-dst var(txn.ip)
    server s 0.0.0.0:[[s]]
"""


@case(ASKED, start=False, must=["fe 127.0.0.2 127.0.0.2 -- s found", "fe - 127.0.0.1 -- s before", "reached at 127.0.0.3", "nodelay - ",
                                "short - .* behind", "rejects 127.0.0.3", "~[123]..ms~"])
def rules_ask_for_names(env):
    serve(env)
    ns = env.name_server("ns")
    ns.set("app.test", "A", "127.0.0.2")
    ns.set("known.test", "A", "127.0.0.4")
    ns.set("six.test", "AAAA", "::1")
    for name in ("silent.test", "silent2.test"):
        fails(ns, "silent", name)
    env.start(ASKED)
    env.logs(1, "administratively READY")
    count = 0
    for to, text in (("fe", b"app.test"), ("fe", b"app.test"), ("fe", b"nx.test"), ("fe", b"silent.test"), ("fe", b"bad..name"), ("fe", b"APP.Test"),
                     ("nodelay", b""), ("short", b""), ("cached", b""), ("rejects", b"")):
        if text == b"APP.Test":
            ns.set("app.test", "A", "127.0.0.3")
        began = time.monotonic()
        c = env.client(to)
        if text:
            c.send(text)
        c.recv_line(limit=3)
        env.note(f"{to} {text.decode()}: after ~{round((time.monotonic() - began) * 20) * 50}ms~")
        c.shut().to_end()
        count += 1
        env.logs(count, r"^<\d+>(?!.*(changed its|Server |has no))")


WAITS = BASE + SECTION.replace("resolve_retries 2", "resolve_retries 6") + """
defaults waits
    mode tcp
    log global
    log-format "%f %[var(txn.ip)] %ts %s %[var(sess.n)]"
    timeout connect 2s
    timeout client 300ms
    timeout server 4s
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 3s
    tcp-request content do-resolve(txn.ip,dns,ipv4) str(silent.test)
    tcp-request content set-var(sess.n) str(behind)
    server s 127.0.0.1:[[s]]
listen patient
    bind 127.0.0.1:[[patient]]
    timeout client 4s
    tcp-request inspect-delay 3s
    tcp-request content do-resolve(txn.ip,dns,ipv4) str(silent.test)
    tcp-request content set-var(sess.n) str(behind)
    server s 127.0.0.1:[[s]]
"""


@case(WAITS, start=False, must=["fe - ", "patient - "])
def clients_that_leave_meanwhile(env):
    serve(env)
    ns = env.name_server("ns")
    fails(ns, "silent", "silent.test")
    env.start(WAITS)
    began = time.monotonic()
    c = env.client()
    c.to_end()
    env.logs(1)
    env.note(f"timeout: after ~{round((time.monotonic() - began) * 20) * 50}ms~")
    for number, leave in enumerate(("shut", "reset"), 2):
        began = time.monotonic()
        c = env.client("patient")
        time.sleep(0.1)
        getattr(c, leave)()
        env.logs(number)
        env.note(f"{leave}: after ~{round((time.monotonic() - began) * 20) * 50}ms~")
