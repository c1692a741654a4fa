#!/usr/bin/env python3
"""Real servers with their own clients: Debian's PostgreSQL and Redis behind HAProxy and behind shunt, the same commands through both,
and the same answers. What is not installed is skipped, loudly.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

import real_servers
from ports import Ports

CONFIG = """global
    nbthread 2
    log stdout format raw local0
defaults
    mode tcp
    log global
    option tcplog
    option clitcpka
    timeout connect 2s
    timeout client 20s
    timeout server 20s
listen redis
    bind 127.0.0.1:{redis_front}
    option tcp-smart-connect
    server dead 127.0.0.1:1 check inter 100ms
    server main 127.0.0.1:{redis} check inter 200ms on-marked-down shutdown-sessions
listen sql
    bind 127.0.0.1:{sql_front}
    bind unix@{folder}/.s.PGSQL.{sql_front} mode 666
    option splice-response
    balance leastconn
    server main 127.0.0.1:{sql} maxconn 30 check inter 200ms
listen short
    bind 127.0.0.1:{short_front}
    timeout client 700ms
    server main 127.0.0.1:{sql}
backend checked-redis
    option log-health-checks
    option redis-check
    server right 127.0.0.1:{redis} check inter 400ms
    server wrong 127.0.0.1:{sql} check inter 400ms
    server none 127.0.0.1:1 check inter 400ms
backend checked-role
    option log-health-checks
    option tcp-check
    tcp-check send PING\r\n
    tcp-check expect string +PONG
    tcp-check send info\ replication\r\n
    tcp-check expect string role:master on-success "master of %[srv_name]"
    server right 127.0.0.1:{redis} check inter 400ms
backend checked-sql
    option log-health-checks
    option pgsql-check user postgres
    server right 127.0.0.1:{sql} check inter 400ms
    server wrong 127.0.0.1:{redis} check inter 400ms
backend checked-nobody
    option log-health-checks
    option pgsql-check user nobody-of-that-name
    server right 127.0.0.1:{sql} check inter 400ms
