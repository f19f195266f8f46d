"""Vectors of consents and permits (SPEC 12.4, 12.5): policy-consents.json, policy-permits.json."""

import business_ids as ids
import policy
from broken import breakings
from ground import Refused, cbor_encode
from plain import SMALL_ED, Book, flip, high_s, plain
from policy import Table, decode_consent, permit, take_consent
from policy_domain import CONSENT, ROWS
from policy_tables import DAY, NOW, build, picker, some_tables
from proof import ed_public, sign
from session import SeededDice

LAST = NOW + 365 * DAY


def hx(v, key):
    return bytes.fromhex(v[key])


class Tables:
    """Keeps the tables that came, by their hash."""

    def __init__(self):
        self.tables = {}

    def add(self, v):
        table = Table(hx(v, "table"))
        if table.hash.hex() != v["hash"]:
            raise AssertionError(v["name"])
        self.tables[v["hash"]] = table

    def of(self, v, key):
        return None if v[key] is None else self.tables[v[key]]


class ConsentChecker(Tables):
    def __call__(self, v):
        if v["what"] == "table":
            self.add(v)
            return
        args = (hx(v, "signed"), hx(v, "business_id"), hx(v, "pairwise_key"), self.of(v, "accepted"), self.of(v, "successor"),
                v["now"], v["highest"])
        try:
            f = take_consent(*args)
        except Refused:
            if v["valid"]:
                raise AssertionError(v["name"]) from None
            return
        raw = ids.SIGNED.decode(hx(v, "signed"))["bytes"]
        if not v["valid"] or plain(f) != v["fields"] or ids.H(ids.name("consent"), raw).hex() != v["hash"]:
            raise AssertionError(v["name"])
        if "pairwise_seed" in v and ids.make_signed("consent", policy.CHOICE.encode(
                {**f, "choices": [list(r) for r in f["choices"]]}), hx(v, "pairwise_seed")).hex() != v["signed"]:
            raise AssertionError(f"{v['name']}: signing it again gives another one")


def choosable(table, region):
    return [row for row in ROWS if table.grant(row, region, CONSENT) is not None]


def consent_of(table, business, key, choices, region=1, counter=1, issued=NOW, expiry=LAST, refusal=0):
    return policy.CHOICE.encode({"business_id": business, "pairwise_key": key, "table": table.hash, "choices": [list(r) for r in choices],
                                 "region": region, "counter": counter, "issued": issued, "expiry": expiry, "refusal": refusal})


