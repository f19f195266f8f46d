"""The sealed channel (SPEC section 4): bundles, handshake, envelopes, ratchet, simulation.

Every function that needs randomness takes `dice`, a callable that gives n bytes.
Draws are made in a fixed order, so that seeded dice give the same bytes again:
a seal that takes a turn draws the X25519 secret (32), the ML-KEM seed (64) and,
but for A's first chain, the encapsulation's m (32); every seal then draws r (24).

In the business wing a session has a binding (S-15), and every envelope a clear
part (S-14); None stands for "no clear part", which is right in the peer wing only.
"""

import copy
import hashlib
import os

from ground import (
    BUSINESS, H, LP, PEER, SIZES, Refused, derive, expand, extract, label, seal,
    size_for, u32, u64, unseal, xseal, xunseal)
from proof import (
    CT, DH, EK, check_ed, check_ek, check_x, check_x_order, decaps, encaps,
    identity_id, kem_public, sign, verify, x_public)

SUITE = b"\x00\x01"
ONE_TIME, LAST_RESORT = 1, 2
BUNDLE, SEALED_BUNDLE = 1369, 1409
DAY = 86_400
AHEAD = 400 * DAY
C1 = 80
PREAMBLE = 16 + 32 + CT + C1
HEADER = 1 + 32 + EK + CT + 4 + 4
HC = HEADER + 16
OVERHEAD = 24 + HC + 16
MAX_JUMP = 25_000
MAX_SKIPPED = 2_000
MAX_CHAIN = 20_000
MAX_CLEAR = 512
ZERO_CT = bytes(CT)


def os_dice(n):
    return os.urandom(n)


class SeededDice:
    """Repeatable bytes: SHA-256 in counter mode over a seed."""

    def __init__(self, seed):
        self.seed, self.count, self.left = hashlib.sha256(str(seed).encode()).digest(), 0, b""

    def __call__(self, n):
        while len(self.left) < n:
            self.left += hashlib.sha256(self.seed + u64(self.count)).digest()
            self.count += 1
        out, self.left = self.left[:n], self.left[n:]
        return out


# ---------------------------------------------------------------- 4.1 bundles


class BundleSecrets:
    def __init__(self, bid, kind, p_secret, kem_seed, not_after):
        self.bid, self.kind, self.not_after = bid, kind, not_after
        self.p_secret, self.kem_seed = p_secret, kem_seed
        self.P, self.ek = x_public(p_secret), kem_public(kem_seed)

    @classmethod
    def draw(cls, dice, kind, not_after):
        return cls(dice(16), kind, dice(32), dice(64), not_after)

    def sign(self, identity, drop, wing=PEER):
        front = (self.bid + bytes([self.kind]) + self.P + self.ek + u64(self.not_after)
                 + identity.Ed + identity.IK)
        return front + sign(identity.ed_seed, bundle_message(drop, front, wing))


def bundle_message(drop, front, wing=PEER):
    return LP(label(wing, "bundle"), SUITE, drop, front)


def parse_bundle(bundle):
    if len(bundle) != BUNDLE:
        raise Refused("bundle size")
    out, at = {}, 0
    for name, n in (("bid", 16), ("kind", 1), ("P", 32), ("ek", EK), ("not_after", 8),
                    ("Ed", 32), ("IK", 32), ("sig", 64)):
        out[name], at = bundle[at:at + n], at + n
    out["kind"] = out["kind"][0]
    out["not_after"] = int.from_bytes(out["not_after"], "big")
    return out


def seal_bundle(shelf_key, nonce, bundle, wing=PEER):
    return nonce + xseal(shelf_key, nonce, LP(label(wing, "shelf")), bundle)


def open_sealed_bundle(shelf_key, sealed, wing=PEER):
    if len(sealed) != SEALED_BUNDLE:
        raise Refused("sealed bundle size")
    return xunseal(shelf_key, sealed[:24], LP(label(wing, "shelf")), sealed[24:])


