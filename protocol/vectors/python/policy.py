"""Tables, consents, permits and disclosures (SPEC 12.3 to 12.6)."""

import unicodedata

from business_ids import open_signed
from ground import (
    BUSINESS, H, Refused, Shape, label, list_of, want_bytes, want_list, want_text, want_uint)
from policy_domain import (
    BASIS, CONSENT, FIELD, HOUR, KNOWN, LEGAL, NECESSARY, PRECISION, PURPOSE, RECIPIENT, ROWS, check_value, place,
    round_time, round_value, subject, want_row)

CELLS, MOST_TABLE, MOST_CONSENT = 3_150, 40_000, 2_048
NO_REFUSAL, OBJECTION, GPC = 0, 1, 2
UNKNOWN = 0
B16, B32, SECONDS = want_bytes(16), want_bytes(32), want_uint()
KEEP = want_uint(3_651, 1)
SOME_REGION = want_uint(6)


def want_words(most):
    """A text of 1 to `most` bytes without blanks at its ends or characters that T-7 bars."""
    sized = want_text(1, most)

    def check(v):
        sized(v)
        if v != v.strip():
            raise Refused("blanks at an end")
        for ch in v:
            if unicodedata.category(ch) == "Cc" or 0x2028 <= ord(ch) <= 0x202E or 0x2066 <= ord(ch) <= 0x2069:
                raise Refused("a character that is barred")
        return v
    return check


TEXT80, TEXT200 = want_words(80), want_words(200)
RULE = Shape((0, "precision", PRECISION, True), (1, "keep_days", KEEP, True), (2, "law", TEXT200, False))
RETENTION = Shape(*((i, name, KEEP, True) for i, name in enumerate(
    ("mail", "receipts", "disclosures", "reports", "after_leaving", "certificates", "declared"))))
TRANSFER = Shape((0, "where", TEXT80, True), (1, "protection", TEXT200, True))
TERMS = Shape(
    (0, "policy", TEXT80, True), (1, "controller", TEXT200, True), (2, "contact", TEXT200, True),
    (3, "authority", TEXT200, True), (4, "transfers", list_of(TRANSFER, 0, 16), True), (5, "parent", TEXT80, False),
    (6, "service_provider", TEXT80, False), (7, "retention", RETENTION, True), (8, "notice_days", KEEP, True))
TABLE = Shape(
    (0, "version", want_uint(1 << 32, 1), True), (1, "predecessor", B32, False), (2, "effective", SECONDS, True),
    (3, "sunset", SECONDS, False), (4, "cells", want_bytes(CELLS), True), (5, "rules", list_of(RULE, 0, 255), True),
    (6, "terms", TERMS, True))
CHOICE = Shape((0, "business_id", B32, True), (1, "pairwise_key", B32, True), (2, "table", B32, True),
               (3, "choices", want_list(want_row, 0, 1 << 16), True), (4, "region", SOME_REGION, True),
               (5, "counter", want_uint(bound=1 << 63, least=1), True), (6, "issued", SECONDS, True), (7, "expiry", SECONDS, True),
               (8, "refusal", want_uint(3), True))
DISCLOSURE = Shape(
    (0, "kind", want_uint(2, 1), True), (1, "record", B16, True), (2, "subject", B16, True), (3, "business_id", B32, True),
    (4, "field", FIELD, True), (5, "value", lambda v: v, True), (6, "recipient", RECIPIENT, True),
    (7, "purpose", PURPOSE, True), (8, "basis", BASIS, True), (9, "table", B32, True), (10, "seconds", SECONDS, True),
    (11, "keep_days", KEEP, True), (12, "region", SOME_REGION, True), (13, "precision", PRECISION, True))


# ---------------------------------------------------------------- 12.3