def consents():
    dice = SeededDice("policy consents")
    b = Book(ConsentChecker())
    tables = some_tables()
    tables["next"] = Table(build({}, 2, tables["dense"].hash, NOW + 60 * DAY, NOW + 150 * DAY))
    for name, t in tables.items():
        b.add(f"table {name}", True, what="table", table=t.raw, hash=t.hash)
    seed, business = dice(32), dice(32)
    key, t = ed_public(seed), tables["dense"]
    base = {"what": "consent", "business_id": business, "pairwise_key": key, "accepted": t.hash, "successor": None, "now": NOW, "highest": 0}

    def good(name, table=t, choices=(), **f):
        given = {k: f.pop(k) for k in ("region", "counter", "issued", "expiry", "refusal") if k in f}
        raw = consent_of(table, business, key, choices, **given)
        b.add(f"consent: {name}", True, **{**base, "accepted": table.hash, "pairwise_seed": seed, **f},
              signed=ids.make_signed("consent", raw, seed), hash=ids.H(ids.name("consent"), raw), fields=decode_consent(raw, table))

    def bad(name, raw=None, signed=None, table=t, **f):
        b.add(f"consent: {name}", False, **{**base, "accepted": table.hash, "hash": None, "fields": None,
                                            "signed": signed or ids.make_signed("consent", raw, seed), **f})

    for name, table in tables.items():
        for region in range(6):
            rows = choosable(table, region)
            if rows:
                good(f"all that table {name} lets choose in region {region}, {len(rows)} rows", table, rows, region=region)
    rows = choosable(t, 1)
    good("no choice")
    good("no choice, objection", refusal=1)
    for refusal in (1, 2):
        good(f"refusal {refusal}, purposes 1 and 2", choices=[r for r in rows if r[2] < 3], refusal=refusal)
    good("counter 2^63 - 1", counter=2**63 - 1, highest=2**63 - 2)
    good("counter one above the highest", counter=8, highest=7)
    good("in its last second", expiry=NOW, issued=NOW - 10)
    good("issued in the future", issued=NOW + 5)
    good("a second before the successor's sunset", successor=tables["next"].hash, now=NOW + 150 * DAY - 1)
    good("after the successor is effective, before its sunset", successor=tables["next"].hash, now=NOW + 60 * DAY)

    right = consent_of(t, business, key, rows[:5])
    f = policy.CHOICE.pack(policy.CHOICE.decode(right) | {"choices": [list(r) for r in rows[:5]]})

    def change(name, **changes):
        more = {k: changes.pop(k) for k in list(changes) if not k.startswith("k")}
        bad(name, cbor_encode({**f, **{int(k[1:]): v for k, v in changes.items()}}), **more)
    bare = ids.SIGNED.decode(ids.make_signed("consent", right, seed))
    bad("one bit of what is signed", signed=ids.SIGNED.encode({**bare, "bytes": flip(right, 60)}))
    bad("one bit of the signature", signed=ids.SIGNED.encode({**bare, "signature": flip(bare["signature"], 60)}))
    bad("S plus the group order", signed=ids.SIGNED.encode({**bare, "signature": high_s(bare["signature"])}))
    bad("signed under the label table", signed=ids.make_signed("table", right, seed))
    bad("signed without a label", signed=ids.SIGNED.encode({"bytes": right, "signature": sign(seed, right)}))
    bad("signed by another key", signed=ids.make_signed("consent", right, dice(32)))
    other = dice(32)
    bad("another pairwise key's, whole", consent_of(t, business, ed_public(other), rows[:5]), signed=ids.make_signed(
        "consent", consent_of(t, business, ed_public(other), rows[:5]), other))
    bad("pairwise key of small order", right, pairwise_key=SMALL_ED[1])
    for why, data in breakings(policy.CHOICE, f):
        bad(f"signed, {why}", data)
    change("another business", k0=dice(32))
    change("names another pairwise key", k1=ed_public(dice(32)))
    change("another table", k2=tables["first"].hash)
    bad("asked under another table", right, table=tables["first"])
    lists = [list(r) for r in rows]
    change("choices descending", k3=[lists[1], lists[0]])
    change("a choice twice", k3=[lists[0], lists[0]])
    change("a row of two", k3=[[1, 1]])
    change("a row of four", k3=[[1, 1, 1, 1]])
    for i, n in ((0, 15), (1, 4), (2, 6), (0, 0), (1, 0), (2, 0)):
        row = list(rows[0])
        row[i] = n
        change(f"a choice with {('field', 'recipient', 'purpose')[i]} {n}", k3=[row])
    for region in range(6):
        rest = [r for r in ROWS if r not in set(choosable(t, region))]
        if rest:
            change(f"a choice without a grant in region {region}", k3=[list(rest[len(rest) // 2])], k4=region)
    unknown = set(choosable(t, 0))
    some = next(r for r in rows if r not in unknown and all(t.cell(r, g, CONSENT) for g in (1,)))
    change("unknown region, a choice that region 1 alone would allow", k3=[list(some)], k4=0)
    necessary = next(r for r in ROWS if t.grant(r, 1, CONSENT) is None and t.grant(r, 1, 2) is not None)
    change("a choice that has a grant of basis necessary alone", k3=[list(necessary)])
    change("region 6", k4=6)
    change("counter 0", k5=0)
    change("counter 2^63", k5=2**63)
    change("counter 2^64 - 1", k5=2**64 - 1)
    change("counter as high as the highest", k5=7, highest=7)
    change("counter below the highest", k5=6, highest=7)
    change("issued at its expiry", k6=LAST)
    change("issued after its expiry", k6=LAST + 1)
    change("expired a second ago", k7=NOW + 5, now=NOW + 6)
    change("refusal 3", k8=3)
    for refusal in (1, 2):
        for purpose in (3, 4, 5):
            row = next(r for r in rows if r[2] == purpose)
            change(f"refusal {refusal} and a choice of purpose {purpose}", k3=[list(row)], k8=refusal)
    bad("after the successor's sunset", right, successor=tables["next"].hash, now=NOW + 150 * DAY + 1)
    bad("longer than 2,048 bytes", right + bytes(2_048))
    bad("of table nothing: any choice", consent_of(tables["nothing"], business, key, rows[:1]), table=tables["nothing"])
    return b.vectors


# ---------------------------------------------------------------- permits


def word(p):
    return "-" if p is None else "/".join(map(str, p))


class PermitChecker(Tables):
    def __call__(self, v):
        if v["what"] == "table":
            self.add(v)
            return
        accepted, current = self.of(v, "accepted"), self.of(v, "current")
        try:
            consent = decode_consent(hx(v, "consent"), accepted)
            found = [word(permit(accepted, current, consent, row, v["now"])) for row in ROWS]
        except Refused:
            if v["valid"]:
                raise AssertionError(v["name"]) from None
            return
        if not v["valid"] or found != v["permits"]:
            raise AssertionError(v["name"])


def permits():
    dice = SeededDice("policy permits")
    pick = picker(dice)
    b = Book(PermitChecker())
    tables = some_tables()
    for name, t in tables.items():
        b.add(f"table {name}", True, what="table", table=t.raw, hash=t.hash)
    business, key = dice(32), ed_public(dice(32))

    def scene(name, accepted, current, choices, now=NOW, **given):
        a, c = tables[accepted], tables[current]
        raw = consent_of(a, business, key, choices, **given)
        consent = decode_consent(raw, a)
        b.add(name, True, what="permits", accepted=a.hash, current=c.hash, consent=raw, now=now,
              permits=[word(permit(a, c, consent, row, now)) for row in ROWS])
    pairs = [("first", "first"), ("first", "second"), ("second", "first"), ("second", "third"), ("dense", "dense"), ("dense", "first"),
             ("everything", "dense"), ("everything", "everything"), ("nothing", "everything"), ("everything", "nothing")]
    for accepted, current in pairs:
        for region in range(6):
            rows = choosable(tables[accepted], region)
            head = f"{accepted} accepted, {current} current, region {region}"
            scene(f"{head}: everything chosen", accepted, current, rows, region=region)
            if not rows:
                continue
            scene(f"{head}: half of it chosen", accepted, current, [r for r in rows if pick(2)], region=region)
            if region in (0, 1):
                scene(f"{head}: nothing chosen", accepted, current, [], region=region)
                scene(f"{head}: in the last second", accepted, current, rows, region=region, now=LAST)
                scene(f"{head}: a second after expiry", accepted, current, rows, region=region, now=LAST + 1)
                scene(f"{head}: years after expiry", accepted, current, rows, region=region, now=LAST + 3_650 * DAY)
                for refusal in (1, 2):
                    scene(f"{head}: refusal {refusal}", accepted, current, [r for r in rows if r[2] < 3], region=region, refusal=refusal)
    # One cell at a time: which basis decides, and what both tables allow.
    full, half = {"precision": 1, "keep_days": 90}, {"precision": 2, "keep_days": 30}
    law, law2 = {"precision": 2, "keep_days": 365, "law": "Accounting Act"}, {"precision": 1, "keep_days": 3_650, "law": "Accounting Act"}
    row = (1, 2, 1)
    small = {
        "consent full": {1: full}, "consent half": {1: half}, "necessary": {2: full}, "legal": {3: law}, "all three": {1: full, 2: half, 3: law},
        "consent and necessary": {1: half, 2: full}, "legal and consent": {1: full, 3: law2}}
    for name, cells in small.items():
        tables[name] = Table(build({(row, 1, basis): rule for basis, rule in cells.items()}))
        b.add(f"table {name}", True, what="table", table=tables[name].raw, hash=tables[name].hash)
    for accepted in small:
        for current in small:
            rows = [row] if 1 in small[accepted] else []
            scene(f"one row: {accepted} accepted, {current} current", accepted, current, rows)
            if rows:
                scene(f"one row: {accepted} accepted, {current} current, not chosen", accepted, current, [])
    raw = consent_of(tables["first"], business, key, [])
    b.add("consent that accepted another table", False, what="permits", accepted=tables["dense"].hash, current=tables["dense"].hash,
          consent=raw, now=NOW, permits=None)
    return b.vectors
