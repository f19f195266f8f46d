"""Vectors of the sealed channel, first part: what its vectors are made with, and bundles.json.

"Otherwise right" is meant throughout: a broken vector carries keys and tags that fit, so
that only the check which its name speaks of can refuse it.
"""

import proof
from ground import BUSINESS, H, LP, PEER, cbor_encode, derive, label, u64, xseal
from plain import (
    LOW_X, NON_CANONICAL_ED, SMALL_ED, Book, accepts, bad_ek, flip, high_s, mixed_key, sign_identity_key,
    sign_mixed)
from proof import CT, Identity, encaps, sign, x_public
from ratchet import C1, HC, PREAMBLE, ZERO_CT, kdf_ck, kdf_rk, pack_header, seal_envelope
from session import (
    AHEAD, LAST_RESORT, ONE_TIME, BundleSecrets, Responder, SeededDice, bind, bundle_message, derive_root,
    hash_h1, seal_bundle, take_bundle, transcript)


NOW = 1_790_000_000
TOP = (proof.P + 5).to_bytes(32, "little")       # an X25519 key that is not reduced


def hx(v, key):
    return bytes.fromhex(v[key])


def wing_of(v):
    return v.get("wing", PEER)


def clear_of(v):
    """The clear part that came beside an envelope; None where none came."""
    return None if v.get("clear") is None else hx(v, "clear")


def binding_of(v):
    """B's binding; that of the peer wing is empty."""
    return bind(*(hx(v["binding"], k) for k in ("business_id", "hosting", "endpoint"))) if "binding" in v else b""


def fixed_dice(draws):
    """Dice that give recorded draws in the order in which a seal asks for them."""
    queue = [bytes.fromhex(draws[k]) for k in ("dh_secret", "kem_seed", "encaps_m", "r") if k in draws]

    def dice(n):
        out = queue.pop(0)
        if len(out) != n:
            raise AssertionError("draw of another size")
        return out
    return dice


HOSTING = cbor_encode({0: 2, 1: "Hosted Messaging GmbH"})      # a hosting label of 11.3


class Stage:
    """B with a link and a bundle, and A who has a fresh identity. In the business
    wing L is made from the business id (B-1), and there is a binding."""

    def __init__(self, dice, kind=ONE_TIME, wing=PEER, hosting=HOSTING):
        self.dice, self.wing = dice, wing
        self.B, self.A = Identity(dice(32), dice(32), wing), Identity(dice(32), dice(32), wing)
        self.L, self.bound, self.binding = dice(32), None, b""
        if wing == BUSINESS:
            account = proof.ed_public(self.L)
            self.bound = {"business_id": H(label(wing, "business"), account), "hosting": hosting,
                          "endpoint": self.B.Ed + self.B.IK}
            self.L, self.binding = H(label(wing, "business link"), self.bound["business_id"]), bind(**self.bound)
        self.keys = derive(self.L, wing)
        self.secrets = BundleSecrets.draw(dice, kind, NOW + 86_400 * 30)
        self.renew()

    def renew(self):
        self.bundle = self.secrets.sign(self.B, self.keys["drop"], self.wing)
        self.sealed = seal_bundle(self.keys["shelf_key"], self.dice(24), self.bundle, self.wing)

    def b_side(self):
        """What B needs to open a first flight."""
        s = self.secrets
        wing = {"wing": self.wing, "binding": self.bound} if self.bound else {}
        return {**wing, "b_ed_seed": self.B.ed_seed, "b_ik_secret": self.B.ik_secret, "id_B": self.B.id, "L": self.L,
                "drop": self.keys["drop"], "bid": s.bid, "kind": s.kind, "p_secret": s.p_secret,
                "kem_seed": s.kem_seed, "not_after": s.not_after, "bundle": self.bundle}

    def a_side(self):
        return {"a_ed_seed": self.A.ed_seed, "a_ik_secret": self.A.ik_secret, "Ed_A": self.A.Ed, "IK_A": self.A.IK,
                "sealed_bundle": self.sealed, "now": NOW}

    def responder(self):
        r = Responder(self.B, self.L, self.wing, self.binding)
        r.bundles[self.secrets.bid] = (self.secrets, self.bundle)
        return r


