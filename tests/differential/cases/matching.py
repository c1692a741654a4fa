"""Match methods and their flags, on payload strings and on addresses."""

from harness import BASE, case, greeter

APP = {"app": greeter(b"served\n")}
TAIL = "backend app\n    server app 127.0.0.1:[[app]]\n"

# name: (condition, inputs)
TEXT = {
    "str": ("-m str abc abd", ["abc", "abd", "ABC", "abcd", "ab"]),
    "str_i": ("-m str -i abc", ["ABC", "abcd"]),
    "beg": ("-m beg ab xy", ["abc", "ab", "xab", "a"]),
    "end": ("-m end .com .org", ["a.com", "com", "a.org", "a.orgs"]),
    "sub": ("-m sub bc", ["abcd", "bc", "b c"]),
    "sub_i": ("-m sub -i BC", ["abcd", "aBcd"]),
    "dirs": ("-m dir a/b", ["x/a/b/y", "a/b", "xa/b", "a/bc"]),
    "dom": ("-m dom example.com", ["www.example.com", "example.com", "wwwexample.com", "example.com:80", "example.community"]),
    "reg": ("-m reg ^a.c$ [0-9]{3}", ["abc", "xabc", "x123", "12"]),
    "reg_i": ("-m reg -i ^A.C$", ["abc", "abd"]),
    "len": ("-m len 3 5:6", ["abc", "abcd", "abcde", "abcdefg"]),
    "int": ("-m int 5 10:20", ["5", "15", "21", "5x", "x", "-5"]),
    "int_ge": ("-m int ge 7", ["7", "6", "100"]),
    "bin": ("-m bin 6162", ["ab", "abc"]),
    "found": ("-m found", ["a"]),
    "ip": ("-m ip 10.0.0.0/8 2001:db8::/32", ["10.1.2.3", "11.1.2.3", "2001:db8::5", "nonsense"]),
    "file": ("-m str -f [[dir]]/words", ["one", "two", "three", "two "]),
    "file_i": ("-m str -i -f [[dir]]/words four", ["ONE", "FOUR", "five"]),
    "dashes": ("-m str -- -i -f", ["-i", "-f", "i"]),
    "flags_after": ("-m str abc -i", ["abc", "-i", "ABC"]),
    "escaped": (r"-m str a\ b c\#d", ["a b", "c#d", "a"]),
    "quoted": ("-m str \"a b\" 'c\"d'", ["a b", 'c"d']),
}
ADDRESS = {
    "net": ("src 10.0.0.0/8 192.168.1.0/255.255.255.0", ["10.2.3.4", "11.2.3.4", "192.168.1.77", "192.168.2.77"]),
    "six": ("src 2001:db8::/32", ["2001:db8::1", "2001:db9::1", "10.1.1.1"]),
    "short": ("src 10.1", ["10.1.0.0", "10.1.2.3", "10.0.0.1"]),
    "files": ("src -f [[dir]]/nets 172.16.0.0/12", ["10.9.9.9", "10.8.9.9", "172.17.0.1", "1.1.1.1"]),
    "not": ("!{ src 10.0.0.0/8 }", ["10.1.1.1", "12.1.1.1"]),
    "port": ("src_port 1000:2000 gt 5000", ["10.1.1.1"]),
}
FILES = {"words": "one\n  two\n# three\n\nthree four\ntwo \n", "nets": "10.9.0.0/16\n# 10.8.0.0/16\n2001:db8::/32\n"}


TEXTUAL = ("int", "int_ge", "ip")  # methods that bytes cannot have, but text can


def text_rule(name, flags):
    fetch = "req.payload(0,0),lower" if name in TEXTUAL else "req.payload(0,0)"
    return f"tcp-request content reject if {{ {fetch} {flags} }}"


def frontend(name, rule, extra=""):
    return f"frontend {name}\n    bind 127.0.0.1:[[{name}]]{extra}\n    tcp-request inspect-delay 2s\n    {rule}\n    default_backend app\n"


@case("", APP, start=False, must=["PR", "app/app"])
def text(env):
    for name, content in FILES.items():
        env.file(name, content)
    env.start(BASE + "".join(frontend(name, text_rule(name, row[0])) for name, row in TEXT.items()) + TAIL)
    env.sorted = True
    count = 0
    for name, (_, inputs) in TEXT.items():
        for number, value in enumerate(inputs):
            c = env.client(name, name=f"{name} {number} {value}")
            c.send(value.encode()).shut().to_end()
            count += 1
            env.logs(count)


@case("", APP, start=False, must=["10.2.3.4"])
def addresses(env):
    for name, content in FILES.items():
        env.file(name, content)
    rules = {name: condition if "{" in condition else f"{{ {condition} }}" for name, (condition, _) in ADDRESS.items()}
    env.start(BASE + "".join(frontend(name, f"tcp-request content reject if {rule}", " accept-proxy") for name, rule in rules.items()) + TAIL)
    for count, (name, value) in enumerate(((name, value) for name, (_, values) in ADDRESS.items() for value in values), 1):
        c = env.client(name, name=f"{name} {value}")
        family = "TCP6 {} 2001:db8::99" if ":" in value else "TCP4 {} 192.0.2.99"
        c.send(f"PROXY {family.format(value)} 5000 443\r\n".encode()).recv_line()
        if not c.ended:
            c.shut().to_end()
        env.logs(count)
