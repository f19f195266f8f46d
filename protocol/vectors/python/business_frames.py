"""Vectors of the business wire's frames (SPEC 11.2 to 11.7): business-frames.json."""

import business_wire as wire
import ground
import peer
from broken import breakings, shape_of
from business_shapes import EVENT, GUEST, CUSTOMER, BUSINESS_ROLE, RIGHTS
from business_wire import C2R, R2C
from ground import BUSINESS, Close, cbor_encode, u32
from plain import Book, plain
from session import SeededDice

NOW = 1_790_000_000
BIG = 2**64 - 1


def check_frame(v):
    data = bytes.fromhex(v["hex"])
    try:
        name, fields = wire.decode(data, v["direction"], v["role"])
    except Close as close:
        if v["valid"] or close.code != v["close"]:
            raise AssertionError(f"{v['name']}: {close}") from None
        return
    if not v["valid"] or name != v["frame"] or wire.TYPE_OF[name] != v["type"] or plain(fields) != v["fields"]:
        raise AssertionError(v["name"])
    if wire.encode(name, fields) != data:
        raise AssertionError(f"{v['name']}: encoding is not deterministic")


def samples(dice):
    """For each frame: (full fields, bare fields)."""
    def some(n, size, *args):
        return [dice(size) for _ in range(n)]

    def sealed():
        return dice(32) + bytes(1409 - 64) + dice(32)

    def envelope(n=4096):
        return dice(32) + bytes(n - 64) + dice(32)

    def signed(n=60):
        return {"bytes": dice(n), "signature": dice(64)}

    def opening(n=70):
        return {"index": 5, "salt": dice(32), "payload": dice(n)}

    def inclusion():
        return {"index": 5, "size": 9, "hashes": some(4, 32)}

    def proven():
        return {"opening": opening(), "inclusion": inclusion(), "checkpoint": b"a note"}

    two = {"vouches": [{"spki": dice(32), "not_after": NOW, "signature": dice(64)} for _ in range(2)]}
    hello = {"key": dice(32), "nonce": dice(32), "seconds": NOW, "days": 30, **two}
    clear = {"class": 1, "frank": dice(32)}
    by_template = {"class": 2, "frank": dice(32), "template_id": dice(16), "version": 3}
    declared = [[1, 491701234567], [2, "AB"], [4, "DE"], [5, 2], [6, [17, 4]], [7, [1]], [11, [12_345, "EUR"]],
                [12, 5], [14, 65_535]]
    n1, nb = {"n": 1}, {"n": BIG}
    hosting = {"by": 2, "name": "Hosted Messaging GmbH"}
    event = {"tag": 1, "event_id": dice(16), "conversation": dice(32), "sequence": 1, "seconds": NOW,
             "window_expires_at": 0}
    record = {"disclosure": opening(), "inclusion": inclusion()}
    stated = {"template_id": dice(16), "state": 2}
    held = {"n": 3, "conversation": dice(32), "business_id": dice(32), "standing": 1, "categories": [1, 2, 3],
            "declared": declared, "waiting": 1000, "consents": 2, "disclosures": 3, "reports": 1,
            "window_expires_at": NOW}
    out = {
        "hello": (hello, {**hello, "vouches": []}),
        "login": ({"role": 1, "key": dice(32), "nonce": dice(32), "spki": dice(32), "signature": dice(64)},) * 2,
        "welcome": ({"role": 2, "standing": 4}, {"role": 1, "standing": 0}),
        "done": (nb, n1),
        "refused": ({"n": 7, "rule": 32, "seconds": NOW}, {"n": 7, "rule": 1}),
        "find": ({"n": 1, "domain": "bakery.example"}, {"n": 2, "business_id": dice(32)}),
        "found": ({"n": 1, "certificate": signed(), "certificate_entry": proven(), "table": signed(),
                   "table_entry": proven()},) * 2,
        "table": ({"n": 1, "hash": dice(32)},) * 2,
        "table-is": ({"n": 1, "table": signed(), "entry": proven()},) * 2,
        "template": ({"n": 1, "template_id": dice(16)},) * 2,
        "template-is": ({"n": 1, "approved": {"bytes": dice(50), "business_id": dice(32), "signature": dice(64)}},) * 2,
        "take": ({"n": 1, "business_id": dice(32)},) * 2,
        "taken": ({"n": 1, "sealed": sealed()}, n1),
        "consistency": ({"n": 1, "old": 3, "new": BIG}, {"n": 1, "old": 0, "new": 0}),
        "consistent": ({"n": 1, "note": b"a note", "hashes": some(3, 32)}, {"n": 1, "note": b"a note", "hashes": []}),
        "enrol": ({"n": 1, "name": "Bäckerei Süß", "domain": "bakery.example", "industry": 2, "hosting": hosting,
                   "endpoint": dice(64)},
                  {"n": 1, "name": "B", "domain": "b.c", "industry": 19, "hosting": {"by": 1}, "endpoint": dice(64)}),
        "shelve": ({"n": 1, "clear_shelf": True, "one_time": [sealed(), sealed()], "last_resort": sealed()},
                   {"n": 1, "clear_shelf": False, "one_time": []}),
        "shelved": ({"n": 1, "one_time": 100}, {"n": 1, "one_time": 0}),
        "submit": ({"n": 1, "template": dice(80)},) * 2,
        "submitted": ({"n": 1, "template_id": dice(16), "state": 1, "lint": [7, 12, 18]},
                      {"n": 1, "template_id": dice(16), "state": 2, "lint": []}),
        "templates": (nb, n1),
        "templates-are": ({"n": 1, "templates": [{**stated, "reason": 4, "seconds": NOW}, stated]},
                          {"n": 1, "templates": []}),
        "standing-of": (nb, n1),
        "standing-is": ({"n": 1, "standing": 3, "reason": 2, "certificate": signed()}, {"n": 1, "standing": 0}),
        "begin": ({"n": 1, "business_id": dice(32), "certificate_hash": dice(32), "consent": signed(),
                   "rights_key": dice(32), "categories": [1, 3], "declared": declared},
                  {"n": 1, "business_id": dice(32), "certificate_hash": dice(32), "consent": signed(),
                   "rights_key": dice(32), "categories": [], "declared": []}),
        "begun": ({"n": 1, "conversation": dice(32)},) * 2,
        "consent": ({"n": 1, "consent": signed(), "declared": declared}, {"n": 1, "consent": signed(), "declared": []}),
        "declare": ({"n": 1, "declared": declared}, {"n": 1, "declared": []}),
        "opt": ({"n": 1, "category": 3, "in": True}, {"n": 1, "category": 1, "in": False}),
        "block": ({"n": 1, "blocked": True}, {"n": 1, "blocked": False}),
        "leave": (nb, n1),
        "report": ({"n": 1, "event_id": dice(16), "content": dice(90), "kf": dice(32), "clear": by_template,
                    "mark": dice(32), "seconds": NOW, "why": 5},
                   {"n": 1, "event_id": dice(16), "content": dice(90), "kf": dice(32), "clear": clear, "mark": dice(32),
                    "seconds": NOW, "why": 1}),
        "say": ({"n": 1, "conversation": dice(32), "clear": by_template, "envelope": envelope()},
                {"n": 1, "conversation": dice(32), "clear": clear, "envelope": envelope()}),
        "accepted": ({"n": 1, "event_id": dice(16), "sequence": BIG, "seconds": NOW, "window_expires_at": NOW + 86_400},
                     {"n": 1, "event_id": dice(16), "sequence": 1, "seconds": NOW, "window_expires_at": 0}),
        "ack": ({"tag": BIG}, {"tag": 1}),
        "held": (nb, n1),
        "held-is": (held, {**held, "categories": [], "declared": []}),
        "consents": ({"n": 1, "after": BIG}, {"n": 1, "after": 0}),
        "consents-are": ({"n": 1, "consents": [signed(), signed()], "more": True}, {"n": 1, "consents": [], "more": False}),
        "disclosures": ({"n": 1, "after": BIG}, {"n": 1, "after": 0}),
        "disclosures-are": (
            {"n": 1, "records": [{**record, "outcome": opening(), "outcome_inclusion": inclusion()}, record], "more": True,
             "note": b"a note"}, {"n": 1, "records": [], "more": False, "note": b"a note"}),
        "erase": (nb, n1),
        "erased": ({"n": 1, "receipt": signed()},) * 2,
    }
    kinds = {
        "message": ({"clear": by_template, "envelope": envelope(), "mark": dice(32)},
                    {"clear": clear, "envelope": envelope(), "mark": dice(32)}),
        "began": ({"categories": [1, 2, 3], "region": 5}, {"categories": []}),
        "left": ({}, {}), "opted": ({"category": 2, "in": True}, {"category": 1, "in": False}),
        "disclosed": ({"disclosure": dice(90), "proven": proven()},) * 2,
        "withdrawn": ({"message": dice(16), "reason": 7},) * 2, "suspended": ({"reason": 1},) * 2,
        "revoked": ({"reason": 7},) * 2, "table": ({"hash": dice(32)},) * 2, "certificate": ({"hash": dice(32)},) * 2,
    }
    return out, {k: tuple({"kind": k, **event, **x} for x in pair) for k, pair in kinds.items()}