def load_responder(v):
    who = Identity(hx(v, "b_ed_seed"), hx(v, "b_ik_secret"), wing_of(v))
    s = BundleSecrets(hx(v, "bid"), v["kind"], hx(v, "p_secret"), hx(v, "kem_seed"), v["not_after"])
    r = Responder(who, hx(v, "L"), wing_of(v), binding_of(v))
    bundle = r.publish(s)
    if bundle.hex() != v["bundle"] or who.id.hex() != v["id_B"] or r.keys["drop"].hex() != v["drop"]:
        raise AssertionError(f"{v['name']}: B's side")
    return r


def first_flight(stage, E=None, dhs=None, ct=None, ss=None, Ed_A=None, IK_A=None, psk=None, drop=None,
                 binding=None, id_B=None, bundle=None, wing=None, n=0, pn=0, flags=1, header_ct=ZERO_CT,
                 dh=None, shared=None, ek=None, content=b"first", padded=None, c1_plain=None, bid=None,
                 mixed=(b"",), hk=None, direction=b"\x00", flight=None, clear=None):
    """A first flight from its parts, everything else right."""
    wing = wing or stage.wing
    binding = stage.binding if binding is None else binding
    dice = stage.dice
    e, m, a = dice(32), dice(32), stage.A
    E = E or x_public(e)
    if ct is None:
        ct, made = encaps(stage.secrets.ek, m)
        ss = ss or made
    if dhs is None:
        dhs = (proof.DH(e, stage.B.IK), proof.DH(e, stage.secrets.P), proof.DH(a.ik_secret, stage.secrets.P))
    Ed_A, IK_A, bundle = Ed_A or a.Ed, IK_A or a.IK, bundle or stage.bundle
    v = transcript(drop or stage.keys["drop"], binding, id_B or stage.B.id, bundle, E, ct,
                   Ed_A, IK_A, dhs, ss, psk or stage.keys["psk"], wing)
    if bid:
        v["preamble"] = bid + v["preamble"][16:]
    if c1_plain is not None:
        v["c1"] = c1_plain(v)
        v["preamble"] = v["preamble"][:-C1] + v["c1"]
        v["h1"] = hash_h1(v["h0"], v["c1"], Ed_A, IK_A, wing)
        v.update(derive_root(v["k2"], v["h1"], wing))
    secret, seed = dice(32), dice(64)
    shared = shared or proof.DH(secret, stage.secrets.P)
    _, CK, _ = kdf_rk(v["RK"], shared, *mixed, wing=wing)
    for _ in range(n + 1):
        mk, CK = kdf_ck(CK, wing)
    header = pack_header(flags, dh or x_public(secret), ek or proof.kem_public(seed), header_ct, pn, n)
    h1 = v["h1"] if flight is None else flight
    return seal_envelope(hk(v) if hk else v["HK_ab"], mk, v["sid"], direction, h1, v["preamble"], header, content,
                         dice(24), padded, wing, clear)


FIRST_REGIONS = (
    ("bid", 0), ("bid's last byte", 15), ("E", 16), ("E's last byte, low bit", 47), ("ct", 48),
    ("ct's last byte", 48 + CT - 1), ("c1", 48 + CT), ("c1's tag", PREAMBLE - 1), ("r", PREAMBLE),
    ("r's last byte", PREAMBLE + 23), ("header: flags", PREAMBLE + 24), ("header: dh", PREAMBLE + 25),
    ("header: n", PREAMBLE + 24 + 2312), ("header tag", PREAMBLE + 24 + 2313), ("header tag's last byte", PREAMBLE + 24 + HC - 1),
    ("body", PREAMBLE + 24 + HC), ("body's padding", -17), ("body tag", -16), ("body tag's last byte", -1))
LATER_REGIONS = (
    ("r", 0), ("r's last byte", 23), ("header: flags", 24), ("header: dh", 25), ("header: ek", 100),
    ("header: ct", 1500), ("header: pn", 24 + 2305), ("header: n", 24 + 2312), ("header tag", 24 + 2313),
    ("header tag's last byte", 24 + HC - 1), ("body", 24 + HC), ("body's padding", -17), ("body tag", -16),
    ("body tag's last byte", -1))


