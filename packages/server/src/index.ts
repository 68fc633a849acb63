export { defaultHomeDir } from "./home.ts";
export { type ServerOptions, startServer, stopDataPlane } from "./server.ts";
