#!/usr/bin/env python3
"""Random stick tables with real connections: HAProxy and shunt must count the same, stick to the same servers, let the same
clients in and end with the same entries.

Each scenario has tables, frontends and a backend of its own and a schedule of clients, whose steps happen one after the other:
a step is over when its effect has been seen. Many scenarios share one program and run side by side. What differs is run again
before it counts, because a busy machine can be late, and is then made smaller.
"""

import argparse
import asyncio
import contextlib
import collections
import copy
import dataclasses
import os
import random
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from ports import Ports, listening

GAP = 0.003  # seconds between two steps: who was used last is told by the millisecond
LIMIT = 8.0  # seconds that any single wait may take
SERVERS = 3
HEAD = """global
    nbthread {threads}
    maxconn 4000
    log 127.0.0.1:{udp} len 8192 local0
    stats socket {dir}/stats.sock level admin
    stats maxconn 100
defaults
    mode tcp
    log global
    timeout connect 5s
    timeout client 30s
    timeout server 30s
"""


# --- random scenarios ------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class Table:
    name: str
    type: str
    size: int
    data: list
    line: str
    key: str = ""  # the only one that is used in a table that gets full: a session then touches one entry

    @property
    def tiny(self):
        return self.size < 20


@dataclasses.dataclass
class Line:
    """A line of the configuration; `fields`: what a log-format shows. `@` is the number of the scenario."""
    text: str
    removable: bool = False
    fields: list = None


@dataclasses.dataclass
class Scenario:
    number: int
    name: str
    lines: list
    steps: list
    frontends: str
    tables: list
    proxied: bool  # clients send a PROXY header
    leaky: bool  # entries stay in use in 2.6: docs/compatibility.md

    def text(self, ports):
        out = []
        for line in self.lines:
            text = line.text
            if line.fields is not None:
                text += 'log-format "L@ %ci:%cp %b/%s %ts %B ' + " ".join(f"{i}:{each}=%[{each}]" for i, each in enumerate(line.fields)) + '"'
            out.append(text.replace("@", str(self.number)))
        text = "\n".join(out) + "\n"
        for name, port in ports.items():
            text = text.replace(f"PORT_{name}", str(port))
        return text


PLAIN = ("bytes_in_rate bytes_out_rate conn_cnt conn_cnt conn_cur conn_cur conn_rate http_err_cnt http_err_rate http_fail_cnt http_fail_rate http_req_cnt "
         "http_req_rate kbytes_in kbytes_out sess_cnt sess_rate gpc0_rate gpc1_rate get_gpc0 get_gpc1 get_gpt0").split()
ARRAYS = ["get_gpc", "gpc_rate", "get_gpt"]
COUNTS = "conn_cnt conn_cur conn_rate sess_cnt sess_rate get_gpc0 get_gpt0 gpc0_rate get_gpc1".split()
KEYS = {  # the longest that a text key gets is 15 bytes
    "ip": ["src", "src", "src", "dst", "src,ipmask(24)", "int(16909060)", "str(1.2.3.4)", "str(no)"],
    "ipv6": ["src", "src", "src", "dst", "src,ipmask(24)", "str(2001:db8::7)", "str(1.2.3.4)"],
    "integer": ["src", "src", "int(5)", "int(-1)", "str(77)", "var(sess.k)", "int(4294967297)"],
    "string": ["src", "src", "str(abc)", "int(12)", "str(a;b)", "str()", "var(sess.k)"],
    "binary": ["src", "src", "str(abc)", "bin(00ff00)", "str()", "var(sess.k)"],
}
PAYLOAD = {"string": ["req.payload(0,3)", "req.payload(0,4),upper", "req.payload(1,2)"], "binary": ["req.payload(0,4)", "req.payload(1,2)"],
           "integer": ["req.payload(0,1),length", "req.payload(1,2),crc32"], "ip": [], "ipv6": []}


