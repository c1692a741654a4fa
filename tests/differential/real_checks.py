#!/usr/bin/env python3
"""Health checks and e-mail alerts against real servers: each kind of check against each of Debian's servers, by HAProxy and by shunt at the
same time. The servers are there, go away and come back; what both say of each server in each of these phases, on the statistics socket,
too, and the mails that arrive have to be the same. What is not installed is skipped, loudly.
"""

import argparse
import collections
import csv
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import certs
import real_servers
from ports import Ports
from real_servers import Missing, wait_until

TOP = """global
    log stdout format raw local0
    ssl-server-verify none
    stats socket {folder}/stats.sock level admin
mailers aiosmtpd
    timeout mail 5s
    mailer one 127.0.0.1:{post}
mailers postfix
    timeout mail 5s
    mailer two 127.0.0.1:{postfix_post}
defaults
    mode tcp
    log global
    option log-health-checks
    balance roundrobin
    timeout connect 2s
    timeout client 4s
    timeout server 4s
    timeout check 1500ms
frontend unused
    bind 127.0.0.1:{front}
"""

CHECKS = {
    "mysql": "option mysql-check",
    "mysql-user": "option mysql-check user check",
    "mysql-post": "option mysql-check user check post-41",
    "mysql-old": "option mysql-check user check pre-41",
    "mysql-nobody": "option mysql-check user nobody",
    "mysql-secret": "option mysql-check user secret",
    "mysql-locked": "option mysql-check user locked",
    "ldap": "option ldap-check",
    "smtp": "option smtpchk",
    "smtp-ehlo": "option smtpchk EHLO client.test",
    "smtp-helo": "option smtpchk HELO client.test",
    "smtp-other": "option smtpchk NOOP client.test",
    "pgsql": "option pgsql-check user postgres",
    "pgsql-nobody": "option pgsql-check user nobody",
    "redis": "option redis-check",
    "tls-hello": "option ssl-hello-chk",
    "http": "option httpchk",
    "agent": "option spop-check",
}
# What no two checks have in common; a process id is that of the server's child.
# Whether a server that was told something else ends or resets the connection depends on what it has read by then.
HIDDEN = [(r"check duration: \d+ms", "check duration: ?"), (r"in \d+ms", "in ?ms"), (r"^\[\w+\] .*?: ", ""), (r"^backend '(.*)' has", r"backend \1 has"),
          (r"SSL handshake failure \(Connection refused\)", "Connection refused"),  # HAProxy says it now and then
          (r"Socket error(, info: \"Connection reset by peer\")?|Layer\d [\w ]+(, code: 0)?, info: \"TCPCHK got an empty response at step \d+\"", "the connection ended"),
          (r"SOCKERR|L[67]\w+(?=.*got an empty response)", "ENDED"),
          (r"(\|0)?(\|\d*\|\d*\|\d*\|)Layer\d [\w ]+(\|[^|]*\|)TCPCHK got an empty response at step \d+", r"\2the connection ended\3")]
COLUMNS = ("status", "weight", "act", "bck", "chkdown", "check_status", "check_code", "check_rise", "check_fall", "check_health", "check_desc",
           "tracked", "last_chk", "addr")
STATES = ("srv_op_state", "srv_admin_state", "srv_check_status", "srv_check_result", "srv_check_health", "srv_check_state")
NOT_YET = "not available yet"


def make_servers(folder, ports):
    """(those that can be had by name, what is missing)."""
    pem = certs.path("rsadef")
    wanted = {
        "maria": lambda name, port: real_servers.MariaDb(name, port, folder),
        "ldap-open": lambda name, port: real_servers.Slapd(name, port, folder),
        "ldap-closed": lambda name, port: real_servers.Slapd(name, port, folder, "disallow bind_anon\n"),
        "ldap-tls": lambda name, port: real_servers.Slapd(name, port, folder, pem=pem),
        "aiosmtpd": lambda name, port: real_servers.AioSmtpd(name, port, folder),
        "postfix": lambda name, port: real_servers.Postfix(name, port, ports.take(), folder),
        "sql": lambda name, port: real_servers.PostgreSql(name, port, folder),
        "redis": lambda name, port: real_servers.Redis(name, port, folder),
        "tls": lambda name, port: real_servers.OpenSsl(name, port, folder, pem),
        "tls12": lambda name, port: real_servers.OpenSsl(name, port, folder, pem, ["-tls1_2"]),
        "tls13": lambda name, port: real_servers.OpenSsl(name, port, folder, pem, ["-tls1_3"]),
        "post": lambda name, port: real_servers.AioSmtpd(name, port, folder),
        "postfix-post": lambda name, port: real_servers.Postfix(name, port, ports.take(), folder),
    }
    made, missing = {}, []
    for name, make in wanted.items():
        try:
            made[name] = make(name, ports.take())
        except Missing as what:
            missing.append(f"{name}: {what} is not installed")
    return made, missing


POSTS = ("post", "postfix-post")


