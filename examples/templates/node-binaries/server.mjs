import { createServer } from "node:http";
import sharp from "sharp";

// Addons and programs that others compiled: for the C library of the usual system, which the sandbox is not.
const red = { create: { width: 8, height: 8, channels: 3, background: "red" } };
const server = createServer(async (_request, response) => {
  const image = await sharp(red).png().toBuffer();
  const { format, width } = await sharp(image).metadata();
  response.end(`${format} ${width}\n`);
});
server.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
