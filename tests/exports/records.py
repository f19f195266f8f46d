"""DPV-27560: what a consent record and a consent receipt must have, judged on the expanded document.

Source: https://w3id.org/dpv/guides/consent-27560, records and receipts "with only the required fields".
Knows: the profile. Never knows: how the document was written.
"""

import re
from datetime import datetime

from words import OWN, Refused, expect, kinds

DPV = "https://w3id.org/dpv#"
DCT = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PROFILE = "https://w3id.org/dpv/schema/dpv-27560#"
OURS = "urn:partywall:business#"

STATUSES = {DPV + status for status in ("ConsentGiven", "ConsentWithdrawn", "ConsentRefused", "ConsentExpired")}


def receipt(top):
    """The whole document. Returns how many records, disclosures and statuses it has."""
    expect(top.get("@type") == [DPV + "ConsentReceipt"], "not a receipt")
    expect(only(top, DCT + "conformsTo") == {"@id": PROFILE + "receipt-eu-gdpr"}, "another profile of receipts")
    text(top, DCT + "identifier")
    time(top, DCT + "created")
    controller = only(top, DPV + "hasDataController")
    expect(controller.get("@type") == [DPV + "DataController"], "the controller is none")
    for property in ("hasName", "hasContact", "hasAuthority"):
        text(controller, DPV + property)
    records = some(top, DPV + "hasRecordOfActivity")
    statuses = [kind for one in records for kind in record(one, controller["@id"])]
    disclosures = top.get(OURS + "hasDisclosure")
    expect(disclosures is not None, "disclosures are not said")
    for told in disclosures:
        disclosure(told)
    outcomes = [text(told, OURS + "outcome") for told in disclosures]
    return {"records": len(records), "statuses": tally(statuses), "disclosures": tally(outcomes)}


def record(one, controller):
    expect(one.get("@type") == [DPV + "ConsentRecord"], "not a record")
    expect(only(one, DCT + "conformsTo") == {"@id": PROFILE + "record-eu-gdpr"}, "another profile of records")
    text(one, DCT + "identifier")
    own(one, DPV + "hasDataSubject", "customer")
    expect(own(one, DPV + "hasDataController", "operator") == controller, "a controller that is not described")
    term(only(one, DPV + "hasJurisdiction"), "places")
    own(one, DPV + "hasNotice", "table")
    for control in some(one, DPV + "hasConsentControl"):
        term(control, "controls")
    for right in some(one, DPV + "hasRight"):
        term(right, "rights")
    for one_process in some(one, DPV + "hasProcess"):
        expect(process(one_process) == DPV + "Consent", "a consent on another ground")
    times, found = [], []
    for status in some(one, DPV + "hasConsentStatus"):
        expect(len(status.get("@type", [])) == 1 and status["@type"][0] in STATUSES, "a status that is none")
        found.append(status["@type"][0].removeprefix(DPV))
        own(status, DPV + "isIndicatedBy", "customer")
        term(only(status, DPV + "hasIndicationMethod"), "methods")
        times.append(time(status, DPV + "isIndicatedAtTime"))
    expect(times == sorted(times), "statuses out of order")
    typed(one, OURS + "signed", "base64Binary")
    return found


def process(node):
    """What may be told, or was. Returns its legal basis."""
    expect(node.get("@type") == [DPV + "Process"], "not a process")
    term(only(node, DPV + "hasPurpose"), "purposes")
    term(only(node, DPV + "hasPersonalData"), "personal data")
    term(only(node, DPV + "hasRecipient"), "recipients")
    storage = only(node, DPV + "hasStorageCondition")
    expect(storage.get("@type") == [DPV + "StorageDuration"], "not a storage duration")
    days = typed(storage, DPV + "hasDuration", "duration")
    expect(re.fullmatch(r"P[1-9][0-9]{0,3}D", days), f"not a number of days: {days}")
    return term(only(node, DPV + "hasLegalBasis"), "legal bases")


def disclosure(node):
    expect(node.get("@type") == [DPV + "Disclose"], "not a disclosure")
    process(only(node, DPV + "hasProcess"))
    own(node, DPV + "hasNotice", "table")
    time(node, DCT + "date")
    text(node, OURS + "field")
    expect(text(node, OURS + "outcome") in ("sent", "void", "uncertain", "open"), "an outcome that is none")
    typed(node, OURS + "value", "base64Binary")
    proof = only(node, OURS + "proof")
    typed(proof, OURS + "payload", "base64Binary")
    typed(proof, OURS + "salt", "hexBinary")
    text(proof, OURS + "checkpoint")
    path = only(proof, OURS + "path")
    expect(isinstance(path.get("@list"), list), "the way to the root has no order")
    index, size = (only(proof, OURS + name).get("@value") for name in ("index", "size"))
    expect(isinstance(index, int) and isinstance(size, int) and index < size, "an entry beyond the checkpoint")


def some(node, property):
    values = node.get(property)
    expect(values, f"missing: {property}")
    return values


def only(node, property):
    values = some(node, property)
    expect(len(values) == 1 and isinstance(values[0], dict), f"not one value: {property}")
    return values[0]


def text(node, property):
    value = only(node, property)
    expect(set(value) == {"@value"} and isinstance(value["@value"], str) and value["@value"], f"not a text: {property}")
    return value["@value"]


def typed(node, property, kind):
    value = only(node, property)
    expect(value.get("@type") == XSD + kind and isinstance(value["@value"], str), f"not {kind}: {property}")
    return value["@value"]


def time(node, property):
    written = typed(node, property, "dateTime")
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise Refused(f"not a time: {written}") from error


def term(value, kind):
    """A reference to a term of one of the vocabulary's lists; a text that looks like one is none."""
    expect(set(value) == {"@id"} and kind in kinds(value["@id"]), f"none of the {kind}: {value}")
    return value["@id"]


def own(node, property, what):
    """A name of ours."""
    value = only(node, property)
    expect(set(value) == {"@id"} and OWN.fullmatch(value["@id"]), f"not a name: {property}")
    expect(value["@id"].split(":")[2] == what, f"not a name of a {what}: {value['@id']}")
    return value["@id"]


def tally(found):
    return {one: found.count(one) for one in sorted(set(found))}