class Table:
    """A table that passed T-7; `raw` is what is signed."""

    def __init__(self, raw):
        if len(raw) > MOST_TABLE:
            raise Refused("table too long")
        self.raw, self.f = raw, TABLE.decode(raw)
        self.hash = H(label(BUSINESS, "table"), raw)
        self.check()

    @classmethod
    def signed(cls, signed, business_key):
        """T-6."""
        return cls(open_signed("table", signed, business_key))

    def check(self):
        f, rules = self.f, self.f["rules"]
        if ("predecessor" in f) != (f["version"] != 1):
            raise Refused("predecessor")
        if "sunset" in f and ("predecessor" not in f or f["sunset"] < f["effective"]):
            raise Refused("sunset")
        if any(a == b for i, a in enumerate(rules) for b in rules[:i]):
            raise Refused("two equal rules")
        seen, told = 0, {2: False, 3: False}
        for row in ROWS:
            for region in range(1, 6):
                for basis in (CONSENT, NECESSARY, LEGAL):
                    number = f["cells"][place(row, region, basis)]
                    if number == 0:
                        continue
                    if number > seen + 1 or number > len(rules):
                        raise Refused("rules' numbers out of order, or no such rule")
                    seen = max(seen, number)
                    rule = rules[number - 1]
                    if rule["precision"] not in KNOWN[row[0]]:
                        raise Refused("a precision that the field does not know")
                    if ("law" in rule) != (basis == LEGAL):
                        raise Refused("a law exactly for basis legal")
                    told[row[1]] = True
        if seen != len(rules):
            raise Refused("a rule that no cell uses")
        for recipient, name in ((2, "parent"), (3, "service_provider")):
            if told[recipient] and name not in f["terms"]:
                raise Refused(f"the {name} has no name")

    def cell(self, row, region, basis):
        number = self.f["cells"][place(row, region, basis)]
        return self.f["rules"][number - 1] if number else None

    def grant(self, row, region, basis):
        """(precision, days) of T-8, or None."""
        regions = range(1, 6) if region == UNKNOWN else (region,)
        out = None
        for r in regions:
            rule = self.cell(row, r, basis)
            if rule is None:
                return None
            out = meet(out, (rule["precision"], rule["keep_days"]))
        return out

    def follows(self, other):
        """T-9."""
        return (self.f["version"] == other.f["version"] + 1 and self.f.get("predecessor") == other.hash
                and self.f["effective"] >= other.f["effective"])


def meet(a, b):
    """T-5: what two grants both allow."""
    if a is None or b is None:
        return a or b
    return max(a[0], b[0]), min(a[1], b[1])


def difference(old, new):
    """T-11: places of cells by what becomes of them; rules are compared, not their numbers."""
    out = {"newly": [], "stopped": [], "changed": []}
    for row in ROWS:
        for region in range(1, 6):
            for basis in (CONSENT, NECESSARY, LEGAL):
                a, b = old.cell(row, region, basis), new.cell(row, region, basis)
                if a != b:
                    kind = "newly" if a is None else "stopped" if b is None else "changed"
                    out[kind].append(place(row, region, basis))
    return out


def acceptable(table, successor, now):
    """T-10, for a table that was published: may it be accepted now?"""
    if successor is None:
        return True
    return now < successor.f.get("sunset", successor.f["effective"])


# ---------------------------------------------------------------- 12.4


def decode_consent(raw, table):
    """T-13, T-15: the fields of a consent that accepted `table`."""
    if len(raw) > MOST_CONSENT:
        raise Refused("consent too long")
    f = CHOICE.decode(raw)
    rows = f["choices"]
    if any(a >= b for a, b in zip(rows, rows[1:])):
        raise Refused("choices not strictly ascending")
    if table.hash != f["table"]:
        raise Refused("another table")
    for row in rows:
        if table.grant(row, f["region"], CONSENT) is None:
            raise Refused("a choice without a grant")
        if f["refusal"] != NO_REFUSAL and row[2] >= 3:
            raise Refused("a choice of a purpose that was refused")
    return f


def take_consent(signed, business_id, pairwise_key, table, successor, now, highest):
    """T-14."""
    raw = open_signed("consent", signed, pairwise_key)
    f = decode_consent(raw, table)
    if f["business_id"] != business_id or f["pairwise_key"] != pairwise_key:
        raise Refused("not this business and this key")
    if not acceptable(table, successor, now):
        raise Refused("table outdated")
    if not f["issued"] < f["expiry"] or f["expiry"] < now:
        raise Refused("dates")
    if f["counter"] <= highest:
        raise Refused("counter too low")
    return f


# ---------------------------------------------------------------- 12.5, 12.6


def permit(accepted, current, consent, row, now):
    """T-16: (basis, precision, days) or None."""
    if consent["table"] != accepted.hash:
        raise Refused("a consent that did not accept this table")
    for basis in (LEGAL, NECESSARY, CONSENT):
        a, b = (t.grant(row, consent["region"], basis) for t in (accepted, current))
        if a is None or b is None:
            continue
        if basis == CONSENT and (row not in consent["choices"] or now > consent["expiry"]):
            continue
        return (basis, *meet(a, b))
    return None


def disclose(granted, record, conversation, business_id, row, value, table, now, region):
    """T-18: the payload of a disclosure under a permit."""
    basis, precision, days = granted
    return DISCLOSURE.encode({
        "kind": 1, "record": record, "subject": subject(conversation, row[1]), "business_id": business_id,
        "field": row[0], "value": round_value(row[0], precision, value), "recipient": row[1], "purpose": row[2],
        "basis": basis, "table": table, "seconds": round_time(HOUR, now), "keep_days": days, "region": region,
        "precision": precision})


def read_disclosure(raw):
    f = DISCLOSURE.decode(raw)
    check_value(f["field"], f["value"])
    if round_value(f["field"], f["precision"], f["value"]) != f["value"]:
        raise Refused("a value finer than its precision")
    if f["seconds"] % 3_600:
        raise Refused("a time finer than the hour")
    return f
