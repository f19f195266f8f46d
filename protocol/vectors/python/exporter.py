"""The exporter's socket and the webhook (SPEC section 14)."""

import datetime
import hmac
import ipaddress
import re

import ledger
from business_shapes import B16, B32, BSTR, SEQUENCE, want_name
from ground import BUSINESS, Refused, Shape, VERSION, WING_BYTE, frame, list_of, want_list, want_text, want_uint
from policy import read_disclosure
from policy_domain import BASES, FIELDS, NETWORK, PURPOSES, RECIPIENT, RECIPIENTS, REGIONS

MOST = 8 << 20
E2R, R2E = "e2r", "r2e"
SINK = (0, "sink", want_name(64), True)
BATCH = (0, "batch", B16, True)
HASHES = want_list(B32, 0, 64)
RECORD = Shape((0, "disclosure", BSTR, True), (1, "salt", B32, True), (2, "index", want_uint(), True),
               (3, "hashes", HASHES, True))


def want_origin(v):
    want_text(1)(v)
    return ledger.check_origin(v)


FRAMES = {
    0x0180: ("carry", E2R, Shape((0, "sinks", list_of(Shape(SINK, (1, "recipient", RECIPIENT, True)), 1, 64), True))),
    0x0181: ("carried", R2E, Shape((0, "key", B32, True), (1, "origin", want_origin, True))),
    0x0182: ("claim", E2R, Shape(SINK, (1, "most", want_uint(2_001, 1), True))),
    0x0183: ("batch", R2E, Shape(
        SINK, (1, "batch", B16, True), (2, "sequence", SEQUENCE, True), (3, "records", list_of(RECORD, 0, 2_000), True),
        (4, "retract", want_list(B16, 0, 2_000), True), (5, "note", BSTR, True))),
    0x0184: ("idle", R2E, Shape(SINK)),
    0x0185: ("wake", R2E, Shape(SINK)),
    0x0186: ("close", E2R, Shape(BATCH, (1, "outcome", want_uint(4, 1), True))),
    0x0187: ("closed", R2E, Shape(BATCH)),
    0x0188: ("abort", R2E, Shape(BATCH)),
}
TYPE_OF = {v[0]: k for k, v in FRAMES.items()}


def encode(name, fields):
    kind = TYPE_OF[name]
    return frame(kind, FRAMES[kind][2].encode(fields), BUSINESS, MOST)


def read_head(head):
    """Type and length of the body that follows; frames come one after another."""
    if len(head) != 8 or head[0] != WING_BYTE[BUSINESS] or head[1] != VERSION:
        raise Refused("head")
    length = int.from_bytes(head[4:], "big")
    if 8 + length > MOST:
        raise Refused("too large")
    kind = int.from_bytes(head[2:4], "big")
    if kind not in FRAMES:
        raise Refused("type")
    return kind, length


def decode(stream, direction):
    """[(name, fields)] of all frames of a stream that ends behind one."""
    out, at = [], 0
    while at < len(stream):
        kind, length = read_head(stream[at:at + 8])
        body = stream[at + 8:at + 8 + length]
        name, way, shape = FRAMES[kind]
        if len(body) < length or way != direction:
            raise Refused("cut, or of the other direction")
        out.append((name, shape.decode(body)))
        at += 8 + length
    return out


def check_batch(fields, origin, key):
    """X-5: every record's proof under the business key; gives the disclosures."""
    size, root = ledger.read_note(fields["note"], origin, key)
    out = []
    for r in fields["records"]:
        leaf = ledger.leaf_hash(ledger.make_entry(r["disclosure"], r["salt"]))
        ledger.check_inclusion(r["index"], size, r["hashes"], leaf, root)
        out.append(read_disclosure(r["disclosure"]))
    return out


# ----------------------------------------------------------------


def signature_header(secret, body):
    return "sha256=" + hmac.digest(secret, body, "sha256").hex()


def receipt_header(secret, batch):
    return "sha256=" + hmac.digest(secret, b"receipt" + batch.hex().encode(), "sha256").hex()


def check_header(found, wanted):
    if not re.fullmatch("sha256=[0-9a-f]{64}", found, re.ASCII) or not hmac.compare_digest(found, wanted):
        raise Refused("header")


WORDS = {5: "android_phone iphone android_tablet ipad windows macos linux other".split(),
         12: "food clothing electronics household travel services health other".split()}


def rfc3339(seconds):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(field, precision, v):
    """A value as a sink reads it."""
    if field == 1:
        return f"+{v}"
    if field == 3:
        return f"{v[:2]}-{v[2:]}" if len(v) > 2 else v
    if field in WORDS:
        return WORDS[field][v - 1]
    if field in (6, 7):
        return ".".join(map(str, v))
    if field in (8, 10):
        return rfc3339(v)
    if field == 9:
        raise ValueError("the page gives no words of message_count")
    if field == 11:
        return {"minor": v[0], "currency": v[1]}
    if field == 13:
        address = str(ipaddress.ip_address(v))
        return address + ("/24" if len(v) == 4 else "/48") if precision == NETWORK else address
    return v


def record_object(payload, salt, index, path):
    """One of a webhook's "records", as an object."""
    f = read_disclosure(payload)
    return {"record": f["record"].hex(), "subject": f["subject"].hex(), "business": f["business_id"].hex(),
            "field": FIELDS[f["field"] - 1], "value": shown(f["field"], f["precision"], f["value"]),
            "recipient": RECIPIENTS[f["recipient"] - 1], "purpose": PURPOSES[f["purpose"] - 1], "basis": BASES[f["basis"] - 1],
            "table": f["table"].hex(), "time": rfc3339(f["seconds"]), "keep_days": f["keep_days"],
            "region": REGIONS[f["region"] - 1] if f["region"] else "unknown",
            "payload": payload.hex(), "salt": salt.hex(), "index": index, "path": [h.hex() for h in path]}
