#!/usr/bin/env node
/** Entry of the `ratelab` command. */
import { describeThrown } from '../time/run-guards.ts';
import { EXIT } from './io.ts';
import { processIo } from './process-io.ts';
import { runCommandLine } from './program.ts';

let isOver = false;

// A user's module that calls process.exit while it is loaded must not look like success.
process.on('exit', (code) => {
  const { errored } = process.stdout;
  const nobodyReads = errored !== null && 'code' in errored && errored.code === 'EPIPE';
  if (isOver || nobodyReads || code !== EXIT.ok) return;
  process.stderr.write('Cannot go on: something that was loaded ended the process before the command was over\n');
  process.exitCode = EXIT.cannotRun;
});

// Node would end with 1, which is a verdict here: what broke has not judged anything.
process.on('uncaughtException', (error: unknown) => {
  isOver = true;
  process.stderr.write(`Cannot go on: ${describeThrown(error)}\n`);
  process.exit(EXIT.cannotRun);
});

// The exit code is set, not forced, so that everything written to a pipe arrives.
process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
isOver = true;
