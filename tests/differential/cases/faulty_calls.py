"""The kernel lacks memory or buffers, or a path is lost: system calls fail in the midst of sessions."""

from faulty_calls import FaultyCalls
from harness import DEFAULTS, answering, case

TEXT = """global
    nbthread 1
    log [[udp]] local0
""" + DEFAULTS + """
    log-format "%b/%s %ts %rc %[fc_err_str] %[bc_err_str] U=%U B=%B"
    timeout connect 500ms
    retries 1
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 2s
    tcp-request content accept if {{ req.len gt 0 }}
    {more}
    default_backend be
backend be
    server s 127.0.0.1:[[s]]
"""
S = {"s": answering()}


MAXSOCK = r"maxsock=\d+", "maxsock=N"  # what each program needs besides its connections is its own affair


def served(env, name):
    c = env.client(name=name)
    c.send(b"line\n").recv_line()
    c.shut().to_end()


def before_the_server(call, error, count, more, lines):
    def script(env):
        faults = FaultyCalls(env)
        env.hide(*MAXSOCK)
        env.start(TEXT.format(more=more))
        served(env, "before")
        env.logs(1)
        faults.fail(call, error, count)
        c = env.client(name="during")
        c.send(b"line\n")
        if count > 0:
            c.recv_line()
            c.shut()
        c.to_end()
        env.logs(1 + lines)
        faults.mend()
        served(env, "after")
        env.logs(2 + lines)
    return script


def in_the_relay(call, error, more):
    def script(env):
        faults = FaultyCalls(env)
        env.start(TEXT.format(more=more))
        c = env.client(name="during")
        c.send(b"line\n").recv_line()
        faults.fail(call, error)
        c.send(b"again\n").to_end()
        env.logs(1)
        faults.mend()
        served(env, "after")
        env.logs(2)
    return script


def register(name, script, must):
    script.__name__, script.__module__ = name, __name__
    case("", S, start=False, must=must)(script)


for call, errors in {"SOCKET": ("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"),
                     "CONNECT": ("ENOBUFS", "ENETUNREACH", "EHOSTUNREACH", "EPERM", "EADDRNOTAVAIL", "ECONNREFUSED", "ETIMEDOUT", "EAGAIN", "EADDRINUSE")}.items():
    for error in errors:
        name = f"{call}_{error}".lower()
        register(name, before_the_server(call, error, -1, "", 3), "be/s S")
        register(name + "_once", before_the_server(call, error, 1, "", 1), "be/s --")

for call, errors in {"CLIENT_SEND": ("ENOBUFS", "ENOMEM", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH"), "SERVER_SEND": ("ENOBUFS", "ENOMEM", "ETIMEDOUT", "EHOSTUNREACH"),
                     "CLIENT_RECV": ("ENOBUFS", "ENOMEM", "ETIMEDOUT", "EHOSTUNREACH"), "SERVER_RECV": ("ENOBUFS", "ENOMEM", "ETIMEDOUT", "EHOSTUNREACH")}.items():
    for error in errors:
        register(f"{call}_{error}".lower(), in_the_relay(call, error, ""), "be/s")


@case("", S, start=False, must="be/s --")
def accept_fails_for_a_while(env):
    faults = FaultyCalls(env)
    env.hide(*MAXSOCK)
    env.start(TEXT.format(more=""))
    for error in ("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "ECONNABORTED", "EPROTO", "EPERM"):
        faults.fail("ACCEPT", error, 1)
        served(env, error)
        env.note(f"{error}: {faults.left('ACCEPT')} left")


@case("", S, start=False, must="be/s --")
def no_pipe_to_splice_with(env):
    """The bytes are copied then."""
    faults = FaultyCalls(env)
    env.start(TEXT.format(more="option splice-auto\n    option splice-request\n    option splice-response"))
    faults.fail("PIPE", "EMFILE")
    c = env.client(name="during")
    c.send(b"x" * 300000 + b"\n").recv_line()
    c.shut().to_end()
    env.logs(1)
    faults.mend()
    served(env, "after")


OBSERVED = TEXT.replace("server s 127.0.0.1:[[s]]", "server s 127.0.0.1:[[s]] check inter 1h observe layer4 error-limit 1 on-error mark-down").replace("retries 1", "retries 0\n    option log-health-checks")


def observed(call, error):
    def script(env):
        faults = FaultyCalls(env)
        env.hide(*MAXSOCK)
        env.hide(r"\d+ sessions active", "N sessions active")  # who counts them is another thread, or not
        env.sorted = True
        env.start(OBSERVED.format(more=""))
        env.logs(1, "Health check for server")
        faults.fail(call, error)
        c = env.client(name="during")
        c.send(b"line\n").to_end()
        env.logs(1, "be has no server")
        env.logs(1, "be/s .* U=")
        faults.mend()
        served(env, "after")
        env.logs(2, "be/.* U=")
    script.__name__, script.__module__ = f"an_observer_and_{call}_{error}".lower(), __name__
    case("", S, start=False, must="be/s SC", life=True)(script)


# What this machine lacks counts against the server.
for _call, _error in (("CONNECT", "ENETUNREACH"), ("CONNECT", "EADDRNOTAVAIL"), ("SOCKET", "EMFILE")):
    observed(_call, _error)


@case(TEXT.replace("127.0.0.1:[[s]]", "unix@[[dir]]/nobody").format(more=""), {}, must="be/s SC")
def a_unix_socket_that_is_not_there(env):
    c = env.client(name="c")
    c.send(b"line\n").to_end()
    env.logs(1)