def check_bundle(bundle, drop, id_B, now, wing=PEER):
    """S-1, but for the shelf key."""
    f = parse_bundle(bundle)
    if f["kind"] not in (ONE_TIME, LAST_RESORT):
        raise Refused("kind")
    check_x(f["P"])
    check_x(f["IK"])
    check_x_order(f["P"])
    check_x_order(f["IK"])
    check_ek(f["ek"])
    check_ed(f["Ed"])
    if identity_id(f["Ed"], f["IK"], wing) != id_B:
        raise Refused("fingerprint")
    verify(f["Ed"], bundle_message(drop, bundle[:1305], wing), f["sig"])
    if not now < f["not_after"] <= now + AHEAD:
        raise Refused("not_after")
    return f


def take_bundle(L, id_B, drop, sealed, now, wing=PEER):
    """What A does with a sealed bundle from the shelf of her link: all of S-1."""
    keys = derive(L, wing)
    if drop != keys["drop"]:
        raise Refused("drop id")
    bundle = open_sealed_bundle(keys["shelf_key"], sealed, wing)
    return bundle, check_bundle(bundle, drop, id_B, now, wing)


# ---------------------------------------------------------------- 4.2 handshake


def bind(business_id, hosting, endpoint):
    """The binding of the business wing (S-15)."""
    if len(business_id) != 32 or len(endpoint) != 64:
        raise Refused("binding")
    return LP(business_id, hosting, endpoint)


def check_binding(wing, binding):
    if (wing == BUSINESS) != bool(binding):
        raise Refused("binding of another wing, or none")


def check_clear(wing, clear):
    """S-14, before anything is derived."""
    if (wing == BUSINESS) != (clear is not None):
        raise Refused("clear part of another wing, or none")
    if clear is not None and len(clear) > MAX_CLEAR:
        raise Refused("clear part too long")


def hash_h0(drop, binding, id_B, bundle, E, ct, wing=PEER):
    return H(label(wing, "h0"), SUITE, drop, binding, id_B, bundle, E, ct)


def derive_k1(h0, dh_e_ik, dh_e_p, ss, psk):
    return extract(h0, dh_e_ik, dh_e_p, ss, psk)


def key_c1(k1, h0, wing=PEER):
    return expand(k1, 32, label(wing, "seal"), h0)


def hash_h1(h0, c1, Ed_A, IK_A, wing=PEER):
    return H(label(wing, "h1"), h0, c1, Ed_A, IK_A)


def derive_k2(k1, dh_a_p, wing=PEER):
    return extract(expand(k1, 32, label(wing, "mix")), dh_a_p)


def derive_root(k2, h1, wing=PEER):
    out = expand(k2, 128, label(wing, "root"), h1)
    return {"RK": out[:32], "HK_ab": out[32:64], "NHK_ba": out[64:96], "sid": out[96:]}


def transcript(drop, binding, id_B, bundle, E, ct, Ed_A, IK_A, dhs, ss, psk, wing=PEER):
    """Every value of 4.2 from A's side; dhs are DH(e, IK_B), DH(e, P), DH(a, P)."""
    v = {"h0": hash_h0(drop, binding, id_B, bundle, E, ct, wing)}
    v["k1"] = derive_k1(v["h0"], dhs[0], dhs[1], ss, psk)
    v["c1"] = seal(key_c1(v["k1"], v["h0"], wing), v["h0"], Ed_A + IK_A)
    v["h1"] = hash_h1(v["h0"], v["c1"], Ed_A, IK_A, wing)
    v["k2"] = derive_k2(v["k1"], dhs[2], wing)
    v.update(derive_root(v["k2"], v["h1"], wing))
    v["preamble"] = bundle[:16] + E + ct + v["c1"]
    return v


def initiate(identity, L, id_B, drop, sealed, now, dice, wing=PEER, binding=b"", ik_dh=None):
    """A: check the bundle and begin a session. Draws e (32), then m (32)."""
    check_binding(wing, binding)
    bundle, f = take_bundle(L, id_B, drop, sealed, now, wing)
    ik_dh = ik_dh or (lambda public: DH(identity.ik_secret, public))
    e = dice(32)
    E = x_public(e)
    ct, ss = encaps(f["ek"], dice(32))
    dhs = (DH(e, f["IK"]), DH(e, f["P"]), ik_dh(f["P"]))
    v = transcript(drop, binding, id_B, bundle, E, ct, identity.Ed, identity.IK, dhs, ss,
                   derive(L, wing)["psk"], wing)
    return Session.start_a(v, f["P"], ik_dh, wing)


