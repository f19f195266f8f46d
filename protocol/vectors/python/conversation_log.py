"""Checks conversation.json, crafts envelopes from a state, and writes a running conversation down."""

import hashlib

import proof
from channel import NOW, Stage, binding_of, clear_of, fixed_dice, hx, load_responder, wing_of
from ground import PEER, Refused
from plain import Book, plain
from proof import Identity, encaps, x_public
from ratchet import Session, kdf_ck, kdf_rk, pack_header, seal_envelope
from session import BundleSecrets, SeededDice, initiate, simulate


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
