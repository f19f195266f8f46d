"""Templates (SPEC 11.6, 11.9): their bytes, lint, parameters; vectors of business-templates.json.

"lint" of a vector lists the rules that it breaks, all eighteen being judged.
"""

import datetime
import re

from broken import breakings
from business_shapes import AMOUNT, CATEGORY, CODE, DATE, OPTION, TEXT, UINT, deceives, want_parameter
from ground import Refused, Shape, cbor_decode, cbor_encode, list_of, want_list, want_uint
from plain import Book, accepts, plain
from session import SeededDice

MARKETING, UTILITY, AUTHENTICATION = 1, 2, 3
REFUSING = {1, 2, 3, 4, 5, 6, 9, 10, 15, 16}
MOST = 16_384
LAST_DATE = (datetime.date(9999, 12, 31) - datetime.date(1970, 1, 1)).days
# Bounds that lint rules have numbers for are not part of the shape: 3, 15 and 16 could never be told else.
SLOT = Shape((0, "type", want_uint(6, 1), True), (1, "options", want_list(TEXT, 0, 1 << 16), False))
TEMPLATE = Shape(
    (0, "name", TEXT, True), (1, "version", UINT, True), (2, "language", TEXT, True), (3, "category", CATEGORY, True),
    (4, "header", TEXT, False), (5, "body", TEXT, True), (6, "footer", TEXT, False),
    (7, "buttons", want_list(TEXT, 0, 1 << 16), True), (8, "slots", list_of(SLOT, 0, 1 << 16), True))
PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
LINK = re.compile(r"://|www\.|\.[^\W\d_]{2,}/", re.IGNORECASE)
ADVERTISING = ["% off", "buy now", "cashback", "coupon", "deal", "discount", "exclusive offer", "for free", "hurry", "limited time", "offer",
               "promo", "sale", "special price", "voucher", "win a"]
ADVERTISES = re.compile(r"(?<![^\W\d_])(" + "|".join(map(re.escape, ADVERTISING)) + r")(?![^\W\d_])")
REPEATED = re.compile("[!?¡¿！？]{2}|[.]{4}")


def lint(f):
    """The rules that a decoded template breaks, ascending."""
    body, slots, buttons = f["body"], f["slots"], f["buttons"]
    around = [t for t in (f.get("header"), f.get("footer")) if t is not None]
    options = [o for s in slots for o in s.get("options", [])]
    texts = around + [body] + buttons + options
    wanted = {str(i + 1) for i in range(len(slots))}
    whole = PLACEHOLDER.sub("", body)
    code = any(s["type"] == CODE for s in slots)

    def within(t, most):
        return bool(t.strip()) and len(t) <= most

    def shouts(t):
        words = [[c for c in word if c.isalpha()] for word in t.split()]
        return sum(len(w) >= 4 and all(c.isupper() for c in w) for w in words) >= 4
    broken = {
        1: not within(body, 1_024),
        2: any(not within(t, 60) for t in around),
        3: len(buttons) > 3,
        4: any(not within(t, 20) for t in buttons),
        5: len(slots) > 16 or set(PLACEHOLDER.findall(body)) != wanted or "{{" in whole or "}}" in whole,
        6: any("{{" in t or "}}" in t for t in around + buttons + options),
        7: bool(re.search(r"\}\}\s*\{\{", body)),
        8: body.strip().startswith("{{") or body.strip().endswith("}}"),
        9: any(LINK.search(t) for t in texts),
        10: any(map(deceives, "".join(around + buttons + options) + body.replace("\n", ""))),
        11: any(map(shouts, texts)),
        12: f["category"] != MARKETING and any(ADVERTISES.search(t.lower()) for t in texts),
        13: code and f["category"] == MARKETING,
        14: any(re.search(r"\d{5}", t) for t in texts),
        15: any((s["type"] == OPTION) != ("options" in s) for s in slots)
        or any(not 1 <= len(s["options"]) <= 16 for s in slots if "options" in s)
        or any(not within(o, 32) for o in options),
        16: not re.fullmatch("[a-z0-9_]{1,64}", f["name"], re.ASCII)
        or not re.fullmatch("[a-z]{2}(-[A-Z]{2})?", f["language"], re.ASCII) or f["version"] == 0,
        17: f["category"] == AUTHENTICATION and not code,
        18: any(REPEATED.search(t) for t in texts),
    }
    return [n for n, wrong in broken.items() if wrong]


