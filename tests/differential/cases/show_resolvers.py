"""`show resolvers`: its form, and what is counted of each name server. Each scene is a section of its own with one round of questions."""

import re
import socket
import struct
import time

from harness import BASE, case
from nameserver import Record

TOP = BASE.replace("global\n", "global\n    stats socket [[dir]]/stats.sock level admin\n", 1)
TIMES = "    timeout resolve 1m\n    timeout retry 150ms\n    resolve_retries 2\n"
COUNTERS = ("sent", "snd_error", "valid", "update", "cname", "cname_error", "any_err", "nx", "timeout", "refused", "other", "invalid", "too_big",
            "truncated", "outdated")


def ask(env, command):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(env.fill("[[dir]]/stats.sock"))
        sock.sendall(command.encode() + b"\n")
        answer = b""
        while got := sock.recv(65536):
            answer += got
    return answer.decode()


def counters(env, section):
    """{name server: {counter: value}}, only what isn't 0."""
    found, server = {}, None
    for line in ask(env, f"show resolvers {section}").splitlines():
        if named := re.match(r" nameserver (\S+):$", line):
            server = found[named[1]] = {}
        elif value := re.match(r"  (\w+): +(\d+)$", line):
            if int(value[2]):
                server[value[1]] = int(value[2])
    return found


FORM = TOP + f"""
resolvers one
    nameserver a 127.0.0.1:[[ns]]
    nameserver b 127.0.0.1:[[ns2]]
{TIMES}
resolvers empty
resolvers other
    nameserver c tcp@127.0.0.1:[[ns]]
listen fe
    bind 127.0.0.1:[[fe]]
    server s app.test:80 resolvers one init-addr none resolve-prefer ipv4
"""


@case(FORM, start=False, must=["Resolvers section one", "  sent:        1", "Can't find that"])
def form(env):
    env.name_server("ns").set("app.test", "A", "127.0.0.2")
    later(0.1, a("127.0.0.3", "app.test"), name="app.test")(env.name_server("ns2"))
    env.start(FORM)
    env.logs(1, "administratively READY")
    for server in env.name_servers:
        server.wait(1)
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and sum(sum(each.values()) for each in counters(env, "one").values()) < 5:
        time.sleep(0.02)
    for command in ("show resolvers one", "show resolvers empty", "show resolvers other", "show resolvers nowhere", "show resolvers one other",
                    "show resolvers other;show resolvers empty"):
        env.note(f"{command}: {ask(env, command)!r}")
    everything = ask(env, "show resolvers")
    env.note(repr(everything[:everything.find("Resolvers section default")] if "section default" in everything else everything.removesuffix("\n")))


def raw(code_and_counts, tail=b""):
    """A message of these flags and counts behind the id of the question."""
    return lambda query: query[:2] + struct.pack("!HHHHH", *code_and_counts) + tail


def answers(*records, name="x.test", kind="A"):
    return lambda ns: ns.records(name, kind, list(records))


def says(how, name="x.test", kinds=("A", "AAAA")):
    def table(ns):
        for kind in kinds:
            ns.answer(name, kind, how)
    return table


def a(address, name="x.test"):
    return Record(name, "A", address)


def other_id(ns):
    ns.answer("x.test", "A", lambda query: b"zz" + ns._pack(query, len(query) - 11, 0, [a("127.0.0.9")], [])[2:])


def twice(ns):
    ns.answer("x.test", "A", lambda query: [ns._pack(query, len(query) - 11, 0, [a("127.0.0.9")], [])] * 2)


def other_question(ns):
    ns.answer("x.test", "A", lambda query: ns._pack(query.replace(b"x", b"y", 1), len(query) - 11, 0, [a("127.0.0.9")], []))


def no_answer_bit(ns):
    def how(query):
        message = ns._pack(query, len(query) - 11, 0, [a("127.0.0.9")], [])
        return message[:2] + b"\x01\x00" + message[4:]
    ns.answer("x.test", "A", how)


def cut_inside(ns):
    ns.answer("x.test", "A", lambda query: ns._pack(query, len(query) - 11, 0, [a("127.0.0.9")], [])[:-3])


def later(seconds, *records, name="x.test"):
    def table(ns):
        def how(query):
            time.sleep(seconds)
            return ns._pack(query, len(query) - 11, 0, list(records), [])
        ns.answer(name, "A", how)
    return table


def wrong_size(ns):
    ns.records("x.test", "A", [Record("x.test", "A", b"\1\2\3")])


def cut_of(code):
    def table(ns):
        ns.answer("x.test", "A", lambda query: ns._pack(query, len(query) - 11, code, [a("127.0.0.9")], [], flags=0x0200))
    return table


