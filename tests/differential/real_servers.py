"""Debian's servers as processes of a test: each on a loopback port of its own, with its files in a folder of the test."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

PATIENCE = 40  # seconds; a database that is made first takes its time


class Missing(Exception):
    """What the server needs is not here."""


def need(*programs):
    for program in programs:
        found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not found:
            raise Missing(program)
    return found


def become(name):
    """For servers that refuse to run as root: (uid, gid, what a child does first)."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid(), None
    try:
        account = pwd.getpwnam(name)
    except KeyError as unknown:
        raise Missing(f"the account '{name}'") from unknown

    def change():
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    return account.pw_uid, account.pw_gid, change


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready, what, limit=PATIENCE):
    deadline = time.monotonic() + limit
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)


class Server:
    """`start` returns when it answers, `stop` when its port is free."""

    ending = signal.SIGTERM

    def __init__(self, name, port, folder):
        self.name, self.port, self.process = name, port, None
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder, 0o755)
        self.prepare()

    def prepare(self):
        """Makes its files; raises Missing."""

    def command(self):
        raise NotImplementedError

    def child(self):
        """What the process does before it becomes the server."""

    def ready(self):
        return listens(self.port)

    def start(self):
        with open(os.path.join(self.folder, "said"), "ab") as said:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=said, stderr=said, preexec_fn=self.child(), cwd="/")
        wait_until(lambda: self.ready() or self.process.poll() is not None, f"{self.name} does not answer")
        if self.process.poll() is not None:
            with open(os.path.join(self.folder, "said"), encoding="utf-8", errors="replace") as said:
                raise RuntimeError(f"{self.name} ended at once: {said.read()[-2000:]}")

    def end(self):
        self.process.send_signal(self.ending)

    def stop(self):
        if self.process is None:
            return
        self.end()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        wait_until(lambda: not listens(self.port), f"{self.name} still listens")


class Redis(Server):
    def prepare(self):
        need("redis-cli")
        self.program = need("redis-server")

    def command(self):
        return [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]


class PostgreSql(Server):
    ending = signal.SIGINT

    def prepare(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        if not found:
            raise Missing("postgresql")
        need("psql")
        self.program, self.programs, self.data = found[-1], os.path.dirname(found[-1]), os.path.join(self.folder, "data")
        uid, gid, self.change = become("postgres")
        os.mkdir(self.data, 0o700)
        os.chown(self.data, uid, gid)
        subprocess.run([os.path.join(self.programs, "initdb"), "-D", self.data, "-U", "postgres", "-A", "trust", "-N"], check=True,
                       stdout=subprocess.DEVNULL, preexec_fn=self.change, cwd="/")

    def command(self):
        return [self.program, "-D", self.data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]

    def child(self):
        return self.change

    def ready(self):
        return subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c", "select 1"],
                              capture_output=True, check=False).returncode == 0


