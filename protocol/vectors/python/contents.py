"""Vectors of what clients say in a peer session (SPEC 6): content.json."""

import conversation
import proof
from ground import Refused, cbor_encode
from plain import Book, plain
from session import SeededDice


def check_content(v):
    data = bytes.fromhex(v["hex"])
    try:
        fields = conversation.decode(data)
    except Refused:
        if v["valid"]:
            raise AssertionError(v["name"]) from None
        return
    if not v["valid"] or plain(fields) != v["fields"] or conversation.encode(fields) != data:
        raise AssertionError(v["name"])


def content():
    dice = SeededDice("content")
    b = Book(check_content)
    bare = {"sequence": 1, "milliseconds": 1_790_000_000_123, "seen": 0}
    reply = {"epoch": 1, "authorities": ["relay.example:443"], "key": proof.ed_public(dice(32)),
             "capability": dice(32)}
    moved = {"epoch": 2, "last": 0}
    renewal = {"bundle": dice(32) + bytes(1369 - 32), "secret": dice(32)}

    def good(name, **fields):
        data = conversation.encode({**bare, **fields})
        b.add(name, True, hex=data, fields=conversation.decode(data))

    def bad(name, mapping):
        b.add(name, False, hex=cbor_encode(mapping))

    good("bare")
    good("largest numbers", sequence=2**64 - 1, milliseconds=2**64 - 1, seen=2**64 - 1)
    good("written at the beginning of 1970", milliseconds=0)
    good("text", text="hello")
    good("text of no bytes: an empty line", text="")
    good("text of one byte", text="x")
    good("text of 60,000 bytes", text="x" * 60_000)
    good("text of 60,000 bytes in 20,000 characters", text="€" * 20_000)
    good("text with many scripts and a zero character", text="Grüße, 世界 😀\n\x00")
    good("reply-to", reply_to=reply)
    good("reply-to with three authorities", reply_to={
        **reply, "authorities": ["relay.example:443", "192.0.2.1:8443", "[2001:db8::1]:443"]})
    good("moved", moved=moved)
    good("one span", receipts=[[1, 1]])
    good("sixteen spans", receipts=[[i * 10 + 1, i * 10 + 5] for i in range(16)])
    good("renewal", renewal=renewal)
    good("everything", sequence=300, seen=299, text="all of it", reply_to=reply, moved=moved,
         receipts=[[1, 4], [6, 2**40]], renewal=renewal)

    p = {0: 1, 1: 1_790_000_000_123, 2: 0}
    r = conversation.REPLY_TO.pack(reply)
    n = conversation.RENEWAL.pack(renewal)
    for k, name in ((0, "sequence"), (1, "milliseconds"), (2, "highest seen")):
        bad(f"no {name}", {i: x for i, x in p.items() if i != k})
        bad(f"{name} as bytes", {**p, k: b"\x01"})
        bad(f"{name} negative", {**p, k: -1})
        bad(f"{name} true", {**p, k: True})
        bad(f"{name} null", {**p, k: None})
    bad("sequence 0", {**p, 0: 0})
    bad("unknown key 8", {**p, 8: 0})
    bad("unknown key 255", {**p, 255: 0})
    bad("text of 60,001 bytes", {**p, 3: "x" * 60_001})
    bad("text of 60,000 characters and 60,001 bytes", {**p, 3: "x" * 59_999 + "ä"})
    bad("text as bytes", {**p, 3: b"hello"})
    bad("null for the absent text", {**p, 3: None})
    b.add("text that is not UTF-8", False, hex=b"\xa4" + cbor_encode(p)[1:] + b"\x03\x62\xc3\x28")
    bad("reply-to empty", {**p, 4: {}})
    bad("reply-to epoch 0", {**p, 4: {**r, 0: 0}})
    bad("reply-to without authorities", {**p, 4: {**r, 1: []}})
    bad("reply-to with four authorities", {**p, 4: {**r, 1: ["a:1", "b:1", "c:1", "d:1"]}})
    bad("reply-to with an authority as bytes", {**p, 4: {**r, 1: [b"a:1"]}})
    bad("reply-to with a key of 31 bytes", {**p, 4: {**r, 2: r[2][:-1]}})
    bad("reply-to with a capability of 33 bytes", {**p, 4: {**r, 3: r[3] + b"\x00"}})
    bad("reply-to with an unknown key", {**p, 4: {**r, 4: 0}})
    bad("reply-to as an array", {**p, 4: [1]})
    bad("moved empty", {**p, 5: {}})
    bad("moved without the last", {**p, 5: {0: 1}})
    bad("moved to epoch 0", {**p, 5: {0: 0, 1: 0}})
    bad("moved with an unknown key", {**p, 5: {0: 1, 1: 0, 2: 0}})
    bad("no spans in a list", {**p, 6: []})
    bad("seventeen spans", {**p, 6: [[1, 1]] * 17})
    bad("span of one number", {**p, 6: [[1]]})
    bad("span of three numbers", {**p, 6: [[1, 2, 3]]})
    bad("span as a map", {**p, 6: [{0: 1, 1: 2}]})
    bad("span from 0", {**p, 6: [[0, 1]]})
    bad("span with bytes", {**p, 6: [[b"", 1]]})
    bad("renewal empty", {**p, 7: {}})
    bad("renewal with a bundle of 1,368 bytes", {**p, 7: {**n, 0: n[0][:-1]}})
    bad("renewal with a sealed bundle of 1,409 bytes", {**p, 7: {**n, 0: n[0] + bytes(40)}})
    bad("renewal without its secret", {**p, 7: {0: n[0]}})
    bad("renewal with a secret of 31 bytes", {**p, 7: {**n, 1: n[1][:-1]}})
    bad("renewal with an unknown key", {**p, 7: {**n, 2: 0}})
    for name, h in (("not a map", "80"), ("nothing", ""), ("a byte after the map", "a3000101000200" + "00"),
                    ("keys descending", "a3010000010200"), ("key twice", "a4000101000200 0200"),
                    ("sequence not in its shortest form", "a300180101000200"),
                    ("indefinite map", "bf000101000200ff"), ("float", "a30001 01f90000 0200"),
                    ("tagged time", "a3000101c1000200"), ("cut", "a30001010002"),
                    ("text key", "a4000101000200 616100")):
        b.add(name, False, hex=h.replace(" ", ""))
    return b.vectors
