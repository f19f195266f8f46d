"""The ledger (SPEC section 13): entries, the tree of RFC 6962, checkpoints, proofs, memory, paths.

Proofs are verified as RFC 9162 2.1.3.2 and 2.1.4.2 say, and made from the definition
of the tree (RFC 6962 2.1), which is another road to the same hashes.
"""

import base64
import binascii
import hashlib
import hmac
import re

from business_shapes import CONSISTENCY, PROVEN
from ground import BUSINESS, LP, Refused, label, u16, u64
from proof import sign, verify

MOST_PAYLOAD, BLOCK, MOST_NOTE = 49_152, 256, 8_192
TILE = 256
NO_ENTRY = hashlib.sha256(b"").digest()


def sha(x):
    return hashlib.sha256(x).digest()


# ---------------------------------------------------------------- 13.2


def pad(payload):
    whole = payload + b"\x80"
    return whole + bytes(-len(whole) % BLOCK)


def make_entry(payload, salt):
    if not 1 <= len(payload) <= MOST_PAYLOAD or len(salt) != 32:
        raise Refused("payload or salt")
    return b"\x01" + hmac.digest(salt, LP(label(BUSINESS, "entry"), pad(payload)), "sha256")


def check_entry(entry):
    if len(entry) != 33 or entry[0] != 1:
        raise Refused("entry")
    return entry


def leaf_hash(entry):
    return sha(b"\x00" + entry)


def node_hash(left, right):
    return sha(b"\x01" + left + right)


# ---------------------------------------------------------------- the tree


