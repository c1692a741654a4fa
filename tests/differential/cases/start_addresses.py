"""Where servers are when a process starts: names that have an address or none, and what an earlier process knew."""

import signal
import time

from harness import BASE, answering, case

SAVED = ("be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
         "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state "
         "bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr "
         "srv_agent_addr srv_agent_port")
S = {"s": answering()}
FRONT = """
frontend fe
    bind 127.0.0.1:[[fe]]
    log-format "%b/%s %si:%sp %ts usable=%[nbsrv(be)]"
    default_backend be
backend be
"""


def named(server, arguments=("-db",)):
    def run(env):
        env.start(BASE + FRONT + f"    server s {server}\n", arguments)
        c = env.client()
        c.send(b"hello\n").recv_line(limit=2)
        c.shut().to_end()
        env.logs(1)
    return run


def name_case(label, server, must, arguments=("-db",), **more):
    run = named(server, arguments)
    run.__name__ = label
    run.__module__ = __name__
    globals()[label] = case("", S, start=False, must=must, **more)(run)


name_case("a_name_with_an_address", "localhost:[[s]]", ["be/s 127.0.0.1:<s> -- usable=1"])
name_case("no_address_is_asked_for", "localhost:[[s]] init-addr none", ["be/<NOSRV> -:- SC usable=0"])
name_case("a_name_without_one_may_be_disabled", "nosuch.invalid:[[s]] init-addr last,libc,none",
          ["be/<NOSRV> -:- SC usable=0"])
name_case("an_address_instead_of_the_name", "nosuch.invalid:[[s]] init-addr libc,127.0.0.1",
          ["be/s 127.0.0.1:<s> -- usable=1"])
name_case("the_address_comes_first", "localhost:[[s]] init-addr 127.0.0.1,libc", ["be/s 127.0.0.1:<s> -- usable=1"])
name_case("an_address_needs_no_name", "127.0.0.1:[[s]] init-addr none", ["be/s 127.0.0.1:<s> -- usable=1"])
name_case("the_command_line_forgives", "nosuch.invalid:[[s]] check inter 100ms", ["be/<NOSRV> -:- SC usable=0"],
          ("-db", "-dr"))
name_case("the_command_line_still_resolves", "localhost:[[s]]", ["be/s 127.0.0.1:<s> -- usable=1"], ("-db", "-dr"))


@case("", S, start=False, must=["exit 1 exit 1 exit 0 exit 0"])
def what_starts_without_an_address(env):
    statuses = []
    for server in ("nosuch.invalid:1", "localhost:1 init-addr last", "nosuch.invalid:1 init-addr none",
                   "nosuch.invalid:1 resolve-prefer ipv6 init-addr libc,none"):
        path = env.file("checked.cfg", BASE + FRONT + f"    server s {server}\n")
        statuses.append(f"exit {env.run(['-c', '-f', path]).returncode}")
    env.note(" ".join(statuses))


# ---- files of server states

STATES = """
frontend fe
    bind 127.0.0.1:[[fe]]
    log-format "%b/%s %sp usable=%[nbsrv(be)] weights=%[srv_weight(be/a)],%[srv_weight(be/b)],%[srv_weight(be/c)] up=%[srv_is_up(be/a)]%[srv_is_up(be/b)]%[srv_is_up(be/c)]"
    default_backend be
backend be
    balance roundrobin
    @mode
    server a 127.0.0.1:[[s]] weight 10 @a
    server b 127.0.0.1:[[s]] weight 10 @b
    server c 127.0.0.1:[[s]] weight 10 @c
"""


def saved(*lines, version="1"):
    """Lines of "name op admin uweight iweight [port [address]]"."""
    text = f"{version}\n# {SAVED}\n"
    for number, line in enumerate(lines, 1):
        name, op, admin, now, then, port, address = (line.split() + ["[[s]]", "127.0.0.1"])[:7] if len(line.split()) == 5 \
            else (line.split() + ["127.0.0.1"])[:7]
        text += f"3 be {number} {name} {address} {op} {admin} {now} {then} 5 1 0 2 0 0 0 0 - {port} - 0 0 - - 0\n"
    return text


