"""Makes the private copy of a configuration that can run anywhere: no users, no checks, certificates made, paths under one folder."""

import ipaddress
import os
import re
import subprocess

SECTION = re.compile(r"^(global|defaults|frontend|listen|backend|userlist|peers|resolvers|mailers|cache|ring|program|http-errors|fcgi-app|crt-store|traces|log-forward|log-profile|acme|healthcheck)\b")
OF_PROCESS = re.compile(r"^\s*(user|group|uid|gid|chroot|daemon|pidfile|master-worker|nbproc|ulimit-n|cpu-map|stats\s+(socket|timeout)|"
                        r"server-state-(file|base)|unix-bind|localpeer|set-dumpable|log-send-hostname)\b")
DROPPED = re.compile(r"^\s*(load-server-state-from-file|"
                     r"option\s+(httpchk|tcp-check|ssl-hello-chk|smtpchk|ldap-check|mysql-check|pgsql-check|redis-check|spop-check|external-check|log-health-checks)|"
                     r"tcp-check|http-check|external-check|email-alert|log\s+(unix@|\d|\[|stdout|stderr|fd@|ring@|[a-z]\S*:\d)|errorfile|errorloc)\b|^\s*log\s+/")
CHECKS = re.compile(r"\s(check|check-ssl|check-send-proxy|agent-check|check-via-socks4|no-check)(?=\s|$)")
CHECKS_WITH_VALUE = re.compile(r"\s(check-sni|check-alpn|check-proto|agent-port|agent-addr|agent-inter|agent-send|track|init-addr|resolvers|resolve-prefer|resolve-opts|resolve-net|socks4)\s+\S+")
FILES = re.compile(r"\s(crt|ca-file|ca-verify-file|crl-file|crt-list|-f)\s+(\S+)")
SERVER = re.compile(r"^(\s*server\s+\S+\s+)(\S+)")
BIND = re.compile(r"^(\s*bind\s+)(\S+)")
SOCKET = re.compile(r"^(unix@)?((?<=@)\S+|/\S*)$")


class Copy:
    """`lines` of the adapted file; `told` says what was changed, in the order it happened."""

    def __init__(self, path, folder):
        self.folder, self.told, self.names, self.certificates = folder, [], {}, {}
        self.path = os.path.join(folder, os.path.basename(path))
        self.sockets = os.path.join(folder, "sockets")  # each run has its own in the place of this
        with open(path, encoding="utf-8", errors="surrogateescape") as text:
            self.lines = text.read().split("\n")
        self.bases = self._bases()
        self.section = ""
        self.lines = [self._adapted(line) for line in self.lines]
        self.write()

    def write(self):
        with open(self.path, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write("\n".join(self.lines).rstrip("\n") + "\n")

    def tell(self, what):
        if what not in self.told:
            self.told.append(what)

    def _bases(self):
        text = "\n".join(self.lines)
        found = re.findall(r"^\s*(crt-base|ca-base)\s+(\S+)", text, re.MULTILINE)
        return {name: path for name, path in found}

    def _adapted(self, line):
        head = SECTION.match(line.strip())
        self.section = head.group(1) if head else self.section
        if DROPPED.match(line) or (self.section == "global" and OF_PROCESS.match(line)):
            self.tell("without " + " ".join(line.split()[:2 if line.split()[0] in ("option", "stats") else 1]))
            return "#"
        if re.match(r"\s*(server|default-server)\s", line):
            line = self._without_checks(line)
        line = SERVER.sub(lambda found: found.group(1) + self._server(found.group(2)), line)
        line = BIND.sub(lambda found: found.group(1) + ",".join(self._socket(part) for part in found.group(2).split(",")), line)
        return FILES.sub(self._file, line)

    def _without_checks(self, line):
        if " socks4 " in line:
            self.tell("without SOCKS proxies")
        less = CHECKS_WITH_VALUE.sub("", CHECKS.sub("", line))
        if less != line:
            self.tell("without health checks")
        return less

    def _socket(self, address):
        found = SOCKET.match(address)
        if not found:
            return address
        self.tell("unix sockets under a folder of their own")
        return (found.group(1) or "") + os.path.join(self.sockets, found.group(2).strip("./").replace("/", "_"))

    def _server(self, address):
        if SOCKET.match(address):
            return self._socket(address)
        host, port = re.match(r"^(.*?)(:[+-]?\d+)?$", address).groups() if not address.startswith("[") else (address, None)
        host_only = host.removeprefix("ipv4@").removeprefix("ipv6@")
        if not host_only or "@" in host_only or host_only == "*" or host_only.startswith(("[", '"')) or self._is_ip(host_only):
            return address
        number = self.names.setdefault(host_only, len(self.names) + 1)
        self.tell("names of servers replaced by addresses")
        return f"10.254.{number // 250}.{number % 250 + 1}{port or ''}"

    @staticmethod
    def _is_ip(text):
        try:
            ipaddress.ip_address(text)
            return True
        except ValueError:
            return ":" in text  # an IPv6 address with a port

    @staticmethod
    def _expanded(word):
        """A word with variables, as it will be read."""
        if not word.startswith('"') or "${" not in word:
            return word
        return re.sub(r"\$\{(\w+)(?:-([^}]*))?\}", lambda found: os.environ.get(found.group(1), found.group(2) or ""), word.strip('"'))

    def _file(self, found):
        kind, path = found.group(1), self._expanded(found.group(2))
        base = self.bases.get("crt-base" if kind == "crt" else "ca-base", "") if kind != "-f" else ""
        if os.path.exists(os.path.join(base, path)) or path.startswith(("@", "'", '"')):
            return found.group(0)
        if kind in ("crl-file", "crt-list"):
            return found.group(0)
        if kind == "-f":
            made = os.path.join(self.folder, "list" + str(len(self.certificates)))
            open(made, "a").close()
            self.tell(f"an empty file for {path}")
            return f" -f {made}"
        if path not in self.certificates:
            self.certificates[path] = self._certificate(path, len(self.certificates))
            self.tell(f"a made certificate for {path}")
        return f" {kind} {self.certificates[path]}"

    def _certificate(self, path, number):
        name = re.sub(r"[^A-Za-z0-9.-]", "", os.path.basename(path.rstrip("/")).rsplit(".", 1)[0]) or "localhost"
        return certificate(self.folder, name, f"made{number}.pem")

    # --- what this build can't run
    def leave_out(self, number, why):
        """The section that line `number` (from 1) is the head of or makes run in HTTP mode, or the line alone; False: there is nothing."""
        index = number - 1
        if not 0 <= index < len(self.lines) or self.lines[index].strip() in ("", "#"):
            return False
        whole = "HTTP mode" in why or SECTION.match(self.lines[index].strip())
        first = index
        while whole and first > 0 and not SECTION.match(self.lines[first].strip()):
            first -= 1
        last = first + 1
        while whole and last < len(self.lines) and not SECTION.match(self.lines[last].strip()):
            last += 1
        self.tell("left out: " + " ".join(self.lines[first].split()[:3]))
        self.lines[first:last] = ["#"] * (last - first)
        self.write()
        return True


def certificate(folder, name, file):
    """A self-signed certificate with its key; the path."""
    path = os.path.join(folder, file)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}", "-addext",
                    f"subjectAltName=DNS:{name}", "-keyout", path + ".key.tmp", "-out", path + ".crt.tmp"], check=True, capture_output=True)
    with open(path, "w") as out:
        for part in (path + ".crt.tmp", path + ".key.tmp"):
            with open(part) as text:
                out.write(text.read())
            os.unlink(part)
    return path
