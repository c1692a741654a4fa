"""The expressions and inputs of samples.py: areas, each a list of (expressions, inputs)."""
import base64
import hashlib
import hmac
import itertools
import pathlib
import struct

import certs  # noqa: F401

TEXT = "@,concat()"  # the input as text: up to its first NUL byte

TEXTS = [b"", b"a", b"abcab", b" abc ", b"a\rb\nc", b"www.Foo.org:80", b"f1_f2_f3__f5", b"/////a///b/c", b"a,b;c d|e",
         b"\xc3\xa9\xe2\x82\xac\xff", b"\x00\xffa", b"a\x00b", b"\x01\x1f\x7f", b"-42", b"+7x", b"9223372036854775807",
         b"99999999999999999999", b"-99999999999999999999", b"0x1f", b"1.5", b"192.0.2.7", b"::1", b"2001:db8::ff", b"true",
         b"x" * 300, bytes(range(1, 256))]
NUMBERS = [b"0", b"1", b"-1", b"7", b"-8", b"255", b"65536", b"2147483648", b"4294967296", b"-4294967297",
           b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"", b"abc", b"12abc", b" 5", b"--5", b"-"]
BYTES = [b"", b"\x00", b"\x01", b"\x01\x02", bytes(range(8)), bytes(range(17)), b"\xff" * 8 + b"\x00", b"\xff" * 16,
         bytes(range(256)), b"abc" * 100]


def on_text(*converters):
    return [f"{TEXT},{name}" for name in converters]


def on_bytes(*converters):
    return [f"@,{name}" for name in converters]


ARITHMETIC = on_text("neg", "cpl", "bool", "not", "odd", "even", "htonl", *(
    f"{name}({value})" for name in ("add", "sub", "mul", "div", "mod", "and", "or", "xor")
    for value in ("0", "1", "-1", "3", "-3", "9223372036854775807", "-9223372036854775808", "txn.number", "txn.text", "txn.unset",
                  "txn.negative", "txn.true", "txn.address")))

CUTS = on_text("lower", "upper", "length", "cut_crlf", "ltrim(ab\\ )", "rtrim(ab\\ c)", "ltrim()", "rtrim()", *(
    f"{name}({index},{delimiters}{count})" for name in ("field", "word")
    for index in (1, 2, 3, 5, 6, -1, -2, -3, -7) for delimiters in ("_", "/.:", "\\ ab") for count in ("", ",0", ",2", ",-1", ",9")))
CUTS += on_bytes("length", *(f"bytes({at}{count})" for at in (0, 1, 3, 255, -1, 300) for count in ("", ",0", ",1", ",2", ",400")))

CASTS = [f"{value},{converter}" for value in ("int(5)", "int(-1)", "int(3232235777)", "bool(true)", "bool(0)", "ipv4(192.0.2.7)",
                                              "ipv6(2001:db8::1)", "ipv6(::ffff:192.0.2.7)", "str()", "str(7)", "str(192.0.2.9)",
                                              "str(2001:db8::9)", "bin(00ff)", "bin(313233)", "var(txn.true)", "var(txn.address)",
                                              "var(txn.bytes)", "var(txn.number)", "meth(GET)", "meth(x)")
         for converter in ("concat()", "hex", "add(1)", "bool", "length", "ipmask(24)", "ipmask(24,64)", "ipmask(255.0.255.0)",
                           "ipmask(0,0)", "crc32", "lower", "iif(yes,no)", "strcmp(txn.number)", "htonl", "base64", "not",
                           "set-var(txn.copy)", "be2dec(.,1)")]
CASTS += on_text("iif(yes,no)", "ipmask(24)", "ipmask(24,64)", "ipmask(32,128)", "bool", "add(0)", "hex", "not") + on_bytes("hex", "concat()")

VARIABLES = on_text(*(f"concat({before},{name},{behind})" for before in ("", "<")
                      for name in ("", "txn.text", "txn.number", "txn.bytes", "txn.address", "txn.true", "txn.unset", "txn.empty")
                      for behind in ("", ">")))