def submit(data):
    """The fields and what lint says; Refused when the submission is refused."""
    if len(data) > MOST:
        raise Refused("template too long")
    f = TEMPLATE.decode(data)
    found = lint(f)
    if REFUSING & set(found):
        raise Refused(f"lint {found}")
    return f, found


def shown(slot, value):
    """A parameter in its slot's own form (B-21)."""
    kind = slot["type"]
    if kind == AMOUNT:
        amount, currency = value
        return f"{amount} {currency}" if currency in ("JPY", "KRW") else f"{amount // 100}.{amount % 100:02} {currency}"
    if kind == DATE:
        if value > LAST_DATE:
            raise Refused("a date after 9999")
        return (datetime.date(1970, 1, 1) + datetime.timedelta(days=value)).isoformat()
    return slot["options"][value] if kind == OPTION else str(value)


def show(f, parameters):
    """The body with its parameters, as a customer's client shows it (B-21)."""
    check_parameters(f, parameters)
    words = [shown(slot, p[1]) for slot, p in zip(f["slots"], parameters)]
    text = PLACEHOLDER.sub(lambda m: words[int(m[1]) - 1], f["body"])
    if LINK.search(text):
        raise Refused("a link")
    return text


def check_parameters(f, parameters):
    """Each of its slot's type, and an option that there is."""
    if len(parameters) != len(f["slots"]):
        raise Refused("as many parameters as slots")
    for slot, p in zip(f["slots"], parameters):
        kind, value = want_parameter(p)
        if kind != slot["type"] or kind == OPTION and value >= len(slot["options"]):
            raise Refused("not of its slot's type, or no such option")


def check_template(v):
    data = bytes.fromhex(v["hex"])
    if v["what"] == "parameters":
        f, _ = submit(data)
        parameters = cbor_decode(bytes.fromhex(v["parameters"]))
        if accepts(show, f, parameters) != v["valid"] or v["valid"] and show(f, parameters) != v["text"]:
            raise AssertionError(v["name"])
        return
    if accepts(submit, data) != v["valid"]:
        raise AssertionError(v["name"])
    if v["lint"] is None:
        if accepts(TEMPLATE.decode, data):
            raise AssertionError(f"{v['name']}: it decodes")
        return
    f = TEMPLATE.decode(data)
    if plain(f) != v["fields"] or lint(f) != v["lint"] or TEMPLATE.encode(f) != data:
        raise AssertionError(f"{v['name']}: {lint(f)}")


ORDER = {"name": "order_ready", "version": 1, "language": "en", "category": UTILITY, "buttons": [],
         "body": "Your order {{1}} of {{2}} is ready on {{3}}, pick it up at the {{4}}.",
         "slots": [{"type": 1}, {"type": 2}, {"type": 3}, {"type": 4, "options": ["counter", "window"]}]}


