"""The peer wire (SPEC section 5): every frame's body by its CDDL, doors and directions.

`decode` answers with the close code that a receiver would use (G-7, 5.7).
"""

import ground
from ground import (
    Close, LP, MALFORMED, PEER, Refused, Shape, WRONG_DOOR, frame, label,
    list_of, unframe, want_bool, want_bytes, want_list, want_uint)
from proof import sign, verify

COLLECT, DEPOSIT = "collect", "deposit"
C2R, R2C = "c2r", "r2c"

B32, B64 = want_bytes(32), want_bytes(64)
UINT = want_uint()
SLOT = (0, "slot", want_uint(1 << 32), True)
SEALED = want_bytes(1409)
ENVELOPE = want_bytes(*ground.SIZES)

VOUCH = Shape((0, "spki", B32, True), (1, "not_after", UINT, True), (2, "signature", B64, True))

# type: name, doors, direction, shape
FRAMES = {
    0x0001: ("hello", (COLLECT, DEPOSIT), R2C, Shape(
        (0, "key", B32, True), (1, "nonce", B32, True), (2, "vouches", list_of(VOUCH, 0, 8), True),
        (3, "seconds", UINT, True), (4, "days", UINT, True))),
    0x0010: ("create", (COLLECT,), C2R, Shape(
        SLOT, (1, "reader", B32, True), (2, "drop", B32, True), (3, "nonce", B32, True),
        (4, "spki", B32, True), (5, "signature", B64, True), (6, "pass", B32, False),
        (7, "credit", B32, False))),
    0x0011: ("attach", (COLLECT,), C2R, Shape(
        SLOT, (1, "reader", B32, True), (3, "nonce", B32, True), (4, "spki", B32, True),
        (5, "signature", B64, True))),
    0x0012: ("attached", (COLLECT,), R2C, Shape(
        SLOT, (1, "acks", UINT, True), (2, "one_time", UINT, True))),
    0x0013: ("refused", (COLLECT,), R2C, Shape(
        SLOT, (1, "reason", UINT, True), (2, "seconds", UINT, False))),
    0x0014: ("detached", (COLLECT,), R2C, Shape(SLOT)),
    0x0015: ("close", (COLLECT,), C2R, Shape(SLOT)),
    0x0016: ("closed", (COLLECT,), R2C, Shape(SLOT, (1, "credit", B32, False))),
    0x0017: ("shelve", (COLLECT,), C2R, Shape(
        SLOT, (1, "clear", want_bool, True), (2, "one_time", want_list(SEALED, 0, 32), True),
        (3, "last_resort", SEALED, False))),
    0x0018: ("shelved", (COLLECT,), R2C, Shape(SLOT, (1, "one_time", UINT, True))),
    0x0019: ("deliver", (COLLECT,), R2C, Shape(
        SLOT, (1, "tag", UINT, True), (2, "envelope", ENVELOPE, True))),
    0x001A: ("ack", (COLLECT,), C2R, Shape(SLOT, (1, "tag", UINT, True))),
    0x0020: ("use", (DEPOSIT,), C2R, Shape((0, "capability", B32, True))),
    0x0021: ("opened", (DEPOSIT,), R2C, Shape()),
    0x0022: ("deposit", (DEPOSIT,), C2R, Shape(
        (0, "number", UINT, True), (1, "envelope", ENVELOPE, True))),
    0x0023: ("accepted", (DEPOSIT,), R2C, Shape((0, "number", UINT, True))),
    0x0024: ("take", (DEPOSIT,), C2R, Shape()),
    0x0025: ("taken", (DEPOSIT,), R2C, Shape((0, "sealed", SEALED, False))),
}
TYPE_OF = {v[0]: k for k, v in FRAMES.items()}


def encode(name, fields):
    kind = TYPE_OF[name]
    return frame(kind, FRAMES[kind][3].encode(fields))


def decode(data, door, direction):
    """(name, fields) of a frame that arrived on `door` in `direction`, or Close."""
    kind, body = unframe(data)
    if kind not in FRAMES:
        raise Close(MALFORMED, "type")
    name, doors, way, shape = FRAMES[kind]
    if door not in doors or direction != way:
        raise Close(WRONG_DOOR)
    try:
        return name, shape.decode(body)
    except Refused as why:
        raise Close(MALFORMED, str(why)) from None


# ---------------------------------------------------------------- 5.3


def create_message(relay_key, reader, drop, hello_nonce, nonce, spki):
    return LP(label(PEER, "create"), relay_key, reader, drop, hello_nonce, nonce, spki)


def attach_message(relay_key, reader, hello_nonce, nonce, spki):
    return LP(label(PEER, "attach"), relay_key, reader, hello_nonce, nonce, spki)


def sign_create(reader_seed, *parts):
    return sign(reader_seed, create_message(*parts))


def sign_attach(reader_seed, *parts):
    return sign(reader_seed, attach_message(*parts))


def check_create(relay_key, reader, drop, hello_nonce, nonce, spki, signature):
    verify(reader, create_message(relay_key, reader, drop, hello_nonce, nonce, spki), signature)


def check_attach(relay_key, reader, hello_nonce, nonce, spki, signature):
    verify(reader, attach_message(relay_key, reader, hello_nonce, nonce, spki), signature)
