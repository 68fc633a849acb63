import { createHash } from "node:crypto";

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 };

/** Answers an upgrade request and calls `onText(text, send)` for each message. RFC 6455, without fragments. */
export function acceptWebSocket(request, socket, onText) {
  const key = request.headers["sec-websocket-key"];
  if (request.headers.upgrade?.toLowerCase() !== "websocket" || key === undefined) {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    return undefined;
  }
  const accept = createHash("sha1")
    .update(key + magic)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const send = (text) => socket.write(encode(opcodes.text, Buffer.from(text)));
  const close = (code) => socket.end(encode(opcodes.close, Buffer.from([code >> 8, code & 255])));
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = decode(pending); frame !== undefined; frame = decode(pending)) {
      pending = pending.subarray(frame.length);
      if (frame.opcode === opcodes.text) onText(frame.payload.toString("utf8"), send);
      else if (frame.opcode === opcodes.ping) socket.write(encode(opcodes.pong, frame.payload));
      else if (frame.opcode === opcodes.close) close(1000);
    }
  });
  socket.on("error", () => socket.destroy());
  return { send, close };
}

function encode(opcode, payload) {
  const isShort = payload.length < 126;
  const header = Buffer.alloc(isShort ? 2 : 4);
  header[0] = 0x80 | opcode;
  header[1] = isShort ? payload.length : 126;
  if (!isShort) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** One frame from the front, or undefined until it has arrived whole. Clients always mask. */
function decode(data) {
  if (data.length < 6) return undefined;
  const isShort = (data[1] & 127) < 126;
  if (!isShort && data.length < 8) return undefined;
  const size = isShort ? data[1] & 127 : data.readUInt16BE(2);
  const start = isShort ? 6 : 8;
  if (data.length < start + size) return undefined;
  const mask = data.subarray(start - 4, start);
  const payload = Buffer.from(data.subarray(start, start + size)).map(
    (byte, index) => byte ^ mask[index % 4],
  );
  return { opcode: data[0] & 15, payload, length: start + size };
}
