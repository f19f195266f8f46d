"""Links (SPEC section 3, and 11.1 for a business's): reading, writing, and the authorities and domains in them."""

import base64
import ipaddress
import re

from ground import GROUND, H, Refused, Shape, label, want_bool, want_bytes, want_list

RELAY_LINK = 0x01
CONTACT_LINK = 0x02
BUSINESS_LINK = 0x03
_NAME = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_DOTTED = re.compile(r"[0-9]+(\.[0-9]+){3}", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_LINK = re.compile(r"(https|partywall)://([^/#]*)/#([A-Za-z0-9_-]+)", re.ASCII)


def check_host(host):
    if host.startswith("[") and host.endswith("]"):
        inner = host[1:-1]
        if not re.fullmatch(r"[0-9a-f:.]+", inner, re.ASCII):
            raise Refused("host")
        try:
            ipaddress.IPv6Address(inner)
        except ValueError:
            raise Refused("host") from None
        return host
    if not _NAME.fullmatch(host):
        raise Refused("host")
    if _DOTTED.fullmatch(host):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise Refused("host") from None
    return host


def split_authority(text, default=None):
    """HOST and PORT of `HOST ":" PORT`; the port may be left out where a default is given."""
    if text.startswith("["):
        end = text.find("]")
        host, rest = text[:end + 1], text[end + 1:]
    else:
        colon = text.find(":")
        host, rest = (text, "") if colon < 0 else (text[:colon], text[colon:])
    check_host(host)
    if rest == "":
        if default is None:
            raise Refused("no port")
        return host, default
    if rest[0] != ":" or not _PORT.fullmatch(rest[1:]) or int(rest[1:]) > 65_535:
        raise Refused("port")
    return host, int(rest[1:])


def want_authority(v):
    if type(v) is not str:
        raise Refused("not a text")
    split_authority(v)
    return v


def want_domain(v):
    """11.1: a lower-case DNS name with at least one dot, by its labels."""
    if type(v) is not str or not _NAME.fullmatch(v) or "." not in v:
        raise Refused("domain")
    labels = v.split(".")
    if not all(_LABEL.fullmatch(part) for part in labels) or re.fullmatch("[0-9]+", labels[-1]):
        raise Refused("domain")
    return v


LINK_SHAPES = {
    RELAY_LINK: Shape(
        (0, "key", want_bytes(32), True),
        (1, "pass", want_bytes(32), False),
        (4, "authorities", want_list(want_authority, 1, 2), False),
    ),
    CONTACT_LINK: Shape(
        (0, "key", want_bytes(32), True),
        (1, "id", want_bytes(32), True),
        (2, "secret", want_bytes(32), True),
        (3, "once", want_bool, True),
        (4, "authorities", want_list(want_authority, 1, 2), False),
    ),
    BUSINESS_LINK: Shape(
        (0, "key", want_bytes(32), True),
        (1, "domain", want_domain, False),
        (4, "authorities", want_list(want_authority, 1, 2), False),
    ),
}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text):
    """base64url without padding, unused bits zero (R-4)."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text, re.ASCII) or len(text) % 4 == 1:
        raise Refused("base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise Refused("base64url: unused bits")
    return data


def link_check(authority, kind_and_body):
    return H(label(GROUND, "link"), authority.encode("ascii"), kind_and_body)[:4]


def raw_link(scheme, place, authority, kind_and_body):
    """A link from its pieces, unchecked."""
    return f"{scheme}://{place}/#{b64(kind_and_body + link_check(authority, kind_and_body))}"


def make_link(kind, fields, host, port=443, scheme="https", write_port=None):
    check_host(host)
    if write_port is None:
        write_port = port != 443
    body = LINK_SHAPES[kind].encode(fields)
    place = f"{host}:{port}" if write_port else host
    return raw_link(scheme, place, f"{host}:{port}", bytes([kind]) + body)


def parse_link(text):
    """All parts of a link, or Refused (R-4)."""
    m = _LINK.fullmatch(text)
    if not m:
        raise Refused("not a link")
    scheme, place, payload = m.groups()
    host, port = split_authority(place, default=443)
    data = unb64(payload)
    if len(data) < 5:
        raise Refused("payload too short")
    inner, check = data[:-4], data[-4:]
    authority = f"{host}:{port}"
    if link_check(authority, inner) != check:
        raise Refused("check")
    shape = LINK_SHAPES.get(inner[0])
    if shape is None:
        raise Refused("kind")
    return {"scheme": scheme, "host": host, "port": port, "authority": authority,
            "kind": inner[0], **shape.decode(inner[1:])}
