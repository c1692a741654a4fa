"""Handshakes with what no TLS client should send: the alerts that come back, how it ends, and the line in the log."""

import os
import ssl
import subprocess
import time

import bad_input
import certs
import hello
from harness import BASE, answering, case

S = {"s": answering()}
LISTEN = BASE + """
listen plain
    bind 127.0.0.1:[[plain]] ssl crt [[pem a]] {}
    server s 127.0.0.1:[[s]]
listen told
    bind 127.0.0.1:[[told]] ssl crt [[pem a]] {}
    error-log-format "%ts %[fc_err] %[fc_err_str] %[ssl_fc_err] %[ssl_fc_err_str] %[ssl_fc_protocol] %[ssl_fc_sni] %[ssl_c_err] %[ssl_fc_has_crt]"
    server s 127.0.0.1:[[s]]
"""


def played(bind=""):
    return LISTEN.format(bind, bind)


def each(env, inputs, to=("plain", "told")):
    """Sends each and a FIN; what comes back is kept whole, but for hellos, which are never alike."""
    env.hide(r"received .*\\x16\\x03\\x03.*$", "received a flight")
    env.hide(r"received \d\d\d+ bytes .*$", "received a flight")
    env.hide(r"end: (FIN|RST) at.*$", "end")  # whether unread bytes make it a reset is the kernel's affair
    for number, (name, data) in enumerate(inputs):
        c = env.client(to[number % len(to)], name=f"{number:03} {name}")
        c.send(data).shut().to_end()
        c.close()
        env.logs(number + 1)


@case(played(), S, must=["SSL handshake failure", "wrong version number", r"\\x15\\x03"])
def records(env):
    each(env, bad_input.records())


@case(played(), S, must=["SSL handshake failure", "unexpected message", "length"])
def messages(env):
    each(env, [pair for number, pair in enumerate(bad_input.messages()) if number % 4 == 0])


@case(played(), S, must=["SSL handshake failure"], long=True)
def all_messages(env):
    each(env, bad_input.messages())


@case(played(), S, must=["http request", "SSL handshake failure", "Connection closed during SSL handshake|handshake failure"])
def sequences(env):
    each(env, bad_input.sequences())


# --- alerts, by a client that plays its part up to a stage ------------------------------------------------------------
class Player:
    """A real client without a socket: each flight is there to be sent, changed or left out."""

    def __init__(self, env, to, name, **options):
        self.peer = env.client(to, name=name)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = certs.client(**options).wrap_bio(self.incoming, self.outgoing, server_hostname="a.test")

    def flight(self):
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.outgoing.read()

    def receive(self):
        self.peer.sock.settimeout(5)
        self.incoming.write(self.peer.sock.recv(65536))

    def until(self, stage, send=None):
        """0: nothing was sent; 1: the hello was; 2: the server's flight came; 3: the second flight was sent as well."""
        send = send or self.peer.send
        if stage > 0:
            send(self.flight())
        if stage > 1:
            self.receive()
        if stage > 2:
            send(self.flight())
        return self


OLD = ssl.TLSVersion.TLSv1_2
BOTH = ({}, {"maximum": OLD})


@case(played(), S, must=["alert internal error", "SSL handshake failure"])
def alerts(env):
    env.hide(r"received .*$", "received")
    env.hide(r"end: (FIN|RST) at.*$", "end")
    count = 0
    for options in BOTH:
        for stage in (0, 1, 2):
            for level, code in ((1, 0), (1, 90), (2, 0), (2, 40), (2, 80), (3, 80), (2, 255)):
                if code == 0 and stage > 0:
                    continue  # HAProxy 2.6 waits for its timeout then
                count += 1
                player = Player(env, ("plain", "told")[count % 2], f"{count:03} stage {stage} alert {level} {code} {list(options)}", **options).until(stage)
                time.sleep(0.02)  # so that the alert is read on its own
                player.peer.send(bad_input.alert(level, code))
                time.sleep(0.02)
                player.peer.shut().to_end()
                player.peer.close()
                env.logs(count)


