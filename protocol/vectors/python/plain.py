"""Vectors of everything that has no session: cbor, frames, hashes, links, content.

`generate.py` writes what these functions give. Each gives a list of vectors,
and each vector was tried against this implementation before it is written.
"""

import conversation
import ground
import peer
import proof
from ground import (
    BUSINESS, CONTACT_LINK, GROUND, H, LABELS, LP, PEER, RELAY_LINK, Close, Refused,
    cbor_decode, cbor_encode, derive, expand, extract, label, u32)
from session import SeededDice


def plain(v):
    """Bytes to hex, all the way down."""
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    return v


def accepts(f, *args):
    try:
        f(*args)
        return True
    except (Refused, Close):
        return False


class Book:
    """Collects vectors; names are unique, and what is said of validity is tried."""

    def __init__(self, verdict):
        self.verdict, self.vectors, self.names = verdict, [], set()

    def add(self, name, valid, **fields):
        if name in self.names:
            raise ValueError(f"name used twice: {name}")
        self.names.add(name)
        vector = {"name": name, "valid": valid, **plain(fields)}
        self.verdict(vector)
        self.vectors.append(vector)


# ---------------------------------------------------------------- cbor


def check_cbor(v):
    got = accepts(cbor_decode, bytes.fromhex(v["hex"]))
    if got != v["valid"]:
        raise AssertionError(v["name"])
    if got and cbor_encode(cbor_decode(bytes.fromhex(v["hex"]))).hex() != v["hex"]:
        raise AssertionError(f"{v['name']}: encoding is not deterministic")


def cbor():
    b = Book(check_cbor)

    def add(name, valid, h):
        b.add(name, valid, hex=h.replace(" ", ""))

    def inside(name, valid, h):
        add(name, valid, "a100" + h)

    add("empty map", True, "a0")
    for n in (0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**63, 2**64 - 1):
        inside(f"integer {n}", True, cbor_encode(n).hex())
    inside("false", True, "f4")
    inside("true", True, "f5")
    for n in (0, 1, 23, 24, 255, 256):
        inside(f"byte string of {n}", True, cbor_encode(bytes(n)).hex())
        inside(f"text of {n}", True, cbor_encode("a" * n).hex())
        inside(f"array of {n}", True, cbor_encode([0] * n).hex())
    inside("text with characters of two, three and four bytes", True, cbor_encode("ä€😀").hex())
    inside("text with a zero character", True, "6100")
    add("keys of one, two, three, five and nine bytes in order", True,
        "ae 0000 0100 1700 181800 18ff00 19010000 19ffff00 1a0001000000 1affffffff00"
        "1b000000010000000000 1b800000000000000000 1bfffffffffffffffd00 1bfffffffffffffffe00 1bffffffffffffffff00")
    inside("map in map", True, "a20100 02a0")
    inside("nesting of exactly 8: a map and seven arrays", True, "81" * 6 + "80")
    inside("nesting of exactly 8 with an integer innermost", True, "81" * 7 + "00")
    add("nesting of exactly 8: maps only", True, "a100" * 7 + "a0")

    for w, h in (("one byte for 0", "1800"), ("one byte for 23", "1817"), ("two bytes for 255", "1900ff"),
                 ("four bytes for 65535", "1a0000ffff"), ("eight bytes for 4294967295", "1b00000000ffffffff"),
                 ("eight bytes for 0", "1b0000000000000000")):
        inside(f"integer not in its shortest form: {w}", False, h)
        add(f"key not in its shortest form: {w}", False, "a1" + h + "00")
    for kind, h in (("byte string", "5801 00"), ("text", "7801 61"), ("array", "9801 00"), ("map", "b801 0000"),
                    ("empty byte string", "5800"), ("empty text", "7800"), ("empty array", "9800"),
                    ("empty map", "b800")):
        inside(f"length of a {kind} not in its shortest form: one byte", False, h)
    for kind, h in (("byte string", "5900ff" + "00" * 255), ("text", "7900ff" + "61" * 255),
                    ("array", "9900ff" + "00" * 255)):
        inside(f"length of a {kind} not in its shortest form: two bytes for 255", False, h)
    inside("length of a byte string not in its shortest form: eight bytes", False, "5b0000000000000001 00")
    add("outermost map's length not in its shortest form", False, "b8010000")
    for kind, h in (("byte string", "5f4100ff"), ("text", "7f6161ff"), ("array", "9f00ff"), ("map", "bf0000ff")):
        inside(f"indefinite {kind}", False, h)
    add("indefinite outermost map", False, "bf0000ff")
    inside("break alone", False, "ff")
    add("keys descending", False, "a201000000")
    add("keys descending across widths", False, "a2181800 1700")
    add("keys descending, wide", False, "a2190100 00 18ff 00")
    add("key twice", False, "a200000000")
    add("key twice, not next to each other", False, "a3 0000 0100 0000")
    inside("keys of an inner map descending", False, "a201000000")
    inside("key of an inner map twice", False, "a200000000")
    add("keys descending in a map within an array", False, "a10081a201000000")
    for kind, h in (("0", "c000"), ("24", "d81874 61616161616161616161616161616161616161616161"),
                    ("of a big number", "c24101"), ("55799", "d9d9f700")):
        inside(f"tag {kind}", False, h)
    add("tag around the outermost map", False, "d9d9f7a0")
    inside("float of two bytes", False, "f90000")
    inside("float of four bytes", False, "fa00000000")
    inside("float of eight bytes", False, "fb0000000000000000")
    inside("float NaN", False, "f97e00")
    inside("null", False, "f6")
    inside("undefined", False, "f7")
    inside("simple value 0", False, "e0")
    inside("simple value 19", False, "f3")
    inside("simple value 32 in two bytes", False, "f820")
    inside("simple value 255 in two bytes", False, "f8ff")
    inside("false in two bytes", False, "f814")
    inside("true in two bytes", False, "f815")
    for why, h in (("lone continuation byte", "6180"), ("overlong slash", "62c0af"), ("surrogate", "63eda080"),
                   ("cut sequence", "62e282"), ("above U+10FFFF", "64f4908080"), ("byte 0xff", "61ff"),
                   ("overlong zero", "62c080")):
        inside(f"text that is not UTF-8: {why}", False, h)
    inside("nesting of 9: a map and eight arrays", False, "81" * 7 + "80")
    add("nesting of 9: maps only", False, "a100" * 8 + "a0")
    inside("nesting of 9 in a second element", False, "8200" + "8200" * 6 + "80")
    inside("nesting of 1,000", False, "81" * 1000 + "80")
    add("a byte after the item", False, "a000")
    add("a second map after the item", False, "a0a0")
    add("nothing at all", False, "")
    for h in ("1c", "1d", "1e", "1f", "5c", "7d", "9e", "bc", "fc", "fd", "fe", "3f", "df"):
        inside(f"reserved head 0x{h}", False, h)
    add("cut: map without its entry", False, "a1")
    add("cut: key without its value", False, "a100")
    inside("cut: integer", False, "1a000000")
    inside("cut: byte string", False, "430000")
    inside("cut: text", False, "636161")
    inside("cut: array", False, "8200")
    inside("cut: head of a length", False, "59 01")
    for kind, h in (("byte string", "5b"), ("text", "7b"), ("array", "9b"), ("map", "bb")):
        inside(f"length of a {kind} of 2^64 - 1 with nothing behind", False, h + "f" * 16)
        inside(f"length of a {kind} of 2^32 - 1 with nothing behind", False, h[0] + "a" + "f" * 8)
    return b.vectors