def asks(check, target):
    """s_server serves one client after the other, and Postfix starts a process for each of a hundred."""
    if target.startswith("tls"):
        return check == "tls-hello"
    if target.startswith("ldap") and check == "http":
        return False  # a reset and an end have other words there
    return not target.startswith("postfix") or check.startswith("smtp") or (target == "postfix" and check in ("redis", "tls-hello", "ldap"))


def config(role, folder, servers, ports):
    """The matrix of checks and servers, then those that send mails."""
    text = TOP.format(folder=folder, front=ports.take(), post=servers["post"].port if "post" in servers else 1,
                      postfix_post=servers["postfix-post"].port if "postfix-post" in servers else 1)
    targets = {name: (server.port, "") for name, server in servers.items() if name not in POSTS}
    if "postfix" in servers:
        targets["postfix-strict"] = (servers["postfix"].strict, "")
    if "ldap-tls" in servers:
        targets["ldap-in-tls"] = (servers["ldap-tls"].port, "check-ssl")
    for check, line in CHECKS.items():
        for target, (port, more) in targets.items():
            if not asks(check, target):
                continue
            text += f"backend {check}@{target}\n    {line}\n    server s 127.0.0.1:{port} check inter 1500ms fastinter 500ms rise 2 fall 2 {more}\n".replace("@", ".at.")
    for post, mailers in zip(POSTS, ("aiosmtpd", "postfix")):
        for level, target, check in (("info", "maria", "mysql-user"), ("notice", "ldap-open", "ldap"), ("alert", "redis", "redis"), ("", "aiosmtpd", "smtp")):
            if post not in servers or target not in targets:
                continue
            text += (f"backend mail.{post}.{target}\n    {CHECKS[check]}\n    email-alert mailers {mailers}\n    email-alert from alerts@from.test\n"
                     f"    email-alert to {role}@box.test\n    email-alert myhostname proxy.test\n" + (f"    email-alert level {level}\n" if level else "") +
                     f"    server s 127.0.0.1:{targets[target][0]} check inter 1500ms fastinter 500ms rise 2 fall 2\n")
    return text


def hidden(text):
    for pattern, shown in HIDDEN:
        text = re.sub(pattern, shown, text)
    return text


