"""The bodies of the business wing (SPEC sections 11 and 13), by their CDDL.

Checks that go beyond one body (signatures, proofs, dates) are elsewhere.
"""

import re
import unicodedata

import ground
from ground import (
    Refused, Shape, cbor_decode, cbor_encode, list_of, want_bool, want_bytes, want_bytes_from, want_int, want_list,
    want_text, want_uint)
from linking import want_domain
from policy_domain import want_money

B16, B32, B64 = want_bytes(16), want_bytes(32), want_bytes(64)
BSTR, UINT, TEXT = want_bytes(), want_uint(), want_text()
SEQUENCE = want_uint(least=1)
SEALED = want_bytes(1409)
ENVELOPE = want_bytes(*ground.SIZES)
ROLE, CATEGORY, CLASS, STATE = (want_uint(n + 1, 1) for n in (3, 3, 3, 5))
INDUSTRY, REASON, WHY = want_uint(20, 1), want_uint(8, 1), want_uint(6, 1)
N = (0, "n", UINT, True)
GUEST, CUSTOMER, BUSINESS_ROLE, RIGHTS = 0, 1, 2, 3
REPLY, TEMPLATE, CONTROL = 1, 2, 3


def ascending(each, least, most):
    """A list without repetition, ascending."""
    check = want_list(each, least, most)

    def ordered(v):
        out = check(v)
        if any(a >= b for a, b in zip(out, out[1:])):
            raise Refused("not ascending")
        return out
    return ordered


DECEIVING = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]")


def deceives(ch):
    """B-26."""
    return unicodedata.category(ch) == "Cc" or DECEIVING.fullmatch(ch) is not None


def want_name(most, least=1):
    """A text of so many characters (Unicode scalar values), none that deceives (B-26)."""
    def check(v):
        if type(v) is not str or not least <= len(v) <= most:
            raise Refused("not a text of that many characters")
        for ch in v:
            if deceives(ch):
                raise Refused("a character that deceives")
        return v
    return check


class Kinds:
    """CDDL maps that share their first fields, one of which tells the rest.

    `kinds` is {number: (name, fields)}; the decoded dict has the name under `tell`,
    the number under the field's own name.
    """

    def __init__(self, key, field, tell, common, kinds):
        self.key, self.field, self.tell = key, field, tell
        self.numbers = {name: n for n, (name, _) in kinds.items()}
        self.names = {n: name for n, (name, _) in kinds.items()}
        self.shapes = {n: Shape(*common, (key, field, self._exactly(n), True), *fields)
                       for n, (_, fields) in kinds.items()}

    @staticmethod
    def _exactly(n):
        def check(v):
            if type(v) is not int or v != n:
                raise Refused("another kind")
            return v
        return check

    def __call__(self, v):
        if type(v) is not dict:
            raise Refused("not a map")
        n = v.get(self.key)
        if type(n) is not int or n not in self.shapes:
            raise Refused("no such kind")
        return {self.tell: self.names[n], **self.shapes[n](v)}

    def pack(self, named):
        rest = {k: v for k, v in named.items() if k != self.tell}
        n = rest.setdefault(self.field, self.numbers.get(named.get(self.tell)))
        return self.shapes[n].pack(rest)

    def encode(self, named):
        return cbor_encode(self.pack(named))

    def decode(self, data):
        return self(cbor_decode(data))


# ---------------------------------------------------------------- 11.3


class Hosting(Shape):
    """Field 1, the provider's name, stands exactly with 2."""

    def __call__(self, v):
        out = super().__call__(v)
        if (out["by"] == 2) != ("name" in out):
            raise Refused("a named provider has a name, nobody else")
        return out


HOSTING = Hosting((0, "by", want_uint(4, 1), True), (1, "name", want_name(80), False))
CERTIFICATE = Shape(
    (0, "serial", UINT, True), (1, "business_id", B32, True), (2, "key", B32, True), (3, "name", want_name(80), True),
    (4, "domain", want_domain, True), (5, "industry", INDUSTRY, True), (6, "hosting", HOSTING, True),
    (7, "endpoint", B64, True), (8, "not_before", UINT, True), (9, "not_after", UINT, True),
    (10, "revocations", UINT, True))
