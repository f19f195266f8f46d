"""Vectors of labels, hashes, keys, identities, proofs and safety numbers (SPEC 1, 2, 5.3, 6.1): hashes.json."""

import conversation
import ground
import peer
import proof
from ground import (
    BUSINESS, GROUND, H, LABELS, LP, PEER, derive, expand, extract, label, u32)
from plain import (
    LOW_X, NON_CANONICAL_ED, SMALL_ED, TORSION, Book, accepts, bad_ek, flip, high_s, mixed_key, plain, sign_identity_key,
    sign_identity_r, sign_mixed)
from session import SeededDice


def _x(v, key):
    return bytes.fromhex(v[key])


def check_hash(v):
    what, wing = v["what"], v.get("wing")

    def expect(key, got):
        if plain(got) != v[key]:
            raise AssertionError(f"{v['name']}: {key} is {plain(got)}")

    def run():
        if what == "label":
            expect("label", label(wing, v["label_name"]).decode())
        elif what == "LP":
            expect("out", LP(*(bytes.fromhex(p) for p in v["parts"])))
        elif what == "H":
            expect("out", H(v["label"].encode(), *(bytes.fromhex(p) for p in v["parts"])))
        elif what == "Extract":
            expect("out", extract(_x(v, "salt"), *(bytes.fromhex(p) for p in v["parts"])))
        elif what == "Expand":
            expect("out", expand(_x(v, "key"), v["n"], v["label"].encode(),
                                 *(bytes.fromhex(p) for p in v["parts"])))
        elif what == "link secret":
            for k, got in derive(_x(v, "L"), wing).items():
                expect(k, got)
        elif what == "identity":
            i = proof.Identity(_x(v, "ed_seed"), _x(v, "ik_secret"), wing)
            expect("Ed", i.Ed)
            expect("IK", i.IK)
            expect("id", i.id)
        elif what == "safety number":
            expect("digits", conversation.safety_number(_x(v, "one"), _x(v, "other"), wing))
        elif what == "ed25519 key":
            proof.check_ed(_x(v, "key"))
        elif what == "x25519":
            expect("out", proof.DH(_x(v, "secret"), _x(v, "public")))
        elif what == "x25519 key":
            proof.check_x(_x(v, "key"))
        elif what == "signature":
            proof.verify(_x(v, "key"), _x(v, "message"), _x(v, "signature"))
        elif what == "vouch":
            if v["valid"]:
                expect("message", proof.vouch_message(_x(v, "spki"), v["not_after"]))
                expect("signature", proof.make_vouch(_x(v, "relay_seed"), _x(v, "spki"), v["not_after"]))
            proof.check_vouch(_x(v, "relay_key"), _x(v, "spki"), v["not_after"], _x(v, "signature"), v["now"])
        elif what in ("create", "attach"):
            parts = [_x(v, k) for k in ("relay_key", "reader", "drop", "hello_nonce", "nonce", "spki")
                     if what == "create" or k != "drop"]
            signer, message, checker = {
                "create": (peer.sign_create, peer.create_message, peer.check_create),
                "attach": (peer.sign_attach, peer.attach_message, peer.check_attach)}[what]
            if v["valid"]:
                expect("message", message(*parts))
                expect("signature", signer(_x(v, "reader_seed"), *parts))
            checker(*parts, _x(v, "signature"))
        elif what == "ml-kem":
            expect("ek", proof.kem_public(_x(v, "seed")))
            ct, ss = proof.encaps(_x(v, "ek"), _x(v, "m"))
            expect("ct", ct)
            expect("ss", ss)
            expect("ss", proof.decaps(_x(v, "seed"), ct))
        elif what == "ml-kem rejection":
            expect("ss", proof.decaps(_x(v, "seed"), _x(v, "ct")))
        elif what == "ml-kem ek":
            proof.check_ek(_x(v, "ek"))
        else:
            raise AssertionError(f"unknown: {what}")

    if accepts(run) != v["valid"]:
        raise AssertionError(v["name"])


