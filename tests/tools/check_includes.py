#!/usr/bin/env python3
"""Checks that each room includes only rooms above it and only its own third-party headers (docs/architecture.md, "Rooms")."""
import os
import re
import sys

ORDER = ["parser", "fetchers", "acl", "graph", "route", "analysis", "runtime", "cli"]
# What a room may include beyond the rooms above it. `analysis` and `runtime` are siblings: neither sees the other.
ALLOWED_ROOMS = {room: set(ORDER[: i + 1]) for i, room in enumerate(ORDER)}
ALLOWED_ROOMS["runtime"].discard("analysis")
# Third-party header prefixes: where they may stand. A pattern ending in "/" is a folder, else one file.
THIRD_PARTY = {
    "tao/pegtl": ["parser/"],
    "boost/outcome": ORDER,
    "fmt/": ORDER,
    "boost/json": ["analysis/"],
    "boost/asio": ["runtime/"],
    "boost/system": ["runtime/"],
    "spdlog/": ["runtime/"],
    "ares": ["runtime/"],
    "openssl/": ["graph/pki/", "runtime/", "fetchers/crypto.cpp", "fetchers/certificate.cpp"],
    "pcre2": ["fetchers/regex.cpp", "acl/regex.cpp"],
    "xxhash.h": ["fetchers/xxhash.cpp"],
    "zlib": ["fetchers/compression.cpp"],
    "yaml-cpp": ["cli/"],
    "graphviz/": ["cli/"],
}
# Heavy headers stay out of headers that other rooms include.
HEAVY_IN_HEADER = ["boost/asio", "spdlog/", "tao/pegtl"]
HEADER_EXCEPTIONS = ["parser/grammar/", "runtime/"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD = re.compile(r"^[a-z0-9_]+$")
SYSTEM = re.compile(r"^(sys|arpa|netinet|linux|net|asm)/|^[a-z0-9_]+\.h$")


def allowed_here(path, places):
    return any(path.startswith(p) if p.endswith("/") else (p in ORDER and path.startswith(p + "/")) or path == p
               for p in places)


def problem(path, room, bracket, name):
    if bracket == '"':
        target = name.split("/")[0]
        if target not in ORDER:
            return f'"{name}" is not a path from the root'
        return None if target in ALLOWED_ROOMS[room] else f"{room} may not include {target}"
    for prefix, places in THIRD_PARTY.items():
        if name.startswith(prefix):
            if not allowed_here(path, places):
                return f"<{name}> is not allowed in {path}"
            if path.endswith(".hpp") and prefix in HEAVY_IN_HEADER and not allowed_here(path, HEADER_EXCEPTIONS):
                return f"<{name}> must not stand in a header"
            return None
    return None if STANDARD.match(name) or SYSTEM.match(name) else f"<{name}> is not listed in {os.path.basename(__file__)}"


def main(root):
    found, files = [], 0
    for room in ORDER:
        for folder, _, names in os.walk(os.path.join(root, room)):
            for file in sorted(n for n in names if n.endswith((".cpp", ".hpp"))):
                full = os.path.join(folder, file)
                path = os.path.relpath(full, root)
                files += 1
                for number, line in enumerate(open(full, encoding="utf-8"), 1):
                    match = INCLUDE.match(line)
                    fault = match and problem(path, room, *match.groups())
                    if fault:
                        found.append(f"{path}:{number}: {fault}")
    print("\n".join(found) if found else f"{files} files checked, every include is allowed")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