VARIABLES += on_text(*(f"add_item({delimiter},{name}{suffix})" for delimiter in ("-", '\\",\\"', "")
                       for name in ("txn.text", "txn.number", "txn.bytes", "txn.address", "txn.unset", "txn.empty") for suffix in ("", ",end")))
VARIABLES += on_text("add_item(-,,end)", *(f"strcmp({name})" for name in ("txn.text", "txn.number", "txn.bytes", "txn.empty", "txn.unset")))
VARIABLES += on_bytes(*(f"secure_memcmp({name})" for name in ("txn.text", "txn.number", "txn.bytes", "txn.empty", "txn.unset", "txn.address")))
VARIABLES += [f"@,set-var(txn.v{n},{condition}),concat(|,txn.v{n})" for n, condition in enumerate(
    ("ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt", "ifnotset,ifnotempty"))]
VARIABLES += ["@,set-var(txn.w),unset-var(txn.w),concat(|,txn.w)", "int(5),set-var(txn.number2),add(txn.number2)",
              "var(txn.number),set-var(txn.number3,ifgt)", "var(txn.unset)", "var(txn.text),length"]

HASHES = on_bytes(*(f"{name}{argument}" for name in ("crc32", "crc32c", "djb2", "sdbm", "wt6") for argument in ("", "(0)", "(1)", "(2)")),
                  *(f"{name}{argument}" for name in ("xxh32", "xxh64", "xxh3") for argument in ("", "(0)", "(1)", "(-1)", "(4294967297)")),
                  "sha1", "sha2", *(f"sha2({bits})" for bits in (224, 256, 384, 512)),
                  *(f"digest({name})" for name in ("md5", "sha1", "SHA256", "sha384", "sha3-256", "shake128", "blake2b512", "md5-sha1", "sm3")),
                  *(f"hmac({name},{key})" for name in ("md5", "sha1", "sha256", "sha512") for key in ("a2V5", "txn.key", "txn.unset", "txn.text", "")))
HASH_INPUTS = BYTES + [b"hello world", b"/index.html", *(b"0123456789abcdef"[:n] for n in range(1, 16)), b"1" * 128, b"1" * 129,
                       b"1" * 240, b"1" * 241, b"1" * 1024, b"1" * 1025, b"z" * 4000]

CODECS = on_bytes("hex", "base64", "ub64enc", "be2hex", *(f"be2hex({a})" for a in (":,2", "--,2,1", ",3,1", ":,5", ",0", ":,1,0")),
                  *(f"be2dec({a})" for a in (":,2", "-,2,1", ",2,1", ".,1", ":,8", ",3", "..,7,1")))
CODEC_TEXTS = TEXTS + [b"YQ==", b"YWI=", b"YWJj", b"YWJjZA==", b"YQ", b"YQ=", b"Y", b"YR==", b"YW Jj", b"YWJj\n", b"+/+/", b"-_-_", b"====",
                       b"a===", b"AA=A", b"YQ==YQ==", b"YQ======", b"YWJjY===", b"ff", b"FFFFFFFFFFFFFFFF", b"1ffffffffffffffff", b"fg",
                       b"0", b"f", b"a%20b+c?d+e%zz", b"%00a", b"%2", b"%", b"%41?%42+", b"a+b?c+d", b"%c3%A9", b"?+", b"%3f+"]
CODEC_CONVERTERS = on_text("b64dec", "ub64dec", "hex2i", "url_dec", "url_dec(0)", "url_dec(1)", "url_dec(5)", "url_enc()", "url_enc(query)")

HOSTS = [b"", b"www.Foo.org", b"www.Foo.org:80", b"[::1]:8080", b"[::1]", b"::1", b"127.0.0.1", b"127.0.0.1:", b"host:99999", b"host:0x",
         b"host:80a", b"h:-1", b"h:/", b"h:80 ", b"h:4294967296", b"a:]", b"[a]b:3", b"[A", b"a]:3", b":80", b":", b"a:b:80", b"\xc3\x89:1"]