class Program:
    """HAProxy or shunt with its log and its statistics socket."""

    def __init__(self, role, binary, folder, servers, ports):
        self.role, self.folder = role, os.path.join(folder, role)
        os.mkdir(self.folder)
        path = os.path.join(self.folder, "checks.cfg")
        with open(path, "w", encoding="ascii") as file:
            file.write(config(role, self.folder, servers, ports))
        self.log = os.path.join(self.folder, "log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([binary, "-f", path, "-db"], stdout=log, stderr=log)
        self.begin = 0

    def said(self):
        """Each server's last judgement and last change since the phase began."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(self.begin)
            lines = log.read().splitlines()
        last = collections.OrderedDict()
        for line in lines:
            if found := re.search(r"Health check for server (\S+) |Server (\S+) is (UP|DOWN)|backend (\S+) has no server", line):
                last[(found[1] or found[2] or found[4], "check" if found[1] else "change")] = hidden(line)
        return last

    def next_phase(self):
        self.begin = os.path.getsize(self.log)

    def changes(self, word):
        return {name for (name, what), line in self.said().items() if what == "change" and f"is {word}" in line}

    def ask(self, command):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(5)
            sock.connect(os.path.join(self.folder, "stats.sock"))
            sock.sendall(command.encode() + b"\n")
            answer = b""
            while got := sock.recv(65536):
                answer += got
        return answer.decode("utf-8", "replace")

    def table(self, command, marks, columns, separator):
        """The columns of each server; None where the program doesn't know the command yet."""
        text = self.ask(command)
        if NOT_YET in text:
            return None
        lines = [line for line in text.splitlines() if line.strip() and line.strip() != "1"]
        rows = csv.DictReader([lines[0].lstrip("# "), *lines[1:]], delimiter=separator)
        return {tuple(row[mark] for mark in marks): hidden("|".join(row.get(column) or "" for column in columns)) for row in rows}

    def stat(self):
        shown = self.table("show stat", ("pxname", "svname"), COLUMNS, ",")
        return shown and {key: value for key, value in shown.items() if key[1] == "s"}

    def states(self):
        return self.table("show servers state", ("be_name", "srv_name"), STATES, " ")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(10)


def differences(title, left, right):
    found = [f"{title}: {' '.join(key) if isinstance(key, tuple) else key}\n  HAProxy: {left.get(key)}\n  shunt:   {right.get(key)}"
             for key in sorted({*left, *right}) if left.get(key) != right.get(key)]
    return found


def settle(compare, limit):
    """What still differs after this time; nothing as soon as nothing does."""
    deadline = time.monotonic() + limit
    while found := compare():
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    return found


class Comparison:
    def __init__(self, programs):
        self.programs, self.found, self.unasked, self.counts = programs, [], set(), []

    def phase(self, title, names=None):
        """`names`: servers that are compared; all where none are given."""
        oracle, ours = self.programs

        def chosen(said):
            return {key: line for key, line in said.items() if names is None or key[0] in names}
        self.found += settle(lambda: differences(f"{title}: log", chosen(oracle.said()), chosen(ours.said())), 8)
        for what, show in (("show stat", Program.stat), ("show servers state", Program.states)):
            if show(oracle) is None or show(ours) is None:
                self.unasked.add(what)
                continue
            self.found += self.once_alike(f"{title}: {what}", show)
        self.counts.append(f"{title}: {len(oracle.said())} lines")

    def once_alike(self, title, show):
        """A check that is under way shows: each row has to be alike once."""
        alike = set()

        def compare():
            left, right = show(self.programs[0]), show(self.programs[1])
            alike.update(key for key in left if left[key] == right.get(key))
            return differences(title, {key: left[key] for key in left if key not in alike}, {key: right[key] for key in right if key not in alike})
        return settle(compare, 12)

    def mails(self, servers):
        """By recipient, what arrived; dates and the post's own lines are hidden."""
        def arrived(role):
            boxes = collections.Counter()
            for post in POSTS:
                for mail in servers[post].mails() if post in servers else ():
                    head, _, text = mail.partition("\n\n")
                    if f"{role}@box.test" not in head:
                        continue
                    head = "\n".join(line for line in head.splitlines() if re.match("(From|To|Subject|Return-Path|X-RcptTo|X-MailFrom|\\S*Host|MIME|Content)", line))
                    boxes[hidden(f"{post}: {head}\n{text}").replace(role, "ROLE")] += 1
            return boxes
        oracle, ours = self.programs
        self.found += settle(lambda: differences("mails", arrived(oracle.role), arrived(ours.role)), 8)
        self.counts.append(f"{sum(arrived(oracle.role).values())} mails")
        return arrived(oracle.role)


def run(given, folder):
    os.mkdir(os.path.join(folder, "certs"))
    os.mkdir(os.path.join(folder, "certs", "clients"))
    certs.prepare(os.path.join(folder, "certs"))
    os.chmod(os.path.join(folder, "certs"), 0o755)
    ports = Ports()
    servers, missing = make_servers(folder, ports)
    programs = []
    try:
        for server in servers.values():
            server.start()
        for role, binary in (("haproxy", given.oracle), ("shunt", given.shunt)):
            programs.append(Program(role, binary, folder, servers, ports))
        oracle, ours = programs
        compared = Comparison(programs)
        rows = len(re.findall(r"^    server ", config("haproxy", folder, servers, ports), re.MULTILINE))

        def judged(program):
            return sum(what == "check" for _, what in program.said())
        for program in programs:
            wait_until(lambda program=program: program.process.poll() is not None or judged(program) == rows, f"{program.role} does not judge all")
            if program.process.poll() is not None:
                with open(program.log, encoding="utf-8", errors="replace") as log:
                    return [f"{program.role} ended: {log.read()[-3000:]}"], compared, missing, {}
        compared.phase("all are there")
        good = {name for (name, what), line in oracle.said().items() if what == "check" and "succeeded" in line}
        print(f"{rows} rows, {len(good)} are up")
        checked = [server for name, server in servers.items() if name not in POSTS]
        of_account = {name for name in good if re.search("maria", name) and not name.startswith("mysql.")}
        phases = [("the account is locked", "DOWN", of_account, lambda: servers["maria"].lock()),
                  ("the account is open", "UP", of_account, lambda: servers["maria"].lock(False))] if "maria" in servers else []
        phases += [("all are gone", "DOWN", good, lambda: [server.stop() for server in checked]),
                   ("all are back", "UP", good, lambda: [server.start() for server in checked])]
        for title, word, names, change in phases:
            for program in programs:  # nobody sees a server that is going or coming
                program.signal(signal.SIGSTOP)
            change()
            for program in programs:
                program.next_phase()
                program.signal(signal.SIGCONT)
            for program in programs:
                late = settle(lambda program=program, word=word, names=names: sorted(names - program.changes(word)), 15)
                compared.found += [f"{title}: {program.role} does not say that {name} is {word}" for name in late]
            compared.phase(title, names if names is of_account else None)
        mails = compared.mails(servers)
        if given.show:
            for program in programs[:1]:
                with open(program.log, encoding="utf-8", errors="replace") as log:
                    print(log.read())
            print(*mails, sep="\n-----\n")
        return compared.found, compared, missing, mails
    finally:
        for each in [*programs, *servers.values()]:
            each.stop()
        ports.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shunt", required=True)
    options.add_argument("--oracle", default="/usr/sbin/haproxy")
    options.add_argument("--show", action="store_true", help="print the oracle's log and the mails")
    given = options.parse_args()
    if not os.access(given.oracle, os.X_OK):
        print("SKIPPED: there is no haproxy to compare with")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        found, compared, missing, _ = run(given, folder)
    for difference in found:
        print(f"DIFFERS in {difference}")
    for what in missing:
        print(f"SKIPPED: {what}", file=sys.stderr)
    for what in sorted(compared.unasked):
        print(f"NOT COMPARED: {what}: not both programs answer it", file=sys.stderr)
    print(f"{'; '.join(compared.counts)}: {f'{len(found)} differ' if found else 'all alike'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
