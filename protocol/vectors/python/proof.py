"""Public keys and proofs (SPEC section 2), and the ML-KEM-768 of section 1.1.

X25519 and Ed25519 come from `cryptography`; what G-10 and G-11 ask beyond it
(prime-order subgroup, canonical encodings, strict verification) is done here
with plain integers on edwards25519.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey, Ed25519PublicKey)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from kyber_py.ml_kem import ML_KEM_768

from ground import GROUND, H, LP, PEER, Refused, label, u64

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, P - 2, P) % P
_SQRT_M1 = pow(2, (P - 1) // 4, P)

# ------------------------------------------------------------ edwards25519
# Points are (X, Y, Z, T), extended coordinates as in RFC 8032.

IDENTITY = (0, 1, 1, 0)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * _D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def mul(s, p):
    q = IDENTITY
    while s > 0:
        if s & 1:
            q = add(q, p)
        p = add(p, p)
        s >>= 1
    return q


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def neg(p):
    return -p[0] % P, p[1], p[2], -p[3] % P


def encode_point(p):
    z = pow(p[2], P - 2, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode_point(raw):
    """A point of its canonical encoding, or Refused."""
    n = int.from_bytes(raw, "little")
    sign, y = n >> 255, n & ((1 << 255) - 1)
    if y >= P:
        raise Refused("point not canonical")
    x2 = (y * y - 1) * pow(_D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * _SQRT_M1 % P
    if (x * x - x2) % P:
        raise Refused("not a point")
    if x == 0 and sign:
        raise Refused("point not canonical")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point(bytes.fromhex("58" + "66" * 31))


def check_ed(raw):
    """G-10: canonical, in the prime-order subgroup, not the identity."""
    if len(raw) != 32:
        raise Refused("Ed25519 key size")
    p = decode_point(raw)
    if same(p, IDENTITY) or not same(mul(ORDER, p), IDENTITY):
        raise Refused("Ed25519 key outside the prime-order subgroup")
    return p


def ed_public(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed, m):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(m)


def verify(key, m, signature):
    """Strict verification (G-10)."""
    check_ed(key)
    if len(signature) != 64:
        raise Refused("signature size")
    if int.from_bytes(signature[32:], "little") >= ORDER:
        raise Refused("S not below L")
    r = decode_point(signature[:32])
    if same(mul(8, r), IDENTITY):
        raise Refused("R of small order")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, m)
    except InvalidSignature:
        raise Refused("signature") from None
    # The library is not asked which equation it uses: the cofactorless one again.
    k = ed_challenge(signature[:32], key, m)
    s = int.from_bytes(signature[32:], "little")
    if not same(mul(s, BASE), add(r, mul(k, decode_point(key)))):
        raise Refused("signature")


def ed_challenge(r, key, m):
    return int.from_bytes(hashlib.sha512(r + key + m).digest(), "little") % ORDER


def ed_scalar(seed):
    h = bytearray(hashlib.sha512(seed).digest()[:32])
    h[0] &= 248
    h[31] = h[31] & 127 | 64
    return int.from_bytes(h, "little")


# ---------------------------------------------------------------- X25519


def check_x(raw):
    """G-11, first half: below 2^255 - 19, top bit clear."""
    if len(raw) != 32 or int.from_bytes(raw, "little") >= P:
        raise Refused("X25519 key not canonical")
    return raw


def x_public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def DH(secret, public):
    """G-11, both halves."""
    check_x(public)
    return raw_DH(secret, public)


def raw_DH(secret, public):
    """X25519 of any encoding; an all-zero result is still refused."""
    try:
        out = X25519PrivateKey.from_private_bytes(secret).exchange(
            X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Refused("DH result is zero") from None
    if out == bytes(32):
        raise Refused("DH result is zero")
    return out


def check_x_order(public):
    """Whether DH with this key can give anything but zero; for checks before a secret is drawn."""
    DH(b"\x01" * 32, public)


# ---------------------------------------------------------------- ML-KEM-768

KEM_Q = 3329
EK, CT = 1184, 1088


def kem_public(seed):
    return ML_KEM_768.key_derive(seed)[0]


def check_ek(ek):
    """FIPS 203, 7.2: length, and every coefficient below q."""
    if len(ek) != EK:
        raise Refused("ek size")
    for i in range(0, EK - 32, 3):
        a, b, c = ek[i:i + 3]
        if a | (b & 15) << 8 >= KEM_Q or b >> 4 | c << 4 >= KEM_Q:
            raise Refused("ek coefficient not below q")
    return ek


def encaps(ek, m):
    """Encapsulation with given randomness m of 32 bytes: (ct, ss)."""
    check_ek(ek)
    ss, ct = ML_KEM_768._encaps_internal(ek, m)
    return ct, ss


def decaps(seed, ct):
    if len(ct) != CT:
        raise Refused("ct size")
    return ML_KEM_768.decaps(ML_KEM_768.key_derive(seed)[1], ct)


# ---------------------------------------------------------------- 2.2, 2.3


class Identity:
    """The secrets of an identity: an Ed25519 seed and an X25519 secret."""

    def __init__(self, ed_seed, ik_secret, wing=PEER):
        self.ed_seed, self.ik_secret = ed_seed, ik_secret
        self.Ed, self.IK = ed_public(ed_seed), x_public(ik_secret)
        self.id = identity_id(self.Ed, self.IK, wing)


def identity_id(Ed, IK, wing=PEER):
    return H(label(wing, "identity"), Ed, IK)


def vouch_message(spki, not_after):
    return LP(label(GROUND, "vouch"), spki, u64(not_after))


def make_vouch(relay_seed, spki, not_after):
    return sign(relay_seed, vouch_message(spki, not_after))


def check_vouch(relay_key, spki, not_after, signature, now):
    """R-2, for one vouch."""
    if not_after <= now:
        raise Refused("vouch has passed")
    verify(relay_key, vouch_message(spki, not_after), signature)
