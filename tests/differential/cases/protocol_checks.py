"""Checks that speak one protocol: what they send, and what each answer means to them."""

import struct

import check_rows
from check_rows import Row, table
from harness import case


def rows(option, *answers, first=True):
    """One row for each list of answers."""
    return [Row(f"a{index}", option, ((None,) if first else ()) + tuple(says)) for index, says in enumerate(answers)]


def packet(number, payload):
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


def frame(payload):
    return struct.pack(">I", len(payload)) + payload


table("redis", __name__, [
    *rows("option redis-check", [b"+PONG\r\n"], [b"-ERR foo\r\n"], [b"-ERR foo\r\n", "shut"], ["shut"], [], [b"+PO"], [b"+PO", 0.05, b"NG\r\n"], [b"-" + b"e" * 126 + b"\r\n"], [b"-" + b"e" * 127 + b"\r\n"], [b"-" + b"e" * 3000 + b"\r\n"]),
    Row("none", "option redis-check", None),
], must=["Redis server is ok", "-ERR foo", "got an empty response at step 2", 'info: "Connection refused"'])

table("smtp", __name__, [
    *[Row(f"a{index}", "option smtpchk", says) for index, says in enumerate([
        (b"220 hi\r\n", None, b"250 ok\r\n", None, b"221 bye\r\n"),
        (b"520 no\r\n",), (b"hello you there\r\n",), (b"520 " + b"n" * 600 + b"\r\n",),
        (b"220 hi\r\n", None, b"550 bad\r\n"), (b"220 hi\r\n", None, b"550 bad\r\n", "shut"),
        (b"220 hi\r\n", None, b"250 ok\r\n", None, "shut"),
        (b"220-hi\r\n220 more\r\n",), (b"22", "shut"), (b"220 hi\r\n", None),
        (b"220   hi  there \r\n", None, b"250-ok\r\n250-b\r\n", 0.1, b"250 c\r\n", None, b"221   bye x\r\n"),
        (b"220\r\n", None, b"250\r\n", None, b"221\r\n"), (b"220\n",),
        (b"220 hi\r\n", None, b"250-x\r\n550 y\r\n"), (b"220 hi\r\n", None, b"250 ok\r\n221 bye\r\n", None),
        (b"22", 0.05, b"0 hi\r\n", None, b"25", 0.05, b"0 ok\r\n", None, b"22", 0.05, b"1 bye\r\n"),
        (b"220 hi\r\n", None, b"250 ok\r\n", None, b"521 bad\r\n"), (b"220 hi\r\n", None, b"250 ok\r\n", None, b"221-a\r\n221 b\r\n")])],
    Row("ehlo", "option smtpchk EHLO dom.example", (b"220 hi\r\n", None, b"250-ok\r\n250 x\r\n", None, b"221 bye\r\n")),
    Row("foo", "option smtpchk FOO dom.example", (b"220 hi\r\n", None)),
], must=["code: 221, info: \"bye\"", "code: 520, info: \"no\"", "EHLO dom.example", "empty response at step 7"])

BOUND = b"\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
REFUSED = BOUND.replace(b"\x01\x00\x04\x00\x04", b"\x01\x31\x04\x00\x04")
table("ldap", __name__, rows(
    "option ldap-check", [b"\x30\x0c" + BOUND], [b"\x30\x0c" + REFUSED], [b"\x31\x0c" + BOUND], [b"\x30\x84\0\0\0\x0c" + BOUND],
    [b"\x30\x82\0\x0c" + BOUND], [b"\x30\x81\x0c" + BOUND + b"x"], [b"\x30\x83\0\0\x0c" + BOUND], [b"\x30\x0c\x02\x01\x02" + BOUND[3:]],
    [b"\x30\x0c"], ["shut"], [b"\x30\x0c" + BOUND.replace(b"\x61", b"\x63")], [b"\x30\x0c", "shut"], [b"\x30\x0c" + BOUND[:-1], "shut"],
    [b"\x30\x0c\x02\x01\x01\x61\x81\x07\x0a\x01\x00\x04\x00\x04\0"], [b"\x30\x0c\x02\x01\x01\x61\x85\0\0\0\0\x07\x0a\x01\x03\x04\x00\x04\x00"],
    [b"\x30\x7c" + BOUND], [b"\x30\x05" + BOUND], [b"\x31", "shut"], [b"\x30\x0c" + BOUND[:5], 0.05, BOUND[5:]]),
    must=["Success", "code: 49", "Not LDAPv3 protocol"])