def bad_paddings(room, content=b"padded"):
    fill = room - len(content)
    yield "no 0x80, zeros only", content + bytes(fill)
    yield "0x00 throughout", bytes(room)
    yield "0x81 in place of 0x80", content + b"\x81" + bytes(fill - 1)
    yield "0x01 in place of 0x80", content + b"\x01" + bytes(fill - 1)
    yield "last byte not zero", content + b"\x80" + bytes(fill - 2) + b"\x01"
    yield "one byte within not zero", content + b"\x80" + bytes(fill // 2) + b"\x7f" + bytes(fill - 2 - fill // 2)


def check_bundle_vector(v):
    wing = wing_of(v)
    args = (hx(v, "L"), hx(v, "id"), hx(v, "drop"), hx(v, "sealed_bundle"), v["now"], wing)
    if accepts(take_bundle, *args) != v["valid"]:
        raise AssertionError(v["name"])
    if not v["valid"]:
        return
    bundle, f = take_bundle(*args)
    who = Identity(hx(v, "ed_seed"), hx(v, "ik_secret"), wing)
    secrets = BundleSecrets(hx(v, "bid"), v["kind"], hx(v, "p_secret"), hx(v, "kem_seed"), v["not_after"])
    keys = derive(hx(v, "L"), wing)
    ok = (bundle.hex() == v["bundle"] and secrets.sign(who, keys["drop"], wing) == bundle
          and who.id.hex() == v["id"] and keys["drop"].hex() == v["drop"]
          and seal_bundle(keys["shelf_key"], hx(v, "nonce"), bundle, wing).hex() == v["sealed_bundle"])
    if not ok:
        raise AssertionError(v["name"])


def bundles():
    dice = SeededDice("bundles")
    b = Book(check_bundle_vector)
    who, L = Identity(dice(32), dice(32)), dice(32)
    keys = derive(L)
    drop, shelf = keys["drop"], keys["shelf_key"]
    soon = NOW + 30 * 86_400

    def good(name, kind=ONE_TIME, not_after=soon):
        s, nonce = BundleSecrets.draw(dice, kind, not_after), dice(24)
        bundle = s.sign(who, drop)
        b.add(name, True, ed_seed=who.ed_seed, ik_secret=who.ik_secret, L=L, id=who.id, drop=drop, now=NOW,
              bid=s.bid, kind=kind, p_secret=s.p_secret, kem_seed=s.kem_seed, not_after=not_after, bundle=bundle,
              nonce=nonce, sealed_bundle=seal_bundle(shelf, nonce, bundle))
        return s, bundle

    secrets, bundle = good("one-time bundle")
    good("last-resort bundle", LAST_RESORT)
    good("not_after exactly 400 days ahead", not_after=NOW + AHEAD)
    good("not_after one second ahead", not_after=NOW + 1)

    def bad(name, bundle=bundle, sealed=None, **fields):
        if sealed is None:
            sealed = seal_bundle(shelf, dice(24), bundle)
        b.add(name, False, **{"L": L, "id": who.id, "drop": drop, "now": NOW, "sealed_bundle": sealed, **fields})

    def front(bid=secrets.bid, kind=1, P=secrets.P, ek=secrets.ek, not_after=soon, Ed=who.Ed, IK=who.IK):
        return bid + bytes([kind]) + P + ek + u64(not_after) + Ed + IK

    def resigned(name, **fields):
        f = front(**fields)
        bad(name, f + sign(who.ed_seed, bundle_message(drop, f)),
            id=proof.identity_id(who.Ed, fields.get("IK", who.IK)))

    for kind in (0, 3, 255):
        resigned(f"kind {kind}, signed", kind=kind)
    for i, low in enumerate(LOW_X):
        resigned(f"P of small order {i}, signed", P=low)
        resigned(f"IK_B of small order {i}, signed, id fits", IK=low)
    resigned("P with its top bit set, signed", P=flip(secrets.P, 31, 7))
    resigned("P not reduced, signed", P=TOP)
    resigned("IK_B with its top bit set, signed, id fits", IK=flip(who.IK, 31, 7))
    resigned("IK_B not reduced, signed, id fits", IK=TOP)
    for at, value in ((0, 3329), (767, 3329), (100, 4095)):
        resigned(f"ek with coefficient {at} = {value}, signed", ek=bad_ek(secrets.ek, at, value))
    resigned("not_after has passed by a second", not_after=NOW - 1)
    resigned("not_after 0", not_after=0)
    resigned("not_after 400 days and a second ahead", not_after=NOW + AHEAD + 1)
    resigned("not_after 2^64 - 1", not_after=2**64 - 1)

    f = front(Ed=mixed_key(who.ed_seed))
    bad("Ed_B outside the prime-order subgroup, equation fits, id fits",
        f + sign_mixed(who.ed_seed, bundle_message(drop, f)), id=proof.identity_id(mixed_key(who.ed_seed), who.IK))
    f = front(Ed=SMALL_ED[0])
    bad("Ed_B is the identity point, equation fits, id fits",
        f + sign_identity_key(bundle_message(drop, f)), id=proof.identity_id(SMALL_ED[0], who.IK))
    f = front(Ed=NON_CANONICAL_ED[0])
    bad("Ed_B not canonical, id fits",
        f + sign_identity_key(bundle_message(drop, f)), id=proof.identity_id(NON_CANONICAL_ED[0], who.IK))

    # Signed, then changed.
    other, osec = Identity(dice(32), dice(32)), BundleSecrets.draw(dice, 1, soon)
    sig = bundle[1305:]
    for field, value in (("bid", osec.bid), ("kind", 2), ("P", osec.P), ("ek", osec.ek), ("not_after", soon + 1)):
        bad(f"signature of another {field}", front(**{field: value}) + sig)
    bad("signature of another Ed_B, id fits", front(Ed=other.Ed) + sig, id=proof.identity_id(other.Ed, who.IK))
    bad("signature of another IK_B, id fits", front(IK=other.IK) + sig, id=proof.identity_id(who.Ed, other.IK))
    bad("one bit of the signature's R", flip(bundle, 1305))
    bad("one bit of the signature's S", flip(bundle, 1340))
    bad("signature with S plus the group order", bundle[:1305] + high_s(sig))
    bad("signature zero", bundle[:1305] + bytes(64))
    bad("signature for another drop id",
        front() + sign(who.ed_seed, bundle_message(dice(32), front())))
    bad("signature with the label of the business wing",
        front() + sign(who.ed_seed, bundle_message(drop, front(), BUSINESS)))
    bad("signature over another suite",
        front() + sign(who.ed_seed, LP(label(PEER, "bundle"), b"\x00\x02", drop, front())))
    bad("signature without the suite",
        front() + sign(who.ed_seed, LP(label(PEER, "bundle"), drop, front())))
    bad("wrong fingerprint: another identity's whole bundle",
        osec.sign(other, drop))
    bad("wrong fingerprint: one bit of the link's id", id=flip(who.id, 31))
    bad("wrong fingerprint: Ed and IK swapped in the id", id=proof.identity_id(who.IK, who.Ed))
    bad("wrong shelf key: made with another L", sealed=seal_bundle(derive(dice(32))["shelf_key"], dice(24), bundle))
    bad("wrong shelf key: the business wing's", sealed=seal_bundle(derive(L, BUSINESS)["shelf_key"], dice(24), bundle))
    bad("wrong shelf key: the PSK", sealed=seal_bundle(keys["psk"], dice(24), bundle))
    nonce = dice(24)
    sealed = seal_bundle(shelf, nonce, bundle)
    bad("label of the business wing in the seal", sealed=seal_bundle(shelf, nonce, bundle, BUSINESS))
    bad("no associated data in the seal", sealed=nonce + xseal(shelf, nonce, b"", bundle))
    for at, why in ((0, "nonce"), (23, "nonce's last byte"), (24, "bid"), (800, "ek"), (1392, "signature"),
                    (1393, "tag"), (1408, "tag's last byte")):
        bad(f"one bit of the sealed bundle: {why}", sealed=flip(sealed, at))
    bad("sealed bundle of 1,408 bytes", sealed=sealed[:-1])
    bad("sealed bundle of 1,410 bytes", sealed=sealed + b"\x00")
    bad("sealed bundle of no bytes", sealed=b"")
    bad("bundle of 1,368 bytes, sealed", bundle=bundle[:-1])
    bad("bundle of 1,370 bytes, sealed", bundle=bundle + b"\x00")
    bad("bundle that is not sealed", sealed=bundle + bytes(40))
    return b.vectors
