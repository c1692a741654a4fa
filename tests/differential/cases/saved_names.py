"""Files of server states together with names at run time: which address, host and service a server begins with, and what answers make of it."""

import time

from harness import BASE, case
from cases.names import NAMED, SECTION, host, serve, visit
from cases.start_addresses import SAVED

HELD = SECTION.replace("hold timeout 0s", "hold timeout 20s").replace("hold nx 0s", "hold nx 20s")


def line(number, name, address="127.0.0.2", admin=0, fqdn="app.test", port="[[s]]", srvrecord="-", op=2, weight=1):
    return (f"3 fe {number} {name} {address} {op} {admin} {weight} 1 5 1 0 2 0 0 0 0 {fqdn} {port} {srvrecord} 0 0 - - 0\n")


def restored(label, servers, states, tables, section=HELD, visits=1, wait=0.0, logs=(), then=None, must=(), lists=""):
    """`tables` says what the name server knows; `logs` are awaited before the clients come; `then` goes on."""
    cfg = (BASE + section).replace("global\n", "global\n    server-state-file [[dir]]/states\n", 1) + f"""
listen fe
    bind 127.0.0.1:[[fe]]
    balance roundrobin
    load-server-state-from-file global
{lists}    {servers}
"""

    def run(env):
        serve(env)
        ns = env.name_server("ns")
        ns.otherwise("silent")
        tables(env, ns)
        env.file("states", f"1\n# {SAVED}\n" + "".join(states))
        env.start(cfg)
        for pattern, count in logs:
            env.logs(count, pattern)
        time.sleep(wait)
        for _ in range(visits):
            visit(env)
        if then:
            then(env, ns)
    run.__name__, run.__module__ = label, __name__
    case(cfg, start=False, must=must)(run)


def nothing(env, ns):
    pass


def app_is(*addresses, name="app.test"):
    return lambda env, ns: ns.set(name, "A", *addresses)


def moves(address, name="app.test"):
    def then(env, ns):
        ns.set(name, "A", address)
        env.logs(1, f"to {address}")
        visit(env)
    return then


ONE = "server s app.test:[[s]] resolvers dns resolve-prefer ipv4 init-addr {}"
restored("nobody_answers", ONE.format("last,none"), [line(1, "s")], nothing, must=["reached at 127.0.0.2"], then=moves("127.0.0.3"))
restored("the_same_is_answered", ONE.format("last,none"), [line(1, "s")], app_is("127.0.0.2"), must=["reached at 127.0.0.2"], wait=0.4, then=moves("127.0.0.3"))
restored("another_is_answered", ONE.format("last,none"), [line(1, "s")], app_is("127.0.0.4"), logs=[("to 127.0.0.4", 1)], must=["reached at 127.0.0.4"])
restored("several_are_answered", ONE.format("last,none"), [line(1, "s", "127.0.0.5")], app_is("127.0.0.2", "127.0.0.3", "127.0.0.5", "127.0.0.6"), wait=0.4, must=["reached at 127.0.0.5"])
restored("nothing_of_the_file_is_asked_for", ONE.format("none"), [line(1, "s")], nothing, must=["NOSRV"])
restored("by_default", "server s app.test:[[s]] resolvers dns resolve-prefer ipv4", [line(1, "s")], nothing, must=["reached at 127.0.0.2"])
restored("another_port", "retries 0\n    " + ONE.format("last,none"), [line(1, "s", port="1")], nothing, must=["127.0.0.1"])
restored("another_host", ONE.format("last,none"), [line(1, "s", fqdn="other.test")], app_is("127.0.0.7", name="other.test"), wait=0.5)
restored("another_host_of_the_socket", ONE.format("last,none"), [line(1, "s", fqdn="other.test", admin=64)], app_is("127.0.0.7", name="other.test"), wait=0.5)
restored("without_host", ONE.format("last,none"), [line(1, "s", fqdn="-")], app_is("127.0.0.4"), wait=0.5)
restored("was_without_address", ONE.format("last,none"), [line(1, "s", "0.0.0.0", admin=32, op=0)], nothing, must=["NOSRV"], then=moves("127.0.0.3"))
restored("was_lost", ONE.format("last,none"), [line(1, "s", admin=32, op=0)], nothing, then=moves("127.0.0.3"))
restored("was_lost_and_is_answered", ONE.format("last,none"), [line(1, "s", admin=32, op=0)], app_is("127.0.0.2"), wait=0.5)
restored("was_in_maintenance", ONE.format("last,none"), [line(1, "s", admin=1, op=0)], app_is("127.0.0.4"), logs=[("to 127.0.0.4", 1)], must=["NOSRV"])
restored("was_drained", ONE.format("last,none"), [line(1, "s", admin=8)], app_is("127.0.0.4"), logs=[("to 127.0.0.4", 1)], must=["NOSRV"])

MANY = f"server-template s 3 app.test:[[s]] {NAMED.replace('init-addr none', 'init-addr last,none')}"
KNOWN = [line(1, "s1", "127.0.0.4"), line(2, "s2", "127.0.0.2"), line(3, "s3", "0.0.0.0", admin=32, op=0)]
restored("a_template", MANY, KNOWN, nothing, visits=3, must=["reached at 127.0.0.4", "reached at 127.0.0.2"])
restored("a_template_and_answers", MANY, KNOWN, app_is("127.0.0.2", "127.0.0.3", "127.0.0.4"), logs=[("changed its IP", 1)], wait=0.3, visits=3,
         must=["fe/s3 changed its IP .* 127.0.0.3", "reached at 127.0.0.4"])
restored("a_template_and_fewer_answers", MANY, KNOWN, app_is("127.0.0.2"), logs=[("No IP for server", 1)], visits=2, must=["reached at 127.0.0.2"])
restored("a_template_of_the_same", MANY, [line(number, f"s{number}") for number in (1, 2, 3)], app_is("127.0.0.2", "127.0.0.3"), wait=0.6, visits=2)

SERVICE = SECTION.replace("hold obsolete", "accepted_payload_size 4096\n    hold obsolete").replace("hold timeout 0s", "hold timeout 20s").replace("hold nx 0s", "hold nx 20s")
SRV = f"server-template v 2 _db._tcp.test {NAMED.replace('init-addr none', 'init-addr last,none')}"


def service(*hosts):
    def table(env, ns):
        ns.set("_db._tcp.test", "SRV", *[(1, 10, env.port("s"), name) for name, _ in hosts], extra=[host(*each) for each in hosts])
    return table


def of_service(number, name, fqdn, address):
    return line(number, name, address, fqdn=fqdn, srvrecord="_db._tcp.test")


BOTH = [of_service(1, "v1", "h1.test", "127.0.0.2"), of_service(2, "v2", "h2.test", "127.0.0.3")]
# Which host had which server is not given back (docs/compatibility.md): what an answer makes of these two is not compared.
restored("a_service", SRV, BOTH, nothing, section=SERVICE, visits=2)
restored("a_service_that_nobody_named", SRV, [line(1, "v1", "127.0.0.2", fqdn="h1.test")], service(("h1.test", "127.0.0.2")), section=SERVICE, wait=0.6)
restored("another_service", SRV, [line(1, "v1", "127.0.0.2", fqdn="h1.test", srvrecord="_other._tcp.test")], service(("h3.test", "127.0.0.5")), section=SERVICE, wait=0.8)