# ---------------------------------------------------------------- frames


def check_frame(v):
    data = bytes.fromhex(v["hex"])
    try:
        name, fields = peer.decode(data, v["door"], v["direction"])
    except Close as close:
        if v["valid"] or close.code != v["close"]:
            raise AssertionError(f"{v['name']}: {close}") from None
        return
    if not v["valid"] or peer.TYPE_OF[name] != v["type"] or plain(fields) != v["fields"]:
        raise AssertionError(v["name"])
    if peer.encode(name, fields) != data:
        raise AssertionError(f"{v['name']}: encoding is not deterministic")


def frame_samples(dice):
    """For each frame: (full fields, bare fields)."""
    def env(n):
        return dice(32) + bytes(n - 64) + dice(32)

    def sealed():
        return dice(32) + bytes(1409 - 64) + dice(32)

    def vouch():
        return {"spki": dice(32), "not_after": 1_800_000_000, "signature": dice(64)}

    two32, two64 = 2**32 - 1, 2**64 - 1
    hello = {"key": dice(32), "nonce": dice(32), "vouches": [vouch(), vouch()], "seconds": 1_790_000_000,
             "days": 30}
    create = {"slot": 7, "reader": dice(32), "drop": dice(32), "nonce": dice(32), "spki": dice(32),
              "signature": dice(64)}
    attach = {"slot": two32, "reader": dice(32), "nonce": dice(32), "spki": dice(32), "signature": dice(64)}
    return {
        "hello": (hello, {**hello, "vouches": []}),
        "create": ({**create, "pass": dice(32), "credit": dice(32)}, create),
        "attach": (attach, {**attach, "slot": 0}),
        "attached": ({"slot": 1, "acks": two64, "one_time": 100}, {"slot": 1, "acks": 0, "one_time": 0}),
        "refused": ({"slot": 1, "reason": 3, "seconds": 60}, {"slot": 1, "reason": 1}),
        "detached": ({"slot": 24}, {"slot": 0}),
        "close": ({"slot": 256}, {"slot": 0}),
        "closed": ({"slot": 65_536, "credit": dice(32)}, {"slot": 0}),
        "shelve": ({"slot": 3, "clear": True, "one_time": [sealed(), sealed()], "last_resort": sealed()},
                   {"slot": 3, "clear": False, "one_time": []}),
        "shelved": ({"slot": 3, "one_time": 100}, {"slot": 3, "one_time": 0}),
        "deliver": ({"slot": 3, "tag": 300, "envelope": env(4096)}, {"slot": 3, "tag": 1, "envelope": env(4096)}),
        "ack": ({"slot": 3, "tag": two64}, {"slot": 3, "tag": 1}),
        "use": ({"capability": dice(32)}, {"capability": dice(32)}),
        "opened": ({}, {}),
        "deposit": ({"number": two64, "envelope": env(4096)}, {"number": 1, "envelope": env(4096)}),
        "accepted": ({"number": two64}, {"number": 1}),
        "take": ({}, {}),
        "taken": ({"sealed": sealed()}, {}),
    }


