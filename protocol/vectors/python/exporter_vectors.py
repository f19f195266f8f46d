"""Vectors of the exporter's socket and the webhook (SPEC section 14): exporter.json."""

import json

import exporter
import ledger
import policy
from broken import breakings
from exporter import E2R, FRAMES, R2E, TYPE_OF
from ground import BUSINESS, Refused, cbor_encode, frame, u16, u32
from plain import Book, accepts, flip, plain
from policy_domain import FIELDS, KNOWN, PRECISIONS
from policy_values import RIGHT
from proof import ed_public
from session import SeededDice

ORIGIN = "partywall/relay.example:7444"
NOW = 1_790_000_000 - 1_790_000_000 % 3_600


def hx(v, key):
    return bytes.fromhex(v[key])


def check(v):
    what = v["what"]

    def run():
        if what == "frames":
            found = exporter.decode(hx(v, "hex"), v["direction"])
            if v["valid"]:
                again = b"".join(exporter.encode(*x) for x in found)
                if plain([{"frame": n, "fields": f} for n, f in found]) != v["frames"] or again != hx(v, "hex"):
                    raise AssertionError(v["name"])
        elif what == "head":
            kind, length = exporter.read_head(hx(v, "hex"))
            if [kind, length] != [v["type"], v["length"]]:
                raise AssertionError(v["name"])
        elif what == "batch":
            (name, fields), = exporter.decode(hx(v, "hex"), R2E)
            found = exporter.check_batch(fields, v["origin"], hx(v, "key"))
            if name != "batch" or v["valid"] and plain(found) != v["disclosures"]:
                raise AssertionError(v["name"])
        elif what == "record":
            got = exporter.record_object(hx(v, "disclosure"), hx(v, "salt"), v["index"], [hx({"h": h}, "h") for h in v["hashes"]])
            if got != v["object"]:
                raise AssertionError(f"{v['name']}: {got}")
        elif what == "signature":
            exporter.check_header(v["header"], exporter.signature_header(hx(v, "secret"), hx(v, "body")))
        elif what == "receipt":
            if not 200 <= v["status"] < 300:
                raise Refused("status")
            exporter.check_header(v["header"], exporter.receipt_header(hx(v, "secret"), hx(v, "batch")))
        else:
            raise AssertionError(what)

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


