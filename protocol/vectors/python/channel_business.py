"""Vectors of the sealed channel in the business wing: what the binding (S-15) and the
clear part (S-14) add. They stand in the same files as those of `channel.py`, behind them.
"""

import hashlib

import channel
import proof
from channel import FIRST_REGIONS, NOW, Stage, bad_paddings, check_bundle_vector, first_flight
from conversation_log import Log, craft, craft_turn
from ground import BUSINESS, H, LP, PEER, cbor_encode, derive, label
from handshakes import HANDSHAKE, check_handshake
from plain import Book, flip
from proof import encaps, sign, x_public
from ratchet import MAX_CLEAR, OVERHEAD, PREAMBLE
from session import (
    LAST_RESORT, ONE_TIME, BundleSecrets, SeededDice, bind, bundle_message, initiate, seal_bundle, simulate,
    transcript)

CLEAR = cbor_encode({0: 1, 1: bytes(range(32))})           # a clear part as 11.6 has it
MARK = "business: "


def other_clears(clear=CLEAR):
    """Clear parts that came in place of the right one."""
    yield "clear part missing", None
    yield "clear part empty", b""
    yield "one bit of the clear part's first byte", flip(clear, 0)
    yield "one bit of the clear part's last byte", flip(clear, len(clear) - 1, 7)
    yield "clear part one byte short", clear[:-1]
    yield "clear part one byte long", clear + b"\x00"
    yield "clear part filled up to 512 bytes", clear + bytes(MAX_CLEAR - len(clear))
    yield "clear part of another class", cbor_encode({0: 3, 1: bytes(range(32))})
    yield "clear part of another message", cbor_encode({0: 1, 1: bytes(32)})


def bundles():
    dice = SeededDice("business bundles")
    b = Book(check_bundle_vector)
    stage = Stage(dice, wing=BUSINESS)
    who, L, drop, shelf, soon = stage.B, stage.L, stage.keys["drop"], stage.keys["shelf_key"], stage.secrets.not_after

    def good(name, kind):
        s, nonce = BundleSecrets.draw(dice, kind, soon), dice(24)
        bundle = s.sign(who, drop, BUSINESS)
        b.add(MARK + name, True, wing=BUSINESS, ed_seed=who.ed_seed, ik_secret=who.ik_secret, L=L, id=who.id, drop=drop,
              now=NOW, bid=s.bid, kind=kind, p_secret=s.p_secret, kem_seed=s.kem_seed, not_after=soon, bundle=bundle,
              nonce=nonce, sealed_bundle=seal_bundle(shelf, nonce, bundle, BUSINESS))
        return bundle

    bundle = good("one-time bundle, L of the business id", ONE_TIME)
    good("last-resort bundle, L of the business id", LAST_RESORT)

    def bad(name, sealed, **f):
        b.add(MARK + name, False, wing=BUSINESS, **{"L": L, "id": who.id, "drop": drop, "now": NOW,
                                                    "sealed_bundle": sealed, **f})

    nonce, peer = dice(24), derive(L)
    sealed = seal_bundle(shelf, nonce, bundle, BUSINESS)
    bad("signature with the label of the peer wing",
        seal_bundle(shelf, nonce, bundle[:1305] + sign(who.ed_seed, bundle_message(drop, bundle[:1305])), BUSINESS))
    bad("signature for the peer wing's drop id", seal_bundle(
        shelf, nonce, bundle[:1305] + sign(who.ed_seed, bundle_message(peer["drop"], bundle[:1305], BUSINESS)), BUSINESS))
    bad("label of the peer wing in the seal", seal_bundle(shelf, nonce, bundle))
    bad("sealed under the peer wing's shelf key", seal_bundle(peer["shelf_key"], nonce, bundle, BUSINESS))
    bad("id with the label of the peer wing", sealed, id=proof.identity_id(who.Ed, who.IK, PEER))
    bad("wrong fingerprint: one bit of the id", sealed, id=flip(who.id, 0))
    bad("L of another business", sealed, L=H(label(BUSINESS, "business link"), dice(32)))
    bad("L is the business id itself", sealed, L=stage.bound["business_id"])
    return b.vectors