def hashes():
    dice = SeededDice("hashes")
    b = Book(check_hash)
    for wing, names in LABELS.items():
        for name in names:
            b.add(f"label {wing}/{name}", True, what="label", wing=wing, label_name=name,
                  label=label(wing, name).decode())
    samples = [[], [b""], [b"", b""], [b"a"], [b"a", b"b"], [b"ab"], [b"ab", b""], [dice(32), dice(300)]]
    for i, parts in enumerate(samples):
        b.add(f"LP of sample {i}: {len(parts)} parts", True, what="LP", parts=parts, out=LP(*parts))
    for i, parts in enumerate(samples):
        for wing, name in ((PEER, "identity"), (BUSINESS, "identity"), (GROUND, "link")):
            lab = label(wing, name)
            b.add(f"H of sample {i} with {wing}/{name}", True, what="H", label=lab.decode(), parts=parts,
                  out=H(lab, *parts))
    for i, parts in enumerate(samples):
        salt = dice(32)
        b.add(f"Extract of sample {i}", True, what="Extract", salt=salt, parts=parts, out=extract(salt, *parts))
    for i, n in enumerate((32, 60, 96, 128)):
        for parts in ([], [b""], [dice(32)], [dice(24), dice(5)]):
            key, lab = dice(32), label(PEER, "root")
            b.add(f"Expand to {n} with {len(parts)} parts of {sum(map(len, parts))} bytes", True, what="Expand",
                  key=key, n=n, label=lab.decode(), parts=parts, out=expand(key, n, lab, *parts))
    for wing in (PEER, BUSINESS):
        for i in range(3):
            L = bytes(32) if i == 0 else dice(32)
            b.add(f"capability, shelf key, psk and drop id from L, {wing} {i}", True, what="link secret",
                  wing=wing, L=L, **derive(L, wing))
            x = proof.Identity(dice(32), dice(32), wing)
            b.add(f"identity id, {wing} {i}", True, what="identity", wing=wing, ed_seed=x.ed_seed,
                  ik_secret=x.ik_secret, Ed=x.Ed, IK=x.IK, id=x.id)
            one, other = dice(32), dice(32)
            b.add(f"safety number, {wing} {i}", True, what="safety number", wing=wing, one=one, other=other,
                  digits=conversation.safety_number(one, other, wing))
            b.add(f"safety number, {wing} {i}, seen from the other side", True, what="safety number", wing=wing,
                  one=other, other=one, digits=conversation.safety_number(one, other, wing))
    # A safety number with a group that begins with a zero.
    i = 0
    while True:
        one, other = bytes(32), H(b"search", u32(i))
        digits = conversation.safety_number(one, other)
        if " 00" in digits:
            b.add("safety number with leading zeros in a group", True, what="safety number", wing=PEER, one=one,
                  other=other, digits=digits)
            break
        i += 1

    for i in range(2):
        seed, m = dice(32), dice(64)
        b.add(f"X25519 {i}", True, what="x25519", secret=seed, public=proof.x_public(m[:32]),
              out=proof.DH(seed, proof.x_public(m[:32])))
    for i, low in enumerate(LOW_X):
        b.add(f"X25519 with a point of small order {i}: the result is zero", False, what="x25519", secret=dice(32),
              public=low, out=bytes(32))
    good = proof.x_public(dice(32))
    b.add("X25519 key", True, what="x25519 key", key=good)
    b.add("X25519 key 2^255 - 20, the largest", True, what="x25519 key", key=(proof.P - 1).to_bytes(32, "little"))
    b.add("X25519 key with its top bit set", False, what="x25519 key", key=flip(good, 31, 7))
    for d in (0, 1, 18):
        b.add(f"X25519 key 2^255 - 19 + {d}", False, what="x25519 key", key=(proof.P + d).to_bytes(32, "little"))

    seed = dice(32)
    m = dice(50)
    key, signature = proof.ed_public(seed), proof.sign(seed, m)
    b.add("Ed25519 key", True, what="ed25519 key", key=key)
    for i, small in enumerate(SMALL_ED):
        b.add(f"Ed25519 key of small order: {i} times a point of order 8", False, what="ed25519 key", key=small)
    for i, raw in enumerate(NON_CANONICAL_ED):
        b.add(f"Ed25519 key not canonical {i}", False, what="ed25519 key", key=raw)
    b.add("Ed25519 key outside the prime-order subgroup", False, what="ed25519 key", key=mixed_key(seed))
    y = 2
    while accepts(proof.decode_point, y.to_bytes(32, "little")):
        y += 1
    b.add("Ed25519 key that is not a point", False, what="ed25519 key", key=y.to_bytes(32, "little"))
    b.add("Ed25519 signature", True, what="signature", key=key, message=m, signature=signature)
    b.add("Ed25519 signature of nothing", True, what="signature", key=key, message=b"", signature=proof.sign(seed, b""))

    def no(name, **f):
        f = {"key": key, "message": m, "signature": signature, **f}
        b.add(f"Ed25519 signature: {name}", False, what="signature", **f)
    no("S plus the group order", signature=high_s(signature))
    no("R is the identity point", signature=sign_identity_r(seed, m))
    no("one bit of R", signature=flip(signature, 3))
    no("one bit of S", signature=flip(signature, 40))
    no("another message", message=m + b"\x00")
    no("another key", key=proof.ed_public(dice(32)))
    no("key outside the prime-order subgroup, equation fits", key=mixed_key(seed), signature=sign_mixed(seed, m))
    no("key is the identity point, equation fits", key=SMALL_ED[0], signature=sign_identity_key(m))
    # R with a component of order two: the equation with the cofactor would fit.
    while True:
        r = int.from_bytes(dice(32), "little") % proof.ORDER
        R = proof.encode_point(proof.add(proof.mul(r, proof.BASE), proof.mul(4, TORSION)))
        k = proof.ed_challenge(R, key, m)
        no("fits only the equation with the cofactor",
           signature=R + ((r + k * proof.ed_scalar(seed)) % proof.ORDER).to_bytes(32, "little"))
        break

    relay_seed, spki, now, after = dice(32), dice(32), 1_790_000_000, 1_790_086_400
    relay = proof.ed_public(relay_seed)
    v = {"what": "vouch", "relay_seed": relay_seed, "relay_key": relay, "spki": spki, "not_after": after, "now": now,
         "message": proof.vouch_message(spki, after), "signature": proof.make_vouch(relay_seed, spki, after)}
    b.add("vouch", True, **v)
    b.add("vouch: passed", False, **{**v, "now": after + 1})
    b.add("vouch: another spki", False, **{**v, "spki": flip(spki, 0)})
    b.add("vouch: another not_after", False, **{**v, "not_after": after + 1})
    b.add("vouch: another relay key", False, **{**v, "relay_key": proof.ed_public(dice(32))})
    b.add("vouch: S plus the group order", False, **{**v, "signature": high_s(v["signature"])})
    b.add("vouch: signature without its label", False,
          **{**v, "signature": proof.sign(relay_seed, LP(spki, ground.u64(after)))})
    b.add("vouch: signature with a label of another wing", False,
          **{**v, "signature": proof.sign(relay_seed, LP(b"partywall/1/peer/vouch", spki, ground.u64(after)))})

    reader_seed = dice(32)
    c = {"relay_key": relay, "reader_seed": reader_seed, "reader": proof.ed_public(reader_seed), "drop": dice(32),
         "hello_nonce": dice(32), "nonce": dice(32), "spki": spki}
    order = ("relay_key", "reader", "drop", "hello_nonce", "nonce", "spki")
    parts = [c[k] for k in order]
    a_parts = [c[k] for k in order if k != "drop"]
    create = {**c, "message": peer.create_message(*parts), "signature": peer.sign_create(reader_seed, *parts)}
    attach = {**c, "message": peer.attach_message(*a_parts), "signature": peer.sign_attach(reader_seed, *a_parts)}
    del attach["drop"]
    b.add("create's signature", True, what="create", **create)
    b.add("attach's signature", True, what="attach", **attach)
    for what, fields in (("create", create), ("attach", attach)):
        for k in order:
            if k in fields and k != "reader":
                b.add(f"{what}'s signature: another {k}", False, what=what, **{**fields, k: flip(fields[k], 5)})
        b.add(f"{what}'s signature: another reader", False, what=what,
              **{**fields, "reader": proof.ed_public(dice(32))})
        b.add(f"{what}'s signature: reader of small order", False, what=what, **{**fields, "reader": SMALL_ED[1]})
        b.add(f"{what}'s signature: nonces swapped", False, what=what,
              **{**fields, "nonce": fields["hello_nonce"], "hello_nonce": fields["nonce"]})
        b.add(f"{what}'s signature: S plus the group order", False, what=what,
              **{**fields, "signature": high_s(fields["signature"])})
    b.add("create's signature: attach's in its place", False, what="create",
          **{**create, "signature": attach["signature"]})
    b.add("attach's signature: create's in its place", False, what="attach",
          **{**attach, "signature": create["signature"]})

    for i in range(3):
        seed, m = dice(64), dice(32)
        ek = proof.kem_public(seed)
        ct, ss = proof.encaps(ek, m)
        b.add(f"ML-KEM-768 {i}", True, what="ml-kem", seed=seed, m=m, ek=ek, ct=ct, ss=ss)
    b.add("ML-KEM-768 implicit rejection", True, what="ml-kem rejection", seed=seed, ct=flip(ct, 100),
          ss=proof.decaps(seed, flip(ct, 100)))
    b.add("ML-KEM-768 ek", True, what="ml-kem ek", ek=ek)
    b.add("ML-KEM-768 ek with coefficient 3328", True, what="ml-kem ek", ek=bad_ek(ek, 5, 3328))
    for at in (0, 1, 383, 767):
        b.add(f"ML-KEM-768 ek with coefficient {at} = 3329", False, what="ml-kem ek", ek=bad_ek(ek, at))
    b.add("ML-KEM-768 ek with coefficient 4095", False, what="ml-kem ek", ek=bad_ek(ek, 100, 4095))
    b.add("ML-KEM-768 ek one byte short", False, what="ml-kem ek", ek=ek[:-1])
    b.add("ML-KEM-768 ek one byte long", False, what="ml-kem ek", ek=ek + b"\x00")
    return b.vectors