LANGUAGES = [b"", b"fr", b"en;q=0.5,fr;q=0.8", b"en", b"de", b"en;q=0", b"en;q=0.0", b"en-us,fr;q=0.9", b"fr-ca", b"FR", b"en;q=1.5",
             b"fr ; q=0.3 , en ; q=0.4", b"fr ; q = 0.3 , en ; q = 0.4", b"en;q=0.1234,fr;q=0.1235", b"*", b"en;q=", b"en;q=abc, fr;q=0.001",
             b",,en", b"en;level=1;q=0.2,fr;q=0.3", b"e", b"french", b"en;q=.5,fr;q=0.4", b"en;q=1,fr", b"fr;q=0.5,en;q=0.5",
             b"en-us;q=0.3,en;q=0.2,fr;q=0.25", b" en", b"\ten;q=0.9, fr", b"en;Q=0.1,fr;q=0.2", b"en;q=0.5;x,fr;q=0.6", b"en ,fr", b"en;q=00.5,fr;q=0.1",
             b"en;q=2,fr;q=0.9", b"en;q=0.9999,fr;q=1", b"fr;q=0.001,en;q=0.0009", b"en;,fr;q=0.5"]
WEB = [(on_text("host_only", "port_only"), HOSTS),
       (on_text("language(fr;en)", "language(fr;en,xx)", "language(en-us;en)", "language(fr)", "language(en,)"), LANGUAGES)]

DATE_VALUES = NUMBERS + [b"59", b"86399", b"951782400", b"1700000000", b"1719792000", b"1700000000123", b"1700000000123456",
                         b"253402300799", b"253402300800", b"-62135596801", b"36028797018963968", b"5", b"1005", b"1000050"]
DATES = on_text("http_date", *(f"http_date({a})" for a in ("1", "-5", "0,s", "0,ms", "-5,ms", "0,us", "7,us", "9223372036854775807")),
                *(f"{name}({a})" for name in ("ltime", "utime") for a in ("%Y%m%d%H%M%S", "%Y-%m-%dT%T%z,3600", "%a\\ %d\\ %b\\ %e\\ %j", "%s",
                                                                     "%%Y", "plain", "%F\\ %Z,-86400", "%c", "%I:%M:%S\\ %p", "", "%Ey%Q")))

JSON_TEXTS = [b"", b'a"b\\/c', b"\x00", b"\x01\x1f\x7f", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\xc0\x80", b"\xc0\xafx", b"\xe0\x80\xaf",
              b"\x80", b"\xc3", b"a\xc3", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xef\xbf\xbf", b"\xef\xbf\xbe", b"\xef\xb7\x90", b"\xff", b"\xfe", b"\xf8\x88\x80\x80\x80",
              b"\xfc\x84\x80\x80\x80\x80", b"\xc3(", b"\xe2\x82", b"\xe2(\xa1", b"\x08\x0c\n\r\t", b"\xc3\xa9\xc3", b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xc2\x80",
              b"\xf0\x80\x80\xaf", b"\xf0\x82\x82\xacx", b"\xe2\x82\xe2\x82\xac", b"\x80\x80a", b"\xc3\xc3\xa9", b"\xf8\x80\x80\x80\xafx", b"\xfe\x80x", b"\xf4\x90\x80\x80",
              b"plain text", bytes(range(1, 256))]
DOCUMENT = (rb'{"s":"str","e":"a\"b\\c\n\u0041\u00e9\/","i":4,"n":-5,"f":1.5,"x":1e3,"big":123456789012345678901,"t":true,"b":false,"z":null,'
            rb'"o":{"a":[1,"two",{"k":3}],"my.key":"v","":1},"arr":[[1,2],[3]],"dup":1,"dup":2,"sp ace":7,"empty":"","eo":{},"ea":[]}')
PATHS = ["$.s", "$.e", "$.i", "$.n", "$.f", "$.x", "$.big", "$.t", "$.b", "$.z", "$.o", "$.o.a", "$.o.a[0]", "$.o.a[1]", "$.o.a[2].k", "$.o.a[9]", "$.o.a[-1]",
         "$.arr", "$.arr[0]", "$.arr[0][1]", "$.dup", "$", "s", ".s", "$s", "$..s", "$.nope", "$.s.t", "$.empty", "$.eo", "$.ea", "$.o.*", "$[0]", "$.sp\\ ace", "$.o.my\\\\.key",
         "$.", "$.S", "$.o.", "@.s", "$[0].a", "$.a", "$[1].a", "$.arr[00]", "$.arr[]", "$.arr[0", "$.arr[1].x"]
