"""Which server is chosen: the sequences of the balancing algorithms, backups, disabled servers, weights."""

from harness import BASE, answering, case, greeter


def listen(*lines, name="fe"):
    return f"listen {name}\n    bind 127.0.0.1:[[{name}]]\n" + "".join(f"    {line}\n" for line in lines)


def servers(*options):
    return [f"server s{number} 127.0.0.1:[[s{number}]] {option}" for number, option in enumerate(options, 1)]


def greeters(count):
    return {f"s{number}": greeter(f"s{number}\n".encode()) for number in range(1, count + 1)}


def sequence(env, to, count, start=0, sources=("127.0.0.1",)):
    """One session after the other; the transcript keeps only who answered."""
    chosen = []
    for index in range(count):
        c = env.client(to, name=f"{to} {start + index:02}", src=sources[index % len(sources)])
        chosen.append(c.recv_line().decode().strip())
        c.shut().to_end()
        env.answered = getattr(env, "answered", 0) + 1
        env.logs(env.answered)
    env.note(f"{to}: " + " ".join(chosen))


WEIGHTED = BASE + listen("balance roundrobin", *servers("", "", ""), name="equal") + \
    listen("balance roundrobin", *servers("weight 1", "weight 2", "weight 3"), name="one23") + \
    listen("balance roundrobin", *servers("weight 5", "", ""), name="five") + \
    listen("balance roundrobin", *servers("weight 10", "weight 0", "weight 7"), name="zero")


@case(WEIGHTED, greeters(3), must=["equal: s1 s2 s3 s1 s2 s3", "one23: s3 s2 s3 s1 s3 s2"])
def roundrobin(env):
    for name, count in (("equal", 7), ("one23", 14), ("five", 14), ("zero", 9)):
        sequence(env, name, count)


STATIC = BASE + listen("balance static-rr", *servers("weight 1", "weight 2", "weight 3"), name="one23") + \
    listen("balance static-rr", *servers("weight 5", "", ""), name="five")


@case(STATIC, greeters(3), must=["one23: s1 s3 s2 s3 s2 s3"])
def static_rr(env):
    sequence(env, "one23", 8)
    sequence(env, "five", 8)


SOURCE = BASE + listen("balance source", *servers("weight 1", "weight 2", "weight 3"), name="map")
HASHES = BASE + \
    listen("balance source", "hash-type map-based sdbm avalanche", *servers("weight 1", "weight 2", "weight 3"), name="avalanche") + \
    listen("balance source", "hash-type consistent", *servers("weight 1", "weight 2", "weight 3"), name="ring")


ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.1.4", "127.9.8.7", "127.1.1.1", "127.200.3.9")


@case(SOURCE, greeters(3), must=["map: "])
def source(env):
    sequence(env, "map", len(ADDRESSES), sources=ADDRESSES)


@case(HASHES, greeters(3), must=["ring: "])
def source_with_other_hashes(env):
    for name in ("avalanche", "ring"):
        sequence(env, name, len(ADDRESSES), sources=ADDRESSES)


def held(env, to, count):
    """Sessions that all stay open; returns them."""
    peers, chosen = [], []
    for index in range(count):
        c = env.client(to, name=f"{to} held {index:02}")
        chosen.append(c.recv_line().decode().strip())
        peers.append(c)
    env.note(f"{to} held: " + " ".join(chosen))
    return peers


def release(env, peers, logged):
    for index, peer in enumerate(peers, 1):
        peer.shut().to_end()
        env.logs(logged + index)


FIRST = BASE + listen("balance first", *servers("maxconn 2", "maxconn 2", "maxconn 2"), name="fe")


@case(FIRST, greeters(3), must=["fe held: s1 s1 s2 s2 s3 s3", "fe: s1 s1"])
def first_with_full_servers(env):
    release(env, held(env, "fe", 6), 0)
    env.answered = 6
    sequence(env, "fe", 2)


# Weights without ties after the first choices: 2.6 and 3.x break ties differently.
LEAST = BASE + listen("balance leastconn", *servers("weight 3", "weight 20"), name="fe")


@case(LEAST, greeters(2), must=["s2 s2 s2"])
def leastconn(env):
    env.hide(r"xyz")
    peers = held(env, "fe", 2)
    env.script[-1] = "fe held: " + " ".join(sorted(env.script[-1].split()[2:]))  # the first two are a tie
    more = held(env, "fe", 4)
    env.sorted = True
    release(env, peers + more, 0)


RECEDE = BASE + listen("balance leastconn", *servers("", "", ""), name="fe")