def frames():
    dice = SeededDice("business frames")
    b = Book(check_frame)
    plain_samples, events = samples(dice)

    def role_for(name):
        return wire.FRAMES[wire.TYPE_OF[name]][2][0]

    def good(title, name, fields, role=None, **more):
        role, way = role_for(name) if role is None else role, wire.FRAMES[wire.TYPE_OF[name]][1]
        data = wire.encode(name, fields)
        b.add(title, True, hex=data, direction=way, role=role, type=wire.TYPE_OF[name], close=None, frame=name,
              fields=wire.decode(data, way, role)[1], **more)

    def bad(title, data, name, close=4001, direction=None, role=None, **more):
        b.add(title, False, hex=data, direction=direction or wire.FRAMES[wire.TYPE_OF[name]][1],
              role=role_for(name) if role is None else role,
              type=int.from_bytes(data[2:4], "big") if len(data) >= 4 else None, close=close, **more)

    def body(title, name, mapping, **more):
        bad(title, ground.frame(wire.TYPE_OF[name], cbor_encode(mapping), BUSINESS), name, **more)

    each = [(name, name, pair) for name, pair in plain_samples.items()]
    each += [(f"event {kind}", "event", pair) for kind, pair in events.items()]
    for title, name, (full, bare) in each:
        good(title if full == bare else f"{title} in full", name, full)
        if full != bare:
            good(f"{title}, bare", name, bare)
        shape = wire.FRAMES[wire.TYPE_OF[name]][3]
        packed = shape.pack(full)
        one = shape_of(shape, packed)
        for why, data in breakings(one, packed):
            # A kind of event decides which other fields there are: nothing else to try on it.
            if not (name == "event" and "kind_number" in why):
                bad(f"{title}: {why}", ground.frame(wire.TYPE_OF[name], data, BUSINESS), name)
        way = wire.FRAMES[wire.TYPE_OF[name]][1]
        bad(f"{title} in the wrong direction", wire.encode(name, bare), name, 4004,
            direction=R2C if way == C2R else C2R)

    # Roles (B-4).
    roles = {GUEST: "a guest", CUSTOMER: "a customer", BUSINESS_ROLE: "a business", RIGHTS: "a rights key"}
    for name, (_, bare) in plain_samples.items():
        _, way, may, _ = wire.FRAMES[wire.TYPE_OF[name]]
        if way != C2R:
            continue
        for role, word in roles.items():
            data = wire.encode(name, bare)
            if role in may and role != role_for(name):
                good(f"{name} by {word}", name, bare, role)
            elif role not in may:
                more = {"assumed": "a second login is out of turn"} if name == "login" else {}
                bad(f"{name} by {word}: out of turn", data, name, 4006, role=role, **more)

    # The header (G-6, G-7) and the wings (B-4).
    ack = wire.encode("ack", {"tag": 1})
    bad("wrong wing: peer", b"\x50" + ack[1:], "ack", 4003)
    bad("peer's ack as it is", peer.encode("ack", {"slot": 0, "tag": 1}), "ack", 4003)
    bad("wrong version: 2", ack[:1] + b"\x02" + ack[2:], "ack", 4002)
    bad("length one more than what follows", ack[:4] + u32(len(ack) - 7) + ack[8:], "ack")
    big = bytes(ground.MAX_FRAME - 7)
    bad("frame of 65,793 bytes", b"\x42\x01\x01\x40" + u32(len(big)) + big, "say", 4005)
    bad("frame of 65,793 bytes of the peer wing: too large comes first", b"\x50\x01\x01\x40" + u32(len(big)) + big,
        "say", 4005)
    for kind in (0x0000, 0x0001, 0x0010, 0x00FF, 0x0105, 0x010F, 0x011A, 0x0129, 0x0138, 0x0144, 0x0158, 0x017F, 0x0189,
                 0x01FF, 0x0200):
        bad(f"type 0x{kind:04x} is not given", ground.frame(kind, b"\xa0", BUSINESS), "ack")
    for kind in wire.EXPORTER:
        bad(f"type 0x{kind:04x} of the exporter's socket", ground.frame(kind, b"\xa0", BUSINESS), "ack", 4004,
            assumed="a type of section 14 at the business door is a frame of another door, not an unknown one")

    # Bounds.
    shapes = {name: wire.FRAMES[kind][3] for name, kind in wire.TYPE_OF.items()}
    packed = {name: shapes[name].pack(pair[0]) for name, pair in plain_samples.items()}
    bare = {name: shapes[name].pack(pair[1]) for name, pair in plain_samples.items()}
    for role in (0, 4, 255):
        body(f"login: role {role}", "login", {**packed["login"], 0: role})
        body(f"welcome: role {role}", "welcome", {**packed["welcome"], 0: role})
    for rule in (0, 33, 999):
        body(f"refused: rule {rule}, which has no name", "refused", {0: 1, 1: rule})
    body("find: domain and business id", "find", {**packed["find"], 2: bytes(32)},
         assumed="'exactly one of 1 and 2' is part of the body's form")
    body("find: neither domain nor business id", "find", {0: 1},
         assumed="'exactly one of 1 and 2' is part of the body's form")
    for why, domain in (("without a dot", "bakery"), ("with a capital", "Bakery.example"), ("empty", ""),
                        ("with an underscore", "my_bakery.example"), ("with a space", "bakery .example"),
                        ("with a port", "bakery.example:443"), ("of 254 characters", "a." + "b" * 252),
                        ("outside ASCII", "bäckerei.example"),
                        ("with a label of 64 characters", "a" * 64 + ".example"), ("with an empty label", "bakery..example"),
                        ("with a dot in front", ".bakery.example"), ("with a dot behind", "bakery.example."),
                        ("with a hyphen in front", "-bakery.example"), ("with a hyphen behind", "bakery-.example"),
                        ("that is an address", "192.0.2.1")):
        body(f"find: domain {why}", "find", {0: 1, 1: domain})
        body(f"enrol: domain {why}", "enrol", {**packed["enrol"], 2: domain})
    good("find: domain of 253 characters", "find", {"n": 1, "domain": ".".join(["a" * 63] * 3 + ["b" * 61])})
    for n in (0, 20, 255):
        body(f"enrol: industry {n}", "enrol", {**packed["enrol"], 3: n})
    for name, why in (("", "empty"), ("x" * 81, "of 81 characters"), ("a\nb", "with a line end"),
                      ("a\u202eb", "with a right-to-left override"), ("a\u2028b", "with a line separator"),
                      ("a\u200bb", "with a zero-width space"), ("\ufeffa", "with a byte order mark"),
                      ("a\u2060b", "with a word joiner"), ("a\u200eb", "with a left-to-right mark"), ("a\0", "with a zero")):
        body(f"enrol: name {why}", "enrol", {**packed["enrol"], 1: name})
    good("enrol: name of 80 characters and 320 bytes", "enrol", {**plain_samples["enrol"][0], "name": "😀" * 80})
    good("enrol: name with both joiners", "enrol", {**plain_samples["enrol"][0], "name": "a\u200cb\u200dc"})
    for why, name in (("empty", ""), ("of 81 characters", "x" * 81), ("with a right-to-left override", "a\u202eb")):
        body(f"enrol: provider's name {why}", "enrol", {**packed["enrol"], 4: {0: 2, 1: name}})
    for why, hosting in (("by 0", {0: 0}), ("by 4", {0: 4}), ("empty", {})):
        body(f"enrol: hosting {why}", "enrol", {**packed["enrol"], 4: hosting})
    for why, hosting in (("by a provider without a name", {0: 2}), ("by itself with a name", {0: 1, 1: "X"}),
                         ("by the operator with a name", {0: 3, 1: "X"})):
        body(f"enrol: hosting {why}", "enrol", {**packed["enrol"], 4: hosting},
             assumed="the name stands exactly with a named provider, and otherwise the body is malformed")
    good("enrol: hosted by the operator", "enrol", {**plain_samples["enrol"][0], "hosting": {"by": 3}})
    bundle = plain_samples["taken"][0]["sealed"]
    good("shelve: thirty-two one-time bundles", "shelve", {"n": 1, "clear_shelf": False, "one_time": [bundle] * 32})
    body("shelve: thirty-three one-time bundles", "shelve", {**bare["shelve"], 2: [bundle] * 33})
    body("shelve: second one-time bundle is short", "shelve", {**bare["shelve"], 2: [bundle, bundle[:-1]]})
    for name, key in (("begin", 5), ("held-is", 4)):
        for why, cats in (("four categories", [1, 2, 3, 3]), ("category 0", [0]), ("category 4", [4])):
            body(f"{name}: {why}", name, {**packed[name], key: cats})
        for why, cats in (("category twice", [1, 1]), ("categories descending", [2, 1])):
            body(f"{name}: {why}", name, {**packed[name], key: cats}, assumed="categories are strictly ascending")
    for c in (0, 4):
        body(f"opt: category {c}", "opt", {**packed["opt"], 1: c})
    for key, (name, at) in enumerate((("begin", 6), ("consent", 2), ("declare", 1), ("held-is", 5))):
        for why, pairs in (("fields descending", [[5, 2], [4, "DE"]]), ("field twice", [[4, "DE"], [4, "FR"]]),
                           ("field 0", [[0, 1]]), ("field 15", [[15, 1]]), ("country XX", [[4, "XX"]]),
                           ("pair of one", [[4]]), ("pair of three", [[4, "DE", 0]]), ("value of another field", [[4, 1]])):
            body(f"{name}: declared with {why}", name, {**packed[name], at: pairs})
        for f, value in ((8, NOW), (9, 3), (10, NOW), (13, b"\xc0\x00\x02\x01")):
            body(f"{name}: declared with field {f}, which the relay observes", name, {**packed[name], at: [[f, value]]},
                 assumed="a declared value of an observed field is malformed")
    for n in (0, 6):
        body(f"submitted: template state {n}", "submitted", {**packed["submitted"], 2: n})
        body(f"report: why {n}", "report", {**packed["report"], 7: n})
    body("submitted: thirty-three lint rules", "submitted", {**packed["submitted"], 3: [1] * 33})
    body("templates-are: 501 templates", "templates-are", {0: 1, 1: [{0: bytes(16), 1: 1}] * 501})
    good("templates-are: 500 templates", "templates-are", {"n": 1, "templates": [{"template_id": bytes(16), "state": 1}] * 500})
    body("templates-are: reason 8", "templates-are", {0: 1, 1: [{0: bytes(16), 1: 1, 2: 8}]},
         assumed="the reason of a template and of an event is 11.3's reason")
    body("consistent: sixty-five hashes", "consistent", {**packed["consistent"], 2: [bytes(32)] * 65})
    good("consistent: sixty-four hashes", "consistent", {"n": 1, "note": b"x", "hashes": [bytes(32)] * 64})
    body("consents-are: seventeen consents", "consents-are", {0: 1, 1: [{0: b"", 1: bytes(64)}] * 17, 2: False})
    record = shapes["disclosures-are"].pack(plain_samples["disclosures-are"][0])[1]
    body("disclosures-are: nine records", "disclosures-are", {0: 1, 1: [record[1]] * 9, 2: False, 3: b"x"})
    for key, why in ((2, "outcome without its inclusion"), (3, "inclusion without its outcome")):
        body(f"disclosures-are: {why}", "disclosures-are",
             {0: 1, 1: [{k: x for k, x in record[0].items() if k != 5 - key}], 2: False, 3: b"x"},
             assumed="an outcome and its inclusion come together")
    for name, at in (("say", 2), ("report", 4)):
        whole, reply = packed[name], bare[name]
        for c in (0, 4):
            body(f"{name}: class {c}", name, {**reply, at: {**reply[at], 0: c}})
        body(f"{name}: class template without template id and version", name, {**whole, at: {**reply[at], 0: 2}})
        for key, why in ((2, "template id"), (3, "version")):
            body(f"{name}: class template without {why}", name,
                 {**whole, at: {k: x for k, x in whole[at].items() if k != key}})
            body(f"{name}: class reply with {why}", name, {**reply, at: {**reply[at], key: whole[at][key]}})
            body(f"{name}: class control with {why}", name, {**reply, at: {**reply[at], 0: 3, key: whole[at][key]}})
    for n in (0, 4_095, 4_097, 16_383, 65_535):
        body(f"say: envelope of {n:,} bytes", "say", {**packed["say"], 3: bytes(n)})
    for n in (16_384, 65_536):
        good(f"say: envelope of {n:,} bytes", "say", {**plain_samples["say"][0], "n": BIG, "envelope": bytes(n),
                                                       "clear": {**plain_samples["say"][0]["clear"], "version": BIG}})
    message = {**events["message"][0], "tag": BIG, "sequence": BIG, "seconds": BIG, "window_expires_at": BIG}
    good("event message: largest numbers and envelope fit a frame", "event",
         {**message, "envelope": bytes(65_536), "clear": {**message["clear"], "version": BIG}})
    e = EVENT.pack(events["left"][0])
    for kind in (0, 11, 255):
        body(f"event: kind {kind}", "event", {**e, 6: kind})
    body("event: sequence 0", "event", {**e, 3: 0}, assumed="a sequence begins at 1, as in section 6")
    body("event left: with a reason", "event", {**e, 17: 1})
    body("event left: with the fields of a message", "event", {**EVENT.pack(events["message"][1]), 6: 3})
    body("event disclosed: disclosure of 1,025 bytes", "event",
         {**EVENT.pack(events["disclosed"][0]), 13: bytes(1_025)}, assumed="what section 11.5 says in a comment is a bound")
    for n in (0, 8):
        body(f"event revoked: reason {n}", "event", {**e, 6: 8, 17: n})
    body("event began: region 6", "event", {**e, 6: 2, 10: [], 14: 6})
    bad("submit: template inside that is no CBOR, for another role", ground.frame(0x0123, cbor_encode({0: 1, 1: b"x"}), BUSINESS),
        "submit", 4006, role=CUSTOMER)
    good("submit: bytes that are no template", "submit", {"n": 1, "template": b"\xff"},
         assumed="what a submitted template breaks is answered with template-refused and lint, not by closing")
    return b.vectors


