"""Vectors of the ledger (SPEC section 13): ledger.json."""

import hashlib

import ledger
import ledger_notes
from broken import breakings
from business_shapes import CONSISTENCY, FORK, INCLUSION, OPENING, PROVEN, REDACTION
from ground import BUSINESS, LP, Refused, cbor_encode, label
from ledger import (
    TILE, check_consistency, check_inclusion, check_proven, compare, consistency_path, entry_tile, inclusion_path, leaf_hash,
    make_entry, node_hash, numbered_entry, pad, read_note, read_path, root_of, tile, tile_path)
from plain import Book, accepts, flip, plain
from session import SeededDice

BODIES = {"opening": OPENING, "inclusion body": INCLUSION, "consistency body": CONSISTENCY, "proven body": PROVEN,
          "redaction": REDACTION, "fork": FORK}


def hx(v, key):
    return bytes.fromhex(v[key])


def hashes(v):
    return [bytes.fromhex(x) for x in v["hashes"]]


class Checker:
    """Keeps the leaves of the log from which the tiles are."""

    def __init__(self):
        self.entries, self.leaves = [], []

    def grow(self, size):
        while len(self.entries) < size:
            self.entries.append(numbered_entry(len(self.entries)))
            self.leaves.append(leaf_hash(self.entries[-1]))

    def __call__(self, v):
        if accepts(self.run, v) != v["valid"]:
            raise AssertionError(v["name"])

    @staticmethod
    def expect(v, key, got):
        if plain(got) != v[key]:
            raise AssertionError(f"{v['name']}: {key} is {plain(got)}")

    def run(self, v):
        what = v["what"]
        if what == "entry":
            payload, salt = hx(v, "payload"), hx(v, "salt")
            entry = make_entry(payload, salt)
            self.expect(v, "padded_sha256", hashlib.sha256(pad(payload)).digest())
            self.expect(v, "entry", entry)
            self.expect(v, "leaf", leaf_hash(entry))
        elif what == "opened entry":
            if make_entry(hx(v, "payload"), hx(v, "salt")) != hx(v, "entry"):
                raise Refused("not what the entry was made of")
        elif what == "raw entry":
            ledger.check_entry(hx(v, "entry"))
            self.expect(v, "leaf", leaf_hash(hx(v, "entry")))
        elif what == "node":
            self.expect(v, "node", node_hash(hx(v, "left"), hx(v, "right")))
        elif what == "tree":
            leaves = [leaf_hash(hx({"e": e}, "e")) for e in v["entries"]]
            self.expect(v, "leaves", leaves)
            self.expect(v, "roots", [root_of(leaves[:n]) for n in range(len(leaves) + 1)])
        elif what == "checkpoint":
            size, root = read_note(hx(v, "note"), v["origin"], hx(v, "key"))
            self.expect(v, "size", size)
            self.expect(v, "root", root)
        elif what == "inclusion":
            check_inclusion(v["index"], v["size"], hashes(v), hx(v, "leaf"), hx(v, "root"))
        elif what == "consistency":
            check_consistency(v["old"], v["new"], hashes(v), hx(v, "old_root"), hx(v, "new_root"))
        elif what == "proven":
            self.expect(v, "payload", check_proven(hx(v, "hex"), v["origin"], hx(v, "key")))
        elif what == "memory":
            proof = None if v["proof"] is None else hx(v, "proof")
            fork = compare(hx(v, "remembered"), hx(v, "shown"), proof, v["origin"], hx(v, "key"))
            self.expect(v, "fork", fork)
            if fork:
                raise Refused("a fork")
        elif what == "path":
            level, n, width = read_path(v["path"], v["size"])
            self.expect(v, "path", tile_path(level, n, width))
            self.expect(v, "tile", [level, n, width])
        elif what == "tile":
            level, n, width = read_path(v["path"], v["size"])
            self.grow(v["size"])
            got = entry_tile(n, width, self.entries) if level is None else tile(level, n, width, self.leaves)
            self.expect(v, "body_sha256", hashlib.sha256(got).digest())
            if "body" in v:
                self.expect(v, "body", got)
        else:
            shape = BODIES[what]
            f = shape.decode(hx(v, "hex"))
            if v["valid"]:
                self.expect(v, "fields", f)
                self.expect(v, "hex", shape.encode(f))


def vectors():
    dice = SeededDice("ledger")
    b = Book(Checker())
    entries(b, dice)
    tree_and_proofs(b, dice)
    ledger_notes.checkpoints(b, dice)
    ledger_notes.proven(b, dice)
    ledger_notes.memory(b, dice)
    paths(b)
    bodies(b, dice)
    return b.vectors


