"""Vectors of the finite domain, values, rounding and disclosures (SPEC 12.1, 12.2, 12.6):
policy-values.json, policy-disclosures.json.
"""

import business_ids as ids
import policy
import policy_domain as domain
from broken import breakings
from ground import cbor_decode, cbor_encode
from plain import Book, accepts, plain
from policy_domain import (
    BASES, CURRENCIES, FIELDS, KNOWN, PRECISIONS, PURPOSES, RECIPIENTS, REGIONS, ROWS, check_value, place, round_value, subject)
from session import SeededDice

NOW = 1_790_000_000
LISTS = {"field": FIELDS, "recipient": RECIPIENTS, "purpose": PURPOSES, "region": REGIONS, "basis": BASES, "precision": PRECISIONS}
TERMS = {
    "field": "pd:TelephoneNumber pd:Name pd:Language pd:Country pd:DeviceBased pd:DeviceOperatingSystem pd:DeviceApplications "
             "pd:Behavioural pd:CommunicationsMetadata pd:Interaction pd:Purchase pd:Purchase pd:IPAddress pd:BrowsingReferral",
    "recipient": "dpv:DataController dpv:ThirdParty dpv:DataProcessor",
    "purpose": "dpv:ServiceProvision dpv:EnforceSecurity dpv:Personalisation dpv:Advertising dpv:ServiceUsageAnalytics",
    "basis": "dpv:Consent dpv:ContractPerformance dpv:LegalObligation",
    "region": "loc:EU loc:GB loc:US-CA loc:IN dpv:Jurisdiction"}


def hx(v, key):
    return bytes.fromhex(v[key])


def check_values(v):
    what = v["what"]

    def run():
        if what == "code":
            name = LISTS[v["list"]][v["code"] - 1]
            terms = TERMS.get(v["list"])
            term = terms.split()[v["code"] - 1] if terms else None
            if (name, term) != (v["code_name"], v["term"]):
                raise AssertionError(v["name"])
        elif what == "place":
            if place(tuple(v["row"]), v["region"], v["basis"]) != v["place"]:
                raise AssertionError(v["name"])
        elif what == "subject":
            if subject(hx(v, "conversation"), v["recipient"]).hex() != v["subject"]:
                raise AssertionError(v["name"])
        elif what == "value":
            check_value(v["field"], cbor_decode(hx(v, "value")))
        elif what == "round":
            got = round_value(v["field"], v["precision"], cbor_decode(hx(v, "value")))
            if v["valid"] and cbor_encode(got).hex() != v["rounded"]:
                raise AssertionError(f"{v['name']}: {got}")
            if v["valid"] and round_value(v["field"], v["precision"], got) != got:
                raise AssertionError(f"{v['name']}: not the same again")
        elif what == "declared":
            domain.want_declared(cbor_decode(hx(v, "value")))
        else:
            raise AssertionError(what)

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


# For each field: values that are right, and ones that are not.
RIGHT = {
    1: [1, 7, 44, 49, 491701234567, 12025550123, 79161234567, 350, 35, 999_999_999_999_999, 21, 2, 886912345678, 8829],
    2: ["A", "ZZ", "ABC"], 3: ["de", "en", "zz"], 4: ["DE", "AX", "ZW", "SS", "CW"], 5: list(range(1, 9)),
    6: [[0], [17], [65_535], [17, 0], [65_535, 65_535], [0, 0]], 7: [[1], [1, 2], [0, 65_535]],
    8: [0, 3_599, 3_600, NOW, 345_599, 345_600, 951_782_399, 951_782_400, 253_402_300_799, 2**64 - 1], 9: list(range(1, 7)),
    10: [1, 86_399, 86_400, NOW + 12_345, 951_868_800, 4_107_542_399, 4_107_542_400], 11: [[0, "EUR"], [999, "EUR"], [1_000, "EUR"],
        [12_345, "USD"], [99_999, "GBP"], [9, "JPY"], [10, "JPY"], [12_345, "KRW"], [123_456, "HUF"], [2**64 - 1, "ZAR"]],
    12: list(range(1, 9)), 13: [bytes([192, 0, 2, 255]), bytes(4), b"\xff" * 4, bytes.fromhex("20010db8ffffffffffffffffffffffff"), bytes(16)],
    14: [0, 1, 65_535]}
