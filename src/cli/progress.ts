/** Progress on standard error: one line rewritten on a terminal, plain lines elsewhere, NDJSON for machines, or nothing. */
import type { Clock } from '../time/clock.ts';
import type { Progress, SuiteEvent } from '../suite/run-suite.ts';
import type { Output } from './io.ts';

/** Kinds of progress. */
export const PROGRESS_KINDS = ['auto', 'plain', 'json', 'none'] as const;
/** One of {@link PROGRESS_KINDS}. */
export type ProgressKind = (typeof PROGRESS_KINDS)[number];

/** Shows events. */
export interface ProgressView {
  show(event: SuiteEvent): void;
  /** Leaves the terminal as it was. */
  end(): void;
}

/** Shortest time between two rewritings of the line. */
const REWRITE_MS = 100;
/** Longest silence of plain progress while cells take long. */
const HEARTBEAT_MS = 30_000;
/** Plain progress says something at every tenth of the cells. */
const PLAIN_STEPS = 10;

/** The view for a stream. `auto`: the rewritten line on a terminal, plain lines elsewhere. */
export function progressView(kind: ProgressKind, output: Output, clock: Clock): ProgressView {
  if (kind === 'none') return { show: () => {}, end: () => {} };
  if (kind === 'json') return { show: (event) => output.write(`${JSON.stringify(event)}\n`), end: () => {} };
  return kind === 'auto' && output.isTerminal ? lineView(output, clock) : plainView(output, clock);
}

function lineView(output: Output, clock: Clock): ProgressView {
  const startedMs = clock.now();
  let shownMs = -Infinity;
  const rewrite = (text: string) => output.write(`\r\u001B[2K${text.slice(0, output.columns - 1)}`);
  return {
    show(event) {
      const nowMs = clock.now();
      if (event.kind === 'trial' && nowMs - shownMs < REWRITE_MS) return;
      shownMs = nowMs;
      rewrite(lineOf(event, nowMs - startedMs));
    },
    end: () => output.write('\r\u001B[2K'),
  };
}

function plainView(output: Output, clock: Clock): ProgressView {
  const startedMs = clock.now();
  let saidMs = startedMs;
  let step = 0;
  return {
    show(event) {
      const nowMs = clock.now();
      if (event.kind === 'trial' || event.kind === 'cell') {
        const reached = Math.floor((event.progress.cellsDone / Math.max(1, event.progress.cells)) * PLAIN_STEPS);
        if (reached === step && nowMs - saidMs < HEARTBEAT_MS) return;
        step = reached;
      }
      saidMs = nowMs;
      output.write(`${lineOf(event, nowMs - startedMs)}\n`);
    },
    end: () => {},
  };
}

function lineOf(event: SuiteEvent, elapsedMs: number): string {
  if (event.kind === 'started')
    return `${counted(event.progress.trials, 'trial')} in ${counted(event.progress.cells, 'cell')} ${event.mode === 'wire' ? `over HTTP, ${event.slots} at once` : `on ${threads(event.slots)}`}`;
  if (event.kind === 'tracing') return `tracing ${event.scenario} · ${minutes(elapsedMs)}`;
  if (event.kind === 'checking claims') return `checking claims · ${minutes(elapsedMs)}`;
  const left = leftText(event.progress.leftMs);
  return `${countText(event.progress)} · ${minutes(elapsedMs)}${left} · ${event.scenario} ${event.strategy}`;
}

function countText({ trialsDone, trials, cellsDone, cells }: Progress): string {
  return `${trialsDone}/${trials} trials · ${cellsDone}/${cells} cells`;
}

function leftText(leftMs: number | null): string {
  return leftMs === null ? '' : ` · about ${minutes(leftMs)} left`;
}

function threads(slots: number): string {
  return slots === 1 ? 'one thread' : `${slots} threads`;
}

/** `00:41`. */
function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function counted(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
