"""Vectors of the ledger's notes: checkpoints, what is proven under one, and the memory
of the newest (SPEC 13.3 to 13.5). They stand in ledger.json, behind the tree's.
"""

import hashlib

from broken import breakings
from business_shapes import CONSISTENCY, PROVEN
from ground import BUSINESS, LP, cbor_encode, label
from ledger import (
    NO_ENTRY, checkpoint_text, consistency_path, inclusion_path, key_id, leaf_hash, make_entry, make_note, numbered_entry,
    root_of, signature_line)
from plain import SMALL_ED, flip, high_s
from proof import ed_public, sign

ORIGIN = "partywall/relay.example:7444"


def checkpoints(b, dice):
    seed, root = dice(32), dice(32)
    key = ed_public(seed)
    text = checkpoint_text(ORIGIN, 42, root)

    def line(t=text, s=seed, name=ORIGIN, identity=None, signature=None):
        return signature_line(name, identity or key_id(name, ed_public(s)), signature or sign(s, t.encode()))

    def good(name, note, size=42, root=root, origin=ORIGIN, **more):
        b.add(f"checkpoint: {name}", True, what="checkpoint", origin=origin, key=key, note=note, size=size, root=root, **more)

    def bad(name, note, origin=ORIGIN, key=key, **more):
        b.add(f"checkpoint: {name}", False, what="checkpoint", origin=origin, key=key,
              note=note.encode() if isinstance(note, str) else note, size=None, root=None, **more)

    def signed(t):
        return t + "\n" + line(t)
    witness = dice(32)
    theirs = line(s=witness, name="witness.example/w1")
    good("of 42 entries", make_note(ORIGIN, 42, root, seed, key))
    good("of no entry", make_note(ORIGIN, 0, NO_ENTRY, seed, key), 0, NO_ENTRY)
    good("of one entry", make_note(ORIGIN, 1, root, seed, key), 1)
    good("of 2^48 - 1 entries", make_note(ORIGIN, 2**48 - 1, root, seed, key), 2**48 - 1)
    for n in (2**48, 2**64 - 1):
        good(f"of {n} entries", make_note(ORIGIN, n, root, seed, key), n,
             assumed="L-7's bound of 2^64 holds for a text, although 13.1 says that a size is below 2^48")
    good("with a witness's line behind", (text + "\n" + line() + theirs).encode())
    good("with a witness's line in front", (text + "\n" + theirs + line()).encode())
    good("with the operator's line twice", (text + "\n" + line() + line()).encode())
    good("with lines of the same name and other key ids", (text + "\n" + line(s=witness) + line()).encode())
    good("with a line of another name and the same key id",
         (text + "\n" + line(name="other.example", identity=key_id(ORIGIN, key), signature=bytes(64)) + line()).encode())
    good("with a witness's signature of five kilobytes", (text + "\n" + line(
        name="w", identity=bytes(4), signature=bytes(5_000)) + line()).encode())
    fill = 8_192 - len((text + "\n" + line()).encode()) - len(signature_line("w", bytes(4), b"").encode())
    pad_name = "w" + "x" * (fill % 4)
    big = (text + "\n" + line(name=pad_name, identity=bytes(4), signature=bytes(fill // 4 * 3)) + line()).encode()
    while len(big) != 8_192:
        pad_name += "x"
        room = 8_192 - len((text + "\n" + line()).encode()) - len(f"\u2014 {pad_name} \n".encode())
        big = (text + "\n" + line(name=pad_name, identity=bytes(4), signature=bytes(room // 4 * 3 - 4)) + line()).encode()
    good("of 8,192 bytes", big)
    long = "partywall/" + "a" * 240 + ":7444"
    good("longest origin", make_note(long, 42, root, seed, key), origin=long)
    good("IPv6 origin", make_note("partywall/[2001:db8::7]:7444", 42, root, seed, key), origin="partywall/[2001:db8::7]:7444")

    bad("of 8,193 bytes", big.replace(pad_name.encode(), pad_name.encode() + b"x"))
    bad("empty", b"")
    bad("text alone", text)
    bad("text and an empty line", text + "\n")
    bad("no empty line", text + line())
    bad("two empty lines", text + "\n\n" + line())
    bad("an empty line at the end", text + "\n" + line() + "\n")
    bad("last newline cut", (text + "\n" + line())[:-1])
    bad("a byte cut from the signature", (text + "\n" + line())[:-3] + "\n")
    bad("carriage returns", (text + "\n" + line()).replace("\n", "\r\n"))
    bad("a tab in the signature line", (text + "\n" + line()).replace("\u2014 ", "\u2014\t"))
    bad("a hyphen for the dash", (text + "\n" + line()).replace("\u2014", "-"))
    bad("two hyphens for the dash", (text + "\n" + line()).replace("\u2014", "--"))
    bad("an en dash for the dash", (text + "\n" + line()).replace("\u2014", "\u2013"))
    bad("two blanks in the signature line", text + "\n" + line().replace(" ", "  ", 1))
    bad("a blank at the signature line's end", text + "\n" + line()[:-1] + " \n")
    bad("not UTF-8", (text + "\n" + line()).encode().replace(b"\xe2\x80\x94", b"\xe2\x80"))
    bad("a zero byte in another's line", (text + "\n" + theirs).replace("w1", "w\0").encode() + line().encode())
    bad("another's line is none", text + "\n" + "not a signature\n" + line())
    bad("another's line with + in its name", text + "\n" + line(name="a+b") + line())
    bad("another's line with broken base64", text + "\n" + "\u2014 w !!!!\n" + line())
    bad("another's line without base64", text + "\n" + "\u2014 w \n" + line())
    bad("another's line of three bytes", text + "\n" + signature_line("w", b"abc", b"") + line())
    bad("another's line of a key id and no signature", text + "\n" + signature_line("w", b"abcd", b"") + line(),
        assumed="a signature line's base64 has more than four bytes")
    bad("one bit of the text", flip((text + "\n" + line()).encode(), len(ORIGIN) + 1))
    good_line = line()
    bad("signature of another text", text + "\n" + line(checkpoint_text(ORIGIN, 43, root)))
    bad("another key's signature under the operator's key id", text + "\n" + line(
        identity=key_id(ORIGIN, key), signature=sign(witness, text.encode())))
    bad("one right line and one of the same name and key id that does not verify", text + "\n" + good_line + line(
        identity=key_id(ORIGIN, key), signature=bytes(64)))
    bad("the same, the broken one first", text + "\n" + line(identity=key_id(ORIGIN, key), signature=bytes(64)) + good_line)
    bad("a witness's line alone", text + "\n" + theirs)
    bad("operator's key, another name", text + "\n" + line(name="partywall/other.example:7444"))
    bad("operator's key, key id of another name", text + "\n" + line(identity=key_id("partywall/other", key)))
    bad("key id in the other byte order", text + "\n" + line(identity=key_id(ORIGIN, key)[::-1]))
    bad("key id without the algorithm byte", text + "\n" + line(
        identity=hashlib.sha256(ORIGIN.encode() + b"\n" + key).digest()[:4]))
    bad("S plus the group order", text + "\n" + line(signature=high_s(sign(seed, text.encode()))))
    bad("signature of 63 bytes", text + "\n" + line(signature=sign(seed, text.encode())[:-1]))
    bad("signature of 65 bytes", text + "\n" + line(signature=sign(seed, text.encode()) + b"\x00"))
    bad("key of small order", text + "\n" + line(), key=SMALL_ED[1])
    bad("signed with the label of a certificate", text + "\n" + line(
        signature=sign(seed, LP(label(BUSINESS, "certificate"), text.encode()))))
    bad("signature over the text without its last newline", text + "\n" + line(signature=sign(seed, text[:-1].encode())))
    bad("signature over text and empty line", text + "\n" + line(signature=sign(seed, (text + "\n").encode())))
    bad("base64 without padding", text + "\n" + line().replace("=", ""))
    bad("base64 of the URL alphabet", signed(checkpoint_text(ORIGIN, 42, b"\xfb\xff" + root[2:]).replace("+", "-").replace("/", "_").replace(
        "partywall_", "partywall/")))
    bad("another origin, signed", signed(checkpoint_text("partywall/other.example:7444", 42, root)))
    bad("asked of another origin", make_note(ORIGIN, 42, root, seed, key), origin="partywall/other.example:7444")
    b64 = text.split("\n")[2]
    for why, t in (
            ("four lines", text + "extension\n"), ("two lines", f"{ORIGIN}\n42\n"), ("an empty line within", f"{ORIGIN}\n\n42\n{b64}\n"),
            ("size 042", text.replace("\n42\n", "\n042\n")), ("size +42", text.replace("\n42\n", "\n+42\n")),
            ("size -1", text.replace("\n42\n", "\n-1\n")), ("size 00", text.replace("\n42\n", "\n00\n")), ("size empty", text.replace("\n42\n", "\n \n")),
            ("size 0x2a", text.replace("\n42\n", "\n0x2a\n")), ("size 2^64", text.replace("\n42\n", f"\n{2**64}\n")),
            ("size in other digits", text.replace("\n42\n", "\n\u0664\u0662\n")), ("a blank behind the size", text.replace("\n42\n", "\n42 \n")),
            ("size 0 with another root", text.replace("\n42\n", "\n0\n")), ("root of 31 bytes", checkpoint_text(ORIGIN, 42, root[:-1])),
            ("root of 33 bytes", checkpoint_text(ORIGIN, 42, root + b"\x00")), ("root without padding", text.replace("=", "")),
            ("root as hex", f"{ORIGIN}\n42\n{root.hex()}\n"), ("unused bits of the root's base64 set", text[:-3] + chr(ord(text[-3]) + 1) + "=\n"),
            ("a blank in front of the origin", " " + text), ("origin in capitals", text.replace("relay", "RELAY"))):
        bad(f"{why}, signed", signed(t))


def proven(b, dice):
    seed = dice(32)
    key = ed_public(seed)
    payloads = [cbor_encode({0: 6, 1: list(range(i + 1))}) for i in range(11)]
    salts = [dice(32) for _ in payloads]
    leaves = [leaf_hash(make_entry(p, s)) for p, s in zip(payloads, salts)]

    def build(i=4, n=11, opening=None, inclusion=None, note=None):
        o = {"index": i, "salt": salts[i], "payload": payloads[i], **(opening or {})}
        inc = {"index": i, "size": n, "hashes": inclusion_path(i, leaves[:n]), **(inclusion or {})}
        note = note or make_note(ORIGIN, n, root_of(leaves[:n]), seed, key)
        return PROVEN.encode({"opening": o, "inclusion": inc, "checkpoint": note})

    def add(name, valid, data, payload=None, **f):
        b.add(f"proven: {name}", valid, what="proven", **{"origin": ORIGIN, "key": key, "hex": data, "payload": payload, **f})
    for i, n in ((0, 1), (0, 11), (4, 11), (10, 11), (4, 5), (7, 8)):
        add(f"{i} in {n}", True, build(i, n), payloads[i])
    right = build()
    add("another salt", False, build(opening={"salt": dice(32)}))
    add("another payload", False, build(opening={"payload": payloads[3]}))
    add("a zero byte behind the payload", False, build(opening={"payload": payloads[4] + b"\x00"}))
    add("opening of another index", False, build(opening={"index": 5}))
    add("inclusion of another index", False, build(inclusion={"index": 5}))
    add("opening and inclusion of another index", False, build(opening={"index": 5}, inclusion={"index": 5}))
    add("inclusion of another size", False, build(inclusion={"size": 10}))
    add("inclusion of another size with its own hashes", False, build(inclusion={"size": 10, "hashes": inclusion_path(4, leaves[:10])}))
    add("index as large as the size", False, build(opening={"index": 11}, inclusion={"index": 11}))
    add("checkpoint of another size", False, build(note=make_note(ORIGIN, 10, root_of(leaves[:10]), seed, key)))
    add("checkpoint of the same size and another root", False, build(note=make_note(ORIGIN, 11, dice(32), seed, key)))
    add("checkpoint of another origin", False, build(note=make_note("partywall/other.example:1", 11, root_of(leaves), seed, key)))
    other = dice(32)
    add("checkpoint of another key", False, build(note=make_note(ORIGIN, 11, root_of(leaves), other, ed_public(other))))
    add("last hash left out", False, build(inclusion={"hashes": inclusion_path(4, leaves)[:-1]}))
    add("a hash more", False, build(inclusion={"hashes": inclusion_path(4, leaves) + [dice(32)]}))
    add("asked of another key", False, right, key=ed_public(other))
    for why, data in breakings(PROVEN, PROVEN.pack(PROVEN.decode(right))):
        add(why, False, data)


def memory(b, dice):
    seed = dice(32)
    key = ed_public(seed)
    leaves = [leaf_hash(numbered_entry(i)) for i in range(20)]
    forked = leaves[:3] + [dice(32)] + leaves[4:]

    def note(n, of=leaves, s=seed, origin=ORIGIN):
        return make_note(origin, n, root_of(of[:n]), s, ed_public(s))

    def proof(m, n, of=leaves, **f):
        return CONSISTENCY.encode({"old": m, "new": n, "hashes": consistency_path(m, of[:n]), **f})

    def add(name, fork, remembered, shown, proof=None, refused=False, **more):
        b.add(f"memory: {name}", fork is None and not refused, what="memory", origin=ORIGIN, key=key, remembered=remembered, shown=shown,
              proof=proof, fork=fork, **more)
    add("larger, with its proof", None, note(7), note(20), proof(7, 20))
    add("larger by one", None, note(7), note(8), proof(7, 8))
    add("larger, from no entry", None, note(0), note(8), proof(0, 8))
    add("as large, the same note", None, note(7), note(7))
    two = (checkpoint_text(ORIGIN, 7, root_of(leaves[:7])) + "\n" + note(7).decode().split("\n\n")[1] * 2).encode()
    add("as large, the same root in another note", None, note(7), two)
    add("smaller", 1, note(7), note(6))
    add("smaller, with a proof from it", 1, note(7), note(6), proof(6, 7))
    add("no entry any more", 1, note(7), note(0))
    add("as large, another root", 2, note(7), note(7, forked))
    add("as large, another root, with an empty proof", 2, note(7), note(7, forked), CONSISTENCY.encode({"old": 7, "new": 7, "hashes": []}))
    add("larger, no proof", 3, note(7), note(20))
    add("larger, of another branch, with that branch's proof", 3, note(7), note(20, forked), proof(7, 20, forked))
    add("larger, proof of other sizes", 3, note(7), note(20), proof(6, 20))
    add("larger, proof to another size", 3, note(7), note(20), proof(7, 19))
    add("larger, last hash left out", 3, note(7), note(20), proof(7, 20, hashes=consistency_path(7, leaves)[:-1]))
    add("another operator's key, its own note", None, note(7), note(20, s=dice(32)), proof(7, 20), refused=True)
    add("another origin of the same key", None, note(7), note(20, origin="partywall/other.example:7444"), proof(7, 20), refused=True)
    add("a note that is none", None, note(7), b"a note", proof(7, 20), refused=True)
