#!/usr/bin/env node
import { greet } from "./dist/greet.js";

process.stdout.write(`${greet("from the command line")}\n`);
