#!/usr/bin/env python3
"""Verifies an export of the audit trail without the product: Python 3.8 or later, standard library only.
Exit code 0 clean, 1 differs, 2 could not be read. The format, and what each check proves, is in audit-format.md."""
import argparse, base64, glob, hashlib, json, os, re, struct, sys

LEDGER, SYSTEM, HEX = "_ledger", "_system", re.compile("[0-9a-f]{64}")
COUNTED, FIELDS = ("events", "entries", "corrections"), ("chain", "sequence", "previous", "hash", "body")

# P-256: a signature is r and s, 32 bytes each, over SHA-256; a point is (x, y), None is infinity.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)

def add(p, q):
    if p is None or q is None or p[0] == q[0] and p != q:
        return None if p and q else p or q
    slope = 3 * (p[0] * p[0] - 1) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P

def signed(key, message, signature):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    w, both, point = pow(s, -1, N), add(G, key), None
    u, v = int.from_bytes(hashlib.sha256(message).digest(), "big") * w % N, r * w % N
    for bit in range(255, -1, -1):
        point = add(add(point, point), (None, G, key, both)[(u >> bit & 1) + 2 * (v >> bit & 1)])
    return point is not None and point[0] % N == r

def read_keys(text):
    keys = {}
    for block in re.findall("-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", text, re.S):
        der = base64.b64decode("".join(block.split()))
        keys[hashlib.sha256(der).hexdigest()[:16]] = int.from_bytes(der[27:59], "big"), int.from_bytes(der[59:], "big")
    return keys

class Bad(Exception):
    """Where something is first wrong: line (0 for no line of the export), chain, sequence, code, and where the code is not enough, why."""

def read_checkpoint(line, keys):
    """(key, number, previous, epoch, token, heads, signed bytes, signature, hash of the line), or None where it is no checkpoint of a given key"""
    try:
        text, body = line[:-1].split(b" ", 1)
        signature, said = base64.b64decode(text, validate=True), json.loads(body.decode())
        heads = [(chain, sequence, hash) for chain, (sequence, hash) in said["heads"].items() if HEX.fullmatch(hash)]
        numbers = [said[name] for name in ("number", "at", "epoch", "audit_id")] + [said.get("token", 0)] + [sequence for _, sequence, _ in heads]
        sound = (said["format"], base64.b64encode(signature), line[-1], len(heads), type(said["reason"]), type(said["previous"]), {type(number) for number in numbers}) == (
            "governance-checkpoint-1", text, 10, len(said["heads"]), str, str, {int}) and 0 <= said.get("token", 0) < 2**63 and said["key"] in keys
        return (said["key"], said["number"], said["previous"], said["epoch"], said.get("token", 0), heads, body, signature, hashlib.sha256(line[:-1]).hexdigest()) if sound else None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None

def read_checkpoints(folders, keys):
    """({chain: {sequence: {(hash, epoch): place}}}, how many there are, notes, {(folder, epoch): its last (number, hash)}, the first Bad of each folder)"""
    named, count, notes, ends, bads, place = {}, 0, [], {}, [], 0
    for folder in sorted({d for top in folders for d, _, _ in os.walk(top)}):
        # links: (number, hash, token, epoch, place) of the lines that follow each other since the last one that did not; last: the last of them
        links, dropped, last, at, bad = [], set(), None, 0, None
        files = sorted(glob.glob(os.path.join(glob.escape(folder), "*.checkpoints")))
        for number, line, file in ((n, line, f) for f in files for n, line in enumerate(open(f, "rb"), 1)):
            wrong = Bad(number, None, None, "checkpoint_file", file)
            if not line.endswith(b"\n") and file == files[-1]:
                notes.append(f"the last line of {file} is not whole")
                break
            this = read_checkpoint(line, keys)
            if this and last and (this[2] != last[8] or this[1] != last[1] + 1):
                # It follows an earlier line, as another does already: whose token is higher had the turn, where both are signed.
                parent = this[1] - 1 - links[0][0]
                parent = parent if 0 <= parent < len(links) - 1 and links[parent][1] == this[2] or parent == -1 and this[1:3] == (1, "0" * 64) else None
                known = parent is not None or this[2] in dropped
                if known and not vouched(this, keys):
                    bad = bad or wrong
                    continue
                rival = last[4] if parent is None else links[parent + 1][2]
                if known and this[4] < rival:
                    dropped.add(this[8])
                    notes.append(f"a second checkpoint {this[1]} in {folder} does not count: its writer's turn was over (token {this[4]})")
                    continue
                if parent is not None and this[4] > rival:
                    for gone, hash, token, _, _ in links[parent + 1:]:
                        dropped.add(hash)
                        notes.append(f"a second checkpoint {gone} in {folder} does not count: its writer's turn was over (token {token})")
                    for places in [places for sequences in named.values() for places in sequences.values()]:
                        for head in [head for head, first in places.items() if first >= links[parent + 1][4]]:
                            del places[head]
                    count -= len(links) - parent - 1
                    del links[parent + 1:]
                else:
                    bad, last = bad or wrong, close(folder, links, last, keys, ends)
            elif not this or last and this[0] != last[0] and not vouched(last, keys):
                bad, last = bad or wrong, close(folder, links, last, keys, ends)  # the last signature of a key vouches for all lines before it
            elif last and this[0] != last[0]:
                notes.append(f"from checkpoint {this[1]} on, another key signs: {this[0]} instead of {last[0]}")
            if this:
                last, at, count, place = this, number, count + 1, place + 1
                links.append((this[1], this[8], this[4], this[3], place))
                for chain, sequence, hash in this[5]:
                    named.setdefault(chain, {}).setdefault(sequence, {}).setdefault((hash, this[3]), place)
        if last and not vouched(last, keys):
            bad = bad or Bad(at, None, None, "checkpoint_file", folder)
        close(folder, links, last, keys, ends)
        bads += [bad] if bad else []
    return named, count, notes, ends, bads