JSON_SMALL = [b"", b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1}', b'{"a":1}x', b'{ "a" : 1 }', b'  {"a":1}', b"{'a':1}", b"{a:1}", b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1.}',
              b'{"a":0x10}', b'{"a":1e5}', b'{"a":-0}', b'{"a":tru}', b'{"a":"x', b'{"a":"x}', b'{"b":1,"a":2}', b'{"b":1 "a":2}', rb'{"b":"\"","a":3}', b'{"b":{"a":1},"a":2}',
              b'[{"a":1}]', b'{"A":1}', b'{"a":[1,2,3]}', b'{"a":["x","y"]}', b'{"a":[]}', b'{"a":["x",1]}', b'{"a":[true]}', b'{"a":{}}', b'{"a":nul}', rb'{"a":"\u0041"}', rb'{"a":"\x"}',
              b'{"a":"\xc3\xa9"}', b'{"a":"\xff"}', b'{"a":"\x01"}', rb'{"\u0061":5}', b'{"a":"' + b"x" * 300 + b'"}', b'{"a":12345678901234567890}', b'{"a":1.0}', b'{"a":100.25}', b'{"a":1e400}',
              b'{"a":0.1}', b'{"a":1E+2}', b'{"a":-1e-3}', b'{"a":123456.789}', b'{"a":1234567.0}', b'{"a":1e15}', b'{"a":1e16}', b'{"a":[1,[2],{"a":3}]}', b'{,"a":1}', b'{"a":1,}',
              b'\xef\xbb\xbf{"a":1}', b"5", b'"x"', b'[7,{"a":3}]', b"true", b"null", b' [ "q" ]', b"[]", b"[[[1]]]", rb'{"a":"\u00e9"}', rb'{"a":"\u20ac"}', rb'{"a":"\n\t\b\f\r\/\\\""}',
              rb'{"a":"\u0000"}', rb'{"a":"\u00E9"}', rb'{"a":"\u00g1"}', rb'{"a":"\u01"}', rb'{"b":"\q","a":1}', rb'{"b":"\ud83d","a":1}', b'{"a" :[1],"a":2}', b'{"b":-,"a":1}', b'{"b":1e,"a":1}',
              b'{"b":1e+,"a":1}', b'{"b":1.e1,"a":1}', b'{"b":--1,"a":1}', b'{"b":nul,"a":1}', b'{"b":truex,"a":1}', b'{"b":[1,],"a":1}', b'{"b":[,1],"a":1}', b'{"b":[1 2],"a":1}', b'{"b":{},"a":1}',
              b'{"b":{"c"},"a":1}', b'{"b":{"c":1,},"a":1}', b'{"a":-}', b'{"a":1-2}', b'{"a":1.2.3}', b'{"a":1e5x}', b"[" * 19 + b"1" + b"]" * 19,
              *(b'{"b":' + b"[" * n + b"]" * n + b',"a":1}' for n in (15, 18, 19, 20, 22)), b'{"a":9007199254740991}', b'{"a":9007199254740992}', b'{"a":999999}', b'{"a":1000000}', b'{"a":0.00001}',
              b'{"a":0.0001}', b'{"a":1e-400}', b'{"a":179769313486231570000000000000000000000}', b'{"a":0.1e1}', b'\x0b{"a":1}', b'{"a":1.5e}', b'{"a":"\n"}', b'{"a":"\\"', b'{"a":-7.9}', b'{"a":"12"}',
              b'{"a":-9007199254740992}', b'{"a":2.999}', b'{"a":1e2}', b'{"a":"a' + b"\\\\" * 40 + b'"}', b'{"a":1\n}', b'{"a"\t:\r\n1}', b'{"a":1 ]', b'{"a":true]', b'{"b":1e5e5,"a":1}', b'{"b":01,"a":1}']
