"""Verifies every vector of ../*.json and ../rust/*.json.

Prints "N passed, M failed" and exits non-zero when one failed. A file of
../rust has the shape of the file here with the same "section"; fields that
only a sealer with known draws can give (draws, intermediate values) may be
left out of "seal" and "setup" there.
"""

import json
import pathlib
import sys
import traceback

from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey, MLKEM768PublicKey)

import business_contents
import business_frames
import business_templates
import business_vectors
import channel
import contents
import conversation_log
import exporter_vectors
import frames
import handshakes
import hashes
import ledger_vectors
import links
import plain
import policy_tables
import policy_values
import policy_vectors
import proof
from session import SeededDice

HERE = pathlib.Path(__file__).resolve().parent.parent


def checkers():
    """One for each file; some remember what came before."""
    return {
        "cbor": plain.check_cbor,
        "frames": frames.check_frame,
        "hashes": hashes.check_hash,
        "links": links.check_link,
        "content": contents.check_content,
        "bundles": channel.check_bundle_vector,
        "handshake": handshakes.check_handshake,
        "conversation": conversation_log.ConversationChecker(),
        "business-frames": business_frames.check_frame,
        "business-links": business_vectors.check_link,
        "business-proofs": business_vectors.check_proof,
        "business-content": business_contents.check_content,
        "business-templates": business_templates.check_template,
        "ledger": ledger_vectors.Checker(),
        "exporter": exporter_vectors.check,
        "policy-values": policy_values.check_values,
        "policy-disclosures": policy_values.check_disclosure,
        "policy-tables": policy_tables.Checker(),
        "policy-consents": policy_vectors.ConsentChecker(),
        "policy-permits": policy_vectors.PermitChecker(),
    }


def check_file(path):
    passed, failed = 0, []
    try:
        data = json.loads(path.read_text())
        section, vectors = data["section"], data["vectors"]
        checker = checkers()[section]
    except Exception as why:
        return 0, [f"{path.name}: {why!r}"]
    for v in vectors:
        try:
            checker(v)
            passed += 1
        except Exception as why:
            where = traceback.extract_tb(why.__traceback__)[-1]
            failed.append(f"{path.name}: {v.get('name')}: {why!r} ({where.name}, line {where.lineno})")
    return passed, failed


def second_opinion():
    """The two ML-KEM-768s at hand agree."""
    dice = SeededDice("second opinion")
    for _ in range(4):
        seed, m = dice(64), dice(32)
        theirs = MLKEM768PrivateKey.from_seed_bytes(seed)
        ek = proof.kem_public(seed)
        assert theirs.public_key().public_bytes_raw() == ek
        ct, ss = proof.encaps(ek, m)
        assert theirs.decapsulate(ct) == ss == proof.decaps(seed, ct)
        bad = plain.flip(ct, 7)
        assert theirs.decapsulate(bad) == proof.decaps(seed, bad) != ss
        ss, ct = MLKEM768PublicKey.from_public_bytes(ek).encapsulate()
        assert proof.decaps(seed, ct) == ss


def main():
    second_opinion()
    paths = sorted(HERE.glob("*.json")) + sorted((HERE / "rust").glob("*.json"))
    passed, failed = 0, []
    for path in paths:
        p, f = check_file(path)
        passed += p
        failed += f
    for line in failed:
        print(line)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
