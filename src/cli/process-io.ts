/** The real surroundings: the only file that reads `process`. */
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { createSystemClock } from '../time/system-clock.ts';
import { EXIT, type Io, type Output } from './io.ts';

/** Surroundings of this very process. */
export function processIo(): Io {
  const { env } = process;
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    cwd: process.cwd(),
    env,
    nodeVersion: process.versions.node,
    unicode: canShowUnicode(env),
    cores: availableParallelism(),
    onInterrupt,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  };
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/** Colour, per stream: FORCE_COLOR wins, then NO_COLOR and TERM=dumb, then whether it is a terminal. */
export function wantsColour(env: Io['env'], isTerminal: boolean): boolean {
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return false;
  return isTerminal;
}

/** UTF-8 by locale; a machine without any locale (a container, CI) is taken to have it, except the bare Linux console. */
export function canShowUnicode(env: Io['env']): boolean {
  if (env['TERM'] === 'linux' || env['TERM'] === 'dumb') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale === '' || locale === 'C' || locale === 'POSIX' || /utf-?8/i.test(locale);
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`ratelab list | head`) is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  const isTerminal = stream.isTTY ?? false;
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    colour: wantsColour(process.env, isTerminal),
    columns: stream.columns > 0 ? stream.columns : 100,
  };
}

/** One Ctrl-C may arrive twice: from the terminal, and forwarded by npm. Signals this close together are one. */
const SAME_SIGNAL_MS = 500;

function onInterrupt(onFirst: () => void): () => void {
  const clock = createSystemClock();
  let firstMs: number | null = null;
  const onSignal = () => {
    if (firstMs === null) {
      firstMs = clock.now();
      onFirst();
    } else if (clock.now() - firstMs > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
