"""Envelopes and the ratchet of the sealed channel (SPEC 4.3 and 4.4)."""

import copy

from ground import (
    BUSINESS, LP, PEER, SIZES, Refused, expand, extract, label, seal, size_for, u32, unseal, xseal, xunseal)
from proof import CT, DH, EK, check_ek, check_x, decaps, encaps, identity_id, kem_public, x_public

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


def check_clear(wing, clear):
    """S-14, before anything is derived."""
    if (wing == BUSINESS) != (clear is not None):
        raise Refused("clear part of another wing, or none")
    if clear is not None and len(clear) > MAX_CLEAR:
        raise Refused("clear part too long")


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
