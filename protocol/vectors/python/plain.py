"""What all vectors are made with: plain JSON values, the book that tries each vector
before it is written, keys and signatures that must be refused; and cbor.json.
"""

import proof
from ground import Close, H, Refused, cbor_decode, cbor_encode, u32


def plain(v):
    """Bytes to hex, all the way down."""
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    return v


def accepts(f, *args):
    try:
        f(*args)
        return True
    except (Refused, Close):
        return False


class Book:
    """Collects vectors; names are unique, and what is said of validity is tried."""

    def __init__(self, verdict):
        self.verdict, self.vectors, self.names = verdict, [], set()

    def add(self, name, valid, **fields):
        if name in self.names:
            raise ValueError(f"name used twice: {name}")
        self.names.add(name)
        vector = {"name": name, "valid": valid, **plain(fields)}
        self.verdict(vector)
        self.vectors.append(vector)


# A point of order eight, and the encodings of all points of small order.
def torsion_point():
    y = 2
    while True:
        try:
            p = proof.mul(proof.ORDER, proof.decode_point(y.to_bytes(32, "little")))
            if not proof.same(proof.mul(4, p), proof.IDENTITY):
                return p
        except Refused:
            pass
        y += 1


TORSION = torsion_point()
SMALL_ED = [proof.encode_point(proof.mul(i, TORSION)) for i in range(8)]
NON_CANONICAL_ED = [
    (1 + proof.P).to_bytes(32, "little"),                  # the identity, y not reduced
    proof.P.to_bytes(32, "little"),                        # y = 0, not reduced
    bytes([1]) + bytes(30) + b"\x80",                      # the identity, sign bit set
    (proof.P - 1 | 1 << 255).to_bytes(32, "little"),       # y = -1, sign bit set
    b"\xff" * 32,
]
LOW_X = [
    (0).to_bytes(32, "little"), (1).to_bytes(32, "little"), (proof.P - 1).to_bytes(32, "little"),
    325606250916557431795983626356110631294008115727848805560023387167927233504 .to_bytes(32, "little"),
    39382357235489614581723060781553021112529911719440698176882885853963445705823 .to_bytes(32, "little"),
]


def mixed_key(seed):
    """An Ed25519 public key with a component of order eight."""
    return proof.encode_point(proof.add(proof.decode_point(proof.ed_public(seed)), TORSION))


def sign_mixed(seed, m):
    """A signature that fits the cofactorless equation under mixed_key(seed)."""
    key, a, i = mixed_key(seed), proof.ed_scalar(seed), 1
    while True:
        r = int.from_bytes(H(b"nonce", seed, m, u32(i)), "little") % proof.ORDER
        R = proof.encode_point(proof.mul(r, proof.BASE))
        k = proof.ed_challenge(R, key, m)
        if k % 8 == 0:
            return R + ((r + k * a) % proof.ORDER).to_bytes(32, "little")
        i += 1


def sign_identity_key(m):
    """A signature that fits the equation under the key that is the identity point."""
    r = int.from_bytes(H(b"nonce", m), "little") % proof.ORDER
    return proof.encode_point(proof.mul(r, proof.BASE)) + r.to_bytes(32, "little")


def sign_identity_r(seed, m):
    """A signature whose R is the identity point: fits the equation, refused by G-10."""
    R = proof.encode_point(proof.IDENTITY)
    k = proof.ed_challenge(R, proof.ed_public(seed), m)
    return R + (k * proof.ed_scalar(seed) % proof.ORDER).to_bytes(32, "little")


def high_s(signature):
    s = int.from_bytes(signature[32:], "little") + proof.ORDER
    return signature[:32] + s.to_bytes(32, "little")


