"""Sessions for which this machine has no source address or port left."""

from harness import DEFAULTS, answering, case

TEXT = """global
    nbthread 1
    log [[udp]] local0
""" + DEFAULTS + """
    log-format "%b/%s %ts %rc %[bc_err] %[bc_err_str] bi=%bi"
frontend fe
    bind 127.0.0.1:[[fe]]
    default_backend be
backend be
    log [[udp]] local2
    {more}
    server s 127.0.0.1:[[s]] {source}
    {other}
"""
S = {"s": answering()}


def text(source, more="", other=""):
    return TEXT.format(source=source, more=more, other=other)


def pair(env):
    """Two ports, one behind the other."""
    first = env.port("first")
    while env.port("second") != first + 1:
        first = env.names["first"] = env.names.pop("second")
        env.numbers[first] = "first"
    return f"source 127.0.0.1:{first}-{first + 1}"


def held(env, count):
    clients = []
    for number in range(count):
        c = env.client(name=f"held {number}")
        c.send(b"line\n").recv_line()
        clients.append(c)
    return clients


def exhausted(name, must, lines=1, served=False, **settings):
    def script(env):
        env.start(text(pair(env), **settings))
        clients = held(env, 2)
        third = env.client(name="third")
        if served:
            third.send(b"line\n").recv_line()
            third.shut()
        third.to_end()
        env.logs(lines)
        for number, c in enumerate(clients, 1):
            c.shut().to_end()
            env.logs(lines + number)
        c = env.client(name="again")
        c.send(b"line\n").recv_line()
        c.shut().to_end()
        env.logs(lines + 3)
    script.__name__, script.__module__ = name, __name__
    case("", S, start=False, must=must)(script)


exhausted("a_range_that_is_used_up", [r"<128>.*Cannot bind to source address before connect\(\) for backend be\.", r"be/s SC 3 7 Source port range exhausted bi=-"], lines=9)
exhausted("without_retries", "be/s SC 0 7 Source", lines=3, more="retries 0")
exhausted("another_server_has_ports", "be/(s|t) -- \\d 0 Success", served=True, more="option redispatch 1\n    balance first", other="server t 127.0.0.1:[[s]]", lines=3)


@case(text("source 203.0.113.77"), S, must=["<144>DATE TAG.PID.: Cannot bind to source address before", "be/s SC 3 8 Can't bind to source address"])
def an_address_that_is_not_ours(env):
    env.client().to_end()
    env.logs(9)