def vouched(this, keys):
    return signed(keys[this[0]], this[6], this[7])

def close(folder, links, last, keys, ends):
    """Ends a run of lines; only where its last one is signed an epoch is believed for naming it."""
    if last and vouched(last, keys):
        ends.update({(folder, epoch): (number, hash) for number, hash, _, epoch, _ in links})
    links.clear()

def believed(told, ends):
    """Whether an epoch names the last checkpoint before it, whose hash nobody knows who has neither the folder nor the key."""
    return told[3] in {folder: end for end, folder in sorted((end, folder) for (folder, epoch), end in ends.items() if epoch < told[0])}.values()

def verify(export, folders, keys):
    """export: a binary file; keys: what read_keys gave. Returns a report; its "bad" is None where nothing is wrong."""
    found, state, heads, epochs, suspects, back = None, {**dict.fromkeys(COUNTED, 0), "part": None}, {}, [], {}, []  # heads: {chain: [first, last, covered]}; suspects: {(chain, epoch): (line, row, sequence named)}
    named, count, notes, ends, bads = read_checkpoints(folders, keys)
    try:
        read_export(export, named, state, heads, epochs, suspects, back)
        for chain, sequence, epoch in [(c, s, e) for c in named for s in sorted(named[c]) for _, e in named[c][s] if state["part"] is None]:
            if sequence > heads.get(chain, (0, 0))[1]:
                suspects.setdefault((chain, epoch), (float("inf"), heads.get(chain, (0, 0))[1] + 1, sequence))
        for (chain, epoch), (line, row, sequence) in sorted(suspects.items(), key=lambda s: (s[1][0], s[0])):
            told = next((e for e in epochs if e[0] > epoch and sequence > e[1].get(chain, 0) and believed(e, ends)), None)
            if told is None:
                raise Bad(*((0, chain, row, "cut") if line == float("inf") else (line, chain, row, "checkpoint")))
            top = max(s for s, places in named[chain].items() if epoch in [e for _, e in places])
            notes.append(f"chain {chain} was rewound from sequence {top} to {told[1].get(chain, 0)}, what was signed is gone: epoch {told[0]} says: {told[2]}")
    except Bad as why:
        found = why
    notes += [f"time: {len(back)} older than the event before (chain {back[0][0]}, event {back[0][1]} is the first): a clock was wrong, their order is proven by their hashes"] if back else []
    # a bad line among the checkpoints hides nothing that the others find
    bad, also = (dict(zip(("line", "chain", "sequence", "code", "why"), each.args)) if each else None for each in ((bads[0], found) if bads else (found, None)))
    tails = [{"chain": c, "from": max(covered + 1, first), "to": last} for c, (first, last, covered) in heads.items() if covered < last and not bad]
    return dict(state, bad=bad, also=also, clean=bad is None, checkpoints=count, unprotected=tails, notes=notes)

def read_export(export, named, state, heads, epochs, suspects, back):
    digest, header, ended, seal, number, before = hashlib.sha256(), None, False, None, 0, {"name": None}
    for number, line in enumerate(export, 1):
        text = line[:-1]
        if not line.endswith(b"\n") or ended:
            raise Bad(number, None, None, "end", "cut off in this line, or more behind the last one")
        if number == 1:
            try:
                state["part"] = (header := json.loads(text.decode())).get("part")
                if header["format"] != "governance-audit-export-1" or {type(header[name]) for name in ("at", "audit_id", *COUNTED)} != {int}:
                    raise ValueError
            except (ValueError, KeyError, TypeError, AttributeError):
                raise Bad(1, None, None, "header")
        elif text.startswith((b'{"entry":"', b'{"correction":"')):
            read_row(number, text, seal, state)
        else:
            ids = seal and (seal["entries"] or [0])
            if seal and seal["told"] != (len(seal["entries"]), ids[0], ids[-1], seal["digest"].hexdigest(), len(seal["corrections"])):
                raise Bad(seal["line"], LEDGER, seal["sequence"], "seal")
            ended, end = text.startswith(b'{"end":'), (*(state[name] for name in COUNTED), digest.hexdigest().encode())
            seal = None if ended else read_event(number, text, before, named, state, heads, epochs, suspects, back)
            if ended and text != b'{"end":true,"events":%d,"entries":%d,"corrections":%d,"digest":"%s"}' % end:
                raise Bad(number, None, None, "end", "something before this line was changed")
        digest.update(line)
    if not ended:
        raise Bad(number + 1, None, None, "end" if header else "header", "the last line is missing")
    if any(header[name] != state[name] for name in COUNTED):
        raise Bad(1, None, None, "count")