"""


class Steps:
    """Commands and what they printed."""

    def __init__(self):
        self.lines = []

    def run(self, words, stdin=None, hide=(), limit=60, keep=True):
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=limit, check=False)
        text = (done.stdout if keep else "") + done.stderr
        for pattern, shown in hide:
            text = re.sub(pattern, shown, text)
        self.lines.append(f"{' '.join(words[1:])[:60]}: exit {done.returncode}: {len(text)} bytes: {text[:3000]}")


# --- Redis -----------------------------------------------------------------------------------------------------------
def use_redis(port, steps):
    def cli(*words, **options):
        steps.run(["redis-cli", "-p", str(port), *words], hide=[(str(port), "PORT")], **options)

    cli("flushall")
    cli("set", "name", "value with blanks")
    cli("get", "name")
    cli("-x", "set", "large", stdin="0123456789abcdef" * 300000)
    cli("strlen", "large")
    cli("getrange", "large", "4799990", "4799999")
    cli(stdin="multi\nincr n\nincr n\nexec\nquit\n")
    inserts = "".join(f"*3\r\n$3\r\nSET\r\n${len(f'k{i}')}\r\nk{i}\r\n$1\r\nv\r\n" for i in range(20000))
    cli("--pipe", stdin=inserts)
    cli("dbsize")
    cli("lrange", "nothing", "0", "-1")
    cli("subscribe", stdin="")
    steps.run(["redis-benchmark", "-p", str(port), "-n", "5000", "-c", "40", "-q", "-t", "set,get"], hide=[(r"[\d.]+", "N")], keep=False)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------
def use_sql(port, short_port, folder, programs, steps):
    def psql(host, port, script, **options):
        steps.run(["psql", "-X", "-h", host, "-p", str(port), "-U", "postgres", "-At"], stdin=script,
                  hide=[(str(port), "PORT"), (re.escape(folder), "FOLDER"), (r"PID \d+", "PID")], **options)

    psql("127.0.0.1", port, "set client_min_messages = warning; drop table if exists t; create table t(n int primary key, text text); select 1+1;")
    psql("127.0.0.1", port, "insert into t select n, md5(n::text) from generate_series(1, 50000) n; select count(*), md5(string_agg(text, '' order by n)) from t;")
    psql("127.0.0.1", port, "\\copy t to program 'md5sum'\n")
    psql(folder, port, "select count(*) from t;")
    psql("127.0.0.1", port, "listen news; notify news, 'hello'; select 1;")
    psql("127.0.0.1", port, "set statement_timeout = 100; select pg_sleep(5);")
    psql("127.0.0.1", port, "select repeat('x', 3000000);", keep=False)
    psql("127.0.0.1", port, "this is no sql;\n\\q\n")
    psql("127.0.0.1", short_port, "select 1;\n\\! sleep 1.2\nselect 2;\n")
    pgbench = os.path.join(programs, "pgbench")
    target = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "postgres"]
    steps.run([pgbench, "-i", "-q", *target], hide=[(r"(?s).*", "")])
    steps.run([pgbench, "-n", "-c", "10", "-t", "40", *target], hide=[(r"(?s).*(number of transactions actually processed: \S+).*", r"\1")])
    psql("127.0.0.1", port, "select count(*) from pgbench_history;")


# --- the comparison --------------------------------------------------------------------------------------------------
def through(program, config, fronts, folder, use):
    path = os.path.join(folder, "db.cfg")
    with open(path, "w", encoding="ascii") as file:
        file.write(config)
    with open(os.path.join(folder, "log"), "wb") as log:
        running = subprocess.Popen([program, "-f", path, "-db"], stdout=log, stderr=log)
        steps = Steps()
        try:
            real_servers.wait_until(lambda: all(map(real_servers.listens, fronts)), program, 5)
            time.sleep(0.5)  # the dead server is found dead
            use(steps)
        finally:
            running.terminate()
            running.wait(10)
    with open(os.path.join(folder, "log"), encoding="utf-8", errors="replace") as log:
        # Without bytes it was the question whether the port is open.
        said = log.read()
    ends = re.findall(r" (redis/main|sql/main|short/main) \S+ [1-9]\d* (\S\S) ", said)
    verdicts = {re.sub(r"duration: \d+ms", "duration", line) for line in re.findall(r"Health check for server checked-.*?\.$", said, re.MULTILINE)}
    return steps.lines, sorted(set(ends)), sorted(verdicts)


def differs(theirs, ours):
    for left, right in zip(theirs[0], ours[0]):
        if left != right:
            print(f"DIFFERS\n  HAProxy: {left}\n  shunt:   {right}")
    if theirs[1] != ours[1]:
        print(f"DIFFERS in the ends of sessions\n  HAProxy: {theirs[1]}\n  shunt:   {ours[1]}")
    for left, right in zip(theirs[2], ours[2]):
        if left != right:
            print(f"DIFFERS in a check\n  HAProxy: {left}\n  shunt:   {right}")
    return theirs != ours


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shunt", required=True)
    options.add_argument("--oracle", default="/usr/sbin/haproxy")
    given = options.parse_args()
    if not os.access(given.oracle, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    ports = Ports()
    names = ("redis", "redis_front", "sql", "sql_front", "short_front")
    numbers = {name: ports.take() for name in names}
    running, uses, skipped = {}, [], []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        try:
            for name, kind in (("redis", real_servers.Redis), ("sql", real_servers.PostgreSql)):
                try:
                    running[name] = kind(name, numbers[name], folder)
                    running[name].start()
                except real_servers.Missing as missing:
                    skipped.append(str(missing))
            if "redis" in running:
                uses.append(lambda steps: use_redis(numbers["redis_front"], steps))
            if "sql" in running:
                uses.append(lambda steps: use_sql(numbers["sql_front"], numbers["short_front"], folder, running["sql"].programs, steps))
            config = CONFIG.format(folder=folder, **numbers)
            fronts = [numbers[name] for name in names if name.endswith("front")]
            results = [through(program, config, fronts, folder, lambda steps: [use(steps) for use in uses])
                       for program in (given.oracle, given.shunt)]
        finally:
            for server in running.values():
                server.stop()
    for name in skipped:
        print(f"SKIPPED: {name} is not installed")
    if not uses:
        return 77
    wrong = differs(*results)
    print(f"{len(results[0][0])} commands, {len(results[0][2])} verdicts of checks, ends {results[0][1]}: {'they differ' if wrong else 'all alike'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