def vectors():
    dice = SeededDice("exporter")
    b = Book(check)
    record = {"disclosure": dice(90), "salt": dice(32), "index": 2**40, "hashes": [dice(32), dice(32)]}
    batch = {"sink": "crm", "batch": dice(16), "sequence": 7, "records": [record], "retract": [dice(16), dice(16)], "note": b"a note"}
    samples = {
        "carry": {"sinks": [{"sink": "crm", "recipient": 1}, {"sink": "ads", "recipient": 2}]},
        "carried": {"key": dice(32), "origin": ORIGIN}, "claim": {"sink": "crm", "most": 2_000}, "batch": batch,
        "idle": {"sink": "crm"}, "wake": {"sink": "crm"}, "close": {"batch": dice(16), "outcome": 3},
        "closed": {"batch": dice(16)}, "abort": {"batch": dice(16)}}

    def way(name):
        return FRAMES[TYPE_OF[name]][1]

    def good(title, *named, **more):
        data = b"".join(exporter.encode(n, f) for n, f in named)
        found = [{"frame": n, "fields": f} for n, f in exporter.decode(data, way(named[0][0]))]
        b.add(title, True, what="frames", hex=data, direction=way(named[0][0]), frames=found, **more)

    def bad(title, data, direction, **more):
        b.add(title, False, what="frames", hex=data, direction=direction, frames=None, **more)

    def body(title, name, changes, **more):
        mapping = {**FRAMES[TYPE_OF[name]][2].pack(samples[name]), **changes}
        bad(title, frame(TYPE_OF[name], cbor_encode(mapping), BUSINESS, exporter.MOST), way(name), **more)

    for name, fields in samples.items():
        kind, _, shape = FRAMES[TYPE_OF[name]][0], way(name), FRAMES[TYPE_OF[name]][2]
        good(name, (name, fields))
        bad(f"{name} in the wrong direction", exporter.encode(name, fields), R2E if way(name) == E2R else E2R)
        for why, data in breakings(shape, shape.pack(fields)):
            bad(f"{name}: {why}", frame(TYPE_OF[kind], data, BUSINESS), way(name))
    good("idle, wake and a batch, one after another", ("idle", samples["idle"]), ("wake", samples["wake"]), ("batch", batch))
    good("batch of retractions alone", ("batch", {**batch, "records": []}))
    good("batch of 2,000 records and retractions", ("batch", {
        **batch, "records": [{**record, "disclosure": b"x", "hashes": []}] * 2_000, "retract": [bytes(16)] * 2_000}))
    good("sixty-four sinks", ("carry", {"sinks": [{"sink": f"sink {i}", "recipient": 3} for i in range(64)]}))
    good("sink of 64 characters", ("idle", {"sink": "ä" * 64}))
    small = FRAMES[TYPE_OF["batch"]][2].pack(batch)[3][0]
    body("batch: 2,001 records", "batch", {3: [{**small, 0: b"x", 3: []}] * 2_001})
    body("batch: 2,001 retractions", "batch", {4: [bytes(16)] * 2_001})
    body("batch: second retraction of 15 bytes", "batch", {4: [bytes(16), bytes(15)]})
    body("batch: sixty-five hashes", "batch", {3: [{**small, 3: [bytes(32)] * 65}]})
    body("batch: sequence 0", "batch", {2: 0}, assumed="a sequence begins at 1")
    body("carry: no sink", "carry", {0: []})
    body("carry: sixty-five sinks", "carry", {0: [{0: f"s{i}", 1: 1} for i in range(65)]})
    for n in (0, 4):
        body(f"carry: recipient {n}", "carry", {0: [{0: "crm", 1: n}]})
        body(f"close: outcome {n}", "close", {1: n})
    for n in (0, 2_001):
        body(f"claim: {n:,} records", "claim", {1: n})
    for why, sink in (("empty", ""), ("of 65 characters", "x" * 65), ("with a line end", "a\n"), ("with a right-to-left override", "a\u202e")):
        body(f"idle: sink {why}", "idle", {0: sink})
    form = {"assumed": "the origin in `carried` has the form of section 13.3"}
    for origin in ("relay.example:7444", "partywall/", "partywall/a b", "partywall/a+b", "partywall/a/b", "partywall/" + "a" * 246):
        body(f"carried: origin {origin[:24]!r} of {len(origin)} characters", "carried", {1: origin}, **form)
    good("carried: longest origin", ("carried", {"key": bytes(32), "origin": "partywall/" + "a" * 245}))
    one = exporter.encode("idle", samples["idle"])
    for at in (1, 7, 8, len(one) - 1):
        bad(f"stream cut after {at} bytes", one[:at], R2E)
    bad("second frame cut", one + one[:-1], R2E)
    bad("wrong wing", b"\x50" + one[1:], R2E)
    bad("wrong version", one[:1] + b"\x02" + one[2:], R2E)
    bad("length one less than the body", one[:4] + u32(len(one) - 9) + one[8:], R2E)
    for kind in (0x0000, 0x0100, 0x0140, 0x017F, 0x0189, 0x01FF):
        bad(f"type 0x{kind:04x} is not of this socket", frame(kind, b"\xa0", BUSINESS), R2E)
    for length, valid in ((0, True), (1, True), (65_785, True), ((8 << 20) - 8, True), ((8 << 20) - 7, False), (2**32 - 1, False)):
        more = {} if length < (8 << 20) - 8 or length == 2**32 - 1 else {"assumed": "8 MiB are those of the whole frame, header included, as in G-6"}
        b.add(f"head of a frame with a body of {length:,} bytes", valid, what="head", type=0x0183, length=length,
              hex=b"\x42\x01" + u16(0x0183) + u32(length), **more)

    batches(b, dice)
    records(b, dice)
    webhook(b, dice)
    return b.vectors


def batches(b, dice):
    seed, business, table = dice(32), dice(32), dice(32)
    key = ed_public(seed)
    rows = [((4, 1, 1), "DE", (2, 1, 365), 1), ((8, 2, 4), NOW, (1, 7, 30), 1), ((11, 3, 3), [12_000, "EUR"], (1, 12, 90), 0)]
    payloads = [policy.disclose(grant, dice(16), dice(32), business, row, value, table, NOW, region) for row, value, grant, region in rows]
    salts = [dice(32) for _ in payloads]
    others = [ledger.numbered_entry(i) for i in range(9)]
    logged = others[:4] + [ledger.make_entry(p, s) for p, s in zip(payloads, salts)] + others[4:]
    leaves = [ledger.leaf_hash(e) for e in logged]
    note = ledger.make_note(ORIGIN, len(leaves), ledger.root_of(leaves), seed, key)

    def records(**changed):
        out = [{"disclosure": p, "salt": s, "index": 4 + i, "hashes": ledger.inclusion_path(4 + i, leaves)}
               for i, (p, s) in enumerate(zip(payloads, salts))]
        out[1].update(changed)
        return out

    def add(name, valid, found, note=note, key=key, **more):
        data = exporter.encode("batch", {"sink": "crm", "batch": bytes(16), "sequence": 1, "records": found, "retract": [], "note": note})
        shown = exporter.check_batch(exporter.decode(data, R2E)[0][1], ORIGIN, key) if valid else None
        b.add(f"batch: {name}", valid, what="batch", origin=ORIGIN, key=key, hex=data, disclosures=shown, **more)
    add("three records, proven", True, records())
    add("no record", True, [])
    add("another salt", False, records(salt=dice(32)))
    add("one bit of a disclosure", False, records(disclosure=flip(payloads[1], 9)))
    add("another index", False, records(index=6))
    add("index as large as the size", False, records(index=len(leaves)))
    add("last hash left out", False, records(hashes=ledger.inclusion_path(5, leaves)[:-1]))
    add("a hash more", False, records(hashes=ledger.inclusion_path(5, leaves) + [dice(32)]))
    add("hashes of another record", False, records(hashes=ledger.inclusion_path(4, leaves)))
    add("note of another size", False, records(), ledger.make_note(ORIGIN, 7, ledger.root_of(leaves[:7]), seed, key))
    add("note of another key", False, records(), ledger.make_note(ORIGIN, len(leaves), ledger.root_of(leaves), dice(32), key))
    add("note of another origin", False, records(), ledger.make_note("partywall/other.example:1", len(leaves), ledger.root_of(leaves), seed, key))
    add("note that is none, and no record", False, [], b"a note")
    # A record whose proof holds and whose payload is no disclosure.
    for why, payload in (("a redaction", cbor_encode({0: 6, 1: [1]})), ("a disclosure with a time finer than the hour", change(payloads[1], 10, NOW + 60)),
                         ("a disclosure with a value finer than its precision", change(payloads[1], 5, NOW + 1))):
        entry = ledger.make_entry(payload, salts[1])
        leaves2 = leaves[:5] + [ledger.leaf_hash(entry)] + leaves[6:]
        note2 = ledger.make_note(ORIGIN, len(leaves), ledger.root_of(leaves2), seed, key)
        found = [{"disclosure": payload, "salt": salts[1], "index": 5, "hashes": ledger.inclusion_path(5, leaves2)}]
        add(f"{why}, proven", False, found, note2)


