"""Vectors of the sealed channel: handshake.json."""

import proof
from channel import (
    FIRST_REGIONS, NOW, TOP, Stage, bad_paddings, binding_of, clear_of, first_flight, fixed_dice, hx,
    load_responder, wing_of)
from ground import BUSINESS, Refused, derive, seal
from plain import LOW_X, NON_CANONICAL_ED, SMALL_ED, Book, bad_ek, flip, mixed_key, plain
from proof import CT, Identity, encaps, x_public
from ratchet import OVERHEAD, PREAMBLE
from session import LAST_RESORT, ONE_TIME, SeededDice, initiate, key_c1, read_preamble, transcript


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
