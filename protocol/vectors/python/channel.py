"""Vectors of the sealed channel: bundles, handshake, conversation.

`generate.py` writes what these functions give. "Otherwise right" is meant
throughout: a broken vector carries keys and tags that fit, so that only the
check which its name speaks of can refuse it.
"""

import hashlib

import conversation as talk
import proof
from ground import (
    BUSINESS, H, LP, PEER, Refused, cbor_encode, derive, label, seal, u64, xseal)
from plain import (
    LOW_X, SMALL_ED, NON_CANONICAL_ED, Book, accepts, bad_ek, flip, high_s, mixed_key,
    plain, sign_identity_key, sign_mixed)
from proof import Identity, encaps, sign, x_public
from session import (
    AHEAD, C1, CT, HC, LAST_RESORT, ONE_TIME, OVERHEAD, PREAMBLE, ZERO_CT,
    BundleSecrets, Responder, SeededDice, Session, bundle_message, derive_root, initiate,
    hash_h1, kdf_ck, kdf_rk, key_c1, pack_header, read_preamble, seal_bundle,
    bind, seal_envelope, simulate, take_bundle, transcript)

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


# ---------------------------------------------------------------- bundles


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


# ---------------------------------------------------------------- handshake


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


HANDSHAKE = ("h0", "k1", "c1", "h1", "k2", "RK", "HK_ab", "NHK_ba", "sid", "preamble")


def check_handshake(v):
    r = load_responder(v)
    wing, binding, clear = wing_of(v), binding_of(v), clear_of(v)
    if v["what"] == "first flight":
        before = set(r.bundles), dict(r.sessions)
        try:
            _, content = r.open(hx(v, "envelope"), clear)
        except Refused:
            if v["valid"]:
                raise AssertionError(v["name"]) from None
            if before != (set(r.bundles), r.sessions):
                raise AssertionError(f"{v['name']}: something changed")
            return
        if not v["valid"] or content.hex() != v["content"]:
            raise AssertionError(v["name"])
        return
    if not v["valid"]:
        raise AssertionError(f"{v['name']}: a handshake in full is a valid one")
    secrets, bundle = r.bundles[hx(v, "bid")]
    # B's side.
    got = read_preamble(r.identity, secrets, bundle, r.keys["drop"], r.keys["psk"], hx(v, "preamble"), wing, binding)
    for k in HANDSHAKE + ("ss", "Ed_A", "IK_A"):
        if got[k].hex() != v[k]:
            raise AssertionError(f"{v['name']}: B's {k}")
    # A's side.
    a = Identity(hx(v, "a_ed_seed"), hx(v, "a_ik_secret"), wing)
    queue = [hx(v, "e"), hx(v, "m")]
    s = initiate(a, hx(v, "L"), hx(v, "id_B"), hx(v, "drop"), hx(v, "sealed_bundle"), v["now"],
                 lambda n: queue.pop(0), wing, binding)
    ct, ss = encaps(secrets.ek, hx(v, "m"))
    e, E = hx(v, "e"), x_public(hx(v, "e"))
    dhs = (proof.DH(e, r.identity.IK), proof.DH(e, secrets.P), proof.DH(a.ik_secret, secrets.P))
    t = transcript(r.keys["drop"], binding, r.identity.id, bundle, E, ct, a.Ed, a.IK, dhs, ss, r.keys["psk"], wing)
    t.update(ct=ct, ss=ss, E=E, dh_e_IK=dhs[0], dh_e_P=dhs[1], dh_a_P=dhs[2], psk=r.keys["psk"])
    for k in HANDSHAKE + ("ct", "ss", "E", "dh_e_IK", "dh_e_P", "dh_a_P", "psk"):
        if t[k].hex() != v[k]:
            raise AssertionError(f"{v['name']}: A's {k}")
    if plain(s.state()) != v["a_state"]:
        raise AssertionError(f"{v['name']}: A's state")
    if s.seal(hx(v, "content"), fixed_dice(v["draws"]), clear).hex() != v["envelope"]:
        raise AssertionError(f"{v['name']}: A's envelope")
    _, content = r.open(hx(v, "envelope"), clear)
    if content.hex() != v["content"]:
        raise AssertionError(f"{v['name']}: content")


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


