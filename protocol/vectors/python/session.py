"""The sealed channel (SPEC section 4): bundles, handshake, simulation; `ratchet.py` has the rest.

Every function that needs randomness takes `dice`, a callable that gives n bytes.
Draws are made in a fixed order, so that seeded dice give the same bytes again:
a seal that takes a turn draws the X25519 secret (32), the ML-KEM seed (64) and,
but for A's first chain, the encapsulation's m (32); every seal then draws r (24).

In the business wing a session has a binding (S-15), and every envelope a clear
part (S-14); None stands for "no clear part", which is right in the peer wing only.
"""

import hashlib
import os

from ground import (
    BUSINESS, H, LP, PEER, SIZES, Refused, derive, expand, extract, label, seal, u64, unseal, xseal, xunseal)
from proof import (
    CT, DH, EK, check_ed, check_ek, check_x, check_x_order, decaps, encaps, identity_id, kem_public, sign,
    verify, x_public)
from ratchet import C1, PREAMBLE, Session, check_clear

SUITE = b"\x00\x01"
ONE_TIME, LAST_RESORT = 1, 2
BUNDLE, SEALED_BUNDLE = 1369, 1409
DAY = 86_400
AHEAD = 400 * DAY


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

