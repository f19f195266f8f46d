"""What a receiver and a relay ask of a content and its clear part (SPEC 11.6: B-18, B-19)."""

import hmac

import business_ids as ids
from business_shapes import ANYBODYS, CLASS_OF, CLEAR, CONTENT, CUSTOMERS, TEMPLATE
from ground import Refused

FROM_CUSTOMER, FROM_BUSINESS = 0, 1


def read_said(content, clear, sender):
    """B-18: the fields of a content that came from `sender` with this clear part."""
    f, c = CONTENT.decode(content), CLEAR.decode(clear)
    n = f["what_number"]
    if CLASS_OF[n] != c["class"]:
        raise Refused("not of the clear class")
    if not hmac.compare_digest(ids.frank(f["kf"], content), c["frank"]):
        raise Refused("C")
    if c["class"] == TEMPLATE and (f["template_id"], f["version"]) != (c["template_id"], c["version"]):
        raise Refused("another template")
    if n not in ANYBODYS and (n in CUSTOMERS) != (sender == FROM_CUSTOMER):
        raise Refused("not its sender's to say")
    return f


def check_report(frank_key, content, kf, clear, mark, conversation, seconds):
    """B-19: what a relay asks of a message that a customer reports."""
    C = CLEAR.decode(clear)["frank"]
    if not hmac.compare_digest(ids.mark(frank_key, C, conversation, FROM_BUSINESS, seconds), mark):
        raise Refused("mark")
    if not hmac.compare_digest(ids.frank(kf, content), C):
        raise Refused("C")
    if read_said(content, clear, FROM_BUSINESS)["kf"] != kf:
        raise Refused("kf is not the content's own")