WRONG = {
    1: [0, 10**15, -1, "491701234567", b"\x01", True, [49]], 2: ["", "ABCD", "ab", "Ä", "A1", "A ", b"A", 1, "A\n"],
    3: ["", "d", "deu", "DE", "de_DE", "de-", "d3", b"de", 1, ["de"]], 4: ["", "D", "DEU", "de", "XX", "UK", "EU", "ZZ", b"DE", 276, "AN", "XK"],
    5: [0, 9, "2", -1], 6: [[], [1, 2, 3], [65_536], [1, 65_536], 17, "17", [-1], [b""]], 7: [[], [1, 2, 3], [65_536], 1, "1.2"],
    8: [-1, "2026", [NOW], b"", False], 9: [0, 7, "1"], 10: [-1, "2026", [NOW]],
    11: [[1], [1, "XXX"], [1, "eur"], ["EUR", 1], [-1, "EUR"], [1, "EUR", 0], 1, [1, 978], []] + [[1, "BTC"], [1, "RUB"]],
    12: [0, 9, "food"], 13: [b"", bytes(3), bytes(5), bytes(15), bytes(17), "192.0.2.1", 0, [192, 0, 2, 1]], 14: [65_536, -1, "1"]}


def values():
    dice = SeededDice("policy values")
    b = Book(check_values)
    for name, codes in LISTS.items():
        terms = TERMS[name].split() if name in TERMS else [None] * len(codes)
        for code, (word, term) in enumerate(zip(codes, terms), 1):
            b.add(f"{name} {code}", True, what="code", list=name, code=code, code_name=word, term=term)
    for row, region, basis in (((1, 1, 1), 1, 1), ((14, 3, 5), 5, 3), ((1, 1, 1), 1, 3), ((1, 1, 1), 2, 1), ((1, 1, 2), 1, 1),
                               ((1, 2, 1), 1, 1), ((2, 1, 1), 1, 1), ((7, 2, 4), 3, 2), ((13, 3, 2), 4, 1)):
        b.add(f"place of {row}, region {region}, basis {basis}", True, what="place", row=row, region=region, basis=basis,
              place=place(row, region, basis))
    conversation = dice(32)
    for recipient in (1, 2, 3):
        b.add(f"subject for recipient {recipient}", True, what="subject", conversation=conversation, recipient=recipient,
              subject=subject(conversation, recipient))

    def shown(v):
        return v.hex() if isinstance(v, bytes) else str(v)
    for field, word in enumerate(FIELDS, 1):
        for v in RIGHT[field]:
            b.add(f"{word} {shown(v)}", True, what="value", field=field, value=cbor_encode(v))
            for p in KNOWN[field]:
                b.add(f"{word} {shown(v)} to {PRECISIONS[p - 1]}", True, what="round", field=field, precision=p,
                      value=cbor_encode(v), rounded=cbor_encode(round_value(field, p, v)))
        for p in range(1, 15):
            if p not in KNOWN[field]:
                b.add(f"{word} to {PRECISIONS[p - 1]}, which it does not know", False, what="round", field=field, precision=p,
                      value=cbor_encode(RIGHT[field][0]), rounded=None)
        for v in WRONG[field]:
            b.add(f"{word}: broken {v!r}", False, what="value", field=field, value=cbor_encode(v))
    why = "a locale with a country is the two letters and the country without anything between, as 12.2 says"
    b.add("locale deAT", True, what="value", field=3, value=cbor_encode("deAT"), assumed=why)
    b.add("locale deAT to language", True, what="round", field=3, precision=4, value=cbor_encode("deAT"), rounded=cbor_encode("de"), assumed=why)
    b.add("locale de-AT", False, what="value", field=3, value=cbor_encode("de-AT"), assumed=why)
    b.add("locale deXX: no such country", False, what="value", field=3, value=cbor_encode("deXX"))
    for field in (0, 15):
        b.add(f"field {field}", False, what="value", field=field, value=cbor_encode(1))
    # Country codes: every beginning of three digits; the last months of some years; leap days.
    for n in range(100, 1000):
        number = n * 10**6 + 123_456
        b.add(f"phone_number {number} to country_code", True, what="round", field=1, precision=2, value=cbor_encode(number),
              rounded=cbor_encode(round_value(1, 2, number)))
    for c in CURRENCIES:
        for p in (12, 13):
            b.add(f"purchase_total 1234567 {c} to {PRECISIONS[p - 1]}", True, what="round", field=11, precision=p,
                  value=cbor_encode([1_234_567, c]), rounded=cbor_encode(round_value(11, p, [1_234_567, c])))
    for i in range(120):
        t = int.from_bytes(dice(4), "big") if i % 3 else int.from_bytes(dice(5), "big")
        for p in KNOWN[8]:
            b.add(f"last_active {t} to {PRECISIONS[p - 1]} ({i})", True, what="round", field=8, precision=p, value=cbor_encode(t),
                  rounded=cbor_encode(round_value(8, p, t)))

    def declared(name, valid, pairs, **more):
        b.add(f"declared: {name}", valid, what="declared", value=cbor_encode(pairs), **more)
    declared("nothing", True, [])
    client = [[f, RIGHT[f][0]] for f in range(1, 15) if f not in domain.OBSERVED]
    declared("all ten that a client declares", True, client)
    declared("one", True, [[4, "DE"]])
    declared("descending", False, [[4, "DE"], [3, "de"]])
    declared("a field twice", False, [[4, "DE"], [4, "DE"]])
    declared("field 0", False, [[0, 1]])
    declared("field 15", False, [[15, 1]])
    declared("a pair of one", False, [[4]])
    declared("a pair of three", False, [[4, "DE", 1]])
    declared("a map", False, {0: [4, "DE"]})
    declared("a value of another field", False, [[4, 1]])
    for f in domain.OBSERVED:
        declared(f"{FIELDS[f - 1]}, which is observed", False, [[f, RIGHT[f][0]]],
                 assumed="a declared value of an observed field is malformed")
    return b.vectors


