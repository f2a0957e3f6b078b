#!/usr/bin/env node
/** Entry of the `ratelab` command. */
import { processIo } from './process-io.ts';
import { runCommandLine } from './program.ts';

// The exit code is set, not forced, so that everything written to a pipe arrives.
process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
