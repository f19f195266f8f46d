"""Vectors of the business wing's links, ids, proofs, certificates and franking
(SPEC 11.1 to 11.3, 11.6, 11.7): business-links.json, business-proofs.json.
"""

import business_ids as ids
import linking
import proof
from broken import breakings
from business_said import check_report
from business_templates import ORDER, TEMPLATE, submit
from business_shapes import APPROVED, CERTIFICATE, CLEAR, CONTENT, ERASURE, REVOCATION
from ground import (
    BUSINESS, H, LP, Refused, cbor_encode, derive, label, u64)
from linking import BUSINESS_LINK
from plain import SMALL_ED, Book, accepts, flip, high_s, plain
from proof import ed_public, sign
from session import SeededDice

NOW = 1_790_000_000
HOUR = 3_600


def hx(v, key):
    return bytes.fromhex(v[key])


# ---------------------------------------------------------------- links


def check_link(v):
    try:
        parts = plain(linking.parse_link(v["link"]))
    except Refused:
        if v["valid"]:
            raise AssertionError(v["name"]) from None
        return
    if not v["valid"] or parts != v["parts"]:
        raise AssertionError(v["name"])


def links():
    dice = SeededDice("business links")
    b = Book(check_link)
    key, host, authority = ed_public(dice(32)), "relay.example", "relay.example:7444"

    def good(name, fields, scheme="https", port=7444):
        link = linking.make_link(BUSINESS_LINK, fields, host, port, scheme)
        b.add(name, True, link=link, parts=linking.parse_link(link))

    def bad(name, body, kind=b"\x03", **more):
        b.add(name, False, link=linking.raw_link("https", authority, authority, kind + body), **more)

    shop = {"key": key, "domain": "bakery.example"}
    more = {**shop, "authorities": ["second.example:443", "[2001:db8::1]:7444"]}
    for scheme in ("https", "partywall"):
        good(f"key alone, {scheme}", {"key": key}, scheme)
        good(f"domain, {scheme}", shop, scheme)
        good(f"domain and two authorities, {scheme}", more, scheme)
    good("port 443", shop, port=443)
    good("domain of 253 characters", {"key": key, "domain": ".".join(["a" * 63] * 3 + ["b" * 61])})
    good("domain of three characters", {"key": key, "domain": "a.b"})
    good("domain with digits and hyphens", {"key": key, "domain": "xn--bcker-gra.3.example"})
    packed = linking.LINK_SHAPES[BUSINESS_LINK].pack(more)
    for why, data in breakings(linking.LINK_SHAPES[BUSINESS_LINK], packed):
        bad(why, data)
    for why, domain in (("without a dot", "bakery"), ("empty", ""), ("with a capital", "Bakery.example"),
                        ("of 254 characters", "a." + "b" * 252), ("outside ASCII", "bäckerei.example"),
                        ("with an underscore", "my_bakery.example"), ("with a port", "bakery.example:443"),
                        ("with a slash", "bakery.example/"), ("with a space", "bakery.example ")):
        bad(f"domain {why}", cbor_encode({0: key, 1: domain}))
    bad("no authorities in a list", cbor_encode({0: key, 4: []}))
    bad("three authorities", cbor_encode({0: key, 4: ["a.b:1"] * 3}))
    bad("authority without a port", cbor_encode({0: key, 4: ["a.b"]}))
    bad("a pass in place of the domain", cbor_encode({0: key, 1: dice(32)}))
    bad("kind of a relay link", cbor_encode({0: key, 1: "bakery.example"}), b"\x01")
    bad("kind of a contact link", cbor_encode({0: key, 1: "bakery.example"}), b"\x02")
    inner = b"\x03" + cbor_encode({0: key, 1: "bakery.example"})
    payload = linking.b64(inner + H(label(BUSINESS, "business link"), authority.encode(), inner)[:4])
    b.add("check with a label of the business wing", False, link=f"https://{authority}/#{payload}")
    link = b.vectors[1]["link"]
    for at in range(link.index("#") + 1, len(link), 5):
        b.add(f"one character changed: number {at}", False,
              link=link[:at] + ("b" if link[at] == "a" else "a") + link[at + 1:])
    b.add("made for another port", False, link=link.replace("7444", "7445"))
    return b.vectors


