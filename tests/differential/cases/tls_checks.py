"""Health checks over TLS: who uses it, what is sent, and the texts of what failed."""

import ssl

from harness import BASE, case, closer, greeter, silent
from server_tls import tls_answering

VERBOSE = BASE + """
listen l
    bind 127.0.0.1:[[fe]]
    option log-health-checks
    {}
    server s 127.0.0.1:[[s]] check inter {} fall 2 rise 1 {}
"""
NONE = "ssl verify none"
OK = "Layer6 check passed"
BAD = 'Layer6 invalid response, info: "SSL handshake failure"'
LAYER4 = "Layer4 check passed"
CASES = {
    "passed": (NONE, tls_answering(), OK),
    "old_version": (NONE, tls_answering(maximum=ssl.TLSVersion.TLSv1_2), OK),
    "strange_authority": ("ssl verify required ca-file [[clients]]/ca.crt", tls_answering(), BAD),
    "other_name": ("ssl verify required ca-file [[pem b]] verifyhost x.test", tls_answering(), "different from the configured one"),
    "other_sni": ("ssl verify required ca-file [[pem b]] check-sni x.test", tls_answering(), "different from the expected one"),
    "name_and_protocol": ("ssl verify required ca-file [[pem b]] check-sni b.test check-alpn h2,foo alpn bar", tls_answering(alpn=["foo", "bar"]), "name b.test alpn foo"),
    "traffic_name_is_not_used": (NONE + " alpn bar sni str(x.y)", tls_answering(alpn=["foo", "bar"]), "name None alpn bar"),
    "no_tls": (NONE, greeter(b"this is no TLS at all\n"), BAD),
    "closes": (NONE, closer(b""), BAD),
    "silent": (NONE, silent(), "Layer6 timeout"),
    "refused": (NONE, None, "Layer4 connection problem"),
    "only_checks": ("check-ssl verify none", tls_answering(), OK),
    "other_port": (NONE + " port [[s]]", closer(b""), LAYER4),
    "other_port_with_tls": (NONE + " port [[s]] check-ssl", tls_answering(), OK),
    "switched_off": (NONE + " no-check-ssl", closer(b""), LAYER4),
    "header": (NONE + " send-proxy-v2", tls_answering(header=True), "header v2 20 00"),
    "old_header": (NONE + " send-proxy", tls_answering(header=True), "header b'PROXY TCP4"),
    "own_header": ("check-ssl verify none check-send-proxy", tls_answering(header=True), "header b'PROXY TCP4"),
}


def register(name, parameters, behaviour, must):
    def run(env):
        env.hide(r"517 bytes b.*$", "hello")
        env.hide(r"127.0.0.1 \d+ <s>")
        env.hide(r"(ended early|end): .*$", "end")
        env.logs(1, "Health check")
        env.logs(3, "Health check|is DOWN|no server") if "failed" in env.sink.lines[0] else None
    run.__name__ = name
    run.__module__ = __name__
    case(VERBOSE.format("", "300ms" if name == "silent" else "10s", parameters), {"s": behaviour} if behaviour else {}, must=[must])(run)


for each, (line, stub, wanted) in CASES.items():
    register(each, line, stub, wanted)
