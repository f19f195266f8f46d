"""Conversations (SPEC section 6): the content body and the safety number."""

from ground import (
    H, PEER, Refused, Shape, expand, label, want_bytes, want_list, want_text, want_uint)
from linking import want_authority

SEQUENCE = want_uint(least=1)
EPOCH = want_uint(least=1)
UINT = want_uint()
B32 = want_bytes(32)

REPLY_TO = Shape(
    (0, "epoch", EPOCH, True), (1, "authorities", want_list(want_authority, 1, 3), True),
    (2, "key", B32, True), (3, "capability", B32, True))
MOVED = Shape((0, "epoch", EPOCH, True), (1, "last", UINT, True))
RENEWAL = Shape((0, "bundle", want_bytes(1369), True), (1, "secret", B32, True))


def want_span(v):
    if type(v) is not list or len(v) != 2:
        raise Refused("not a span")
    first, last = SEQUENCE(v[0]), SEQUENCE(v[1])
    if first > last:
        raise Refused("a span that ends before it begins")
    return [first, last]


CONTENT = Shape(
    (0, "sequence", SEQUENCE, True),
    (1, "milliseconds", UINT, True),
    (2, "seen", UINT, True),
    (3, "text", want_text(0, 60_000), False),
    (4, "reply_to", REPLY_TO, False),
    (5, "moved", MOVED, False),
    (6, "receipts", want_list(want_span, 1, 16), False),
    (7, "renewal", RENEWAL, False),
)

encode = CONTENT.encode
decode = CONTENT.decode


def safety_number(one, other, wing=PEER):
    low, high = sorted((one, other))
    raw = expand(H(label(wing, "safety"), low, high), 60, label(wing, "safety digits"))
    return " ".join(f"{int.from_bytes(raw[i:i + 5], 'big') % 100_000:05d}" for i in range(0, 60, 5))