def frames():
    dice = SeededDice("frames")
    b = Book(check_frame)
    samples = frame_samples(dice)
    where = {}
    for kind, (name, doors, way, _) in peer.FRAMES.items():
        where[name] = (doors[0], way)

    def good(title, name, fields, door=None):
        b.add(title, True, hex=peer.encode(name, fields), door=door or where[name][0],
              direction=where[name][1], type=peer.TYPE_OF[name], close=None, frame=name,
              fields=peer.decode(peer.encode(name, fields), door or where[name][0], where[name][1])[1])

    def bad(title, data, name, close=4001, door=None, direction=None):
        d, w = where[name]
        kind = int.from_bytes(data[2:4], "big") if len(data) >= 4 else None
        b.add(title, False, hex=data, door=door or d, direction=direction or w, type=kind, close=close)

    def body(title, name, mapping):
        bad(title, ground.frame(peer.TYPE_OF[name], cbor_encode(mapping)), name)

    for name, (full, bare) in samples.items():
        if full == {}:
            good(f"{name}", name, full)
            continue
        good(f"{name} with every optional field and large numbers", name, full)
        if full != bare:
            good(f"{name} without optional fields", name, bare)
    good("hello on the deposit door", "hello", samples["hello"][0], door="deposit")
    good("hello with eight vouches", "hello", {**samples["hello"][0],
                                                "vouches": samples["hello"][0]["vouches"] * 4})
    good("create with a pass only", "create",
         {k: v for k, v in samples["create"][0].items() if k != "credit"})
    good("create with a credit only", "create",
         {k: v for k, v in samples["create"][0].items() if k != "pass"})
    good("shelve with thirty-two one-time bundles", "shelve",
         {"slot": 0, "clear": False, "one_time": [samples["taken"][0]["sealed"]] * 32})
    good("shelve with a last-resort bundle only", "shelve",
         {"slot": 0, "clear": False, "one_time": [], "last_resort": samples["taken"][0]["sealed"]})
    for size in (16_384, 65_536):
        good(f"deposit of {size}", "deposit", {"number": 2, "envelope": bytes(size)})
        good(f"deliver of {size}", "deliver", {"slot": 2, "tag": 2, "envelope": bytes(size)})

    # The header, and the order of checks (G-6, G-7).
    ack = peer.encode("ack", samples["ack"][1])
    for n in range(8):
        bad(f"header cut to {n} bytes", ack[:n], "ack")
    bad("wrong wing: business", b"\x42" + ack[1:], "ack", 4003)
    bad("wrong wing: zero", b"\x00" + ack[1:], "ack", 4003)
    bad("wrong version: 0", ack[:1] + b"\x00" + ack[2:], "ack", 4002)
    bad("wrong version: 2", ack[:1] + b"\x02" + ack[2:], "ack", 4002)
    bad("wrong version: 255", ack[:1] + b"\xff" + ack[2:], "ack", 4002)
    length = len(ack) - 8
    bad("length one less than what follows", ack[:4] + u32(length - 1) + ack[8:], "ack")
    bad("length one more than what follows", ack[:4] + u32(length + 1) + ack[8:], "ack")
    bad("length zero with a body", ack[:4] + u32(0) + ack[8:], "ack")
    bad("length 2^32 - 1", ack[:4] + b"\xff" * 4 + ack[8:], "ack")
    bad("length in little-endian", ack[:4] + length.to_bytes(4, "little") + ack[8:], "ack")
    bad("one byte after the frame", ack + b"\x00", "ack")
    bad("two frames in one message", ack + ack, "ack")
    bad("body cut by one byte, length as before", ack[:-1], "ack")
    big = bytes(ground.MAX_FRAME - 8 + 1)
    too_big = b"\x50\x01\x00\x22" + u32(len(big)) + big
    bad("frame of 65,793 bytes", too_big, "deposit", 4005)
    bad("frame of 65,793 bytes and unknown type: length comes first",
        b"\x50\x01\xff\xff" + too_big[4:], "deposit", 4005)
    bad("frame of 65,793 bytes, wrong wing and wrong version: too large comes first",
        b"\x42\x07" + too_big[2:], "deposit", 4005)
    bad("frame of 65,792 bytes whose body is none", b"\x50\x01\x00\x22" + u32(len(big) - 1) + big[1:], "deposit")
    bad("wrong wing and wrong version: the wing comes first", b"\x42\x07" + ack[2:], "ack", 4003)
    bad("wrong version and wrong length: the version comes first", b"\x50\x07" + ack[2:] + b"\x00", "ack", 4002)
    bad("wrong wing and wrong length: the wing comes first", b"\x42" + ack[1:] + b"\x00", "ack", 4003)
    bad("wrong length and wrong door: the length comes first", ack + b"\x00", "ack", 4001, door="deposit")
    bad("header cut and wrong wing: the header comes first", b"\x42\x01\x00", "ack")
    for kind in (0x0000, 0x0002, 0x000F, 0x001B, 0x001F, 0x0026, 0x002F, 0x0080, 0x1000, 0xFFFF):
        bad(f"unknown type 0x{kind:04x}", ground.frame(kind, b"\xa0"), "ack")
    for kind, why in ((0x30, "devices"), (0x3F, "devices"), (0x40, "groups"), (0x4F, "groups"),
                      (0x50, "attachments"), (0x5F, "attachments"), (0x60, "two-hop deposit"),
                      (0x6F, "two-hop deposit"), (0x70, "blind passes"), (0x7F, "moving")):
        bad(f"reserved type 0x{kind:04x}: {why}", ground.frame(kind, b"\xa0"), "ack")
    bad("type of the business wing 0x0100", ground.frame(0x0100, b"\xa0"), "ack")
    bad("type in little-endian", ack[:2] + ack[3:4] + ack[2:3] + ack[4:], "ack")

    # Doors and directions.
    for name, (full, bare) in samples.items():
        door, way = where[name]
        data = peer.encode(name, bare)
        if name != "hello":
            other = "deposit" if door == "collect" else "collect"
            bad(f"{name} on the wrong door", data, name, 4004, door=other)
        bad(f"{name} in the wrong direction", data, name, 4004, direction="c2r" if way == "r2c" else "r2c")
        bad(f"{name} in the wrong direction with a broken body: the direction comes first",
            ground.frame(peer.TYPE_OF[name], b"\xff"), name, 4004, direction="c2r" if way == "r2c" else "r2c")
    bad("hello in the wrong direction on the deposit door", peer.encode("hello", samples["hello"][1]), "hello",
        4004, door="deposit", direction="c2r")

    # Bodies.
    for name, (full, bare) in samples.items():
        kind = peer.TYPE_OF[name]
        shape = peer.FRAMES[kind][3]
        small = dict(bare)
        packed = shape.pack(small)
        whole = shape.pack(full)
        data = cbor_encode(packed)
        bad(f"{name}: no body", ground.frame(kind, b""), name)
        bad(f"{name}: body is an array", ground.frame(kind, b"\x80"), name)
        bad(f"{name}: a byte after the body's map", ground.frame(kind, data + b"\x00"), name)
        body(f"{name}: unknown key 23", name, {**packed, 23: 0})
        body(f"{name}: unknown key 255", name, {**packed, 255: 0})
        bad(f"{name}: text key", ground.frame(kind, bytes([data[0] + 1]) + data[1:] + b"\x6161\x00"), name)
        for key, field, check, required in shape.fields:
            if required:
                body(f"{name}: no {field}", name, {k: v for k, v in packed.items() if k != key})
            value = whole[key]
            if not required:
                nulled = cbor_encode({**packed, key: None})
                bad(f"{name}: null for the absent {field}", ground.frame(kind, nulled), name)
            wrong = b"" if isinstance(value, int) else 0
            body(f"{name}: {field} of another kind", name, {**packed, key: wrong})
            if isinstance(value, bytes) and len(value) <= 64:
                body(f"{name}: {field} one byte short", name, {**packed, key: value[:-1]})
                body(f"{name}: {field} one byte long", name, {**packed, key: value + b"\x00"})
                body(f"{name}: {field} as text", name, {**packed, key: "a" * len(value)})
            if field == "slot":
                body(f"{name}: slot 2^32", name, {**packed, key: 2**32})
            if isinstance(value, int) and not isinstance(value, bool):
                body(f"{name}: {field} negative", name, {**packed, key: -1})
                body(f"{name}: {field} true", name, {**packed, key: True})
    hello = peer.FRAMES[1][3].pack(samples["hello"][0])
    v0 = hello[2][0]
    body("hello: nine vouches", "hello", {**hello, 2: [v0] * 9})
    body("hello: vouch with an unknown key", "hello", {**hello, 2: [{**v0, 3: 0}]})
    body("hello: vouch without its signature", "hello", {**hello, 2: [{0: v0[0], 1: v0[1]}]})
    body("hello: vouch with an spki of 31 bytes", "hello", {**hello, 2: [{**v0, 0: v0[0][:-1]}]})
    body("hello: vouch with a signature of 63 bytes", "hello", {**hello, 2: [{**v0, 2: v0[2][:-1]}]})
    body("hello: vouch that is an array", "hello", {**hello, 2: [[v0[0], v0[1], v0[2]]]})
    bundle = samples["taken"][0]["sealed"]
    for n in (0, 1369, 1408, 1410):
        part = (bundle + b"\x00")[:n]
        body(f"taken: sealed bundle of {n:,} bytes", "taken", {0: part})
        body(f"shelve: one-time bundle of {n:,} bytes", "shelve", {0: 1, 1: False, 2: [part]})
        body(f"shelve: last-resort bundle of {n:,} bytes", "shelve", {0: 1, 1: False, 2: [], 3: part})
    body("shelve: thirty-three one-time bundles", "shelve", {0: 1, 1: False, 2: [bundle] * 33})
    body("shelve: second one-time bundle is short", "shelve", {0: 1, 1: False, 2: [bundle, bundle[:-1]]})
    for n in (0, 4_095, 4_097, 16_383, 16_385, 65_535, 65_537):
        body(f"deposit: envelope of {n:,} bytes", "deposit", {0: 1, 1: bytes(n)})
        if n < 10_000:
            body(f"deliver: envelope of {n:,} bytes", "deliver", {0: 1, 1: 1, 2: bytes(n)})
    body("attach with create's drop", "attach",
         {**peer.FRAMES[0x11][3].pack(samples["attach"][1]), 2: bytes(32)})
    kind = peer.TYPE_OF["ack"]
    for why, h in (("keys descending", "a201010000"), ("key twice", "a3000000000101"),
                   ("slot not in its shortest form", "a2001800 0101"), ("tag of nine bytes for 1", "a20000011b0000000000000001"),
                   ("indefinite map", "bf00000101ff"), ("float", "a2000001f93c00"), ("null for the tag", "a2000001f6"),
                   ("tagged integer", "a2000001c001")):
        bad(f"ack: {why}", ground.frame(kind, bytes.fromhex(h.replace(" ", ""))), "ack")
    return b.vectors


