"""Vectors of tables (SPEC 12.3): policy-tables.json; and tables to try the rest of chapter 12 with."""

import business_ids as ids
import policy
from broken import breakings
from ground import Refused, cbor_encode
from plain import SMALL_ED, Book, flip, high_s, plain
from policy import Table, acceptable, difference
from policy_domain import BASES, FIELDS, KNOWN, LEGAL, PRECISIONS, ROWS, place
from proof import ed_public, sign
from session import SeededDice

NOW = 1_790_000_000
DAY = 86_400
CELLS = [(row, region, basis) for row in ROWS for region in range(1, 6) for basis in (1, 2, 3)]
TERMS = {
    "policy": "Ordinary", "controller": "Relay Example GmbH, Example Street 1", "contact": "privacy@relay.example",
    "authority": "Example Data Protection Authority", "parent": "Parent Ltd", "service_provider": "Provider Inc",
    "transfers": [{"where": "United States", "protection": "standard contractual clauses"}], "notice_days": 30,
    "retention": {"mail": 30, "receipts": 3_650, "disclosures": 365, "reports": 90, "after_leaving": 30, "certificates": 400,
                  "declared": 365}}


def build(chosen, version=1, predecessor=None, effective=NOW, sunset=None, terms=None, **more):
    """A table's bytes from {cell: rule}, its rules numbered as T-7 wants them."""
    rules, cells = [], bytearray(policy.CELLS)
    for cell in CELLS:
        rule = chosen.get(cell)
        if rule is not None:
            if rule not in rules:
                rules.append(rule)
            cells[place(*cell)] = rules.index(rule) + 1
    return policy.TABLE.encode({"version": version, "predecessor": predecessor, "effective": effective, "sunset": sunset,
                                "cells": bytes(cells), "rules": rules, "terms": terms or TERMS, **more})


def rule_for(field, basis, pick):
    known = KNOWN[field]
    out = {"precision": known[pick(len(known))], "keep_days": (1, 30, 90, 365, 3_650)[pick(5)]}
    if basis == LEGAL:
        out["law"] = ("Accounting Act", "§ 7 Telecommunications Act")[pick(2)]
    return out


def picker(dice):
    return lambda n: int.from_bytes(dice(4), "big") % n


def random_cells(seed, density, whole=0, keep=None):
    """Cells drawn at random: `density` of a hundred have a rule, and `whole` of a hundred
    rows have one in every region. With `keep`, three of four stay as they are there."""
    pick, out = picker(SeededDice(seed)), {}
    for row in ROWS:
        every = [pick(100) < whole for _ in BASES]
        for region in range(1, 6):
            for basis in (1, 2, 3):
                cell = (row, region, basis)
                if keep is not None and pick(4):
                    if cell in keep:
                        out[cell] = keep[cell]
                elif every[basis - 1] or pick(100) < density:
                    out[cell] = rule_for(row[0], basis, pick)
    return out


def some_tables():
    """By name: tables with which consents and permits are tried."""
    first = random_cells("first", 30, 15)
    second = random_cells("second", 40, 25, first)
    raw = {"nothing": build({}), "first": build(first)}
    raw["second"] = build(second, 2, Table(raw["first"]).hash, NOW + 60 * DAY, NOW + 150 * DAY)
    raw["third"] = build(random_cells("third", 20, 10, second), 3, Table(raw["second"]).hash, NOW + 400 * DAY)
    raw["dense"] = build(random_cells("dense", 60, 70))
    raw["everything"] = build({c: rule_for(c[0][0], c[2], picker(SeededDice(f"e{i % 90}"))) for i, c in enumerate(CELLS)})
    return {name: Table(data) for name, data in raw.items()}


def grant_word(g):
    return "-" if g is None else f"{g[0]}/{g[1]}"


def grants(table, region):
    """For each row "consent necessary legal", each precision/days or -."""
    return [" ".join(grant_word(table.grant(row, region, basis)) for basis in (1, 2, 3)) for row in ROWS]