# ---------------------------------------------------------------- proofs


def read_certificate(signed, business_key, domain, now):
    """B-7 and B-8, but for the ledger."""
    raw = ids.open_signed("certificate", signed, business_key)
    f = CERTIFICATE.decode(raw)
    if not f["not_before"] <= now <= f["not_after"]:
        raise Refused("dates")
    if f["not_after"] - f["not_before"] > HOUR:
        raise Refused("valid for more than an hour")
    if ids.business_id(f["key"]) != f["business_id"]:
        raise Refused("business id is not the hash of the account key")
    if f["domain"] != domain:
        raise Refused("another domain")
    return f


def read_approved(business_key, approved, business, wanted):
    """B-13, B-21: the template's bytes, approved for this business and of this id."""
    f = APPROVED.decode(approved)
    proof.verify(business_key, ids.approval_message(f["business_id"], f["bytes"]), f["signature"])
    if f["business_id"] != business or ids.template_id(business, f["bytes"]) != wanted:
        raise Refused("another template, or another business's")
    submit(f["bytes"])
    return f["bytes"]


def check_proof(v):
    what = v["what"]

    def expect(key, got):
        if plain(got) != v[key]:
            raise AssertionError(f"{v['name']}: {key} is {plain(got)}")

    def run():
        if what == "business id":
            expect("business_id", ids.business_id(hx(v, "account_key")))
            L = ids.link_secret(hx(v, "business_id"))
            expect("L", L)
            for k, got in derive(L, BUSINESS).items():
                expect(k, got)
        elif what == "conversation id":
            expect("conversation", ids.conversation_id(hx(v, "business_id"), hx(v, "pairwise_key")))
            expect("tombstone", ids.tombstone(hx(v, "conversation")))
        elif what == "template id":
            expect("template_id", ids.template_id(hx(v, "business_id"), hx(v, "template")))
        elif what == "login":
            parts = [hx(v, "business_key"), v["role"], *(hx(v, k) for k in ("key", "hello_nonce", "nonce", "spki"))]
            if v["valid"]:
                expect("message", ids.login_message(*parts))
                expect("signature", sign(hx(v, "seed"), hx(v, "message")))
            ids.check_login(*parts, hx(v, "signature"))
        elif what == "certificate":
            f = read_certificate(hx(v, "signed"), hx(v, "business_key"), v["domain"], v["now"])
            expect("fields", f)
            raw = ids.SIGNED.decode(hx(v, "signed"))["bytes"]
            expect("bytes", raw)
            expect("hash", ids.certificate_hash(raw))
            expect("signed", ids.make_signed("certificate", CERTIFICATE.encode(f), hx(v, "business_seed")))
        elif what in ("revocation", "erasure"):
            shape = REVOCATION if what == "revocation" else ERASURE
            f = shape.decode(ids.open_signed(what, hx(v, "signed"), hx(v, "business_key")))
            expect("fields", f)
            expect("signed", ids.make_signed(what, shape.encode(f), hx(v, "business_seed")))
        elif what == "approval":
            got = read_approved(hx(v, "business_key"), hx(v, "approved"), hx(v, "business_id"), hx(v, "template_id"))
            expect("template", got)
        elif what == "frank":
            expect("C", ids.frank(hx(v, "kf"), hx(v, "content")))
            expect("mark", ids.mark(hx(v, "frank_key"), hx(v, "C"), hx(v, "conversation"), v["direction"], v["seconds"]))
        elif what == "report":
            check_report(*(hx(v, k) for k in ("frank_key", "content", "kf", "clear", "mark", "conversation")), v["seconds"])
        else:
            raise AssertionError(f"unknown: {what}")

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


