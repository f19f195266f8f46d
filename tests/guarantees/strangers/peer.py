"""Somebody else's WebSocket client (PyPI `websockets`) that does what it is told, line by line, in JSON.

Knows: WebSocket, as that library speaks it. Never knows: what the frames say.
"""

import contextlib
import json
import ssl
import sys

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

PATIENCE = 20
connections = {}
kept_open = contextlib.ExitStack()


def opened(order):
    trust = ssl.create_default_context(cafile=order["trust"])
    try:
        socket = kept_open.enter_context(
            connect(
                order["url"],
                ssl=trust,
                origin=order.get("origin"),
                additional_headers=order.get("headers"),
                compression="deflate",
                proxy=None,
                ping_interval=None,
                max_size=None,
                open_timeout=PATIENCE,
                close_timeout=PATIENCE,
            )
        )
    except InvalidStatus as refused:
        return {"status": refused.response.status_code}
    connections[order["who"]] = socket
    return {"status": 101, "extensions": [str(one) for one in socket.protocol.extensions]}


def received(socket):
    try:
        return {"hex": socket.recv(timeout=PATIENCE).hex()}
    except ConnectionClosed as closed:
        return {"closed": closed.rcvd.code if closed.rcvd else None}
    except TimeoutError:
        return {"nothing": True}


def sent(socket, what):
    """Sends as far as it is let: the end is told by the next `receive`."""
    try:
        what(socket)
    except ConnectionClosed:
        pass
    return {}


def crumbs(socket, count):
    socket.send(b"\x07" for _ in range(count))


def pings(socket, count):
    answers = [socket.ping() for _ in range(count)]
    if count < 10:
        for answer in answers:
            if not answer.wait(PATIENCE):
                raise TimeoutError("a ping was not answered")


def obeyed(order):
    what = order["do"]
    if what == "open":
        return opened(order)
    socket = connections[order["who"]]
    if what == "receive":
        return received(socket)
    if what == "send":
        return sent(socket, lambda to: to.send(bytes.fromhex(order["hex"])))
    if what == "zeroes":
        return sent(socket, lambda to: to.send(bytes(order["count"])))
    if what == "text":
        return sent(socket, lambda to: to.send(order["text"]))
    if what == "crumbs":
        return sent(socket, lambda to: crumbs(to, order["count"]))
    if what == "pings":
        return sent(socket, lambda to: pings(to, order["count"]))
    if what == "close":
        socket.close(order["code"])
        return {"closed": socket.close_code}
    raise ValueError(what)


for line in sys.stdin:
    print(json.dumps(obeyed(json.loads(line))), flush=True)
