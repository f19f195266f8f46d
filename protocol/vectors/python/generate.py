"""Writes ../*.json, the vectors of SPEC section 10. Running it twice gives the same bytes."""

import json
import pathlib

import plain

HERE = pathlib.Path(__file__).resolve().parent.parent


def sections():
    yield "cbor", plain.cbor
    yield "frames", plain.frames
    yield "hashes", plain.hashes
    yield "links", plain.links
    yield "content", plain.content


def main():
    for name, make in sections():
        vectors = make()
        text = json.dumps({"section": name, "vectors": vectors}, indent=1, ensure_ascii=True) + "\n"
        (HERE / f"{name}.json").write_text(text)
        good = sum(v["valid"] for v in vectors)
        print(f"{name}.json: {good} valid, {len(vectors) - good} broken, {len(text):,} bytes")


if __name__ == "__main__":
    main()
