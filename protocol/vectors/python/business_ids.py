"""Ids, proofs and franking of the business wing (SPEC 11.1 to 11.3, 11.6, 11.7)."""

import hmac

from ground import BUSINESS, H, LP, Shape, label, u64, want_bytes
from proof import sign, verify

SIGNED = Shape((0, "bytes", want_bytes(), True), (1, "signature", want_bytes(64), True))


def name(n):
    return label(BUSINESS, n)


def business_id(account_key):
    return H(name("business"), account_key)


def link_secret(business):
    """B-1: a business's L."""
    return H(name("business link"), business)


def conversation_id(business, pairwise_key):
    return H(name("conversation"), business, pairwise_key)


def tombstone(conversation):
    return H(name("tombstone"), conversation)


def template_id(business, template):
    return H(name("template"), business, template)[:16]


def certificate_hash(raw):
    return H(name("certificate"), raw)


# ---------------------------------------------------------------- signatures


def login_message(business_key, role, key, hello_nonce, nonce, spki):
    return LP(name("login"), business_key, bytes([role]), key, hello_nonce, nonce, spki)


def check_login(business_key, role, key, hello_nonce, nonce, spki, signature):
    verify(key, login_message(business_key, role, key, hello_nonce, nonce, spki), signature)


def signed_message(what, raw):
    return LP(name(what), raw)


def make_signed(what, raw, seed):
    return SIGNED.encode({"bytes": raw, "signature": sign(seed, signed_message(what, raw))})


def open_signed(what, signed, key):
    """What is signed, of a `signed` in its encoding."""
    f = SIGNED.decode(signed)
    verify(key, signed_message(what, f["bytes"]), f["signature"])
    return f["bytes"]


def approval_message(business, template):
    return LP(name("template"), business, template)


# ---------------------------------------------------------------- 11.6 franking


def mac(key, what, *parts):
    return hmac.digest(key, LP(name(what), *parts), "sha256")


def frank(kf, content):
    return mac(kf, "frank", content)


def mark(frank_key, C, conversation, direction, seconds):
    return mac(frank_key, "frank mark", C, conversation, bytes([direction]), u64(seconds))

