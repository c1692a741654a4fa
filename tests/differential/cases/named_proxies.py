"""Converters that take the name of a backend or a server for what the program knows of it."""

from harness import BASE, case, greeter

ASKED = ("str(be),nbsrv", "str(nope),nbsrv", "str(fe),nbsrv", "str(both),nbsrv", "str(down),nbsrv", "str(BE),nbsrv", "int(5),nbsrv",
         "str(be/s1),srv_queue", "str(s1),srv_queue", "str(be/zz),srv_queue", "str(nope/s1),srv_queue", "str(s3),srv_queue",
         "str(down/s3),srv_queue", "str(be/),srv_queue", "str(/s1),srv_queue", "str(be/s1/x),srv_queue")
LINE = " ".join(f"%[{expression}]" for expression in ASKED)
CFG = BASE.replace("option tcplog", f'log-format "%ft {LINE}"') + """
frontend fe
    bind 127.0.0.1:[[fe]]
    default_backend be
frontend rejecting
    bind 127.0.0.1:[[rejecting]]
    tcp-request content reject
frontend chosen
    bind 127.0.0.1:[[chosen]]
    use_backend be if { str(be),nbsrv ge 2 }
    default_backend both
listen both
    bind 127.0.0.1:[[both]]
    server s3 127.0.0.1:[[s]]
backend be
    server s1 127.0.0.1:[[s]]
    server s2 127.0.0.1:[[s]]
backend down
    server s1 127.0.0.1:[[s]] disabled
    server s3 127.0.0.1:[[s]] disabled
"""


@case(CFG, {"s": greeter(b"hi\n")}, must=["fe 2 - - 1 0"])
def what_is_known_of_them(env):
    for number, name in enumerate(("fe", "rejecting", "chosen", "both"), 1):
        c = env.client(name)
        c.recv_line()
        c.shut().to_end()
        env.logs(number)
