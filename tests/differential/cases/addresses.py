"""Addresses of binds and servers: ranges, lists, ports taken over from the client; names and inheritance of sections."""

from harness import BASE, DEFAULTS, GLOBAL, case, greeter, recorder

@case(start=False, must=["same", "plus one", "aimed"])
def ports_and_addresses_from_the_client(env):
    env.stub("same", greeter(b"same\n"), host="127.0.0.3")
    env.names["fe"] = env.names["same"]
    base = env.port("base")
    env.numbers[base + 1] = "base+1"
    env.names["next"] = base + 1
    env.stub("next", greeter(b"plus one\n"), host="127.0.0.3")
    env.stub("aimed", greeter(b"aimed\n"), host="127.0.0.9")
    text = BASE + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.3
listen offset
    bind 127.0.0.1:[[base]]
    server s 127.0.0.3:+1
listen to-the-same-address
    bind 127.0.0.9:[[own]]
    server s 0.0.0.0:[[aimed]]
"""
    env.start(text)
    for count, (to, dst) in enumerate((("fe", "127.0.0.1"), ("base", "127.0.0.1"), ("own", "127.0.0.9")), 1):
        c = env.client(to, dst=dst)
        c.recv_line()
        c.shut().to_end()
        env.logs(count)


LISTS = BASE + """
frontend fe
    bind 127.0.0.1:[[a]],127.0.0.2:[[b]] name two
    bind 127.0.0.1:[[c]] id 77
    default_backend be
backend be
    server s 127.0.0.1:[[s]]
"""


@case(LISTS, {"s": greeter(b"hi\n")})
def several_addresses_on_a_line(env):
    for count, (to, dst) in enumerate((("a", "127.0.0.1"), ("b", "127.0.0.2"), ("c", "127.0.0.1")), 1):
        c = env.client(to, dst=dst)
        c.recv_line()
        c.shut().to_end()
        env.logs(count)


INHERIT = GLOBAL + """
defaults base
    mode tcp
    log global
    option tcplog
    timeout connect 1s
    timeout client 300ms
    timeout server 4s
    default_backend one
defaults strict-base from base
    tcp-request content reject if { src 127.0.0.9 }
    timeout client 600ms
frontend plain from base
    bind 127.0.0.1:[[plain]]
frontend strict from strict-base
    bind 127.0.0.1:[[strict]]
    default_backend two
backend one from base
    server s 127.0.0.1:[[one]]
backend two from base
    server s 127.0.0.1:[[two]]
"""


@case(INHERIT, {"one": greeter(b"one\n"), "two": greeter(b"two\n")}, must=["one", "two", "cD", "PR"])
def defaults_by_name(env):
    def ask(to, src="127.0.0.1"):
        c = env.client(to, name=f"{to} {src}", src=src)
        c.recv_line()
        c.to_end()
    env.parallel(lambda: ask("plain"), lambda: ask("strict"), lambda: ask("strict", "127.0.0.9"), lambda: ask("plain", "127.0.0.9"))
    env.logs(4)


WORDS = GLOBAL + r'''
defaults
  mode   tcp   # a comment
  log global
  log-format 'a\ b "quoted" %ci'\ "x\"y $TESTED_NAME ${TESTED_NAME} ${UNSET_NAME-fallback}"\ z\#z\ \x41\x42
  timeout connect "${TESTED_TIME}"
  timeout client 1s
  timeout server 1s
'''


@case(start=False, must=["quoted"])
def words_quotes_and_variables(env):
    env.environment |= {"TESTED_NAME": "value of it", "TESTED_TIME": "900ms", "SERVERS": "one two"}
    env.stub("s", recorder(b"bye"))
    env.start((WORDS + "\nlisten fe\n\tbind 127.0.0.1:[[fe]]\n\tserver s 127.0.0.1:[[s]]\n").replace("\n", "\r\n"))
    env.client().silence(0.3).shut().to_end()
    env.logs(1)


NAMED = DEFAULTS.replace("log global", "") + """
listen one
    bind localhost:[[one]]
    bind ipv4@localhost:[[two]]
    server s 127.0.0.1:[[s]]
"""


@case(start=False, must=["one: 127.0.0.1$", "two: 127.0.0.1$"])
def a_name_listens_on_its_own_address_only(env):
    env.start(NAMED, ports=("one", "two"))
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.read().splitlines()[1:]]
    for name in ("one", "two"):
        bound = {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == env.port(name)}
        env.note(f"{name}: " + " ".join(sorted(".".join(str(byte) for byte in reversed(bytes.fromhex(address))) for address in bound)))
