"""Controls: exports that are broken, and which checks have to refuse them.

Knows: one way to break at a time. Never knows: how the checks work.
"""

from copy import deepcopy

SCHEMA, WORDS, PROFILE = "schema", "words", "profile"
RECORDS, TOLD = "dpv:hasRecordOfActivity", "partywall:hasDisclosure"


def record(document):
    return document[RECORDS][0]


def process(document):
    return record(document)["dpv:hasProcess"][0]


def status(document):
    return record(document)["dpv:hasConsentStatus"][0]


def proof(document):
    return document[TOLD][0]["partywall:proof"]


def whole(document):
    return document


def set_to(place, key, value):
    def change(document):
        place(document)[key] = value

    return change


def without(place, key):
    def change(document):
        del place(document)[key]

    return change


def renamed(place, key, to):
    def change(document):
        place(document)[to] = place(document).pop(key)

    return change


def context(document):
    return document["@context"]


def ways(document):
    """(name, change, who has to refuse)."""
    for name, place in (("export", whole), ("record", record), ("process", process), ("status", status), ("proof", proof)):
        for key in place(document):
            if key not in ("@context", "@id", "partywall:ledger", "partywall:erasure"):
                yield f"{name} without {key}", without(place, key), {SCHEMA, PROFILE}
    yield "no context", without(whole, "@context"), {SCHEMA, WORDS}
    yield "a word that stands for nothing", set_to(record, "nickname", "x"), {SCHEMA, WORDS}
    yield "a proof in words without a prefix", renamed(proof, "partywall:index", "index"), {SCHEMA, WORDS}
    yield "a prefix that nobody explained", set_to(record, "foaf:nick", "x"), {SCHEMA, WORDS}
    yield "a property that DPV does not have", renamed(whole, RECORDS, "dpv:hasConsent"), {SCHEMA, WORDS, PROFILE}
    yield "a category that DPV had before 2.2", set_to(process, "dpv:hasPersonalData", "pd:Behavioral"), {WORDS, PROFILE}
    yield "a purpose that DPV does not have", set_to(process, "dpv:hasPurpose", "dpv:Growth"), {WORDS, PROFILE}
    yield "a purpose among the recipients", set_to(process, "dpv:hasRecipient", "dpv:Marketing"), {PROFILE}
    yield "a place that is none", set_to(record, "dpv:hasJurisdiction", "loc:XX"), {WORDS, PROFILE}
    yield "a right that is none", set_to(record, "dpv:hasRight", ["eu-gdpr:A999"]), {WORDS, PROFILE}
    yield "a status that DPV does not have", set_to(status, "@type", "dpv:ConsentMaybe"), {WORDS, PROFILE}
    yield "a class in place of a status", set_to(status, "@type", "dpv:Process"), {PROFILE}
    yield "a time in seconds", set_to(status, "dpv:isIndicatedAtTime", 1_800_014_400), {SCHEMA, PROFILE}
    yield "a time that is none", set_to(status, "dpv:isIndicatedAtTime", "yesterday"), {PROFILE}
    yield "a duration in words", set_to(process, "dpv:hasStorageCondition", "90 days"), {SCHEMA, PROFILE}
    yield "another profile", set_to(record, "dct:conformsTo", "https://example.org/profile"), {WORDS, PROFILE}
    yield "another controller", set_to(record, "dpv:hasDataController", "urn:partywall:operator:" + "0" * 64), {PROFILE}
    yield "no processes", set_to(record, "dpv:hasProcess", []), {PROFILE}
    yield "no status", set_to(record, "dpv:hasConsentStatus", []), {PROFILE}
    yield "rights whose prefix is not explained", without(context, "eu-gdpr"), {WORDS, PROFILE}
    yield "purposes as texts", without(context, "dpv:hasPurpose"), {PROFILE}
    yield "hashes in no order", without(context, "partywall:path"), {PROFILE}
    yield "a context that has to be fetched", set_to(whole, "@context", "https://w3id.org/dpv"), {SCHEMA, WORDS}
    yield "an entry beyond the checkpoint", set_to(proof, "partywall:index", 1 << 40), {PROFILE}


def small(document):
    """One consent, one disclosure, few processes: enough to break."""
    copy = deepcopy(document)
    del copy[RECORDS][1:], copy[TOLD][1:], copy[RECORDS][0]["dpv:hasProcess"][2:]
    return copy


def exports(document):
    for name, change, refused_by in ways(document):
        copy = deepcopy(document)
        change(copy)
        yield name, copy, refused_by