def entries(b, dice):
    for n in (1, 2, 100, 254, 255, 256, 257, 510, 511, 512, 1_023, 49_151, 49_152):
        payload, salt = (dice(n) if n < 10_000 else bytes(n)), dice(32)
        entry = make_entry(payload, salt)
        b.add(f"entry of a payload of {n:,} bytes", True, what="entry", payload=payload, salt=salt, entry=entry,
              padded_sha256=hashlib.sha256(pad(payload)).digest(), leaf=leaf_hash(entry))
    payload, salt = b"\xa2\x00\x06\x01\x81\x05", dice(32)
    entry, padded = make_entry(payload, salt), pad(payload)
    right = {"payload": payload, "salt": salt, "entry": entry, "padded_sha256": hashlib.sha256(padded).digest(),
             "leaf": leaf_hash(entry)}
    b.add("entry of a redaction", True, what="entry", **right)
    b.add("opened entry", True, what="opened entry", payload=payload, salt=salt, entry=entry)

    def bad(name, **changed):
        b.add(f"opened entry: {name}", False, what="opened entry", **{k: {**right, **changed}[k] for k in ("payload", "salt", "entry")})
    for name, changed in (
            ("another salt", {"salt": dice(32)}), ("one bit of the payload", {"payload": flip(payload, 5)}),
            ("a zero byte behind the payload", {"payload": payload + b"\x00"}), ("payload empty", {"payload": b""}),
            ("payload of 49,153 bytes", {"payload": bytes(49_153)}), ("salt of 31 bytes", {"salt": salt[:-1]}),
            ("one bit of the entry", {"entry": flip(entry, 20)}),
            ("entry without padding", {"entry": b"\x01" + mac(salt, payload)}),
            ("entry padded with zeros alone", {"entry": b"\x01" + mac(salt, payload + bytes(250))}),
            ("entry of payload and salt hashed", {"entry": b"\x01" + hashlib.sha256(salt + padded).digest()}),
            ("entry without the label", {"entry": b"\x01" + ledger.hmac.digest(salt, padded, "sha256")})):
        bad(name, **changed)
    for first in (0x00, 0x02, 0xFF):
        other = bytes([first]) + entry[1:]
        b.add(f"entry with a first byte of 0x{first:02x}", False, what="raw entry", entry=other, leaf=leaf_hash(other))
    for n in (0, 32, 34):
        other = (entry + b"\x00")[:n]
        b.add(f"entry of {n} bytes", False, what="raw entry", entry=other, leaf=leaf_hash(other))
    b.add("entry as it stands in the log", True, what="raw entry", entry=entry, leaf=leaf_hash(entry))
    left, right = dice(32), dice(32)
    b.add("node", True, what="node", left=left, right=right, node=node_hash(left, right))


def mac(salt, padded):
    return ledger.hmac.digest(salt, LP(label(BUSINESS, "entry"), padded), "sha256")