def handshake():
    dice = SeededDice("handshake")
    b = Book(check_handshake)
    for name, kind, content in (("one-time bundle", ONE_TIME, b"hello"),
                                ("last-resort bundle", LAST_RESORT, b"hello again"),
                                ("one-time bundle, empty content", ONE_TIME, b"")):
        stage = Stage(dice, kind)
        e, m = dice(32), dice(32)
        queue = [e, m]
        s = initiate(stage.A, stage.L, stage.B.id, stage.keys["drop"], stage.sealed, NOW, lambda n: queue.pop(0))
        ct, ss = encaps(stage.secrets.ek, m)
        dhs = (proof.DH(e, stage.B.IK), proof.DH(e, stage.secrets.P), proof.DH(stage.A.ik_secret, stage.secrets.P))
        t = transcript(stage.keys["drop"], b"", stage.B.id, stage.bundle, x_public(e), ct, stage.A.Ed, stage.A.IK,
                       dhs, ss, stage.keys["psk"])
        state = s.state()
        envelope = s.seal(content, dice)
        b.add(name, True, what="handshake", **stage.b_side(), **stage.a_side(), e=e, m=m, E=x_public(e), ct=ct, ss=ss,
              psk=stage.keys["psk"], dh_e_IK=dhs[0], dh_e_P=dhs[1], dh_a_P=dhs[2], **{k: t[k] for k in HANDSHAKE},
              a_state=state, content=content, draws=s.last_draws, envelope=envelope)

    stage = Stage(dice)
    side = stage.b_side()

    def good(name, content=b"first", **f):
        b.add("first flight: " + name, True, what="first flight", **side, content=content,
              envelope=first_flight(stage, content=content, **f))

    def bad(name, envelope=None, **f):
        if envelope is None:
            envelope = first_flight(stage, **f)
        b.add("first flight: " + name, False, what="first flight", **side, envelope=envelope)

    good("as it should be")
    good("content of 510 bytes fills 4,096", dice(510))
    good("content of 511 bytes takes 16,384", dice(511))
    good("content of 12,798 bytes fills 16,384", dice(12_798))
    good("content of 12,799 bytes takes 65,536", dice(12_799))
    good("content of 61,950 bytes fills 65,536", dice(61_950))
    good("content that ends like padding", b"text\x80\x00\x00")
    good("the third message arrives first", n=2)
    good("n of 25,000 arrives first", n=25_000)

    zero = bytes(32)
    P, a, IK = stage.secrets.P, stage.A.ik_secret, stage.B.IK
    a_P = proof.DH(a, P)
    for i, low in enumerate(LOW_X):
        bad(f"E of small order {i}, keys from zero results", E=low, dhs=(zero, zero, a_P))
        e = dice(32)
        bad(f"IK_A of small order {i}, keys from a zero result", IK_A=low, E=x_public(e),
            dhs=(proof.DH(e, IK), proof.DH(e, P), zero))
        bad(f"dh of small order {i}, keys from a zero result", dh=low, shared=zero)
    e = dice(32)
    bad("E with its top bit set, otherwise right", E=flip(x_public(e), 31, 7),
        dhs=(proof.DH(e, IK), proof.DH(e, P), a_P))
    bad("E not reduced, otherwise right", E=TOP,
        dhs=(proof.raw_DH(stage.B.ik_secret, TOP), proof.raw_DH(stage.secrets.p_secret, TOP), a_P))
    bad("IK_A with its top bit set, otherwise right", IK_A=flip(stage.A.IK, 31, 7))
    e = dice(32)
    bad("IK_A not reduced, otherwise right", IK_A=TOP, E=x_public(e),
        dhs=(proof.DH(e, IK), proof.DH(e, P), proof.raw_DH(stage.secrets.p_secret, TOP)))
    bad("dh not reduced, otherwise right", dh=TOP, shared=proof.raw_DH(stage.secrets.p_secret, TOP))
    for i, small in enumerate(SMALL_ED):
        bad(f"Ed_A of small order: {i} times a point of order 8", Ed_A=small)
    for i, raw in enumerate(NON_CANONICAL_ED):
        bad(f"Ed_A not canonical {i}", Ed_A=raw)
    bad("Ed_A outside the prime-order subgroup", Ed_A=mixed_key(stage.A.ed_seed))
    bad("ek of the header with a coefficient of 3329", ek=bad_ek(proof.kem_public(dice(64))))
    bad("ek of the header with its last coefficient 4095", ek=bad_ek(proof.kem_public(dice(64)), 767, 4095))
    bad("flags 0x00", flags=0)
    bad("flags 0x02", flags=2)
    bad("flags 0x03", flags=3)
    bad("flags 0xff", flags=255)
    bad("ct of the header not zero", header_ct=bytes(CT - 1) + b"\x01")
    bad("ct of the header of a real encapsulation", header_ct=encaps(stage.secrets.ek, dice(32))[0])
    bad("pn 1 with no old chain", pn=1)
    bad("pn 2^32 - 1 with no old chain", pn=2**32 - 1)
    bad("n of 25,001", n=25_001)
    bad("PSK of another link", psk=derive(dice(32))["psk"])
    bad("PSK zero", psk=zero)
    bad("drop id of another mailbox", drop=dice(32))
    bad("binding not empty", binding=b"\x00")
    bad("id of another identity", id_B=dice(32))
    bad("another bundle with the same bid", bundle=flip(stage.bundle, 1300))
    bad("labels of the business wing", wing=BUSINESS)
    bad("unknown bid", bid=dice(16))
    bad("ss not the one of ct", ss=dice(32))
    bad("c1 under another associated data",
        c1_plain=lambda v: seal(derive_c1_key(v), b"", stage.A.Ed + stage.A.IK))
    bad("c1 with IK_A in front of Ed_A",
        c1_plain=lambda v: seal(derive_c1_key(v), v["h0"], stage.A.IK + stage.A.Ed))
    bad("header under NHK_ba", hk=lambda v: v["NHK_ba"])
    bad("header and body bound to the other direction", direction=b"\x01")
    bad("header and body not bound to h1", flight=b"")
    bad("header and body bound to another h1", flight=dice(32))
    bad("first turn that mixes no ss in place of an empty one", mixed=())
    bad("first turn that mixes DH with IK_A", mixed=(b"", a_P))
    for why, padded in bad_paddings(4_096 - OVERHEAD - PREAMBLE):
        bad(f"padding: {why}", padded=padded)
    envelope = first_flight(stage)
    for why, at in FIRST_REGIONS:
        at = at % len(envelope)
        bad(f"one bit of {why}", flip(envelope, at))
    bad("top bit of E set", flip(envelope, 47, 7))
    bad("without its preamble, filled up", envelope[PREAMBLE:] + bytes(PREAMBLE))
    bad("preamble twice", envelope[:PREAMBLE] + envelope[:-PREAMBLE])
    bad("preamble alone with zeros behind", envelope[:PREAMBLE] + bytes(4_096 - PREAMBLE))
    other = first_flight(stage)
    bad("preamble of one flight, envelope of another", other[:PREAMBLE] + envelope[PREAMBLE:])
    for size, data in ((0, b""), (16, envelope[:16]), (PREAMBLE, envelope[:PREAMBLE]), (4_095, envelope[:-1]),
                       (4_097, envelope + b"\x00"), (16_384, envelope + bytes(16_384 - 4_096))):
        bad(f"cut or lengthened to {size:,} bytes", data)
    shorter = first_flight(stage, padded=b"short\x80" + bytes(4_095 - PREAMBLE - OVERHEAD - 6))
    bad("size 4,095, tags right", shorter)
    return b.vectors


