"""Variables that are set before there is a stream: only those of the session and the process stay."""

from harness import BASE, case, greeter

EARLY = BASE.replace("option tcplog", "log-format \"%b/%s %ts t=%[var(txn.t)] u=%[var(txn.u)] r=%[var(req.r)] s=%[var(sess.s)]\"") + """
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request connection set-var(txn.t) int(6)
    tcp-request connection set-var(sess.s) int(8)
    tcp-request session set-var(txn.u) int(5)
    tcp-request session set-var(req.r) int(7)
    use_backend other if { var(txn.u) -m int 5 }
    default_backend be
backend be
    server s 127.0.0.1:[[s]]
backend other
    server s 127.0.0.1:[[s]]
"""


@case(EARLY, {"s": greeter(b"hi\n")}, must=["be/s -- t=- u=- r=- s=8"])
def variables_of_streams_do_not_outlive_early_rules(env):
    c = env.client()
    c.recv_line()
    c.shut().to_end()
    env.logs(1)
