// Somebody else's WebSocket client (npm `ws`) that does what it is told, line by line, in JSON.
// Knows: WebSocket, as that library speaks it. Never knows: what the frames say.
"use strict";

const fs = require("node:fs");
const readline = require("node:readline");
const WebSocket = require("ws");

const PATIENCE = 20_000;
const connections = new Map();

function open(order) {
  return new Promise((resolve) => {
    const socket = new WebSocket(order.url, {
      ca: fs.readFileSync(order.trust),
      origin: order.origin,
      headers: order.headers,
      perMessageDeflate: true,
      handshakeTimeout: PATIENCE,
    });
    const connection = { socket, came: [], waits: [] };
    const tell = (news) => {
      const wait = connection.waits.shift();
      wait ? wait(news) : connection.came.push(news);
    };
    socket.on("message", (data) => tell({ hex: data.toString("hex") }));
    socket.on("close", (code) => tell({ closed: code === 1006 ? null : code }));
    socket.on("pong", () => connection.pongs && connection.pongs());
    socket.on("error", () => {});
    socket.on("unexpected-response", (_request, response) => {
      response.destroy();
      resolve({ status: response.statusCode });
    });
    socket.on("open", () => {
      connections.set(order.who, connection);
      const extensions = socket.extensions ? [socket.extensions] : [];
      resolve({ status: 101, extensions });
    });
  });
}

function receive(connection) {
  if (connection.came.length > 0) return connection.came.shift();
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve({ nothing: true }), PATIENCE);
    connection.waits.push((news) => {
      clearTimeout(late);
      resolve(news);
    });
  });
}

function send(connection, data, options) {
  return new Promise((resolve) => {
    // Sends as far as it is let: the end is told by the next `receive`.
    if (connection.socket.readyState !== WebSocket.OPEN) return resolve({});
    connection.socket.send(data, options, () => resolve({}));
  });
}

async function crumbs(connection, count) {
  for (let sent = 0; sent < count; sent += 1) {
    const last = sent + 1 === count;
    const done = send(connection, Buffer.from([7]), { binary: true, fin: last });
    if (sent % 1_000 === 0) await done;
  }
  return {};
}

async function pings(connection, count) {
  for (let sent = 0; sent < count; sent += 1) {
    if (connection.socket.readyState !== WebSocket.OPEN) return {};
    const answered = new Promise((resolve) => (connection.pongs = resolve));
    connection.socket.ping();
    if (count < 10) await answered;
  }
  return {};
}

async function close(connection, code) {
  connection.socket.close(code);
  return receive(connection);
}

async function obey(order) {
  if (order.do === "open") return open(order);
  const connection = connections.get(order.who);
  switch (order.do) {
    case "receive":
      return receive(connection);
    case "send":
      return send(connection, Buffer.from(order.hex, "hex"), { binary: true });
    case "zeroes":
      return send(connection, Buffer.alloc(order.count), { binary: true });
    case "text":
      return send(connection, order.text, { binary: false });
    case "crumbs":
      return crumbs(connection, order.count);
    case "pings":
      return pings(connection, order.count);
    case "close":
      return close(connection, order.code);
    default:
      throw new Error(order.do);
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await obey(JSON.parse(line))));
  }
  process.exit(0);
})();