def derive_c1_key(v):
    return key_c1(v["k1"], v["h0"])


# ---------------------------------------------------------------- conversation


def open_with(v, setup):
    """Session after opening, and content; the session's state is compared when refused."""
    if v["state"] is None:
        session, content = load_responder(setup).open(hx(v, "envelope"), clear_of(v))
        return content
    ik = hx(setup, "a_ik_secret") if v["to"] == "a" else None
    s = Session.load(v["state"], ik, wing_of(setup))
    before = s.state()
    try:
        return s.open(hx(v, "envelope"), clear_of(v))
    except Refused:
        if s.state() != before:
            raise AssertionError(f"{v['name']}: the state changed") from None
        raise


def check_open(v, setup):
    try:
        content = open_with(v, setup)
    except Refused:
        if v["valid"]:
            raise AssertionError(v["name"]) from None
        return
    if not v["valid"] or content.hex() != v["content"]:
        raise AssertionError(v["name"])


def check_steps(name, steps, opener):
    for step in steps:
        try:
            content = opener(hx(step, "envelope"), clear_of(step))
        except Refused:
            if step["valid"]:
                raise AssertionError(f"{name}: {step['name']}") from None
            continue
        if not step["valid"] or content.hex() != step["content"]:
            raise AssertionError(f"{name}: {step['name']}")


class ConversationChecker:
    """Goes through conversation.json in order: the log once more from the recorded
    draws, each opening from its recorded state, and the broken ones."""

    def __init__(self):
        self.setup = None
        self.sides = {}
        self.sealed = {}

    def __call__(self, v):
        getattr(self, "on_" + v["what"])(v)

    def on_setup(self, v):
        self.setup = v
        self.sides, self.sealed = {}, {}
        if "a_ik_secret" in v and "e" in v:
            queue = [hx(v, "e"), hx(v, "m")]
            a = Identity(hx(v, "a_ed_seed"), hx(v, "a_ik_secret"), wing_of(v))
            self.sides["a"] = initiate(a, hx(v, "L"), hx(v, "id_B"), hx(v, "drop"), hx(v, "sealed_bundle"),
                                       v["now"], lambda n: queue.pop(0), wing_of(v), binding_of(v))
            self.responder = load_responder(v)

    def on_seal(self, v):
        side = self.sides.get(v["from"])
        if side is None or "draws" not in v:
            return
        envelope = side.seal(hx(v, "content"), fixed_dice(v["draws"]), clear_of(v))
        if hashlib.sha256(envelope).hexdigest() != v["envelope_sha256"]:
            raise AssertionError(f"{v['name']}: envelope")
        self.sealed[v["from"], v["index"]] = envelope

    def on_open(self, v):
        check_open(v, self.setup)
        envelope = self.sealed.get((v["from"], v["index"])) if v.get("in_log") else None
        if envelope is None:
            return
        if envelope.hex() != v["envelope"]:
            raise AssertionError(f"{v['name']}: not what was sealed")
        if v["to"] == "b" and "b" not in self.sides:
            self.sides["b"], content = self.responder.open(envelope, clear_of(v))
        else:
            if plain(self.sides[v["to"]].state()) != v["state"]:
                raise AssertionError(f"{v['name']}: state")
            content = self.sides[v["to"]].open(envelope, clear_of(v))
        if content.hex() != v["content"]:
            raise AssertionError(f"{v['name']}: content")

    def on_sequence(self, v):
        ik = hx(self.setup, "a_ik_secret") if v["to"] == "a" else None
        s = Session.load(v["state"], ik, wing_of(self.setup))
        check_steps(v["name"], v["steps"], s.open)

    def on_responder(self, v):
        r = load_responder(v)
        check_steps(v["name"], v["steps"], lambda *e: r.open(*e)[1])

    def on_simulation(self, v):
        """4.6: the same bytes from A's public keys as A herself would have sent."""
        who = Identity(hx(v, "b_ed_seed"), hx(v, "b_ik_secret"), wing_of(v))
        s = BundleSecrets(hx(v, "bid"), v["kind"], hx(v, "p_secret"), hx(v, "kem_seed"), v["not_after"])
        script = [(x["from"], hx(x, "content"), clear_of(x)) for x in v["steps"]]
        got = simulate(who, s, hx(v, "L"), hx(v, "Ed_A"), hx(v, "IK_A"), script, SeededDice(v["dice"]),
                       wing_of(v), binding_of(v))
        if [hashlib.sha256(e).hexdigest() for e in got] != [x["envelope_sha256"] for x in v["steps"]]:
            raise AssertionError(v["name"])