@case(RECEDE, {f"s{n}": answering(f"s{n}\n".encode()) for n in (1, 2, 3)})
def leastconn_fills_the_emptiest(env):
    """Three servers, one session each; the one whose session ends gets the next client."""
    env.sorted = True
    peers = []
    for index in range(3):
        c = env.client(name=f"first {index}")
        who = c.send(b"x\n").sock.recv(10).decode().strip()
        peers.append((who, c))
    env.note("three different: " + " ".join(sorted(who for who, _ in peers)))
    logged = 0
    for turn, wanted in enumerate(("s2", "s3", "s1")):
        position = next(index for index, (who, _) in enumerate(peers) if who == wanted)
        peers.pop(position)[1].shut().to_end()
        logged += 1
        env.logs(logged)
        c = env.client(name=f"next {turn}")
        who = c.send(b"x\n").sock.recv(10).decode().strip()
        env.note(f"after {wanted} left: {who}")
        peers.append((who, c))
    for _, c in peers:
        c.shut()
    env.hide(r"at ~\d+ms~", "at some time")
    env.hide(r"<first \d>", "<first>")
    env.hide(r"~\d+ms~", "T")
    env.clients.clear()
    env.logs(6)


STATES = BASE.replace("mode tcp", "mode tcp\n    balance roundrobin") + listen(*servers("disabled", "", "backup"), name="disabled") + \
    listen(*servers("disabled", "backup", "backup"), name="backups") + \
    listen("option allbackups", *servers("disabled", "backup", "backup"), name="all") + \
    listen(*servers("weight 0", "backup"), name="zero")


@case(STATES, greeters(3), must=["disabled: s2 s2", "backups: s2 s2", "all: s2 s3"])
def backup_and_disabled_servers(env):
    for name in ("disabled", "backups", "all", "zero"):
        sequence(env, name, 4)


ID = BASE + listen("balance first", "server s1 127.0.0.1:[[s1]] id 30", "server s2 127.0.0.1:[[s2]] id 10", "server s3 127.0.0.1:[[s3]] id 20", name="fe")


@case(ID, greeters(3), must=["fe: s2 s2"])
def first_goes_by_id(env):
    sequence(env, "fe", 3)


RANDOM = BASE + listen("balance random", *servers("", "weight 0", ""), name="fe")


@case(RANDOM, greeters(3))
def random_never_picks_weight_zero(env):
    env.sorted = True
    sequence(env, "fe", 12)
    env.note("weight 0 chosen: " + str("s2" in env.script.pop()))
    env.clients.clear()
    for number in (1, 3):
        env.stubs[f"s{number}"].connections.clear()
    env.hide(r"fe/s\d .*", "fe/SERVER")


TYPES = ("map-based", "map-based djb2", "map-based wt6 avalanche", "map-based crc32", "consistent", "consistent sdbm", "consistent djb2 avalanche",
         "consistent wt6", "consistent crc32")
KEYED = BASE + "".join(
    listen("balance hash var(txn.key)", f"hash-type {kind}", "tcp-request inspect-delay 300ms",
           "tcp-request content set-var(txn.key) req.payload(0,4)", "tcp-request content accept if { req.len ge 4 }", *servers("weight 1", "weight 2", "weight 3"), name=f"h{number}")
    for number, kind in enumerate(TYPES))


@case(KEYED, greeters(3), must=["h8: s"])
def hash_of_an_expression(env):
    """Every kind of map and ring with every function, some keys each."""
    logged = 0
    for number in range(len(TYPES)):
        chosen = []
        for key in (b"aaaa", b"abcd", b"zz99", b"\x00\xff\x80\x01", b"1234", b"    "):
            c = env.client(f"h{number}", name=f"h{number} {key!r}")
            c.send(key)
            chosen.append(c.recv_line().decode().strip())
            c.shut().to_end()
            logged += 1
            env.logs(logged)
        env.note(f"h{number}: " + " ".join(chosen))


MISSING = BASE + \
    listen("balance hash req.ssl_sni", *servers("weight 1", "weight 2", "weight 3"), name="map") + \
    listen("balance hash req.ssl_sni", "hash-type consistent", *servers("weight 1", "weight 2", "weight 3"), name="ring")


@case(MISSING, greeters(3), must=["map: s1 s3 s2 s3 s2 s3", "ring: s3 s3 s3"])
def hash_without_a_key(env):
    for name in ("map", "ring"):
        sequence(env, name, 14)


UNSEEN = BASE + \
    listen("balance hash req.payload(0,4)", "tcp-request inspect-delay 300ms", "tcp-request content accept if { req.len ge 4 }",
           *servers("weight 1", "weight 2", "weight 3"), name="payload") + \
    listen("balance hash req.len", "tcp-request inspect-delay 300ms", "tcp-request content accept if { req.len ge 4 }",
           *servers("weight 1", "weight 2", "weight 3"), name="length")


@case(UNSEEN, greeters(3), must=["payload: s1 s3 s2 s3"])
def a_hash_does_not_see_the_bytes(env):
    logged = 0
    for name in ("payload", "length"):
        chosen = []
        for number in range(6):
            c = env.client(name, name=f"{name} {number}")
            c.send(b"abcd" * (number + 1))
            chosen.append(c.recv_line().decode().strip())
            c.shut().to_end()
            logged += 1
            env.logs(logged)
        env.note(f"{name}: " + " ".join(chosen))


FACTOR = BASE + listen("balance source", "hash-type consistent", "hash-balance-factor 150", *servers("", "", ""), name="fe")


@case(FACTOR, greeters(3), must=["fe held: "])
def hash_balance_factor(env):
    release(env, held(env, "fe", 9), 0)