class Maker:
    def __init__(self, seed, number):
        self.r = random.Random(f"{seed}/{number}")
        self.number = number

    def chance(self, share):
        return self.r.random() < share

    # --- tables
    def data(self):
        """What a table stores, each with its arguments."""
        r = self.r

        def period():
            return r.choice(["100s", "600s", "1000000", "20m"])
        found = [f"gpc({r.randint(1, 4)})"] if self.chance(0.3) else r.choice([[], ["gpc0"], ["gpc0", "gpc1"], ["gpc1"]])
        found += [f"gpc_rate({r.randint(1, 3)},{period()})"] if self.chance(0.25) else \
            r.choice([[], [f"gpc0_rate({period()})"], [f"gpc0_rate({period()})", f"gpc1_rate({period()})"], [f"gpc1_rate({period()})"]])
        found += [f"gpt({r.randint(1, 3)})"] if self.chance(0.3) else r.choice([[], ["gpt0"]])
        others = ["conn_cnt", "conn_cur", "conn_rate", "sess_cnt", "sess_rate", "bytes_in_cnt", "bytes_in_rate", "bytes_out_cnt", "bytes_out_rate",
                  "server_id", "server_key", "http_req_cnt", "http_req_rate", "http_err_cnt", "http_err_rate", "http_fail_cnt", "http_fail_rate"]
        share = r.choice([0.15, 0.4, 0.9])
        found += [f"{each}({period()})" if each.endswith("_rate") else each for each in others if self.chance(share)]
        r.shuffle(found)
        return found

    def table(self, name):
        r = self.r
        kind = r.choice(["ip", "ip", "ip", "ipv6", "integer", "string", "binary"])
        size = r.choice([1, 2, 3, 4, 5, 8]) if self.chance(0.4) else r.choice([100, 1024])
        data = self.data()
        line = f"stick-table type {kind}"
        if kind in ("string", "binary"):
            line += r.choice(["", f" len {r.randint(16, 40)}"]) if kind == "string" else r.choice(["", f" len {r.randint(4 if size < 20 else 2, 20)}"])
        line += f" size {size}"
        if self.chance(0.7):
            line += f" expire {r.choice(['1h', '10m', '300s'])}" + (" nopurge" if self.chance(0.2) else "")
        if data:
            cut = r.randint(0, len(data))
            line += "".join(f" store {','.join(part)}" for part in ((data,) if self.chance(0.7) else (data[:cut], data[cut:])) if part)
        key = r.choice(["src", "src", "src"] + PAYLOAD[kind])
        return Table(name, kind, size, data, line, key)

    def key(self, table, phase):
        """A key for a table in this phase; none where the table's only key isn't there yet."""
        payload = phase == "content" and self.guarded
        if table.tiny:
            return table.key if payload or "payload" not in table.key else None
        return self.r.choice(KEYS[table.type] + (PAYLOAD[table.type] if payload else []))

    # --- expressions
    def datum(self, table):
        """What a fetch asks for, and its index in an array; mostly what the table has."""
        r = self.r
        if table and table.data and self.chance(0.7):
            stored = r.choice(table.data).split("(")[0]
            name = {"gpc0": "get_gpc0", "gpc1": "get_gpc1", "gpt0": "get_gpt0", "gpc": "get_gpc", "gpt": "get_gpt", "bytes_in_cnt": "kbytes_in",
                    "bytes_out_cnt": "kbytes_out"}.get(stored, stored)
            if not name.startswith("server_"):
                return name, r.randint(0, 2) if name in ARRAYS else None
        return (r.choice(ARRAYS), r.randint(0, 2)) if self.chance(0.15) else (r.choice(PLAIN), None)

    def asked(self, table, prefix, *last):
        """`src_gpc_rate(1,t)` and the like."""
        name, index = self.datum(table)
        arguments = ([] if index is None else [str(index)]) + list(last)
        return f"{prefix}_{name if prefix != 'table' else name.replace('get_', '')}" + (f"({','.join(arguments)})" if arguments else "")

    def changing(self, table, counter, index):
        """A fetch that changes an entry."""
        r = self.r
        choices = [f"sc{counter}_{r.choice(['inc', 'inc', 'clr'])}_gpc{r.randint(0, 1)}", f"sc_{r.choice(['inc', 'clr'])}_gpc({index},{counter})"]
        if self.leaky and not table.tiny:  # src_inc_gpc and src_clr_gpc of an array end 2.6
            choices += [f"src_{r.choice(['inc', 'clr'])}_gpc{r.randint(0, 1)}({table.name})", f"src_updt_conn_cnt({table.name})"]
        return r.choice(choices)

    def fetch(self, phase, changing=False):
        """A number out of a table."""
        r, table = self.r, self.r.choice(self.tables)
        counter = r.choice(list(self.tracked) or [0]) if self.chance(0.8) else r.randint(0, 3)
        if changing:
            return self.changing(table, min(counter, 2), r.randint(0, 2))
        kind = r.random()
        if kind < 0.4:
            name, index = self.datum(self.tracked.get(counter))
            choices = [f"sc_{name}({counter})" if index is None else f"sc_{name}({index},{counter})"] * 6 + [f"sc_tracked({counter})"]
            if index is None and counter < 3:
                choices += [f"sc{counter}_{name}"] * 6
            if not self.leaky:
                choices += [f"sc_trackers({counter})"]
            return r.choice(choices)
        if kind < 0.5 and self.leaky and not any(each.type == "binary" for each in self.tables):  # 2.6 takes its bytes for an address
            return self.asked(table, "sc", str(counter), table.name)
        if kind < 0.55 and self.proxy in [each.name for each in self.tables]:
            return f"src_{r.choice(PLAIN)}"
        if kind < 0.75:
            return self.asked(table, "src", table.name)
        choices = [self.asked(table, "table", table.name)] * 5 + [f"table_server_id({table.name})", f"in_table({table.name})"]
        if not self.leaky:
            choices.append(f"table_trackers({table.name})")
        return f"{self.key(table, phase) or 'src'},{r.choice(choices)}"

    def test(self, phase):
        r, table = self.r, self.r.choice(self.tables)
        counter = r.randint(0, 2)
        return r.choice([
            lambda: f"{{ sc{counter}_{r.choice(COUNTS)} {r.choice(['gt', 'ge', 'eq', 'lt'])} {r.randint(0, 4)} }}",
            lambda: f"{{ src_{r.choice(COUNTS)}({table.name}) {r.choice(['gt', 'ge', 'eq'])} {r.randint(0, 4)} }}",
            lambda: f"{{ {self.key(table, phase) or 'src'},in_table({table.name}) }}",
            lambda: f"{{ {self.key(table, phase) or 'src'},table_{r.choice(COUNTS).replace('get_', '')}({table.name}) gt {r.randint(0, 3)} }}",
            lambda: f"{{ sc{counter}_tracked }}",
            lambda: f"{{ src {r.choice(self.sources)} }}",
            lambda: f"{{ {self.fetch(phase)} -m found }}",
            lambda: f"{{ {self.fetch(phase, changing=True)} gt {r.randint(0, 4)} }}",
        ])()

    def condition(self, phase):
        r = self.r
        return r.choice(["if", "if", "unless"]) + "".join(
            (" or" if i and self.chance(0.3) else "") + (" !" if self.chance(0.25) else " ") + self.test(phase) for i in range(r.choice([1, 1, 1, 2])))

    # --- rules
    def track(self, phase):
        r, table = self.r, self.r.choice(self.tables)
        key = self.key(table, phase)
        if not key or (table.tiny and table.name == "b@"):  # to learn, 2.6 makes room even for a key that is there
            return None
        where = "" if self.proxy == table.name and self.chance(0.5) else f" table {table.name}"
        counter = r.randint(0, 2)
        self.tracked.setdefault(counter, table)
        return f"track-sc{counter} {key}{where}"

    def change(self, phase):
        r = self.r
        counter, index = r.choice(list(self.tracked) or [0]) if self.chance(0.8) else r.randint(0, 2), r.randint(0, 2)
        choices = [f"sc-inc-gpc0({counter})", f"sc-inc-gpc1({counter})", f"sc-inc-gpc({index},{counter})", f"sc-inc-gpc({index},{counter})",
                   f"sc-set-gpt0({counter}) {r.randint(0, 9)}", f"sc-set-gpt({index},{counter}) {r.randint(0, 9)}"]
        if phase != "connection":  # 2.6 refuses expressions there: "internal error"
            choices += [f"sc-set-gpt0({counter}) src_{r.choice(PLAIN)}({r.choice(self.tables).name})", f"sc-set-gpt({index},{counter}) {self.fetch('log')}"]
        return r.choice(choices)

    def rule(self, phase, prefix):
        r = self.r
        kind = r.random()
        condition = f" {self.condition(phase)}" if self.chance(0.35) else ""
        if kind < 0.4:
            action = self.track(phase)
        elif kind < 0.65:
            action = self.change(phase)
        elif kind < 0.85:
            self.variables += 1
            action = f"set-var(sess.v{self.variables}) {self.fetch(phase, changing=self.chance(0.15))}"
        elif kind < 0.93:
            action, condition = r.choice(["reject", "reject", "accept"]), f" {self.condition(phase)}"
            if action == "reject" and phase == "content":  # what had come by then is counted: all of it, or nothing
                if not self.guarded:
                    return None
                self.largest = 1000
        else:
            action = f"set-var(sess.k) {r.choice(['src', 'int(7)', 'str(k)', 'int(9)'])}"
        return Line(f"    {prefix} {action}{condition}", True) if action else None

    def rules(self, phase, prefix, most):
        return [line for line in (self.rule(phase, prefix) for _ in range(self.r.randint(0, most))) if line]

    def frontend(self, name):
        r = self.r
        self.proxy, self.variables, self.guarded, self.tracked = name, 0, False, {}
        lines = [Line(f"frontend {name}"), Line(f"    bind 127.0.0.1:PORT_{name}" + (" accept-proxy" if self.proxied else ""))]
        lines += [Line(f"    {table.line}") for table in self.tables if table.name == name]
        first = [self.track("connection") for _ in range(r.choice([0, 1, 1, 1, 2]))]
        lines += [Line(f"    tcp-request connection {track}", True) for track in first if track]
        lines += self.rules("connection", "tcp-request connection", 4) + self.rules("session", "tcp-request session", 3)
        self.guarded = self.chance(0.5)
        content = self.rules("content", "tcp-request content", 4)
        if self.guarded:  # nothing is done before all that any key needs is there
            lines += [Line("    tcp-request inspect-delay 20s"), Line("    tcp-request content set-var(txn.w) int(1) if { req.payload(0,4) -m found }")]
        lines += content
        fields = list(dict.fromkeys(self.fetch("log", changing=self.chance(0.05)) for _ in range(r.randint(6, 30))))
        fields += [f"var(sess.v{i + 1})" for i in range(self.variables)] + ["var(sess.r0)", "var(sess.r1)"]
        fields += [f"{r.choice(['table_cnt', 'table_avl'])}({table.name})" for table in self.tables if self.chance(0.3)]
        return lines + [Line("    ", True, fields), Line("    default_backend b@")]

    def stick(self):
        """Lines of a backend that sticks to servers."""
        r, lines = self.r, []
        names = [table for table in self.tables if table.name == "b@" or not table.tiny and self.chance(0.3)]
        response = False
        for _ in range(r.randint(1, 3)):
            if not names:
                break
            table = r.choice(names)
            if table.tiny:  # 2.6 makes room for each rule
                names.remove(table)
            kind = r.choice(["on", "on", "match", "store-request", "store-request", "store-response"])
            key = table.key if table.tiny else r.choice(KEYS[table.type])
            if "payload" in key:
                continue
            if kind == "store-response" and not table.tiny and table.type in ("string", "binary", "integer") and self.chance(0.7):
                key, response = "res.payload(0,2)" + (",crc32" if table.type == "integer" else ""), True
            where = "" if table.name == "b@" and self.chance(0.5) else f" table {table.name}"
            test = r.choice(self.sources) if kind != "store-response" or self.chance(0.5) else "127.0.0.0/8"
            lines.append(Line(f"    stick {kind} {key}{where}" + (f" {r.choice(['if', 'unless'])} {{ src {test} }}" if self.chance(0.3) else ""), True))
        if response:
            lines += [Line("    tcp-response inspect-delay 20s"), Line("    tcp-response content accept if { res.payload(0,2) -m found }")]
        return lines

    def backend(self):
        r = self.r
        lines = [Line("backend b@"), Line(f"    balance {r.choice(['roundrobin', 'static-rr'])}")]
        lines += [Line(f"    {table.line}" + r.choice(["", "", " srvkey name", " srvkey addr"])) for table in self.tables if table.name == "b@"]
        self.proxy, self.guarded, self.tracked = "b@", False, {}
        if self.chance(0.3):
            lines += self.rules("content", "tcp-request content", 2)
        if self.sticking:
            lines += self.stick()
        for number in range(r.choice([0, 0, 1, 2])):
            action = self.change("response") if self.chance(0.5) else f"set-var(sess.r{number}) {self.fetch('response')}"
            lines += [Line(f"    tcp-response content {action}" + (f" {self.condition('response')}" if self.chance(0.3) else ""), True)]
        if self.chance(0.15):
            lines += [Line(f"    use-server s{r.randint(1, SERVERS)} if {{ src {r.choice(self.sources)} }}", True)]
        learns = not any(table.tiny and table.name == "b@" for table in self.tables)  # 2.6 makes room for what it then doesn't learn, too
        lines += [Line(f"    server s{i + 1} 127.0.0.1:SERVER{i}" + (" non-stick" if learns and self.chance(0.08) else "") + (f" id {r.randint(20, 90) + i * 100}" if self.chance(0.2) else ""))
                  for i in range(SERVERS)]
        return lines

    # --- schedule
    def message(self):
        r = self.r
        size = r.choice([20, r.randint(20, 300), r.randint(300, 5000), r.randint(5000, 40000)])
        return min(size, self.largest), r.choice([10, r.randint(10, 300), r.randint(300, 5000), r.randint(5000, 40000)])

    def table_key(self, table):
        r = self.r
        return {"ip": r.choice(self.sources), "ipv6": r.choice(["2001:db8::7", "::ffff:" + r.choice(self.sources)] + [each for each in self.told if ":" in each]),
                "integer": r.choice(["5", "77", "4294967295"]), "string": r.choice(["abc", r.choice(self.words), r.choice(self.sources)]),
                "binary": "abc"}[table.type]

    def look(self, idle):
        """A command about a table; `idle`: no entry is tracked."""
        r, table = self.r, self.r.choice(self.tables)
        kind = r.random()
        names = [each.split("(")[0] for each in table.data if not each.startswith("server_")]
        if kind < 0.4 or (table.tiny and kind >= 0.7):
            return f"show table {table.name}"
        if kind < 0.55:
            name = r.choice(names or ["gpc0"])
            what = "clear" if idle and not self.leaky and not table.tiny and self.chance(0.3) else "show"
            return f"{what} table {table.name}" + (f" data.{name} {r.choice(['gt', 'ge', 'eq', 'ne', 'le', 'lt'])} {r.randint(0, 3)}" if self.chance(0.8) else "")
        if kind < 0.7:
            return f"show table {table.name} key {self.table_key(table)}"
        if kind < 0.9 or self.leaky:
            return f"set table {table.name} key {self.table_key(table)}" + "".join(
                f" data.{r.choice(names or ['gpc0'])} {r.choice([0, 1, 3, 9, 4294967295])}" for _ in range(r.randint(1, 2)))
        return f"clear table {table.name} key {self.table_key(table)}"

    def schedule(self, frontends):
        r, steps, held, number = self.r, [], [], 0
        most = 1 if self.full else 4
        for _ in range(r.randint(8, 26)):
            kind = r.random()
            if held and (kind < 0.2 or len(held) >= most):
                steps.append(("close", held.pop(r.randrange(len(held))), r.choice(["fin", "fin", "server", "reset"])))
            elif held and kind < 0.35:
                steps.append(("more", r.choice(held), *self.message()))
            elif kind < 0.45:
                steps.append(("command", self.look(not held)))
            else:
                number += 1
                if self.full:  # where a full table's oldest entries were used again, 2.6 finds no room: a key is used in one go
                    again = number == 1 or self.chance(0.3) and not any(table.tiny and table.name == "b@" for table in self.tables)
                    self.sources = self.sources if again else [f"127.0.3.{number}"]
                    self.words = self.words if again else [f"{number:04}"]
                steps.append(("open", number, r.choice(frontends) + "@", r.choice(self.sources), r.choice(self.told), r.choice(self.words), *self.message()))
                if self.chance(0.35):
                    held.append(number)
                else:
                    steps.append(("close", number, r.choice(["fin", "fin", "server", "reset"])))
        return steps + [("close", each, "fin") for each in held]

    def make(self):
        r = self.r
        self.sources = [f"127.0.{r.randint(0, 2)}.{r.randint(1, 250)}" for _ in range(r.randint(1, 7))]
        self.words = ["".join(r.choice("ab12") for _ in range(4)) for _ in range(r.randint(1, 5))]
        frontends = r.choice(["f", "f", "fg"])
        self.sticking = self.chance(0.5)
        self.largest = 1 << 20
        self.leaky = self.chance(0.25)
        names = ["t@a", "t@b", "t@c"][:r.randint(1, 3)] + [each + "@" for each in frontends if self.chance(0.4)] + (["b@"] if self.sticking and self.chance(0.8) else [])
        self.tables = [self.table(name) for name in names]
        self.full = any(table.tiny for table in self.tables)
        self.proxied = self.chance(0.2) and not self.full
        self.told = [r.choice(["10.1.2.", "192.0.2.", "127.0.0."]) + str(r.randint(1, 9)) if self.chance(0.6) else f"2001:db8::{r.randint(1, 9)}"
                     for _ in range(r.randint(1, 4))]
        if self.full:
            self.leaky = False
        lines = []
        for table in self.tables:
            if table.name.startswith("t@"):
                lines += [Line(f"backend {table.name}"), Line(f"    {table.line}")]
        if self.full:
            self.sources, self.words = self.sources[:1], self.words[:1]
        for name in frontends:
            lines += self.frontend(name + "@")
        lines += self.backend()
        return Scenario(self.number, str(self.number), lines, self.schedule(frontends), frontends, names, self.proxied, self.leaky)