JSON = [(on_text("json()", *(f"json({kind})" for kind in ("ascii", "utf8", "utf8s", "utf8p", "utf8ps"))), JSON_TEXTS),
        (on_text(*(f"json_query('\"{path}\"')" if "\\" not in path else f"json_query(\\'{path}\\')" for path in PATHS)), [DOCUMENT, b"[5]", b""]),
        (on_text("json_query('\"$.a\"')", "json_query('\"$.a\",int')", "json_query('\"$\"')", "json_query('\"$\",int')", "json_query('\"$[0]\"')"), JSON_SMALL)]

JSON_SMALL += [rb'{"a":"\%c"}' % c for c in b"ntbfr/\"u "] + [b'{"a":%s}' % n for n in (b"010", b"08", b"0x", b"-0x10", b"0x1F.5", b"00", b"0b1", b"1_0", b"0777")]
REPLACEMENTS = ['"a",b', '"a",b,g', '"A",b,gi', '"(a)(b)?","[\\2\\1]",g', '"a*",X,g', '"^a",X,g', '"(a)","\\0\\0"', '"(a)","\\3"', '"a","\\x41"', '"a","\\\\1"', '"a",,g', '"$",E,g',
                '"\\b",|,g', '"(.)(.)","\\2\\1",g', '"[?;&]*",', '".",x,g', '"\\n",N,g', '"(?i)B",c,g', '"(((((((((((a)))))))))))","\\10\\11"', '"a","&$1"', '"(?=a)",<,g', '"a|",-,g',
                '"\\s+","_",g', '"(\\w+)\\.(\\w+)","\\2.\\1"', '"x{3}",Y,g', '"/+",/,g', '"(?m)^",>,g', '"[^a-z]","",g', '"(?<=a)b",B,g', '"a(?!b)",N,g', '"a","\\q"', '"a","\\n"']
REGEX = [(on_text(*(f"regsub('{arguments}')" for arguments in REPLACEMENTS)),
          [b"", b"a", b"ab", b"aab", b"banana", b"Aa", b"xay\nab", b"a\x00b", b"\xc3\xa9a", b"aaaa", b"/////a///b", b"one two.three", b"abab abba", b"xxxxxxx", b"b" * 300])]


def fix(fields, length=None, check=None):
    body = "".join(f"{tag}={value}\x01" for tag, value in fields[1:])
    text = f"8={fields[0][1]}\x01" + f"9={len(body) if length is None else length}\x01" + body
    total = sum(text.encode("latin-1")) % 256
    return (text + f"10={f'{total:03d}' if check is None else check}\x01").encode("latin-1")


GOOD = [("8", "FIX.4.4"), ("35", "A"), ("49", "ME"), ("56", "YOU"), ("58", "x=y"), ("58", "second")]
FIXES = [b"", fix(GOOD), fix(GOOD)[:-1], fix(GOOD)[:-3], fix(GOOD) + b"x", fix(GOOD) * 2, fix(GOOD, length=5), fix(GOOD, check="000"), fix(GOOD, check="1"), fix(GOOD, length="035"), fix(GOOD, length=36),
         fix(GOOD, length=34), fix(GOOD, length=400), fix(GOOD, length="5x"), fix(GOOD, length=""), fix(GOOD, length="-5"), fix(GOOD, check="0202"), fix(GOOD, check="20a"),
         *(fix([("8", v), *GOOD[1:]]) for v in ("FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.5.0", "FIXT.1.1", "FIX.3.0", "FIXT.1.0", "FIX.4.5", "XIF", "FIX.4.44", "")),
         *(fix([GOOD[0], *rest]) for rest in ([("49", "x"), ("35", "A")], [("35", "A")], [("35", "")], [("35", ""), ("49", "abcdef")], [("35", "A"), ("x", "1")], [("35", "A"), ("", "1")],
                                              [("35", "A"), ("49", "")], [("35", "A"), ("049", "a")], [("35", "A"), ("99999999999", "a")], [("35", "A"), ("2147483648", "a")],
                                              [("35", "A"), ("2147483647", "a")], [("35", "A"), ("0", "a")], [("35", "A"), ("-5", "a")], [("35", "A"), ("35", "B")], [("35", "A"), ("10", "5")],
                                              [("035", "A")], [("35", "A"), ("4 9", "a")])),
         b"8=FIX.4.4\x0135=A\x01", b"8=FIX.4.4\x01", b"8=FIX.4.4", b"8=", b"8", b"9=5\x018=FIX.4.4\x01", b"x", b"x" * 40, fix(GOOD)[:20], fix(GOOD)[:30], b"8=FIX.4.4\x019=5x\x0135=A\x0110=000\x01",
         b"=\x01", b"35\x01=A\x01", b"35=A", b"1=2\x0135=A\x01", b"8=FIX.4.4\x0135=A\x019=5\x0149=MEEEEEEEEE\x01", b"x" * 30 + b"\x01", b"8=FIX.4.4\x01" + b"9" * 30,
         b"8=FIX.4.4\x019=5\x01" + b"x" * 20 + b"\x01", b"8=FIX.4.4\x019=15\x0135=A\x0149=aaaaaa\x01", b"8=FIX.4.4\x019=99999999999999999999\x0135=A\x0110=000\x01"]
