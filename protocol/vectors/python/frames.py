"""Vectors of the peer wire's frames (SPEC 1.4 and 5): frames.json."""

import ground
import peer
from ground import Close, cbor_encode, u32
from plain import Book, plain
from session import SeededDice


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