# ---------------------------------------------------------------- hashes


def _x(v, key):
    return bytes.fromhex(v[key])


def check_hash(v):
    what, wing = v["what"], v.get("wing")

    def expect(key, got):
        if plain(got) != v[key]:
            raise AssertionError(f"{v['name']}: {key} is {plain(got)}")

    def run():
        if what == "label":
            expect("label", label(wing, v["label_name"]).decode())
        elif what == "LP":
            expect("out", LP(*(bytes.fromhex(p) for p in v["parts"])))
        elif what == "H":
            expect("out", H(v["label"].encode(), *(bytes.fromhex(p) for p in v["parts"])))
        elif what == "Extract":
            expect("out", extract(_x(v, "salt"), *(bytes.fromhex(p) for p in v["parts"])))
        elif what == "Expand":
            expect("out", expand(_x(v, "key"), v["n"], v["label"].encode(),
                                 *(bytes.fromhex(p) for p in v["parts"])))
        elif what == "link secret":
            for k, got in derive(_x(v, "L"), wing).items():
                expect(k, got)
        elif what == "identity":
            i = proof.Identity(_x(v, "ed_seed"), _x(v, "ik_secret"), wing)
            expect("Ed", i.Ed)
            expect("IK", i.IK)
            expect("id", i.id)
        elif what == "safety number":
            expect("digits", conversation.safety_number(_x(v, "one"), _x(v, "other"), wing))
        elif what == "ed25519 key":
            proof.check_ed(_x(v, "key"))
        elif what == "x25519":
            expect("out", proof.DH(_x(v, "secret"), _x(v, "public")))
        elif what == "x25519 key":
            proof.check_x(_x(v, "key"))
        elif what == "signature":
            proof.verify(_x(v, "key"), _x(v, "message"), _x(v, "signature"))
        elif what == "vouch":
            if v["valid"]:
                expect("message", proof.vouch_message(_x(v, "spki"), v["not_after"]))
                expect("signature", proof.make_vouch(_x(v, "relay_seed"), _x(v, "spki"), v["not_after"]))
            proof.check_vouch(_x(v, "relay_key"), _x(v, "spki"), v["not_after"], _x(v, "signature"), v["now"])
        elif what in ("create", "attach"):
            parts = [_x(v, k) for k in ("relay_key", "reader", "drop", "hello_nonce", "nonce", "spki")
                     if what == "create" or k != "drop"]
            signer, message, checker = {
                "create": (peer.sign_create, peer.create_message, peer.check_create),
                "attach": (peer.sign_attach, peer.attach_message, peer.check_attach)}[what]
            if v["valid"]:
                expect("message", message(*parts))
                expect("signature", signer(_x(v, "reader_seed"), *parts))
            checker(*parts, _x(v, "signature"))
        elif what == "ml-kem":
            expect("ek", proof.kem_public(_x(v, "seed")))
            ct, ss = proof.encaps(_x(v, "ek"), _x(v, "m"))
            expect("ct", ct)
            expect("ss", ss)
            expect("ss", proof.decaps(_x(v, "seed"), ct))
        elif what == "ml-kem rejection":
            expect("ss", proof.decaps(_x(v, "seed"), _x(v, "ct")))
        elif what == "ml-kem ek":
            proof.check_ek(_x(v, "ek"))
        else:
            raise AssertionError(f"unknown: {what}")

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


# A point of order eight, and the encodings of all points of small order.
def torsion_point():
    y = 2
    while True:
        try:
            p = proof.mul(proof.ORDER, proof.decode_point(y.to_bytes(32, "little")))
            if not proof.same(proof.mul(4, p), proof.IDENTITY):
                return p
        except Refused:
            pass
        y += 1


TORSION = torsion_point()
SMALL_ED = [proof.encode_point(proof.mul(i, TORSION)) for i in range(8)]
NON_CANONICAL_ED = [
    (1 + proof.P).to_bytes(32, "little"),                  # the identity, y not reduced
    proof.P.to_bytes(32, "little"),                        # y = 0, not reduced
    bytes([1]) + bytes(30) + b"\x80",                      # the identity, sign bit set
    (proof.P - 1 | 1 << 255).to_bytes(32, "little"),       # y = -1, sign bit set
    b"\xff" * 32,
]
LOW_X = [
    (0).to_bytes(32, "little"), (1).to_bytes(32, "little"), (proof.P - 1).to_bytes(32, "little"),
    325606250916557431795983626356110631294008115727848805560023387167927233504 .to_bytes(32, "little"),
    39382357235489614581723060781553021112529911719440698176882885853963445705823 .to_bytes(32, "little"),
]


def mixed_key(seed):
    """An Ed25519 public key with a component of order eight."""
    return proof.encode_point(proof.add(proof.decode_point(proof.ed_public(seed)), TORSION))


def sign_mixed(seed, m):
    """A signature that fits the cofactorless equation under mixed_key(seed)."""
    key, a, i = mixed_key(seed), proof.ed_scalar(seed), 1
    while True:
        r = int.from_bytes(H(b"nonce", seed, m, u32(i)), "little") % proof.ORDER
        R = proof.encode_point(proof.mul(r, proof.BASE))
        k = proof.ed_challenge(R, key, m)
        if k % 8 == 0:
            return R + ((r + k * a) % proof.ORDER).to_bytes(32, "little")
        i += 1


def sign_identity_key(m):
    """A signature that fits the equation under the key that is the identity point."""
    r = int.from_bytes(H(b"nonce", m), "little") % proof.ORDER
    return proof.encode_point(proof.mul(r, proof.BASE)) + r.to_bytes(32, "little")


def sign_identity_r(seed, m):
    """A signature whose R is the identity point: fits the equation, refused by G-10."""
    R = proof.encode_point(proof.IDENTITY)
    k = proof.ed_challenge(R, proof.ed_public(seed), m)
    return R + (k * proof.ed_scalar(seed) % proof.ORDER).to_bytes(32, "little")


def high_s(signature):
    s = int.from_bytes(signature[32:], "little") + proof.ORDER
    return signature[:32] + s.to_bytes(32, "little")


