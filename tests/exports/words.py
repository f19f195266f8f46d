"""Words: which of them stand for something, and whether a JSON-LD processor keeps all of them.

Knows: the vocabulary's terms (vocabulary.json). Never knows: what a consent record must have.
"""

import json
import re
from collections import Counter
from pathlib import Path

from pyld import jsonld

TERMS = json.loads((Path(__file__).parent / "vocabulary.json").read_text())
OWN = re.compile(r"urn:partywall:(conversation|customer|operator|table):[0-9a-f]{64}")


class Refused(Exception):
    """Something does not hold; the text says what."""


def expect(holds, sentence):
    if not holds:
        raise Refused(sentence)


def kinds(iri):
    """In which of the vocabulary's lists a name stands; none: in none of them."""
    for namespace, lists in TERMS.items():
        if namespace != "source" and iri.startswith(namespace):
            return {kind for kind, terms in lists.items() if iri[len(namespace) :] in terms}
    return set()


def stay_here(url, options=None):
    raise Refused(f"{url} would have to be fetched")


def expanded(document):
    """The document as a processor reads it, with every word in it and nothing fetched."""
    try:
        after = jsonld.expand(document, {"documentLoader": stay_here})
    except jsonld.JsonLdError as error:
        raise Refused(f"not JSON-LD: {error}") from error
    before, kept = Counter(), Counter()
    count_before({key: value for key, value in document.items() if key != "@context"}, document["@context"], before)
    count_after(after, kept)
    lost = {**(before - kept), **(kept - before)}
    expect(not lost, f"dropped or made up by the processor: {sorted(map(str, lost))}")
    expect(len(after) == 1, "more than one thing at the top")
    return after[0], kept


def count_before(value, context, count):
    """Keys by what they stand for, and values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            count[key if key.startswith("@") else in_full(key, context)] += 1
            count_before(inner, context, count)
    elif isinstance(value, list):
        for inner in value:
            count_before(inner, context, count)
    else:
        count["values"] += 1


def in_full(key, context):
    prefix, _, name = key.partition(":")
    stands_for = context.get(prefix)
    return stands_for + name if isinstance(stands_for, str) and name else key


def count_after(value, count):
    if isinstance(value, list):
        for inner in value:
            count_after(inner, count)
    elif not isinstance(value, dict) or "@value" in value or set(value) == {"@id"}:
        count["values"] += 1
    elif "@list" in value:
        count_after(value["@list"], count)
    else:
        for key, inner in value.items():
            count[key] += 1
            count_after(inner, count)


def known(node):
    """Every property, type and name is a term of the vocabulary or a name of ours."""
    if isinstance(node, list):
        return sum(known(inner) for inner in node)
    if not isinstance(node, dict) or "@value" in node:
        return 0
    seen = 0
    for key, value in node.items():
        if key == "@type":
            for kind in value:
                expect(kinds(kind) & {"classes", "statuses"}, f"no such class: {kind}")
            seen += len(value)
        elif key == "@id":
            expect(kinds(value) or OWN.fullmatch(value), f"a name that stands for nothing: {value}")
            seen += 1
        else:
            if key != "@list":
                expect("properties" in kinds(key), f"no such property: {key}")
                seen += 1
            seen += known(value)
    return seen