def full_handshake(b, dice, name, kind, content, clear, hosting=channel.HOSTING):
    stage = Stage(dice, kind, BUSINESS, hosting)
    e, m = dice(32), dice(32)
    queue = [e, m]
    s = initiate(stage.A, stage.L, stage.B.id, stage.keys["drop"], stage.sealed, NOW, lambda n: queue.pop(0), BUSINESS,
                 stage.binding)
    ct, ss = encaps(stage.secrets.ek, m)
    dhs = (proof.DH(e, stage.B.IK), proof.DH(e, stage.secrets.P), proof.DH(stage.A.ik_secret, stage.secrets.P))
    t = transcript(stage.keys["drop"], stage.binding, stage.B.id, stage.bundle, x_public(e), ct, stage.A.Ed,
                   stage.A.IK, dhs, ss, stage.keys["psk"], BUSINESS)
    state = s.state()
    envelope = s.seal(content, dice, clear)
    b.add(MARK + name, True, what="handshake", **stage.b_side(), **stage.a_side(), e=e, m=m, E=x_public(e), ct=ct, ss=ss,
          psk=stage.keys["psk"], dh_e_IK=dhs[0], dh_e_P=dhs[1], dh_a_P=dhs[2], **{k: t[k] for k in HANDSHAKE},
          a_state=state, content=content, clear=clear, draws=s.last_draws, envelope=envelope)


def handshake():
    dice = SeededDice("business handshake")
    b = Book(check_handshake)
    full_handshake(b, dice, "one-time bundle", ONE_TIME, b"hello", CLEAR)
    full_handshake(b, dice, "last-resort bundle, hosted by itself", LAST_RESORT, b"hello", CLEAR, cbor_encode({0: 1}))
    full_handshake(b, dice, "empty clear part, hosted by the operator", ONE_TIME, b"hello", b"", cbor_encode({0: 3}))
    full_handshake(b, dice, "clear part of 512 bytes, longest provider's name", ONE_TIME, b"", dice(MAX_CLEAR),
                   cbor_encode({0: 2, 1: "n" * 80}))

    stage = Stage(dice, wing=BUSINESS)
    side, bound = stage.b_side(), stage.bound
    B_id, hosting, endpoint = bound["business_id"], bound["hosting"], bound["endpoint"]

    def good(name, content=b"first", clear=CLEAR, **f):
        b.add(MARK + "first flight: " + name, True, what="first flight", **side, content=content, clear=clear,
              envelope=first_flight(stage, content=content, clear=clear, **f))

    def bad(name, envelope=None, clear=CLEAR, here=side, **f):
        """`clear` is what comes beside the envelope; a given one was sealed with what it says."""
        if envelope is None:
            envelope = first_flight(stage, **{"clear": clear, **f})
        b.add(MARK + "first flight: " + name, False, what="first flight", **here, clear=clear, envelope=envelope)

    good("as it should be")
    good("sealed with an empty clear part", clear=b"")
    good("sealed with a clear part of 512 bytes", clear=dice(MAX_CLEAR))
    good("content of 510 bytes fills 4,096 with a clear part of 512", dice(510), clear=dice(MAX_CLEAR))
    good("content of 511 bytes takes 16,384 with an empty clear part", dice(511), clear=b"")
    good("the third message arrives first", n=2)

    fine = first_flight(stage, clear=CLEAR)
    for why, clear in other_clears():
        bad(why, fine, clear)
    bad("clear part of 513 bytes, sealed with it", clear=dice(MAX_CLEAR + 1))
    none = first_flight(stage, clear=None)
    bad("sealed without a clear part, empty beside it", none, b"")
    bad("sealed without a clear part, none beside it", none, None)

    def binding(name, made):
        bad(name, binding=made)

    provider = cbor_encode({0: 2, 1: "Another Messaging GmbH"})
    binding("binding: business id of another business", bind(dice(32), hosting, endpoint))
    binding("binding: one bit of the business id", bind(flip(B_id, 31), hosting, endpoint))
    binding("binding: one bit of the hosting", bind(B_id, flip(hosting, len(hosting) - 1), endpoint))
    binding("binding: hosting by the business itself", bind(B_id, cbor_encode({0: 1}), endpoint))
    binding("binding: hosting by another provider", bind(B_id, provider, endpoint))
    binding("binding: hosting empty", bind(B_id, b"", endpoint))
    binding("binding: hosting of the same meaning in other bytes",
            bind(B_id, b"\xa2\x00\x18\x02" + hosting[3:], endpoint))
    binding("binding: one bit of the endpoint's Ed", bind(B_id, hosting, flip(endpoint, 0)))
    binding("binding: one bit of the endpoint's IK", bind(B_id, hosting, flip(endpoint, 63)))
    binding("binding: endpoint IK in front of Ed", bind(B_id, hosting, endpoint[32:] + endpoint[:32]))
    binding("binding: endpoint of another identity", bind(B_id, hosting, stage.A.Ed + stage.A.IK))
    binding("binding: empty, as in the peer wing", b"")
    binding("binding: joined without lengths", B_id + hosting + endpoint)
    binding("binding: without hosting", LP(B_id, endpoint))
    binding("binding: another order", LP(hosting, B_id, endpoint))
    binding("binding: endpoint as two parts", LP(B_id, hosting, stage.B.Ed, stage.B.IK))
    for why, change in (("business id", {"business_id": flip(B_id, 0)}), ("hosting", {"hosting": provider})):
        bad(f"B's own {why} is another one", fine, here={**side, "binding": {**bound, **change}})
    bad("labels of the peer wing", wing=PEER)
    bad("labels of the peer wing, no binding, no clear part", wing=PEER, binding=b"", clear=None)
    for why, padded in list(bad_paddings(4_096 - OVERHEAD - PREAMBLE))[:2]:
        bad(f"padding: {why}", padded=padded)
    for why, at in FIRST_REGIONS:
        bad(f"one bit of {why}", flip(fine, at % len(fine)))
    return b.vectors


