"""The ground floor of Partywall, protocol version 1 (SPEC section 1).

Joining of bytes, labels, hashes and key derivation, sealing, strict
deterministic CBOR, the frame around every message, and what follows from a link's secret.
"""

import hashlib
import hmac

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from nacl import bindings as sodium
from nacl.exceptions import CryptoError

PEER = "peer"
BUSINESS = "business"
GROUND = "ground"
WING_BYTE = {PEER: 0x50, BUSINESS: 0x42}
VERSION = 0x01
MAX_FRAME = 65_792
SIZES = (4_096, 16_384, 65_536)
MAX_NESTING = 8

SESSION_LABELS = (
    "identity", "capability", "shelf key", "psk", "drop", "bundle", "shelf",
    "h0", "h1", "seal", "mix", "root", "header", "body", "turn", "message",
    "chain", "safety", "safety digits",
)
LABELS = {
    GROUND: ("vouch", "link"),
    PEER: SESSION_LABELS + ("create", "attach"),
    BUSINESS: SESSION_LABELS + (
        "business", "business link", "conversation", "subject", "login", "certificate", "revocation",
        "table", "consent", "template", "frank", "frank mark", "erasure", "tombstone", "entry"),
}


class Refused(Exception):
    """Something that this implementation refuses."""


# ---------------------------------------------------------------- 1.1, 1.2


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def lp(x):
    return u32(len(x)) + x


def LP(*parts):
    return b"".join(lp(p) for p in parts)


def label(wing, name):
    """The whole label of a name in a wing; a name outside the registry is a bug (G-1)."""
    if name not in LABELS[wing]:
        raise ValueError(f"no such label: {wing}/{name}")
    return f"partywall/1/{wing}/{name}".encode("ascii")


def H(lab, *parts):
    return hashlib.sha256(LP(lab, *parts)).digest()


def extract(salt, *parts):
    """HKDF-Extract (RFC 5869): HMAC with the salt as its key."""
    return hmac.new(salt, LP(*parts), hashlib.sha256).digest()


def expand(key, n, lab, *parts):
    """HKDF-Expand (RFC 5869)."""
    info = LP(lab, *parts)
    out, block, i = b"", b"", 0
    while len(out) < n:
        i += 1
        block = hmac.new(key, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
    return out[:n]


ZERO_NONCE = bytes(12)


def seal(key, ad, m, nonce=ZERO_NONCE):
    return ChaCha20Poly1305(key).encrypt(nonce, m, ad)


def unseal(key, ad, c, nonce=ZERO_NONCE):
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, c, ad)
    except InvalidTag:
        raise Refused("tag") from None


def xseal(key, nonce, ad, m):
    return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(m, ad, nonce, key)


def xunseal(key, nonce, ad, c):
    if len(c) < 16:
        raise Refused("too short for a tag")
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(c, ad, nonce, key)
    except CryptoError:
        raise Refused("tag") from None


def size_for(needed):
    """The smallest envelope that has room for `needed` bytes (G-9)."""
    for size in SIZES:
        if needed <= size:
            return size
    raise Refused("content too long for any envelope")


# ---------------------------------------------------------------- 1.3 CBOR


def cbor_encode(value):
    """Deterministic encoding: cbor2's canonical mode orders by length, then bytes.

    For unsigned integer keys in shortest form that is the bytewise order too.
    """
    return cbor2.dumps(value, canonical=True)


def cbor_decode(data):
    """One deterministic item and nothing after it (G-3), as Python values."""
    value, at = _item(data, 0, 0)
    if at != len(data):
        raise Refused("bytes after the item")
    return value


def _take(data, at, n):
    if n > len(data) - at:
        raise Refused("truncated")
    return data[at:at + n], at + n


def _head(data, at):
    first, at = _take(data, at, 1)
    major, info = first[0] >> 5, first[0] & 31
    if info < 24:
        return major, info, info, at
    if info > 27:
        raise Refused("indefinite length or reserved head")
    width = 1 << (info - 24)
    raw, at = _take(data, at, width)
    return major, info, int.from_bytes(raw, "big"), at


def _shortest(info, value):
    least = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}.get(info, 0)
    if value < least:
        raise Refused("not the shortest form")


def _item(data, at, depth):
    major, info, value, at = _head(data, at)
    if major == 7:
        if info == 20:
            return False, at
        if info == 21:
            return True, at
        raise Refused("float or simple value")
    if major == 6:
        raise Refused("tag")
    _shortest(info, value)
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major == 2:
        return _take(data, at, value)
    if major == 3:
        raw, at = _take(data, at, value)
        try:
            return raw.decode("utf-8", "strict"), at
        except UnicodeDecodeError:
            raise Refused("text that is not UTF-8") from None
    # The outermost array or map is at depth 1.
    depth += 1
    if depth > MAX_NESTING:
        raise Refused("nesting")
    if value > len(data) - at:
        raise Refused("truncated")
    if major == 4:
        out = []
        for _ in range(value):
            element, at = _item(data, at, depth)
            out.append(element)
        return out, at
    out, last = {}, None
    for _ in range(value):
        start = at
        key, at = _item(data, at, depth)
        encoded = data[start:at]
        if last is not None and encoded <= last:
            raise Refused("map keys out of order")
        last = encoded
        if type(key) is not int or key < 0:
            raise Refused("a key that is not an unsigned integer")
        out[key], at = _item(data, at, depth)
    return out, at