def other_class(ns):
    ns.answer("x.test", "A", lambda query: ns._pack(query, len(query) - 11, 0, [a("127.0.0.9")], [])[:-12] + b"\0\3\0\0\0\x1e\0\4\x7f\0\0\x09")


def wrong_authority(ns):
    """It announces a record of the authority that isn't there."""
    def how(query):
        message = ns._pack(query, len(query) - 11, 0, [a("127.0.0.9")], [])
        return message[:8] + b"\0\1" + message[10:]
    ns.answer("x.test", "A", how)


# name -> (what the first name server says, the second one or None, more lines of the section, the server's name, options)
SCENES = {
    "valid": answers(a("127.0.0.2")),
    "several": answers(*[a(f"127.0.0.{i}") for i in range(2, 9)]),
    "nx": says("NX"), "refused": says("REFUSED"), "servfail": says("SERVFAIL"), "formerr": says("FORMERR"), "notimp": says("NOTIMP"),
    "silent": says("silent"), "cut": says("cut"), "empty": says("empty"),
    "short": says(b"\x81\x80\0\1\0"), "header": says(b"\x81\x80\0\1\0\1\0\0\0\0"), "no_question": says(raw((0x8180, 0, 0, 0, 0))),
    "two_questions": says(raw((0x8180, 2, 1, 0, 0), b"\1x\4test\0\0\1\0\1" * 2)),
    "other_id": other_id, "other_question": other_question, "no_answer_bit": no_answer_bit, "cut_inside": cut_inside, "wrong_size": wrong_size,
    "twice": twice,
    "nx_without_question": says(raw((0x8183, 0, 0, 0, 0))), "nx_with_two_questions": says(raw((0x8183, 2, 0, 0, 0), b"\1x\4test\0\0\1\0\1" * 2)),
    "nx_of_nothing": says(raw((0x8183, 1, 0, 0, 0))), "refused_of_nothing": says(raw((0x8185, 1, 1, 0, 0))),
    "cut_with_records": cut_of(0), "cut_nx": cut_of(3), "cut_without_question": says(raw((0x8380, 0, 0, 0, 0))),
    "empty_without_question": says(raw((0x8180, 1, 0, 0, 0))), "other_question_empty": says(raw((0x8180, 1, 0, 0, 0), b"\1y\4test\0\0\1\0\1")),
    "short_nx": says(b"\x81\x83\0\1"), "one_byte": says(lambda query: b"x"), "nothing": says(lambda query: b""),
    "short_other_id": says(lambda query: b"zz\x81\x80"), "only_id": says(b""), "query_itself": says(lambda query: query),
    "nx_with_record": lambda ns: ns.answer("x.test", "A", lambda query: ns._pack(query, len(query) - 11, 3, [a("127.0.0.9")], [])),
    "other_class": other_class, "wrong_authority": wrong_authority, "unknown_type_first": answers(Record("x.test", "NS", "ns.test"), a("127.0.0.5")),
    "alias_circle": answers(Record("x.test", "CNAME", "x.test")),
    "alias_of_text": answers(Record("x.test", "CNAME", "real.test"), Record("real.test", "TXT", b"\3abc")),
    "alias_alone": answers(Record("x.test", "CNAME", "real.test")),
    "alias": answers(Record("x.test", "CNAME", "real.test"), a("127.0.0.3", "real.test")),
    "alias_behind": answers(a("127.0.0.3", "real.test"), Record("x.test", "CNAME", "real.test")),
    "other_owner": answers(a("127.0.0.4", "other.test")),
    "text_too": answers(Record("x.test", "TXT", b"\3abc"), a("127.0.0.5")),
    "text_alone": answers(Record("x.test", "TXT", b"\3abc")),
    "only_ipv6": lambda ns: ns.set("x.test", "AAAA", "::1"),
    "many": answers(*[a(f"127.3.{i}.1") for i in range(27)]),
    "too_many": answers(*[a(f"127.3.{i}.1") for i in range(60)]),
}
PAIRS = {
    "both": (answers(a("127.0.0.2")), later(0.05, a("127.0.0.2"))),
    "one_silent": (answers(a("127.0.0.2")), says("silent")),
    "one_late": (answers(a("127.0.0.2")), later(0.4, a("127.0.0.3"))),
    "nx_and_silent": (says("NX"), says("silent")),
    "nx_and_refused": (says("NX"), lambda ns: later_how(ns, "REFUSED")),
    "nx_then_valid": (says("NX"), later(0.05, a("127.0.0.2"))),
}