def read_row(number, text, seal, state):
    kind, begin, mark = ("corrections", 15, b"\2\0\0\0\12correction") if text[2:3] == b"c" else ("entries", 10, b"")
    try:
        row = base64.b64decode(text[begin:-2], validate=True)
        one, id, two, batch = struct.unpack(">bqbq", row[len(mark):][:18])
        if base64.b64encode(row) + b'"}' != text[begin:] or (one, two) != (1, 1) or not row.startswith(mark):
            raise ValueError
    except (ValueError, struct.error):
        raise Bad(number, LEDGER, seal and seal["sequence"], "unreadable")
    if not seal or batch != seal["sequence"] or id <= max(seal[kind][-1:], default=id - 1) or kind == "entries" and seal["corrections"]:
        raise Bad(number, LEDGER, batch, "entry")
    seal[kind].append(id)
    state[kind] += 1
    seal["digest"].update(hashlib.sha256(row).digest())

def read_event(number, text, at, named, state, heads, epochs, suspects, back):
    """Checks an event against the one before it (at, which becomes this one); returns what it seals."""
    try:
        names, (chain, sequence, previous, hash, body) = zip(*json.loads(text.decode(), object_pairs_hook=list))
        name, body = chain.encode(), body.encode()
        if names != FIELDS or type(sequence) is not int or not 0 < sequence < 2**63 or not chain or not (HEX.fullmatch(previous) and HEX.fullmatch(hash)):
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Bad(number, None, None, "unreadable")
    if chain != at["name"]:
        if chain in heads:
            raise Bad(number, chain, sequence, "order")
        first, before = (1, "0" * 64) if state["part"] is None else (sequence, previous)  # of a part the first event's place is taken as it says
        at.update(name=chain, sequence=first - 1, hash=before, at=0)
        heads[chain] = [first, first - 1, 0]
    linked = hashlib.sha256(b"\0aud1" + struct.pack(">q", len(name)) + name + struct.pack(">q", sequence)
                            + bytes.fromhex(previous) + struct.pack(">q", len(body)) + body).hexdigest()
    instant = re.match(b'{"chain":"%s","sequence":%d,"at":([0-9]{1,18}),' % (re.escape(name), sequence), body)
    wrong = {"sequence": sequence != at["sequence"] + 1, "previous": previous != at["hash"], "hash": hash != linked,
             "body": not instant}
    if any(wrong.values()):
        raise Bad(number, chain, sequence, next(code for code in wrong if wrong[code]))
    back += [(chain, sequence)] if int(instant[1]) < at["at"] else []
    at.update(sequence=sequence, hash=hash, at=int(instant[1]))
    heads[chain][1], state["events"] = sequence, state["events"] + 1
    for wanted, epoch in named.get(chain, {}).get(sequence, ()):
        if wanted != hash:
            suspects.setdefault((chain, epoch), (number, sequence, sequence))
        heads[chain][2] = sequence if wanted == hash else heads[chain][2]
    try:
        said = json.loads(body) if chain == LEDGER or chain == SYSTEM and b'"action":"audit.epoch_begun"' in body else {"action": ""}
        if chain == SYSTEM and said["action"] == "audit.epoch_begun":
            of, reason, last, then = (said["details"][name] for name in ("epoch", "reason", "last_checkpoint", "heads"))
            if {type(number) for number in (of, *then.values())} == {int} and then.get(SYSTEM, 0) == sequence - 1:
                epochs.append((of, then, reason, (last["number"], last["hash"])))
        if chain == LEDGER and said["action"] == "ledger.sealed":
            told = *(said["details"][name] for name in ("entries", "first_id", "last_id", "digest")), said["details"].get("corrections", 0)
            return dict(line=number, sequence=sequence, told=told, entries=[], corrections=[], digest=hashlib.sha256())
    except (ValueError, KeyError, TypeError, AttributeError):
        if chain == LEDGER:
            raise Bad(number, chain, sequence, "seal")

def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("export")
    parser.add_argument("--checkpoints", action="append", default=[], metavar="folder")
    parser.add_argument("--public-key", action="append", metavar="file", help="default: the keys beside the checkpoints, which proves less")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    try:
        files = asked.public_key or [file for folder in asked.checkpoints for file in glob.glob(os.path.join(folder, "**", "*.pem"), recursive=True)]
        report = verify(open(asked.export, "rb"), asked.checkpoints, read_keys("".join(open(file).read() for file in files)))
    except (OSError, ValueError) as why:
        sys.exit(print(why, file=sys.stderr) or 2)
    print(json.dumps(report) if asked.json else "\n".join(f"{name}: {value}" for name, value in report.items()))
    sys.exit(0 if report["clean"] else 1)

if __name__ == "__main__":
    main()