REVOCATION = Shape(
    (0, "sequence", SEQUENCE, True), (1, "business_id", B32, True), (2, "reason", REASON, True), (3, "seconds", UINT, True))

# ---------------------------------------------------------------- 13.2, 13.4

PAYLOAD = want_bytes_from(1, 49_152)
OPENING = Shape((0, "index", UINT, True), (1, "salt", B32, True), (2, "payload", PAYLOAD, True))
HASHES = want_list(B32, 0, 64)
INCLUSION = Shape((0, "index", UINT, True), (1, "size", UINT, True), (2, "hashes", HASHES, True))
CONSISTENCY = Shape((0, "old", UINT, True), (1, "new", UINT, True), (2, "hashes", HASHES, True))
CHECKPOINT = want_bytes_from(1, 8_192)
PROVEN = Shape((0, "opening", OPENING, True), (1, "inclusion", INCLUSION, True), (2, "checkpoint", CHECKPOINT, True))
REDACTION = Shape((0, "kind", want_uint(7, 6), True), (1, "indices", ascending(UINT, 1, 1000), True))
FORK = Shape((0, "kind", want_uint(5, 1), True), (1, "remembered", CHECKPOINT, True), (2, "shown", CHECKPOINT, True),
             (3, "consistency", CONSISTENCY, False))


class Record(Shape):
    """A disclosure and, together, its outcome's opening and inclusion."""

    def __call__(self, v):
        out = super().__call__(v)
        if ("outcome" in out) != ("outcome_inclusion" in out):
            raise Refused("half an outcome")
        return out


RECORD = Record((0, "disclosure", OPENING, True), (1, "inclusion", INCLUSION, True), (2, "outcome", OPENING, False),
                (3, "outcome_inclusion", INCLUSION, False))

# ---------------------------------------------------------------- 11.6


class Clear(Shape):
    """Template id and version exactly when the class is template."""

    def __call__(self, v):
        out = super().__call__(v)
        if {"template_id", "version"} & set(out) != ({"template_id", "version"} if out["class"] == TEMPLATE else set()):
            raise Refused("template id and version stand exactly with class 2")
        return out


CLEAR = Clear((0, "class", CLASS, True), (1, "frank", B32, True), (2, "template_id", B16, False),
              (3, "version", UINT, False))

ID = want_text(1, 64)
SHORT_CODE = re.compile(r"[0-9BCDFGHJKLMNPQRSTVWXZ]{4,10}", re.ASCII)


def want_short_code(v):
    if type(v) is not str or not SHORT_CODE.fullmatch(v):
        raise Refused("not a short code")
    return v


def pair(first, second):
    def check(v):
        if type(v) is not list or len(v) != 2:
            raise Refused("not a pair")
        return [first(v[0]), second(v[1])]
    return check


MONEY = want_money
INTEGER, AMOUNT, DATE, OPTION, CODE = 1, 2, 3, 4, 5
PARAMETERS = {INTEGER: want_int(-1 << 63, (1 << 63) - 1), AMOUNT: MONEY, DATE: want_uint(1 << 32), OPTION: want_uint(256), CODE: want_short_code}


def want_parameter(v):
    if type(v) is not list or len(v) != 2 or type(v[0]) is not int or v[0] not in PARAMETERS:
        raise Refused("not a parameter")
    return [v[0], PARAMETERS[v[0]](v[1])]


CHOICE = Shape((0, "id", ID, True), (1, "title", want_name(20), True))
ROW = Shape((0, "id", ID, True), (1, "title", want_name(24), True), (2, "description", want_name(72), False))
SECTION = Shape((0, "title", want_name(24), True), (1, "rows", list_of(ROW, 1, 10), True))
ITEM = Shape((0, "id", ID, True), (1, "name", want_name(80), True), (2, "price", MONEY, True),
             (3, "quantity", want_uint(1 << 32), True))


