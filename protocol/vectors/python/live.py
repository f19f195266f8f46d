"""One side of a live conversation, over JSON lines on standard input and output.

One object per line comes in, one answer per line goes out; bytes are hex.
{"cmd":"publish","not_after":N,"kind":1}   B: {"ok":true,"link":{"l","id"},"drop","sealed_bundle"}
{"cmd":"initiate","l","id","drop","sealed_bundle","now"}   A: {"ok":true}
{"cmd":"seal","content"}    {"ok":true,"envelope"}
{"cmd":"open","envelope"}   {"ok":true,"content"}
{"cmd":"safety"}            {"ok":true,"digits"}
{"cmd":"status"}            {"ok":true,"role","h1","confirmed","sent_chains","got_chains","skipped"}
{"cmd":"seed","seed":N}     randomness from a seed from here on
{"cmd":"quit"}
Whatever cannot be done is answered {"ok":false}. `kind` is 1 (one-time) if left
out; `publish` again puts another bundle on the same link. B seals in the
session that opened last.

A business session: the first "publish" has "wing":"business", "business_id" and
"hosting", L is made from the business id, and the answer has "binding" besides
({"business_id","hosting","endpoint"}); "initiate" has "wing" and such a "binding";
"seal" and "open" have "clear".
"""

import json
import sys

from conversation import safety_number
from ground import BUSINESS, H, PEER, Refused, label
from proof import Identity
from session import (
    LAST_RESORT, ONE_TIME, BundleSecrets, Responder, SeededDice, bind, initiate, os_dice, seal_bundle)


def wing_of(c):
    wing = c.get("wing", PEER)
    if wing not in (PEER, BUSINESS):
        raise Refused("wing")
    return wing


def clear_of(c):
    return bytes.fromhex(c["clear"]) if c.get("clear") is not None else None


class Live:
    def __init__(self):
        self.dice, self.responder, self.session, self.ids = os_dice, None, None, None
        self.wing, self.bound = PEER, None

    def seed(self, c):
        self.dice = SeededDice(c["seed"])
        return {}

    def publish(self, c):
        kind = c.get("kind", ONE_TIME)
        if kind not in (ONE_TIME, LAST_RESORT):
            raise Refused("kind")
        if self.responder is None:
            self.wing = wing_of(c)
            me = Identity(self.dice(32), self.dice(32), self.wing)
            if self.wing == BUSINESS:
                self.bound = {"business_id": bytes.fromhex(c["business_id"]), "hosting": bytes.fromhex(c["hosting"]),
                              "endpoint": me.Ed + me.IK}
                L = H(label(BUSINESS, "business link"), self.bound["business_id"])
                self.responder = Responder(me, L, BUSINESS, bind(**self.bound))
            else:
                self.responder = Responder(me, self.dice(32))
        r = self.responder
        bundle = r.publish(BundleSecrets.draw(self.dice, kind, c["not_after"]))
        sealed = seal_bundle(r.keys["shelf_key"], self.dice(24), bundle, self.wing)
        more = {"binding": {k: v.hex() for k, v in self.bound.items()}} if self.bound else {}
        return {**more, "link": {"l": r.L.hex(), "id": r.identity.id.hex()}, "drop": r.keys["drop"].hex(),
                "sealed_bundle": sealed.hex()}

    def initiate(self, c):
        self.wing, binding = wing_of(c), b""
        if self.wing == BUSINESS:
            binding = bind(*(bytes.fromhex(c["binding"][k]) for k in ("business_id", "hosting", "endpoint")))
        me = Identity(self.dice(32), self.dice(32), self.wing)
        l, peer, drop, sealed = (bytes.fromhex(c[k]) for k in ("l", "id", "drop", "sealed_bundle"))
        self.session = initiate(me, l, peer, drop, sealed, c["now"], self.dice, self.wing, binding)
        self.ids = (me.id, peer)
        return {}

    def seal(self, c):
        if self.session is None:
            raise Refused("no session")
        return {"envelope": self.session.seal(bytes.fromhex(c["content"]), self.dice, clear_of(c)).hex()}

    def open(self, c):
        envelope = bytes.fromhex(c["envelope"])
        if self.responder is None:
            if self.session is None:
                raise Refused("no session")
            content = self.session.open(envelope, clear_of(c))
        else:
            self.session, content = self.responder.open(envelope, clear_of(c))
            self.ids = (self.session.peer_id, self.responder.identity.id)
        return {"content": content.hex()}

    def safety(self, c):
        if self.ids is None:
            raise Refused("no peer")
        return {"digits": safety_number(*self.ids, self.wing)}

    def status(self, c):
        s = self.session
        if s is None:
            raise Refused("no session")
        return {"role": s.role, "h1": s.h1.hex(), "confirmed": s.confirmed, "sent_chains": s.sent_chains,
                "got_chains": s.got_chains, "skipped": len(s.skipped)}

    COMMANDS = ("seed", "publish", "initiate", "seal", "open", "safety", "status")


def main():
    live = Live()
    for line in sys.stdin:
        if not line.strip():
            continue
        answer = {"ok": False}
        try:
            c = json.loads(line)
            if c["cmd"] == "quit":
                print(json.dumps({"ok": True}), flush=True)
                return
            if c["cmd"] in Live.COMMANDS:
                answer = {"ok": True, **getattr(live, c["cmd"])(c)}
        except (Refused, ValueError, KeyError, TypeError, OverflowError) as why:
            print(f"refused: {why!r}", file=sys.stderr)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
