"""Somebody else's WebSocket server (PyPI `websockets`): polite or hostile, by the path that is asked for.

Knows: WebSocket, as that library speaks it. Never knows: what the frames say.
"""

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve


def crumbs(count):
    for _ in range(count):
        yield b"\x07"


def behave(socket):
    path = socket.request.path
    if path == "/echo":
        for message in socket:
            socket.send(message)
    elif path == "/text":
        socket.send("hello")
    elif path == "/giant":
        socket.send(bytes(1 << 20))
    elif path == "/crumbs":
        socket.send(crumbs(60_000))
    elif path == "/pings":
        for _ in range(1_000):
            socket.ping()
    elif path == "/close":
        socket.close(4001)
    # Whoever was told off hangs up; until then it is waited for.
    for _ in socket:
        pass


def kept(socket):
    try:
        behave(socket)
    except ConnectionClosed:
        pass


with serve(kept, "127.0.0.1", 0, ping_interval=None, max_size=None, compression="deflate") as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
