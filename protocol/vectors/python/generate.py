"""Writes ../*.json, the vectors of SPEC section 10. Running it twice gives the same bytes.

Every vector has "name" and "valid"; byte strings are hex. Besides:

cbor          hex: one item.
frames        hex; door and direction it arrived by; type; close: the code for a broken
              one; frame and fields for a valid one.
hashes        what: which computation; its inputs; its outputs. A broken one is refused.
links         link; parts for a valid one.
content       hex; fields for a valid one.
bundles       A's view (L, id, drop, now, sealed_bundle); B's secrets for a valid one.
handshake     what "handshake": both sides' secrets, every value of 4.2, A's state before she
              sealed, the draws, and an envelope. what "first flight": B's side, an envelope.
conversation  in this order, by "what":
  setup       B's and A's secrets of the conversation that follows; of all "open" below too,
              until the next setup.
  seal        one side seals: content, draws (in the order dh_secret, kem_seed, encaps_m, r)
              and the envelope's SHA-256. What nobody opens later was lost.
  open        `to` opens envelope; state is his complete state just before it, null for B
              without a session. in_log: part of the log; else crafted from such a state.
  sequence    envelopes opened one after the other from one state.
  responder   envelopes opened one after the other by a B who begins with a bundle only.
  simulation  4.6: B's secrets, A's public keys, and the SHA-256 of what must come out.

A vector of the business wing has "wing": "business" in bundles, handshake and conversation,
"binding": {business_id, hosting, endpoint} beside B's keys (B's own; an envelope of a broken
one may be bound to another), and "clear" beside each envelope that is sealed or opened: the
clear part that it came with, null for none.

business-frames     hex, direction, role of the connection (0 guest); type, frame, fields, close.
business-links      link; parts for a valid one.
business-proofs     what: business id, conversation id, template id, login, certificate,
                    revocation, erasure, approval, frank, report; inputs and outputs. `signed`
                    is the map with bytes and signature in its encoding.
business-content    what "content" or "clear": hex; fields for a valid one. what "said": a
                    content and the clear part (clear) that came with it from customer or business
business-templates  what "template": hex of what is submitted, fields, lint: every broken rule;
                    null for what does not decode. Valid: the submission is not
                    refused. what "parameters": CBOR of those for the template in
                    hex; text: its body with them, as a customer reads it.

ledger              by "what":
  entry, opened entry, raw entry, node, tree   13.2: from payload and salt; whether an entry is
              made of them; an entry as it stands in the log; roots of the first 0, 1, … entries.
  checkpoint  a note under origin and key; size and root for a valid one.
  inclusion, consistency   index or old, size or new, hashes, and what they must lead to.
  proven      hex under origin and key; payload.
  memory      remembered and shown notes, proof (null: none shown); fork: its kind; null where there is none,
              and where what is shown is no note of the operator's.
  path, tile  a path in a log of that size: [level (null: entries), number, width]; the body.
              Entry i of that log is 0x01 ‖ SHA-256(u64(i)).
  opening, inclusion body, consistency body, proven body, redaction, fork   hex; fields.

exporter            by "what":
  frames      hex of frames one after another, direction (e2r, r2e); frames: names and fields.
  head        the eight bytes in front of a body; type, length.
  batch       a batch frame whose records are proven under origin and key; disclosures.
  record      a disclosure, salt, index and hashes, and the webhook's object of them.
  signature, receipt   headers of the webhook under a secret; body, or status and batch.
policy-values       by "what":
  code        12.1's and 12.8's words (code_name, term) of a list's codes.
  place, subject   of a cell (T-4); of a conversation for a recipient (T-2).
  value, round, declared   field, value, what a precision leaves of it; values are CBOR in hex.
policy-disclosures  hex; for a valid one what it was made of (grant is basis, precision, days;
                    value before rounding in CBOR) and fields.
policy-tables       by "what":
  table       signed under business_key; hash and fields. What follows names tables by hash.
  grants      of a table for a region: for each of the 210 rows, in order, "consent necessary
              legal", each precision/days or -. Regions 1 to 5 are the 3,150 cells; 0 is unknown.
  follows, acceptable, difference   T-9; T-10 (successor null: none); T-11 in places of cells.
policy-consents     what "table": its bytes and hash. what "consent": signed, judged by T-13 to
                    T-15 for business_id, pairwise_key, the accepted table, its successor, now,
                    and the highest counter taken; hash and fields for a valid one.
policy-permits      what "table" as above. what "permits": accepted and current table (hashes),
                    consent (what is signed), now; for each of the 210 rows, in order,
                    basis/precision/days or -.

A vector with "assumed" rests on what that sentence says; where the page was silent, it says it by now.

A state has the names of 4.4 (DHs: the secret; dk: the seed; null: none or erased; skipped:
oldest first) and: role, sid, h1, preamble, turn_due, sent_chains, got_chains (chains begun),
ct (repeated in the headers of the sender's chain), IK_A (B's, until his first turn),
confirmed. A skipped entry's `first` says that it belongs to A's first chain.
"""

import json
import pathlib

import business_contents
import business_frames
import business_templates
import business_vectors
import channel
import channel_business
import contents
import conversations
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

HERE = pathlib.Path(__file__).resolve().parent.parent


def sections():
    yield "cbor", plain.cbor
    yield "frames", frames.frames
    yield "hashes", hashes.hashes
    yield "links", links.links
    yield "content", contents.content
    yield "bundles", lambda: channel.bundles() + channel_business.bundles()
    yield "handshake", lambda: handshakes.handshake() + channel_business.handshake()
    yield "conversation", lambda: conversations.conversation() + channel_business.conversation()
    yield "business-frames", business_frames.frames
    yield "business-links", business_vectors.links
    yield "business-proofs", business_vectors.proofs
    yield "business-content", business_contents.contents
    yield "business-templates", business_templates.templates
    yield "ledger", ledger_vectors.vectors
    yield "exporter", exporter_vectors.vectors
    yield "policy-values", policy_values.values
    yield "policy-disclosures", policy_values.disclosures
    yield "policy-tables", policy_tables.tables
    yield "policy-consents", policy_vectors.consents
    yield "policy-permits", policy_vectors.permits


def main():
    for name, make in sections():
        vectors = make()
        text = json.dumps({"section": name, "vectors": vectors}, indent=1, ensure_ascii=True) + "\n"
        (HERE / f"{name}.json").write_text(text)
        good = sum(v["valid"] for v in vectors)
        print(f"{name}.json: {good} valid, {len(vectors) - good} broken, {len(text):,} bytes")


if __name__ == "__main__":
    main()