class Responder:
    """B: one link's mailbox, its identity, its bundles' secrets and its sessions."""

    def __init__(self, identity, L, wing=PEER, binding=b""):
        check_binding(wing, binding)
        self.identity, self.L, self.wing, self.binding = identity, L, wing, binding
        self.keys = derive(L, wing)
        self.bundles = {}       # bid: (secrets, bundle)
        self.sessions = {}      # h1: Session

    def publish(self, secrets):
        bundle = secrets.sign(self.identity, self.keys["drop"], self.wing)
        self.bundles[secrets.bid] = (secrets, bundle)
        return bundle

    def open(self, envelope, clear=None):
        """(session, content): by a session that there is, or by a new first flight."""
        check_clear(self.wing, clear)
        for session in list(self.sessions.values()):
            try:
                return session, session.open(envelope, clear)
            except Refused:
                pass
        held = self.bundles.get(envelope[:16])
        if held is None or len(envelope) not in SIZES:
            raise Refused("no session opens it")
        secrets, bundle = held
        session = accept(self.identity, secrets, bundle, self.keys["drop"], self.keys["psk"],
                         envelope[:PREAMBLE], self.wing, self.binding)
        if session.h1 in self.sessions:
            raise Refused("h1 is known")
        content = session.open(envelope, clear)
        # S-4: only now is anything stored; S-2: and the secrets go with it.
        self.sessions[session.h1] = session
        if secrets.kind == ONE_TIME:
            del self.bundles[secrets.bid]
        return session, content


def read_preamble(identity, secrets, bundle, drop, psk, preamble, wing=PEER, binding=b""):
    """B: every value of 4.2 from a preamble; refuses by S-4."""
    bid, E = preamble[:16], preamble[16:48]
    ct, c1 = preamble[48:48 + CT], preamble[48 + CT:PREAMBLE]
    if bid != secrets.bid or len(c1) != C1:
        raise Refused("preamble")
    check_x(E)
    ss = decaps(secrets.kem_seed, ct)
    v = {"h0": hash_h0(drop, binding, identity.id, bundle, E, ct, wing), "ss": ss}
    v["k1"] = derive_k1(v["h0"], DH(identity.ik_secret, E), DH(secrets.p_secret, E), ss, psk)
    peer = unseal(key_c1(v["k1"], v["h0"], wing), v["h0"], c1)
    v["Ed_A"], v["IK_A"] = peer[:32], peer[32:]
    check_ed(v["Ed_A"])
    check_x(v["IK_A"])
    v["h1"] = hash_h1(v["h0"], c1, v["Ed_A"], v["IK_A"], wing)
    v["k2"] = derive_k2(v["k1"], DH(secrets.p_secret, v["IK_A"]), wing)
    v.update(derive_root(v["k2"], v["h1"], wing))
    v["c1"], v["preamble"] = c1, preamble
    return v


def accept(identity, secrets, bundle, drop, psk, preamble, wing=PEER, binding=b""):
    v = read_preamble(identity, secrets, bundle, drop, psk, preamble, wing, binding)
    return Session.start_b(v, secrets.p_secret, wing)


# ---------------------------------------------------------------- 4.3, 4.4


def kdf_rk(RK, *x, wing=PEER):
    out = expand(extract(RK, *x), 96, label(wing, "turn"))
    return out[:32], out[32:64], out[64:]


def kdf_ck(CK, wing=PEER):
    return expand(CK, 32, label(wing, "message")), expand(CK, 32, label(wing, "chain"))


def pack_header(flags, dh, ek, ct, pn, n):
    return bytes([flags]) + dh + ek + ct + u32(pn) + u32(n)


def read_header(h):
    at = 33 + EK + CT
    return {"flags": h[0], "dh": h[1:33], "ek": h[33:33 + EK], "ct": h[33 + EK:at],
            "pn": int.from_bytes(h[at:at + 4], "big"), "n": int.from_bytes(h[at + 4:], "big")}


def pad(content, size, has_preamble):
    room = size - OVERHEAD - (PREAMBLE if has_preamble else 0)
    return content + b"\x80" + bytes(room - len(content) - 1)


def unpad(padded):
    content = padded.rstrip(b"\x00")
    if not content.endswith(b"\x80"):
        raise Refused("padding")
    return content[:-1]


