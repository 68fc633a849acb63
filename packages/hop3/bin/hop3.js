#!/usr/bin/env node
// The command, its server and the plug-ins' entry under the one name that people install.
import "@hop3/cli/bin";