FIX = [(on_bytes("fix_is_valid", *(f"fix_tag_value({tag})" for tag in ("35", "MsgType", "58", "8", "BeginString", "BodyLength", "CheckSum", "49", "SenderCompID", "TargetCompID", "999"))), FIXES)]


def text16(value):
    return struct.pack(">H", len(value)) + value


def packet(kind, body, length=None):
    size, coded = len(body) if length is None else length, b""
    while True:
        coded += bytes([size % 128 | (128 if size >= 128 else 0)])
        size //= 128
        if size == 0:
            return bytes([kind]) + coded + body


def connect(name=b"MQTT", version=4, flags=2, keepalive=60, properties=None, client=b"cid", rest=b""):
    head = text16(name) + bytes([version, flags]) + struct.pack(">H", keepalive)
    if version == 5:
        properties = properties or b""
        head += bytes([len(properties)]) + properties
    return packet(0x10, head + text16(client) + rest)


FULL = text16(b"topic") + text16(b"payload\x00!") + text16(b"user") + text16(b"pass")
PROPERTIES = [struct.pack(">BI", 17, 3600), struct.pack(">BH", 33, 20), struct.pack(">BI", 39, 70000), struct.pack(">BH", 34, 7), bytes([25, 1]), bytes([23, 0]), b"\x15" + text16(b"plain"),
              b"\x16" + text16(b"\x00\x01"), b"\x26" + text16(b"k") + text16(b"v")]
