"""Vectors of the sealed channel: conversation.json."""

import hashlib

import conversation as talk
import proof
from channel import FIRST_REGIONS, LATER_REGIONS, NOW, TOP, Stage, bad_paddings
from conversation_log import Log, craft, craft_turn
from plain import LOW_X, bad_ek, flip, plain
from proof import CT, Identity, x_public
from ratchet import HC, OVERHEAD, PREAMBLE, ZERO_CT
from session import LAST_RESORT, ONE_TIME, SeededDice, initiate, seal_bundle


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
