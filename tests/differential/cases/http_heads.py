"""HTTP request heads read from raw bytes: fetches and predefined ACLs that rules of TCP proxies use."""

from harness import case, greeter

FETCHES = ("url", "path", "pathq", "query", "base", "base32", "baseq", "req.ver", "req_ver", "req.hdr(host)", "req.hdr_cnt(host)", "req.fhdr(x-a)", "req.hdr(x-a)",
           "req.hdr(x-a,1)", "req.hdr(x-a,-2)", "req.hdr(x-a,9)", "req.hdr_cnt(x-a)", "req.fhdr_cnt(x-a)", "req.fhdr_cnt", "req.hdr_cnt", "hdr_cnt(x-a)", "req.hdrs,hex",
           "req.hdrs_bin,hex", "req.hdr_names", "req.hdr_names(-)", "req.cook(a)", "req.cook(b)", "req.cook", "req.cook_cnt(a)", "req.cook_cnt", "req.cook_val(a)", "cook(a)",
           "url_param(a)", "url_param", "url_param(b,?)", "urlp(a)", "urlp_val(a)", "url32", "url32+src,hex", "base32+src,hex", "url_ip", "url_port", "req.body_len", "req.body_size", "req.body",
           "req.hdr_ip(x-ip)", "req.hdr_ip(x-ip,1)", "hdr_ip(x-ip)", "req.hdr_val(content-length)", "hdr_val(content-length)", "req.proto_http", "http_first_req", "method,lower",
           "capture.req.method", "capture.req.uri", "capture.req.ver")
ACLS = ("METH_GET", "METH_POST", "METH_HEAD", "METH_OPTIONS", "METH_CONNECT", "METH_PUT", "HTTP", "HTTP_1.0", "HTTP_1.1", "HTTP_2.0", "HTTP_CONTENT", "HTTP_URL_ABS", "HTTP_URL_SLASH",
        "HTTP_URL_STAR", "{ req.hdr(x-a) one }", "{ req.fhdr(x-a) three }", "{ req.cook(a) 1 }", "{ url_param(a) 2 }", "{ path_beg /p }", "{ hdr_dom(host) ex.org }", "{ url_end .png }",
        "{ hdr(host) -i EX.org }", "{ method FOO }", "{ req.hdr_val(x-n) gt 5 }", "{ req.hdr_ip(x-ip) 10.0.0.0/8 }")
HEAD = """
global
    nbthread 1
    log [[udp]] len 16000 local0
defaults
    mode tcp
    log global
    timeout connect 1s
    timeout client 3s
    timeout server 3s
"""
CONFIG = HEAD + '    log-format "%f ' + " ".join(f"{name.split(',')[0]}=<%[var(txn.v{number})]>" for number, name in enumerate(FETCHES)) + \
    " acls=%[var(txn.acls)] %Tw/%Tc/%Tt 0 %ts x\"\n" + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
    tcp-request inspect-delay 400ms
""" + "".join(f"    tcp-request content set-var(txn.v{number}) {name}\n" for number, name in enumerate(FETCHES)) + \
    "    tcp-request content set-var(txn.acls) str()\n" + \
    "".join(f"    tcp-request content set-var(txn.acls) var(txn.acls),concat({number:02}.) if {acl}\n" for number, acl in enumerate(ACLS))

REQUESTS = (
    b"GET /p/a?a=1&b=2 HTTP/1.1\r\nHost: ex.org:80\r\nX-A: one, two\r\nX-A: three\r\nCookie: a=12; b=3\r\nX-Ip: 10.2.3.4\r\nContent-Length: 3\r\n\r\nabcdef",
    b"GET /p/a\r\n", b"OPTIONS * HTTP/1.0\r\n\r\n", b"GET http://1.2.3.4:8080/abs.png?x HTTP/1.1\r\nHost: o\r\n\r\n",
    b"GET http://1.2.3.4 HTTP/1.1\r\nX-Ip: 5.6.7.8, ::1\r\nContent-Length: 5, 5\r\nX-A:\r\nCookie: b=1; a\r\nCookie: a=\"x y\"; a=5 ; c\r\n\r\n",
    b"GET http://1.2.3.4:81/ HTTP/1.1\r\nX-Ip: 5.6.7.8:99\r\nHost: 1.2.3.4:81\r\nX-N: 12x\r\n\r\n",
    b"POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-A:  sp  \r\nX-A: a\r\n b\r\nCookie: a=1; a=2,a=3\r\n\r\na=7&b",
    b"GET /x HTTP/1.1\r\nX-A: \"q,r\",s,\r\nHost: EX.org\r\nX-N: -3\r\nX-Ip: 2001:db8::1\r\n\r\n",
    b"HEAD /x?b=1&A=%41&a=2;a=3 HTTP/1.1\r\nHost: x\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
    b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", b"CONNECT h:8080 HTTP/1.1\r\nHost: h:8080\r\n\r\n", b"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n",
    b"CONNECT h:443 HTTP/1.1\r\nHost: other\r\n\r\n", b"GET http://h:80/x?q HTTP/1.1\r\nHost: h\r\n\r\n", b"GET http://H/x HTTP/1.1\r\nHost: h\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"FOO /bar HTTP/1.1\r\nHost: x\r\n\r\n", b"get /x HTTP/1.1\nHost: x\n\n", b"\r\nPUT /x HTTP/2.0\r\n\r\n",
    b"GET /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"\x16\x03\x01\x02\x00",
    b"GET /x HTTP/1.1\r\nHost: x", b"GET", b"",
)


@case(CONFIG, {"s": greeter(b"hello\n")}, must=["path=</p/a>", "req.hdr.host.=<ex.org:80>", "acls=00.06.08.10.12.14", "method=<get>", "method=<foo>", "req.ver=<2.0>", r"~4\d\dms~"],
      expect_shunt=[(r"X-A: a   b\\r", r"X-A: a\\r\\n b\\r", "a continued header is forwarded as it came")])
def fetches_and_predefined_acls(env):
    for number, request in enumerate(REQUESTS, 1):
        c = env.client()
        c.send(request).recv_line()
        c.shut().to_end()
        env.logs(number)


SWITCH = HEAD + """    option tcplog
frontend fe
    bind 127.0.0.1:[[fe]]
    tcp-request inspect-delay 2s
    tcp-request content accept if HTTP
    use_backend gets if METH_GET HTTP_1.1
    use_backend stars if HTTP_URL_STAR
    default_backend others
backend gets
    server s 127.0.0.1:[[gets]]
backend stars
    server s 127.0.0.1:[[stars]]
backend others
    server s 127.0.0.1:[[others]]
"""


@case(SWITCH, {name: greeter(name.encode() + b"\n") for name in ("gets", "stars", "others")}, must=["gets", "stars", "others"])
def a_head_in_parts(env):
    """Decided as soon as the head is whole, whatever segments it comes in."""
    for number, request in enumerate((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"), 1):
        c = env.client()
        c.send_parts([request[:2], request[2:9], request[9:-1], request[-1:]], pause=0.05).recv_line()
        c.shut().to_end()
        env.logs(number)