def body_ad(wing, sid, direction, flight, r, hc, clear):
    parts = () if clear is None else (clear,)
    return LP(label(wing, "body"), sid, direction, flight, r, hc, *parts)


def seal_envelope(hk, mk, sid, direction, h1, preamble, header, content, r, padded=None, wing=PEER, clear=None):
    """One envelope from its parts; `padded` stands for content and its padding if given."""
    flight = h1 if preamble else b""
    if padded is None:
        needed = len(preamble) + OVERHEAD + len(content) + 1
        padded = pad(content, size_for(needed), bool(preamble))
    hc = xseal(hk, r, LP(label(wing, "header"), sid, direction, flight), header)
    key = expand(mk, 32, label(wing, "body"), r)
    bc = seal(key, body_ad(wing, sid, direction, flight, r, hc, clear), padded)
    return preamble + r + hc + bc


class Session:
    """One side of a session: the state of 4.4 by its names, and what surrounds it.

    Besides those names: `turn_due`; `ct`, repeated in the headers of the chain
    being sent; `sent_chains` and `got_chains`, how many were begun; `preamble`,
    which A sends and by which B knows a first flight again; `ik_dh` (A: DH of a
    with a public key, until B's first chain) and `IK_A` (B: until his first
    turn). A skipped entry is (HK, n, mk, first), first: of A's first chain.
    """

    BYTES = ("sid", "h1", "preamble", "RK", "CKs", "CKr", "HKs", "HKr", "NHKs", "NHKr",
             "DHs", "DHr", "dk", "ekr", "ct", "IK_A")
    PLAIN = ("role", "Ns", "Nr", "pn", "turn_due", "sent_chains", "got_chains", "confirmed")

    def __init__(self, wing=PEER):
        self.wing, self.ik_dh, self.last_draws, self.evicted, self.peer_id = wing, None, None, 0, None
        for name in self.BYTES:
            setattr(self, name, None)
        self.Ns = self.Nr = self.pn = self.sent_chains = self.got_chains = 0
        self.turn_due = self.confirmed = False
        self.skipped = []

    @classmethod
    def start_a(cls, v, P, ik_dh, wing=PEER):
        s = cls(wing)
        s.role, s.ik_dh, s.DHr, s.turn_due = "a", ik_dh, P, True
        s.RK, s.NHKs, s.NHKr = v["RK"], v["HK_ab"], v["NHK_ba"]
        s.sid, s.h1, s.preamble = v["sid"], v["h1"], v["preamble"]
        return s

    @classmethod
    def start_b(cls, v, p_secret, wing=PEER):
        s = cls(wing)
        s.role, s.DHs, s.IK_A = "b", p_secret, v["IK_A"]
        s.peer_id = identity_id(v["Ed_A"], v["IK_A"], wing)
        s.RK, s.NHKr, s.NHKs = v["RK"], v["HK_ab"], v["NHK_ba"]
        s.sid, s.h1, s.preamble = v["sid"], v["h1"], v["preamble"]
        return s

    # -- as JSON

    def state(self):
        out = {n: getattr(self, n) for n in self.PLAIN}
        for n in self.BYTES:
            v = getattr(self, n)
            out[n] = None if v is None else v.hex()
        out["skipped"] = [{"HK": hk.hex(), "n": n, "mk": mk.hex(), "first": first}
                          for hk, n, mk, first in self.skipped]
        return out

    @classmethod
    def load(cls, state, ik_secret=None, wing=PEER):
        s = cls(wing)
        for n in cls.PLAIN:
            setattr(s, n, state[n])
        for n in cls.BYTES:
            setattr(s, n, None if state[n] is None else bytes.fromhex(state[n]))
        s.skipped = [(bytes.fromhex(e["HK"]), e["n"], bytes.fromhex(e["mk"]), e["first"])
                     for e in state["skipped"]]
        if ik_secret is not None:
            s.ik_dh = lambda public: DH(ik_secret, public)
        return s

    def clone(self):
        s = copy.copy(self)
        s.skipped = list(self.skipped)
        return s

    # -- sealing

    @property
    def dir_out(self):
        return b"\x00" if self.role == "a" else b"\x01"

    @property
    def dir_in(self):
        return b"\x01" if self.role == "a" else b"\x00"

    def take_turn(self, dice, draws):
        self.pn, self.Ns, self.HKs = self.Ns, 0, self.NHKs
        self.DHs = draws["dh_secret"] = dice(32)
        self.dk = draws["kem_seed"] = dice(64)
        shared = DH(self.DHs, self.DHr)
        if self.role == "a" and self.sent_chains == 0:
            self.ct, mixed = ZERO_CT, (shared, b"")
        else:
            m = draws["encaps_m"] = dice(32)
            self.ct, ss = encaps(self.ekr, m)
            mixed = (shared, ss)
            if self.role == "b" and self.sent_chains == 0:
                mixed += (DH(self.DHs, self.IK_A),)
                self.IK_A = None
        self.RK, self.CKs, self.NHKs = kdf_rk(self.RK, *mixed, wing=self.wing)
        self.sent_chains += 1
        self.turn_due = False

    def next_key(self, dice):
        """Turn if due, step the chain: (header, mk, draws)."""
        draws = {}
        if self.turn_due:
            self.take_turn(dice, draws)
        if self.CKs is None:
            raise Refused("B cannot seal before he opened")
        if self.Ns >= MAX_CHAIN:
            raise Refused("the chain is full until a turn")
        n = self.Ns
        mk, self.CKs = kdf_ck(self.CKs, self.wing)
        self.Ns += 1
        flags = 1 if self.on_first_chain_out() else 0
        header = pack_header(flags, x_public(self.DHs), kem_public(self.dk), self.ct, self.pn, n)
        return header, mk, draws

    def on_first_chain_out(self):
        return self.role == "a" and self.sent_chains == 1

    def seal(self, content, dice, clear=None):
        check_clear(self.wing, clear)
        s = self.clone()
        header, mk, draws = s.next_key(dice)
        preamble = s.preamble if s.on_first_chain_out() else b""
        r = draws["r"] = dice(24)
        envelope = seal_envelope(s.HKs, mk, s.sid, s.dir_out, s.h1, preamble, header, content, r,
                                 wing=s.wing, clear=clear)
        s.last_draws = draws
        self.__dict__.update(s.__dict__)
        return envelope

    # -- opening

    def open(self, envelope, clear=None):
        """The content, or Refused and the state as it was (S-11)."""
        check_clear(self.wing, clear)
        s = self.clone()
        content = s._open(envelope, clear)
        self.__dict__.update(s.__dict__)
        return content

    def _open(self, envelope, clear):
        if len(envelope) not in SIZES:
            raise Refused("size")
        flight, rest = b"", envelope
        if self.role == "b" and envelope.startswith(self.preamble):
            flight, rest = self.h1, envelope[PREAMBLE:]
        r, hc, bc = rest[:24], rest[24:24 + HC], rest[24 + HC:]
        ad = LP(label(self.wing, "header"), self.sid, self.dir_in, flight)

        def header_under(hk):
            if hk is None:
                return None
            try:
                return read_header(xunseal(hk, r, ad, hc))
            except Refused:
                return None

        mk = None
        seen = set()
        for hk, _, _, first in self.skipped:
            # Entries of the chain that goes on are found by way of HKr below.
            if hk in seen or hk == self.HKr:
                continue
            seen.add(hk)
            h = header_under(hk)
            if h is not None:
                self._check_flags(h, first)
                mk = self._use_skipped(hk, h["n"])
                break
        if mk is None:
            h = header_under(self.HKr)
            if h is not None:
                self._check_flags(h, self._first_chain_in(self.got_chains))
                mk = self._on_chain(h)
        if mk is None:
            h = header_under(self.NHKr)
            if h is None:
                raise Refused("header")
            mk = self._on_turn(h)
        key = expand(mk, 32, label(self.wing, "body"), r)
        padded = unseal(key, body_ad(self.wing, self.sid, self.dir_in, flight, r, hc, clear), bc)
        content = unpad(padded)
        if self.role == "a" or self.got_chains > 1:
            # S-13: for B, an envelope of a chain of A after her first.
            if self.role == "a" or h["flags"] == 0:
                self.confirmed = True
        return content

    def _first_chain_in(self, count):
        return self.role == "b" and count == 1

    @staticmethod
    def _check_flags(h, first):
        """S-10."""
        if first:
            if h["flags"] != 1 or h["ct"] != ZERO_CT:
                raise Refused("flags")
        elif h["flags"] != 0:
            raise Refused("flags")

    def _use_skipped(self, hk, n):
        for i, (ehk, en, mk, _) in enumerate(self.skipped):
            if ehk == hk and en == n:
                del self.skipped[i]
                return mk
        raise Refused("no such entry")

    def _skip_to(self, n):
        """Keep the keys Nr … n-1 of the chain under HKr (S-8)."""
        first = self._first_chain_in(self.got_chains)
        while self.Nr < n:
            mk, self.CKr = kdf_ck(self.CKr, self.wing)
            self.skipped.append((self.HKr, self.Nr, mk, first))
            self.Nr += 1
        if len(self.skipped) > MAX_SKIPPED:
            over = len(self.skipped) - MAX_SKIPPED
            self.evicted += over
            del self.skipped[:over]

    def _on_chain(self, h):
        if h["n"] < self.Nr:
            return self._use_skipped(self.HKr, h["n"])
        if h["n"] - self.Nr > MAX_JUMP:
            raise Refused("n beyond the cap")
        self._skip_to(h["n"])
        mk, self.CKr = kdf_ck(self.CKr, self.wing)
        self.Nr = h["n"] + 1
        return mk

    def _on_turn(self, h):
        first = self._first_chain_in(self.got_chains + 1)
        if h["n"] > MAX_JUMP:
            raise Refused("n beyond the cap")
        if self.HKr is None:
            if h["pn"] != 0:
                raise Refused("pn with no old chain")
        elif h["pn"] < self.Nr or h["pn"] - self.Nr > MAX_JUMP:
            raise Refused("pn")
        self._check_flags(h, first)
        check_x(h["dh"])
        check_ek(h["ek"])
        if self.DHs is None:
            raise Refused("the turn is ours")
        if self.HKr is not None:
            self._skip_to(h["pn"])
        self.HKr, self.Nr = self.NHKr, 0
        mixed = (DH(self.DHs, h["dh"]), b"" if first else decaps(self.dk, h["ct"]))
        if self.role == "a" and self.got_chains == 0:
            mixed += (self.ik_dh(h["dh"]),)
            self.ik_dh = None
        self.RK, self.CKr, self.NHKr = kdf_rk(self.RK, *mixed, wing=self.wing)
        self.got_chains += 1
        self.DHr, self.ekr = h["dh"], h["ek"]
        self.DHs = self.dk = None
        self.turn_due = True
        return self._on_chain(h)


