"""What can be wrong with a CBOR body, made from its shape and a right one.

`breakings` gives (why, bytes) pairs; each breaks one thing. Sizes that the shape
fixes are tried one byte shorter and longer; bounds of numbers are the callers'.
"""

from business_shapes import Kinds
from ground import Refused, Shape, cbor_encode


def shape_of(check, value):
    """The shape by which a value inside a body is read, or None."""
    check = getattr(check, "shape", check)
    if isinstance(check, Kinds):
        return check.shapes[value[check.key]]
    return check if isinstance(check, Shape) else None


def refuses(check, value):
    try:
        check(value)
        return False
    except Refused:
        return True


def changes(shape, packed, path=""):
    """(why, mapping) of a body with one field changed, also within its maps."""
    yield f"{path}unknown key 23", {**packed, 23: 0}
    for key, field, check, required in shape.fields:
        if required:
            yield f"{path}no {field}", {k: v for k, v in packed.items() if k != key}
        if key not in packed:
            continue
        value = packed[key]
        whys = [("of another kind", b"" if isinstance(value, int) else 0)]
        if not required:
            whys.append(("null", None))
        if isinstance(value, bytes):
            whys += [("as text", "a" * len(value))]
            if len(value) <= 1_409:
                whys += [("one byte short", value[:-1]), ("one byte long", value + b"\x00")]
        elif isinstance(value, str):
            whys += [("as bytes", value.encode())]
        elif isinstance(value, int) and not isinstance(value, bool):
            whys += [("negative", -1), ("true", True), ("as text", "1")]
        elif isinstance(value, bool):
            whys += [("as an integer", int(value))]
        for why, other in whys:
            if refuses(check, other):
                yield f"{path}{field} {why}", {**packed, key: other}
        if isinstance(value, dict):
            inner = shape_of(check, value)
            if inner:
                for why, other in changes(inner, value, f"{path}{field}: "):
                    yield why, {**packed, key: other}
        elif isinstance(value, list) and value:
            yield f"{path}{field} as a map", {**packed, key: {0: value[0]}}
            inner = shape_of(check, value[0])
            if inner:
                for why, other in changes(inner, value[0], f"{path}first of {field}: "):
                    yield why, {**packed, key: [other, *value[1:]]}


def breakings(shape, packed):
    """(why, bytes): the changes above, and encodings that G-3 refuses."""
    data = cbor_encode(packed)
    yield "nothing at all", b""
    yield "body is an array", b"\x80"
    yield "a byte after the body's map", data + b"\x00"
    yield "cut by its last byte", data[:-1]
    yield "text key", bytes([data[0] + 1]) + data[1:] + b"\x61\x61\x00"
    if packed:
        first = cbor_encode({min(packed): packed[min(packed)]})[1:]
        yield "first key twice", bytes([data[0] + 1]) + first + data[1:]
        yield "first key not in its shortest form", data[:1] + b"\x18" + data[1:]
        yield "indefinite map", b"\xbf" + data[1:] + b"\xff"
    if len(packed) > 1:
        first = cbor_encode({min(packed): packed[min(packed)]})[1:]
        yield "keys descending", data[:1] + data[1 + len(first):] + first
    for why, mapping in changes(shape, packed):
        yield why, cbor_encode(mapping)
