"""Variables of the request and of the response: each exist only while their side is looked at."""

from harness import BASE, case, greeter
from rows import each, pairs, servers

SHOWN = BASE.replace("option tcplog", "log-format \"%ft %b/%s %ts a=%[var(req.a)] b=%[var(res.b)] t=%[var(txn.t)] u=%[var(txn.u)] v=%[var(txn.v)]\"")
BOTH = "tcp-request content set-var(req.a) int(1); tcp-request content set-var(res.b) int(2)"
ROWS = {
    "plain": f"{BOTH}; tcp-request content set-var(txn.t) var(req.a); tcp-request content set-var(txn.u) var(res.b); server s @",
    "refused": f"{BOTH}; tcp-request content reject",
    "answered": f"{BOTH}; tcp-response content set-var(txn.t) var(req.a); tcp-response content set-var(txn.u) var(res.b);"
                " tcp-response content set-var(res.b) int(9); tcp-response content set-var(req.a) int(9); tcp-response content set-var(txn.v) var(req.a); server s @",
    "dead": f"{BOTH}; retries 0; server s 127.0.0.1:1",
    "nobody": BOTH,
    "named": f"{BOTH}; use-server s2 if {{ var(req.a) -m int 1 }}; server s1 @; server s2 @",
    "hashed": f"{BOTH.replace('int(1)', 'int(7)')}; balance hash var(req.a); server s1 @; server s2 @; server s3 @; server s4 @",
    "unhashed": "balance hash var(req.a); server s1 @; server s2 @; server s3 @; server s4 @",
    "aborted": f"{BOTH}; tcp-response content reject; server s @",
}


@case(pairs(SHOWN, **ROWS), servers(**{name: greeter(b"hi\n") for name in ROWS}), must=["PR a=1 b=-"])
def belong_to_their_side(env):
    each(env, **{name: lambda c: (c.recv_line(), c.shut(), c.to_end()) for name in ROWS})