# ---------------------------------------------------------------- 4.6


class _PublicOnly:
    """What is known of A to somebody who is not A."""

    def __init__(self, Ed, IK):
        self.Ed, self.IK, self.ik_secret = Ed, IK, None


def simulate(identity_b, secrets, L, Ed_A, IK_A, script, dice, wing=PEER, binding=b""):
    """A whole conversation in both directions without A's secrets (4.6).

    `script` is a list of (side, content, clear); each envelope is opened by the
    other side at once. Gives the envelopes in that order.
    """
    b_secrets = {secrets.P: secrets.p_secret}

    def ik_dh(public):
        # DH(a, Y) for a Y of B's: the other side of it is B's secret of Y.
        return DH(b_secrets[public], IK_A)

    keys = derive(L, wing)
    responder = Responder(identity_b, L, wing, binding)
    bundle = responder.publish(secrets)
    sealed = seal_bundle(keys["shelf_key"], dice(24), bundle, wing)
    a = initiate(_PublicOnly(Ed_A, IK_A), L, identity_b.id, keys["drop"], sealed,
                 secrets.not_after - 1, dice, wing, binding, ik_dh=ik_dh)
    b, out = None, []
    for side, content, clear in script:
        if side == "a":
            envelope = a.seal(content, dice, clear)
            b, got = responder.open(envelope, clear)
        else:
            if b is None:
                raise Refused("B has nothing to answer")
            envelope = b.seal(content, dice, clear)
            b_secrets[x_public(b.DHs)] = b.DHs
            got = a.open(envelope, clear)
        if got != content:
            raise AssertionError("simulation does not open itself")
        out.append(envelope)
    return out

