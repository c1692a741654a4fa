"""An inner bind that closes without having read: the kernel's unix sockets say so to the other end."""

from cases.hops import chain
from harness import answering, case


# With --real-sockets shunt has read what it refuses, and its end looks like an ordinary one.
@case(chain(first=""), {"app": answering()}, must=["Received something which does not look like a PROXY protocol header|PROXY"])
def header_expected_and_missing(env):
    env.sorted = True
    c = env.client()
    c.send(b"no header at all, but long enough to be judged\n").to_end()
    env.logs(2)