def once(check, ids):
    """No id twice in one message."""
    def distinct(v):
        out = check(v)
        seen = ids(out)
        if len(set(seen)) != len(seen):
            raise Refused("an id twice")
        return out
    distinct.shape = check.shape
    return distinct


def own_ids(things):
    return [x["id"] for x in things]


def items(most):
    return 8, "items", once(list_of(ITEM, 1, most), own_ids), True


def sections():
    check = list_of(SECTION, 1, 10)

    def at_most_ten(v):
        out = check(v)
        if sum(len(s["rows"]) for s in out) > 10:
            raise Refused("more than ten rows in all")
        return out
    at_most_ten.shape = SECTION
    return once(at_most_ten, lambda found: [r["id"] for s in found for r in s["rows"]])


def text(required=True, least=0):
    return 5, "text", want_text(least, 4_096), required


WHATS = {
    1: ("text", (text(least=1),)),
    2: ("buttons", (text(), (6, "choices", once(list_of(CHOICE, 1, 3), own_ids), True))),
    3: ("list", (text(), (7, "sections", sections(), True))),
    4: ("product", (items(1),)),
    5: ("products", (text(), items(30))),
    6: ("order", (items(30), (9, "total", MONEY, True))),
    7: ("chosen", ((10, "id", ID, True), (11, "message", SEQUENCE, True))),
    8: ("ask-location", (text(),)),
    9: ("location", ((12, "place", pair(want_int(-90_000_000, 90_000_000), want_int(-180_000_000, 180_000_000)), True),)),
    10: ("hand-off", (text(False), (13, "turn", want_uint(4, 1), True))),
    11: ("agent", ()),
    12: ("template", ((14, "template_id", B16, True), (15, "version", UINT, True),
                      (16, "parameters", want_list(want_parameter, 0, 16), True))),
    13: ("read", ((17, "up_to", SEQUENCE, True),)),
    14: ("typing", ()),
}
CUSTOMERS, ANYBODYS = {6, 7, 9, 11}, {1, 13, 14}       # B-18; all else is the business's
CLASS_OF = {n: TEMPLATE if n == 12 else CONTROL if n > 12 else REPLY for n in WHATS}
CONTENT = Kinds(4, "what_number", "what", (
    (0, "sequence", SEQUENCE, True), (1, "milliseconds", UINT, True), (2, "seen", UINT, True), (3, "kf", B32, True)), WHATS)

# ---------------------------------------------------------------- 11.4, 11.5, 11.7


CATEGORIES = ascending(CATEGORY, 0, 3)
APPROVED = Shape((0, "bytes", BSTR, True), (1, "business_id", B32, True), (2, "signature", B64, True))
STATED = Shape((0, "template_id", B16, True), (1, "state", STATE, True), (2, "reason", REASON, False),
               (3, "seconds", UINT, False))
ERASURE = Shape((0, "conversation", B32, True), (1, "seconds", UINT, True), (2, "entries", ascending(UINT, 0, 7_000), True))
EVENTS = {
    1: ("message", ((7, "clear", CLEAR, True), (8, "envelope", ENVELOPE, True), (9, "mark", B32, True))),
    2: ("began", ((10, "categories", CATEGORIES, True), (14, "region", want_uint(6), False))),
    3: ("left", ()),
    4: ("opted", ((11, "category", CATEGORY, True), (12, "in", want_bool, True))),
    5: ("disclosed", ((13, "disclosure", want_bytes_from(0, 1_024), True), (15, "proven", PROVEN, True))),
    6: ("withdrawn", ((16, "message", B16, True), (17, "reason", REASON, True))),
    7: ("suspended", ((17, "reason", REASON, True),)),
    8: ("revoked", ((17, "reason", REASON, True),)),
    9: ("table", ((18, "hash", B32, True),)),
    10: ("certificate", ((18, "hash", B32, True),)),
}
EVENT = Kinds(6, "kind_number", "kind", (
    (0, "tag", UINT, True), (1, "event_id", B16, True), (2, "conversation", B32, True), (3, "sequence", SEQUENCE, True),
    (4, "seconds", UINT, True), (5, "window_expires_at", UINT, True)), EVENTS)
