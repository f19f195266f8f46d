// Somebody else's WebSocket server (npm `ws`): polite or hostile, by the path that is asked for.
// Knows: WebSocket, as that library speaks it. Never knows: what the frames say.
"use strict";

const WebSocket = require("ws");

const server = new WebSocket.Server({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: true,
  maxPayload: 0,
});

server.on("connection", (socket, request) => {
  socket.on("error", () => {});
  switch (request.url) {
    case "/echo":
      socket.on("message", (data, binary) => socket.send(data, { binary }));
      break;
    case "/text":
      socket.send("hello");
      break;
    case "/giant":
      socket.send(Buffer.alloc(1 << 20));
      break;
    case "/crumbs":
      for (let sent = 0; sent < 60_000; sent += 1) {
        socket.send(Buffer.from([7]), { binary: true, fin: sent === 59_999 });
      }
      break;
    case "/pings":
      for (let sent = 0; sent < 1_000; sent += 1) socket.ping();
      break;
    case "/close":
      socket.close(4001);
      break;
  }
});

server.on("listening", () => console.log(server.address().port));
