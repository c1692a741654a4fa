"""The whole trial: the private copy, the witnesses, both programs, the comparison, the report."""

import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from . import adapt

ROOM = 1.5       # seconds that a connection may take longer than foretold
NEAR = 0.4       # by how much two times may differ
ATTEMPTS = 6     # of witnesses that seem to differ, alone: the machine may have been busy, or HAProxy be of two minds
HERE = os.path.dirname(os.path.abspath(__file__))
CLOSED = {"rejected", "no-backend", "no-server", "bad-header", "bad-handshake", "client-gone"}


class Cannot(Exception):
    """It can't be done; the text says why."""


def namespace():
    for words in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        try:
            if subprocess.run([*words, "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0:
                return words
        except OSError:
            break
    raise Cannot("no network namespace can be made here (unshare --net), or there is no `ip`")


def checked(program, copy):
    done = subprocess.run([program, "-c", "-f", copy.path], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    return done.returncode, done.stderr


def first_alert(said):
    found = re.search(r"\[ALERT\][^:]*: (?:config : )?(.*)", said)
    return re.sub(r"\[[^\]]*/", "[", found.group(1)) if found else said.strip()[-200:]


def make_runnable(given, copy):
    """Both programs accept the copy afterwards."""
    code, said = checked(given.oracle, copy)
    if code == 2:
        raise Cannot("the file has no bind")
    if code != 0:
        raise Cannot("HAProxy refuses it: " + first_alert(said))
    for _ in range(200):
        code, said = checked(given.shunt, copy)
        if code == 0:
            break
        if code == 2:
            raise Cannot("no bind is left that this build can run")
        faults = sorted({(int(number), why) for number, why in re.findall(r"\[ALERT\].*?cfg:(\d+)\] : (.*)", said)}, reverse=True)
        if not given.leave_out or not any([copy.leave_out(*fault) for fault in faults]):
            raise Cannot("shunt does not run it: " + first_alert(said))
    if given.leave_out and checked(given.oracle, copy)[0] != 0:
        raise Cannot("HAProxy refuses what is left: " + first_alert(checked(given.oracle, copy)[1]))


def foretold(given, copy):
    done = subprocess.run([given.shunt, "diff", "--witnesses", "--limit", str(given.limit), copy.path], capture_output=True, text=True)
    if done.returncode != 0:
        raise Cannot("no witnesses: " + done.stderr.strip()[-300:])
    return json.loads(done.stdout)


def circles(data):
    """A server at a bind's own address, as in files made for containers, where it is another machine's."""
    return any(fate["end"] == "loops" for witness in data["witnesses"] for fate in witness["fates"])


def stubs_of(data):
    stubs, all_ports = [], sorted({int(bind["text"].rsplit(":", 1)[1]) for bind in data["binds"] if "path" not in bind and "abstract" not in bind})
    exact = {bind["text"] for bind in data["binds"] if not bind["any"]}
    for server in data["servers"]:
        base = {"header": server["header"], "tls": server["tls"]}
        place, end = server["place"], server["address"]
        if server["own"] and not (circles(data) and place["text"] not in exact):
            continue
        if "path" in place or "abstract" in place:
            stubs.append({**base, **{key: place[key] for key in ("path", "abstract") if key in place}, "label": os.path.basename(place["text"])})
        elif end:
            for port in [end["port"]] if end["port"] else all_ports:
                stubs.append({**base, "ip": end["ip"], "port": port, "label": f"{end['ip']}:{port}" if end["port"] else end["ip"]})
    return stubs


def labels(data):
    """Server name -> what its stub says."""
    return {server["name"]: os.path.basename(server["place"]["text"]) if not server["address"] else server["address"]["ip"] +
            (f":{server['address']['port']}" if server["address"]["port"] else "") for server in data["servers"]}


def prepared(witness, data, pem):
    """What the client in the namespace needs."""
    bind = data["binds"][witness["bind"]]
    place = bind.get("path") or ("@" + bind["abstract"] if "abstract" in bind else [witness["to"]["ip"], witness["to"]["port"]])
    source = None if isinstance(place, str) or not witness["from"] else [witness["from"]["ip"], witness["from"]["port"] if witness["from"]["port"] != 50000 else 0]
    ends_in_tls = bind["tls"] or any(fate["certificates"] for fate in witness["fates"])
    longest = max(fate["at"] for fate in witness["fates"]) / 1e6
    return {**witness, "place": place, "from": source, "handshake": bool(ends_in_tls and "hello" in witness),
            "patience": longest + ROOM, "pem": pem}


def no_client_has(ip):
    first = ip.split(".")[0]
    return int(first) in (0, *range(224, 256)) if first.isdigit() and "." in ip else ip.lower().startswith("ff") or ip == "::"


def skipped(witness, data, longest):
    """Why it is not tried, or None."""
    if any(fate["at"] / 1e6 > longest for fate in witness["fates"]):
        return f"waits longer than {longest:g} s"
    if any(fate["end"] == "http" for fate in witness["fates"]):
        return "HTTP requests decide"
    place = data["binds"][witness["bind"]]["text"]
    if sum(bind["text"] == place for bind in data["binds"]) > 1:
        return "any of several binds of the address may get it"
    if witness["from"] and no_client_has(witness["from"]["ip"]):
        return "no client has that address"
    return None


def run_in(given, words, program, data, copy, witnesses, width):
    folder = tempfile.mkdtemp(prefix="run-", dir=copy.folder)
    job = {"cfg": copy.path, "cwd": os.getcwd(), "log": os.path.join(folder, "log"), "binds": data["binds"], "stubs": stubs_of(data),
           "pem": given.pem, "witnesses": witnesses, "width": width}
    path, result = os.path.join(folder, "job"), os.path.join(folder, "result")
    # Unix sockets are not the namespace's, so each run has its own.
    with open(copy.path, errors="surrogateescape") as text, open(os.path.join(folder, os.path.basename(copy.path)), "w", errors="surrogateescape") as out:
        out.write(text.read().replace(copy.sockets, folder))
    job["cfg"] = os.path.join(folder, os.path.basename(copy.path))
    with open(path, "w") as out:
        out.write(json.dumps(job).replace(copy.sockets, folder))
    return subprocess.Popen([*words, sys.executable, os.path.join(HERE, "..", "same-as-haproxy"), "--inside", path, result, program],
                            stderr=subprocess.PIPE, text=True), result


def run_both(given, words, data, copy, witnesses, width=48):
    both = [run_in(given, words, program, data, copy, witnesses, width) for program in (given.oracle, given.shunt)]
    results = []
    for (process, path), name in zip(both, ("HAProxy", "shunt")):
        said = process.communicate()[1]
        if process.returncode != 0:
            for other, _ in both:
                other.kill() if other.poll() is None else None
            raise Cannot(f"{name} {said.strip()[-500:]}")
        with open(path) as text:
            loaded = json.load(text)
        if loaded["strange"]:
            raise Cannot("a stub server can't be made: " + loaded["strange"][0])
        results.append(loaded["results"])
    return list(zip(*results))


# --- comparison
def header_of(result, witness):
    """Without the client's port where the system chose it: that of "v1 PROXY TCP4 A B p q" and of "v2 TCP A B p q"."""
    words = result.get("header", "").split()
    at = 5 if words[:2] == ["v1", "PROXY"] else 4
    if len(words) > at and "--proxy-header" not in witness["flags"] and not (witness["from"] and witness["from"][1]):
        words[at] = "PORT"
    return " ".join(words)


def near(a, b):
    return abs(a - b) < NEAR + 0.1 * max(a, b)


def candidates(witness, label):
    sets = []
    for fate in witness["fates"]:
        if fate["end"] == "served":
            sets.append((fate["selection"] == "open", {label[name] for name in fate["servers"]}))
    return sets


def alike(one, other, witness, label):
    if one["end"] != other["end"]:
        return False
    if one["end"] in ("open", "failed"):
        return one["end"] == "open"
    if not near(one["at"], other["at"]) or one["certificate"] != other["certificate"]:
        return False
    if one["end"] == "closed":
        return True
    if header_of(one, witness) != header_of(other, witness):
        return False
    return one["server"] == other["server"] or any(
        is_open and {one["server"], other["server"]} <= servers for is_open, servers in candidates(witness, label))


def as_foretold(result, witness, label):
    for fate in witness["fates"]:
        if fate["end"] == "loops" or fate["doubtful"]:
            return True
        if fate["end"] == "never" and result["end"] == "open":
            return True
        if fate["end"] in CLOSED and result["end"] == "closed" and near(result["at"], fate["at"] / 1e6):
            return True
        if fate["end"] == "served" and result["end"] == "served" and near(result["at"], fate["at"] / 1e6) and \
                result["server"] in {label[name] for name in fate["servers"]}:
            return True
    return False


def shown(result):
    if result["end"] == "served":
        return f"served by {result['server']} after {result['at']:.2f} s" + (f", header '{result['header']}'" if result["header"] else "") + \
            (f", certificate {result['certificate']}" if result["certificate"] else "")
    return f"{result['end']}" + (f" after {result['at']:.2f} s" if "at" in result else "") + \
        (f", certificate {result['certificate']}" if result.get("certificate") else "") + (f": {result['why']}" if "why" in result else "")


def fate_shown(fate):
    return f"{fate['end']}" + (f" by {', '.join(fate['servers'])}" if fate["end"] == "served" else "") + f" after {fate['at'] / 1e6:.2f} s"


def judge(given, words, data, copy, witnesses):
    label, report = labels(data), {"identical": 0, "differences": [], "foretold_otherwise": [], "races": 0, "circles": 0}
    results, tried_again = run_both(given, words, data, copy, witnesses) if witnesses else [], set()
    for _ in range(ATTEMPTS):
        wrong = [i for i, (one, other) in enumerate(results) if not alike(one, other, witnesses[i], label) or not as_foretold(other, witnesses[i], label)]
        if not wrong:
            break
        tried_again.update(wrong)
        for i, result in zip(wrong, run_both(given, words, data, copy, [witnesses[i] for i in wrong], 4)):
            results[i] = result
    for (one, other), witness in zip(results, witnesses):
        fits = as_foretold(one, witness, label) and as_foretold(other, witness, label)
        told = {"flags": witness["flags"], "haproxy": shown(one), "shunt": shown(other), "foretold": " or ".join(map(fate_shown, witness["fates"]))}
        if alike(one, other, witness, label):
            report["identical"] += 1
            if not as_foretold(other, witness, label):
                report["foretold_otherwise"].append(told)
        elif len(witness["fates"]) > 1 and fits:
            report["races"] += 1
        elif one["end"] == other["end"] == "served" and any(fate["end"] == "loops" for fate in witness["fates"]):
            report["circles"] += 1
        else:
            report["differences"].append(told)
    return {**report, "tried_again": len(tried_again)}


def attempt(given, folder):
    words = namespace()
    copy = adapt.Copy(given.file, folder)
    make_runnable(given, copy)
    given.pem = adapt.certificate(folder, "stub", "stub.pem")
    data = foretold(given, copy)
    kept, skips = [], collections.Counter()
    for witness in data["witnesses"]:
        why = skipped(witness, data, given.longest)
        if why:
            skips[why] += 1
        else:
            kept.append(prepared(witness, data, given.pem))
    report = judge(given, words, data, copy, kept)
    if report["races"]:
        skips["a race that either may win"] += report["races"]
    if report["circles"]:
        skips["an algorithm chose among servers that stand for binds"] += report["circles"]
    if circles(data):
        copy.tell("servers at addresses of binds are stubs")
    return {**report, "file": given.file, "tried": len(kept) - report["races"] - report["circles"], "skipped": dict(skips), "adapted": copy.told, "limited": data["limited"]}


def run(given):
    folder = tempfile.mkdtemp(prefix="same-as-")
    try:
        return attempt(given, folder)
    except Cannot as why:
        return {"file": given.file, "cannot": str(why).replace(folder + "/", "")}
    finally:
        if given.keep:
            print("kept:", folder, file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def text(report):
    if "cannot" in report:
        return f"SKIPPED: {report['cannot']}"
    lines = []
    for told in report["differences"]:
        lines += [f"differs: {told['flags']}", f"    HAProxy   {told['haproxy']}", f"    shunt     {told['shunt']}", f"    foretold  {told['foretold']}"]
    for told in report["foretold_otherwise"]:
        lines += [f"foretold otherwise: {told['flags']}", f"    both      {told['shunt']}", f"    foretold  {told['foretold']}"]
    why = "; ".join(f"{count} {reason}" for reason, count in sorted(report["skipped"].items()))
    lines.append(f"identical on {report['identical']} of {report['tried']}, {sum(report['skipped'].values())} skipped" + (f" ({why})" if why else ""))
    if report["tried_again"]:
        lines.append(f"  {report['tried_again']} were tried more than once")
    if report["limited"]:
        lines.append("  more witnesses could be made (--limit)")
    if report["adapted"]:
        lines.append("  in a private copy: " + "; ".join(report["adapted"]))
    return "\n".join(lines)


def status(report):
    if "cannot" in report:
        return 2
    return 1 if report["differences"] or report["foretold_otherwise"] else 0