class Checker:
    """Keeps the tables that came, by their hash."""

    def __init__(self):
        self.tables = {}

    def table(self, v, key):
        return None if v[key] is None else self.tables[v[key]]

    def __call__(self, v):
        what = v["what"]
        if what == "table":
            self.on_table(v)
        elif what == "grants":
            if grants(self.table(v, "table"), v["region"]) != v["grants"]:
                raise AssertionError(v["name"])
        elif what == "follows":
            if self.table(v, "table").follows(self.table(v, "other")) != v["valid"]:
                raise AssertionError(v["name"])
        elif what == "acceptable":
            if acceptable(self.table(v, "table"), self.table(v, "successor"), v["now"]) != v["valid"]:
                raise AssertionError(v["name"])
        elif what == "difference":
            if difference(self.table(v, "old"), self.table(v, "new")) != {k: v[k] for k in ("newly", "stopped", "changed")}:
                raise AssertionError(v["name"])
        else:
            raise AssertionError(what)

    def on_table(self, v):
        try:
            table = Table.signed(bytes.fromhex(v["signed"]), bytes.fromhex(v["business_key"]))
        except Refused:
            if v["valid"]:
                raise AssertionError(v["name"]) from None
            return
        if not v["valid"] or table.hash.hex() != v["hash"] or plain(table.f) != v["fields"]:
            raise AssertionError(v["name"])
        if policy.TABLE.encode(table.f) != table.raw:
            raise AssertionError(f"{v['name']}: encoding is not deterministic")
        self.tables[v["hash"]] = table


def add_table(b, name, raw, seed):
    b.add(name, True, what="table", business_key=ed_public(seed), signed=ids.make_signed("table", raw, seed), hash=Table(raw).hash,
          fields=policy.TABLE.decode(raw))


def tables():
    dice = SeededDice("policy tables")
    checker = Checker()
    b, seed = Book(checker), dice(32)
    key = ed_public(seed)
    known = some_tables()
    for name, t in known.items():
        add_table(b, f"table {name}", t.raw, seed)
    for name, t in known.items():
        for region in range(6):
            b.add(f"grants of table {name}, region {region}", True, what="grants", table=t.hash, region=region, grants=grants(t, region))

    # T-9, T-10, T-11.
    def follows(name, valid, a, o):
        b.add(f"follows: {name}", valid, what="follows", table=a.hash, other=o.hash)
    first, second, third = known["first"], known["second"], known["third"]
    follows("the second the first", True, second, first)
    follows("the third the second", True, third, second)
    follows("the third the first", False, third, first)
    follows("the first the second", False, first, second)
    follows("the second another first", False, second, known["dense"])
    follows("the first itself", False, first, first)
    extra = {}
    for name, more in (("same time", {"effective": NOW}), ("a second early", {"effective": NOW - 1}), ("version 3", {"version": 3}),
                       ("without a sunset", {"effective": NOW + 9})):
        raw = build({}, **{"version": 2, "predecessor": first.hash, **more})
        add_table(b, f"table after the first, {name}", raw, seed)
        extra[name] = Table(raw)
    follows("effective at the same time", True, extra["same time"], first)
    follows("effective a second before it", False, extra["a second early"], first)
    follows("version two higher", False, extra["version 3"], first)

    edge = {"assumed": "until the sunset, or until the successor is effective, means before that second"}

    def accept(name, valid, t, successor, now, **more):
        b.add(f"acceptable: {name}", valid, what="acceptable", table=t.hash, successor=successor.hash if successor else None, now=now, **more)
    accept("no successor", True, first, None, NOW + 10_000 * DAY)
    accept("before it is effective", True, second, None, NOW)
    accept("a second before the successor's sunset", True, first, second, NOW + 150 * DAY - 1)
    accept("at the successor's sunset", False, first, second, NOW + 150 * DAY, **edge)
    accept("after the successor's sunset", False, first, second, NOW + 150 * DAY + 1)
    accept("successor effective, sunset to come", True, first, second, NOW + 60 * DAY)
    accept("no sunset stated, a second before the successor is effective", True, second, third, NOW + 400 * DAY - 1)
    accept("no sunset stated, successor effective", False, second, third, NOW + 400 * DAY, **edge)
    accept("no sunset stated, later", False, second, third, NOW + 400 * DAY + 1)
    for a, o in (("first", "second"), ("second", "third"), ("first", "first"), ("nothing", "everything"), ("everything", "nothing"), ("first", "dense")):
        b.add(f"difference of {a} and {o}", True, what="difference", old=known[a].hash, new=known[o].hash, **difference(known[a], known[o]))
    renumbered = dict(list(random_cells("first", 30, 15).items())[1:])
    raw = build(renumbered)
    add_table(b, "table first without its first cell", raw, seed)
    b.add("difference of one cell that changes the rules' numbers", True, what="difference", old=first.hash, new=Table(raw).hash,
          **difference(first, Table(raw)))

    broken_tables(b, dice, seed, key)
    return b.vectors