@case(played().replace("timeout client 4s", "timeout client 300ms"), S, must=["Timeout during SSL handshake|Connection closed during SSL handshake"])
def stalls(env):
    """A client that stops at each step."""
    env.hide(r"received .*$", "received")
    count = 0
    for options in BOTH:
        for stage in (0, 1, 2):
            for to in ("plain", "told"):
                count += 1
                player = Player(env, to, f"{count:03} stage {stage} {list(options)}", **options).until(stage)
                player.peer.mark().to_end()
                player.peer.close()
                env.logs(count)


def byte_by_byte(peer):
    def send(data):
        for at in range(len(data)):
            peer.send(data[at:at + 1])
    return send


@case(played(), S, must=["established", "a flight in records of one byte"])
def bytes_one_by_one(env):
    count = 0
    for options in BOTH:
        for name in ("bytes", "records"):
            count += 1
            player = Player(env, "plain", f"{count} {name} {list(options)}", **options)
            send = byte_by_byte(player.peer)
            if name == "records":
                first = player.flight()
                player.peer.send(hello.records(first[5:], (1,)))
                player.peer.say("a flight in records of one byte")
            else:
                send(player.flight())
            while True:
                player.receive()
                try:
                    player.tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    send(player.outgoing.read())
            player.tls.write(b"line\n")
            send(player.outgoing.read())
            player.peer.say(f"established {player.tls.version()}")
            answer = b""
            while not answer.endswith(b"\n"):
                player.receive()
                try:
                    answer += player.tls.read(1000)
                except ssl.SSLWantReadError:
                    pass
            player.peer.say(repr(answer))
            player.peer.close()
            env.logs(count)


@case(played(), S, must=["renegotiat|no_renegotiation"])
def renegotiation(env):
    words = ["openssl", "s_client", "-connect", f"127.0.0.1:{env.port('plain')}", "-servername", "a.test", "-tls1_2"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as client:
        time.sleep(0.3)
        client.stdin.write("R\n")
        client.stdin.flush()
        try:
            said, _ = client.communicate(timeout=6)
        except subprocess.TimeoutExpired:
            client.kill()
            said, _ = client.communicate()
            env.note("did not end")
    for line in said.splitlines():
        if "error" in line or "renegotiat" in line.lower():
            env.note(line.split(":", 2)[-1].split(":../")[0])
    env.hide(r"127.0.0.1:\d+ \[DATE\]", "CLIENT")  # a port of the kernel's choice
    env.logs(1)


# --- certificates of clients that are too much ------------------------------------------------------------------------
def large_certificate(env, size):
    """A self-signed one with a comment of that many bytes; its path and its key's."""
    base = os.path.join(env.dir, f"large{size}")
    with open(base + ".cnf", "w", encoding="ascii") as out:
        out.write("[req]\ndistinguished_name=d\nx509_extensions=x\nprompt=no\n[d]\nCN=large\n[x]\n"
                  f"1.2.3.4=DER:{'00' * size}\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10", "-config", base + ".cnf",
                    "-keyout", base + ".key", "-out", base + ".crt"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return base + ".crt", base + ".key"


@case(played("verify optional ca-file [[clients]]/ca.crt crt-ignore-err all ca-ignore-err all"), S, must=["excessive message size|client certificate|larger", "TLSv1.3"])
def large_certificates(env):
    """OpenSSL takes chains of 100 KiB. What a client that sends more still reads is luck."""
    count = 0
    for size in (1000, 15000, 17000, 60000, 99000, 110000, 200000):
        path, key = large_certificate(env, size)
        for options in BOTH:
            count += 1
            context = certs.client(**options)
            context.load_cert_chain(path, key)
            c = env.client("told", name=f"{count:03} {size} {list(options)}")
            try:
                c.sock = context.wrap_socket(c.sock, server_hostname="a.test")
                c.sock.sendall(b"line\n")
                c.say(f"{c.sock.version()} {c.sock.recv(100)}")
            except OSError as error:
                c.say(f"TLS failed: {type(error).__name__}")
            if size > 100000:
                c.lines[:] = ["too much"]
            c.close()
            env.logs(count)