# ------------------------------------------------------- CDDL by combinators


def want_uint(bound=1 << 64, least=0):
    def check(v):
        if type(v) is not int or not least <= v < bound:
            raise Refused("not such an unsigned integer")
        return v
    return check


def want_bytes(*sizes):
    def check(v):
        if type(v) is not bytes or (sizes and len(v) not in sizes):
            raise Refused("not a byte string of that size")
        return v
    return check


def want_int(least=-(1 << 64), most=(1 << 64) - 1):
    def check(v):
        if type(v) is not int or not least <= v <= most:
            raise Refused("not such an integer")
        return v
    return check


def want_bytes_from(least, most):
    def check(v):
        if type(v) is not bytes or not least <= len(v) <= most:
            raise Refused("not a byte string of that length")
        return v
    return check


def want_bool(v):
    if type(v) is not bool:
        raise Refused("not a bool")
    return v


def want_text(least=0, most=1 << 32):
    def check(v):
        if type(v) is not str or not least <= len(v.encode()) <= most:
            raise Refused("not a text of that size")
        return v
    return check


def want_list(each, least, most):
    def check(v):
        if type(v) is not list or not least <= len(v) <= most:
            raise Refused("not a list of that length")
        return [each(x) for x in v]
    return check


class Shape:
    """A CDDL map: fields as (key, name, check, required)."""

    def __init__(self, *fields):
        self.fields = fields
        self.by_key = {f[0]: f for f in fields}

    def __call__(self, v):
        """Check a decoded map; gives a dict by name."""
        if type(v) is not dict:
            raise Refused("not a map")
        for key in v:
            if key not in self.by_key:
                raise Refused("a key that is not named")
        out = {}
        for key, name, check, required in self.fields:
            if key in v:
                out[name] = check(v[key])
            elif required:
                raise Refused(f"no {name}")
        return out

    def pack(self, named):
        """A dict by name to a dict by key, ready to encode."""
        unknown = set(named) - {f[1] for f in self.fields}
        if unknown:
            raise ValueError(f"no such fields: {unknown}")
        out = {}
        for key, name, check, _ in self.fields:
            if named.get(name) is None:
                continue
            v = named[name]
            shape = getattr(check, "shape", check if hasattr(check, "pack") else None)
            if shape is not None:
                v = [shape.pack(x) for x in v] if isinstance(v, list) else shape.pack(v)
            out[key] = v
        self(out)
        return out

    def encode(self, named):
        return cbor_encode(self.pack(named))

    def decode(self, data):
        return self(cbor_decode(data))


def list_of(shape, least, most):
    check = want_list(shape, least, most)
    check.shape = shape
    return check


# ---------------------------------------------------------------- 1.4 frames


class Close(Exception):
    """What ends a connection: a close code of section 5.7."""

    def __init__(self, code, why=""):
        super().__init__(f"{code} {why}")
        self.code = code


MALFORMED, BAD_VERSION, WRONG_WING, WRONG_DOOR, TOO_LARGE = 4001, 4002, 4003, 4004, 4005


def frame(kind, body, wing=PEER, most=MAX_FRAME):
    out = bytes([WING_BYTE[wing], VERSION]) + u16(kind) + u32(len(body)) + body
    if len(out) > most:
        raise ValueError("frame too long")
    return out


def unframe(data, wing=PEER, most=MAX_FRAME):
    """Type and body of a frame, or the close code of the first check that fails (G-7)."""
    if len(data) > most:
        raise Close(TOO_LARGE)
    if len(data) < 8:
        raise Close(MALFORMED, "header")
    if data[0] != WING_BYTE[wing]:
        raise Close(WRONG_WING)
    if data[1] != VERSION:
        raise Close(BAD_VERSION)
    if int.from_bytes(data[4:8], "big") != len(data) - 8:
        raise Close(MALFORMED, "length")
    return int.from_bytes(data[2:4], "big"), data[8:]


def derive(L, wing=PEER):
    """Capability, shelf key, PSK and drop id from a contact link's secret L."""
    capability = expand(L, 32, label(wing, "capability"))
    return {
        "capability": capability,
        "shelf_key": expand(L, 32, label(wing, "shelf key")),
        "psk": expand(L, 32, label(wing, "psk")),
        "drop": H(label(wing, "drop"), capability),
    }
