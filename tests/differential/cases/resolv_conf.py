"""parse-resolv-conf: the name servers of the machine. /etc/resolv.conf is replaced in a mount namespace of its own; needs the right to make one."""

import os
import re
import subprocess
import sys

from harness import BASE, case
from nameserver import IMPATIENT, NameServer

RIGHT = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
if not RIGHT:
    print("*** resolv_conf.*: no mount namespace can be made here: NOT COMPARED ***", file=sys.stderr)

SECTION = """
resolvers {name}
    {line}
""" + IMPATIENT
SERVER = """
listen fe
    bind 127.0.0.1:[[fe]]
    server s app.test:80 resolvers {name} init-addr none resolve-prefer ipv4
"""
def own_address(env, number):
    """Port 53 is the same for all: each run has addresses of its own."""
    port = env.port(f"dns{number}")
    return f"127.53.{port >> 8}.{port & 255}"


def with_resolv_conf(env, text):
    """From now on the program runs where /etc/resolv.conf is this; None: an empty folder is there."""
    path = os.path.join(env.dir, "resolv.conf")
    if text is None:
        path = "/nowhere"
    else:
        with open(path, "w", encoding="latin-1") as file:
            file.write(text)
    # The link may lead elsewhere, and what isn't there can't be hidden.
    script = f"""#!/bin/sh
real=$(readlink -f /etc/resolv.conf)
export SHUNT_CONF={path}
exec unshare -m --propagation private /bin/sh -c '
  if [ "$SHUNT_CONF" = /nowhere ]; then mount -t tmpfs none "$(dirname "$0")" && rm -f "$0"; else mount --bind "$SHUNT_CONF" "$0"; fi || exit 99
  unset SHUNT_CONF
  exec {env.binary} "$@"' "$real" "$@"
"""
    wrapper = os.path.join(env.dir, "program")
    with open(wrapper, "w", encoding="ascii") as file:
        file.write(script)
    os.chmod(wrapper, 0o755)
    env.binary = wrapper


def follows(label, lines, must, name="dns", line="parse-resolv-conf", section=SECTION, server=SERVER, count=1):
    """A server that gets its address from the name server at `{0}` (and `{1}`)."""
    def run(env):
        hosts = [own_address(env, number) for number in range(count)]
        for host in hosts:
            env.hide(re.escape(host), "NS")  # whose answer is last is luck
            env.name_servers.append(NameServer(53, host=host))
            env.name_servers[-1].set("app.test", "A", "127.0.0.2")
        with_resolv_conf(env, lines.format(*hosts))
        env.start(BASE + section.format(name=name, line=line) + server.format(name=name))
        env.logs(1, "administratively READY", limit=6)
        env.note("asked: " + " ".join(str(bool(each.asked)) for each in env.name_servers))
        env.name_servers[0].set("app.test", "A", "127.0.0.3")
        if count == 1:
            env.logs(1, "to 127.0.0.3", limit=6)
    run.__name__, run.__module__ = label, __name__
    if RIGHT:
        case(must=must, start=False)(run)


READY = ["changed its IP from .none. to 127.0.0.2 by dns/NS"]
follows("one_name_server", "nameserver {0}\n", READY)
follows("lines_around_it", "# comment\nsearch a.b c.d\n\noptions ndots:3\nnameserver   {0}   trailing words\n;other\n", READY)
follows("two_of_which_one_is_indented", "  nameserver {1}\nnameserver {0}\n", ["asked: True False"], count=2)
follows("two_and_carriage_returns", "nameserver {1}\r\nnameserver {0}\r\n", ["asked: True True"], count=2)
follows("tabs", "domain x\nnameserver\t{0}\t\n", [])
follows("without_a_line_end", "nameserver {0}", [])
follows("capitals", "NAMESERVER {0}\nnameserver {0}\n", [])
follows("wrong_lines_first", "nameserver\nnameserver nonsense\nnameserver 300.1.2.3\nnameserver {0}\n", [])
follows("of_both_families", "nameserver ::1\nnameserver fe80::1%lo\nnameserver {0}\n", [])
follows("twice_the_same", "nameserver {0}\nnameserver {0}\n", [])
follows("two", "nameserver {0}\nnameserver {1}\n", ["asked: True True"], count=2)
follows("more_than_libc_takes", "nameserver {0}\nnameserver {1}\nnameserver {2}\nnameserver {3}\n", ["asked: True True True True"], count=4)
follows("with_one_of_the_file", "nameserver {0}\n", [], line="nameserver own 127.0.0.1:1\n    parse-resolv-conf")
follows("the_default_section", "nameserver {0}\n", ["by default/NS"], name="default", section="")
follows("a_default_section_of_the_file", "nameserver {0}\n", ["by default/NS"], name="default")


def verdict(label, text, line="parse-resolv-conf", name="dns", section=SECTION, must=("exit",)):
    """What -c says of a file with that section."""
    def run(env):
        with_resolv_conf(env, text)
        path = env.file("haproxy.cfg", BASE + section.format(name=name, line=line) + SERVER.format(name=name))
        done = env.run(["-c", "-f", path])
        env.note(f"exit {done.returncode}")  # the words are each program's own
        for kind in ("WARNING", "ALERT"):
            env.note(f"{kind}: {any(f'[{kind}]' in said for said in done.stderr.splitlines())}")
    run.__name__, run.__module__ = label, __name__
    if RIGHT:
        case(must=must, start=False)(run)


verdict("none_there", None)
verdict("empty", "")
verdict("no_name_server", "search x\n")
verdict("only_wrong_ones", "nameserver x\nnameserver 1.2.3\n")
verdict("bytes_that_are_no_text", "\0\xff\nnameserver 127.0.0.1\n")
verdict("a_long_line", "#" + "x" * 5000 + "\nnameserver 127.0.0.1\n")
verdict("a_long_line_of_words", "nameserver " + "1" * 3000 + "\nnameserver 127.0.0.1\n")
verdict("default_without_a_file", None, name="default", section="")
verdict("default_of_an_empty_file", "", name="default", section="")
verdict("twice_there", "nameserver 127.0.0.1\nnameserver 127.0.0.1\n")
verdict("without_address", "nameserver\nnameserver \nnameserver 127.0.0.1\n")
verdict("indented", "  nameserver 127.0.0.1\n")
verdict("with_port", "nameserver 127.0.0.1:53\nnameserver 127.0.0.1#53\n")
verdict("other_forms", "nameserver *\nnameserver [::1]\nnameserver 127.1\nnameserver ::\nnameserver ::ffff:127.0.0.1\nnameserver localhost\n")
verdict("no_blank", "nameserver127.0.0.1\nnameservers 127.0.0.1\n")
verdict("a_name_of_the_file", "nameserver 127.0.0.1\n", line="nameserver 127.0.0.1 127.0.0.1:5\n    parse-resolv-conf")
verdict("an_empty_section", "", line="hold nx 1s")
verdict("twice", "nameserver 127.0.0.1\n", line="parse-resolv-conf\n    parse-resolv-conf")
verdict("with_words", "nameserver 127.0.0.1\n", line="parse-resolv-conf x")