def clear_for(i):
    """A clear part of another length for each envelope; the first is as 11.6 has it."""
    return (CLEAR, b"", b"\x00", bytes(MAX_CLEAR))[i] if i < 4 else SeededDice(f"clear {i}")(i * 37 % (MAX_CLEAR + 1))


def conversation():
    dice = SeededDice("business conversation")
    log = Log(dice, BUSINESS)
    sent = iter(range(1000))

    def say(who, content):
        return log.seal(who, content, clear_for(next(sent)))

    for i in range(4):
        say("a", b"a question, %d" % i)
    log.open("a", 1, "the second arrives first")
    log.open("a", 0, "late, by a skipped key")
    log.open("a", 3, "leaves a gap at 2")
    flight_state = log.b.state()
    for i in range(3):
        say("b", b"an answer, %d" % i)
    a_before = log.a.state()
    log.open("b", 2, "B's first chain begins with its third")
    log.open("b", 0, "late")
    for n in (0, 1_726, 1_727, 14_014, 14_015):
        log.open("a", say("a", dice(n)), f"content of {n:,} bytes")
    log.open("a", 2, "of the old chain, with its preamble")
    log.open("b", say("b", dice(63_166)), "a turn with content of 63,166 bytes")
    for i in range(8):
        for who in "ab":
            log.open(who, say(who, b"turn about %d" % i))
    log.open("a", say("a", b"to rest"))
    log.open("b", say("b", b"to rest"))
    a, b_ = log.a, log.b
    assert a.turn_due and not b_.turn_due
    a_now, b_now = a.state(), b_.state()

    def bad(name, to, state, envelope, clear=CLEAR):
        log.extra("broken: " + name, False, to, state, envelope, clear=clear)

    third, _, third_clear = log.way["a"][2]
    bad("first chain, session known: clear part of another envelope", "b", flight_state, third, CLEAR)
    bad("first chain, session known: clear part missing", "b", flight_state, third, None)
    answer, _, answer_clear = log.way["b"][2]
    bad("B's first turn: clear part empty", "a", a_before, answer, b"")
    bad("B's first turn: clear part missing", "a", a_before, answer, None)
    bad("B's first turn: one bit of the body", "a", a_before, flip(answer, 3_000), answer_clear)
    fine, turn = craft(b_, dice, clear=CLEAR), craft_turn(a, dice, clear=CLEAR)
    log.extra("on B's chain, crafted as it should be", True, "a", a_now, fine, b"crafted", CLEAR)
    log.extra("a turn, crafted as it should be", True, "b", b_now, turn, b"crafted turn", CLEAR)
    for why, clear in other_clears():
        bad(f"on a chain: {why}", "a", a_now, fine, clear)
        bad(f"a turn: {why}", "b", b_now, turn, clear)
    over = dice(MAX_CLEAR + 1)
    bad("on a chain: clear part of 513 bytes, sealed with it", "a", a_now, craft(b_, dice, clear=over), over)
    bad("a turn: clear part of 513 bytes, sealed with it", "b", b_now, craft_turn(a, dice, clear=over), over)
    bad("on a chain: sealed without a clear part, empty beside it", "a", a_now, craft(b_, dice, clear=None), b"")
    bad("on a chain: sealed without a clear part, none beside it", "a", a_now, craft(b_, dice, clear=None), None)
    second = craft(b_, dice, content=b"second", clear=CLEAR[:-1] + b"\x00")
    bad("clear parts of two envelopes swapped", "a", a_now, second, CLEAR)
    bad("replay of the newest, clear part and all", "a", a_now, *[log.way["b"][max(log.seen["b"])][i] for i in (0, 2)])
    bad("reflection: B's own envelope comes back", "b", b_now, fine)
    peers = Log(SeededDice("a peer conversation"))
    peers.open("a", peers.seal("a", b"peer"))
    peers.open("b", peers.seal("b", b"peer"))
    bad("an envelope of the peer wing", "a", a_now, craft(peers.b, dice), b"")

    # ------------------------------------------------------------ sequence, responder
    def step(name, valid, envelope, content=None, clear=CLEAR):
        hexed = [None if x is None else x.hex() for x in (envelope, content, clear)]
        return {"name": name, "valid": valid, "envelope": hexed[0], "content": hexed[1], "clear": hexed[2]}

    one, two = (craft(b_, dice, skip=i, content=b"n%d" % i, clear=bytes([i])) for i in (0, 1))
    log.book.add(MARK + "sequence: wrong clear parts between right ones change nothing", True, wing=BUSINESS,
                 what="sequence", to="a", state=a_now, steps=[
                     step("second with the first's clear part", False, two, None, b"\x00"),
                     step("second", True, two, b"n1", b"\x01"),
                     step("first without its clear part", False, one, None, None),
                     step("first with the second's clear part", False, one, None, b"\x01"),
                     step("first, by its skipped key", True, one, b"n0", b"\x00"),
                     step("first once more", False, one, None, b"\x00")])
    st = Stage(dice, ONE_TIME, BUSINESS)
    s1 = initiate(st.A, st.L, st.B.id, st.keys["drop"], st.sealed, NOW, dice, BUSINESS, st.binding)
    wrong = initiate(st.A, st.L, st.B.id, st.keys["drop"], st.sealed, NOW, dice, BUSINESS,
                     bind(**{**st.bound, "hosting": cbor_encode({0: 1})}))
    e = [s1.seal(b"one %d" % i, dice, CLEAR) for i in range(2)]
    log.book.add(MARK + "responder: what does not open costs no bundle", True, what="responder", **st.b_side(), steps=[
        step("bound to another hosting", False, wrong.seal(b"wrong", dice, CLEAR)),
        step("with another clear part", False, e[1], None, b""),
        step("second message", True, e[1], b"one 1"),
        step("the same replayed", False, e[1]),
        step("first message with another clear part", False, e[0], None, flip(CLEAR, 3)),
        step("first message", True, e[0], b"one 0")])

    # ------------------------------------------------------------ simulation
    st = Stage(dice, wing=BUSINESS)
    script = [(w, b"said by %s, %d" % (w.encode(), i), clear_for(i)) for i, w in enumerate("aabbabaabb")]
    name = "a business conversation that A may have held"
    out = simulate(st.B, st.secrets, st.L, st.A.Ed, st.A.IK, script, SeededDice(name), BUSINESS, st.binding)
    real = SeededDice(name)
    sealed = seal_bundle(st.keys["shelf_key"], real(24), st.bundle, BUSINESS)
    sa = initiate(st.A, st.L, st.B.id, st.keys["drop"], sealed, st.secrets.not_after - 1, real, BUSINESS, st.binding)
    responder, sb, steps = st.responder(), None, []
    for (who, content, clear), simulated in zip(script, out):
        envelope = (sa if who == "a" else sb).seal(content, real, clear)
        if who == "a":
            sb, got = responder.open(envelope, clear)
        else:
            got = sa.open(envelope, clear)
        assert got == content and envelope == simulated
        steps.append({"from": who, "content": content.hex(), "clear": clear.hex(),
                      "envelope_sha256": hashlib.sha256(envelope).hexdigest()})
    log.book.add(MARK + "simulation: A's public keys give the bytes that A sent", True, what="simulation",
                 **st.b_side(), Ed_A=st.A.Ed, IK_A=st.A.IK, dice=name, steps=steps)
    return log.book.vectors