def broken_tables(b, dice, seed, key):
    full, half = {"precision": 1, "keep_days": 30}, {"precision": 2, "keep_days": 30}
    law = {"precision": 1, "keep_days": 30, "law": "Accounting Act"}
    at = {c: i for i, c in enumerate(CELLS)}
    one, two, legal = ((1, 1, 1), 1, 1), ((1, 1, 1), 2, 1), ((1, 1, 1), 1, 3)
    base = build({one: full, two: half, legal: law})
    f = policy.TABLE.pack(policy.TABLE.decode(base))

    def good(name, raw, **more):
        b.add(f"table {name}", True, what="table", business_key=key, signed=ids.make_signed("table", raw, seed), hash=Table(raw).hash,
              fields=policy.TABLE.decode(raw), **more)

    def bad(name, raw=None, signed=None, **more):
        b.add(f"table: {name}", False, **{"what": "table", "business_key": key, "hash": None, "fields": None,
                                          "signed": signed or ids.make_signed("table", raw, seed), **more})

    def change(name, **changes):
        """Keys as k0, k1, …; None takes one out."""
        m = {**f, **{int(k[1:]): v for k, v in changes.items()}}
        bad(name, cbor_encode({k: v for k, v in m.items() if v is not None}))

    def cells(**at_places):
        out = bytearray(3_150)
        for k, n in at_places.items():
            out[int(k[1:])] = n
        return bytes(out)

    good("with three rules", base)
    bare = {k: v for k, v in TERMS.items() if k not in ("parent", "service_provider")}
    good("that tells the business alone, without names of others", build({one: full}, terms={**bare, "transfers": []}))
    good("with names of others that it tells nothing", build({one: full}))
    longest = {"policy": "ä" * 40, "controller": "x" * 200, "contact": "€" * 66 + "xx", "authority": "x" * 200,
               "transfers": [{"where": "x" * 80, "protection": "x" * 200}] * 16, "retention": TERMS["retention"], "notice_days": 3_650,
               "parent": "x" * 80, "service_provider": "x" * 80}
    good("with the longest texts", build({one: full}, terms=longest))
    good("with a sunset at its effective time", build({one: full}, 2, bytes(32), NOW, NOW))
    good("of the highest version", build({one: full}, 2**32 - 1, bytes(32)))
    good("with texts that have blanks within", build({one: full}, terms={**TERMS, "policy": "two  words\u00a0here"}))

    signed = ids.SIGNED.decode(ids.make_signed("table", base, seed))
    bad("one bit of what is signed", signed=ids.SIGNED.encode({**signed, "bytes": flip(base, 100)}))
    bad("one bit of the signature", signed=ids.SIGNED.encode({**signed, "signature": flip(signed["signature"], 3)}))
    bad("S plus the group order", signed=ids.SIGNED.encode({**signed, "signature": high_s(signed["signature"])}))
    bad("signed under the label consent", signed=ids.make_signed("consent", base, seed))
    bad("signed without a label", signed=ids.SIGNED.encode({"bytes": base, "signature": sign(seed, base)}))
    bad("another business key", base, business_key=ed_public(dice(32)))
    bad("business key of small order", base, business_key=SMALL_ED[3])
    for why, data in breakings(policy.TABLE, f):
        bad(f"signed, {why}", data)
    change("version 0", k0=0)
    change("version 2^32", k0=2**32, k1=bytes(32))
    change("version 1 with a predecessor", k1=bytes(32))
    change("version 2 without a predecessor", k0=2)
    change("predecessor of 31 bytes", k0=2, k1=bytes(31))
    change("sunset without a predecessor", k3=NOW + 1)
    change("sunset a second before it is effective", k0=2, k1=bytes(32), k3=NOW - 1)
    change("cells of 3,149 bytes", k4=f[4][:-1])
    change("cells of 3,151 bytes", k4=f[4] + b"\x00")
    r1, r2, r3 = f[5]
    change("a number without a rule", k4=cells(p0=1, p2=3, p3=2, p6=4))
    change("a number without a rule: 255", k4=cells(p0=1, p2=3, p3=2, p6=255))
    change("a rule that no cell uses", k5=[r1, r3, r2, {0: 1, 1: 31}])
    change("rules but no cell", k4=bytes(3_150))
    change("cells but no rule", k5=[])
    change("numbers that begin with 2", k4=cells(p0=2, p2=3, p3=1), k5=[r2, r1, r3])
    change("numbers out of order", k4=cells(p0=1, p2=3, p3=2), k5=[r1, r3, r2])
    change("two equal rules", k4=cells(p0=1, p2=2, p3=3), k5=[r1, r2, r1])
    change("256 rules", k5=[{0: 1, 1: i + 1} for i in range(256)])
    for why, rule in (("precision 0", {0: 0, 1: 30}), ("precision 15", {0: 15, 1: 30}), ("keep-days 0", {0: 1, 1: 0}), ("keep-days 3,651", {0: 1, 1: 3_651}),
                      ("an unknown key", {0: 1, 1: 30, 3: 0}), ("without keep-days", {0: 1})):
        change(f"a rule with {why}", k4=cells(p0=1), k5=[rule])
    for field, word in enumerate(FIELDS, 1):
        for p in sorted(set(range(1, 15)) - set(KNOWN[field])):
            change(f"{word} with {PRECISIONS[p - 1]}, which it does not know", **{"k4": cells(**{f"p{place((field, 1, 1), 1, 1)}": 1}), "k5": [{0: p, 1: 30}]})
    change("a rule without a law for basis legal", k4=cells(p2=1), k5=[{0: 1, 1: 30}])
    change("a rule with a law for basis consent", k4=cells(p0=1), k5=[r2 if 2 in r2 else r3])
    change("a rule with a law for basis necessary", k4=cells(p1=1), k5=[r2 if 2 in r2 else r3])
    change("a rule with a law for legal and for consent", k4=cells(p0=1, p2=1), k5=[r2 if 2 in r2 else r3])
    change("a rule without a law for consent and for legal", k4=cells(p0=1, p2=1), k5=[{0: 1, 1: 30}])
    for recipient, gone, word in ((2, 5, "parent"), (3, 6, "service provider")):
        terms = {k: v for k, v in f[6].items() if k != gone}
        for row in ((1, recipient, 1), (14, recipient, 5)):
            precision = KNOWN[row[0]][0]
            change(f"told to the {word}, who has no name, field {row[0]}", k4=cells(**{f"p{at[(row, 5, 2)]}": 1}), k5=[{0: precision, 1: 30}], k6=terms)
    texts = [("empty", ""), ("a blank in front", " x"), ("a blank behind", "x "), ("a no-break space behind", "x\u00a0"), ("an ideographic space in front", "\u3000x"),
             ("a thin space behind", "x\u2009"), ("a tab within", "x\ty"), ("a line end behind", "x\n"), ("a zero", "x\0y"), ("DEL", "x\x7fy"), ("a C1 control", "x\x9fy"),
             ("a line separator", "x\u2028y"), ("a paragraph separator", "x\u2029y"), ("a right-to-left override", "x\u202ey"), ("an isolate", "x\u2066y"),
             ("the last isolate", "x\u2069y")]
    for why, text in texts:
        change(f"policy name: {why}", k6={**f[6], 0: text})
        change(f"law: {why}", k4=cells(p2=1), k5=[{0: 1, 1: 30, 2: text}])
        change(f"transfer's protection: {why}", k6={**f[6], 4: [{0: "there", 1: text}]})
    for k, most, word in ((0, 80, "policy name"), (1, 200, "controller"), (2, 200, "contact"), (3, 200, "authority"), (5, 80, "parent"), (6, 80, "provider")):
        change(f"{word} of {most + 1} bytes", k6={**f[6], k: "x" * (most + 1)})
        change(f"{word} of {most - 1} bytes and an umlaut", k6={**f[6], k: "x" * (most - 1) + "ä"})
    change("law of 201 bytes", k4=cells(p2=1), k5=[{0: 1, 1: 30, 2: "x" * 201}])
    change("seventeen transfers", k6={**f[6], 4: [{0: "there", 1: "that"}] * 17})
    for k in range(7):
        change(f"retention {k} of 0 days", k6={**f[6], 7: {**f[6][7], k: 0}})
    change("retention of 3,651 days", k6={**f[6], 7: {**f[6][7], 0: 3_651}})
    change("notice of 0 days", k6={**f[6], 8: 0})
    sizes(good, bad)


def sizes(good, bad):
    """Tables of exactly 40,000 bytes and of one more, by the lengths of their laws."""
    spots = [c for c in CELLS if c[2] == LEGAL and c[0][0] in (1, 3, 4, 6)]

    def of(lengths):
        return build({c: {"precision": 1, "keep_days": i + 1, "law": "x" * n} for i, (c, n) in enumerate(zip(spots, lengths))})
    lengths = [200] * 178
    while len(of(lengths)) < 40_000:
        lengths.append(150)
    over = len(of(lengths)) - 40_000
    i = 0
    while over:
        cut = min(over, 100)
        lengths[i] -= cut
        over -= cut
        i += 1
    if len(of(lengths)) != 40_000:
        raise AssertionError(len(of(lengths)))
    good("of 40,000 bytes", of(lengths))
    lengths[0] += 1
    bad("of 40,001 bytes", of(lengths))
