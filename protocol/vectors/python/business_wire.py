"""The business wire (SPEC 11.2 to 11.7): frames, directions, and which role may ask what.

`decode` answers with the close code that a receiver would use (G-7, 5.7, B-4). The
role is asked after the body: G-7 does not name it.
"""

import peer
from business_ids import SIGNED
from business_shapes import (
    APPROVED, B16, B32, B64, BSTR, BUSINESS_ROLE, CATEGORIES, CATEGORY, CLEAR, CUSTOMER, ENVELOPE, EVENT, GUEST, HASHES,
    HOSTING, INDUSTRY, N, PROVEN, REASON, RECORD, RIGHTS, ROLE, SEALED, SEQUENCE, STATE, STATED, UINT, WHY,
    want_name)
from ground import (
    BUSINESS, Close, MALFORMED, Refused, Shape, WRONG_DOOR, frame, list_of, unframe, want_bool, want_list, want_uint)
from linking import want_domain
from policy_domain import want_declared

C2R, R2C = "c2r", "r2c"
OUT_OF_TURN = 4006
ANY = (GUEST, CUSTOMER, BUSINESS_ROLE, RIGHTS)


class Find(Shape):
    """Exactly one of domain and business id."""

    def __call__(self, v):
        out = super().__call__(v)
        if ("domain" in out) == ("business_id" in out):
            raise Refused("exactly one of domain and business id")
        return out


def one(field, check, required=True):
    return (1, field, check, required)


CONVERSATION = (1, "conversation", B32, True)
LINT = want_list(want_uint(19, 1), 0, 32)

