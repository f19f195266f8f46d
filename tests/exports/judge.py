"""Other people's tools judge what is published: PyPI's jsonschema and PyLD.

    judge.py exports SCHEMA EXPORT…     every export passes every check
    judge.py broken SCHEMA EXPORT       every broken copy of it is refused by the checks named for it
    judge.py policies SCHEMA FOLDER     every policy file passes; every broken copy of example.toml does not

Prints one JSON line of what was counted; ends with 1 and a sentence for each thing that does not hold.
"""

import json
import sys
from pathlib import Path

import broken
import policies
import records as dpv_27560
import words
from jsonschema import Draft202012Validator
from words import Refused


def load(path):
    return json.loads(Path(path).read_text())


def validator(path):
    schema = load(path)
    if schema.get("$schema") != Draft202012Validator.META_SCHEMA["$id"]:
        raise Refused(f"{path} does not say that it is of draft 2020-12")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def by_schema(schema, document):
    errors = [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(document)]
    if errors:
        raise Refused("; ".join(errors))


def checks(schema, document):
    """What each check says: what it counted, or why it refused."""

    def by_words():
        top, kept = words.expanded(document)
        return {"values": kept.pop("values"), "keys": kept.total(), "terms": words.known(top)}

    def by_profile():
        top, _ = words.expanded(document)
        return dpv_27560.receipt(top)

    said = {}
    for name, check in (
        (broken.SCHEMA, lambda: by_schema(schema, document)),
        (broken.WORDS, by_words),
        (broken.PROFILE, by_profile),
    ):
        try:
            said[name] = check()
        except (Refused, KeyError) as refused:
            said[name] = refused
    return said


def refusals(said):
    return {name for name, what in said.items() if isinstance(what, Exception)}


def judge_exports(schema_path, *paths):
    schema, counted, faults = validator(schema_path), {}, []
    for path in paths:
        said = checks(schema, load(path))
        faults += [f"{path}: {name}: {said[name]}" for name in sorted(refusals(said))]
        if not refusals(said):
            counted[Path(path).stem] = said[broken.WORDS] | said[broken.PROFILE]
    return counted, faults


def judge_broken(schema_path, path):
    schema, counted, whole = validator(schema_path), 0, broken.small(load(path))
    said = checks(schema, whole)
    faults = [f"nothing was broken yet: {name}: {said[name]}" for name in sorted(refusals(said))]
    for name, document, wanted in broken.exports(whole):
        by = refusals(checks(schema, document))
        counted += 1
        if not wanted <= by:
            faults.append(f"{name}: refused by {sorted(by)}, not by {sorted(wanted)}")
    return {"broken": counted}, faults


def judge_policies(schema_path, folder):
    schema, faults = validator(schema_path), []
    paths = sorted(Path(folder).glob("*.toml"))
    for path in paths:
        errors = list(schema.iter_errors(policies.read(path)))
        faults += [f"{path}: {error.json_path}: {error.message[:200]}" for error in errors]
    example = policies.read(Path(folder) / "example.toml")
    counted = 0
    for name, document in policies.broken(example):
        counted += 1
        if schema.is_valid(document):
            faults.append(f"not refused: {name}")
    return {"policies": [path.stem for path in paths], "broken": counted}, faults


def main(what, *arguments):
    judges = {"exports": judge_exports, "broken": judge_broken, "policies": judge_policies}
    counted, faults = judges[what](*arguments)
    print(json.dumps(counted))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