GREETING = b"\x0a5.5.5-10.1.2-MariaDB\0" + b"\1\0\0\0" + b"x" * 30
ERROR = b"\xff\x15\x04#28000Access denied"
OKAY = b"\0\0\0\2\0\0\0"
table("mysql", __name__, [
    *rows("option mysql-check", [packet(0, GREETING)], [packet(0, ERROR)], [b"ab"], [b"ab", "shut"], ["shut"], [packet(0, GREETING)[:20], "shut"],
          [packet(0, b"\x09abc\0" + b"x" * 30)], [packet(0, b"\xffab") + b"zz"], [packet(0, b"\xff\x15\x04")], [], [packet(0, GREETING)[:9], 0.05, packet(0, GREETING)[9:]],
          first=False),
    *[Row(f"u{index}", "option mysql-check user foo", says) for index, says in enumerate([
        (None, packet(0, GREETING) + packet(2, OKAY)), (None, packet(0, GREETING), 0.05, packet(2, OKAY)), (None, packet(0, GREETING) + packet(2, ERROR)),
        (None, packet(0, ERROR)), (None, packet(0, GREETING)), (None, packet(0, GREETING) + b"xx", "shut"), (None, packet(0, GREETING) + packet(2, b"\xfe"))])],
    Row("old", "option mysql-check user foo pre-41", (None, packet(0, GREETING) + packet(2, OKAY))),
    Row("new", "option mysql-check user foo post-41", (None, packet(0, GREETING) + packet(2, OKAY))),
], must=["5.5.5-10.1.2-MariaDB", "code: 1045, info: \"#28000Access denied\""])

table("pgsql", __name__, rows(
    "option pgsql-check user joe", *[[b"R\0\0\0\x0a\0\0\0" + bytes([kind])] for kind in (0, 1, 2, 5, 8, 10, 12)],
    [b"E\0\0\0\x20SFATAL\0C28000\0Mno role\0\0"], [b"Zfoo"], [b"Zfoobarbaz"], [b"R\0\0"], ["shut"], [b"Zfoo", "shut"], [b"R\0\0\1\x08\0\0\0\x0a"], [b"E\0\0\0"],
    [b"E\0\0\0\5"], [b"R\0\0", 0.05, b"\0\x08\0\0\0\0"]),
    must=["PostgreSQL server is ok", "FATAL", "PostgreSQL unknown error", "empty response at step 3"])

HELLO = b"\x65\0\0\0\1\0\0"
VERSION, SIZE, CAPABILITIES = b"\x07version\x08\x032.0", b"\x0emax-frame-size\x03\xfc\xf0\x06", b"\x0ccapabilities\x08\0"
LEAVES = b"\x66\0\0\0\1\0\0\x0bstatus-code\x03"
table("spop", __name__, rows(
    "option spop-check", [frame(HELLO + VERSION + SIZE + CAPABILITIES)], [], ["shut"], [b"\0\0"], [b"\0\0", "shut"], [b"\0\0\0\0"], [b"\0\0\0\5hello"], [b"\0\1\0\0x"],
    [frame(HELLO + SIZE + CAPABILITIES)], [frame(HELLO + VERSION + CAPABILITIES)], [frame(HELLO + VERSION + SIZE)],
    *[[frame(HELLO + b"\x07version\x08" + bytes([len(text)]) + text + SIZE)] for text in (b"9.0", b"2.1", b"2.00", b"2", b" 2.0 ", b"2.0,")],
    *[[frame(HELLO + VERSION + b"\x0emax-frame-size\x03" + size)] for size in (b"\x10", b"\xf0\0", b"\xf0\1", b"\xfc\xf0\xf0\x06")],
    [frame(HELLO[:4] + b"\0\0\0" + VERSION + SIZE)], [frame(HELLO[:5] + b"\1\0" + VERSION + SIZE)], [frame(HELLO + b"\x07version\x03\3" + SIZE)],
    [frame(HELLO + VERSION + SIZE + b"\x03foo\x16zz")], [frame(HELLO + VERSION + SIZE + CAPABILITIES)[:-3], "shut"],
    *[[frame(LEAVES + bytes([code]))] for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99)],
    [frame(HELLO[:0] + b"\x66\0\0\0\1\0\0")], [frame(b"\x67\0\0\0\1\0\0")], [frame(HELLO + VERSION + SIZE)[:9], 0.05, frame(HELLO + VERSION + SIZE)[9:]]),
    must=["SPOA server is ok", "max-frame-size too big or too small", "an unknown error occurred", "fragmentation not supported"])