def craft(s, dice, content=b"crafted", skip=0, padded=None, clear=None, **header):
    """An envelope on the sender's present chain, `skip` messages ahead; header fields replaced."""
    s = s.clone()
    assert not s.turn_due
    n = s.Ns + skip
    for _ in range(skip + 1):
        mk, s.CKs = kdf_ck(s.CKs, s.wing)
    first = s.on_first_chain_out()
    f = {"flags": 1 if first else 0, "dh": x_public(s.DHs), "ek": proof.kem_public(s.dk), "ct": s.ct, "pn": s.pn, "n": n}
    f.update(header)
    return seal_envelope(s.HKs, mk, s.sid, s.dir_out, s.h1, s.preamble if first else b"", pack_header(**f), content,
                         dice(24), padded, s.wing, clear)


def craft_turn(s, dice, content=b"crafted turn", n=0, shared=None, ss=None, padded=None, clear=None, **header):
    """An envelope that takes a turn, from its parts."""
    assert s.turn_due or header.pop("force", False)
    secret, seed = dice(32), dice(64)
    ct, made = encaps(s.ekr, dice(32))
    mixed = (shared or proof.DH(secret, s.DHr), made if ss is None else ss)
    if s.role == "b" and s.sent_chains == 0:
        mixed += (proof.DH(secret, s.IK_A),)
    _, CK, _ = kdf_rk(s.RK, *mixed, wing=s.wing)
    for _ in range(n + 1):
        mk, CK = kdf_ck(CK, s.wing)
    f = {"flags": 0, "dh": x_public(secret), "ek": proof.kem_public(seed), "ct": ct, "pn": s.Ns, "n": n}
    f.update(header)
    return seal_envelope(s.NHKs, mk, s.sid, s.dir_out, s.h1, b"", pack_header(**f), content, dice(24), padded,
                         s.wing, clear)


class Log:
    """A running conversation that writes its events down."""

    def __init__(self, dice, wing=PEER, book=None):
        self.dice, self.book = dice, book or Book(ConversationChecker())
        self.stage, self.mark = Stage(dice, wing=wing), "" if wing == PEER else f"{wing}: "
        self.wing = {} if wing == PEER else {"wing": wing}
        e, m = dice(32), dice(32)
        queue = [e, m]
        self.a = initiate(self.stage.A, self.stage.L, self.stage.B.id, self.stage.keys["drop"], self.stage.sealed, NOW,
                          lambda n: queue.pop(0), wing, self.stage.binding)
        self.b, self.responder = None, self.stage.responder()
        self.count = {"a": 0, "b": 0}
        self.way = {"a": {}, "b": {}}      # index: (envelope, content)
        self.seen = {"a": {}, "b": {}}     # what was opened: index: (state before, envelope)
        self.book.add(self.mark + "setup: B's identity and bundle, A's identity and handshake", True, what="setup",
                      **self.stage.b_side(), **self.stage.a_side(), e=e, m=m, sid=self.a.sid, h1=self.a.h1)

    def side(self, who):
        return self.a if who == "a" else self.b

    def beside(self, clear):
        """What a vector of this wing says besides."""
        return {**self.wing, "clear": clear} if self.wing else {}

    def seal(self, who, content, clear=None):
        s = self.side(who)
        turn = s.turn_due
        envelope = s.seal(content, self.dice, clear)
        i = self.count[who]
        self.count[who] += 1
        self.way[who][i] = (envelope, content, clear)
        self.book.add(f"{self.mark}{who} seals {i}" + (", taking a turn" if turn else ""), True, what="seal", index=i, turn=turn,
                      content=content, draws=s.last_draws, envelope_sha256=hashlib.sha256(envelope).digest(),
                      **{"from": who}, **self.beside(clear))
        return i

    def open(self, who, i, note=""):
        """The side that did not seal opens what `who` sealed as number i."""
        to = "b" if who == "a" else "a"
        envelope, content, clear = self.way[who][i]
        state = self.side(to).state() if self.side(to) else None
        self.book.add(f"{self.mark}{to} opens {i} of {who}" + (f": {note}" if note else ""), True, what="open", to=to,
                      index=i, in_log=True, state=state, envelope=envelope, content=content, **{"from": who},
                      **self.beside(clear))
        if to == "b" and self.b is None:
            self.b, got = self.responder.open(envelope, clear)
        else:
            got = self.side(to).open(envelope, clear)
        assert got == content
        self.seen[who][i] = (state, envelope)

    def extra(self, name, valid, to, state, envelope, content=None, clear=None):
        self.book.add(self.mark + name, valid, what="open", to=to, index=None, in_log=False, state=state,
                      envelope=envelope, content=content, **{"from": "b" if to == "a" else "a"}, **self.beside(clear))