def later_how(ns, how):
    from nameserver import CODES
    for kind in ("A", "AAAA"):
        def slow(query):
            time.sleep(0.05)
            return ns._pack(query, len(query) - 11, CODES[how], [], [])
        ns.answer("x.test", kind, slow)


def scene(name, tables, lines="", server="x.test:80", must=(), parameters="resolve-prefer ipv4 init-addr none", prefix="127.0.0.1", limit=1.2, more="", expect_shunt=()):
    names = ["n1", "n2"][:len(tables)]
    section = "".join(f"    nameserver {each} {prefix}:[[{each}]]\n" for each in names)
    cfg = TOP + f"resolvers dns\n{section}{TIMES}{lines}backend b\n    server s {server} resolvers dns {parameters}\n{more}" \
        "listen fe\n    bind 127.0.0.1:[[fe]]\n"

    def counted(env):
        for each, table in zip(names, tables):
            if table is not None:
                table(env.name_server(each))
        env.start(cfg)
        time.sleep(limit)  # the whole round
        for each, values in counters(env, "dns").items():
            env.note(f"{each}: " + " ".join(f"{key}={value}" for key, value in values.items()))
    counted.__name__, counted.__module__ = name, __name__
    case(cfg, start=False, must=["n1: ", *must], expect_shunt=expect_shunt)(counted)


for label, tables in SCENES.items():
    scene(label, [tables])
for label, tables in PAIRS.items():
    scene(label, tables)
scene("closed", [None])
scene("over_tcp", [answers(a("127.0.0.2"))], prefix="tcp@127.0.0.1")
scene("over_tcp_nx", [says("NX")], prefix="tcp@127.0.0.1")
scene("over_tcp_closed", [None], prefix="tcp@127.0.0.1")
scene("service", [lambda ns: ns.set("_db._tcp.test", "SRV", (1, 10, 81, "h.test"), extra=[a("127.0.0.6", "h.test")])], server="_db._tcp.test",
      lines="    accepted_payload_size 4096\n")
scene("service_and_host", [lambda ns: (ns.set("_db._tcp.test", "SRV", (1, 10, 81, "h.test")), ns.set("h.test", "A", "127.0.0.6"))], server="_db._tcp.test")
scene("over_tcp_large", [SCENES["too_many"]], prefix="tcp@127.0.0.1")
scene("over_tcp_other_id", [other_id], prefix="tcp@127.0.0.1")
scene("unreachable", [None], prefix="255.255.255.255",
      expect_shunt=[(".*can't connect socket for nameserver.*", "", "a name server without a way to it is one that doesn't answer")])
scene("the_same_name_twice", [answers(a("127.0.0.2"))], more="    server t x.test:80 resolvers dns init-addr none resolve-prefer ipv4\n")
scene("template", [answers(a("127.0.0.2"), a("127.0.0.3"))], more="    server-template t 3 x.test:80 resolvers dns init-addr none resolve-prefer ipv4\n")
scene("of_both_families", [lambda ns: (ns.set("x.test", "A", "127.0.0.2"), ns.set("x.test", "AAAA", "::1"))],
      more="    server t x.test:80 resolvers dns init-addr none resolve-prefer ipv6\n")
scene("known_before", [answers(a("127.0.0.2"))], parameters="resolve-prefer ipv4 init-addr 127.0.0.2")
scene("known_otherwise", [answers(a("127.0.0.2"))], parameters="resolve-prefer ipv4 init-addr 127.0.0.9")
scene("larger", [SCENES["too_many"]], lines="    accepted_payload_size 1500\n")


ASKED = TOP + f"""
resolvers dns
    nameserver n1 127.0.0.1:[[n1]]
{TIMES}    hold valid 1s
listen fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 3s
    tcp-request content do-resolve(txn.ip,dns,ipv4) req.payload(0,0) if {{ req.len gt 0 }}
    tcp-request content set-dst var(txn.ip) if {{ var(txn.ip) -m found }}
    server s 0.0.0.0:[[s]]
"""


@case(ASKED, start=False, must=["'valid': 3", "'nx': 4"])
def asked_by_rules(env):
    env.stub("s", lambda peer: (peer.send(b"hi\n"), peer.to_end()), host="0.0.0.0")
    ns = env.name_server("n1")
    ns.set("app.test", "A", "127.0.0.2")
    env.start(ASKED)
    for number, name in enumerate((b"app.test", b"app.test", b"nx.test", b"app.test"), 1):
        c = env.client()
        c.send(name).recv_line(limit=3)
        c.shut().to_end()
        env.logs(number, r" \d/\d$")
        env.note(f"{name.decode()}: {counters(env, 'dns')}")