def templates():
    dice = SeededDice("business templates")
    b = Book(check_template)

    def add(title, found=(), base=ORDER, **fields):
        f = {**base, **fields}
        data = TEMPLATE.encode(f)
        b.add(title, not REFUSING & set(found), what="template", hex=data, fields=TEMPLATE.decode(data),
              lint=sorted(found))

    def assumed(why, title, found=(), **fields):
        data = TEMPLATE.encode({**ORDER, **fields})
        b.add(title, not REFUSING & set(found), what="template", hex=data, fields=TEMPLATE.decode(data),
              lint=sorted(found), assumed=why)

    code = {"name": "login_code", "version": 2**64 - 1, "language": "pt-BR", "category": AUTHENTICATION, "buttons": [],
            "body": "Your code is {{1}}.", "slots": [{"type": 5}]}
    plain_text = {"body": "We are open again.", "slots": []}
    add("utility with four slots")
    add("authentication with a short code", base=code)
    add("marketing with header, footer and three buttons", category=MARKETING, header="Good morning", footer="The bakery",
        buttons=["Yes", "No", "Later"], **plain_text)
    add("body of one character", body="x", slots=[])
    add("body of 1,024 characters of two bytes", body="ä" * 1_024, slots=[])
    add("header and footer of 60 characters", header="ä" * 60, footer="x" * 60, **plain_text)
    add("button of 20 characters", buttons=["😀" * 20], **plain_text)
    add("sixteen slots", body="a {{1}} " + " ".join(f"b {{{{{i}}}}}" for i in range(2, 17)) + ".", slots=[{"type": 3}] * 16)
    add("a placeholder twice", body="On {{1}}, yes, on {{1}}.", slots=[{"type": 3}])
    add("placeholders in another order", body="On {{2}} or {{1}}.", slots=[{"type": 3}] * 2)
    add("sixteen options of 32 characters", body="At the {{1}}.", slots=[{"type": 4, "options": ["ä" * 32] * 16}])
    add("name of 64 characters", name="a_0" * 21 + "z")
    add("short code in utility", body="Your table is {{1}}.", slots=[{"type": 5}])
    add("four digits", body="Bus 1234 is late.", slots=[])
    add("dots without a link", body="Soon... at 5.30 p.m. and/or 6.", slots=[])

    add("1: body empty", [1], body="", slots=[])
    add("1: body of 1,025 characters", [1], body="x" * 1_025, slots=[])
    add("2: header of 61 characters", [2], header="x" * 61)
    add("2: header empty", [2], header="")
    add("2: footer empty", [2], footer="", **plain_text)
    add("5: seventeen slots", [5], body="a {{1}} " + " ".join(f"b {{{{{i}}}}}" for i in range(2, 18)) + ".",
        slots=[{"type": 3}] * 17)
    add("2: footer of 61 characters", [2], footer="x" * 61)
    add("3: four buttons", [3], buttons=["a", "b", "c", "d"])
    add("4: button empty", [4], buttons=[""])
    add("4: button of 21 characters", [4], buttons=["x" * 21])
    add("3 and 4: four buttons, one empty", [3, 4], buttons=["a", "b", "c", ""])
    for why, body, n in (("a placeholder missing", "On {{1}} and then.", 2), ("a placeholder too many", "On {{1}} and {{2}}.", 1),
                         ("begins with 2", "On {{2}} then.", 1), ("a gap", "On {{1}} or {{3}}.", 2), ("none but a slot", "Then.", 1),
                         ("a placeholder but no slot", "On {{1}}.", 0), ("placeholder 0", "On {{0}} or {{1}}.", 1)):
        add(f"5: {why}", [5], body=body, slots=[{"type": 3}] * n)
    for why, body in (("with a leading zero", "On {{01}} or {{1}}."), ("with blanks", "On {{ 1 }} or {{1}}."), ("of a name", "On {{day}} or {{1}}."),
                      ("empty", "On {{}} or {{1}}."), ("not closed", "On {{1}} or {{1."), ("not opened", "On {{1}} or 1}}."),):
        assumed("whatever has {{ or }} and is not {{number}} in decimal without leading zeros breaks rule 5", f"5: a placeholder {why}", [5],
                body=body, slots=[{"type": 3}])
    for field in ("header", "footer"):
        add(f"6: placeholder in the {field}", [6], **{field: "Of {{1}} all"})
    add("6: placeholder in a button", [6], buttons=["Take {{1}} now"])
    add("7: two placeholders side by side", [7], body="On {{1}}{{2}}.", slots=[{"type": 3}] * 2)
    assumed("placeholders with nothing but white space between them are side by side", "7: two placeholders with a blank between", [7],
            body="On {{1}} {{2}}.", slots=[{"type": 3}] * 2)
    add("8: begins with a placeholder", [8], body="{{1}} is the day.", slots=[{"type": 3}])
    add("8: ends with a placeholder", [8], body="The day is {{1}}", slots=[{"type": 3}])
    for why, text in (("a scheme", "ftp://x"), ("www", "www.bakery"), ("a path", "bakery.example/menu")):
        add(f"9: {why} in the body", [9], body=f"See {text} now.", slots=[])
        add(f"9: {why} in the header", [9], header=f"See {text} now", **plain_text)
        add(f"9: {why} in the footer", [9], footer=f"See {text} now", **plain_text)
        add(f"9: {why} in a button", [9], buttons=[text[:20]] if why != "a path" else ["a.example/b"], **plain_text)
        add(f"9: {why} in an option", [9], body="At the {{1}}.", slots=[{"type": 4, "options": [text]}])
    assumed("a link is one in capitals too", "9: www in capitals", [9], body="See WWW.bakery now.", slots=[])
    for why, ch in (("line end", "\n"), ("tab", "\t"), ("zero", "\0"), ("DEL", "\x7f"), ("C1 control", "\x85"), ("right-to-left override", "\u202e"),
                    ("left-to-right isolate", "\u2066"), ("pop isolate", "\u2069"), ("left-to-right embedding", "\u202a")):
        add(f"10: {why} in the body" if ch != "\n" else "line end in the body", [10] if ch != "\n" else [], body=f"We are{ch}open.", slots=[])
        add(f"10: {why} in a button", [10], buttons=[f"a{ch}b"], **plain_text)
    add("10: a soft hyphen in the body", [10], body="We are\u00adopen.", slots=[])
    add("joiners in the body", [], body="We are\u200c\u200dopen.", slots=[])
    for why, ch in (("right-to-left mark", "\u200f"), ("left-to-right mark", "\u200e"), ("Arabic letter mark", "\u061c")):
        assumed("the three marks are bidirectional controls (Unicode Bidi_Control)", f"10: {why} in the body", [10],
                body=f"We are{ch}open.", slots=[])
    assumed("words in capitals are counted over all texts; a word is a run of letters, and all of its letters are capitals",
            "11: four words of four capitals", [11], body="OPEN TODAY COME HERE now.", slots=[])
    assumed("three words in capitals, or shorter ones, are not shouted", "three words of four capitals", body="OPEN TODAY COME to me.",
            slots=[])
    assumed("three words in capitals, or shorter ones, are not shouted", "words of three capitals", body="THE BIG ONE FOR YOU ALL.",
            slots=[])
    assumed("words in capitals are counted in each text alone", "three words of four capitals, and one in a button", body="OPEN TODAY COME to me.",
            buttons=["HERE"], slots=[])
    for wording in ADVERTISING:
        add(f"12: {wording}", [12], body=f"This is {wording.upper()}, you know.", slots=[])
        add(f"{wording}, in MARKETING", [], category=MARKETING, body=f"This is {wording}, you know.", slots=[])
        add(f"{wording}, inside a word", [], body=f"This is x{wording}x, you know.", slots=[])
    for marks in ("!!", "?!", "¿¡", "！？", "....", "......"):
        add(f"18: {marks} in the body", [18], body=f"We are open{marks}", slots=[])
        add(f"18: {marks} in a button", [18], buttons=[f"Yes{marks}"], **plain_text)
    add("marks that are not repeated", [], body="Open! Is it? Yes... ok.", slots=[])
    add("1: a body of blanks", [1], body="   ", slots=[])
    add("4: a button of blanks", [4], buttons=["  "], **plain_text)
    add("8: blanks in front of the first placeholder", [8], body="  {{1}} is ready.", slots=[{"type": 1}])
    add("14: five digits of another script", [14], body="Call ١٢٣٤٥ now.", slots=[])
    add("16: version 0", [16], version=0)
    add("13: short code in marketing", [13], category=MARKETING, body="Say {{1}} to win.", slots=[{"type": 5}])
    add("14: five digits", [14], body="Call 12345 now.", slots=[])
    add("14: five digits in a footer", [14], footer="12345", **plain_text)
    add("15: options missing", [15], body="At the {{1}}.", slots=[{"type": 4}])
    add("15: no options in a list", [15], body="At the {{1}}.", slots=[{"type": 4, "options": []}])
    add("15: an empty option", [15], body="At the {{1}}.", slots=[{"type": 4, "options": ["x", ""]}])
    add("15: seventeen options", [15], body="At the {{1}}.", slots=[{"type": 4, "options": ["x"] * 17}])
    assumed("an option that is too long, and options of another type, break rule 15", "15: option of 33 characters", [15],
            body="At the {{1}}.", slots=[{"type": 4, "options": ["x" * 33]}])
    assumed("an option that is too long, and options of another type, break rule 15", "15: options of a date", [15],
            body="At the {{1}}.", slots=[{"type": 3, "options": ["x"]}])
    for why, name in (("empty", ""), ("of 65 characters", "a" * 65), ("with a capital", "Order"), ("with a hyphen", "order-ready"),
                      ("with a blank", "order ready"), ("outside ASCII", "größe"), ("with a line end", "order\n")):
        add(f"16: name {why}", [16], name=name)
    for why, language in (("empty", ""), ("of one letter", "e"), ("of three letters", "eng"), ("with an underscore", "en_GB"), ("cut", "en-"),
                          ("with three letters behind", "en-GBR"), ("with digits", "e1"), ("with two parts behind", "zh-TW-TW")):
        add(f"16: language {why}", [16], language=language)
    for language in ("EN", "en-gb", "EN-GB"):
        assumed("a language is small letters, its country capitals", f"16: language {language}", [16], language=language)
    add("17: authentication without a short code", [17], category=AUTHENTICATION)
    add("8, 13 and 14 together leave it pending", [8, 13, 14], category=MARKETING, body="12345 {{1}}", slots=[{"type": 5}])

    # What does not decode at all.
    full = TEMPLATE.pack({**ORDER, "header": "h", "footer": "f", "buttons": ["Yes"]})
    for why, data in breakings(TEMPLATE, full):
        b.add(f"no template: {why}", False, what="template", hex=data, fields=None, lint=None)
    for why, mapping in (("category 0", {3: 0}), ("category 4", {3: 4}), ("slot of type 0", {8: [{0: 0}]}), ("slot of type 6", {8: [{0: 6}]}),
                         ("a button as bytes", {7: [b"x"]})):
        b.add(f"no template: {why}", False, what="template", hex=cbor_encode({**full, **mapping}), fields=None, lint=None)
    b.add("no template: random bytes", False, what="template", hex=dice(40), fields=None, lint=None)

    # Parameters.
    data, right = TEMPLATE.encode(ORDER), [[1, -5], [2, [999, "EUR"]], [3, 20_800], [4, 1]]

    def parameters(name, valid, given, template=data, **more):
        b.add(f"parameters: {name}", valid, what="parameters", hex=template, parameters=cbor_encode(given),
              text=show(TEMPLATE.decode(template), given) if valid else None, **more)
    parameters("each of its slot's type", True, right)
    parameters("none for a template without slots", True, [], TEMPLATE.encode({**ORDER, **plain_text}))
    parameters("one for a template without slots", False, [[1, 0]], TEMPLATE.encode({**ORDER, **plain_text}))
    parameters("a short code", True, [[5, "K7XW"]], TEMPLATE.encode(code))
    parameters("a number for a short code", False, [[1, 1234]], TEMPLATE.encode(code))
    parameters("a short code with a vowel", False, [[5, "K7XA"]], TEMPLATE.encode(code))
    def money(amount, currency):
        return right[:1] + [[2, [amount, currency]]] + right[2:]
    for amount, currency in ((0, "EUR"), (5, "EUR"), (100, "USD"), (2**64 - 1, "ZAR")):
        parameters(f"{amount} of {currency}", True, money(amount, currency))
    for currency in ("JPY", "KRW"):
        parameters(f"1250 of {currency}", True, money(1_250, currency), assumed="where a whole unit is one of the smallest, no point is shown")
    for n in (-2**63 - 1, 2**63):
        parameters(f"integer {n}", False, [[1, n], *right[1:]])
    for n in (-2**63, 2**63 - 1, 0):
        parameters(f"integer {n}", True, [[1, n], *right[1:]])
    for days in (0, 59, 11_016, LAST_DATE):
        parameters(f"date {days}", True, [*right[:2], [3, days], right[3]])
    for days in (LAST_DATE + 1, 2**64 - 1):
        parameters(f"date {days}, after 9999", False, [*right[:2], [3, days], right[3]])
    linking = TEMPLATE.encode({**ORDER, "body": "Ask shop.{{1}}/menu.", "slots": [{"type": 5}]})
    parameters("a short code that makes a link", False, [[5, "XYZW".replace("Y", "B")]], linking)
    parameters("a short code that makes no link", True, [[5, "1234"]], linking)
    www = TEMPLATE.encode({**ORDER, "body": "Go to {{1}}.example now.", "slots": [{"type": 4, "options": ["www", "the"]}]})
    parameters("an option that makes a link", False, [[4, 0]], www)
    parameters("an option that makes no link", True, [[4, 1]], www)
    parameters("one too few", False, right[:3])
    parameters("one too many", False, right + [[1, 0]])
    parameters("none", False, [])
    parameters("the first option", True, right[:3] + [[4, 0]])
    parameters("an option one behind the last", False, right[:3] + [[4, 2]])
    parameters("two of them swapped", False, [right[1], right[0], *right[2:]])
    for i, p in enumerate(right):
        for other in ([1, 0], [2, [1, "EUR"]], [3, 0], [4, 0], [5, "K7XW"]):
            if other[0] != p[0]:
                parameters(f"type {other[0]} in slot {i + 1}", False, [*right[:i], other, *right[i + 1:]])
    return b.vectors