def flip(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def bad_ek(ek, at=0, value=proof.KEM_Q):
    """An encapsulation key with coefficient `at` set to `value`."""
    i = at // 2 * 3
    pair = int.from_bytes(ek[i:i + 3], "little")
    if at % 2 == 0:
        pair = pair & ~0xFFF | value
    else:
        pair = pair & 0xFFF | value << 12
    return ek[:i] + pair.to_bytes(3, "little") + ek[i + 3:]


def check_cbor(v):
    got = accepts(cbor_decode, bytes.fromhex(v["hex"]))
    if got != v["valid"]:
        raise AssertionError(v["name"])
    if got and cbor_encode(cbor_decode(bytes.fromhex(v["hex"]))).hex() != v["hex"]:
        raise AssertionError(f"{v['name']}: encoding is not deterministic")


def cbor():
    b = Book(check_cbor)

    def add(name, valid, h):
        b.add(name, valid, hex=h.replace(" ", ""))

    def inside(name, valid, h):
        add(name, valid, "a100" + h)

    add("empty map", True, "a0")
    for n in (0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**63, 2**64 - 1):
        inside(f"integer {n}", True, cbor_encode(n).hex())
    inside("false", True, "f4")
    inside("true", True, "f5")
    for n in (0, 1, 23, 24, 255, 256):
        inside(f"byte string of {n}", True, cbor_encode(bytes(n)).hex())
        inside(f"text of {n}", True, cbor_encode("a" * n).hex())
        inside(f"array of {n}", True, cbor_encode([0] * n).hex())
    inside("text with characters of two, three and four bytes", True, cbor_encode("ä€😀").hex())
    inside("text with a zero character", True, "6100")
    add("keys of one, two, three, five and nine bytes in order", True,
        "ae 0000 0100 1700 181800 18ff00 19010000 19ffff00 1a0001000000 1affffffff00"
        "1b000000010000000000 1b800000000000000000 1bfffffffffffffffd00 1bfffffffffffffffe00 1bffffffffffffffff00")
    inside("map in map", True, "a20100 02a0")
    inside("nesting of exactly 8: a map and seven arrays", True, "81" * 6 + "80")
    inside("nesting of exactly 8 with an integer innermost", True, "81" * 7 + "00")
    add("nesting of exactly 8: maps only", True, "a100" * 7 + "a0")

    for w, h in (("one byte for 0", "1800"), ("one byte for 23", "1817"), ("two bytes for 255", "1900ff"),
                 ("four bytes for 65535", "1a0000ffff"), ("eight bytes for 4294967295", "1b00000000ffffffff"),
                 ("eight bytes for 0", "1b0000000000000000")):
        inside(f"integer not in its shortest form: {w}", False, h)
        add(f"key not in its shortest form: {w}", False, "a1" + h + "00")
    for kind, h in (("byte string", "5801 00"), ("text", "7801 61"), ("array", "9801 00"), ("map", "b801 0000"),
                    ("empty byte string", "5800"), ("empty text", "7800"), ("empty array", "9800"),
                    ("empty map", "b800")):
        inside(f"length of a {kind} not in its shortest form: one byte", False, h)
    for kind, h in (("byte string", "5900ff" + "00" * 255), ("text", "7900ff" + "61" * 255),
                    ("array", "9900ff" + "00" * 255)):
        inside(f"length of a {kind} not in its shortest form: two bytes for 255", False, h)
    inside("length of a byte string not in its shortest form: eight bytes", False, "5b0000000000000001 00")
    add("outermost map's length not in its shortest form", False, "b8010000")
    for kind, h in (("byte string", "5f4100ff"), ("text", "7f6161ff"), ("array", "9f00ff"), ("map", "bf0000ff")):
        inside(f"indefinite {kind}", False, h)
    add("indefinite outermost map", False, "bf0000ff")
    inside("break alone", False, "ff")
    add("keys descending", False, "a201000000")
    add("keys descending across widths", False, "a2181800 1700")
    add("keys descending, wide", False, "a2190100 00 18ff 00")
    add("key twice", False, "a200000000")
    add("key twice, not next to each other", False, "a3 0000 0100 0000")
    inside("keys of an inner map descending", False, "a201000000")
    inside("key of an inner map twice", False, "a200000000")
    add("keys descending in a map within an array", False, "a10081a201000000")
    for kind, h in (("0", "c000"), ("24", "d81874 61616161616161616161616161616161616161616161"),
                    ("of a big number", "c24101"), ("55799", "d9d9f700")):
        inside(f"tag {kind}", False, h)
    add("tag around the outermost map", False, "d9d9f7a0")
    inside("float of two bytes", False, "f90000")
    inside("float of four bytes", False, "fa00000000")
    inside("float of eight bytes", False, "fb0000000000000000")
    inside("float NaN", False, "f97e00")
    inside("null", False, "f6")
    inside("undefined", False, "f7")
    inside("simple value 0", False, "e0")
    inside("simple value 19", False, "f3")
    inside("simple value 32 in two bytes", False, "f820")
    inside("simple value 255 in two bytes", False, "f8ff")
    inside("false in two bytes", False, "f814")
    inside("true in two bytes", False, "f815")
    for why, h in (("lone continuation byte", "6180"), ("overlong slash", "62c0af"), ("surrogate", "63eda080"),
                   ("cut sequence", "62e282"), ("above U+10FFFF", "64f4908080"), ("byte 0xff", "61ff"),
                   ("overlong zero", "62c080")):
        inside(f"text that is not UTF-8: {why}", False, h)
    inside("nesting of 9: a map and eight arrays", False, "81" * 7 + "80")
    add("nesting of 9: maps only", False, "a100" * 8 + "a0")
    inside("nesting of 9 in a second element", False, "8200" + "8200" * 6 + "80")
    inside("nesting of 1,000", False, "81" * 1000 + "80")
    add("a byte after the item", False, "a000")
    add("a second map after the item", False, "a0a0")
    add("nothing at all", False, "")
    for h in ("1c", "1d", "1e", "1f", "5c", "7d", "9e", "bc", "fc", "fd", "fe", "3f", "df"):
        inside(f"reserved head 0x{h}", False, h)
    add("cut: map without its entry", False, "a1")
    add("cut: key without its value", False, "a100")
    inside("cut: integer", False, "1a000000")
    inside("cut: byte string", False, "430000")
    inside("cut: text", False, "636161")
    inside("cut: array", False, "8200")
    inside("cut: head of a length", False, "59 01")
    for kind, h in (("byte string", "5b"), ("text", "7b"), ("array", "9b"), ("map", "bb")):
        inside(f"length of a {kind} of 2^64 - 1 with nothing behind", False, h + "f" * 16)
        inside(f"length of a {kind} of 2^32 - 1 with nothing behind", False, h[0] + "a" + "f" * 8)
    return b.vectors