def restored(env, states, mode="load-server-state-from-file global", more="    server-state-file [[dir]]/states\n",
             lines=("", "", ""), name="states"):
    env.file(name, states)
    text = STATES
    for mark, words in zip(("@mode", "@a", "@b", "@c"), (mode, *lines)):
        text = text.replace(mark, words)
    env.start(BASE.replace("global\n", "global\n" + more, 1) + text, ("-db",))
    for _ in range(3):
        c = env.client()
        c.send(b"hello\n").recv_line(limit=2)
        c.shut().to_end()
    env.logs(3)


@case("", S, start=False, must=["usable=3 weights=5,10,10 up=111"])
def weights_come_back_unless_the_file_changed(env):
    restored(env, saved("a 2 0 5 10", "b 2 0 5 9", "c 2 0 10 10"))


@case("", S, start=False, must=["usable=1 weights=10,10,10 up=001"])
def what_was_down_is_down(env):
    restored(env, saved("a 0 0 10 10", "b 0 0 10 10", "c 2 0 10 10"),
             lines=("check inter 60s", "check inter 60s", "check inter 60s"))


@case("", S, start=False, must=["usable=1 "])
def maintenance_and_drain_come_back(env):
    restored(env, saved("a 0 1 10 10", "b 2 8 10 10", "c 2 0 10 10"))


@case("", S, start=False, must=["usable=1 "])
def what_the_configuration_disabled(env):
    restored(env, saved("a 2 0 10 10", "b 0 1 10 10", "c 2 5 10 10"), lines=("disabled", "", ""))


@case("", S, start=False, must=["usable=2 "])
def local_files_have_the_name_of_the_backend(env):
    restored(env, saved("a 0 1 10 10"), "load-server-state-from-file local", "    server-state-base [[dir]]\n", name="be")


@case("", S, start=False, must=["usable=2 "])
def local_files_may_have_a_name(env):
    restored(env, saved("a 0 1 10 10"), "load-server-state-from-file local\n    server-state-file-name other",
             "    server-state-base [[dir]]\n", name="other")


@case("", S, start=False, must=["usable=3 "])
def no_file_is_asked_for(env):
    restored(env, saved("a 0 1 10 10"), "load-server-state-from-file none")


@case("", S, start=False, must=["usable=3 "])
def a_file_of_another_version(env):
    restored(env, saved("a 0 1 10 10", version="2"))


@case("", S, start=False, must=["usable=3 "])
def a_line_that_is_cut_spoils_the_file(env):
    restored(env, saved("a 0 1 10 10") + "3 be 2 b 127.0.0.1 0 1\n")


@case("", S, start=False, must=["usable=2 "])
def a_value_that_is_none_spoils_its_line(env):
    restored(env, saved("a 0 1 300 10", "b 0 1 10 10", "c 2 x 10 10"))


@case("", S, start=False, must=["usable=3 "])
def no_file_is_there(env):
    restored(env, "", "load-server-state-from-file global", "    server-state-file [[dir]]/none\n")


@case("", S, start=False, must=["be/s 127.0.0.1:<s> -- usable=1"])
def the_last_address_of_a_name(env):
    env.file("states", f"1\n# {SAVED}\n3 be 1 s 127.0.0.1 2 0 1 1 5 1 0 2 0 0 0 0 nosuch.invalid [[s]] - 0 0 - - 0\n")
    env.start(BASE.replace("global\n", "global\n    server-state-file [[dir]]/states\n", 1) + FRONT +
              "    load-server-state-from-file global\n    server s nosuch.invalid:1\n", ("-db",))
    c = env.client()
    c.send(b"hello\n").recv_line(limit=2)
    c.shut().to_end()
    env.logs(1)


# ---- grace

GRACE = BASE.replace("global\n", "global\n    grace 500\n", 1) + """
listen fe
    bind 127.0.0.1:[[fe]]
    server s 127.0.0.1:[[s]]
"""


@case(GRACE, S, must=["exit 0", "Scheduling"])
def grace_delays_a_soft_stop(env):
    c = env.client(name="before")
    c.send(b"hello\n").recv_line()
    c.shut().to_end()
    env.signal(signal.SIGUSR1)
    time.sleep(0.15)
    d = env.client(name="meanwhile")
    d.send(b"hello\n").recv_line()
    d.shut().to_end()
    env.wait_exit()