def records(b, dice):
    table, business, n = dice(32), dice(32), 0
    for field, known in KNOWN.items():
        if field == 9:
            continue            # the page gives no words for it
        for precision in known:
            for value in [x for x in RIGHT[field] if field not in (8, 10) or x < 253_402_300_800][:5] + (["deAT"] if field == 3 else []):
                row, salt, path = (field, n % 3 + 1, n % 5 + 1), dice(32), [dice(32)] * (n % 3)
                data = policy.disclose((n % 3 + 1, precision, 90), dice(16), dice(32), business, row, value, table, NOW + 60 * n, n % 6)
                made = exporter.record_object(data, salt, n, path)
                more = {"assumed": "an IPv6 address is written as RFC 5952 says"} if field == 13 and len(value) == 16 else {}
                b.add(f"webhook record {n}: {FIELDS[field - 1]}, {PRECISIONS[precision - 1]}, {made['value']}", True, what="record",
                      disclosure=data, salt=salt, index=n, hashes=path, object=made, **more)
                n += 1


def change(payload, key, value):
    f = policy.DISCLOSURE.pack(policy.DISCLOSURE.decode(payload))
    return cbor_encode({**f, key: value})


def webhook(b, dice):
    batch, secret = dice(16), dice(32)
    body = json.dumps({"batch": batch.hex(), "sequence": 1, "checkpoint": "a note\n", "records": [], "retract": [dice(16).hex()]},
                      separators=(",", ":"), ensure_ascii=False).encode()

    def signature(name, valid, header, secret=secret, body=body):
        b.add(f"webhook signature: {name}", valid, what="signature", secret=secret, body=body, header=header)
    right = exporter.signature_header(secret, body)
    signature("of a batch", True, right)
    signature("of a body of no bytes", True, exporter.signature_header(secret, b""), body=b"")
    signature("secret of 16 bytes", True, exporter.signature_header(b"s" * 16, body), secret=b"s" * 16)
    signature("secret of 200 bytes", True, exporter.signature_header(b"s" * 200, body), secret=b"s" * 200)
    signature("one bit of the body", False, right, body=flip(body, 20))
    signature("a line end behind the body", False, right, body=body + b"\n")
    signature("another secret", False, right, secret=dice(32))
    signature("without its prefix", False, right[7:])
    signature("of another prefix", False, "sha1=" + right[7:])
    signature("cut", False, right[:-1])
    signature("a digit more", False, right + "0")
    signature("empty", False, "")
    signature("prefix alone", False, "sha256=")
    signature("the receipt in its place", False, exporter.receipt_header(secret, batch))

    def receipt(name, valid, header, status=200, **more):
        b.add(f"webhook receipt: {name}", valid, what="receipt", secret=secret, batch=batch, status=status, header=header, **more)
    right = exporter.receipt_header(secret, batch)
    for status in (200, 204, 299):
        receipt(f"status {status}", True, right, status)
    for status in (100, 199, 300, 301, 304, 400, 404, 500, 503):
        receipt(f"status {status}", False, right, status)
    receipt("of another batch", False, exporter.receipt_header(secret, dice(16)))
    receipt("of another secret", False, exporter.receipt_header(dice(32), batch))
    receipt("over the batch as bytes", False, "sha256=" + exporter.hmac.digest(secret, b"receipt" + batch, "sha256").hex())
    receipt("over the batch in capitals", False, "sha256=" + exporter.hmac.digest(secret, b"receipt" + batch.hex().upper().encode(), "sha256").hex())
    receipt("without the word receipt", False, "sha256=" + exporter.hmac.digest(secret, batch.hex().encode(), "sha256").hex())
    receipt("the signature in its place", False, exporter.signature_header(secret, body))
    receipt("without its prefix", False, right[7:])
    receipt("empty", False, "")
