import type { DoctorCheck } from "../api/contract.ts";
import type { PluginHost } from "./host.ts";

/** One line of `hop3 doctor`. */
export interface Check {
  readonly name: string;
  check(host: PluginHost): Promise<Omit<DoctorCheck, "name">>;
}
