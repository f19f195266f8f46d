"""Vectors of relay links and contact links (SPEC 3): links.json."""

import linking
import proof
from ground import H, Refused, cbor_encode
from linking import CONTACT_LINK, RELAY_LINK
from plain import Book, plain
from session import SeededDice


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
    dice = SeededDice("links")
    b = Book(check_link)

    def good(name, link):
        b.add(name, True, link=link, parts=linking.parse_link(link))

    def bad(name, link):
        b.add(name, False, link=link)

    key, pas = proof.ed_public(dice(32)), dice(32)
    relay = {"key": key}
    contact = {"key": key, "id": dice(32), "secret": dice(32), "once": False}
    for scheme in ("https", "partywall"):
        good(f"relay link, {scheme}", linking.make_link(RELAY_LINK, relay, "relay.example", scheme=scheme))
        good(f"relay link with a pass, {scheme}",
             linking.make_link(RELAY_LINK, {**relay, "pass": pas}, "relay.example", scheme=scheme))
        good(f"contact link, {scheme}", linking.make_link(CONTACT_LINK, contact, "relay.example", scheme=scheme))
        good(f"invitation, {scheme}",
             linking.make_link(CONTACT_LINK, {**contact, "once": True}, "relay.example", scheme=scheme))
    for port in (1, 80, 8443, 65_535):
        good(f"port {port}", linking.make_link(CONTACT_LINK, contact, "relay.example", port))
    good("port 443 written out", linking.make_link(CONTACT_LINK, contact, "relay.example", 443, write_port=True))
    good("IPv4", linking.make_link(RELAY_LINK, relay, "192.0.2.7"))
    good("IPv4 with a port", linking.make_link(RELAY_LINK, relay, "192.0.2.7", 8443))
    good("IPv6", linking.make_link(RELAY_LINK, relay, "[2001:db8::7]"))
    good("IPv6 with a port", linking.make_link(RELAY_LINK, relay, "[2001:db8::7]", 8443))
    good("IPv6 loopback, partywall", linking.make_link(CONTACT_LINK, contact, "[::1]", 9000, scheme="partywall"))
    good("host of one letter", linking.make_link(RELAY_LINK, relay, "r"))
    good("host with digits and hyphens", linking.make_link(RELAY_LINK, relay, "r-2.x--y.example0"))
    long = ".".join(["a" * 62] * 4)[:253 - 2] + ".b"
    good("host of 253 characters", linking.make_link(RELAY_LINK, relay, long))
    good("one further authority", linking.make_link(
        CONTACT_LINK, {**contact, "authorities": ["second.example:443"]}, "relay.example"))
    good("two further authorities, IPv4 and IPv6", linking.make_link(
        CONTACT_LINK, {**contact, "authorities": ["198.51.100.1:8443", "[2001:db8::1]:443"]}, "relay.example"))
    good("relay link with pass and further authorities", linking.make_link(
        RELAY_LINK, {**relay, "pass": pas, "authorities": ["second.example:8443", "third.example:1"]},
        "relay.example", 8443))

    base = linking.make_link(RELAY_LINK, relay, "relay.example", 8443)
    for i, ch in enumerate(base):
        other = {"0": "1", ":": ";", "/": "_", "#": "?", "-": "_", "_": "-", ".": "-"}.get(ch)
        if other is None:
            other = "b" if ch == "a" else "B" if ch == "A" else "2" if ch == "1" else "a"
        bad(f"one character changed: number {i}", base[:i] + other + base[i + 1:])
    for i in (0, 8, 12, 20, 27, 28, 40, len(base) - 1):
        bad(f"one character left out: number {i}", base[:i] + base[i + 1:])
    at = base.index("#")
    for i, ch in (("at", at + 6), ("near the end", len(base) - 3)):
        bad(f"two characters swapped {i}", base[:ch] + base[ch + 1] + base[ch] + base[ch + 2:])
        bad(f"case of one character {i}", base[:ch] + base[ch:].replace(
            next(c for c in base[ch:] if c.isalpha()), next(c for c in base[ch:] if c.isalpha()).swapcase(), 1))
    bad("one character more", base + "A")
    bad("padded with =", base + "=")
    bad("white space at the end", base + " ")
    bad("line end at the end", base + "\n")
    bad("white space in front", " " + base)
    bad("white space within", base[:at + 10] + " " + base[at + 10:])
    bad("percent escape", base[:at + 2] + "%41" + base[at + 3:])
    bad("alphabet of plain base64", base[:at + 10] + "+" + base[at + 11:])
    bad("letter outside ASCII", base[:at + 10] + "é" + base[at + 11:])
    bad("empty", "")
    bad("no payload", base[:at + 1])
    bad("no fragment", base[:at])
    bad("check alone", base[:at + 1] + linking.b64(bytes(4)))

    host, authority = "relay.example", "relay.example:443"

    def raw(name, inner, scheme="https", place=host, auth=authority):
        bad(name, linking.raw_link(scheme, place, auth, inner))

    body = linking.LINK_SHAPES[RELAY_LINK].encode(relay)
    cbody = linking.LINK_SHAPES[CONTACT_LINK].encode(contact)
    packed = linking.LINK_SHAPES[CONTACT_LINK].pack(contact)
    rpacked = linking.LINK_SHAPES[RELAY_LINK].pack(relay)
    ok = b"\x01" + body
    raw("another host: made for a different one", ok, auth="other.example:443")
    raw("another port: made for a different one", ok, auth="relay.example:8443")
    raw("check over the authority without its port", ok, auth="relay.example")
    full = ok + linking.link_check(authority, ok)
    bad("check zero", f"https://{host}/#" + linking.b64(full[:-4] + bytes(4)))
    bad("check over the body without its kind",
        f"https://{host}/#" + linking.b64(ok + linking.link_check(authority, body)))
    bad("check with a label of the peer wing",
        f"https://{host}/#" + linking.b64(ok + H(b"partywall/1/peer/link", authority.encode(), ok)[:4]))
    bad("check cut to three bytes", f"https://{host}/#" + linking.b64(full[:-1]))
    # A payload whose last character has unused bits: set them.
    for fields in (relay, {**relay, "pass": pas}, {**relay, "authorities": ["a.example:443"]},
                   {**relay, "authorities": ["ab.example:443"]}):
        text = linking.make_link(RELAY_LINK, fields, host)
        payload = text.split("#")[1]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if len(payload) % 4:
            last = alphabet[alphabet.index(payload[-1]) + 1]
            name = f"unused bits of the last character set, {len(payload) % 4} characters over"
            if name not in b.names:
                bad(name, text[:-1] + last)
    for kind in (0x00, 0x04, 0x42, 0xFF):
        raw(f"unknown kind 0x{kind:02x}", bytes([kind]) + body)
    raw("kind of a contact link on a relay link's body", b"\x02" + body)
    raw("kind of a relay link on a contact link's body", b"\x01" + cbody)
    raw("no body", b"\x01")
    raw("a byte after the body", ok + b"\x00")
    raw("relay link: unknown key", b"\x01" + cbor_encode({**rpacked, 9: 0}))
    raw("relay link: no key", b"\x01" + cbor_encode({}))
    raw("relay link: key of 31 bytes", b"\x01" + cbor_encode({0: key[:-1]}))
    raw("relay link: pass of 33 bytes", b"\x01" + cbor_encode({0: key, 1: pas + b"\x00"}))
    raw("relay link: null for the pass", b"\x01" + cbor_encode({0: key, 1: None}))
    for k, name in ((0, "key"), (1, "id"), (2, "secret"), (3, "once")):
        raw(f"contact link: no {name}", b"\x02" + cbor_encode({i: x for i, x in packed.items() if i != k}))
        if k < 3:
            raw(f"contact link: {name} of 31 bytes", b"\x02" + cbor_encode({**packed, k: packed[k][:-1]}))
    raw("contact link: once as an integer", b"\x02" + cbor_encode({**packed, 3: 1}))
    raw("contact link: unknown key", b"\x02" + cbor_encode({**packed, 5: 0}))
    raw("contact link: no further authorities in a list", b"\x02" + cbor_encode({**packed, 4: []}))
    raw("contact link: three further authorities", b"\x02" + cbor_encode({**packed, 4: ["a:1", "b:1", "c:1"]}))
    raw("contact link: further authority as bytes", b"\x02" + cbor_encode({**packed, 4: [b"a.example:443"]}))
    raw("contact link: further authority without a port", b"\x02" + cbor_encode({**packed, 4: ["a.example"]}))
    raw("contact link: body's keys descending", b"\x01\xa2" + b"\x01\x58\x20" + pas + b"\x00\x58\x20" + key)
    raw("relay link: body's length not in its shortest form", b"\x01\xb8\x01\x00\x58\x20" + key)
    raw("relay link: indefinite body", b"\x01\xbf\x00\x58\x20" + key + b"\xff")
    for scheme in ("http", "HTTPS", "Partywall", "wss", ""):
        raw(f"scheme {scheme or 'none'}", ok, scheme=scheme)
    for place, auth, why in (
            ("Relay.example", None, "host with a capital"), ("relay_1.example", None, "host with an underscore"),
            ("", None, "no host"), ("relay.example:", "relay.example:443", "empty port"),
            ("relay.example:0", "relay.example:0", "port 0"),
            ("relay.example:65536", "relay.example:65536", "port 65536"),
            ("relay.example:0443", "relay.example:443", "port with a leading zero"),
            ("relay.example:+443", "relay.example:443", "port with a sign"),
            ("relay.example:44a", "relay.example:44a", "port that is no number"),
            ("relay.example:443:443", "relay.example:443:443", "two ports"),
            ("user@relay.example", None, "user in front of the host"),
            ("relay.example ", None, "host with a space"),
            ("a" * 254, None, "host of 254 characters"),
            ("2001:db8::7", None, "IPv6 without brackets"),
            ("[2001:db8::7", None, "IPv6 with one bracket"), ("[2001:db8:::7]", None, "IPv6 with three colons"),
            ("[]", None, "empty brackets"), ("[relay.example]", None, "name in brackets"),
            ("[fe80::1%25eth0]", None, "IPv6 with a zone"), ("r%65lay.example", None, "host with an escape")):
        raw(why, ok, place=place, auth=auth or f"{place}:443")
    text = linking.make_link(RELAY_LINK, relay, host)
    bad("path before the fragment", text.replace("/#", "/x#"))
    bad("query before the fragment", text.replace("/#", "/?a#"))
    bad("no slash before the fragment", text.replace("/#", "#"))
    bad("two slashes before the fragment", text.replace("/#", "//#"))
    bad("second fragment", text + "#")
    return b.vectors