# --- one program with its clients --------------------------------------------------------------------------------------
class Log(asyncio.DatagramProtocol):
    """Log lines of a program by scenario and client."""

    def __init__(self):
        self.lines, self.waiting = collections.defaultdict(list), {}

    def datagram_received(self, data, addr):
        found = re.search(r"L(\d+) (\S+) (.*)", data.decode("utf-8", "backslashreplace"), re.S)
        if found:
            key = int(found[1]), found[2]
            self.lines[key].append(found[3].rstrip("\n\0"))
            if key in self.waiting:
                self.waiting.pop(key).set()

    async def wait(self, key, count, limit):
        end = time.monotonic() + limit
        while len(self.lines[key]) < count and (left := end - time.monotonic()) > 0:
            event = self.waiting.setdefault(key, asyncio.Event())
            try:
                await asyncio.wait_for(event.wait(), left)
            except asyncio.TimeoutError:
                pass


class Client:
    def __init__(self, source, told, proxied):
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.bind((source, 0))
        self.port = self.sock.getsockname()[1]
        self.address = f"{told if proxied else source}:{self.port}"
        self.header = b""
        if proxied:
            family, server = ("TCP6", "2001:db8::99") if ":" in told else ("TCP4", "192.0.2.99")
            self.header = f"PROXY {family} {told} {server} {self.port} 443\r\n".encode()
        self.reader = self.writer = None

    async def connect(self, port):
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(self.sock, ("127.0.0.1", port)), LIMIT)
        self.reader, self.writer = await asyncio.open_connection(sock=self.sock, limit=1 << 20)

    async def talk(self, word, size, wanted, flag="-"):
        """Sends `size` bytes and reads the `wanted` bytes of the answer; what it begins with."""
        message = f"{word} {wanted:06} {flag} ".encode()
        try:
            self.writer.write(self.header + message.ljust(size - 1, b".") + b"\n")
            self.header = b""
            answer = await asyncio.wait_for(self.reader.readline(), LIMIT)
        except asyncio.TimeoutError:
            return "no answer"
        except OSError:
            answer = b""
        return f"{answer[:2].decode()} and {len(answer)} bytes" if answer.endswith(b"\n") else "closed"

    async def end(self, how):
        """Until the connection is over on both sides."""
        try:
            if how == "reset":
                self.sock_option()
                self.writer.transport.abort()
                return
            if how == "fin":
                self.writer.write_eof()
            await asyncio.wait_for(self.reader.read(-1), LIMIT)
        except (OSError, asyncio.TimeoutError):
            pass
        self.writer.close()

    def sock_option(self):
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def serve(reader, writer, number):
    """A server: each line says how long the answer has to be, and whether it is the last one."""
    try:
        while line := await reader.readline():
            if not line.endswith(b"\n"):
                break
            _, wanted, flag = line.split()[:3]
            writer.write(f"s{number + 1}".encode().ljust(int(wanted) - 1, b"-") + b"\n")
            await writer.drain()
            if flag == b"C":
                break
    except (OSError, ValueError):
        pass
    writer.close()