def add_signed(b, dice, what, shape, fields, seed, more, tries):
    """A valid `signed`, and everything that can be wrong with one."""
    key, raw = ed_public(seed), shape.encode(fields)
    good = ids.make_signed(what, raw, seed)
    base = {"what": what, "business_key": key, **more}
    shown = {"business_seed": seed, "fields": shape.decode(raw)}
    if what == "certificate":
        shown.update(bytes=raw, hash=ids.certificate_hash(raw))
    b.add(what, True, **base, signed=good, **shown)

    def bad(name, signed, **f):
        b.add(f"{what}: {name}", False, **{**base, "signed": signed, **f})

    def resigned(name, mapping, **f):
        bad(name, ids.make_signed(what, cbor_encode(mapping), seed), **f)

    bare = ids.SIGNED.decode(good)
    bad("one bit of what is signed", ids.SIGNED.encode({**bare, "bytes": flip(raw, 5)}))
    bad("one bit of the signature", ids.SIGNED.encode({**bare, "signature": flip(bare["signature"], 40)}))
    bad("S plus the group order", ids.SIGNED.encode({**bare, "signature": high_s(bare["signature"])}))
    bad("another business key", good, business_key=ed_public(dice(32)))
    bad("business key of small order", good, business_key=SMALL_ED[1])
    other = "revocation" if what == "certificate" else "certificate"
    bad(f"signed under the label {other}", ids.make_signed(other, raw, seed))
    bad("signed without a label", ids.SIGNED.encode({"bytes": raw, "signature": sign(seed, raw)}))
    bad("label and bytes joined without lengths",
        ids.SIGNED.encode({"bytes": raw, "signature": sign(seed, label(BUSINESS, what) + raw)}))
    bad("no signature", cbor_encode({0: raw}))
    bad("a byte after it", good + b"\x00")
    for why, data in breakings(shape, shape.pack(fields)):
        bad(f"signed, {why}", ids.make_signed(what, data, seed))
    for name, changes, extra in tries:
        resigned(f"signed, {name}", {**shape.pack(fields), **changes}, **extra)
    return bad