def conversation():
    dice = SeededDice("conversation")
    log = Log(dice)
    stage = log.stage

    def body(i, text, **more):
        return talk.encode({"sequence": i, "milliseconds": NOW * 1000 + i, "seen": 0, "text": text, **more})

    reply = {"epoch": 1, "authorities": ["relay.example:443"], "key": proof.ed_public(dice(32)), "capability": dice(32)}

    # A's first chain: five envelopes, out of order, one of them late and one lost.
    for i in range(6):
        log.seal("a", body(i + 1, f"first flight, number {i}", reply_to=reply))
    log.open("a", 1, "the second arrives first")
    b_after_first = log.b.state()
    log.open("a", 0, "late, by a skipped key")
    log.open("a", 3, "leaves a gap at 2")
    flags_state = log.b.state()
    first_wrong = {f: craft(log.a, dice, flags=f) for f in (0, 2, 255)}
    first_ct = craft(log.a, dice, ct=bytes(CT - 1) + b"\x01")
    first_pads = list(bad_paddings(4_096 - OVERHEAD - PREAMBLE))
    first_bad_pads = [(w, craft(log.a, dice, padded=p)) for w, p in first_pads]
    first_jump = craft(log.a, dice, skip=4 + 25_000 - log.a.Ns + 0, content=b"jump")
    first_jump_over = craft(log.a, dice, skip=4 + 25_001 - log.a.Ns + 0, content=b"jump")

    # B's first turn, in reverse order.
    for i in range(3):
        log.seal("b", body(i + 1, f"answer {i}"))
    a_before_b = log.a.state()
    log.open("b", 2, "B's first chain begins with its third")
    log.open("b", 0, "late")
    log.open("b", 1, "late")
    # A's second chain; the fifth of her first comes after it, the sixth is lost, as is 2 for now.
    log.seal("a", b"second chain")
    b_before_second = log.b.state()
    log.open("a", 6, "a turn, while 2, 4 and 5 of the old chain are out")
    log.open("a", 4, "of the old chain, with its preamble")
    log.open("a", 2, "of the old chain, by a key skipped earlier")

    # The three sizes, at their edges.
    for n in (0, 1, 1_726, 1_727, 14_014, 14_015):
        log.open("a", log.seal("a", dice(n)), f"content of {n:,} bytes")
    log.open("b", log.seal("b", dice(63_166)), "a turn with content of 63,166 bytes")
    log.open("a", log.seal("a", b"\x80\x00\x00"), "a turn with content that looks like padding")
    log.open("a", log.seal("a", bytes(100)), "content of zeros")

    # Many turns, with loss and reordering.
    choose = SeededDice("choice")

    def pick(n):
        return int.from_bytes(choose(4), "big") % n

    waiting = []
    for i in range(64):
        x = pick(10)
        if x < 5 or not waiting:
            who = "ab"[pick(2)]
            waiting.append((who, log.seal(who, b"turn and turn about %d" % i)))
        elif x == 9:
            waiting.pop(pick(len(waiting)))
        else:
            log.open(*waiting.pop(pick(len(waiting))))
    # Everything to rest: A has sent, B has the turn.
    while log.b.turn_due or not log.a.turn_due:
        log.open("b", log.seal("b", b"to rest"))
        if log.a.turn_due and not log.b.turn_due:
            break

    # ------------------------------------------------------------ broken
    def bad(name, to, state, envelope):
        log.extra("broken: " + name, False, to, state, envelope)

    flight = log.way["a"][0][0]
    for why, at in FIRST_REGIONS:
        at %= len(flight)
        bad(f"first flight, no session yet: one bit of {why}", "b", None, flip(flight, at))
    third = log.way["a"][3][0]
    for why, at in FIRST_REGIONS:
        at %= len(third)
        bad(f"first flight, session known: one bit of {why}", "b", b_after_first, flip(third, at))
    bad("first flight, session known: preamble left out, filled up", "b", b_after_first,
        third[PREAMBLE:] + bytes(PREAMBLE))
    bad("first flight, session known: replay of the first", "b", b_after_first, log.way["a"][1][0])
    for f, envelope in first_wrong.items():
        bad(f"flags 0x{f:02x} on A's first chain", "b", flags_state, envelope)
    bad("ct not zero on A's first chain", "b", flags_state, first_ct)
    for why, envelope in first_bad_pads:
        bad(f"padding behind a preamble: {why}", "b", flags_state, envelope)
    log.extra("forward jump of exactly 25,000", True, "b", flags_state, first_jump, b"jump")
    bad("forward jump of 25,001", "b", flags_state, first_jump_over)

    # B's first turn, seen by A; and A's first turn after it, seen by B.
    answer = log.way["b"][2][0]
    for why, at in LATER_REGIONS:
        bad(f"B's first turn: one bit of {why}", "a", a_before_b, flip(answer, at % len(answer)))
    second = log.way["a"][6][0]
    for why, at in LATER_REGIONS:
        bad(f"a turn: one bit of {why}", "b", b_before_second, flip(second, at % len(second)))
    bad("A's preamble in front of a later envelope", "b", b_before_second,
        stage_preamble(log) + second[:-PREAMBLE])

    # Now: B holds the chain, A's turn is due.
    a, b_ = log.a, log.b
    assert a.turn_due and not b_.turn_due
    a_now, b_now = a.state(), b_.state()
    fine = craft(b_, dice)
    log.extra("on B's chain, crafted as it should be", True, "a", a_now, fine, b"crafted")
    for why, at in LATER_REGIONS:
        bad(f"on a chain: one bit of {why}", "a", a_now, flip(fine, at % len(fine)))
    for why, padded in bad_paddings(4_096 - OVERHEAD):
        bad(f"padding: {why}", "a", a_now, craft(b_, dice, padded=padded))
    for f in (1, 2, 0x80, 255):
        bad(f"flags 0x{f:02x} on B's chain", "a", a_now, craft(b_, dice, flags=f))
    bad("flags 0x01 with ct zero on B's chain", "a", a_now, craft(b_, dice, flags=1, ct=ZERO_CT))
    to_cap = a.Nr + 25_000 - b_.Ns
    log.extra("on B's chain, forward jump of exactly 25,000", True, "a", a_now, craft(b_, dice, skip=to_cap), b"crafted")
    bad("on B's chain, n beyond the cap by one", "a", a_now, craft(b_, dice, skip=to_cap + 1))
    bad("on B's chain, n = 2^32 - 1", "a", a_now, craft(b_, dice, n=2**32 - 1))
    bad("n of the next message, key of the one after", "a", a_now, craft(b_, dice, skip=1, n=b_.Ns))
    bad("n of a message already opened", "a", a_now, craft(b_, dice, n=a.Nr - 1))
    bad("reflection: B's own envelope comes back", "b", b_now, fine)
    newest = max(log.seen["a"])
    bad("reflection: A's own envelope comes back", "a", a_now, log.way["a"][newest][0])
    bad("replay of the newest", "b", b_now, log.way["a"][newest][0])
    bad("replay of one of an old chain", "b", b_now, log.way["a"][6][0])
    bad("replay of one that a skipped key had opened", "b", b_now, log.way["a"][4][0])
    bad("replay of the first flight", "b", b_now, log.way["a"][0][0])
    bad("size 4,095: cut", "a", a_now, fine[:-1])
    bad("size 4,095: tags right", "a", a_now, craft(b_, dice, padded=b"x\x80" + bytes(4_095 - OVERHEAD - 2)))
    bad("size 4,097: tags right", "a", a_now, craft(b_, dice, padded=b"x\x80" + bytes(4_097 - OVERHEAD - 2)))
    for size in (0, 1, 23, 24, 24 + HC, OVERHEAD):
        bad(f"size {size:,}: cut", "a", a_now, fine[:size])
    bad("size 16,384: lengthened by zeros", "a", a_now, fine + bytes(16_384 - 4_096))
    big = craft(b_, dice, content=bytes(5_000))
    bad("size 4,096: cut from 16,384", "a", a_now, big[:4_096])
    bad("zeros", "a", a_now, bytes(4_096))
    bad("random bytes", "a", a_now, dice(4_096))
    # Another session of the same two.
    other = Stage(dice)
    other.A, other.B = stage.A, stage.B
    other.bundle = other.secrets.sign(other.B, other.keys["drop"])
    other.sealed = seal_bundle(other.keys["shelf_key"], dice(24), other.bundle)
    oa = initiate(other.A, other.L, other.B.id, other.keys["drop"], other.sealed, NOW, dice)
    o_first = oa.seal(b"other", dice)
    ob, _ = other.responder().open(o_first)
    o_answer = ob.seal(b"other answer", dice)
    oa.open(o_answer)
    bad("another session's first flight", "b", b_now, o_first)
    bad("another session's envelope, to A", "a", a_now, o_answer)
    bad("another session's envelope, to B", "b", b_now, oa.seal(b"other again", dice))
    r_hc, o_bc = fine[:24 + HC], o_answer[24 + HC:]
    bad("header of one envelope, body of another session's", "a", a_now, r_hc + o_bc)
    fine2 = craft(b_, dice, content=b"second")
    bad("header of one envelope, body of another with the same key", "a", a_now, r_hc + fine2[24 + HC:])
    bad("r of one envelope in front of another", "a", a_now, fine2[:24] + fine[24:])

    # A's turn, seen by B.
    log.extra("a turn, crafted as it should be", True, "b", b_now, craft_turn(a, dice), b"crafted turn")
    for f in (1, 2, 255):
        bad(f"flags 0x{f:02x} on a later turn of A", "b", b_now, craft_turn(a, dice, flags=f))
    bad("flags 0x01, ct zero and no ss on a later turn of A", "b", b_now,
        craft_turn(a, dice, flags=1, ct=ZERO_CT, ss=b""))
    bad("ct zero and no ss on a later turn of A", "b", b_now, craft_turn(a, dice, ct=ZERO_CT, ss=b""))
    log.extra("a turn with n = 25,000", True, "b", b_now, craft_turn(a, dice, n=25_000), b"crafted turn")
    bad("a turn with n = 25,001", "b", b_now, craft_turn(a, dice, n=25_001))
    assert b_.Nr > 0
    log.extra("a turn with pn - Nr = 25,000", True, "b", b_now, craft_turn(a, dice, pn=b_.Nr + 25_000), b"crafted turn")
    bad("a turn with pn - Nr = 25,001", "b", b_now, craft_turn(a, dice, pn=b_.Nr + 25_001))
    bad("a turn with pn = 2^32 - 1", "b", b_now, craft_turn(a, dice, pn=2**32 - 1))
    bad("a turn with pn < Nr by one", "b", b_now, craft_turn(a, dice, pn=b_.Nr - 1))
    bad("a turn with pn = 0 < Nr", "b", b_now, craft_turn(a, dice, pn=0))
    for i, low in enumerate(LOW_X):
        bad(f"a turn with dh of small order {i}, keys from a zero result", "b", b_now,
            craft_turn(a, dice, dh=low, shared=bytes(32)))
    secret = dice(32)
    bad("a turn with the top bit of dh set, otherwise right", "b", b_now,
        craft_turn(a, dice, dh=flip(x_public(secret), 31, 7), shared=proof.DH(secret, a.DHr)))
    bad("a turn with dh not reduced, otherwise right", "b", b_now,
        craft_turn(a, dice, dh=TOP, shared=proof.raw_DH(b_.DHs, TOP)))
    for at, value in ((0, 3329), (767, 4095)):
        bad(f"a turn with ek's coefficient {at} = {value}", "b", b_now,
            craft_turn(a, dice, ek=bad_ek(proof.kem_public(dice(64)), at, value)))
    bad("a turn with another ss than ct's", "b", b_now, craft_turn(a, dice, ss=dice(32)))
    for why, padded in bad_paddings(4_096 - OVERHEAD):
        bad(f"padding on a turn: {why}", "b", b_now, craft_turn(a, dice, padded=padded))
    # B takes a second turn in a row: A has no pair to answer it with.
    bad("a turn of B while A's turn is due", "a", a_now, craft_turn(b_, dice, force=True))
    # B's first turn: pn with no old chain.
    stage2 = Stage(dice)
    stage2.A = stage.A
    sa = initiate(stage2.A, stage2.L, stage2.B.id, stage2.keys["drop"], stage2.sealed, NOW, dice)
    sb, _ = stage2.responder().open(sa.seal(b"x", dice))
    sa_state = sa.state()
    log.extra("B's first turn, crafted as it should be", True, "a", sa_state, craft_turn(sb, dice), b"crafted turn")
    bad("B's first turn with pn = 1 and no old chain", "a", sa_state, craft_turn(sb, dice, pn=1))
    bad("B's first turn with flags 0x01", "a", sa_state, craft_turn(sb, dice, flags=1))
    bad("B's first turn without DH with IK_A", "a", sa_state, without_ik(sb, dice))

    # ------------------------------------------------------------ sequences
    def step(name, valid, envelope, content=None):
        return {"name": name, "valid": valid, "envelope": plain(envelope), "content": plain(content)}

    # At most 2,000 skipped keys: of 2,500 the oldest go.
    assert not a.skipped or len(a.skipped) < 2_000
    base, many = b_.Ns, 2_500
    assert base >= a.Nr
    first_gap = a.Nr
    jump = craft(b_, dice, skip=many, content=b"far ahead")
    old = len(a.skipped)
    skipped_now = old + base + many - first_gap
    gone = skipped_now - 2_000 - old        # how many of this chain's gap are gone
    assert gone > 1 and first_gap == base
    log.book.add("sequence: of 2,500 skipped keys the newest 2,000 stay", True, what="sequence", to="a", state=a_now, steps=[
        step("jump ahead", True, jump, b"far ahead"),
        step("the newest that was given up", False, craft(b_, dice, skip=gone - 1)),
        step("the oldest that stayed", True, craft(b_, dice, skip=gone, content=b"stayed"), b"stayed"),
        step("the same once more", False, craft(b_, dice, skip=gone, content=b"stayed")),
        step("the newest that stayed", True, craft(b_, dice, skip=many - 1, content=b"newest"), b"newest"),
        step("the next on the chain", True, craft(b_, dice, skip=many + 1, content=b"next"), b"next"),
        step("the first that was given up", False, craft(b_, dice)),
    ])
    one, two, three = (craft(b_, dice, skip=i, content=b"n%d" % i) for i in (0, 1, 2))
    log.book.add("sequence: forged ones between good ones change nothing", True, what="sequence", to="a", state=a_now, steps=[
        step("third arrives with a broken body", False, flip(three, 3000)),
        step("third", True, three, b"n2"), step("third replayed", False, three),
        step("first with a broken header", False, flip(one, 30)), step("first with a broken body", False, flip(one, -1 % len(one))),
        step("first, by its skipped key", True, one, b"n0"), step("first replayed", False, one),
        step("second", True, two, b"n1"), step("second replayed", False, two),
        step("fourth, on the chain with nothing skipped", True, craft(b_, dice, skip=3, content=b"n3"), b"n3"),
    ])
    log.book.add("sequence: a chain with a gap goes on", True, what="sequence", to="a", state=a_now, steps=[
        step("third", True, three, b"n2"),
        step("fourth, while first and second are skipped", True, craft(b_, dice, skip=3, content=b"n3"), b"n3"),
        step("sixth", True, craft(b_, dice, skip=5, content=b"n5"), b"n5"),
        step("second", True, two, b"n1"), step("fifth", True, craft(b_, dice, skip=4, content=b"n4"), b"n4"),
        step("first", True, one, b"n0"),
    ])

    # ------------------------------------------------------------ responders
    for kind, word in ((ONE_TIME, "one-time"), (LAST_RESORT, "last-resort")):
        st = Stage(dice, kind)
        s1 = initiate(st.A, st.L, st.B.id, st.keys["drop"], st.sealed, NOW, dice)
        s2 = initiate(Identity(dice(32), dice(32)), st.L, st.B.id, st.keys["drop"], st.sealed, NOW, dice)
        e = [s1.seal(b"one %d" % i, dice) for i in range(3)]
        g = [s2.seal(b"two %d" % i, dice) for i in range(2)]
        many = kind == LAST_RESORT
        log.book.add(f"responder: {word} bundle, two initiators", True, what="responder", **st.b_side(), steps=[
            step("forged flight of the first", False, flip(e[0], 4_000)),
            step("first initiator, second message", True, e[1], b"one 1"),
            step("the same replayed", False, e[1]),
            step("second initiator", many, g[0], b"two 0" if many else None),
            step("first initiator, first message", True, e[0], b"one 0"),
            step("second initiator, second message", many, g[1], b"two 1" if many else None),
            step("first initiator, third message", True, e[2], b"one 2"),
            step("first initiator, first message replayed", False, e[0]),
        ])

    # ------------------------------------------------------------ simulation
    st = Stage(dice)
    script = [(w, b"said by %s, %d" % (w.encode(), i)) for i, w in enumerate("aabbabaabb")]
    name = "a conversation that A may have held"
    real = SeededDice(name)
    sealed = seal_bundle(st.keys["shelf_key"], real(24), st.bundle)
    sa = initiate(st.A, st.L, st.B.id, st.keys["drop"], sealed, st.secrets.not_after - 1, real)
    responder, sb, steps = st.responder(), None, []
    for who, content in script:
        envelope = (sa if who == "a" else sb).seal(content, real)
        if who == "a":
            sb, got = responder.open(envelope)
        else:
            got = sa.open(envelope)
        assert got == content
        steps.append({"from": who, "content": content.hex(), "envelope_sha256": hashlib.sha256(envelope).hexdigest()})
    log.book.add("simulation: A's public keys give the bytes that A sent", True, what="simulation", **st.b_side(),
                 Ed_A=st.A.Ed, IK_A=st.A.IK, dice=name, steps=steps)
    return log.book.vectors


def stage_preamble(log):
    return log.way["a"][0][0][:PREAMBLE]


def without_ik(s, dice):
    """B's first turn as if it were a later one."""
    s = s.clone()
    s.sent_chains = 1
    return craft_turn(s, dice)