MQTTS = [b"", b"\x10", connect(), connect()[:-1], connect()[:5], connect() + b"x", connect(name=b"MQIsdp", version=3), connect(name=b"MQIsdp", version=4), connect(version=3), connect(version=6),
         connect(name=b"MQTX"), connect(flags=3), connect(flags=0), connect(flags=0xc6, rest=FULL), connect(flags=0xc6, rest=FULL[:-1]), connect(flags=0x82, rest=text16(b"user")), connect(flags=0x42, rest=text16(b"pass")),
         connect(flags=0x1e, rest=text16(b"t") + text16(b"p")), connect(flags=0x0e, rest=text16(b"t") + text16(b"p")), connect(flags=0x26, rest=text16(b"t") + text16(b"p")), connect(flags=0x22), connect(flags=0x0a),
         connect(client=b""), connect(client=b"", flags=0), connect(rest=b"junk"), connect(keepalive=0), connect(keepalive=65535), connect(version=5), connect(version=5, properties=b"".join(PROPERTIES)),
         *(connect(version=5, properties=p) for p in PROPERTIES), connect(version=5, properties=PROPERTIES[0] * 2), connect(version=5, properties=PROPERTIES[8] * 2), connect(version=5, properties=b"\x63\x01"),
         connect(version=5, properties=b"\x24\x01"), connect(version=5, properties=b"\x11\x00"), connect(version=5, properties=bytes([25, 2])),
         connect(version=5, flags=0xc6, rest=b"\x00" + FULL), connect(version=5, flags=0xc6, properties=PROPERTIES[0], rest=bytes([len(b"\x01\x01\x02\x00\x00\x00\x05\x03\x00\x02ct")]) + b"\x01\x01\x02\x00\x00\x00\x05\x03\x00\x02ct" + FULL),
         connect(version=5, flags=0xc6, rest=bytes([5 + 5 + 5 + 6]) + b"\x08" + text16(b"rt") + b"\x09" + text16(b"cd") + struct.pack(">BI", 18, 1) + b"\x26" + text16(b"") + text16(b"v") + FULL),
         connect(version=5, flags=0xc6, rest=bytes([5]) + struct.pack(">BI", 24, 77) + FULL),
         packet(0x11, connect()[2:]), packet(0x20, b"\x00\x00"), packet(0x20, b"\x01\x05"), packet(0x20, b"\x02\x00"), packet(0x20, b"\x00"), packet(0x20, b"\x00\x00\x00"), packet(0x20, b"\x00\x00\x01"), packet(0x20, b"\x00\x87" + b"\x05" + struct.pack(">BI", 17, 9)),
         packet(0x20, b"\x01\x00" + bytes([2 * 6 + 3]) + bytes([36, 1, 37, 0, 40, 1, 41, 1, 42, 0]) + struct.pack(">BH", 19, 30) + b"\x00\x00"),
         packet(0x20, b"\x00\x00" + bytes([28]) + b"\x12" + text16(b"given") + b"\x1f" + text16(b"why") + b"\x1a" + text16(b"ri") + b"\x1c" + text16(b"srv") + bytes([36, 1])[:1] + b"\x01"),
         packet(0x20, b"\x00\x00" + bytes([8]) + b"\x12" + text16(b"given")), packet(0x20, b"\x00\x00" + bytes([2]) + bytes([23, 1])),
         packet(0x30, text16(b"t") + b"hello"), packet(0xe0, b""), b"\x10\xff\xff\xff\xff\x01", b"\x10\x80\x80\x80\x80\x00", b"\x10\x00", b"\x20\x00", packet(0x10, connect()[2:], 127), packet(0x10, connect()[2:], 5),
         connect(flags=0x82, rest=text16(b"u" * 300)), connect(client=b"c" * 200), b"GET / HTTP/1.0\r\n\r\n"]
MQTTS += [connect(version=5, properties=p) for p in (b"\x17\x02", b"\x17\x01\x17\x00", struct.pack(">BH", 33, 0), struct.pack(">BI", 39, 0), struct.pack(">BH", 34, 0), b"\x16\x00\x01d",
                                                      b"\x16\x00\x01d\x15\x00\x01m", b"\x15\x00\x00", b"\x15\x00\x01m" * 2, b"\x26\x00\x00\x00\x00", b"\x11\x00\x00\x00")]
MQTTS += [connect(version=5, flags=0xc6, rest=bytes([len(p)]) + p + FULL) for p in (b"\x01\x02", b"\x18\x00\x00\x00\x01", b"\x03\x00\x00", b"\x63", b"\x11\x00\x00\x00\x01", b"\x09\x00\x02\x00\x01")]
MQTTS += [packet(0x20, b"\x00\x00" + bytes([len(p)]) + p) for p in (b"\x24\x02", b"\x24\x01", b"\x25\x02", b"\x28\x02", b"\x63\x00", b"\x17\x01", struct.pack(">BH", 33, 0), b"\x12\x00\x00", b"\x16\x00\x01d",
                                                                     b"\x1f\x00\x01r", b"\x11\x00", b"\x26\x00\x00\x00\x00", b"\x24\x01\x24\x01")]
MQTTS += [connect(name=b"MQIsdp", version=5), connect(name=b"", version=4), connect(flags=0xc6, rest=text16(b"") * 4), connect(flags=0x80, client=b"c")]
MQTT = [(on_bytes("mqtt_is_valid", *(f"mqtt_field_value({p},{f})" for p in ("connect", "1") for f in ("flags", "protocol_name", "protocol_version", "client_identifier", "will_topic", "will_payload", "username", "password",
                                                                                                    "keepalive", 17, 33, 39, 34, 25, 23, 21, 22, 24, 1, 2, 3, 8, 9)),
                  *(f"mqtt_field_value({p},{f})" for p in ("connack", "2") for f in ("flags", "protocol_version", "reason_code", 17, 33, 36, 37, 39, 18, 34, 31, 40, 41, 42, 19, 26, 28, 21, 22))), MQTTS)]


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


