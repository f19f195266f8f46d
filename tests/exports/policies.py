"""Policy files against the JSON Schema that is published for them.

Knows: TOML as the standard library reads it. Never knows: what a policy compiles to.
"""

import datetime
import tomllib
from copy import deepcopy
from pathlib import Path


def read(path):
    return plain(tomllib.loads(Path(path).read_text()))


def plain(value):
    """Dates as JSON has them: as texts."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def share(policy):
    return policy["share"][0]


def ways():
    """(name, change of `example`)."""
    yield "no controller", lambda policy: policy["policy"].pop("controller")
    yield "no retention", lambda policy: policy.pop("retention")
    yield "an unknown table", lambda policy: policy.update(allow=[])
    yield "an unknown key", lambda policy: share(policy).update(price=3)
    yield "an unknown field", lambda policy: share(policy).update(field="shoe_size")
    yield "one unknown field of several", lambda policy: share(policy).update(field=["locale", "contacts"])
    yield "no field at all", lambda policy: share(policy).update(field=[])
    yield "an unknown recipient", lambda policy: share(policy).update({"with": "everybody"})
    yield "an unknown purpose", lambda policy: share(policy).update({"for": "growth"})
    yield "an unknown basis", lambda policy: share(policy).update(basis="legitimate_interest")
    yield "an unknown region", lambda policy: share(policy).update(regions=["mars"])
    yield "an unknown precision", lambda policy: share(policy).update(precision="exact")
    yield "kept for no time", lambda policy: share(policy).update(keep_days=0)
    yield "kept for ever", lambda policy: share(policy).update(keep_days=100_000)
    yield "a number in words", lambda policy: policy["retention"].update(mail_days="thirty")
    yield "version 0", lambda policy: policy["policy"].update(version=0)
    yield "a day that is none", lambda policy: policy["policy"].update(effective="soon")
    yield "a never that names nothing", lambda policy: policy["never"].append({})


def broken(policy):
    for name, change in ways():
        copy = deepcopy(policy)
        change(copy)
        yield name, copy