# ---------------------------------------------------------------- disclosures


def check_disclosure(v):
    def run():
        f = policy.read_disclosure(hx(v, "hex"))
        if not v["valid"]:
            return
        made = policy.disclose(v["grant"], hx(v, "record"), hx(v, "conversation"), hx(v, "business_id"), tuple(v["row"]),
                               cbor_decode(hx(v, "value")), hx(v, "table"), v["now"], v["region"])
        if made.hex() != v["hex"] or plain(f) != v["fields"]:
            raise AssertionError(v["name"])

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


def disclosures():
    dice = SeededDice("policy disclosures")
    b = Book(check_disclosure)
    business, table = dice(32), dice(32)
    conversation = ids.conversation_id(business, dice(32))
    made = {}
    for i, row in enumerate(ROWS):
        field, recipient, purpose = row
        known = KNOWN[field]
        precision, basis, region = known[i % len(known)], i % 3 + 1, i % 6
        value = RIGHT[field][i % len(RIGHT[field])]
        now, days, record = NOW + 977 * i, (1, 30, 90, 3_650)[i % 4], dice(16)
        data = policy.disclose((basis, precision, days), record, conversation, business, row, value, table, now, region)
        made[field, precision] = data
        b.add(f"{FIELDS[field - 1]} to {RECIPIENTS[recipient - 1]} for {PURPOSES[purpose - 1]}, {PRECISIONS[precision - 1]}", True,
              grant=[basis, precision, days], record=record, conversation=conversation, business_id=business, row=row,
              value=cbor_encode(value), table=table, now=now, region=region, hex=data, fields=policy.DISCLOSURE.decode(data))

    def bad(name, data, changes=None, **more):
        if changes is not None:
            data = cbor_encode({**policy.DISCLOSURE.pack(policy.DISCLOSURE.decode(data)), **changes})
        b.add(name, False, hex=data, **more)
    month = next(d for (f, p), d in made.items() if (f, p) == (8, 10))
    base = policy.DISCLOSURE.pack(policy.DISCLOSURE.decode(month))
    for why, data in breakings(policy.DISCLOSURE, base):
        bad(f"broken: {why}", data)
    for key, wrong, why in ((0, (0, 2, 3, 6), "kind"), (4, (0, 15), "field"), (6, (0, 4), "recipient"), (7, (0, 6), "purpose"),
                            (8, (0, 4), "basis"), (11, (0, 3_651), "keep-days"), (12, (6,), "region"), (13, (0, 15), "precision")):
        for x in wrong:
            bad(f"broken: {why} {x}", month, {key: x})
    for d in (1, 60, 3_599):
        bad(f"broken: time {d} s behind the hour", month, {10: base[10] + d})
    finer = {(1, 2): 491701234567, (3, 4): "deAT", (6, 6): [17, 4], (7, 6): [1, 2], (8, 7): NOW + 1, (8, 8): NOW - NOW % 3_600,
             (8, 9): 345_600 + 86_400, (8, 10): 86_400, (10, 7): NOW + 1, (11, 12): [1_001, "EUR"], (11, 13): [9_000, "EUR"],
             (13, 14): bytes([192, 0, 2, 1])}
    for (field, precision), value in finer.items():
        bad(f"broken: {FIELDS[field - 1]} finer than {PRECISIONS[precision - 1]}", month, {4: field, 5: value, 13: precision})
    for field in range(1, 15):
        for p in set(range(1, 15)) - set(KNOWN[field]):
            bad(f"broken: {FIELDS[field - 1]} with {PRECISIONS[p - 1]}, which it does not know", month,
                {4: field, 5: round_value(field, KNOWN[field][-1], RIGHT[field][0]), 13: p})
        wrong = WRONG[field][0]
        bad(f"broken: {FIELDS[field - 1]} with {wrong!r}", month, {4: field, 5: wrong, 13: KNOWN[field][0]})
    bad("broken: finer value, right precision of another field", month, {5: base[5] + 3_600})
    return b.vectors
