"""external-check: what the program is given, and what its end means."""

import os
import subprocess
import sys

from check_rows import CHECKED, Row, await_verdicts, config
from harness import case

TOP = CHECKED.replace("\nglobal\n", "\nglobal\n    external-check\n    insecure-fork-wanted\n")


def program(env, name, text):
    path = env.file(name, "#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


def external(name, command, more="", server=""):
    return Row(name, f"option external-check\nexternal-check command {command}\n{more}", None, server)


@case(start=False, must=["External check passed, code: 0", "External check error, code: 3", "code: -1", "code: 255", "code: 127", "External check timeout, code: 0"])
def verdicts(env):
    path = "external-check path /usr/bin:/bin"
    rows = [external("a", program(env, "good", "exit 0\n")), external("b", program(env, "bad", "exit 3\n")),
            external("c", program(env, "killed", "kill -9 $$\n")), external("d", "/nowhere/to/be/found"), external("e", program(env, "lost", "no-such-program\n")),
            external("f", program(env, "slow", "exec sleep 5\n"), path), external("g", program(env, "talks", "echo out; echo err >&2\n"), path),
            external("h", "true", path), external("i", "/bin/true", path + "\ntimeout check 1s\ntimeout connect 200ms")]
    env.start(config(rows, inter=900, top=TOP))
    await_verdicts(env, rows)


@case(start=False, must=["External check passed, code: 0", "External check error, code: 3"])
def under_a_parent_that_ignores_its_children(env):
    rows = [external("a", program(env, "good", "exit 0\n")), external("b", program(env, "bad", "exit 3\n"))]
    env.start(config(rows, inter=900, top=TOP), ignoring=["SIGCHLD"])
    await_verdicts(env, rows)


TELL = 'd=${0%/*}\n{ echo "$# $*"; /usr/bin/env | /usr/bin/sort | /bin/grep HAPROXY_; echo "PATH=$PATH"; } > "$d/told.$HAPROXY_PROXY_NAME.new" 2>&1\n' \
       '/bin/mv "$d/told.$HAPROXY_PROXY_NAME.new" "$d/told.$HAPROXY_PROXY_NAME"\n'
FACTS = TOP + """
listen l
    bind 127.0.0.1:[[l]]
    bind 127.0.0.1:[[l2]]
    option external-check
    external-check command [[dir]]/tell
    external-check path /usr/bin:/bin
    server one 127.0.0.1:[[one]] check inter 900ms maxconn 7
listen u
    bind unix@[[dir]]/u.sock
    option external-check
    external-check command [[dir]]/tell
    server two 127.0.0.1:[[two]] id 9 check inter 900ms
backend b
    id 77
    option external-check
    external-check command [[dir]]/tell
    server three 127.0.0.1:[[three]] check inter 900ms port 77 addr 127.0.0.3
backend s
    option external-check
    external-check command [[dir]]/tell
    server four unix@[[dir]]/four.sock check inter 900ms
"""


@case(start=False, must=["HAPROXY_SERVER_MAXCONN=7", "NOT_USED NOT_USED 127.0.0.1", "HAPROXY_PROXY_ID=77"])
def facts(env):
    program(env, "tell", TELL)
    env.start(FACTS)
    for name in "lubs":
        path = os.path.join(env.dir, "told." + name)
        env.wait_output(path, "PATH=")
        for line in env.text_of(path).splitlines():
            env.note(f"{name}: {line}")
    env.parallel(lambda: env.logs(4, r"(?=.*Health check for server)", limit=8))


@case(start=False, must=["exit 1"])
def refused_without_leave(env):
    done = env.run(["-c", "-f", env.file("refused.cfg", FACTS.replace("    external-check\n", "", 1))])
    env.note(f"exit {done.returncode}")


# --- with fewer rights -------------------------------------------------------------------------------------------------
AS_ROOT = os.getuid() == 0
if not AS_ROOT:
    print("*** external_checks: users and roots can't be changed here: NOT COMPARED ***", file=sys.stderr)

WHO = r"""
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char** words) {
  gid_t groups[64];
  char folder[4096] = "";
  FILE* out = fopen("/told.new", "w");
  if (out == NULL) return 9;
  fprintf(out, "user %d %d group %d %d groups", getuid(), geteuid(), getgid(), getegid());
  int all = getgroups(64, groups);
  for (int i = 0; i < all; ++i) fprintf(out, " %d", groups[i]);
  fprintf(out, "\nfolder %s\n", getcwd(folder, sizeof folder) ? folder : "?");
  for (int i = 1; i < 5 && i < count; ++i) fprintf(out, "%s\n", words[i]);
  fclose(out);
  return rename("/told.new", "/told") == 0 ? 7 : 8;
}
"""


def jail(env):
    """A folder with nothing but /tell, in which everybody may write."""
    path = os.path.join(env.dir, "jail")
    os.mkdir(path)
    os.chmod(path, 0o777)
    source = os.path.join(env.dir, "tell.c")
    with open(source, "w", encoding="ascii") as out:
        out.write(WHO)
    program(env, "jail/script", "exit 0\n")
    subprocess.run(["cc", "-static", "-o", os.path.join(path, "tell"), source], check=True)
    return path


def with_fewer_rights(label, lines, command="/tell", must=(), jailed=True):
    text = TOP.replace("    external-check\n", "    external-check\n" + "".join(f"    {line}\n" for line in lines), 1) + f"""
backend b
    option external-check
    external-check command {command}
    server s 127.0.0.1:[[s]] check inter 900ms
"""

    def told(env):
        folder = jail(env)
        path = os.path.join(folder, "told")
        if not jailed:  # the shell of the system, which tells its users
            program(env, "who", f"/usr/bin/id > {path}.new; pwd >> {path}.new; /bin/mv {path}.new {path}; exit 7\n")
        env.start(text.replace("JAIL", folder))
        env.logs(1, r"(?=.*Health check for server)", limit=8)
        if os.path.exists(path):
            for line in env.text_of(path).splitlines():
                env.note(line)
        env.parallel(lambda: None)
    told.__name__, told.__module__ = label, __name__
    if AS_ROOT:
        case(start=False, must=must)(told)


OTHERS = ["user nobody", "group nogroup"]
with_fewer_rights("as_another_user", OTHERS, "[[dir]]/who", ["uid=65534.nobody. gid=65534", "code: 7"], jailed=False)
with_fewer_rights("as_another_user_alone", ["user nobody"], "[[dir]]/who", ["uid=65534.nobody. gid=0", "code: 7"], jailed=False)
with_fewer_rights("as_another_group_alone", ["group nogroup"], "[[dir]]/who", ["uid=0.root. gid=65534", "code: 7"], jailed=False)
with_fewer_rights("by_numbers", ["uid 12345", "gid 23456"], "[[dir]]/who", ["uid=12345 gid=23456", "code: 7"], jailed=False)
with_fewer_rights("in_another_root", ["chroot JAIL"], must=["folder /$", "code: 7"])
with_fewer_rights("in_another_root_as_another_user", ["chroot JAIL", *OTHERS], must=["user 65534 65534 group 65534 65534", "code: 7"])
with_fewer_rights("outside_of_the_root", ["chroot JAIL"], "/bin/true", must=["Health check for server b/s failed"])
with_fewer_rights("a_script_without_its_shell", ["chroot JAIL"], "/script", must=["Health check for server b/s failed"])