def flip(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def bad_ek(ek, at=0, value=proof.KEM_Q):
    """An encapsulation key with coefficient `at` set to `value`."""
    i = at // 2 * 3
    pair = int.from_bytes(ek[i:i + 3], "little")
    if at % 2 == 0:
        pair = pair & ~0xFFF | value
    else:
        pair = pair & 0xFFF | value << 12
    return ek[:i] + pair.to_bytes(3, "little") + ek[i + 3:]


def hashes():
    dice = SeededDice("hashes")
    b = Book(check_hash)
    for wing, names in LABELS.items():
        for name in names:
            b.add(f"label {wing}/{name}", True, what="label", wing=wing, label_name=name,
                  label=label(wing, name).decode())
    samples = [[], [b""], [b"", b""], [b"a"], [b"a", b"b"], [b"ab"], [b"ab", b""], [dice(32), dice(300)]]
    for i, parts in enumerate(samples):
        b.add(f"LP of sample {i}: {len(parts)} parts", True, what="LP", parts=parts, out=LP(*parts))
    for i, parts in enumerate(samples):
        for wing, name in ((PEER, "identity"), (BUSINESS, "identity"), (GROUND, "link")):
            lab = label(wing, name)
            b.add(f"H of sample {i} with {wing}/{name}", True, what="H", label=lab.decode(), parts=parts,
                  out=H(lab, *parts))
    for i, parts in enumerate(samples):
        salt = dice(32)
        b.add(f"Extract of sample {i}", True, what="Extract", salt=salt, parts=parts, out=extract(salt, *parts))
    for i, n in enumerate((32, 60, 96, 128)):
        for parts in ([], [b""], [dice(32)], [dice(24), dice(5)]):
            key, lab = dice(32), label(PEER, "root")
            b.add(f"Expand to {n} with {len(parts)} parts of {sum(map(len, parts))} bytes", True, what="Expand",
                  key=key, n=n, label=lab.decode(), parts=parts, out=expand(key, n, lab, *parts))
    for wing in (PEER, BUSINESS):
        for i in range(3):
            L = bytes(32) if i == 0 else dice(32)
            b.add(f"capability, shelf key, psk and drop id from L, {wing} {i}", True, what="link secret",
                  wing=wing, L=L, **derive(L, wing))
            x = proof.Identity(dice(32), dice(32), wing)
            b.add(f"identity id, {wing} {i}", True, what="identity", wing=wing, ed_seed=x.ed_seed,
                  ik_secret=x.ik_secret, Ed=x.Ed, IK=x.IK, id=x.id)
            one, other = dice(32), dice(32)
            b.add(f"safety number, {wing} {i}", True, what="safety number", wing=wing, one=one, other=other,
                  digits=conversation.safety_number(one, other, wing))
            b.add(f"safety number, {wing} {i}, seen from the other side", True, what="safety number", wing=wing,
                  one=other, other=one, digits=conversation.safety_number(one, other, wing))
    # A safety number with a group that begins with a zero.
    i = 0
    while True:
        one, other = bytes(32), H(b"search", u32(i))
        digits = conversation.safety_number(one, other)
        if " 00" in digits:
            b.add("safety number with leading zeros in a group", True, what="safety number", wing=PEER, one=one,
                  other=other, digits=digits)
            break
        i += 1

    for i in range(2):
        seed, m = dice(32), dice(64)
        b.add(f"X25519 {i}", True, what="x25519", secret=seed, public=proof.x_public(m[:32]),
              out=proof.DH(seed, proof.x_public(m[:32])))
    for i, low in enumerate(LOW_X):
        b.add(f"X25519 with a point of small order {i}: the result is zero", False, what="x25519", secret=dice(32),
              public=low, out=bytes(32))
    good = proof.x_public(dice(32))
    b.add("X25519 key", True, what="x25519 key", key=good)
    b.add("X25519 key 2^255 - 20, the largest", True, what="x25519 key", key=(proof.P - 1).to_bytes(32, "little"))
    b.add("X25519 key with its top bit set", False, what="x25519 key", key=flip(good, 31, 7))
    for d in (0, 1, 18):
        b.add(f"X25519 key 2^255 - 19 + {d}", False, what="x25519 key", key=(proof.P + d).to_bytes(32, "little"))

    seed = dice(32)
    m = dice(50)
    key, signature = proof.ed_public(seed), proof.sign(seed, m)
    b.add("Ed25519 key", True, what="ed25519 key", key=key)
    for i, small in enumerate(SMALL_ED):
        b.add(f"Ed25519 key of small order: {i} times a point of order 8", False, what="ed25519 key", key=small)
    for i, raw in enumerate(NON_CANONICAL_ED):
        b.add(f"Ed25519 key not canonical {i}", False, what="ed25519 key", key=raw)
    b.add("Ed25519 key outside the prime-order subgroup", False, what="ed25519 key", key=mixed_key(seed))
    y = 2
    while accepts(proof.decode_point, y.to_bytes(32, "little")):
        y += 1
    b.add("Ed25519 key that is not a point", False, what="ed25519 key", key=y.to_bytes(32, "little"))
    b.add("Ed25519 signature", True, what="signature", key=key, message=m, signature=signature)
    b.add("Ed25519 signature of nothing", True, what="signature", key=key, message=b"", signature=proof.sign(seed, b""))

    def no(name, **f):
        f = {"key": key, "message": m, "signature": signature, **f}
        b.add(f"Ed25519 signature: {name}", False, what="signature", **f)
    no("S plus the group order", signature=high_s(signature))
    no("R is the identity point", signature=sign_identity_r(seed, m))
    no("one bit of R", signature=flip(signature, 3))
    no("one bit of S", signature=flip(signature, 40))
    no("another message", message=m + b"\x00")
    no("another key", key=proof.ed_public(dice(32)))
    no("key outside the prime-order subgroup, equation fits", key=mixed_key(seed), signature=sign_mixed(seed, m))
    no("key is the identity point, equation fits", key=SMALL_ED[0], signature=sign_identity_key(m))
    # R with a component of order two: the equation with the cofactor would fit.
    while True:
        r = int.from_bytes(dice(32), "little") % proof.ORDER
        R = proof.encode_point(proof.add(proof.mul(r, proof.BASE), proof.mul(4, TORSION)))
        k = proof.ed_challenge(R, key, m)
        no("fits only the equation with the cofactor",
           signature=R + ((r + k * proof.ed_scalar(seed)) % proof.ORDER).to_bytes(32, "little"))
        break

    relay_seed, spki, now, after = dice(32), dice(32), 1_790_000_000, 1_790_086_400
    relay = proof.ed_public(relay_seed)
    v = {"what": "vouch", "relay_seed": relay_seed, "relay_key": relay, "spki": spki, "not_after": after, "now": now,
         "message": proof.vouch_message(spki, after), "signature": proof.make_vouch(relay_seed, spki, after)}
    b.add("vouch", True, **v)
    b.add("vouch: passed", False, **{**v, "now": after + 1})
    b.add("vouch: another spki", False, **{**v, "spki": flip(spki, 0)})
    b.add("vouch: another not_after", False, **{**v, "not_after": after + 1})
    b.add("vouch: another relay key", False, **{**v, "relay_key": proof.ed_public(dice(32))})
    b.add("vouch: S plus the group order", False, **{**v, "signature": high_s(v["signature"])})
    b.add("vouch: signature without its label", False,
          **{**v, "signature": proof.sign(relay_seed, LP(spki, ground.u64(after)))})
    b.add("vouch: signature with a label of another wing", False,
          **{**v, "signature": proof.sign(relay_seed, LP(b"partywall/1/peer/vouch", spki, ground.u64(after)))})

    reader_seed = dice(32)
    c = {"relay_key": relay, "reader_seed": reader_seed, "reader": proof.ed_public(reader_seed), "drop": dice(32),
         "hello_nonce": dice(32), "nonce": dice(32), "spki": spki}
    order = ("relay_key", "reader", "drop", "hello_nonce", "nonce", "spki")
    parts = [c[k] for k in order]
    a_parts = [c[k] for k in order if k != "drop"]
    create = {**c, "message": peer.create_message(*parts), "signature": peer.sign_create(reader_seed, *parts)}
    attach = {**c, "message": peer.attach_message(*a_parts), "signature": peer.sign_attach(reader_seed, *a_parts)}
    del attach["drop"]
    b.add("create's signature", True, what="create", **create)
    b.add("attach's signature", True, what="attach", **attach)
    for what, fields in (("create", create), ("attach", attach)):
        for k in order:
            if k in fields and k != "reader":
                b.add(f"{what}'s signature: another {k}", False, what=what, **{**fields, k: flip(fields[k], 5)})
        b.add(f"{what}'s signature: another reader", False, what=what,
              **{**fields, "reader": proof.ed_public(dice(32))})
        b.add(f"{what}'s signature: reader of small order", False, what=what, **{**fields, "reader": SMALL_ED[1]})
        b.add(f"{what}'s signature: nonces swapped", False, what=what,
              **{**fields, "nonce": fields["hello_nonce"], "hello_nonce": fields["nonce"]})
        b.add(f"{what}'s signature: S plus the group order", False, what=what,
              **{**fields, "signature": high_s(fields["signature"])})
    b.add("create's signature: attach's in its place", False, what="create",
          **{**create, "signature": attach["signature"]})
    b.add("attach's signature: create's in its place", False, what="attach",
          **{**attach, "signature": create["signature"]})

    for i in range(3):
        seed, m = dice(64), dice(32)
        ek = proof.kem_public(seed)
        ct, ss = proof.encaps(ek, m)
        b.add(f"ML-KEM-768 {i}", True, what="ml-kem", seed=seed, m=m, ek=ek, ct=ct, ss=ss)
    b.add("ML-KEM-768 implicit rejection", True, what="ml-kem rejection", seed=seed, ct=flip(ct, 100),
          ss=proof.decaps(seed, flip(ct, 100)))
    b.add("ML-KEM-768 ek", True, what="ml-kem ek", ek=ek)
    b.add("ML-KEM-768 ek with coefficient 3328", True, what="ml-kem ek", ek=bad_ek(ek, 5, 3328))
    for at in (0, 1, 383, 767):
        b.add(f"ML-KEM-768 ek with coefficient {at} = 3329", False, what="ml-kem ek", ek=bad_ek(ek, at))
    b.add("ML-KEM-768 ek with coefficient 4095", False, what="ml-kem ek", ek=bad_ek(ek, 100, 4095))
    b.add("ML-KEM-768 ek one byte short", False, what="ml-kem ek", ek=ek[:-1])
    b.add("ML-KEM-768 ek one byte long", False, what="ml-kem ek", ek=ek + b"\x00")
    return b.vectors


# ---------------------------------------------------------------- links


def check_link(v):
    try:
        parts = plain(ground.parse_link(v["link"]))
    except Refused:
        if v["valid"]:
            raise AssertionError(v["name"]) from None
        return
    if not v["valid"] or parts != v["parts"]:
        raise AssertionError(v["name"])


def links():
    dice = SeededDice("links")
    b = Book(check_link)

    def good(name, link):
        b.add(name, True, link=link, parts=ground.parse_link(link))

    def bad(name, link):
        b.add(name, False, link=link)

    key, pas = proof.ed_public(dice(32)), dice(32)
    relay = {"key": key}
    contact = {"key": key, "id": dice(32), "secret": dice(32), "once": False}
    for scheme in ("https", "partywall"):
        good(f"relay link, {scheme}", ground.make_link(RELAY_LINK, relay, "relay.example", scheme=scheme))
        good(f"relay link with a pass, {scheme}",
             ground.make_link(RELAY_LINK, {**relay, "pass": pas}, "relay.example", scheme=scheme))
        good(f"contact link, {scheme}", ground.make_link(CONTACT_LINK, contact, "relay.example", scheme=scheme))
        good(f"invitation, {scheme}",
             ground.make_link(CONTACT_LINK, {**contact, "once": True}, "relay.example", scheme=scheme))
    for port in (1, 80, 8443, 65_535):
        good(f"port {port}", ground.make_link(CONTACT_LINK, contact, "relay.example", port))
    good("port 443 written out", ground.make_link(CONTACT_LINK, contact, "relay.example", 443, write_port=True))
    good("IPv4", ground.make_link(RELAY_LINK, relay, "192.0.2.7"))
    good("IPv4 with a port", ground.make_link(RELAY_LINK, relay, "192.0.2.7", 8443))
    good("IPv6", ground.make_link(RELAY_LINK, relay, "[2001:db8::7]"))
    good("IPv6 with a port", ground.make_link(RELAY_LINK, relay, "[2001:db8::7]", 8443))
    good("IPv6 loopback, partywall", ground.make_link(CONTACT_LINK, contact, "[::1]", 9000, scheme="partywall"))
    good("host of one letter", ground.make_link(RELAY_LINK, relay, "r"))
    good("host with digits and hyphens", ground.make_link(RELAY_LINK, relay, "r-2.x--y.example0"))
    long = ".".join(["a" * 62] * 4)[:253 - 2] + ".b"
    good("host of 253 characters", ground.make_link(RELAY_LINK, relay, long))
    good("one further authority", ground.make_link(
        CONTACT_LINK, {**contact, "authorities": ["second.example:443"]}, "relay.example"))
    good("two further authorities, IPv4 and IPv6", ground.make_link(
        CONTACT_LINK, {**contact, "authorities": ["198.51.100.1:8443", "[2001:db8::1]:443"]}, "relay.example"))
    good("relay link with pass and further authorities", ground.make_link(
        RELAY_LINK, {**relay, "pass": pas, "authorities": ["second.example:8443", "third.example:1"]},
        "relay.example", 8443))

    base = ground.make_link(RELAY_LINK, relay, "relay.example", 8443)
    for i, ch in enumerate(base):
        other = {"0": "1", ":": ";", "/": "_", "#": "?", "-": "_", "_": "-", ".": "-"}.get(ch)
        if other is None:
            other = "b" if ch == "a" else "B" if ch == "A" else "2" if ch == "1" else "a"
        bad(f"one character changed: number {i}", base[:i] + other + base[i + 1:])
    for i in (0, 8, 12, 20, 27, 28, 40, len(base) - 1):
        bad(f"one character left out: number {i}", base[:i] + base[i + 1:])
    at = base.index("#")
    for i, ch in (("at", at + 6), ("near the end", len(base) - 3)):
        bad(f"two characters swapped {i}", base[:ch] + base[ch + 1] + base[ch] + base[ch + 2:])
        bad(f"case of one character {i}", base[:ch] + base[ch:].replace(
            next(c for c in base[ch:] if c.isalpha()), next(c for c in base[ch:] if c.isalpha()).swapcase(), 1))
    bad("one character more", base + "A")
    bad("padded with =", base + "=")
    bad("white space at the end", base + " ")
    bad("line end at the end", base + "\n")
    bad("white space in front", " " + base)
    bad("white space within", base[:at + 10] + " " + base[at + 10:])
    bad("percent escape", base[:at + 2] + "%41" + base[at + 3:])
    bad("alphabet of plain base64", base[:at + 10] + "+" + base[at + 11:])
    bad("letter outside ASCII", base[:at + 10] + "é" + base[at + 11:])
    bad("empty", "")
    bad("no payload", base[:at + 1])
    bad("no fragment", base[:at])
    bad("check alone", base[:at + 1] + ground.b64(bytes(4)))

    host, authority = "relay.example", "relay.example:443"

    def raw(name, inner, scheme="https", place=host, auth=authority):
        bad(name, ground.raw_link(scheme, place, auth, inner))

    body = ground.LINK_SHAPES[RELAY_LINK].encode(relay)
    cbody = ground.LINK_SHAPES[CONTACT_LINK].encode(contact)
    packed = ground.LINK_SHAPES[CONTACT_LINK].pack(contact)
    rpacked = ground.LINK_SHAPES[RELAY_LINK].pack(relay)
    ok = b"\x01" + body
    raw("another host: made for a different one", ok, auth="other.example:443")
    raw("another port: made for a different one", ok, auth="relay.example:8443")
    raw("check over the authority without its port", ok, auth="relay.example")
    full = ok + ground.link_check(authority, ok)
    bad("check zero", f"https://{host}/#" + ground.b64(full[:-4] + bytes(4)))
    bad("check over the body without its kind",
        f"https://{host}/#" + ground.b64(ok + ground.link_check(authority, body)))
    bad("check with a label of the peer wing",
        f"https://{host}/#" + ground.b64(ok + H(b"partywall/1/peer/link", authority.encode(), ok)[:4]))
    bad("check cut to three bytes", f"https://{host}/#" + ground.b64(full[:-1]))
    # A payload whose last character has unused bits: set them.
    for fields in (relay, {**relay, "pass": pas}, {**relay, "authorities": ["a.example:443"]},
                   {**relay, "authorities": ["ab.example:443"]}):
        text = ground.make_link(RELAY_LINK, fields, host)
        payload = text.split("#")[1]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if len(payload) % 4:
            last = alphabet[alphabet.index(payload[-1]) + 1]
            name = f"unused bits of the last character set, {len(payload) % 4} characters over"
            if name not in b.names:
                bad(name, text[:-1] + last)
    for kind in (0x00, 0x04, 0x42, 0xFF):
        raw(f"unknown kind 0x{kind:02x}", bytes([kind]) + body)
    raw("kind of a contact link on a relay link's body", b"\x02" + body)
    raw("kind of a relay link on a contact link's body", b"\x01" + cbody)
    raw("no body", b"\x01")
    raw("a byte after the body", ok + b"\x00")
    raw("relay link: unknown key", b"\x01" + cbor_encode({**rpacked, 9: 0}))
    raw("relay link: no key", b"\x01" + cbor_encode({}))
    raw("relay link: key of 31 bytes", b"\x01" + cbor_encode({0: key[:-1]}))
    raw("relay link: pass of 33 bytes", b"\x01" + cbor_encode({0: key, 1: pas + b"\x00"}))
    raw("relay link: null for the pass", b"\x01" + cbor_encode({0: key, 1: None}))
    for k, name in ((0, "key"), (1, "id"), (2, "secret"), (3, "once")):
        raw(f"contact link: no {name}", b"\x02" + cbor_encode({i: x for i, x in packed.items() if i != k}))
        if k < 3:
            raw(f"contact link: {name} of 31 bytes", b"\x02" + cbor_encode({**packed, k: packed[k][:-1]}))
    raw("contact link: once as an integer", b"\x02" + cbor_encode({**packed, 3: 1}))
    raw("contact link: unknown key", b"\x02" + cbor_encode({**packed, 5: 0}))
    raw("contact link: no further authorities in a list", b"\x02" + cbor_encode({**packed, 4: []}))
    raw("contact link: three further authorities", b"\x02" + cbor_encode({**packed, 4: ["a:1", "b:1", "c:1"]}))
    raw("contact link: further authority as bytes", b"\x02" + cbor_encode({**packed, 4: [b"a.example:443"]}))
    raw("contact link: further authority without a port", b"\x02" + cbor_encode({**packed, 4: ["a.example"]}))
    raw("contact link: body's keys descending", b"\x01\xa2" + b"\x01\x58\x20" + pas + b"\x00\x58\x20" + key)
    raw("relay link: body's length not in its shortest form", b"\x01\xb8\x01\x00\x58\x20" + key)
    raw("relay link: indefinite body", b"\x01\xbf\x00\x58\x20" + key + b"\xff")
    for scheme in ("http", "HTTPS", "Partywall", "wss", ""):
        raw(f"scheme {scheme or 'none'}", ok, scheme=scheme)
    for place, auth, why in (
            ("Relay.example", None, "host with a capital"), ("relay_1.example", None, "host with an underscore"),
            ("", None, "no host"), ("relay.example:", "relay.example:443", "empty port"),
            ("relay.example:0", "relay.example:0", "port 0"),
            ("relay.example:65536", "relay.example:65536", "port 65536"),
            ("relay.example:0443", "relay.example:443", "port with a leading zero"),
            ("relay.example:+443", "relay.example:443", "port with a sign"),
            ("relay.example:44a", "relay.example:44a", "port that is no number"),
            ("relay.example:443:443", "relay.example:443:443", "two ports"),
            ("user@relay.example", None, "user in front of the host"),
            ("relay.example ", None, "host with a space"),
            ("a" * 254, None, "host of 254 characters"),
            ("2001:db8::7", None, "IPv6 without brackets"),
            ("[2001:db8::7", None, "IPv6 with one bracket"), ("[2001:db8:::7]", None, "IPv6 with three colons"),
            ("[]", None, "empty brackets"), ("[relay.example]", None, "name in brackets"),
            ("[fe80::1%25eth0]", None, "IPv6 with a zone"), ("r%65lay.example", None, "host with an escape")):
        raw(why, ok, place=place, auth=auth or f"{place}:443")
    text = ground.make_link(RELAY_LINK, relay, host)
    bad("path before the fragment", text.replace("/#", "/x#"))
    bad("query before the fragment", text.replace("/#", "/?a#"))
    bad("no slash before the fragment", text.replace("/#", "#"))
    bad("two slashes before the fragment", text.replace("/#", "//#"))
    bad("second fragment", text + "#")
    return b.vectors


# ---------------------------------------------------------------- content


def check_content(v):
    data = bytes.fromhex(v["hex"])
    try:
        fields = conversation.decode(data)
    except Refused:
        if v["valid"]:
            raise AssertionError(v["name"]) from None
        return
    if not v["valid"] or plain(fields) != v["fields"] or conversation.encode(fields) != data:
        raise AssertionError(v["name"])


def content():
    dice = SeededDice("content")
    b = Book(check_content)
    bare = {"sequence": 1, "milliseconds": 1_790_000_000_123, "seen": 0}
    reply = {"epoch": 1, "authorities": ["relay.example:443"], "key": proof.ed_public(dice(32)),
             "capability": dice(32)}
    moved = {"epoch": 2, "last": 0}
    renewal = {"bundle": dice(32) + bytes(1369 - 32), "secret": dice(32)}

    def good(name, **fields):
        data = conversation.encode({**bare, **fields})
        b.add(name, True, hex=data, fields=conversation.decode(data))

    def bad(name, mapping):
        b.add(name, False, hex=cbor_encode(mapping))

    good("bare")
    good("largest numbers", sequence=2**64 - 1, milliseconds=2**64 - 1, seen=2**64 - 1)
    good("written at the beginning of 1970", milliseconds=0)
    good("text", text="hello")
    good("text of no bytes: an empty line", text="")
    good("text of one byte", text="x")
    good("text of 60,000 bytes", text="x" * 60_000)
    good("text of 60,000 bytes in 20,000 characters", text="€" * 20_000)
    good("text with many scripts and a zero character", text="Grüße, 世界 😀\n\x00")
    good("reply-to", reply_to=reply)
    good("reply-to with three authorities", reply_to={
        **reply, "authorities": ["relay.example:443", "192.0.2.1:8443", "[2001:db8::1]:443"]})
    good("moved", moved=moved)
    good("one span", receipts=[[1, 1]])
    good("sixteen spans", receipts=[[i * 10 + 1, i * 10 + 5] for i in range(16)])
    good("renewal", renewal=renewal)
    good("everything", sequence=300, seen=299, text="all of it", reply_to=reply, moved=moved,
         receipts=[[1, 4], [6, 2**40]], renewal=renewal)

    p = {0: 1, 1: 1_790_000_000_123, 2: 0}
    r = conversation.REPLY_TO.pack(reply)
    n = conversation.RENEWAL.pack(renewal)
    for k, name in ((0, "sequence"), (1, "milliseconds"), (2, "highest seen")):
        bad(f"no {name}", {i: x for i, x in p.items() if i != k})
        bad(f"{name} as bytes", {**p, k: b"\x01"})
        bad(f"{name} negative", {**p, k: -1})
        bad(f"{name} true", {**p, k: True})
        bad(f"{name} null", {**p, k: None})
    bad("sequence 0", {**p, 0: 0})
    bad("unknown key 8", {**p, 8: 0})
    bad("unknown key 255", {**p, 255: 0})
    bad("text of 60,001 bytes", {**p, 3: "x" * 60_001})
    bad("text of 60,000 characters and 60,001 bytes", {**p, 3: "x" * 59_999 + "ä"})
    bad("text as bytes", {**p, 3: b"hello"})
    bad("null for the absent text", {**p, 3: None})
    b.add("text that is not UTF-8", False, hex=b"\xa4" + cbor_encode(p)[1:] + b"\x03\x62\xc3\x28")
    bad("reply-to empty", {**p, 4: {}})
    bad("reply-to epoch 0", {**p, 4: {**r, 0: 0}})
    bad("reply-to without authorities", {**p, 4: {**r, 1: []}})
    bad("reply-to with four authorities", {**p, 4: {**r, 1: ["a:1", "b:1", "c:1", "d:1"]}})
    bad("reply-to with an authority as bytes", {**p, 4: {**r, 1: [b"a:1"]}})
    bad("reply-to with a key of 31 bytes", {**p, 4: {**r, 2: r[2][:-1]}})
    bad("reply-to with a capability of 33 bytes", {**p, 4: {**r, 3: r[3] + b"\x00"}})
    bad("reply-to with an unknown key", {**p, 4: {**r, 4: 0}})
    bad("reply-to as an array", {**p, 4: [1]})
    bad("moved empty", {**p, 5: {}})
    bad("moved without the last", {**p, 5: {0: 1}})
    bad("moved to epoch 0", {**p, 5: {0: 0, 1: 0}})
    bad("moved with an unknown key", {**p, 5: {0: 1, 1: 0, 2: 0}})
    bad("no spans in a list", {**p, 6: []})
    bad("seventeen spans", {**p, 6: [[1, 1]] * 17})
    bad("span of one number", {**p, 6: [[1]]})
    bad("span of three numbers", {**p, 6: [[1, 2, 3]]})
    bad("span as a map", {**p, 6: [{0: 1, 1: 2}]})
    bad("span from 0", {**p, 6: [[0, 1]]})
    bad("span with bytes", {**p, 6: [[b"", 1]]})
    bad("renewal empty", {**p, 7: {}})
    bad("renewal with a bundle of 1,368 bytes", {**p, 7: {**n, 0: n[0][:-1]}})
    bad("renewal with a sealed bundle of 1,409 bytes", {**p, 7: {**n, 0: n[0] + bytes(40)}})
    bad("renewal without its secret", {**p, 7: {0: n[0]}})
    bad("renewal with a secret of 31 bytes", {**p, 7: {**n, 1: n[1][:-1]}})
    bad("renewal with an unknown key", {**p, 7: {**n, 2: 0}})
    for name, h in (("not a map", "80"), ("nothing", ""), ("a byte after the map", "a3000101000200" + "00"),
                    ("keys descending", "a3010000010200"), ("key twice", "a4000101000200 0200"),
                    ("sequence not in its shortest form", "a300180101000200"),
                    ("indefinite map", "bf000101000200ff"), ("float", "a30001 01f90000 0200"),
                    ("tagged time", "a3000101c1000200"), ("cut", "a30001010002"),
                    ("text key", "a4000101000200 616100")):
        b.add(name, False, hex=h.replace(" ", ""))
    return b.vectors