def tree_and_proofs(b, dice):
    logged = [numbered_entry(i) for i in range(33)]
    leaves = [leaf_hash(e) for e in logged]
    roots = [root_of(leaves[:n]) for n in range(34)]
    b.add("leaves of 33 entries, roots of 0 to 33", True, what="tree", entries=logged, leaves=leaves, roots=roots)

    def inclusion(name, valid, i, n, path, leaf=None, root=None, size=None, index=None):
        b.add(name, valid, what="inclusion", index=i if index is None else index, size=n if size is None else size, hashes=path,
              leaf=leaf or leaves[i], root=root or roots[n])

    for n in (*range(1, 10), 15, 16, 17, 32, 33):
        for i in range(n):
            inclusion(f"inclusion of {i} in {n}", True, i, n, inclusion_path(i, leaves[:n]))
    for n in (1, 2, 3, 7, 8, 9, 17, 33):
        for i in sorted({0, n // 2, n - 1}):
            path = inclusion_path(i, leaves[:n])

            def bad(name, path=path, i=i, n=n, **f):
                inclusion(f"inclusion of {i} in {n}: {name}", False, i, n, path, **f)
            for j in range(len(path)):
                bad(f"one bit of hash {j}", [*path[:j], flip(path[j], 7), *path[j + 1:]])
            if path:
                bad("last hash left out", path[:-1])
                bad("first hash left out", path[1:])
                bad("no hashes", [])
                if len(path) > 1:
                    bad("hashes in the other order", path[::-1])
                bad("index as large as the size", index=n)
                bad("size twice as large", size=2 * n)
                bad("another leaf", leaf=leaves[i - 1] if i else leaves[1])
            bad("a hash more", path + [dice(32)])
            bad("a hash more, the root itself", path + [roots[n]])
            bad("another root", root=roots[n - 1])
            bad("index 2^64 - 1", index=2**64 - 1)
            if n > 1:
                bad("index of the neighbour", index=i ^ 1 if i ^ 1 < n else i - 1)
            bad("size 0", size=0)
            bad("the leaf hashed as a node", leaf=hashlib.sha256(b"\x01" + logged[i]).digest())
            bad("the entry itself for the leaf", leaf=logged[i][1:])

    def consistency(name, valid, m, n, path, **f):
        b.add(name, valid, what="consistency", **{"old": m, "new": n, "hashes": path, "old_root": roots[m],
                                                  "new_root": roots[n], **f})
    for n in (*range(0, 10), 16, 17, 33):
        for m in range(n + 1):
            consistency(f"consistency of {m} with {n}", True, m, n, consistency_path(m, leaves[:n]))
    other = roots[:5] + [root_of(leaves[:4] + [bytes(32)] + leaves[5:n]) for n in range(5, 34)]
    for m, n in ((1, 2), (3, 7), (4, 8), (6, 8), (7, 8), (8, 9), (5, 17), (16, 33), (32, 33)):
        path = consistency_path(m, leaves[:n])

        def bad(name, path=path, m=m, n=n, **f):
            consistency(f"consistency of {m} with {n}: {name}", False, m, n, path, **f)
        for j in range(len(path)):
            bad(f"one bit of hash {j}", [*path[:j], flip(path[j], 7), *path[j + 1:]])
        bad("last hash left out", path[:-1])
        bad("first hash left out", path[1:])
        bad("no hashes", [])
        bad("a hash more", path + [dice(32)])
        bad("another old root", old_root=dice(32))
        bad("another new root", new_root=dice(32))
        bad("old size one less", old=m - 1)
        bad("sizes swapped", old=n, new=m, old_root=roots[n], new_root=roots[m])
        if m & (m - 1) == 0:
            bad("old root in front of the hashes of a power of two", [roots[m], *path])
        if m > 4:
            bad("an entry of the old tree was changed", old_root=other[m])
        elif n > 4:
            bad("an entry of the new tree was changed", new_root=other[n])
    for n in (1, 8, 33):
        consistency(f"consistency of {n} with {n}: another root", False, n, n, [], new_root=dice(32))
        consistency(f"consistency of {n} with {n}: a hash", False, n, n, [roots[n]])
        consistency(f"consistency of 0 with {n}: a hash", False, 0, n, [roots[n]])
        consistency(f"consistency of 0 with {n}: old root not that of no entry", False, 0, n, [], old_root=bytes(32))
    consistency("consistency of 0 with 0: a root that is not that of no entry", False, 0, 0, [], old_root=bytes(32), new_root=bytes(32))


def paths(b):
    size = 70_000
    for n, text in ((0, "000"), (1, "001"), (999, "999"), (1_000, "x001/000"), (1_234_067, "x001/x234/067"), (10**9, "x001/x000/x000/000")):
        for level in (0, None):
            b.add(f"path of number {n}, {'entries' if level is None else f'level {level}'}", True, what="path",
                  path=f"/tile/{'entries' if level is None else level}/{text}", size=(n + 1) * TILE, tile=[level, n, TILE])
    for level, n, width in ((0, 0, 256), (0, 272, 256), (0, 273, 112), (0, 273, 1), (0, 0, 255), (0, 0, 1), (1, 0, 256), (1, 1, 17),
                            (2, 0, 1), (None, 273, 112), (None, 0, 256), (None, 5, 37)):
        word = "entries" if level is None else f"level {level}"
        b.add(f"tile of a log of 70,000: {word}, number {n}, width {width}", True, what="path", path=tile_path(level, n, width),
              size=size, tile=[level, n, width])
    b.add("tile of level 5 in the largest log", True, what="path", path="/tile/5/000.p/255", size=2**48 - 1, tile=[5, 0, 255])
    for why, path in (
            ("not reached: full tile at the end", "/tile/0/273"), ("not reached: width 113", "/tile/0/273.p/113"),
            ("not reached: number 274", "/tile/0/274.p/1"), ("not reached: level 1, width 18", "/tile/1/001.p/18"),
            ("not reached: level 2, full", "/tile/2/000"), ("not reached: level 2, width 2", "/tile/2/000.p/2"),
            ("not reached: level 3", "/tile/3/000.p/1"), ("not reached: entries 274", "/tile/entries/274.p/1"),
            ("width 0", "/tile/0/000.p/0"), ("width 256", "/tile/0/000.p/256"), ("width 01", "/tile/0/000.p/01"),
            ("width +1", "/tile/0/000.p/+1"), ("width empty", "/tile/0/000.p/"), ("level 6", "/tile/6/000"), ("level 00", "/tile/00/000"),
            ("level -1", "/tile/-1/000"), ("level 10", "/tile/10/000"), ("number of one digit", "/tile/0/0"), ("number of two digits", "/tile/0/00"),
            ("number of four digits", "/tile/0/0000"), ("needless group of zeros", "/tile/0/x000/000"), ("group without its x", "/tile/0/001/000"),
            ("x before the last group", "/tile/0/x001"), ("X in capital", "/tile/0/X001/000"), ("slash at the end", "/tile/0/000/"),
            ("two slashes", "/tile/0//000"), ("no slash in front", "tile/0/000"), ("query", "/tile/0/000?a"), ("percent escape", "/tile/0/%300"),
            ("dots", "/tile/0/../0/000"), ("entries in capitals", "/tile/Entries/000"), ("data in place of entries", "/tile/data/000"),
            ("digits of another script", "/tile/0/\u0660\u0660\u0660"), ("nothing behind tile", "/tile"), ("line end", "/tile/0/000\n")):
        b.add(f"path: {why}", False, what="path", path=path, size=size, tile=None)
    b.add("path: a partial tile of an empty log", False, what="path", path="/tile/0/000.p/1", size=0, tile=None)
    checker = b.verdict
    checker.grow(size)
    for level, n, width in ((0, 0, 256), (0, 273, 112), (0, 273, 3), (1, 0, 256), (1, 1, 17), (2, 0, 1), (None, 0, 256), (None, 273, 2)):
        body = entry_tile(n, width, checker.entries) if level is None else tile(level, n, width, checker.leaves)
        more = {"body": body} if len(body) < 1_000 else {}
        word = "entries" if level is None else f"level {level}"
        b.add(f"body of a log of 70,000: {word}, number {n}, width {width}", True, what="tile", path=tile_path(level, n, width), size=size,
              body_sha256=hashlib.sha256(body).digest(), **more)


def bodies(b, dice):
    some = [dice(32) for _ in range(3)]
    opening = {"index": 2**40, "salt": dice(32), "payload": dice(60)}
    inclusion = {"index": 5, "size": 9, "hashes": some}
    consistency = {"old": 5, "new": 9, "hashes": some}
    fork = {"kind": 3, "remembered": b"a note", "shown": b"another", "consistency": consistency}
    samples = {"opening": opening, "inclusion body": inclusion, "consistency body": consistency,
               "proven body": {"opening": opening, "inclusion": inclusion, "checkpoint": b"a note"},
               "redaction": {"kind": 6, "indices": [0, 5, 2**40]}, "fork": fork}

    def good(name, what, f):
        data = BODIES[what].encode(f)
        b.add(f"{what}: {name}", True, what=what, hex=data, fields=BODIES[what].decode(data))

    def bad(name, what, mapping):
        b.add(f"{what}: {name}", False, what=what, hex=mapping if isinstance(mapping, bytes) else cbor_encode(mapping))
    for what, f in samples.items():
        good("in full", what, f)
        for why, data in breakings(BODIES[what], BODIES[what].pack(f)):
            bad(why, what, data)
    good("without a hash", "inclusion body", {**inclusion, "hashes": []})
    good("sixty-four hashes", "inclusion body", {**inclusion, "hashes": [bytes(32)] * 64})
    bad("sixty-five hashes", "inclusion body", {0: 1, 1: 2, 2: [bytes(32)] * 65})
    bad("sixty-five hashes", "consistency body", {0: 1, 1: 2, 2: [bytes(32)] * 65})
    bad("second hash short", "inclusion body", {0: 1, 1: 2, 2: [bytes(32), bytes(31)]})
    good("payload of 49,152 bytes", "opening", {**opening, "payload": bytes(49_152)})
    bad("payload of 49,153 bytes", "opening", {0: 1, 1: bytes(32), 2: bytes(49_153)})
    bad("payload empty", "opening", {0: 1, 1: bytes(32), 2: b""})
    proven_body = PROVEN.pack(samples["proven body"])
    bad("checkpoint empty", "proven body", {**proven_body, 2: b""})
    bad("checkpoint of 8,193 bytes", "proven body", {**proven_body, 2: bytes(8_193)})
    good("checkpoint of 8,192 bytes", "proven body", {**samples["proven body"], "checkpoint": bytes(8_192)})
    good("of one", "redaction", {"kind": 6, "indices": [7]})
    good("of 1,000", "redaction", {"kind": 6, "indices": list(range(1_000))})
    for why, found in (("of none", []), ("of 1,001", list(range(1_001))), ("descending", [5, 4]), ("twice", [5, 5])):
        bad(why, "redaction", {0: 6, 1: found})
    for k in (0, 1, 5, 7):
        bad(f"kind {k}", "redaction", {0: k, 1: [1]})
    for k in (1, 2, 4):
        good(f"kind {k}, without a proof", "fork", {"kind": k, "remembered": b"x", "shown": b"y"})
    for k in (0, 5):
        bad(f"kind {k}", "fork", {0: k, 1: b"x", 2: b"y"})
