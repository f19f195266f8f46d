"""Vectors of what is said in the business wing (SPEC 11.6): contents, clear parts, and both
together: business-content.json.
"""

import business_ids as ids
from broken import breakings, shape_of
from business_said import read_said
from business_shapes import ANYBODYS, CLASS_OF, CLEAR, CONTENT, CUSTOMERS
from business_vectors import NOW, hx
from ground import cbor_encode
from plain import Book, accepts, plain
from session import SeededDice



def check_content(v):
    shape = CLEAR if v["what"] == "clear" else CONTENT

    def run():
        f = shape.decode(hx(v, "hex"))
        if v["what"] == "said":
            read_said(hx(v, "hex"), hx(v, "clear"), ("customer", "business").index(v["from"]))
        if v["valid"] and (plain(f) != v["fields"] or shape.encode(f) != hx(v, "hex")):
            raise AssertionError(v["name"])

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


def contents():
    dice = SeededDice("business content")
    b = Book(check_content)
    head = {"sequence": 1, "milliseconds": NOW * 1000, "seen": 0, "kf": dice(32)}
    items = [{"id": f"sku-{i}", "name": f"Bread {i}", "price": [350 + i, "EUR"], "quantity": i} for i in range(30)]
    rows = [{"id": f"row-{i}", "title": f"Row {i}", "description": "and more"} for i in range(10)]
    t = {"template_id": dice(16), "version": 2}
    said = {
        "text": {"text": "Grüße 😀"}, "buttons": {"text": "Which?", "choices": [{"id": "a", "title": "Yes"}, {"id": "b", "title": "ä" * 20}]},
        "list": {"text": "Pick", "sections": [{"title": "One", "rows": rows[:4]}, {"title": "Two", "rows": rows[4:]}]},
        "product": {"items": items[:1]}, "products": {"text": "Today", "items": items},
        "order": {"items": items[:2], "total": [12_345, "JPY"]}, "chosen": {"id": "a", "message": 4},
        "ask-location": {"text": "Where?"}, "location": {"place": [52_520_008, -13_404_954]},
        "hand-off": {"turn": 1, "text": "One moment"}, "agent": {},
        "template": {**t, "parameters": [[1, -5], [2, [999, "EUR"]], [3, 20_800], [4, 0], [5, "K7XW"]]},
        "read": {"up_to": 9}, "typing": {}}

    def good(name, what, **fields):
        data = CONTENT.encode({**head, "what": what, **fields})
        b.add(name, True, what="content", hex=data, fields=CONTENT.decode(data))

    def bad(name, mapping, **more):
        b.add(name, False, what="content", hex=mapping if isinstance(mapping, bytes) else cbor_encode(mapping), **more)

    packed = {}
    for what, fields in said.items():
        good(what, what, **fields)
        packed[what] = CONTENT.pack({**head, "what": what, **fields})
        for why, data in breakings(shape_of(CONTENT, packed[what]), packed[what]):
            if "what_number" not in why:
                bad(f"{what}: {why}", data)
    for n in (0, 15, 255):
        bad(f"what {n}", {**packed["typing"], 4: n})
    bad("what as text", {**packed["typing"], 4: "typing"})
    for n, name in ((5, "text"), (8, "items"), (16, "parameters")):
        bad(f"typing with a field of others: {name}", {**packed["typing"], n: packed["text"][5]})
    bad("sequence 0", {**packed["text"], 0: 0}, assumed="a sequence begins at 1, as in section 6")
    good("text of one byte", "text", text="x")
    good("text of 4,096 bytes", "text", text="ä" * 2_048)
    bad("text empty", {**packed["text"], 5: ""})
    long = {"assumed": "every text of a business message is bounded by section 8's 4,096 bytes"}
    for what in ("text", "buttons", "list", "products", "ask-location", "hand-off"):
        bad(f"{what}: text of 4,097 bytes", {**packed[what], 5: "x" * 4_097}, **({} if what == "text" else long))
    good("one button", "buttons", text="Which?", choices=[{"id": "x" * 64, "title": "x" * 20}])
    good("title of 20 characters and 80 bytes", "buttons", text="Which?", choices=[{"id": "a", "title": "😀" * 20}])
    bad("no button", {**packed["buttons"], 6: []})
    bad("four buttons", {**packed["buttons"], 6: [{0: "a", 1: "b"}] * 4})
    bad("button's title of 21 characters", {**packed["buttons"], 6: [{0: "a", 1: "x" * 21}]})
    bad("button's id empty", {**packed["buttons"], 6: [{0: "", 1: "x"}]})
    bad("button's id of 65 bytes", {**packed["buttons"], 6: [{0: "x" * 65, 1: "x"}]})
    bad("button's title empty", {**packed["buttons"], 6: [{0: "a", 1: ""}]})
    bad("button's title with a right-to-left override", {**packed["buttons"], 6: [{0: "a", 1: "a\u202eb"}]})
    bad("two buttons of one id", {**packed["buttons"], 6: [{0: "a", 1: "b"}, {0: "a", 1: "c"}]})
    row = {0: "a", 1: "Row"}
    for why, n, what in (("row's title", 24, 1), ("row's description", 72, 2)):
        for word, text in (("empty", ""), (f"of {n + 1} characters", "ä" * (n + 1)), ("with a line end", "a\nb"), ("with a line separator", "a\u2028b")):
            bad(f"list: {why} {word}", {**packed["list"], 7: [{0: "One", 1: [{**row, what: text}]}]})
    for word, text in (("empty", ""), ("of 25 characters", "x" * 25)):
        bad(f"list: section's title {word}", {**packed["list"], 7: [{0: text, 1: [row]}]})
    good("list: longest titles and description", "list", text="Pick", sections=[
        {"title": "ä" * 24, "rows": [{"id": "a", "title": "ä" * 24, "description": "ä" * 72}]}])
    bad("list: two rows of one id", {**packed["list"], 7: [{0: "One", 1: [row, row]}]})
    bad("list: two rows of one id in two sections", {**packed["list"], 7: [{0: "One", 1: [row]}, {0: "Two", 1: [row]}]})
    bad("list without sections", {**packed["list"], 7: []})
    bad("list: section without rows", {**packed["list"], 7: [{0: "One", 1: []}]})
    bad("list of eleven rows in one section", {**packed["list"], 7: [{0: "One", 1: [{0: f"r{i}", 1: "R"} for i in range(11)]}]})
    bad("list of eleven rows in two sections", {**packed["list"], 7: [
        {0: "One", 1: [{0: f"r{i}", 1: "R"} for i in range(6)]}, {0: "Two", 1: [{0: f"s{i}", 1: "R"} for i in range(5)]}]})
    bad("list of eleven sections", {**packed["list"], 7: [{0: "One", 1: [{0: f"r{i}", 1: "R"}]} for i in range(11)]})
    good("list of ten sections", "list", text="Pick", sections=[{"title": "One", "rows": [r]} for r in rows])
    good("rows without their second line", "list", text="Pick", sections=[{"title": "One", "rows": [{"id": "a", "title": "Row"}]}])
    one = packed["product"][8][0]
    bad("product: two items", {**packed["product"], 8: [one, {**one, 0: "other"}]})
    bad("product: no item", {**packed["product"], 8: []})
    for what in ("products", "order"):
        bad(f"{what}: no item", {**packed[what], 8: []})
        bad(f"{what}: thirty-one items", {**packed[what], 8: [{**one, 0: f"i{i}"} for i in range(31)]})
        bad(f"{what}: two items of one id", {**packed[what], 8: [one, one]})
    for why, n in (("quantity 2^32", {3: 2**32}), ("name empty", {1: ""}), ("name of 81 characters", {1: "x" * 81}), ("name with a tab", {1: "a\tb"})):
        bad(f"product: {why}", {**packed["product"], 8: [{**one, **n}]})
    good("product of the longest name and largest numbers", "product", items=[
        {"id": "x", "name": "ä" * 80, "price": [2**64 - 1, "ZAR"], "quantity": 2**32 - 1}])
    for a, o in ((90_000_000, 180_000_000), (-90_000_000, -180_000_000), (0, 0)):
        good(f"location {a}, {o}", "location", place=[a, o])
    for a, o in ((90_000_001, 0), (-90_000_001, 0), (0, 180_000_001), (0, -180_000_001), (2**63, 0)):
        bad(f"location {a}, {o}", {**packed["location"], 12: [a, o]})
    for why, money in (("of an unknown currency", [1, "XXX"]), ("of a currency in small letters", [1, "eur"]), ("negative", [-1, "EUR"]),
                       ("without a currency", [1]), ("of three parts", [1, "EUR", 0]), ("with the currency first", ["EUR", 1])):
        bad(f"order: total {why}", {**packed["order"], 9: money})
        bad(f"product: price {why}", {**packed["product"], 8: [{**one, 2: money}]})
    for why, place in (("of one number", [1]), ("of three numbers", [1, 2, 3]), ("as floats", None)):
        bad(f"location: {why}", {**packed["location"], 12: place} if place else cbor_encode(
            {**packed["location"], 12: 0})[:-1] + b"\x82\xf9\x00\x00\xf9\x00\x00")
    for n in (0, 4):
        bad(f"hand-off: {n}", {**packed["hand-off"], 13: n})
    good("hand-off without a text", "hand-off", turn=3)
    good("template without parameters", "template", **t, parameters=[])
    good("template with sixteen parameters", "template", **t, parameters=[[3, 0]] * 16)
    bad("template with seventeen parameters", {**packed["template"], 16: [[3, 0]] * 17})
    good("integer of 64 bits, negative", "template", **t, parameters=[[1, -2**63], [1, 2**63 - 1]])
    for why, p in (("type 0", [0, 1]), ("type 6", [6, 1]), ("of one part", [1]), ("of three parts", [1, 1, 1]),
                   ("integer as text", [1, "5"]), ("money without a currency", [2, 5]), ("money of an unknown currency", [2, [5, "XXX"]]),
                   ("date negative", [3, -1]), ("option negative", [4, -1]), ("option as text", [4, "x"]), ("text", [5, 7])):
        bad(f"parameter: {why}", {**packed["template"], 16: [p]})
    for code in ("0123", "K7XW", "9999999999", "BCDFGHJKLM", "NPQRSTVWXZ"):
        good(f"short code {code}", "template", **t, parameters=[[5, code]])
    for code, why in (("K7X", "of three"), ("K7XWK7XWK7X", "of eleven"), ("k7xw", "in small letters"), ("K7XA", "with a vowel"),
                      ("K7XY", "with a Y"), ("K7 XW", "with a space"), ("K7-XW", "with a hyphen"), ("", "empty"), ("K7XW\n", "with a line end"),
                      ("٠١٢٣", "of other digits")):
        bad(f"short code {why}", {**packed["template"], 16: [[5, code]]})
    good("largest numbers", "read", sequence=2**64 - 1, milliseconds=2**64 - 1, seen=2**64 - 1, up_to=2**64 - 1)

    # Clear parts, and what is said with them.
    for clear in ({"class": 1}, {"class": 3}, {"class": 2, **t}, {"class": 2, "template_id": bytes(16), "version": 2**64 - 1}):
        data = CLEAR.encode({**clear, "frank": dice(32)})
        b.add(f"clear of class {clear['class']}, {len(data)} bytes", True, what="clear", hex=data, fields=CLEAR.decode(data))
    whole = CLEAR.pack({"class": 2, "frank": dice(32), **t})
    reply = {0: 1, 1: whole[1]}
    for why, data in breakings(CLEAR, whole):
        b.add(f"clear: {why}", False, what="clear", hex=data)
    for why, mapping in (("class 0", {**reply, 0: 0}), ("class 4", {**reply, 0: 4}), ("reply with a template id", {**reply, 2: t["template_id"]}),
                         ("reply with a version", {**reply, 3: 1}), ("control with template id and version", {**whole, 0: 3}),
                         ("template without both", {**reply, 0: 2})):
        b.add(f"clear: {why}", False, what="clear", hex=cbor_encode(mapping))

    senders = {w: ["customer", "business"] if n in ANYBODYS else ["customer"] if n in CUSTOMERS else ["business"]
               for w, n in CONTENT.numbers.items()}

    def beside(name, valid, what, content=None, sender=None, **clear):
        data = content or CONTENT.encode({**head, "what": what, **said[what]})
        n = CONTENT.numbers[what]
        f = {"class": CLASS_OF[n], "frank": ids.frank(head["kf"], data), **(t if n == 12 else {}), **clear}
        b.add(name, valid, what="said", **{"from": sender or senders[what][0]}, hex=data, fields=CONTENT.decode(data) if valid else None,
              clear=cbor_encode({k: f[x] for k, x in enumerate(("class", "frank", "template_id", "version")) if f.get(x) is not None}))
    for what in said:
        for sender in ("customer", "business"):
            beside(f"{what} with its clear part, said by the {sender}", sender in senders[what], what, sender=sender)
        beside(f"{what} with C of another content", False, what, frank=ids.frank(head["kf"], b"another"))
        beside(f"{what} with C under another kf", False, what, frank=ids.frank(bytes(32), CONTENT.encode({**head, "what": what, **said[what]})))
        for c in {1, 2, 3} - {CLASS_OF[CONTENT.numbers[what]]}:
            beside(f"{what} with class {c}", False, what, **{"class": c, **(t if c == 2 else {"template_id": None, "version": None})})
    beside("template with another template id", False, "template", template_id=bytes(16))
    beside("template with another version", False, "template", version=3)
    return b.vectors