class MariaDb(Server):
    """Users: `check` has no password, `secret` has one, `locked` is locked."""

    USERS = ("create user 'check'@'127.0.0.1'; create user 'secret'@'127.0.0.1' identified by 'x';"
             " create user 'locked'@'127.0.0.1' account lock;")

    def prepare(self):
        self.program, self.client = need("mariadbd"), need("mariadb")
        install = need("mariadb-install-db")
        uid, gid, self.change = become("mysql")
        self.data, self.socket = os.path.join(self.folder, "data"), os.path.join(self.folder, "sock")
        os.chown(self.folder, uid, gid)
        subprocess.run([install, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", f"--datadir={self.data}"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self.change, cwd="/")
        self.made = False

    def command(self):
        return [self.program, "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1",
                "--skip-name-resolve", f"--pid-file={self.folder}/pid", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"]

    def child(self):
        return self.change

    def lock(self, locked=True):
        """Locks the account of `check`, or opens it again."""
        self.sql(f"alter user 'check'@'127.0.0.1' account {'lock' if locked else 'unlock'}")

    def sql(self, text):
        return subprocess.run([self.client, "--no-defaults", "-S", self.socket, "-u", "root", "-e", text], capture_output=True, check=False).returncode == 0

    def ready(self):
        return listens(self.port) and self.sql("select 1")

    def start(self):
        super().start()
        if not self.made and not self.sql(self.USERS):
            raise RuntimeError("MariaDB does not make the users")
        self.made = True


class Slapd(Server):
    """OpenLDAP; `lines` are added to its configuration. With `pem` it speaks TLS from the first byte."""

    def __init__(self, name, port, folder, lines="", pem=""):
        self.lines, self.pem = lines, pem
        super().__init__(name, port, folder)

    def prepare(self):
        self.program = need("slapd")
        os.mkdir(os.path.join(self.folder, "data"), 0o700)
        tls = f"TLSCertificateFile {self.pem}\nTLSCertificateKeyFile {self.pem}\nTLSVerifyClient never\n" if self.pem else ""
        with open(os.path.join(self.folder, "slapd.conf"), "w", encoding="ascii") as file:
            file.write(f"include /etc/ldap/schema/core.schema\npidfile {self.folder}/pid\nargsfile {self.folder}/args\n{self.lines}{tls}"
                       f'database ldif\nsuffix "dc=test"\ndirectory {self.folder}/data\n')

    def command(self):
        return [self.program, "-d", "0", "-f", os.path.join(self.folder, "slapd.conf"), "-h", f"ldap{'s' if self.pem else ''}://127.0.0.1:{self.port}/"]


class AioSmtpd(Server):
    """python3-aiosmtpd; mails go to `box`, a Maildir."""

    PYTHON = "/usr/bin/python3"  # that of the package

    def prepare(self):
        if subprocess.run([self.PYTHON, "-c", "import aiosmtpd"], capture_output=True, check=False).returncode != 0:
            raise Missing("python3-aiosmtpd")
        self.box = os.path.join(self.folder, "box")

    def command(self):
        return [self.PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}", "-c", "aiosmtpd.handlers.Mailbox", self.box]

    def mails(self):
        return [open(path, encoding="utf-8", errors="replace").read() for path in glob.glob(os.path.join(self.box, "new", "*"))]


class Postfix(Server):
    """Debian's Postfix with folders of its own. Mails for anybody@box.test go to `mails`. `port` believes every HELO, `strict` wants a full name."""

    def __init__(self, name, port, strict, folder):
        self.strict = strict
        super().__init__(name, port, folder)

    def prepare(self):
        if os.getuid() != 0:
            raise Missing("postfix as root")
        self.program = need("postfix")
        uid, gid, _ = become("postfix")
        self.settings, self.boxes = os.path.join(self.folder, "etc"), os.path.join(self.folder, "boxes")
        for path, owner in (("etc", 0), ("queue", 0), ("data", uid), ("boxes", uid)):
            os.mkdir(os.path.join(self.folder, path), 0o755)
            os.chown(os.path.join(self.folder, path), owner, gid if owner else 0)
        self._write("main.cf", f"""compatibility_level = 3.6
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {self.folder}/log
maillog_file_prefixes = {self.folder}
myhostname = mail.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtputf8_enable = no
virtual_mailbox_domains = box.test
virtual_mailbox_base = {self.boxes}
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_delay_reject = no
""")
        self._write("master.cf", f"""127.0.0.1:{self.port} inet n - n - - smtpd
127.0.0.1:{self.strict} inet n - n - - smtpd -o smtpd_helo_required=yes -o smtpd_helo_restrictions=reject_non_fqdn_helo_hostname
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
error unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
""")

    def _write(self, name, text):
        with open(os.path.join(self.settings, name), "w", encoding="ascii") as file:
            file.write(text)

    def command(self):
        return [self.program, "-c", self.settings, "start-fg"]

    def end(self):  # the process is a script around the one that serves
        subprocess.run([self.program, "-c", self.settings, "stop"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ready(self):
        return listens(self.port) and listens(self.strict)

    def mails(self):
        return [open(path, encoding="utf-8", errors="replace").read() for path in glob.glob(os.path.join(self.boxes, "all", "new", "*"))]


class OpenSsl(Server):
    """openssl s_server with these flags."""

    def __init__(self, name, port, folder, pem, flags=()):
        self.pem, self.flags = pem, flags
        super().__init__(name, port, folder)

    def prepare(self):
        self.program = need("openssl")

    def command(self):
        return [self.program, "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", self.pem, "-key", self.pem, "-quiet", *self.flags]
