"""What the cases import: the decorator that registers a case, common configuration text, stub behaviours, hellos."""

import dataclasses
import importlib.util
import os
import re
import sys

import certs  # noqa: F401  (re-exported for the cases)
import hello  # noqa: F401
from env import Env, StartFailed  # noqa: F401
from peer import Peer  # noqa: F401
from stubs import (Uncounted, answering, answering_bytes, closer, greeter, recorder, resetter, silent, tls_server)  # noqa: F401

GLOBAL = """
global
    nbthread 1
    log [[udp]] local0
"""

DEFAULTS = """
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 2s
    timeout client 4s
    timeout server 4s
"""

BASE = GLOBAL + DEFAULTS

REGISTRY = {}


@dataclasses.dataclass
class Case:
    """`servers` are stubs started before the program; `must` are patterns that the oracle's transcript has to show;
    `later` names what shunt may still refuse as not executable yet: the case is then skipped, and says so."""

    name: str
    cfg: str
    traffic: object
    servers: dict
    must: tuple = ()
    expect_shunt: tuple = ()
    long: bool = False
    life: bool = False
    start: bool = True
    later: str = ""


def case(cfg="", servers=None, must=(), expect_shunt=(), long=False, life=False, start=True, later=""):
    """Registers `traffic(env)` under `file.function`. expect_shunt: (pattern in the oracle's line, replacement, reason)."""
    def register(traffic):
        name = f"{traffic.__module__.removeprefix('cases.')}.{traffic.__name__}"
        must_list = (must,) if isinstance(must, str) else tuple(must)
        REGISTRY[name] = Case(name, cfg, traffic, servers or {}, must_list, tuple(expect_shunt), long, life, start, later)
        return traffic
    return register


def load_cases(folder):
    for entry in sorted(os.listdir(folder)):
        if not entry.endswith(".py") or entry.startswith("_"):
            continue
        name = entry[:-3]
        spec = importlib.util.spec_from_file_location("cases." + name, os.path.join(folder, entry))
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return REGISTRY


def missing(patterns, lines):
    """Patterns that no line of the oracle shows: the case would prove nothing."""
    text = "\n".join(lines)
    return [pattern for pattern in patterns if not re.search(pattern, text, re.MULTILINE)]