# type: name, direction, roles that may send or get it, shape
FRAMES = {
    0x0100: ("hello", R2C, ANY, peer.FRAMES[0x0001][3]),
    0x0101: ("login", C2R, (GUEST,), Shape(
        (0, "role", ROLE, True), (1, "key", B32, True), (2, "nonce", B32, True), (3, "spki", B32, True),
        (4, "signature", B64, True))),
    0x0102: ("welcome", R2C, ANY, Shape((0, "role", ROLE, True), (1, "standing", UINT, True))),
    0x0103: ("done", R2C, ANY, Shape(N)),
    0x0104: ("refused", R2C, ANY, Shape(N, (1, "rule", want_uint(33, 1), True), (2, "seconds", UINT, False))),
    0x0110: ("find", C2R, ANY, Find(N, (1, "domain", want_domain, False), (2, "business_id", B32, False))),
    0x0111: ("found", R2C, ANY, Shape(
        N, (1, "certificate", SIGNED, True), (2, "certificate_entry", PROVEN, True), (3, "table", SIGNED, True),
        (4, "table_entry", PROVEN, True))),
    0x0112: ("table", C2R, ANY, Shape(N, one("hash", B32))),
    0x0113: ("table-is", R2C, ANY, Shape(N, one("table", SIGNED), (2, "entry", PROVEN, True))),
    0x0114: ("template", C2R, ANY, Shape(N, one("template_id", B16))),
    0x0115: ("template-is", R2C, ANY, Shape(N, one("approved", APPROVED))),
    0x0116: ("take", C2R, ANY, Shape(N, one("business_id", B32))),
    0x0117: ("taken", R2C, ANY, Shape(N, one("sealed", SEALED, False))),
    0x0118: ("consistency", C2R, ANY, Shape(N, one("old", UINT), (2, "new", UINT, True))),
    0x0119: ("consistent", R2C, ANY, Shape(N, one("note", BSTR), (2, "hashes", HASHES, True))),
    0x0120: ("enrol", C2R, (BUSINESS_ROLE,), Shape(
        N, one("name", want_name(80)), (2, "domain", want_domain, True), (3, "industry", INDUSTRY, True),
        (4, "hosting", HOSTING, True), (5, "endpoint", B64, True))),
    0x0121: ("shelve", C2R, (BUSINESS_ROLE,), Shape(
        N, one("clear_shelf", want_bool), (2, "one_time", want_list(SEALED, 0, 32), True),
        (3, "last_resort", SEALED, False))),
    0x0122: ("shelved", R2C, (BUSINESS_ROLE,), Shape(N, one("one_time", UINT))),
    0x0123: ("submit", C2R, (BUSINESS_ROLE,), Shape(N, one("template", BSTR))),
    0x0124: ("submitted", R2C, (BUSINESS_ROLE,), Shape(
        N, one("template_id", B16), (2, "state", STATE, True), (3, "lint", LINT, True))),
    0x0125: ("templates", C2R, (BUSINESS_ROLE,), Shape(N)),
    0x0126: ("templates-are", R2C, (BUSINESS_ROLE,), Shape(N, one("templates", list_of(STATED, 0, 500)))),
    0x0127: ("standing-of", C2R, (BUSINESS_ROLE,), Shape(N)),
    0x0128: ("standing-is", R2C, (BUSINESS_ROLE,), Shape(
        N, one("standing", UINT), (2, "reason", REASON, False), (3, "certificate", SIGNED, False))),
    0x0130: ("begin", C2R, (CUSTOMER,), Shape(
        N, one("business_id", B32), (2, "certificate_hash", B32, True), (3, "consent", SIGNED, True),
        (4, "rights_key", B32, True), (5, "categories", CATEGORIES, True), (6, "declared", want_declared, True))),
    0x0131: ("begun", R2C, (CUSTOMER,), Shape(N, CONVERSATION)),
    0x0132: ("consent", C2R, (CUSTOMER,), Shape(N, one("consent", SIGNED), (2, "declared", want_declared, True))),
    0x0133: ("declare", C2R, (CUSTOMER,), Shape(N, one("declared", want_declared))),
    0x0134: ("opt", C2R, (CUSTOMER,), Shape(N, one("category", CATEGORY), (2, "in", want_bool, True))),
    0x0135: ("block", C2R, (CUSTOMER,), Shape(N, one("blocked", want_bool))),
    0x0136: ("leave", C2R, (CUSTOMER,), Shape(N)),
    0x0137: ("report", C2R, (CUSTOMER,), Shape(
        N, one("event_id", B16), (2, "content", BSTR, True), (3, "kf", B32, True), (4, "clear", CLEAR, True),
        (5, "mark", B32, True), (6, "seconds", UINT, True), (7, "why", WHY, True))),
    0x0140: ("say", C2R, (CUSTOMER, BUSINESS_ROLE), Shape(
        N, CONVERSATION, (2, "clear", CLEAR, True), (3, "envelope", ENVELOPE, True))),
    0x0141: ("accepted", R2C, (CUSTOMER, BUSINESS_ROLE), Shape(
        N, one("event_id", B16), (2, "sequence", SEQUENCE, True), (3, "seconds", UINT, True),
        (4, "window_expires_at", UINT, True))),
    0x0142: ("event", R2C, (CUSTOMER, BUSINESS_ROLE), EVENT),
    0x0143: ("ack", C2R, (CUSTOMER, BUSINESS_ROLE), Shape((0, "tag", UINT, True))),
    0x0150: ("held", C2R, (CUSTOMER, RIGHTS), Shape(N)),
    0x0151: ("held-is", R2C, (CUSTOMER, RIGHTS), Shape(
        N, CONVERSATION, (2, "business_id", B32, True), (3, "standing", UINT, True),
        (4, "categories", CATEGORIES, True), (5, "declared", want_declared, True), (6, "waiting", UINT, True),
        (7, "consents", UINT, True), (8, "disclosures", UINT, True), (9, "reports", UINT, True),
        (10, "window_expires_at", UINT, True))),
    0x0152: ("consents", C2R, (CUSTOMER, RIGHTS), Shape(N, one("after", UINT))),
    0x0153: ("consents-are", R2C, (CUSTOMER, RIGHTS), Shape(
        N, one("consents", list_of(SIGNED, 0, 16)), (2, "more", want_bool, True))),
    0x0154: ("disclosures", C2R, (CUSTOMER, RIGHTS), Shape(N, one("after", UINT))),
    0x0155: ("disclosures-are", R2C, (CUSTOMER, RIGHTS), Shape(
        N, one("records", list_of(RECORD, 0, 8)), (2, "more", want_bool, True), (3, "note", BSTR, True))),
    0x0156: ("erase", C2R, (CUSTOMER, RIGHTS), Shape(N)),
    0x0157: ("erased", R2C, (CUSTOMER, RIGHTS), Shape(N, one("receipt", SIGNED))),
}
TYPE_OF = {v[0]: k for k, v in FRAMES.items()}
EXPORTER = range(0x0180, 0x0189)


def encode(name, fields):
    kind = TYPE_OF[name]
    return frame(kind, FRAMES[kind][3].encode(fields), BUSINESS)


def decode(data, direction, role):
    """(name, fields) of a frame that came to the business door, or Close."""
    kind, body = unframe(data, BUSINESS)
    if kind in EXPORTER:
        raise Close(WRONG_DOOR, "of the exporter's socket")
    if kind not in FRAMES:
        raise Close(MALFORMED, "type")
    name, way, roles, shape = FRAMES[kind]
    if direction != way:
        raise Close(WRONG_DOOR)
    try:
        fields = shape.decode(body)
    except Refused as why:
        raise Close(MALFORMED, str(why)) from None
    if way == C2R and role not in roles:
        raise Close(OUT_OF_TURN)
    return name, fields