HEAD, BODY = url64(b'{"alg":"HS256","typ":"JWT"}'), url64(b'{"iss":"me","n":5,"list":["a"]}')
SIGNED = HEAD + b"." + BODY
TOKENS = [b"", b"a", b"a.b", b"a.b.c", b"a.b.c.d", SIGNED + b".", SIGNED, b"." + BODY + b".YQ", b"..", b"...", HEAD, SIGNED + b".AAAA", SIGNED + b".a.b.c", SIGNED + b".!!", HEAD + b".!!.YQ"]
for bits in ("256", "384", "512"):
    signature = url64(hmac.new(b"secret", SIGNED, f"sha{bits}").digest())
    TOKENS += [SIGNED + b"." + signature, SIGNED + b"." + signature[:-2], SIGNED + b"." + signature + b"=", SIGNED + b"." + signature + b".x"]
# Made once with `openssl dgst -sign`; the keys are in samples/.
HERE = pathlib.Path(__file__).resolve().parent
KEYS = HERE / "samples"
TOKENS += [line.encode() for line in (KEYS / "tokens.txt").read_text().split()] if KEYS.exists() else []
JWT = [(on_bytes("jwt_header_query", "jwt_payload_query", *(f"jwt_{part}_query('{path}')" for part in ("header", "payload") for path in ("$.alg", "$.n", "$.iss", "$.list[0]", "$.x", "$.n,int")),
                 *(f"jwt_verify({a})" for a in ("HS256,secret", "HS384,secret", "HS512,secret", "HS256,txn.text", "HS256,txn.unset", "txn.hs,secret", "txn.text,secret", "txn.unset,secret", "none,secret", "none,", "HS256,")),
                 *(f"jwt_verify({algorithm},{KEYS}/{key}.pem)" for algorithm in ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "txn.hs") for key in ("rsa", "rsa-certificate", "p256", "p384", "p521", "none")),
                 "jwt_verify(RS256,txn.text)"), TOKENS)]

# 2.6 only decrypts: what `openssl` encrypted with the keys that samples.py sets.
GCM = [bytes.fromhex(text) for text in ("", "00", "00" * 16)]
CIPHERS = [(on_bytes("aes_gcm_dec(128,txn.nonce,txn.aeskey,AAAAAAAAAAAAAAAAAAAAAA==)", "aes_gcm_dec(128,MTIzNDU2Nzg5MDEy,MDEyMzQ1Njc4OWFiY2RlZg==,AAAAAAAAAAAAAAAAAAAAAA==)",
                     "aes_gcm_dec(128,txn.unset,txn.aeskey,AAAA)", "aes_gcm_dec(128,txn.text,txn.aeskey,AAAA)"), GCM)]
CIPHERS += [(on_bytes(f"aes_gcm_dec(128,MTIzNDU2Nzg5MDEy,MDEyMzQ1Njc4OWFiY2RlZg==,{tag})", f"aes_gcm_dec(128,txn.nonce,txn.aeskey,{tag})"), [bytes.fromhex(data), bytes.fromhex(data) + b"x", bytes.fromhex(data)[1:]])
            for data, tag in (line.split() for line in (KEYS / "gcm.txt").read_text().splitlines())] if KEYS.exists() else []

AREAS = {
    "arithmetic": [(ARITHMETIC, NUMBERS)],
    "text": [(CUTS, TEXTS)],
    "casts": [(CASTS, TEXTS + NUMBERS + [b"::ffff:1.2.3.4", b"1.2.3", b"1.2.3.4:80", b"fe80::1%lo", b"300.1.1.1"])],
    "variables": [(VARIABLES, TEXTS)],
    "hashes": [(HASHES, HASH_INPUTS)],
    "codecs": [(CODECS, BYTES), (CODEC_CONVERTERS, CODEC_TEXTS)],
    "web": WEB,
    "dates": [(DATES, DATE_VALUES)],
    "json": JSON,
    "regex": REGEX,
    "fix": FIX,
    "mqtt": MQTT,
    "jwt": JWT,
    "ciphers": CIPHERS,
}