def proofs():
    dice = SeededDice("business proofs")
    b = Book(check_proof)
    seed, account_seed, domain = dice(32), dice(32), "bakery.example"
    business_key, account = ed_public(seed), ed_public(account_seed)
    business = ids.business_id(account)
    for i, key in enumerate((account, ed_public(dice(32)), bytes(32))):
        B = ids.business_id(key)
        L = ids.link_secret(B)
        b.add(f"business id, its L, capability, shelf key, psk and drop id {i}", True, what="business id", account_key=key,
              business_id=B, L=L, **derive(L, BUSINESS))
        pairwise = ed_public(dice(32))
        C = ids.conversation_id(B, pairwise)
        b.add(f"conversation id and tombstone {i}", True, what="conversation id", business_id=B, pairwise_key=pairwise,
              conversation=C, tombstone=ids.tombstone(C))
        template = dice(60 * i)
        b.add(f"template id {i}", True, what="template id", business_id=B, template=template,
              template_id=ids.template_id(B, template))

    # Login.
    for role, word in ((1, "customer"), (2, "business"), (3, "rights")):
        s = dice(32)
        f = {"business_key": business_key, "role": role, "key": ed_public(s), "hello_nonce": dice(32), "nonce": dice(32),
             "spki": dice(32)}
        message = ids.login_message(*f.values())
        good = {"what": "login", **f, "seed": s, "message": message, "signature": sign(s, message)}
        b.add(f"login as {word}", True, **good)

        def bad(name, **changed):
            b.add(f"login as {word}: {name}", False, **{**good, **changed})
        for k in ("business_key", "hello_nonce", "nonce", "spki"):
            bad(f"another {k}", **{k: flip(f[k], 9)})
        bad("another role", role=role % 3 + 1)
        bad("another key", key=ed_public(dice(32)))
        bad("key of small order", key=SMALL_ED[2])
        bad("nonces swapped", nonce=f["hello_nonce"], hello_nonce=f["nonce"])
        bad("S plus the group order", signature=high_s(good["signature"]))
        body = LP(*list(f.values())[:1], bytes([role]), *list(f.values())[2:])
        bad("signed without a label", signature=sign(s, body))
        bad("signed with the label of the peer wing's attach", signature=sign(
            s, LP(label("peer", "attach"), business_key, f["key"], f["hello_nonce"], f["nonce"], f["spki"])))
        bad("signed with the role as four bytes", signature=sign(s, LP(
            label(BUSINESS, "login"), business_key, bytes([0, 0, 0, role]), *list(f.values())[2:])))

    # Certificates and revocations.
    certificate = {"serial": 7, "business_id": business, "key": account, "name": "Bäckerei Süß", "domain": domain,
                   "industry": 2, "hosting": {"by": 2, "name": "Hosted Messaging GmbH"}, "endpoint": dice(64),
                   "not_before": NOW - 60, "not_after": NOW - 60 + HOUR, "revocations": 3}
    more = {"domain": domain, "now": NOW}
    edge = "not before and not after both belong to the time in which it is valid"
    bad = add_signed(b, dice, "certificate", CERTIFICATE, certificate, seed, more, [
        ("valid for an hour and a second", {9: NOW - 60 + HOUR + 1}, {}),
        ("not yet valid", {8: NOW + 1, 9: NOW + HOUR}, {}), ("passed", {8: NOW - HOUR, 9: NOW - 1}, {}),
        ("ends before it begins", {8: NOW + 10, 9: NOW - 10}, {}),
        ("business id is not the hash of the key", {1: dice(32)}, {}),
        ("key is another one", {2: ed_public(dice(32))}, {}),
        ("business id is the account key itself", {1: account}, {}),
        ("another domain", {4: "butcher.example"}, {}), ("a domain below the one asked for", {4: "a." + domain}, {}),
        ("industry 0", {5: 0}, {}), ("industry 20", {5: 20}, {}), ("name empty", {3: ""}, {}), ("name of 81 characters", {3: "ä" * 81}, {}), ("name with a left-to-right isolate", {3: "a\u2066b"}, {}),
        ("hosting 4", {6: {0: 4}}, {}), ("domain without a dot", {4: "bakery"}, {"domain": "bakery"}),
        ("hosting by a provider without a name", {6: {0: 2}}, {"assumed": "the name stands exactly with a named provider"}),
        ("hosting by itself with a name", {6: {0: 1, 1: "X"}}, {"assumed": "the name stands exactly with a named provider"}),
    ])
    for why, changed, extra in (
            ("at its last second", {"not_before": NOW - HOUR, "not_after": NOW}, {"assumed": edge}),
            ("at its first second", {"not_before": NOW, "not_after": NOW + HOUR}, {"assumed": edge}),
            ("for ten minutes, hosted by the operator", {"not_after": NOW + 540, "hosting": {"by": 3}}, {}),
            ("hosted by itself, industry 19, largest numbers", {"hosting": {"by": 1}, "industry": 19, "serial": 2**64 - 1,
                                                                "revocations": 2**64 - 1}, {})):
        raw = CERTIFICATE.encode({**certificate, **changed})
        b.add(f"certificate {why}", True, what="certificate", business_key=business_key, business_seed=seed, **more,
              signed=ids.make_signed("certificate", raw, seed), bytes=raw, hash=ids.certificate_hash(raw),
              fields=CERTIFICATE.decode(raw), **extra)
    bad("asked for another domain", b_signed(b, "certificate"), domain="butcher.example")
    revocation = {"sequence": 4, "business_id": business, "reason": 5, "seconds": NOW}
    add_signed(b, dice, "revocation", REVOCATION, revocation, seed, {}, [
        ("sequence 0", {0: 0}, {"assumed": "revocations count from 1"}), ("reason 0", {2: 0}, {}), ("reason 8", {2: 8}, {})])
    erasure = {"conversation": dice(32), "seconds": NOW, "entries": [0, 5, 2**40]}
    add_signed(b, dice, "erasure", ERASURE, erasure, seed, {}, [
        ("7,001 entries", {2: list(range(7_001))}, {}), ("entries descending", {2: [5, 4]}, {}),
        ("entry twice", {2: [5, 5]}, {})])
    raw = ERASURE.encode({**erasure, "entries": list(range(7_000))})
    b.add("erasure of 7,000 entries", True, what="erasure", business_key=business_key, business_seed=seed,
          signed=ids.make_signed("erasure", raw, seed), fields=ERASURE.decode(raw))

    # Approval.
    template = TEMPLATE.encode(ORDER)
    wanted = ids.template_id(business, template)
    message = ids.approval_message(business, template)
    ok = {"what": "approval", "business_key": business_key, "business_id": business, "template_id": wanted}

    def approved(raw=template, who=business, signature=None):
        return cbor_encode({0: raw, 1: who, 2: signature or sign(seed, message)})
    b.add("approval", True, **ok, approved=approved(), template=template)

    def no(name, data, **f):
        b.add(f"approval: {name}", False, **{**ok, "approved": data, **f})
    other = ids.business_id(ed_public(dice(32)))
    no("one bit of the template", approved(flip(template, 3)))
    no("one bit of the template, id fits", approved(flip(template, 3)), template_id=ids.template_id(business, flip(template, 3)))
    no("another business's, id fits", approved(who=other), business_id=other, template_id=ids.template_id(other, template))
    no("approved for another business", approved(who=other, signature=sign(seed, ids.approval_message(other, template))))
    no("signed without the business id", approved(signature=sign(seed, LP(label(BUSINESS, "template"), template))))
    no("signed under another label", approved(signature=sign(seed, LP(label(BUSINESS, "certificate"), business, template))))
    for why, raw in (("bytes that are no template", dice(90)), ("a template that lint refuses", TEMPLATE.encode({**ORDER, "body": "See www.x now."}))):
        message_of = ids.approval_message(business, raw)
        no(f"{why}, signed", approved(raw, signature=sign(seed, message_of)), template_id=ids.template_id(business, raw))
    no("another business key", approved(), business_key=account)
    no("of another id", approved(), template_id=flip(wanted, 0))
    no("without its signature", cbor_encode({0: template, 1: business}))

    # Franking and reports.
    frank_key, conversation, kf = dice(32), dice(32), dice(32)

    def said(what="text", **fields):
        return CONTENT.encode({"what": what, "sequence": 1, "milliseconds": NOW * 1000, "seen": 0, "kf": kf, **fields})
    content = said(text="hello")
    C = ids.frank(kf, content)
    for direction, word in ((0, "customer"), (1, "business")):
        b.add(f"frank and mark of what the {word} said", True, what="frank", frank_key=frank_key, content=content, kf=kf,
              C=C, mark=ids.mark(frank_key, C, conversation, direction, NOW), conversation=conversation,
              direction=direction, seconds=NOW)

    def report(name, valid, content=content, key=kf, clear=None, C=None, direction=1, marked=None, **changed):
        C = C or ids.frank(key, content)
        f = {"frank_key": frank_key, "content": content, "kf": key, "clear": CLEAR.encode({"class": 1, **(clear or {}), "frank": C}),
             "mark": marked or ids.mark(frank_key, C, conversation, direction, NOW), "conversation": conversation,
             "seconds": NOW, **changed}
        b.add(f"report: {name}", valid, what="report", **f)
    t = {"template_id": dice(16), "version": 2}
    by_template, buttons = said("template", **t, parameters=[]), said("buttons", text="?", choices=[{"id": "a", "title": "A"}])
    report("a text", True)
    report("buttons", True, buttons)
    report("a template", True, by_template, clear={"class": 2, **t})
    for k, value in (("content", content), ("kf", kf), ("conversation", conversation), ("frank_key", frank_key)):
        report(f"one bit of {k}", False, C=C, **{"key" if k == "kf" else k: flip(value, len(value) - 1)})
    report("one bit of the mark", False, marked=flip(ids.mark(frank_key, C, conversation, 1, NOW), 0))
    report("one bit of C", False, C=flip(C, 0), marked=ids.mark(frank_key, C, conversation, 1, NOW))
    report("another time", False, seconds=NOW + 1)
    report("what the customer said: mark of the other direction", False, direction=0)
    report("content that is not one, C and mark fit", False, content + b"\x00")
    report("kf that is not the content's own, C and mark fit", False, key=dice(32))
    report("class control, C and mark fit", False, clear={"class": 3})
    report("class template, C and mark fit", False, clear={"class": 2, **t})
    report("another template id, C and mark fit", False, by_template, clear={"class": 2, **t, "template_id": dice(16)})
    report("another version, C and mark fit", False, by_template, clear={"class": 2, **t, "version": 3})
    report("what only a customer says, C and mark fit", False, said("agent"))
    mark = ids.mac(frank_key, "frank", C, conversation, b"\x01", u64(NOW))
    report("mark under the label frank", False, marked=mark)
    mark = ids.mac(frank_key, "frank mark", C + conversation + b"\x01" + u64(NOW))
    report("mark over parts joined without lengths", False, marked=mark)
    return b.vectors


def b_signed(b, what):
    return bytes.fromhex(next(v["signed"] for v in b.vectors if v["what"] == what and v["valid"]))
