import { type Text, variable } from "../../launcher/text.ts";

/** A server for config.ru, started by the program of its own name. */
export interface RackServer {
  readonly gem: string;
  readonly program: string;
  readonly args: readonly Text[];
}

const address: Text = [variable("BIND_ADDRESS"), ":", variable("PORT")];

/** In the order in which they are preferred. */
const servers: readonly RackServer[] = [
  { gem: "puma", program: "puma", args: [["-b"], ["tcp://", ...address]] },
  { gem: "unicorn", program: "unicorn", args: [["-l"], address] },
  {
    gem: "thin",
    program: "thin",
    args: [["start"], ["-a"], [variable("BIND_ADDRESS")], ["-p"], [variable("PORT")]],
  },
];

/** The server among the locked gems. */
export function findServer(isLocked: (gem: string) => boolean): RackServer | undefined {
  return servers.find(({ gem }) => isLocked(gem));
}