table("ssl_hello", __name__, [
    Row(f"a{index}", "option ssl-hello-chk", says, connections=0) for index, says in enumerate([
        (None, b"\x16\3\0\0\x31\2"), (None, b"\x15\3\0\0\2\2\x28"), (None, "shut"), (None, b"xx"), (None, b"HTTP/1.0 400 bad"), (None, b"\x16\3", 0.05, b"\0\0\x31\2")])],
    must=["Layer6 check passed", "Layer6 timeout", "Layer6 invalid response"])


def hello_bytes(env):
    """The hello, but for the time in it."""
    row = Row("s", "option ssl-hello-chk", ())
    seen = []

    def script(peer):
        data = peer._take(lambda kept: 126 if len(kept) >= 126 else None, 6)
        seen.append(data)
        peer.say(f"{len(data)} bytes {data[:11].hex()} {data[15:].hex()}")
        peer.send(b"\x16\3\0\0\x31\2")
        peer.rest()
    env.stub("s", script).connections = check_rows.First()
    env.start(check_rows.config([row]))
    env.logs(1, "(?=.*Layer6 check passed)")


case(must=["126 bytes 16030000"], start=False)(hello_bytes)


# --- the same verdict again and again ----------------------------------------------------------------------------------
def repeated(*phases):
    """What the server does by the number of the check: (how often, what) one after the other."""
    plan = [says for count, says in phases for _ in range(count)]
    seen = iter(plan)

    def script(peer):
        check_rows.script(next(seen, plan[-1]))(peer)
    return script


LDAP_OK, LDAP_BAD = b"\x30\x0c" + BOUND, b"\x30\x0c" + REFUSED
AGAIN = {
    "mysql": ("option mysql-check", (packet(0, GREETING),), (packet(0, ERROR),)),
    "mysqluser": ("option mysql-check user foo", (None, packet(0, GREETING) + packet(2, OKAY)), (None, packet(0, GREETING) + packet(2, ERROR))),
    "ldap": ("option ldap-check", (None, LDAP_OK), (None, LDAP_BAD)),
    "spop": ("option spop-check", (None, frame(HELLO + VERSION + SIZE + CAPABILITIES)), (None, frame(LEAVES + b"\4"))),
    "pgsql": ("option pgsql-check user joe", (None, b"R\0\0\0\x0a\0\0\0\0"), (None, b"E\0\0\0\x20SFATAL\0C28000\0Mno role\0\0")),
    "redis": ("option redis-check", (None, b"+PONG\r\n"), (None, b"-ERR foo\r\n")),
    "smtp": ("option smtpchk", (b"220 hi\r\n", None, b"250 ok\r\n", None, b"221 bye\r\n"), (b"520 no\r\n",)),
}


@case(start=False, must=["status: 4/4 UP", "status: 1/4 UP", "b-mysql/s is DOWN"])
def verdicts_that_repeat_themselves(env):
    """Info that a reader of a protocol found is said once, not by each check that finds the same."""
    env.sorted = True
    text = check_rows.CHECKED
    for name, (line, good, bad) in AGAIN.items():
        env.stub(name, repeated((3, ("shut",)), (5, good), (6, bad), (2, ("shut",)), (2, good), (1, bad), (9, good))).connections = check_rows.First(0)
        text += f"backend b-{name}\n    {line}\n    server s 127.0.0.1:[[{name}]] check inter 200ms rise 4 fall 4\n"
    env.start(text)
    for name in AGAIN:
        env.logs(2, f"b-{name}/s is UP", limit=12)