VOLATILE = re.compile(r"^0x[0-9a-f]+:|exp=\d+")


class Died(Exception):
    """A program ended before its time: its name, status and what a sanitizer said."""


class Program:
    """Runs scenarios under one program; `results[number]` is a transcript."""

    def __init__(self, command, scenarios, folder):
        self.command, self.scenarios, self.folder = command, scenarios, folder
        self.ports, self.log, self.results = Ports(), None, {}
        self.commands = asyncio.Semaphore(8)
        self.process = None

    async def run(self, servers, side_by_side, threads):
        loop = asyncio.get_running_loop()
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        transport, self.log = await loop.create_datagram_endpoint(Log, sock=receiver)
        where = {f"{name}{scenario.number}": self.ports.take() for scenario in self.scenarios for name in scenario.frontends}
        path = os.path.join(self.folder, "program.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD.format(threads=threads, udp=receiver.getsockname()[1], dir=self.folder))
            for scenario in self.scenarios:
                text = scenario.text({f"{name}{scenario.number}": where[f"{name}{scenario.number}"] for name in scenario.frontends})
                for index, port in enumerate(servers):
                    text = text.replace(f"SERVER{index}", str(port))
                file.write(text)
        errors = open(path + ".err", "wb")
        self.process = subprocess.Popen(self.command + ["-f", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            await self.started(set(where.values()), path)
            limit = asyncio.Semaphore(side_by_side)
            talks = asyncio.gather(*(self.scenario(scenario, where, limit) for scenario in self.scenarios), return_exceptions=True)
            while not talks.done() and self.process.poll() is None:
                await asyncio.wait({talks}, timeout=0.1)
            if self.process.poll() is not None:
                talks.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await talks
                raise Died(self.command[0], self.process.returncode, self.complaint(path))
            for failure in talks.result():
                if failure:
                    raise failure
        finally:
            self.process.terminate()
            self.process.wait()
            errors.close()
            transport.close()
            self.ports.close()
        if complaint := self.complaint(path):
            raise Died(self.command[0], "with a complaint", complaint)

    @staticmethod
    def complaint(path):
        """What a sanitizer wrote."""
        with open(path + ".err", encoding="utf-8", errors="replace") as file:
            found = re.search(r".*(Sanitizer|runtime error:)[\s\S]*", file.read())
        return found[0][:4000] if found else ""

    async def started(self, ports, path):
        end = time.monotonic() + 60
        while not (ports <= listening() and os.path.exists(f"{self.folder}/stats.sock")):
            if self.process.poll() is not None or time.monotonic() > end:
                with open(path + ".err", encoding="utf-8", errors="replace") as file:
                    raise RuntimeError(f"{self.command[0]} does not start with {path}: {file.read()[-4000:]}")
            await asyncio.sleep(0.02)

    async def ask(self, text):
        async with self.commands:
            try:
                reader, writer = await asyncio.open_unix_connection(f"{self.folder}/stats.sock")
                writer.write(text.encode() + b"\n")
                answer = await asyncio.wait_for(reader.read(-1), LIMIT)
                writer.close()
            except (OSError, asyncio.TimeoutError) as error:
                return f"no answer: {type(error).__name__}"
        return answer.decode("latin-1")

    async def scenario(self, scenario, where, limit):
        async with limit:
            self.results[scenario.number] = await Talk(self, scenario, where).run()


class Talk:
    """The schedule of one scenario; its transcript has no port and no address in memory."""

    def __init__(self, program, scenario, where):
        self.program, self.scenario, self.where = program, scenario, where
        self.clients, self.lines, self.sessions, self.seen = {}, [], {}, collections.Counter()

    async def run(self):
        for step in self.scenario.steps:
            await getattr(self, step[0])(*step[1:])
            await asyncio.sleep(GAP)
        for name in self.scenario.tables:
            await self.command(f"show table {name}")
        await asyncio.sleep(0)
        for number, (key, index) in self.sessions.items():
            logged = self.program.log.lines[key]
            self.lines.append(f"log of {number}: " + (logged[index] if index < len(logged) else "nothing"))
        return self.lines

    async def logged(self, number, limit):
        key, index = self.sessions[number]
        await self.program.log.wait(key, index + 1, limit)

    async def open(self, number, frontend, source, told, word, size, wanted):
        client = Client(source, told, self.scenario.proxied)
        key = self.scenario.number, client.address
        self.sessions[number] = key, self.seen[key]
        self.seen[key] += 1
        answer = "closed"
        try:
            await client.connect(self.where[frontend.replace("@", str(self.scenario.number))])
            answer = await client.talk(word, size, wanted)
        except asyncio.TimeoutError:
            answer = "no connection"
        except OSError:
            pass
        self.lines.append(f"open {number}: {answer}")
        if answer == "closed":  # those whose connection was rejected are not logged
            client.sock.close() if client.writer is None else client.writer.close()
            await self.logged(number, 0.03)
        else:
            self.clients[number] = client

    async def more(self, number, size, wanted):
        if number in self.clients:
            self.lines.append(f"more {number}: {await self.clients[number].talk('more', size, wanted)}")

    async def close(self, number, how):
        client = self.clients.pop(number, None)
        if client:
            if how == "server":
                self.lines.append(f"last {number}: {await client.talk('last', 30, 20, 'C')}")
            await client.end(how)
            await self.logged(number, LIMIT)

    async def command(self, text):
        text = text.replace("@", str(self.scenario.number))
        answer = await self.program.ask(text)
        self.lines.append(f"> {text}")
        for line in answer.split("\n"):
            line = VOLATILE.sub("", line)
            if self.scenario.leaky:
                line = re.sub(r"use=\d+ ", "", line)
            self.lines.append("  " + line.strip())


# --- comparison ------------------------------------------------------------------------------------------------------
async def both(options, scenarios, folder):
    listeners = [await asyncio.start_server(lambda reader, writer, i=i: serve(reader, writer, i), "127.0.0.1", 0, backlog=512, limit=1 << 20) for i in range(SERVERS)]
    servers = [listener.sockets[0].getsockname()[1] for listener in listeners]
    programs = []
    for role, command in (("oracle", options.haproxy), ("test", options.haproxy if options.twice else options.shunt)):
        programs.append(Program([command, "-db"], scenarios, tempfile.mkdtemp(prefix=role, dir=folder)))
    ends = await asyncio.gather(*(program.run(servers, options.side_by_side, options.threads) for program in programs), return_exceptions=True)
    for listener in listeners:
        listener.close()
    for failure in ends:
        if failure and not isinstance(failure, Died):
            raise failure
    return [end or program.results for end, program in zip(ends, programs)]


def differing(options, scenarios, folder):
    """[(scenario, HAProxy's transcript, shunt's)] of those that are not the same. Where one of the programs dies, its scenarios
    are run in smaller groups; those that HAProxy doesn't survive are not compared."""
    found = []
    for begin in range(0, len(scenarios), options.batch):
        batch = scenarios[begin:begin + options.batch]
        expected, tested = asyncio.run(both(options, batch, folder))
        if isinstance(expected, Died) or isinstance(tested, Died):
            half = len(batch) // 2
            if isinstance(tested, Died) and not isinstance(expected, Died):
                options.deaths.append(str(tested))  # counts, even if no smaller group brings it about
            if half:
                found += differing(options, batch[:half], folder) + differing(options, batch[half:], folder)
            elif isinstance(expected, Died):
                options.lethal.add(batch[0].name)
            else:
                found.append((batch[0], expected[batch[0].number], [str(tested)]))
            continue
        found += [(each, expected[each.number], tested[each.number]) for each in batch if expected[each.number] != tested[each.number]]
    return found


def smaller(scenario):
    """Scenarios that lack a piece of this one: steps, rules or logged fields."""
    found = []

    def without(change):
        other = copy.deepcopy(scenario)
        change(other)
        found.append(other)

    def pieces(count):
        size = max(1, count // 2)
        while count:
            for begin in range(0, count, size):
                yield begin, begin + size
            if size == 1:
                return
            size //= 2

    for begin, end in pieces(len(scenario.steps)):
        without(lambda other, begin=begin, end=end: other.steps.__delitem__(slice(begin, end)))
    for index, line in enumerate(scenario.lines):
        if line.fields:
            for begin, end in pieces(len(line.fields)):
                without(lambda other, index=index, begin=begin, end=end: other.lines[index].fields.__delitem__(slice(begin, end)))
        elif line.removable and line.fields is None:
            without(lambda other, index=index: other.lines.__delitem__(index))
    return found


def shrunk(options, scenario, folder, seconds=40):
    """The smallest one found that still differs, with both transcripts."""
    best, end = None, time.monotonic() + seconds
    while time.monotonic() < end:
        for_now = smaller(best[0] if best else scenario)
        for index, each in enumerate(for_now):
            each.number = index
        found = differing(options, for_now, folder)
        found = differing(options, [each for each, _, _ in found], folder)
        if not found:
            break
        best = min(found, key=lambda each: len(each[0].steps) * 3 + sum(bool(line.text) + len(line.fields or []) for line in each[0].lines))
    return best


def show(scenario, expected, tested):
    print(f"scenario {scenario.name}{', with PROXY headers' if scenario.proxied else ''}:")
    print("    " + scenario.text({}).replace("\n", "\n    "))
    for step in scenario.steps:
        print("   ", *step)
    for index in range(max(len(expected), len(tested))):
        one, other = (lines[index] if index < len(lines) else "(end)" for lines in (expected, tested))
        if one == other:
            continue
        words = one.split(), other.split()
        if len(words[0]) == len(words[1]) and len(words[0]) > 6:
            one, other = (" ".join(mine[:3] + [a for a, b in zip(mine[3:], its[3:]) if a != b]) for mine, its in (words, words[::-1]))
        print(f"  haproxy {one}\n  shunt   {other}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shunt")
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--side-by-side", type=int, default=12, help="how many scenarios of a batch run at a time")
    parser.add_argument("--threads", type=int, default=1, help="of each program")
    parser.add_argument("--only", type=int, action="append", help="a scenario by its number, may be repeated")
    parser.add_argument("--twice", action="store_true", help="HAProxy against HAProxy: is every scenario deterministic?")
    parser.add_argument("--whole", action="store_true", help="show scenarios that differ as they are, not made smaller")
    options = parser.parse_args()
    if not os.access(options.haproxy, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    options.lethal = set()  # names of scenarios that end HAProxy
    options.deaths = []  # of shunt, and what its sanitizers said
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    folder = tempfile.mkdtemp(prefix="random-tables-")
    try:
        return compared(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compared(options, folder):
    """The exit status."""
    scenarios = [Maker(options.seed, number).make() for number in options.only or range(options.scenarios)]
    wrong = differing(options, scenarios, folder)
    first = len(wrong)
    for _ in range(3):  # what was late once is alike in one of the next runs; what is wrong never is
        if wrong:
            wrong = differing(options, [each for each, _, _ in wrong], folder)
    print(f"seed {options.seed}: {len(scenarios)} scenarios with {sum(len(each.frontends) for each in scenarios)} frontends, "
          f"{sum(step[0] == 'open' for each in scenarios for step in each.steps)} connections, {first} differed at first, {len(options.lethal)} ended HAProxy: "
          f"{len(wrong)} differ {[each.number for each, _, _ in wrong][:40]}", flush=True)
    deaths = list(options.deaths)
    for text in deaths[:3]:
        print(f"shunt ended, or a sanitizer spoke: {text}", flush=True)
    end = time.monotonic() + 80  # for making all of them smaller
    for each in wrong[:10]:
        left = end - time.monotonic()
        show(*(not options.whole and left > 0 and shrunk(options, each[0], folder, min(left, 40)) or each))
    return 1 if wrong or deaths else 0


if __name__ == "__main__":
    sys.exit(main())