def split_at(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root_of(leaves):
    if not leaves:
        return NO_ENTRY
    if len(leaves) == 1:
        return leaves[0]
    k = split_at(len(leaves))
    return node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


def inclusion_path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split_at(len(leaves))
    if m < k:
        return inclusion_path(m, leaves[:k]) + [root_of(leaves[k:])]
    return inclusion_path(m - k, leaves[k:]) + [root_of(leaves[:k])]


def consistency_path(m, leaves):
    if m in (0, len(leaves)):
        return []

    def sub(m, leaves, whole):
        if m == len(leaves):
            return [] if whole else [root_of(leaves)]
        k = split_at(len(leaves))
        if m <= k:
            return sub(m, leaves[:k], whole) + [root_of(leaves[k:])]
        return sub(m - k, leaves[k:], False) + [root_of(leaves[:k])]
    return sub(m, leaves, True)


def check_inclusion(index, size, path, leaf, root):
    """RFC 9162 2.1.3.2."""
    if index >= size:
        raise Refused("index not below the size")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise Refused("a hash too many")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn or r != root:
        raise Refused("another root")


def check_consistency(old, new, path, old_root, new_root):
    """RFC 9162 2.1.4.2, and L-9 for equal sizes and for size 0."""
    if old > new:
        raise Refused("smaller")
    if old == 0 and old_root != NO_ENTRY:
        raise Refused("root of no entry")
    if old in (0, new):
        if path or old == new and old_root != new_root:
            raise Refused("hashes between equal sizes, or another root")
        return
    if not path:
        raise Refused("no hash")
    path = list(path)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise Refused("a hash too many")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn or fr != old_root or sr != new_root:
        raise Refused("another root")


# ---------------------------------------------------------------- 13.3


def check_origin(origin):
    """partywall/<authority>: 1 to 245 bytes of printable ASCII without space, + and /."""
    if not re.fullmatch(r"partywall/(?:(?![+/])[!-~]){1,245}", origin, re.ASCII):
        raise Refused("origin")
    return origin


def key_id(origin, key):
    return sha(origin.encode() + b"\n\x01" + key)[:4]


def checkpoint_text(origin, size, root):
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signature_line(name, identity, signature):
    return f"\u2014 {name} {base64.b64encode(identity + signature).decode()}\n"


def make_note(origin, size, root, seed, key):
    text = checkpoint_text(origin, size, root)
    return (text + "\n" + signature_line(origin, key_id(origin, key), sign(seed, text.encode()))).encode()


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("base64") from None
    if base64.b64encode(data).decode() != text:
        raise Refused("base64: not canonical")
    return data


def read_note(note, origin, key):
    """L-6 and L-7: (size, root) of an operator's checkpoint."""
    if len(note) > MOST_NOTE:
        raise Refused("note too long")
    try:
        whole = note.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Refused("note not UTF-8") from None
    if any(ch < " " and ch != "\n" for ch in whole):
        raise Refused("a control character")
    at = whole.rfind("\n\n")
    if at < 0 or not whole.endswith("\n"):
        raise Refused("no signatures, or a cut line")
    text, lines = whole[:at + 1], whole[at + 2:].split("\n")[:-1]
    if not lines:
        raise Refused("no signatures")
    ours = 0
    for line in lines:
        m = re.fullmatch(r"\u2014 (\S+) (\S+)", line)
        if not m or "+" in m[1]:
            raise Refused("not a signature line")
        raw = unbase64(m[2])
        if len(raw) < 5:
            raise Refused("not a signature line")
        if m[1] == origin and raw[:4] == key_id(origin, key):
            verify(key, text.encode(), raw[4:])
            ours += 1
    if not ours:
        raise Refused("not signed by the operator")
    return read_text(text, origin)


def read_text(text, origin):
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or lines[0] != origin:
        raise Refused("not three lines, or another origin")
    if not re.fullmatch("0|[1-9][0-9]*", lines[1], re.ASCII) or int(lines[1]) >= 1 << 64:
        raise Refused("size")
    root = unbase64(lines[2])
    if len(root) != 32 or lines[1] == "0" and root != NO_ENTRY:
        raise Refused("root")
    return int(lines[1]), root


# ---------------------------------------------------------------- 13.4, 13.5


def check_proven(data, origin, key):
    """L-8: the payload of what is proven."""
    f = PROVEN.decode(data)
    opening, inclusion = f["opening"], f["inclusion"]
    size, root = read_note(f["checkpoint"], origin, key)
    if opening["index"] != inclusion["index"] or inclusion["size"] != size:
        raise Refused("index or size differ")
    leaf = leaf_hash(make_entry(opening["payload"], opening["salt"]))
    check_inclusion(inclusion["index"], size, inclusion["hashes"], leaf, root)
    return opening["payload"]


SMALLER, OTHER_ROOT, NOT_SHOWN = 1, 2, 3


def compare(remembered, shown, proof, origin, key):
    """L-10: None if `shown` may take the place of `remembered`, else the kind of fork; what is no note of the operator's is refused."""
    size, root = read_note(remembered, origin, key)
    new_size, new_root = read_note(shown, origin, key)
    if new_size < size:
        return SMALLER
    if new_size == size:
        return OTHER_ROOT if new_root != root else None
    try:
        f = CONSISTENCY.decode(proof) if proof else None
        if f is None or (f["old"], f["new"]) != (size, new_size):
            raise Refused("no proof between these sizes")
        check_consistency(size, new_size, f["hashes"], root, new_root)
    except Refused:
        return NOT_SHOWN
    return None


# ---------------------------------------------------------------- 13.6


def tile_number(n):
    digits = str(n)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    return "/".join(["x" + g for g in groups[:-1]] + [groups[-1]])


def tile_path(level, n, width=TILE):
    """`level` is None for entries."""
    part = "" if width == TILE else f".p/{width}"
    return f"/tile/{'entries' if level is None else level}/{tile_number(n)}{part}"


PATH = re.compile(r"/tile/(entries|[0-5])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


def read_path(path, size):
    """(level or None, number, width) of what a log of this size has, or Refused: 404 (L-12)."""
    m = PATH.fullmatch(path)
    if not m:
        raise Refused("no such path")
    level = None if m[1] == "entries" else int(m[1])
    n, width = int(m[2].replace("x", "").replace("/", "")), int(m[3] or TILE)
    if tile_number(n) != m[2] or m[3] and width >= TILE:
        raise Refused("no such path")
    if n * TILE + width > size >> 8 * (level or 0):
        raise Refused("not reached")
    return level, n, width


def tile(level, n, width, leaves):
    """The bytes of a tile: `width` nodes of height 8·level."""
    span = 1 << 8 * level
    first = n * TILE
    return b"".join(root_of(leaves[i * span:(i + 1) * span]) for i in range(first, first + width))


def entry_tile(n, width, entries):
    return b"".join(u16(len(e)) + e for e in entries[n * TILE:n * TILE + width])


def numbered_entry(i):
    """Entry i of the log from which the tiles are."""
    return b"\x01" + hashlib.sha256(u64(i)).digest()
